//! Segmented LRU: each use promotes by one segment, an overfull segment gives its least recently used to the one below.
//!
//! Sources: R. Karedla, J. S. Love, B. G. Wherry, *Caching Strategies to Improve Disk System Performance*, IEEE Computer
//! 1994 (two segments); Q. Huang and others, *An Analysis of Facebook Photo Caching*, SOSP 2013 (four, 'S4LRU'). As in
//! libCacheSim's `SLRU` a new key goes into the lowest segment that has room, so at first all fill up from below. Where
//! the capacity can't be divided evenly the lowest segment takes the rest; libCacheSim has it exceed its limit instead,
//! and evicts on a hit then.

use super::entries::Entries;
use super::policy::{Eviction, Rule};

#[derive(Clone, Debug, Hash)]
pub(super) struct Slru {
    /// How many keys each segment holds at most, from the lowest.
    limits: Vec<u32>,
    entries: Entries,
}

impl Slru {
    /// Four equal segments.
    pub(super) fn quarters(capacity: u32) -> Self {
        let quarter = capacity / 4;
        Self::new(vec![capacity - 3 * quarter, quarter, quarter, quarter])
    }

    /// Segments of these sizes, from the lowest.
    pub(super) fn new(limits: Vec<u32>) -> Self {
        Self { entries: Entries::new(limits.len()), limits }
    }

    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find(key) else { return false };
        let from = self.entries.list_of(place);
        let to = (from + 1).min(self.limits.len() as u8 - 1);
        if self.limits[usize::from(to)] == 0 {
            self.entries.renew(place, from);
            return true;
        }
        self.entries.renew(place, to);
        // The one that is pushed down takes the room that the promoted one left.
        if self.entries.len_of(to) > self.limits[usize::from(to)]
            && let Some(oldest) = self.entries.oldest(to)
        {
            self.entries.renew(oldest, from);
        }
        true
    }

    /// The key that would be evicted.
    pub(super) fn victim(&self) -> Option<u32> {
        (0..self.limits.len() as u8).find_map(|segment| self.entries.oldest(segment))
    }

    /// Adds a key to the lowest segment with room; without any, nothing happens.
    pub(super) fn admit(&mut self, key: u64) {
        let room = |segment: &u8| self.entries.len_of(*segment) < self.limits[usize::from(*segment)];
        if let Some(segment) = (0..self.limits.len() as u8).find(room) {
            self.entries.push(segment, key, 0);
        }
    }

    /// Whether every segment is full.
    pub(super) fn is_full(&self) -> bool {
        (0..).zip(&self.limits).all(|(segment, &limit)| self.entries.len_of(segment) >= limit)
    }

    pub(super) fn remove_at(&mut self, place: u32) -> u64 {
        self.entries.remove(place)
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let victim = if self.is_full() { self.victim() } else { None };
        let evicted = victim.map(|place| Eviction { key: self.remove_at(place), rule: Rule::OnProbation });
        self.admit(key);
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        let place = self.entries.find(key);
        place.map(|place| self.entries.remove(place)).is_some()
    }
}
