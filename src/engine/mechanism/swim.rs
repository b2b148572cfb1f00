//! Membership by gossip: how long a suspect may answer, how often news is sent, how a node judges its own health.
//!
//! Sources: Das, Gupta, Motivala, *SWIM* (DSN 2002), and HashiCorp's `memberlist` (`util.go`, `suspicion.go`,
//! `awareness.go`), which adds Lifeguard. Times are in milliseconds where `memberlist` rounds to them.

use crate::sim::Draws;
use libm::{ceil, floor, log, log2, log10, pow};

/// How long a suspected member has to refute, in ms: `mult` intervals, times log₁₀ of the members beyond ten.
pub fn suspicion_timeout(mult: u32, members: u32, interval_ms: f64) -> f64 {
    let scale = log10(f64::from(members.max(1))).max(1.0);
    // memberlist computes in thousandths, cut off.
    floor(f64::from(mult) * floor(scale * 1000.0) * interval_ms / 1000.0)
}

/// How often a message is passed on before it is dropped.
pub fn retransmit_limit(mult: u32, members: u32) -> u32 {
    mult * ceil(log10(f64::from(members) + 1.0)) as u32
}

/// By what the interval of full exchanges is multiplied in large clusters: 1 up to 32 members, 2 up to 64, and so on.
pub fn push_pull_scale(members: u32) -> u32 {
    if members <= 32 { 1 } else { ceil(log2(f64::from(members)) - 5.0) as u32 + 1 }
}

/// A suspicion, whose time shrinks as others confirm it.
#[derive(Clone, Debug)]
pub struct Suspicion {
    heard_from: Vec<String>,
    wanted: u32,
    min_ms: f64,
    max_ms: f64,
}

impl Suspicion {
    /// Raised by `accuser`; `wanted` further confirmations bring the time from `max_ms` down to `min_ms`.
    pub fn new(accuser: &str, wanted: u32, min_ms: f64, max_ms: f64) -> Self {
        Self { heard_from: vec![accuser.to_owned()], wanted, min_ms, max_ms }
    }

    /// Confirmations from others so far.
    pub fn confirmations(&self) -> u32 {
        self.heard_from.len() as u32 - 1
    }

    /// Somebody else suspects it, too; whether that is news. Nothing is once enough have confirmed.
    pub fn confirm(&mut self, from: &str) -> bool {
        let is_new = self.confirmations() < self.wanted && !self.heard_from.iter().any(|name| name == from);
        if is_new {
            self.heard_from.push(from.to_owned());
        }
        is_new
    }

    /// The whole time, in ms, from when it was raised.
    pub fn timeout_ms(&self) -> f64 {
        let share = log(f64::from(self.confirmations()) + 1.0) / log(f64::from(self.wanted) + 1.0);
        let share = if self.wanted == 0 { 1.0 } else { share };
        floor(self.max_ms - share * (self.max_ms - self.min_ms)).max(self.min_ms)
    }
}

/// Lifeguard's awareness of a node's own health: 0 is healthy; timeouts grow with it.
#[derive(Clone, Copy, Debug)]
pub struct Awareness {
    max: u32,
    score: u32,
}

impl Awareness {
    /// Healthy; the score stays below `max` (`memberlist`: 8).
    pub const fn new(max: u32) -> Self {
        Self { max, score: 0 }
    }

    /// Better (below 0) or worse.
    pub fn apply(&mut self, delta: i64) {
        let most = i64::from(self.max) - 1;
        self.score = (i64::from(self.score) + delta).min(most).max(0) as u32;
    }

    /// The score.
    pub const fn score(self) -> u32 {
        self.score
    }

    /// What a timeout becomes.
    pub fn scale(self, timeout: f64) -> f64 {
        timeout * f64::from(self.score + 1)
    }
}

/// The probability that a member is probed in a period when each of the `n` picks another at random: 1 − (1 − 1/(n−1))ⁿ⁻¹.
pub fn probed_in_a_period(n: u32) -> f64 {
    let others = f64::from(n - 1);
    1.0 - pow(1.0 - 1.0 / others, others)
}

/// Rounds until all of `n` know, when each that knows tells one other a round, at random.
pub fn push_rounds(n: u32, draws: &mut Draws) -> u32 {
    let mut knows = vec![false; n as usize];
    knows[0] = true;
    let mut rounds = 0;
    while knows.contains(&false) {
        rounds += 1;
        let tell: Vec<usize> = (0..n as usize).filter(|at| knows[*at]).collect();
        for from in tell {
            let to = draws.below(n - 1) as usize;
            knows[to + usize::from(to >= from)] = true;
        }
    }
    rounds
}
