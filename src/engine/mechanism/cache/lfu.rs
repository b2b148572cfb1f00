//! LFU: the least frequently used goes, of equals the least recently used.
//!
//! Uses are counted from the insertion on and forgotten with the eviction ('in-cache LFU'), as in libCacheSim's `LFU` and
//! in Redis, whose counter is approximate and ages. Nothing ages here: a key that was once hot stays for long.

use super::entries::Entries;
use super::policy::{Eviction, Rule};
use super::ranking::Ranking;
use std::hash::{Hash, Hasher};

#[derive(Clone, Debug)]
pub(super) struct Lfu {
    capacity: u32,
    entries: Entries,
    /// Places by uses and then by the time of the last use.
    ranking: Ranking,
    /// Counts uses of any key.
    clock: u64,
}

impl Lfu {
    pub(super) fn new(capacity: u32) -> Self {
        Self { capacity, entries: Entries::new(1), ranking: Ranking::default(), clock: 0 }
    }

    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(super) fn bytes(&self) -> usize {
        self.ranking.bytes()
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find(key) else { return false };
        self.entries.renew(place, 0);
        self.count(place);
        true
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let full = self.entries.len_of(0) >= self.capacity;
        let evicted = self.ranking.lowest().filter(|_| full).map(|place| {
            let rule = Rule::LeastFrequentlyUsed { uses: self.entries.uses(place) };
            Eviction { key: self.remove_at(place), rule }
        });
        let place = self.entries.push(0, key, 0);
        self.count(place);
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        let place = self.entries.find(key);
        place.map(|place| self.remove_at(place)).is_some()
    }

    fn remove_at(&mut self, place: u32) -> u64 {
        self.ranking.remove(place);
        self.entries.remove(place)
    }

    fn count(&mut self, place: u32) {
        let uses = self.entries.uses(place).saturating_add(1);
        self.entries.set_uses(place, uses);
        self.clock += 1;
        self.ranking.set(place, (u64::from(uses), self.clock));
    }
}

/// The entries stand in the order of their last use, so they have all that the ranking goes by.
impl Hash for Lfu {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.capacity.hash(state);
        self.entries.hash(state);
    }
}
