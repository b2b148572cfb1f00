//! Hit ratios in closed form, for requests that are independent of each other and of time (the independent reference
//! model).
//!
//! Sources: W. F. King, *Analysis of Demand Paging Algorithms*, 1971 (exact, for LRU); H. Che, Y. Tung, Z. Wang,
//! *Hierarchical Web Caching Systems: Modeling, Design and Experimental Results*, IEEE JSAC 2002 (approximation for LRU).
//! Popularities are probabilities: at least zero, and one in all; [`crate::sim::Zipf`] has those of Zipf's law.

use crate::sim::sort;

/// Che's approximation: LRU as if every key stayed for the same *characteristic time* after its last request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Che {
    /// The characteristic time, in requests; infinite if everything fits.
    pub time: f64,
}

impl Che {
    /// For a cache of so many keys: the time in which so many different keys are expected to be asked for.
    pub fn new(popularity: &[f64], capacity: u32) -> Self {
        let capacity = f64::from(capacity);
        let asked_for = popularity.iter().filter(|&&p| p > 0.0).count() as f64;
        if capacity >= asked_for {
            return Self { time: f64::INFINITY };
        }
        if capacity == 0.0 {
            return Self { time: 0.0 };
        }
        let different = |time: f64| -> f64 { popularity.iter().map(|p| -libm::expm1(-p * time)).sum() };
        let (mut low, mut high) = (0.0, 1.0);
        while different(high) < capacity && high < 1e300 {
            low = high;
            high *= 2.0;
        }
        // Halved until two neighbouring numbers are left; 60 steps are enough for 53 bits.
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if different(middle) < capacity {
                low = middle;
            } else {
                high = middle;
            }
        }
        Self { time: high }
    }

    /// The hit ratio of a key of this popularity: that it was asked for within the characteristic time.
    pub fn hit_ratio_of(self, popularity: f64) -> f64 {
        if popularity > 0.0 { -libm::expm1(-popularity * self.time) } else { 0.0 }
    }

    /// The hit ratio of all requests.
    pub fn hit_ratio(self, popularity: &[f64]) -> f64 {
        popularity.iter().map(|&p| p * self.hit_ratio_of(p)).sum()
    }
}

/// The most keys for which [`lru_hit_ratio`] is computed.
pub const MOST_EXACT: usize = 20;

/// King's exact hit ratio of LRU; none for more than [`MOST_EXACT`] keys, as it goes through all sets of them.
pub fn lru_hit_ratio(popularity: &[f64], capacity: u32) -> Option<f64> {
    let n = popularity.len();
    if n > MOST_EXACT {
        return None;
    }
    let share = |set: usize| -> f64 { (0..n).filter(|i| set >> i & 1 == 1).map(|i| popularity[i]).sum() };
    // The probability that a set holds the keys last asked for: the one of them that was asked for longest ago came, in
    // the past, as the first that was not among the others.
    let mut last = vec![0.0; 1 << n];
    last[0] = 1.0;
    let mut hits = 0.0;
    for set in 0..last.len() {
        if last[set] == 0.0 {
            continue;
        }
        let held = share(set);
        // The largest set that fits; keys that nobody asks for don't fill it.
        let rest = (0..n).filter(|i| set >> i & 1 == 0 && popularity[*i] > 0.0).count();
        if set.count_ones() >= capacity || rest == 0 {
            hits += last[set] * held;
            continue;
        }
        let others: f64 = (0..n).filter(|i| set >> i & 1 == 0).map(|i| popularity[i]).sum();
        for i in (0..n).filter(|i| set >> i & 1 == 0) {
            last[set | 1 << i] += last[set] * popularity[i] / others;
        }
    }
    Some(hits)
}

/// The hit ratio of a cache that keeps the most popular keys for ever, which is what LFU comes to if it forgets nothing;
/// no policy that doesn't know the future does better.
pub fn perfect_lfu_hit_ratio(popularity: &[f64], capacity: u32) -> f64 {
    let mut shares = popularity.to_vec();
    sort::sort_by(&mut shares, |a, b| b.total_cmp(a));
    shares.iter().take(capacity as usize).sum()
}
