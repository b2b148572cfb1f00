//! What is asked about the slow server: predictions to commit to, and a challenge.

use super::spec::{SERVERS, judge_lost, judge_p99};
use crate::player::question::{curve, lowest_first};
use crate::player::{
    AnswerKind, Challenge, CurveAxis, Failure, Input, InputKind, Prediction, RunOutcome, Setting,
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
pub const CHALLENGES: &[Challenge] = &[Challenge {
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
}];

/// A takes half as long again for a few seconds: a neighbour on its machine, a collection of garbage.
fn neighbour() -> Vec<Input> {
    let act = |at, action: &str, arg| Input {
        at: Time::from_secs(at),
        change: InputKind::Act { action: action.into(), targets: vec![super::server(0)], arg },
    };
    vec![act(15, "slow", Value::Number(1.5)), act(21, "restore", Value::None)]
}

fn cost(settings: &StartSettings) -> f64 {
    let each = WORKER * settings.number("workers") + SLOT * settings.number("queue");
    each * f64::from(SERVERS)
}

fn pass(outcome: &RunOutcome) -> Result<(), Failure> {
    outcome.at_most("lost-share", PROMISED_LOST, judge_lost)?;
    outcome.at_most("p99", PROMISED_P99, judge_p99)
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
