//! What is asked about the slow server: predictions to commit to, and a challenge.

use super::spec::{SERVERS, judge_lost, judge_p99};
use crate::player::question::{curve, lowest_first};
use crate::player::{
    AnswerKind, Challenge, CurveAxis, Failure, Incident, Input, InputKind, Prediction, RunOutcome, Setting,
    StartSettings, TrialResult, Value,
};
use crate::sim::{Time, Unit};
use crate::steps;

/// From here on a typical request is slow: without a queue it takes 120 ms.
const SLOW_P50: f64 = 0.25;
/// Up to here nobody complains.
const GOOD_P99: f64 = 0.5;
const GOOD_LOST: f64 = 0.01;

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[
    Prediction {
        id: "after-a-minute",
        answer_kind: AnswerKind::Choice(&["everybody", "some", "nobody"]),
        at: Time::from_secs(60),
        runs: &[],
        truth: who_suffers,
    },
    Prediction {
        id: "ten-times-slower",
        answer_kind: AnswerKind::Number { unit: Unit::Share, tolerance: 0.1 },
        at: Time::from_secs(60),
        runs: &[&[("policy", "round-robin"), ("slower", "10")]],
        truth: |runs| Value::Number(runs[0].summary("lost-share")),
    },
    Prediction {
        id: "policies-by-p99",
        answer_kind: AnswerKind::Order(&["round-robin", "least-connections", "two-choices", "peak-ewma"]),
        at: Time::from_secs(60),
        runs: steps!("policy" in ["round-robin", "least-connections", "two-choices", "peak-ewma"]),
        truth: |runs| lowest_first(runs.iter().map(|run| run.summary("p99"))),
    },
    Prediction {
        id: "lost-over-load",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Rate, from: 20.0, to: 220.0 },
            y: CurveAxis { unit: Unit::Share, from: 0.0, to: 0.4 },
            tolerance: 0.1,
        },
        at: Time::from_secs(60),
        runs: LOADS,
        truth: |runs| curve(runs.iter().map(|run| run.summary("lost-share"))),
    },
];

/// The loads at which the curve is read, evenly over its axis.
const LOADS: &[Setting] = steps!(
    "load" in ["20", "40", "60", "80", "100", "120", "140", "160", "180", "200", "220"],
    with [("policy", "round-robin")]
);

fn who_suffers(outcomes: &[RunOutcome]) -> Value {
    let run = &outcomes[0];
    let id = if run.mean("p50") > SLOW_P50 {
        "everybody"
    } else if run.mean("p99") > GOOD_P99 || run.last("lost-share") > GOOD_LOST {
        "some"
    } else {
        "nobody"
    };
    Value::Choice(id.into())
}

/// What is promised: a bound of p99 on average, and one of the share of requests that are lost.
const PROMISED_P99: f64 = 0.7;
const PROMISED_LOST: f64 = 0.01;
/// What a worker of a server costs in an hour, and a slot of its queue.
const WORKER: f64 = 3.0;
const SLOT: f64 = 0.05;
/// Workers of a server that the budget allows.
const AFFORDED: f64 = 2.0;

/// What learners are challenged to. Two workers a server finish 162.5 requests a second: 140 are 86 % of that.
pub const CHALLENGES: &[Challenge] = &[KEEP_THE_PROMISE, HALF_OF_EVERYTHING];

const KEEP_THE_PROMISE: Challenge = Challenge {
    id: "keep-the-promise",
    seeds: 200,
    until: Time::from_secs(40),
    fixed: &[("load", "140"), ("slower", "4")],
    free: &["policy", "workers", "queue"],
    scripted_inputs: neighbour,
    unit: Unit::Money,
    budget: 28.0,
    cost,
    pass,
    diagnose,
    reference: &[("policy", "peak-ewma"), ("workers", "2"), ("queue", "16")],
    tempting: &[
        ("longer-queue", &[("queue", "80")]),
        ("more-workers", &[("policy", "least-connections"), ("workers", "3")]),
        ("not-looking", &[("policy", "random"), ("queue", "16")]),
        ("only-counting", &[("policy", "least-connections"), ("queue", "16")]),
        ("fixed-weights", &[("policy", "weighted-round-robin"), ("queue", "16")]),
        ("short-queue", &[("policy", "peak-ewma")]),
    ],
    incident: None,
};

/// What may be lost in a minute in which a server dies.
const SPARED: f64 = 0.035;

/// A server refuses everything at once. So it always has the fewest requests, and is sent more than any other.
const HALF_OF_EVERYTHING: Challenge = Challenge {
    id: "half-of-everything",
    seeds: 200,
    until: Time::from_secs(60),
    fixed: &[("load", "30"), ("service", "160ms"), ("slower", "1")],
    free: &["policy", "checks", "workers", "queue"],
    scripted_inputs: || vec![act(7_500, "kill", 1, Value::None)],
    unit: Unit::Money,
    budget: 28.0,
    cost,
    pass: |outcome| outcome.at_most("lost-share", SPARED, judge_lost),
    diagnose: what_still_fails,
    reference: &[("policy", "round-robin"), ("checks", "on")],
    tempting: &[
        ("refuses-at-once", &[("policy", "least-connections"), ("checks", "off")]),
        ("checks-alone", &[("policy", "least-connections"), ("checks", "on")]),
        ("rule-alone", &[("policy", "round-robin"), ("checks", "off")]),
        ("uneven", &[("policy", "ring-hash"), ("checks", "on")]),
        ("more-workers", &[("policy", "least-connections"), ("checks", "off"), ("workers", "4")]),
        ("longer-queue", &[("policy", "least-connections"), ("checks", "off"), ("queue", "60")]),
    ],
    incident: Some(Incident { cause: "refuses-at-once", at: Time::from_secs(20) }),
};

/// A takes half as long again for a few seconds: a neighbour on its machine, a collection of garbage.
fn neighbour() -> Vec<Input> {
    vec![act(15_000, "slow", 0, Value::Number(1.5)), act(21_000, "restore", 0, Value::None)]
}

fn act(at_ms: u64, action: &str, n: u32, arg: Value) -> Input {
    let targets = vec![super::server(n)];
    Input { at: Time::from_millis(at_ms), change: InputKind::Act { action: action.into(), targets, arg } }
}

fn cost(settings: &StartSettings) -> f64 {
    let each = WORKER * settings.number("workers") + SLOT * settings.number("queue");
    each * f64::from(SERVERS)
}

fn pass(outcome: &RunOutcome) -> Result<(), Failure> {
    outcome.at_most("lost-share", PROMISED_LOST, judge_lost)?;
    outcome.at_most("p99", PROMISED_P99, judge_p99)
}

/// Whether the rule looks at how many requests each server has, or how soon it answers.
fn looks(settings: &StartSettings) -> bool {
    ["least-connections", "two-choices", "peak-ewma"].iter().any(|policy| settings.is("policy", policy))
}

fn what_still_fails(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let takes_turns = ["round-robin", "weighted-round-robin"].iter().any(|it| settings.is("policy", it));
    match (settings.is_on("checks"), looks(settings)) {
        _ if settings.number("workers") > AFFORDED => Some("more-workers"),
        _ if settings.number("queue") > 20.0 => Some("longer-queue"),
        (false, true) => Some("refuses-at-once"),
        (false, false) => Some("rule-alone"),
        (true, true) => Some("checks-alone"),
        (true, false) => (!takes_turns).then_some("uneven"),
    }
}

fn diagnose(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let policy_is = |policies: &[&str]| policies.iter().any(|policy| settings.is("policy", policy));
    if settings.number("workers") > AFFORDED {
        Some("more-workers")
    } else if settings.number("queue") > 40.0 {
        Some("longer-queue")
    } else if policy_is(&["weighted-round-robin"]) {
        Some("fixed-weights")
    } else if policy_is(&["round-robin", "random", "ring-hash", "maglev", "sticky"]) {
        Some("not-looking")
    } else if policy_is(&["least-connections", "two-choices"]) {
        Some("only-counting")
    } else if settings.number("queue") < 16.0 {
        Some("short-queue")
    } else {
        None
    }
}
