//! A registered figure with its experiment's type erased. Virtual calls are made per slice of events, never per event.

use super::challenge::Challenge;
use super::data::{Data, FileReader, LogReader};
use super::experiment::{About, Experiment, Readings};
use super::measure;
use super::predict::Prediction;
use super::run::Run;
use super::search::{Found, Search, Searching};
use super::spec::FigureSpec;
use super::trial::StartSettings;
use super::typed::Controls;
use super::value::Value;
use crate::scene::Scene;
use crate::sim::{Ending, Entity, HistoryStep, Msg, Notable, Seed, Time, World};

/// A figure as it is registered: its declaration and how to start it.
#[derive(Clone, Copy)]
pub struct Figure {
    /// The declaration.
    pub spec: &'static FigureSpec,
    /// Tables of the messages that it can produce; only needed by the checks.
    #[cfg(not(target_arch = "wasm32"))]
    pub messages: &'static [&'static [crate::sim::Message]],
    /// What learners predict of it.
    pub predictions: &'static [Prediction],
    /// The challenges in it.
    pub challenges: &'static [Challenge],
    /// Requests a second that it can finish with these settings, where it replays a log: what the log's pace is made to fit.
    pub capacity: Option<fn(&StartSettings) -> f64>,
    /// Makes the reader of the file that it replays, if it replays one.
    pub reader: Option<fn() -> Box<dyn FileReader>>,
    /// Begins a search for the shortest way to a state that must never be, where there are such states. Workers without such
    /// a figure don't contain the search.
    pub search: Option<BeginSearch>,
    start: Start,
}

/// Begins a search from the start of a run.
type BeginSearch = fn(&'static Figure, &Run) -> Result<Searching, Msg>;

/// Starts a run with one accepted value for each control.
type Start = fn(&'static FigureSpec, &[Value], Seed, &Data) -> Result<Box<dyn Model>, Msg>;

impl Figure {
    /// The figure of an experiment.
    pub const fn of<X: Experiment>() -> Self {
        Self {
            spec: X::SPEC,
            #[cfg(not(target_arch = "wasm32"))]
            messages: X::MESSAGES,
            predictions: &[],
            challenges: &[],
            capacity: None,
            reader: None,
            search: None,
            start: start::<X>,
        }
    }

    /// The figure with these predictions about it.
    #[must_use]
    pub const fn predicted(self, predictions: &'static [Prediction]) -> Self {
        Self { predictions, ..self }
    }

    /// The figure with these challenges in it.
    #[must_use]
    pub const fn challenged(self, challenges: &'static [Challenge]) -> Self {
        Self { challenges, ..self }
    }

    /// The figure replaying access logs: with what it can finish, so that a log can be made to fit.
    #[must_use]
    pub const fn replaying(self, capacity: fn(&StartSettings) -> f64) -> Self {
        Self { capacity: Some(capacity), ..self.reading_logs() }
    }

    /// The figure taking access logs whose pace is of no concern to it.
    #[must_use]
    pub const fn reading_logs(self) -> Self {
        Self { reader: Some(log_reader), ..self }
    }

    /// The figure with states that must never be ([`Experiment::found_in`]), to which a way can be searched for.
    #[must_use]
    pub const fn searched(self) -> Self {
        Self { search: Some(Search::begin), ..self }
    }

    /// The prediction of this id.
    pub fn prediction(&self, id: &str) -> Option<&'static Prediction> {
        self.predictions.iter().find(|prediction| prediction.id == id)
    }

    /// The challenge of this id.
    ///
    /// # Errors
    /// If there is none: which there are.
    pub fn challenge(&self, id: &str) -> Result<&'static Challenge, Msg> {
        self.challenges.iter().find(|challenge| challenge.id == id).ok_or_else(|| {
            let allowed: Vec<&str> = self.challenges.iter().map(|challenge| challenge.id).collect();
            Msg::new("no-such-challenge")
                .text("challenge", super::control::clip(id))
                .text("allowed", allowed.join(", "))
        })
    }

    /// The same experiment as another figure.
    #[must_use]
    pub const fn declared(self, spec: &'static FigureSpec) -> Self {
        Self { spec, ..self }
    }

    pub(super) fn start(&self, values: &[Value], seed: Seed, data: &Data) -> Result<Box<dyn Model>, Msg> {
        (self.start)(self.spec, values, seed, data)
    }
}

fn log_reader() -> Box<dyn FileReader> {
    Box::new(LogReader::default())
}

impl core::fmt::Debug for Figure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Figure({})", self.spec.id)
    }
}

fn start<X: Experiment>(
    spec: &'static FigureSpec,
    values: &[Value],
    seed: Seed,
    data: &Data,
) -> Result<Box<dyn Model>, Msg> {
    let mut world = World::new(seed.0);
    measure::begin(spec, &mut world);
    let controls = X::Controls::from_values(values);
    let experiment = X::new(&controls, data, &mut world)?;
    Ok(Box::new(Running { spec, experiment, world }))
}

/// A run under way.
pub(super) trait Model {
    fn now(&self) -> Time;
    fn events(&self) -> u64;
    /// How much has been computed, in events of the usual size.
    fn work(&self) -> u64;
    /// Whether nothing will happen by itself any more.
    fn waits(&self) -> bool;
    fn hash(&self) -> u64;
    /// About how many bytes a checkpoint takes.
    fn approx_bytes(&self) -> usize;
    /// Handles events before `before` whose work is at most `budget`, or one; true when none is left, and then the clock is at
    /// `before`.
    fn advance(&mut self, before: Time, budget: u64) -> bool;
    fn set(&mut self, values: &[Value]) -> Result<(), Msg>;
    fn act(&mut self, action: usize, on: &[Entity], arg: &Value) -> Result<(), Msg>;
    fn read(&self, out: &mut Readings);
    fn draw(&self, scene: &mut Scene);
    fn about(&self, entity: Entity) -> Option<About>;
    fn refusal(&self, action: usize, on: Entity) -> Option<Msg>;
    fn found_in(&self) -> Option<Found>;
    /// Only the terminal and the tests check these.
    #[cfg(not(target_arch = "wasm32"))]
    fn invariants(&self) -> Result<(), String>;
    fn take_notables(&mut self) -> Vec<Notable>;
    /// How many of a kind were ever opened, and whether this one is under way.
    fn opened(&self, kind: u8) -> u64;
    fn is_open(&self, entity: Entity) -> bool;
    fn record_from_here(&mut self, entity: Entity);
    fn take_recording(&mut self) -> Vec<HistoryStep>;
    fn take_endings(&mut self) -> Vec<Ending>;
    fn checkpoint(&self) -> Box<dyn Model>;
}

#[derive(Clone)]
struct Running<X: Experiment> {
    spec: &'static FigureSpec,
    experiment: X,
    world: World<X::Event>,
}

impl<X: Experiment> Model for Running<X> {
    fn now(&self) -> Time {
        self.world.now()
    }
    fn events(&self) -> u64 {
        self.world.events()
    }
    fn work(&self) -> u64 {
        self.world.work()
    }
    fn waits(&self) -> bool {
        self.world.next_time().is_none()
    }
    fn hash(&self) -> u64 {
        self.world.hash()
    }
    fn approx_bytes(&self) -> usize {
        self.world.approx_bytes() + self.experiment.kept_bytes() + size_of::<Self>()
    }
    fn advance(&mut self, before: Time, budget: u64) -> bool {
        let most = self.world.work().saturating_add(budget);
        while self.world.work() < most {
            let Some(event) = self.world.next(before) else {
                self.world.settle(before.max(self.world.now()));
                return true;
            };
            self.experiment.handle(event, &mut self.world);
        }
        false
    }
    fn set(&mut self, values: &[Value]) -> Result<(), Msg> {
        self.experiment.set(&X::Controls::from_values(values), &mut self.world)?;
        self.world.add_to_hash(&set_bytes(values));
        Ok(())
    }
    fn act(&mut self, action: usize, on: &[Entity], arg: &Value) -> Result<(), Msg> {
        self.experiment.act(action, on, arg, &mut self.world)?;
        self.world.add_to_hash(&act_bytes(action, on, arg));
        Ok(())
    }
    fn read(&self, out: &mut Readings) {
        self.experiment.read(&self.world, out);
        measure::read(self.spec, &self.world, out);
    }
    fn draw(&self, scene: &mut Scene) {
        scene.time = self.world.now();
        self.experiment.draw(&self.world, scene);
    }
    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        self.experiment.refusal(action, on)
    }
    fn about(&self, entity: Entity) -> Option<About> {
        self.experiment.about(entity, &self.world)
    }
    fn found_in(&self) -> Option<Found> {
        self.experiment.found_in()
    }
    #[cfg(not(target_arch = "wasm32"))]
    fn invariants(&self) -> Result<(), String> {
        self.experiment.invariants(&self.world)
    }
    fn take_notables(&mut self) -> Vec<Notable> {
        self.world.take_notables()
    }
    fn opened(&self, kind: u8) -> u64 {
        self.world.tally(kind).opened()
    }
    fn is_open(&self, entity: Entity) -> bool {
        self.world.tally(entity.kind).is_open(entity.n)
    }
    fn record_from_here(&mut self, entity: Entity) {
        self.world.record_from_here(entity);
    }
    fn take_recording(&mut self) -> Vec<HistoryStep> {
        self.world.take_recording()
    }
    fn take_endings(&mut self) -> Vec<Ending> {
        self.world.take_endings()
    }
    fn checkpoint(&self) -> Box<dyn Model> {
        Box::new(self.clone())
    }
}

/// The bytes of a control change for the run's hash. Not generic, so that this isn't compiled once per figure.
#[inline(never)]
fn set_bytes(values: &[Value]) -> Vec<u8> {
    // Plain data can't fail.
    postcard::to_allocvec(values).unwrap_or_default()
}

/// The bytes of an action for the run's hash.
#[inline(never)]
fn act_bytes(action: usize, on: &[Entity], arg: &Value) -> Vec<u8> {
    postcard::to_allocvec(&(action as u64, on, arg)).unwrap_or_default()
}
