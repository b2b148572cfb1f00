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
pub use spec::{Arrivals, ControlValues, Policy, Sizes, YOUR_TRAFFIC};
pub use traffic::Demand;
pub use who_notices::{PREDICTIONS as WHO_NOTICES_PREDICTIONS, WhoNotices};

use crate::mechanism::balancer::{self, Balancer, Health, HealthConfig, Standing};
use crate::player::{About, Data, Experiment, FigureSpec, Message, Readings, Value};
use crate::scene::Scene;
use crate::sim::statistics::RecentCount;
use crate::sim::{EndKind, Entity, EntityMap, Handle, Msg, Purpose, Span, Tally, Time, World};
use server::{Fault, Server};
use spec::{ANSWERED, ActionId, BALANCER, CLIENT, CLIENTS, LOST, REQUEST, SERVER, SERVERS, SLOW};
use traffic::Traffic;

const PICK: Purpose = Purpose::named("pick");
/// The window of the readings: two seconds in slots of a tenth.
const SLOT: Span = Span::from_millis(100);
const SLOTS: usize = 21;
/// Between two updates of a ramp's share.
const RAMP_STEP: Span = Span::from_millis(500);
/// A refusal after so long without one is worth a marker.
const CALM: Span = Span::from_secs(3);

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

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    ToBalancer,
    ToServer,
    Waiting,
    Served,
    /// On its way from the server back to the balancer.
    Back(EndKind),
    /// On its way from the balancer back to the client.
    Home(EndKind),
}

/// A request under way, or one that a server still works on although nobody waits for it.
#[derive(Clone, Copy, Debug)]
struct Request {
    demand: Demand,
    sent: Time,
    place: Place,
    /// When it came there.
    since: Time,
    /// Its server and when the balancer sent it there, while the balancer counts it.
    counted: Option<(u32, Time)>,
    server: Option<u32>,
    gives_up: Option<Handle>,
}

impl Request {
    /// Whether its client waits for it.
    fn is_awaited(&self) -> bool {
        self.gives_up.is_some()
    }
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
    traffic: Traffic,
    /// The arrival that is scheduled.
    next_arrival: Option<Handle>,
    balancer: Balancer,
    watches: Vec<Watch>,
    servers: Vec<Server>,
    requests: EntityMap<Request>,
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

/// How many have ended without an answer so far.
fn lost(requests: &Tally) -> u64 {
    LOST.iter().map(|&fate| requests.closed(fate)).sum()
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
        .map_err(|error| Msg::new("model-fault").text("why", error.to_string()))?;
        for n in 0..SERVERS {
            balancer.set_standing(n as usize, self.standing(n));
        }
        for (_, request) in self.requests.iter() {
            if let Some((n, _)) = request.counted {
                balancer.started(now, n as usize);
            }
        }
        Ok(balancer)
    }

    /// What request `n` brought along, while it is under way.
    pub fn demand_of(&self, n: u32) -> Option<Demand> {
        self.requests.get(n).map(|request| request.demand)
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

    fn start(controls: &ControlValues, upkeep: Upkeep, data: &Data, w: &mut W) -> Result<Self, Msg> {
        if controls.arrivals == Arrivals::Replay && data.records().is_none() {
            return Err(Msg::new("no-log-yet"));
        }
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
        let mut servers = vec![Server::new(); SERVERS as usize];
        servers[SLOW as usize].slower = controls.slower;
        let counter = || vec![RecentCount::new(SLOT, SLOTS); SERVERS as usize];
        let placeholder = Balancer::new(balancer::Policy::RoundRobin, balancer::Config::default(), &[1])
            .map_err(|error| Msg::new("model-fault").text("why", error.to_string()))?;
        let mut world = Self {
            controls: controls.clone(),
            upkeep,
            front: Front { node: BALANCER, open: true, checks: true },
            traffic: Traffic::new(data)?,
            next_arrival: None,
            balancer: placeholder,
            watches: vec![watch; SERVERS as usize],
            servers,
            requests: EntityMap::default(),
            sent: counter(),
            finished: counter(),
        };
        world.balancer = world.appoint(w.now())?;
        world.traffic.begin_replay(w.now());
        world.expect_arrival(w);
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
    const MESSAGES: &'static [&'static [Message]] = &[spec::MESSAGES];

    fn new(controls: &ControlValues, data: &Data, w: &mut W) -> Result<Self, Msg> {
        Self::start(controls, UPKEEP, data, w)
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
        let was = core::mem::replace(&mut self.controls, is.clone());
        if is.arrivals == Arrivals::Replay && !self.traffic.has_log() {
            self.controls = was;
            return Err(Msg::new("no-log-yet"));
        }
        if was.slower != is.slower {
            self.servers[SLOW as usize].slower = is.slower;
        }
        let weights = is.policy == Policy::WeightedRoundRobin && was.slower != is.slower;
        if was.policy != is.policy || was.checks != is.checks || weights {
            self.balancer = self.appoint(w.now())?;
        }
        if was.arrivals != is.arrivals || was.compress != is.compress || was.load != is.load {
            // The arrival under way is drawn anew at the new pace.
            if let Some(handle) = self.next_arrival.take() {
                w.cancel(handle);
            }
            match (was.arrivals, is.arrivals) {
                (Arrivals::Replay, Arrivals::Replay) => self.traffic.change_pace(w.now(), was.compress),
                (_, Arrivals::Replay) => self.traffic.begin_replay(w.now()),
                _ => {}
            }
            self.expect_arrival(w);
        }
        for n in 0..SERVERS {
            self.pump(n, w);
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
                    self.kill(n, w);
                    "mark-killed"
                }
                ActionId::FailFast => {
                    self.kill(n, w);
                    self.servers[at].fault = Fault::FailsFast;
                    "mark-fails-fast"
                }
                ActionId::Slow => {
                    if let Value::Number(slower) = *arg {
                        self.servers[at].slower = slower;
                    }
                    "mark-slowed"
                }
                ActionId::Drain => {
                    self.watches[at].draining = true;
                    "mark-draining"
                }
                ActionId::Restore => {
                    let was_away = self.watches[at].draining;
                    self.watches[at].draining = false;
                    self.servers[at].fault = Fault::None;
                    self.servers[at].slower = if n == SLOW { self.controls.slower } else { 1.0 };
                    if was_away {
                        self.begin_ramp(n, w);
                    }
                    "mark-restored"
                }
            };
            self.balancer.set_standing(at, self.standing(n));
            w.notable(server(n), Msg::new(mark).of("server", server(n)));
        }
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        out.put("longest-queue", self.servers.iter().map(|s| s.queue.len()).max().unwrap_or(0) as f64);
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w, scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        self.tell(entity, w)
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let census = w.tally(REQUEST);
        let fates: u64 = census.closed(ANSWERED) + lost(census);
        if census.opened() != fates + census.under_way() {
            return Err(format!(
                "{} requests, {fates} ended, {} under way",
                census.opened(),
                census.under_way()
            ));
        }
        let awaited = self.requests.iter().filter(|(_, request)| request.is_awaited()).count() as u64;
        if awaited != census.under_way() {
            return Err(format!("{} requests under way, {awaited} of them have a place", census.under_way()));
        }
        for n in 0..SERVERS {
            let counted =
                self.requests.iter().filter(|(_, r)| r.counted.is_some_and(|(at, _)| at == n)).count();
            let connections = self.balancer.servers()[n as usize].connections as usize;
            if counted != connections {
                return Err(format!(
                    "server {n}: {counted} requests at it, the balancer counts {connections}"
                ));
            }
            let server = &self.servers[n as usize];
            let at = |place: Place| {
                self.requests.iter().filter(|(_, r)| r.server == Some(n) && r.place == place).count()
            };
            if (at(Place::Waiting), at(Place::Served)) != (server.queue.len(), server.busy.len()) {
                return Err(format!("server {n}: its queue or its workers hold somebody who is elsewhere"));
            }
        }
        Ok(())
    }
}
