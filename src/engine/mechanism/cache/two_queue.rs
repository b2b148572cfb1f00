//! 2Q: a new key waits in a FIFO queue; only one that comes back after it fell out there enters the main LRU.
//!
//! Source: T. Johnson, D. Shasha, *2Q: A Low Overhead High Performance Buffer Management Replacement Algorithm*, VLDB
//! 1994 ('full version'), with the sizes of libCacheSim's `TwoQ`: A1in a quarter of the capacity, A1out half as many
//! ghosts as there is capacity. Unlike there, A1in has room for one key in the smallest cache too.

use super::entries::Entries;
use super::policy::{Eviction, Rule};

const IN: u8 = 0;
const MAIN: u8 = 1;
const OUT: u8 = 2;

#[derive(Clone, Debug, Hash)]
pub(super) struct TwoQueue {
    capacity: u32,
    entries: Entries,
}

impl TwoQueue {
    pub(super) fn new(capacity: u32) -> Self {
        Self { capacity, entries: Entries::new(3) }
    }

    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find_in(OUT, key) else { return false };
        if self.entries.list_of(place) == MAIN {
            self.entries.renew(place, MAIN);
        }
        true
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let ghost = self.entries.find(key);
        if let Some(place) = ghost {
            self.entries.remove(place);
        }
        let full = self.entries.len_of(IN) + self.entries.len_of(MAIN) >= self.capacity;
        let evicted = if full { self.evict() } else { None };
        self.entries.push(if ghost.is_some() { MAIN } else { IN }, key, 0);
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        let place = self.entries.find_in(OUT, key);
        place.map(|place| self.entries.remove(place)).is_some()
    }

    fn evict(&mut self) -> Option<Eviction> {
        let waiting = self.entries.len_of(IN);
        if waiting <= (self.capacity / 4).max(1) && self.entries.len_of(MAIN) > 0 {
            return self.entries.pop(MAIN).map(|key| Eviction { key, rule: Rule::LeastRecentlyUsed });
        }
        let place = self.entries.oldest(IN)?;
        let key = self.entries.key(place);
        self.entries.renew(place, OUT);
        if self.entries.len_of(OUT) > self.capacity / 2 {
            self.entries.pop(OUT);
        }
        Some(Eviction { key, rule: Rule::OnProbation })
    }
}
