//! What two figures share: four servers behind a balancer, the requests that it sends to them, and the [`Checks`] by which
//! it knows who is there.
//!
//! ```text
//!             send        offer           done         send_back        uncount
//!   balancer ──────► server: queue ─ workers ─► an answer, refusal or error ──► balancer
//! ```
//!
//! The events are the figure's own: it hands one over with each step, and calls the next when that happens.

use super::checks::Checks;
use crate::lessons::prelude::*;
use crate::mechanism::balancer::{Balancer, Decision, RequestOutcome, Standing};
use crate::parts::Offer;
use crate::parts::station::Fault;

pub const SERVERS: u32 = 4;
/// One way between two parties.
pub const HOP: Span = Span::from_millis(20);
const PICK: Purpose = Purpose::named("pick");

messages! {
    /// What is said of the servers and of requests on their way to them.
    pub MESSAGES;
    step_sent(from: Entity, size: Span); step_no_server(); step_picked(server: Entity);
    why_weight(current: (f64, Unit), total: (f64, Unit));
    mark_down(server: Entity, fall: u32); mark_up(server: Entity, rise: u32);
    mark_killed(server: Entity); mark_restored(server: Entity);
    note_dead(); note_out(); note_failing(failed: u32, fall: u32); nothing_changes(it: Entity);
    says_dead_unnoticed(server: Entity); says_dead(server: Entity); says_out(server: Entity);
    says_full(server: Entity, waiting: usize, capacity: u32); says_longest(server: Entity, waiting: usize);
    says_nobody_waits();
    about_dead_unnoticed(); about_out(); about_server(finished: u64, lost: u64, open: u32);
}

/// What a request under way carries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// What it asks for; a hash policy sends equal keys to the same server.
    pub key: u64,
    /// Who sent it; sticky balancing keeps them apart.
    pub user: u32,
    /// How long it keeps a worker at full speed.
    pub size: Span,
    /// Its server, once it has one.
    pub server: Option<u32>,
    /// Its server and when it was sent there, while the balancer counts it.
    counted: Option<(u32, Time)>,
}

impl Request {
    /// One that has no server yet.
    pub fn new(key: u64, user: u32, size: Span) -> Self {
        Self { key, user, size, server: None, counted: None }
    }
}

/// The servers and what is under way.
#[derive(Clone, Debug)]
pub struct Cluster<E> {
    pub balancer: Balancer,
    pub servers: Vec<Station<E>>,
    pub journeys: Journeys<Request>,
    pub checks: Checks,
}

impl<E> Cluster<E> {
    pub fn entity(&self, n: u32) -> Entity {
        self.servers[n as usize].entity()
    }

    pub fn is_dead(&self, n: u32) -> bool {
        self.servers[n as usize].fault() == Some(Fault::Down)
    }

    pub fn standing(&self, n: u32) -> Standing {
        self.balancer.servers()[n as usize].standing
    }

    /// Another balancer, which knows what this one knew of its servers and their requests.
    pub fn replace_balancer(&mut self, mut balancer: Balancer, now: Time) {
        for n in 0..SERVERS as usize {
            balancer.set_standing(n, self.balancer.servers()[n].standing);
        }
        for (_, journey) in self.journeys.iter() {
            if let Some((n, _)) = journey.carries.counted {
                balancer.started(now, n as usize);
            }
        }
        self.balancer = balancer;
    }

    /// The balancer picks a server for a request, and it sets out. `None` if no server takes requests.
    pub fn send(&mut self, request: Entity, world: &mut World<E>, there: E) -> Option<Decision> {
        let now = world.now();
        let carried = self.journeys.carried(request)?;
        let mut draws = world.draws(PICK, request);
        let decision = self.balancer.pick(now, carried.key, carried.user, &mut draws)?;
        self.balancer.started(now, decision.server);
        let picked = decision.server as u32;
        (carried.server, carried.counted) = (Some(picked), Some((picked, now)));
        let server = self.entity(picked);
        self.journeys.send(request, server, HOP, world, there);
        Some(decision)
    }

    /// A request comes to its server.
    pub fn offer(&mut self, request: Entity, world: &mut World<E>, done: E) -> Option<Offer> {
        let Request { size, server, .. } = self.journeys.get(request)?.carries;
        self.journeys.arrive(request, world.now());
        Some(self.servers[server? as usize].offer(request, size, world, done))
    }

    /// An answer, a refusal or an error leaves the server, if somebody waits for it.
    pub fn send_back(
        &mut self,
        request: Entity,
        outcome: EndKind,
        to: Entity,
        world: &mut World<E>,
        back: E,
    ) {
        if self.journeys.get(request).is_none_or(|journey| !journey.awaited) {
            return self.journeys.forget(request);
        }
        self.journeys.turn_back(request, outcome);
        self.journeys.send(request, to, HOP, world, back);
    }

    /// The balancer's connection for a request ends. Whether with an answer matters only to balancers that count failures.
    pub fn uncount(&mut self, request: Entity, now: Time) {
        if let Some((at, since)) = self.journeys.carried(request).and_then(|it| it.counted.take()) {
            self.balancer.finished(now, at as usize, RequestOutcome::Answered, now.since(since));
        }
    }

    /// The requests that the balancer has open at servers.
    pub fn open(&self) -> impl Iterator<Item = Entity> {
        self.journeys.iter().filter(|(_, it)| it.carries.counted.is_some()).map(|(request, _)| request)
    }

    /// How a server fares.
    pub fn status(&self, n: u32, now: Time) -> Status {
        let station = &self.servers[n as usize];
        match (station.status(now), self.standing(n)) {
            (Status::Down, _) | (_, Standing::Down) => Status::Down,
            (Status::Trouble, _) if station.fault().is_some() => Status::Trouble,
            (_, Standing::Draining) => Status::Draining,
            (status, _) => status,
        }
    }

    /// How the link from the balancer to a server fares.
    pub fn link(&self, front: Entity, n: u32, now: Time) -> Link {
        let status = match (self.standing(n), self.status(n, now)) {
            (Standing::Down, _) => Status::Down,
            (Standing::Draining, _) => Status::Draining,
            // The balancer doesn't know yet that nobody is there.
            (_, Status::Down | Status::Trouble) => Status::Trouble,
            _ => Status::Normal,
        };
        Link::new(front, self.entity(n), status)
    }

    /// A server with its queue, workers and losses.
    pub fn node(&self, n: u32, note: Label, now: Time) -> Node {
        let node = self.servers[n as usize].node(Some(note), now);
        self.journeys.with_badge(Node { status: self.status(n, now), ..node }, now)
    }

    /// The server that fares worst: of two alike, where more wait.
    pub fn worst(&self, now: Time) -> u32 {
        let severity = |n| match self.status(n, now) {
            Status::Down => 3,
            Status::Trouble => 2,
            Status::Draining => 1,
            _ => 0,
        };
        let badness = |&n: &u32| (severity(n), self.servers[n as usize].waiting().len());
        (0..SERVERS).max_by_key(badness).unwrap_or(0)
    }

    /// How server `n`, the worst, fares.
    pub fn says(&self, n: u32, capacity: u32, now: Time) -> Msg {
        let (it, station) = (self.entity(n), &self.servers[n as usize]);
        let waiting = station.waiting().len();
        match (station.fault(), self.standing(n)) {
            (Some(Fault::Down), Standing::Up) => says_dead_unnoticed(it),
            (Some(Fault::Down), _) => says_dead(it),
            (_, Standing::Down) => says_out(it),
            // A queue that was made shorter may hold more than it has places.
            _ if station.status(now) == Status::Trouble && waiting <= capacity as usize => {
                says_full(it, waiting, capacity)
            }
            _ if waiting == 0 => says_nobody_waits(),
            _ => says_longest(it, waiting),
        }
    }

    /// What is to be said of a server, of a request or of a cause of loss.
    pub fn about(&self, entity: Entity, world: &World<E>) -> Option<About> {
        let about = self.journeys.about_at(entity, world, &self.servers.iter())?;
        let Some(n) = (0..SERVERS).find(|&n| self.entity(n) == entity) else { return Some(about) };
        let mut sentences = about.sentences;
        match self.standing(n) {
            Standing::Up if self.is_dead(n) => sentences[0] = about_dead_unnoticed(),
            Standing::Down if !self.is_dead(n) => sentences.push(about_out()),
            _ => {}
        }
        let open = self.balancer.servers()[n as usize].connections;
        let finished = self.servers[n as usize].finished();
        sentences.push(about_server(finished, self.journeys.lost_at(entity), open));
        Some(About::says(sentences))
    }

    /// The balancer counts what is open at each server, and who is in a server is on its way nowhere else.
    pub fn invariants(&self, world: &World<E>) -> Result<(), String> {
        self.journeys.invariants(world)?;
        for n in 0..SERVERS {
            let at = |it: &Request| it.counted.is_some_and(|(at, _)| at == n);
            let open = self.journeys.iter().filter(|(_, it)| at(&it.carries)).count();
            let counted = self.balancer.servers()[n as usize].connections as usize;
            if open != counted {
                return Err(format!("server {n}: {open} requests open at it, the balancer counts {counted}"));
            }
            let (station, entity) = (&self.servers[n as usize], self.entity(n));
            station.invariants()?;
            let is_here = |of| self.journeys.get(of).is_some_and(|it| it.place == Place::At(entity));
            if station.here().count() != self.journeys.at(entity) || !station.here().all(is_here) {
                return Err(format!("server {n}: its queue or its workers hold somebody who is elsewhere"));
            }
        }
        Ok(())
    }
}
