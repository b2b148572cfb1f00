//! What can be turned and measured.

use crate::mechanism::balancer::Policy as Rule;
use crate::parts::arrivals::{ARRIVALS, COMPRESS, Pattern, Stream};
use crate::parts::journeys::PATIENCE;
use crate::parts::station::{SIZES, Sizes};
use crate::player::{Action, Control, Controls, FigureSpec, Needs, Pace, Reading, Statistic};
use crate::sim::{EndKind, Entity, Span, Time, Unit};
use crate::{choices, controls, kinds, losses, messages};
use std::borrow::Cow;

kinds! {
    pub(super) KINDS;
    REQUEST = "request", Numbers;
    SERVER = "server", Letters;
    CLIENT = "client", Words(CLIENT_NAMES);
    BALANCER_KIND = "balancer", Only;
    CAUSE = "cause", Words(LOSSES.names);
}

/// Who sends requests.
pub(super) const CLIENT_NAMES: &[Cow<'static, str>] =
    &[Cow::Borrowed("client-web"), Cow::Borrowed("client-mobile"), Cow::Borrowed("client-jobs")];

pub(super) const BALANCER: Entity = Entity::new(BALANCER_KIND, 0);
/// Servers of the figure.
pub(super) const SERVERS: u32 = 4;
/// The one that is slow at first: C.
pub(super) const SLOW: u32 = 2;
/// Clients of the figure.
pub(super) const CLIENTS: u32 = 3;
/// One way between two parties.
pub(super) const HOP: Span = Span::from_millis(20);

pub(super) const ANSWERED: EndKind = EndKind(0);
losses! {
    /// How a request can end without an answer in *slow-server*.
    pub(super) LOSSES of CAUSE;
    REFUSED = 1, "cause-queue-full";
    /// By an error of its server.
    FAILED = 2, "cause-error";
    GAVE_UP = 3, "cause-gave-up";
    NO_SERVER = 4, "cause-no-server";
    /// Sent to a server that is not there.
    SENT_TO_DEAD = 5, "cause-sent-to-dead";
}
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
        pub sizes: Sizes = SIZES,
        /// Workers of each server.
        pub workers: u32 = Control::number("workers", "Workers of a server", Unit::Count, (1.0, 8.0), 1.0, 2.0)
            .help("Requests that a server works on at the same time."),
        /// Slots of each queue.
        pub queue: u32 = Control::number("queue", "Queue of a server", Unit::Count, (0.0, 100.0), 1.0, 10.0)
            .help("Requests that can wait at a server; the next is refused."),
        /// How long a client waits.
        pub patience: Span = PATIENCE,
        /// Where requests come from.
        pub arrivals: Pattern = ARRIVALS,
        /// How many seconds of the log pass in a second.
        pub compress: f64 = COMPRESS,
        /// Whether the balancer checks its servers.
        pub checks: bool = Control::flag("checks", "Health checks", true)
            .help("Every 2 s the balancer asks each server whether it is there; 3 failures take it out, 2 successes bring it back."),
        /// Length of the ramp of a server that comes back.
        pub slow_start: Span = Control::number("slow-start", "Slow start", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("A server that comes back gets its share little by little over this time, where the policy knows weights."),
    }
}

impl ControlValues {
    /// The stream of arrivals that is asked for.
    pub(super) fn stream(&self) -> Stream {
        Stream { pattern: self.arrivals, rate: self.load, compress: self.compress }
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

messages! {
    /// What the figures can say, beyond what their parts do.
    pub(super) MESSAGES;
    step_sent(size: Span, key: u64);
    step_no_server();
    step_picked(server: Entity);
    why_drawn(of: u32);
    why_turn(after: Entity);
    why_first_turn();
    why_weight(current: (f64, Unit), total: (f64, Unit));
    why_fewest(connections: u32, tied: u32);
    why_two_choices(connections: u32, other: Entity, others: u32);
    why_cost(cost: Span, other: Entity, others: Span);
    why_ring(hash: (f64, Unit), point: (f64, Unit));
    why_slot(slot: u32, size: u32);
    why_bound();
    why_bound_draining();
    why_rebound(was: Entity);
    why_newly_bound();
    mark_down(server: Entity, fall: u32);
    mark_up(server: Entity, rise: u32);
    mark_killed(server: Entity);
    mark_fails_fast(server: Entity);
    mark_slowed(server: Entity);
    mark_draining(server: Entity);
    mark_restored(server: Entity);
    note_dead();
    note_fails_fast();
    note_draining();
    note_out();
    note_slower(slower: (f64, Unit));
    policy_note(policy: &'static str);
    chart_latency();
    table_servers();
    column_server();
    column_sent();
    column_finished();
    column_waiting();
    column_busy();
    says_dead_unnoticed(server: Entity, sent: (f64, Unit));
    says_dead(server: Entity);
    says_fails_fast(server: Entity, sent: (f64, Unit));
    says_out(server: Entity);
    says_draining(server: Entity, left: usize);
    says_full(server: Entity, waiting: usize, capacity: u32);
    says_calm(waiting: usize, server: Entity);
    says_idle();
    says_gets_more(server: Entity, sent: (f64, Unit), finished: (f64, Unit));
    says_others(busy: (f64, Unit));
    about_server_book(answered: u64, lost: u64, connections: u32);
    about_dead_unnoticed();
    about_dead();
    about_out();
    about_draining();
    about_client(waiting: usize);
    about_balancer(policy: &'static str);
    about_available(available: usize, servers: u32);
    judge_lost(lost: (f64, Unit), bound: (f64, Unit));
    judge_p99(p99: (f64, Unit), bound: (f64, Unit));
    no_such_entity(entity: Entity);
    model_fault(why: String);
    round_robin();
    least_connections();
    two_choices();
    peak_ewma();
    random();
    weighted_round_robin();
    ring_hash();
    maglev();
    sticky();
    p50();
    p99();
    client_web();
    client_mobile();
    client_jobs();
}

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
