//! Reno: additive increase, multiplicative decrease.
//!
//! Source: RFC 5681 §3 (slow start, congestion avoidance, fast retransmit) and RFC 6582 (one reduction for all losses of a
//! window, in recovery until everything sent before it is accounted for). Two choices: the window itself is halved, as Linux
//! and RFC 9002 do, where RFC 5681 halves what is under way (the same while the sender uses its window); and as in
//! Cloudflare's quiche a reduction leaves half a window of credit for the next packet. Recovery's artificial inflation of the
//! window is left out: the sender knows which packets are missing (RFC 6675).

use super::{Ack, MIN_WINDOW, Recovery};
use crate::sim::Time;

/// What a loss leaves of the window.
const DECREASE: f64 = 0.5;

/// The state of Reno.
#[derive(Clone, Debug, PartialEq)]
pub struct Reno {
    window: f64,
    ssthresh: f64,
    /// Packets acknowledged towards the next packet of the window.
    credit: f64,
    recovery: Recovery,
}

impl Reno {
    /// In slow start with this window, in packets (at least 1).
    pub fn new(window: f64) -> Self {
        Self { window: window.max(1.0), ssthresh: f64::INFINITY, credit: 0.0, recovery: Recovery::default() }
    }

    pub(super) fn on_ack(&mut self, ack: &Ack) {
        if ack.limited || self.recovery.covers(ack.sent) {
            return;
        }
        if self.window < self.ssthresh {
            self.window += 1.0;
            return;
        }
        self.credit += 1.0;
        if self.credit >= self.window {
            self.credit -= self.window;
            self.window += 1.0;
        }
    }

    pub(super) fn on_loss(&mut self, now: Time, sent: Time) {
        if self.recovery.covers(sent) {
            return;
        }
        self.recovery = Recovery(Some(now));
        self.window = libm::floor(self.window * DECREASE).max(MIN_WINDOW);
        self.ssthresh = self.window;
        self.credit = self.window * DECREASE;
    }

    pub(super) fn on_timeout(&mut self) {
        self.ssthresh = libm::floor(self.window * DECREASE).max(MIN_WINDOW);
        self.window = 1.0;
        self.credit = 0.0;
    }

    /// The congestion window in packets.
    pub const fn window(&self) -> f64 {
        self.window
    }

    /// Below this window it doubles each round trip; infinite before the first loss.
    pub const fn ssthresh(&self) -> f64 {
        self.ssthresh
    }
}
