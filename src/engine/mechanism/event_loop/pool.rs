//! A pool of threads for work that would block an event loop.
//!
//! Source: libuv, *Thread pool work scheduling*: one queue, first come, first served, and `UV_THREADPOOL_SIZE` threads (4 by
//! default) that take from it. That libuv lets slow lookups of names have at most half of the threads is left out. Work takes
//! as long as it says: there is a core for each thread that works.

use crate::sim::{Span, Time};
use std::collections::VecDeque;

/// A thread of the pool at work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Working<J> {
    /// Since when.
    pub since: Time,
    /// Until when.
    pub until: Time,
    /// On what.
    pub job: J,
}

/// A pool of threads, and the work that waits for one.
///
/// ```
/// use engine::mechanism::event_loop::WorkerPool;
/// use engine::sim::{Span, Time};
///
/// let mut pool = WorkerPool::new(1);
/// pool.submit("first", Span::from_millis(5), Time::ZERO);
/// pool.submit("second", Span::from_millis(2), Time::ZERO);
/// assert_eq!((pool.due(), pool.queued()), (Some(Time::from_millis(5)), 1));
/// assert_eq!(pool.take(Time::from_millis(9)), Some((Time::from_millis(5), 0, "first")));
/// // The thread took the next one at once.
/// assert_eq!(pool.take(Time::from_millis(9)), Some((Time::from_millis(7), 0, "second")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkerPool<J> {
    threads: Vec<Option<Working<J>>>,
    /// How many threads take work; those behind them end with what they are at.
    size: usize,
    queue: VecDeque<(J, Span)>,
}

impl<J> WorkerPool<J> {
    /// So many threads, all idle.
    pub fn new(threads: u32) -> Self {
        let size = threads as usize;
        Self { threads: (0..size).map(|_| None).collect(), size, queue: VecDeque::new() }
    }

    /// Changes how many threads there are. New ones take what has waited longest; those that are too many, the last, end with
    /// what they are at. (libuv's size is fixed once the pool is used.)
    ///
    /// ```
    /// use engine::mechanism::event_loop::WorkerPool;
    /// use engine::sim::{Span, Time};
    ///
    /// let at = Time::from_millis;
    /// let mut pool = WorkerPool::new(1);
    /// ["first", "second", "third"].map(|job| pool.submit(job, Span::from_millis(5), Time::ZERO));
    /// pool.set_threads(2, at(2));
    /// assert_eq!((pool.due(), pool.queued()), (Some(at(5)), 1));
    /// pool.set_threads(1, at(3));
    /// assert_eq!(pool.take(at(9)), Some((at(5), 0, "first")));
    /// assert_eq!(pool.take(at(9)), Some((at(7), 1, "second")));
    /// assert_eq!((pool.threads().len(), pool.due()), (1, Some(at(10))));
    /// ```
    pub fn set_threads(&mut self, threads: u32, now: Time) {
        self.size = threads as usize;
        while self.threads.len() < self.size {
            let next = self.queue.pop_front();
            self.threads.push(next.map(|(job, takes)| Working { since: now, until: now + takes, job }));
        }
        self.end_idle();
    }

    /// Threads that are too many end when they have nothing to do.
    fn end_idle(&mut self) {
        while self.threads.len() > self.size && self.threads.pop_if(|last| last.is_none()).is_some() {}
    }

    /// Gives work to an idle thread, the first one, or to the queue.
    pub fn submit(&mut self, job: J, takes: Span, now: Time) {
        if let Some(idle) = self.threads.iter_mut().take(self.size).find(|thread| thread.is_none()) {
            *idle = Some(Working { since: now, until: now + takes, job });
        } else {
            self.queue.push_back((job, takes));
        }
    }

    /// The thread that is done first; the lowest of several.
    fn first(&self) -> Option<(Time, usize)> {
        let until = |(n, it): (usize, &Option<Working<J>>)| it.as_ref().map(|it| (it.until, n));
        self.threads.iter().enumerate().filter_map(until).min()
    }

    /// When the next work is done.
    pub fn due(&self) -> Option<Time> {
        self.first().map(|(until, _)| until)
    }

    /// The next work that is done by now: when it was, which thread did it, and what it was. The thread went on with the next
    /// in the queue then.
    pub fn take(&mut self, now: Time) -> Option<(Time, u32, J)> {
        let (until, n) = self.first().filter(|(until, _)| *until <= now)?;
        let next = if n < self.size { self.queue.pop_front() } else { None };
        let next = next.map(|(job, takes)| Working { since: until, until: until + takes, job });
        let done = core::mem::replace(self.threads.get_mut(n)?, next)?;
        self.end_idle();
        Some((until, n as u32, done.job))
    }

    /// What each thread does, if anything.
    pub fn threads(&self) -> &[Option<Working<J>>] {
        &self.threads
    }

    /// How much work waits for a thread.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// The work that waits for a thread, in its order.
    pub fn queue(&self) -> impl Iterator<Item = &J> {
        self.queue.iter().map(|(job, _)| job)
    }
}
