//! A database whose queries share its cores: up to one query a core at full speed, beyond that all of them slower.

use crate::lessons::prelude::*;
use crate::sim::Handle;

/// What the database works on, and the virtual time at which that is done.
#[derive(Clone, Copy, Debug)]
struct Job {
    of: Entity,
    ends: f64,
}

/// Processor sharing with a price for company. Of `n` queries on `k` cores each gets min(1, k/n) of a core, and beyond `k` all
/// of them lose to switching, cold caches and locks: the work that is useful falls by 1 + penalty × (n − k), which for many
/// queries is the retrograde curve of Gunther's universal scalability law. With a penalty of 0 and exponential work it is M/M/k.
#[derive(Clone, Debug)]
pub(super) struct Database {
    cores: u32,
    penalty: f64,
    jobs: Vec<Job>,
    /// The work that each query has got so far, in seconds of a whole core, had it been here from the start.
    got: f64,
    at: Time,
    next: Option<Handle>,
}

impl Database {
    pub(super) fn new(cores: u32, penalty: f64) -> Self {
        Self { cores, penalty, jobs: Vec::new(), got: 0.0, at: Time::ZERO, next: None }
    }

    /// How many queries it works on.
    pub(super) fn inside(&self) -> usize {
        self.jobs.len()
    }

    /// The share of the cores' work that is useful, while it has any.
    pub(super) fn useful(&self) -> f64 {
        let beyond = (self.jobs.len() as f64 - f64::from(self.cores)).max(0.0);
        1.0 / (1.0 + self.penalty * beyond)
    }

    /// The speed of each query, as a share of a core that it has for itself.
    pub(super) fn speed(&self) -> f64 {
        (f64::from(self.cores) / self.jobs.len().max(1) as f64).min(1.0) * self.useful()
    }

    fn advance(&mut self, now: Time) {
        self.got += now.since(self.at).secs() * self.speed();
        self.at = now;
    }

    /// The event for whatever is done first is scheduled anew: the speed has changed.
    fn reschedule<E>(&mut self, w: &mut World<E>, done: E) {
        if let Some(handle) = self.next.take() {
            w.cancel(handle);
        }
        let first = self.jobs.iter().map(|job| job.ends).fold(f64::INFINITY, f64::min);
        if first.is_finite() {
            let left = (first - self.got).max(0.0) / self.speed();
            self.next = Some(w.schedule(Span::from_secs_f64(left), done));
        }
    }

    /// Something begins that takes so many seconds of a core; `done` is the event that something is done.
    pub(super) fn begin<E>(&mut self, of: Entity, work: f64, w: &mut World<E>, done: E) {
        self.advance(w.now());
        self.jobs.push(Job { of, ends: self.got + work });
        self.reschedule(w, done);
    }

    /// To be called when that event happens: what is done.
    pub(super) fn done<E>(&mut self, w: &mut World<E>, done: E) -> Option<Entity> {
        self.advance(w.now());
        self.next = None;
        let first = (0..self.jobs.len()).min_by(|a, b| self.jobs[*a].ends.total_cmp(&self.jobs[*b].ends))?;
        let job = self.jobs.remove(first);
        self.reschedule(w, done);
        Some(job.of)
    }

    /// Other cores, or another penalty, from now on.
    pub(super) fn set<E>(&mut self, cores: u32, penalty: f64, w: &mut World<E>, done: E) {
        self.advance(w.now());
        (self.cores, self.penalty) = (cores, penalty);
        self.reschedule(w, done);
    }
}
