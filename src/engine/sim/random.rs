//! Random streams, named by purpose and entity and split from one seed.
//!
//! A request's size is drawn from the stream ('size', request 17), whoever serves it and in whatever order: another
//! policy leaves it untouched. Streams are counter-based: making one costs a few multiplications and keeps nothing.

use super::entity::Entity;

/// What randomness is drawn for, by name: `const SERVICE: Purpose = Purpose::named("service");`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(u64);

impl Purpose {
    /// The purpose of this name. Hashed with FNV-1a (64 bits), at compile time where it is a constant.
    pub const fn named(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        Self(hash)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, variant 13 of Stafford): another number, unlike this one.
#[inline]
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Distance of one stream's numbers (SplitMix64's own), and of neighbouring entities' streams: odd, unlike, and with bits
/// that change often, as a gamma of SplitMix64 needs (here a multiplier of Steele and Vigna,
/// 'Computationally easy, spectrally good multipliers', 2021).
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
const APART: u64 = 0xd134_2543_de82_ef95;

/// One random stream: SplitMix64, started at a place that the seed, the purpose and the entity determine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draws(u64);

impl Draws {
    /// The stream for `purpose` of `entity` in the run of `seed`.
    #[inline]
    pub fn new(seed: u64, purpose: Purpose, entity: Entity) -> Self {
        let entity = (u64::from(entity.kind) << 32) | u64::from(entity.n);
        Self(mix(seed ^ purpose.0).wrapping_add(entity.wrapping_mul(APART)))
    }

    /// The next 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in (0, 1]: what a logarithm can take.
    #[inline]
    pub fn positive_unit(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in 0..n, without bias (Lemire's multiply-and-reject, 2019).
    ///
    /// # Panics
    /// If `n` is zero.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        assert!(n > 0, "a choice needs something to choose from");
        loop {
            let product = u64::from((self.bits() >> 32) as u32) * u64::from(n);
            if product as u32 >= n.wrapping_neg() % n {
                return (product >> 32) as u32;
            }
        }
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_its_published_first_numbers() {
        // From seed 1234567 (Rosetta Code, 'Pseudo-random numbers/Splitmix64').
        let mut draws = Draws(1_234_567);
        let expected = [
            6_457_827_717_110_365_317_u64,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
        ];
        for number in expected {
            assert_eq!(draws.bits(), number);
        }
    }

    #[test]
    fn streams_differ_by_seed_purpose_and_entity_and_by_nothing_else() {
        const A: Purpose = Purpose::named("arrival");
        const B: Purpose = Purpose::named("service");
        let first = |seed, purpose, kind, n| Draws::new(seed, purpose, Entity::new(kind, n)).bits();
        let all =
            [first(1, A, 0, 0), first(2, A, 0, 0), first(1, B, 0, 0), first(1, A, 1, 0), first(1, A, 0, 1)];
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b));
        }
        assert_eq!(first(1, A, 0, 0), all[0]);
    }

    #[test]
    fn neighbouring_streams_are_unrelated() {
        // First draws of 60,000 entities in 60 equal cells: chi-square with 59 degrees of freedom is below 99.6 with
        // probability 0.999.
        let mut cells = [0_u32; 60];
        for n in 0..60_000 {
            cells[(Draws::new(7, Purpose::named("key"), Entity::new(3, n)).unit() * 60.0) as usize] += 1;
        }
        let chi: f64 =
            cells.iter().map(|&c| (f64::from(c) - 1000.0) * (f64::from(c) - 1000.0) / 1000.0).sum();
        assert!(chi < 99.6, "{chi}");
    }

    #[test]
    fn below_is_uniform_and_in_range() {
        let mut draws = Draws::new(1, Purpose::named("test"), Entity::new(0, 0));
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[draws.below(7) as usize] += 1;
        }
        let chi: f64 = counts.iter().map(|&c| (f64::from(c) - 1e4) * (f64::from(c) - 1e4) / 1e4).sum();
        assert!(chi < 22.5, "{chi}: 6 degrees of freedom stay below 22.5 with probability 0.999");
    }
}
