//! Say here what the figure shows, and what its model leaves out.
//!
//! To begin with it is a counter: something happens at random, so many times a second.

use crate::player::{
    About, Control, Controls, Data, EntityKind, EntityNames, Experiment, FigureSpec, Needs, Pace, Reading,
    Readings,
};
use crate::scene::{Chart, Label, Panel, Scene, Series, SeriesLine, Status};
use crate::sim::{Dist, Entity, Message, Msg, Purpose, Time, Unit, World};
use crate::{controls, messages};
use std::borrow::Cow;

const SOURCE: Entity = Entity::new(0, 0);
const GAP: Purpose = Purpose::named("gap");

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// How often it happens.
        pub rate: f64 = Control::log_number("rate", "Rate", Unit::Rate, (0.1, 100.0), 2.0)
            .help("How often it happens, on average.").primary(),
    }
}

messages! {
    MESSAGES;
    happened();
    chart_title();
    says_happened(happened: u32);
    about_source(happened: u32);
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
    controls: ControlValues,
    happened: u32,
}

impl NewFigure {
    /// The gap before event n comes from a stream of its own: it stays the same whatever else changes.
    fn expect_next(&self, world: &mut World<Event>) {
        let n = self.happened;
        let gap = Dist::Exponential(1.0 / self.controls.rate).span(&mut world.draws(GAP, Entity::new(0, n)));
        world.schedule(gap, Event::Happens(n));
    }
}

impl Experiment for NewFigure {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = &FigureSpec {
        id: Cow::Borrowed("new-figure"),
        version: 1,
        until: Time::from_secs(60),
        still_at: Time::from_secs(30),
        warm_up: Time::ZERO,
        pace: Pace::Continuous,
        speed: 1.0,
        controls: Cow::Borrowed(ControlValues::ALL),
        readings: Cow::Borrowed(&[Reading::new(
            "happened",
            "happened",
            Unit::Count,
            "How often it has happened so far.",
        )]),
        actions: Cow::Borrowed(&[]),
        kinds: Cow::Borrowed(&[EntityKind::new("source", EntityNames::Only)]),
        needs: Needs::Nothing,
    };
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        let model = Self { controls: controls.clone(), happened: 0 };
        model.expect_next(world);
        Ok(model)
    }

    fn handle(&mut self, Event::Happens(_): Event, world: &mut World<Event>) {
        self.happened += 1;
        self.expect_next(world);
    }

    fn set(&mut self, is: &ControlValues, _: &mut World<Event>) -> Result<(), Msg> {
        self.controls = is.clone();
        Ok(())
    }

    fn read(&self, _: &World<Event>, out: &mut Readings) {
        out.put("happened", f64::from(self.happened));
    }

    fn draw(&self, _: &World<Event>, scene: &mut Scene) {
        scene.panels.push(Panel::Chart(Chart::Series(Series {
            title: Label::Words(chart_title()),
            unit: Unit::Count,
            lines: vec![SeriesLine {
                reading: "happened".into(),
                label: Label::Words(happened()),
                status: Status::Active,
                points: Vec::new(),
            }],
            until: Self::SPEC.until,
        })));
        scene.sentences.push(says_happened(self.happened));
    }

    fn about(&self, entity: Entity, _: &World<Event>) -> Option<About> {
        let sentences = vec![about_source(self.happened)];
        (entity == SOURCE).then_some(About { sentences, related: Vec::new() })
    }

    fn invariants(&self, world: &World<Event>) -> Result<(), String> {
        if u64::from(self.happened) != world.events() {
            return Err(format!("{} events, {} counted", world.events(), self.happened));
        }
        Ok(())
    }
}
