//! The one trait that a lesson implements.

use super::data::Data;
use super::search::Found;
use super::spec::FigureSpec;
use super::typed::Controls;
use super::value::Value;
use crate::scene::Scene;
use crate::sim::{Entity, Message, Msg, World};
use core::hash::Hash;
use serde::{Deserialize, Serialize};

/// A figure's world: clients, queues, networks, faults. `Clone` is the checkpoint, so an experiment holds values and
/// enums; constant tables and the learner's data are shared (`Arc`).
pub trait Experiment: Clone + 'static {
    /// What can be turned, typed.
    type Controls: Controls;
    /// What can happen.
    type Event: Clone + Hash;
    /// The declaration.
    const SPEC: &'static FigureSpec;
    /// Every message that it can say, beyond its readings and kinds: its own table, and those of the parts that it is made
    /// of. The lesson's words, or those that all lessons share, have a sentence for each.
    const MESSAGES: &'static [&'static [Message]];

    /// The world at time zero, with its first events scheduled.
    ///
    /// # Errors
    /// A sentence on why it can't start with these controls or this data.
    fn new(controls: &Self::Controls, data: &Data, world: &mut World<Self::Event>) -> Result<Self, Msg>;

    /// Handles an event. Everything that changes without an input changes here.
    fn handle(&mut self, event: Self::Event, world: &mut World<Self::Event>);

    /// The controls have changed.
    ///
    /// # Errors
    /// A sentence on why it can't; then nothing has changed.
    fn set(&mut self, is: &Self::Controls, world: &mut World<Self::Event>) -> Result<(), Msg>;

    /// Performs an action: `action` is an index into the figure's actions, the entities are of the kinds it applies to
    /// (whether there are so many of a kind is checked here), and the argument is one it takes. `World::notable` marks the
    /// moment on the time line. A figure without actions leaves it out.
    ///
    /// # Errors
    /// A sentence on why it can't; then nothing has changed.
    fn act(
        &mut self,
        action: usize,
        on: &[Entity],
        arg: &Value,
        world: &mut World<Self::Event>,
    ) -> Result<(), Msg> {
        let _ = (action, on, arg, world);
        Err(Msg::new("no-such-action"))
    }

    /// Writes the present value of every reading that the world doesn't measure by itself.
    fn read(&self, world: &World<Self::Event>, out: &mut Readings);

    /// Describes the present picture.
    fn draw(&self, world: &World<Self::Event>, scene: &mut Scene);

    /// Why an action would be refused now, if it would: because nothing would change, say. Its button then says so. By default
    /// nothing is known before it is tried.
    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let _ = (action, on);
        None
    }

    /// What an entity is and does now, and which others are concerned; `None` if there is nothing to say.
    fn about(&self, entity: Entity, world: &World<Self::Event>) -> Option<About>;

    /// For figures whose learner chooses what happens next (`Scene::choices`): what tells the present state from others, and
    /// what is wrong with it if it must never be. The shortest way to such a state can then be searched for, if the figure is
    /// declared to be ([`Figure::searched`](super::Figure::searched)). All others leave it out.
    fn found_in(&self) -> Option<Found> {
        None
    }

    /// About how many bytes this keeps beside a small record of each entity under way: the entries of a cache, a log.
    /// Checkpoints are kept as far apart as that asks for; a session takes 64 MiB at most.
    fn kept_bytes(&self) -> usize {
        0
    }

    /// Invariants that hold after every event: nothing vanishes, bounds are kept.
    ///
    /// # Errors
    /// Which invariant is broken, for a developer.
    fn invariants(&self, world: &World<Self::Event>) -> Result<(), String>;
}

/// What an entity is and does at a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Sentences, the most important first. They name the others that are concerned, and never the entity itself.
    pub sentences: Vec<Msg>,
}

impl About {
    /// These sentences.
    pub fn says(sentences: impl Into<Vec<Msg>>) -> Self {
        Self { sentences: sentences.into() }
    }
}

/// Present values of a figure's readings. NaN means 'nothing measured yet'.
#[derive(Clone, Debug, PartialEq)]
pub struct Readings {
    spec: &'static FigureSpec,
    values: Vec<f64>,
}

impl Readings {
    pub(super) fn of(spec: &'static FigureSpec) -> Self {
        Self { spec, values: vec![f64::NAN; spec.readings.len()] }
    }

    /// Sets the value of a reading; `None` if nothing has been measured yet.
    ///
    /// # Panics
    /// If the figure declares no such reading.
    pub fn put(&mut self, id: &str, value: impl Into<Option<f64>>) {
        let at = self.spec.reading(id).expect("a figure reads what it declares");
        self.values[at] = value.into().unwrap_or(f64::NAN);
    }

    /// The values in the order of the declaration.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}
