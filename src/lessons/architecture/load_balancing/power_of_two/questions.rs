//! What is asked about the four farms.

use super::spec::{LONGEST, P99, RULES};
use crate::player::question::lowest_first;
use crate::player::{AnswerKind, Prediction, Value};
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
        truth: |runs| lowest_first((0..RULES).map(|rule| runs[0].last(P99[rule]))),
    },
];
