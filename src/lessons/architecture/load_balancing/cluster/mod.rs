//! Clients, a balancer and four servers: the world of the load-balancing figures.
//!
//! ```text
//!   web ──┐                      ┌─ queue ─ A
//!   mobile ┼── 20 ms ─ balancer ─┼─ queue ─ B     an answer, refusal or error goes back the same way
//!   jobs ──┘            20 ms ───┼─ queue ─ C (slow)
//!                                └─ queue ─ D
//! ```
//!
//! Arrivals are open: clients don't wait for answers before they send more. What a request brings along (key, client,
//! size, patience) is drawn from its own streams, so another policy meets the very same requests. A client that gives up
//! closes its connection; the balancer stops counting it, the server goes on working for nobody. Health checks ask
//! whether the server is there, not whether its answers are right. [`WhoNotices`] is the same world with a deployment, a
//! second balancer, and checks that wait their turn.
//!
//! Leaves out: retries, connection set-up, a balancer that itself gets slow, and servers that get slower the more they do
//! at once.

mod operation;
mod picture;
mod questions;
mod requests;
mod server;
mod spec;
mod traffic;
mod who_notices;

pub use questions::{CHALLENGES, PREDICTIONS};
pub use spec::{ControlValues, Policy, YOUR_TRAFFIC};
pub use traffic::Demand;
pub use who_notices::{PREDICTIONS as WHO_NOTICES_PREDICTIONS, WhoNotices};

use crate::mechanism::balancer::{self, Balancer, Health, HealthConfig, Standing};
use crate::parts::arrivals::{self, Arrivals};
use crate::parts::journeys::{self, Journeys, Losses, Place};
use crate::parts::station::{self, Fault};
use crate::player::{About, Data, Experiment, FigureSpec, Message, Readings, Value};
use crate::scene::Scene;
use crate::sim::statistics::RecentCount;
use crate::sim::{Entity, Msg, Purpose, Span, Time, World, Zipf};
use server::Server;
use spec::{ActionId, BALANCER, CLIENT, CLIENTS, LOSSES, REQUEST, SERVER, SERVERS, SLOW, model_fault};

const PICK: Purpose = Purpose::named("pick");
/// The window of the readings: two seconds in slots of a tenth.
const SLOT: Span = Span::from_millis(100);
const SLOTS: usize = 21;
/// Between two updates of a ramp's share.
const RAMP_STEP: Span = Span::from_millis(500);

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// The next request is sent.
    Arrival,
    /// A request reaches the balancer.
    AtBalancer(u32),
    /// A request reaches its server.
    AtServer(u32),
    /// A worker is done with a request.
    Done(u32),
    /// An answer, refusal or error reaches the balancer.
    BackAtBalancer(u32),
    /// It reaches the client.
    AtClient(u32),
    /// The client's patience ends.
    GivesUp(u32),
    /// A health check is sent to a server.
    Check(u32),
    /// Its result is back.
    Checked(u32, bool),
    /// A server that came back gets more of its share.
    Ramp(u32),
    /// What only [`WhoNotices`] schedules.
    Upkeep(who_notices::DeployStep),
}

/// What a request under way carries.
#[derive(Clone, Copy, Debug)]
struct Request {
    demand: Demand,
    /// Its server, once it has one.
    server: Option<u32>,
    /// Its server and when the balancer sent it there, while the balancer counts it.
    counted: Option<(u32, Time)>,
}

/// What the balancer knows of a server's health, and what its operator has ordered.
#[derive(Clone, Copy, Debug)]
struct Watch {
    health: Health,
    draining: bool,
    /// When it came back, while its share still grows.
    ramp_from: Option<Time>,
    check: Option<Probe>,
    /// Checks in a row that have failed.
    failed: u32,
}

/// A health check under way.
#[derive(Clone, Copy, Debug)]
struct Probe {
    left: Time,
    /// When its answer leaves the server; never, if that comes too late.
    back: Option<Time>,
    passes: bool,
}

/// How servers are watched and started.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Upkeep {
    checks: HealthConfig,
    /// Whether a check is answered after the requests that wait at its server, or at once.
    checks_wait: bool,
    /// How long a server that was started is cold, from its first request on.
    warm_up: Span,
}

/// What stands before the servers.
#[derive(Clone, Copy, Debug)]
struct Front {
    /// The balancer that requests go through, or last went through.
    node: Entity,
    /// Whether it takes requests.
    open: bool,
    /// Whether some balancer is there to check the servers.
    checks: bool,
}

/// The world of the figures.
#[derive(Clone, Debug)]
pub struct Cluster {
    controls: ControlValues,
    upkeep: Upkeep,
    front: Front,
    arrivals: Arrivals,
    keys: Zipf,
    balancer: Balancer,
    watches: Vec<Watch>,
    servers: Vec<Server>,
    journeys: Journeys<Request>,
    /// Requests that each server was sent, and that it finished, of late.
    sent: Vec<RecentCount>,
    finished: Vec<RecentCount>,
}

const UPKEEP: Upkeep = Upkeep {
    checks: HealthConfig { interval: Span::from_secs(2), timeout: Span::from_secs(2), rise: 2, fall: 3 },
    checks_wait: false,
    warm_up: Span::ZERO,
};

fn request(n: u32) -> Entity {
    Entity::new(REQUEST, n)
}
fn server(n: u32) -> Entity {
    Entity::new(SERVER, n)
}
fn client(n: u32) -> Entity {
    Entity::new(CLIENT, n)
}

type W = World<Event>;

impl Cluster {
    /// A balancer of the present policy that knows what the last one knew of its servers and their requests.
    fn appoint(&self, now: Time) -> Result<Balancer, Msg> {
        // An operator who uses weights sets them by what the machines are known to do.
        let weight = |n: u32| match (self.controls.policy, n) {
            (Policy::WeightedRoundRobin, SLOW) => libm::round(20.0 / self.controls.slower).max(1.0) as u32,
            (Policy::WeightedRoundRobin, _) => 20,
            _ => 1,
        };
        let weights: Vec<u32> = (0..SERVERS).map(weight).collect();
        let mut balancer = Balancer::new(
            self.controls.policy.rule(),
            balancer::Config { table_size: 251, ..Default::default() },
            &weights,
        )
        .map_err(|error| model_fault(error.to_string()))?;
        for n in 0..SERVERS {
            balancer.set_standing(n as usize, self.standing(n));
        }
        for (_, journey) in self.journeys.iter() {
            if let Some((n, _)) = journey.carries.counted {
                balancer.started(now, n as usize);
            }
        }
        Ok(balancer)
    }

    /// What request `n` brought along, while it is under way.
    pub fn demand_of(&self, n: u32) -> Option<Demand> {
        self.journeys.get(request(n)).map(|journey| journey.carries.demand)
    }

    /// Has server `n` work as fast as it does now.
    fn keep_pace(&mut self, n: u32, now: Time) {
        let it = &mut self.servers[n as usize];
        it.station.set_slower(it.slowness(now, self.upkeep.warm_up));
    }

    fn standing(&self, n: u32) -> Standing {
        let watch = &self.watches[n as usize];
        if self.controls.checks && !watch.health.is_up(self.upkeep.checks) {
            Standing::Down
        } else if watch.draining {
            Standing::Draining
        } else {
            Standing::Up
        }
    }

    fn start(
        controls: &ControlValues,
        upkeep: Upkeep,
        losses: &'static Losses,
        data: &Data,
        w: &mut W,
    ) -> Result<Self, Msg> {
        for _ in 0..SERVERS {
            w.open(SERVER, None);
        }
        for _ in 0..CLIENTS {
            w.open(CLIENT, None);
        }
        w.open(BALANCER.kind, None);
        let watch = Watch {
            health: Health::new(upkeep.checks),
            draining: false,
            ramp_from: None,
            check: None,
            failed: 0,
        };
        let mut servers: Vec<Server> =
            (0..SERVERS).map(|n| Server::new(server(n), controls.workers, controls.queue)).collect();
        servers[SLOW as usize].slower = controls.slower;
        let counter = || vec![RecentCount::new(SLOT, SLOTS); SERVERS as usize];
        let placeholder = Balancer::new(balancer::Policy::RoundRobin, balancer::Config::default(), &[1])
            .map_err(|error| model_fault(error.to_string()))?;
        let mut world = Self {
            controls: controls.clone(),
            upkeep,
            front: Front { node: BALANCER, open: true, checks: true },
            arrivals: Arrivals::start(REQUEST, controls.stream(), data, w, Event::Arrival)?,
            keys: Zipf::new(traffic::KEYS.0, traffic::KEYS.1)
                .map_err(|error| model_fault(error.to_string()))?,
            balancer: placeholder,
            watches: vec![watch; SERVERS as usize],
            servers,
            journeys: Journeys::new(REQUEST, losses),
            sent: counter(),
            finished: counter(),
        };
        world.balancer = world.appoint(w.now())?;
        for n in 0..SERVERS {
            // Spread over the interval, as HAProxy does, so that not all are asked at once.
            w.schedule(
                Span::from_nanos(upkeep.checks.interval.nanos() * u64::from(n + 1) / u64::from(SERVERS)),
                Event::Check(n),
            );
        }
        Ok(world)
    }
}

impl Experiment for Cluster {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = spec::SLOW_SERVER;
    const MESSAGES: &'static [&'static [Message]] =
        &[spec::MESSAGES, station::MESSAGES, arrivals::MESSAGES, journeys::MESSAGES, LOSSES.messages];

    fn new(controls: &ControlValues, data: &Data, w: &mut W) -> Result<Self, Msg> {
        Self::start(controls, UPKEEP, LOSSES, data, w)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::AtBalancer(n) => self.at_balancer(n, w),
            Event::AtServer(n) => self.at_server(n, w),
            Event::Done(n) => self.done(n, w),
            Event::BackAtBalancer(n) => self.back_at_balancer(n, w),
            Event::AtClient(n) => self.at_client(n, w),
            Event::GivesUp(n) => self.gives_up(n, w),
            Event::Check(n) => self.check(n, w),
            Event::Checked(n, passed) => self.checked(n, passed, w),
            Event::Ramp(n) => self.ramp(n, w),
            Event::Upkeep(_) => {}
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.arrivals.set(is.stream(), w, Event::Arrival)?;
        let was = core::mem::replace(&mut self.controls, is.clone());
        if was.slower != is.slower {
            self.servers[SLOW as usize].slower = is.slower;
        }
        let weights = is.policy == Policy::WeightedRoundRobin && was.slower != is.slower;
        if was.policy != is.policy || was.checks != is.checks || weights {
            self.balancer = self.appoint(w.now())?;
        }
        for n in 0..SERVERS {
            self.keep_pace(n, w.now());
            let station = &mut self.servers[n as usize].station;
            station.set_capacity(Some(is.queue));
            station.set_workers(is.workers, w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], arg: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(unknown) = on.iter().find(|entity| entity.n >= SERVERS) {
            return Err(Msg::new("no-such-entity").of("entity", *unknown));
        }
        for &Entity { n, .. } in on {
            let at = n as usize;
            let mark = match ActionId::ALL[action] {
                ActionId::Kill => {
                    self.fail(n, Fault::Down, w);
                    spec::mark_killed(server(n))
                }
                ActionId::FailFast => {
                    self.fail(n, Fault::FailsFast, w);
                    spec::mark_fails_fast(server(n))
                }
                ActionId::Slow => {
                    if let Value::Number(slower) = *arg {
                        self.servers[at].slower = slower;
                    }
                    spec::mark_slowed(server(n))
                }
                ActionId::Drain => {
                    self.watches[at].draining = true;
                    spec::mark_draining(server(n))
                }
                ActionId::Restore => {
                    self.servers[at].station.restore();
                    self.servers[at].slower = if n == SLOW { self.controls.slower } else { 1.0 };
                    if core::mem::take(&mut self.watches[at].draining) {
                        self.begin_ramp(n, w);
                    }
                    spec::mark_restored(server(n))
                }
            };
            self.balancer.set_standing(at, self.standing(n));
            w.notable(server(n), mark);
        }
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        let longest = self.servers.iter().map(|it| it.station.waiting().len()).max();
        out.put("longest-queue", longest.unwrap_or(0) as f64);
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w, scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        self.tell(entity, w)
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        for n in 0..SERVERS {
            let counted = self
                .journeys
                .iter()
                .filter(|(_, it)| it.carries.counted.is_some_and(|(at, _)| at == n))
                .count();
            let connections = self.balancer.servers()[n as usize].connections as usize;
            if counted != connections {
                return Err(format!(
                    "server {n}: {counted} requests at it, the balancer counts {connections}"
                ));
            }
            let station = &self.servers[n as usize].station;
            station.invariants()?;
            let is_here = |of| self.journeys.get(of).is_some_and(|it| it.place == Place::At(server(n)));
            if station.here().count() != self.journeys.at(server(n)) || !station.here().all(is_here) {
                return Err(format!("server {n}: its queue or its workers hold somebody who is elsewhere"));
            }
        }
        Ok(())
    }
}
