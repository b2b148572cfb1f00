//! Four services of a shop start one after another, in zones, with links between them that can be cut. Small, but what one
//! sets and does has the effect that it says. It names the engine's crate, because a worker of the tests is made of this
//! file too.

use engine::player::{
    About, Action, Control, Controls, Data, EntityKind, EntityNames, Experiment, FigureSpec, Needs, Pace,
    Reading, Readings, Value,
};
use engine::scene::{Flow, Label, Link, Node, Panel, Scene, Status, Tier};
use engine::sim::{Entity, Message, Msg, Span, Time, Unit, World};
use engine::{choices, controls, messages};
use std::borrow::Cow;

const SERVICE: u8 = 0;
const LINK: u8 = 1;
/// What calls what: the two in front call the two behind.
const CALLS: [(usize, usize); 4] = [(0, 2), (0, 3), (1, 2), (1, 3)];
/// Links are named like what they join.
const LINKS: &[Cow<'static, str>] = &[
    Cow::Borrowed("shop-cache"),
    Cow::Borrowed("shop-database"),
    Cow::Borrowed("search-cache"),
    Cow::Borrowed("search-database"),
];
const SERVICES: &[Cow<'static, str>] =
    &[Cow::Borrowed("shop"), Cow::Borrowed("search"), Cow::Borrowed("cache"), Cow::Borrowed("database")];
/// A call takes this within a zone, and this between two.
const NEAR: f64 = 0.001;
const FAR: f64 = 0.02;

choices! {
    /// The services.
    pub enum Service {
        Shop = "shop", "Shop"; Search = "search", "Search"; Cache = "cache", "Cache"; Database = "database", "Database";
    }
}
choices! {
    /// Where they run.
    pub enum Zone { East = "east", "East"; West = "west", "West" }
}
controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// In which order they start.
        pub order: Vec<Service> = Control::order(
            "order", "Start in this order", Service::OPTIONS, "shop,search,cache,database",
        ).help("One starts each second; the shop and the search fail if nothing that they call is up.").primary(),
        /// The zone of each.
        pub zone: Vec<Zone> = Control::assignment(
            "zone", "Zones", Service::OPTIONS, Zone::OPTIONS, "shop:east,search:east,cache:west,database:east",
        ).help("A call between two zones takes twenty times as long.").primary(),
        /// Which have the new version.
        pub canary: Vec<Service> = Control::several(
            "canary", "New version on", Service::OPTIONS, (0, 2), "search",
        ).help("The new version takes half the time.").primary(),
        /// When there is an alert.
        pub rule: String = Control::text("rule", "Alert when", 40, "calls > 15 ms")
            .help("What to watch (calls), '>' and a time.").primary(),
    }
}
messages! {
    MESSAGES;
    shop(); search(); cache(); database();
    shop_cache(); shop_database(); search_cache(); search_database();
    new_version();
    rule_not_understood(rule: String);
    already_cut(link: Entity);
    not_cut(link: Entity);
    mark_failed(service: Entity);
    says_up(up: usize);
    about_up(service: Entity, zone: &'static str);
    about_down(service: Entity);
    about_link(takes: Span);
    about_cut();
}

/// The next service starts; the number tells the starts of one order from those of another.
pub type Event = (u32, usize);

/// The services.
#[derive(Clone, Debug)]
pub struct Services {
    controls: ControlValues,
    /// Alert above this many seconds.
    bound: f64,
    up: [bool; 4],
    cut: [bool; 4],
    notes: [String; 4],
    round: u32,
}

/// Reads a rule: `calls > 15 ms`.
fn bound(rule: &str) -> Result<f64, Msg> {
    let time = rule.split_once('>').filter(|(what, _)| what.trim() == "calls").map(|(_, time)| time);
    let bound = time.and_then(|time| Unit::Time.parse(time.trim()).ok());
    bound.ok_or_else(|| rule_not_understood(rule.to_owned()))
}

impl Services {
    fn start(&mut self, world: &mut World<Event>) {
        self.round += 1;
        self.up = [false; 4];
        (0..4).for_each(|n| _ = world.schedule(Span::from_secs(n as u64 + 1), (self.round, n)));
    }
    /// How long a call over a link takes.
    fn takes(&self, link: usize) -> f64 {
        let (from, to) = CALLS[link];
        let way = if self.controls.zone[from] == self.controls.zone[to] { NEAR } else { FAR };
        let new = self.controls.canary.iter().any(|&service| service as usize == to);
        if new { way / 2.0 } else { way }
    }
    /// The mean over the links that are not cut.
    fn calls(&self) -> Option<f64> {
        let whole: Vec<f64> = (0..4).filter(|&n| !self.cut[n]).map(|n| self.takes(n)).collect();
        (!whole.is_empty()).then(|| whole.iter().sum::<f64>() / whole.len() as f64)
    }
}

impl Experiment for Services {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = &FigureSpec {
        id: Cow::Borrowed("services"),
        version: 1,
        until: Time::from_secs(30),
        still_at: Time::from_secs(10),
        warm_up: Time::ZERO,
        pace: Pace::Continuous,
        speed: 1.0,
        controls: Cow::Borrowed(ControlValues::ALL),
        readings: Cow::Borrowed(&[
            Reading::new("up", "up", Unit::Count, "How many services are up."),
            Reading::new("calls", "calls take", Unit::Time, "The mean over the links that are not cut."),
            Reading::new("alert", "alerts", Unit::Count, "One while calls take longer than the rule says.")
                .trouble_from(1.0),
        ]),
        actions: Cow::Borrowed(&[
            Action::new("cut", "Cut", &[LINK]).by_drawing_across(),
            Action::new("join", "Join", &[LINK]),
            Action::new("restart", "Restart together with …", &[SERVICE]).with_entities(SERVICE, (1, 2)),
            Action::new("note", "Put a note on it", &[SERVICE]).with_text(12, "on call"),
        ]),
        kinds: Cow::Borrowed(&[
            EntityKind::new("service", EntityNames::Words(Cow::Borrowed(SERVICES))),
            EntityKind::new("link", EntityNames::Words(Cow::Borrowed(LINKS))),
        ]),
        needs: Needs::Nothing,
    };
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        let bound = bound(&controls.rule)?;
        let (up, cut, notes) = Default::default();
        let mut model = Self { controls: controls.clone(), bound, up, cut, notes, round: 0 };
        model.start(world);
        Ok(model)
    }

    fn handle(&mut self, (round, n): Event, world: &mut World<Event>) {
        if round != self.round {
            return;
        }
        let service = self.controls.order[n] as usize;
        let calls = || CALLS.iter().enumerate().filter(|(_, (from, _))| *from == service);
        let finds_one = calls().any(|(link, (_, to))| self.up[*to] && !self.cut[link]);
        self.up[service] = finds_one || calls().next().is_none();
        if !self.up[service] {
            let entity = Entity::new(SERVICE, service as u32);
            world.notable(entity, mark_failed(entity));
        }
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Event>) -> Result<(), Msg> {
        self.bound = bound(&is.rule)?;
        let again = is.order != self.controls.order;
        self.controls = is.clone();
        if again {
            self.start(world);
        }
        Ok(())
    }

    fn act(
        &mut self,
        action: usize,
        on: &[Entity],
        arg: &Value,
        world: &mut World<Event>,
    ) -> Result<(), Msg> {
        let known = on.iter().all(|entity| entity.n < 4);
        if !known {
            return Err(Msg::new("no-such-entity").of("entity", on[0]));
        }
        match (action, arg) {
            (0 | 1, _) => {
                let cut = action == 0;
                let same = on.iter().find(|link| self.cut[link.n as usize] == cut);
                if let Some(&link) = same {
                    return Err(if cut { already_cut(link) } else { not_cut(link) });
                }
                for link in on {
                    self.cut[link.n as usize] = cut;
                }
            }
            (2, Value::Entities(others)) => {
                for entity in on.iter().chain(others).filter(|entity| entity.n < 4) {
                    let place = self.controls.order.iter().position(|&it| it as u32 == entity.n);
                    self.up[entity.n as usize] = false;
                    world.schedule(Span::from_secs(1), (self.round, place.unwrap_or(0)));
                }
            }
            (_, Value::Text(text)) => {
                for service in on {
                    self.notes[service.n as usize].clone_from(text);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read(&self, _: &World<Event>, out: &mut Readings) {
        let calls = self.calls();
        out.put("up", self.up.iter().filter(|up| **up).count() as f64);
        out.put("calls", calls);
        out.put("alert", f64::from(u8::from(calls.is_some_and(|calls| calls > self.bound))));
    }

    fn draw(&self, _: &World<Event>, scene: &mut Scene) {
        let node = |n: usize| Node {
            note: if self.notes[n].is_empty() {
                let new = self.controls.canary.iter().any(|&service| service as usize == n);
                new.then(|| Label::Words(new_version()))
            } else {
                Some(Label::Plain(self.notes[n].clone()))
            },
            status: if self.up[n] { Status::Normal } else { Status::Down },
            ..Node::new(Entity::new(SERVICE, n as u32))
        };
        let links = CALLS.iter().enumerate().map(|(n, &(from, to))| {
            let [from, to] = [from, to].map(|n| Entity::new(SERVICE, n as u32));
            let status = match (self.cut[n], self.takes(n) > self.bound) {
                (true, _) => Status::Down,
                (false, true) => Status::Trouble,
                _ => Status::Normal,
            };
            Link::new(from, to, status).of(Entity::new(LINK, n as u32))
        });
        let tier = |all: [usize; 2]| Tier { nodes: all.into_iter().map(node).collect() };
        let flow =
            Flow { tiers: vec![tier([0, 1]), tier([2, 3])], links: links.collect(), packets: Vec::new() };
        scene.panels.push(Panel::Flow(flow));
        scene.sentences.push(says_up(self.up.iter().filter(|up| **up).count()));
    }

    fn about(&self, entity: Entity, _: &World<Event>) -> Option<About> {
        let n = (entity.n < 4).then_some(entity.n as usize)?;
        let sentences = match entity.kind {
            SERVICE if self.up[n] => vec![about_up(entity, self.controls.zone[n].id())],
            SERVICE => vec![about_down(entity)],
            _ if self.cut[n] => vec![about_cut()],
            _ => vec![about_link(Span::from_secs_f64(self.takes(n)))],
        };
        Some(About::says(sentences))
    }

    fn invariants(&self, _: &World<Event>) -> Result<(), String> {
        let controls = &self.controls;
        let whole = controls.order.len() == 4 && controls.zone.len() == 4 && controls.canary.len() <= 2;
        if whole { Ok(()) } else { Err(format!("controls are not whole: {controls:?}")) }
    }
}
