//! A place where work is done: workers, a queue before them, a speed, and whether it is there at all. A server, a database,
//! a till.
//!
//! ```
//! use engine::parts::{Offer, Station};
//! use engine::sim::{EndKind, Entity, Span, Time, World};
//!
//! const REQUEST: u8 = 0;
//! const SHOP: Entity = Entity::new(1, 0);
//!
//! // Events of the figure: here a request is done, or the next one comes.
//! #[derive(Clone, Copy, Hash)]
//! enum Event { Arrival, Done(Entity) }
//!
//! let mut world = World::new(1);
//! let mut shop = Station::new(SHOP, 1, Some(2));
//! for second in 0..4 {
//!     world.schedule(Span::from_secs(second), Event::Arrival);
//! }
//! let mut refused = 0;
//! while let Some(event) = world.next(Time::from_secs(60)) {
//!     match event {
//!         Event::Arrival => {
//!             let request = world.open(REQUEST, None);
//!             match shop.offer(request, Span::from_secs(10), &mut world, Event::Done(request)) {
//!                 Offer::Served | Offer::Queued { .. } => {}
//!                 Offer::Full | Offer::Down | Offer::Fails => {
//!                     refused += 1;
//!                     world.close(request, EndKind(1));
//!                 }
//!             }
//!         }
//!         Event::Done(request) => {
//!             shop.done(request, &mut world);
//!             world.close(request, EndKind(0));
//!         }
//!     }
//! }
//! // One is served for ten seconds, two wait, and the fourth finds the queue full.
//! assert_eq!((refused, world.tally(REQUEST).closed(EndKind(0))), (1, 3));
//! ```

mod shown;
#[cfg(test)]
mod tests;

use crate::player::Control;
use crate::sim::statistics::TimeAverage;
use crate::sim::{Dist, Entity, Handle, Occupancy, Span, Time, Unit, World};
use crate::{choices, messages};
use std::collections::VecDeque;

messages! {
    /// What a station says of itself and of what goes through it.
    pub MESSAGES;
    step_served(station: Entity);
    step_served_late(station: Entity, waited: Span);
    step_slower(takes: Span);
    step_queued(station: Entity);
    step_refused(station: Entity);
    step_failed(station: Entity);
    step_done(station: Entity);
    why_queued(place: usize, capacity: u32);
    why_behind(ahead: usize);
    why_full(waiting: usize, capacity: u32);
    why_down();
    why_killed();
    why_fails_fast();
    why_slower(station: Entity, slower: (f64, Unit));
    mark_full(station: Entity, waiting: usize, capacity: u32);
    about_station(busy: usize, workers: u32, waiting: usize);
    about_capacity(capacity: u32);
    about_down();
    about_fails_fast();
    about_slower(slower: (f64, Unit));
    about_serving(served: Vec<Entity>);
    about_queue(waiting: Vec<Entity>);
    about_served(station: Entity, since: Span);
    about_waiting_next(station: Entity, served: Vec<Entity>);
    about_waiting(station: Entity, before: Entity, ahead: usize);
}

choices! {
    /// How the times that work takes are spread around their mean.
    pub enum Sizes {
        Fixed = "fixed", "All equal";
        Exponential = "exponential", "Exponential";
        LogNormal = "log-normal", "Log-normal";
        Pareto = "pareto", "Heavy tail";
    }
}

/// The control that chooses them.
pub const SIZES: Control = Control::choice("sizes", "Service times", Sizes::OPTIONS, "exponential")
    .help("How service times are spread around their mean.");

/// Squared coefficient of variation of log-normal sizes.
const LOG_NORMAL: f64 = 2.0;
/// Shape of heavy-tailed sizes, and where they are cut, as a multiple of the smallest: in practice their variation is
/// without bound.
const PARETO: (f64, f64) = (1.5, 1_000.0);

impl Sizes {
    /// The distribution with this mean.
    pub fn dist(self, mean: f64) -> Dist {
        match self {
            Self::Fixed => Dist::Fixed(mean),
            Self::Exponential => Dist::Exponential(mean),
            Self::LogNormal => Dist::log_normal(mean, LOG_NORMAL),
            Self::Pareto => Dist::bounded_pareto(mean, PARETO.0, PARETO.1),
        }
    }
}

/// A refusal after so long without one is worth a mark on the time line.
const CALM: Span = Span::from_secs(3);
/// A station is in trouble while its queue is this full.
const NEARLY_FULL: f64 = 0.8;
/// What counts as full where there is no bound.
const FULL_WITHOUT_BOUND: f64 = 25.0;
/// A station is in trouble for so long after it has refused somebody.
const TROUBLED: Span = Span::from_secs(1);

/// What became of something that was offered to a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A worker has taken it up.
    Served,
    /// It waits behind so many.
    Queued {
        /// How many wait ahead of it.
        ahead: u32,
    },
    /// The queue is full.
    Full,
    /// The station isn't there.
    Down,
    /// The station answers everything with an error, at once.
    Fails,
}

/// What may be wrong with a station, beyond being slow or full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It isn't there: what comes is refused at once.
    Down,
    /// It answers everything with an error, at once, and looks healthy to whoever only asks whether it is there.
    FailsFast,
}

impl Offer {
    /// Whether it is served or waits, so that it isn't up to the caller any more.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Served | Self::Queued { .. })
    }
}

/// What a worker is at.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Who is served.
    pub of: Entity,
    /// Since when.
    pub since: Time,
    /// When it will be done.
    pub ends: Time,
    done: Handle,
}

/// Who waits for a worker.
#[derive(Clone, Copy, Debug)]
struct Waiting<E> {
    of: Entity,
    since: Time,
    takes: Span,
    done: E,
}

/// Workers and a queue. `E` is the figure's event; the one that says that a worker is done with something is handed over
/// with it.
#[derive(Clone, Debug)]
pub struct Station<E> {
    entity: Entity,
    workers: u32,
    capacity: Option<u32>,
    slower: f64,
    fault: Option<Fault>,
    busy: Vec<Job>,
    queue: VecDeque<Waiting<E>>,
    busy_workers: TimeAverage,
    waits: Occupancy,
    holds: Occupancy,
    /// How many were taken up so far, and how long all of them together had waited.
    taken_up: u64,
    waited_nanos: u128,
    finished: u64,
    refused_at: Option<Time>,
}

impl<E> Station<E> {
    /// An idle station with at least one worker and a queue of so many places; without a bound if that is `None`.
    pub fn new(entity: Entity, workers: u32, capacity: Option<u32>) -> Self {
        Self {
            entity,
            workers: workers.max(1),
            capacity,
            slower: 1.0,
            fault: None,
            busy: Vec::new(),
            queue: VecDeque::new(),
            busy_workers: TimeAverage::default(),
            waits: Occupancy::default(),
            holds: Occupancy::default(),
            taken_up: 0,
            waited_nanos: 0,
            finished: 0,
            refused_at: None,
        }
    }

    /// What it is.
    pub fn entity(&self) -> Entity {
        self.entity
    }

    /// Who is being served, in the order in which they were taken up.
    pub fn busy(&self) -> &[Job] {
        &self.busy
    }

    /// Who waits, the first in line first.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = Entity> {
        self.queue.iter().map(|waiting| waiting.of)
    }

    /// Everybody in it: who is served, then who waits.
    pub fn here(&self) -> impl Iterator<Item = Entity> {
        self.busy.iter().map(|job| job.of).chain(self.waiting())
    }

    /// What is wrong with it.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// How many it has finished so far.
    pub fn finished(&self) -> u64 {
        self.finished
    }

    /// How long something that comes now would wait for a worker, if it took no place in the queue and workers are free as
    /// soon as their work is done.
    pub fn wait(&self, now: Time) -> Span {
        let mut free: Vec<Span> = self.busy.iter().map(|job| job.ends.since(now)).collect();
        if free.len() < self.workers as usize {
            return Span::ZERO;
        }
        let first = |free: &[Span]| (0..free.len()).min_by_key(|&worker| free[worker]).unwrap_or(0);
        for waiting in &self.queue {
            let worker = first(&free);
            free[worker] += waiting.takes.scale(self.slower);
        }
        free.get(first(&free)).copied().unwrap_or(Span::ZERO)
    }

    /// The share of its workers that have been busy, on average since the start; a time when it was down counts as idle.
    pub fn utilisation(&self, now: Time) -> f64 {
        self.busy_workers.average(now) / f64::from(self.workers)
    }

    /// Those who wait, by Little's law.
    pub fn waits(&self) -> &Occupancy {
        &self.waits
    }

    /// Those who have a worker, by Little's law.
    pub fn holds(&self) -> &Occupancy {
        &self.holds
    }

    /// The share of its workers that were busy over the last five seconds, by how many there are now.
    pub fn busy_of_late(&self, now: Time) -> f64 {
        (self.holds.of_late(now).inside / f64::from(self.workers)).min(1.0)
    }

    /// Whether every worker has something.
    pub fn is_full(&self) -> bool {
        self.busy.len() >= self.workers as usize
    }

    /// Mean time in seconds that those who were taken up so far had waited; `None` before the first.
    pub fn mean_wait(&self) -> Option<f64> {
        (self.taken_up > 0).then(|| self.waited_nanos as f64 / 1e9 / self.taken_up as f64)
    }

    /// Something comes that keeps a worker for `takes` at full speed; `done` is the event that says that it is finished.
    /// The worker is free again when [`Self::done`] is called, and that may be later: a thread that waits for the answer of
    /// somebody else keeps its worker until it has that.
    /// Whoever is here already must not be offered again. What is refused is not kept: to close it is up to the caller.
    #[must_use = "what is refused has to be closed"]
    pub fn offer(&mut self, of: Entity, takes: Span, world: &mut World<E>, done: E) -> Offer {
        let (now, entity) = (world.now(), self.entity);
        if let Some(fault) = self.fault {
            let (offer, why) = match fault {
                Fault::Down => (Offer::Down, why_down()),
                Fault::FailsFast => (Offer::Fails, why_fails_fast()),
            };
            world.record_step(of, || (step_failed(entity), Some(why)));
            return offer;
        }
        if self.busy.len() < self.workers as usize {
            self.serve(Waiting { of, since: now, takes, done }, world);
            return Offer::Served;
        }
        if let Some(capacity) = self.capacity.filter(|&capacity| self.queue.len() >= capacity as usize) {
            let calm = self.refused_at.is_none_or(|before| now.since(before) >= CALM);
            self.refused_at = Some(now);
            world.record_step(of, || (step_refused(entity), Some(why_full(self.queue.len(), capacity))));
            if calm {
                world.notable(entity, mark_full(entity, self.queue.len(), capacity));
            }
            return Offer::Full;
        }
        let ahead = self.queue.len();
        world.record_step(of, || {
            let why = match self.capacity {
                Some(capacity) => why_queued(ahead + 1, capacity),
                None => why_behind(ahead),
            };
            (step_queued(entity), Some(why))
        });
        self.waits.enter(now);
        self.queue.push_back(Waiting { of, since: now, takes, done });
        Offer::Queued { ahead: ahead as u32 }
    }

    fn serve(&mut self, next: Waiting<E>, world: &mut World<E>) {
        let (now, slower) = (world.now(), self.slower);
        let takes = if slower == 1.0 { next.takes } else { next.takes.scale(slower) };
        let done = world.schedule(takes, next.done);
        self.busy.push(Job { of: next.of, since: now, ends: now + takes, done });
        self.busy_workers.set(now, self.busy.len() as f64);
        self.holds.enter(now);
        let waited = now.since(next.since);
        self.taken_up += 1;
        self.waited_nanos += u128::from(waited.nanos());
        let entity = self.entity;
        world.record_step(next.of, || match waited {
            Span::ZERO => (step_served(entity), None),
            waited => (step_served_late(entity, waited), None),
        });
        if slower > 1.0 {
            let why = || why_slower(entity, (slower, Unit::Factor));
            world.record_step(next.of, || (step_slower(takes), Some(why())));
        }
    }

    /// A worker is done with something: to be called when the event that was handed over happens, or later if the worker is
    /// kept. The next in line is taken up. False if no worker had it, as after the station went down.
    pub fn done(&mut self, of: Entity, world: &mut World<E>) -> bool {
        let Some(at) = self.busy.iter().position(|job| job.of == of) else { return false };
        let job = self.busy.remove(at);
        self.holds.leave(world.now(), job.since);
        self.finished += 1;
        self.busy_workers.set(world.now(), self.busy.len() as f64);
        world.record_step(of, || (step_done(self.entity), None));
        self.take_up(world);
        true
    }

    /// Somebody who waits leaves the queue: the figure says why. Who is being served can't leave. False if they don't wait
    /// here.
    pub fn leave(&mut self, of: Entity, now: Time) -> bool {
        let at = self.queue.iter().position(|waiting| waiting.of == of);
        let left = at.and_then(|at| self.queue.remove(at));
        if let Some(waiting) = &left {
            self.waits.leave(now, waiting.since);
        }
        left.is_some()
    }

    /// Gives free workers something to do.
    fn take_up(&mut self, world: &mut World<E>) {
        while self.fault.is_none() && self.busy.len() < self.workers as usize {
            let Some(next) = self.queue.pop_front() else { return };
            self.waits.leave(world.now(), next.since);
            self.serve(next, world);
        }
    }

    /// So many workers from now on. With fewer, those who are busy finish what they have.
    pub fn set_workers(&mut self, workers: u32, world: &mut World<E>) {
        self.workers = workers.max(1);
        self.take_up(world);
    }

    /// So many places in the queue from now on. With fewer, those who wait stay.
    pub fn set_capacity(&mut self, capacity: Option<u32>) {
        self.capacity = capacity;
    }

    /// What is taken up from now on takes so many times as long as at full speed: at least once.
    pub fn set_slower(&mut self, slower: f64) {
        self.slower = slower.max(1.0);
    }

    /// Something goes wrong with it: whoever was served or waited is dropped and handed back, those who were served first.
    pub fn fail(&mut self, fault: Fault, world: &mut World<E>) -> Vec<Entity> {
        let entity = self.entity;
        self.fault = Some(fault);
        self.refused_at = None;
        self.busy_workers.set(world.now(), 0.0);
        let dropped: Vec<Entity> = self.here().collect();
        for job in self.busy.drain(..) {
            world.cancel(job.done);
            self.holds.leave(world.now(), job.since);
        }
        for waiting in self.queue.drain(..) {
            self.waits.leave(world.now(), waiting.since);
        }
        for &of in &dropped {
            world.record_step(of, || (step_failed(entity), Some(why_killed())));
        }
        dropped
    }

    /// Nothing is wrong with it any more; after a fault it is empty.
    pub fn restore(&mut self) {
        self.fault = None;
    }

    /// No worker is idle while somebody waits, nobody is in a station with a fault, and who is here is measured.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        let (busy, waiting) = (self.busy.len(), self.queue.len());
        if self.fault.is_some() && busy + waiting > 0 {
            return Err(format!("{busy} are served and {waiting} wait at a station with a fault"));
        }
        let measured = (self.holds.inside() as usize, self.waits.inside() as usize);
        if measured != (busy, waiting) {
            return Err(format!("{busy} are served and {waiting} wait, {measured:?} are measured"));
        }
        if waiting > 0 && busy < self.workers as usize {
            return Err(format!("{waiting} wait while {busy} of {} workers are busy", self.workers));
        }
        Ok(())
    }
}
