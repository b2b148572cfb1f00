//! Figures with a bug in them, for the monkey to find: a queue like any other, until it is in a certain state.

use playground::lessons::architecture::load_balancing::one_server::{ControlValues, Event, OneServer};
use playground::player::{About, Data, Experiment, FigureSpec, Message, Readings, Value};
use playground::scene::Scene;
use playground::sim::{Entity, Msg, World};

/// Where the bug is.
pub const IN_ON: u8 = 0;
/// See [`IN_ON`].
pub const IN_DRAW: u8 = 1;
const REQUEST: u8 = 0;

/// One server, with a bug.
#[derive(Clone)]
pub struct Planted<const BUG: u8>(OneServer, ControlValues);

impl<const BUG: u8> Experiment for Planted<BUG> {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = OneServer::SPEC;
    const MESSAGES: &'static [&'static [Message]] = OneServer::MESSAGES;

    fn new(controls: &ControlValues, data: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        Ok(Self(OneServer::new(controls, data, world)?, controls.clone()))
    }

    fn handle(&mut self, event: Event, world: &mut World<Event>) {
        self.0.handle(event, world);
        // Only when the load was turned up to the end, and only for a while.
        assert!(
            BUG != IN_ON || self.1.load < 1.15 || world.tally(REQUEST).under_way() < 30,
            "the planted bug: a queue that nobody thought of"
        );
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Event>) -> Result<(), Msg> {
        self.1 = is.clone();
        self.0.set(is, world)
    }

    fn act(
        &mut self,
        action: usize,
        on: &[Entity],
        arg: &Value,
        world: &mut World<Event>,
    ) -> Result<(), Msg> {
        self.0.act(action, on, arg, world)
    }

    fn read(&self, world: &World<Event>, out: &mut Readings) {
        self.0.read(world, out);
    }

    fn draw(&self, world: &World<Event>, scene: &mut Scene) {
        let waiting = world.tally(REQUEST).under_way();
        assert!(
            BUG != IN_DRAW || waiting != 17 || self.1.service.secs() < 0.2,
            "the planted bug: a picture that can't be drawn"
        );
        self.0.draw(world, scene);
    }

    fn about(&self, entity: Entity, world: &World<Event>) -> Option<About> {
        self.0.about(entity, world)
    }

    fn invariants(&self, world: &World<Event>) -> Result<(), String> {
        self.0.invariants(world)
    }
}

/// A decoder that trusts the text to be at least so long, and cuts it wherever that is.
pub fn decodes_badly(text: &str) {
    let (form, rest) = text.trim().split_at(text.len().min(1));
    if form == "a" && rest.len() > 2 {
        let _ = &rest[..rest.len() - 2];
    }
}
