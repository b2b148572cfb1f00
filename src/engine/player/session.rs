//! A session holds one run and answers requests about it; worker, terminal and tests use the same.

use super::data::Data;
use super::experiment::Readings;
use super::explain::{contributors, explain};
use super::figure::Figure;
use super::protocol::{Frame, Opened, Query, Reply, Request, Response};
use super::run::{Input, InputKind, Run, after_end};
use super::spec::Pace;
use super::timeline::{Cursor, Timeline};
use crate::scene::{Chart, Panel, Scene};
#[cfg(not(target_arch = "wasm32"))]
use crate::sim::{Ending, Entity};
use crate::sim::{Msg, Span, Time};

/// Events computed at most for one answer: a few milliseconds in a browser.
const SLICE: u64 = 60_000;
/// Moves of one control closer together than this are one move: a drag is at most ten a second.
const DRAG_WINDOW: Span = Span::from_millis(100);
/// Changes that can be taken back.
const MAX_UNDO: usize = 50;

/// Holds at most one run and answers requests about it.
pub struct Session {
    figures: Vec<&'static Figure>,
    data: Data,
    current: Option<OpenRun>,
}

/// A run that has been opened.
struct OpenRun {
    figure: &'static Figure,
    run: Run,
    /// The data that it replays.
    data: Data,
    timeline: Timeline,
    /// The state last shown.
    cursor: Cursor,
    /// Runs as they were before each change, newest last, with the moment of the change.
    undo_stack: Vec<(Run, Time)>,
    /// The control that is being dragged, and the moment at which: all its moves are one change.
    dragged: Option<(String, Time)>,
    /// Inputs that stay when those after a change are dropped.
    kept: Vec<Input>,
}

impl Session {
    /// A session that can open these figures.
    pub fn new(figures: impl IntoIterator<Item = &'static Figure>) -> Self {
        Self { figures: figures.into_iter().collect(), data: Data::default(), current: None }
    }

    /// The data that runs of this session may replay.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Sets the data that runs opened from now on may replay.
    pub fn set_data(&mut self, data: Data) {
        self.data = data;
    }

    /// A session for another run of the same figures, with the same data.
    #[must_use]
    pub fn sibling(&self) -> Self {
        let (figures, data) = (self.figures.clone(), self.data.clone());
        Self { figures, data, current: None }
    }

    /// Answers one request, after a bounded amount of computing.
    pub fn handle(&mut self, request: Request) -> Response {
        let reply = self.reply(request.query).unwrap_or_else(Reply::Refused);
        Response { id: request.id, reply }
    }

    fn reply(&mut self, ask: Query) -> Result<Reply, Msg> {
        match ask {
            Query::Describe => {
                Ok(Reply::Described(self.figures.iter().map(|figure| figure.spec.clone()).collect()))
            }
            Query::Open(run) => self.open_run(&run),
            ask => {
                let open = self.current.as_mut().ok_or_else(|| Msg::new("nothing-open"))?;
                match ask {
                    Query::Frame { at, reach } => Ok(Reply::Frame(Box::new(open.frame(at, reach)))),
                    Query::Change { at, change } => open.change(at, &change),
                    Query::Undo => open.undo(),
                    Query::Explain { entity, at } => {
                        open.require(at)?;
                        explain(open.figure.spec, &open.timeline, &open.run, &open.cursor, entity)
                            .map(Reply::Explained)
                    }
                    Query::Contributors { reading, at } => {
                        open.require(at)?;
                        Ok(Reply::Contributors(contributors(
                            open.figure.spec,
                            &open.timeline,
                            &open.run,
                            reading,
                            at,
                        )))
                    }
                    Query::Samples { until } => {
                        let (samples, every) = open.timeline.samples();
                        let known = until.nanos() / every.nanos() + 1;
                        Ok(Reply::Samples(samples[..samples.len().min(known as usize)].to_vec(), every))
                    }
                    Query::Markers => Ok(Reply::Markers(open.timeline.markers().to_vec())),
                    Query::Describe | Query::Open(_) => unreachable!("answered above"),
                }
            }
        }
    }

    fn open_run(&mut self, run: &Run) -> Result<Reply, Msg> {
        let figure = self.figures.iter().copied().find(|figure| figure.spec.id == run.figure.as_str());
        let figure = figure.ok_or_else(|| {
            let allowed: Vec<&str> = self.figures.iter().map(|figure| figure.spec.id.as_ref()).collect();
            Msg::new("no-such-figure")
                .text("figure", super::control::clip(&run.figure))
                .text("allowed", allowed.join(", "))
        })?;
        let mut notes = Vec::new();
        let mut accepted = run.validated(figure.spec)?;
        if accepted.version < figure.spec.version {
            notes.push(Msg::new("run-from-earlier-model"));
            accepted.version = figure.spec.version;
        }
        let data = self.data.for_run(&accepted)?;
        let open = OpenRun::start(figure, accepted, data)?;
        let run = open.run.clone();
        self.current = Some(open);
        Ok(Reply::Opened(Opened { run, notes }))
    }

    /// Computes one slice ahead; true while there is more to do.
    pub fn run_ahead(&mut self) -> bool {
        self.current
            .as_mut()
            .is_some_and(|open| !open.timeline.extend(&open.run, open.figure.spec.until, SLICE))
    }

    /// Says that a control has been let go of: moving it again is another change. Until then its moves at one moment are
    /// taken back together.
    pub fn let_go(&mut self) {
        if let Some(open) = &mut self.current {
            open.dragged = None;
        }
    }

    /// Says which inputs of the run stay whatever is changed before them: what befalls every run of a challenge.
    pub fn keep(&mut self, inputs: Vec<Input>) {
        if let Some(open) = &mut self.current {
            open.kept = inputs;
        }
    }

    /// Checks the model's invariants at the moment last shown.
    ///
    /// # Errors
    /// Which invariant is broken.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn invariants(&self) -> Result<(), String> {
        self.current.as_ref().map_or(Ok(()), |open| open.cursor.model.invariants())
    }

    /// How everything has ended that had ended by the moment last shown, oldest first: the record that readings can be
    /// recounted from. The run is replayed from its start.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn endings(&self) -> Vec<Ending> {
        let Some(open) = &self.current else { return Vec::new() };
        let mut cursor = open.timeline.checkpoint_before(Time::ZERO).checkpoint();
        cursor.model.record_from_here(Entity::new(u8::MAX, u32::MAX));
        let at = open.cursor.now();
        while !cursor.advance(open.figure.spec, &open.run, at, &mut { SLICE }, &mut |_| {}) {}
        cursor.model.take_endings()
    }
}

impl OpenRun {
    fn start(figure: &'static Figure, run: Run, data: Data) -> Result<Self, Msg> {
        let timeline = Timeline::start(figure, &run, &data)?;
        let cursor = timeline.nearest(Time::ZERO);
        let (undo_stack, dragged, kept) = (Vec::new(), None, Vec::new());
        Ok(Self { figure, run, data, timeline, cursor, undo_stack, dragged, kept })
    }

    /// Seeks towards the state at `at`, for at most one slice; true when it is reached.
    fn seek(&mut self, at: Time) -> bool {
        let at = at.min(self.figure.spec.until);
        let mut budget = SLICE;
        if !self.timeline.extend(&self.run, at, budget) {
            // As far as it has come.
            self.cursor = self.timeline.head();
            return false;
        }
        let from = self.timeline.nearest(at);
        // Playing on from what is shown is cheapest; otherwise start from the nearest known state.
        if !self.cursor.leads_to(at) || from.now() > self.cursor.now() {
            self.cursor = from;
        }
        self.cursor.advance(self.figure.spec, &self.run, at, &mut budget, &mut |_| {})
    }

    fn frame(&mut self, at: Time, reach: Time) -> Frame {
        let reached = self.seek(at);
        let spec = self.figure.spec;
        let mut readings = Readings::of(spec);
        self.cursor.model.read(&mut readings);
        let mut scene = Scene::default();
        self.cursor.model.draw(&mut scene);
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
            reached,
            computed: self.timeline.computed(),
            waits: self.cursor.model.waits(),
            scene,
            readings: readings.values().to_vec(),
            events: self.cursor.model.events(),
            hash: self.cursor.model.hash(),
            markers: self.timeline.markers().len() as u32,
        }
    }

    /// Moves the cursor to the state at `at`; refuses if that has not been computed.
    fn require(&mut self, at: Time) -> Result<(), Msg> {
        if at > self.figure.spec.until {
            return Err(after_end());
        }
        // A change is made at a moment that was shown, so this is the slice that showed it; at most a few more.
        for _ in 0..64 {
            if self.seek(at) {
                return Ok(());
            }
        }
        Err(Msg::new("not-computed-yet"))
    }

    fn change(&mut self, at: Time, change: &InputKind) -> Result<Reply, Msg> {
        let change = change.validated(self.figure.spec)?;
        let before = self.run.clone();
        if let Err(refusal) = self.apply(at, &change) {
            self.switch_to(before)?;
            return Err(refusal);
        }
        let moved = match &change {
            InputKind::Set { control, .. } => Some((control.clone(), at)),
            InputKind::Act { .. } => None,
        };
        let goes_on = moved.is_some() && self.dragged == moved;
        self.dragged = moved;
        if !goes_on {
            self.undo_stack.push((before, at));
            if self.undo_stack.len() > MAX_UNDO {
                self.undo_stack.remove(0);
            }
        }
        let at = match (self.figure.spec.pace, &change) {
            (Pace::Steps(step), InputKind::Act { .. }) => {
                let next = (at.nanos() / step.nanos() + 1) * step.nanos();
                Time::from_nanos(next).min(self.figure.spec.until)
            }
            _ => at,
        };
        Ok(self.changed(at))
    }

    fn apply(&mut self, at: Time, change: &InputKind) -> Result<(), Msg> {
        match change {
            // At the start a control is the run's, not an input.
            InputKind::Set { control, value } if at == Time::ZERO => {
                let mut run = Run { inputs: self.kept.clone(), ..self.run.clone() };
                run.set(self.figure.spec, control, value)?;
                self.switch_to(run)
            }
            InputKind::Set { control, .. } => {
                let moves = |input: &Input| matches!(&input.change, InputKind::Set { control: id, .. } if id == control);
                let recent =
                    |input: &Input| input.at <= at && at.since(input.at) < DRAG_WINDOW && moves(input);
                // A drag that began less than `DRAG_WINDOW` ago goes on: this move replaces the earlier one.
                let at = self.run.inputs.iter().find(|input| recent(input)).map_or(at, |input| input.at);
                let mut run = self.run.clone();
                run.inputs.retain(|input| input.at <= at && !(input.at == at && moves(input)));
                if self.run.inputs.iter().any(recent) {
                    self.switch_to(run)?;
                }
                self.fork(at, change)
            }
            InputKind::Act { .. } => match self.figure.spec.pace {
                // The last step ends with the run.
                Pace::Steps(_) if at >= self.figure.spec.until => Err(after_end()),
                Pace::Steps(step) => {
                    self.fork(Time::from_nanos(at.nanos() / step.nanos() * step.nanos()), change)
                }
                Pace::Continuous => self.fork(at, change),
            },
        }
    }

    /// Adds a change to the state at `at`, and drops what came after but for what is kept.
    fn fork(&mut self, at: Time, change: &InputKind) -> Result<(), Msg> {
        let (spec, input) = (self.figure.spec, Input { at, change: change.clone() });
        let mut run = self.run.clone();
        run.inputs.retain(|input| spec.pace.has_applied(input, at));
        if spec.pace != Pace::Continuous {
            // A step is one action: another at the same step takes its place.
            self.switch_to(run.clone())?;
        }
        self.require(at)?;
        let mut view = self.cursor.checkpoint();
        view.apply(spec, change)?;
        self.run = run;
        self.run.inputs.push(input.clone());
        if spec.pace.has_applied(&input, at) {
            view.has_applied(self.run.inputs.len());
        } else {
            view = self.cursor.checkpoint();
        }
        self.run.inputs.extend(self.kept.iter().filter(|input| input.at > at).cloned());
        self.timeline.fork(view);
        self.cursor = self.timeline.nearest(at);
        Ok(())
    }

    /// Switches to another run of the same figure and keeps what has been computed of their common past.
    fn switch_to(&mut self, run: Run) -> Result<(), Msg> {
        if let Some(from) = first_difference(&self.run, &run) {
            self.run = run;
            self.timeline.rewind(from);
            self.cursor = self.timeline.nearest(Time::ZERO);
        } else {
            let fresh = Self::start(self.figure, run, self.data.clone())?;
            let (undo_stack, dragged) = (core::mem::take(&mut self.undo_stack), self.dragged.take());
            let kept = core::mem::take(&mut self.kept);
            *self = Self { undo_stack, dragged, kept, ..fresh };
        }
        Ok(())
    }

    fn undo(&mut self) -> Result<Reply, Msg> {
        let (run, at) = self.undo_stack.pop().ok_or_else(|| Msg::new("nothing-to-take-back"))?;
        self.switch_to(run)?;
        Ok(self.changed(at))
    }

    fn changed(&self, at: Time) -> Reply {
        Reply::Changed { run: self.run.clone(), at, can_undo: !self.undo_stack.is_empty() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::{About, Control, Controls, Experiment, FigureSpec, Message, Needs, Reading, Value};
    use crate::sim::{Entity, Unit, World};
    use std::borrow::Cow;

    /// Three things happen, all at one moment.
    #[derive(Clone)]
    struct ThreeAtOnce(u32);

    #[derive(Clone, PartialEq)]
    struct NoControls;

    impl Controls for NoControls {
        const ALL: &'static [Control] = &[];
        fn from_values(_: &[Value]) -> Self {
            Self
        }
    }

    impl Experiment for ThreeAtOnce {
        type Controls = NoControls;
        type Event = ();
        const SPEC: &'static FigureSpec = &FigureSpec {
            id: Cow::Borrowed("three-at-once"),
            version: 1,
            until: Time::from_secs(9),
            still_at: Time::ZERO,
            warm_up: Time::ZERO,
            pace: Pace::Continuous,
            speed: 1.0,
            controls: Cow::Borrowed(&[]),
            readings: Cow::Borrowed(&[Reading::new("happened", "happened", Unit::Count, "How many.")]),
            actions: Cow::Borrowed(&[]),
            kinds: Cow::Borrowed(&[]),
            needs: Needs::Nothing,
        };
        const MESSAGES: &'static [&'static [Message]] = &[];

        fn new(_: &NoControls, _: &Data, world: &mut World<()>) -> Result<Self, Msg> {
            (0..3).for_each(|_| _ = world.schedule(Span::from_secs(4), ()));
            Ok(Self(0))
        }
        fn handle(&mut self, (): (), world: &mut World<()>) {
            self.0 += 1;
            world.takes_as_long_as(SLICE);
        }
        fn set(&mut self, _: &NoControls, _: &mut World<()>) -> Result<(), Msg> {
            Ok(())
        }
        fn act(&mut self, _: usize, _: &[Entity], _: &Value, _: &mut World<()>) -> Result<(), Msg> {
            Ok(())
        }
        fn read(&self, _: &World<()>, out: &mut Readings) {
            out.put("happened", f64::from(self.0));
        }
        fn draw(&self, _: &World<()>, _: &mut Scene) {}
        fn about(&self, _: Entity, _: &World<()>) -> Option<About> {
            None
        }
        fn invariants(&self, _: &World<()>) -> Result<(), String> {
            Ok(())
        }
    }

    #[test]
    fn an_event_that_takes_as_long_as_a_slice_ends_it_and_the_frame_has_come_so_far() {
        static FIGURE: Figure = Figure::of::<ThreeAtOnce>();
        let run = Run::new(FIGURE.spec, crate::sim::Seed(1));
        let mut open = OpenRun::start(&FIGURE, run, Data::default()).unwrap();
        let happened = |open: &mut OpenRun| {
            let frame = open.frame(Time::from_secs(9), Time::ZERO);
            (frame.readings[0], frame.reached)
        };
        let seen = [0; 4].map(|_| happened(&mut open));
        assert_eq!(seen, [(1.0, false), (2.0, false), (3.0, false), (3.0, true)]);
    }

    #[test]
    fn a_state_between_two_events_of_a_moment_is_not_the_state_at_that_moment() {
        static FIGURE: Figure = Figure::of::<ThreeAtOnce>();
        let run = Run::new(FIGURE.spec, crate::sim::Seed(1));
        let mut open = OpenRun::start(&FIGURE, run.clone(), Data::default()).unwrap();
        // On the way to the end the budget was spent after the first of the three.
        assert!(!open.cursor.advance(FIGURE.spec, &run, Time::from_secs(9), &mut 1, &mut |_| {}));
        assert_eq!(open.cursor.now(), Time::from_secs(4));
        let frame = open.frame(Time::from_secs(4), Time::ZERO);
        assert_eq!((frame.readings, frame.reached), (vec![0.0], true));
        // The same of what was computed ahead: this slice ends after the first of the three.
        let mut open = OpenRun::start(&FIGURE, run, Data::default()).unwrap();
        assert!(!open.frame(Time::from_secs(9), Time::ZERO).reached);
        let frame = open.frame(Time::from_secs(4), Time::ZERO);
        assert_eq!((frame.readings, frame.reached), (vec![0.0], true));
    }
}
