//! One run behind the protocol: the same in a worker, in the terminal and in the tests.

use super::data::Data;
use super::experiment::Readings;
use super::explain::{behind, explain};
use super::figure::Figure;
use super::protocol::{Answer, Ask, Frame, Opened, Request, Response};
use super::run::{Change, Input, Run};
use super::spec::Pace;
use super::timeline::{Cursor, Timeline};
use crate::scene::{Chart, Panel, Scene};
use crate::sim::{Msg, Span, Time};

/// Events computed at most for one answer: a few milliseconds in a browser.
const SLICE: u64 = 60_000;
/// Moves of one control closer together than this are one move: a drag is at most ten a second.
const DRAG: Span = Span::from_millis(100);
/// Changes that can be taken back.
const UNDO: usize = 50;

/// Holds at most one run and answers for it.
pub struct Session {
    figures: Vec<&'static Figure>,
    data: Data,
    open: Option<Open>,
}

/// A run that has been taken up.
struct Open {
    figure: &'static Figure,
    run: Run,
    /// What it replays.
    data: Data,
    timeline: Timeline,
    /// The state last shown.
    view: Cursor,
    /// Runs as they were before each change, newest last, with the moment of the change.
    past: Vec<(Run, Time)>,
}

impl Session {
    /// A session that can open these figures.
    pub fn new(figures: impl IntoIterator<Item = &'static Figure>) -> Self {
        Self { figures: figures.into_iter().collect(), data: Data::default(), open: None }
    }

    /// What runs may replay here.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Runs that are opened from now on may replay this.
    pub fn take(&mut self, data: Data) {
        self.data = data;
    }

    /// A session for another run of the same figures, with the same data.
    #[must_use]
    pub fn beside(&self) -> Self {
        let (figures, data) = (self.figures.clone(), self.data.clone());
        Self { figures, data, open: None }
    }

    /// Answers one request, after a bounded amount of computing.
    pub fn handle(&mut self, request: Request) -> Response {
        let answer = self.answer(request.ask).unwrap_or_else(Answer::Refused);
        Response { id: request.id, answer }
    }

    fn answer(&mut self, ask: Ask) -> Result<Answer, Msg> {
        match ask {
            Ask::Describe => {
                Ok(Answer::Described(self.figures.iter().map(|figure| figure.spec.clone()).collect()))
            }
            Ask::Open(run) => self.take_up(&run),
            ask => {
                let open = self.open.as_mut().ok_or_else(|| Msg::new("nothing-open"))?;
                match ask {
                    Ask::Frame { at, reach } => Ok(Answer::Frame(Box::new(open.frame(at, reach)))),
                    Ask::Change { at, change } => open.change(at, &change),
                    Ask::TakeBack => open.take_back(),
                    Ask::Explain { entity, at } => {
                        open.require(at)?;
                        explain(open.figure.spec, &open.timeline, &open.run, &open.view, entity)
                            .map(Answer::Explained)
                    }
                    Ask::Behind { reading, at } => {
                        open.require(at)?;
                        Ok(Answer::Behind(behind(open.figure.spec, &open.timeline, &open.run, reading, at)))
                    }
                    Ask::Samples { until } => {
                        let (samples, every) = open.timeline.samples();
                        let known = until.nanos() / every.nanos() + 1;
                        Ok(Answer::Samples(samples[..samples.len().min(known as usize)].to_vec(), every))
                    }
                    Ask::Markers => Ok(Answer::Markers(open.timeline.markers().to_vec())),
                    Ask::Describe | Ask::Open(_) => unreachable!("answered above"),
                }
            }
        }
    }

    fn take_up(&mut self, run: &Run) -> Result<Answer, Msg> {
        let figure = self.figures.iter().copied().find(|figure| figure.spec.id == run.figure.as_str());
        let figure = figure.ok_or_else(|| {
            let allowed: Vec<&str> = self.figures.iter().map(|figure| figure.spec.id.as_ref()).collect();
            Msg::new("no-such-figure")
                .text("figure", super::control::clip(&run.figure))
                .text("allowed", allowed.join(", "))
        })?;
        let mut says = Vec::new();
        let mut accepted = run.accepted(figure.spec)?;
        if accepted.version < figure.spec.version {
            says.push(Msg::new("run-from-earlier-model"));
            accepted.version = figure.spec.version;
        }
        let data = self.data.of(&accepted)?;
        let open = Open::start(figure, accepted, data)?;
        let run = open.run.clone();
        self.open = Some(open);
        Ok(Answer::Opened(Opened { run, says }))
    }

    /// Computes ahead of what is shown, one slice; true while there is more to do.
    pub fn run_ahead(&mut self) -> bool {
        self.open.as_mut().is_some_and(|open| !open.timeline.extend(&open.run, open.figure.spec.until, SLICE))
    }

    /// Checks the laws of the model at the moment last shown.
    ///
    /// # Errors
    /// Which law is broken.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn laws(&self) -> Result<(), String> {
        self.open.as_ref().map_or(Ok(()), |open| open.view.model.laws())
    }
}

impl Open {
    fn start(figure: &'static Figure, run: Run, data: Data) -> Result<Self, Msg> {
        let timeline = Timeline::start(figure, &run, &data)?;
        let view = timeline.nearest(Time::ZERO);
        Ok(Self { figure, run, data, timeline, view, past: Vec::new() })
    }

    /// Goes to the state at `at` as far as one slice takes it.
    fn seek(&mut self, at: Time) -> bool {
        let at = at.min(self.figure.spec.until);
        let mut budget = SLICE;
        if !self.timeline.extend(&self.run, at, budget) {
            return false;
        }
        let from = self.timeline.nearest(at);
        // Playing on from what is shown is cheapest; otherwise start from the nearest known state.
        if self.view.now() > at || from.now() > self.view.now() {
            self.view = from;
        }
        self.view.advance(self.figure.spec, &self.run, at, &mut budget, &mut |_| {})
    }

    fn frame(&mut self, at: Time, reach: Time) -> Frame {
        let there = self.seek(at);
        let spec = self.figure.spec;
        let mut readings = Readings::of(spec);
        self.view.model.read(&mut readings);
        let mut scene = Scene::default();
        self.view.model.draw(&mut scene);
        let reach = reach.max(scene.time);
        for panel in &mut scene.panels {
            if let Panel::Chart(Chart::Series(series)) = panel {
                // An experiment may be declared in more than one length.
                series.until = spec.until;
                for line in &mut series.lines {
                    if let Some(reading) = spec.reading(&line.reading) {
                        line.points = self.timeline.series(reading, reach);
                    }
                }
            }
        }
        Frame {
            at: scene.time,
            there,
            computed: self.timeline.computed(),
            scene,
            readings: readings.values().to_vec(),
            events: self.view.model.events(),
            hash: self.view.model.hash(),
            markers: self.timeline.markers().len() as u32,
        }
    }

    /// The state at `at` in `self.view`, or a refusal if it has not been computed.
    fn require(&mut self, at: Time) -> Result<(), Msg> {
        if at > self.figure.spec.until {
            return Err(Msg::new("input-after-end").with("at", crate::sim::Arg::At(at)));
        }
        // A change is made at a moment that was shown, so this is the slice that showed it; at most a few more.
        for _ in 0..64 {
            if self.seek(at) {
                return Ok(());
            }
        }
        Err(Msg::new("not-computed-yet").with("at", crate::sim::Arg::At(at)))
    }

    fn change(&mut self, at: Time, change: &Change) -> Result<Answer, Msg> {
        let change = change.accepted(self.figure.spec)?;
        let before = self.run.clone();
        if let Err(refusal) = self.make(at, &change) {
            self.become_run(before)?;
            return Err(refusal);
        }
        self.past.push((before, at));
        if self.past.len() > UNDO {
            self.past.remove(0);
        }
        let at = match (self.figure.spec.pace, &change) {
            (Pace::Steps(step), Change::Act { .. }) => {
                let next = (at.nanos() / step.nanos() + 1) * step.nanos();
                Time::from_nanos(next).min(self.figure.spec.until)
            }
            _ => at,
        };
        Ok(self.changed(at))
    }

    fn make(&mut self, at: Time, change: &Change) -> Result<(), Msg> {
        match change {
            // At the start a control is the run's, not an input.
            Change::Set { control, value } if at == Time::ZERO => {
                let mut run = Run { inputs: Vec::new(), ..self.run.clone() };
                run.set(self.figure.spec, control, value)?;
                self.become_run(run)
            }
            Change::Set { control, .. } => {
                let moves =
                    |input: &Input| matches!(&input.change, Change::Set { control: id, .. } if id == control);
                let recent = |input: &Input| input.at <= at && at.since(input.at) < DRAG && moves(input);
                // A drag that began a moment ago goes on: its earlier move gives way to this one.
                let at = self.run.inputs.iter().find(|input| recent(input)).map_or(at, |input| input.at);
                let mut run = self.run.clone();
                run.inputs.retain(|input| input.at <= at && !(input.at == at && moves(input)));
                if self.run.inputs.iter().any(recent) {
                    self.become_run(run)?;
                }
                self.fork(at, change)
            }
            Change::Act { .. } => {
                if let Pace::Steps(step) = self.figure.spec.pace {
                    // A step is one action: another at the same step takes its place.
                    let at = Time::from_nanos(at.nanos() / step.nanos() * step.nanos());
                    let acts = |input: &Input| matches!(input.change, Change::Act { .. });
                    let mut run = self.run.clone();
                    run.inputs.retain(|input| input.at < at || (input.at == at && !acts(input)));
                    self.become_run(run)?;
                    return self.fork(at, change);
                }
                self.fork(at, change)
            }
        }
    }

    /// Adds a change to the state at `at`, and drops what came after.
    fn fork(&mut self, at: Time, change: &Change) -> Result<(), Msg> {
        self.require(at)?;
        let mut view = self.view.checkpoint();
        view.apply(self.figure.spec, change)?;
        self.run.inputs.retain(|input| input.at <= at);
        self.run.inputs.push(Input { at, change: change.clone() });
        view.has_applied(self.run.inputs.len());
        self.timeline.fork(view);
        self.view = self.timeline.nearest(at);
        Ok(())
    }

    /// Takes up another run of the same figure, keeping what both have in common.
    fn become_run(&mut self, run: Run) -> Result<(), Msg> {
        if let Some(from) = first_difference(&self.run, &run) {
            self.run = run;
            self.timeline.rewind(from);
            self.view = self.timeline.nearest(Time::ZERO);
        } else {
            let past = core::mem::take(&mut self.past);
            *self = Self { past, ..Self::start(self.figure, run, self.data.clone())? };
        }
        Ok(())
    }

    fn take_back(&mut self) -> Result<Answer, Msg> {
        let (run, at) = self.past.pop().ok_or_else(|| Msg::new("nothing-to-take-back"))?;
        self.become_run(run)?;
        Ok(self.changed(at))
    }

    fn changed(&self, at: Time) -> Answer {
        Answer::Changed { run: self.run.clone(), at, can_take_back: !self.past.is_empty() }
    }
}

/// The moment up to which two runs are the same; `None` if they already start differently.
fn first_difference(a: &Run, b: &Run) -> Option<Time> {
    if (a.seed, &a.controls, a.data, a.version) != (b.seed, &b.controls, b.data, b.version) {
        return None;
    }
    let n = a.inputs.iter().zip(&b.inputs).take_while(|(a, b)| a == b).count();
    let at = |run: &Run| run.inputs.get(n).map_or(Time::MAX, |input| input.at);
    Some(at(a).min(at(b)))
}
