//! A server: workers, a queue with a bound, a speed, and what may be wrong with it.

use crate::sim::statistics::TimeAverage;
use crate::sim::{Entity, Handle, Span, Time};
use std::collections::VecDeque;

/// What may be wrong with a server, beyond being slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// Its process is gone: connections and health checks are refused at once.
    Killed,
    /// It answers every request with an error, at once; its health check, which only looks whether it is there, passes.
    FailsFast,
}

/// How many times slower a server is when it has just been started: caches are empty, and code has not been compiled.
const COLD: f64 = 6.0;

/// How far a server has warmed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Warmth {
    /// It has been at work for long.
    Warm,
    /// It was started and has had no request yet: nothing gets warm by itself.
    Cold,
    /// It has been at work since then.
    Since(Time),
}

/// A request in a worker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    /// Who is served.
    pub request: Entity,
    /// Since when.
    pub since: Time,
    /// The event of its end.
    pub done: Handle,
    /// When that is.
    pub ends: Time,
}

/// One server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    /// How many times slower than the others it works.
    pub slower: f64,
    pub fault: Fault,
    pub warmth: Warmth,
    pub busy: Vec<Job>,
    pub queue: VecDeque<Entity>,
    /// When it last refused a request because its queue was full.
    pub refused_at: Option<Time>,
    /// Busy workers over time.
    pub busy_workers: TimeAverage,
    /// Requests that it has answered, and that it has refused or failed.
    pub answered: u64,
    pub failed: u64,
}

/// What became of a request that came to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// A worker takes it at once.
    Served,
    /// It waits behind so many.
    Queued(u32),
    /// The queue is full.
    Full,
    /// The server is not there.
    Refused,
    /// The server answers with an error.
    Failed,
}

impl Server {
    pub fn new() -> Self {
        Self {
            slower: 1.0,
            fault: Fault::None,
            warmth: Warmth::Warm,
            busy: Vec::new(),
            queue: VecDeque::new(),
            refused_at: None,
            busy_workers: TimeAverage::default(),
            answered: 0,
            failed: 0,
        }
    }

    /// A request comes. If it is `Served`, the caller starts it; if it is `Queued`, it is in the queue.
    pub fn admit(&mut self, request: Entity, now: Time, workers: u32, capacity: u32) -> Admission {
        match self.fault {
            Fault::Killed => Admission::Refused,
            Fault::FailsFast => Admission::Failed,
            Fault::None if (self.busy.len() as u32) < workers => Admission::Served,
            Fault::None if self.queue.len() as u32 >= capacity => {
                self.refused_at = Some(now);
                Admission::Full
            }
            Fault::None => {
                self.queue.push_back(request);
                Admission::Queued(self.queue.len() as u32 - 1)
            }
        }
    }

    /// A worker takes a request up.
    pub fn start(&mut self, job: Job, now: Time) {
        self.busy.push(job);
        self.busy_workers.set(now, self.busy.len() as f64);
    }

    /// A worker is done with a request; false if none had it.
    pub fn finish(&mut self, request: Entity, now: Time) -> bool {
        let Some(at) = self.busy.iter().position(|job| job.request == request) else { return false };
        self.busy.remove(at);
        self.busy_workers.set(now, self.busy.len() as f64);
        true
    }

    /// Everybody in it, when it dies: those served, then those who wait.
    pub fn drop_all(&mut self, now: Time) -> (Vec<Job>, Vec<Entity>) {
        self.busy_workers.set(now, 0.0);
        (core::mem::take(&mut self.busy), core::mem::take(&mut self.queue).into_iter().collect())
    }

    /// How many times slower than the others it works now, if it gets warm, evenly, over this time.
    pub fn slowness(&self, now: Time, warm_up: Span) -> f64 {
        let left = match self.warmth {
            Warmth::Warm => 0.0,
            _ if warm_up == Span::ZERO => 0.0,
            Warmth::Cold => 1.0,
            Warmth::Since(first) => (1.0 - now.since(first).secs() / warm_up.secs()).max(0.0),
        };
        self.slower * (1.0 + (COLD - 1.0) * left)
    }

    /// How long something that comes now waits until a worker is free for it, if it takes no slot of the queue and what
    /// waits before it takes so long.
    pub fn wait(&self, now: Time, workers: u32, waiting: impl Iterator<Item = Span>) -> Span {
        let mut free: Vec<Span> = self.busy.iter().map(|job| job.ends.since(now)).collect();
        if (free.len() as u32) < workers {
            return Span::ZERO;
        }
        let first = |free: &[Span]| (0..free.len()).min_by_key(|&worker| free[worker]).unwrap_or(0);
        for takes in waiting {
            let worker = first(&free);
            free[worker] += takes;
        }
        free.get(first(&free)).copied().unwrap_or(Span::ZERO)
    }
}
