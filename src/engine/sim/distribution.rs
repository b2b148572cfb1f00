//! Distributions, by inversion: one uniform number makes one sample, and a larger one a larger sample, so that two runs
//! with the same streams stay comparable when a parameter moves.

use super::decimal::clamp;
use super::entity::Entity;
use super::logarithm::ln;
use super::random::{Draws, Purpose};
use super::time::{Span, Time};
use core::fmt;
use std::sync::Arc;

/// Why a distribution can't be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistError(&'static str);

impl fmt::Display for DistError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl core::error::Error for DistError {}

/// A distribution of a positive quantity, in whatever unit its parameters are in (times: seconds).
#[derive(Clone, Debug, PartialEq)]
pub enum Dist {
    /// Always the same value.
    Fixed(f64),
    /// Uniform between two values.
    Uniform(f64, f64),
    /// Exponential with this mean; squared coefficient of variation (scv) 1.
    Exponential(f64),
    /// Sum of `stages` exponentials, with this mean in all; scv 1/stages.
    Erlang {
        /// How many exponential stages.
        stages: u32,
        /// Mean of the sum.
        mean: f64,
    },
    /// A mixture of two exponentials with balanced means (Morse 1958); scv ≥ 1.
    HyperExponential {
        /// Mean of the mixture.
        mean: f64,
        /// Squared coefficient of variation, at least 1.
        scv: f64,
    },
    /// Log-normal, by the mean and standard deviation of the logarithm.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Pareto cut off at both ends: density ∝ x^(−shape−1) on [low, high].
    BoundedPareto {
        /// Tail index; the heavier the smaller.
        shape: f64,
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
    },
    /// One of these values, each as likely as the other; kept in ascending order.
    Empirical(Arc<[f64]>),
}

impl Dist {
    /// Log-normal with this mean and squared coefficient of variation.
    pub fn log_normal(mean: f64, scv: f64) -> Self {
        let variance = libm::log1p(scv);
        Self::LogNormal { mu: libm::log(mean) - variance / 2.0, sigma: libm::sqrt(variance) }
    }

    /// Bounded Pareto with this mean and tail index, its largest value `spread` times its smallest.
    pub fn bounded_pareto(mean: f64, shape: f64, spread: f64) -> Self {
        let unit = Self::BoundedPareto { shape, low: 1.0, high: spread };
        let low = mean / unit.mean();
        Self::BoundedPareto { shape, low, high: low * spread }
    }

    /// The distribution of these observed values.
    ///
    /// # Errors
    /// If there are none, or one is negative or not finite.
    pub fn empirical(mut values: Vec<f64>) -> Result<Self, DistError> {
        if values.is_empty() {
            return Err(DistError("an empirical distribution needs at least one value"));
        }
        if values.iter().any(|v| !v.is_finite() || *v < 0.0) {
            return Err(DistError("the values of an empirical distribution are finite and not negative"));
        }
        super::sort::sort_by(&mut values, f64::total_cmp);
        Ok(Self::Empirical(values.into()))
    }

    /// The exact mean.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Fixed(value) => value,
            Self::Uniform(low, high) => f64::midpoint(low, high),
            Self::Exponential(mean) | Self::Erlang { mean, .. } | Self::HyperExponential { mean, .. } => mean,
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::BoundedPareto { shape, low, high } => {
                let cut = 1.0 - libm::pow(low / high, shape);
                if (shape - 1.0).abs() < 1e-9 {
                    low * libm::log(high / low) / cut
                } else {
                    let tail = 1.0 - libm::pow(low / high, shape - 1.0);
                    shape / (shape - 1.0) * low * tail / cut
                }
            }
            Self::Empirical(ref values) => values.iter().sum::<f64>() / values.len() as f64,
        }
    }

    /// One sample.
    #[inline]
    pub fn sample(&self, draws: &mut Draws) -> f64 {
        match *self {
            Self::Fixed(value) => value,
            Self::Exponential(mean) => -mean * ln(draws.positive_unit()),
            _ => self.sample_rare(draws),
        }
    }

    /// One sample, as a length of time in seconds.
    #[inline]
    pub fn span(&self, draws: &mut Draws) -> Span {
        Span::from_secs_f64(self.sample(draws))
    }

    fn sample_rare(&self, draws: &mut Draws) -> f64 {
        match *self {
            Self::Fixed(_) | Self::Exponential(_) => self.sample(draws),
            Self::Uniform(low, high) => low + (high - low) * draws.unit(),
            Self::Erlang { stages, mean } => {
                let stage = Self::Exponential(mean / f64::from(stages));
                (0..stages).map(|_| stage.sample(draws)).sum()
            }
            Self::HyperExponential { mean, scv } => {
                let p = f64::midpoint(1.0, libm::sqrt((scv - 1.0) / (scv + 1.0)));
                let branch = if draws.chance(p) { p } else { 1.0 - p };
                Self::Exponential(mean / (2.0 * branch)).sample(draws)
            }
            Self::LogNormal { mu, sigma } => {
                libm::exp(mu + sigma * normal_quantile(1.0 - draws.positive_unit()))
            }
            Self::BoundedPareto { shape, low, high } => {
                let cut = 1.0 - libm::pow(low / high, shape);
                low * libm::pow(1.0 - draws.unit() * cut, -1.0 / shape)
            }
            Self::Empirical(ref values) => values[draws.below(values.len() as u32) as usize],
        }
    }
}

/// Quantile of the standard normal distribution: algorithm AS 241, PPND16 (Wichura 1988), relative error about 10⁻¹⁶.
/// Probabilities of 0 and 1 are taken as the nearest that a 53-bit draw can have.
pub(super) fn normal_quantile(p: f64) -> f64 {
    fn ratio(r: f64, a: &[f64; 8], b: &[f64; 8]) -> f64 {
        let poly = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
        poly(a) / poly(b)
    }
    let p = clamp(p, 1.0 / (1u64 << 54) as f64, 1.0 - 1.0 / (1u64 << 53) as f64);
    let q = p - 0.5;
    if libm::fabs(q) <= 0.425 {
        return q * ratio(0.180_625 - q * q, &CENTRE.0, &CENTRE.1);
    }
    let r = libm::sqrt(-libm::log(if q < 0.0 { p } else { 1.0 - p }));
    let z = if r <= 5.0 { ratio(r - 1.6, &MIDDLE.0, &MIDDLE.1) } else { ratio(r - 5.0, &TAIL.0, &TAIL.1) };
    if q < 0.0 { -z } else { z }
}

const CENTRE: ([f64; 8], [f64; 8]) = (
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_545,
    ],
);
const MIDDLE: ([f64; 8], [f64; 8]) = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);
const TAIL: ([f64; 8], [f64; 8]) = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_7e-15,
    ],
);

/// Zipf's law over ranks 0..n: rank k has probability proportional to (k + 1)^−s. Sampled from its cumulative table by
/// bisection; the table is shared by clones.
#[derive(Clone, Debug, PartialEq)]
pub struct Zipf {
    cumulative: Arc<[f64]>,
}

impl Zipf {
    /// The law over `n` ranks with exponent `s` (0 is uniform).
    ///
    /// # Errors
    /// If `n` is zero or above 2²⁴, or `s` is negative or not finite.
    pub fn new(n: u32, s: f64) -> Result<Self, DistError> {
        if n == 0 || n > 1 << 24 {
            return Err(DistError("a Zipf law has 1 to 16,777,216 ranks"));
        }
        if !s.is_finite() || s < 0.0 {
            return Err(DistError("the exponent of a Zipf law is finite and not negative"));
        }
        let mut sum = 0.0;
        let cumulative = (1..=n)
            .map(|k| {
                sum += libm::pow(f64::from(k), -s);
                sum
            })
            .collect();
        Ok(Self { cumulative })
    }

    /// Probability of a rank; zero beyond the last.
    pub fn probability(&self, rank: u32) -> f64 {
        let rank = rank as usize;
        let Some(upper) = self.cumulative.get(rank) else { return 0.0 };
        let lower = if rank == 0 { 0.0 } else { self.cumulative[rank - 1] };
        (upper - lower) / self.cumulative[self.cumulative.len() - 1]
    }

    /// The probabilities of all ranks.
    pub fn probabilities(&self) -> Vec<f64> {
        (0..self.cumulative.len() as u32).map(|rank| self.probability(rank)).collect()
    }

    /// One rank.
    pub fn sample(&self, draws: &mut Draws) -> u32 {
        let total = self.cumulative[self.cumulative.len() - 1];
        let target = draws.unit() * total;
        (self.cumulative.partition_point(|&upper| upper <= target) as u32)
            .min(self.cumulative.len() as u32 - 1)
    }
}

/// Poisson arrivals in bursts whose long-run mean is the rate asked for: a Markov-modulated process of two phases.
///
/// During a burst the rate is `peak` times the mean, between bursts it is lower so that the mean is kept. Arrivals are
/// placed by the integral of the rate: each takes one unit-exponential amount of it. So the n-th arrival moves smoothly
/// with the parameters, and the phases don't depend on the arrivals.
#[derive(Clone, Debug, PartialEq)]
pub struct Bursts {
    /// Rate in a burst, as a multiple of the mean; 1 means no bursts.
    peak: f64,
    /// Share of time in bursts.
    share: f64,
    /// Mean length of a burst.
    length: Span,
    /// Number of the current phase: odd ones are bursts.
    phase: u32,
    /// When the current phase ends.
    ends: Time,
}

/// Three times the mean rate in bursts of two seconds that fill a fifth of the time.
impl Default for Bursts {
    fn default() -> Self {
        Self { peak: 3.0, share: 0.2, length: Span::from_secs(2), phase: 0, ends: Time::ZERO }
    }
}

/// The stream of the phases' lengths.
const PHASE: Purpose = Purpose::named("burst-phase");

impl Bursts {
    /// Bursts of mean length `length` at `peak` times the mean rate, filling `share` of the time.
    ///
    /// # Errors
    /// If `peak` is below 1, `share` not within (0, 1), or `peak × share` above 1 (the mean could not be kept).
    pub fn new(peak: f64, share: f64, length: Span) -> Result<Self, DistError> {
        if !(peak.is_finite() && peak >= 1.0) {
            return Err(DistError("the peak of a burst is at least 1 times the mean"));
        }
        if !(share > 0.0 && share < 1.0) {
            return Err(DistError("bursts fill more than none and less than all of the time"));
        }
        if peak * share > 1.0 {
            return Err(DistError("bursts of this peak can't fill so much time: peak × share is at most 1"));
        }
        if length == Span::ZERO {
            return Err(DistError("a burst has a length"));
        }
        Ok(Self { peak, share, length, phase: 0, ends: Time::ZERO })
    }

    /// Time from `now` to the next arrival, at `rate` arrivals a second in the long run. `unit` is a sample of the unit
    /// exponential; `draws` gives the stream of an entity for a purpose.
    pub fn gap(&mut self, now: Time, rate: f64, unit: f64, draws: impl Fn(Purpose, Entity) -> Draws) -> Span {
        let low = (1.0 - self.peak * self.share) / (1.0 - self.share);
        let mut left = unit;
        let mut at = now;
        loop {
            let pace = rate * if self.phase % 2 == 1 { self.peak } else { low };
            let in_phase = self.ends.since(at).secs() * pace;
            if in_phase >= left && pace > 0.0 {
                return (at + Span::from_secs_f64(left / pace)).since(now);
            }
            left -= in_phase;
            at = at.max(self.ends);
            self.phase += 1;
            let calm = (1.0 - self.share) / self.share;
            let mean = self.length.secs() * if self.phase % 2 == 1 { 1.0 } else { calm };
            let length = Dist::Exponential(mean).span(&mut draws(PHASE, Entity::new(u8::MAX, self.phase)));
            self.ends = at + length + Span::from_nanos(1);
            if rate <= 0.0 || at == Time::MAX {
                return Span::MAX;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_mean(dist: &Dist, n: u32) -> (f64, f64) {
        let (mut sum, mut squares) = (0.0, 0.0);
        for i in 0..n {
            let x = dist.sample(&mut Draws::new(11, Purpose::named("dist"), Entity::new(0, i)));
            sum += x;
            squares += x * x;
        }
        let mean = sum / f64::from(n);
        (mean, squares / f64::from(n) - mean * mean)
    }

    #[test]
    fn samples_have_the_stated_mean_and_variation() {
        let cases = [
            (Dist::Fixed(3.0), 3.0, 0.0),
            (Dist::Uniform(0.0, 2.0), 1.0, 1.0 / 3.0),
            (Dist::Exponential(2.0), 2.0, 1.0),
            (Dist::Erlang { stages: 2, mean: 1.0 }, 1.0, 0.5),
            (Dist::HyperExponential { mean: 1.0, scv: 4.0 }, 1.0, 4.0),
            (Dist::log_normal(5.0, 2.0), 5.0, 2.0),
            (Dist::empirical(vec![1.0, 2.0, 3.0, 6.0]).unwrap(), 3.0, 3.5 / 9.0),
        ];
        for (dist, mean, scv) in cases {
            assert!((dist.mean() - mean).abs() < 1e-12, "{dist:?}");
            let (sampled, variance) = sample_mean(&dist, 200_000);
            // Five standard errors of the mean; the variance of heavier tails converges slower.
            let error = 5.0 * mean * libm::sqrt(scv / 200_000.0) + 1e-12;
            assert!((sampled - mean).abs() <= error, "{dist:?}: {sampled}");
            assert!((variance / mean / mean - scv).abs() <= 0.1 * scv + 1e-9, "{dist:?}: {variance}");
        }
    }

    #[test]
    fn bounded_pareto_keeps_its_mean_and_bounds() {
        for shape in [0.7, 1.0, 1.5, 2.5] {
            let dist = Dist::bounded_pareto(4.0, shape, 1000.0);
            let Dist::BoundedPareto { low, high, .. } = dist else { unreachable!() };
            let (mean, variance) = sample_mean(&dist, 200_000);
            assert!((mean - 4.0).abs() < 5.0 * libm::sqrt(variance / 200_000.0), "{shape}: {mean}");
            for i in 0..1000 {
                let x = dist.sample(&mut Draws::new(3, Purpose::named("bounds"), Entity::new(0, i)));
                assert!((low..=high).contains(&x));
            }
        }
    }

    #[test]
    fn normal_quantiles_agree_with_tables() {
        for (p, z) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.999, 3.090_232_306_167_814),
            (1e-9, -5.997_807_015_008_182),
        ] {
            assert!((normal_quantile(p) - z).abs() < 1e-12, "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn zipf_frequencies_follow_the_law() {
        let zipf = Zipf::new(50, 1.1).unwrap();
        let mut counts = [0_u32; 50];
        for i in 0..200_000 {
            counts[zipf.sample(&mut Draws::new(5, Purpose::named("zipf"), Entity::new(0, i))) as usize] += 1;
        }
        let chi: f64 = (0..50)
            .map(|k| {
                let expected = zipf.probability(k) * 200_000.0;
                (f64::from(counts[k as usize]) - expected) * (f64::from(counts[k as usize]) - expected)
                    / expected
            })
            .sum();
        assert!(chi < 85.4, "{chi}: 49 degrees of freedom stay below 85.4 with probability 0.999");
    }

    #[test]
    fn bursts_preserve_the_mean_and_raise_the_variance() {
        let count = |mut bursts: Bursts, rate: f64| {
            let (mut now, mut n, mut windows) = (Time::ZERO, 0_u32, vec![0_u32; 4000]);
            while now < Time::from_secs(4000) {
                let unit = Dist::Exponential(1.0).sample(&mut Draws::new(
                    9,
                    Purpose::named("arrival"),
                    Entity::new(0, n),
                ));
                now += bursts.gap(now, rate, unit, |p, e| Draws::new(9, p, e));
                if let Some(window) = windows.get_mut(now.secs() as usize) {
                    *window += 1;
                }
                n += 1;
            }
            let mean = f64::from(n) / 4000.0;
            let variance =
                windows.iter().map(|&w| (f64::from(w) - mean) * (f64::from(w) - mean)).sum::<f64>() / 4000.0;
            (mean, variance / mean)
        };
        let (mean, dispersion) = count(Bursts::new(4.0, 0.2, Span::from_secs(2)).unwrap(), 50.0);
        assert!((mean / 50.0 - 1.0).abs() < 0.1, "{mean}");
        assert!(dispersion > 10.0, "Poisson has 1, bursts far more: {dispersion}");
        let (mean, dispersion) = count(Bursts::new(1.0, 0.5, Span::from_secs(2)).unwrap(), 50.0);
        assert!((mean / 50.0 - 1.0).abs() < 0.01 && (dispersion - 1.0).abs() < 0.15, "{mean} {dispersion}");
    }
}
