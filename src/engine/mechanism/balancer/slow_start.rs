//! Slow start: a server that has just come up gets its weight back little by little.
//!
//! Source: Envoy, *Slow start mode*: weight × max(`min_weight_percent`, (t ÷ window)^(1 ÷ aggression)), with
//! t the time since the host came up. nginx's and `HAProxy`'s ramps are the linear one from zero: aggression 1, minimum
//! 0. Like there, it works through weights, so policies that don't look at weights (round robin, peak EWMA, the hashes)
//! know no slow start.

use crate::sim::Span;

/// Parameters of the ramp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowStart {
    /// Length of the ramp; zero switches it off.
    pub window: Span,
    /// Shape of the ramp, above 0: 1 is linear, more starts faster. Envoy's default: 1.
    pub aggression: f64,
    /// Least share of the weight, 0 to 1. Envoy's default: 0.1.
    pub min_share: f64,
}

impl Default for SlowStart {
    fn default() -> Self {
        Self { window: Span::from_secs(30), aggression: 1.0, min_share: 0.1 }
    }
}

impl SlowStart {
    /// Share of the weight, 0 to 1, when the server has been up for `up`.
    pub fn share(&self, up: Span) -> f64 {
        if up >= self.window {
            return 1.0;
        }
        // Envoy counts at least a second.
        let time_factor = up.max(Span::from_secs(1)).secs() / self.window.secs();
        let ramp = libm::pow(time_factor, 1.0 / self.aggression.max(1e-3));
        ramp.max(self.min_share).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ramp_is_the_documented_one() {
        let linear = SlowStart { window: Span::from_secs(60), aggression: 1.0, min_share: 0.1 };
        for (up, share) in [(0, 0.1), (3, 0.1), (15, 0.25), (30, 0.5), (60, 1.0), (90, 1.0)] {
            assert!((linear.share(Span::from_secs(up)) - share).abs() < 1e-12, "{up}");
        }
        let steep = SlowStart { aggression: 2.0, ..linear };
        assert!((steep.share(Span::from_secs(15)) - 0.5).abs() < 1e-12);
        assert_eq!(SlowStart { window: Span::ZERO, ..linear }.share(Span::ZERO), 1.0);
    }
}
