//! What is asked about the three figures.

use super::{heal, partial};
use crate::lessons::prelude::*;

pub const OF_THE_REGISTER: &[Prediction] = &[
    Prediction {
        id: "who-waits",
        answer_kind: AnswerKind::Order(&["anywhere", "plain", "majority"]),
        at: Time::from_secs(30),
        runs: steps!("mode" in ["anywhere", "plain", "majority"]),
        truth: |runs| measured(runs, "time", RunOutcome::mean).lowest_first(),
    },
    Prediction {
        id: "the-bridge",
        answer_kind: AnswerKind::Choice(&["meets", "refuses", "contradicts"]),
        at: Time::from_secs(60),
        runs: &[PARTIAL_WRITES],
        truth: |runs| {
            let happens = |reading| runs[0].last(reading) > 0.0;
            let found = match (happens("broken"), happens("refused")) {
                (true, _) => "contradicts",
                (_, true) => "refuses",
                _ => "meets",
            };
            Value::Choice(found.into()).into()
        },
    },
];

/// Three of five read and three of five written; and what A writes gets no further than B, who reaches everybody.
pub const PARTIAL_WRITES: &[(&str, &str)] =
    &[("mode", "plain"), ("network", "bridge"), ("rate", "5/s"), ("writes", "15 %")];

pub const OF_THE_SHOP: &[Prediction] = &[Prediction {
    id: "twice-the-balance",
    answer_kind: AnswerKind::Number { unit: Unit::Money, tolerance: 0.3 },
    at: Time::from_secs(30),
    runs: &[&[("how", "account:merge,carts:last,likes:last"), ("outage", "12 s")]],
    truth: |runs| Value::Number(runs[0].last("overdrawn")).into(),
}];

pub const CHALLENGES: &[Challenge] = &[Challenge {
    id: "account-cart-likes",
    seeds: 200,
    until: Time::from_secs(20),
    fixed: &[("outage", "8 s"), ("rate", "1.5/s"), ("skew", "0.2 s")],
    free: &["how", "handoff", "repair"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 85.0,
    cost: |settings| {
        let price = |thing| {
            let prices = [("majority", 10.0), ("last", 0.0), ("siblings", 20.0), ("merge", 40.0)];
            let rule = prices.iter().find(|(rule, _)| settings.is_in("how", thing, rule));
            rule.map_or(0.0, |(_, price)| *price)
        };
        let handoff = if settings.is_on("handoff") { 10.0 } else { 0.0 };
        let things: f64 = heal::Thing::ALL.iter().map(|thing| price(thing.id())).sum();
        things + handoff + 50.0 / settings.number("repair")
    },
    pass: |outcome| {
        outcome.at_most("overdrawn", 0.0, heal::judge_overdrawn)?;
        outcome.at_most("lost", 0.0, heal::judge_lost)?;
        outcome.at_least("answered", 0.99, heal::judge_answered)?;
        outcome.at_most("converge", 2.0, heal::judge_converge)
    },
    diagnose: what_went_wrong,
    reference: &[
        ("how", "account:majority,carts:siblings,likes:merge"),
        ("handoff", "on"),
        ("repair", "60 s"),
    ],
    tempting: &[
        ("all-last", &[("how", "account:last,carts:last,likes:last")]),
        ("all-majority", &[("how", "account:majority,carts:majority,likes:majority")]),
        ("account-accepts", &[("how", "account:siblings,carts:siblings,likes:merge")]),
        ("likes-siblings", &[("how", "account:majority,carts:siblings,likes:siblings")]),
        ("carts-last", &[("how", "account:majority,carts:last,likes:merge")]),
        ("too-dear", &[("how", "account:majority,carts:merge,likes:merge")]),
        ("too-slow", &[("how", "account:majority,carts:siblings,likes:merge"), ("handoff", "off")]),
    ],
    incident: None,
}];

fn what_went_wrong(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let is = |thing, rule| settings.is_in("how", thing, rule);
    let all = |rule| ["account", "carts", "likes"].iter().all(|thing| is(thing, rule));
    Some(match () {
        () if all("last") => "all-last",
        () if is("carts", "majority") || is("likes", "majority") => "all-majority",
        () if !is("account", "majority") => "account-accepts",
        () if is("carts", "last") || is("likes", "last") => "carts-last",
        () if is("likes", "siblings") => "likes-siblings",
        () if is("carts", "merge") => "too-dear",
        () if !settings.is_on("handoff") => "too-slow",
        () => return None,
    })
}

pub const OF_QUORUMS: &[Prediction] = &[Prediction {
    id: "one-of-three",
    answer_kind: AnswerKind::Number { unit: Unit::Share, tolerance: 0.07 },
    at: Time::from_secs(40),
    runs: &[&[("spread", "off"), ("delay", "2 ms")]],
    truth: |runs| Value::Number(runs[0].last("stale")).into(),
}];

/// The incident: R + W ≤ N.
pub const REPAIRS: &[Challenge] = &[Challenge {
    id: "prices-of-a-moment-ago",
    seeds: 200,
    until: Time::from_secs(25),
    fixed: &[("up", "95 %")],
    free: &["n", "r", "w"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: 30.0,
    cost: |settings| settings.price(&[("n", 10.0)]),
    pass: |outcome| {
        outcome.at_most("stale", 0.001, partial::judge_stale)?;
        outcome.at_least("reads", 0.965, partial::judge_answered)?;
        outcome.at_least("writes", 0.965, partial::judge_answered)
    },
    diagnose: what_is_missed,
    reference: &[("n", "3"), ("r", "2"), ("w", "2")],
    tempting: &[
        ("sets-miss", &[("n", "3"), ("r", "1"), ("w", "1")]),
        ("read-all", &[("n", "3"), ("r", "3"), ("w", "1")]),
        ("write-all", &[("n", "3"), ("r", "1"), ("w", "3")]),
        ("one-replica", &[("n", "1"), ("r", "1"), ("w", "1")]),
        ("five", &[("n", "5"), ("r", "3"), ("w", "3")]),
    ],
    incident: Some(Incident { cause: "sets-miss", at: Time::from_secs(8) }),
}];

fn what_is_missed(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let n = settings.number("n");
    let [r, w] = ["r", "w"].map(|id| settings.number(id).min(n));
    Some(match () {
        () if n > 3.0 => "five",
        () if n < 2.0 => "one-replica",
        () if r + w <= n => "sets-miss",
        () if w >= n => "write-all",
        () if r >= n => "read-all",
        () => return None,
    })
}
