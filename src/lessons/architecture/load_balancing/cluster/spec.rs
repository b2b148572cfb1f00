//! What can be turned and measured.

use crate::mechanism::balancer::Policy as Rule;
use crate::player::{
    Action, Control, Controls, EntityKind, EntityNames, FigureSpec, Message, Needs, Pace, Reading, Statistic,
};
use crate::sim::{EndKind, Entity, Span, Time, Unit};
use crate::{choices, controls};
use std::borrow::Cow;

pub(super) const REQUEST: u8 = 0;
pub(super) const SERVER: u8 = 1;
pub(super) const CLIENT: u8 = 2;
pub(super) const BALANCER: Entity = Entity::new(3, 0);
/// Servers of the figure.
pub(super) const SERVERS: u32 = 4;
/// The one that is slow at first: C.
pub(super) const SLOW: u32 = 2;
/// Clients of the figure.
pub(super) const CLIENTS: u32 = 3;
/// One way between two parties.
pub(super) const HOP: Span = Span::from_millis(20);

pub(super) const ANSWERED: EndKind = EndKind(0);
pub(super) const REFUSED: EndKind = EndKind(1);
pub(super) const FAILED: EndKind = EndKind(2);
pub(super) const GAVE_UP: EndKind = EndKind(3);
pub(super) const NO_SERVER: EndKind = EndKind(4);
/// Sent to a server that is not there.
pub(super) const SENT_TO_DEAD: EndKind = EndKind(5);
/// Came to an address that no balancer holds.
pub(super) const NO_BALANCER: EndKind = EndKind(6);
/// Was open through a balancer that went away.
pub(super) const CUT_OFF: EndKind = EndKind(7);
/// Every way to end without an answer.
pub(super) const LOST: &[EndKind] =
    &[REFUSED, FAILED, GAVE_UP, NO_SERVER, SENT_TO_DEAD, NO_BALANCER, CUT_OFF];
/// Seconds that the readings look back.
pub(super) const WINDOW: f64 = 2.0;

choices! {
    /// Which server gets a request.
    pub enum Policy {
        RoundRobin = "round-robin", "Round robin";
        LeastConnections = "least-connections", "Least connections";
        TwoChoices = "two-choices", "Two choices";
        PeakEwma = "peak-ewma", "Peak EWMA";
        Random = "random", "Random";
        WeightedRoundRobin = "weighted-round-robin", "Weighted round robin";
        RingHash = "ring-hash", "Ring hash";
        Maglev = "maglev", "Maglev";
        Sticky = "sticky", "Sticky by client";
    }
}

impl Policy {
    /// The mechanism's rule of the same name.
    pub(super) fn rule(self) -> Rule {
        Rule::from_id(self.id()).unwrap_or(Rule::RoundRobin)
    }
}

choices! {
    /// Where requests come from.
    pub enum Arrivals {
        Poisson = "poisson", "Poisson";
        Bursty = "bursty", "Bursty";
        Replay = "replay", "Your log";
    }
}

choices! {
    /// How the sizes of requests are spread around their mean.
    pub enum Sizes {
        Fixed = "fixed", "All equal";
        Exponential = "exponential", "Exponential";
        LogNormal = "log-normal", "Log-normal";
        Pareto = "pareto", "Heavy tail";
    }
}

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Which server gets a request.
        pub policy: Policy = Control::choice("policy", "Policy", Policy::OPTIONS, "round-robin")
            .help("The rule by which the balancer picks a server.").primary(),
        /// Requests a second.
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 1000.0), 10.0, 120.0)
            .help("Requests that all clients together send.").primary(),
        /// How many times slower server C is than the others.
        pub slower: f64 = Control::number("slower", "Server C is slower", Unit::Factor, (1.0, 20.0), 0.5, 4.0)
            .help("How many times longer server C takes for the same request.").primary(),
        /// Mean time that a request keeps a worker.
        pub service: Span = Control::log_number("service", "Mean service time", Unit::Time, (0.001, 1.0), 0.04)
            .help("How long a request keeps a worker of a server at full speed, on average."),
        /// How sizes are spread.
        pub sizes: Sizes = Control::choice("sizes", "Service times", Sizes::OPTIONS, "exponential")
            .help("How the service times are spread around their mean."),
        /// Workers of each server.
        pub workers: u32 = Control::number("workers", "Workers of a server", Unit::Count, (1.0, 8.0), 1.0, 2.0)
            .help("Requests that a server works on at the same time."),
        /// Slots of each queue.
        pub queue: u32 = Control::number("queue", "Queue of a server", Unit::Count, (0.0, 100.0), 1.0, 10.0)
            .help("Requests that can wait at a server; the next is refused."),
        /// How long a client waits.
        pub patience: Span = Control::log_number("patience", "Clients wait", Unit::Time, (0.1, 30.0), 5.0)
            .help("How long a client waits for its answer, on average, before it gives up."),
        /// Where requests come from.
        pub arrivals: Arrivals = Control::choice("arrivals", "Arrivals", Arrivals::OPTIONS, "poisson")
            .help("A steady random stream, one that comes in bursts with the same mean, or your own access log."),
        /// How many seconds of the log pass in a second.
        pub compress: f64 = Control::log_number("compress", "Log runs faster", Unit::Factor, (1.0, 1e5), 1.0)
            .help("Arrivals of your log are moved together by this factor: real logs are mostly silence."),
        /// Whether the balancer checks its servers.
        pub checks: bool = Control::flag("checks", "Health checks", true)
            .help("Every 2 s the balancer asks each server whether it is there; 3 failures take it out, 2 successes bring it back."),
        /// Length of the ramp of a server that comes back.
        pub slow_start: Span = Control::number("slow-start", "Slow start", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("A server that comes back gets its share little by little over this time, where the policy knows weights."),
    }
}

/// Actions, by their place in the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionId {
    Kill,
    FailFast,
    Slow,
    Drain,
    Restore,
}

impl ActionId {
    /// In the order of the declaration.
    pub const ALL: [Self; 5] = [Self::Kill, Self::FailFast, Self::Slow, Self::Drain, Self::Restore];
}

const ACTIONS: &[Action] = &[
    Action::new("kill", "Kill it", &[SERVER]),
    Action::new("fail-fast", "Let it fail fast", &[SERVER]),
    Action::new("slow", "Slow it down", &[SERVER]).with_number(Unit::Factor, (1.0, 100.0), 4.0),
    Action::new("drain", "Drain it", &[SERVER]),
    Action::new("restore", "Restore it", &[SERVER]),
];

const KINDS: &[EntityKind] = &[
    EntityKind::new("request", EntityNames::Numbers),
    EntityKind::new("server", EntityNames::Letters),
    EntityKind::new(
        "client",
        EntityNames::Words(Cow::Borrowed(&[
            Cow::Borrowed("client-web"),
            Cow::Borrowed("client-mobile"),
            Cow::Borrowed("client-jobs"),
        ])),
    ),
    EntityKind::new("balancer", EntityNames::Only),
];

/// What all figures of this world measure of how long answers take.
pub(super) const P99: Reading = Reading::measured(
    "p99",
    "p99",
    Statistic::Quantile(0.99),
    "99 % of the answers of the last two seconds took at most this long.",
)
.trouble_from(0.5)
.of(REQUEST, &[ANSWERED])
.last(WINDOW);

const READINGS: &[Reading] = &[
    Reading::measured(
        "p50",
        "p50",
        Statistic::Quantile(0.5),
        "Half of the answers of the last two seconds took at most this long.",
    )
    .of(REQUEST, &[ANSWERED])
    .last(WINDOW),
    P99,
    Reading::measured("answered", "answered", Statistic::Rate, "Answers a second over the last two seconds.")
        .of(REQUEST, &[ANSWERED])
        .last(WINDOW),
    Reading::measured(
        "lost",
        "lost",
        Statistic::Rate,
        "Requests a second that were refused, failed or given up on, over the last two seconds.",
    )
    .trouble_from(0.5)
    .of(REQUEST, LOST)
    .last(WINDOW),
    Reading::new(
        "longest-queue",
        "longest queue",
        Unit::Count,
        "Requests that wait at the server where most wait.",
    ),
    Reading::measured(
        "lost-share",
        "lost so far",
        Statistic::Share,
        "Share of all requests that ended without an answer.",
    )
    .of(REQUEST, LOST)
    .so_far(),
];

/// What the figures can say.
pub(super) const MESSAGES: &[Message] = &[
    ("step-sent", &["size", "key"]),
    ("step-no-server", &[]),
    ("step-picked", &["server"]),
    ("step-arrived", &[]),
    ("step-queued", &[]),
    ("step-refused", &[]),
    ("step-failed", &[]),
    ("step-served", &[]),
    ("step-served-late", &["waited"]),
    ("step-done", &[]),
    ("step-answered", &[]),
    ("step-told-refused", &[]),
    ("step-told-no-server", &[]),
    ("step-told-failed", &[]),
    ("step-gave-up", &[]),
    ("why-queued", &["place", "capacity", "workers"]),
    ("why-full", &["waiting", "capacity"]),
    ("why-dead", &["server"]),
    ("why-fails-fast", &["server"]),
    ("why-slow", &["slower", "takes"]),
    ("why-killed", &["server"]),
    ("why-gave-up", &["patience"]),
    ("why-drawn", &["of"]),
    ("why-turn", &["after"]),
    ("why-first-turn", &[]),
    ("why-weight", &["current", "total"]),
    ("why-fewest", &["connections", "tied"]),
    ("why-two-choices", &["connections", "other", "others"]),
    ("why-cost", &["cost", "other", "others"]),
    ("why-ring", &["hash", "point"]),
    ("why-slot", &["slot", "size"]),
    ("why-bound", &[]),
    ("why-bound-draining", &[]),
    ("why-rebound", &["was"]),
    ("why-newly-bound", &[]),
    ("mark-full", &["server", "capacity"]),
    ("mark-down", &["server", "fall"]),
    ("mark-up", &["server", "rise"]),
    ("mark-killed", &["server"]),
    ("mark-fails-fast", &["server"]),
    ("mark-slowed", &["server"]),
    ("mark-draining", &["server"]),
    ("mark-restored", &["server"]),
    ("note-dead", &[]),
    ("note-fails-fast", &[]),
    ("note-draining", &[]),
    ("note-out", &[]),
    ("note-slower", &["slower"]),
    ("policy-note", &["policy"]),
    ("chart-latency", &[]),
    ("table-servers", &[]),
    ("column-server", &[]),
    ("column-sent", &[]),
    ("column-finished", &[]),
    ("column-waiting", &[]),
    ("column-busy", &[]),
    ("says-dead-unnoticed", &["server", "sent"]),
    ("says-dead", &["server"]),
    ("says-fails-fast", &["server", "sent"]),
    ("says-out", &["server"]),
    ("says-draining", &["server", "left"]),
    ("says-full", &["server", "waiting", "capacity"]),
    ("says-calm", &["waiting", "server"]),
    ("says-idle", &[]),
    ("says-gets-more", &["server", "sent", "finished"]),
    ("says-others", &["busy"]),
    ("says-log-ended", &[]),
    ("about-server", &["busy", "workers", "waiting", "capacity"]),
    ("about-server-book", &["answered", "failed", "connections"]),
    ("about-dead-unnoticed", &[]),
    ("about-dead", &[]),
    ("about-fails-fast", &[]),
    ("about-out", &[]),
    ("about-draining", &[]),
    ("about-slower", &["slower"]),
    ("about-client", &["waiting"]),
    ("about-balancer", &["policy"]),
    ("about-available", &["available", "servers"]),
    ("about-ended", &[]),
    ("about-to-balancer", &[]),
    ("about-to-server", &["server"]),
    ("about-waiting", &["server", "ahead"]),
    ("about-served", &["server", "since"]),
    ("about-answer", &[]),
    ("about-refusal", &[]),
    ("about-failure", &[]),
    ("about-no-server", &[]),
    ("about-age", &["age", "size"]),
    ("about-abandoned", &[]),
    ("judge-lost", &["lost", "bound"]),
    ("judge-p99", &["p99", "bound"]),
    ("no-log-yet", &[]),
    ("no-such-entity", &["entity"]),
    ("model-fault", &["why"]),
    ("round-robin", &[]),
    ("least-connections", &[]),
    ("two-choices", &[]),
    ("peak-ewma", &[]),
    ("random", &[]),
    ("weighted-round-robin", &[]),
    ("ring-hash", &[]),
    ("maglev", &[]),
    ("sticky", &[]),
    ("p50", &[]),
    ("p99", &[]),
    ("client-web", &[]),
    ("client-mobile", &[]),
    ("client-jobs", &[]),
];

/// The declaration of a figure over this world; they differ in length and name.
const fn figure(id: &'static str, until: Time, still_at: Time, warm_up: Time) -> FigureSpec {
    FigureSpec {
        id: Cow::Borrowed(id),
        version: 1,
        until,
        still_at,
        warm_up,
        pace: Pace::Continuous,
        speed: 0.25,
        controls: Cow::Borrowed(ControlValues::ALL),
        readings: Cow::Borrowed(READINGS),
        actions: Cow::Borrowed(ACTIONS),
        kinds: Cow::Borrowed(KINDS),
        needs: Needs::AccessLog,
    }
}

/// One minute with a slow server.
pub(super) const SLOW_SERVER: &FigureSpec =
    &figure("slow-server", Time::from_secs(60), Time::from_millis(8_300), Time::from_secs(10));
/// Ten minutes, for a log of one's own.
pub const YOUR_TRAFFIC: &FigureSpec =
    &figure("your-traffic", Time::from_secs(600), Time::from_secs(60), Time::from_secs(30));
