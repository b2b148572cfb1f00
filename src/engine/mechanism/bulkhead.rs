//! A bulkhead: at most so many calls at a time, so that one slow dependency can't take every thread.
//!
//! Source: resilience4j 2, `SemaphoreBulkhead` and `BulkheadConfig`: a fair semaphore with `maxConcurrentCalls`; a call
//! that finds it taken waits for at most `maxWaitDuration` in the order of coming, by default not at all. (Hystrix and
//! resilience4j's `ThreadPoolBulkhead` use a pool of threads with a bounded queue instead. Envoy's *circuit breakers* are
//! bulkheads too: limits on connections, requests, pending requests and retries at a time to a cluster.)
//!
//! Invariants: calls under way never exceed the limit, unless it was lowered meanwhile; nobody overtakes a call that
//! waits.

use crate::sim::{Span, Time};
use std::collections::VecDeque;

/// Parameters, with resilience4j's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BulkheadConfig {
    /// Calls under way at a time; 0 lets nothing through. Default 25.
    pub max_concurrent_calls: u32,
    /// How long a call waits for a place. Default zero: it is refused at once.
    pub max_wait_duration: Span,
}

impl Default for BulkheadConfig {
    fn default() -> Self {
        Self { max_concurrent_calls: 25, max_wait_duration: Span::ZERO }
    }
}

/// What came of a call that wanted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It has a place.
    Permitted,
    /// It waits for one.
    Waits {
        /// At this time it is refused.
        until: Time,
    },
    /// It is refused.
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Waiting {
    call: u64,
    until: Time,
}

/// A bulkhead. Calls have numbers that the world gives them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bulkhead {
    config: BulkheadConfig,
    under_way: u32,
    waiting: VecDeque<Waiting>,
}

impl Bulkhead {
    /// An empty bulkhead.
    pub fn new(config: BulkheadConfig) -> Self {
        Self { config, under_way: 0, waiting: VecDeque::new() }
    }

    /// Its parameters.
    pub fn config(&self) -> BulkheadConfig {
        self.config
    }

    /// Calls under way.
    pub fn under_way(&self) -> u32 {
        self.under_way
    }

    /// Places that are free.
    pub fn available(&self) -> u32 {
        self.config.max_concurrent_calls.saturating_sub(self.under_way)
    }

    /// The calls that wait, the first to be let in first.
    pub fn waiting(&self) -> impl Iterator<Item = u64> + '_ {
        self.waiting.iter().map(|waiting| waiting.call)
    }

    /// A call wants in.
    pub fn enter(&mut self, now: Time, call: u64) -> Entry {
        if self.waiting.is_empty() && self.available() > 0 {
            self.under_way += 1;
            return Entry::Permitted;
        }
        if self.config.max_wait_duration == Span::ZERO {
            return Entry::Full;
        }
        let until = now + self.config.max_wait_duration;
        self.waiting.push_back(Waiting { call, until });
        Entry::Waits { until }
    }

    /// A call that had a place is over. The answer is the one that gets the place, if one waits.
    pub fn leave(&mut self) -> Option<u64> {
        self.under_way = self.under_way.saturating_sub(1);
        self.admit()
    }

    /// Lets the first call in that waits, if there is a place: after the limit was raised. One at a time.
    pub fn admit(&mut self) -> Option<u64> {
        if self.available() == 0 {
            return None;
        }
        let first = self.waiting.pop_front()?;
        self.under_way += 1;
        Some(first.call)
    }

    /// When the next wait ends, and [`Bulkhead::expire`] should be called.
    pub fn next_timer(&self) -> Option<Time> {
        self.waiting.iter().map(|waiting| waiting.until).min()
    }

    /// A call whose wait is over at `now`, which is refused. One at a time.
    pub fn expire(&mut self, now: Time) -> Option<u64> {
        let at = self.waiting.iter().position(|waiting| waiting.until <= now)?;
        self.waiting.remove(at).map(|waiting| waiting.call)
    }

    /// A call that waits gives up. Whether it was waiting.
    pub fn give_up(&mut self, call: u64) -> bool {
        let at = self.waiting.iter().position(|waiting| waiting.call == call);
        at.and_then(|at| self.waiting.remove(at)).is_some()
    }

    /// Changes the parameters. Calls under way stay, and those that wait keep their time; call [`Bulkhead::admit`] if
    /// there are places now.
    pub fn change_config(&mut self, config: BulkheadConfig) {
        self.config = config;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulkhead(max_concurrent_calls: u32, wait_ms: u64) -> Bulkhead {
        let max_wait_duration = Span::from_millis(wait_ms);
        Bulkhead::new(BulkheadConfig { max_concurrent_calls, max_wait_duration })
    }

    #[test]
    fn without_a_wait_a_full_bulkhead_refuses_at_once() {
        let mut two = bulkhead(2, 0);
        let entries = [1, 2, 3].map(|call| two.enter(Time::ZERO, call));
        assert_eq!(entries, [Entry::Permitted, Entry::Permitted, Entry::Full]);
        assert_eq!((two.leave(), two.enter(Time::ZERO, 4)), (None, Entry::Permitted));
    }

    #[test]
    fn a_place_goes_to_the_call_that_has_waited_longest_and_waits_end() {
        let mut one = bulkhead(1, 100);
        assert_eq!(one.enter(Time::ZERO, 1), Entry::Permitted);
        for call in 2..5 {
            let now = Time::from_millis(10 * call);
            assert_eq!(one.enter(now, call), Entry::Waits { until: now + Span::from_millis(100) });
        }
        assert_eq!(one.next_timer(), Some(Time::from_millis(120)));
        assert_eq!((one.expire(Time::from_millis(119)), one.expire(Time::from_millis(120))), (None, Some(2)));
        assert_eq!(one.leave(), Some(3));
        assert_eq!(one.waiting().collect::<Vec<_>>(), [4]);
        assert!(one.give_up(4) && !one.give_up(4));
        assert_eq!((one.leave(), one.under_way(), one.leave(), one.under_way()), (None, 0, None, 0));
    }

    #[test]
    fn a_lower_limit_takes_nobodys_place_and_a_higher_one_lets_in_those_that_wait() {
        let mut bulkhead = bulkhead(2, 100);
        (1..=4).for_each(|call| {
            bulkhead.enter(Time::ZERO, call);
        });
        let limit = |max_concurrent_calls| BulkheadConfig { max_concurrent_calls, ..bulkhead.config() };
        let (low, high) = (limit(1), limit(3));
        bulkhead.change_config(low);
        assert_eq!((bulkhead.leave(), bulkhead.under_way()), (None, 1));
        bulkhead.change_config(high);
        assert_eq!([(); 3].map(|()| bulkhead.admit()), [Some(3), Some(4), None]);
        assert_eq!(bulkhead.under_way(), 3);
    }
}
