//! One server and a queue without bound: M/M/1, the yardstick of everything else.
//!
//! Leaves out: a bound on the queue, impatience, and what a real server's service times look like.

use crate::lessons::prelude::*;

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    SERVER_KIND = "server", Only;
    CLIENTS_KIND = "clients", Only;
}

const SERVER: Entity = Entity::new(SERVER_KIND, 0);
const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
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

readings! {
    READINGS;
    Reading::new("waiting", "waiting", Unit::Count, "Requests in the queue now.");
    Reading::new("busy", "busy so far", Unit::Share, "Share of the time so far in which the server was busy.").so_far();
    Reading::measured("mean", "mean so far", Statistic::Mean, "Mean time from arrival to answer so far.")
        .of(REQUEST, &[ANSWERED]).so_far();
    Reading::measured("p99", "p99 so far", Statistic::Quantile(0.99), "99 % of the answers so far took at most this long.")
        .of(REQUEST, &[ANSWERED]).so_far();
}

messages! {
    MESSAGES;
    waiting(); chart_waiting();
    says_no_queue(); says_queue(waiting: usize, oldest: Span);
    about_answered();
    about_clients(arrived: u32);
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
    arrivals: Arrivals,
    server: Station<Event>,
}

impl ControlValues {
    /// Requests a second.
    fn rate(&self) -> f64 {
        self.load / self.service.secs()
    }
}

impl OneServer {
    /// The model with at most `limit` customers.
    pub fn with_limit(controls: &ControlValues, limit: u32, world: &mut World<Event>) -> Self {
        let arrivals = Arrivals::poisson(REQUEST, controls.rate(), world, Event::Arrival);
        Self {
            controls: controls.clone(),
            arrivals: arrivals.ending_after(limit),
            server: Station::new(SERVER, 1, None),
        }
    }

    /// Mean time that the served customers waited before their service, in seconds.
    pub fn mean_wait(&self) -> f64 {
        self.server.mean_wait().unwrap_or(0.0)
    }
}

impl Experiment for OneServer {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("one-server", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .version(2)
            .still_at(Time::from_secs(40))
            .warm_up(Time::from_secs(10));
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Event>) -> Result<Self, Msg> {
        Ok(Self::with_limit(controls, u32::MAX, world))
    }

    fn handle(&mut self, event: Event, world: &mut World<Event>) {
        match event {
            Event::Arrival => {
                self.arrivals.arrived(world, Event::Arrival);
                let request = world.open(REQUEST, None);
                let service = Dist::Exponential(self.controls.service.secs());
                let takes = service.span(&mut world.draws(SERVICE, request));
                let offer = self.server.offer(request, takes, world, Event::Done);
                debug_assert!(offer.is_accepted(), "its queue has no bound");
            }
            Event::Done => {
                // There is one worker, so whoever is being served is the one that is done.
                let request = self.server.busy()[0].of;
                self.server.done(request, world);
                world.close(request, ANSWERED);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Event>) -> Result<(), Msg> {
        self.controls = is.clone();
        self.arrivals.set_rate(is.rate(), world, Event::Arrival);
        Ok(())
    }

    fn read(&self, world: &World<Event>, out: &mut Readings) {
        out.put("waiting", self.server.waiting().len() as f64);
        out.put("busy", self.server.utilisation(world.now()));
    }

    fn draw(&self, world: &World<Event>, scene: &mut Scene) {
        let now = world.now();
        let opened = |request| world.tally(REQUEST).opened_at(request).unwrap_or(now);
        let service = self.controls.service.secs();
        let clients =
            Node::new(CLIENTS).shaped(Shape::Client).note(Label::Value(self.controls.rate(), Unit::Rate));
        let server = self.server.node(Some(Label::Value(service, Unit::Time)), now);
        let packets = self
            .server
            .here()
            .map(|entity| (entity, opened(entity.n)))
            .filter(|(_, at)| now.since(*at) < SEEN);
        let packets = packets.map(|(entity, left)| Packet {
            entity,
            from: CLIENTS,
            to: SERVER,
            left,
            arrives: left + SEEN,
            kind: PacketKind::Request,
        });
        let waiting = [("waiting", Status::Active)];
        scene.panels = vec![
            Panel::Flow(Flow::through([vec![clients], vec![server]], packets)),
            Panel::series(chart_waiting(), Unit::Count, waiting, Self::SPEC.until),
        ];
        let oldest = self.server.busy().first().map_or(Span::ZERO, |job| now.since(opened(job.of.n)));
        scene.sentences.push(match self.server.waiting().len() {
            0 => says_no_queue(),
            waiting => says_queue(waiting, oldest),
        });
    }

    fn about(&self, entity: Entity, world: &World<Event>) -> Option<About> {
        let about = match entity {
            SERVER => About::says(self.server.about()),
            CLIENTS => About::says([about_clients(self.arrivals.arrived_so_far())]),
            Entity { kind: REQUEST, n } => match self.server.about_visitor(entity, world.now()) {
                Some(sentence) => About::says([sentence]),
                None if world.tally(REQUEST).opened() > u64::from(n) => About::says([about_answered()]),
                None => return None,
            },
            _ => return None,
        };
        Some(about)
    }

    fn invariants(&self, world: &World<Event>) -> Result<(), String> {
        self.server.invariants()?;
        let (under_way, here) = (world.tally(REQUEST).under_way(), self.server.here().count());
        if under_way != here as u64 {
            return Err(format!("{under_way} requests under way, {here} at the server"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::Bench;

    #[test]
    fn ten_service_times_at_nine_tenths_of_the_capacity() {
        // M/M/1: a request takes S ÷ (1 − ρ) on average. One run of ten minutes scatters around that, forty hardly do.
        let mean = |seed| {
            Bench::<OneServer>::new(&[("service", "10ms")], seed).until(Time::from_secs(600)).reading("mean")
        };
        let means: Vec<f64> = (0..40).map(mean).collect();
        let interval = crate::sim::statistics::Interval::of(&means).unwrap();
        assert!((interval.mean - 0.1).abs() < 2.0 * interval.half_width, "{interval:?}");
        assert!(interval.half_width < 0.005, "{interval:?}");
    }
}
