//! ARC: one LRU list of keys seen once, one of keys seen again, and a share between them that learns from mistakes.
//!
//! Source: N. Megiddo, D. S. Modha, *ARC: A Self-Tuning, Low Overhead Replacement Cache*, FAST 2003, figure 4, as
//! libCacheSim's `ARC` has it: what was evicted stays known as a ghost (B1, B2); a key that comes back from B1 says that
//! T1 was too small, from B2 that T2 was, and moves the target size p of T1. Shares of a step are real numbers here and
//! there, where the paper leaves open how they are rounded.
//!
//! A ghost is noticed when its key is inserted again, not when it is asked for: between the two lies the database.

use super::entries::Entries;
use super::policy::{Eviction, Rule};
use std::hash::{Hash, Hasher};

const T1: u8 = 0;
const T2: u8 = 1;
const B1: u8 = 2;
const B2: u8 = 3;

#[derive(Clone, Debug)]
pub(super) struct Arc {
    capacity: u32,
    entries: Entries,
    /// Target size of T1, 0 to the capacity.
    target: f64,
}

impl Arc {
    pub(super) fn new(capacity: u32) -> Self {
        Self { capacity, entries: Entries::new(4), target: 0.0 }
    }

    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    /// The target size of the list of keys seen once.
    pub(super) fn target(&self) -> f64 {
        self.target
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find_in(B1, key) else { return false };
        self.entries.renew(place, T2);
        true
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let ghost = self.entries.find(key);
        let from = ghost.map(|place| self.entries.list_of(place));
        if let Some(place) = ghost {
            self.learn(from == Some(B1));
            self.entries.remove(place);
        }
        let len = |list| self.entries.len_of(list);
        let full = len(T1) + len(T2) >= self.capacity;
        let mut evicted = None;
        if ghost.is_none() && len(T1) + len(B1) >= self.capacity {
            // Keys seen once fill all that they may: forget one, if need be without a ghost.
            if self.entries.pop(B1).is_some() {
                evicted = if full { self.replace(false) } else { None };
            } else {
                evicted = self.entries.pop(T1).map(|key| Eviction { key, rule: Rule::OnProbation });
            }
        } else if full {
            let ghosts = len(B1) + len(B2);
            if ghost.is_none() && ghosts >= self.capacity {
                self.entries.pop(B2);
            }
            evicted = self.replace(from == Some(B2));
        }
        self.entries.push(if from.is_some() { T2 } else { T1 }, key, 0);
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        let place = self.entries.find_in(B1, key);
        place.map(|place| self.entries.remove(place)).is_some()
    }

    /// A ghost came back: the list that it was evicted from should have been larger.
    fn learn(&mut self, seen_once: bool) {
        let (b1, b2) = (f64::from(self.entries.len_of(B1)), f64::from(self.entries.len_of(B2)));
        self.target = if seen_once {
            (self.target + (b2 / b1).max(1.0)).min(f64::from(self.capacity))
        } else {
            (self.target - (b1 / b2).max(1.0)).max(0.0)
        };
    }

    /// Makes a ghost of the least recently used of T1, if that is larger than its target, or else of T2.
    fn replace(&mut self, from_b2: bool) -> Option<Eviction> {
        let t1 = f64::from(self.entries.len_of(T1));
        let over = t1 > self.target || (from_b2 && t1 >= self.target);
        let from_t1 = t1 > 0.0 && over || self.entries.len_of(T2) == 0;
        let (list, ghosts, rule) =
            if from_t1 { (T1, B1, Rule::OnProbation) } else { (T2, B2, Rule::LeastRecentlyUsed) };
        let place = self.entries.oldest(list)?;
        self.entries.renew(place, ghosts);
        Some(Eviction { key: self.entries.key(place), rule })
    }
}

impl Hash for Arc {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.capacity, self.target.to_bits()).hash(state);
        self.entries.hash(state);
    }
}
