//! What is asked about the two flows and the one transfer.

use super::{one_transfer, two_flows};
use crate::lessons::prelude::*;

const END: Time = Time::from_secs(40);

pub const OF_TWO: &[Prediction] = &[
    Prediction {
        id: "how-much-noise",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Count, from: 0.0, to: 50.0 },
            y: CurveAxis { unit: Unit::Share, from: 0.0, to: 1.0 },
            tolerance: 0.07,
        },
        at: END,
        runs: steps!("noise" in ["0", "5", "10", "15", "20", "25", "30", "35", "40", "45", "50"]),
        truth: |runs| measured(runs, "used", RunOutcome::mean).curve(),
    },
    Prediction {
        id: "the-long-way",
        answer_kind: AnswerKind::Number { unit: Unit::Share, tolerance: 0.06 },
        at: END,
        runs: &[&[("rtt", "0.32")]],
        truth: |runs| {
            let [a, b] = ["a-gets", "b-gets"].map(|reading| runs[0].mean(reading));
            Value::Number(b / (a + b)).into()
        },
    },
    Prediction {
        id: "shallow",
        answer_kind: AnswerKind::Choice(&["a", "same", "b"]),
        at: END,
        runs: &[&[("a", "model"), ("b", "cubic"), ("buffer", "0.25")]],
        truth: |runs| {
            let [a, b] = ["a-gets", "b-gets"].map(|reading| runs[0].mean(reading));
            let more = match a / (a + b) {
                share if share > 0.6 => "a",
                share if share < 0.4 => "b",
                _ => "same",
            };
            Value::Choice(more.into()).into()
        },
    },
];

pub const OF_ONE: &[Prediction] = &[Prediction {
    id: "twice-as-far",
    answer_kind: AnswerKind::Number { unit: Unit::Rate, tolerance: 0.15 },
    at: END,
    runs: &[&[("room", "16"), ("rtt", "0.4")]],
    truth: |runs| Value::Number(runs[0].mean("arrives")).into(),
}];

/// What is paid for a sender's algorithm.
fn rollout(settings: &StartSettings, control: &str) -> f64 {
    match () {
        () if settings.is(control, "cubic") => 2.0,
        () if settings.is(control, "model") => 4.0,
        () => 0.0,
    }
}

pub const CHALLENGES: &[Challenge] = &[Challenge {
    id: "full-line-short-queue",
    seeds: 200,
    until: END,
    fixed: &[("buffer", "10")],
    free: &["a", "b", "discipline", "target"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 8.0,
    cost: |settings| {
        let router = if settings.is("discipline", "codel") { 4.0 } else { 0.0 };
        router + rollout(settings, "a") + rollout(settings, "b")
    },
    pass: |outcome| {
        outcome.at_least("used", 0.98, two_flows::judge_used)?;
        outcome.at_most("wait", 0.01, two_flows::judge_wait)?;
        outcome.at_least("weaker", 0.3, two_flows::judge_weaker)
    },
    diagnose: what_stands,
    reference: &[("a", "cubic"), ("b", "cubic"), ("discipline", "codel"), ("target", "0.012")],
    tempting: &[
        ("senders-alone", &[("a", "cubic"), ("b", "cubic")]),
        ("models-alone", &[("a", "model"), ("b", "model")]),
        ("halved-too-deep", &[("discipline", "codel"), ("target", "0.012")]),
        ("one-side", &[("a", "model"), ("discipline", "codel")]),
        ("too-strict", &[("a", "cubic"), ("b", "cubic"), ("discipline", "codel")]),
        ("too-patient", &[("a", "cubic"), ("b", "cubic"), ("discipline", "codel"), ("target", "0.03")]),
    ],
    incident: None,
}];

fn what_stands(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let both = |option| settings.is("a", option) && settings.is("b", option);
    Some(match settings.is("discipline", "codel") {
        false if both("model") => "models-alone",
        false => "senders-alone",
        true if both("reno") => "halved-too-deep",
        true if !both("cubic") => "one-side",
        true if settings.number("target") < 0.01 => "too-strict",
        true if settings.number("target") > 0.013 => "too-patient",
        true => return None,
    })
}

pub const REPAIRS: &[Challenge] = &[Challenge {
    id: "slow-transfer",
    seeds: 200,
    until: END,
    fixed: &[("rtt", "0.2"), ("rate", "100")],
    free: &["room", "reads", "algorithm"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 45.0,
    cost: |settings| {
        let sender = if settings.is("algorithm", "reno") { 0.0 } else { 10.0 };
        sender + settings.price(&[("room", 1.0), ("reads", 0.05)])
    },
    pass: |outcome| {
        outcome.at_least("arrives", 95.0, one_transfer::judge_arrives)?;
        outcome.at_most("wait", 0.06, one_transfer::judge_wait)
    },
    diagnose: what_limits,
    reference: &[("room", "24"), ("reads", "200")],
    tempting: &[
        ("small-window", &[("room", "8")]),
        ("other-sender", &[("room", "8"), ("algorithm", "cubic")]),
        ("quick-reader", &[("room", "8"), ("reads", "500")]),
        ("slow-reader", &[("room", "24"), ("reads", "80")]),
        ("too-large", &[("room", "34")]),
    ],
    incident: Some(Incident { cause: "small-window", at: Time::from_secs(15) }),
}];

fn what_limits(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let (room, reads) = (settings.number("room"), settings.number("reads"));
    Some(match () {
        () if room >= 22.0 && reads < 100.0 => "slow-reader",
        () if room >= 28.0 => "too-large",
        () if room >= 22.0 => return None,
        () if !settings.is("algorithm", "reno") => "other-sender",
        () if reads > 200.0 => "quick-reader",
        () => "small-window",
    })
}
