//! Specimens of what a figure is operated with, taken from the sample figure: each is the figure's own element, after
//! that was done to it which the specimen is about.

use super::operated::{Operated, deed, deed_on, deed_with};
use super::tree::{Element, read};
use super::{Sample, Specimen, frame};
use crate::course::words;
use crate::desk::protocol::{nth, part};
use crate::desk::{Deed, Notice, Patch, Way, text};
use crate::lessons;
use crate::player::{ControlKind, FigureSpec, Run, View, encode_view};
use crate::scene::{Picture, Still, Words, svg};
use crate::sim::{Seed, Time};
use crate::site::figure::{self, Caption};
use crate::site::still::Shown;
use maud::{Markup, PreEscaped, html};

/// The kinds of controls, by what makes them. One that is added belongs here, and into the sample figure.
pub const CONTROLS: [&str; 3] =
    ["player::ControlKind::Number", "player::ControlKind::Choice", "player::ControlKind::Flag"];

/// Which of the kinds a control is.
pub fn kind_of(kind: &ControlKind) -> &'static str {
    match kind {
        ControlKind::Number { .. } => CONTROLS[0],
        ControlKind::Choice { .. } => CONTROLS[1],
        ControlKind::Flag { .. } => CONTROLS[2],
    }
}

/// Specimens side by side, each under the name of its state.
fn states(class: &str, all: Vec<(&str, Markup)>) -> Markup {
    frame(&html! {
        div.states.(class) {
            @for (name, state) in all { div.state { p.state-name { (name) } (state) } }
        }
    })
}

/// One under the other, each in a frame of its own, under the name of its state.
fn rows(all: Vec<(&str, Markup)>) -> Markup {
    html! { @for (name, state) in all { p.state-name { (name) } (frame(&state)) } }
}

/// Something is turned, as one types it.
fn turned(control: &str, to: &str) -> Deed {
    deed_with("control", control, to)
}

/// The seed of other randomness.
fn seed_typed(typed: &str) -> Deed {
    deed_with("seed", "", typed)
}

/// Something is done to the server.
fn act(way: &str, with: &str) -> Deed {
    Deed { way: way.into(), ..deed_with("act", "1:0", with) }
}

/// All values that differ in the comparison.
fn compared(sample: &Sample) -> Operated {
    sample
        .operated()
        .does(deed("compare"))
        .does(turned("load", "120/s"))
        .does(turned("service", "8 ms"))
        .does(turned("order", "last"))
        .does(turned("full", "drop-oldest"))
        .does(Deed { number: 0.0, ..deed_on("control", "bounded") })
}

/// Each control at rest, waiting, refusing, and where two are compared.
pub(super) fn controls(sample: &Sample) -> Vec<Specimen> {
    let built = read(&sample.element());
    let live = sample.operated();
    let compared = compared(sample);
    let specimen = |control: &'static str, name, made_by, says, wrong: Option<&str>| {
        let css = format!("[data-control={control}]");
        let take = |page: &Element, state: &str| page.part(&css).specimen(&format!("{control}-{state}"));
        let mut all =
            vec![("at rest", take(&live.page, "rest")), ("before scripts run", take(&built, "built"))];
        if let Some(wrong) = wrong {
            let refuses = sample.operated().does(turned(control, wrong));
            let mut typed = refuses.page;
            typed.each(&format!("{css} .fig-number"), |field| field.set("value", Some(wrong)));
            all.push(("what was typed is none of its values", take(&typed, "invalid")));
        }
        all.push(("two are compared", take(&compared.page, "differs")));
        Specimen { id: format!("control-{control}"), name, made_by, says, body: states("fig-controls", all) }
    };
    let seed =
        |page: &Element, state: &str| page.part(".fig-control.seed").specimen(&format!("seed-{state}"));
    let mut refused = sample.operated().does(seed_typed("seventeen")).page;
    refused.each(".fig-seed input", |field| field.set("value", Some("seventeen")));
    let seeds = vec![
        ("at rest", seed(&live.page, "rest")),
        ("before scripts run", seed(&built, "built")),
        ("what was typed is no seed", seed(&refused, "invalid")),
    ];
    vec![
        specimen(
            "load",
            "Number",
            "player::Control::number",
            "A value in its unit, by slider and as typed; equal steps add.",
            Some("fast"),
        ),
        specimen(
            "service",
            "Number, logarithmic",
            "player::Control::log_number",
            "The same where equal steps multiply.",
            Some("10 s"),
        ),
        specimen(
            "order",
            "Choice, few options",
            "player::Control::choice",
            "One of some options, side by side where they have room.",
            None,
        ),
        specimen(
            "full",
            "Choice, many or long options",
            "player::Control::choice",
            "The same as a list.",
            None,
        ),
        specimen("bounded", "Flag", "player::Control::flag", "On or off.", None),
        Specimen {
            id: "control-seed".into(),
            name: "Seed",
            made_by: "site::figure",
            says: "All randomness of the run; the same seed gives the same run on every machine.",
            body: states("fig-controls", seeds),
        },
        actions(sample),
    ]
}

fn actions(sample: &Sample) -> Specimen {
    let server = sample.operated().does(deed_on("select", "1:0"));
    let refused = sample.operated().does(deed_on("select", "1:0")).does(act("slow", "99"));
    let mut typed = refused.page;
    typed.each("[data-with-of=slow]", |field| field.set("value", Some("99")));
    let take = |page: &Element, state: &str| page.part(".fig-actions").specimen(&format!("action-{state}"));
    Specimen {
        id: "control-action".into(),
        name: "Action",
        made_by: "player::Action",
        says: "What can be done to what is selected; with a field where it takes a number.",
        body: states(
            "fig-side",
            vec![
                ("at rest", take(&server.page, "rest")),
                ("the number is none that it takes", take(&typed, "invalid")),
            ],
        ),
    }
}

/// Numbers, transport, what a figure tells, and what its tools open.
pub(super) fn parts(sample: &Sample) -> Vec<Specimen> {
    vec![
        readings(sample),
        explained(sample),
        transport(sample),
        tools(sample),
        notices(sample),
        comparison_bar(sample),
        drawers(sample),
        sweep(sample),
        log(sample),
        tables(sample),
    ]
}

fn overloaded(figure: Operated) -> Operated {
    figure.does(turned("load", "160/s")).goes(12.0)
}

fn busy(sample: &Sample) -> Operated {
    overloaded(sample.operated())
}

fn readings(sample: &Sample) -> Specimen {
    let calm = sample.operated().does(turned("load", "40/s")).goes(4.0);
    let take = |page: &Element, state: &str| page.part(".fig-readings").specimen(state);
    let all = vec![
        ("normal", take(&calm.page, "calm")),
        ("in trouble", take(&busy(sample).page, "trouble")),
        ("before a prediction", take(&read(&sample.masked()), "masked")),
        ("nothing measured yet", take(&sample.operated().goes(0.0).page, "none")),
        ("two are compared", take(&compared(sample).page, "against")),
    ];
    Specimen {
        id: "readings".into(),
        name: "Readings",
        made_by: "player::Reading",
        says: "The numbers beside the picture. One that can tell who is behind it is a button.",
        body: states("fig-side", all),
    }
}

fn explained(sample: &Sample) -> Specimen {
    let take = |operated: Operated, name: &str| {
        let mut page = operated.page;
        // Landmarks of one page have names of their own.
        let shows = page.part(".fig-explain");
        let label = shows.markup().0.contains("aria-label").then(|| format!("Explained: {name}"));
        page.each(".fig-explain", |it| it.set("aria-label", label.as_deref()));
        page.part(".fig-explain").specimen(&format!("explain-{name}"))
    };
    let waiting = busy(sample);
    let request = waiting.pictures()[0].regions.iter().find(|region| region.entity.kind == 0);
    let request = request.map_or_else(String::new, |region| format!("0:{}", region.entity.n));
    let all = vec![
        ("a server", take(sample.operated().does(deed_on("select", "1:0")), "server")),
        ("a request", take(waiting.does(deed_on("select", &request)), "request")),
        ("who is behind a number", take(sample.operated().does(deed_on("behind", "p99")), "behind")),
    ];
    Specimen {
        id: "explained".into(),
        name: "Explained",
        made_by: "player::Explanation",
        says: "What is selected: what can be done to it, what it is, what happened to it and why.",
        body: states("explained", all),
    }
}

fn transport(sample: &Sample) -> Specimen {
    let take =
        |page: &Element, state: &str| page.part(".fig-transport").specimen(&format!("transport-{state}"));
    let marked =
        || busy(sample).goes(6.0).does(act("slow", "4")).goes(9.0).does(turned("load", "30/s")).goes(14.0);
    let slow = marked().does(deed("play")).changed([Patch::Class(part(".fig-speed"), "slow".into(), true)]);
    let mut all = vec![
        ("before scripts run", take(&read(&sample.element()), "built")),
        ("paused, with what happened: changes, faults, events", take(&marked().page, "paused")),
        ("playing, and the model can’t keep up", take(&slow.page, "slow")),
    ];
    if let Some(steps) = by_steps(sample) {
        all.push(("by steps, with who can take one", take(&read(&steps), "steps")));
    }
    Specimen {
        id: "transport".into(),
        name: "Transport",
        made_by: "desk::transport",
        says: "Play, step, the time line with its marks, the speed.",
        body: rows(all),
    }
}

/// The figure that goes by steps; where its lesson isn't there, there is none.
fn by_steps(sample: &Sample) -> Option<Markup> {
    let (path, registered) = lessons::figure("two-threads")?;
    let spec: &FigureSpec = registered.spec;
    let patterns =
        words::patterns(sample.course, sample.course.lesson(path)?, &spec.id).into_iter().collect();
    let words = Words { patterns, kinds: spec.naming() };
    let view = View { run: Run::new(spec, Seed(7)), against: Vec::new(), at: Time::ZERO };
    let shown = Shown::of(registered, words, view)?;
    let caption = Caption {
        id: "steps",
        number: 1,
        markup: html! { "Steps" },
        text: "Steps",
        after: Vec::new(),
        set: None,
        files: None,
    };
    Some(figure::markup(&caption, Some(&shown)))
}

fn tools(sample: &Sample) -> Specimen {
    let take = |page: &Element, state: &str| page.part("figcaption").specimen(&format!("caption-{state}"));
    let forked = busy(sample).goes(14.0).goes(6.0).does(act("slow", "4"));
    // A caption belongs to a figure of its own.
    let all: Vec<(&str, Markup)> = [
        ("before scripts run", take(&read(&sample.element()), "built")),
        ("at work", take(&sample.operated().page, "work")),
        ("two are compared", take(&compared(sample).page, "compared")),
        ("the past was changed", take(&forked.page, "forked")),
    ]
    .into();
    Specimen {
        id: "caption".into(),
        name: "Caption and tools",
        made_by: "site::figure::Caption",
        says: "What the figure shows, what can be done with it as a whole, and what can be taken back.",
        body: html! {
            @for (name, state) in all { p.state-name { (name) } figure.figure { (state) } }
        },
    }
}

fn way_name(way: Way) -> &'static str {
    match way {
        Way::TryAgain => "a model that can be started again",
        Way::Reload => "a page that is to be loaded again",
    }
}

fn notices(sample: &Sample) -> Specimen {
    let link = encode_view(&sample.shown().view);
    let with = |way, says: &str| Notice { way: Some(way), ..Notice::plain(says) };
    let list = ["Load: 160/s", "Seed: b3-otter", "2 later changes and faults, marked on the time line"];
    let notices = [
        ("words alone", Notice::plain(text::NO_CANVAS)),
        ("a list", Notice { list: list.map(str::to_owned).into(), ..Notice::plain(text::FROM_LINK) }),
        ("a link to a run", Notice { link: Some(link.clone()), ..Notice::plain(text::PANICKED) }),
        (way_name(Way::TryAgain), Notice { link: Some(link), ..with(Way::TryAgain, text::HUNG) }),
        (way_name(Way::Reload), with(Way::Reload, text::OTHER_BUILD)),
    ];
    let shown = notices.into_iter().enumerate().map(|(n, (name, notice))| {
        let told = sample.operated().changed(notice.patches());
        (name, told.page.part(".fig-notice").specimen(&format!("notice-{n}")))
    });
    Specimen {
        id: "notices".into(),
        name: "Notices",
        made_by: "desk::Notice",
        says: "What a figure has to tell, and what can be done about it.",
        body: rows(shown.collect()),
    }
}

fn comparison_bar(sample: &Sample) -> Specimen {
    let bar = compared(sample).page.part(".fig-compare").specimen("bar");
    Specimen {
        id: "comparison-bar".into(),
        name: "Comparison bar",
        made_by: "desk::compare",
        says: "Stands under the caption while two settings are compared.",
        body: frame(&bar),
    }
}

fn drawers(sample: &Sample) -> Specimen {
    let take = |operated: &Operated, drawer: &str| {
        operated.page.part(&format!("[data-drawer-of={drawer}]")).specimen(&format!("drawer-{drawer}"))
    };
    let opened = |drawer: &str| busy(sample).does(deed_on("drawer", drawer));
    let file = busy(sample).changed([Patch::Attr(part("[data-drawer-of=file]"), "hidden".into(), None)]);
    Specimen {
        id: "drawers".into(),
        name: "Drawers",
        made_by: "desk::moments",
        says: "What the tools open, one at a time, under the caption.",
        body: rows(vec![
            ("share", take(&opened("share"), "share")),
            ("share, a run too long for a link", take(&file, "file")),
            ("more", take(&opened("more"), "more")),
            ("keys", take(&opened("keys"), "keys")),
        ]),
    }
}

fn sweep(sample: &Sample) -> Specimen {
    let swept = |chosen: [&str; 5], most| {
        let begun = sample.operated().does(deed_on("drawer", "sweep"));
        let begun = begun.does(deed_with("sweep", "", &chosen.join(",")));
        let fields = chosen.into_iter().enumerate().map(|(n, value)| Patch::Value {
            part: nth(".fig-sweep-fields :is(input, select)".into(), n),
            value: value.to_owned(),
            forced: true,
        });
        begun.errands(most).changed(fields).page
    };
    let take = |page: &Element, state: &str| page.part(".fig-sweep").specimen(&format!("sweep-{state}"));
    let opened = sample.operated().does(deed_on("drawer", "sweep"));
    let all = vec![
        ("opened", take(&opened.page, "opened")),
        (
            "what was asked for is none of its values",
            take(&swept(["load", "fast", "", "p99", "3"], 0), "invalid"),
        ),
        ("under way", take(&swept(["load", "", "", "p99", "3"], 14), "running")),
        ("a number, done", take(&swept(["load", "", "", "p99", "3"], usize::MAX), "number")),
        ("a choice, done", take(&swept(["full", "", "", "waiting", "5"], usize::MAX), "choice")),
    ];
    Specimen {
        id: "sweep".into(),
        name: "Sweep",
        made_by: "player::Sweep",
        says: "One control over its range, several seeds at each value; each run can be opened.",
        body: rows(all),
    }
}

fn log(sample: &Sample) -> Specimen {
    let text = "time,key\n0.1,a\n0.4,b\n0.5,a\n1.2,c\n";
    let take = |page: &Element, state: &str| page.part(".fig-data").specimen(&format!("log-{state}"));
    let all = vec![
        ("before scripts run", take(&read(&sample.element()), "built")),
        ("being read", take(&sample.operated().reads(text, false).page, "reading")),
        ("read", take(&sample.operated().reads(text, true).page, "read")),
        ("not readable", take(&sample.operated().reads("nothing\nof the kind\n", true).page, "failed")),
    ];
    Specimen {
        id: "log".into(),
        name: "The learner’s own log",
        made_by: "player::Needs::AccessLog",
        says: "Where a figure can replay one.",
        body: rows(all),
    }
}

fn tables(sample: &Sample) -> Specimen {
    let opened = Patch::Attr(part(".fig-tables"), "open".into(), Some(String::new()));
    let shown = sample.operated().does(Deed { number: 1.0, ..deed("tables") }).changed([opened]);
    Specimen {
        id: "tables".into(),
        name: "The same in tables",
        made_by: "scene::describe",
        says: "What the picture says, for those who don’t see it.",
        body: frame(&shown.page.part(".fig-tables").specimen("tables")),
    }
}

/// The figure as a whole.
pub(super) fn figures(sample: &Sample) -> Vec<Specimen> {
    let whole = |id: &str, name, says, page: Element| Specimen {
        id: id.to_owned(),
        name,
        made_by: "site::figure",
        says,
        body: page.part("figure").specimen(id),
    };
    let mut steps = by_steps(sample).map(|steps| {
        whole(
            "figure-steps",
            "By steps",
            "A figure without a clock of its own: listings, a table and lanes; actions take a step.",
            read(&steps),
        )
    });
    let mut all = vec![
        whole(
            "figure-built",
            "Before scripts run",
            "As it stands in the page that was built.",
            read(&sample.element()),
        ),
        whole("figure-masked", "Before a prediction", "It shows nothing of its run.", read(&sample.masked())),
        whole("figure-busy", "In trouble", "Operated, and paused.", painted(sample, overloaded)),
        whole(
            "figure-compared",
            "Two are compared",
            "Side by side where there is room, one clock, one set of controls.",
            painted(sample, |figure| figure.does(deed("compare")).does(turned("load", "120/s"))),
        ),
    ];
    all.extend(steps.take());
    all
}

/// The figure after that was done to it, with its pictures as they are painted then, for a wide and for a narrow place.
fn painted(sample: &Sample, done: impl Fn(Operated) -> Operated) -> Element {
    let [wide, narrow] = [720, 340].map(|width| done(sample.operated_at(width)));
    let picture = |picture: &Picture, class: &str, id: &str| {
        let still =
            Still { id, title: "The sample", describes: "As the readings say", class, standalone: false };
        PreEscaped(svg(picture, &still))
    };
    let place = |operated: &Operated, class: &str| -> Markup {
        let mut names = operated.page.clone();
        names.each(".fig-side-name", |name| name.set("class", Some(&format!("fig-side-name {class}"))));
        let names = [0, 1].map(|n| names.nth(".fig-side-name".into(), n).markup());
        html! { (picture(&operated.pictures()[0], class, class)) @for name in names { (name) } }
    };
    let both = html! { (place(&wide, "wide")) (place(&narrow, "narrow")) };
    let charts = picture(&wide.pictures()[1], "", "charts");
    let mut page = wide.page;
    for gone in [".fig-picture svg", ".fig-charts svg", ".fig-side-name"] {
        page.drop(gone);
    }
    page.each(".fig-picture", |place| place.begin_with(&both));
    page.each(".fig-charts", |place| place.begin_with(&charts));
    page
}
