//! What is asked about the pool and the loops, the frozen loop, and the six forms of one program.

use super::{frozen_loop, pool_or_loop};
use crate::lessons::prelude::*;

const REMEDIES: [&str; 4] = ["threads", "cores", "loop", "faster-code"];

pub const OF_POOL: &[Prediction] = &[
    Prediction {
        id: "what-helps",
        answer_kind: AnswerKind::Choice(&REMEDIES),
        at: Time::from_secs(12),
        runs: &[
            &[("threads", "12"), ("io", "180 ms")],
            &[("cores", "8"), ("io", "180 ms")],
            &[("style", "loop"), ("io", "180 ms")],
            &[("cpu", "2 ms"), ("io", "180 ms")],
        ],
        truth: |runs| measured(runs, "answered", RunOutcome::mean).highest(&REMEDIES),
    },
    Prediction {
        id: "heavy",
        answer_kind: AnswerKind::Number { unit: Unit::Rate, tolerance: 0.12 },
        at: Time::from_secs(12),
        runs: &[&[("style", "loop"), ("cpu", "20 ms"), ("io", "20 ms"), ("load", "120")]],
        truth: |runs| Value::Number(runs[0].mean("answered")).into(),
    },
];

pub const OF_POOL_JUDGED: &[Challenge] = &[Challenge {
    id: "three-hundred",
    seeds: 200,
    until: Time::from_secs(12),
    fixed: &[("load", "300"), ("cpu", "8 ms"), ("io", "1 s"), ("shows", "memory")],
    free: &["style", "threads", "cores"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 24.0,
    cost: |settings| settings.price(&[("cores", 8.0)]),
    pass: |outcome| {
        outcome.at_most("memory", 24.0 * 1_048_576.0, pool_or_loop::judge_memory)?;
        outcome.at_most("refused", 3.0, pool_or_loop::judge_refused)?;
        outcome.at_least("answered", 275.0, pool_or_loop::judge_answered)
    },
    diagnose: |settings, runs| {
        runs.iter().find(|run| run.failed.is_some())?;
        let few = |id, least| settings.number(id) < least;
        Some(match () {
            () if settings.is("style", "loop") => "one-loop",
            () if settings.is("style", "loops") => return few("cores", 3.0).then_some("few-cores"),
            () if few("threads", 303.0) => "few-threads",
            () => "more-threads",
        })
    },
    reference: &[("style", "loops"), ("cores", "3")],
    tempting: &[
        ("more-threads", &[("threads", "350"), ("cores", "3")]),
        ("few-threads", &[("threads", "60"), ("cores", "3")]),
        ("one-loop", &[("style", "loop"), ("cores", "3")]),
        ("few-cores", &[("style", "loops")]),
    ],
    incident: None,
}];

pub const OF_LOOP: &[Prediction] = &[Prediction {
    id: "which-way",
    answer_kind: AnswerKind::Choice(&["gone", "pieces", "same"]),
    at: Time::from_secs(12),
    runs: steps!("way" in ["once", "await"], with [("reports", "2")]),
    truth: |runs| {
        let [once, awaiting] = [0, 1].map(|n| runs[n].mean("hello"));
        let id =
            if awaiting > 0.8 * once { "same" } else { ["gone", "pieces"][usize::from(awaiting > 0.025)] };
        Value::Choice(id.into()).into()
    },
}];

pub const OF_LOOP_JUDGED: &[Challenge] = &[Challenge {
    id: "slow-files",
    seeds: 200,
    until: Time::from_secs(8),
    fixed: &[("reports", "12")],
    free: &["way", "workers", "limit"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 5.0,
    cost: |settings| settings.price(&[("workers", 1.0)]),
    pass: |outcome| {
        outcome.at_most("hello", 0.045, frozen_loop::judge_hello)?;
        outcome.at_most("report", 1.0, frozen_loop::judge_report)?;
        outcome.at_most("file", 0.03, frozen_loop::judge_file)
    },
    diagnose: |settings, runs| {
        Some(match () {
            () if runs.iter().all(|run| run.failed.is_none()) => "so-many",
            () if settings.is("way", "immediate") => "in-turns",
            () if !settings.is("way", "pool") => "on-the-loop",
            () if settings.number("limit") < 3.0 => "too-few",
            () if settings.number("limit") < settings.number("workers") => return None,
            () if settings.number("workers") < 5.0 => "behind-reports",
            () => "one-more",
        })
    },
    reference: &[("way", "pool"), ("limit", "3")],
    tempting: &[
        ("behind-reports", &[("way", "pool")]),
        ("one-more", &[("way", "pool"), ("workers", "5")]),
        ("so-many", &[("way", "pool"), ("workers", "8")]),
        ("too-few", &[("way", "pool"), ("limit", "1")]),
        ("on-the-loop", &[("way", "once")]),
        ("in-turns", &[("way", "immediate")]),
    ],
    incident: Some(Incident { cause: "behind-reports", at: Time::from_millis(3_500) }),
}];

const FORMS: [&str; 4] = ["block", "level", "edge", "ring"];

pub const OF_CELLS: &[Prediction] = &[Prediction {
    id: "who-can-hang",
    answer_kind: AnswerKind::Choice(&FORMS),
    at: Time::ZERO,
    runs: steps!("form" in ["block", "level", "edge", "ring"]),
    truth: |runs| measured(runs, "nearest", RunOutcome::last).highest(&FORMS),
}];
