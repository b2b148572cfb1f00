//! The figure `one-server` with somebody who watches it: to count what is computed, or to fail at a certain moment.

use playground::lessons::architecture::load_balancing::one_server::{ControlValues, Event, OneServer};
use playground::player::{About, Data, Experiment, FigureSpec, Message, Readings};
use playground::scene::Scene;
use playground::sim::{Entity, Msg, World};
use std::marker::PhantomData;

/// What is done beside what the figure does.
pub trait Watch: 'static {
    /// An event was handled.
    fn handled(_: &ControlValues, _: &World<Event>) {}
    /// The picture is drawn.
    fn drawn(_: &ControlValues, _: &World<Event>) {}
}

/// One server, watched.
pub struct Watched<W>(OneServer, ControlValues, PhantomData<W>);

impl<W> Clone for Watched<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), self.1.clone(), PhantomData)
    }
}

impl<W: Watch> Experiment for Watched<W> {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = OneServer::SPEC;
    const MESSAGES: &'static [&'static [Message]] = OneServer::MESSAGES;

    fn new(controls: &ControlValues, data: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        Ok(Self(OneServer::new(controls, data, world)?, controls.clone(), PhantomData))
    }

    fn handle(&mut self, event: Event, world: &mut World<Event>) {
        self.0.handle(event, world);
        W::handled(&self.1, world);
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Event>) -> Result<(), Msg> {
        self.1 = is.clone();
        self.0.set(is, world)
    }

    fn read(&self, world: &World<Event>, out: &mut Readings) {
        self.0.read(world, out);
    }

    fn draw(&self, world: &World<Event>, scene: &mut Scene) {
        W::drawn(&self.1, world);
        self.0.draw(world, scene);
    }

    fn about(&self, entity: Entity, world: &World<Event>) -> Option<About> {
        self.0.about(entity, world)
    }

    fn invariants(&self, world: &World<Event>) -> Result<(), String> {
        self.0.invariants(world)
    }
}
