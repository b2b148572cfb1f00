//! Retries: how long to wait before the next attempt, and whether there should be one.
//!
//! - [`Backoff`]: constant, linear and exponential waits with full, equal and decorrelated jitter, as AWS's article has
//!   them; [`Interval`] is resilience4j's `IntervalFunction`, [`PollyDelay`] Polly's. They differ in what they call the
//!   first attempt (see each), in rounding (whole milliseconds, ticks of 100 ns) and in the jitter: AWS's full jitter
//!   draws from zero to the wait, resilience4j's half the wait to one and a half of it, Polly's from three quarters to
//!   five.
//! - [`Budget`] (tower, Finagle) allows retries as a share of requests; [`AdaptiveThrottle`] (Google) stops a client's
//!   requests, retries or not, in proportion to how many its backend refuses.
//! - [`amplification`] says by how much retries multiply the load over several hops.
//!
//! Everything drawn by chance is handed in as a number in [0, 1).
//!
//! ```
//! use engine::mechanism::retry::{Backoff, Growth, Jitter};
//! use engine::sim::Span;
//! let backoff = Backoff { jitter: Jitter::Full, growth: Growth::Exponential, ..Backoff::default() };
//! // The third retry waits up to 100 ms × 2³, here a quarter of that.
//! assert_eq!(backoff.delay(3, Span::ZERO, 0.25), Span::from_millis(200));
//! ```

pub mod amplification;
mod backoff;
mod budget;
pub mod interval;
mod polly;
mod throttle;

pub use backoff::{Backoff, Growth, Jitter};
pub use budget::{Budget, BudgetConfig, BudgetError};
pub use interval::Interval;
pub use polly::{DelayBackoffType, PollyDelay};
pub use throttle::{AdaptiveThrottle, ThrottleConfig};
