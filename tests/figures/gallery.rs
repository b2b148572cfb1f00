//! The gallery shows every building block, each well made.

use playground::course::Course;
use playground::lessons;
use playground::player::{ControlKind, ValueKind};
use playground::scene::{Chart, LayoutOptions, PacketKind, Panel, Picture, Status};
use playground::site::applied::Applied;
use playground::site::gallery::{Gallery, WIDTHS};
use playground::site::render::Page;
use playground::site::sample;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

const TEMPLATE: &str =
    "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n</body></html>\n";

/// It takes seconds: made once.
static GALLERY: LazyLock<(Gallery, Page)> = LazyLock::new(|| {
    let gallery = Gallery::new(&course());
    let page = gallery.page(TEMPLATE).unwrap();
    (gallery, page)
});

fn course() -> Course {
    Course::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons"))).0
}

/// Which kind a panel is; lanes by the clock and by steps are two.
fn kind_of(panel: &Panel) -> &'static str {
    match panel {
        Panel::Flow(_) => "flow",
        Panel::Ring(_) => "ring",
        Panel::Lanes(lanes) if lanes.step.is_some() => "lanes by steps",
        Panel::Lanes(_) => "lanes",
        Panel::Listing(_) => "listing",
        Panel::Table(_) => "table",
        Panel::Chart(Chart::Series(_)) => "series",
        Panel::Chart(Chart::Histogram(_)) => "histogram",
        Panel::Chart(Chart::Curves(_)) => "curves",
        Panel::Grid(_) => "grid",
        Panel::Frames(_) => "frames",
        Panel::Values(_) => "values",
        Panel::Ladder(_) => "ladder",
        Panel::States(_) => "states",
    }
}

const KINDS: [&str; 14] = [
    "flow",
    "ring",
    "lanes by steps",
    "lanes",
    "listing",
    "table",
    "series",
    "histogram",
    "curves",
    "grid",
    "frames",
    "values",
    "ladder",
    "states",
];

/// States and shapes in all scenes, each state with the kind of panel that it stands in.
fn shown() -> (BTreeSet<(&'static str, Status)>, BTreeSet<String>) {
    let (mut states, mut shapes) = (BTreeSet::new(), BTreeSet::new());
    for panel in GALLERY.0.exhibits.iter().flat_map(|it| &it.scene.panels) {
        let all: Vec<Status> = match panel {
            Panel::Flow(flow) => {
                shapes.extend(flow.packets.iter().map(|packet| format!("{:?}", packet.kind)));
                states.extend(flow.links.iter().map(|link| ("link", link.status)));
                flow.tiers.iter().flat_map(|tier| &tier.nodes).map(|node| node.status).collect()
            }
            Panel::Ring(ring) => {
                ring.0.tiers.iter().flat_map(|tier| &tier.nodes).map(|node| node.status).collect()
            }
            Panel::Lanes(lanes) => {
                lanes.lanes.iter().flat_map(|lane| &lane.bars).map(|bar| bar.status).collect()
            }
            Panel::Listing(listing) => listing.lines.iter().map(|line| line.status).collect(),
            Panel::Table(table) => table.rows.iter().map(|row| row.status).collect(),
            Panel::Chart(Chart::Series(series)) => series.lines.iter().map(|line| line.status).collect(),
            Panel::Chart(Chart::Histogram(histogram)) => histogram.marks.iter().map(|mark| mark.2).collect(),
            Panel::Chart(Chart::Curves(curves)) => curves.lines.iter().map(|line| line.status).collect(),
            Panel::Grid(grid) => {
                grid.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.status).collect()
            }
            Panel::Frames(frames) => frames.0.rows.iter().map(|row| row.status).collect(),
            Panel::Values(values) => {
                values.rows.iter().flat_map(|row| &row.boxes).map(|it| it.status).collect()
            }
            Panel::Ladder(ladder) => {
                let spans = ladder.parties.iter().flat_map(|party| &party.spans);
                states.extend(spans.map(|span| ("span", span.status)));
                let notes = ladder.parties.iter().flat_map(|party| &party.notes);
                states.extend(notes.map(|note| ("note", note.status)));
                ladder.messages.iter().map(|message| message.status).collect()
            }
            Panel::States(machine) => {
                states.extend(machine.tokens.iter().map(|token| ("token", token.status)));
                machine.states.iter().map(|state| state.status).collect()
            }
        };
        states.extend(all.into_iter().map(|state| (kind_of(panel), state)));
    }
    (states, shapes)
}

#[test]
fn every_kind_of_panel_is_shown_in_every_state() {
    let (states, shapes) = shown();
    let mut missing = Vec::new();
    for kind in KINDS.into_iter().chain(["link", "span", "note", "token"]) {
        // Marks of a histogram are only ever one of three.
        let wanted: &[Status] = match kind {
            "histogram" => &[Status::Normal, Status::Trouble, Status::Quiet],
            _ => &Status::ALL,
        };
        missing
            .extend(wanted.iter().filter(|state| !states.contains(&(kind, **state))).map(|it| (kind, *it)));
    }
    assert!(missing.is_empty(), "never shown: {missing:?}");
    for shape in PacketKind::ALL {
        assert!(shapes.contains(&format!("{shape:?}")), "no {shape:?} is under way");
    }
}

#[test]
fn lists_of_variants_hold_each_once() {
    // A variant that is added doesn't compile here before it is in its list too.
    let place = |state: &Status| match state {
        Status::Normal => 0,
        Status::Quiet => 1,
        Status::Active => 2,
        Status::Trouble => 3,
        Status::Down => 4,
        Status::Draining => 5,
        Status::Warming => 6,
    };
    assert!(Status::ALL.iter().map(place).eq(0..7));
    let place = |shape: &PacketKind| match shape {
        PacketKind::Request => 0,
        PacketKind::Answer => 1,
        PacketKind::Failure => 2,
        PacketKind::Probe => 3,
        PacketKind::Write => 4,
        PacketKind::Copy => 5,
    };
    assert!(PacketKind::ALL.iter().map(place).eq(0..6));
}

#[test]
fn every_kind_of_control_and_action_that_a_figure_has_is_shown() {
    let page = Applied::parse(&GALLERY.1.html);
    let mut wanted = BTreeSet::from([".fig-control.seed"]);
    for figure in lessons::all().map(|(_, figure)| figure).chain([&sample::FIGURE]) {
        wanted.extend(figure.spec.controls.iter().map(|control| match control.kind {
            ControlKind::Number { .. } => ".fig-control.number",
            ControlKind::Choice { .. } => ".fig-control.choice",
            ControlKind::Flag { .. } => ".fig-control.flag",
            ControlKind::Several { .. } => ".fig-control.several",
            ControlKind::Order { .. } => ".fig-control.order li",
            ControlKind::Assignment { .. } => ".fig-control.assignment .fig-member",
            ControlKind::Text { .. } => ".fig-control.text",
        }));
        wanted.extend(figure.spec.actions.iter().map(|action| match action.arg {
            ValueKind::None => ".fig-actions [data-do=act]",
            ValueKind::Number(..) => ".fig-actions [data-with-of]",
            ValueKind::Entities { .. } => ".fig-actions [data-do=chosen]",
            ValueKind::Text(..) => ".fig-actions .fig-text-field",
        }));
    }
    assert!(wanted.len() >= 12, "{wanted:?}");
    for css in wanted {
        assert!(!page.select(css).is_empty(), "{css}");
    }
}

#[test]
fn labels_of_all_panels_can_be_read() {
    for it in &GALLERY.0.exhibits {
        for width in WIDTHS.into_iter().chain([240.0, 1280.0]) {
            let picture = Picture::new(&it.scene, &it.words, width, &LayoutOptions::default());
            assert_eq!(picture.problems(), Vec::<String>::new(), "{} at {width} px", it.name);
        }
    }
}

#[test]
fn every_stage_of_an_activity_is_shown() {
    let page = Applied::parse(&GALLERY.1.html);
    let kinds =
        [".predict .options", ".predict .answer-number", ".predict .answer-order", ".predict .sketch"];
    for stage in ["open", "right", "wrong", "skipped"] {
        for kind in kinds {
            let (section, answer) = kind.split_once(' ').unwrap();
            let css = format!("{section}[data-stage={stage}] {answer}");
            assert!(!page.select(&css).is_empty(), "{css}");
        }
    }
    for css in [
        ".predict .option [checked]",
        ".predict[data-stage=wrong] polyline.truth[points*=\",\"]",
        ".challenge[data-stage=idle] .judge-cost",
        ".challenge[data-stage=judging] .judge-progress",
        ".challenge[data-stage=passed] .judge-result",
        ".challenge[data-stage=failed] .verdict-says:not([hidden])",
        ".challenge .judge-cost.trouble",
        ".incident [data-stage=open]",
        ".incident [data-stage=wrong] ~ .repair[data-stage=idle]",
        ".incident [data-stage=right] ~ .repair[data-stage=passed] .verdict-says:not([hidden])",
        ".incident [data-stage=right] ~ .repair[data-stage=failed] .judge-cost.trouble",
        ".quiz [data-stage=open]",
        ".quiz [data-stage=right] [type=checkbox]",
        ".quiz [data-stage=wrong] [type=radio]",
        "details.card[open]",
        "[aria-invalid=true]",
        ".fig-sweep-dot",
        ".fig-reading.trouble",
    ] {
        assert!(!page.select(css).is_empty(), "{css}");
    }
    let html = &GALLERY.1.html;
    for said in [
        "5 of 200 runs",
        "Passed.",
        "Not yet.",
        "Answer first.",
        "place 1",
        "you said",
        "A: 200/s · B: 240/s",
    ] {
        assert!(html.contains(said), "{said}");
    }
}

#[test]
fn nothing_on_the_page_is_live_and_it_is_whole() {
    let Page { html, files, .. } = &GALLERY.1;
    for part in ["data-figure", "data-view", "data-facts", "style=\"", "<template", "<script type"] {
        assert!(!html.contains(part), "{part}");
    }
    assert!(!html.contains(">says-") && !html.contains("model-fault"), "a message has no sentence");
    assert!(files[0].1.contains("[data-css=\"left:"), "what is set on elements has rules");
    let page = Applied::parse(html);
    let mut ids = BTreeSet::new();
    for element in page.select("[id]") {
        let id = element.attr("id").unwrap().to_string();
        assert!(ids.insert(id.clone()), "id '{id}' stands twice");
    }
    for link in page.select("a[href^=\"#\"]") {
        let href = link.attr("href").unwrap();
        assert!(ids.contains(&href[1..]), "nothing has the id '{href}'");
    }
    let mut before = 0;
    for heading in page.select("h1, h2, h3, h4") {
        let level: u32 = heading.node_name().unwrap()[1..].parse().unwrap();
        assert!(level <= before + 1, "{} after a heading of level {before}", heading.text());
        before = level;
    }
}
