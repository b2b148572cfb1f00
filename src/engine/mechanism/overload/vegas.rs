//! A limit by how many seem to be waiting: TCP Vegas for requests.
//!
//! If the best time ever seen is what a request takes by itself, then of `limit` requests that take `rtt` each,
//! limit × (1 − best ÷ rtt) wait somewhere. The limit grows while that is little and shrinks when it is much. The best time
//! is taken anew every so often, or it would be that of a lucky moment for ever.
//!
//! Source: Netflix `concurrency-limits`, `VegasLimit`; L. Brakmo, L. Peterson: TCP Vegas (1995).

use super::{ConcurrencyLimit, Sample, log10_root};
use crate::sim::Span;

/// A number of requests: fixed, or so many times the logarithm of the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// This many.
    Fixed(u32),
    /// So many times [`log10_root`] of the limit.
    Log10(u32),
}

impl Amount {
    fn at(self, limit: f64) -> f64 {
        f64::from(match self {
            Self::Fixed(amount) => amount,
            Self::Log10(times) => times.saturating_mul(log10_root(limit as u32)),
        })
    }
}

/// How a limit is changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// By [`log10_root`] of itself.
    Log10,
    /// To so many times itself.
    Factor(f64),
}

/// Parameters, with the library's defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VegasConfig {
    /// The limit to begin with. Default 20.
    pub initial: u32,
    /// The highest limit. Default 1000; the lowest is 1.
    pub max: u32,
    /// While fewer wait than this, the limit grows. Default 3 × log10.
    pub alpha: Amount,
    /// While more wait than this, it shrinks. Default 6 × log10.
    pub beta: Amount,
    /// While no more wait than this, it grows by beta at once. Default log10.
    pub threshold: Amount,
    /// By how much it grows. Default log10.
    pub increase: Change,
    /// By how much it shrinks. Default log10.
    pub decrease: Change,
    /// How much of a change counts, 0 to 1. Default 1.
    pub smoothing: f64,
    /// The best time is taken anew after half to all of so many samples for each request of the limit. Default 30.
    pub probe_multiplier: u32,
}

impl Default for VegasConfig {
    fn default() -> Self {
        Self {
            initial: 20,
            max: 1000,
            alpha: Amount::Log10(3),
            beta: Amount::Log10(6),
            threshold: Amount::Log10(1),
            increase: Change::Log10,
            decrease: Change::Log10,
            smoothing: 1.0,
            probe_multiplier: 30,
        }
    }
}

/// A limit after TCP Vegas.
#[derive(Clone, Debug, PartialEq)]
pub struct Vegas {
    config: VegasConfig,
    limit: f64,
    /// The shortest time since the last probe.
    best: Option<Span>,
    samples: u32,
    /// The share of `probe_multiplier` after which the best time is taken anew.
    probe_at: f64,
}

impl Vegas {
    /// A limit that has seen nothing. `draw`, of [0, 1), spreads the probes of many such limits over time; the library draws
    /// anew for each probe.
    pub fn new(config: VegasConfig, draw: f64) -> Self {
        Self { config, limit: config.initial.into(), best: None, samples: 0, probe_at: 0.5 + draw / 2.0 }
    }

    /// What a request takes by itself, as far as is known.
    pub fn best(&self) -> Option<Span> {
        self.best
    }

    /// Of those under way, how many seem to wait when one takes so long.
    fn waiting(&self, best: Span, rtt: Span) -> f64 {
        libm::ceil(self.limit * (1.0 - best.nanos() as f64 / rtt.nanos().max(1) as f64))
    }
}

impl ConcurrencyLimit for Vegas {
    fn limit(&self) -> u32 {
        self.limit as u32
    }

    fn on_sample(&mut self, sample: &Sample) {
        let it = self.config;
        self.samples += 1;
        if self.probe_at * f64::from(it.probe_multiplier) * self.limit <= f64::from(self.samples) {
            (self.samples, self.best) = (0, Some(sample.rtt));
            return;
        }
        let Some(best) = self.best.filter(|best| sample.rtt >= *best) else {
            self.best = Some(sample.rtt);
            return;
        };
        let waiting = self.waiting(best, sample.rtt);
        let by = |change, sign: f64| match change {
            Change::Log10 => self.limit + sign * f64::from(log10_root(self.limit as u32)),
            Change::Factor(factor) => self.limit * factor,
        };
        let next = if sample.dropped {
            by(it.decrease, -1.0)
        } else if f64::from(sample.in_flight) * 2.0 < self.limit {
            // Nobody has tried whether there is more room.
            return;
        } else if waiting <= it.threshold.at(self.limit) {
            self.limit + it.beta.at(self.limit)
        } else if waiting < it.alpha.at(self.limit) {
            by(it.increase, 1.0)
        } else if waiting > it.beta.at(self.limit) {
            by(it.decrease, -1.0)
        } else {
            return;
        };
        let next = next.min(it.max.into()).max(1.0);
        self.limit = (1.0 - it.smoothing) * self.limit + it.smoothing * next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_time_is_taken_anew_now_and_then() {
        let mut vegas = Vegas::new(VegasConfig { initial: 10, max: 10, ..VegasConfig::default() }, 0.0);
        let sample = |millis| Sample { rtt: Span::from_millis(millis), in_flight: 1, dropped: false };
        vegas.on_sample(&sample(10));
        // Half of 30 × 10.
        (0..148).for_each(|_| vegas.on_sample(&sample(40)));
        assert_eq!(vegas.best(), Some(Span::from_millis(10)));
        vegas.on_sample(&sample(40));
        assert_eq!(vegas.best(), Some(Span::from_millis(40)));
    }

    #[test]
    fn a_loss_shrinks_it_whoever_waits() {
        let mut vegas = Vegas::new(VegasConfig::default(), 0.5);
        let sample = |dropped| Sample { rtt: Span::from_millis(10), in_flight: 20, dropped };
        for dropped in [false, true] {
            vegas.on_sample(&sample(dropped));
        }
        assert_eq!(vegas.limit(), 19);
    }
}
