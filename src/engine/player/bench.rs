//! A figure's world on the bench: for a lesson's own tests, which are about its point. What every figure must keep is tested
//! over all of them (`tests/figures`).

use super::data::Data;
use super::experiment::{Experiment, Readings};
use super::measure;
use super::run::Run;
use super::typed::Controls;
use super::value::Value;
use crate::scene::Scene;
use crate::sim::{Entity, Msg, Seed, Span, Time, World};

/// A run of an experiment that can be looked into. The experiment's invariants are checked after every event and action.
///
/// Its methods panic on what a test must not do: settings that the figure doesn't take, a moment that is past.
pub struct Bench<X: Experiment> {
    /// The model.
    pub model: X,
    /// Its world.
    pub world: World<X::Event>,
    values: Vec<Value>,
}

impl<X: Experiment> Bench<X> {
    /// The experiment at time zero with these settings (control, value as one types it); the others at their defaults.
    ///
    /// # Panics
    /// If the figure doesn't take a setting, or refuses to start.
    pub fn new(settings: &[(&str, &str)], seed: u64) -> Self {
        Self::with_data(settings, seed, &Data::default())
    }

    /// The same with a learner's data.
    ///
    /// # Panics
    /// As [`Bench::new`].
    pub fn with_data(settings: &[(&str, &str)], seed: u64, data: &Data) -> Self {
        let mut run = Run::new(X::SPEC, Seed(seed));
        run.set_all(X::SPEC, settings).unwrap_or_else(|why| panic!("{settings:?}: {why:?}"));
        let values = run.values(X::SPEC);
        let mut world = World::new(seed);
        measure::begin(X::SPEC, &mut world);
        let model = X::new(&X::Controls::from_values(&values), data, &mut world);
        let model = model.unwrap_or_else(|why| panic!("it doesn't start with {settings:?}: {why:?}"));
        let bench = Self { model, world, values };
        bench.check();
        bench
    }

    /// Runs to the state at this moment.
    ///
    /// # Panics
    /// If it is past, or an invariant breaks on the way.
    #[must_use]
    pub fn until(mut self, at: Time) -> Self {
        while let Some(event) = self.world.next(at) {
            self.model.handle(event, &mut self.world);
            self.check();
        }
        self.world.settle(at);
        self
    }

    /// Runs on for so long.
    #[must_use]
    pub fn on_for(self, span: Span) -> Self {
        let at = self.world.now() + span;
        self.until(at)
    }

    /// Moves a control now.
    ///
    /// # Panics
    /// If the figure doesn't take it.
    #[must_use]
    pub fn set(mut self, control: &str, value: &str) -> Self {
        let (at, declared) =
            X::SPEC.control(control).unwrap_or_else(|| panic!("there is no control {control}"));
        self.values[at] = declared.parse(value).unwrap_or_else(|why| panic!("{control}={value}: {why:?}"));
        let set = self.model.set(&X::Controls::from_values(&self.values), &mut self.world);
        set.unwrap_or_else(|why| panic!("{control}={value}: {why:?}"));
        self.check();
        self
    }

    /// Performs an action now.
    ///
    /// # Panics
    /// If the figure refuses it.
    #[must_use]
    pub fn act(mut self, action: &str, on: &[Entity], arg: &Value) -> Self {
        self.tries(action, on, arg).unwrap_or_else(|why| panic!("{action} on {on:?}: {why:?}"));
        self
    }

    /// Tries an action, and answers why it is refused, if it is.
    ///
    /// # Errors
    /// What the figure says.
    ///
    /// # Panics
    /// If there is no such action, or it breaks an invariant.
    pub fn tries(&mut self, action: &str, on: &[Entity], arg: &Value) -> Result<(), Msg> {
        let (at, _) = X::SPEC.action(action).unwrap_or_else(|| panic!("there is no action {action}"));
        let done = self.model.act(at, on, arg, &mut self.world);
        self.check();
        done
    }

    /// The value of a reading now; NaN while nothing has been measured.
    ///
    /// # Panics
    /// If there is no such reading.
    pub fn reading(&self, id: &str) -> f64 {
        let mut readings = Readings::of(X::SPEC);
        self.model.read(&self.world, &mut readings);
        measure::read(X::SPEC, &self.world, &mut readings);
        let at = X::SPEC.reading(id).unwrap_or_else(|| panic!("there is no reading {id}"));
        readings.values()[at]
    }

    /// Ids of the sentences under the picture.
    pub fn says(&self) -> Vec<String> {
        let mut scene = Scene::default();
        self.model.draw(&self.world, &mut scene);
        scene.sentences.iter().map(|sentence| sentence.id.to_string()).collect()
    }

    fn check(&self) {
        if let Err(broken) = self.model.invariants(&self.world) {
            panic!("at {:?}: {broken}", self.world.now());
        }
    }
}
