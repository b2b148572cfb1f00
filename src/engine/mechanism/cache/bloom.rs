//! A Bloom filter: 'certainly not there' or 'perhaps there', in a few bits a key.
//!
//! Sources: B. H. Bloom, *Space/Time Trade-offs in Hash Coding with Allowable Errors*, CACM 1970; A. Kirsch,
//! M. Mitzenmacher, *Less Hashing, Same Performance: Building a Better Bloom Filter*, ESA 2006: all positions from two
//! hashes, h₁ + i·h₂, as in Guava and Cassandra, here with a third term (see `positions`); P. Bose and others, *On the False-Positive Rate of Bloom
//! Filters*, 2008, for the exact rate.

use crate::sim::{clamp, mix};

/// How large a filter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BloomSize {
    /// Bits, 1 to 2³¹.
    pub bits: u32,
    /// Hashes: how many bits a key sets, 1 to 255.
    pub hashes: u8,
}

impl BloomSize {
    /// The smallest filter that answers 'perhaps' for at most this share of the keys that are not there, once `keys` are:
    /// −n·ln p / (ln 2)² bits, rounded up, and bits/keys·ln 2 hashes, rounded. A `rate` that is not within (0, 1) is
    /// taken as the nearest that is.
    pub fn for_rate(keys: u32, rate: f64) -> Self {
        let rate = if rate > 1e-300 { rate.min(1.0 - 1e-9) } else { 1e-300 };
        let keys = f64::from(keys.max(1));
        let ln2 = core::f64::consts::LN_2;
        let bits = clamp(libm::ceil(-keys * libm::log(rate) / (ln2 * ln2)), 1.0, f64::from(1_u32 << 31));
        let hashes = clamp(libm::round(bits / keys * ln2), 1.0, 255.0);
        Self { bits: bits as u32, hashes: hashes as u8 }
    }

    /// The share of keys that are not there for which it answers 'perhaps', once `keys` are: (1 − e^(−kn/m))^k, Bloom's
    /// formula, which is a little too low for small filters.
    pub fn false_positive_rate(self, keys: f64) -> f64 {
        bloom_rate(f64::from(self.bits) / keys, f64::from(self.hashes))
    }

    /// The same, exactly, for hashes that are independent and uniform: Σ P(i bits are set)·(i/m)^k. Takes time
    /// in proportion to bits × keys × hashes.
    pub fn exact_false_positive_rate(self, keys: u32) -> f64 {
        let m = f64::from(self.bits);
        // Probabilities of i bits set; each of the n·k hashes sets one more with probability 1 − i/m.
        let mut set = vec![0.0; self.bits as usize + 1];
        set[0] = 1.0;
        for thrown in 0..u64::from(keys) * u64::from(self.hashes) {
            for i in (1..=self.bits.min(u32::try_from(thrown + 1).unwrap_or(u32::MAX))).rev() {
                let (at, below) = (f64::from(i) / m, f64::from(i - 1) / m);
                set[i as usize] = set[i as usize] * at + set[i as usize - 1] * (1.0 - below);
            }
            set[0] = 0.0;
        }
        let hit = |i: u32| libm::pow(f64::from(i) / m, f64::from(self.hashes));
        (0..).zip(&set).map(|(i, p)| p * hit(i)).sum()
    }
}

/// Bloom's formula by bits a key and hashes, whatever the size of the filter: (1 − e^(−k/b))^k.
pub fn bloom_rate(bits_per_key: f64, hashes: f64) -> f64 {
    libm::pow(-libm::expm1(-hashes / bits_per_key), hashes)
}

/// A Bloom filter over hashes of keys. Keys can't be taken out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bloom {
    size: BloomSize,
    words: Vec<u64>,
}

impl Bloom {
    /// An empty filter; a size out of its range is taken as the nearest that is in it.
    pub fn new(size: BloomSize) -> Self {
        let size = BloomSize { bits: size.bits.clamp(1, 1 << 31), hashes: size.hashes.max(1) };
        Self { size, words: vec![0; size.bits.div_ceil(64) as usize] }
    }

    /// Its size.
    pub fn size(&self) -> BloomSize {
        self.size
    }

    /// Adds a key by a hash of it that is uniform over 64 bits.
    pub fn insert(&mut self, hash: u64) {
        for bit in positions(self.size, hash) {
            self.words[bit as usize / 64] |= 1 << (bit % 64);
        }
    }

    /// Whether the key of this hash may have been added; never false if it was.
    pub fn contains(&self, hash: u64) -> bool {
        positions(self.size, hash).all(|bit| self.words[bit as usize / 64] >> (bit % 64) & 1 == 1)
    }

    /// How many bits are set.
    pub fn bits_set(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }
}

/// The bits of a hash: h₁ + i·h₂ + i²·h₃ modulo 2⁶⁴, stretched over the filter. The last term is what Dillinger and
/// Manolios add to double hashing, scaled up: without it the bits of a key lie evenly spaced, and a filter of a few dozen
/// bits answers 'perhaps' a tenth more often than it should.
fn positions(size: BloomSize, hash: u64) -> impl Iterator<Item = u32> {
    // Further hashes out of one; of its complement, lest zero stay zero.
    let second = mix(!hash);
    let third = mix(!second);
    (0..u64::from(size.hashes)).map(move |i| {
        let step = second.wrapping_add(i.wrapping_mul(third));
        let at = hash.wrapping_add(i.wrapping_mul(step));
        ((u128::from(at) * u128::from(size.bits)) >> 64) as u32
    })
}
