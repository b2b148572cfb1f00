//! Three ways to count what passed in a window of time.
//!
//! Sources: the patterns of Redis' documentation of `INCR` for a counter in fixed windows; Cloudflare, 'How we built rate
//! limiting capable of scaling to millions of domains' (2017), for the counter that weighs the window before; Figma, 'An
//! alternative approach to rate limiting' (2017), for the log. Windows are cut from time zero on: the n-th begins at n times
//! their length.
//!
//! What is refused is not counted. (A plain `INCR` counts it, which makes no difference to a fixed window.)

use super::LimiterError;
use crate::sim::{Span, Time};
use std::collections::VecDeque;

fn check(window: Span) -> Result<Span, LimiterError> {
    if window == Span::ZERO {
        Err(LimiterError("a limiter's window lasts at least 1 ns"))
    } else {
        Ok(window)
    }
}

/// One count, which begins anew with each window: around the edge of two, twice the limit can pass within a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FixedWindow {
    limit: u32,
    window: Span,
    /// The window that is counted, by its number, and how many passed in it.
    current: u64,
    count: u32,
}

impl FixedWindow {
    /// So many in each window.
    ///
    /// # Errors
    /// If the window has no length.
    pub fn new(limit: u32, window: Span) -> Result<Self, LimiterError> {
        Ok(Self { limit, window: check(window)?, current: 0, count: 0 })
    }

    /// Whether one more passes now; if so, it is counted.
    pub fn allow(&mut self, now: Time) -> bool {
        self.count = self.count(now);
        self.current = self.number(now);
        let passes = self.count < self.limit;
        self.count += u32::from(passes);
        passes
    }

    /// How many have passed in the window of `now`.
    pub fn count(&self, now: Time) -> u32 {
        if self.number(now) == self.current { self.count } else { 0 }
    }

    fn number(&self, now: Time) -> u64 {
        now.nanos() / self.window.nanos()
    }
}

/// The times of all that passed within the window before now: exact wherever one looks, and as long a list as the limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlidingLog {
    limit: u32,
    window: Span,
    passed: VecDeque<Time>,
}

impl SlidingLog {
    /// So many within any window of this length.
    ///
    /// # Errors
    /// If the window has no length.
    pub fn new(limit: u32, window: Span) -> Result<Self, LimiterError> {
        Ok(Self { limit, window: check(window)?, passed: VecDeque::new() })
    }

    /// Whether one more passes now; if so, its time is kept. What passed exactly a window ago no longer counts.
    pub fn allow(&mut self, now: Time) -> bool {
        while self.passed.front().is_some_and(|first| now.since(*first) >= self.window) {
            self.passed.pop_front();
        }
        let passes = self.passed.len() < self.limit as usize;
        if passes {
            self.passed.push_back(now);
        }
        passes
    }

    /// How many passed within the window that ends at `now`.
    pub fn count(&self, now: Time) -> u32 {
        self.passed.iter().filter(|at| now.since(**at) < self.window).count() as u32
    }
}

/// Two counts, this window's and the last one's. As much of the last one counts as the sliding window still covers, as if what
/// passed then had come evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlidingCounter {
    limit: u32,
    window: Span,
    current: u64,
    /// Of the last window, and of this one.
    counts: [u32; 2],
}

impl SlidingCounter {
    /// About so many within any window of this length.
    ///
    /// # Errors
    /// If the window has no length.
    pub fn new(limit: u32, window: Span) -> Result<Self, LimiterError> {
        Ok(Self { limit, window: check(window)?, current: 0, counts: [0; 2] })
    }

    /// Whether one more passes now, so that the estimate stays within the limit; if so, it is counted.
    pub fn allow(&mut self, now: Time) -> bool {
        self.counts = self.counts(now);
        self.current = now.nanos() / self.window.nanos();
        let passes = self.estimate(now) + 1.0 <= f64::from(self.limit);
        self.counts[1] += u32::from(passes);
        passes
    }

    /// How many it believes to have passed within the window that ends at `now`.
    pub fn estimate(&self, now: Time) -> f64 {
        let gone = (now.nanos() % self.window.nanos()) as f64 / self.window.nanos() as f64;
        let [last, this] = self.counts(now);
        f64::from(last) * (1.0 - gone) + f64::from(this)
    }

    /// How many passed in the window before that of `now`, and in that one.
    pub fn counts(&self, now: Time) -> [u32; 2] {
        match now.nanos() / self.window.nanos() - self.current {
            0 => self.counts,
            1 => [self.counts[1], 0],
            _ => [0; 2],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Span = Span::from_secs(1);

    /// The most that passed within any second, of calls every so many milliseconds.
    fn most(mut allow: impl FnMut(Time) -> bool, asked: impl Iterator<Item = u64>) -> usize {
        let passed: Vec<u64> = asked.filter(|at| allow(Time::from_millis(*at))).collect();
        let within =
            |(n, from): (usize, &u64)| passed[n..].iter().take_while(|at| *at - from < 1_000).count();
        passed.iter().enumerate().map(within).max().unwrap_or(0)
    }

    #[test]
    fn around_an_edge_a_fixed_window_passes_twice_its_limit_and_the_others_do_not() {
        let burst = || (3_800..4_200).step_by(10);
        let mut fixed = FixedWindow::new(20, SECOND).unwrap();
        let mut log = SlidingLog::new(20, SECOND).unwrap();
        let mut counter = SlidingCounter::new(20, SECOND).unwrap();
        assert_eq!(most(|now| fixed.allow(now), burst()), 40);
        assert_eq!(most(|now| log.allow(now), burst()), 20);
        // The last window weighs less and less: 20 × 0.8 at the burst's end, so that four have passed by then.
        assert_eq!(most(|now| counter.allow(now), burst()), 23);
    }

    #[test]
    fn a_log_keeps_its_limit_in_every_window() {
        for (limit, step) in [(1, 1), (7, 13), (20, 3), (50, 40)] {
            let mut log = SlidingLog::new(limit, SECOND).unwrap();
            assert!(most(|now| log.allow(now), (0..10_000).step_by(step)) <= limit as usize);
        }
    }

    #[test]
    fn the_estimate_is_cloudflares() {
        // Their example: 42 in the last minute, 18 in this one, a quarter of which has passed: 42 × 0.75 + 18.
        let mut counter = SlidingCounter::new(100, Span::from_secs(60)).unwrap();
        for n in 0..60 {
            assert!(counter.allow(Time::from_secs(if n < 42 { n } else { 60 + n % 10 })));
        }
        assert_eq!(counter.estimate(Time::from_secs(75)), 49.5);
        assert_eq!(counter.estimate(Time::from_secs(180)), 0.0);
    }

    #[test]
    fn a_window_has_a_length() {
        assert!(FixedWindow::new(1, Span::ZERO).is_err() && SlidingLog::new(1, Span::ZERO).is_err());
        assert!(SlidingCounter::new(1, Span::ZERO).is_err());
    }
}
