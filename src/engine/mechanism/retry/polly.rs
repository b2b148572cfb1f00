//! Polly's delays between attempts.
//!
//! Source: Polly 8, `RetryHelper.cs`. Attempts count from 0. Jitter moves constant and linear delays by up to a quarter
//! up or down; exponential ones have a formula of their own, *decorrelated jitter V2* (G. Polevoy, Polly issue 530),
//! whose delays are the steps of one smooth curve at random places: they don't bunch at the ends of a range. Their medians
//! are 0.9, 1.1, 2, 4, 8, … times the delay.

use crate::sim::{Span, clamp};
use serde::{Deserialize, Serialize};

/// How the delay grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DelayBackoffType {
    /// The delay.
    Constant,
    /// The delay × (attempt + 1).
    Linear,
    /// The delay × 2^attempt.
    Exponential,
}

/// A rule for the delays between attempts, with Polly's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PollyDelay {
    /// How it grows. Default constant.
    pub backoff_type: DelayBackoffType,
    /// Whether chance changes it. Default false.
    pub use_jitter: bool,
    /// The delay before the first retry. Default 2 s.
    pub delay: Span,
    /// The longest. Default: no bound.
    pub max_delay: Option<Span>,
}

impl Default for PollyDelay {
    fn default() -> Self {
        Self {
            backoff_type: DelayBackoffType::Constant,
            use_jitter: false,
            delay: Span::from_secs(2),
            max_delay: None,
        }
    }
}

/// The longest `TimeSpan` of .NET, in seconds: 2⁶³ − 1 ticks of 100 ns.
const LONGEST: f64 = 922_337_203_685.477_6;

impl PollyDelay {
    /// The delay before retry number `attempt`, by a draw in [0, 1]. `state` is the formula's memory from one attempt
    /// of a request to the next, 0 before its first.
    pub fn delay(&self, attempt: u32, state: &mut f64, draw: f64) -> Span {
        Span::from_secs_f64(self.delay_secs(attempt, state, draw))
    }

    /// The same in seconds: .NET has delays of 29,000 years.
    pub fn delay_secs(&self, attempt: u32, state: &mut f64, draw: f64) -> f64 {
        let (base, attempt, draw) = (self.delay.secs(), f64::from(attempt), clamp(draw, 0.0, 1.0));
        if base == 0.0 {
            return 0.0;
        }
        let delay = match (self.backoff_type, self.use_jitter) {
            (DelayBackoffType::Exponential, true) => base * decorrelated_v2(attempt + draw, state),
            (backoff_type, jitter) => {
                let factor = match backoff_type {
                    DelayBackoffType::Constant => 1.0,
                    DelayBackoffType::Linear => attempt + 1.0,
                    DelayBackoffType::Exponential => libm::pow(2.0, attempt),
                };
                let moved = if jitter { 0.75 + 0.5 * draw } else { 1.0 };
                base * factor * moved
            }
        };
        let longest = self.max_delay.map_or(LONGEST, Span::secs);
        delay.min(longest)
    }
}

/// The step from the place on the curve 2^t × tanh(√(4t)) that the last attempt took to that of this one, scaled so that
/// the medians are near whole numbers.
fn decorrelated_v2(t: f64, previous: &mut f64) -> f64 {
    let next = libm::pow(2.0, t) * libm::tanh(libm::sqrt(4.0 * t));
    let step = if next.is_finite() { (next - *previous) / 1.4 } else { f64::INFINITY };
    *previous = next;
    // A state that isn't of this request's could lead back.
    step.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decorrelated_jitter_has_its_medians_and_bounds_where_it_should() {
        let rule = PollyDelay {
            backoff_type: DelayBackoffType::Exponential,
            use_jitter: true,
            delay: Span::from_secs(1),
            max_delay: None,
        };
        let mut draws =
            crate::sim::Draws::new(1, crate::sim::Purpose::named("jitter"), crate::sim::Entity::new(0, 0));
        let mut delays = vec![Vec::new(); 4];
        for _ in 0..20_001 {
            let mut state = 0.0;
            for (attempt, of_attempt) in (0..).zip(&mut delays) {
                of_attempt.push(rule.delay_secs(attempt, &mut state, draws.unit()));
            }
        }
        for (attempt, mut of_attempt) in (0..).zip(delays) {
            of_attempt.sort_unstable_by(f64::total_cmp);
            let median_of = [0.9, 1.14, 2.05, 4.05][attempt as usize];
            let median = of_attempt[of_attempt.len() / 2];
            assert!((median / median_of - 1.0_f64).abs() < 0.05, "attempt {attempt}: {median}");
            // The documented bounds: from nothing to twice the median at first, later up to 2^(t+1) − 2^(t−1).
            let most = f64::from(1 << attempt) * if attempt < 2 { 2.0 } else { 1.5 };
            assert!(of_attempt[0] >= 0.0 && of_attempt.last().unwrap() <= &most, "attempt {attempt}");
        }
    }

    #[test]
    fn delays_are_bounded_whatever_the_attempt() {
        for use_jitter in [false, true] {
            for backoff_type in
                [DelayBackoffType::Constant, DelayBackoffType::Linear, DelayBackoffType::Exponential]
            {
                let rule = PollyDelay { backoff_type, use_jitter, ..PollyDelay::default() };
                let mut state = 0.0;
                for attempt in [0, 1, 1_024, 1_025, u32::MAX] {
                    assert!((0.0..=LONGEST).contains(&rule.delay_secs(attempt, &mut state, 0.5)));
                    let bounded = PollyDelay { max_delay: Some(Span::from_secs(1)), ..rule };
                    assert_eq!(bounded.delay(attempt, &mut 0.0, 0.5), Span::from_secs(1));
                    let nothing = PollyDelay { delay: Span::ZERO, ..rule };
                    assert_eq!(nothing.delay(attempt, &mut 0.0, 0.5), Span::ZERO);
                }
            }
        }
    }
}
