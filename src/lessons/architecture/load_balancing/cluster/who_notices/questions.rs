//! What learners predict of the deploy and of the pair.

use crate::player::question::lowest;
use crate::player::{AnswerKind, Prediction, Setting, Value};
use crate::sim::{Time, Unit};

/// What may be changed against the loss, each alone: its id, and the setting.
const CURES: [&str; 4] = ["interval", "fall", "slow-start", "drain"];
const CURED: &[Setting] =
    &[&[("interval", "1")], &[("fall", "1")], &[("slow-start", "10")], &[("drain", "10")]];

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[
    Prediction {
        id: "deploy-without-drain",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.25 },
        at: Time::from_secs(90),
        runs: &[],
        truth: |outcomes| Value::Number(outcomes[0].last("lost-so-far")),
    },
    Prediction {
        id: "what-helps-most",
        answer_kind: AnswerKind::Choice(&CURES),
        at: Time::from_secs(90),
        runs: CURED,
        truth: |runs| lowest(&CURES, runs.iter().map(|run| run.summary("lost-so-far"))),
    },
    Prediction {
        id: "pair-takes-over",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.25 },
        at: Time::from_secs(90),
        runs: &[&[("deploy", "0"), ("balancers", "pair"), ("outage", "10")]],
        truth: |outcomes| Value::Number(outcomes[0].last("lost-so-far")),
    },
];
