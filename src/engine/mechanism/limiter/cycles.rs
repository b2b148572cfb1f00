//! Permissions by cycles of a fixed length, with reservations out of the cycles to come.
//!
//! Source: resilience4j 2, `AtomicRateLimiter` and `RateLimiterConfig`. Time is cut into cycles from the limiter's start. Each
//! new cycle adds `limitForPeriod` permissions, and what was left over is lost: there are never more than that. Who comes
//! when there are none takes one of a later cycle and waits for that cycle to begin, if that is within `timeoutDuration`;
//! the number of permissions is negative then. `acquirePermission` lets whom it refuses wait for the whole timeout first;
//! here, as by `reservePermission`, the answer is known at once.

use super::LimiterError;
use crate::sim::{Span, Time};

/// Parameters, with resilience4j's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimiterConfig {
    /// Permissions in a cycle, at least 1. Default 50.
    pub limit_for_period: u32,
    /// Length of a cycle, at least 1 ns. Default 500 ns.
    pub limit_refresh_period: Span,
    /// How long a call waits for its permission. Default 5 s.
    pub timeout_duration: Span,
}

impl Default for RateLimiterConfig {
    fn default() -> Self {
        Self {
            limit_for_period: 50,
            limit_refresh_period: Span::from_nanos(500),
            timeout_duration: Span::from_secs(5),
        }
    }
}

impl RateLimiterConfig {
    fn check(self) -> Result<Self, LimiterError> {
        if self.limit_for_period == 0 {
            return Err(LimiterError("a rate limiter gives at least 1 permission in a cycle"));
        }
        if self.limit_refresh_period == Span::ZERO {
            return Err(LimiterError("a rate limiter's cycle lasts at least 1 ns"));
        }
        Ok(self)
    }
}

/// A limiter by cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimiter {
    config: RateLimiterConfig,
    /// When the first cycle began.
    began: Time,
    /// The cycle in which it was last asked, and the permissions that were left; negative with reservations.
    cycle: u64,
    permissions: i64,
}

impl RateLimiter {
    /// A limiter at the beginning of its first cycle.
    ///
    /// # Errors
    /// If a parameter is out of its range.
    pub fn new(config: RateLimiterConfig, now: Time) -> Result<Self, LimiterError> {
        let config = config.check()?;
        Ok(Self { config, began: now, cycle: 0, permissions: config.limit_for_period.into() })
    }

    /// Its parameters.
    pub fn config(&self) -> RateLimiterConfig {
        self.config
    }

    /// Asks for so many permissions: how long to wait for them, not at all if they are there; `None` if it is refused, and
    /// then it has taken none.
    pub fn reserve(&mut self, now: Time, permits: u32) -> Option<Span> {
        let wait = self.wait(now, permits);
        (self.cycle, self.permissions) = self.at(now);
        let granted = wait <= self.config.timeout_duration;
        if granted {
            self.permissions -= i64::from(permits);
        }
        granted.then_some(wait)
    }

    /// Permissions that are there at `now`: negative while some of later cycles are reserved.
    pub fn available(&self, now: Time) -> i64 {
        self.at(now).1
    }

    /// How long it would be until so many permissions are there, whatever the timeout.
    pub fn wait(&self, now: Time, permits: u32) -> Span {
        let (cycle, available) = self.at(now);
        let missing = i64::from(permits) - available;
        if missing <= 0 {
            return Span::ZERO;
        }
        let cycles = missing.unsigned_abs().div_ceil(self.config.limit_for_period.into());
        (self.began + self.config.limit_refresh_period * (cycle + cycles)).since(now)
    }

    /// Changes the parameters. A new limit holds from the next cycle on, and permissions that were given stay given.
    ///
    /// # Errors
    /// If a parameter is out of its range; then nothing changes.
    pub fn change_config(&mut self, config: RateLimiterConfig, now: Time) -> Result<(), LimiterError> {
        let config = config.check()?;
        (self.cycle, self.permissions) = self.at(now);
        if config.limit_refresh_period != self.config.limit_refresh_period {
            (self.began, self.cycle) = (now, 0);
        }
        self.config = config;
        Ok(())
    }

    /// The cycle at `now`, and its permissions.
    fn at(&self, now: Time) -> (u64, i64) {
        let cycle = now.since(self.began).nanos() / self.config.limit_refresh_period.nanos();
        let elapsed = cycle.saturating_sub(self.cycle);
        if elapsed == 0 {
            return (self.cycle, self.permissions);
        }
        let limit = i64::from(self.config.limit_for_period);
        let refreshed = i64::try_from(elapsed).unwrap_or(i64::MAX).saturating_mul(limit);
        (cycle, self.permissions.saturating_add(refreshed).min(limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(limit_for_period: u32, timeout_ms: u64) -> RateLimiter {
        let timeout_duration = Span::from_millis(timeout_ms);
        let limit_refresh_period = Span::from_millis(100);
        let config = RateLimiterConfig { limit_for_period, limit_refresh_period, timeout_duration };
        RateLimiter::new(config, Time::from_millis(1)).unwrap()
    }

    #[test]
    fn cycles_count_from_the_start_and_what_is_left_over_is_lost() {
        let mut two = limiter(2, 0);
        let mut granted = |millis| two.reserve(Time::from_millis(millis), 1).is_some();
        assert_eq!([1, 2, 3, 100].map(&mut granted), [true, true, false, false]);
        assert_eq!([101, 900, 901, 902, 903].map(&mut granted), [true, true, true, true, false]);
    }

    #[test]
    fn who_waits_takes_a_permission_of_a_later_cycle() {
        let mut two = limiter(2, 150);
        let now = Time::from_millis(51);
        let waits: Vec<_> = (0..5).map(|_| two.reserve(now, 1).map(Span::nanos)).collect();
        assert_eq!(waits, [Some(0), Some(0), Some(50_000_000), Some(50_000_000), Some(150_000_000)]);
        assert_eq!((two.available(now), two.wait(now, 2)), (-3, Span::from_millis(250)));
        // Two of a later cycle come too late, and nothing is taken.
        assert_eq!((two.reserve(now, 2), two.available(now)), (None, -3));
        assert_eq!(two.available(Time::from_millis(101)), -1);
    }

    #[test]
    fn a_limit_that_was_changed_holds_from_the_next_cycle_on() {
        let mut limiter = limiter(5, 0);
        let config = RateLimiterConfig { limit_for_period: 1, ..limiter.config() };
        limiter.change_config(config, Time::from_millis(2)).unwrap();
        assert_eq!(limiter.available(Time::from_millis(3)), 5);
        assert_eq!(limiter.available(Time::from_millis(101)), 1);
        let none = RateLimiterConfig { limit_for_period: 0, ..config };
        assert!(limiter.change_config(none, Time::ZERO).is_err() && limiter.config() == config);
    }

    #[test]
    fn around_the_edge_of_a_cycle_twice_the_limit_passes() {
        let mut ten = limiter(10, 0);
        let passed = (61..141).filter(|millis| ten.reserve(Time::from_millis(*millis), 1).is_some());
        let passed: Vec<u64> = passed.collect();
        assert_eq!(passed, (61..71).chain(101..111).collect::<Vec<_>>());
    }
}
