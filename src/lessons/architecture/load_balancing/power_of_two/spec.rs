//! What can be turned and measured.

use crate::player::{Control, Controls, EntityKind, EntityNames, FigureSpec, Message, Needs, Pace, Reading};
use crate::sim::{Dist, EndKind, Span, Time, Unit};
use crate::{choices, controls};
use std::borrow::Cow;

/// The rules, one farm each: one choice, two, three, and all servers looked at.
pub(super) const RULES: usize = 4;
/// Words of the rules, by their number.
pub(super) const NAMES: [&str; RULES] = ["one-choice", "two-choices", "three-choices", "all-servers"];
/// Kinds: requests of farm 0, 1, 2, 3, then their servers, then the rules themselves.
pub(super) const SERVERS: u8 = RULES as u8;
pub(super) const RULE: u8 = 2 * RULES as u8;
pub(super) const ANSWERED: EndKind = EndKind(0);

/// A rising load stays at each of its steps for a tenth of the run.
pub(super) const STEPS: u64 = 10;
pub(super) const STEP: Span = Span::from_secs(12);
const UNTIL: Time = Time::from_secs(120);

choices! {
    /// How the service times of requests are spread around their mean.
    pub enum Sizes {
        Fixed = "fixed", "All equal";
        Exponential = "exponential", "Exponential";
        Pareto = "pareto", "Heavy tail";
    }
}

impl Sizes {
    /// The distribution with this mean; the heavy tail is Pareto's with index 1.5, cut at 1,000 times the smallest.
    pub(super) fn dist(self, mean: f64) -> Dist {
        match self {
            Self::Fixed => Dist::Fixed(mean),
            Self::Exponential => Dist::Exponential(mean),
            Self::Pareto => Dist::bounded_pareto(mean, 1.5, 1_000.0),
        }
    }
}

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Share of a farm's capacity that is asked of it.
        pub load: f64 = Control::number("load", "Load", Unit::Share, (0.5, 0.99), 0.01, 0.9)
            .help("Work that arrives, as a share of what all servers of a farm can do.").primary(),
        /// Time between two looks at the queues; zero: every request is sent by the queues as they are.
        pub old: Span = Control::number("old", "News up to this old", Unit::Time, (0.0, 5.0), 0.1, 0.0)
            .help("Queue lengths are read off a board that is renewed this often; 0 means that they are always fresh.").primary(),
        /// Servers of each farm.
        pub servers: u32 = Control::number("servers", "Servers", Unit::Count, (10.0, 200.0), 10.0, 60.0)
            .help("Servers of each of the four farms. The arrivals grow with them."),
        /// Mean time that a request takes.
        pub service: Span = Control::log_number("service", "Mean service time", Unit::Time, (0.05, 0.5), 0.1)
            .help("How long a request keeps a server, on average. The arrivals slow down with it."),
        /// How service times are spread.
        pub sizes: Sizes = Control::choice("sizes", "Service times", Sizes::OPTIONS, "exponential")
            .help("How the service times are spread around their mean."),
        /// Whether the load climbs by itself.
        pub rises: bool = Control::flag("rises", "Load rises by itself", false)
            .help("The load climbs from 50 % to 95 % in ten steps over the run, whatever is set as load."),
    }
}

impl ControlValues {
    /// The load at a moment of the run.
    pub(super) fn load_at(&self, now: Time) -> f64 {
        if !self.rises {
            return self.load;
        }
        let step = (now.nanos() / STEP.nanos()).min(STEPS - 1);
        (50 + 5 * step) as f64 / 100.0
    }
}

const KINDS: &[EntityKind] = &[
    EntityKind::new("request-one", EntityNames::Numbers),
    EntityKind::new("request-two", EntityNames::Numbers),
    EntityKind::new("request-three", EntityNames::Numbers),
    EntityKind::new("request-all", EntityNames::Numbers),
    EntityKind::new("server-one", EntityNames::Numbers),
    EntityKind::new("server-two", EntityNames::Numbers),
    EntityKind::new("server-three", EntityNames::Numbers),
    EntityKind::new("server-all", EntityNames::Numbers),
    EntityKind::new(
        "rule",
        EntityNames::Words(Cow::Borrowed(&[
            Cow::Borrowed(NAMES[0]),
            Cow::Borrowed(NAMES[1]),
            Cow::Borrowed(NAMES[2]),
            Cow::Borrowed(NAMES[3]),
        ])),
    ),
];

/// From so many requests at one server on, its queue is called long.
pub(super) const LONG: u32 = 10;

const fn p99(id: &'static str, label: &'static str, farm: u8, help: &'static str) -> Reading {
    Reading::new(id, label, Unit::Time, help).so_far().contributed_by(farm, &[ANSWERED], 20.0)
}

const fn longest(id: &'static str, label: &'static str, help: &'static str) -> Reading {
    Reading::new(id, label, Unit::Count, help).trouble_from(LONG as f64)
}

/// Ids of the readings, by the rules' numbers.
pub(super) const P99: [&str; RULES] = ["p99-one", "p99-two", "p99-three", "p99-all"];
pub(super) const LONGEST: [&str; RULES] = ["longest-one", "longest-two", "longest-three", "longest-all"];

const READINGS: &[Reading] = &[
    p99(
        P99[0],
        "p99, 1",
        0,
        "One choice: 99 % took at most this long, since the last change (its first 5 s left out).",
    ),
    p99(
        P99[1],
        "p99, 2",
        1,
        "Two choices: 99 % took at most this long, since the last change (its first 5 s left out).",
    ),
    p99(
        P99[2],
        "p99, 3",
        2,
        "Three choices: 99 % took at most this long, since the last change (its first 5 s left out).",
    ),
    p99(
        P99[3],
        "p99, all",
        3,
        "All looked at: 99 % took at most this long, since the last change (its first 5 s left out).",
    ),
    longest(
        LONGEST[0],
        "longest, 1",
        "One choice: requests at the server that has most now, the one in service included.",
    ),
    longest(
        LONGEST[1],
        "longest, 2",
        "Two choices: requests at the server that has most now, the one in service included.",
    ),
    longest(
        LONGEST[2],
        "longest, 3",
        "Three choices: requests at the server that has most now, the one in service included.",
    ),
    longest(
        LONGEST[3],
        "longest, all",
        "All looked at: requests at the server that has most now, the one in service included.",
    ),
];

/// What the figure can say.
pub(super) const MESSAGES: &[Message] = &[
    ("one-choice", &[]),
    ("two-choices", &[]),
    ("three-choices", &[]),
    ("all-servers", &[]),
    ("row-one", &[]),
    ("row-two", &[]),
    ("row-three", &[]),
    ("row-all", &[]),
    ("line-one", &[]),
    ("line-two", &[]),
    ("line-three", &[]),
    ("line-all", &[]),
    ("note-longest", &["longest"]),
    ("grid-servers", &["full"]),
    ("chart-at-least", &[]),
    ("axis-requests", &[]),
    ("axis-requests-theory", &[]),
    ("axis-share", &[]),
    ("chart-p99", &[]),
    ("chart-longest", &[]),
    ("axis-longest", &[]),
    ("axis-load", &[]),
    ("axis-load-theory", &[]),
    ("axis-p99", &[]),
    ("says-level", &["longest"]),
    ("says-worst", &["rule", "longest"]),
    ("says-herd", &["longest", "old"]),
    ("says-longest", &["one", "two", "three", "all"]),
    ("says-p99", &["load", "one", "two", "three", "all"]),
    ("mark-load", &["load"]),
    ("step-sent", &["server", "there"]),
    ("step-served", &[]),
    ("step-served-late", &["waited"]),
    ("step-answered", &["size"]),
    ("why-one", &["server"]),
    ("why-two", &["a", "b", "at-a", "at-b", "server", "age"]),
    ("why-three", &["a", "b", "c", "at-a", "at-b", "at-c", "server", "age"]),
    ("why-all", &["server", "shortest", "tied", "age"]),
    ("about-rule-one", &[]),
    ("about-rule-two", &[]),
    ("about-rule-three", &[]),
    ("about-rule-all", &[]),
    ("about-rule-now", &["requests", "servers", "longest", "p99"]),
    ("about-server", &["requests"]),
    ("about-board", &["seen", "age"]),
    ("about-taken-out", &[]),
    ("about-waiting", &["server", "ahead"]),
    ("about-served", &["server"]),
    ("about-age", &["age", "size"]),
    ("about-answered", &[]),
    ("about-twin", &["twin", "server", "ahead"]),
    ("about-twin-answered", &["twin"]),
];

/// The declaration.
pub(super) const SPEC: &FigureSpec = &FigureSpec {
    id: Cow::Borrowed("power-of-two"),
    version: 1,
    until: UNTIL,
    still_at: Time::from_secs(20),
    warm_up: Time::from_secs(30),
    pace: Pace::Continuous,
    speed: 1.0,
    controls: Cow::Borrowed(ControlValues::ALL),
    readings: Cow::Borrowed(READINGS),
    actions: Cow::Borrowed(&[]),
    kinds: Cow::Borrowed(KINDS),
    needs: Needs::Nothing,
};
