//! Say here what the figure shows, and what its model leaves out.
//!
//! To begin with it is a counter: something happens at random, so many times a second.

use crate::controls;
use crate::player::{
    Action, Control, Controls, Data, Experiment, Explained, FigureSpec, Kind, Message, Names, Needs, Pace,
    Reading, Readings, Value,
};
use crate::scene::{Chart, Label, Line, Panel, Scene, Series, State};
use crate::sim::{Dist, Entity, Msg, Purpose, Time, Unit, World};
use std::borrow::Cow;

const SOURCE: Entity = Entity::new(0, 0);
const GAP: Purpose = Purpose::named("gap");

controls! {
    /// What can be turned.
    pub struct Knobs {
        /// How often it happens.
        pub rate: f64 = Control::log_number("rate", "Rate", Unit::Rate, (0.1, 100.0), 2.0)
            .help("How often it happens, on average.").primary(),
    }
}

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// It happens, for the so-many-th time.
    Happens(u32),
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct NewFigure {
    knobs: Knobs,
    happened: u32,
}

impl NewFigure {
    /// The gap before event n comes from a stream of its own: it stays the same whatever else changes.
    fn expect_next(&self, world: &mut World<Event>) {
        let n = self.happened;
        let gap = Dist::Exponential(1.0 / self.knobs.rate).span(&mut world.draws(GAP, Entity::new(0, n)));
        world.schedule(gap, Event::Happens(n));
    }
}

impl Experiment for NewFigure {
    type Controls = Knobs;
    type Event = Event;
    const SPEC: &'static FigureSpec = &FigureSpec {
        id: Cow::Borrowed("new-figure"),
        version: 1,
        until: Time::from_secs(60),
        still: Time::from_secs(30),
        warm: Time::ZERO,
        pace: Pace::Continuous,
        speed: 1.0,
        controls: Cow::Borrowed(Knobs::ALL),
        readings: Cow::Borrowed(&[Reading::new(
            "happened",
            "happened",
            Unit::Count,
            "How often it has happened so far.",
        )]),
        actions: Cow::Borrowed(&[] as &[Action]),
        kinds: Cow::Borrowed(&[Kind::new("source", Names::Only)]),
        needs: Needs::Nothing,
    };
    const MESSAGES: &'static [Message] = &[
        ("happened", &[]),
        ("chart-title", &[]),
        ("says-happened", &["happened"]),
        ("about-source", &["happened"]),
    ];

    fn new(knobs: &Knobs, _: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        let model = Self { knobs: knobs.clone(), happened: 0 };
        model.expect_next(world);
        Ok(model)
    }

    fn on(&mut self, Event::Happens(_): Event, world: &mut World<Event>) {
        self.happened += 1;
        self.expect_next(world);
    }

    fn set(&mut self, is: &Knobs, _: &mut World<Event>) -> Result<(), Msg> {
        self.knobs = is.clone();
        Ok(())
    }

    fn act(&mut self, _: usize, _: &[Entity], _: &Value, _: &mut World<Event>) -> Result<(), Msg> {
        Ok(())
    }

    fn read(&self, _: &World<Event>, out: &mut Readings) {
        out.put("happened", f64::from(self.happened));
    }

    fn draw(&self, _: &World<Event>, scene: &mut Scene) {
        scene.panels.push(Panel::Chart(Chart::Series(Series {
            title: Label::Words(Msg::new("chart-title")),
            unit: Unit::Count,
            lines: vec![Line {
                reading: "happened".into(),
                label: Label::Words(Msg::new("happened")),
                state: State::Active,
                points: Vec::new(),
            }],
            until: Self::SPEC.until,
        })));
        scene.says.push(Msg::new("says-happened").count("happened", self.happened.into()));
    }

    fn about(&self, entity: Entity, _: &World<Event>) -> Option<Explained> {
        let says = vec![Msg::new("about-source").count("happened", self.happened.into())];
        (entity == SOURCE).then_some(Explained { says, related: Vec::new() })
    }

    fn laws(&self, world: &World<Event>) -> Result<(), String> {
        if u64::from(self.happened) != world.events() {
            return Err(format!("{} events, {} counted", world.events(), self.happened));
        }
        Ok(())
    }
}
