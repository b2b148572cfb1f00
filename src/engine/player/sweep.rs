//! Sweeps: one control over its range, several seeds at each value, the same seeds everywhere.

use super::control::{Control, ControlKind};
use super::figure::Figure;
use super::run::Run;
use super::slider::Slider;
use super::trial::{Trial, TrialResult};
use super::value::Value;
use crate::sim::{Msg, Seed};

/// A sweep and its results so far.
pub struct Sweep {
    runs: Vec<Run>,
    values: Vec<Value>,
    seeds: u16,
    /// Value by value, seed by seed.
    results: Vec<Option<TrialResult>>,
}

/// A reading at one value of the control.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepPoint {
    /// The value.
    pub value: Value,
    /// The reading's mean over the seeds, and its smallest and largest; NaN where nothing was measured.
    pub mean: f64,
    /// See `mean`.
    pub low: f64,
    /// See `mean`.
    pub high: f64,
    /// How many seeds have a result.
    pub seeds: usize,
}

/// The same, of a number only the part between two values, as one types them; blank for an end of its range.
///
/// # Errors
/// If one of the two is no value of the control.
pub fn sweep_values_between(
    control: &Control,
    points: usize,
    (from, to): (&str, &str),
) -> Result<Vec<Value>, Msg> {
    let ControlKind::Number { min, max, .. } = control.kind else { return Ok(sweep_values(control, points)) };
    let end = |text: &str, end: f64| match control.parse(text) {
        _ if text.trim().is_empty() => Ok(end),
        Ok(Value::Number(n)) => Ok(n),
        Ok(_) => Ok(end),
        Err(why) => Err(why),
    };
    Ok(evenly_spaced(control, (end(from, min)?, end(to, max)?), points))
}

/// Values to sweep over: so many evenly over a number's slider, every option of a choice, off and on of a switch. Other
/// controls have too many, and none that says where it stands on an axis, so there are none.
pub fn sweep_values(control: &Control, points: usize) -> Vec<Value> {
    match &control.kind {
        ControlKind::Number { min, max, .. } => evenly_spaced(control, (*min, *max), points),
        ControlKind::Choice { options, .. } => {
            options.iter().map(|(id, _)| Value::Choice(id.to_string())).collect()
        }
        ControlKind::Flag { .. } => vec![Value::Flag(false), Value::Flag(true)],
        ControlKind::Several { .. }
        | ControlKind::Order { .. }
        | ControlKind::Assignment { .. }
        | ControlKind::Text { .. } => Vec::new(),
    }
}

/// So many values evenly over a part of a number's slider, each as the control takes it and none twice; two at least.
/// None where the control is no number, or doesn't take the ends.
pub fn evenly_spaced(control: &Control, (from, to): (f64, f64), points: usize) -> Vec<Value> {
    let Some(slider) = Slider::of(control) else { return Vec::new() };
    let last = points.max(2) - 1;
    let (first, reach) = (slider.position(&Value::Number(from)), slider.position(&Value::Number(to)));
    let value = |n: usize| match n {
        0 => from,
        n if n == last => to,
        n => slider.value(first + (reach - first) * n as f64 / last as f64),
    };
    let accepted = (0..=last).map(|n| control.accept(&Value::Number(value(n))));
    let mut values = accepted.collect::<Result<Vec<Value>, Msg>>().unwrap_or_default();
    values.dedup();
    values
}

impl Sweep {
    /// Varies a control of a run over values. The first seed is the run's own.
    ///
    /// # Errors
    /// If the figure has no such control, or it doesn't take one of the values.
    pub fn new(
        figure: &'static Figure,
        run: &Run,
        control: &str,
        values: Vec<Value>,
        seeds: u16,
    ) -> Result<Self, Msg> {
        let seeds = seeds.max(1);
        let mut runs = Vec::new();
        for value in &values {
            let mut run = run.clone();
            run.inputs.retain(|input| !input.change.sets(control));
            run.set(figure.spec, control, value)?;
            runs.push(run);
        }
        let results = vec![None; runs.len() * usize::from(seeds)];
        Ok(Self { runs, values, seeds, results })
    }

    /// The run with the n-th value and the k-th seed.
    pub fn run(&self, n: usize, k: u16) -> Run {
        let run = &self.runs[n];
        Run { seed: Seed(run.seed.0.wrapping_add(k.into())), ..run.clone() }
    }

    /// All trials: first one seed at every value, then the next seed, so that the shape of the curve shows early.
    pub fn trials(&self) -> Vec<(usize, Trial)> {
        let mut trials = Vec::new();
        for k in 0..self.seeds {
            for n in 0..self.runs.len() {
                trials.push((
                    n * usize::from(self.seeds) + usize::from(k),
                    Trial { run: self.run(n, k), challenge: None },
                ));
            }
        }
        trials
    }

    /// Adds the result of a trial, by the trial's number.
    pub fn add_result(&mut self, n: usize, tried: TrialResult) {
        if let Some(place) = self.results.get_mut(n) {
            *place = Some(tried);
        }
    }

    /// How many results there are, and how many trials.
    pub fn done(&self) -> (usize, usize) {
        (self.results.iter().flatten().count(), self.results.len())
    }

    /// A reading, by its place in the declaration, over the values.
    pub fn points(&self, reading: usize) -> Vec<SweepPoint> {
        let point = |(value, tried): (&Value, &[Option<TrialResult>])| {
            let measured = || tried.iter().flatten().map(|t| t.values[reading]).filter(|v| v.is_finite());
            let seeds = measured().count();
            SweepPoint {
                value: value.clone(),
                mean: measured().sum::<f64>() / seeds as f64,
                low: measured().fold(f64::NAN, f64::min),
                high: measured().fold(f64::NAN, f64::max),
                seeds,
            }
        };
        self.values.iter().zip(self.results.chunks(self.seeds.into())).map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Unit;

    #[test]
    fn swept_values_are_those_that_the_control_takes_each_once() {
        let workers = Control::number("workers", "Workers", Unit::Count, (1.0, 8.0), 1.0, 2.0);
        let whole = |values: Vec<Value>| {
            let number = |value| if let Value::Number(n) = value { n } else { f64::NAN };
            values.into_iter().map(number).collect::<Vec<f64>>()
        };
        assert_eq!(whole(sweep_values(&workers, 30)), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(whole(evenly_spaced(&workers, (6.0, 2.0), 3)), [6.0, 4.0, 2.0]);
        assert!(evenly_spaced(&workers, (2.0, 9.0), 3).is_empty(), "9 workers are too many");
        let faster = Control::log_number("faster", "Faster", Unit::Factor, (1.0, 1e4), 1.0);
        let steps = whole(evenly_spaced(&faster, (1.0, 1e4), 5));
        assert!(steps.windows(2).all(|two| (9.0..11.0).contains(&(two[1] / two[0]))), "{steps:?}");
        assert_eq!((steps[0], steps[4]), (1.0, 1e4));
    }
}
