//! The mechanisms against outside truths: every suite passes, and no case passes whatever its expectations say.

use playground::oracle::claim::{self, Claim};
use playground::oracle::{self, Suite};
use serde_json::Value;
use std::path::{Path, PathBuf};

const FILES: [&str; 2] = ["01_load_balancing.json", "07_queueing.json"];

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

/// Every expectation of a case, moved up and moved down, must be noticed; a bound at least one way.
fn deaf_to(suite: &Suite, case: &Value) -> Vec<String> {
    let measured = match (suite.measure)(oracle::case::Case(case)) {
        Ok(measured) => measured,
        Err(wrong) => return vec![wrong],
    };
    let mut deaf: Vec<String> = measured.compare(case, suite.inputs);
    let mut checked = 0;
    for path in claim::expectations(case, suite.inputs) {
        let value = claim::at(case, &path).unwrap();
        let claims = measured.of(&path);
        if value.is_array() || claims.is_empty() || claims.contains(&Claim::Given) {
            continue;
        }
        checked += 1;
        let noticed = |up| !measured.compare(&set(case, &path, shifted(value, up)), suite.inputs).is_empty();
        let bound = matches!(claims[0], Claim::AtLeast(_) | Claim::AtMost(_));
        if !(noticed(true) && noticed(false) || bound && (noticed(true) || noticed(false))) {
            deaf.push(format!("`{path}` may be anything"));
        }
    }
    if checked == 0 {
        deaf.push("nothing is checked".to_owned());
    }
    deaf
}

#[test]
fn every_suite_passes_and_hears_every_expectation_that_is_shifted() {
    let mut complaints = Vec::new();
    for name in FILES {
        for listed in oracle::read(&file(name)).unwrap().iter().filter(|listed| !listed.manual) {
            let Some(suite) = oracle::suites().find(|suite| suite.id == listed.id) else {
                complaints.push(format!("{} is not known", listed.id));
                continue;
            };
            let deaf = oracle::on_all_cores(&listed.cases, |case| deaf_to(suite, case));
            for (n, wrong) in deaf.iter().enumerate() {
                complaints.extend(wrong.iter().map(|wrong| format!("{} case {}: {wrong}", listed.id, n + 1)));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
