//! Who notices: a rolling deploy to four equal servers, with health checks as settings and a second balancer to fail over
//! to. What is lost is counted by its cause.
//!
//! ```text
//!   each server in turn:  draining ──► stopped, away ──► started, cold ──► in service again
//!                         (no new       (what it has      (6 times slower   (as the checks
//!                         requests)      is lost)          at first)         see it)
//! ```
//!
//! A check waits behind the requests at its server but needs no slot of the queue and costs no work, so a server that is
//! cold and crowded answers it too late: a false alarm. A started server gets warm over a time that begins with its first
//! request, however many follow.
//!
//! Leaves out: clients never give up; the deploy never fails and never rolls back. Both balancers see every check at the
//! same moment, so that the backup knows of the servers what the active one knows; of requests it knows nothing. A balancer
//! dies as a process whose death keepalived notices at once: connections to its address are refused, where those to a dead
//! machine would hang. Changed settings of the checks hold from each server's next check on.

mod deploy;
mod pair;
mod picture;
mod spec;
#[cfg(test)]
mod tests;
mod upkeep;

pub use spec::PREDICTIONS;

use super::checks::Checks;
use super::cluster::{self, Cluster, HOP, Request, SERVERS};
use crate::lessons::prelude::*;
use crate::mechanism::balancer::{Balancer, Config, Policy, Rule, Standing};
use crate::parts::Offer;
use crate::sim::Handle;
use deploy::Deploy;
use pair::Pair;
use spec::{
    ANSWERED, BALANCER, CLIENTS, ControlValues, DRAIN, KILL, LOSSES, NO_BALANCER, NO_SERVER, REFUSED,
    REQUEST, RESTORE, SENT_TO_DEAD, SERVER,
};
use upkeep::{Upkeep, Warmth};

const SIZE: Purpose = Purpose::named("size");
/// Time that a request keeps a worker of a warm server.
const SERVICE: Dist = Dist::Exponential(0.04);
const WORKERS: u32 = 2;
const QUEUE: u32 = 10;

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    Arrival,
    AtBalancer(Entity),
    AtServer(Entity),
    Done(Entity),
    BackAtBalancer(Entity),
    AtClients(Entity),
    /// A health check is due.
    Check(u32),
    /// Its result is back.
    Checked(u32, bool),
    /// A server that came back gets more of its share.
    Ramp(u32),
    /// The deploy that was planned begins.
    Deploy,
    /// The deploy under way looks whether it can go on.
    Look,
    /// The active balancer says that it is there.
    Advert(u32),
    /// A backup has heard nothing for too long.
    TakesOver(u32),
}

#[derive(Clone, Debug)]
pub struct WhoNotices {
    controls: ControlValues,
    arrivals: Arrivals,
    cluster: Cluster<Event>,
    upkeep: [Upkeep; SERVERS as usize],
    pair: Pair,
    /// The deploy that is planned.
    planned: Option<Handle>,
    deploy: Option<Deploy>,
    /// How long the last deploy took, and how long the last dead server was sent requests.
    took: Option<Span>,
    unnoticed: Option<Span>,
}

type W = World<Event>;

fn server(n: u32) -> Entity {
    Entity::new(SERVER, n)
}
fn balancer(n: u32) -> Entity {
    Entity::new(BALANCER, n)
}

/// One that knows nothing yet: nginx's default, which knows weights and so can ramp them.
fn new_balancer() -> Balancer {
    let equal = [1; SERVERS as usize];
    Balancer::new(Policy::WeightedRoundRobin, Config::default(), &equal).expect("there are servers")
}

impl WhoNotices {
    fn front(&self) -> Entity {
        balancer(self.pair.front)
    }

    fn arrival(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        let next = Entity::new(REQUEST, w.tally(REQUEST).opened() as u32);
        let size = SERVICE.span(&mut w.draws(SIZE, next));
        let it = self.cluster.journeys.begin(Request::new(0, 0, size), CLIENTS, w);
        w.record_step(it, || (cluster::step_sent(CLIENTS, size), None));
        self.cluster.journeys.send(it, self.front(), HOP, w, Event::AtBalancer(it));
    }

    fn at_balancer(&mut self, it: Entity, w: &mut W) {
        self.cluster.journeys.arrive(it, w.now());
        let (loss, says) = if self.pair.active.is_none() {
            (NO_BALANCER, spec::step_no_balancer())
        } else if let Some(decision) = self.cluster.send(it, w, Event::AtServer(it)) {
            let picked = cluster::step_picked(server(decision.server as u32));
            return w.record_step(it, || (picked, why(&decision.rule)));
        } else {
            (NO_SERVER, cluster::step_no_server())
        };
        w.record_step(it, || (says, None));
        self.cluster.journeys.turn_back(it, loss);
        self.send_home(it, w);
    }

    fn send_home(&mut self, it: Entity, w: &mut W) {
        self.cluster.journeys.send(it, CLIENTS, HOP, w, Event::AtClients(it));
    }

    fn at_server(&mut self, it: Entity, w: &mut W) {
        let Some(n) = self.keep_pace_of(it, w.now()) else { return };
        let loss = match self.cluster.offer(it, w, Event::Done(it)) {
            Some(Offer::Full) => REFUSED,
            Some(Offer::Down) => SENT_TO_DEAD,
            offer => {
                let warmth = &mut self.upkeep[n as usize].warmth;
                if offer == Some(Offer::Served) && *warmth == Warmth::Cold {
                    *warmth = Warmth::Since(w.now());
                }
                return;
            }
        };
        self.send_back(it, loss, w);
    }

    fn done(&mut self, it: Entity, w: &mut W) {
        let Some(n) = self.keep_pace_of(it, w.now()) else { return };
        self.cluster.servers[n as usize].done(it, w);
        self.send_back(it, ANSWERED, w);
    }

    fn send_back(&mut self, it: Entity, outcome: EndKind, w: &mut W) {
        self.cluster.send_back(it, outcome, self.front(), w, Event::BackAtBalancer(it));
    }

    fn back_at_balancer(&mut self, it: Entity, w: &mut W) {
        self.cluster.uncount(it, w.now());
        self.cluster.journeys.arrive(it, w.now());
        self.send_home(it, w);
    }

    /// Schedules the deploy for the second that the control names, unless that is past or zero.
    fn plan_deploy(&mut self, w: &mut W) {
        if let Some(before) = self.planned.take() {
            w.cancel(before);
        }
        let at = Time::ZERO + self.controls.deploy;
        self.planned = (at > Time::ZERO && at >= w.now()).then(|| w.schedule_at(at, Event::Deploy));
    }
}

/// Why a server was picked.
fn why(rule: &Rule) -> Option<Msg> {
    let Rule::LargestCurrentWeight { current, total } = *rule else { return None };
    Some(cluster::why_weight((current, Unit::Count), (total, Unit::Count)))
}

impl Experiment for WhoNotices {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = spec::WHO_NOTICES;
    const MESSAGES: &'static [&'static [Message]] =
        &[spec::MESSAGES, cluster::MESSAGES, station::MESSAGES, journeys::MESSAGES, LOSSES.messages];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut checks = Checks::begin(controls.checks(), w, Event::Check);
        // The run begins long after the servers were first checked.
        checks.take_for_up(true);
        let mut world = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(REQUEST, controls.load, w, Event::Arrival),
            cluster: Cluster {
                balancer: new_balancer(),
                servers: (0..SERVERS).map(|n| Station::new(server(n), WORKERS, Some(QUEUE))).collect(),
                journeys: Journeys::new(REQUEST, LOSSES),
                checks,
            },
            upkeep: [Upkeep::default(); SERVERS as usize],
            pair: Pair::default(),
            planned: None,
            deploy: None,
            took: None,
            unnoticed: None,
        };
        world.first_balancers(w);
        world.plan_deploy(w);
        Ok(world)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::AtBalancer(it) => self.at_balancer(it, w),
            Event::AtServer(it) => self.at_server(it, w),
            Event::Done(it) => self.done(it, w),
            Event::BackAtBalancer(it) => self.back_at_balancer(it, w),
            Event::AtClients(it) => {
                self.cluster.journeys.arrive(it, w.now());
                self.cluster.journeys.end(it, w);
            }
            Event::Check(n) => self.check(n, w),
            Event::Checked(n, passed) => self.checked(n, passed, w),
            Event::Ramp(n) => self.ramp(n, w),
            Event::Deploy => self.begin_deploy(w),
            Event::Look => self.look(w),
            Event::Advert(n) => self.advertise(n, w),
            Event::TakesOver(n) => self.take_over(n, w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.arrivals.set_rate(is.load, w, Event::Arrival);
        self.cluster.checks.set(is.checks());
        self.refresh(w.now());
        if was.deploy != is.deploy {
            self.plan_deploy(w);
        }
        if was.balancers != is.balancers {
            self.more_or_fewer_balancers(w);
        }
        Ok(())
    }

    /// Why an action can't be done to this one, if it can't.
    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let (is_server, known) = (on.kind == SERVER, if on.kind == SERVER { SERVERS } else { 2 });
        if on.n >= known {
            return Some(Msg::new("no-such-entity").of("entity", on));
        }
        if !is_server && on.n >= self.controls.balancers() {
            return Some(spec::no_standby());
        }
        let dead = if is_server { self.cluster.is_dead(on.n) } else { !self.pair.alive[on.n as usize] };
        let draining = is_server && self.upkeep[on.n as usize].draining;
        let changes = match action {
            KILL => !dead,
            RESTORE => dead || draining,
            DRAIN => !dead && !draining,
            _ => return self.deploy.map(|_| spec::deploy_under_way()),
        };
        (!changes).then(|| cluster::nothing_changes(on))
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(refusal) = on.iter().find_map(|&entity| self.refusal(action, entity)) {
            return Err(refusal);
        }
        for &entity in on {
            // One that was named twice has had it.
            if self.refusal(action, entity).is_some() {
                continue;
            }
            match (action, entity) {
                (KILL, Entity { kind: SERVER, n }) => self.kill_server(n, w),
                (KILL, Entity { n, .. }) => self.power_off(n, w),
                (RESTORE, Entity { kind: SERVER, n }) => self.start_server(n, w),
                (RESTORE, Entity { n, .. }) => self.boot(n, w),
                (DRAIN, Entity { n, .. }) => self.drain(n, w),
                _ => self.begin_deploy(w),
            }
            match action {
                KILL => w.notable(entity, cluster::mark_killed(entity)),
                RESTORE => w.notable(entity, cluster::mark_restored(entity)),
                _ => {}
            }
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let now = w.now();
        out.put("in-service", (0..SERVERS).filter(|&n| self.is_in_service(n)).count() as f64);
        let longest = self.upkeep.iter().filter_map(|it| it.dead).map(|since| now.since(since)).max();
        out.put("unnoticed", longest.or(self.unnoticed).map(Span::secs));
        let under_way = self.deploy.map(|deploy| now.since(deploy.begun));
        out.put("deploy-time", under_way.or(self.took).map(Span::secs));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w.now(), scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let says = match entity {
            CLIENTS => spec::about_clients(self.arrivals.arrived_so_far()),
            Entity { kind: BALANCER, n } if n >= self.controls.balancers() => return None,
            Entity { kind: BALANCER, n } if !self.pair.alive[n as usize] => spec::about_balancer_dead(),
            Entity { kind: BALANCER, n } if self.pair.active == Some(n) => {
                spec::about_active(self.cluster.balancer.available(), SERVERS)
            }
            Entity { kind: BALANCER, n } => {
                spec::about_backup(pair::down_interval(pair::PRIORITIES[n as usize]))
            }
            _ => return self.cluster.about(entity, w),
        };
        Some(About::says([says]))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.cluster.invariants(w)?;
        if self.pair.active.is_some_and(|n| !self.pair.alive[n as usize]) {
            return Err("a dead balancer is active".into());
        }
        if self.pair.active.is_none() && self.cluster.open().next().is_some() {
            return Err("a request is open through a balancer that is gone".into());
        }
        let wrong = |&n: &u32| {
            let unnoticed = self.cluster.is_dead(n) && self.cluster.standing(n) == Standing::Up;
            self.upkeep[n as usize].dead.is_some() != unnoticed
        };
        match (0..SERVERS).find(wrong) {
            Some(n) => Err(format!("server {n}: who is dead and sent requests is not who is marked so")),
            None => Ok(()),
        }
    }
}
