//! A cache before something slow: what it holds, for how long each entry is fresh, and how often it has an answer.
//!
//! Of an entry the part knows when it was stored and how long it lives; what else a figure wants to know of it (how long
//! fetching it took, which version it is) is the entry's value. The part only keeps: that something is fetched, by whom and
//! how often at once, is the figure's to say, with a [`Station`](super::Station) behind the cache and
//! [`SingleFlight`](crate::mechanism::cache::SingleFlight) between the two. Who is thrown out is the least recently used.
//!
//! ```
//! use engine::mechanism::cache::Freshness;
//! use engine::parts::ttl_cache::{Entry, TtlCache};
//! use engine::sim::{Span, Time};
//!
//! let mut cache = TtlCache::new(2);
//! for (page, version) in [(1, "a"), (2, "b"), (3, "c")] {
//!     cache.store(page, Entry { stored: Time::ZERO, ttl: Span::from_secs(10), value: version });
//! }
//! // The first had to go for the third.
//! assert!(cache.find(1).is_none());
//! let found = cache.find(3).unwrap();
//! assert_eq!((found.value, found.expiry()), ("c", Time::from_secs(10)));
//! // It may be served for another second while it is fetched anew.
//! let freshness = found.freshness(Time::from_secs(10), Span::from_secs(1));
//! assert_eq!(freshness, Freshness::Revalidate);
//! ```

#[cfg(test)]
mod tests;

use crate::mechanism::cache::{Freshness, Lifetime, Lru};
use crate::sim::statistics::RecentCount;
use crate::sim::{Span, Time};
use std::collections::BTreeMap;

/// The hit ratio is of so long.
const RECENT: Span = Span::from_secs(1);

/// What a cache has of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry<T> {
    /// When it was stored.
    pub stored: Time,
    /// For how long it is fresh from then on.
    pub ttl: Span,
    /// What the figure knows of it.
    pub value: T,
}

impl<T> Entry<T> {
    /// From when on it isn't fresh any more.
    pub fn expiry(&self) -> Time {
        self.stored + self.ttl
    }

    /// What it may be used for, where for so long after its time to live it is served while one reader renews it.
    pub fn freshness(&self, now: Time, stale: Span) -> Freshness {
        let lifetime = Lifetime { stale_while_revalidate: stale, ..Lifetime::of(self.ttl) };
        lifetime.freshness(now.since(self.stored))
    }
}

/// A cache whose entries expire.
#[derive(Clone, Debug)]
pub struct TtlCache<T> {
    places: u32,
    order: Lru,
    entries: BTreeMap<u64, Entry<T>>,
    hits: RecentCount,
    lookups: RecentCount,
}

impl<T: Copy> TtlCache<T> {
    /// An empty cache for so many keys.
    pub fn new(places: u32) -> Self {
        Self {
            places,
            order: Lru::new(places),
            entries: BTreeMap::new(),
            hits: RecentCount::over(RECENT),
            lookups: RecentCount::over(RECENT),
        }
    }

    /// What it has of a key that somebody asks for, however old it is: that counts as a use.
    pub fn find(&mut self, key: u64) -> Option<Entry<T>> {
        self.order.lookup(key);
        self.get(key).copied()
    }

    /// What it has of a key, which nobody uses.
    pub fn get(&self, key: u64) -> Option<&Entry<T>> {
        self.entries.get(&key)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, key: u64) -> Option<&mut Entry<T>> {
        self.entries.get_mut(&key)
    }

    /// Stores an entry, in place of the key's own or of the one that was used longest ago.
    pub fn store(&mut self, key: u64, entry: Entry<T>) {
        if self.places == 0 {
            return;
        }
        self.entries.insert(key, entry);
        if let Some(evicted) = self.order.insert(key) {
            self.entries.remove(&evicted.key);
        }
    }

    /// Drops a key.
    pub fn remove(&mut self, key: u64) {
        self.order.remove(key);
        self.entries.remove(&key);
    }

    /// About how many bytes of memory this takes.
    pub fn approx_bytes(&self) -> usize {
        // The nodes of a tree are two thirds full.
        self.order.approx_bytes() + self.entries.len() * size_of::<(u64, Entry<T>)>() * 3 / 2
    }

    /// Loses everything.
    pub fn clear(&mut self) {
        self.order = Lru::new(self.places);
        self.entries.clear();
    }

    /// So many places from now on. What is in it is stored anew, the highest key first, so that with fewer places the lowest
    /// keys stay.
    pub fn set_places(&mut self, places: u32) {
        let entries = core::mem::take(&mut self.entries);
        self.places = places;
        self.clear();
        entries.into_iter().rev().for_each(|(key, entry)| self.store(key, entry));
    }

    /// The keys that it has, the lowest first.
    pub fn keys(&self) -> impl Iterator<Item = u64> {
        self.entries.keys().copied()
    }

    /// How many it has.
    pub fn len(&self) -> u32 {
        self.order.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Counts somebody who asked for a key and could be answered, or couldn't.
    pub fn count(&mut self, is_hit: bool, now: Time) {
        self.lookups.record(now);
        if is_hit {
            self.hits.record(now);
        }
    }

    /// The share of those counted in the last second who could be answered; `None` if nobody was.
    pub fn hit_ratio(&self, now: Time) -> Option<f64> {
        let lookups = self.lookups.rate(now);
        (lookups > 0.0).then(|| (self.hits.rate(now) / lookups).min(1.0))
    }

    /// Each entry has its place, and there are no more than there are places.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        let (entries, kept) = (self.entries.len(), self.order.len());
        if entries != kept as usize || kept > self.places {
            return Err(format!("{entries} entries, and {kept} keys in {} places", self.places));
        }
        Ok(())
    }
}
