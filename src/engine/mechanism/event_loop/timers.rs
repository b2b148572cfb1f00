//! The timers of an event loop.
//!
//! Sources: Node.js, `lib/internal/timers.js`: timers of the same delay stand in one list, in the order in which they were
//! set; lists stand in the order of their first timer's expiry; the timers phase runs a whole list, as far as it is due,
//! before it looks at the next. So after a long pause a timer may run before one of another delay that was due earlier. HTML
//! standard, *timers*: by expiry, ties in the order of setting; from the sixth level of nesting on a delay is at least 4 ms.

use super::program::Host;
use crate::sim::{Span, Time};
use std::collections::VecDeque;

const MILLI: u64 = 1_000_000;
/// Node takes longer delays, and those below a millisecond, as one millisecond.
const LONGEST: u64 = 0x7fff_ffff;

/// Timers of the same delay; in a browser, of the same expiry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct List<J> {
    /// Delay in the host's unit of time.
    delay: u64,
    /// When it is to be looked at.
    expiry: u64,
    /// Breaks ties of expiry.
    id: u64,
    /// Each with the time when it was set.
    timers: VecDeque<(u64, J)>,
}

/// Timers that are set; each carries what is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Timers<J> {
    host: Host,
    /// In the order in which they are to be looked at.
    lists: VecDeque<List<J>>,
    next_id: u64,
    /// Whether the first list is being run.
    within: bool,
}

impl<J> Timers<J> {
    pub(super) fn new(host: Host) -> Self {
        Self { host, lists: VecDeque::new(), next_id: 0, within: false }
    }

    /// Node's timers know whole milliseconds only.
    fn units(&self, time: Time) -> u64 {
        if self.host == Host::Node { time.nanos() / MILLI } else { time.nanos() }
    }

    fn time(&self, units: u64) -> Time {
        Time::from_nanos(if self.host == Host::Node { units.saturating_mul(MILLI) } else { units })
    }

    /// Sets a timer. `nesting` is how many timers deep it was set.
    pub(super) fn set(&mut self, now: Time, delay: Span, nesting: u8, job: J) {
        let start = self.units(now);
        match self.host {
            Host::Node => {
                let delay = delay.nanos() / MILLI;
                let delay = if (1..=LONGEST).contains(&delay) { delay } else { 1 };
                if let Some(list) = self.lists.iter_mut().find(|list| list.delay == delay) {
                    list.timers.push_back((start, job));
                } else {
                    self.insert(delay, start.saturating_add(delay), (start, job));
                }
            }
            Host::Browser => {
                let least = if nesting > 5 { 4 * MILLI } else { 0 };
                let delay = delay.nanos().max(least);
                self.insert(delay, start.saturating_add(delay), (start, job));
            }
        }
    }

    fn insert(&mut self, delay: u64, expiry: u64, timer: (u64, J)) {
        let list = List { delay, expiry, id: self.next_id, timers: VecDeque::from([timer]) };
        self.next_id += 1;
        self.place(list);
    }

    fn place(&mut self, list: List<J>) {
        let at = self.lists.partition_point(|other| (other.expiry, other.id) < (list.expiry, list.id));
        // A list that is being run stays the first: a new one is due later than the phase's time.
        self.lists.insert(at.max(usize::from(self.within)), list);
    }

    /// When the first is due.
    pub(super) fn due(&self) -> Option<Time> {
        self.lists.front().map(|list| self.time(list.expiry))
    }

    /// The next that is due, with the time when it was; `now` stays the same during a phase.
    pub(super) fn take(&mut self, now: Time) -> Option<(Time, J)> {
        let units = self.units(now);
        loop {
            if !self.within && self.lists.front()?.expiry > units {
                return None;
            }
            self.within = true;
            let list = self.lists.front_mut()?;
            let due = list.timers.front().map(|timer| timer.0.saturating_add(list.delay));
            if let Some(due) = due.filter(|due| *due <= units) {
                let (_, job) = list.timers.pop_front()?;
                return Some((self.time(due), job));
            }
            self.leave(units);
        }
    }

    /// A timer's callback has ended, and its ticks and microtasks have not yet run: Node decides now whether its list goes on.
    pub(super) fn ended(&mut self, now: Time) {
        let units = self.units(now);
        let goes_on = |list: &List<J>| {
            list.timers.front().is_some_and(|timer| timer.0.saturating_add(list.delay) <= units)
        };
        if self.within && !self.lists.front().is_some_and(goes_on) {
            self.leave(units);
        }
    }

    /// The first list is done, or has to wait for its next timer.
    fn leave(&mut self, units: u64) {
        self.within = false;
        let Some(mut list) = self.lists.pop_front() else { return };
        if let Some(timer) = list.timers.front() {
            list.expiry = timer.0.saturating_add(list.delay).max(units + 1);
            list.id = self.next_id;
            self.next_id += 1;
            self.place(list);
        }
    }

    /// All that are set, by list, each with when it is due.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Time, &J)> {
        self.lists.iter().flat_map(move |list| {
            list.timers.iter().map(move |(start, job)| (self.time(start.saturating_add(list.delay)), job))
        })
    }
}
