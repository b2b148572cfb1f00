//! What can be turned, done, measured and said.

use crate::lessons::prelude::*;
use crate::mechanism::balancer;
use crate::parts::arrivals::{ARRIVALS, COMPRESS, Pattern, Stream};
use crate::parts::journeys::PATIENCE;
use crate::parts::station::{SIZES, Sizes};
use crate::player::Needs;

kinds! {
    pub(super) KINDS;
    REQUEST = "request", Numbers;
    SERVER = "server", Letters;
    CLIENT = "client", Words(CLIENT_NAMES);
    BALANCER_KIND = "balancer", Only;
    CAUSE = "cause", Words(LOSSES.names);
}

const CLIENT_NAMES: &[Cow<'static, str>] =
    &[Cow::Borrowed("client-web"), Cow::Borrowed("client-mobile"), Cow::Borrowed("client-jobs")];

losses! {
    pub(super) LOSSES of CAUSE;
    REFUSED = 1, "queue-full";
    FAILED = 2, "error";
    GAVE_UP = 3, "gave-up";
    NO_SERVER = 4, "no-server";
    SENT_TO_DEAD = 5, "dead-server";
}

pub(super) const ANSWERED: EndKind = EndKind(0);
const LOST: &[EndKind] = LOSSES.ends;
pub(super) const BALANCER: Entity = Entity::new(BALANCER_KIND, 0);
/// The one that is slow at first: C.
pub(super) const SLOW: u32 = 2;

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
    /// The mechanism's policy of the same id.
    pub fn mechanism(self) -> balancer::Policy {
        balancer::Policy::from_id(self.id()).unwrap_or(balancer::Policy::RoundRobin)
    }

    /// Its name, as the control has it.
    pub fn label(self) -> String {
        Self::OPTIONS[self as usize].1.to_string()
    }
}

controls! {
    /// What can be turned.
    pub struct ControlValues {
        pub policy: Policy = Control::choice("policy", "Policy", Policy::OPTIONS, "round-robin")
            .help("How the balancer picks a server.").primary(),
        pub load: f64 = Control::log_number("load", "Load", Unit::Rate, (10.0, 1000.0), 120.0)
            .help("Requests a second, all clients together.").primary(),
        pub slower: f64 = Control::number("slower", "Slowdown of C", Unit::Factor, (1.0, 20.0), 0.5, 4.0)
            .help("How many times as long C takes for a request.").primary(),
        pub service: Span = Control::log_number("service", "Mean service time", Unit::Time, (0.001, 1.0), 0.04)
            .help("How long a request keeps a worker busy, on average."),
        pub sizes: Sizes = SIZES,
        pub workers: u32 = Control::number("workers", "Workers per server", Unit::Count, (1.0, 8.0), 1.0, 2.0)
            .help("Requests that a server works on at once."),
        pub queue: u32 = Control::number("queue", "Queue per server", Unit::Count, (0.0, 100.0), 1.0, 10.0)
            .help("Requests that can wait at a server; the next is refused."),
        pub patience: Span = PATIENCE,
        pub arrivals: Pattern = ARRIVALS,
        pub compress: f64 = COMPRESS,
        pub logged: bool = Control::flag("logged", "Service times from the log", false)
            .help("A replayed request keeps its worker as long as the log says, if it does."),
        pub checks: bool = Control::flag("checks", "Health checks", true)
            .help("Every 2 s; 3 failures in a row take a server out, 2 successes bring it back."),
    }
}

/// Requests a second that the four servers can finish together.
pub fn capacity(settings: &StartSettings) -> f64 {
    let of = |id| settings.number(id);
    (f64::from(super::SERVERS - 1) + 1.0 / of("slower")) * of("workers") / of("service")
}

impl ControlValues {
    pub fn stream(&self) -> Stream {
        Stream { pattern: self.arrivals, rate: self.load, compress: self.compress }
    }
}

/// Actions, by their place in the declaration.
pub(super) const KILL: usize = 0;
pub(super) const BREAK: usize = 1;
pub(super) const SLOW_DOWN: usize = 2;
const ACTIONS: &[Action] = &[
    Action::new("kill", "Kill", &[SERVER]),
    Action::new("fail-fast", "Break", &[SERVER]),
    Action::new("slow", "Slow down", &[SERVER]).with_number(Unit::Factor, (1.0, 100.0), 4.0),
    Action::new("restore", "Restore", &[SERVER]),
];

readings! {
    READINGS;
    Reading::measured("p50", "p50", Statistic::Quantile(0.5), "Half of the answers of the last 2 s took at most this long.")
        .of(REQUEST, &[ANSWERED]).last(2.0);
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of the answers of the last 2 s took at most this long.")
        .of(REQUEST, &[ANSWERED]).last(2.0).trouble_from(0.5);
    Reading::measured("answered", "answered", Statistic::Rate, "Answers a second, over the last 2 s.")
        .of(REQUEST, &[ANSWERED]).last(2.0);
    Reading::measured("lost", "lost", Statistic::Rate, "Requests a second that were refused, failed or given up, over the last 2 s.")
        .of(REQUEST, LOST).last(2.0).trouble_from(0.5);
    Reading::new("longest-queue", "longest queue", Unit::Count, "Requests in the longest queue.");
    Reading::measured("lost-share", "lost so far", Statistic::Share, "Share of all requests that got no answer.")
        .of(REQUEST, LOST).so_far();
}

messages! {
    pub(super) MESSAGES;
    why_drawn(of: u32); why_turn(after: Entity); why_fewest(connections: u32); why_fewest_of(tied: u32, connections: u32);
    why_two_choices(connections: u32, other: Entity, others: u32); why_cost(cost: Span, other: Entity, others: Span);
    why_hashed(); why_bound(); why_newly_bound();
    mark_broken(server: Entity); mark_slowed(server: Entity);
    note_broken(); note_slower(slower: (f64, Unit));
    chart_latency(); p50(); p99();
    table_servers(); column_server(); column_sent(); column_finished(); column_waiting(); column_busy();
    says_broken(server: Entity); says_sent(server: Entity, sent: (f64, Unit), finished: (f64, Unit));
    says_others(busy: (f64, Unit));
    about_client(waiting: Vec<Entity>); about_client_idle(); about_balancer(policy: String, available: usize, servers: u32);
    judge_lost(lost: (f64, Unit), bound: (f64, Unit)); judge_p99(p99: (f64, Unit), bound: (f64, Unit));
    client_web(); client_mobile(); client_jobs();
}

/// The declaration of a figure over this world; they differ in length and name.
const fn figure(id: &'static str, until: Time, still_at: Time, warm_up: Time, needs: Needs) -> FigureSpec {
    let mut spec = FigureSpec::new(id, until, ControlValues::ALL, READINGS, KINDS)
        .still_at(still_at)
        .warm_up(warm_up)
        .speed(0.25)
        .actions(ACTIONS);
    spec.needs = needs;
    spec
}

/// One minute with a slow server.
pub(super) const SLOW_SERVER: &FigureSpec = &figure(
    "slow-server",
    Time::from_secs(60),
    Time::from_millis(8_300),
    Time::from_secs(10),
    Needs::Nothing,
);
/// Ten minutes, for a log of one's own.
pub const YOUR_TRAFFIC: &FigureSpec =
    &figure("your-traffic", Time::from_secs(600), Time::from_secs(60), Time::from_secs(30), Needs::AccessLog);
