//! Clairvoyant replacement: the fewest misses that any policy could have had, from a recorded stream of keys.
//!
//! Source: L. A. Belady, *A Study of Replacement Algorithms for a Virtual-Storage Computer*, 1966 (MIN, also OPT): evict
//! the key whose next request is farthest away. Optimal among policies that keep every key that was just asked for, which
//! all of [`super::Policy`] do.

use super::ranking::Ranking;
use crate::sim::Numbering;

/// A stream of keys, prepared for asking about several capacities.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// Keys by their number, one a request.
    numbers: Vec<u32>,
    /// When the same key is asked for next; the stream's length if never.
    next: Vec<u32>,
}

impl Stream {
    /// The stream of these keys; beyond 2³² − 1 of them the rest is left out.
    pub fn new(keys: impl IntoIterator<Item = u64>) -> Self {
        let mut numbering = Numbering::default();
        let keys = keys.into_iter().take(u32::MAX as usize);
        let numbers: Vec<u32> = keys.map(|key| numbering.number(key)).collect();
        let never = numbers.len() as u32;
        let mut next = vec![never; numbers.len()];
        let mut upcoming = vec![never; numbering.len()];
        for (at, &number) in numbers.iter().enumerate().rev() {
            next[at] = core::mem::replace(&mut upcoming[number as usize], at as u32);
        }
        Self { numbers, next }
    }

    /// How many requests there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The fewest misses of a cache for so many keys, empty at first.
    pub fn fewest_misses(&self, capacity: u32) -> usize {
        // Farthest first, so the lowest rank is what is left until the end.
        let mut kept = Ranking::default();
        let mut is_kept = vec![false; self.numbers.len()];
        let mut misses = 0;
        for (&number, &next) in self.numbers.iter().zip(&self.next) {
            if !is_kept[number as usize] {
                misses += 1;
                if capacity == 0 {
                    continue;
                }
                if kept.len() >= capacity as usize
                    && let Some(farthest) = kept.lowest()
                {
                    kept.remove(farthest);
                    is_kept[farthest as usize] = false;
                }
                is_kept[number as usize] = true;
            }
            kept.set(number, (u64::from(u32::MAX - next), 0));
        }
        misses
    }
}
