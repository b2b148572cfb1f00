//! What is asked about the figures.

use super::{slow_dependency, stack};
use crate::lessons::prelude::*;
use crate::player::question::Bounded;
use crate::player::{Failure, InputKind};

const OUTAGES: [&str; 3] = ["failing", "slow", "hung"];
const MOMENTS: [&str; 3] = ["window", "wait", "never"];

pub const OF_THE_SHOP: &[Prediction] = &[
    Prediction {
        id: "which-outage",
        answer_kind: AnswerKind::Choice(&OUTAGES),
        at: Time::from_secs(20),
        runs: steps!("health" in ["failing", "slow", "hung"]),
        truth: |runs| measured(runs, "pages-so-far", RunOutcome::summary).highest(&OUTAGES),
    },
    Prediction {
        id: "when-it-opens",
        answer_kind: AnswerKind::Choice(&MOMENTS),
        at: Time::from_secs(45),
        runs: &[&[("health", "hung"), ("breaker", "on")]],
        truth: |runs| {
            let opened = runs[0].above("openings", 0.5);
            let after = |at: Time| if at < Time::from_secs(3) { MOMENTS[0] } else { MOMENTS[1] };
            Value::Choice(opened.map_or(MOMENTS[2], after).into()).into()
        },
    },
];

/// Payments hang, are well again, get slow, and are well again.
fn two_outages() -> Vec<Input> {
    let health = |secs, health: &str| Input {
        at: Time::from_secs(secs),
        change: InputKind::Set { control: "health".into(), value: Value::Choice(health.into()) },
    };
    vec![health(4, "hung"), health(12, "well"), health(20, "slow"), health(32, "well")]
}

/// A reading of the run so far is at most this. The moment of a failure is the one from which on the figure shows the value
/// that the failure names.
fn at_most(run: &RunOutcome, reading: &str, bound: f64, says: Bounded) -> Result<(), Failure> {
    run.at_most(reading, bound, says).map_err(|failure| Failure { at: run.worst(reading).1, ..failure })
}

/// A goal, by the message that says that it was missed; the sentence that may say why; and when that is so.
type Reason = (&'static str, &'static str, fn(&StartSettings) -> bool);

/// Why the first run that failed did: the first of the reasons for its goal that holds.
fn why(reasons: &[Reason], settings: &StartSettings, runs: &[TrialResult]) -> Option<&'static str> {
    let missed = &runs.iter().find_map(|run| run.failed.as_ref())?.why.id;
    reasons.iter().find(|(goal, _, holds)| goal == missed && holds(settings)).map(|(_, id, _)| *id)
}

/// The most that may be spent on the memory of the shop's threads: $1 for four.
const BUDGET: f64 = 6.0;

fn memory(settings: &StartSettings) -> f64 {
    settings.price(&[("threads", 0.25)])
}

/// Failures in a row that open the breaker.
fn failures_to_open(settings: &StartSettings) -> f64 {
    settings.number("window") * settings.number("threshold")
}

/// Whether the bulkhead lets in fewer calls than there are threads.
fn has_bulkhead(settings: &StartSettings) -> bool {
    settings.number("bulkhead") < settings.number("threads")
}

const MISSED: &[Reason] = &[
    ("judge-pages", "long-timeout", |it| it.number("timeout") < 10.0),
    ("judge-pages", "never-opens", |it| it.is_on("breaker")),
    ("judge-pages", "more-threads", |it| it.number("threads") > 16.0),
    ("judge-pages", "unprotected", |_| true),
    ("judge-back", "bulkhead-alone", |it| it.number("timeout") > 2.0),
    ("judge-back", "short-timeout", |it| it.number("timeout") < 0.15),
    ("judge-back", "small-bulkhead", |it| it.number("bulkhead") < 6.0),
    ("judge-back", "bulkhead-and-timeout", |it| !it.is_on("breaker") && has_bulkhead(it)),
    ("judge-back", "timeout-alone", |it| !it.is_on("breaker")),
    ("judge-back", "all-slow", |it| it.number("slow") < 0.3),
    ("judge-back", "long-wait", |it| it.number("wait") > 4.0),
    ("judge-back", "opens-late", |it| failures_to_open(it) > 20.0),
    ("judge-back", "short-timeout", |it| it.number("timeout") < 0.45),
    ("judge-back", "open-at-once", |it| failures_to_open(it) < 2.5),
    ("judge-back", "small-bulkhead", has_bulkhead),
    ("judge-back", "long-wait", |it| it.number("wait") > 2.5),
    ("judge-back", "opens-late", |_| true),
    ("judge-calm", "short-timeout", |it| it.number("timeout") < 0.45),
    ("judge-calm", "open-at-once", |it| it.is_on("breaker") && failures_to_open(it) < 2.5),
    ("judge-calm", "all-slow", |it| it.is_on("breaker") && it.number("slow") < 0.3),
    ("judge-calm", "long-wait", |it| it.is_on("breaker") && it.number("wait") > 4.0),
    ("judge-calm", "bulkhead-alone", |it| it.number("timeout") > 2.0),
    ("judge-calm", "small-bulkhead", |_| true),
    ("judge-false-alarms", "all-slow", |it| it.number("slow") < 0.3),
    ("judge-false-alarms", "open-at-once", |_| true),
];

pub const CHALLENGES: &[Challenge] = &[Challenge {
    id: "keep-the-shop-open",
    seeds: 200,
    until: Time::from_secs(45),
    fixed: &[("health", "well")],
    free: &["threads", "bulkhead", "timeout", "breaker", "window", "threshold", "slow", "wait"],
    scripted_inputs: two_outages,
    unit: Unit::Money,
    budget: BUDGET,
    cost: memory,
    pass: |outcome| {
        outcome.at_least("pages-so-far", 0.99, slow_dependency::judge_pages)?;
        at_most(outcome, "back", 3.5, slow_dependency::judge_back)?;
        outcome.at_least("calm", 0.99, slow_dependency::judge_calm)?;
        at_most(outcome, "false-alarms", 1.0, slow_dependency::judge_false_alarms)
    },
    diagnose: |settings, runs| match memory(settings) {
        dear if dear > BUDGET => Some("more-threads"),
        _ => why(MISSED, settings, runs),
    },
    reference: &[
        ("breaker", "on"),
        ("timeout", "0.6"),
        ("window", "20"),
        ("threshold", "0.5"),
        ("wait", "2"),
    ],
    tempting: &[
        ("more-threads", &[("threads", "64")]),
        ("bulkhead-alone", &[("bulkhead", "8")]),
        ("timeout-alone", &[("timeout", "0.5")]),
        ("never-opens", &[("breaker", "on")]),
        ("short-timeout", &[("breaker", "on"), ("timeout", "0.3")]),
        ("open-at-once", &[("breaker", "on"), ("timeout", "0.8"), ("window", "1")]),
        ("long-wait", &[("breaker", "on"), ("timeout", "0.3"), ("wait", "20")]),
        ("long-timeout", &[("breaker", "on"), ("timeout", "2")]),
        ("all-slow", &[("breaker", "on"), ("timeout", "0.5"), ("slow", "0.05")]),
        ("opens-late", &[("breaker", "on"), ("timeout", "0.5"), ("window", "40"), ("threshold", "1")]),
        ("small-bulkhead", &[("breaker", "on"), ("timeout", "0.5"), ("bulkhead", "8")]),
        ("long-wait", &[("breaker", "on"), ("timeout", "0.5")]),
        ("unprotected", &[]),
        ("bulkhead-and-timeout", &[("bulkhead", "8"), ("timeout", "0.5")]),
        (
            "small-bulkhead",
            &[
                ("breaker", "on"),
                ("timeout", "0.5"),
                ("bulkhead", "1"),
                ("threads", "4"),
                ("window", "1"),
                ("threshold", "0.05"),
            ],
        ),
        ("more-threads", &[("threads", "24")]),
        ("open-at-once", &[("breaker", "on"), ("timeout", "0.5"), ("threshold", "0.05")]),
    ],
    incident: None,
}];

pub const OF_THE_STACK: &[Prediction] = &[Prediction {
    id: "three-times-three",
    answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.02 },
    at: Time::from_secs(14),
    runs: &[&[("services", "3"), ("health", "failing"), ("used", "timeout,retry"), ("waits", "none")]],
    truth: |runs| Value::Number(runs[0].last("most")).into(),
}];

const MISPLACED: &[Reason] = &[
    ("judge-in-outage", "timeout-outside", |it| it.is_before("order", "timeout", "breaker")),
    ("judge-in-outage", "one-per-request", |it| it.is_before("order", "breaker", "retry")),
    ("judge-in-outage", "long-time", |it| it.number("timeout") > 0.9),
    ("judge-calm", "short-time", |it| it.number("timeout") < 0.25),
    ("judge-calm", "once-for-all", |it| it.is_before("order", "timeout", "retry")),
    ("judge-calm", "long-time", |it| it.number("timeout") > 0.9),
    ("judge-openings", "own-refusals", |it| it.is_before("order", "breaker", "bulkhead")),
    ("judge-openings", "own-refusals", |it| it.is_before("order", "breaker", "limiter")),
    ("judge-openings", "short-time", |it| it.number("timeout") < 0.6),
];

/// The incident: a timeout outside the breaker cancels what the breaker would count.
pub const REPAIRS: &[Challenge] = &[Challenge {
    id: "never-counted",
    seeds: 200,
    until: Time::from_secs(30),
    fixed: &[("health", "hung"), ("tries", "3"), ("waits", "jitter"), ("services", "1")],
    free: &["order", "timeout"],
    scripted_inputs: Vec::new,
    unit: Unit::Count,
    budget: f64::INFINITY,
    cost: |_| 0.0,
    pass: |outcome| {
        at_most(outcome, "in-outage", 45.0, stack::judge_in_outage)?;
        outcome.at_least("calm", 0.995, stack::judge_calm)?;
        at_most(outcome, "openings", 1.0, stack::judge_openings)
    },
    diagnose: |settings, runs| why(MISPLACED, settings, runs),
    reference: &[("order", "retry,limiter,bulkhead,breaker,timeout")],
    tempting: &[
        ("timeout-outside", &[("order", "retry,limiter,bulkhead,timeout,breaker")]),
        ("long-time", &[("order", "retry,limiter,bulkhead,breaker,timeout"), ("timeout", "5")]),
        ("once-for-all", &[("order", "breaker,timeout,retry,limiter,bulkhead")]),
        ("own-refusals", &[("order", "retry,breaker,limiter,timeout,bulkhead")]),
        ("one-per-request", &[("order", "limiter,bulkhead,breaker,retry,timeout")]),
        ("one-per-request", &[("order", "breaker,retry,limiter,bulkhead,timeout")]),
        ("short-time", &[("order", "retry,limiter,bulkhead,breaker,timeout"), ("timeout", "0.3")]),
    ],
    incident: Some(Incident { cause: "timeout-outside", at: Time::from_secs(12) }),
}];
