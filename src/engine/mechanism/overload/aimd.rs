//! One more as long as nothing is lost, a tenth less when something is.
//!
//! Source: Netflix `concurrency-limits`, `AIMDLimit`.

use super::{ConcurrencyLimit, Sample};
use crate::sim::{Span, clamp};

/// Parameters, with the library's defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AimdConfig {
    /// The limit to begin with. Default 20.
    pub initial: u32,
    /// The lowest limit. Default 20.
    pub min: u32,
    /// The highest limit. Default 200.
    pub max: u32,
    /// What is left of the limit after a loss, 0.5 to 1. Default 0.9.
    pub backoff_ratio: f64,
    /// What takes longer counts as lost. Default 5 s.
    pub timeout: Span,
}

impl Default for AimdConfig {
    fn default() -> Self {
        Self { initial: 20, min: 20, max: 200, backoff_ratio: 0.9, timeout: Span::from_secs(5) }
    }
}

/// Additive increase, multiplicative decrease.
#[derive(Clone, Debug, PartialEq)]
pub struct Aimd {
    config: AimdConfig,
    limit: u32,
}

impl Aimd {
    /// A limit that has seen nothing.
    pub fn new(config: AimdConfig) -> Self {
        Self { config, limit: config.initial }
    }
}

impl ConcurrencyLimit for Aimd {
    fn limit(&self) -> u32 {
        self.limit
    }

    fn on_sample(&mut self, sample: &Sample) {
        let it = &self.config;
        let next = if sample.dropped || sample.rtt > it.timeout {
            (f64::from(self.limit) * it.backoff_ratio) as u32
        } else if u64::from(sample.in_flight) * 2 >= u64::from(self.limit) {
            self.limit.saturating_add(1)
        } else {
            self.limit
        };
        self.limit = clamp(next, it.min.min(it.max), it.max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_loses_a_tenth_by_a_loss_or_a_timeout_and_never_leaves_its_bounds() {
        let sample = |millis, dropped| Sample { rtt: Span::from_millis(millis), in_flight: 30, dropped };
        let mut aimd = Aimd::new(AimdConfig { initial: 30, ..AimdConfig::default() });
        for (sample, limit) in [(sample(1, true), 27), (sample(5_001, false), 24), (sample(1, false), 25)] {
            aimd.on_sample(&sample);
            assert_eq!(aimd.limit(), limit);
        }
        (0..100).for_each(|_| aimd.on_sample(&sample(1, true)));
        assert_eq!(aimd.limit(), 20);
        // One that is far from its limit doesn't raise it.
        aimd.on_sample(&Sample { in_flight: 9, ..sample(1, false) });
        assert_eq!(aimd.limit(), 20);
    }
}
