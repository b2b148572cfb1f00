//! The policies of a single queue: FIFO, LRU, Clock and SIEVE.
//!
//! Sources: LRU and FIFO as everywhere. Clock: F. J. Corbató, *A Paging Experiment with the Multics System*, 1968, with
//! one bit; kept as a queue in which a used key goes back to the newer end, which is the same as a hand that goes round
//! (libCacheSim's `Clock`). SIEVE: Y. Zhang and others, *SIEVE is Simpler than LRU*, NSDI 2024, figure 1: the hand goes
//! from the oldest to the newest, and what it spares keeps its place.

use super::entries::Entries;
use super::policy::{Eviction, Rule};

/// Which of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Fifo,
    Lru,
    Clock,
    Sieve,
}

#[derive(Clone, Debug, Hash)]
pub(super) struct Queue {
    kind: Kind,
    capacity: u32,
    entries: Entries,
    /// SIEVE's hand, by key; none stands for the oldest.
    hand: Option<u64>,
}

impl Queue {
    pub(super) fn new(kind: Kind, capacity: u32) -> Self {
        Self { kind, capacity, entries: Entries::new(1), hand: None }
    }

    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find(key) else { return false };
        match self.kind {
            Kind::Fifo => {}
            Kind::Lru => self.entries.renew(place, 0),
            Kind::Clock | Kind::Sieve => self.entries.set_uses(place, 1),
        }
        true
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let evicted = if self.entries.len_of(0) < self.capacity { None } else { self.evict() };
        self.entries.push(0, key, 0);
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find(key) else { return false };
        self.remove_at(place);
        true
    }

    fn remove_at(&mut self, place: u32) -> u64 {
        if self.hand == Some(self.entries.key(place)) {
            self.hand = self.entries.newer(place).map(|newer| self.entries.key(newer));
        }
        self.entries.remove(place)
    }

    fn evict(&mut self) -> Option<Eviction> {
        let oldest = self.entries.oldest(0)?;
        let (place, rule) = match self.kind {
            Kind::Fifo => (oldest, Rule::FirstIn),
            Kind::Lru => (oldest, Rule::LeastRecentlyUsed),
            Kind::Clock => {
                let (mut place, mut spared) = (oldest, 0);
                while self.entries.uses(place) > 0 {
                    self.entries.set_uses(place, 0);
                    self.entries.renew(place, 0);
                    place = self.entries.oldest(0)?;
                    spared += 1;
                }
                (place, Rule::Unused { spared })
            }
            Kind::Sieve => {
                let mut place = self.hand.and_then(|key| self.entries.find(key)).unwrap_or(oldest);
                let mut spared = 0;
                while self.entries.uses(place) > 0 {
                    self.entries.set_uses(place, 0);
                    place = self.entries.newer(place).unwrap_or(oldest);
                    spared += 1;
                }
                self.hand = Some(self.entries.key(place));
                (place, Rule::Unused { spared })
            }
        };
        Some(Eviction { key: self.remove_at(place), rule })
    }
}

/// A cache under LRU and nothing else: what [`Cache`](super::Cache) is with [`Policy::Lru`](super::Policy::Lru). A worker
/// whose figures need no other policy carries the code of none.
#[derive(Clone, Debug, Hash)]
pub struct Lru(Queue);

impl Lru {
    /// An empty one for so many keys.
    pub fn new(capacity: u32) -> Self {
        Self(Queue::new(Kind::Lru, capacity))
    }

    /// How many keys are there.
    pub fn len(&self) -> u32 {
        self.0.entries.len_of(0)
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A reader asks for a key: true if it is there, which counts as a use.
    pub fn lookup(&mut self, key: u64) -> bool {
        self.0.touch(key)
    }

    /// Keeps a key, and says what had to go for it. A key that is there already is only used once more.
    pub fn insert(&mut self, key: u64) -> Option<Eviction> {
        if self.0.capacity == 0 || self.lookup(key) { None } else { self.0.insert(key) }
    }

    /// Drops a key; true if it was there.
    pub fn remove(&mut self, key: u64) -> bool {
        self.0.remove(key)
    }

    /// About how many bytes of memory this takes.
    pub fn approx_bytes(&self) -> usize {
        self.0.entries.bytes()
    }
}
