//! Which rule a balancer picks by, and its parameters.

use super::passive::MaxFails;
use super::peak_ewma::EwmaConfig;
use super::ring_hash::POINTS_PER_WEIGHT;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The rule by which a balancer picks a server for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Policy {
    /// Any server, in proportion to the weights (nginx `random`).
    Random,
    /// One after the other; weights don't count.
    RoundRobin,
    /// Smooth weighted round robin (nginx's default).
    WeightedRoundRobin,
    /// Fewest requests under way per weight, ties by smooth weighted round robin (nginx `least_conn`).
    LeastConnections,
    /// The less loaded of d servers drawn at random (Envoy's least request; Mitzenmacher 1996).
    TwoChoices,
    /// The cheaper of two servers drawn at random, cost by peak latency (Finagle, tower).
    PeakEwma,
    /// Consistent hash of the key on a ring (ketama; Envoy's ring hash, nginx's `hash … consistent`).
    RingHash,
    /// Consistent hash of the key by a lookup table (Maglev; Envoy's weighted variant).
    Maglev,
    /// Hash of the key modulo the servers that are up (`HAProxy`'s `hash-type map-based`).
    Modulo,
    /// Each client stays with its first server while that is up (`HAProxy`'s `cookie` with `option redispatch`).
    Sticky,
}

impl Policy {
    /// All of them, in the order in which they are best met.
    pub const ALL: [Self; 10] = [
        Self::Random,
        Self::RoundRobin,
        Self::WeightedRoundRobin,
        Self::LeastConnections,
        Self::TwoChoices,
        Self::PeakEwma,
        Self::RingHash,
        Self::Maglev,
        Self::Modulo,
        Self::Sticky,
    ];

    /// Permanent id, in kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::RoundRobin => "round-robin",
            Self::WeightedRoundRobin => "weighted-round-robin",
            Self::LeastConnections => "least-connections",
            Self::TwoChoices => "two-choices",
            Self::PeakEwma => "peak-ewma",
            Self::RingHash => "ring-hash",
            Self::Maglev => "maglev",
            Self::Modulo => "modulo",
            Self::Sticky => "sticky",
        }
    }

    /// The policy of this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.id() == id)
    }
}

/// Parameters of the policies; each policy reads its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// How many servers [`Policy::TwoChoices`] draws: 1 to 255. Envoy's `choice_count`, default 2.
    pub choices: u8,
    /// Latency estimate of [`Policy::PeakEwma`].
    pub ewma: EwmaConfig,
    /// Slots in the table of [`Policy::Maglev`]: a prime up to 5,000,011. Envoy's `table_size`, default 65,537.
    pub table_size: u32,
    /// Points (virtual nodes) that a unit of weight has on the ring of [`Policy::RingHash`]: 1 to 10,000. nginx's and
    /// ketama's 160 by default.
    pub points_per_weight: u32,
    /// Passive ejection of servers that fail; none by default.
    pub max_fails: Option<MaxFails>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            choices: 2,
            ewma: EwmaConfig::default(),
            table_size: 65_537,
            points_per_weight: POINTS_PER_WEIGHT,
            max_fails: None,
        }
    }
}

/// Why a balancer can't be made; a sentence that says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub(super) &'static str);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl core::error::Error for ConfigError {}

impl Config {
    pub(super) fn check(&self, weights: &[u32]) -> Result<(), ConfigError> {
        let rules = [
            ((1..=10_000).contains(&weights.len()), "a balancer has 1 to 10,000 servers"),
            (weights.iter().all(|&weight| weight <= 1_000), "a server's weight is 0 to 1,000"),
            (self.choices >= 1, "a balancer draws 1 to 255 servers to choose from"),
            (
                self.table_size <= 5_000_011 && is_prime(self.table_size),
                "a Maglev table has a prime number of slots, at most 5,000,011",
            ),
            (
                (1..=10_000).contains(&self.points_per_weight),
                "a unit of weight has 1 to 10,000 points on a ring",
            ),
            (self.ewma.decay.nanos() > 0, "the latency estimate decays over more than no time"),
            (
                self.max_fails.is_none_or(|rule| rule.max_fails >= 1),
                "a server is ejected after 1 or more fails",
            ),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(ConfigError(rule)))
    }
}

fn is_prime(n: u32) -> bool {
    n >= 2 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}
