//! The retransmission timer: how long a sender waits for an acknowledgement.
//!
//! Source: RFC 6298, §2 (estimation) and §5 (back-off).

use crate::sim::{Span, clamp};

/// Parameters, with the RFC's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RtoConfig {
    /// Before anything has been measured. 1 s.
    pub initial: Span,
    /// The shortest. The RFC says 1 s; Linux has 200 ms.
    pub min: Span,
    /// The longest. The RFC allows 60 s or more; Linux has 120 s.
    pub max: Span,
}

impl Default for RtoConfig {
    fn default() -> Self {
        Self { initial: Span::from_secs(1), min: Span::from_secs(1), max: Span::from_secs(60) }
    }
}

/// Gains of the two estimates, and how many deviations are waited for.
const ALPHA: f64 = 1.0 / 8.0;
const BETA: f64 = 1.0 / 4.0;
const K: f64 = 4.0;

/// The estimate of one connection, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rto {
    config: RtoConfig,
    /// Smoothed round trip and its mean deviation, once there is a measurement.
    estimate: Option<(f64, f64)>,
    timeouts: u32,
}

impl Rto {
    /// Nothing measured yet.
    pub const fn new(config: RtoConfig) -> Self {
        Self { config, estimate: None, timeouts: 0 }
    }

    /// A round trip of a packet that was sent once. It ends the back-off.
    pub fn measured(&mut self, rtt: f64) {
        self.timeouts = 0;
        self.estimate = Some(match self.estimate {
            None => (rtt, rtt / 2.0),
            Some((srtt, rttvar)) => {
                ((1.0 - ALPHA) * srtt + ALPHA * rtt, (1.0 - BETA) * rttvar + BETA * (srtt - rtt).abs())
            }
        });
    }

    /// The timer has run out: the next is twice as long.
    pub fn timed_out(&mut self) {
        self.timeouts = self.timeouts.saturating_add(1);
    }

    /// SRTT, in seconds.
    pub fn srtt(&self) -> Option<f64> {
        self.estimate.map(|(srtt, _)| srtt)
    }

    /// RTTVAR, in seconds.
    pub fn rttvar(&self) -> Option<f64> {
        self.estimate.map(|(_, rttvar)| rttvar)
    }

    /// SRTT + 4 RTTVAR, before bounds and back-off, in seconds; the initial value before a measurement.
    pub fn unclamped(&self) -> f64 {
        self.estimate.map_or(self.config.initial.secs(), |(srtt, rttvar)| srtt + K * rttvar)
    }

    /// How long to wait now, in seconds.
    pub fn seconds(&self) -> f64 {
        let RtoConfig { min, max, .. } = self.config;
        let first = clamp(self.unclamped(), min.secs(), max.secs());
        (first * libm::exp2(f64::from(self.timeouts.min(63)))).min(max.secs())
    }
}
