//! resilience4j's intervals between attempts.
//!
//! Source: resilience4j 2, `IntervalFunction`. Attempts count from 1. Everything is in whole milliseconds, cut off at
//! every step: 100 ms × 1.5 goes 100, 150, 225, 337, 505. Randomization draws from interval × (1 ± factor), at least
//! 1 ms; the bound comes last, so many of the longest intervals are exactly it.

use crate::sim::{Span, clamp};

/// The largest draw: a little less than 1, so that no sum is rounded up to what lies beyond the range.
const LARGEST: f64 = 1.0 - 1e-12;

/// A rule for the intervals between attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The interval after the first attempt, at least 1 ms. Default 500 ms.
    pub initial: Span,
    /// Factor from each interval to the next; 1 is constant. Default 1; with exponential backoff 1.5.
    pub multiplier: f64,
    /// Share of the interval by which chance moves it up or down, 0 to 1. Default 0; with randomization 0.5.
    pub randomization_factor: f64,
    /// The longest interval. Default: no bound.
    pub max: Span,
}

impl Default for Interval {
    fn default() -> Self {
        Self { initial: Span::from_millis(500), multiplier: 1.0, randomization_factor: 0.0, max: Span::MAX }
    }
}

impl Interval {
    /// The interval after attempt number `attempt`, by a draw in [0, 1); none for attempt 0, which there isn't.
    pub fn after(&self, attempt: u32, draw: f64) -> Option<Span> {
        if attempt == 0 {
            return None;
        }
        let interval = millis(exponential(self.initial, self.multiplier, attempt));
        let delta = clamp(self.randomization_factor, 0.0, 1.0) * interval as f64;
        let (low, high) = (interval as f64 - delta, interval as f64 + delta);
        let drawn = low + clamp(draw, 0.0, LARGEST) * (high - low + 1.0);
        Some(from_millis(drawn.max(1.0) as u64).min(self.max))
    }
}

/// `initial`, multiplied once for every attempt after the first, in whole milliseconds.
pub fn exponential(initial: Span, multiplier: f64, attempt: u32) -> Span {
    let mut interval = millis(initial);
    for _ in 1..attempt {
        let next = (interval as f64 * multiplier) as u64;
        if next == interval {
            break;
        }
        interval = next;
    }
    from_millis(interval)
}

fn millis(span: Span) -> u64 {
    span.nanos() / 1_000_000
}

/// Saturates.
fn from_millis(millis: u64) -> Span {
    Span::from_millis(1) * millis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_cut_off_to_whole_milliseconds() {
        let interval = Interval { initial: Span::from_millis(100), multiplier: 1.5, ..Interval::default() };
        let millis: Vec<_> = (1..=5).map(|attempt| millis(interval.after(attempt, 0.0).unwrap())).collect();
        assert_eq!(millis, [100, 150, 225, 337, 505]);
        assert_eq!(interval.after(0, 0.0), None);
        assert!(interval.after(u32::MAX, 0.9).unwrap() > Span::from_secs(500 * 365 * 86_400));
    }

    #[test]
    fn randomization_reaches_both_ends_and_the_bound_comes_last() {
        let interval = Interval {
            initial: Span::from_millis(100),
            randomization_factor: 0.5,
            max: Span::from_millis(120),
            ..Interval::default()
        };
        let free = Interval { max: Span::MAX, ..interval };
        assert_eq!(
            [0.0, 1.0].map(|draw| free.after(1, draw)),
            [50, 150].map(|ms| Some(Span::from_millis(ms)))
        );
        assert_eq!(interval.after(1, 0.8), Some(Span::from_millis(120)));
        let all = Interval { randomization_factor: 1.0, ..free };
        assert_eq!(all.after(1, 0.0), Some(Span::from_millis(1)));
    }
}
