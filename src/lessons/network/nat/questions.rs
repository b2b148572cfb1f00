//! What is asked about two peers behind translators.

use super::two_peers;
use crate::lessons::prelude::*;

const SYMMETRIC: [(&str, &str); 2] = [("a-maps", "port"), ("a-filters", "port")];
const LOOSER: [&str; 3] = ["nothing", "filter-address", "map-address"];

pub const OF_PEERS: &[Prediction] = &[
    Prediction {
        id: "which-helps",
        answer_kind: AnswerKind::Choice(&LOOSER),
        at: Time::from_secs(12),
        runs: &[
            &[SYMMETRIC[0], SYMMETRIC[1]],
            &[SYMMETRIC[0], SYMMETRIC[1], ("b-filters", "address")],
            &[SYMMETRIC[0], SYMMETRIC[1], ("b-maps", "address")],
        ],
        truth: |runs| measured(runs, "heard", RunOutcome::last).highest(&LOOSER),
    },
    Prediction {
        id: "how-rarely",
        answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.05 },
        at: Time::from_secs(150),
        runs: &[&[("every", "29"), ("who", "both")]],
        truth: |runs| Value::Number(runs[0].last("keep-alives")).into(),
    },
];

/// Through a symmetric translator, and still there after two minutes; and the same as somebody on call meets it.
pub const OF_CALLS: &[Challenge] = &[
    Challenge {
        id: "a-call-that-lasts",
        seeds: 200,
        until: Time::from_secs(150),
        fixed: &[("a-maps", "port"), ("a-filters", "port"), ("lifetime", "30")],
        free: &["b-maps", "b-filters", "every", "who"],
        scripted_inputs: Vec::new,
        unit: Unit::Money,
        budget: 5.6,
        cost,
        pass: |outcome| {
            outcome.at_least("heard", 2.0, two_peers::judge_heard)?;
            outcome.at_least("delivered", 0.9, two_peers::judge_delivered)
        },
        diagnose: what_ends_the_call,
        reference: &[("b-filters", "address"), ("every", "28"), ("who", "both")],
        tempting: &[
            ("strict", &[("every", "28"), ("who", "both")]),
            ("forgotten", &[("b-filters", "address")]),
            ("one-sided", &[("b-filters", "address"), ("every", "28")]),
            ("too-rare", &[("b-filters", "address"), ("every", "60"), ("who", "both")]),
            ("too-often", &[("b-filters", "address"), ("every", "10"), ("who", "both")]),
        ],
        incident: None,
    },
    Challenge {
        id: "silent-after-a-while",
        seeds: 200,
        until: Time::from_secs(150),
        fixed: &[
            ("a-maps", "any"),
            ("a-filters", "port"),
            ("b-maps", "any"),
            ("b-filters", "port"),
            ("lifetime", "30"),
        ],
        free: &["every", "who"],
        scripted_inputs: Vec::new,
        unit: Unit::Money,
        budget: 4.6,
        cost,
        pass: |outcome| outcome.at_least("delivered", 0.9, two_peers::judge_delivered),
        diagnose: what_ends_the_call,
        reference: &[("every", "28"), ("who", "both")],
        tempting: &[
            ("forgotten", &[]),
            ("one-sided", &[("every", "28")]),
            ("too-rare", &[("every", "60"), ("who", "both")]),
            ("too-often", &[("every", "10"), ("who", "both")]),
        ],
        incident: Some(Incident { cause: "forgotten", at: Time::from_secs(120) }),
    },
];

/// A dollar for each keep-alive a minute, and what a filter exposes: an open door $3, one for known addresses $1.
fn cost(settings: &StartSettings) -> f64 {
    let senders = if settings.is("who", "both") { 2.0 } else { 1.0 };
    let exposed = [("any", 3.0), ("address", 1.0)];
    let exposed: f64 = exposed.iter().filter(|it| settings.is("b-filters", it.0)).map(|it| it.1).sum();
    senders * 60.0 / settings.number("every") + exposed
}

fn what_ends_the_call(settings: &StartSettings, _: &[TrialResult]) -> Option<&'static str> {
    let every = settings.number("every");
    let strict =
        settings.is("a-maps", "port") && (!settings.is("b-maps", "any") || settings.is("b-filters", "port"));
    Some(match every {
        _ if strict => "strict",
        every if every > 150.0 => "forgotten",
        every if every >= 30.0 => "too-rare",
        _ if !settings.is("who", "both") => "one-sided",
        every if every < 25.0 => "too-often",
        _ => return None,
    })
}
