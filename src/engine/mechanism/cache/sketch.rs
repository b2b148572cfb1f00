//! A count-min sketch that forgets: how often keys were used of late, in a few bytes a key.
//!
//! Sources: G. Cormode, S. Muthukrishnan, *An Improved Data Stream Summary: The Count-Min Sketch and its Applications*,
//! 2005; the halving is `TinyLFU`'s 'reset' (G. Einziger, R. Friedman, B. Manes, *`TinyLFU`: A Highly Efficient Cache
//! Admission Policy*, ACM TOS 2017). An estimate is never too low between two halvings, unless the count is at its top.

/// Rows; a key has one counter in each.
const ROWS: u32 = 4;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sketch {
    /// The rows one after the other, each a power of two long.
    counters: Vec<u8>,
    /// All counters are halved after so many additions.
    sample: u64,
    additions: u64,
}

impl Sketch {
    /// A sketch for about so many keys, halved after so many additions.
    pub(super) fn new(keys: u32, sample: u64) -> Self {
        let row = (u64::from(keys.clamp(16, 1 << 20)) * 4).next_power_of_two() as usize;
        Self { counters: vec![0; row * ROWS as usize], sample: sample.max(1), additions: 0 }
    }

    /// Counts a use; true if everything was halved afterwards.
    pub(super) fn add(&mut self, key: u64) -> bool {
        for row in 0..ROWS {
            let at = self.counter(row, key);
            self.counters[at] = self.counters[at].saturating_add(1);
        }
        self.additions += 1;
        let due = self.additions >= self.sample;
        if due {
            self.additions /= 2;
            self.counters.iter_mut().for_each(|counter| *counter /= 2);
        }
        due
    }

    /// How often a key was used of late, or a little more.
    pub(super) fn estimate(&self, key: u64) -> u32 {
        (0..ROWS).map(|row| u32::from(self.counters[self.counter(row, key)])).min().unwrap_or(0)
    }

    /// Bytes that this takes.
    pub(super) fn bytes(&self) -> usize {
        self.counters.len()
    }

    fn counter(&self, row: u32, key: u64) -> usize {
        let len = self.counters.len() / ROWS as usize;
        let hash = spread(key.wrapping_add(u64::from(row).wrapping_mul(0xd134_2543_de82_ef95)));
        row as usize * len + (hash as usize & (len - 1))
    }
}

/// The finaliser of SplitMix64: numbers that are near each other come to lie far apart.
fn spread(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
