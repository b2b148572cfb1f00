//! What is tried at random costs the same however many figures there are: a figure has a least share every time, and
//! those whose turn it is have a full one. Faults hide deep, so few figures tried thoroughly find more than all of them
//! tried a little; whose turn it is changes with the commit.

use crate::shared::pick;
use playground::lessons;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// How often something is tried with figures.
pub struct Budget {
    /// What is tried, as it is told.
    pub what: &'static str,
    /// With a figure whose turn it is.
    pub full: u32,
    /// With every other.
    pub least: u32,
    /// With all of them together; more only where there are more figures than this is least shares.
    pub total: u32,
}

impl Budget {
    /// How often it is tried with the figure of this id, this time.
    pub fn of(&self, id: &str) -> u32 {
        self.among(lessons::all().map(|(_, figure)| figure.spec.id.as_ref()), id)
    }

    /// The same, in pieces of `most` and a rest.
    pub fn pieces(&self, id: &str, most: u32) -> impl Iterator<Item = u32> {
        let all = self.of(id);
        (0..all.div_ceil(most)).map(move |n| most.min(all - n * most))
    }

    /// How often it is tried with `one` of several things.
    pub fn among<'a>(&self, all: impl Iterator<Item = &'a str>, one: &str) -> u32 {
        let all: Vec<&str> = all.collect();
        let turns = self.turns(&all, pick::seed(self.what));
        if pick::all() || turns.len() == all.len() {
            return self.full;
        }
        self.tell(&turns, all.len());
        if turns.contains(&one) { self.full } else { self.least }
    }

    /// Those whose turn it is, by a number.
    fn turns<'a>(&self, all: &[&'a str], seed: u64) -> Vec<&'a str> {
        let spare = self.total.saturating_sub(self.least * all.len() as u32);
        let most = (spare / (self.full - self.least)).max(1) as usize;
        let mut turns = all.to_vec();
        turns.sort_by_key(|id| xxhash_rust::xxh64::xxh64(id.as_bytes(), seed));
        turns.truncate(most);
        turns.sort_unstable();
        turns
    }

    /// Says once what has its turn and what the others have.
    fn tell(&self, turns: &[&str], all: usize) {
        static TOLD: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
        if TOLD.lock().unwrap().insert(self.what) {
            let (what, full, least, others) = (self.what, self.full, self.least, all - turns.len());
            pick::say(&format!("{what}: {full} for {}, {least} for {others} others", turns.join(", ")));
        }
    }
}

#[test]
fn what_is_tried_in_all_does_not_grow_with_the_figures() {
    let budget = Budget { what: "nothing", full: 700, least: 20, total: 6_000 };
    let names: Vec<String> = (0..120).map(|n| format!("figure-{n}")).collect();
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    for figures in [1, 6, 30, 120] {
        let turns = budget.turns(&ids[..figures], 7).len();
        let tried = turns * 700 + (figures - turns) * 20;
        assert!(tried <= 6_000, "{tried} with {figures} figures");
        assert!(figures > 6 || turns == figures, "as long as there is room, all have their turn: {turns}");
    }
    // Everybody's turn comes, and one seed has always the same.
    let had = |seeds: u64| (0..seeds).flat_map(|seed| budget.turns(&ids, seed)).collect::<BTreeSet<_>>();
    assert_eq!((budget.turns(&ids, 3), had(300).len()), (budget.turns(&ids, 3), 120));
    assert_ne!(budget.turns(&ids, 3), budget.turns(&ids, 4));
}
