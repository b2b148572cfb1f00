//! What is asked about the six limiters and the fifty nodes.

use super::nodes;
use crate::lessons::prelude::*;
use crate::player::InputKind;

const PAIRS: [&str; 3] = ["bucket-gcra", "log-counter", "bucket-queue"];
const POLICIES: [&str; 3] = ["open", "closed", "share"];

pub const OF_SIX: &[Prediction] = &[
    Prediction {
        id: "two-alike",
        answer_kind: AnswerKind::Choice(&PAIRS),
        at: Time::from_secs(30),
        runs: &[&[("begins", "0.8")]],
        truth: |runs| {
            let apart = |one: &str, other: &str| -> f64 {
                let pairs = runs[0].series(one).zip(runs[0].series(other));
                pairs.map(|((_, a), (_, b))| (a - b).abs()).sum()
            };
            let apart = [apart("bucket", "gcra"), apart("log", "counter"), apart("bucket", "queue")];
            let least = (0..3).min_by(|a, b| apart[*a].total_cmp(&apart[*b])).unwrap_or(0);
            Value::Choice(PAIRS[least].into()).into()
        },
    },
    Prediction {
        id: "bucket-most",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.05 },
        at: Time::from_secs(30),
        runs: &[&[("bucket", "20"), ("burst", "0"), ("steady", "60")]],
        truth: |runs| Value::Number(runs[0].last("most")).into(),
    },
];

pub const OF_NODES: &[Prediction] = &[
    Prediction {
        id: "against-the-lag",
        answer_kind: AnswerKind::Curve {
            x: CurveAxis { unit: Unit::Time, from: 0.125, to: 1.375 },
            y: CurveAxis { unit: Unit::Rate, from: 0.0, to: 400.0 },
            tolerance: 0.1,
        },
        at: Time::from_secs(20),
        runs: steps!("lag" in ["0.125", "0.25", "0.375", "0.5", "0.625", "0.75", "0.875", "1", "1.125", "1.25", "1.375"]),
        truth: |runs| measured(runs, "passed", RunOutcome::mean).curve(),
    },
    Prediction {
        id: "store-dies",
        answer_kind: AnswerKind::Order(&POLICIES),
        at: Time::from_secs(20),
        runs: steps!("fails" in ["open", "closed", "share"], with [("sharing", "sync"), ("key", "client"), ("limit", "16"), ("store", "off")]),
        truth: |runs| measured(runs, "honest-so-far", RunOutcome::last).highest_first(),
    },
];

/// The store is down for ten seconds.
fn store_stops() -> Vec<Input> {
    let act = |secs, action: &str| Input {
        at: Time::from_secs(secs),
        change: InputKind::act(action, vec![nodes::STORE]),
    };
    vec![act(15, "kill"), act(25, "start")]
}

/// Messages a second between nodes and store: one for each call that comes, or one for each sync of a node.
fn messages(settings: &StartSettings) -> f64 {
    let calls = 48.0 + settings.number("flood");
    match () {
        () if settings.is("sharing", "store") => calls,
        () if settings.is("sharing", "sync") => settings.number("nodes") / settings.number("lag"),
        () => 0.0,
    }
}

fn useful(outcome: &RunOutcome, share: f64) -> Result<(), Failure> {
    outcome.at_least("honest-so-far", share, nodes::judge_honest)?;
    outcome.at_most("p99-so-far", 0.6, nodes::judge_p99)
}

pub const CHALLENGES: &[Challenge] = &[
    Challenge {
        id: "protect-the-backend",
        seeds: 200,
        until: Time::from_secs(40),
        fixed: &[("nodes", "50"), ("flood", "300")],
        free: &["sharing", "lag", "key", "limit", "fails"],
        scripted_inputs: store_stops,
        unit: Unit::Rate,
        budget: 380.0,
        cost: messages,
        pass: |outcome| useful(outcome, 0.95),
        diagnose: why_it_fails,
        reference: &[("sharing", "store"), ("key", "client"), ("limit", "18"), ("fails", "share")],
        tempting: &[
            ("one-for-all", &[("sharing", "store")]),
            ("each-alone", &[("sharing", "each"), ("key", "client"), ("limit", "18")]),
            ("small-shares", &[("sharing", "split"), ("key", "client"), ("limit", "18")]),
            ("lagging", &[("lag", "0.15"), ("key", "client"), ("limit", "18"), ("fails", "share")]),
            ("fails-open", &[("sharing", "store"), ("key", "client"), ("limit", "18"), ("fails", "open")]),
            (
                "fails-closed",
                &[("sharing", "store"), ("key", "client"), ("limit", "18"), ("fails", "closed")],
            ),
            ("too-strict", &[("sharing", "store"), ("key", "client"), ("limit", "8"), ("fails", "share")]),
            ("too-generous", &[("sharing", "store"), ("key", "client"), ("limit", "60"), ("fails", "share")]),
        ],
        incident: None,
    },
    Challenge {
        id: "a-piece-missing",
        seeds: 200,
        until: Time::from_secs(40),
        fixed: &[("nodes", "50"), ("key", "client"), ("flood", "100")],
        free: &["sharing", "lag", "limit"],
        scripted_inputs: Vec::new,
        unit: Unit::Rate,
        budget: 160.0,
        cost: messages,
        pass: |outcome| useful(outcome, 0.99),
        diagnose: |settings, _| {
            let limit = settings.number("limit");
            match () {
                () if settings.is("sharing", "split") && limit > 20.0 => Some("higher-limit"),
                () if settings.is("sharing", "split") => Some("small-shares"),
                () if settings.is("sharing", "each") => Some("each-alone"),
                () if settings.is("sharing", "sync") => Some("lagging"),
                () => None,
            }
        },
        reference: &[("sharing", "store"), ("limit", "20")],
        tempting: &[
            ("small-shares", &[("sharing", "split"), ("limit", "20")]),
            ("higher-limit", &[("sharing", "split"), ("limit", "60")]),
            ("each-alone", &[("sharing", "each"), ("limit", "20")]),
            ("lagging", &[("sharing", "sync"), ("limit", "20"), ("lag", "0.5")]),
        ],
        incident: Some(Incident { cause: "small-shares", at: Time::from_secs(20) }),
    },
];

fn why_it_fails(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let limit = settings.number("limit");
    Some(match () {
        () if settings.is("key", "all") => "one-for-all",
        () if settings.is("sharing", "each") => "each-alone",
        () if settings.is("sharing", "split") => "small-shares",
        () if limit < 16.0 => "too-strict",
        () if limit > 30.0 => "too-generous",
        () if settings.is("sharing", "sync") => "lagging",
        () if settings.is("fails", "open") => "fails-open",
        () if settings.is("fails", "closed") => "fails-closed",
        () => return None,
    })
}
