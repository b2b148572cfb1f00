//! Figures as a whole, and what they are operated with: each specimen is the figure's own element, after that was done to
//! it which the specimen is about.

use super::{Exhibit, Specimen, drawn, frame, id, rows, specimen, states};
use crate::course::Course;
use crate::desk::protocol::{find, nth};
use crate::desk::{Notice, NoticeAction, Patch, UserAction, text};
use crate::player::encode_view;
use crate::site::applied::Applied;
use crate::site::operated::{Lessons, Operated, action, action_on, action_with, root};
use crate::site::sample;
use maud::{Markup, PreEscaped, html};

/// The figure whose parts are shown: it has a control of each kind, actions with and without a number, readings with
/// somebody behind them, and it replays logs.
const FIGURE: &str = "slow-server";
/// One that a prediction gates.
const GATED: &str = "what-a-hash-keeps";
/// The one that goes by steps.
const STEPS: &str = "two-threads";

type Done = fn(Operated) -> Operated;

/// Figures at work: which, what is to be looked at, and what was done to them.
pub const WHOLE: [(&str, &str, &str, Done); 6] = [
    (FIGURE, "In trouble", "Servers that are slow, dead, failing at once.", |it| {
        it.goes(8.0).does(act("kill", "1:0", "")).does(act("fail-fast", "1:3", "")).goes(9.2)
    }),
    (FIGURE, "Two are compared", "Side by side where there is room, one clock, one set of controls.", |it| {
        it.does(action("compare")).does(turned("policy", "two-choices")).goes(20.0)
    }),
    ("who-notices", "A deploy", "Servers leave and come back; checks are under way.", |it| {
        it.does(turned("drain", "10 s")).does(turned("slow-start", "10 s")).goes(21.05)
    }),
    ("power-of-two", "Rows and curves", "A tall grid, curves, dots for what was measured.", |it| {
        it.goes(20.0)
    }),
    ("what-a-hash-keeps", "Who holds which", "A flat grid, whose cells change hands.", |it| it.goes(5.0)),
    (STEPS, "By steps", "Listings, a table and lanes; actions take a step.", |it| {
        let steps = ["0:0", "0:1", "0:0", "0:1", "0:0", "0:1"].into_iter();
        steps.fold(it.goes(0.0), |it, thread| it.does(act("step", thread, "")))
    }),
];

/// Something is turned, as one types it.
fn turned(control: &str, to: &str) -> UserAction {
    action_with("control", control, to)
}

/// Something is done to somebody.
fn act(way: &str, on: &str, with: &str) -> UserAction {
    UserAction { variant: way.into(), ..action_with("act", on, with) }
}

/// A field holds what was typed.
fn typed(css: &str, n: usize, value: &str) -> Patch {
    Patch::Value { field: nth(css.to_owned(), n), value: value.to_owned(), forced: true }
}

/// An element has this attribute, or none of this name.
fn attribute(css: &str, name: &'static str, value: Option<&str>) -> Patch {
    Patch::Attribute(find(css.to_owned()), name.into(), value.map(str::to_owned))
}

fn busy(l: &Lessons) -> Operated {
    l.open(FIGURE).does(turned("load", "200/s")).goes(12.0)
}

/// All values that differ in the comparison.
fn compared(l: &Lessons) -> Operated {
    let all = [("load", "240/s"), ("service", "80 ms"), ("arrivals", "bursty"), ("policy", "random")];
    let all = all.map(|(control, to)| turned(control, to)).into_iter();
    all.fold(busy(l).does(action("compare")), Operated::does).does(action_on("control", "checks"))
}

/// A part of the figure before scripts run.
fn built(l: &Lessons, css: &str) -> (&'static str, Markup) {
    let css = format!("{} {css}", root(FIGURE));
    ("before scripts run", specimen(&l.page(FIGURE), &css, "built"))
}

fn one(name: &'static str, says: &'static str, body: Markup) -> Specimen {
    Specimen { name, says, body }
}

/// Each control at rest, waiting, refusing, and where two are compared.
pub fn controls(l: &Lessons, course: &Course) -> Vec<Specimen> {
    let (live, compared, new) = (l.open(FIGURE), compared(l), || sample::open(course, 720));
    let kinds = [
        ("load", "Number", "A value in its unit, by slider and as typed; equal steps add.", "fast"),
        ("service", "Number, logarithmic", "The same where equal steps multiply.", "10 s"),
        ("arrivals", "Choice, few options", "One of some, side by side where they have room.", ""),
        ("policy", "Choice, many or long options", "The same as a list.", ""),
        ("checks", "Flag", "On or off.", ""),
        ("canary", "Several", "Some of several things.", "shop,search,cache"),
        ("order", "Order", "Things in an order, dragged or moved by buttons.", ""),
        ("zone", "Assignment", "Things in groups, dragged or put there by lists.", ""),
        ("rule", "Text", "A short text that the experiment reads.", "calls are slow"),
    ];
    let zones = "shop:west,search:east,cache:west,database:east";
    let other = kinds[5..].iter().zip(["shop,cache", "cache,shop,search,database", zones, "calls > 1 s"]);
    let other = other.fold(new().does(action("compare")), |it, (kind, to)| it.does(turned(kind.0, to)));
    let mut all = Vec::new();
    for (n, (control, name, says, wrong)) in kinds.into_iter().enumerate() {
        let css = format!("[data-control={control}]");
        let open = || if n < 5 { l.open(FIGURE) } else { new() };
        let mut shown = vec![("at rest", open().part(&css, "rest"))];
        shown.extend((n < 5).then(|| built(l, &css)));
        if !wrong.is_empty() {
            let field = typed(&format!("{css} :is(.fig-number, .fig-typed)"), 0, wrong);
            let refuses = open().does(turned(control, wrong)).changed([field]);
            shown.push(("what was typed is none of its values", refuses.part(&css, "invalid")));
        }
        shown.push(("two are compared", if n < 5 { &compared } else { &other }.part(&css, "differs")));
        all.push(one(name, says, states("fig-controls", &shown)));
    }
    let css = ".fig-control.seed";
    let refused = l.open(FIGURE).does(action_with("seed", "", "seventeen"));
    let refused = refused.changed([typed(".fig-seed input", 0, "seventeen")]);
    let wrong = ("what was typed is no seed", refused.part(css, "invalid"));
    let seeds = [("at rest", live.part(css, "rest")), built(l, css), wrong];
    all.push(one("Seed", "The same seed gives the same run everywhere.", states("fig-controls", &seeds)));
    let server = live.does(action_on("select", "1:0"));
    let at_rest = ("at rest", server.part(".fig-actions", "rest"));
    let refused = server.does(act("slow", "1:0", "999")).changed([typed("[data-with-of=slow]", 0, "999")]);
    let actions = [at_rest, ("the number is none that it takes", refused.part(".fig-actions", "invalid"))];
    all.push(one("Action", "Done to what is selected, some with a number.", states("fig-side", &actions)));
    let with = new().does(action_on("select", "0:0"));
    let rest = ("at rest", with.part(".fig-actions", "rest"));
    let begun = with.does(UserAction { variant: "restart".into(), ..action_on("choose", "0:0") });
    let begun =
        ("while others are chosen", begun.does(action_on("select", "0:2")).part(".fig-actions", "more"));
    all.push(one("Action on several", "With a text, or with others.", states("fig-side", &[rest, begun])));
    all
}

/// Numbers, transport, what a figure tells, and what its tools open.
pub fn parts(l: &Lessons) -> Vec<Specimen> {
    let (busy_one, compared) = (busy(l), compared(l));
    let calm =
        l.open(FIGURE).does(turned("policy", "least-connections")).does(turned("load", "40/s")).goes(9.0);
    let readings = [
        ("normal", calm.part(".fig-readings", "calm")),
        ("in trouble", busy_one.part(".fig-readings", "trouble")),
        ("before a prediction", l.masked(GATED, 720).part(".fig-readings", "masked")),
        ("nothing measured yet", l.open(FIGURE).goes(0.0).part(".fig-readings", "none")),
        ("two are compared", compared.part(".fig-readings", "against")),
    ];
    let request = busy_one.pictures()[0].regions.iter().find(|region| region.entity.kind == 0);
    let request = request.map_or_else(String::new, |region| format!("0:{}", region.entity.n));
    let explained = [
        ("a server", action_on("select", "1:2")),
        ("a request", action_on("select", &request)),
        ("who is behind a number", action_on("behind", "p99")),
    ];
    let explained = explained.map(|(name, action)| {
        // Landmarks of one page have names of their own.
        let label = attribute(".fig-explain", "aria-label", Some(&format!("Explained: {name}")));
        (name, busy(l).does(action).changed([label]).part(".fig-explain", &id(name)))
    });
    let changed = busy(l).goes(6.0).does(act("slow", "1:0", "4")).goes(9.0).does(turned("load", "100/s"));
    let marked = changed.goes(14.0);
    let paused = ("paused, with changes, faults, events", marked.part(".fig-transport", "paused"));
    let slow =
        marked.does(action("play")).changed([Patch::Class(find(".fig-speed".into()), "slow".into(), true)]);
    let transport = [
        built(l, ".fig-transport"),
        paused,
        ("playing, and the model can’t keep up", slow.part(".fig-transport", "slow")),
        ("by steps, with who can take one", l.open(STEPS).part(".fig-transport", "steps")),
    ];
    let forked = busy(l).does(act("kill", "1:0", "")).goes(6.0).does(act("slow", "1:0", "4"));
    let captions = [
        built(l, "figcaption"),
        ("at work", busy_one.part("figcaption", "work")),
        ("two are compared", compared.part("figcaption", "compared")),
        ("the past was changed", forked.part("figcaption", "forked")),
    ];
    // A caption belongs to a figure of its own.
    let captions = html! { @for (name, it) in captions { p.state-name { (name) } figure.figure { (it) } } };
    let file = busy(l).changed([attribute("[data-drawer-of=file]", "hidden", None)]);
    let opened = |name: &'static str| {
        (name, busy(l).does(action_on("drawer", name)).part(&format!("[data-drawer-of={name}]"), name))
    };
    let too_long = ("share, a run too long for a link", file.part("[data-drawer-of=file]", "file"));
    let drawers = [opened("share"), too_long, opened("more"), opened("keys")];
    let tables = busy(l).does(UserAction { number: 1.0, ..action("tables") });
    let tables = tables.changed([attribute(".fig-tables", "open", Some(""))]);
    let tables = frame(&tables.part(".fig-tables", "tables"));
    let (good, bad) = ("time,key\n0.1,a\n0.4,b\n0.5,a\n1.2,c\n", "nothing\nof the kind\n");
    let read = |name: &'static str, log: &str, last| {
        (name, l.open("your-traffic").reads(log, last).part(".fig-data", &id(name)))
    };
    let logs = [read("being read", good, false), read("read", good, true), read("not readable", bad, true)];
    let bar = frame(&compared.part(".fig-compare", "bar"));
    vec![
        one("Readings", "One that can tell who is behind it is a button.", states("fig-side", &readings)),
        one("Explained", "What is selected, and what happened to it.", states("explained", &explained)),
        one("Transport", "Play, step, the timeline with its marks, the speed.", rows(&transport)),
        one("Caption and tools", "What the figure shows, and what can be taken back.", captions),
        one("Notices", "What a figure has to tell, and what can be done about it.", rows(&notices(l))),
        one("Comparison bar", "Under the caption while two settings are compared.", bar),
        one("Drawers", "What the tools open, one at a time, under the caption.", rows(&drawers)),
        one("Sweep", "One control over its range, several seeds at each value.", rows(&sweeps(l))),
        one("The learner’s own log", "Where a figure can replay one.", rows(&logs)),
        one("In tables", "The picture for those who don’t see it.", tables),
    ]
}

fn notices(l: &Lessons) -> [(&'static str, Markup); 5] {
    let link = Some(encode_view(&l.open(FIGURE).view()));
    let list =
        vec!["Load: 160/s".to_owned(), "Later changes and faults: 2, marked on the timeline".to_owned()];
    let way = |way, says| Notice { action: Some(way), ..Notice::plain(says) };
    let all = [
        ("words alone", Notice::plain(text::NO_CANVAS)),
        ("a list", Notice { list, ..Notice::plain(text::FROM_LINK) }),
        ("a link to a run", Notice { link: link.clone(), ..Notice::plain(text::PANICKED) }),
        ("a model that can be started again", Notice { link, ..way(NoticeAction::TryAgain, text::HUNG) }),
        ("a page that is to be loaded again", way(NoticeAction::Reload, text::OTHER_BUILD)),
    ];
    all.map(|(name, notice)| (name, l.open(FIGURE).changed(notice.patches()).part(".fig-notice", &id(name))))
}

fn sweeps(l: &Lessons) -> [(&'static str, Markup); 4] {
    let swept = |name: &'static str, figure: &str, chosen: [&str; 5], most| {
        let begun = l.open(figure).does(action_on("drawer", "sweep"));
        let begun = begun.does(action_with("sweep", "", &chosen.join(",")));
        let field = |(n, value): (usize, &&str)| typed(".fig-sweep-fields :is(input, select)", n, value);
        let fields: Vec<Patch> = chosen.iter().enumerate().map(field).collect();
        (name, begun.jobs(most).changed(fields).part(".fig-sweep", &id(name)))
    };
    [
        swept("it takes no such value", FIGURE, ["load", "fast", "", "p99", "3"], 0),
        swept("under way", "one-server", ["load", "", "", "p99", "3"], 14),
        swept("a number, done", "one-server", ["load", "", "", "p99", "3"], usize::MAX),
        swept("a choice, done", STEPS, ["scheduler", "", "", "x", "5"], usize::MAX),
    ]
}

/// Figures as a whole, and the scenes that they show.
pub fn whole(l: &Lessons, course: &Course) -> (Vec<Specimen>, Vec<Exhibit>) {
    let built = specimen(&l.page(GATED), &root(GATED), "built-whole");
    let mut specimens = vec![one("Before scripts run", "Its run would give a prediction away.", built)];
    let mut exhibits = Vec::new();
    let cut: Done = |it| it.does(act("cut", "1:1", ""));
    let shown = ("", "In an order, in zones", "Links that can be cut, by drawing across them too.", cut);
    for (figure, name, says, done) in WHOLE.into_iter().chain([shown]) {
        let open = |w| if figure.is_empty() { sample::open(course, w) } else { l.open_at(figure, w) };
        let [wide, narrow] = [720, 340].map(|width| done(open(width)));
        specimens.push(one(name, says, painted(&wide, &narrow, &id(name))));
        exhibits.push(Exhibit { name, says, scene: wide.scene(), words: wide.words });
    }
    (specimens, exhibits)
}

/// The figure with its pictures as they are painted now, for a wide and for a narrow place.
fn painted(wide: &Operated, narrow: &Operated, id: &str) -> Markup {
    let page = Applied::parse(&specimen(&wide.page, &root(&wide.figure.spec.id), id).0);
    let place = |it: &Operated, class: &str| {
        let cut = Applied::parse(&it.part(".fig-picture", class).0);
        let names = cut.select(".fig-side-name").into_iter().map(|name| {
            name.add_class(class);
            name.html().to_string()
        });
        drawn(&it.pictures()[0], &format!("{id}-{class}"), class).0 + &names.collect::<String>()
    };
    let both = place(wide, "wide") + &place(narrow, "narrow");
    for gone in page.select(":is(.fig-picture, .fig-charts) .picture, .fig-side-name") {
        gone.remove_from_parent();
    }
    page.select(".fig-picture")[0].prepend_html(both.as_str());
    for charts in page.select(".fig-charts") {
        charts.prepend_html(drawn(&wide.pictures()[1], &format!("{id}-charts"), "").0);
    }
    PreEscaped(page.html())
}
