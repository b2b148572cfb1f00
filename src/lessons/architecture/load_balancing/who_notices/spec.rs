//! What can be turned, done, measured, said and asked.

use super::super::checks::RISE;
use crate::lessons::prelude::*;
use crate::mechanism::balancer::HealthConfig;

kinds! {
    pub(super) KINDS;
    REQUEST = "request", Numbers;
    SERVER = "server", Letters;
    CLIENTS_KIND = "clients", Only;
    BALANCER = "balancer", Words(&[Cow::Borrowed("balancer-1"), Cow::Borrowed("balancer-2")]);
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    pub(super) LOSSES of CAUSE;
    SENT_TO_DEAD = 5, "dead-server";
    STOPPED = 2, "stopped-server";
    REFUSED = 1, "queue-full";
    NO_SERVER = 4, "no-server";
    /// It was open through a balancer that went away.
    CUT_OFF = 7, "cut-off";
    /// It came to an address that no balancer holds.
    NO_BALANCER = 6, "no-balancer";
}

pub(super) const ANSWERED: EndKind = EndKind(0);
const LOST: &[EndKind] = LOSSES.ends;
pub(super) const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);

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

controls! {
    /// What can be turned.
    pub struct ControlValues {
        pub drain: Span = Control::number("drain", "Drain", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("Before a server is stopped it gets no new requests, and has this long to finish those it has. At 0 it is just stopped.").primary(),
        pub interval: Span = Control::number("interval", "Check every", Unit::Time, (0.5, 10.0), 0.5, 2.0)
            .help("From one health check of a server to the next. A check waits behind the requests at its server, and fails if there is no answer within 1 s.").primary(),
        pub fall: u32 = Control::number("fall", "Failures in a row", Unit::Count, (1.0, 10.0), 1.0, 3.0)
            .help("This many checks must fail before a server gets no more requests; two successes bring it back.").primary(),
        pub slow_start: Span = Control::number("slow-start", "Slow start", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("A server that the balancer brings back is eased into its share over this time."),
        pub next: Next = Control::choice("next", "Next server when", Next::OPTIONS, "in-service")
            .help("What the deploy waits for before it turns to the next server: the process, the health checks, or the ramp and the caches as well."),
        pub warm_up: Span = Control::number("warm-up", "Cold for", Unit::Time, (0.0, 30.0), 1.0, 5.0)
            .help("A restarted server has empty caches: it is 6 times slower at its first request, and speeds up evenly over this time."),
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 300.0), 10.0, 120.0)
            .help("Requests a second. Four servers can finish 200, three can finish 150."),
        pub deploy: Span = Control::number("deploy", "Deploy begins at", Unit::Time, (0.0, 60.0), 1.0, 3.0)
            .help("The second of the run at which a rolling deploy begins by itself; 0 for never."),
        pub balancers: Balancers = Control::choice("balancers", "Balancers", Balancers::OPTIONS, "one")
            .help("One, or an active one and a backup that takes over its address by VRRP: after three missed advertisements, one a second, and a skew."),
    }
}

impl ControlValues {
    pub fn checks(&self) -> HealthConfig {
        HealthConfig { interval: self.interval, timeout: Span::from_secs(1), rise: RISE, fall: self.fall }
    }

    pub fn balancers(&self) -> u32 {
        if self.balancers == Balancers::Pair { 2 } else { 1 }
    }
}

/// Actions, by their place in the declaration.
pub(super) const KILL: usize = 0;
pub(super) const RESTORE: usize = 1;
pub(super) const DRAIN: usize = 2;
const ACTIONS: &[Action] = &[
    Action::new("kill", "Kill", &[SERVER, BALANCER]),
    Action::new("restore", "Restore", &[SERVER, BALANCER]),
    Action::new("drain", "Drain", &[SERVER]),
    Action::new("deploy", "Deploy a new version", &[BALANCER]),
];

readings! {
    READINGS;
    Reading::measured("lost-so-far", "lost so far", Statistic::Count, "Requests that ended without an answer.")
        .of(REQUEST, LOST).so_far().trouble_from(1.0);
    Reading::measured("lost", "lost", Statistic::Rate, "Requests a second that ended without an answer, over the last two seconds.")
        .of(REQUEST, LOST).last(2.0).trouble_from(0.5);
    Reading::new("in-service", "in service", Unit::Count, "Servers that are there and get requests.");
    Reading::new("unnoticed", "unnoticed for", Unit::Time, "How long a dead server has been sent requests; if none is now, how long the last one was.");
    Reading::new("deploy-time", "deploy time", Unit::Time, "How long the deploy has been under way, or took.").so_far();
}

messages! {
    pub(super) MESSAGES;
    step_no_balancer(); step_cut_off(balancer: Entity);
    mark_deploy(); mark_draining(server: Entity); mark_stopped(server: Entity); mark_started(server: Entity);
    mark_deployed(lost: u64); mark_takes_over(balancer: Entity);
    note_stopped(); note_draining(); note_cold(slower: (f64, Unit));
    note_share(share: (f64, Unit)); note_in_service(); note_active(); note_backup(silence: (f64, Unit));
    chart_lost(); lost();
    says_no_balancer(balancer: Entity); says_draining(server: Entity, left: u32);
    says_cold(server: Entity, slower: (f64, Unit));
    says_deploy_away(server: Entity); says_deploy_started(server: Entity);
    says_lost(lost: u64, cause: Entity, requests: u64); says_lost_none();
    about_clients(sent: u32); about_active(available: usize, servers: u32); about_backup(after: Span);
    about_balancer_dead();
    no_standby(); deploy_under_way();
    balancer_1(); balancer_2();
}

/// A deploy to four servers.
pub(super) const WHO_NOTICES: &FigureSpec =
    &FigureSpec::new("who-notices", Time::from_secs(90), ControlValues::ALL, READINGS, KINDS)
        .version(2)
        .still_at(Time::from_secs(8))
        .warm_up(Time::from_secs(2))
        .speed(0.5)
        .actions(ACTIONS);

/// What may be changed against the loss, each alone.
const CURES: [&str; 4] = ["interval", "fall", "slow-start", "drain"];

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[Prediction {
    id: "what-helps-most",
    answer_kind: AnswerKind::Choice(&CURES),
    at: Time::from_secs(90),
    runs: &[&[("interval", "1")], &[("fall", "1")], &[("slow-start", "10")], &[("drain", "10")]],
    truth: |runs| measured(runs, "lost-so-far", RunOutcome::summary).lowest(&CURES),
}];
