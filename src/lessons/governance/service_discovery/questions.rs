//! What is asked about truth and belief.

use super::beliefs::{judge_lost, judge_rolled, load};
use crate::lessons::prelude::*;

const RULES: [&str; 2] = ["off", "on"];

pub const PREDICTIONS: &[Prediction] = &[
    Prediction {
        id: "cut-loses",
        answer_kind: AnswerKind::Choice(&RULES),
        at: Time::from_secs(70),
        runs: steps!("preserve" in ["off", "on"], with [("fault", "cut")]),
        truth: |runs| measured(runs, "lost", RunOutcome::last).highest(&RULES),
    },
    Prediction {
        id: "stale-for",
        answer_kind: AnswerKind::Number { unit: Unit::Time, tolerance: 0.25 },
        at: Time::from_secs(60),
        runs: &[&[("lease", "3"), ("heartbeat", "1")]],
        truth: |runs| Value::Number(runs[0].last("stale")).into(),
    },
];

pub const CHALLENGES: &[Challenge] = &[Challenge {
    id: "roll",
    seeds: 200,
    until: Time::from_secs(115),
    fixed: &[("fault", "roll")],
    free: &["heartbeat", "lease", "sweep", "server", "fetch", "push", "goodbye", "drain"],
    scripted_inputs: Vec::new,
    unit: Unit::Rate,
    budget: 34.0,
    cost: |settings| {
        load(
            settings.number("heartbeat"),
            settings.number("fetch"),
            settings.number("server"),
            settings.is("push", "on"),
        )
    },
    pass: |outcome| {
        outcome.at_most("lost", 5.0, judge_lost)?;
        outcome.at_most("rolled", 75.0, judge_rolled)
    },
    diagnose: |settings, _| {
        if !settings.is("goodbye", "on") {
            Some("shorter-lease")
        } else if settings.number("drain") < 1.0 {
            Some("goodbye-only")
        } else {
            (settings.number("drain") > 4.5).then_some("long-drain")
        }
    },
    reference: &[("goodbye", "on"), ("drain", "4"), ("server", "2"), ("fetch", "2")],
    tempting: &[
        ("shorter-lease", &[("heartbeat", "1"), ("lease", "2"), ("sweep", "1")]),
        ("goodbye-only", &[("goodbye", "on")]),
        ("long-drain", &[("goodbye", "on"), ("drain", "8")]),
    ],
    incident: None,
}];
