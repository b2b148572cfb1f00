//! The points of the figures, and what is known of them from elsewhere.

use super::held::Held;
use super::pool_size::{HANDSHAKE, OPENING, PoolSize};
use crate::lessons::prelude::*;
use crate::mechanism::connection_pool::deadlock_free_size;
use crate::mechanism::queueing::Mmc;
use crate::player::Bench;
use crate::sim::statistics::Interval;

fn size(settings: &[(&str, &str)], seed: u64, until: u64) -> Bench<PoolSize> {
    Bench::new(settings, seed).until(Time::from_secs(until))
}

fn held(settings: &[(&str, &str)], seed: u64, until: u64) -> Bench<Held> {
    Bench::new(settings, seed).until(Time::from_secs(until))
}

/// The mean of a reading over the run after the warm-up, of several runs.
fn means(settings: &[(&str, &str)], reading: &str, runs: u64) -> Interval {
    let mean = |seed| {
        let mut bench = size(settings, seed, 10);
        let mut sum = 0.0;
        for n in 1..=25 {
            bench = bench.until(Time::from_secs(10 + 2 * n));
            sum += bench.reading(reading);
        }
        sum / 25.0
    };
    Interval::of(&(0..runs).map(mean).collect::<Vec<_>>()).unwrap()
}

/// Mean time where arrivals are Poisson and the rate at which requests leave depends on how many are inside: a birth and death
/// process, and Little's law. With `n` of at most `pool` inside the database they leave at min(n, k)·μ ÷ (1 + penalty·(n − k)).
fn birth_and_death(load: f64, pool: u32, cores: u32, mu: f64, penalty: f64) -> f64 {
    let leaves = |n: u32| {
        let n = f64::from(n.min(pool));
        let k = f64::from(cores);
        n.min(k) * mu / (1.0 + penalty * (n - k).max(0.0))
    };
    let (mut weight, mut all, mut inside) = (1.0, 1.0, 0.0);
    for n in 1..2_000 {
        weight *= load / leaves(n);
        all += weight;
        inside += weight * f64::from(n);
    }
    inside / all / load
}

#[test]
fn a_pool_is_erlangs_where_nothing_slows_and_nobody_gives_up() {
    let common = [("hold", "0"), ("penalty", "0"), ("timeout", "30")];
    // As many connections as cores, and a pool that is larger: the line is then in the database, and as long.
    for (load, pool) in [("300", "4"), ("300", "20"), ("200", "4")] {
        let settings = [&common[..], &[("load", load), ("pool", pool)]].concat();
        let theory = Mmc { servers: 4, lambda: load.parse().unwrap(), mu: 100.0 }.sojourn();
        let interval = means(&settings, "mean", 30);
        assert!((interval.mean - theory).abs() < 2.0 * interval.half_width, "{interval:?}, {theory}");
        assert!(interval.half_width < theory / 15.0, "{interval:?}");
    }
}

#[test]
fn a_crowd_that_slows_itself_is_a_birth_and_death_process() {
    for (load, pool) in [("240", "6"), ("240", "12"), ("280", "10")] {
        let settings = [("hold", "0"), ("timeout", "30"), ("load", load), ("pool", pool)];
        let theory = birth_and_death(load.parse().unwrap(), pool.parse().unwrap(), 4, 100.0, 0.03);
        let interval = means(&settings, "mean", 30);
        assert!(
            (interval.mean - theory).abs() < 2.0 * interval.half_width,
            "{load}, {pool}: {interval:?}, {theory}"
        );
        assert!(interval.half_width < theory / 8.0, "{interval:?}");
    }
}

#[test]
fn the_larger_pool_is_the_slower_one_and_a_smaller_one_cures_it() {
    let mean = |pool| means(&[("pool", pool)], "mean", 4).mean;
    let [four, ten, large] = ["4", "10", "48"].map(mean);
    assert!(ten < 0.05 && four > 10.0 * ten && large > 20.0 * ten, "{four} {ten} {large}");
    let bench = size(&[], 1, 20);
    assert!(bench.reading("refused") > 50.0);
    let bench = bench.set("pool", "10").on_for(Span::from_secs(10));
    assert!(bench.reading("p99") < 0.2 && bench.reading("refused") == 0.0, "{}", bench.reading("p99"));
    // Without the cost of company a large pool does no harm.
    assert!(means(&[("pool", "48"), ("penalty", "0")], "mean", 4).mean < 0.04);
}

#[test]
fn without_a_pool_each_request_pays_for_its_handshake() {
    let calm = [("load", "20"), ("hold", "0"), ("source", "each")];
    let alone = means(&calm, "mean", 10).mean;
    let sum = HANDSHAKE.0 * HANDSHAKE.1 + OPENING + 0.01;
    assert!((alone - sum).abs() < 0.1 * sum, "{alone}, {sum}");
    // 30 ms of work a request: four cores pass 133 a second, if none were lost.
    assert!(means(&[("load", "140"), ("source", "each")], "answered", 4).mean < 100.0);
}

#[test]
fn a_leak_drains_the_pool_minutes_later_and_taking_back_follows_littles_law() {
    // Ten leaks at one in 25 s are 250 s, more or less.
    for seed in 1..6 {
        assert_eq!(held(&[], seed, 60).reading("failed"), 0.0);
        assert!(held(&[], seed, 540).reading("answered") < 2.0);
    }
    // Held at a time: 0.04 leaks a second × 50 s, and 0.02 reports a second × 30 s; the pool looks every 5 s.
    let kept: Vec<f64> =
        (0..80).map(|seed| held(&[("take-back", "50")], seed, 300).reading("kept")).collect();
    let interval = Interval::of(&kept).unwrap();
    let theory = 0.04 * (50.0 + 2.5 - 5.0) + 0.02 * 25.0;
    assert!((interval.mean - theory).abs() < 2.0 * interval.half_width, "{interval:?}, {theory}");
    // Neither age nor impatience brings one back.
    for cure in [("lifetime", "30"), ("timeout", "1"), ("pool", "16")] {
        assert!(held(&[cure], 1, 600).reading("share") < 0.6, "{cure:?}");
    }
}

#[test]
fn two_at_a_time_get_stuck_below_the_known_size_and_never_at_it() {
    let common = [("load", "100"), ("threads", "8"), ("second", "on"), ("leak", "0")];
    let timeouts = |pool: u32| {
        let pool = pool.to_string();
        held(&[&common[..], &[("pool", &pool)]].concat(), 3, 300).reading("timeouts")
    };
    let enough = deadlock_free_size(8, 2);
    assert_eq!((enough, timeouts(enough), timeouts(enough - 1) > 0.0), (9, 0.0, true));
}
