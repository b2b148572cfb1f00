//! The mechanisms against outside truths: every suite passes, and no case passes whatever its expectations say.

use playground::oracle::claim::{self, Claim};
use playground::oracle::{self, Suite};
use serde_json::Value;
use std::path::{Path, PathBuf};

const FILES: [&str; 11] = [
    "01_load_balancing.json",
    "02_cache.json",
    "03_circuit_breaker.json",
    "04_rate_limiting.json",
    "05_retry_backoff.json",
    "06_overload.json",
    "07_queueing.json",
    "08_tcp_congestion.json",
    "09_consistency.json",
    "11_scheduling.json",
    "13_connection_pool.json",
];

/// Suites in these files for which there is no mechanism yet.
const NOT_YET: [&str; 4] =
    ["raft_majority_commit", "raft_majority_vote", "raft_joint_commit", "raft_joint_vote"];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles").join(name)
}

/// A number or text that is clearly another one.
fn shifted(value: &Value, up: bool) -> Value {
    let (factor, step) = if up { (1.1, 1.0) } else { (0.9, -1.0) };
    match value {
        Value::String(text) => {
            text.parse::<u64>().map_or_else(|_| format!("{text}?"), |n| (n ^ 1).to_string()).into()
        }
        Value::Bool(flag) => (!flag).into(),
        Value::Null => step.into(),
        value if value.is_i64() => (value.as_i64().unwrap() + step as i64).into(),
        value => {
            let number = value.as_f64().unwrap();
            (if number == 0.0 { step } else { number * factor }).into()
        }
    }
}

fn set(case: &Value, path: &str, value: Value) -> Value {
    let mut changed = case.clone();
    *changed.pointer_mut(&format!("/{path}")).unwrap() = value;
    changed
}

/// What the check of a case can't hear.
#[derive(Default)]
struct Hearing {
    /// Expectations that may say anything, and whatever else is wrong.
    complaints: Vec<String>,
    /// Whether there is a simulation, and it alone doesn't hear any expectation shifted by 10 %.
    simulation_is_deaf: Option<bool>,
}

/// Every expectation of a case, moved up and moved down, must be noticed; a bound at least one way.
fn hearing(suite: &Suite, case: &Value) -> Hearing {
    let measured = match (suite.measure)(oracle::case::Case(case)) {
        Ok(measured) => measured,
        Err(wrong) => return Hearing { complaints: vec![wrong], ..Hearing::default() },
    };
    let simulated = measured.simulated();
    let mut hearing = Hearing { complaints: measured.compare(case, suite.inputs), simulation_is_deaf: None };
    hearing
        .complaints
        .extend(measured.unread(case, suite.inputs).iter().map(|path| format!("`{path}` isn't read")));
    let mut checked = 0;
    for path in claim::expectations(case, suite.inputs) {
        let value = claim::at(case, &path).unwrap();
        let claims = measured.of(&path);
        if value.is_array() || claims.is_empty() || claims.contains(&Claim::Given) {
            continue;
        }
        checked += 1;
        // How far off a bound is says nothing: one that is far on the wrong side must be noticed.
        let bound = matches!(claims[0], Claim::AtLeast(_) | Claim::AtMost(_));
        let [up, down] = if bound {
            [1e12, -1e12].map(|far| set(case, &path, far.into()))
        } else if let Claim::Alike { .. } | Claim::Exact { relative: 0.05.., .. } = claims[0] {
            // The expectation is known to a few per cent only.
            [1.25, 0.75].map(|factor| set(case, &path, (value.as_f64().unwrap() * factor).into()))
        } else if let Claim::Exact { absolute: 1.0.., .. } = claims[0] {
            // The table that the expectation stands in may be off by one.
            [3, -3].map(|step| set(case, &path, (value.as_i64().unwrap() + step).into()))
        } else {
            [true, false].map(|up| set(case, &path, shifted(value, up)))
        };
        let noticed = [&up, &down].map(|case| !measured.compare(case, suite.inputs).is_empty());
        if !(noticed[0] && noticed[1] || bound && (noticed[0] || noticed[1])) {
            hearing.complaints.push(format!("`{path}` may be anything"));
        }
        if !simulated.of(&path).is_empty() {
            let about_it =
                |case| simulated.compare(case, suite.inputs).iter().any(|wrong| wrong.contains(&path));
            let deaf = !(about_it(&up) && about_it(&down));
            hearing.simulation_is_deaf = Some(deaf && hearing.simulation_is_deaf.unwrap_or(true));
        }
    }
    if checked == 0 {
        hearing.complaints.push("nothing is checked".to_owned());
    }
    hearing
}

#[test]
fn every_suite_passes_and_hears_every_expectation_that_is_shifted() {
    let mut complaints = Vec::new();
    let (mut simulations, mut deaf) = (0, Vec::new());
    for name in FILES {
        // Data files are not part of the project.
        let listed = oracle::read(&file(name)).unwrap();
        let runs =
            |it: &&oracle::Listed| !it.manual && it.data.is_none() && !NOT_YET.contains(&it.id.as_str());
        for listed in listed.iter().filter(runs) {
            let Some(suite) = oracle::suites().find(|suite| suite.id == listed.id) else {
                complaints.push(format!("{} is not known", listed.id));
                continue;
            };
            let heard = oracle::on_all_cores(&listed.cases, |case| hearing(suite, case));
            for (n, heard) in heard.into_iter().enumerate() {
                let of_case = format!("{} case {}", listed.id, n + 1);
                complaints.extend(heard.complaints.iter().map(|wrong| format!("{of_case}: {wrong}")));
                simulations += usize::from(heard.simulation_is_deaf.is_some());
                deaf.extend((heard.simulation_is_deaf == Some(true)).then_some(of_case));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    // Where what is measured is rare or a queue is nearly full, no run of sane length tells 10 %: a few cases.
    assert!(
        simulations > 100 && deaf.len() * 20 <= simulations,
        "{simulations} simulations, deaf are {deaf:?}"
    );
}

#[test]
fn what_cannot_be_judged_is_said_and_never_counted_as_passed() {
    let told = |text: &str| {
        let path = std::env::temp_dir().join(format!("oracle-{}-{}.json", std::process::id(), text.len()));
        std::fs::write(&path, text).unwrap();
        let mut out = Vec::new();
        let summary = oracle::run(std::slice::from_ref(&path), &[], &mut out).unwrap();
        std::fs::remove_file(path).unwrap();
        let neither = summary.skipped + summary.unknown + summary.unread;
        (String::from_utf8(out).unwrap(), summary.passed, summary.failed, neither)
    };
    let suite = |fields: &str, case: &str| format!("{{\"suites\":[{{\"id\":{fields},\"cases\":[{case}]}}]}}");
    for (text, says, passed, failed, neither) in [
        ("not JSON".to_owned(), "is not JSON", 0, 1, 0),
        ("{}".to_owned(), "has no list `suites`", 0, 1, 0),
        (suite("\"erlang_b\",\"manual\":true", "7"), "erlang_b: skipped, it is manual", 0, 0, 1),
        (suite("\"erlang_c\"", "7"), "erlang_c: not known", 0, 0, 1),
        (suite("\"erlang_b\",\"data\":\"none.bin\"", "7"), "skipped, its data none.bin", 0, 0, 1),
        (suite("\"erlang_b\"", "{\"servers\":1}"), "case 1: the field `erlangs` is missing", 0, 1, 0),
        (suite("\"erlang_b\"", "7"), "case 1: the field `servers` is missing", 0, 1, 0),
        (suite("\"erlang_b\"", "{\"servers\":1e9,\"erlangs\":1}"), "it can be 1 to 10000", 0, 1, 0),
        (
            suite("\"erlang_b\"", "{\"servers\":1,\"erlangs\":1,\"expect_blocking\":0.5,\"expect_waits\":0}"),
            "case 1: this program doesn't read `expect_waits` yet",
            0,
            0,
            1,
        ),
        (suite("\"erlang_b\"", "{\"servers\":1,\"erlangs\":1}"), "case 1: it expects nothing", 0, 1, 0),
        (
            suite("\"erlang_b\"", "{\"note\":\"any\",\"servers\":1,\"erlangs\":1,\"expect_blocking\":0.5}"),
            "erlang_b: 1 passed, 0 failed",
            1,
            0,
            0,
        ),
    ] {
        let (out, is_passed, is_failed, is_neither) = told(&text);
        assert!(out.contains(says), "{out}");
        assert_eq!((is_passed, is_failed, is_neither), (passed, failed, neither), "{out}");
    }
}
