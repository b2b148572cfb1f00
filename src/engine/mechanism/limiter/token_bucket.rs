//! A bucket into which tokens drip at a steady rate, up to a burst; what is done takes tokens out.
//!
//! Source: Go, `golang.org/x/time/rate`, `Limiter` (`AllowN`, `ReserveN`, `Reservation.CancelAt`, `SetLimitAt`): tokens are
//! fractions, the bucket is full at first, and a reservation takes tokens that have still to drip in, so that there can be
//! fewer than none. Leaves out Go's infinite rate.

use super::LimiterError;
use crate::sim::{Span, Time};

/// The rate, in events a second, of one event every so often.
pub fn every(interval: Span) -> f64 {
    1.0 / interval.secs()
}

/// Tokens that were taken for something which may be done at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reservation {
    /// When it may be done.
    pub act_at: Time,
    tokens: u32,
    /// The rate when it was made.
    limit: f64,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenBucket {
    limit: f64,
    burst: u32,
    /// Tokens in it when it was last changed; fewer than none while some are reserved that have still to come.
    tokens: f64,
    last: Time,
    /// When the last of what was reserved may be done.
    last_event: Time,
}

impl TokenBucket {
    /// A full bucket: tokens a second, zero or more, and how many it holds.
    ///
    /// # Errors
    /// If the rate is no number, infinite or less than zero.
    pub fn new(limit: f64, burst: u32, now: Time) -> Result<Self, LimiterError> {
        if !(0.0..f64::INFINITY).contains(&limit) {
            return Err(LimiterError("a token bucket gets 0 tokens a second or more"));
        }
        Ok(Self { limit, burst, tokens: burst.into(), last: now, last_event: Time::ZERO })
    }

    /// Whether something that takes so many tokens may be done now; if so, they are taken.
    pub fn allow(&mut self, now: Time, n: u32) -> bool {
        self.reserve(now, n, Span::ZERO).is_some()
    }

    /// Takes so many tokens, some of which may have still to come; `None`, and takes none, if there are never so many in the
    /// bucket or they aren't there within `max_wait`.
    pub fn reserve(&mut self, now: Time, n: u32, max_wait: Span) -> Option<Reservation> {
        let left = self.tokens(now) - f64::from(n);
        let wait = if left < 0.0 { self.time_for(-left) } else { Span::ZERO };
        if n > self.burst || wait > max_wait {
            return None;
        }
        // The clock may have been set back; what drips in counts from the last use, whenever that was.
        (self.last, self.tokens, self.last_event) = (now, left, now + wait);
        Some(Reservation { act_at: now + wait, tokens: n, limit: self.limit })
    }

    /// Gives back what was reserved, but for what later reservations already count on. Nothing happens if its time has come.
    pub fn cancel(&mut self, now: Time, it: Reservation) {
        if it.tokens == 0 || it.act_at < now {
            return;
        }
        let restored = f64::from(it.tokens) - it.limit * self.last_event.since(it.act_at).secs();
        if restored <= 0.0 {
            return;
        }
        (self.tokens, self.last) = ((self.tokens(now) + restored).min(self.burst.into()), now);
        if it.act_at == self.last_event {
            let before = self.last_event.back(span_of(it.tokens.into(), it.limit));
            self.last_event = if before < now { self.last_event } else { before };
        }
    }

    /// Another rate from now on.
    ///
    /// # Errors
    /// As [`Self::new`]; then nothing changes.
    pub fn set_limit(&mut self, limit: f64, now: Time) -> Result<(), LimiterError> {
        let Self { limit, .. } = Self::new(limit, self.burst, now)?;
        (self.tokens, self.last, self.limit) = (self.tokens(now), now, limit);
        Ok(())
    }

    /// Tokens in it at `now`.
    pub fn tokens(&self, now: Time) -> f64 {
        (self.tokens + self.limit * now.since(self.last).secs()).min(self.burst.into())
    }

    fn time_for(&self, tokens: f64) -> Span {
        span_of(tokens, self.limit)
    }
}

/// How long so many tokens take to drip in: for ever, at no rate.
fn span_of(tokens: f64, limit: f64) -> Span {
    if limit > 0.0 { Span::from_nanos((tokens / limit * 1e9) as u64) } else { Span::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_lets_through_its_burst_and_what_has_dripped_in() {
        for (limit, burst) in [(10.0, 1), (3.0, 7), (50.0, 20)] {
            let mut bucket = TokenBucket::new(limit, burst, Time::ZERO).unwrap();
            let asked = (0..20_000).map(Time::from_millis);
            let passed: Vec<Time> = asked.filter(|at| bucket.allow(*at, 1)).collect();
            // Within any time, never more than the burst and the rate times that time.
            for (n, from) in passed.iter().enumerate() {
                for (more, until) in passed[n..].iter().enumerate() {
                    let most = f64::from(burst) + limit * until.since(*from).secs();
                    assert!((more + 1) as f64 <= most + 1e-6, "{limit} {burst}: {more} in {from}–{until}");
                }
            }
            let all = f64::from(burst) + limit * 20.0;
            assert!((passed.len() as f64 - all).abs() <= 1.0 + all * 0.02, "{} of {all}", passed.len());
        }
    }

    #[test]
    fn more_than_the_burst_never_passes_and_nothing_is_taken() {
        let mut bucket = TokenBucket::new(10.0, 3, Time::ZERO).unwrap();
        assert!(!bucket.allow(Time::from_secs(100), 4) && bucket.allow(Time::from_secs(100), 3));
        assert!(
            TokenBucket::new(-1.0, 3, Time::ZERO).is_err() && bucket.set_limit(f64::NAN, Time::ZERO).is_err()
        );
    }

    #[test]
    fn at_no_rate_the_burst_is_all_there_is() {
        let mut bucket = TokenBucket::new(0.0, 1, Time::ZERO).unwrap();
        assert_eq!(
            [0, 0, 1_000_000].map(|secs| bucket.allow(Time::from_secs(secs), 1)),
            [true, false, false]
        );
    }
}
