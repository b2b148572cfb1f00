//! What is asked about the server.

use super::server;
use crate::lessons::prelude::*;
use crate::player::InputKind;

const RETURNS: [&str; 3] = ["at-once", "after-the-backlog", "never"];
/// A server whose goodput is at least this has come back: 70 a second are wanted.
const BACK: f64 = 50.0;

pub const PREDICTIONS: &[Prediction] = &[
    Prediction {
        id: "short-line",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Rate, from: 20.0, to: 320.0 },
            y: CurveAxis { unit: Unit::Rate, from: 0.0, to: 120.0 },
            tolerance: 0.08,
        },
        at: Time::from_secs(40),
        runs: steps!("load" in ["20", "50", "80", "110", "140", "170", "200", "230", "260", "290", "320"],
            with [("course", "steady"), ("room", "20")]),
        truth: |runs| measured(runs, "answered", RunOutcome::mean).curve(),
    },
    Prediction {
        id: "after-the-stall",
        answer_kind: AnswerKind::Choice(&RETURNS),
        at: Time::from_secs(60),
        runs: &[&[("course", "stall"), ("load", "70")]],
        truth: |runs| {
            let is_back = |secs| runs[0].at("answered", Time::from_secs(secs)) >= BACK;
            let when = [is_back(16), is_back(58)].iter().position(|&back| back).unwrap_or(2);
            Value::Choice(RETURNS[when].into()).into()
        },
    },
    Prediction {
        id: "how-many-tries",
        answer_kind: AnswerKind::Number { unit: Unit::Rate, tolerance: 0.15 },
        at: Time::from_secs(60),
        runs: &[&[("course", "steady"), ("load", "300"), ("guard", "adaptive"), ("throttle", "on")]],
        truth: |runs| Value::Number(runs[0].mean("asked")).into(),
    },
];

/// What the parts of a protection cost: a worker in machines, the rest in upkeep.
const PRICES: [(&str, f64); 2] = [("workers", 10.0), ("room", 0.01)];
const BUDGET: f64 = 53.0;
/// A longer line than this is a wait of most of a second, if one isn't first.
const SHORT: f64 = 25.0;
/// And one longer than this is a wait that clients don't have the patience for.
const LONG: f64 = 90.0;

fn price(settings: &StartSettings) -> f64 {
    let guards = [("expired", 2.0), ("newest", 1.0), ("codel", 2.0), ("adaptive", 4.0)];
    let guard: f64 = guards.iter().filter(|(guard, _)| settings.is("guard", guard)).map(|it| it.1).sum();
    let flag = |id: &str, price: f64| if settings.is_on(id) { price } else { 0.0 };
    settings.price(&PRICES) + guard + flag("throttle", 5.0) + flag("important", 2.0)
}

/// Three times what the server can do, for twenty seconds.
fn a_rush() -> Vec<Input> {
    let load = |secs, load: f64| Input {
        at: Time::from_secs(secs),
        change: InputKind::Set { control: "load".into(), value: Value::Number(load) },
    };
    vec![load(8, 300.0), load(28, 70.0)]
}

fn what_is_missing(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let is = |guard: &str| settings.is("guard", guard);
    let (workers, short) = (settings.number("workers"), settings.number("room") <= SHORT);
    Some(match settings.is_on("throttle") {
        _ if workers > 4.0 => "more-workers",
        _ if workers < 4.0 => "few-workers",
        false if is("nothing") && !short => "unprotected",
        false => "refusals-cost",
        true if is("nothing") && settings.number("room") > LONG => "throttle-alone",
        true if is("newest") || is("expired") && !short => "late-answers",
        true if !settings.is_on("important") => "who-matters",
        true if is("codel") || is("nothing") && !short => "behind-checkouts",
        true if price(settings) > BUDGET => "too-dear",
        true => return None,
    })
}

/// What a night costs: machines, and a new release of the server.
fn tonight(settings: &StartSettings) -> f64 {
    settings.price(&[("workers", 10.0)]) + if settings.is("guard", "nothing") { 0.0 } else { 20.0 }
}

fn what_still_holds(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let (room, patience) = (settings.number("room"), settings.number("patience"));
    Some(match settings.number("workers") {
        _ if !settings.is("guard", "nothing") => "new-release",
        workers if workers > 4.0 => "more-workers",
        workers if workers < 4.0 => "few-workers",
        _ if settings.number("retries") < 1.0 => "no-retries",
        _ if room <= LONG / 2.0 => return None,
        _ if patience > 2.0 => "long-patience",
        _ => "kept-by-retries",
    })
}

pub const CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "three-times",
        seeds: 200,
        until: Time::from_secs(45),
        fixed: &[("course", "steady"), ("load", "70"), ("retries", "2"), ("patience", "1")],
        free: &["guard", "room", "throttle", "important", "workers"],
        scripted_inputs: a_rush,
        unit: Unit::Money,
        budget: BUDGET,
        cost: price,
        pass: |outcome| {
            outcome.at_least("overload", 0.9, server::judge_overload)?;
            outcome.at_least("overload-checkouts", 0.95, server::judge_checkouts)?;
            outcome.at_most("p99-so-far", 1.0, server::judge_p99)?;
            outcome.at_least("calm", 0.95, server::judge_calm)
        },
        diagnose: what_is_missing,
        reference: &[("room", "10"), ("throttle", "on"), ("important", "on")],
        tempting: &[
            ("unprotected", &[]),
            ("more-workers", &[("workers", "5")]),
            (
                "few-workers",
                &[("workers", "2"), ("guard", "adaptive"), ("throttle", "on"), ("important", "on")],
            ),
            ("refusals-cost", &[("guard", "adaptive"), ("room", "100")]),
            ("refusals-cost", &[("room", "20"), ("important", "on")]),
            ("throttle-alone", &[("throttle", "on")]),
            (
                "late-answers",
                &[("guard", "newest"), ("room", "100"), ("throttle", "on"), ("important", "on")],
            ),
            ("who-matters", &[("guard", "adaptive"), ("room", "100"), ("throttle", "on")]),
            ("behind-checkouts", &[("room", "40"), ("throttle", "on"), ("important", "on")]),
            ("too-dear", &[("guard", "adaptive"), ("throttle", "on"), ("important", "on")]),
        ],
        incident: None,
    },
    Challenge {
        id: "trapped",
        seeds: 200,
        until: Time::from_secs(45),
        fixed: &[("course", "stall"), ("load", "70")],
        free: &["room", "retries", "patience", "guard", "workers"],
        scripted_inputs: Vec::new,
        unit: Unit::Money,
        budget: 50.0,
        cost: tonight,
        pass: |outcome| {
            outcome.at_least("calm", 0.99, server::judge_calm)?;
            outcome.at_most("p99-so-far", 1.0, server::judge_p99)
        },
        diagnose: what_still_holds,
        reference: &[("room", "20")],
        tempting: &[
            ("kept-by-retries", &[]),
            ("more-workers", &[("workers", "5")]),
            ("few-workers", &[("workers", "2"), ("room", "20")]),
            ("no-retries", &[("retries", "0")]),
            ("long-patience", &[("patience", "5")]),
            ("new-release", &[("guard", "adaptive")]),
        ],
        incident: Some(Incident { cause: "kept-by-retries", at: Time::from_secs(30) }),
    },
];
