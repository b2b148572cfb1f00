//! S3-FIFO: three FIFO queues. A new key is on probation in a small one; one that was used there, or comes back soon
//! after it fell out, enters the main one, which spares what was used since its last turn.
//!
//! Source: J. Yang and others, *FIFO Queues are All You Need for Cache Eviction*, SOSP 2023, algorithm 1, with the
//! parameters of libCacheSim's `S3FIFO`: small queue 10 % of the capacity, ghosts 90 %, two uses to move to the main
//! queue, counters up to 3. Unlike there, the small queue has room for one key below a capacity of 20 too.

use super::entries::Entries;
use super::policy::{Eviction, Rule};

const SMALL: u8 = 0;
const MAIN: u8 = 1;
const GHOST: u8 = 2;
/// Uses are counted up to here.
const MOST_USES: u32 = 3;
/// So many uses on probation move a key to the main queue.
const ENOUGH_USES: u32 = 2;

#[derive(Clone, Debug, Hash)]
pub(super) struct S3Fifo {
    capacity: u32,
    entries: Entries,
    /// Whether the cache was ever full.
    has_evicted: bool,
}

impl S3Fifo {
    pub(super) fn new(capacity: u32) -> Self {
        Self { capacity, entries: Entries::new(3), has_evicted: false }
    }

    pub(super) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(super) fn touch(&mut self, key: u64) -> bool {
        let Some(place) = self.entries.find_in(GHOST, key) else { return false };
        self.entries.set_uses(place, (self.entries.uses(place) + 1).min(MOST_USES));
        true
    }

    pub(super) fn insert(&mut self, key: u64) -> Option<Eviction> {
        let ghost = self.entries.find(key);
        if let Some(place) = ghost {
            self.entries.remove(place);
        }
        let len = |list| self.entries.len_of(list);
        let small = (self.capacity / 10).max(1);
        let mut evicted = None;
        if len(SMALL) + len(MAIN) >= self.capacity {
            self.has_evicted = true;
            if len(MAIN) <= self.capacity - small {
                evicted = self.evict_small();
            }
            evicted = evicted.or_else(|| self.evict_main());
        }
        // While the cache fills for the first time nothing tells who belongs on probation.
        let passes = !self.has_evicted && self.entries.len_of(SMALL) >= small;
        self.entries.push(if ghost.is_some() || passes { MAIN } else { SMALL }, key, 0);
        evicted
    }

    pub(super) fn remove(&mut self, key: u64) -> bool {
        let place = self.entries.find_in(GHOST, key);
        place.map(|place| self.entries.remove(place)).is_some()
    }

    /// The oldest on probation that was not used enough; those before it move to the main queue.
    fn evict_small(&mut self) -> Option<Eviction> {
        while let Some(place) = self.entries.oldest(SMALL) {
            let uses = self.entries.uses(place);
            self.entries.set_uses(place, 0);
            if uses >= ENOUGH_USES {
                self.entries.renew(place, MAIN);
                continue;
            }
            let key = self.entries.key(place);
            self.entries.renew(place, GHOST);
            if u64::from(self.entries.len_of(GHOST)) > u64::from(self.capacity) * 9 / 10 {
                self.entries.pop(GHOST);
            }
            return Some(Eviction { key, rule: Rule::OnProbation });
        }
        None
    }

    fn evict_main(&mut self) -> Option<Eviction> {
        let mut spared = 0;
        loop {
            let place = self.entries.oldest(MAIN)?;
            let uses = self.entries.uses(place);
            if uses == 0 {
                return Some(Eviction { key: self.entries.remove(place), rule: Rule::Unused { spared } });
            }
            self.entries.set_uses(place, uses - 1);
            self.entries.renew(place, MAIN);
            spared += 1;
        }
    }
}
