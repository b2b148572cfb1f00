//! A run as far as it has been computed: checkpoints, samples and markers.
//!
//! The state *at* t is: every input up to and including t has been applied, and every event before t has happened. So an
//! input at t comes before the events of t, whether it was there from the start or is added while looking at t. Only where
//! a run goes by steps, an action at t is what happens next, and in no state before the next step's
//! ([`Pace::has_applied`](super::Pace)).

use super::data::Data;
use super::experiment::Readings;
use super::figure::{Figure, Model};
use super::protocol::{Marker, MarkerKind};
use super::run::{InputKind, Run};
use super::spec::FigureSpec;
use super::value::Value;
use crate::sim::{Msg, Span, Time};

/// Most checkpoints that are kept; when there are more, every second one goes.
const CHECKPOINTS: usize = 96;
/// About the most bytes that all checkpoints of a time line take, of which there are at most two: the run's and the compared
/// run's. What a checkpoint takes is an estimate, and what a session holds beside them is as much again; it has 64 MiB.
const MAX_CHECKPOINT_BYTES: usize = 12 << 20;
/// Events between the first checkpoints.
const FIRST_SPACING: u64 = 4_096;
/// Samples of the readings over a run.
const SAMPLES: u64 = 600;
/// Most markers that are kept: a time line can't show more.
const MARKERS: usize = 2_000;

/// A run's state somewhere in time, with the place in the run's inputs.
pub(super) struct Cursor {
    pub model: Box<dyn Model>,
    values: Vec<Value>,
    next_input: usize,
    /// Whether the state is that *at* the model's time; otherwise events of that moment may have happened already.
    settled: bool,
    /// Whether events of the model's time have happened, and the budget was spent before the next.
    between: bool,
}

impl Cursor {
    pub fn start(figure: &Figure, run: &Run, data: &Data) -> Result<Self, Msg> {
        let values = run.values(figure.spec);
        let model = figure.start(&values, run.seed, data)?;
        Ok(Self { model, values, next_input: 0, settled: false, between: false })
    }

    pub fn now(&self) -> Time {
        self.model.now()
    }

    /// Whether the state *at* `at` can be reached from this one. It can't from one that was left between two events of
    /// that very moment.
    pub fn leads_to(&self, at: Time) -> bool {
        self.now() < at || (self.now() == at && self.settled)
    }

    pub fn checkpoint(&self) -> Self {
        let Self { model, values, next_input, settled, between } = self;
        let (model, values) = (model.checkpoint(), values.clone());
        Self { model, values, next_input: *next_input, settled: *settled, between: *between }
    }

    /// Goes to the state at `to`, with at most `budget` events, which are taken off it; true when there. What is notable
    /// on the way is handed to `mark`.
    pub fn advance(
        &mut self,
        spec: &FigureSpec,
        run: &Run,
        to: Time,
        budget: &mut u64,
        mark: &mut dyn FnMut(Marker),
    ) -> bool {
        loop {
            let input = run.inputs.get(self.next_input).filter(|input| spec.pace.has_applied(input, to));
            let stop = input.map_or(to, |input| input.at);
            let (before, events) = (self.model.work(), self.model.events());
            let there = self.model.advance(stop, *budget);
            *budget = budget.saturating_sub(self.model.work() - before);
            self.between = !there && (self.between || self.model.events() > events);
            self.mark(MarkerKind::Event, mark);
            self.settled = there && input.is_none();
            if !there {
                return false;
            }
            let Some(input) = input else { return true };
            self.next_input += 1;
            if let Err(what) = self.apply(spec, &input.change) {
                mark(Marker { time: input.at, kind: MarkerKind::Refused, entity: None, what });
            }
            self.mark(MarkerKind::Input, mark);
        }
    }

    fn mark(&mut self, kind: MarkerKind, mark: &mut dyn FnMut(Marker)) {
        for notable in self.model.take_notables() {
            mark(Marker { time: notable.time, kind, entity: Some(notable.entity), what: notable.what });
        }
    }

    /// Takes the run's first `inputs` inputs as applied.
    pub fn has_applied(&mut self, inputs: usize) {
        self.next_input = inputs;
    }

    /// Applies a change that the figure accepts to the present state.
    pub fn apply(&mut self, spec: &FigureSpec, change: &InputKind) -> Result<(), Msg> {
        match change {
            InputKind::Set { control, value } => {
                let Some((at, _)) = spec.control(control) else { return Ok(()) };
                let mut values = self.values.clone();
                values[at] = value.clone();
                self.model.set(&values)?;
                self.values = values;
                Ok(())
            }
            InputKind::Act { action, targets, arg } => {
                let Some((at, _)) = spec.action(action) else { return Ok(()) };
                self.model.act(at, targets, arg)
            }
        }
    }
}

/// A state to return to, with the number of samples and markers at that moment.
struct Checkpoint {
    cursor: Cursor,
    samples: usize,
    markers: usize,
}

/// A run as far as it has been computed.
pub(super) struct Timeline {
    spec: &'static FigureSpec,
    head: Cursor,
    /// Ascending in time; the first is the start.
    checkpoints: Vec<Checkpoint>,
    spacing: u64,
    /// Readings at 0, `every`, 2 × `every`, …
    samples: Vec<Box<[f32]>>,
    every: Span,
    markers: Vec<Marker>,
}

impl Timeline {
    pub fn start(figure: &Figure, run: &Run, data: &Data) -> Result<Self, Msg> {
        let head = Cursor::start(figure, run, data)?;
        let every = Span::from_nanos((figure.spec.until.nanos() / SAMPLES).max(1));
        let checkpoints = vec![Checkpoint { cursor: head.checkpoint(), samples: 0, markers: 0 }];
        Ok(Self {
            spec: figure.spec,
            head,
            checkpoints,
            spacing: FIRST_SPACING,
            samples: Vec::new(),
            every,
            markers: Vec::new(),
        })
    }

    /// A time line for a run that isn't shown: no checkpoint but the start, and samples this far apart.
    pub fn headless(figure: &Figure, run: &Run, data: &Data, every: Span) -> Result<Self, Msg> {
        Ok(Self { spacing: u64::MAX, every, ..Self::start(figure, run, data)? })
    }

    /// How many events have happened in what is known.
    pub fn events(&self) -> u64 {
        self.head.model.events()
    }

    /// The readings over time so far, and how far apart they were taken.
    pub fn samples(&self) -> (&[Box<[f32]>], Span) {
        (&self.samples, self.every)
    }

    /// Up to where the run is known.
    pub fn computed(&self) -> Time {
        self.head.now()
    }

    /// The last state that is known.
    pub fn head(&self) -> Cursor {
        self.head.checkpoint()
    }

    /// Whether the state at `at` has been computed.
    pub fn reaches(&self, at: Time) -> bool {
        // One that was left after an event of that very moment has passed the state at it.
        self.head.now() > at || (self.head.now() == at && (self.head.settled || self.head.between))
    }

    pub fn markers(&self) -> &[Marker] {
        &self.markers
    }

    /// Computes on to `to` with at most `budget` events; true when there.
    pub fn extend(&mut self, run: &Run, to: Time, mut budget: u64) -> bool {
        let to = to.min(self.spec.until);
        while !self.reaches(to) {
            let due = Time::from_nanos(self.samples.len() as u64 * self.every.nanos());
            let last = self.checkpoints.last().map_or(0, |last| last.cursor.model.work());
            let before = self.head.model.work();
            let mut slice = budget.min(self.spacing.saturating_sub(before - last).max(1));
            let markers = &mut self.markers;
            let there = self.head.advance(self.spec, run, to.min(due), &mut slice, &mut |marker| {
                if markers.len() < MARKERS {
                    markers.push(marker);
                }
            });
            let work = self.head.model.work();
            budget = budget.saturating_sub(work - before);
            if there && self.head.now() == due {
                self.sample();
            }
            if work - last >= self.spacing {
                self.keep_checkpoint();
            }
            if budget == 0 {
                return self.reaches(to);
            }
        }
        true
    }

    fn sample(&mut self) {
        let mut readings = Readings::of(self.spec);
        self.head.model.read(&mut readings);
        self.samples.push(readings.values().iter().map(|&value| value as f32).collect());
    }

    fn keep_checkpoint(&mut self) {
        let (samples, markers) = (self.samples.len(), self.markers.len());
        self.checkpoints.push(Checkpoint { cursor: self.head.checkpoint(), samples, markers });
        let weight = |it: &Checkpoint| it.cursor.model.approx_bytes();
        while self.checkpoints.len() > CHECKPOINTS
            || (self.checkpoints.len() > 2
                && self.checkpoints.iter().map(weight).sum::<usize>() > MAX_CHECKPOINT_BYTES)
        {
            let mut nth = 0;
            self.checkpoints.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
            self.spacing *= 2;
        }
    }

    /// The known state closest before or at `at`, to advance from.
    pub fn nearest(&self, at: Time) -> Cursor {
        if self.head.leads_to(at) {
            return self.head.checkpoint();
        }
        self.checkpoint_before(at).checkpoint()
    }

    /// The last checkpoint from which the state at `at` can be reached.
    pub fn checkpoint_before(&self, at: Time) -> &Cursor {
        &self.checkpoints[self.checkpoints_before(at) - 1].cursor
    }

    /// How many checkpoints are before `at`; the start always counts.
    fn checkpoints_before(&self, at: Time) -> usize {
        self.checkpoints.partition_point(|checkpoint| checkpoint.cursor.now() < at).max(1)
    }

    /// The last checkpoint at which a condition did not hold yet, given that it holds from some moment on.
    pub fn last_checkpoint_without(&self, holds: impl Fn(&dyn Model) -> bool) -> &Cursor {
        let after = self.checkpoints.partition_point(|checkpoint| !holds(checkpoint.cursor.model.as_ref()));
        &self.checkpoints[after.saturating_sub(1)].cursor
    }

    /// Goes on from `now`, the state at its time with one input more, and forgets what was computed after it.
    pub fn fork(&mut self, now: Cursor) {
        let at = now.now();
        self.checkpoints.truncate(self.checkpoints_before(at));
        self.samples.truncate(at.nanos().div_ceil(self.every.nanos()) as usize);
        self.markers
            .retain(|marker| marker.time < at || (marker.time == at && marker.kind != MarkerKind::Event));
        self.head = now;
        let markers = &mut self.markers;
        self.head.mark(MarkerKind::Input, &mut |marker| markers.push(marker));
    }

    /// Forgets what was computed from `at` on, and a little before it.
    pub fn rewind(&mut self, at: Time) {
        self.checkpoints.truncate(self.checkpoints_before(at));
        let last = &self.checkpoints[self.checkpoints.len() - 1];
        self.samples.truncate(last.samples);
        self.markers.truncate(last.markers);
        self.head = last.cursor.checkpoint();
    }

    /// A reading over time, up to `until`: seconds and value, without what wasn't measured.
    pub fn series(&self, reading: usize, until: Time) -> Vec<(f32, f32)> {
        let every = self.every.secs();
        let points =
            self.samples.iter().enumerate().map(|(n, values)| ((n as f64 * every) as f32, values[reading]));
        points
            .take_while(|(time, _)| f64::from(*time) <= until.secs())
            .filter(|(_, value)| value.is_finite())
            .collect()
    }
}
