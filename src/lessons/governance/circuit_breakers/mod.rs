//! Circuit breakers: when to stop calling what doesn't answer, and when to ask again.

mod layers;
pub mod machine;
mod questions;
mod slow_dependency;
pub mod stack;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::{Figure, Span};
use crate::mechanism::breaker::RateConfig;

/// Calls that a half-open breaker lets through.
const PERMITTED: u32 = 3;

/// resilience4j's rule over the last `window` calls, and no fewer: from this share of failed or of slow ones on it opens.
fn rates(window: u32, threshold: f64, slow: Span, wait: Span) -> RateConfig {
    RateConfig {
        failure_rate_threshold: threshold as f32 * 100.0,
        slow_call_rate_threshold: threshold as f32 * 100.0,
        slow_call_duration_threshold: slow,
        permitted_number_of_calls_in_half_open_state: PERMITTED,
        sliding_window_size: window,
        minimum_number_of_calls: window,
        wait_duration_in_open_state: wait,
        ..RateConfig::default()
    }
}

/// The lesson's figures, but for those of [`machine`] and [`stack`].
pub const FIGURES: &[Figure] = &[Figure::of::<slow_dependency::SlowDependency>()
    .predicted(questions::OF_THE_SHOP)
    .challenged(questions::CHALLENGES)];
