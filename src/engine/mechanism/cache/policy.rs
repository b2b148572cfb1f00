//! Which rule a cache evicts by, and what it says of an eviction.

use serde::{Deserialize, Serialize};

/// The rule by which a full cache chooses what to evict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Policy {
    /// What came first goes first.
    Fifo,
    /// The least recently used.
    Lru,
    /// The least frequently used since it was inserted, of equals the least recently used.
    Lfu,
    /// First in, first out with a second chance for what was used (Corbató 1968).
    Clock,
    /// SIEVE: like Clock, but what is spared keeps its place (Zhang and others, NSDI 2024).
    Sieve,
    /// Four LRU segments of equal size; each use promotes by one (S4LRU; Huang and others, SOSP 2013).
    Slru,
    /// 2Q: a key goes to the main LRU when it comes back after it was evicted (Johnson and Shasha, VLDB 1994).
    TwoQ,
    /// ARC: recency against frequency, balanced by what was evicted too early (Megiddo and Modha, FAST 2003).
    Arc,
    /// LIRS: by the time between the last two uses (Jiang and Zhang, SIGMETRICS 2002).
    Lirs,
    /// S3-FIFO: a small queue on probation before the main one (Yang and others, SOSP 2023).
    S3Fifo,
    /// W-TinyLFU: a small LRU window, and a sketch of frequencies that decides who may enter the main cache
    /// (Einziger, Friedman and Manes, 2017; Caffeine).
    WTinyLfu,
}

impl Policy {
    /// All of them, in the order in which they are best met.
    pub const ALL: [Self; 11] = [
        Self::Fifo,
        Self::Lru,
        Self::Lfu,
        Self::Clock,
        Self::Sieve,
        Self::Slru,
        Self::TwoQ,
        Self::Arc,
        Self::Lirs,
        Self::S3Fifo,
        Self::WTinyLfu,
    ];

    /// Permanent id, in kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Lru => "lru",
            Self::Lfu => "lfu",
            Self::Clock => "clock",
            Self::Sieve => "sieve",
            Self::Slru => "slru",
            Self::TwoQ => "2q",
            Self::Arc => "arc",
            Self::Lirs => "lirs",
            Self::S3Fifo => "s3-fifo",
            Self::WTinyLfu => "w-tinylfu",
        }
    }

    /// The policy of this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.id() == id)
    }
}

/// What was evicted, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Eviction {
    /// The key that went.
    pub key: u64,
    /// The rule that chose it, with its numbers.
    pub rule: Rule,
}

/// Why a key was evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It came first (FIFO).
    FirstIn,
    /// It was not used for longest (LRU; the frequent half of ARC and 2Q).
    LeastRecentlyUsed,
    /// It was used least often, and of those that were it was not used for longest (LFU).
    LeastFrequentlyUsed {
        /// Uses since it was inserted; being inserted is one.
        uses: u32,
    },
    /// Its rank was the lowest by the learner's own rules, and of those that had it, it was not used for longest.
    LowestRank {
        /// The rank, without what follows the point.
        rank: i64,
    },
    /// It was the first that the hand found unused since its last visit (Clock, SIEVE, main queue of S3-FIFO).
    Unused {
        /// How many used ones the hand passed by on its way, and marked as unused.
        spared: u32,
    },
    /// It was not used for longest of those on probation: not used again since they came (ARC, 2Q, S3-FIFO), in the
    /// lowest segment (SLRU), or with too long between two uses (LIRS).
    OnProbation,
    /// It fell out of the window and was not more frequent than what it would have displaced (W-TinyLFU).
    NotAdmitted {
        /// Estimate of its uses.
        uses: u32,
        /// Estimate of the uses of the one that stayed.
        others_uses: u32,
    },
    /// A more frequent one came out of the window and took its place (W-TinyLFU).
    Displaced {
        /// Estimate of its uses.
        uses: u32,
        /// Estimate of the uses of the one that came.
        others_uses: u32,
    },
}
