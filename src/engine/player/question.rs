//! What most questions ask, so that a lesson needn't write it again: which is lowest, in which order, how something depends
//! on a control, and whether a reading keeps its bound.
//!
//! ```
//! use engine::player::question::{highest_first, lowest};
//! use engine::player::{Setting, Value};
//! use engine::steps;
//!
//! // Runs of a prediction: one for each policy, at a load of its own.
//! const RUNS: &[Setting] = steps!("policy" in ["random", "least"], with [("load", "120")]);
//! assert_eq!(RUNS[1], [("policy", "least"), ("load", "120")]);
//! // What was measured of them: `runs.iter().map(|run| run.summary("p99"))`.
//! let p99 = [0.8, 0.2];
//! assert_eq!(lowest(&["random", "least"], p99), Value::Choice("least".into()));
//! assert_eq!(highest_first(p99), Value::Order(vec![0, 1]));
//! ```

use super::challenge::Failure;
use super::trial::RunOutcome;
use super::value::Value;
use crate::sim::sort::sort_by;
use crate::sim::{Msg, Time, Unit};
use core::cmp::Ordering;

/// The places of these values, the lowest first: the truth of an [`AnswerKind::Order`](super::AnswerKind::Order). Equal ones
/// stay as they are; what wasn't measured comes last.
pub fn lowest_first(values: impl IntoIterator<Item = f64>) -> Value {
    order(values, f64::total_cmp)
}

/// The same, the highest first.
pub fn highest_first(values: impl IntoIterator<Item = f64>) -> Value {
    order(values, |a, b| a.is_nan().cmp(&b.is_nan()).then(b.total_cmp(a)))
}

fn order(values: impl IntoIterator<Item = f64>, compare: impl Fn(&f64, &f64) -> Ordering) -> Value {
    let values: Vec<f64> = values.into_iter().collect();
    let mut order: Vec<u16> = (0..values.len() as u16).collect();
    sort_by(&mut order, |&a, &b| compare(&values[usize::from(a)], &values[usize::from(b)]));
    Value::Order(order)
}

/// The option with the lowest value, the first of equals: the truth of an
/// [`AnswerKind::Choice`](super::AnswerKind::Choice). `options` are ids, with a value each.
pub fn lowest(options: &[&str], values: impl IntoIterator<Item = f64>) -> Value {
    first(options, &lowest_first(values))
}

/// The option with the highest value, likewise.
pub fn highest(options: &[&str], values: impl IntoIterator<Item = f64>) -> Value {
    first(options, &highest_first(values))
}

fn first(options: &[&str], order: &Value) -> Value {
    let first = match order {
        Value::Order(order) => order.first().and_then(|&at| options.get(usize::from(at))).copied(),
        _ => None,
    };
    Value::Choice(first.unwrap_or_default().into())
}

/// These heights: the truth of an [`AnswerKind::Curve`](super::AnswerKind::Curve), from runs made with
/// [`steps!`](crate::steps).
pub fn curve(values: impl IntoIterator<Item = f64>) -> Value {
    Value::Curve(values.into_iter().map(|value| value as f32).collect())
}

/// A message about a number that breaks a bound, given both with their unit: one that `messages!` has made.
pub type Bounded = fn((f64, Unit), (f64, Unit)) -> Msg;

impl RunOutcome {
    /// Judges a run: the reading as one number ([`Self::summary`]) is at most this. Otherwise `says` words it, given the
    /// number and the bound.
    ///
    /// # Errors
    /// The failure, at the moment when the reading was worst, or, if it is about the run so far, when it broke the bound.
    pub fn at_most(&self, reading: &str, bound: f64, says: Bounded) -> Result<(), Failure> {
        let worst = || self.worst(reading).1;
        let so_far = self.declared(reading).so_far;
        let at = || if so_far { self.above(reading, bound).unwrap_or_else(worst) } else { worst() };
        self.bounded(reading, bound, f64::le, says, at)
    }

    /// Judges a run: the reading as one number is at least this.
    ///
    /// # Errors
    /// The failure, at the end of the run.
    pub fn at_least(&self, reading: &str, bound: f64, says: Bounded) -> Result<(), Failure> {
        let at = || self.series(reading).last().map_or(Time::ZERO, |(at, _)| at);
        self.bounded(reading, bound, f64::ge, says, at)
    }

    fn bounded(
        &self,
        reading: &str,
        bound: f64,
        keeps: fn(&f64, &f64) -> bool,
        says: Bounded,
        at: impl FnOnce() -> Time,
    ) -> Result<(), Failure> {
        let (value, unit) = (self.summary(reading), self.declared(reading).unit);
        if keeps(&value, &bound) {
            return Ok(());
        }
        Err(Failure { why: says((value, unit), (bound, unit)), at: at() })
    }
}

/// Settings that differ in one control, and what they have in common: the runs of a prediction about how something depends
/// on it.
///
/// ```
/// use engine::{player::Setting, steps};
/// const LOADS: &[Setting] = steps!("load" in ["20", "40"], with [("policy", "random")]);
/// assert_eq!(LOADS[1], [("load", "40"), ("policy", "random")]);
/// ```
#[macro_export]
macro_rules! steps {
    (@one $control:literal, $value:literal, [$($common:tt)*]) => { &[($control, $value), $($common)*] };
    ($control:literal in [$($value:literal),* $(,)?], with $common:tt) => {
        &[$($crate::steps!(@one $control, $value, $common)),*]
    };
    ($control:literal in $values:tt) => { $crate::steps!($control in $values, with []) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_comes_last_and_equals_keep_their_places() {
        let values = [2.0, f64::NAN, 1.0, 2.0];
        assert_eq!(lowest_first(values), Value::Order(vec![2, 0, 3, 1]));
        assert_eq!(highest_first(values), Value::Order(vec![0, 3, 2, 1]));
        assert_eq!(lowest(&["a", "b", "c", "d"], values), Value::Choice("c".into()));
        assert_eq!(highest(&["a", "b", "c", "d"], values), Value::Choice("a".into()));
        assert_eq!(lowest(&[], []), Value::Choice(String::new()));
        assert_eq!(curve([1.0, 0.5]), Value::Curve(vec![1.0, 0.5]));
    }
}
