//! `XFetch`: an entry is renewed before it expires, by a reader here and there, the likelier the nearer the end.
//!
//! Source: A. Vattani, F. Chierichetti, K. Lowenstein, *Optimal Probabilistic Cache Stampede Prevention*, PVLDB 2015:
//! recompute when now − Δ·β·ln(rand()) ≥ expiry.

use crate::sim::{Span, Time};

/// The parameters of an entry's early renewal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct XFetch {
    /// How long it takes to fetch the value anew: Δ, as measured when it was last fetched.
    pub delta: Span,
    /// How eager to be, at least 0: β. The paper's default is 1; zero waits for the expiry.
    pub beta: f64,
}

impl XFetch {
    /// Whether a reader at `now` renews an entry that expires at `expiry`. `draw` is uniform in (0, 1], one for each
    /// reader.
    pub fn renews(self, now: Time, expiry: Time, draw: f64) -> bool {
        now >= expiry || renews(self.delta.secs() * self.beta, expiry.since(now).secs(), draw)
    }

    /// The share of readers, at `remaining` before the expiry, who renew it: e^(−remaining/(Δβ)).
    pub fn probability(self, remaining: Span) -> f64 {
        probability(self.delta.secs() * self.beta, remaining.secs())
    }
}

/// By Δ·β and the time that remains, in the same unit.
pub(crate) fn renews(scale: f64, remaining: f64, draw: f64) -> bool {
    remaining <= 0.0 || (scale > 0.0 && -scale * libm::log(draw.max(0.0)) >= remaining)
}

/// By Δ·β and the time that remains, in the same unit.
pub(crate) fn probability(scale: f64, remaining: f64) -> f64 {
    if remaining <= 0.0 {
        1.0
    } else if scale > 0.0 {
        libm::exp(-remaining / scale)
    } else {
        0.0
    }
}
