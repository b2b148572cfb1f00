//! Rate limiters: whether something may be done now, by how much was done of late. Each limits how *often* calls begin. How
//! many are under way at a time is a [bulkhead](super::bulkhead)'s affair, so a slow dependency passes every limiter here.
//!
//! A file for each algorithm:
//!
//! - [`RateLimiter`] (resilience4j): so many permissions in each cycle of a fixed length, and reservations out of the
//!   cycles to come.
//! - [`TokenBucket`] (Go's `golang.org/x/time/rate`): tokens that drip in evenly, up to a burst.
//! - [`Gcra`] (throttled, redis-cell): the same as a bucket, kept as one moment in time.
//! - [`FixedWindow`], [`SlidingLog`], [`SlidingCounter`]: what passed in a window is counted.
//! - [`LeakyBucket`] (nginx): a queue that leaves at a steady rate.
//!
//! They differ at the edge of a cycle: around it, fixed cycles let through twice their limit within a moment; a bucket never
//! lets through more than its burst and what has dripped in since.
//!
//! ```
//! use engine::mechanism::limiter::{RateLimiter, RateLimiterConfig};
//! use engine::sim::{Span, Time};
//! let config = RateLimiterConfig {
//!     limit_for_period: 2,
//!     limit_refresh_period: Span::from_secs(1),
//!     timeout_duration: Span::ZERO,
//! };
//! let mut limiter = RateLimiter::new(config, Time::ZERO).unwrap();
//! let granted = |limiter: &mut RateLimiter, millis| limiter.reserve(Time::from_millis(millis), 1).is_some();
//! assert_eq!([900, 910, 920].map(|at| granted(&mut limiter, at)), [true, true, false]);
//! // The next cycle begins, and with it two more permissions: four within a tenth of a second.
//! assert_eq!([1_000, 1_001, 1_002].map(|at| granted(&mut limiter, at)), [true, true, false]);
//! ```

mod cycles;
mod gcra;
mod leaky_bucket;
mod token_bucket;
mod windows;

pub use cycles::{RateLimiter, RateLimiterConfig};
pub use gcra::{Gcra, GcraDecision};
pub use leaky_bucket::LeakyBucket;
pub use token_bucket::{Reservation, TokenBucket, every};
pub use windows::{FixedWindow, SlidingCounter, SlidingLog};

use core::fmt;

/// Why a limiter can't be made; a sentence that says what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimiterError(&'static str);

impl fmt::Display for LimiterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl core::error::Error for LimiterError {}
