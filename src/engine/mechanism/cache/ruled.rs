//! A policy that a learner has written: the key of the lowest rank goes, of equals the least recently used.

use super::entries::Entries;
use super::policy::{Eviction, Rule};
use super::ranking::Ranking;
use crate::mechanism::rules::{RuleError, Rules, Variables, Vocabulary};
use std::hash::{Hash, Hasher};

/// What a rule for eviction can say. It runs whenever a key is inserted or used, and sets that key's `rank`. `now` counts
/// insertions and uses of all keys; `evicted` is the rank of what was evicted last.
const WORDS: Vocabulary =
    Vocabulary { events: &["insert", "hit"], inputs: &["now", "evicted"], results: &["rank"], commands: &[] };
const INSERT: usize = 0;
const HIT: usize = 1;

#[derive(Clone, Debug)]
pub(super) struct Ruled {
    rules: Rules,
    capacity: u32,
    entries: Entries,
    ranking: Ranking,
    /// Each key's variables, by its place, and those of all.
    own: Vec<Variables>,
    shared: Variables,
    clock: u64,
    evicted: f64,
}

impl Ruled {
    pub(super) fn new(text: &str, capacity: u32) -> Result<Self, RuleError> {
        Ok(Self {
            rules: Rules::parse(text, &WORDS)?,
            capacity,
            entries: Entries::new(1),
            ranking: Ranking::default(),
            own: Vec::new(),
            shared: Variables::default(),
            clock: 0,
            evicted: 0.0,
        })
    }

    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(super) fn bytes(&self) -> usize {
        self.ranking.bytes() + self.own.iter().map(|own| 24 + 8 * own.values().len()).sum::<usize>()
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find(key) else { return false };
        self.entries.renew(place, 0);
        self.rank(place, HIT);
        true
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let full = self.entries.len_of(0) >= self.capacity;
        let evicted = self.ranking.lowest().filter(|_| full).map(|place| {
            self.evicted = self.own[place as usize].get(0);
            let rank = self.evicted as i64;
            Eviction { key: self.remove_at(place), rule: Rule::LowestRank { rank } }
        });
        let place = self.entries.push(0, key, 0);
        let at = place as usize;
        self.own.resize(self.own.len().max(at + 1), Variables::default());
        self.own[at] = Variables::default();
        self.rank(place, INSERT);
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        let place = self.entries.find(key);
        place.map(|place| self.remove_at(place)).is_some()
    }

    fn remove_at(&mut self, place: u32) -> u64 {
        self.ranking.remove(place);
        self.entries.remove(place)
    }

    fn rank(&mut self, place: u32, event: usize) {
        self.clock += 1;
        let own = &mut self.own[place as usize];
        self.rules.run(event, &[self.clock as f64, self.evicted], own, &mut self.shared);
        self.ranking.set(place, (ordered(own.get(0)), self.clock));
    }
}

/// A number whose order among its kind is that of the values.
fn ordered(value: f64) -> u64 {
    // Zero has two forms, and they are equal.
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// The entries stand in the order of their last use, as in the ranking among equals.
impl Hash for Ruled {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.capacity, self.clock, self.evicted.to_bits(), &self.shared).hash(state);
        self.entries.hash(state);
        self.own.hash(state);
    }
}
