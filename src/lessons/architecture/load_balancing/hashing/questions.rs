//! What is asked about the tier.

use crate::player::question::lowest_first;
use crate::player::{AnswerKind, Prediction, Setting, Value};
use crate::sim::{Time, Unit};
use crate::steps;

/// A rule spreads a hot key if the busiest server gets less than this, as a multiple of the mean.
const SPREAD: f64 = 1.5;

const RULES: [&str; 3] = ["modulo", "ring", "maglev"];

/// Five servers, each of which is restarted once.
const ONE_LEAVES: &[Setting] =
    steps!("rule" in ["modulo", "ring", "maglev"], with [("servers", "5"), ("every", "12")]);

/// Nothing happens, but that one key gets 30 % of all requests.
const ONE_IS_HOT: &[Setting] = steps!(
    "rule" in ["modulo", "ring", "maglev"],
    with [("servers", "5"), ("every", "0"), ("hot", "0.3")]
);

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[
    Prediction {
        id: "modulo-loses-one",
        answer_kind: AnswerKind::Number { unit: Unit::Share, tolerance: 0.1 },
        at: Time::from_secs(5),
        runs: ONE_LEAVES.split_at(1).0,
        // Each server leaves and comes back; the same keys move both times.
        truth: |outcomes| Value::Number(outcomes[0].mean("moved")),
    },
    Prediction {
        id: "who-moves-least",
        answer_kind: AnswerKind::Order(&RULES),
        at: Time::from_secs(5),
        runs: ONE_LEAVES,
        // Beyond those that had to: how many keys the server had that left is chance.
        truth: |runs| lowest_first(runs.iter().map(|run| run.mean("moved") - run.mean("least"))),
    },
    Prediction {
        id: "who-spreads-it",
        answer_kind: AnswerKind::Choice(&["modulo", "ring", "maglev", "none"]),
        at: Time::from_secs(5),
        runs: ONE_IS_HOT,
        truth: |outcomes| {
            let spreads = outcomes.iter().position(|outcome| outcome.mean("busiest") < SPREAD);
            Value::Choice(spreads.map_or("none", |n| RULES[n]).into())
        },
    },
];
