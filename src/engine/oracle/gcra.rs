//! The suite about GCRA. Its cases are the steps of one limiter, whose parameters stand beside them.

use super::Suite;
use super::case::Case;
use super::claim::Measured;
use crate::mechanism::limiter::Gcra;
use crate::sim::{Span, Time};
use serde_json::{Map, Value};

pub(super) const SUITES: &[Suite] = &[Suite {
    id: "gcra",
    inputs: &["step", "t_ms", "quantity", "rate_per_s", "max_burst", "limit", "earlier"],
    measure: gcra,
}];

/// The suite's cases are steps that one limiter goes through: each gets the limiter's parameters, which the suite has, and
/// the steps before it as `earlier`, without what they expect.
pub(super) fn fill_in_steps(cases: &mut [Value], suite: &Value) {
    if suite.get("id").is_none_or(|id| id != SUITES[0].id) {
        return;
    }
    let mut earlier: Vec<Value> = Vec::new();
    for case in cases.iter_mut().filter_map(Value::as_object_mut) {
        let input: Map<String, Value> = case
            .iter()
            .filter(|(field, _)| *field != "expect")
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        for field in ["rate_per_s", "max_burst"] {
            if let Some(value) = suite.get(field).filter(|_| !case.contains_key(field)) {
                case.insert(field.to_owned(), value.clone());
            }
        }
        case.insert("earlier".to_owned(), Value::Array(earlier.clone()));
        earlier.push(Value::Object(input));
    }
}

fn millis(span: Span) -> f64 {
    span.nanos() as f64 / 1e6
}

fn gcra(case: Case) -> Result<Measured, String> {
    let interval = Span::from_secs_f64(1.0 / case.number("rate_per_s", 1e-6, 1e9)?);
    let new = Gcra::new(interval, case.count("max_burst", 0, u32::MAX)?);
    let mut gcra = new.map_err(|error| error.to_string())?;
    let mut ask = |step: Case| {
        let now = Time::from_secs_f64(step.number("t_ms", 0.0, 3.2e12)? / 1e3);
        Ok::<_, String>(gcra.limit(now, step.count("quantity", 0, u32::MAX)?))
    };
    for step in case.list("earlier")? {
        ask(Case(step))?;
    }
    let decided = ask(case)?;
    let mut measured = Measured::default();
    measured.flag("expect/limited", decided.limited);
    measured.integer("expect/remaining", decided.remaining.into());
    measured.exact("expect/reset_after_ms", millis(decided.reset_after));
    measured.exact("expect/retry_after_ms", decided.retry_after.map_or(-1.0, millis));
    Ok(measured)
}
