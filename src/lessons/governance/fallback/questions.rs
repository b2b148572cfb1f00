//! What is asked about the page and the copies.

use super::page;
use crate::lessons::prelude::*;
use crate::player::InputKind;

const OUTCOMES: [&str; 3] = ["nothing", "only-prices", "both"];

pub const OF_THE_PAGE: &[Prediction] = &[Prediction {
    id: "who-suffers",
    answer_kind: AnswerKind::Choice(&OUTCOMES),
    at: Time::from_secs(20),
    runs: &[&[("down", "prices"), ("price", "database")]],
    truth: |runs| {
        // No price, no order: and if the queue is the reason, search is in the same one.
        let (orders, load) = (runs[0].mean("orders"), runs[0].mean("database"));
        let which = match (orders < 0.5, load > 1.0) {
            (false, _) => OUTCOMES[0],
            (true, false) => OUTCOMES[1],
            (true, true) => OUTCOMES[2],
        };
        Value::Choice(which.into()).into()
    },
}];

pub const OF_COPIES: &[Prediction] = &[
    Prediction {
        id: "half-wrong",
        answer_kind: AnswerKind::Number { unit: Unit::Time, tolerance: 0.15 },
        at: Time::from_secs(60),
        runs: &[],
        truth: |runs| {
            let half = runs[0].series("stock-wrong").find(|(_, share)| *share >= 0.5);
            Value::Number(half.map_or(f64::NAN, |(at, _)| at.secs())).into()
        },
    },
    Prediction {
        id: "how-long-it-stays",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Time, from: 10.0, to: 60.0 },
            y: CurveAxis { unit: Unit::Share, from: 0.0, to: 1.0 },
            tolerance: 0.08,
        },
        at: Time::from_secs(20),
        runs: crate::steps!("stock-life" in ["10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "60"]),
        truth: |runs| measured(runs, "stock-wrong", RunOutcome::last).curve(),
    },
];

fn down(at: u64, service: &str) -> Input {
    let change = InputKind::Set { control: "down".into(), value: Value::Choice(service.into()) };
    Input { at: Time::from_secs(at), change }
}

/// What keeps a shop open through an outage.
fn kept(outcome: &RunOutcome) -> Result<(), Failure> {
    outcome.at_most("gone", 0.005, page::judge_gone)?;
    outcome.at_most("wrong-prices", 0.001, page::judge_wrong)?;
    let (peak, at) = outcome.worst("database");
    if peak > 1.0 {
        return Err(Failure { why: page::judge_load((peak, Unit::Share), (1.0, Unit::Share)), at });
    }
    outcome.at_least("outage", 0.95, page::judge_outage)
}

const BUDGET: f64 = 15.0;

/// Cores by the day, and the fallbacks that have to be tried once in so many days.
fn price(settings: &StartSettings) -> f64 {
    let paths = FEATURES.iter().filter(|of| !settings.is(of, "nothing")).count() as f64;
    settings.number("cores") * 10.0 + paths / settings.number("unused")
}

const FEATURES: [&str; 5] = ["price", "stock", "search", "for-you", "payment"];

/// Fallbacks that fail, each with what it is: the first that a setting has is why it fails. Of controls that aren't free only
/// the default is seen here.
const FAULTS: &[(&str, &[(&str, &str)])] = &[
    ("stale-stock", &[("stock", "copy"), ("stock", "default")]),
    ("ask-the-database", &[("price", "database"), ("stock", "database")]),
    ("list-price", &[("price", "default")]),
    ("price-later", &[("price", "later")]),
    ("fail-fast", &[("price", "nothing"), ("stock", "nothing"), ("payment", "nothing")]),
    ("taken-as-paid", &[("payment", "copy"), ("payment", "default"), ("payment", "database")]),
    (
        "search-lost",
        &[("search", "default"), ("search", "database"), ("search", "later"), ("search", "nothing")],
    ),
];

fn fault(settings: &StartSettings, faults: &[&'static str]) -> Option<&'static str> {
    let has = |of: &&(&str, &[(&str, &str)])| of.1.iter().any(|(id, option)| settings.is(id, option));
    if settings.number("cores") > 1.0 {
        return Some("more-cores");
    }
    let found = FAULTS.iter().filter(|of| faults.contains(&of.0)).find(has).map(|of| of.0);
    found.or((settings.number("unused") > 2.0).then_some("never-tried"))
}

pub const CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "four-outages",
        seeds: 200,
        until: Time::from_secs(90),
        fixed: &[],
        free: &["price", "stock", "search", "for-you", "payment", "unused", "cores"],
        scripted_inputs: || {
            vec![
                down(8, "prices"),
                down(22, "none"),
                down(28, "stock"),
                down(42, "none"),
                down(48, "database"),
                down(62, "none"),
                down(68, "payments"),
                down(82, "none"),
            ]
        },
        unit: Unit::Money,
        budget: BUDGET,
        cost: price,
        pass: kept,
        diagnose: |settings, _| {
            fault(
                settings,
                &[
                    "stale-stock",
                    "ask-the-database",
                    "list-price",
                    "price-later",
                    "fail-fast",
                    "taken-as-paid",
                    "search-lost",
                ],
            )
        },
        reference: &[("stock", "later"), ("for-you", "nothing"), ("payment", "later"), ("unused", "1")],
        tempting: &[
            ("stale-stock", &[("unused", "1")]),
            (
                "ask-the-database",
                &[("price", "database"), ("stock", "database"), ("payment", "later"), ("unused", "1")],
            ),
            (
                "more-cores",
                &[
                    ("price", "database"),
                    ("stock", "database"),
                    ("payment", "later"),
                    ("unused", "1"),
                    ("cores", "2"),
                ],
            ),
            (
                "list-price",
                &[("price", "default"), ("stock", "later"), ("payment", "later"), ("unused", "1")],
            ),
            ("price-later", &[("price", "later"), ("stock", "later"), ("payment", "later"), ("unused", "1")]),
            (
                "fail-fast",
                &[
                    ("price", "nothing"),
                    ("stock", "nothing"),
                    ("search", "nothing"),
                    ("for-you", "nothing"),
                    ("payment", "nothing"),
                ],
            ),
            ("taken-as-paid", &[("stock", "later"), ("unused", "1")]),
            (
                "search-lost",
                &[("stock", "later"), ("search", "default"), ("payment", "later"), ("unused", "1")],
            ),
            ("never-tried", &[("stock", "later"), ("payment", "later"), ("unused", "30")]),
        ],
        incident: None,
    },
    Challenge {
        id: "prices-then-search",
        seeds: 200,
        until: Time::from_secs(60),
        fixed: &[("search", "copy"), ("for-you", "nothing"), ("payment", "later")],
        free: &["price", "stock", "unused", "cores"],
        scripted_inputs: || vec![down(10, "prices"), down(28, "none"), down(36, "stock"), down(54, "none")],
        unit: Unit::Money,
        budget: BUDGET,
        cost: price,
        pass: kept,
        diagnose: |settings, _| {
            fault(settings, &["ask-the-database", "stale-stock", "list-price", "price-later", "fail-fast"])
        },
        reference: &[("price", "copy"), ("stock", "later"), ("unused", "1")],
        tempting: &[
            ("ask-the-database", &[("price", "database"), ("stock", "database"), ("unused", "1")]),
            ("more-cores", &[("price", "database"), ("stock", "database"), ("unused", "1"), ("cores", "2")]),
            ("stale-stock", &[("price", "copy"), ("stock", "copy"), ("unused", "1")]),
            ("fail-fast", &[("price", "nothing"), ("stock", "nothing")]),
            ("list-price", &[("price", "default"), ("stock", "later"), ("unused", "1")]),
            ("price-later", &[("price", "later"), ("stock", "later"), ("unused", "1")]),
            ("never-tried", &[("price", "copy"), ("stock", "later"), ("unused", "90")]),
        ],
        incident: Some(Incident { cause: "ask-the-database", at: Time::from_secs(18) }),
    },
];
