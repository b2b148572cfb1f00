//! The generic cell rate algorithm: a token bucket that is kept as one moment in time.
//!
//! Sources: ITU-T I.371 (the virtual scheduling form), and throttled's `GCRARateLimiter.RateLimit`, whose answers these are;
//! redis-cell gives the same. It keeps the *theoretical arrival time*: when the next would come if all came evenly. Who comes
//! earlier than that by more than the tolerance is refused. What a store forgets because its time is over (throttled gives a
//! key that long to live) is here a time that lies in the past.

use super::LimiterError;
use crate::sim::{Span, Time};

/// The limiter: its two parameters and its one moment.
///
/// ```
/// use engine::mechanism::limiter::Gcra;
/// use engine::sim::{Span, Time};
/// // One a second, and four more at once.
/// let mut gcra = Gcra::new(Span::from_secs(1), 4).unwrap();
/// let first = gcra.limit(Time::ZERO, 1);
/// assert_eq!((first.limited, first.remaining, first.reset_after), (false, 4, Span::from_secs(1)));
/// assert!(!gcra.limit(Time::ZERO, 4).limited);
/// assert_eq!(gcra.limit(Time::ZERO, 1).retry_after, Some(Span::from_secs(1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gcra {
    /// Emission interval: from one to the next at the steady rate.
    interval: Span,
    /// How much earlier than evenly something may come: an interval for each that may pass at once.
    tolerance: Span,
    /// The theoretical arrival time.
    tat: Time,
}

/// What was decided, and what the caller may be told of it: the fields of throttled's `RateLimitResult`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GcraDecision {
    /// Whether it was refused; then nothing has changed.
    pub limited: bool,
    /// How many would pass now.
    pub remaining: u32,
    /// How long until as many would pass as ever do.
    pub reset_after: Span,
    /// How long until the same would pass; `None` if it has passed, or never will.
    pub retry_after: Option<Span>,
}

impl Gcra {
    /// One every `interval`, and so many more in a burst.
    ///
    /// # Errors
    /// If the interval has no length.
    pub fn new(interval: Span, max_burst: u32) -> Result<Self, LimiterError> {
        if interval == Span::ZERO {
            return Err(LimiterError("GCRA lets one through every nanosecond at most"));
        }
        let tolerance = interval * (u64::from(max_burst) + 1);
        Ok(Self { interval, tolerance, tat: Time::ZERO })
    }

    /// Whether so many pass now, as one; none of them only asks how things are.
    pub fn limit(&mut self, now: Time, quantity: u32) -> GcraDecision {
        let increment = self.interval * u64::from(quantity);
        let new_tat = now.max(self.tat) + increment;
        let too_early = new_tat.since(now + self.tolerance);
        let limited = too_early > Span::ZERO;
        if !limited {
            self.tat = new_tat;
        }
        let reset_after = self.ahead(now);
        let room = self.tolerance.nanos().saturating_sub(reset_after.nanos());
        GcraDecision {
            limited,
            remaining: (room / self.interval.nanos()) as u32,
            reset_after,
            retry_after: (limited && increment <= self.tolerance).then_some(too_early),
        }
    }

    /// Whether one passes now.
    pub fn allow(&mut self, now: Time) -> bool {
        !self.limit(now, 1).limited
    }

    /// How far ahead of `now` the theoretical arrival time is.
    pub fn ahead(&self, now: Time) -> Span {
        self.tat.since(now)
    }

    /// How far ahead it may be.
    pub fn tolerance(&self) -> Span {
        self.tolerance
    }
}

#[cfg(test)]
mod tests {
    use super::super::TokenBucket;
    use super::*;

    #[test]
    fn it_lets_through_what_a_token_bucket_does() {
        for (limit, burst, gaps) in [(20.0, 10, [3, 41, 7]), (5.0, 1, [190, 10, 33]), (50.0, 40, [1, 2, 60])]
        {
            let mut bucket = TokenBucket::new(limit, burst, Time::ZERO).unwrap();
            let mut gcra = Gcra::new(Span::from_secs_f64(1.0 / limit), burst - 1).unwrap();
            let mut now = Time::ZERO;
            for n in 0..3_000 {
                // A microsecond off, so that nothing comes at the very moment at which it is due.
                now += Span::from_nanos(gaps[n % 3] * 1_000_000 + 1_117);
                assert_eq!(bucket.allow(now, 1), gcra.allow(now), "{limit}, {burst}: {now}");
            }
        }
    }

    #[test]
    fn what_never_passes_is_told_no_time_and_a_question_changes_nothing() {
        let mut gcra = Gcra::new(Span::from_secs(1), 4).unwrap();
        let never = gcra.limit(Time::ZERO, 6);
        assert_eq!((never.limited, never.remaining, never.retry_after), (true, 5, None));
        let before = gcra;
        assert_eq!(gcra.limit(Time::from_secs(9), 0).remaining, 5);
        assert_eq!(gcra.ahead(Time::from_secs(9)), before.ahead(Time::from_secs(9)));
        assert!(Gcra::new(Span::ZERO, 4).is_err());
    }
}
