//! What is asked about the three tiers and the flash sale.

use super::{flash_sale, tiers};
use crate::lessons::prelude::*;

const CHANGES: [&str; 4] = ["threads", "connections", "async", "cores"];

pub const OF_TIERS: &[Prediction] = &[
    Prediction {
        id: "longest-wait",
        answer_kind: AnswerKind::Choice(&CHANGES),
        at: Time::from_secs(60),
        runs: &[&[("threads", "64")], &[("connections", "16")], &[("style", "async")], &[("cores", "6")]],
        truth: |runs| measured(runs, "mean", RunOutcome::mean).highest(&CHANGES),
    },
    Prediction {
        id: "the-knee",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Rate, from: 50.0, to: 250.0 },
            y: CurveAxis { unit: Unit::Time, from: 0.0, to: 1.0 },
            tolerance: 0.07,
        },
        at: Time::from_secs(60),
        runs: steps!("load" in ["50", "70", "90", "110", "130", "150", "170", "190", "210", "230", "250"]),
        truth: |runs| measured(runs, "mean", RunOutcome::mean).curve(),
    },
    Prediction {
        id: "threads-taken",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.25 },
        at: Time::from_secs(60),
        runs: &[&[("load", "160")]],
        truth: |runs| Value::Number(runs[0].mean("threads")).into(),
    },
];

pub const OF_THE_SALE: &[Prediction] = &[Prediction {
    id: "three-servers",
    answer_kind: AnswerKind::Number { unit: Unit::Share, tolerance: 0.05 },
    at: Time::from_secs(22),
    runs: &[&[("servers", "3")]],
    truth: |runs| Value::Number(runs[0].at("told", Time::from_secs(22))).into(),
}];

/// The incident: two connections pass 100 queries a second.
pub const REPAIRS: &[Challenge] = &[Challenge {
    id: "idle-database",
    seeds: 200,
    until: Time::from_secs(40),
    fixed: &[("load", "150")],
    free: &["threads", "connections", "cores", "style"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 52.0,
    cost: |settings| settings.price(&[("threads", 0.25), ("connections", 1.0), ("cores", 8.0)]),
    pass: |outcome| {
        outcome.at_most("refused", 0.5, tiers::judge_refused)?;
        outcome.at_most("p99", 0.5, tiers::judge_p99)
    },
    diagnose: what_is_still_narrow,
    reference: &[("threads", "32"), ("connections", "8"), ("cores", "4")],
    tempting: &[
        ("small-pool", &[("connections", "2")]),
        ("more-threads", &[("connections", "2"), ("threads", "64")]),
        ("more-cores", &[("connections", "2"), ("cores", "5")]),
        ("async-code", &[("connections", "2"), ("style", "async")]),
        ("few-cores", &[("cores", "3")]),
        ("few-threads", &[("threads", "3")]),
    ],
    incident: Some(Incident { cause: "small-pool", at: Time::from_secs(20) }),
}];

fn what_is_still_narrow(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let too = |more: &str, than| settings.number(more) > than;
    Some(match settings.is("style", "async") {
        _ if !too("threads", 3.0) => "few-threads",
        _ if too("connections", 3.0) => return (!too("cores", 3.0)).then_some("few-cores"),
        _ if too("cores", 4.0) => "more-cores",
        true => "async-code",
        false if too("threads", 32.0) => "more-threads",
        false => "small-pool",
    })
}

pub const CHALLENGES: &[Challenge] = &[Challenge {
    id: "six-hundred-times",
    seeds: 200,
    until: Time::from_secs(30),
    fixed: &[("load", "400")],
    free: &["stock", "rows", "servers", "queue"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 32.0,
    cost: |settings| {
        let memory = if settings.is("stock", "row") { 0.0 } else { 6.0 };
        memory + settings.price(&[("servers", 8.0), ("queue", 0.01), ("rows", 4.0)])
    },
    pass: |outcome| {
        outcome.at_most("oversold", 0.0, flash_sale::judge_oversold)?;
        outcome.at_least("told", 0.99, flash_sale::judge_told)?;
        outcome.at_most("p99", 1.0, flash_sale::judge_p99)
    },
    diagnose: what_is_narrow_now,
    reference: &[("stock", "counter"), ("servers", "2"), ("queue", "200")],
    tempting: &[
        ("more-servers", &[("servers", "3")]),
        ("long-queue", &[("queue", "1000")]),
        ("old-copy", &[("stock", "copy")]),
        ("too-few-servers", &[("stock", "counter"), ("servers", "1")]),
        ("more-rows", &[("rows", "4"), ("servers", "3")]),
        ("no-room", &[("stock", "counter"), ("servers", "2"), ("queue", "0")]),
    ],
    incident: None,
}];

fn what_is_narrow_now(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let too = |more: &str, than| settings.number(more) > than;
    Some(match settings.is("stock", "counter") {
        true if too("servers", 1.0) => return (!too("queue", 100.0)).then_some("no-room"),
        true => "too-few-servers",
        false if settings.is("stock", "copy") => "old-copy",
        false if too("rows", 1.0) => "more-rows",
        false if too("queue", 200.0) => "long-queue",
        false => "more-servers",
    })
}
