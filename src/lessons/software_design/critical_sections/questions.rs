//! What is asked about the two threads.

use crate::player::{AnswerKind, Prediction, RunOutcome, Value};
use crate::sim::Time;

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[Prediction {
    id: "where-x-ends",
    answer_kind: AnswerKind::Choice(&["four", "two-or-three", "one"]),
    at: Time::from_secs(12),
    runs: &[&[("scheduler", "random"), ("times", "2")]],
    truth: where_x_ends,
}];

fn where_x_ends(outcomes: &[RunOutcome]) -> Value {
    let x = outcomes[0].last("x");
    let id = if x >= outcomes[0].last("stored") {
        "four"
    } else if x >= 2.0 {
        "two-or-three"
    } else {
        "one"
    };
    Value::Choice(id.into())
}
