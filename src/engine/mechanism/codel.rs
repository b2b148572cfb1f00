//! Controlled delay: a queue is full when everybody in it waits too long for too long, however many they are.
//!
//! Source: RFC 8289, sections 4 and 5. While the wait has been above `target` for a whole `interval`, those who are next are
//! dropped now and then instead of being served; every further drop comes sooner than the one before, by interval ÷ √count.
//! When one has waited less, dropping ends.

use crate::sim::{Span, Time};

/// Parameters, with the RFC's values for packets. A server's requests take longer, and so do both of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodelConfig {
    /// A wait that is fine, if it lasts. Default 5 ms.
    pub target: Span,
    /// A longer wait is fine for so long. Default 100 ms.
    pub interval: Span,
}

impl Default for CodelConfig {
    fn default() -> Self {
        Self { target: Span::from_millis(5), interval: Span::from_millis(100) }
    }
}

impl CodelConfig {
    /// From one drop to the next, after so many (`control_law`).
    pub fn gap(&self, count: u32) -> Span {
        self.interval.scale(1.0 / libm::sqrt(f64::from(count.max(1))))
    }
}

/// Within so many intervals after dropping has ended, it goes on with about the pace it had.
const REMEMBERED: u64 = 16;

/// Who of a queue is dropped. The queue is the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codel {
    config: CodelConfig,
    /// The wait will have been above the target for an interval then.
    first_above: Option<Time>,
    dropping: bool,
    drop_next: Time,
    count: u32,
    last_count: u32,
}

impl Codel {
    /// One that has seen nothing.
    pub fn new(config: CodelConfig) -> Self {
        Self { config, first_above: None, dropping: false, drop_next: Time::ZERO, count: 0, last_count: 0 }
    }

    /// Whether it drops now and then.
    pub fn is_dropping(&self) -> bool {
        self.dropping
    }

    /// The earliest moment of the next drop, if those who wait go on to wait too long.
    pub fn next_drop(&self) -> Option<Time> {
        if self.dropping { Some(self.drop_next) } else { self.first_above }
    }

    /// Takes the next out of a queue. `pop` takes out who is first, with how long they have waited and whether they were the
    /// last (which is never dropped: there is no standing queue); `dropped` gets those who aren't served.
    pub fn take<T>(
        &mut self,
        now: Time,
        mut pop: impl FnMut() -> Option<(T, Span, bool)>,
        mut dropped: impl FnMut(T),
    ) -> Option<T> {
        let (mut next, mut may_drop) = self.look(now, pop());
        if self.dropping {
            self.dropping = may_drop;
            while self.dropping && now >= self.drop_next {
                next.into_iter().for_each(&mut dropped);
                self.count += 1;
                (next, may_drop) = self.look(now, pop());
                self.dropping = may_drop;
                if may_drop {
                    self.drop_next += self.config.gap(self.count);
                }
            }
        } else if may_drop {
            next.into_iter().for_each(&mut dropped);
            (next, _) = self.look(now, pop());
            self.dropping = true;
            let delta = self.count - self.last_count;
            let lately = now.since(self.drop_next).nanos() < REMEMBERED * self.config.interval.nanos();
            self.count = if delta > 1 && lately { delta } else { 1 };
            self.drop_next = now + self.config.gap(self.count);
            self.last_count = self.count;
        }
        next
    }

    /// Who is next, and whether the wait has been too long for too long.
    fn look<T>(&mut self, now: Time, next: Option<(T, Span, bool)>) -> (Option<T>, bool) {
        let Some((item, waited, last)) = next else {
            self.first_above = None;
            return (None, false);
        };
        let is_above = waited >= self.config.target && !last;
        let may_drop = is_above && self.first_above.is_some_and(|at| now >= at);
        if !is_above {
            self.first_above = None;
        } else if self.first_above.is_none() {
            self.first_above = Some(now + self.config.interval);
        }
        (Some(item), may_drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    fn take(codel: &mut Codel, at: u64, waited: u64) -> usize {
        let mut dropped = 0;
        let taken = codel.take(
            Time::from_millis(at),
            || Some(((), Span::from_millis(waited), false)),
            |()| dropped += 1,
        );
        assert!(taken.is_some());
        dropped
    }

    #[test]
    fn a_burst_that_is_worked_off_within_an_interval_loses_nobody() {
        let mut codel = Codel::new(CodelConfig::default());
        assert_eq!((0..10).map(|n| take(&mut codel, n * 10, 50 - n * 5)).sum::<usize>(), 0);
        assert!(!codel.is_dropping());
    }

    #[test]
    fn a_standing_queue_loses_more_and_more_until_somebody_has_waited_less() {
        let mut codel = Codel::new(CodelConfig::default());
        let early: usize = (0..1_000).map(|at| take(&mut codel, at, 20)).sum();
        let late: usize = (1_000..2_000).map(|at| take(&mut codel, at, 20)).sum();
        // The n-th drop comes about 2 × 100 ms × √n after the first.
        assert!((20..28).contains(&early) && late > 2 * early, "{early} {late}");
        assert_eq!((take(&mut codel, 2_000, 4), codel.is_dropping()), (0, false));
    }

    #[test]
    fn the_last_one_is_served_however_long_it_has_waited() {
        let mut codel = Codel::new(CodelConfig::default());
        for at in 0..1_000 {
            let last = || Some(((), Span::from_secs(1), true));
            assert!(codel.take(Time::from_millis(at), last, |()| panic!("it was dropped")).is_some());
        }
    }

    #[test]
    fn a_queue_of_packets_lets_a_burst_pass_and_drops_faster_and_faster_where_it_stands() {
        let mut codel = Codel::new(CodelConfig::default());
        let mut queue: VecDeque<Time> = (0..40).map(|_| Time::ZERO).collect();
        let mut drops = Vec::new();
        let mut take = |now: u64, queue: &mut VecDeque<Time>| {
            let at = Time::from_millis(now);
            let next = || queue.pop_front().map(|came| (came, at.since(came), queue.len() <= 1));
            codel.take(at, next, |_| drops.push(now));
        };
        // A burst that is gone within the interval.
        (0..40).for_each(|now| take(now, &mut queue));
        // Forty packets that always wait.
        for now in 1_000..2_000 {
            while queue.len() < 40 {
                queue.push_back(Time::from_millis(now - 40));
            }
            take(now, &mut queue);
        }
        // 100 ms of waiting first; then 100 ms ÷ √n apart.
        assert_eq!(drops[..4], [1_100, 1_200, 1_271, 1_329]);
    }
}
