//! What can be turned and measured.

use super::super::spec::{
    CUT_OFF, FAILED, GAVE_UP, LOST, NO_BALANCER, NO_SERVER, Policy, REFUSED, REQUEST, SENT_TO_DEAD, SERVER,
    WINDOW,
};
use super::super::{self as cluster, Upkeep};
use crate::mechanism::balancer::HealthConfig;
use crate::parts::arrivals::Pattern;
use crate::parts::journeys::Losses;
use crate::parts::station::Sizes;
use crate::player::{
    Action, ChoiceOptions, Control, EntityKind, EntityNames, FigureSpec, Message, Needs, Pace, Reading,
    Statistic,
};
use crate::sim::{Span, Time, Unit};
use crate::{choices, controls};
use std::borrow::Cow;

pub(super) const BALANCER: u8 = 3;
pub(super) const CAUSE: u8 = 4;

/// What a request can be lost by, in the order of the table.
pub(super) const CAUSES: &Losses = &Losses {
    kind: CAUSE,
    ends: &[SENT_TO_DEAD, FAILED, REFUSED, NO_SERVER, GAVE_UP, CUT_OFF, NO_BALANCER],
    names: &[
        Cow::Borrowed("cause-sent-to-dead"),
        Cow::Borrowed("cause-stopped"),
        Cow::Borrowed("cause-queue-full"),
        Cow::Borrowed("cause-no-server"),
        Cow::Borrowed("cause-gave-up"),
        Cow::Borrowed("cause-cut-off"),
        Cow::Borrowed("cause-no-balancer"),
    ],
    messages: &[],
};

/// Mean time that a request keeps a worker.
const SERVICE: Span = Span::from_millis(40);
/// Workers of each server, and slots of its queue.
pub(super) const WORKERS: u32 = 2;
const QUEUE: u32 = 10;
/// How long a client waits on average.
const PATIENCE: Span = Span::from_secs(5);

const fn option(id: &'static str, label: &'static str) -> (Cow<'static, str>, Cow<'static, str>) {
    (Cow::Borrowed(id), Cow::Borrowed(label))
}

/// The policies that make a difference here, by the cluster's ids.
const POLICIES: ChoiceOptions = &[
    option("weighted-round-robin", "Weighted round robin"),
    option("round-robin", "Round robin"),
    option("least-connections", "Least connections"),
    option("two-choices", "Two choices"),
];

choices! {
    /// When a deploy goes on to the next server.
    pub enum Next {
        Started = "started", "The process is up";
        InService = "in-service", "It is in service";
        Settled = "settled", "It is warm, at full share";
    }
}

choices! {
    /// How many balancers there are.
    pub enum Balancers {
        One = "one", "One";
        Pair = "pair", "A pair";
    }
}

impl Balancers {
    pub(super) fn count(self) -> u32 {
        if self == Self::Pair { 2 } else { 1 }
    }
}

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Most time that a server has to finish what it has before it is stopped.
        pub drain: Span = Control::number("drain", "Drain", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("Before a server is stopped it gets no new requests and has this long to finish what it has: HAProxy's state drain, nginx's drain, preStop and terminationGracePeriodSeconds (30 s) in Kubernetes. At 0 it is just stopped.").primary(),
        /// From one check of a server to the next.
        pub interval: Span = Control::number("interval", "Check every", Unit::Time, (0.5, 10.0), 0.5, 2.0)
            .help("From one health check of a server to the next: HAProxy's inter, 2 s by default.").primary(),
        /// Failures in a row that take a server out.
        pub fall: u32 = Control::number("fall", "Failures to take out", Unit::Count, (1.0, 10.0), 1.0, 3.0)
            .help("So many checks in a row have to fail before a server gets no more requests: HAProxy's fall, 3 by default.").primary(),
        /// Successes in a row that bring it back.
        pub rise: u32 = Control::number("rise", "Successes to bring back", Unit::Count, (1.0, 10.0), 1.0, 2.0)
            .help("So many checks in a row have to succeed before it gets requests again: HAProxy's rise, 2 by default."),
        /// After how long a check without an answer has failed.
        pub timeout: Span = Control::number("timeout", "Check timeout", Unit::Time, (0.1, 5.0), 0.1, 1.0)
            .help("A check without an answer for so long has failed: timeoutSeconds in Kubernetes, 1 s by default; at most the interval. A check waits behind the requests at its server."),
        /// Whether the balancer checks its servers.
        pub checks: bool = Control::flag("checks", "Health checks", true)
            .help("Without them the balancer takes every server for up."),
        /// Length of the ramp of a server that comes back.
        pub slow_start: Span = Control::number("slow-start", "Slow start", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("A server that the balancer brings back gets its share little by little over this time: HAProxy's slowstart. Plain round robin knows no shares."),
        /// Which server gets a request.
        pub policy: Policy = Control::choice("policy", "Policy", POLICIES, "weighted-round-robin")
            .help("The rule by which the balancer picks a server; all weights are equal."),
        /// Requests a second.
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 300.0), 10.0, 120.0)
            .help("Requests that all clients together send. Four servers can finish 200 a second, three 150."),
        /// When the deploy begins; zero for never.
        pub deploy: Span = Control::number("deploy", "Deploy begins at", Unit::Time, (0.0, 60.0), 1.0, 3.0)
            .help("The second of the run at which a rolling deploy begins by itself; 0 for never."),
        /// When it goes on to the next server.
        pub next: Next = Control::choice("next", "Next server when", Next::OPTIONS, "in-service")
            .help("What the deploy waits for before it takes the next server out: nothing more, the balancer, or also the ramp and the caches (minReadySeconds in Kubernetes stands for that)."),
        /// How long a server is away.
        pub restart: Span = Control::number("restart", "Restart takes", Unit::Time, (1.0, 30.0), 1.0, 8.0)
            .help("How long a server's process is away during a deploy."),
        /// How long a started server is cold.
        pub warm_up: Span = Control::number("warm-up", "Cold for", Unit::Time, (0.0, 30.0), 1.0, 5.0)
            .help("A started server has empty caches and code that is not compiled yet: it is 6 times slower at its first request and gets to full speed evenly over this time."),
        /// How many balancers there are.
        pub balancers: Balancers = Control::choice("balancers", "Balancers", Balancers::OPTIONS, "one")
            .help("One, or an active one and a backup that takes its address over by VRRP, as keepalived does: an advertisement every second, three of them missed and a skew."),
        /// When the active balancer dies; zero for never.
        pub outage: Span = Control::number("outage", "Balancer dies at", Unit::Time, (0.0, 60.0), 1.0, 0.0)
            .help("The second of the run at which the active balancer dies by itself; 0 for never."),
    }
}

impl ControlValues {
    /// The cluster's controls: these, and what can't be turned here.
    pub(super) fn cluster(&self) -> cluster::ControlValues {
        cluster::ControlValues {
            policy: self.policy,
            load: self.load,
            slower: 1.0,
            service: SERVICE,
            sizes: Sizes::Exponential,
            workers: WORKERS,
            queue: QUEUE,
            patience: PATIENCE,
            arrivals: Pattern::Poisson,
            compress: 1.0,
            checks: self.checks,
            slow_start: self.slow_start,
        }
    }

    pub(super) fn upkeep(&self) -> Upkeep {
        let Self { interval, timeout, rise, fall, .. } = *self;
        Upkeep {
            checks: HealthConfig { interval, timeout, rise, fall },
            checks_wait: true,
            warm_up: self.warm_up,
        }
    }
}

/// Actions, by their place in the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionId {
    Kill,
    Restore,
    Drain,
    Deploy,
}

impl ActionId {
    /// In the order of the declaration.
    pub const ALL: [Self; 4] = [Self::Kill, Self::Restore, Self::Drain, Self::Deploy];
}

const ACTIONS: &[Action] = &[
    Action::new("kill", "Kill it", &[SERVER, BALANCER]),
    Action::new("restore", "Restore it", &[SERVER, BALANCER]),
    Action::new("drain", "Drain it", &[SERVER]),
    Action::new("deploy", "Deploy a new version", &[BALANCER]),
];

const fn words(id: &'static str, words: &'static [Cow<'static, str>]) -> EntityKind {
    EntityKind::new(id, EntityNames::Words(Cow::Borrowed(words)))
}

const KINDS: &[EntityKind] = &[
    EntityKind::new("request", EntityNames::Numbers),
    EntityKind::new("server", EntityNames::Letters),
    words(
        "client",
        &[Cow::Borrowed("client-web"), Cow::Borrowed("client-mobile"), Cow::Borrowed("client-jobs")],
    ),
    words("balancer", &[Cow::Borrowed("balancer-1"), Cow::Borrowed("balancer-2")]),
    words("cause", CAUSES.names),
];

const READINGS: &[Reading] = &[
    Reading::measured(
        "lost-so-far",
        "lost so far",
        Statistic::Count,
        "Requests that ended without an answer.",
    )
    .of(REQUEST, LOST)
    .so_far()
    .trouble_from(1.0),
    Reading::measured(
        "lost",
        "lost",
        Statistic::Rate,
        "Requests a second that ended without an answer, over the last two seconds.",
    )
    .trouble_from(0.5)
    .of(REQUEST, LOST)
    .last(WINDOW),
    cluster::spec::P99,
    Reading::new("in-service", "in service", Unit::Count, "Servers that are there and get requests."),
    Reading::new(
        "unnoticed",
        "unnoticed for",
        Unit::Time,
        "How long a dead server has been sent requests; if none is now, how long the last one was.",
    ),
    Reading::new(
        "deploy-time",
        "deploy takes",
        Unit::Time,
        "How long the deploy has been under way, or took.",
    )
    .so_far(),
];

/// What the figure can say beyond what the cluster can.
pub(super) const OWN: &[Message] = &[
    ("step-no-balancer", &[]),
    ("step-cut-off", &[]),
    ("mark-deploy", &[]),
    ("mark-stopped", &["server"]),
    ("mark-started", &["server"]),
    ("mark-deployed", &["lost"]),
    ("mark-balancer-dead", &["balancer"]),
    ("mark-balancer-back", &["balancer"]),
    ("mark-takes-over", &["balancer"]),
    ("note-failing", &["failed", "fall"]),
    ("note-stopped", &[]),
    ("note-starting", &["slower"]),
    ("note-share", &["share"]),
    ("note-in-service", &[]),
    ("note-active", &[]),
    ("note-backup", &["silence"]),
    ("chart-lost", &[]),
    ("lost", &[]),
    ("says-no-balancer", &["balancer"]),
    ("says-next-balancer", &["balancer"]),
    ("says-cold", &["server", "slower"]),
    ("says-deploy-draining", &["server", "left"]),
    ("says-deploy-away", &["server"]),
    ("says-deploy-started", &["server"]),
    ("says-lost", &["lost", "cause", "requests"]),
    ("says-lost-none", &[]),
    ("about-active", &[]),
    ("about-backup", &["after"]),
    ("about-balancer-dead", &[]),
    ("about-deploy", &["server"]),
    ("about-failing", &["failed", "fall"]),
    ("no-standby", &[]),
    ("deploy-under-way", &[]),
    ("dead-already", &["it"]),
    ("nothing-to-drain", &["it"]),
    ("nothing-to-restore", &["it"]),
];

/// Names of things, and of causes.
pub(super) const NAMES: &[Message] = &[
    ("balancer-1", &[]),
    ("balancer-2", &[]),
    ("cause-sent-to-dead", &[]),
    ("cause-stopped", &[]),
    ("cause-queue-full", &[]),
    ("cause-no-server", &[]),
    ("cause-gave-up", &[]),
    ("cause-cut-off", &[]),
    ("cause-no-balancer", &[]),
];

/// A deploy of four servers.
pub(super) const WHO_NOTICES: &FigureSpec = &FigureSpec {
    id: Cow::Borrowed("who-notices"),
    version: 1,
    until: Time::from_secs(90),
    still_at: Time::from_millis(8_000),
    warm_up: Time::from_secs(2),
    pace: Pace::Continuous,
    speed: 0.5,
    controls: Cow::Borrowed(<ControlValues as crate::player::Controls>::ALL),
    readings: Cow::Borrowed(READINGS),
    actions: Cow::Borrowed(ACTIONS),
    kinds: Cow::Borrowed(KINDS),
    needs: Needs::Nothing,
};
