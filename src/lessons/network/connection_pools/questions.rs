//! What is asked about the size of a pool, and about connections that are kept.

use super::{held, pool_size};
use crate::lessons::prelude::*;

pub const OF_SIZE: &[Prediction] = &[
    Prediction {
        id: "size-and-time",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Count, from: 4.0, to: 44.0 },
            y: CurveAxis { unit: Unit::Time, from: 0.0, to: 1.5 },
            tolerance: 0.1,
        },
        at: Time::from_secs(40),
        runs: steps!("pool" in ["4", "8", "12", "16", "20", "24", "28", "32", "36", "40", "44"]),
        truth: |runs| measured(runs, "mean", RunOutcome::mean).curve(),
    },
    Prediction {
        id: "without-a-pool",
        answer_kind: AnswerKind::Number { unit: Unit::Time, tolerance: 0.2 },
        at: Time::from_secs(40),
        runs: &[&[("load", "80"), ("source", "each")]],
        truth: |runs| Value::Number(runs[0].mean("mean")).into(),
    },
];

const CURES: [&str; 4] = ["larger", "younger", "impatient", "take-back"];

pub const OF_HELD: &[Prediction] = &[
    Prediction {
        id: "what-cures",
        answer_kind: AnswerKind::Choice(&CURES),
        at: Time::from_secs(600),
        runs: &[&[("pool", "16")], &[("lifetime", "30s")], &[("timeout", "1s")], &[("take-back", "50s")]],
        truth: |runs| measured(runs, "share", RunOutcome::summary).highest(&CURES),
    },
    Prediction {
        id: "never-stuck",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.01 },
        at: Time::from_secs(300),
        runs: steps!("pool" in ["5", "6", "7", "8", "9", "10", "11", "12"],
            with [("load", "100"), ("threads", "8"), ("second", "on"), ("leak", "0")]),
        truth: |runs| {
            let never = runs.iter().position(|run| run.last("timeouts") == 0.0);
            Value::Number(never.map_or(f64::NAN, |at| 5.0 + at as f64)).into()
        },
    },
];

/// The smallest pool that keeps a promise.
pub const SIZES: &[Challenge] = &[Challenge {
    id: "smallest-pool",
    seeds: 200,
    until: Time::from_secs(30),
    fixed: &[("load", "300")],
    free: &["pool", "source", "cores", "timeout"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 50.0,
    cost: |settings| settings.price(&[("pool", 1.0), ("cores", 10.0)]),
    pass: |outcome| {
        outcome.at_most("refused", 0.3, pool_size::judge_refused)?;
        outcome.at_most("p99", 0.15, pool_size::judge_p99)
    },
    diagnose: what_size_is_wrong,
    reference: &[("pool", "10"), ("cores", "4")],
    tempting: &[
        ("too-many", &[("pool", "32")]),
        ("too-few", &[("pool", "4")]),
        ("impatient", &[("pool", "48"), ("timeout", "0.25")]),
        ("no-pool", &[("pool", "10"), ("source", "each")]),
        ("more-cores", &[("pool", "48"), ("cores", "6")]),
        ("few-cores", &[("pool", "16"), ("cores", "2")]),
    ],
    incident: None,
}];

fn what_size_is_wrong(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let too = |more: &str, than| settings.number(more) > than;
    Some(match settings.is("source", "each") {
        true => "no-pool",
        false if !too("pool", 8.0) => "too-few",
        false if !too("cores", 3.0) => "few-cores",
        false if too("cores", 4.0) => "more-cores",
        false if !too("pool", 16.0) => return None,
        false if !too("timeout", 0.5) => "impatient",
        false => "too-many",
    })
}

/// The incident: one request in 500 keeps its connection for good.
pub const REPAIRS: &[Challenge] = &[Challenge {
    id: "after-the-deploy",
    seeds: 200,
    until: Time::from_secs(600),
    fixed: &[("load", "20"), ("leak", "0.002")],
    free: &["pool", "threads", "timeout", "take-back", "lifetime"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 18.0,
    cost: |settings| settings.price(&[("pool", 1.0), ("threads", 0.5)]),
    pass: |outcome| {
        outcome.at_most("killed", 0.0, held::judge_killed)?;
        outcome.at_least("share", 0.995, held::judge_share)
    },
    diagnose: what_is_still_kept,
    reference: &[("take-back", "50")],
    tempting: &[
        ("leak", &[]),
        ("larger-pool", &[("pool", "16"), ("threads", "4")]),
        ("younger", &[("lifetime", "30")]),
        ("fail-fast", &[("timeout", "1")]),
        ("too-soon", &[("take-back", "20")]),
        ("too-late", &[("take-back", "500")]),
    ],
    incident: Some(Incident { cause: "leak", at: Time::from_secs(420) }),
}];

fn what_is_still_kept(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let too = |more: &str, than| settings.number(more) > than;
    Some(match too("take-back", 1_000.0) {
        false if !too("take-back", 40.0) => "too-soon",
        false if too("take-back", 100.0) => "too-late",
        false => return None,
        true if too("pool", 10.0) => "larger-pool",
        true if !too("lifetime", 1_000.0) => "younger",
        true if !too("timeout", 15.0) => "fail-fast",
        true => "leak",
    })
}
