//! The gallery shows every building block, each well made.

use playground::course::Course;
use playground::player::{Controls, ValueKind};
use playground::scene::{Chart, Options, Panel, Picture, Shape, State};
use playground::site::gallery::{WIDTHS, body, instruments, panels, sample};
use std::collections::BTreeSet;
use std::path::Path;

fn page() -> String {
    let (course, _) = Course::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons")));
    body(&course).into_string()
}

/// States and shapes in all flows, lanes, listings, tables and charts, each with the kind of panel that it stands in.
fn shown() -> (BTreeSet<(&'static str, State)>, BTreeSet<String>) {
    let (mut states, mut shapes) = (BTreeSet::new(), BTreeSet::new());
    for it in panels::all() {
        for panel in &it.scene.panels {
            let mut all: Vec<State> = Vec::new();
            match panel {
                Panel::Flow(flow) => {
                    all.extend(flow.tiers.iter().flat_map(|tier| &tier.nodes).map(|node| node.state));
                    shapes.extend(flow.packets.iter().map(|packet| format!("{:?}", packet.shape)));
                    let links: BTreeSet<State> = flow.links.iter().map(|link| link.state).collect();
                    states.extend(links.into_iter().map(|state| ("links", state)));
                }
                Panel::Lanes(lanes) => {
                    all.extend(lanes.lanes.iter().flat_map(|lane| &lane.bars).map(|bar| bar.state));
                }
                Panel::Listing(listing) => all.extend(listing.lines.iter().map(|line| line.state)),
                Panel::Table(table) => all.extend(table.rows.iter().map(|row| row.state)),
                Panel::Chart(Chart::Series(series)) => all.extend(series.lines.iter().map(|line| line.state)),
                Panel::Chart(Chart::Histogram(histogram)) => {
                    all.extend(histogram.marks.iter().map(|mark| mark.2));
                }
                Panel::Chart(Chart::Curves(curves)) => all.extend(curves.lines.iter().map(|line| line.state)),
                Panel::Grid(grid) => {
                    all.extend(grid.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.state));
                }
            }
            states.extend(all.into_iter().map(|state| (panels::kind_of(panel), state)));
        }
    }
    (states, shapes)
}

#[test]
fn every_kind_of_panel_is_shown_in_every_state() {
    let (states, shapes) = shown();
    for kind in panels::KINDS.into_iter().chain(["links"]) {
        // Marks of a histogram are only ever one of three.
        let wanted: &[State] = match kind {
            "scene::Histogram" => &[State::Normal, State::Trouble, State::Quiet],
            _ => &State::ALL,
        };
        for &state in wanted {
            assert!(states.contains(&(kind, state)), "{kind} is never {state:?}");
        }
    }
    for shape in Shape::ALL {
        assert!(shapes.contains(&format!("{shape:?}")), "no {shape:?} is under way");
    }
}

#[test]
fn lists_of_variants_hold_each_once() {
    // A variant that is added doesn't compile here before it is in its list too.
    let place = |state: &State| match state {
        State::Normal => 0,
        State::Quiet => 1,
        State::Active => 2,
        State::Trouble => 3,
        State::Down => 4,
        State::Draining => 5,
        State::Warming => 6,
    };
    assert!(State::ALL.iter().map(place).eq(0..7));
    let place = |shape: &Shape| match shape {
        Shape::Request => 0,
        Shape::Answer => 1,
        Shape::Failure => 2,
        Shape::Probe => 3,
    };
    assert!(Shape::ALL.iter().map(place).eq(0..4));
}

#[test]
fn the_sample_figure_has_every_kind_of_control_and_action() {
    let kinds: BTreeSet<&str> =
        sample::Knobs::ALL.iter().map(|control| instruments::kind_of(&control.kind)).collect();
    assert_eq!(kinds, instruments::CONTROLS.into_iter().collect());
    let args = sample::FIGURE.spec.actions.iter().map(|action| match action.arg {
        ValueKind::None => "none",
        ValueKind::Number(..) => "number",
    });
    assert_eq!(args.collect::<BTreeSet<_>>(), ["none", "number"].into_iter().collect());
}

#[test]
fn labels_of_all_panels_can_be_read() {
    for it in panels::all() {
        for width in WIDTHS.into_iter().chain([240.0, 1280.0]) {
            let picture = Picture::new(&it.scene, &panels::words(), width, &Options::default());
            assert_eq!(picture.problems(), Vec::<String>::new(), "{} at {width} px", it.id);
        }
    }
}

#[test]
fn every_stage_of_an_activity_is_shown() {
    let html = page();
    for part in [
        "data-stage=\"open\"",
        "data-stage=\"committed\"",
        "data-stage=\"right\"",
        "data-stage=\"wrong\"",
        "data-stage=\"skipped\"",
        "data-stage=\"idle\"",
        "data-stage=\"judging\"",
        "class=\"judge-progress\">5 of 24 runs",
        "class=\"judge-grade\">Passed.",
        "class=\"judge-grade\">Not yet.",
        "says 84\u{a0}ms; you said 20\u{a0}ms.",
        "place 1",
        "What happened so far",
        "class=\"fig-sweep-dot\"",
        "aria-invalid=\"true\"",
        "A: 90/s · B: 120/s",
        "fig-reading trouble",
        "<b>?</b>",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn nothing_on_the_page_is_live() {
    let html = page();
    for part in ["data-figure", "data-view", "data-facts", "style=\"", "template"] {
        assert!(!html.contains(part), "{part}");
    }
    assert!(!html.contains(">says-") && !html.contains("{waiting}"), "a message has no sentence");
}
