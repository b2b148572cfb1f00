//! One server and a queue without bound: M/M/1, the yardstick of everything else.
//!
//! Leaves out: a bound on the queue, impatience, and what a real server's service times look like.

use crate::controls;
use crate::player::{
    About, Action, Control, Controls, Data, EntityKind, EntityNames, Experiment, FigureSpec, Message, Needs,
    Pace, Reading, Readings, Statistic, Value,
};
use crate::scene::{
    Chart, Flow, Label, Link, Node, Packet, PacketKind, Panel, Scene, Series, SeriesLine, Slots, Status,
    Tier, Workers,
};
use crate::sim::statistics::{Histogram, TimeAverage};
use crate::sim::{Cause, Dist, EndKind, Entity, Msg, Purpose, Span, Time, Unit, World};
use std::borrow::Cow;
use std::collections::VecDeque;

const REQUEST: u8 = 0;
const SERVER: Entity = Entity::new(1, 0);
const CLIENTS: Entity = Entity::new(2, 0);
const ARRIVAL: Purpose = Purpose::named("arrival");
const SERVICE: Purpose = Purpose::named("service");
const ANSWERED: EndKind = EndKind(0);
/// How long a request is seen on its way; it takes no time in the model.
const SEEN: Span = Span::from_millis(150);

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Share of the server's capacity that is asked of it.
        pub load: f64 = Control::number("load", "Load", Unit::Share, (0.1, 1.2), 0.01, 0.9)
            .help("Requests that arrive, as a share of what the server can finish.").primary(),
        /// Mean time that a request takes.
        pub service: Span = Control::log_number("service", "Mean service time", Unit::Time, (0.001, 1.0), 0.1)
            .help("How long a request takes on average, once it is being served."),
    }
}

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// A request arrives.
    Arrival,
    /// The request in service is finished.
    Done,
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct OneServer {
    controls: ControlValues,
    /// No more arrivals after so many.
    limit: u32,
    arrived: u32,
    /// Who waits or is served, in order, the served one first, each with its arrival.
    line: VecDeque<(Entity, Time)>,
    served_since: Time,
    latency: Histogram,
    waited_nanos: u128,
    in_system: TimeAverage,
    busy: TimeAverage,
}

impl OneServer {
    /// The model with at most `limit` customers.
    pub fn with_limit(controls: &ControlValues, limit: u32, world: &mut World<Event>) -> Self {
        let mut model = Self {
            controls: controls.clone(),
            limit,
            arrived: 0,
            line: VecDeque::new(),
            served_since: Time::ZERO,
            latency: Histogram::default(),
            waited_nanos: 0,
            in_system: TimeAverage::default(),
            busy: TimeAverage::default(),
        };
        model.expect_next(world);
        model
    }

    /// Mean time that the served customers waited before their service, in seconds.
    pub fn mean_wait(&self) -> f64 {
        self.waited_nanos as f64 / 1e9 / self.latency.count().max(1) as f64
    }

    /// Schedules the next arrival. Its gap is drawn from the coming request's own stream.
    fn expect_next(&mut self, world: &mut World<Event>) {
        if self.arrived < self.limit {
            let gap = Dist::Exponential(self.controls.service.secs() / self.controls.load);
            let span = gap.span(&mut world.draws(ARRIVAL, Entity::new(REQUEST, self.arrived)));
            world.schedule(span, Event::Arrival);
        }
    }

    fn serve(&mut self, world: &mut World<Event>) {
        let Some(&(request, arrived)) = self.line.front() else { return };
        let now = world.now();
        self.served_since = now;
        self.waited_nanos += u128::from(now.since(arrived).nanos());
        let takes = Dist::Exponential(self.controls.service.secs()).span(&mut world.draws(SERVICE, request));
        world.schedule(takes, Event::Done);
        world.record_step(request, || {
            (Msg::new("served").span("waited", now.since(arrived)), Some(SERVER), None)
        });
    }
}

impl Experiment for OneServer {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = &FigureSpec {
        id: Cow::Borrowed("one-server"),
        version: 1,
        until: Time::from_secs(60),
        still_at: Time::from_secs(40),
        warm_up: Time::from_secs(10),
        pace: Pace::Continuous,
        speed: 1.0,
        controls: Cow::Borrowed(ControlValues::ALL),
        readings: Cow::Borrowed(&[
            Reading::new("waiting", "waiting", Unit::Count, "Requests in the queue now."),
            Reading::new("busy", "busy", Unit::Share, "Share of time that the server was busy so far.")
                .so_far(),
            Reading::measured("mean", "mean", Statistic::Mean, "Mean time from arrival to answer so far.")
                .of(REQUEST, &[ANSWERED])
                .so_far(),
            Reading::measured(
                "p99",
                "p99",
                Statistic::Quantile(0.99),
                "99 % of the answers so far took at most this long.",
            )
            .of(REQUEST, &[ANSWERED])
            .so_far(),
        ]),
        actions: Cow::Borrowed(&[] as &[Action]),
        kinds: Cow::Borrowed(&[
            EntityKind::new("request", EntityNames::Numbers),
            EntityKind::new("server", EntityNames::Only),
            EntityKind::new("clients", EntityNames::Only),
        ]),
        needs: Needs::Nothing,
    };

    const MESSAGES: &'static [&'static [Message]] = &[&[
        ("served", &["waited"]),
        ("arrived", &[]),
        ("answered", &[]),
        ("behind", &["ahead"]),
        ("waiting", &[]),
        ("chart-waiting", &[]),
        ("says-no-queue", &[]),
        ("says-queue", &["waiting", "oldest"]),
        ("about-served", &["since"]),
        ("about-waits", &["ahead"]),
        ("about-answered", &[]),
        ("about-server", &["line"]),
        ("about-clients", &["arrived"]),
    ]];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        Ok(Self::with_limit(controls, u32::MAX, world))
    }

    fn handle(&mut self, event: Event, world: &mut World<Event>) {
        let now = world.now();
        match event {
            Event::Arrival => {
                let request = world.open(REQUEST, None);
                self.arrived += 1;
                self.in_system.add(now, 1.0);
                let ahead = self.line.len() as u64;
                self.line.push_back((request, now));
                world.record_step(request, || {
                    let because = (ahead > 0).then(|| Cause {
                        rule: Msg::new("behind").count("ahead", ahead),
                        other: Some(Entity::new(REQUEST, request.n - 1)),
                    });
                    (Msg::new("arrived"), Some(SERVER), because)
                });
                if ahead == 0 {
                    self.busy.set(now, 1.0);
                    self.serve(world);
                }
                self.expect_next(world);
            }
            Event::Done => {
                let (request, _) = self.line.pop_front().expect("somebody is in service");
                world.record_step(request, || (Msg::new("answered"), Some(SERVER), None));
                self.latency.record(world.close(request, ANSWERED));
                self.in_system.add(now, -1.0);
                if self.line.is_empty() {
                    self.busy.set(now, 0.0);
                } else {
                    self.serve(world);
                }
            }
        }
    }

    fn set(&mut self, is: &ControlValues, _: &mut World<Event>) -> Result<(), Msg> {
        self.controls = is.clone();
        Ok(())
    }

    fn act(&mut self, _: usize, _: &[Entity], _: &Value, _: &mut World<Event>) -> Result<(), Msg> {
        Ok(())
    }

    fn read(&self, world: &World<Event>, out: &mut Readings) {
        out.put("waiting", self.line.len().saturating_sub(1) as f64);
        out.put("busy", self.busy.average(world.now()));
        out.put("mean", self.latency.mean().map(Span::secs));
        out.put("p99", self.latency.quantile(0.99).map(Span::secs));
    }

    fn draw(&self, world: &World<Event>, scene: &mut Scene) {
        let now = world.now();
        let status = if self.line.len() > 20 { Status::Trouble } else { Status::Normal };
        let server = Node {
            entity: SERVER,
            label: Label::Name(SERVER),
            note: Some(Label::Value(self.controls.service.secs(), Unit::Time)),
            status,
            queue: Some(Slots {
                waiting: self.line.iter().skip(1).map(|(request, _)| *request).collect(),
                capacity: None,
                status,
            }),
            workers: Some(Workers {
                busy: self.line.iter().take(1).map(|(request, _)| (*request, self.served_since)).collect(),
                total: 1,
            }),
        };
        let clients = Node {
            entity: CLIENTS,
            label: Label::Name(CLIENTS),
            note: Some(Label::Value(self.controls.load / self.controls.service.secs(), Unit::Rate)),
            status: Status::Normal,
            queue: None,
            workers: None,
        };
        let recent = self.line.iter().rev().take_while(|(_, arrived)| now.since(*arrived) < SEEN);
        let packets = recent.map(|&(entity, left)| Packet {
            entity,
            from: CLIENTS,
            to: SERVER,
            left,
            arrives: left + SEEN,
            kind: PacketKind::Request,
        });
        scene.panels.push(Panel::Flow(Flow {
            packets: packets.collect(),
            tiers: vec![Tier { nodes: vec![clients] }, Tier { nodes: vec![server] }],
            links: vec![Link { from: CLIENTS, to: SERVER, status: Status::Normal }],
        }));
        scene.panels.push(Panel::Chart(Chart::Series(Series {
            title: Label::words("chart-waiting"),
            unit: Unit::Count,
            lines: vec![SeriesLine::of("waiting", Status::Active)],
            until: Self::SPEC.until,
        })));
        let waiting = self.line.len().saturating_sub(1) as u64;
        let oldest = self.line.front().map_or(Span::ZERO, |(_, arrived)| now.since(*arrived));
        scene.sentences.push(match waiting {
            0 => Msg::new("says-no-queue"),
            _ => Msg::new("says-queue").count("waiting", waiting).span("oldest", oldest),
        });
    }

    fn about(&self, entity: Entity, world: &World<Event>) -> Option<About> {
        let place = self.line.iter().position(|(request, _)| *request == entity);
        let says = match (entity.kind, place) {
            (REQUEST, Some(0)) => {
                Msg::new("about-served").span("since", world.now().since(self.served_since))
            }
            (REQUEST, Some(ahead)) => Msg::new("about-waits").count("ahead", ahead as u64),
            (REQUEST, None) if world.tally(REQUEST).opened() > u64::from(entity.n) => {
                Msg::new("about-answered")
            }
            (1, _) if entity == SERVER => Msg::new("about-server").count("line", self.line.len() as u64),
            (2, _) if entity == CLIENTS => Msg::new("about-clients").count("arrived", self.arrived.into()),
            _ => return None,
        };
        let related = place.filter(|at| *at > 0).map(|at| self.line[at - 1].0).into_iter().collect();
        Some(About { sentences: vec![says], related })
    }

    fn invariants(&self, world: &World<Event>) -> Result<(), String> {
        let census = world.tally(REQUEST);
        if census.under_way() != self.line.len() as u64 {
            return Err(format!(
                "{} requests under way, {} in the line",
                census.under_way(),
                self.line.len()
            ));
        }
        if census.opened() != census.closed(ANSWERED) + census.under_way() {
            return Err("a request vanished".into());
        }
        Ok(())
    }
}
