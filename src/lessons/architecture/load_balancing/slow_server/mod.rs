//! Clients, a balancer and four servers, one of which is slow.
//!
//! ```text
//!   web ──┐                      ┌─ queue ─ A
//!   mobile ┼── 20 ms ─ balancer ─┼─ queue ─ B     an answer, refusal or error goes back the same way
//!   jobs ──┘            20 ms ───┼─ queue ─ C (slow)
//!                                └─ queue ─ D
//! ```
//!
//! Arrivals are open: clients don't wait for answers before they send more. What a request brings along (key, client, size,
//! patience) is drawn from its own streams, so another policy meets the very same requests. A client that gives up closes its
//! connection; the balancer stops counting it, the server goes on working for nobody. Health checks ask whether the server
//! is there, not whether its answers are right.
//!
//! Leaves out: retries, connection set-up, a balancer that itself gets slow, and servers that get slower the more they do
//! at once.

mod picture;
mod questions;
mod spec;
#[cfg(test)]
mod tests;

pub use questions::{CHALLENGES, PREDICTIONS};
pub use spec::{YOUR_TRAFFIC, capacity};

use super::checks::{Checks, FALL, INTERVAL, RISE};
use super::cluster::{self, Cluster, HOP, Request, SERVERS};
use crate::lessons::prelude::*;
use crate::mechanism::balancer::{Balancer, Config, HealthChange, HealthConfig, Standing};
use crate::parts::Offer;
use crate::parts::station::Fault;
use crate::sim::Zipf;
use spec::{
    ANSWERED, BALANCER, BREAK, CLIENT, ControlValues, FAILED, GAVE_UP, KILL, LOSSES, NO_SERVER, Policy,
    REFUSED, REQUEST, SENT_TO_DEAD, SERVER, SLOW, SLOW_DOWN,
};

const KEY: Purpose = Purpose::named("key");
const FROM: Purpose = Purpose::named("client");
const SIZE: Purpose = Purpose::named("size");
const PATIENCE: Purpose = Purpose::named("patience");
/// How many keys there are, and how unevenly they are asked for (Zipf's exponent).
const KEYS: (u32, f64) = (1_000, 0.9);
/// Who sends how much, added up: web, mobile, jobs. Each has so many users.
const SHARES: [f64; 3] = [0.5, 0.8, 1.0];
const CLIENTS: u32 = SHARES.len() as u32;
const USERS: u32 = 200;
/// The window of the table, which is that of `Station::busy_of_late`.
const WINDOW: Span = Span::from_secs(5);
const CHECKS: HealthConfig = HealthConfig { interval: INTERVAL, timeout: INTERVAL, rise: RISE, fall: FALL };

/// What can happen. Requests and servers go by their numbers.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    Arrival,
    AtBalancer(u32),
    AtServer(u32),
    Done(u32),
    BackAtBalancer(u32),
    AtClient(u32),
    GivesUp(u32),
    /// A health check is due.
    Check(u32),
    /// Its result is back.
    Checked(u32, bool),
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub struct SlowServer {
    controls: ControlValues,
    arrivals: Arrivals,
    keys: Zipf,
    cluster: Cluster<Event>,
    /// How many times slower than at full speed each server works.
    slower: [f64; SERVERS as usize],
    /// Requests that each server was sent, and that it finished, over the window of the table.
    sent: Vec<RecentCount>,
    finished: Vec<RecentCount>,
}

fn request(n: u32) -> Entity {
    Entity::new(REQUEST, n)
}
fn server(n: u32) -> Entity {
    Entity::new(SERVER, n)
}
/// Users of different clients have different numbers.
fn client_of(request: &Request) -> Entity {
    Entity::new(CLIENT, request.user % CLIENTS)
}

/// A balancer of this policy, whose operator sets weights by what the machines are known to do.
fn balancer(controls: &ControlValues) -> Balancer {
    let weight = |n: u32| match (controls.policy, n) {
        (Policy::WeightedRoundRobin, SLOW) => libm::round(20.0 / controls.slower).max(1.0) as u32,
        (Policy::WeightedRoundRobin, _) => 20,
        _ => 1,
    };
    let weights: Vec<u32> = (0..SERVERS).map(weight).collect();
    let config = Config { table_size: 251, ..Config::default() };
    Balancer::new(controls.policy.mechanism(), config, &weights).unwrap_or_else(|broken| panic!("{broken}"))
}

impl SlowServer {
    /// What request `n` brings along, and how long its client waits. It depends on the seed and the number alone, or on what
    /// the log says.
    fn demand(&self, n: u32, logged: Option<(u64, u32)>, w: &W) -> (Request, Span) {
        let draw = |purpose| w.draws(purpose, request(n));
        let logged_size = self.arrivals.logged_duration().filter(|_| self.controls.logged);
        let drawn = || self.controls.sizes.dist(self.controls.service.secs()).span(&mut draw(SIZE));
        let size = logged_size.unwrap_or_else(drawn);
        // Patience is spread by a half around its mean, so that those who gave up don't all give up together.
        let patience = self.controls.patience.scale(Dist::Uniform(0.5, 1.5).sample(&mut draw(PATIENCE)));
        let (key, user) = logged.map_or_else(
            || {
                let mut from = draw(FROM);
                let share = from.unit();
                let client = SHARES.iter().position(|&upper| share < upper).unwrap_or(0) as u32;
                (self.keys.sample(&mut draw(KEY)).into(), from.below(USERS) * CLIENTS + client)
            },
            |(key, user)| (key, user),
        );
        (Request::new(key, user, size), patience)
    }

    fn arrival(&mut self, w: &mut W) {
        let n = self.arrivals.arrived_so_far();
        let logged = self.arrivals.arrived(w, Event::Arrival);
        let (demand, patience) = self.demand(n, logged, w);
        let from = client_of(&demand);
        let it = self.journeys().begin(demand, from, w);
        w.record_step(it, || (cluster::step_sent(from, demand.size), None));
        self.journeys().expect(it, patience, w, Event::GivesUp(n));
        self.journeys().send(it, BALANCER, HOP, w, Event::AtBalancer(n));
    }

    /// How many times slower a server is when nothing was done to it.
    fn own_slowness(&self, n: u32) -> f64 {
        if n == SLOW { self.controls.slower } else { 1.0 }
    }

    fn journeys(&mut self) -> &mut Journeys<Request> {
        &mut self.cluster.journeys
    }

    fn at_balancer(&mut self, n: u32, w: &mut W) {
        let it = request(n);
        if self.journeys().get(it).is_some_and(|journey| !journey.awaited) {
            return self.journeys().forget(it);
        }
        self.journeys().arrive(it, w.now());
        let Some(decision) = self.cluster.send(it, w, Event::AtServer(n)) else {
            w.record_step(it, || (cluster::step_no_server(), None));
            self.journeys().turn_back(it, NO_SERVER);
            return self.send_home(it, w);
        };
        self.sent[decision.server].record(w.now());
        w.record_step(it, || {
            (cluster::step_picked(server(decision.server as u32)), picture::reason(&decision.rule))
        });
    }

    fn at_server(&mut self, n: u32, w: &mut W) {
        let loss = match self.cluster.offer(request(n), w, Event::Done(n)) {
            Some(Offer::Full) => REFUSED,
            Some(Offer::Down) => SENT_TO_DEAD,
            Some(Offer::Fails) => FAILED,
            _ => return,
        };
        self.send_back(request(n), loss, w);
    }

    fn done(&mut self, it: Entity, w: &mut W) {
        let Some(at) = self.journeys().get(it).and_then(|journey| journey.carries.server) else { return };
        self.cluster.servers[at as usize].done(it, w);
        self.finished[at as usize].record(w.now());
        self.send_back(it, ANSWERED, w);
    }

    fn send_back(&mut self, it: Entity, outcome: EndKind, w: &mut W) {
        self.cluster.send_back(it, outcome, BALANCER, w, Event::BackAtBalancer(it.n));
    }

    fn back_at_balancer(&mut self, it: Entity, w: &mut W) {
        self.cluster.uncount(it, w.now());
        self.journeys().arrive(it, w.now());
        self.send_home(it, w);
    }

    fn send_home(&mut self, it: Entity, w: &mut W) {
        if let Some(home) = self.journeys().get(it).map(|journey| client_of(&journey.carries)) {
            self.journeys().send(it, home, HOP, w, Event::AtClient(it.n));
        }
    }

    fn checked(&mut self, n: u32, passed: bool, w: &mut W) {
        let change = self.cluster.checks.checked(n, passed).filter(|_| self.controls.checks);
        match change {
            Some(HealthChange::WentDown) => w.notable(server(n), cluster::mark_down(server(n), CHECKS.fall)),
            Some(HealthChange::WentUp) => w.notable(server(n), cluster::mark_up(server(n), CHECKS.rise)),
            None => return,
        }
        self.believe_checks(n);
    }

    /// The balancer takes a server for what the health checks say, if it asks for them.
    fn believe_checks(&mut self, n: u32) {
        let up = !self.controls.checks || self.cluster.checks.is_up(n);
        self.cluster.balancer.set_standing(n as usize, if up { Standing::Up } else { Standing::Down });
    }

    /// Something goes wrong with a server; everybody in it is told so at once.
    fn fail(&mut self, n: u32, fault: Fault, w: &mut W) {
        for dropped in self.cluster.servers[n as usize].fail(fault, w) {
            self.send_back(dropped, FAILED, w);
        }
    }

    fn slow_down(&mut self, n: u32, slower: f64) {
        self.slower[n as usize] = slower;
        self.cluster.servers[n as usize].set_slower(slower);
    }
}

impl Experiment for SlowServer {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = spec::SLOW_SERVER;
    const MESSAGES: &'static [&'static [Message]] = &[
        spec::MESSAGES,
        cluster::MESSAGES,
        station::MESSAGES,
        arrivals::MESSAGES,
        journeys::MESSAGES,
        LOSSES.messages,
    ];

    fn new(controls: &ControlValues, data: &Data, w: &mut W) -> Result<Self, Msg> {
        let counter = || vec![RecentCount::over(WINDOW); SERVERS as usize];
        let station = |n| Station::new(server(n), controls.workers, Some(controls.queue));
        let mut world = Self {
            controls: controls.clone(),
            arrivals: Arrivals::start(REQUEST, controls.stream(), data, w, Event::Arrival)?,
            keys: Zipf::new(KEYS.0, KEYS.1).expect("there are keys"),
            cluster: Cluster {
                balancer: balancer(controls),
                servers: (0..SERVERS).map(station).collect(),
                journeys: Journeys::new(REQUEST, LOSSES),
                checks: Checks::begin(CHECKS, w, Event::Check),
            },
            slower: [1.0; SERVERS as usize],
            sent: counter(),
            finished: counter(),
        };
        world.slow_down(SLOW, controls.slower);
        Ok(world)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::AtBalancer(n) => self.at_balancer(n, w),
            Event::AtServer(n) => self.at_server(n, w),
            Event::Done(n) => self.done(request(n), w),
            Event::BackAtBalancer(n) => self.back_at_balancer(request(n), w),
            Event::AtClient(n) => {
                self.journeys().arrive(request(n), w.now());
                self.journeys().end(request(n), w);
            }
            Event::GivesUp(n) => {
                self.cluster.uncount(request(n), w.now());
                self.journeys().give_up(request(n), GAVE_UP, w);
            }
            Event::Check(n) => {
                w.schedule(CHECKS.interval, Event::Check(n));
                // A check is answered at once, however many wait.
                let wait = (!self.cluster.is_dead(n)).then_some(Span::ZERO);
                self.cluster.checks.send(n, wait, w, |passed| Event::Checked(n, passed));
            }
            Event::Checked(n, passed) => self.checked(n, passed, w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.arrivals.set(is.stream(), w, Event::Arrival)?;
        let was = core::mem::replace(&mut self.controls, is.clone());
        if was.slower != is.slower {
            self.slow_down(SLOW, is.slower);
        }
        let weights = is.policy == Policy::WeightedRoundRobin && was.slower != is.slower;
        if was.policy != is.policy || was.checks != is.checks || weights {
            (0..SERVERS).for_each(|n| self.believe_checks(n));
            self.cluster.replace_balancer(balancer(is), w.now());
        }
        for station in &mut self.cluster.servers {
            station.set_capacity(Some(is.queue));
            station.set_workers(is.workers, w);
        }
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let n = on.n as usize;
        let (fault, own) = (self.cluster.servers.get(n)?.fault(), self.own_slowness(on.n));
        let same = match action {
            KILL => fault == Some(Fault::Down),
            BREAK => fault == Some(Fault::FailsFast),
            SLOW_DOWN => false,
            _ => fault.is_none() && self.slower[n] == own,
        };
        same.then(|| cluster::nothing_changes(on))
    }

    fn act(&mut self, action: usize, on: &[Entity], arg: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(unknown) = on.iter().find(|entity| entity.n >= SERVERS) {
            return Err(Msg::new("no-such-entity").of("entity", *unknown));
        }
        if let Some(refusal) = on.iter().find_map(|&entity| self.refusal(action, entity)) {
            return Err(refusal);
        }
        for &entity in on {
            let n = entity.n;
            let mark = match (action, arg) {
                (KILL, _) => {
                    self.fail(n, Fault::Down, w);
                    cluster::mark_killed(entity)
                }
                (BREAK, _) => {
                    self.fail(n, Fault::FailsFast, w);
                    spec::mark_broken(entity)
                }
                (SLOW_DOWN, &Value::Number(slower)) => {
                    self.slow_down(n, slower);
                    spec::mark_slowed(entity)
                }
                _ => {
                    self.cluster.servers[n as usize].restore();
                    self.slow_down(n, self.own_slowness(n));
                    cluster::mark_restored(entity)
                }
            };
            w.notable(entity, mark);
        }
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        let longest = self.cluster.servers.iter().map(|station| station.waiting().len()).max();
        out.put("longest-queue", longest.unwrap_or(0) as f64);
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w.now(), scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity {
            Entity { kind: CLIENT, n } if n < CLIENTS => {
                let sent = |it: &journeys::Journey<Request>| it.awaited && client_of(&it.carries) == entity;
                let waits: Vec<Entity> = (self.cluster.journeys.iter())
                    .filter(|(_, journey)| sent(journey))
                    .map(|(request, _)| request)
                    .collect();
                Some(About::says([match waits.len() {
                    0 => spec::about_client_idle(),
                    _ => spec::about_client(waits),
                }]))
            }
            BALANCER => {
                let (policy, available) = (self.controls.policy.label(), self.cluster.balancer.available());
                let says = spec::about_balancer(policy, available, SERVERS);
                Some(About::says([says]))
            }
            _ => self.cluster.about(entity, w),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.cluster.invariants(w)
    }
}
