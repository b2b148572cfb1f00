//! CUBIC: the window as a function of the time since the last loss, not of round trips.
//!
//! Source: RFC 9438 (which replaces RFC 8312): §4.2 the curve, §4.3 the Reno-friendly region, §4.4 and §4.5 growth, §4.6 the
//! decrease, §4.7 fast convergence, §4.8 timeouts. Slow start is RFC 5681's, without `HyStart++`.

use super::{Ack, MIN_WINDOW, Recovery};
use crate::sim::Time;

/// Parameters, with the RFC's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CubicConfig {
    /// C, packets per second cubed: how steep the curve is. 0.4.
    pub c: f64,
    /// β: what a loss leaves of the window. 0.7.
    pub beta: f64,
    /// The curve is followed up to this multiple of the window at most. 1.5; RFC 8312 has no such bound (infinite).
    pub reach: f64,
    /// Whether a loss below the last maximum leaves some room to others (§4.7). Yes.
    pub fast_convergence: bool,
}

impl Default for CubicConfig {
    fn default() -> Self {
        Self { c: 0.4, beta: 0.7, reach: 1.5, fast_convergence: true }
    }
}

impl CubicConfig {
    /// α: packets a round trip with which additive increase, losing 1 − β, has Reno's mean window (equation 4).
    pub fn friendly_increase(&self) -> f64 {
        3.0 * (1.0 - self.beta) / (1.0 + self.beta)
    }
}

/// W(t) = C (t − K)³ + `W_max`: flat where the last loss was, steep far from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CubicCurve {
    /// C.
    pub c: f64,
    /// The window at the last loss, in packets (lower by fast convergence).
    pub w_max: f64,
    /// Seconds until the curve is there again.
    pub k: f64,
}

impl CubicCurve {
    /// The curve that begins at `window` and is flat at `w_max` ≥ `window` (equation 2).
    pub fn from(c: f64, w_max: f64, window: f64) -> Self {
        Self { c, w_max, k: libm::cbrt((w_max - window).max(0.0) / c) }
    }

    /// The window so many seconds after the loss (equation 1).
    pub fn at(&self, seconds: f64) -> f64 {
        let from_flat = seconds - self.k;
        self.c * from_flat * from_flat * from_flat + self.w_max
    }
}

/// The state of CUBIC.
#[derive(Clone, Debug, PartialEq)]
pub struct Cubic {
    config: CubicConfig,
    window: f64,
    ssthresh: f64,
    /// The part of a packet by which the window should be larger.
    credit: f64,
    curve: CubicCurve,
    /// What Reno would have, and from where on its own increase is fair: the window before the loss.
    friendly: f64,
    prior: f64,
    /// When the curve began.
    epoch: Option<Time>,
    recovery: Recovery,
}

impl Cubic {
    /// In slow start with this window, in packets (at least 1).
    pub fn new(config: CubicConfig, window: f64) -> Self {
        Self {
            config,
            window: window.max(1.0),
            ssthresh: f64::INFINITY,
            credit: 0.0,
            curve: CubicCurve::default(),
            friendly: 0.0,
            prior: 0.0,
            epoch: None,
            recovery: Recovery::default(),
        }
    }

    /// In congestion avoidance: with this window and this credit, having last lost at `w_max`, at this time.
    pub fn at(config: CubicConfig, window: f64, w_max: f64, credit: f64, now: Time) -> Self {
        Self {
            ssthresh: window,
            credit,
            curve: CubicCurve::from(config.c, w_max, window),
            friendly: window,
            prior: w_max,
            epoch: Some(now),
            ..Self::new(config, window)
        }
    }

    pub(super) fn on_ack(&mut self, ack: &Ack) {
        if ack.limited || self.recovery.covers(ack.sent) {
            return;
        }
        if self.window < self.ssthresh {
            self.window += 1.0;
            return;
        }
        let began = *self.epoch.get_or_insert_with(|| {
            // After a timeout the curve begins at its flat part (§4.8).
            self.curve = CubicCurve::from(self.config.c, self.window, self.window);
            self.friendly = self.window;
            ack.now
        });
        let exact = self.window + self.credit;
        let since = ack.now.since(began).secs();
        let increase = if self.friendly >= self.prior { 1.0 } else { self.config.friendly_increase() };
        self.friendly += increase / exact;
        let target = if self.curve.at(since) < self.friendly {
            self.credit = self.credit.max(self.friendly - self.window);
            exact
        } else {
            self.curve.at(since + ack.rtt.secs()).min(self.config.reach * exact)
        };
        self.credit += (target - exact).max(0.0) / exact;
        if self.credit >= 1.0 {
            self.window += 1.0;
            self.credit -= 1.0;
        }
    }

    pub(super) fn on_loss(&mut self, now: Time, sent: Time) {
        if self.recovery.covers(sent) {
            return;
        }
        self.recovery = Recovery(Some(now));
        self.reduce();
        self.window = self.ssthresh;
        self.curve = CubicCurve::from(self.config.c, self.curve.w_max, self.window);
        self.friendly = self.window;
        self.epoch = Some(now);
    }

    pub(super) fn on_timeout(&mut self) {
        self.reduce();
        self.window = 1.0;
        self.epoch = None;
    }

    /// Remembers where the loss was, and what is left.
    fn reduce(&mut self) {
        // Somebody else wants room, if not even the last maximum was reached: leave some (fast convergence).
        let converging = self.config.fast_convergence && self.window < self.curve.w_max;
        self.prior = self.window;
        self.curve.w_max = self.window * if converging { f64::midpoint(1.0, self.config.beta) } else { 1.0 };
        self.ssthresh = (self.window * self.config.beta).max(MIN_WINDOW);
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

    /// Where the curve is flat: the window at the last loss.
    pub const fn w_max(&self) -> f64 {
        self.curve.w_max
    }

    /// The part of a packet by which the window should be larger.
    pub const fn credit(&self) -> f64 {
        self.credit
    }
}
