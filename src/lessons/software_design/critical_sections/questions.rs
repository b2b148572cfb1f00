//! What is asked about the threads, and about locks and cores.

use super::contention::{judge_done, judge_lost};
use crate::lessons::prelude::*;

pub const OF_TWO_THREADS: &[Prediction] = &[
    Prediction {
        id: "where-x-ends",
        answer_kind: AnswerKind::Choice(&["four", "two-or-three", "one"]),
        at: Time::from_secs(12),
        runs: &[&[("scheduler", "random"), ("times", "2")]],
        truth: |runs| {
            let (x, stored) = (runs[0].last("x"), runs[0].last("stored"));
            let id = if x >= stored { "four" } else { ["one", "two-or-three"][usize::from(x >= 2.0)] };
            Value::Choice(id.into()).into()
        },
    },
    Prediction {
        id: "three-threads",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.05 },
        at: Time::ZERO,
        runs: &[&[("threads", "3")]],
        truth: |runs| Value::Number(runs[0].last("schedules") - runs[0].last("wrong")).into(),
    },
    Prediction {
        id: "which-fence",
        answer_kind: AnswerKind::Choice(&["none", "between", "after"]),
        at: Time::ZERO,
        runs: steps!("guard" in ["peterson", "fence-between", "fence-after"], with [("store-buffers", "on")]),
        truth: |runs| {
            // How many schedules go wrong isn't known where one of them goes on without end; how near the next wrong one is, is.
            let by =
                |reading| measured(runs, reading, RunOutcome::last).lowest(&["none", "between", "after"]);
            crate::player::Truth { measured: by("nearest").measured, ..by("wrong") }
        },
    },
];

pub const OF_CONTENTION: &[Prediction] = &[Prediction {
    id: "more-threads",
    answer_kind: AnswerKind::Curve {
        x: CurveAxis { unit: Unit::Count, from: 1.0, to: 11.0 },
        y: CurveAxis { unit: Unit::Rate, from: 0.0, to: 2400.0 },
        tolerance: 0.07,
    },
    at: Time::from_secs(2),
    runs: steps!("threads" in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"],
        with [("scope", "section"), ("cores", "12")]),
    truth: |runs| measured(runs, "done", RunOutcome::summary).curve(),
}];

const LEAST_SERIAL_TIME: Challenge = Challenge {
    id: "least-serial-time",
    seeds: 200,
    until: Time::from_secs(2),
    fixed: &[("section", "1 ms"), ("reads", "0")],
    free: &["lock", "scope", "threads", "cores"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 50.0,
    cost: |settings| settings.price(&[("cores", 8.0), ("threads", 1.0)]),
    pass: |outcome| passes(outcome, 900.0),
    diagnose: what_is_serial,
    reference: &[("scope", "section"), ("threads", "10"), ("cores", "5")],
    tempting: &[
        ("too-wide", &[("threads", "10"), ("cores", "5")]),
        ("too-narrow", &[("scope", "store"), ("threads", "10"), ("cores", "5")]),
        ("no-lock", &[("lock", "none"), ("threads", "10"), ("cores", "5")]),
        ("too-many", &[("lock", "semaphore"), ("scope", "section"), ("threads", "10"), ("cores", "5")]),
        ("spins", &[("lock", "spin"), ("scope", "section"), ("threads", "10"), ("cores", "5")]),
        ("begins-again", &[("lock", "compare-and-swap"), ("threads", "10"), ("cores", "5")]),
        ("few-cores", &[("scope", "section"), ("threads", "10"), ("cores", "3")]),
        ("few-threads", &[("scope", "section"), ("threads", "4"), ("cores", "5")]),
    ],
    incident: None,
};

const TWO_CORES: Challenge = Challenge {
    id: "two-cores",
    budget: 26.0,
    pass: |outcome| passes(outcome, 370.0),
    reference: &[("scope", "section"), ("threads", "10"), ("cores", "2")],
    tempting: &[
        ("spins", &[("lock", "spin"), ("scope", "section"), ("threads", "10"), ("cores", "2")]),
        ("too-wide", &[("threads", "10"), ("cores", "2")]),
        ("too-narrow", &[("scope", "store"), ("threads", "10"), ("cores", "2")]),
        ("no-lock", &[("lock", "none"), ("threads", "10"), ("cores", "2")]),
        ("too-many", &[("lock", "semaphore"), ("scope", "section"), ("threads", "10"), ("cores", "2")]),
        ("begins-again", &[("lock", "compare-and-swap"), ("threads", "10"), ("cores", "2")]),
        ("few-cores", &[("scope", "section"), ("threads", "10"), ("cores", "1")]),
        ("few-threads", &[("scope", "section"), ("threads", "1"), ("cores", "5")]),
    ],
    incident: Some(Incident { cause: "spins", at: Time::from_secs(1) }),
    ..LEAST_SERIAL_TIME
};

pub const JUDGED: &[Challenge] = &[LEAST_SERIAL_TIME, TWO_CORES];

fn passes(outcome: &RunOutcome, bound: f64) -> Result<(), Failure> {
    outcome.at_most("lost", 0.0, judge_lost)?;
    outcome.at_least("done", bound, judge_done)
}

fn what_is_serial(settings: &StartSettings, runs: &[TrialResult]) -> Option<&'static str> {
    runs.iter().find(|run| run.failed.is_some())?;
    let has = |lock| settings.is("lock", lock);
    Some(match () {
        () if settings.number("threads") < 2.0 => "few-threads",
        () if has("none") => "no-lock",
        () if has("compare-and-swap") => "begins-again",
        () if settings.is("scope", "operation") => "too-wide",
        () if settings.is("scope", "store") => "too-narrow",
        () if has("semaphore") => "too-many",
        () if has("spin") => "spins",
        () if settings.number("cores") < 5.0 => "few-cores",
        () => "few-threads",
    })
}
