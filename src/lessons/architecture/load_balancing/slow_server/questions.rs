//! What is asked about the slow server: predictions, a challenge and an incident.

use super::super::cluster::SERVERS;
use super::spec::{judge_lost, judge_p99};
use crate::lessons::prelude::*;
use crate::player::InputKind;

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[
    Prediction {
        id: "policies-by-p99",
        answer_kind: AnswerKind::Order(&["round-robin", "least-connections", "two-choices", "peak-ewma"]),
        at: Time::from_secs(60),
        runs: steps!("policy" in ["round-robin", "least-connections", "two-choices", "peak-ewma"]),
        truth: |runs| measured(runs, "p99", RunOutcome::summary).lowest_first(),
    },
    Prediction {
        id: "lost-over-load",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Rate, from: 20.0, to: 180.0 },
            y: CurveAxis { unit: Unit::Share, from: 0.0, to: 0.4 },
            tolerance: 0.038,
        },
        at: Time::from_secs(60),
        runs: steps!(
            "load" in ["20", "36", "52", "68", "84", "100", "116", "132", "148", "164", "180"],
            with [("policy", "round-robin")]
        ),
        truth: |runs| measured(runs, "lost-share", RunOutcome::summary).curve(),
    },
];

/// What learners are challenged to, and what they repair.
pub const CHALLENGES: &[Challenge] = &[KEEP_THE_PROMISE, HALF_OF_EVERYTHING];

/// Most workers per server that the budget allows.
const AFFORDED: f64 = 2.0;
/// Policies that look at how many requests each server has, or how soon it answers.
const LOOKING: [&str; 3] = ["least-connections", "two-choices", "peak-ewma"];

/// Two workers per server finish 162.5 requests a second: 140 are 86 % of that.
const KEEP_THE_PROMISE: Challenge = Challenge {
    id: "keep-the-promise",
    seeds: 200,
    until: Time::from_secs(40),
    fixed: &[("load", "140"), ("slower", "4")],
    free: &["policy", "workers", "queue"],
    // A takes half as long again for a few seconds: a neighbour on its machine, a collection of garbage.
    scripted_inputs: || {
        vec![act(15_000, "slow", 0, Value::Number(1.5)), act(21_000, "restore", 0, Value::None)]
    },
    unit: Unit::Money,
    budget: 28.0,
    cost,
    pass: |outcome| {
        outcome.at_most("lost-share", 0.01, judge_lost)?;
        outcome.at_most("p99", 0.7, judge_p99)
    },
    diagnose: what_breaks_the_promise,
    reference: &[("policy", "peak-ewma"), ("workers", "2"), ("queue", "16")],
    tempting: &[
        ("longer-queue", &[("queue", "80")]),
        ("more-workers", &[("policy", "least-connections"), ("workers", "3")]),
        ("not-looking", &[("policy", "random"), ("queue", "16")]),
        ("only-counting", &[("policy", "least-connections"), ("queue", "16")]),
        ("fixed-weights", &[("policy", "weighted-round-robin"), ("queue", "16")]),
        ("short-queue", &[("policy", "peak-ewma")]),
        ("fewer-workers", &[("policy", "peak-ewma"), ("workers", "1"), ("queue", "16")]),
    ],
    incident: None,
};

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
    pass: |outcome| outcome.at_most("lost-share", 0.035, judge_lost),
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

fn act(at_ms: u64, action: &str, n: u32, arg: Value) -> Input {
    let targets = vec![super::server(n)];
    Input { at: Time::from_millis(at_ms), change: InputKind::Act { action: action.into(), targets, arg } }
}

fn cost(settings: &StartSettings) -> f64 {
    settings.price(&[("workers", 3.0), ("queue", 0.05)]) * f64::from(SERVERS)
}

fn is_any(settings: &StartSettings, policies: &[&str]) -> bool {
    policies.iter().any(|policy| settings.is("policy", policy))
}

fn what_breaks_the_promise(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    Some(match settings {
        it if it.number("workers") > AFFORDED => "more-workers",
        it if it.number("workers") < AFFORDED => "fewer-workers",
        it if it.number("queue") > 40.0 => "longer-queue",
        it if it.is("policy", "weighted-round-robin") => "fixed-weights",
        it if !is_any(it, &LOOKING) => "not-looking",
        it if it.number("queue") < 10.0 => "short-queue",
        it if !it.is("policy", "peak-ewma") => "only-counting",
        it => return (it.number("queue") < 16.0).then_some("short-queue"),
    })
}

fn what_still_fails(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    Some(match (settings.is_on("checks"), is_any(settings, &LOOKING)) {
        _ if settings.number("workers") > AFFORDED => "more-workers",
        _ if settings.number("queue") > 20.0 => "longer-queue",
        (false, true) => "refuses-at-once",
        (false, false) => "rule-alone",
        (true, true) => "checks-alone",
        (true, false) => {
            return (!is_any(settings, &["round-robin", "weighted-round-robin"])).then_some("uneven");
        }
    })
}
