//! Predictions: what is asked, what is the truth, and whether an answer is right. The words stand in the lesson.

use super::data::Data;
use super::figure::Figure;
use super::run::Run;
use super::trial::{Outcome, Setting, Unwatched};
use super::value::Value;
use crate::sim::{Msg, Time, Unit};

/// Points of a curve that is drawn, evenly over its axis.
pub const CURVE_POINTS: usize = 11;

/// Something to commit to before the run; the right answer is read off runs, never stored.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    /// Permanent id, kebab-case, unique in its lesson.
    pub id: &'static str,
    /// What kind of answer it wants.
    pub asks: Asks,
    /// The moment of the figure's own run at which the answer shows.
    pub at: Time,
    /// The runs that the truth is read off: how each differs from the figure's own; empty for that one alone.
    pub runs: &'static [Setting],
    /// The right answer, given what the runs came to.
    pub truth: fn(&[Outcome]) -> Value,
}

/// What kind of answer a prediction wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asks {
    /// One of these options: [`Value::Choice`].
    Choice(&'static [&'static str]),
    /// A number: [`Value::Number`].
    Number {
        /// Its unit.
        unit: Unit,
        /// How far off is still right, as a share of the truth.
        tolerance: f64,
    },
    /// These things put in order: [`Value::Order`], of their places in this list.
    Order(&'static [&'static str]),
    /// A curve: [`Value::Curve`], its heights at [`CURVE_POINTS`] places from the left end to the right.
    Curve {
        /// The axis along.
        x: Axis,
        /// The axis upwards.
        y: Axis,
        /// Mean distance that is still right, as a share of the upward axis.
        tolerance: f64,
    },
}

/// An axis to draw over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// What it measures.
    pub unit: Unit,
    /// Where it begins.
    pub from: f64,
    /// Where it ends; more than `from`.
    pub to: f64,
}

impl Axis {
    /// The value at the n-th of so many places.
    pub fn at(&self, n: usize, of: usize) -> f64 {
        self.from + (self.to - self.from) * n as f64 / (of.max(2) - 1) as f64
    }
}

impl Asks {
    /// Whether a value is an answer to this at all.
    pub fn takes(&self, answer: &Value) -> bool {
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
            (Self::Number { tolerance, .. }, Value::Number(answer), Value::Number(truth)) => {
                libm::fabs(answer - truth) <= tolerance * libm::fabs(*truth)
            }
            (Self::Curve { y, tolerance, .. }, Value::Curve(answer), Value::Curve(truth)) => {
                answer.len() == truth.len() && apart(answer, truth) <= tolerance * (y.to - y.from)
            }
            _ => answer == truth,
        }
    }
}

/// How far two curves lie apart on average.
pub fn apart(a: &[f32], b: &[f32]) -> f64 {
    let apart = a.iter().zip(b).map(|(a, b)| f64::from(libm::fabsf(a - b)));
    apart.sum::<f64>() / a.len().max(1) as f64
}

/// The truth of a prediction on its way.
pub struct Grading {
    prediction: &'static Prediction,
    runs: Vec<Unwatched>,
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
            Unwatched::start(figure, &run, figure.spec.until, &Data::default())
        };
        Ok(Self { prediction, runs: settings.iter().map(unwatched).collect::<Result<_, _>>()? })
    }

    /// Computes on, with at most `budget` events; the truth, once it is known.
    pub fn work(&mut self, budget: u64) -> Option<Value> {
        for run in &mut self.runs {
            if !run.work(budget) {
                return None;
            }
        }
        let outcomes: Vec<Outcome> = self.runs.iter().map(Unwatched::outcome).collect();
        Some((self.prediction.truth)(&outcomes))
    }
}
