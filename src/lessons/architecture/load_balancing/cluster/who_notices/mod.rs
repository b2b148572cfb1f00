//! Who notices: the cluster through a rolling deploy, with health checks as settings and a second balancer to fail over
//! to. What is lost is counted by its cause.
//!
//! ```text
//!   each server in turn:  draining ──► stopped, away ──► started, cold ──► in service again
//!                         (no new       (what it has      (6 times slower   (as the checks
//!                         requests)      is lost)          at first)         see it)
//! ```
//!
//! Servers are equal. A check waits behind the requests at its server but needs no slot of the queue and costs no work,
//! so a server that is cold and crowded answers it too late: a false alarm. A started server gets warm over a time that
//! begins with its first request, however many follow.
//!
//! Leaves out, beyond what the cluster does: the deploy never fails and never rolls back. Both balancers see every check
//! at the same moment, so that the backup knows of the servers what the active one knows; of requests it knows nothing.
//! A balancer dies as a process whose death keepalived notices at once: connections to its address are refused, where
//! those to a dead machine would hang. Changed settings of the checks hold from each server's next check on.

mod deploy;
mod pair;
mod picture;
mod questions;
mod spec;

pub use questions::PREDICTIONS;

use super::server::Warmth;
use super::spec::{SERVER, SERVERS};
use super::{Cluster, Event, W, server};
use crate::mechanism::balancer::{Health, Standing};
use crate::parts::{arrivals, journeys, station, station::Fault};
use crate::player::{About, Data, Experiment, FigureSpec, Message, Readings, Value};
use crate::scene::Scene;
use crate::sim::{Entity, Handle, Msg, Span, Time};
use deploy::Deploy;
use pair::Pair;
use spec::{ActionId, BALANCER, CAUSES, ControlValues};

/// What happens beside the cluster's own events.
#[derive(Clone, Copy, Debug, Hash)]
pub enum DeployStep {
    /// The deploy that was planned begins.
    Deploy,
    /// The deploy under way looks whether it can go on.
    Look,
    /// The balancer's death that was planned.
    Outage,
    /// The active balancer says that it is there.
    Advert(u32),
    /// A backup has heard nothing for too long.
    TakesOver(u32),
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct WhoNotices {
    controls: ControlValues,
    cluster: Cluster,
    pair: Pair,
    /// The deploy and the outage that are planned.
    planned: [Option<Handle>; 2],
    deploy: Option<Deploy>,
    /// How long the last deploy took.
    took: Option<Span>,
    /// Since when each server has been dead and sent requests.
    dead: [Option<Time>; SERVERS as usize],
    /// How long the last of those was.
    unnoticed: Option<Span>,
}

fn balancer(n: u32) -> Entity {
    Entity::new(BALANCER, n)
}

impl WhoNotices {
    /// Schedules a step for a second of the run, unless that is past or zero, in place of `before`.
    fn plan(before: Option<Handle>, second: Span, step: DeployStep, w: &mut W) -> Option<Handle> {
        if let Some(before) = before {
            w.cancel(before);
        }
        let at = Time::ZERO + second;
        (second > Span::ZERO && at >= w.now()).then(|| w.schedule_at(at, Event::Upkeep(step)))
    }

    /// Tells the balancer of each server's standing and share.
    fn refresh(&mut self, now: Time) {
        for n in 0..SERVERS {
            self.restand(n, now);
            self.cluster.balancer.set_share(n as usize, self.cluster.share(n, now).unwrap_or(1.0));
        }
    }

    /// Server `n` may get requests now, or get none any more.
    fn restand(&mut self, n: u32, now: Time) {
        let standing = self.cluster.standing(n);
        self.cluster.balancer.set_standing(n as usize, standing);
        let dead = &mut self.dead[n as usize];
        if self.cluster.servers[n as usize].station.fault() == Some(Fault::Down) && standing == Standing::Up {
            *dead = dead.or(Some(now));
        } else if let Some(since) = dead.take() {
            self.unnoticed = Some(now.since(since));
        }
    }

    fn kill_server(&mut self, n: u32, w: &mut W) {
        self.cluster.fail(n, Fault::Down, w);
        self.restand(n, w.now());
    }

    /// A server's process is up again, and cold; an order to drain it is taken back.
    fn start_server(&mut self, n: u32, w: &mut W) {
        let it = &mut self.cluster.servers[n as usize];
        if it.station.fault() == Some(Fault::Down) {
            it.warmth = Warmth::Cold;
        }
        it.station.restore();
        let was_draining = core::mem::take(&mut self.cluster.watches[n as usize].draining);
        self.restand(n, w.now());
        if was_draining && self.cluster.standing(n) == Standing::Up {
            self.cluster.begin_ramp(n, w);
        }
    }

    /// Why an action can't be done to this one, if it can't.
    fn refusal(&self, action_id: ActionId, on: Entity) -> Option<Msg> {
        let of = |id, name| Some(Msg::new(id).of(name, on));
        let known = if on.kind == SERVER { SERVERS } else { 2 };
        if on.n >= known {
            return of("no-such-entity", "entity");
        }
        if on.kind == BALANCER && on.n >= self.controls.balancers.count() {
            return Some(Msg::new("no-standby"));
        }
        let (dead, draining) = if on.kind == SERVER {
            let dead = self.cluster.servers[on.n as usize].station.fault() == Some(Fault::Down);
            (dead, self.cluster.watches[on.n as usize].draining)
        } else {
            (!self.pair.is_alive(on.n), false)
        };
        match action_id {
            ActionId::Deploy if self.deploy.is_some() => Some(Msg::new("deploy-under-way")),
            ActionId::Kill if dead => of("dead-already", "it"),
            ActionId::Drain if dead || draining => of("nothing-to-drain", "it"),
            ActionId::Restore if !dead && !draining => of("nothing-to-restore", "it"),
            _ => None,
        }
    }
}

impl Experiment for WhoNotices {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = spec::WHO_NOTICES;
    const MESSAGES: &'static [&'static [Message]] = &[
        super::spec::MESSAGES,
        station::MESSAGES,
        arrivals::MESSAGES,
        journeys::MESSAGES,
        spec::OWN,
        spec::NAMES,
    ];

    fn new(controls: &ControlValues, data: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut cluster = Cluster::start(&controls.cluster(), controls.upkeep(), CAUSES, data, w)?;
        w.open(BALANCER, None);
        for _ in CAUSES.ends {
            w.open(CAUSES.kind, None);
        }
        for watch in &mut cluster.watches {
            // The run begins long after the servers were first checked.
            watch.health.checked(true, cluster.upkeep.checks);
        }
        let mut world = Self {
            controls: controls.clone(),
            cluster,
            pair: Pair::default(),
            planned: [None; 2],
            deploy: None,
            took: None,
            dead: [None; SERVERS as usize],
            unnoticed: None,
        };
        world.first_balancers(w);
        world.planned = [
            Self::plan(None, controls.deploy, DeployStep::Deploy, w),
            Self::plan(None, controls.outage, DeployStep::Outage, w),
        ];
        Ok(world)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Upkeep(DeployStep::Deploy) => self.begin_deploy(w),
            Event::Upkeep(DeployStep::Look) => self.look(w),
            Event::Upkeep(DeployStep::Outage) => {
                if let Some(n) = self.pair.active() {
                    self.kill_balancer(n, w);
                }
            }
            Event::Upkeep(DeployStep::Advert(n)) => self.advert(n, w),
            Event::Upkeep(DeployStep::TakesOver(n)) => self.take_over(n, w),
            Event::Checked(n, _) => {
                self.cluster.handle(event, w);
                self.restand(n, w.now());
            }
            _ => self.cluster.handle(event, w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.cluster.set(&is.cluster(), w)?;
        let was = core::mem::replace(&mut self.controls, is.clone());
        let before = core::mem::replace(&mut self.cluster.upkeep, is.upkeep()).checks;
        let checks = is.upkeep().checks;
        if (before.rise, before.fall) != (checks.rise, checks.fall) {
            for watch in &mut self.cluster.watches {
                let up = watch.health.is_up(before);
                watch.health = Health::new(checks);
                watch.health.checked(up, checks);
            }
        }
        self.refresh(w.now());
        if was.deploy != is.deploy {
            self.planned[0] = Self::plan(self.planned[0], is.deploy, DeployStep::Deploy, w);
        }
        if was.outage != is.outage {
            self.planned[1] = Self::plan(self.planned[1], is.outage, DeployStep::Outage, w);
        }
        if was.balancers != is.balancers {
            self.more_or_fewer_balancers(w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        let action_id = ActionId::ALL[action];
        if let Some(refusal) = on.iter().find_map(|&entity| self.refusal(action_id, entity)) {
            return Err(refusal);
        }
        for &entity in on {
            let n = entity.n;
            // One that was named twice has had it.
            if self.refusal(action_id, entity).is_some() {
                continue;
            }
            let server_mark = match (action_id, entity.kind) {
                (ActionId::Deploy, _) => {
                    self.begin_deploy(w);
                    continue;
                }
                (ActionId::Kill, BALANCER) => {
                    self.kill_balancer(n, w);
                    continue;
                }
                (ActionId::Restore, BALANCER) => {
                    self.boot_balancer(n, w);
                    continue;
                }
                (ActionId::Kill, _) => {
                    self.kill_server(n, w);
                    "mark-killed"
                }
                (ActionId::Drain, _) => {
                    self.cluster.watches[n as usize].draining = true;
                    self.restand(n, w.now());
                    "mark-draining"
                }
                (ActionId::Restore, _) => {
                    self.start_server(n, w);
                    "mark-restored"
                }
            };
            w.notable(entity, Msg::new(server_mark).of("server", server(n)));
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let now = w.now();
        let seconds = |span: Span| span.secs();
        out.put("in-service", (0..SERVERS).filter(|&n| self.is_in_service(n)).count() as f64);
        let longest = self.dead.iter().flatten().map(|&since| now.since(since)).max();
        out.put("unnoticed", longest.or(self.unnoticed).map(seconds));
        let under_way = self.deploy.map(|deploy| now.since(deploy.begun));
        out.put("deploy-time", under_way.or(self.took).map(seconds));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w, scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        self.tell(entity, w)
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.cluster.invariants(w)?;
        let open = self.cluster.front.open;
        if open != self.pair.active().is_some() {
            return Err(format!("the address is open: {open}, and {:?} is active", self.pair.active()));
        }
        if self.pair.active().is_some_and(|n| !self.pair.is_alive(n)) {
            return Err("a dead balancer is active".into());
        }
        if !open && self.cluster.open_requests().next().is_some() {
            return Err("a request is open through a balancer that is gone".into());
        }
        for n in 0..SERVERS {
            let gone = self.cluster.servers[n as usize].station.fault() == Some(Fault::Down);
            if self.dead[n as usize].is_some() != (gone && self.cluster.standing(n) == Standing::Up) {
                return Err(format!("server {n}: who is dead and sent requests is not who is marked so"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
