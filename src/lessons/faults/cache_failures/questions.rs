//! What is asked about the cache and the orders of writers.

use super::behind_the_cache::CACHE;
use crate::lessons::prelude::*;
use crate::player::InputKind;

messages! {
    /// Why a run of the cache fails.
    pub MESSAGES;
    judge_lost(lost: (f64, Unit), bound: (f64, Unit)); judge_slow(slow: (f64, Unit), bound: (f64, Unit));
    judge_stale(stale: (f64, Unit), bound: (f64, Unit)); judge_falls(falls: (f64, Unit), bound: (f64, Unit));
}

const CHANGES: [&str; 3] = ["falls", "stays", "rises"];
const ORDERS: [&str; 4] = ["write-first", "twice", "both", "lease"];

pub const OF_THE_CACHE: &[Prediction] = &[
    Prediction {
        id: "how-many-ask",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.15 },
        at: Time::from_secs(30),
        runs: &[&[("jitter", "50 %"), ("workers", "20")]],
        truth: |runs| Value::Number(runs[0].at("rush", Time::from_secs(30))).into(),
    },
    Prediction {
        id: "remember-no",
        answer_kind: AnswerKind::Choice(&CHANGES),
        at: Time::from_secs(6),
        runs: &[
            &[("attack", "300"), ("flight", "on"), ("ttl", "2min")],
            &[("attack", "300"), ("flight", "on"), ("ttl", "2min"), ("negative", "on")],
        ],
        truth: |runs| {
            let change = runs[1].mean("asked") / runs[0].mean("asked");
            let n = usize::from(change > 0.95) + usize::from(change > 1.05);
            Value::Choice(CHANGES[n].into()).into()
        },
    },
];

pub const OF_ORDERS: &[Prediction] = &[Prediction {
    id: "never-wrong",
    answer_kind: AnswerKind::Choice(&ORDERS),
    at: Time::ZERO,
    runs: steps!("order" in ["write-first", "twice", "both", "lease"]),
    truth: |runs| measured(runs, "wrong", RunOutcome::last).lowest(&ORDERS),
}];

fn front_page_changes() -> Vec<Input> {
    let change = InputKind::Act { action: "expire".into(), targets: vec![CACHE], arg: Value::None };
    vec![Input { at: Time::from_secs(5), change }]
}

const ALL_THREE: Challenge = Challenge {
    id: "all-three",
    seeds: 200,
    until: Time::from_secs(14),
    fixed: &[("attack", "2000"), ("ttl", "10s")],
    free: &["flight", "jitter", "filter", "negative", "stale", "early", "workers"],
    scripted_inputs: front_page_changes,
    unit: Unit::Money,
    budget: 42.0,
    cost: |settings| settings.price(&[("places", 0.004), ("filter", 1.0), ("workers", 2.0)]),
    pass: |outcome| {
        outcome.at_most("falls", 0.0, judge_falls)?;
        outcome.at_most("lost", 0.01, judge_lost)?;
        outcome.at_most("stale", 0.005, judge_stale)?;
        outcome.at_most("slow", 0.035, judge_slow)
    },
    diagnose: what_gets_through,
    reference: &[("flight", "on"), ("jitter", "50 %"), ("filter", "10"), ("early", "1")],
    tempting: &[
        ("more-workers", &[("workers", "60"), ("flight", "on")]),
        (
            "few-workers",
            &[("flight", "on"), ("jitter", "50 %"), ("filter", "8"), ("early", "1"), ("workers", "8")],
        ),
        ("remembered", &[("flight", "on"), ("jitter", "50 %"), ("early", "1"), ("negative", "on")]),
        ("no-filter", &[("flight", "on"), ("jitter", "50 %"), ("early", "1")]),
        ("small-filter", &[("flight", "on"), ("jitter", "50 %"), ("early", "1"), ("filter", "3")]),
        ("no-flight", &[("jitter", "50 %"), ("filter", "10")]),
        ("too-old", &[("flight", "on"), ("jitter", "50 %"), ("filter", "10"), ("stale", "10s")]),
        ("in-step", &[("flight", "on"), ("filter", "10"), ("early", "1")]),
        ("all-wait", &[("flight", "on"), ("jitter", "50 %"), ("filter", "10")]),
    ],
    incident: None,
};

fn what_gets_through(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let of = |id| settings.number(id);
    Some(match () {
        () if of("workers") > 20.0 => "more-workers",
        () if of("filter") == 0.0 && settings.is_on("negative") => "remembered",
        () if of("filter") == 0.0 => "no-filter",
        () if of("filter") < 7.0 => "small-filter",
        () if !settings.is_on("flight") => "no-flight",
        () if of("stale") > 0.0 => "too-old",
        () if of("early") == 0.0 => "all-wait",
        () if of("jitter") < 0.15 => "in-step",
        () if of("workers") < 10.0 => "few-workers",
        () => return None,
    })
}

/// The incident: what isn't there is remembered, and pushes out what is.
const PUSHED_OUT: Challenge = Challenge {
    id: "pushed-out",
    until: Time::from_secs(20),
    fixed: &[("attack", "400"), ("ttl", "1min"), ("flight", "on")],
    free: &["negative", "filter", "places", "workers"],
    scripted_inputs: Vec::new,
    budget: 36.0,
    pass: |outcome| {
        outcome.at_most("falls", 0.0, judge_falls)?;
        outcome.at_most("slow", 0.01, judge_slow)
    },
    diagnose: what_still_pushes,
    reference: &[("negative", "off"), ("filter", "6"), ("places", "2000")],
    tempting: &[
        ("pushed-out", &[("negative", "on"), ("places", "2000")]),
        ("just-forget", &[("places", "2000")]),
        ("bigger-cache", &[("negative", "on"), ("places", "4000")]),
        ("more-workers", &[("negative", "on"), ("places", "2000"), ("workers", "14")]),
    ],
    incident: Some(Incident { cause: "pushed-out", at: Time::from_secs(5) }),
    ..ALL_THREE
};

fn what_still_pushes(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let of = |id| settings.number(id);
    Some(match () {
        // With a filter, not every request for what doesn't exist is a query.
        () if of("filter") >= if settings.is_on("negative") { 4.0 } else { 1.0 } => return None,
        () if !settings.is_on("negative") => "just-forget",
        () if of("places") > 2_500.0 => "bigger-cache",
        () if of("workers") > 11.0 => "more-workers",
        () => "pushed-out",
    })
}

pub const JUDGED: &[Challenge] = &[ALL_THREE, PUSHED_OUT];
