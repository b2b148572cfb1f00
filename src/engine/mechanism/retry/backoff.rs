//! Waits that grow, and jitter that takes retries out of step.
//!
//! Source: M. Brooker, *Exponential Backoff And Jitter*, AWS Architecture Blog, 2015, and its simulator
//! (aws-samples/aws-arch-backoff-simulator). With e = min(cap, base × 2ⁿ): full jitter waits U(0, e), equal jitter
//! e/2 + U(0, e/2), decorrelated jitter min(cap, U(base, 3 × the wait before)).

use crate::sim::{Span, clamp};
use serde::{Deserialize, Serialize};

/// How the wait grows with the attempt, up to the cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Growth {
    /// base.
    Constant,
    /// base × (n + 1).
    Linear,
    /// base × 2ⁿ.
    Exponential,
}

/// What is drawn of the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Jitter {
    /// Nothing: it is waited in full.
    None,
    /// All of it, from zero.
    Full,
    /// Its upper half.
    Equal,
    /// From the base to three times the wait before, whatever the growth.
    Decorrelated,
}

/// A rule for the waits between attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Backoff {
    /// The shortest wait before jitter. Default 100 ms.
    pub base: Span,
    /// The longest. Default 20 s.
    pub cap: Span,
    /// How it grows. Default exponential.
    pub growth: Growth,
    /// What is drawn of it. Default full.
    pub jitter: Jitter,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Span::from_millis(100),
            cap: Span::from_secs(20),
            growth: Growth::Exponential,
            jitter: Jitter::Full,
        }
    }
}

impl Backoff {
    /// The wait of attempt `n` before jitter. AWS's simulator counts failed attempts, so its first retry has n = 1; most
    /// libraries begin with 0, where the wait is the base.
    pub fn ceiling(&self, n: u32) -> Span {
        let base = u128::from(self.base.nanos());
        let grown = match self.growth {
            Growth::Constant => base,
            Growth::Linear => base * (u128::from(n) + 1),
            // Twice as often as this, and every base above zero is over every cap.
            Growth::Exponential => base << n.min(64),
        };
        Span::from_nanos(u64::try_from(grown).unwrap_or(u64::MAX)).min(self.cap)
    }

    /// The shortest and the longest wait that chance can make of attempt `n` after a wait of `previous`.
    pub fn range(&self, n: u32, previous: Span) -> (Span, Span) {
        let ceiling = self.ceiling(n);
        match self.jitter {
            Jitter::None => (ceiling, ceiling),
            Jitter::Full => (Span::ZERO, ceiling),
            Jitter::Equal => (ceiling.scale(0.5), ceiling),
            Jitter::Decorrelated => {
                let longest = (previous.max(self.base) * 3).min(self.cap);
                (self.base.min(self.cap), longest)
            }
        }
    }

    /// The wait of attempt `n` after a wait of `previous` (zero before the first), by a draw in [0, 1).
    pub fn delay(&self, n: u32, previous: Span, draw: f64) -> Span {
        let (shortest, longest) = match self.jitter {
            // The cap is put on what was drawn, not on what it is drawn from: once the waits reach it, many are it.
            Jitter::Decorrelated => (self.base, previous.max(self.base) * 3),
            _ => self.range(n, previous),
        };
        let drawn = shortest + (longest - shortest).scale(clamp(draw, 0.0, 1.0));
        drawn.min(self.cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_draws_from_what_the_article_says() {
        let with = |jitter| Backoff {
            base: Span::from_millis(5),
            cap: Span::from_secs(2),
            jitter,
            ..Backoff::default()
        };
        let ends = |jitter, n, previous| {
            let backoff = with(jitter);
            [0.0, 0.5, 1.0].map(|draw| backoff.delay(n, Span::from_millis(previous), draw).nanos() / 1_000)
        };
        assert_eq!(ends(Jitter::None, 3, 0), [40_000; 3]);
        assert_eq!(ends(Jitter::Full, 3, 0), [0, 20_000, 40_000]);
        assert_eq!(ends(Jitter::Equal, 3, 0), [20_000, 30_000, 40_000]);
        assert_eq!(ends(Jitter::Full, 400, 0), [0, 1_000_000, 2_000_000]);
        assert_eq!(ends(Jitter::Decorrelated, 9, 0), [5_000, 10_000, 15_000]);
        assert_eq!(ends(Jitter::Decorrelated, 0, 1_001), [5_000, 1_504_000, 2_000_000]);
        assert_eq!(
            with(Jitter::Decorrelated).range(0, Span::MAX),
            (Span::from_millis(5), Span::from_secs(2))
        );
    }

    #[test]
    fn waits_grow_up_to_the_cap() {
        let grow = |growth| {
            let backoff = Backoff { growth, cap: Span::from_millis(600), ..Backoff::default() };
            [0, 1, 2, 3, u32::MAX].map(|n| backoff.ceiling(n).nanos() / 1_000_000)
        };
        assert_eq!(grow(Growth::Constant), [100; 5]);
        assert_eq!(grow(Growth::Linear), [100, 200, 300, 400, 600]);
        assert_eq!(grow(Growth::Exponential), [100, 200, 400, 600, 600]);
    }
}
