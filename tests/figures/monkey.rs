//! A monkey at every figure: seeded, bounded, and what it did can be done again.
//!
//! It presses, turns, types, drags, seeks, compares, resizes, opens links that were never made, and whatever else a page
//! could tell a desk. Nothing may panic, no law of a model may break, no picture may be unsound, and memory stays bounded.

mod planted;

use crate::budget::Budget;
use crate::page::{Page, action};
use crate::shared::pick;
use planted::{IN_DRAW, IN_ON, Planted};
use playground::desk::{ActionKind, DeskCommand, OpenFigure, UserAction};
use playground::lessons;
use playground::player::{
    Action, AnswerKind, CURVE_POINTS, Control, ControlKind, Figure, Options, Slider, ValueKind, decode_view,
};
use playground::site::sample;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

/// Actions at a figure.
const ACTIONS: Budget = Budget { what: "the monkey's actions", full: 700, least: 20, total: 5_600 };
/// Figures at which memory is measured, and for so many actions.
const MEASURED: Budget = Budget { what: "figures whose memory is measured", full: 1, least: 0, total: 2 };
const MEASURED_FOR: u32 = 700;
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
    /// Reads a link that nobody made before it is opened, as the page's own decoder does.
    decodes: fn(&str),
}

impl Monkey {
    fn at(lesson: &'static str, figure: &'static Figure, seed: u64, decodes: fn(&str)) -> Self {
        let page = Page::with(lesson, figure, None, &[], &[]);
        let first = page.now.clone();
        Self { figure, lesson, page, state: seed, first, decodes }
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

    /// What to do next: its name in the table of what was covered, and what is told.
    fn choose(&mut self) -> (String, DeskCommand) {
        let kind = self.below(100);
        let (name, action) = match kind {
            0..=24 => self.control(),
            25..=34 => self.act(),
            35..=49 => self.time(),
            50..=61 => self.picture(),
            62..=77 => self.instrument(),
            78..=89 => self.surroundings(),
            90..=92 => {
                let (picture, charts) = (self.below(1_400) as u16, self.below(500) as u16);
                return ("page: resize".into(), DeskCommand::Resize { picture, charts });
            }
            93 => return ("page: calm".into(), DeskCommand::ReduceMotion(self.below(2) == 0)),
            94..=95 => return ("time: tick".into(), DeskCommand::Tick(self.share() * 0.3)),
            _ => return self.link(),
        };
        (name, DeskCommand::UserAction(action))
    }

    fn control(&mut self) -> (String, UserAction) {
        let spec = self.figure.spec;
        let control = &spec.controls[self.below(spec.controls.len())];
        let target = control.id.to_string();
        let share = self.share();
        let action = match (&control.kind, Slider::of(control)) {
            (ControlKind::Number { .. }, Some(slider)) if self.below(3) > 0 => UserAction {
                variant: "range".into(),
                number: (share * slider.last_position()).round(),
                ..action("control")
            },
            (ControlKind::Number { unit, .. }, Some(slider)) => match self.below(3) {
                0 => UserAction { text: "no number".into(), variant: "text".into(), ..action("control") },
                1 => UserAction {
                    text: self.one(&["ArrowRight", "ArrowLeft", "PageUp", "Home", "End"]).into(),
                    ..action("nudge")
                },
                _ => {
                    let text = unit.format(slider.value((share * slider.last_position()).round()));
                    UserAction { text, variant: "text".into(), ..action("control") }
                }
            },
            (ControlKind::Choice { options, .. }, _) => {
                UserAction { text: options[self.below(options.len())].0.to_string(), ..action("control") }
            }
            (ControlKind::Flag { .. }, _) => UserAction { number: self.below(2) as f64, ..action("control") },
            (kind, _) => self.composed(control, kind),
        };
        (format!("control: {target}"), UserAction { target, ..action })
    }

    /// Boxes are ticked, things are put somewhere, and values of all kinds come as texts, good and bad.
    fn composed(&mut self, control: &Control, kind: &ControlKind) -> UserAction {
        let some = |all: &Options, n: usize| all[n % all.len()].0.to_string();
        let (n, m) = (self.below(1_000), self.below(1_000));
        match (kind, self.below(4)) {
            (ControlKind::Several { things, .. }, 1..) => UserAction {
                variant: "checkbox".into(),
                text: some(things, n),
                number: (m % 2) as f64,
                ..action("control")
            },
            (ControlKind::Order { things, .. }, 1..) => UserAction {
                variant: some(things, n),
                text: self.one(&["up", "down", "", "sideways"]).into(),
                number: m as f64 / 100.0 - 2.0,
                ..action("place")
            },
            (ControlKind::Assignment { things, groups, .. }, 1..) => {
                UserAction { variant: some(things, n), text: some(groups, m), ..action("place") }
            }
            (_, 0) => {
                let text =
                    self.one(&["", ",", "a:b:c,", "shop,shop", "x:y", "🦦", "calls > 3 ms", "calls >"]);
                UserAction { text: text.into(), ..action("control") }
            }
            _ => {
                let drawn = kind.drawn(&mut |below| self.below(below as usize) as u32);
                UserAction { text: control.written(&drawn), ..action("control") }
            }
        }
    }

    /// A line across the picture, or a choice of entities.
    fn several(&mut self) -> (String, UserAction) {
        let mut point = || format!("{},{}", self.share() * 700.0, self.share() * 300.0);
        let text = [point(), point(), point()].join(" ");
        let does = self.one(&["draw-across", "choose", "chosen"]);
        let mut fitting = self.figure.spec.actions.iter().filter(|it| match does {
            "draw-across" => it.by_drawing,
            _ => matches!(it.arg, ValueKind::Entities { .. }),
        });
        let way = fitting.next().map_or_else(String::new, |action| action.id.to_string());
        let target = format!("{}:{}", self.below(2), self.below(5));
        (format!("several: {does}"), UserAction { variant: way, target, text, ..action(does) })
    }

    fn act(&mut self) -> (String, UserAction) {
        let spec = self.figure.spec;
        if spec.actions.is_empty() {
            return self.control();
        }
        let composed = |it: &Action| it.by_drawing || matches!(it.arg, ValueKind::Entities { .. });
        if spec.actions.iter().any(composed) && self.below(2) == 0 {
            return self.several();
        }
        let of_figure = &spec.actions[self.below(spec.actions.len())];
        let kind = of_figure.applies_to.first().copied().unwrap_or(0);
        let n = if self.below(10) == 0 { 77 } else { self.below(4) };
        let text = match of_figure.arg {
            ValueKind::Number(unit, min, max, _) => unit.format(min + (max - min) * self.share()),
            ValueKind::Text(..) => self.one(&["on call", "", "a note that is far too long for it"]).into(),
            ValueKind::None | ValueKind::Entities { .. } => String::new(),
        };
        let variant = of_figure.id.to_string();
        (
            format!("action: {variant}"),
            UserAction { variant, target: format!("{kind}:{n}"), text, ..action("act") },
        )
    }

    fn time(&mut self) -> (String, UserAction) {
        let until = self.figure.spec.until.nanos() as f64;
        let action = match self.below(7) {
            0 => action("play"),
            1 => action(self.one(&["back", "on"])),
            2 => UserAction { number: self.share() * until * 1.1, ..action("seek") },
            3 => UserAction { number: self.share() * 2_000.0, ..action("line") },
            4 => {
                let text = self.one(&["ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"]).into();
                UserAction { text, ..action("line-key") }
            }
            5 => UserAction { text: self.one(&["0.1", "1", "10", "600"]).into(), ..action("speed") },
            _ => UserAction { number: self.share() * until, text: "nonsense=1&&=".into(), ..action("go") },
        };
        let key =
            if action.kind == ActionKind::TimeLineKey { format!(" {}", action.text) } else { String::new() };
        (format!("time: {}{key}", action.kind.name()), action)
    }

    fn picture(&mut self) -> (String, UserAction) {
        let regions = &self.page.desk.pictures()[0].regions;
        let regions: Vec<_> =
            regions.iter().map(|region| (region.entity, region.area, region.panel)).collect();
        if regions.is_empty() {
            return self.time();
        }
        let (who, area, panel) = regions[self.below(regions.len())];
        match self.below(5) {
            0 => {
                let point = (area.x + area.w / 2.0, area.y + area.h / 2.0);
                (format!("panel {panel}: point"), UserAction { point, ..action("point") })
            }
            1 => (
                format!("panel {panel}: select"),
                UserAction { target: format!("{}:{}", who.kind, who.n), ..action("select") },
            ),
            2 => {
                let text = self.one(&["ArrowLeft", "ArrowRight", "Home", "End"]);
                (format!("key: {text} in the picture"), UserAction { text: text.into(), ..action("walk") })
            }
            3 => ("panel: close".into(), action("close")),
            _ => {
                let target = format!("{}:{}", self.below(5), self.below(3_000));
                ("panel: whoever".into(), UserAction { target, ..action("select") })
            }
        }
    }

    fn instrument(&mut self) -> (String, UserAction) {
        let spec = self.figure.spec;
        let reading = spec.readings[self.below(spec.readings.len())].id.to_string();
        let control = spec.controls[self.below(spec.controls.len())].id.to_string();
        let action = match self.below(12) {
            0..=2 => action("compare"),
            3 => UserAction { text: self.one(&["a", "b"]).into(), ..action("side") },
            4 => action("swap"),
            5..=6 => UserAction { target: reading, ..action("behind") },
            7 => UserAction { text: format!("{control},,,{reading},{}", self.below(4)), ..action("sweep") },
            8 => action("call-off"),
            9 => UserAction { variant: self.one(&["svg", "png"]).into(), ..action("picture") },
            10 => action("numbers"),
            _ => return self.task(),
        };
        (format!("instrument: {}", action.kind.name()), action)
    }

    fn task(&mut self) -> (String, UserAction) {
        let (predictions, challenges) = (self.figure.predictions, self.figure.challenges);
        if predictions.is_empty() || (self.below(2) == 0 && !challenges.is_empty()) {
            let Some(challenge) = challenges.first() else { return self.time() };
            let does = self.one(&["set-up", "judge"]);
            return (
                format!("task: {does} {}", challenge.id),
                UserAction { target: challenge.id.into(), ..action(does) },
            );
        }
        let prediction = &predictions[self.below(predictions.len())];
        let text = match prediction.answer_kind {
            AnswerKind::Choice(options) => self.one(options).to_owned(),
            AnswerKind::Number { .. } => self.one(&["3", "200 ms", "?", ""]).to_owned(),
            AnswerKind::Order(things) => things.join(","),
            AnswerKind::Curve { .. } => ["500"; CURVE_POINTS].join(","),
        };
        let does = self.one(&["commit", "commit", "skip"]);
        (
            format!("task: {does} {}", prediction.id),
            UserAction { target: prediction.id.into(), text, ..action(does) },
        )
    }

    fn surroundings(&mut self) -> (String, UserAction) {
        let drawer = self.one(&["share", "sweep", "more", "keys", ""]);
        let seed = self.one(&["k7-otter", "b3-otter", "no seed", "🦦"]);
        let action = match self.below(9) {
            0..=1 => UserAction { target: drawer.into(), ..action("drawer") },
            2 => UserAction { text: seed.into(), ..action("seed") },
            3 => UserAction { number: self.share() * 16_384.0, ..action("reshuffle") },
            4 => action("take-back"),
            5 => action(self.one(&["reset", "save"])),
            6 => UserAction { number: self.below(2) as f64, ..action("tables") },
            7 => UserAction { text: self.hostile(), ..action("open-run") },
            _ => UserAction { text: self.page.now.clone(), ..action("view") },
        };
        (format!("around: {}", action.kind.name()), action)
    }

    /// A link that nobody made: cut, turned around, swapped, or out of the air.
    fn hostile(&mut self) -> String {
        let mut link = if self.below(2) == 0 { self.page.now.clone() } else { self.first.clone() };
        // Half of the time at an end, where readers of links forget to look.
        let at = match self.below(4) {
            0 => self.below(2),
            1 => link.len() - 1 - self.below(2),
            _ => self.below(link.len()),
        };
        match self.below(5) {
            0 => link.truncate(at),
            1 => link.insert(at, '🙈'),
            2 => link = link.chars().rev().collect(),
            3 => link.replace_range(at..=at, "A"),
            _ => {
                link = ["", "a", "a-", "aé", "b123", "%00", "a====", "aAAAAAAAAAAAAAAAAAAAA"][self.below(8)]
                    .into();
            }
        }
        (self.decodes)(&link);
        link
    }

    fn link(&mut self) -> (String, DeskCommand) {
        let hostile = self.below(3) > 0;
        let view = if hostile { self.hostile() } else { self.page.now.clone() };
        let spec = self.figure.spec;
        let opening = OpenFigure {
            page_id: spec.id.to_string(),
            words: crate::page::told_by(self.lesson, self.figure),
            initial_view: self.first.clone(),
            view: Some(view),
            from_link: true,
            ..OpenFigure::default()
        };
        (if hostile { "link: hostile" } else { "link: sound" }.into(), DeskCommand::Open(opening))
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

/// Memory of this process in MiB; zero where the system doesn't say.
fn memory() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4 / 1024
}

/// The monkey at a registered figure, as this run of the tests has it.
fn picked(lesson: &'static str, figure: &'static Figure) -> Monkey {
    Monkey::at(lesson, figure, pick::seed(&format!("monkey at {}", figure.spec.id)), decodes_well)
}

fn survives_the_monkey(lesson: &'static str, figure: &'static Figure) {
    let actions = ACTIONS.of(&figure.spec.id);
    let mut coverage = Coverage::default();
    if let Err((n, what)) = picked(lesson, figure).play(actions, &mut coverage) {
        panic!("{}: {what}, action {n} of the monkey", figure.spec.id);
    }
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

/// In a process of its own: what other tests take at the same time would count as well.
#[test]
fn memory_stays_bounded() {
    let measured = lessons::all().filter(|(_, figure)| MEASURED.of(&figure.spec.id) > 0).count();
    let this = std::env::current_exe().unwrap();
    let alone = Command::new(this)
        .args(["--exact", "monkey::memory_of_a_process_stays_bounded", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success(), "{said}{}", String::from_utf8_lossy(&alone.stderr));
    assert_eq!(said.matches("MiB more").count(), measured, "{said}");
}

#[test]
#[ignore = "memory_stays_bounded runs it, with nothing beside it"]
fn memory_of_a_process_stays_bounded() {
    for (lesson, figure) in lessons::all() {
        if MEASURED.of(&figure.spec.id) == 0 {
            continue;
        }
        let mut monkey = picked(lesson, figure);
        let before = memory();
        monkey.play(MEASURED_FOR, &mut Coverage::default()).expect("nothing breaks");
        let grown = memory().saturating_sub(before);
        println!("{}: {grown} MiB more", figure.spec.id);
        assert!(grown < 128, "{}: {grown} MiB more after {MEASURED_FOR} actions", figure.spec.id);
    }
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
