//! A cache: what it keeps, what it evicts, and what protects the database behind it.
//!
//! ```text
//!   lookup ──► hit
//!      └─────► miss ──► SingleFlight::join ──► database ──► insert ──► who was evicted      remove · Lifetime · XFetch
//! ```
//!
//! [`Cache`] knows which keys are kept under one eviction [`Policy`]; values, times of expiry and sizes are the world's.
//! [`clairvoyant`] is the bound that no policy beats. [`Bloom`] answers for keys that don't exist; [`Lifetime`] and
//! [`XFetch`] say when an entry is stale and when it is renewed; [`SingleFlight`] lets one of many callers fetch.
//! [`reference_model`] has the formulas for independent requests.
//!
//! Invariants: a cache never holds more keys than its capacity; an insertion evicts at most one key; what happens depends
//! on nothing but the calls.
//!
//! ```
//! use engine::mechanism::cache::{Cache, Policy};
//! let mut cache = Cache::new(Policy::Lru, 2);
//! for key in [1, 2, 1, 3] {
//!     cache.request(key);
//! }
//! assert!(cache.contains(1) && !cache.contains(2));
//! ```

mod arc;
mod bloom;
pub mod clairvoyant;
mod entries;
mod lfu;
mod lifetime;
mod lirs;
mod policy;
mod queues;
mod ranking;
pub mod reference_model;
mod ruled;
mod s3_fifo;
mod single_flight;
mod sketch;
mod slru;
#[cfg(test)]
mod tests;
mod tiny_lfu;
mod two_queue;
mod x_fetch;

pub use bloom::{Bloom, BloomSize, bloom_rate};
pub use lifetime::{Freshness, Lifetime, jittered};
pub use policy::{Eviction, Policy, Rule};
pub use queues::Lru;
pub use single_flight::{Joined, Landed, SingleFlight};
pub use x_fetch::XFetch;

use arc::Arc;
use lfu::Lfu;
use lirs::Lirs;
use queues::{Kind, Queue};
use ruled::Ruled;
use s3_fifo::S3Fifo;
use slru::Slru;
use tiny_lfu::WTinyLfu;
use two_queue::TwoQueue;

use super::rules::RuleError;

/// What a policy remembers.
#[derive(Clone, Debug, Hash)]
enum State {
    Queue(Queue),
    Lfu(Lfu),
    Slru(Slru),
    TwoQueue(TwoQueue),
    Arc(Arc),
    Lirs(Lirs),
    S3Fifo(S3Fifo),
    WTinyLfu(WTinyLfu),
    Ruled(Ruled),
}

/// The same call on whichever policy it is.
macro_rules! each {
    ($state:expr, $policy:ident => $call:expr) => {
        match $state {
            State::Queue($policy) => $call,
            State::Lfu($policy) => $call,
            State::Slru($policy) => $call,
            State::TwoQueue($policy) => $call,
            State::Arc($policy) => $call,
            State::Lirs($policy) => $call,
            State::S3Fifo($policy) => $call,
            State::WTinyLfu($policy) => $call,
            State::Ruled($policy) => $call,
        }
    };
}

/// The keys that a cache of limited size keeps, under one policy. Every key takes the same room.
///
/// A clone goes its own way from there. Hashing goes by what is kept and what the policy remembers of it, in its order.
#[derive(Clone, Debug, Hash)]
pub struct Cache {
    policy: Option<Policy>,
    capacity: u32,
    state: State,
}

/// What came of a request that is answered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// Whether the key was there.
    pub hit: bool,
    /// What had to go for it, if it was not.
    pub evicted: Option<Eviction>,
}

impl Cache {
    /// An empty cache for so many keys. One of capacity zero never keeps anything. Memory is taken as keys come, but for
    /// the sketch of [`Policy::WTinyLfu`].
    pub fn new(policy: Policy, capacity: u32) -> Self {
        let state = match policy {
            Policy::Fifo => State::Queue(Queue::new(Kind::Fifo, capacity)),
            Policy::Lru => State::Queue(Queue::new(Kind::Lru, capacity)),
            Policy::Clock => State::Queue(Queue::new(Kind::Clock, capacity)),
            Policy::Sieve => State::Queue(Queue::new(Kind::Sieve, capacity)),
            Policy::Lfu => State::Lfu(Lfu::new(capacity)),
            Policy::Slru => State::Slru(Slru::quarters(capacity)),
            Policy::TwoQ => State::TwoQueue(TwoQueue::new(capacity)),
            Policy::Arc => State::Arc(Arc::new(capacity)),
            Policy::Lirs => State::Lirs(Lirs::new(capacity)),
            Policy::S3Fifo => State::S3Fifo(S3Fifo::new(capacity)),
            Policy::WTinyLfu => State::WTinyLfu(WTinyLfu::new(capacity, (capacity / 100).max(1))),
        };
        Self { policy: Some(policy), capacity, state }
    }

    /// W-TinyLFU with a window of so many keys; [`Cache::new`] takes a hundredth of the capacity, at least one. Every key
    /// comes in through the window, so that without one nothing is ever kept: libCacheSim 0.3.5 rounds a hundredth down,
    /// and its W-TinyLFU is idle below a capacity of 100.
    pub fn w_tiny_lfu(capacity: u32, window: u32) -> Self {
        let state = State::WTinyLfu(WTinyLfu::new(capacity, window));
        Self { policy: Some(Policy::WTinyLfu), capacity, state }
    }

    /// A policy of one's own: [`rules`](super::rules) that run when a key is inserted or used and set its `rank`. The key
    /// of the lowest rank is evicted, of equals the least recently used.
    ///
    /// # Errors
    /// Where the rules are wrong, and what is allowed there.
    pub fn by_rules(rules: &str, capacity: u32) -> Result<Self, RuleError> {
        Ok(Self { policy: None, capacity, state: State::Ruled(Ruled::new(rules, capacity)?) })
    }

    /// The policy; none if it follows rules of one's own.
    pub fn policy(&self) -> Option<Policy> {
        self.policy
    }

    /// How many keys fit.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// How many keys are there.
    pub fn len(&self) -> u32 {
        match &self.state {
            State::Queue(queue) => queue.entries().len_of(0),
            State::Lfu(lfu) => lfu.entries().len_of(0),
            State::Ruled(ruled) => ruled.entries().len_of(0),
            State::Slru(slru) => (0..4).map(|segment| slru.entries().len_of(segment)).sum(),
            State::TwoQueue(policy) => policy.entries().len_of(0) + policy.entries().len_of(1),
            State::S3Fifo(policy) => policy.entries().len_of(0) + policy.entries().len_of(1),
            State::Arc(arc) => arc.entries().len_of(0) + arc.entries().len_of(1),
            State::Lirs(lirs) => lirs.len(),
            State::WTinyLfu(policy) => policy.len(),
        }
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a key is there; to ask counts for nothing.
    pub fn contains(&self, key: u64) -> bool {
        match &self.state {
            State::Queue(queue) => queue.entries().find(key).is_some(),
            State::Lfu(lfu) => lfu.entries().find(key).is_some(),
            State::Ruled(ruled) => ruled.entries().find(key).is_some(),
            State::Slru(slru) => slru.entries().find(key).is_some(),
            // Keys of the further lists are known, but no longer there.
            State::TwoQueue(policy) => policy.entries().find_in(2, key).is_some(),
            State::S3Fifo(policy) => policy.entries().find_in(2, key).is_some(),
            State::Arc(arc) => arc.entries().find_in(2, key).is_some(),
            State::Lirs(lirs) => lirs.contains(key),
            State::WTinyLfu(policy) => policy.contains(key),
        }
    }

    /// A reader asks for a key: true if it is there, which counts as a use.
    pub fn lookup(&mut self, key: u64) -> bool {
        each!(&mut self.state, policy => policy.touch(key))
    }

    /// Keeps a key, as after a miss, and says what had to go for it: another key, or (under [`Policy::WTinyLfu`]) the one
    /// that falls out of the window. A key that is there already is only used once more.
    pub fn insert(&mut self, key: u64) -> Option<Eviction> {
        if self.capacity == 0 || self.lookup(key) {
            return None;
        }
        each!(&mut self.state, policy => policy.insert(key))
    }

    /// A lookup, and an insertion if that misses: a read through the cache that takes no time.
    pub fn request(&mut self, key: u64) -> Outcome {
        let hit = self.lookup(key);
        Outcome { hit, evicted: if hit { None } else { self.insert(key) } }
    }

    /// Drops a key, as when it expires or is invalidated; true if it was there. What the policy knows of keys that it
    /// evicted earlier stays.
    pub fn remove(&mut self, key: u64) -> bool {
        each!(&mut self.state, policy => policy.remove(key))
    }

    /// Under [`Policy::Arc`], how many of its keys should be such as were seen only once: its guess at the balance of
    /// recency and frequency.
    pub fn recency_target(&self) -> Option<f64> {
        if let State::Arc(arc) = &self.state { Some(arc.target()) } else { None }
    }

    /// About how many bytes of memory this takes: the keys' book, not what a real cache would store under them.
    pub fn approx_bytes(&self) -> usize {
        match &self.state {
            State::Queue(queue) => queue.entries().bytes(),
            State::Lfu(lfu) => lfu.entries().bytes() + lfu.bytes(),
            State::Slru(slru) => slru.entries().bytes(),
            State::TwoQueue(policy) => policy.entries().bytes(),
            State::S3Fifo(policy) => policy.entries().bytes(),
            State::Arc(arc) => arc.entries().bytes(),
            State::Lirs(lirs) => lirs.bytes(),
            State::WTinyLfu(policy) => policy.bytes(),
            State::Ruled(ruled) => ruled.entries().bytes() + ruled.bytes(),
        }
    }
}
