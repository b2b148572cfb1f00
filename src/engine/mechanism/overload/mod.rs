//! What a server does against more work than it can do: limits on concurrency that find their own value.
//!
//! A file for each algorithm:
//!
//! - [`Vegas`], [`Aimd`], [`Gradient2`]: how many requests may be under way at a time, found out from how long they take.
//!   After Netflix' `concurrency-limits` (commit 78a74b9); [`Windowed`] feeds one of them with a window's summary instead
//!   of every request, and [`Partitions`] shares a limit out to kinds of callers.
//!
//! A queue that drops what has waited too long is [`codel`](super::codel). Client-side throttling, the other end of the wire, is in [`retry`](super::retry). A limit that never moves is a
//! [bulkhead](super::bulkhead).
//!
//! ```
//! use engine::mechanism::overload::{ConcurrencyLimit, Sample, Vegas, VegasConfig};
//! use engine::sim::Span;
//! let mut vegas = Vegas::new(VegasConfig::default(), 0.5);
//! let mut takes = |millis| {
//!     vegas.on_sample(&Sample { rtt: Span::from_millis(millis), in_flight: vegas.limit(), dropped: false });
//!     vegas.limit()
//! };
//! // The first sample is the best time so far. As long as others take no longer, the limit grows, by six at a time.
//! assert_eq!([10, 10, 10].map(&mut takes), [20, 26, 32]);
//! // Five times as long: four in five must be waiting.
//! assert_eq!([50, 50].map(&mut takes), [31, 30]);
//! ```

mod aimd;
mod gradient2;
mod partitions;
mod vegas;
mod window;

pub use aimd::{Aimd, AimdConfig};
pub use gradient2::{ExpAvg, Gradient2, Gradient2Config};
pub use partitions::{Caller, Partitions};
pub use vegas::{Amount, Change, Vegas, VegasConfig};
pub use window::{Average, Percentile, SampleWindow, Windowed, WindowedConfig};

use crate::sim::Span;

/// What is known of a request that has ended, or of a window of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// From when it was let in until it ended.
    pub rtt: Span,
    /// How many were under way when it was let in, itself included.
    pub in_flight: u32,
    /// Whether it was lost on the way: timed out, refused further on.
    pub dropped: bool,
}

/// A rule for how many requests may be under way at a time.
pub trait ConcurrencyLimit {
    /// How many may be, now.
    fn limit(&self) -> u32;
    /// A request has ended.
    fn on_sample(&mut self, sample: &Sample);
}

/// The decimal logarithm of a limit as a whole number, at least 1 (`Log10RootFunction`).
pub fn log10_root(limit: u32) -> u32 {
    limit.checked_ilog10().unwrap_or(0).max(1)
}

/// The square root of a limit as a whole number, at least `least` and at least 1 (`SquareRootFunction`).
pub fn square_root(limit: u32, least: u32) -> u32 {
    limit.isqrt().max(least).max(1)
}
