//! LIRS: what was used twice in a short while stays, however long ago; the rest passes through a small queue.
//!
//! Source: S. Jiang, X. Zhang, *LIRS: An Efficient Low Inter-reference Recency Set Replacement Policy to Improve Buffer
//! Cache Performance*, SIGMETRICS 2002. A stack S holds keys by recency: the LIR ones (short time between their last two
//! uses), and others that were used since the least recent LIR one, some of them no longer in the cache. A queue Q holds
//! the HIR keys that are in the cache. Sizes as libCacheSim's `LIRS`: 1 % of the capacity for HIR keys, at least one
//! place, and at most twice the capacity of keys in S.

use super::entries::Entries;
use super::policy::{Eviction, Rule};

/// How a key of the stack stands, kept as its number of uses.
const LIR: u32 = 0;
const HIR: u32 = 1;
const GONE: u32 = 2;

#[derive(Clone, Debug, Hash)]
pub(super) struct Lirs {
    capacity: u32,
    /// LIR keys in the cache.
    lir: u32,
    stack: Entries,
    queue: Entries,
    /// Keys of the stack that were evicted, by when.
    gone: Entries,
}

impl Lirs {
    pub(super) fn new(capacity: u32) -> Self {
        let [stack, queue, gone] = [1, 1, 1].map(Entries::new);
        Self { capacity, lir: 0, stack, queue, gone }
    }

    pub(super) fn len(&self) -> u32 {
        self.lir + self.queue.len_of(0)
    }

    pub(super) fn bytes(&self) -> usize {
        self.stack.bytes() + self.queue.bytes() + self.gone.bytes()
    }

    pub(super) fn contains(&self, key: u64) -> bool {
        self.stack.find(key).is_some_and(|place| self.stack.uses(place) == LIR)
            || self.queue.find(key).is_some()
    }

    fn most_lir(&self) -> u32 {
        self.capacity - (self.capacity / 100).max(1)
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        if !self.contains(key) {
            return false;
        }
        let waiting = self.queue.find(key);
        match (self.stack.find(key), waiting) {
            (Some(place), None) => {
                self.stack.renew(place, 0);
                self.prune();
            }
            (Some(place), Some(waiting)) => {
                self.stack.renew(place, 0);
                if self.most_lir() > 0 {
                    self.queue.remove(waiting);
                    self.promote(place);
                }
            }
            (None, Some(waiting)) => {
                self.queue.renew(waiting, 0);
                self.stack.push(0, key, HIR);
                self.limit();
            }
            (None, None) => {}
        }
        true
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let full = self.len() >= self.capacity;
        let evicted = if full { self.evict() } else { None };
        let known = self.stack.find(key);
        if let Some(place) = known {
            self.stack.renew(place, 0);
            self.stack.set_uses(place, HIR);
            if let Some(place) = self.gone.find(key) {
                self.gone.remove(place);
            }
        }
        let place = known.unwrap_or_else(|| self.stack.push(0, key, HIR));
        if self.lir < self.most_lir() || (known.is_some() && self.most_lir() > 0) {
            self.promote(place);
        } else {
            self.queue.push(0, key, 0);
        }
        self.limit();
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        if !self.contains(key) {
            return false;
        }
        if let Some(waiting) = self.queue.find(key) {
            self.queue.remove(waiting);
        } else {
            self.lir -= 1;
        }
        if let Some(place) = self.stack.find(key) {
            self.stack.remove(place);
        }
        self.prune();
        true
    }

    /// Makes a key of the stack LIR; if they are too many then, the least recent one becomes HIR.
    fn promote(&mut self, place: u32) {
        self.stack.set_uses(place, LIR);
        self.lir += 1;
        if self.lir > self.most_lir() {
            self.prune();
            if let Some(key) = self.stack.pop(0) {
                self.lir -= 1;
                self.queue.push(0, key, 0);
            }
        }
        self.prune();
    }

    /// The bottom of the stack is a LIR key: those below tell nothing.
    fn prune(&mut self) {
        while let Some(place) = self.stack.oldest(0).filter(|&place| self.stack.uses(place) != LIR) {
            let key = self.stack.remove(place);
            if let Some(place) = self.gone.find(key) {
                self.gone.remove(place);
            }
        }
    }

    /// Forgets those gone longest, while the stack is too large.
    fn limit(&mut self) {
        while u64::from(self.stack.len_of(0)) > 2 * u64::from(self.capacity) {
            let Some(key) = self.gone.pop(0) else { return };
            if let Some(place) = self.stack.find(key) {
                self.stack.remove(place);
            }
        }
    }

    fn evict(&mut self) -> Option<Eviction> {
        // After removals all keys may be LIR: the least recent one goes then.
        let Some(key) = self.queue.pop(0) else {
            self.prune();
            let key = self.stack.pop(0)?;
            self.lir -= 1;
            self.prune();
            return Some(Eviction { key, rule: Rule::LeastRecentlyUsed });
        };
        if let Some(place) = self.stack.find(key) {
            self.stack.set_uses(place, GONE);
            self.gone.push(0, key, 0);
        }
        Some(Eviction { key, rule: Rule::OnProbation })
    }
}
