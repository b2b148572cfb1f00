//! What is asked about the four farms.

use super::spec::{LONGEST, P99, RULES};
use crate::player::{AnswerKind, Prediction, RunOutcome, Value};
use crate::sim::sort::sort_by;
use crate::sim::{Time, Unit};

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[
    Prediction {
        id: "longest-with-two",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.34 },
        at: Time::from_secs(120),
        runs: &[&[("load", "90 %"), ("old", "0"), ("rises", "off")]],
        truth: |outcomes| Value::Number(libm::round(outcomes[0].mean(LONGEST[1]))),
    },
    Prediction {
        id: "when-news-is-old",
        answer_kind: AnswerKind::Order(&["one", "two", "three", "all"]),
        at: Time::from_secs(120),
        runs: &[&[("load", "90 %"), ("old", "1 s"), ("rises", "off")]],
        truth: by_p99,
    },
];

/// The lowest first.
fn by_p99(outcomes: &[RunOutcome]) -> Value {
    let mut order: Vec<u16> = (0..RULES as u16).collect();
    let p99 = |n: &u16| outcomes[0].last(P99[usize::from(*n)]);
    sort_by(&mut order, |a, b| p99(a).total_cmp(&p99(b)));
    Value::Order(order)
}
