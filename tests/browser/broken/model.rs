//! A figure made to fail: it panics or never answers when it is told to, and can show a crowd. Only tests load it.

use playground::controls;
use playground::player::{
    About, Action, Control, Controls, Data, EntityKind, EntityNames, Experiment, FigureSpec, Message, Needs,
    Pace, Reading, Readings, Value,
};
use playground::scene::{Flow, Link, Node, Packet, PacketKind, Panel, Scene, Status, Tier};
use playground::sim::{Entity, Msg, Span, Time, Unit, World};
use std::borrow::Cow;

const THING: u8 = 0;
const PACKET: u8 = 1;
const LEFT: Entity = Entity::new(THING, 0);
const RIGHT: Entity = Entity::new(THING, 1);

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Packets under way at every moment.
        pub crowd: u32 = Control::number("crowd", "Crowd", Unit::Count, (0.0, 4000.0), 1.0, 3.0).primary(),
    }
}

/// A world in which little happens.
#[derive(Clone)]
pub struct Broken {
    controls: ControlValues,
    ticks: u32,
}

impl Experiment for Broken {
    type Controls = ControlValues;
    type Event = ();
    const SPEC: &'static FigureSpec = &FigureSpec {
        id: Cow::Borrowed("broken"),
        version: 1,
        until: Time::from_secs(60),
        still_at: Time::from_secs(1),
        warm_up: Time::ZERO,
        pace: Pace::Continuous,
        speed: 1.0,
        controls: Cow::Borrowed(ControlValues::ALL),
        readings: Cow::Borrowed(&[Reading::new("ticks", "ticks", Unit::Count, "Tenths of a second.")]),
        actions: Cow::Borrowed(&[
            Action::new("panic", "Panic", &[THING]),
            Action::new("hang", "Hang", &[THING]),
            Action::new("nudge", "Nudge", &[THING]),
        ]),
        kinds: Cow::Borrowed(&[
            EntityKind::new("thing", EntityNames::Letters),
            EntityKind::new("packet", EntityNames::Numbers),
        ]),
        needs: Needs::Nothing,
    };

    const MESSAGES: &'static [&'static [Message]] = &[&[("nudged", &[]), ("ticking", &[])]];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<()>) -> Result<Self, Msg> {
        world.open(THING, None);
        world.open(THING, None);
        world.schedule(Span::from_millis(100), ());
        Ok(Self { controls: controls.clone(), ticks: 0 })
    }

    fn handle(&mut self, (): (), world: &mut World<()>) {
        self.ticks += 1;
        world.schedule(Span::from_millis(100), ());
    }

    fn set(&mut self, is: &ControlValues, _: &mut World<()>) -> Result<(), Msg> {
        self.controls = is.clone();
        Ok(())
    }

    fn act(&mut self, action: usize, _: &[Entity], _: &Value, world: &mut World<()>) -> Result<(), Msg> {
        match action {
            0 => panic!("told to"),
            1 => loop {
                std::hint::black_box(&mut self.ticks);
            },
            _ => world.notable(LEFT, Msg::new("nudged")),
        }
        Ok(())
    }

    fn read(&self, _: &World<()>, out: &mut Readings) {
        out.put("ticks", f64::from(self.ticks));
    }

    fn draw(&self, world: &World<()>, scene: &mut Scene) {
        let node = Node::new;
        // Spread over a second of travel, and moving.
        let (now, n) = (world.now().nanos(), u64::from(self.controls.crowd.max(1)));
        let packet = |k: u64| {
            let gone = (now + k * 1_000_000_000 / n) % 1_000_000_000;
            let left = Time::from_nanos((now + 1_000_000_000).saturating_sub(gone));
            Packet {
                entity: Entity::new(PACKET, k as u32),
                from: LEFT,
                to: RIGHT,
                left: Time::from_nanos(left.nanos().saturating_sub(1_000_000_000)),
                arrives: left,
                kind: if k.is_multiple_of(3) { PacketKind::Answer } else { PacketKind::Request },
            }
        };
        scene.panels.push(Panel::Flow(Flow {
            tiers: vec![Tier { nodes: vec![node(LEFT)] }, Tier { nodes: vec![node(RIGHT)] }],
            links: vec![Link::new(LEFT, RIGHT, Status::Normal)],
            packets: (0..u64::from(self.controls.crowd)).map(packet).collect(),
        }));
        scene.sentences.push(Msg::new("ticking"));
    }

    fn about(&self, _: Entity, _: &World<()>) -> Option<About> {
        Some(About::default())
    }

    fn invariants(&self, _: &World<()>) -> Result<(), String> {
        Ok(())
    }
}
