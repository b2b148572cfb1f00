//! Peak EWMA: load as a latency estimate that jumps up at once and sinks slowly.
//!
//! Source: tower, `tower/src/load/peak_ewma.rs` (after Finagle's `PeakEwma.scala`), under tower's `p2c` balancer: two
//! different servers are drawn, the lower cost wins, the first drawn at a tie. Every end of a request counts as a
//! latency, a failure's too: a server that fails fast looks cheap. Weights don't count.

use super::decision::{Decision, Rule};
use super::servers::Servers;
use crate::sim::{Draws, Span, Time};

/// Parameters of the estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EwmaConfig {
    /// Estimate for a server that has not answered yet. Default 1 s (tower's documentation).
    pub default_rtt: Span,
    /// Time over which the weight of the past sinks to 1/e. Default 10 s (Finagle's `decayTime`).
    pub decay: Span,
}

impl Default for EwmaConfig {
    fn default() -> Self {
        Self { default_rtt: Span::from_secs(1), decay: Span::from_secs(10) }
    }
}

/// The latency estimate of one server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakEwma {
    rtt_nanos: f64,
    updated: Time,
    decay_nanos: f64,
}

impl PeakEwma {
    /// The estimate of a server first seen at `now`.
    pub fn new(config: EwmaConfig, now: Time) -> Self {
        let EwmaConfig { default_rtt, decay } = config;
        Self { rtt_nanos: default_rtt.nanos() as f64, updated: now, decay_nanos: decay.nanos() as f64 }
    }

    /// A request ended after `latency`: a longer one than the estimate replaces it, a shorter one draws it down by the
    /// time since the last update.
    pub fn observe(&mut self, now: Time, latency: Span) {
        let rtt = latency.nanos() as f64;
        if self.rtt_nanos < rtt {
            self.rtt_nanos = rtt;
        } else {
            let past = libm::exp(-(now.since(self.updated).nanos() as f64) / self.decay_nanos);
            self.rtt_nanos = self.rtt_nanos * past + rtt * (1.0 - past);
        }
        self.updated = now;
    }

    /// The cost of one more request beside `pending`: estimate × (pending + 1). The estimate decays towards zero while
    /// nothing is heard, so that a server that was slow once is tried again.
    pub fn load(&mut self, now: Time, pending: u32) -> Span {
        self.observe(now, Span::ZERO);
        Span::from_nanos((self.rtt_nanos * (f64::from(pending) + 1.0)) as u64)
    }
}

pub(super) fn pick(
    servers: &Servers,
    estimates: &mut [PeakEwma],
    now: Time,
    draws: &mut Draws,
) -> Option<Decision> {
    let open = servers.open();
    let n = open.len() as u32;
    let mut cost = |server: u32| estimates[server as usize].load(now, servers.connections(server));
    if n < 2 {
        let &only = open.first()?;
        let cost = cost(only);
        return Some(Decision {
            server: only as usize,
            rule: Rule::LowerCost { cost, other: only, other_cost: cost },
        });
    }
    let a = draws.below(n);
    let b = draws.below(n - 1);
    let (a, b) = (open[a as usize], open[(b + u32::from(b >= a)) as usize]);
    let (cost_a, cost_b) = (cost(a), cost(b));
    let (server, cost, other, other_cost) =
        if cost_a <= cost_b { (a, cost_a, b, cost_b) } else { (b, cost_b, a, cost_a) };
    Some(Decision { server: server as usize, rule: Rule::LowerCost { cost, other, other_cost } })
}
