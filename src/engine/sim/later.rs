//! Keys of events that are not due soon, in buckets by time, so that the heap before them stays small.
//!
//! With 100,000 events pending, a heap misses the cache at its lower levels; a bucket is only ever appended to, and
//! poured whole into the heap when its time comes (after the ladder queue of Tang, Goh and Thng, 2005, with one rung).
//! The heap orders what it is given, so how times are spread over the buckets matters for speed and for nothing else.

use super::heap::{Heap, Key};
use super::sort::sort_by_key;

/// Buckets over the time that is laid out.
const BUCKETS: usize = 256;
/// Keys whose times tell how all are spread.
const SAMPLE: usize = 512;

/// Keys from some time on. Nothing is here until [`Later::spread`] is called.
#[derive(Clone, Debug)]
pub(super) struct Later {
    /// Keys up to and including this time belong into the heap.
    after: u64,
    /// Start of the first bucket, and the width of a bucket as a power of two.
    start: u64,
    width_log2: u32,
    /// Empty, or [`BUCKETS`] of them.
    buckets: Vec<Vec<Key>>,
    /// The next bucket to pour.
    next: usize,
    /// Keys behind the last bucket.
    beyond: Vec<Key>,
    /// Keys in buckets and beyond.
    len: usize,
}

impl Default for Later {
    fn default() -> Self {
        let (buckets, beyond) = (Vec::new(), Vec::new());
        Self { after: u64::MAX, start: 0, width_log2: 0, buckets, next: 0, beyond, len: 0 }
    }
}

impl Later {
    /// Keys after this time belong here, the others into the heap. At first that is the end of time.
    #[inline]
    pub fn after(&self) -> u64 {
        self.after
    }

    /// How many keys are here.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a key whose time is after [`Later::after`].
    pub fn push(&mut self, key: Key) {
        self.len += 1;
        let bucket = (key.time() - self.start) >> self.width_log2;
        // Compared before it is cut to the machine's word.
        if bucket < BUCKETS as u64 {
            self.buckets[bucket as usize].push(key);
        } else {
            self.beyond.push(key);
        }
    }

    /// Lays out these keys and those beyond, when there are no others, so that about nine tenths of them fill the buckets
    /// evenly where times are smooth.
    pub fn spread(&mut self, mut all: Vec<Key>) {
        all.append(&mut self.beyond);
        let Some(least) = all.iter().min() else { return };
        self.start = least.time();
        let mut sample: Vec<u64> =
            all.iter().step_by(all.len().div_ceil(SAMPLE)).map(|key| key.time()).collect();
        sort_by_key(&mut sample, |time| *time);
        let reach = sample[sample.len() * 9 / 10] - self.start;
        self.width_log2 = (reach / BUCKETS as u64 + 1).next_power_of_two().ilog2();
        self.buckets.resize_with(BUCKETS, Vec::new);
        self.next = 0;
        self.len = 0;
        for key in all {
            self.push(key);
        }
    }

    /// Pours the next keys into the heap; false if there are none, and then nothing belongs here any more.
    pub fn pour(&mut self, heap: &mut Heap) -> bool {
        while self.len > 0 {
            while let Some(bucket) = self.buckets.get_mut(self.next) {
                self.next += 1;
                let end = u128::from(self.start) + ((self.next as u128) << self.width_log2);
                self.after = u64::try_from(end - 1).unwrap_or(u64::MAX);
                if !bucket.is_empty() {
                    self.len -= bucket.len();
                    bucket.drain(..).for_each(|key| heap.push(key));
                    return true;
                }
            }
            self.spread(Vec::new());
        }
        self.after = u64::MAX;
        false
    }

    /// Adds all keys to a list, in no order.
    pub fn list(&self, keys: &mut Vec<Key>) {
        for bucket in &self.buckets {
            keys.extend_from_slice(bucket);
        }
        keys.extend_from_slice(&self.beyond);
    }

    /// Forgets all keys and keeps the memory.
    pub fn clear(&mut self) {
        self.buckets.iter_mut().for_each(Vec::clear);
        self.beyond.clear();
        self.after = u64::MAX;
        self.len = 0;
    }
}
