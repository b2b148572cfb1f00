//! What is asked about the figures.

use super::{heal, register};
use crate::lessons::prelude::*;
use crate::player::{FAILURES, InputKind};

pub const OF_THE_REGISTER: &[Prediction] = &[
    Prediction {
        id: "who-waits",
        answer_kind: AnswerKind::Order(&["anywhere", "quorum", "majority"]),
        at: Time::from_secs(30),
        runs: steps!("mode" in ["anywhere", "quorum", "majority"]),
        truth: |runs| measured(runs, "time", RunOutcome::mean).lowest_first(),
    },
    Prediction {
        id: "the-bridge",
        answer_kind: AnswerKind::Choice(&["meets", "refuses", "contradicts"]),
        at: Time::from_secs(90),
        runs: PARTIAL_WRITES,
        truth: |runs| {
            let happens = |reading| runs.iter().any(|run| run.last(reading) > 0.0);
            let found = match (happens("broken"), happens("refused")) {
                (true, _) => "contradicts",
                (_, true) => "refuses",
                _ => "meets",
            };
            let seen_at = runs.iter().map(|run| run.above("broken", 0.0)).collect();
            crate::player::Truth { seen_at, ..Value::Choice(found.into()).into() }
        },
    },
];

/// Three of five read and three of five written; and what A writes gets no further than B, who reaches everybody.
/// A single run shows nothing under a few seeds, so there are three.
pub const PARTIAL_WRITES: &[Setting] = &[
    &[("writes", "20 %"), ("mode", "quorum"), ("network", "bridge"), ("rate", "5/s")],
    &[("writes", "10 %"), ("mode", "quorum"), ("network", "bridge"), ("rate", "5/s")],
    &[("writes", "15 %"), ("mode", "quorum"), ("network", "bridge"), ("rate", "5/s")],
];

pub const OF_THE_SHOP: &[Prediction] = &[Prediction {
    id: "twice-the-balance",
    answer_kind: AnswerKind::Number { unit: Unit::Money, tolerance: 0.3 },
    at: Time::from_secs(30),
    runs: &[&[("account", "merge"), ("network", "two")]],
    truth: |runs| Value::Number(runs[0].last("overdrawn")).into(),
}];

const OFTEN: (&str, &str) = ("repair", "2 s");

pub const CHALLENGES: &[Challenge] = &[Challenge {
    id: "account-cart-likes",
    seeds: 200,
    until: Time::from_secs(20),
    fixed: &[],
    free: &["account", "carts", "likes", "repair"],
    scripted_inputs: cut_of_eight_seconds,
    unit: Unit::Money,
    budget: 85.0,
    cost: |settings| {
        let prices = [("majority", 10.0), ("siblings", 20.0), ("merge", 40.0)];
        let price = |thing| prices.iter().find(|it| settings.is(thing, it.0)).map_or(0.0, |it| it.1);
        let things: f64 = heal::Thing::ALL.iter().map(|thing| price(thing.id())).sum();
        things + 20.0 / settings.number("repair")
    },
    pass: |outcome| {
        outcome.at_most("overdrawn", 0.0, heal::judge_overdrawn)?;
        outcome.at_most("lost", 0.0, heal::judge_lost)?;
        outcome.at_least("answered", 0.99, heal::judge_answered)?;
        outcome.at_most("converge", 6.0, heal::judge_converge)
    },
    diagnose: what_went_wrong,
    reference: &[("account", "majority"), ("carts", "siblings"), ("likes", "merge"), ("repair", "2 s")],
    tempting: &[
        ("all-last", &[]),
        ("all-majority", &[("account", "majority"), ("carts", "majority"), ("likes", "majority")]),
        ("account-accepts", &[("carts", "siblings"), ("likes", "merge"), OFTEN]),
        ("likes-siblings", &[("account", "majority"), ("carts", "siblings"), ("likes", "siblings"), OFTEN]),
        ("carts-last", &[("account", "majority"), ("likes", "merge"), OFTEN]),
        ("too-dear", &[("account", "majority"), ("carts", "merge"), ("likes", "merge"), OFTEN]),
        // It is too dear as well, but doesn't work.
        ("too-slow", &[("account", "majority"), ("carts", "merge"), ("likes", "merge")]),
    ],
    incident: None,
}];

fn cut_of_eight_seconds() -> Vec<Input> {
    let turn = |at, to: &str| {
        let (control, value) = ("network".to_owned(), Value::Choice(to.to_owned()));
        Input { at: Time::from_secs(at), change: InputKind::Set { control, value } }
    };
    vec![turn(3, "two"), turn(11, "whole")]
}

fn what_went_wrong(settings: &StartSettings, tried: &[TrialResult]) -> Option<&'static str> {
    let is = |thing, rule| settings.is(thing, rule);
    // Then it is the budget alone.
    let works = tried.iter().filter(|it| it.failed.is_some()).count() <= FAILURES;
    let all = |rule| ["account", "carts", "likes"].iter().all(|thing| is(thing, rule));
    Some(match () {
        () if all("last") => "all-last",
        () if is("carts", "majority") || is("likes", "majority") => "all-majority",
        () if !is("account", "majority") => "account-accepts",
        () if is("carts", "last") || is("likes", "last") => "carts-last",
        () if is("likes", "siblings") => "likes-siblings",
        () if !works => "too-slow",
        () if is("carts", "merge") => "too-dear",
        () => return None,
    })
}

/// The incident: R + W ≤ N.
pub const REPAIRS: &[Challenge] = &[Challenge {
    id: "prices-of-a-moment-ago",
    seeds: 200,
    until: Time::from_secs(15),
    fixed: &[("mode", "quorum"), ("network", "two"), ("writes", "50 %"), ("rate", "3/s"), ("skew", "0 s")],
    free: &["n", "r", "w"],
    scripted_inputs: Vec::new,
    unit: Unit::Money,
    budget: f64::INFINITY,
    cost: |_| 0.0,
    pass: |outcome| {
        outcome.at_most("broken", 0.0, register::judge_broken)?;
        outcome.at_least("answered", 0.6, register::judge_answered)
    },
    diagnose: what_is_missed,
    reference: &[("n", "5"), ("r", "3"), ("w", "3")],
    tempting: &[
        ("sets-miss", &[("n", "5"), ("r", "1"), ("w", "1")]),
        ("read-all", &[("n", "5"), ("r", "5"), ("w", "1")]),
        ("write-all", &[("n", "5"), ("r", "1"), ("w", "5")]),
        ("fewer", &[("n", "3"), ("r", "2"), ("w", "2")]),
    ],
    incident: Some(Incident { cause: "sets-miss", at: Time::from_secs(8) }),
}];

fn what_is_missed(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let n = settings.number("n");
    let [r, w] = ["r", "w"].map(|id| settings.number(id).min(n));
    // How many of the N the side with more of them has.
    let reached = if n < 5.0 { 2.0 } else { 3.0 };
    Some(match () {
        () if r + w <= n => "sets-miss",
        // Where neither is answered, no read finds a write half done.
        () if r > reached => "read-all",
        () if w > reached => "write-all",
        () if n < 5.0 => "fewer",
        () => return None,
    })
}
