//! Smooth weighted round robin.
//!
//! Source: nginx, `src/http/ngx_http_upstream_round_robin.c`, `ngx_http_upstream_get_peer` (introduced by commit
//! 52327e0627). Each turn every server's current weight grows by its weight; the first with the largest is picked and
//! loses the sum of the weights. With weights 5, 1, 1 that gives a a b a c a a: in proportion, and spread out.
//!
//! A failure lowers the weight for a while (nginx's *effective weight*): by weight ÷ `max_fails` each, and one unit of
//! weight grows back with each turn.

use super::servers::UNITS;

#[derive(Clone, Copy, Debug, Default)]
struct Peer {
    current: i64,
    /// What failures have taken off the weight.
    lost: i64,
}

/// A turn's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) server: u32,
    /// Current weight of the picked one before the sum was taken off.
    pub(super) current: i64,
    /// The sum that was taken off.
    pub(super) total: i64,
}

/// State of the smooth weighted round robin; weights are handed in with each turn.
#[derive(Clone, Debug)]
pub(super) struct SmoothWeighted {
    peers: Vec<Peer>,
}

impl SmoothWeighted {
    pub(super) fn new(servers: usize) -> Self {
        Self { peers: vec![Peer::default(); servers] }
    }

    /// One turn among these candidates (index, weight); `None` without any.
    pub(super) fn turn(&mut self, candidates: impl Iterator<Item = (u32, i64)>) -> Option<Turn> {
        let mut best: Option<Turn> = None;
        let mut total = 0;
        for (server, weight) in candidates {
            let peer = &mut self.peers[server as usize];
            let effective = (weight - peer.lost).max(0);
            peer.current += effective;
            peer.lost = (peer.lost - UNITS).max(0);
            total += effective;
            if best.is_none_or(|best| peer.current > best.current) {
                best = Some(Turn { server, current: peer.current, total: 0 });
            }
        }
        let best = best?;
        self.peers[best.server as usize].current -= total;
        Some(Turn { total, ..best })
    }

    /// A request failed at this server: its weight sinks by a `max_fails`-th.
    pub(super) fn failed(&mut self, server: u32, weight: i64, max_fails: u32) {
        let lost = &mut self.peers[server as usize].lost;
        *lost = (*lost + weight / i64::from(max_fails.max(1))).min(weight);
    }

    /// Current weights, in units of [`UNITS`].
    pub(super) fn currents(&self) -> impl Iterator<Item = i64> {
        self.peers.iter().map(|peer| peer.current)
    }
}
