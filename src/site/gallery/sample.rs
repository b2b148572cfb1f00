//! The figure that specimens are taken from: one server behind a queue, with one of each control, reading and action.
//! No lesson shows it.

use crate::player::{
    Action, Asks, Axis, CURVE_POINTS, Challenge, Control, Controls, Data, Experiment, Explained, Failure,
    Figure, FigureSpec, Kind, Message, Names, Needs, Pace, Prediction, Reading, Readings, Value,
};
use crate::scene::{
    Chart, Flow, Histogram, Label, Line, Link, Node, Panel, Scene, Series, Slots, State, Tier, Workers,
};
use crate::sim::{Arg, Because, Dist, Entity, Fate, Msg, Purpose, Span, Time, Unit, World, statistics};
use crate::{choices, controls};
use std::borrow::Cow;
use std::collections::VecDeque;

const REQUEST: u8 = 0;
const SERVER: u8 = 1;
const THE_SERVER: Entity = Entity::new(SERVER, 0);
const CLIENTS: Entity = Entity::new(2, 0);
const ARRIVAL: Purpose = Purpose::named("arrival");
const SERVICE: Purpose = Purpose::named("service");
const ANSWERED: Fate = Fate(0);
const DROPPED: Fate = Fate(1);
const SLOTS: usize = 10;
/// From one remark that a request was dropped to the next.
const APART: Span = Span::from_secs(1);
/// Width of a bar of the latencies, in seconds, and how many there are.
const BAR: f64 = 0.01;
const BARS: usize = 16;
/// From this many waiting on, it is trouble.
const MANY: usize = 7;

choices! {
    /// Who is served first.
    pub enum Order { First = "first", "First come"; Last = "last", "Last come" }
}
choices! {
    /// What happens to a request that finds the queue full.
    pub enum Full {
        Refuse = "refuse", "Refuse the request that has come last";
        DropOldest = "drop-oldest", "Drop the request that has waited longest";
        DropRandom = "drop-random", "Drop one of those that wait, at random";
    }
}
controls! {
    /// What can be turned.
    pub struct Knobs {
        /// Requests a second.
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 200.0), 10.0, 90.0)
            .help("Requests that arrive, on average.").primary(),
        /// Mean time that a request takes.
        pub service: Span = Control::log_number("service", "Service time", Unit::Time, (0.001, 0.1), 0.01)
            .help("How long a request takes on average, once it is being served.").primary(),
        /// Who is served first.
        pub order: Order = Control::choice("order", "Served first", Order::OPTIONS, "first")
            .help("Which of the waiting requests is served next.").primary(),
        /// What a full queue does.
        pub full: Full = Control::choice("full", "When the queue is full", Full::OPTIONS, "refuse")
            .help("Who goes when there is no slot left.").primary(),
        /// Whether the queue has a bound.
        pub bounded: bool = Control::flag("bounded", "The queue has ten slots", true)
            .help("Without a bound it takes whatever comes.").primary(),
    }
}

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// A request arrives.
    Arrival,
    /// The request in service is finished; which service it was.
    Done(u32),
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct Sample {
    knobs: Knobs,
    arrived: u32,
    waiting: VecDeque<Entity>,
    served: Option<(Entity, Time)>,
    services: u32,
    slower: f64,
    latency: statistics::Histogram,
    /// Answers by latency, in steps of [`BAR`].
    bars: [u64; BARS],
    dropped: u32,
    /// When a drop was remarked on last.
    remarked: Time,
}

impl Sample {
    fn expect_next(&self, world: &mut World<Event>) {
        let next = Entity::new(REQUEST, self.arrived);
        let gap = Dist::Exponential(1.0 / self.knobs.load).span(&mut world.draws(ARRIVAL, next));
        world.schedule(gap, Event::Arrival);
    }

    fn serve(&mut self, world: &mut World<Event>) {
        let next = match self.knobs.order {
            Order::First => self.waiting.pop_front(),
            Order::Last => self.waiting.pop_back(),
        };
        self.served = next.map(|request| (request, world.now()));
        if let Some(request) = next {
            self.services += 1;
            let mean = self.knobs.service.secs() * self.slower;
            let takes = Dist::Exponential(mean).span(&mut world.draws(SERVICE, request));
            world.schedule(takes, Event::Done(self.services));
            world.step(request, || (Msg::new("served"), Some(THE_SERVER), None));
        }
    }

    fn arrive(&mut self, world: &mut World<Event>) {
        let request = world.open(REQUEST, None);
        self.arrived += 1;
        let ahead = self.waiting.back().copied();
        let waiting = self.waiting.len() as u64;
        world.step(request, || {
            let because = ahead.map(|party| Because {
                rule: Msg::new("behind").count("ahead", waiting),
                party: Some(party),
            });
            (Msg::new("arrived"), Some(THE_SERVER), because)
        });
        self.waiting.push_back(request);
        if self.knobs.bounded && self.waiting.len() > SLOTS {
            let place = match self.knobs.full {
                Full::Refuse => SLOTS,
                Full::DropOldest => 0,
                Full::DropRandom => world.draws(SERVICE, request).below(SLOTS as u32) as usize,
            };
            if let Some(goes) = self.waiting.remove(place) {
                world.step(goes, || (Msg::new("dropped"), Some(THE_SERVER), None));
                world.close(goes, DROPPED);
                if world.now().since(self.remarked) > APART {
                    self.remarked = world.now();
                    world.notable(goes, Msg::new("dropped-who").of("request", goes));
                }
                self.dropped += 1;
            }
        }
        if self.served.is_none() {
            self.serve(world);
        }
        self.expect_next(world);
    }

    fn state(&self) -> State {
        if self.waiting.len() >= MANY { State::Trouble } else { State::Normal }
    }

    fn p99(&self) -> Option<f64> {
        self.latency.quantile(0.99).map(Span::secs)
    }

    fn charts(&self) -> [Panel; 2] {
        let line = |reading: &'static str, label, state| Line {
            reading: reading.into(),
            label: Label::Words(Msg::new(label)),
            state,
            points: Vec::new(),
        };
        let series = Series {
            title: Label::Words(Msg::new("chart-waiting")),
            unit: Unit::Count,
            lines: vec![line("waiting", "line-waiting", State::Active)],
            until: Self::SPEC.until,
        };
        let bar = |(n, &answers): (usize, &u64)| (BAR * n as f64, BAR * (n + 1) as f64, answers);
        let p99 = self.p99().map(|p99| (Label::Plain("p99".into()), p99, State::Trouble));
        let histogram = Histogram {
            title: Label::Words(Msg::new("chart-latency")),
            unit: Unit::Time,
            bars: self.bars.iter().enumerate().map(bar).collect(),
            marks: p99.into_iter().collect(),
        };
        [Panel::Chart(Chart::Series(series)), Panel::Chart(Chart::Histogram(histogram))]
    }
}

impl Experiment for Sample {
    type Controls = Knobs;
    type Event = Event;
    const SPEC: &'static FigureSpec = &FigureSpec {
        id: Cow::Borrowed("sample"),
        version: 1,
        until: Time::from_secs(20),
        still: Time::from_secs(12),
        warm: Time::from_secs(1),
        pace: Pace::Continuous,
        speed: 1.0,
        controls: Cow::Borrowed(Knobs::ALL),
        readings: Cow::Borrowed(&[
            Reading::new("waiting", "waiting", Unit::Count, "Requests in the queue now.")
                .trouble_from(MANY as f64),
            Reading::new("p99", "p99", Unit::Time, "99 % of the answers so far took at most this long.")
                .so_far()
                .made_of(REQUEST, &[ANSWERED.0], 20.0),
            Reading::new("answered", "answered", Unit::Count, "Requests answered so far.").so_far(),
            Reading::new("dropped", "dropped", Unit::Share, "Share of the requests that found no slot.")
                .so_far()
                .trouble_from(0.01),
        ]),
        actions: Cow::Borrowed(&[
            Action::new("restore", "Restore", &[SERVER]),
            Action::new("slow", "Slow down", &[SERVER]).with_number(Unit::Factor, (1.0, 10.0), 4.0),
        ]),
        kinds: Cow::Borrowed(&[
            Kind::new("request", Names::Numbers),
            Kind::new("server", Names::Letters),
            Kind::new("clients", Names::Only),
        ]),
        needs: Needs::AccessLog,
    };

    const MESSAGES: &'static [Message] = &[
        ("arrived", &[]),
        ("served", &[]),
        ("answered", &[]),
        ("behind", &["ahead"]),
        ("dropped", &[]),
        ("dropped-who", &["request"]),
        ("chart-waiting", &[]),
        ("chart-latency", &[]),
        ("line-waiting", &[]),
        ("says", &["server", "waiting"]),
        ("about-server", &["waiting"]),
        ("about-waits", &["ahead"]),
        ("too-many-dropped", &["dropped"]),
    ];

    fn new(knobs: &Knobs, _: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        world.open(SERVER, None);
        let model = Self {
            knobs: knobs.clone(),
            arrived: 0,
            waiting: VecDeque::new(),
            served: None,
            services: 0,
            slower: 1.0,
            latency: statistics::Histogram::default(),
            bars: [0; BARS],
            dropped: 0,
            remarked: Time::ZERO,
        };
        model.expect_next(world);
        Ok(model)
    }

    fn on(&mut self, event: Event, world: &mut World<Event>) {
        match event {
            Event::Arrival => self.arrive(world),
            Event::Done(service) if service == self.services => {
                if let Some((request, _)) = self.served.take() {
                    world.step(request, || (Msg::new("answered"), Some(THE_SERVER), None));
                    let took = world.close(request, ANSWERED);
                    self.latency.record(took);
                    self.bars[((took.secs() / BAR) as usize).min(BARS - 1)] += 1;
                }
                self.serve(world);
            }
            Event::Done(_) => {}
        }
    }

    fn set(&mut self, is: &Knobs, _: &mut World<Event>) -> Result<(), Msg> {
        self.knobs = is.clone();
        Ok(())
    }

    fn act(&mut self, _: usize, _: &[Entity], arg: &Value, _: &mut World<Event>) -> Result<(), Msg> {
        self.slower = if let Value::Number(slower) = arg { *slower } else { 1.0 };
        Ok(())
    }

    fn read(&self, _: &World<Event>, out: &mut Readings) {
        out.put("waiting", self.waiting.len() as f64);
        out.put("p99", self.p99());
        out.put("answered", self.latency.count() as f64);
        out.put("dropped", f64::from(self.dropped) / f64::from(self.arrived.max(1)));
    }

    fn draw(&self, _: &World<Event>, scene: &mut Scene) {
        let state = self.state();
        let node = |entity, note| Node {
            entity,
            label: Label::Name(entity),
            note: Some(note),
            state: State::Normal,
            queue: None,
            workers: None,
        };
        let server = Node {
            state,
            queue: Some(Slots {
                waiting: self.waiting.iter().copied().collect(),
                capacity: self.knobs.bounded.then_some(SLOTS as u32),
                state,
            }),
            workers: Some(Workers { busy: self.served.iter().copied().collect(), total: 1 }),
            ..node(THE_SERVER, Label::Value(self.knobs.service.secs() * self.slower, Unit::Time))
        };
        scene.panels.push(Panel::Flow(Flow {
            tiers: vec![
                Tier { nodes: vec![node(CLIENTS, Label::Value(self.knobs.load, Unit::Rate))] },
                Tier { nodes: vec![server] },
            ],
            links: vec![Link { from: CLIENTS, to: THE_SERVER, state: State::Normal }],
            packets: Vec::new(),
        }));
        scene.panels.extend(self.charts());
        scene
            .says
            .push(Msg::new("says").of("server", THE_SERVER).count("waiting", self.waiting.len() as u64));
    }

    fn about(&self, entity: Entity, _: &World<Event>) -> Option<Explained> {
        let place = || self.waiting.iter().position(|who| *who == entity);
        let says = match entity.kind {
            SERVER => Msg::new("about-server").count("waiting", self.waiting.len() as u64),
            REQUEST => Msg::new("about-waits").count("ahead", place()? as u64),
            _ => return None,
        };
        let related = self.waiting.iter().copied().filter(|who| *who != entity).take(3).collect();
        Some(Explained { says: vec![says], related })
    }

    fn laws(&self, _: &World<Event>) -> Result<(), String> {
        Ok(())
    }
}

/// What is predicted to happen; the second is right.
const OPTIONS: [&str; 3] = ["same", "longer", "refused"];
/// Things in their right order.
const THINGS: [&str; 3] = ["waits", "served", "answered"];

/// Upper end of the axis of the curve.
pub const TOP: f64 = 0.2;

/// Height of the curve that is right, at a place of its axis: 1 / (1 − utilisation) times a service.
pub fn knee(n: usize) -> f64 {
    0.01 / (1.0 - 0.1 * n as f64).max(0.06)
}

/// One prediction of each kind.
const PREDICTIONS: [Prediction; 4] = [
    Prediction {
        id: "what-happens",
        asks: Asks::Choice(&OPTIONS),
        at: Time::from_secs(15),
        runs: &[],
        truth: |_| Value::Choice(OPTIONS[1].to_owned()),
    },
    Prediction {
        id: "how-long",
        asks: Asks::Number { unit: Unit::Time, tolerance: 0.2 },
        at: Time::from_secs(15),
        runs: &[],
        truth: |_| Value::Number(0.084),
    },
    Prediction {
        id: "which-first",
        asks: Asks::Order(&THINGS),
        at: Time::from_secs(15),
        runs: &[],
        truth: |_| Value::Order(vec![0, 1, 2]),
    },
    Prediction {
        id: "the-knee",
        asks: Asks::Curve {
            x: Axis { unit: Unit::Rate, from: 0.0, to: 100.0 },
            y: Axis { unit: Unit::Time, from: 0.0, to: TOP },
            tolerance: 0.12,
        },
        at: Time::from_secs(15),
        runs: &[],
        truth: |_| Value::Curve((0..CURVE_POINTS).map(|n| knee(n) as f32).collect()),
    },
];

/// A challenge that some settings pass.
const CHALLENGE: Challenge = Challenge {
    id: "drop-nothing",
    seeds: 24,
    until: Time::from_secs(20),
    given: &[],
    free: &["load", "service"],
    befalls: Vec::new,
    unit: Unit::Money,
    budget: 15.0,
    cost: |settings| libm::round(0.1 / settings.number("service")),
    pass: |outcome| {
        let (worst, at) = outcome.worst("dropped");
        let why = || Msg::new("too-many-dropped").with("dropped", Arg::Number(worst, Unit::Share));
        if worst > 0.01 { Err(Failure { why: why(), at }) } else { Ok(()) }
    },
    diagnose: |settings, _| (settings.number("service") >= 0.01).then_some("as-it-was"),
    reference: &[("service", "7 ms")],
    tempting: &[("as-it-was", &[])],
};

/// The figure.
pub static FIGURE: Figure = Figure::of::<Sample>().predicted(&PREDICTIONS).challenged(&[CHALLENGE]);
