//! The suites about caches.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use super::simulate::Estimate;
use crate::mechanism::cache::clairvoyant::Stream;
use crate::mechanism::cache::reference_model::{Che, MOST_EXACT, lru_hit_ratio, perfect_lfu_hit_ratio};
use crate::mechanism::cache::{Bloom, BloomSize, Cache, Policy, XFetch, bloom_rate};
use crate::sim::{Draws, Entity, Purpose, Span, Time, Zipf};

pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: "libcachesim_run",
        inputs: &["trace", "cache_size_objects", "requests", super::DATA_FILE],
        measure: libcachesim_run,
    },
    Suite { id: "page_replacement", inputs: &["reference_string", "frames"], measure: page_replacement },
    Suite { id: "bloom_formula", inputs: &["bits_per_key", "k", "n", "p"], measure: bloom_formula },
    Suite { id: "bloom_exact", inputs: &["m", "n", "k"], measure: bloom_exact },
    Suite { id: "xfetch", inputs: &["delta", "beta", "gap_to_expiry", "rand"], measure: xfetch },
    Suite { id: "lru_irm", inputs: &["zipf_alpha", "objects", "cache"], measure: lru_irm },
];

const DRAW: Purpose = Purpose::named("oracle-cache");

/// The policies by the names of the files, and whether implementations agree on them to the last miss. The others have
/// parameters and ties that each takes in its own way: a few per cent.
const POLICIES: [(&str, Policy, bool); 11] = [
    ("LRU", Policy::Lru, true),
    ("FIFO", Policy::Fifo, true),
    ("LFU", Policy::Lfu, true),
    ("Clock", Policy::Clock, true),
    ("ARC", Policy::Arc, true),
    ("SIEVE", Policy::Sieve, true),
    ("S3FIFO", Policy::S3Fifo, false),
    ("SLRU", Policy::Slru, false),
    ("LIRS", Policy::Lirs, false),
    ("2Q", Policy::TwoQ, false),
    ("WTinyLFU", Policy::WTinyLfu, false),
];

/// What an inexact policy's misses may differ by.
const FEW_PER_CENT: f64 = 0.05;

/// A trace that the files define by its generator.
pub(super) fn generated(trace: &str) -> Option<Vec<u64>> {
    match trace {
        "zipf1" => Some(generate(12_345, 1_000, 6_000)),
        "zipf_scan" => {
            let mut fresh = 100_000_u64..;
            let requests = generate(777, 500, 6_000);
            let rounds = requests.chunks(1_000).flat_map(|round| {
                let scan: Vec<u64> = fresh.by_ref().take(400).collect();
                round.iter().copied().chain(scan)
            });
            Some(rounds.collect())
        }
        _ => None,
    }
}

/// Zipf's law with exponent one, from the linear congruential generator of Knuth's MMIX.
fn generate(seed: u64, keys: usize, requests: usize) -> Vec<u64> {
    let harmonic: Vec<f64> = (1..=keys)
        .scan(0.0, |sum, j| {
            *sum += 1.0 / j as f64;
            Some(*sum)
        })
        .collect();
    let total = harmonic.last().copied().unwrap_or(0.0);
    let mut x = seed;
    let mut next = || {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let u = (x >> 11) as f64 / (1_u64 << 53) as f64;
        harmonic.partition_point(|&sum| sum < u * total) as u64 + 1
    };
    (0..requests).map(|_| next()).collect()
}

fn misses(mut cache: Cache, keys: &[u64]) -> f64 {
    keys.iter().filter(|&&key| !cache.request(key).hit).count() as f64
}

/// Claims the misses of every policy that a case names under `path`.
fn claim_misses(case: Case, path: &str, capacity: u32, keys: &[u64], measured: &mut Measured) {
    for name in case.keys(path) {
        let path = format!("{path}/{name}");
        if name == "OPT" {
            let fewest = Stream::new(keys.iter().copied()).fewest_misses(capacity);
            measured.integer(path, fewest as f64);
        } else if let Some(&(_, policy, agreed)) = POLICIES.iter().find(|policy| policy.0 == name) {
            let cache = match policy {
                // The window is a hundredth of the capacity, rounded down.
                Policy::WTinyLfu => Cache::w_tiny_lfu(capacity, capacity / 100),
                policy => Cache::new(policy, capacity),
            };
            let relative = if agreed { 0.0 } else { FEW_PER_CENT };
            measured.claim(path, Claim::Exact { value: misses(cache, keys), relative, absolute: 0.0 });
        }
    }
}

fn libcachesim_run(case: Case) -> Result<Measured, String> {
    let capacity = case.count("cache_size_objects", 1, 10_000_000)?;
    let name = case.text("trace");
    let keys = match case.text(super::DATA_FILE) {
        "" => generated(name).ok_or_else(|| format!("there is no trace {name}"))?,
        file => {
            let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
            let key = |word: &str| word.parse().map_err(|_| format!("{file}: {word} is not a key"));
            text.split_whitespace().map(key).collect::<Result<Vec<u64>, String>>()?
        }
    };
    let requests = case.optional("requests", 0.0, 1e9)?.unwrap_or(keys.len() as f64);
    if requests > keys.len() as f64 {
        return Err(format!("`requests` is {requests}, but {name} has {}", keys.len()));
    }
    let mut measured = Measured::default();
    claim_misses(case, "expect_misses", capacity, &keys[..requests as usize], &mut measured);
    Ok(measured)
}

fn page_replacement(case: Case) -> Result<Measured, String> {
    let frames = case.count("frames", 1, 1_000_000)?;
    let keys: Vec<u64> = case.counts("reference_string", 0, u32::MAX)?.into_iter().map(u64::from).collect();
    let mut measured = Measured::default();
    claim_misses(case, "expect_faults", frames, &keys, &mut measured);
    Ok(measured)
}

/// The measured share of false positives: the mean over filters, each of its own keys.
fn false_positives(size: BloomSize, keys: u32, filters: u32, asked: u32) -> Estimate {
    let shares: Vec<f64> = (0..filters)
        .map(|n| {
            let mut draws = Draws::new(1, DRAW, Entity::new(0, n));
            let mut filter = Bloom::new(size);
            (0..keys).for_each(|_| filter.insert(draws.bits()));
            let hits = (0..asked).filter(|_| filter.contains(draws.bits())).count();
            hits as f64 / f64::from(asked)
        })
        .collect();
    let n = f64::from(filters);
    let mean = shares.iter().sum::<f64>() / n;
    let squares: f64 = shares.iter().map(|share| (share - mean) * (share - mean)).sum();
    // Where nothing was found there may be as much as was too rare to be.
    let floor = 12.0 / (n * f64::from(asked));
    Estimate { mean, error: libm::sqrt(squares / (n * (n - 1.0))), floor }
}

fn bloom_formula(case: Case) -> Result<Measured, String> {
    let mut measured = Measured::default();
    if case.get("p").is_some() {
        let size = BloomSize::for_rate(case.count("n", 1, 100_000_000)?, case.number("p", 1e-12, 0.999)?);
        measured.integer("expect_bits", f64::from(size.bits));
        measured.integer("expect_k", f64::from(size.hashes));
        return Ok(measured);
    }
    let bits_per_key = case.number("bits_per_key", 0.1, 64.0)?;
    let hashes = case.count("k", 1, 64)?;
    measured.exact("expect_fpr", bloom_rate(bits_per_key, f64::from(hashes)));
    let keys = 16_000;
    let size = BloomSize { bits: libm::round(bits_per_key * f64::from(keys)) as u32, hashes: hashes as u8 };
    measured.near("expect_fpr", false_positives(size, keys, 16, 250_000));
    Ok(measured)
}

fn bloom_exact(case: Case) -> Result<Measured, String> {
    let size = BloomSize { bits: case.count("m", 1, 4_096)?, hashes: case.count("k", 1, 64)? as u8 };
    let keys = case.count("n", 1, 4_096)?;
    let mut measured = Measured::default();
    measured.exact("expect_fpr", size.exact_false_positive_rate(keys));
    measured.exact("asymptotic_formula", size.false_positive_rate(f64::from(keys)));
    // A filter's positions of one key are independent by threes only.
    let relative = if size.hashes > 3 { 0.05 } else { 0.0 };
    let estimate = false_positives(size, keys, 40_000, 100);
    measured.claim("expect_fpr", Claim::Near { estimate, relative, absolute: 0.0 });
    Ok(measured)
}

fn xfetch(case: Case) -> Result<Measured, String> {
    let (delta, beta) = (case.number("delta", 0.0, 1e6)?, case.number("beta", 0.0, 1e6)?);
    let gap = case.number("gap_to_expiry", -1e6, 1e6)?;
    let early = XFetch { delta: Span::from_secs_f64(delta), beta };
    let (now, expiry) = (Time::from_secs_f64(-gap), Time::from_secs_f64(gap));
    let mut measured = Measured::default();
    if let Some(draw) = case.optional("rand", 0.0, 1.0)? {
        measured.flag("expect_recompute", early.renews(now, expiry, draw));
    }
    let probability = early.probability(Span::from_secs_f64(gap));
    measured.exact("expect_probability", probability);
    let n = 400_000_u32;
    if probability * f64::from(n) > 4_000.0 {
        let mut draws = Draws::new(1, DRAW, Entity::new(1, 0));
        let renewed = (0..n).filter(|_| early.renews(now, expiry, draws.positive_unit())).count();
        let mean = renewed as f64 / f64::from(n);
        let error = libm::sqrt(mean * (1.0 - mean) / f64::from(n));
        measured.near("expect_probability", Estimate { mean, error, floor: 0.0 });
    }
    Ok(measured)
}

fn lru_irm(case: Case) -> Result<Measured, String> {
    let alpha = case.number("zipf_alpha", 0.0, 10.0)?;
    let objects = case.count("objects", 1, 10_000_000)?;
    let capacity = case.count("cache", 1, 10_000_000)?;
    let popularity = Zipf::new(objects, alpha).map_err(|why| why.to_string())?.probabilities();
    let mut measured = Measured::default();
    measured.exact("che_approximation", Che::new(&popularity, capacity).hit_ratio(&popularity));
    measured.exact("perfect_lfu_hit_ratio", perfect_lfu_hit_ratio(&popularity, capacity));
    let exact = lru_hit_ratio(&popularity, capacity);
    if let Some(ratio) = exact {
        measured.exact("expect_hit_ratio_exact", ratio);
    }
    let simulated = lru_simulated(objects, alpha, capacity)?;
    measured.near("expect_hit_ratio_exact", simulated);
    // For a few keys the approximation is off by more.
    if objects as usize > MOST_EXACT {
        let near = Claim::Near { estimate: simulated, relative: 0.0, absolute: 0.005 };
        measured.claim("che_approximation", near);
    }
    Ok(measured)
}

/// The hit ratio of the cache itself, after it has warmed up, with the error that batches of requests show.
fn lru_simulated(objects: u32, alpha: f64, capacity: u32) -> Result<Estimate, String> {
    let law = Zipf::new(objects, alpha).map_err(|error| error.to_string())?;
    let mut draws = Draws::new(1, DRAW, Entity::new(2, 0));
    let mut cache = Cache::new(Policy::Lru, capacity);
    let (batches, batch) = (50_u32, 20_000_u32.max(capacity / 5));
    let mut ratio = || {
        let mut hit = || cache.request(u64::from(law.sample(&mut draws))).hit;
        (0..batch).filter(|_| hit()).count() as f64 / f64::from(batch)
    };
    (0..10).for_each(|_| {
        ratio();
    });
    let ratios: Vec<f64> = (0..batches).map(|_| ratio()).collect();
    let n = f64::from(batches);
    let mean = ratios.iter().sum::<f64>() / n;
    let squares: f64 = ratios.iter().map(|ratio| (ratio - mean) * (ratio - mean)).sum();
    Ok(Estimate { mean, error: libm::sqrt(squares / (n * (n - 1.0))), floor: 1e-4 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Misses of libCacheSim 0.3.5 (its published wheel, default parameters) on the traces that are made here.
    const EXECUTED: [&str; 4] = [
        r#"{"trace":"zipf1","cache_size_objects":50,"requests":6000,
            "expect_misses":{"LRU":3287,"FIFO":3625,"LFU":2672,"Clock":3190,"ARC":2703,"SIEVE":2655,
            "S3FIFO":2640,"SLRU":2744,"LIRS":2667,"WTinyLFU":6000,"2Q":2788}}"#,
        r#"{"trace":"zipf1","cache_size_objects":200,"requests":6000,
            "expect_misses":{"LRU":1878,"FIFO":2183,"LFU":1675,"Clock":1847,"ARC":1739,"SIEVE":1675,
            "S3FIFO":1667,"SLRU":1687,"LIRS":1715,"WTinyLFU":1669,"2Q":1809}}"#,
        r#"{"trace":"zipf_scan","cache_size_objects":50,"requests":8400,
            "expect_misses":{"LRU":5233,"FIFO":5557,"LFU":4738,"Clock":5164,"ARC":4798,"SIEVE":4742,
            "S3FIFO":4692,"SLRU":4760,"LIRS":4757,"WTinyLFU":8400,"2Q":4832}}"#,
        r#"{"trace":"zipf_scan","cache_size_objects":200,"requests":8400,
            "expect_misses":{"LRU":4004,"FIFO":4136,"LFU":3527,"Clock":3998,"ARC":3490,"SIEVE":3525,
            "S3FIFO":3487,"SLRU":3516,"LIRS":3481,"WTinyLFU":3504,"2Q":3717}}"#,
    ];

    #[test]
    fn the_policies_miss_as_often_as_libcachesim_on_generated_traces() {
        for text in EXECUTED {
            let case: Value = serde_json::from_str(text).unwrap();
            let verdict = SUITES[0].judge(&case);
            assert!(verdict.wrong.is_empty() && verdict.unread.is_empty(), "{text}: {verdict:?}");
        }
    }

    #[test]
    fn a_trace_that_is_not_there_is_an_error_and_not_a_pass() {
        let case = serde_json::json!({"trace": "gli", "cache_size_objects": 5, "expect_misses": {"LRU": 1}});
        assert_eq!(SUITES[0].judge(&case).wrong, ["there is no trace gli"]);
    }
}
