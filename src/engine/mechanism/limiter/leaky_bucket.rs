//! A leaky bucket as a queue: what comes waits its turn, and leaves at a steady rate.
//!
//! Source: nginx, `ngx_http_limit_req_module` (`limit_req zone=… burst=n`, without `nodelay`): a request that comes too early
//! waits until its turn, unless more than `burst` would then wait. nginx counts whole milliseconds and thousandths of a
//! request; here time is exact. Turner ('New directions in communications', 1986) described the bucket as a *meter*, which
//! lets pass at once what fits; that is the same rule as a [token bucket](super::TokenBucket).

use super::LimiterError;
use crate::sim::{Span, Time};

/// A queue that lets one through every so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeakyBucket {
    interval: Span,
    places: u32,
    /// When the next that comes could leave.
    free_at: Time,
}

impl LeakyBucket {
    /// One leaves every `interval`, and so many can wait.
    ///
    /// # Errors
    /// If the interval has no length.
    pub fn new(interval: Span, places: u32) -> Result<Self, LimiterError> {
        if interval == Span::ZERO {
            return Err(LimiterError("a leaky bucket lets one through every nanosecond at most"));
        }
        Ok(Self { interval, places, free_at: Time::ZERO })
    }

    /// When one that comes now leaves; `None` if all places are taken, and then it has taken none.
    pub fn offer(&mut self, now: Time) -> Option<Time> {
        let leaves = now.max(self.free_at);
        if leaves > now && self.waiting(now) >= self.places {
            return None;
        }
        self.free_at = leaves + self.interval;
        Some(leaves)
    }

    /// How many wait at `now`. What leaves now no longer does.
    pub fn waiting(&self, now: Time) -> u32 {
        // The last of them leaves an interval before the next could.
        (self.free_at.since(now + Span::from_nanos(1)).nanos() / self.interval.nanos()) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_leaves_evenly_and_what_finds_no_place_is_refused() {
        let mut bucket = LeakyBucket::new(Span::from_millis(100), 5).unwrap();
        let now = Time::from_secs(3);
        let left: Vec<Option<u64>> =
            (0..8).map(|_| bucket.offer(now).map(|at| at.since(now).nanos() / 1_000_000)).collect();
        // The first at once, as nginx does, and five that wait.
        assert_eq!(left[..6], [0, 100, 200, 300, 400, 500].map(Some));
        assert_eq!((left[6], left[7], bucket.waiting(now)), (None, None, 5));
        // A hundred milliseconds later one has left, and one finds its place.
        let later = now + Span::from_millis(100);
        assert_eq!(
            (bucket.waiting(later), bucket.offer(later).is_some(), bucket.offer(later)),
            (4, true, None)
        );
        assert_eq!(bucket.offer(Time::from_secs(60)), Some(Time::from_secs(60)));
    }

    #[test]
    fn without_places_it_spaces_and_refuses() {
        let mut bucket = LeakyBucket::new(Span::from_millis(50), 0).unwrap();
        let passed =
            (0..1_000).step_by(10).filter(|at| bucket.offer(Time::from_millis(*at)).is_some()).count();
        assert_eq!(passed, 20);
        assert!(LeakyBucket::new(Span::ZERO, 3).is_err());
    }
}
