//! Trials: runs that are computed to their end for their result, without showing them. Sweeps, judges and predictions
//! need hundreds; a worker or a thread computes one at a time.

use super::challenge::Failure;
use super::control::ControlKind;
use super::data::Data;
use super::figure::Figure;
use super::run::Run;
use super::spec::{FigureSpec, Reading};
use super::timeline::Timeline;
use super::value::Value;
use crate::sim::{Msg, Seed, Span, Time};
use serde::{Deserialize, Serialize};

/// Samples of the readings in a trial: the statistics of an outcome rest on these.
const SAMPLES: u64 = 240;

/// Values of controls, by id, as a link or a flag writes them.
pub type Setting = &'static [(&'static str, &'static str)];

/// A run to be computed to its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The run.
    pub run: Run,
    /// The challenge that it is judged for, by id: its run may be shorter, and its outcome passes or fails.
    pub challenge: Option<String>,
}

/// The result of a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialResult {
    /// The run's seed.
    pub seed: Seed,
    /// Every reading [`over`](RunOutcome::summary) the run, in the order of the declaration; NaN where nothing was measured.
    pub values: Vec<f64>,
    /// Why it fails the challenge, if it does.
    pub failed: Option<Failure>,
    /// Events of the run.
    pub events: u64,
}

impl Trial {
    /// Computes it to the end. `data` is what the run replays, if anything.
    ///
    /// # Errors
    /// If the figure doesn't take the run, or has no such challenge.
    pub fn compute(&self, figure: &'static Figure, data: &Data) -> Result<TrialResult, Msg> {
        let mut run = self.begin(figure, data)?;
        while !run.work(u64::MAX) {}
        Ok(self.result(&run))
    }

    /// Starts it, to be computed in slices.
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    pub fn begin(&self, figure: &'static Figure, data: &Data) -> Result<HeadlessRun, Msg> {
        let until = match &self.challenge {
            Some(id) => figure.challenge(id)?.until,
            None => figure.spec.until,
        };
        HeadlessRun::start(figure, &self.run, until, data)
    }

    /// The result, when the run has ended.
    pub fn result(&self, run: &HeadlessRun) -> TrialResult {
        let (outcome, figure) = (run.outcome(), run.figure);
        let challenge = self.challenge.as_ref().and_then(|id| figure.challenge(id).ok());
        TrialResult {
            seed: self.run.seed,
            values: figure.spec.readings.iter().map(|reading| outcome.summary(&reading.id)).collect(),
            failed: challenge.and_then(|challenge| (challenge.pass)(&outcome).err()),
            events: run.events(),
        }
    }
}

/// A run that isn't shown: without checkpoints, and with few samples.
pub struct HeadlessRun {
    figure: &'static Figure,
    run: Run,
    timeline: Timeline,
    until: Time,
}

impl HeadlessRun {
    /// Starts a run that ends at `until`, with the data that it names.
    ///
    /// # Errors
    /// If the figure doesn't take it, or it replays other data.
    pub fn start(figure: &'static Figure, run: &Run, until: Time, data: &Data) -> Result<Self, Msg> {
        let run = run.validated(figure.spec)?;
        let data = data.for_run(&run)?;
        let until = until.min(figure.spec.until);
        let every = Span::from_nanos((until.nanos() / SAMPLES).max(1));
        let timeline = Timeline::headless(figure, &run, &data, every)?;
        Ok(Self { figure, run, timeline, until })
    }

    /// Computes at most `budget` events; true when the end is reached.
    pub fn work(&mut self, budget: u64) -> bool {
        self.timeline.extend(&self.run, self.until, budget)
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.timeline.events()
    }

    /// The outcome so far.
    pub fn outcome(&self) -> RunOutcome {
        let (samples, every) = self.timeline.samples();
        let settings = StartSettings { spec: self.figure.spec, values: self.run.values(self.figure.spec) };
        RunOutcome { settings, samples: samples.to_vec(), every }
    }
}

/// Values of all controls.
#[derive(Clone, Debug, PartialEq)]
pub struct StartSettings {
    spec: &'static FigureSpec,
    values: Vec<Value>,
}

impl StartSettings {
    /// Those at the start of a run.
    pub fn of(spec: &'static FigureSpec, run: &Run) -> Self {
        Self { spec, values: run.values(spec) }
    }

    fn value(&self, id: &str) -> &Value {
        let place = self.spec.control(id).map(|(place, _)| place);
        place.and_then(|place| self.values.get(place)).unwrap_or(&Value::None)
    }

    /// The value of a control that is a number; NaN where there is none of this id.
    pub fn number(&self, id: &str) -> f64 {
        if let Value::Number(n) = self.value(id) { *n } else { f64::NAN }
    }

    /// What these controls cost, each its value times a price.
    pub fn price(&self, prices: &[(&str, f64)]) -> f64 {
        prices.iter().map(|(id, price)| self.number(id) * price).sum()
    }

    /// Whether a choice is at an option.
    pub fn is(&self, id: &str, option: &str) -> bool {
        matches!(self.value(id), Value::Choice(chosen) if chosen == option)
    }

    /// Whether an assignment has a thing in a group, both by their ids.
    ///
    /// ```
    /// use engine::player::{Control, FigureSpec, Run, StartSettings};
    /// use engine::sim::{Seed, Time};
    /// engine::choices! { enum Service { Shop = "shop", "Shop"; Search = "search", "Search" } }
    /// engine::choices! { enum Zone { East = "east", "East"; West = "west", "West" } }
    /// const CONTROLS: &[Control] =
    ///     &[Control::assignment("zone", "Zones", Service::OPTIONS, Zone::OPTIONS, "shop:east,search:west")];
    /// static SPEC: FigureSpec = FigureSpec::new("services", Time::from_secs(1), CONTROLS, &[], &[]);
    /// let settings = StartSettings::of(&SPEC, &Run::new(&SPEC, Seed(1)));
    /// assert!(settings.is_in("zone", "search", "west") && !settings.is_in("zone", "shop", "west"));
    /// assert!(!settings.is_in("zone", "shop", "north") && !settings.is_in("order", "shop", "west"));
    /// ```
    pub fn is_in(&self, id: &str, thing: &str, group: &str) -> bool {
        let kind = self.spec.control(id).map(|(_, control)| &control.kind);
        let (Some(ControlKind::Assignment { things, groups, .. }), Value::Assignment(list)) =
            (kind, self.value(id))
        else {
            return false;
        };
        let place = things.iter().position(|(id, _)| id == thing);
        let chosen = place.and_then(|place| groups.get(usize::from(*list.get(place)?)));
        chosen.is_some_and(|(id, _)| id == group)
    }

    /// Whether a thing in an order comes before another, both by their ids.
    ///
    /// ```
    /// use engine::player::{Control, FigureSpec, Run, StartSettings};
    /// use engine::sim::{Seed, Time};
    /// engine::choices! { enum Layer { Retry = "retry", "Retry"; Timeout = "timeout", "Timeout" } }
    /// const CONTROLS: &[Control] = &[Control::order("order", "Order", Layer::OPTIONS, "timeout,retry")];
    /// static SPEC: FigureSpec = FigureSpec::new("layers", Time::from_secs(1), CONTROLS, &[], &[]);
    /// let settings = StartSettings::of(&SPEC, &Run::new(&SPEC, Seed(1)));
    /// assert!(settings.is_before("order", "timeout", "retry") && !settings.is_before("order", "retry", "timeout"));
    /// assert!(!settings.is_before("order", "breaker", "retry"));
    /// ```
    pub fn is_before(&self, id: &str, one: &str, other: &str) -> bool {
        let kind = self.spec.control(id).map(|(_, control)| &control.kind);
        let (Some(ControlKind::Order { things, .. }), Value::Order(order)) = (kind, self.value(id)) else {
            return false;
        };
        let is = |n: &u16, thing: &str| things.get(usize::from(*n)).is_some_and(|(id, _)| id == thing);
        let place = |thing: &str| order.iter().position(|n| is(n, thing));
        place(one).zip(place(other)).is_some_and(|(one, other)| one < other)
    }

    /// Whether a switch is on.
    pub fn is_on(&self, id: &str) -> bool {
        *self.value(id) == Value::Flag(true)
    }
}

/// The outcome of a run: its readings over time, and the settings that it started with.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    /// The controls at the start.
    pub settings: StartSettings,
    samples: Vec<Box<[f32]>>,
    every: Span,
}

impl RunOutcome {
    fn place(&self, reading: &str) -> usize {
        self.settings
            .spec
            .reading(reading)
            .expect("truths and judges ask for readings that the figure declares")
    }

    pub(super) fn declared(&self, reading: &str) -> &Reading {
        &self.settings.spec.readings[self.place(reading)]
    }

    /// A reading over time, without what wasn't measured.
    pub fn series(&self, reading: &str) -> impl Iterator<Item = (Time, f64)> {
        let (place, every) = (self.place(reading), self.every.nanos());
        let values = self.samples.iter().map(move |values| f64::from(values[place]));
        let moments = (0..).map(move |n: u64| Time::from_nanos(n * every));
        moments.zip(values).filter(|(_, value)| value.is_finite())
    }

    /// The series after the warm-up.
    fn after_warm_up(&self, reading: &str) -> impl Iterator<Item = (Time, f64)> {
        let warm = self.settings.spec.warm_up;
        self.series(reading).filter(move |(time, _)| *time >= warm)
    }

    /// The reading at a moment, or just before; NaN where nothing was measured.
    pub fn at(&self, reading: &str, time: Time) -> f64 {
        self.series(reading).take_while(|(at, _)| *at <= time).last().map_or(f64::NAN, |(_, value)| value)
    }

    /// The reading at the end.
    pub fn last(&self, reading: &str) -> f64 {
        self.at(reading, Time::MAX)
    }

    /// Its mean over the time after the warm-up.
    pub fn mean(&self, reading: &str) -> f64 {
        let (mut sum, mut n) = (0.0, 0.0);
        for (_, value) in self.after_warm_up(reading) {
            sum += value;
            n += 1.0;
        }
        if n > 0.0 { sum / n } else { f64::NAN }
    }

    /// Its largest value after the warm-up, and when.
    pub fn worst(&self, reading: &str) -> (f64, Time) {
        let larger = |a: (f64, Time), (at, value): (Time, f64)| if value > a.0 { (value, at) } else { a };
        self.after_warm_up(reading).fold((f64::NEG_INFINITY, Time::ZERO), larger)
    }

    /// The first moment after the warm-up at which it is above a bound.
    pub fn above(&self, reading: &str, bound: f64) -> Option<Time> {
        self.after_warm_up(reading).find(|(_, value)| *value > bound).map(|(time, _)| time)
    }

    /// One number for the whole run: the last value where the reading is about the run so far, else the mean after the
    /// warm-up.
    pub fn summary(&self, reading: &str) -> f64 {
        if self.declared(reading).so_far { self.last(reading) } else { self.mean(reading) }
    }
}
