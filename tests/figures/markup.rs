//! What a desk patches is there: every figure is operated from its desk on its rendered page, and every selector that the
//! desk names finds an element.

use playground::course::Course;
use playground::desk::{ActionKind, UserAction};
use playground::lessons;
use playground::player::{ControlKind, Figure, ValueKind, decode_view};
use playground::site::operated::{Lessons, Operated, action, action_on, action_with};
use playground::site::render::checked;
use playground::site::sample;
use std::collections::BTreeSet;
use std::path::Path;

fn course() -> Course {
    checked(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons"))).0
}

/// The id under which a page shows a figure: its own, if a block has it, else the first block's.
fn shown_as(course: &Course, lesson: &str, figure: &Figure) -> Option<String> {
    let blocks = course.lesson(lesson)?.figures().filter(|(_, block)| block.shows.text == figure.spec.id);
    let ids: Vec<&str> = blocks.map(|(block, _)| block.id.as_str()).collect();
    ids.iter().find(|id| **id == figure.spec.id).or(ids.first()).map(ToString::to_string)
}

/// The things of an order or an assignment, each with somewhere to go.
fn things(kind: &ControlKind) -> Vec<(String, String)> {
    let pair = |thing: &str, to: &str| (thing.to_owned(), to.to_owned());
    match kind {
        ControlKind::Order { things, .. } => {
            things.iter().flat_map(|(thing, _)| [pair(thing, "up"), pair(thing, "down")]).collect()
        }
        ControlKind::Assignment { things, groups, .. } => {
            let all = things.iter().zip(groups.iter().cycle());
            all.map(|((thing, _), (group, _))| pair(thing, group)).collect()
        }
        _ => Vec::new(),
    }
}

fn place(control: &str, thing: &str, text: &str) -> UserAction {
    UserAction { variant: thing.into(), ..action_with("place", control, text) }
}

/// Entities are chosen for an action: too few, then every one that the picture has, given up once and done once.
fn chosen(it: Operated, who: &str, way: &str) -> Operated {
    let choose = || UserAction { variant: way.into(), ..action_on("choose", who) };
    let all: Vec<String> =
        it.pictures()[0].regions.iter().map(|it| format!("{}:{}", it.entity.kind, it.entity.n)).collect();
    let it = it.does(choose()).does(action("chosen")).does(action("close")).does(choose());
    let it = all.iter().fold(it, |it, other| it.does(action_on("select", other)));
    it.does(action_with("walk", "", "ArrowRight")).does(action("chosen"))
}

/// Does everything to a figure that a learner can, once, and says which selectors found nothing.
fn missing(lessons: &Lessons, id: &str, figure: &'static Figure) -> BTreeSet<String> {
    // Before a prediction: an answer that is none, then each is skipped.
    let gated = figure.predictions.iter().fold(lessons.masked(id, 340), |it, prediction| {
        it.does(action_with("commit", prediction.id, "")).does(action_on("skip", prediction.id))
    });
    let gated = gated.does(action("play")).does(action("play")).missing;
    gated.into_iter().chain(missing_in(figure, &|| lessons.open(id))).collect()
}

/// The same, of a figure that waits for nothing.
fn missing_in(figure: &'static Figure, open: &dyn Fn() -> Operated) -> BTreeSet<String> {
    let spec = figure.spec;
    let mut all = BTreeSet::new();
    let mut end = |it: Operated| all.extend(it.missing.iter().cloned());
    let seconds = spec.until.secs();
    let open = || open().goes(seconds * 0.4);
    let mut it = open();
    for control in spec.controls.iter() {
        let value = control.written(&control.default());
        it = it.does(action_with("control", &control.id, &value)).does(action_with(
            "control",
            &control.id,
            "nonsense",
        ));
        for (thing, where_to) in things(&control.kind) {
            it = it.does(place(&control.id, &thing, &where_to)).does(place(&control.id, &thing, "nowhere"));
        }
        if let ControlKind::Several { things, .. } = &control.kind {
            for (thing, _) in things.iter().chain(things.iter()) {
                let tick =
                    UserAction { variant: "checkbox".into(), ..action_with("control", &control.id, thing) };
                it = it.does(UserAction { number: 1.0, ..tick.clone() }).does(tick);
            }
        }
        it = it.does(action_on("hold", &control.id)).does(action_with("nudge", &control.id, "ArrowRight"));
    }
    it = it
        .does(action_with("seed", "", "b3-otter"))
        .does(action_with("seed", "", "?"))
        .does(action("take-back"));
    end(it);

    let mut it = open().does(action_on("tables", ""));
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft"] {
        it = it.does(action_with("walk", "", key));
    }
    let regions: BTreeSet<(u8, u32)> = it.pictures()[0]
        .regions
        .iter()
        .map(|region| (region.entity.kind, region.entity.n))
        .take(12)
        .collect();
    for (kind, n) in regions {
        let who = format!("{kind}:{n}");
        it = it.does(action_on("select", &who));
        for action in spec.actions.iter().filter(|action| action.applies_to.contains(&kind)) {
            let text = match &action.arg {
                ValueKind::None => String::new(),
                ValueKind::Number(unit, _, _, offered) => unit.format(*offered),
                ValueKind::Text(limit, offered) => {
                    let long = "x".repeat(usize::from(*limit) + 1);
                    it = it.does(UserAction {
                        variant: action.id.to_string(),
                        ..action_with("act", &who, &long)
                    });
                    offered.to_string()
                }
                ValueKind::Entities { .. } => {
                    it = chosen(it, &who, &action.id);
                    continue;
                }
            };
            let act = |text: &str| {
                let mut act = action_with("act", &who, text);
                act.variant = action.id.to_string();
                act
            };
            it = it.does(act("nonsense")).does(act(&text));
        }
        it = it.does(action("close"));
    }
    end(it);

    let mut it = open();
    for reading in spec.readings.iter().filter(|reading| reading.contributors.is_some()) {
        it = it.does(action_on("behind", &reading.id));
    }
    for drawer in ["share", "more", "sweep", "keys", "none"] {
        it = it.does(action_on("drawer", drawer));
    }
    for does in
        ["copy-link", "copy-seed", "save", "picture", "numbers", "on", "back", "close-notice", "reset"]
    {
        it = it.does(action(does));
    }
    if let (Some(control), Some(reading)) = (spec.controls.first(), spec.readings.first()) {
        it = it.does(action_with("sweep", "", &format!("{},,,{},1", control.id, reading.id))).jobs(3);
        it = it.does(action("call-off")).does(action_with(
            "sweep",
            "",
            &format!("{},no,,{},1", control.id, reading.id),
        ));
    }
    end(it);

    let compared = open().does(action("compare")).does(action("swap")).does(action_with("side", "", "a"));
    end(compared.does(action("compare")));

    for challenge in figure.challenges {
        end(open().does(action_on("set-up", challenge.id)).does(action_on("judge", challenge.id)).jobs(2));
    }
    all
}

fn parts_are_on_the_page(lesson: &str, figure: &'static Figure) {
    let course = course();
    // A figure that its lesson doesn't show is operated in the terminal only.
    let Some(id) = shown_as(&course, lesson, figure) else { return };
    let lessons = Lessons::of(&course, [figure.spec.id.as_ref()]);
    assert_eq!(
        missing(&lessons, &id, figure),
        BTreeSet::new(),
        "{id}: no element of the page is found by these"
    );
}
by_chapter!(parts_are_on_the_page);

#[test]
fn parts_are_there_for_every_kind_of_control_and_argument() {
    let course = course();
    assert_eq!(missing_in(&sample::FIGURE, &|| sample::open(&course, 340)), BTreeSet::new());
}

#[test]
fn a_class_that_is_renamed_on_the_page_alone_is_missed() {
    let course = course();
    let (lesson, figure) = lessons::figure("two-threads").expect("it is registered");
    let id = shown_as(&course, lesson, figure).expect("its lesson shows it");
    for (class, other) in
        [("fig-time", "fig-clock"), ("fig-explain", "fig-told"), ("fig-side-name", "fig-side")]
    {
        let lessons = Lessons::of(&course, ["two-threads"])
            .changed(|html| html.replace(&format!("{class}\""), &format!("{other}\"")));
        let missed = missing(&lessons, &id, figure);
        assert!(missed.iter().any(|selector| selector.contains(class)), "{class}: only {missed:?}");
    }
}

#[test]
fn buttons_go_with_the_threads_that_they_are_about() {
    let course = course();
    let lessons = Lessons::of(&course, ["two-threads"]);
    let threads = |n| UserAction { variant: "text".into(), ..action_with("control", "threads", n) };
    let buttons = |it: &Operated| it.page.select("#fig-two-threads .fig-choices button:not([hidden])").len();
    let two = lessons.open("two-threads");
    assert_eq!(buttons(&two), 2);
    let three = two.does(threads("3"));
    assert_eq!(buttons(&three), 3);
    assert_eq!(buttons(&three.does(threads("2"))), 2);
}

#[test]
fn a_phrase_holds_the_bad_schedule_that_a_search_finds_and_plays_it() {
    let course = course();
    let lessons = Lessons::of(&course, ["two-threads"]);
    let page = lessons.page("two-threads");
    let phrases = page.select("a.run[data-code]");
    let codes: Vec<String> = phrases.iter().map(|it| it.attr_or("data-code", "").to_string()).collect();
    let steps: Vec<usize> = codes.iter().map(|code| decode_view(code).unwrap().run.inputs.len()).collect();
    assert_eq!(steps, [6, 13], "as many as the lesson says");
    for (code, steps) in codes.iter().zip(steps) {
        let it = lessons.open("two-threads").does(action_with("view", "", code));
        let play = it.page.select("#fig-two-threads .fig-play")[0].attr_or("aria-label", "").to_string();
        assert_eq!(play, "Pause", "it is played from its start");
        let shown = it.goes(steps as f64).scene();
        assert!(shown.sentences.iter().any(|msg| msg.id == "says-two-inside"), "{:?}", shown.sentences);
    }
}

#[test]
fn a_block_offers_what_its_point_needs() {
    let course = course();
    let page = Lessons::of(&course, ["two-threads"]).page("two-threads");
    let offered = |css: &str, name: &str| -> Vec<String> {
        let all = page.select(&format!("{css}:not([hidden])"));
        all.iter().map(|it| it.attr_or(name, "").to_string()).collect()
    };
    let readings = |figure: &str| offered(&format!("#fig-{figure} .fig-reading"), "data-reading");
    assert_eq!(readings("two-threads"), ["x", "lost", "schedules", "wrong"]);
    assert_eq!(readings("peterson"), ["lost", "nearest"]);
    let guards = offered("#fig-peterson [data-control=guard] option", "value");
    assert_eq!(guards, ["mutex", "peterson", "fence-between", "fence-after"]);
    assert_eq!(page.select("#fig-two-threads [hidden] [data-control=store-buffers]").len(), 1);
}

#[test]
fn every_element_of_every_page_does_what_is_in_the_table() {
    let course = course();
    let mut used = BTreeSet::new();
    for (lesson, figure) in lessons::all() {
        if shown_as(&course, lesson, figure).is_none() {
            continue;
        }
        let page = Lessons::of(&course, [figure.spec.id.as_ref()]).page(&figure.spec.id);
        for element in page.select("[data-do]") {
            let name = element.attr_or("data-do", "").to_string();
            assert!(ActionKind::parse(&name).is_some(), "{lesson}: there is no action '{name}'");
            used.insert(name);
        }
    }
    assert!(used.len() > 20, "pages have buttons: {used:?}");
}
