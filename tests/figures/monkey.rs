//! A monkey at every figure: seeded, bounded, and what it did can be done again.
//!
//! It presses, turns, types, drags, seeks, compares, resizes, opens links that were never made, and whatever else a page
//! could tell a desk. Nothing may panic, no law of a model may break, no picture may be unsound, and memory stays bounded.

mod choices;
mod planted;

use crate::budget::Budget;
use crate::page::Page;
use crate::shared::pick;
use planted::{IN_DRAW, IN_ON, Planted};
use playground::desk::{DeskCommand, UserAction};
use playground::lessons;
use playground::player::{Figure, decode_view};
use playground::site::sample;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Actions at a figure.
const ACTIONS: Budget = Budget { what: "the monkey's actions", full: 700, least: 20, total: 5_600 };
/// Most bytes that a session takes, with its run, the compared run and what the page keeps of them.
const MOST_BYTES: u64 = 64 << 20;
/// Within so many actions a planted bug is found.
const PATIENCE: u32 = 10_000;

/// What the monkey did, and whether that changed anything.
#[derive(Default)]
struct Coverage(BTreeMap<String, (u32, u32)>);

impl Coverage {
    fn note(&mut self, what: &str, changed: bool) {
        let (done, effective) = self.0.entry(what.to_owned()).or_default();
        *done += 1;
        *effective += u32::from(changed);
    }

    fn share(&self) -> f64 {
        let (done, effective) = self.0.values().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        f64::from(effective) / f64::from(done)
    }
}

struct Monkey {
    figure: &'static Figure,
    lesson: &'static str,
    page: Page,
    state: u64,
    first: String,
    /// What comes next where one action makes sense only after another, the last first.
    planned: Vec<(String, UserAction)>,
    /// Reads a link that nobody made before it is opened, as the page's own decoder does.
    decodes: fn(&str),
}

impl Monkey {
    fn at(lesson: &'static str, figure: &'static Figure, seed: u64, decodes: fn(&str)) -> Self {
        let page = Page::with(lesson, figure, None, &[], &[]);
        let first = page.now.clone();
        Self { figure, lesson, page, state: seed, first, planned: Vec::new(), decodes }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn share(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// All that a learner could notice of the page.
    fn seen(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.page.texts, &self.page.attrs, self.page.playing, &self.page.now).hash(&mut hasher);
        (self.page.saved.len(), self.page.images, self.page.jobs.len()).hash(&mut hasher);
        for picture in self.page.desk.pictures() {
            (picture.width as u32, picture.height as u32, picture.marks.len()).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// One action; `Err` says what broke.
    fn act_once(&mut self, coverage: &mut Coverage) -> Result<(), String> {
        let before = self.seen();
        // What is told next stands in the report, should it be the end.
        let (mut what, mut after) = (String::from("choosing"), before);
        let done = catch_unwind(AssertUnwindSafe(|| {
            let (name, tell) = self.choose();
            what = name;
            self.page.tell(tell);
            self.page.rest();
            after = self.seen();
            self.page.run_errands(1);
            // Where something plays, some time passes; that is none of the monkey's doing.
            if self.page.playing {
                self.page.tell(DeskCommand::Tick(0.05));
            }
        }));
        if done.is_err() {
            return Err(format!("a panic at '{what}'"));
        }
        self.page.desk.invariants().map_err(|law| format!("{law}, at '{what}'"))?;
        for picture in self.page.desk.pictures() {
            if let Some(problem) = picture.problems().first() {
                return Err(format!("{problem}, at '{what}'"));
            }
        }
        coverage.note(&what, after != before);
        Ok(())
    }

    /// So many actions; `Err` says after how many what broke.
    fn play(&mut self, actions: u32, coverage: &mut Coverage) -> Result<(), (u32, String)> {
        for n in 0..actions {
            self.act_once(coverage).map_err(|what| (n, what))?;
        }
        Ok(())
    }
}

fn decodes_well(text: &str) {
    let _ = decode_view(text);
}

/// The monkey at a registered figure, as this run of the tests has it.
fn picked(lesson: &'static str, figure: &'static Figure) -> Monkey {
    Monkey::at(lesson, figure, pick::seed(&format!("monkey at {}", figure.spec.id)), decodes_well)
}

fn survives_the_monkey(lesson: &'static str, figure: &'static Figure) {
    let actions = ACTIONS.of(&figure.spec.id);
    let mut coverage = Coverage::default();
    let mut monkey = picked(lesson, figure);
    let memory = allocation_counter::measure(|| {
        if let Err((n, what)) = monkey.play(actions, &mut coverage) {
            panic!("{}: {what}, action {n} of the monkey", figure.spec.id);
        }
    });
    let most = memory.bytes_max;
    assert!(most <= MOST_BYTES, "{}: {} MiB after at most {actions} actions", figure.spec.id, most >> 20);
    for (what, (done, effective)) in &coverage.0 {
        println!("{done:>5} {effective:>5}  {what}");
    }
    let share = 100.0 * coverage.share();
    println!("{}: {share:.0} % of its actions changed something", figure.spec.id);
    if actions < ACTIONS.full {
        return;
    }
    // Played for long, it is no idler, and everything that a figure offers is used.
    assert!(share >= 80.0, "only {share:.0} % of its actions changed something in {}", figure.spec.id);
    let used = |what: String| assert!(coverage.0.contains_key(&what), "{}: no {what}", figure.spec.id);
    figure.spec.controls.iter().for_each(|control| used(format!("control: {}", control.id)));
    figure.spec.actions.iter().for_each(|action| used(format!("action: {}", action.id)));
}
by_chapter!(survives_the_monkey);

#[test]
fn the_sample_with_every_kind_of_control_survives_the_monkey() {
    let mut coverage = Coverage::default();
    let mut monkey = Monkey::at("", &sample::FIGURE, pick::seed("monkey at the sample"), decodes_well);
    let wanted =
        ["several: draw-across", "several: choose", "several: chosen", "control: order", "control: rule"];
    // Some of these need a selection first: the monkey gets there, sooner or later.
    for _ in 0..10 {
        if let Err((n, what)) = monkey.play(ACTIONS.full, &mut coverage) {
            panic!("{what}, action {n} of the monkey");
        }
        if wanted.iter().all(|does| coverage.0.get(*does).is_some_and(|(_, effective)| *effective > 0)) {
            return;
        }
    }
    panic!("not all of {wanted:?} changed something: {:?}", coverage.0);
}

#[test]
fn the_same_seed_does_the_same() {
    let (lesson, figure) = lessons::figure("two-threads").expect("it is registered");
    let after = || {
        let mut monkey = Monkey::at(lesson, figure, 7, decodes_well);
        monkey.play(120, &mut Coverage::default()).expect("nothing breaks");
        monkey.seen()
    };
    assert_eq!(after(), after());
}

#[test]
fn the_monkey_finds_a_bug_in_a_models_events_in_its_picture_and_in_reading_links() {
    static IN_EVENTS: Figure = Figure::of::<Planted<IN_ON>>();
    static IN_PICTURE: Figure = Figure::of::<Planted<IN_DRAW>>();
    static SOUND: Figure =
        Figure::of::<playground::lessons::architecture::load_balancing::one_server::OneServer>();
    for (name, figure, decodes) in [
        ("on", &IN_EVENTS, decodes_well as fn(&str)),
        ("draw", &IN_PICTURE, decodes_well),
        ("decoding", &SOUND, planted::decodes_badly),
    ] {
        let mut monkey = Monkey::at("architecture/load-balancing", figure, 1, decodes);
        let found = monkey.play(PATIENCE, &mut Coverage::default());
        let (n, what) = found.expect_err("the planted bug is found");
        println!("the bug in {name} was found after {n} actions: {what}");
        assert!(what.contains("panic"), "{what}");
    }
}
