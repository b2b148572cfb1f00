//! What most questions ask, so that a lesson needn't write it again: which is lowest, in which order, how something depends
//! on a control, and whether a reading keeps its bound.
//!
//! ```
//! use engine::player::question::Measured;
//! use engine::player::{Setting, Value};
//! use engine::sim::Unit;
//! use engine::steps;
//!
//! // Runs of a prediction: one for each policy, at a load of its own.
//! const RUNS: &[Setting] = steps!("policy" in ["random", "least"], with [("load", "120")]);
//! assert_eq!(RUNS[1], [("policy", "least"), ("load", "120")]);
//! // What was measured of them: `measured(runs, "p99", RunOutcome::summary)`.
//! let p99 = Measured { values: vec![0.8, 0.2], unit: Unit::Time, label: "p99".into() };
//! let truth = p99.lowest(&["random", "least"]);
//! assert_eq!(truth.value, Value::Choice("least".into()));
//! assert_eq!(truth.measured, ["800\u{a0}ms", "200\u{a0}ms"]);
//! assert_eq!(p99.highest_first().value, Value::Order(vec![0, 1]));
//! ```

use super::challenge::Failure;
use super::predict::Truth;
use super::trial::RunOutcome;
use super::value::Value;
use crate::sim::sort::sort_by;
use crate::sim::{Msg, Time, Unit};
use core::cmp::Ordering;

/// What was measured of each run of a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// A value for each run.
    pub values: Vec<f64>,
    /// Their unit.
    pub unit: Unit,
    /// What the reading is called.
    pub label: String,
}

/// Measures a reading of each run, for example by [`RunOutcome::summary`].
pub fn measured(runs: &[RunOutcome], reading: &str, by: fn(&RunOutcome, &str) -> f64) -> Measured {
    let declared = runs.first().map(|run| run.declared(reading));
    Measured {
        values: runs.iter().map(|run| by(run, reading)).collect(),
        unit: declared.map_or(Unit::Count, |reading| reading.unit),
        label: declared.map_or_else(String::new, |reading| reading.label.to_string()),
    }
}

impl Measured {
    /// The runs' places, the lowest first: the truth of an [`AnswerKind::Order`](super::AnswerKind::Order). Equal ones stay
    /// as they are; what wasn't measured comes last.
    pub fn lowest_first(&self) -> Truth {
        self.by_each(Value::Order(self.order(lowest)))
    }

    /// The same, the highest first.
    pub fn highest_first(&self) -> Truth {
        self.by_each(Value::Order(self.order(highest)))
    }

    /// The option with the lowest value, the first of equals: the truth of an
    /// [`AnswerKind::Choice`](super::AnswerKind::Choice). `options` are ids, with a run each.
    pub fn lowest(&self, options: &[&str]) -> Truth {
        self.first(options, lowest)
    }

    /// The option with the highest value, likewise.
    pub fn highest(&self, options: &[&str]) -> Truth {
        self.first(options, highest)
    }

    /// These heights: the truth of an [`AnswerKind::Curve`](super::AnswerKind::Curve), from runs made with
    /// [`steps!`](crate::steps).
    pub fn curve(&self) -> Truth {
        Value::Curve(self.values.iter().map(|&value| value as f32).collect()).into()
    }

    fn order(&self, compare: fn(f64, f64) -> Ordering) -> Vec<u16> {
        let mut order: Vec<u16> = (0..self.values.len() as u16).collect();
        sort_by(&mut order, |&a, &b| compare(self.values[usize::from(a)], self.values[usize::from(b)]));
        order
    }

    fn first(&self, options: &[&str], compare: fn(f64, f64) -> Ordering) -> Truth {
        let first = self.order(compare).first().and_then(|&at| options.get(usize::from(at)).copied());
        self.by_each(Value::Choice(first.unwrap_or_default().into()))
    }

    fn by_each(&self, value: Value) -> Truth {
        let written = |value: &f64| match self.unit {
            // What wasn't measured, such as the steps to what never happens, is not said.
            _ if !value.is_finite() => String::new(),
            // A count is of something.
            Unit::Count => [&self.unit.format(*value), " ", &self.label].concat(),
            unit => unit.format(*value),
        };
        Truth { measured: self.values.iter().map(written).collect(), ..value.into() }
    }
}

fn lowest(a: f64, b: f64) -> Ordering {
    a.total_cmp(&b)
}

fn highest(a: f64, b: f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then(b.total_cmp(&a))
}

/// A message about a number that breaks a bound, given both with their unit: one that `messages!` has made.
pub type Bounded = fn((f64, Unit), (f64, Unit)) -> Msg;

impl RunOutcome {
    /// Judges a run: the reading as one number ([`Self::summary`]) is at most this. Otherwise `says` words it, given the
    /// number and the bound.
    ///
    /// # Errors
    /// The failure, at the moment when the reading broke the bound.
    pub fn at_most(&self, reading: &str, bound: f64, says: Bounded) -> Result<(), Failure> {
        let at = || self.above(reading, bound).unwrap_or_else(|| self.worst(reading).1);
        self.bounded(reading, bound, f64::le, says, at)
    }

    /// Judges a run: the reading as one number is at least this.
    ///
    /// # Errors
    /// The failure, at the moment from which on the reading stays below, or, if it is about a moment, at the end of the run.
    pub fn at_least(&self, reading: &str, bound: f64, says: Bounded) -> Result<(), Failure> {
        let so_far = self.declared(reading).so_far;
        let at = || {
            let (mut from, mut stays) = (Time::ZERO, false);
            for (at, value) in self.series(reading) {
                (from, stays) = (if stays && so_far { from } else { at }, value < bound);
            }
            from
        };
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
        let of =
            |values: &[f64]| Measured { values: values.to_vec(), unit: Unit::Count, label: "lost".into() };
        let (four, options) = (of(&[2.0, f64::NAN, 1.0, 2.0]), ["a", "b", "c", "d"]);
        assert_eq!(four.lowest_first().value, Value::Order(vec![2, 0, 3, 1]));
        assert_eq!(four.highest_first().value, Value::Order(vec![0, 3, 2, 1]));
        assert_eq!(four.lowest(&options).value, Value::Choice("c".into()));
        assert_eq!(four.highest(&options).value, Value::Choice("a".into()));
        assert_eq!(four.highest(&options).measured, ["2 lost", "", "1 lost", "2 lost"]);
        assert_eq!(of(&[]).lowest(&[]), Value::Choice(String::new()).into());
        assert_eq!(of(&[1.0, 0.5]).curve(), Value::Curve(vec![1.0, 0.5]).into());
    }
}
