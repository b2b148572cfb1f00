//! What is asked about the figures.

use super::{slow_dependency, stack};
use crate::lessons::prelude::*;
use crate::player::InputKind;

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

/// The price of what the shop's threads hold in memory, $1 for four.
fn memory(settings: &StartSettings) -> f64 {
    settings.price(&[("threads", 0.25)])
}

pub const CHALLENGES: &[Challenge] = &[Challenge {
    id: "keep-the-shop-open",
    seeds: 200,
    until: Time::from_secs(45),
    fixed: &[("health", "well")],
    free: &["threads", "bulkhead", "timeout", "breaker", "window", "threshold", "slow", "wait"],
    scripted_inputs: two_outages,
    unit: Unit::Money,
    budget: 6.0,
    cost: memory,
    pass: |outcome| {
        outcome.at_least("pages-so-far", 0.99, slow_dependency::judge_pages)?;
        outcome.at_most("back", 4.5, slow_dependency::judge_back)?;
        outcome.at_least("calm", 0.99, slow_dependency::judge_calm)?;
        outcome.at_most("false-alarms", 1.0, slow_dependency::judge_false_alarms)
    },
    diagnose: what_is_missing,
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
        ("long-wait", &[("breaker", "on"), ("timeout", "0.8"), ("wait", "30")]),
    ],
    incident: None,
}];

fn what_is_missing(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let number = |id: &str| settings.number(id);
    Some(match settings.is_on("breaker") {
        _ if memory(settings) > 6.0 => "more-threads",
        true if number("timeout") > 2.0 => "never-opens",
        true if number("timeout") < 0.4 => "short-timeout",
        true if number("window") < 8.0 => "open-at-once",
        true if number("wait") > 4.0 => "long-wait",
        false if number("timeout") < 10.0 => "timeout-alone",
        false if number("bulkhead") < number("threads") => "bulkhead-alone",
        _ => return None,
    })
}

pub const OF_THE_STACK: &[Prediction] = &[Prediction {
    id: "three-times-three",
    answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.02 },
    at: Time::from_secs(14),
    runs: &[&[("services", "3"), ("health", "failing"), ("used", "timeout,retry"), ("waits", "none")]],
    truth: |runs| Value::Number(runs[0].last("most")).into(),
}];

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
        outcome.at_most("in-outage", 45.0, stack::judge_in_outage)?;
        outcome.at_least("calm", 0.995, stack::judge_calm)?;
        outcome.at_most("openings", 1.0, stack::judge_openings)
    },
    diagnose: what_is_misplaced,
    reference: &[("order", "retry,limiter,bulkhead,breaker,timeout")],
    tempting: &[
        ("timeout-outside", &[("order", "retry,limiter,bulkhead,timeout,breaker")]),
        ("long-time", &[("order", "retry,limiter,bulkhead,breaker,timeout"), ("timeout", "5")]),
        ("once-for-all", &[("order", "breaker,timeout,retry,limiter,bulkhead")]),
        ("own-refusals", &[("order", "retry,breaker,limiter,timeout,bulkhead")]),
        ("one-per-request", &[("order", "limiter,bulkhead,breaker,retry,timeout")]),
    ],
    incident: Some(Incident { cause: "timeout-outside", at: Time::from_secs(12) }),
}];

fn what_is_misplaced(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let outside = |layer: &str, other: &str| settings.is_before("order", layer, other);
    Some(match () {
        () if outside("timeout", "breaker") => "timeout-outside",
        () if outside("timeout", "retry") => "once-for-all",
        () if outside("breaker", "bulkhead") || outside("breaker", "limiter") => "own-refusals",
        () if outside("breaker", "retry") => "one-per-request",
        () if settings.number("timeout") > 0.9 => "long-time",
        () => return None,
    })
}
