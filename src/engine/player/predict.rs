//! Predictions: the kind of answer, the truth, and whether an answer is right. Their texts are in the lesson's file.

use super::data::Data;
use super::figure::Figure;
use super::run::Run;
use super::trial::{HeadlessRun, RunOutcome, Setting};
use super::value::Value;
use crate::sim::{Msg, Time, Unit};

/// Points of a curve that is drawn, evenly over its axis.
pub const CURVE_POINTS: usize = 11;

/// A question to answer before the run. The right answer is read off runs, never stored.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    /// Permanent id, kebab-case, unique in its lesson.
    pub id: &'static str,
    /// The kind of answer.
    pub answer_kind: AnswerKind,
    /// The moment at which the answer shows: where the runs end that the truth is read off, and where the learner is taken
    /// who wants to see it.
    pub at: Time,
    /// The runs that the truth is read off: how each differs from the figure's own; empty for that one alone.
    pub runs: &'static [Setting],
    /// The right answer, read off the runs' outcomes.
    pub truth: fn(&[RunOutcome]) -> Truth,
}

/// The right answer to a prediction, and what it was read off.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The right answer.
    pub value: Value,
    /// What was measured of each option, with its unit; empty if the options don't have a number each.
    pub measured: Vec<String>,
    /// Of each run: the moment at which the learner sees what it shows, where that isn't the prediction's own moment.
    pub seen_at: Vec<Option<Time>>,
}

impl From<Value> for Truth {
    fn from(value: Value) -> Self {
        Self { value, measured: Vec::new(), seen_at: Vec::new() }
    }
}

/// The kinds of answers to predictions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AnswerKind {
    /// One of these options: [`Value::Choice`].
    Choice(&'static [&'static str]),
    /// A number: [`Value::Number`].
    Number {
        /// Its unit.
        unit: Unit,
        /// How far off is still right, as a share of the truth; of a share in points: 0.05 is 5 points either way.
        tolerance: f64,
    },
    /// These things put in order: [`Value::Order`], of their places in this list.
    Order(&'static [&'static str]),
    /// A curve: [`Value::Curve`], its heights at [`CURVE_POINTS`] places from the left end to the right.
    Curve {
        /// The axis along.
        x: CurveAxis,
        /// The axis upwards.
        y: CurveAxis,
        /// Mean distance that is still right, as a share of the upward axis.
        tolerance: f64,
    },
}

/// An axis to draw over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveAxis {
    /// What it measures.
    pub unit: Unit,
    /// Where it begins.
    pub from: f64,
    /// Where it ends; more than `from`.
    pub to: f64,
}

impl CurveAxis {
    /// The value at the n-th of so many places.
    pub fn at(&self, n: usize, of: usize) -> f64 {
        self.from + (self.to - self.from) * n as f64 / (of.max(2) - 1) as f64
    }
}

impl AnswerKind {
    /// Whether a value is an answer of this kind.
    pub fn accepts(&self, answer: &Value) -> bool {
        answer.is_sound()
            && match (self, answer) {
                (Self::Choice(options), Value::Choice(id)) => options.contains(&id.as_str()),
                (Self::Number { .. }, Value::Number(_)) => true,
                (Self::Order(things), Value::Order(order)) => order.len() == things.len(),
                (Self::Curve { .. }, Value::Curve(heights)) => heights.len() == CURVE_POINTS,
                _ => false,
            }
    }

    /// Whether an answer is right, given the truth.
    pub fn is_right(&self, answer: &Value, truth: &Value) -> bool {
        match (self, answer, truth) {
            (Self::Number { tolerance, unit }, Value::Number(answer), Value::Number(truth)) => {
                let of = if *unit == Unit::Share { 1.0 } else { libm::fabs(*truth) };
                libm::fabs(answer - truth) <= tolerance * of
            }
            (Self::Curve { y, tolerance, .. }, Value::Curve(answer), Value::Curve(truth)) => {
                answer.len() == truth.len() && mean_distance(answer, truth) <= tolerance * (y.to - y.from)
            }
            _ => answer == truth,
        }
    }
}

/// The mean distance between two curves.
pub fn mean_distance(a: &[f32], b: &[f32]) -> f64 {
    let apart = a.iter().zip(b).map(|(a, b)| f64::from(libm::fabsf(a - b)));
    apart.sum::<f64>() / a.len().max(1) as f64
}

/// Computes the truth of a prediction.
pub struct Grading {
    prediction: &'static Prediction,
    runs: Vec<HeadlessRun>,
}

impl Grading {
    /// Begins to compute the truth, as `run` and its variations have it.
    ///
    /// # Errors
    /// If the figure doesn't take one of the runs.
    pub fn start(figure: &'static Figure, prediction: &'static Prediction, run: &Run) -> Result<Self, Msg> {
        let settings: &[Setting] = if prediction.runs.is_empty() { &[&[]] } else { prediction.runs };
        let unwatched = |setting: &Setting| {
            let mut run = run.clone();
            run.set_all(figure.spec, setting)?;
            HeadlessRun::start(figure, &run, prediction.at, &Data::default())
        };
        Ok(Self { prediction, runs: settings.iter().map(unwatched).collect::<Result<_, _>>()? })
    }

    /// Computes on, with at most `budget` events; the truth, once it is known.
    pub fn work(&mut self, budget: u64) -> Option<Truth> {
        for run in &mut self.runs {
            if !run.work(budget) {
                return None;
            }
        }
        let outcomes: Vec<RunOutcome> = self.runs.iter().map(HeadlessRun::outcome).collect();
        Some((self.prediction.truth)(&outcomes))
    }
}
