//! Say here what the figure shows, and what its model leaves out.
//!
//! To begin with it is a shop: requests come at random, workers serve them, and a queue with a bound stands before these.

use crate::lessons::prelude::*;

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    SHOP_KIND = "shop", Only;
    CLIENTS_KIND = "clients", Only;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    REFUSED = 1, "queue-full";
}

const ANSWERED: EndKind = EndKind(0);
const SHOP: Entity = Entity::new(SHOP_KIND, 0);
const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
const SERVICE: Purpose = Purpose::named("service");
/// Mean time that a request keeps a worker.
const MEAN_SERVICE: f64 = 0.1;
/// From the clients to the shop, or back.
const HOP: Span = Span::from_millis(50);
const QUEUE: u32 = 10;

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Requests a second.
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (1.0, 40.0), 1.0, 9.0)
            .help("Requests that all clients together send. A worker can finish 10 a second.").primary(),
        /// Requests that are served at the same time.
        pub workers: u32 = Control::number("workers", "Workers", Unit::Count, (1.0, 4.0), 1.0, 1.0)
            .help("Requests that the shop works on at the same time."),
    }
}

readings! {
    READINGS;
    Reading::measured("p50", "p50", Statistic::Quantile(0.5), "Half of the answers of the last 5 s took at most this long.")
        .of(REQUEST, &[ANSWERED]).last(5.0);
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of the answers of the last 5 s took at most this long.")
        .of(REQUEST, &[ANSWERED]).last(5.0);
    Reading::measured("lost", "lost so far", Statistic::Share, "Share of all requests that were refused.")
        .of(REQUEST, &[REFUSED]).so_far();
}

const ACTIONS: &[Action] = &[
    Action::new("slow", "Slow it down", &[SHOP_KIND]).with_number(Unit::Factor, (1.0, 20.0), 4.0),
    Action::new("restore", "Restore it", &[SHOP_KIND]),
];

messages! {
    MESSAGES;
    mark_slowed(shop: Entity); mark_restored(shop: Entity);
    chart_latency(); p50(); p99();
    says_waiting(waiting: usize);
    about_clients(sent: u32);
}

/// What learners predict of it.
pub const PREDICTIONS: &[Prediction] = &[Prediction {
    id: "twice-the-load",
    answer_kind: AnswerKind::Number { unit: Unit::Share, tolerance: 0.1 },
    at: Time::from_secs(60),
    runs: &[&[("load", "18/s")]],
    truth: |runs| Value::Number(runs[0].summary("lost")).into(),
}];

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// A client sends a request.
    Arrival,
    /// A request reaches the shop.
    AtShop(Entity),
    /// A worker is done with it.
    Done(Entity),
    /// Its answer or refusal is back at the clients.
    Back(Entity),
}

type W = World<Event>;

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct NewFigure {
    arrivals: Arrivals,
    journeys: Journeys<()>,
    shop: Station<Event>,
}

impl NewFigure {
    fn send_back(&mut self, request: Entity, outcome: EndKind, world: &mut W) {
        self.journeys.turn_back(request, outcome);
        self.journeys.send(request, CLIENTS, HOP, world, Event::Back(request));
    }
}

impl Experiment for NewFigure {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("new-figure", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(30))
            .warm_up(Time::from_secs(5))
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, world: &mut W) -> Result<Self, Msg> {
        Ok(Self {
            arrivals: Arrivals::poisson(REQUEST, controls.load, world, Event::Arrival),
            journeys: Journeys::new(REQUEST, LOSSES),
            shop: Station::new(SHOP, controls.workers, Some(QUEUE)),
        })
    }

    fn handle(&mut self, event: Event, world: &mut W) {
        match event {
            Event::Arrival => {
                self.arrivals.arrived(world, Event::Arrival);
                let request = self.journeys.begin((), CLIENTS, world);
                self.journeys.send(request, SHOP, HOP, world, Event::AtShop(request));
            }
            Event::AtShop(request) => {
                self.journeys.arrive(request, world.now());
                // Drawn from the request's own stream: it is the same whatever else changes.
                let takes = Dist::Exponential(MEAN_SERVICE).span(&mut world.draws(SERVICE, request));
                if !self.shop.offer(request, takes, world, Event::Done(request)).is_accepted() {
                    self.send_back(request, REFUSED, world);
                }
            }
            Event::Done(request) => {
                self.shop.done(request, world);
                self.send_back(request, ANSWERED, world);
            }
            Event::Back(request) => {
                self.journeys.arrive(request, world.now());
                self.journeys.end(request, world);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, world: &mut W) -> Result<(), Msg> {
        self.arrivals.set_rate(is.load, world, Event::Arrival);
        self.shop.set_workers(is.workers, world);
        Ok(())
    }

    fn act(&mut self, action: usize, _: &[Entity], arg: &Value, world: &mut W) -> Result<(), Msg> {
        // What the shop takes up from now on takes so many times as long.
        let (slower, mark) = match *arg {
            Value::Number(slower) if action == 0 => (slower, mark_slowed(SHOP)),
            _ => (1.0, mark_restored(SHOP)),
        };
        self.shop.set_slower(slower);
        world.notable(SHOP, mark);
        Ok(())
    }

    // The world measures all readings by itself.
    fn read(&self, _: &W, _: &mut Readings) {}

    fn draw(&self, world: &W, scene: &mut Scene) {
        let now = world.now();
        let shop = self.journeys.with_badge(self.shop.node(None, now), now);
        let latency = [("p50", Status::Active), ("p99", Status::Trouble)];
        scene.panels = vec![
            Panel::Flow(Flow::through([vec![Node::new(CLIENTS)], vec![shop]], self.journeys.packets())),
            self.journeys.ledger(),
            Panel::series(chart_latency(), Unit::Time, latency, Self::SPEC.until),
        ];
        scene.sentences.push(says_waiting(self.shop.waiting().len()));
    }

    fn about(&self, entity: Entity, world: &W) -> Option<About> {
        if entity == CLIENTS {
            return Some(About::says([about_clients(self.arrivals.arrived_so_far())]));
        }
        self.journeys.about_at(entity, world, &[&self.shop].into_iter())
    }

    fn invariants(&self, world: &W) -> Result<(), String> {
        self.shop.invariants()?;
        self.journeys.invariants(world)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::Bench;

    #[test]
    fn a_second_worker_keeps_the_queue_from_filling() {
        let lost = |workers| {
            Bench::<NewFigure>::new(&[("load", "18/s"), ("workers", workers)], 1)
                .until(Time::from_secs(60))
                .reading("lost")
        };
        assert!(lost("1") > 0.3 && lost("2") < 0.1, "{} {}", lost("1"), lost("2"));
    }
}
