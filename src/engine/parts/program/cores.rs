//! Threads that share cores: each runs for a time slice, if others want a core, and sleeps while it waits for something.
//!
//! What a thread does with its core is the figure's. The part knows who has a core, who wants one, and until when a slice
//! lasts.
//!
//! ```
//! use engine::parts::program::{Cores, Place};
//! use engine::sim::{Span, Time};
//!
//! // Two threads with 5 ms of work each share a core in slices of 3 ms.
//! let mut cores = Cores::new(1, Span::from_millis(3), 2);
//! cores.wants(0);
//! cores.wants(1);
//! assert_eq!(cores.next(Time::ZERO), Some(0));
//! let (at, due) = cores.goes_on(0, Some(Span::from_millis(5)), Time::ZERO);
//! assert!(at == Time::from_millis(3) && cores.is_due(due));
//! assert_eq!(cores.ran(0, at), Span::from_millis(3));
//! // Its slice is over, and thread 1 wants the core.
//! assert!(cores.gives_way(0, at));
//! assert_eq!((cores.place(0), cores.next(at)), (Place::Ready, Some(1)));
//! ```

use crate::sim::{Span, Time};
use std::collections::VecDeque;

/// Where a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It waits for something, without a core.
    Asleep,
    /// It wants a core.
    Ready,
    /// It has one.
    Running,
}

/// Something that is due for a thread, unless it has been told something else since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Due {
    /// Which thread.
    pub thread: u32,
    told: u32,
}

#[derive(Clone, Copy, Debug)]
struct Thread {
    place: Place,
    /// Up to when its time on a core has been counted, and when its slice is over.
    since: Time,
    slice_end: Time,
    told: u32,
}

/// Cores, and the threads that share them.
#[derive(Clone, Debug)]
pub struct Cores {
    total: u32,
    slice: Span,
    threads: Vec<Thread>,
    /// Who wants a core, in the order in which they get one.
    ready: VecDeque<u32>,
}

impl Cores {
    /// So many cores, and threads that are all asleep.
    pub fn new(cores: u32, slice: Span, threads: u32) -> Self {
        let asleep = Thread { place: Place::Asleep, since: Time::ZERO, slice_end: Time::ZERO, told: 0 };
        Self { total: cores, slice, threads: vec![asleep; threads as usize], ready: VecDeque::new() }
    }

    /// Everybody falls asleep, and there are so many cores from now on.
    pub fn reset(&mut self, cores: u32) {
        self.total = cores;
        (0..self.threads.len() as u32).for_each(|n| self.sleeps(n));
    }

    /// Where a thread is.
    pub fn place(&self, n: u32) -> Place {
        self.threads[n as usize].place
    }

    /// Who has a core.
    pub fn running(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.threads).filter(|(_, it)| it.place == Place::Running).map(|(n, _)| n)
    }

    /// Whether a core is free.
    pub fn has_idle(&self) -> bool {
        self.running().count() < self.total as usize
    }

    /// What is due for a thread from now on; what was due before no longer is.
    pub fn due(&mut self, thread: u32) -> Due {
        let told = &mut self.threads[thread as usize].told;
        *told += 1;
        Due { thread, told: *told }
    }

    /// Whether this is still due.
    pub fn is_due(&self, due: Due) -> bool {
        self.threads.get(due.thread as usize).is_some_and(|thread| thread.told == due.told)
    }

    /// A thread that was asleep wants a core, when all others who do have had one.
    pub fn wants(&mut self, n: u32) {
        self.threads[n as usize].place = Place::Ready;
        self.ready.push_back(n);
    }

    /// A thread wants no core for a while.
    pub fn sleeps(&mut self, n: u32) {
        self.threads[n as usize].place = Place::Asleep;
        self.ready.retain(|&other| other != n);
        self.due(n);
    }

    /// Gives a free core to the next who wants one; who that is.
    pub fn next(&mut self, now: Time) -> Option<u32> {
        let n = self.ready.front().copied().filter(|_| self.has_idle())?;
        self.gets(n, now);
        Some(n)
    }

    fn gets(&mut self, n: u32, now: Time) {
        self.ready.retain(|&other| other != n);
        let thread = &mut self.threads[n as usize];
        (thread.place, thread.since, thread.slice_end) = (Place::Running, now, now + self.slice);
    }

    /// A thread gets a core before all others: a free one, or that of somebody who may lose it, who is then the next to get
    /// one; whether it got one. Count first what who loses it has done ([`Self::loser`], [`Self::ran`]).
    pub fn urgent(&mut self, n: u32, may_lose: impl Fn(u32) -> bool, now: Time) -> bool {
        if let Some(loser) = self.loser(may_lose) {
            self.threads[loser as usize].place = Place::Ready;
            self.ready.push_front(loser);
            self.due(loser);
        }
        let gets = self.has_idle();
        if gets {
            self.gets(n, now);
        } else {
            self.threads[n as usize].place = Place::Ready;
            self.ready.push_front(n);
        }
        gets
    }

    /// Who would lose a core to an urgent thread.
    pub fn loser(&self, may_lose: impl Fn(u32) -> bool) -> Option<u32> {
        if self.has_idle() { None } else { self.running().find(|&n| may_lose(n)) }
    }

    /// A thread that has a core goes on, with so much work ahead, or with no end to it: when it is to be looked at, because
    /// its work is done or its slice is over.
    pub fn goes_on(&mut self, n: u32, work: Option<Span>, now: Time) -> (Time, Due) {
        let end = self.threads[n as usize].slice_end;
        (work.map_or(end, |work| end.min(now + work)), self.due(n))
    }

    /// How long a thread has run since this was asked last.
    pub fn ran(&mut self, n: u32, now: Time) -> Span {
        let thread = &mut self.threads[n as usize];
        let since = core::mem::replace(&mut thread.since, now);
        if thread.place == Place::Running { now.since(since) } else { Span::ZERO }
    }

    /// A thread's slice is over: it gives its core to the next who wants one, or gets another slice if nobody does; whether
    /// it has lost its core.
    pub fn gives_way(&mut self, n: u32, now: Time) -> bool {
        let wanted = !self.ready.is_empty();
        if wanted {
            self.due(n);
            self.wants(n);
        } else {
            self.threads[n as usize].slice_end = now + self.slice;
        }
        wanted
    }

    /// No more threads run than there are cores, nobody waits for a core while one is free, and those who want one are in
    /// line.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        let running = self.running().count();
        let ready = (0..).zip(&self.threads).filter(|(_, it)| it.place == Place::Ready);
        let in_line =
            ready.clone().all(|(n, _)| self.ready.contains(&n)) && ready.count() == self.ready.len();
        let idle = running < self.total as usize && !self.ready.is_empty();
        if running > self.total as usize || idle || !in_line {
            return Err(format!(
                "{running} of {} cores are busy, and in line are {:?}",
                self.total, self.ready
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Time {
        Time::from_millis(millis)
    }

    #[test]
    fn threads_take_turns_and_get_the_same_time() {
        let mut cores = Cores::new(1, Span::from_millis(3), 5);
        let mut ran = [Span::ZERO; 5];
        (0..5).for_each(|n| cores.wants(n));
        for round in 0..100 {
            let now = at(3 * round);
            for n in cores.running().collect::<Vec<_>>() {
                ran[n as usize] += cores.ran(n, now);
                assert!(cores.gives_way(n, now));
            }
            while cores.next(now).is_some() {}
            cores.invariants().unwrap();
        }
        let shares: Vec<u64> = ran.iter().map(|ran| ran.nanos() / 1_000_000).collect();
        assert!(shares.iter().all(|share| share.abs_diff(3 * 99 / 5) <= 3), "{shares:?}");
    }

    #[test]
    fn who_is_alone_gets_slice_after_slice() {
        let mut cores = Cores::new(1, Span::from_millis(3), 2);
        cores.wants(1);
        assert_eq!(cores.next(at(0)), Some(1));
        let (until, first) = cores.goes_on(1, None, at(0));
        assert_eq!((until, cores.gives_way(1, until)), (at(3), false));
        let (until, second) = cores.goes_on(1, Some(Span::from_millis(1)), at(3));
        assert_eq!((until, cores.is_due(first), cores.is_due(second)), (at(4), false, true));
        cores.reset(1);
        assert!(!cores.is_due(second) && cores.has_idle());
    }

    #[test]
    fn an_urgent_thread_takes_the_core_of_one_that_may_lose_it() {
        let mut cores = Cores::new(1, Span::from_millis(3), 3);
        cores.wants(0);
        cores.wants(1);
        cores.next(at(0));
        assert_eq!(cores.loser(|_| true), Some(0));
        assert!(cores.urgent(2, |_| true, at(1)));
        assert_eq!([0, 1, 2].map(|n| cores.place(n)), [Place::Ready, Place::Ready, Place::Running]);
        // It is the first to get the core back, and if nobody may lose one, who is urgent is.
        cores.sleeps(2);
        assert_eq!(cores.next(at(2)), Some(0));
        assert!(!cores.urgent(2, |_| false, at(2)));
        cores.sleeps(0);
        assert_eq!(cores.next(at(2)), Some(2));
        cores.invariants().unwrap();
    }
}
