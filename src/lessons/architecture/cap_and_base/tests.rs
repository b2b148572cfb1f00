//! The points of the figures, and what is known of them from elsewhere.

use super::audit::Known;
use super::heal::Shop;
use super::partial::Partial;
use super::questions::PARTIAL_WRITES;
use super::register::Register;
use crate::lessons::prelude::*;
use crate::mechanism::linearizability::{Check, Limits, Verdict};
use crate::mechanism::quorum::Quorum;
use crate::player::Bench;
use crate::sim::statistics::Interval;

fn secs(n: u64) -> Time {
    Time::from_secs(n)
}

/// A run through cuts and heals, with many operations.
fn register(settings: &[(&str, &str)], seed: u64) -> Bench<Register> {
    let busy = [("rate", "3/s"), ("writes", "50 %")];
    let settings: Vec<_> = busy.iter().chain(settings).copied().collect();
    let bench = Bench::<Register>::new(&settings, seed).until(secs(4)).set("network", "two");
    bench
        .until(secs(12))
        .set("network", "whole")
        .until(secs(16))
        .set("network", "bridge")
        .until(secs(24))
        .set("network", "whole")
        .until(secs(30))
}

#[test]
fn a_majority_with_write_back_is_linearizable_whatever_is_cut() {
    for seed in 0..12 {
        let bench = register(&[("mode", "majority"), ("skew", "0.5 s")], seed);
        assert_eq!(bench.model.audit.known(), Known::Fits, "seed {seed}");
        assert_eq!(bench.reading("stale"), 0.0);
        assert!(bench.reading("refused") > 0.0);
    }
}

#[test]
fn what_the_audit_says_is_what_one_check_of_the_whole_history_says() {
    for (mode, seed) in [("majority", 1), ("plain", 2), ("sloppy", 3), ("anywhere", 4)] {
        let bench = register(&[("mode", mode)], seed);
        let mut check = Check::linearizable(bench.model.audit.history().clone(), Limits::default());
        while !check.advance(100_000) {}
        let broken = check.verdict() == Some(Verdict::Violated);
        assert_eq!(bench.model.audit.known() == Known::Broken, broken, "{mode}");
        let first = |it: &super::audit::Audit| it.violation.as_ref().map(|it| it.operation);
        assert_eq!(first(&bench.model.audit), check.violation().map(|it| it.operation), "{mode}");
    }
}

#[test]
fn a_majority_refuses_on_the_smaller_side_only_and_anywhere_refuses_nobody() {
    let cut = |mode| Bench::<Register>::new(&[("mode", mode), ("network", "two")], 5).until(secs(20));
    let majority = cut("majority");
    let refused = majority.model.refused_at();
    assert!(refused[..2].iter().all(|&n| n > 5) && refused[2..].iter().all(|&n| n == 0), "{refused:?}");
    for mode in ["anywhere", "sloppy"] {
        let bench = cut(mode);
        assert_eq!(bench.reading("refused"), 0.0, "{mode}");
        assert_eq!(bench.model.audit.known(), Known::Broken, "{mode}");
        assert!(bench.reading("stale") > 10.0, "{mode}: {}", bench.reading("stale"));
    }
}

#[test]
fn quorums_that_meet_are_not_enough() {
    let broken = |seed: &u64| {
        let bench = Bench::<Register>::new(PARTIAL_WRITES, *seed).until(secs(60));
        bench.reading("broken") > 0.0
    };
    let found = (0..20).filter(broken).count();
    assert!(found >= 19, "{found} of 20");
    // Clocks that are off make it lose writes that were answered, one after the other.
    let skewed = [("mode", "plain"), ("skew", "0.5 s")];
    assert!(Bench::<Register>::new(&skewed, 1).until(secs(40)).reading("stale") > 3.0);
}

fn shop(how: &str, outage: &str, seed: u64) -> Bench<Shop> {
    Bench::new(&[("how", how), ("outage", outage)], seed).until(secs(30))
}

#[test]
fn each_rule_loses_what_it_loses() {
    let sum = |how: &str, reading| (0..6).map(|seed| shop(how, "10 s", seed).reading(reading)).sum::<f64>();
    // That nothing is ever lost under a majority or by merging is an invariant of the figure.
    assert_eq!(sum("account:merge,carts:siblings,likes:merge", "lost"), 0.0);
    assert!(sum("account:merge,carts:merge,likes:siblings", "lost") > 20.0);
    assert!(sum("account:merge,carts:last,likes:last", "lost") > 40.0);
    for rule in ["last", "siblings", "merge"] {
        assert!(sum(&format!("account:{rule},carts:merge,likes:merge"), "overdrawn") > 300.0, "{rule}");
    }
}

#[test]
fn each_side_spends_what_was_left_at_the_cut() {
    for seed in 0..10 {
        let how = "account:merge,carts:merge,likes:merge";
        let bench =
            Bench::<Shop>::new(&[("how", how), ("outage", "15 s")], seed).until(Time::from_millis(3_001));
        let left = bench.model.left_on_account();
        let overdrawn = bench.until(secs(30)).reading("overdrawn");
        // What was under way when the cable was cut, the other side has never seen.
        assert!((overdrawn - left).abs() <= 40.0, "seed {seed}: {overdrawn} of {left}");
    }
}

#[test]
fn replicas_agree_again_by_hints_or_by_comparing() {
    let converge = |settings: &[(&str, &str)]| {
        let bench = |seed| Bench::<Shop>::new(settings, seed).until(secs(30)).reading("converge");
        (0..10).map(bench).sum::<f64>() / 10.0
    };
    let how = ("how", "account:merge,carts:merge,likes:merge");
    let hints = converge(&[how]);
    let often = converge(&[how, ("handoff", "off"), ("repair", "1 s")]);
    let seldom = converge(&[how, ("handoff", "off"), ("repair", "10 s")]);
    assert!(hints < 0.5 && hints < often && often < 3.0 && seldom > 2.0 * often, "{hints} {often} {seldom}");
}

fn partial(settings: &[(&str, &str)], seed: u64) -> Bench<Partial> {
    Bench::new(settings, seed).until(secs(40))
}

#[test]
fn versions_behind_are_those_of_the_closed_form() {
    for (n, r, w) in [(3, 1, 1), (3, 2, 1), (5, 1, 2), (5, 2, 2), (3, 2, 2)] {
        let quorum = Quorum::new(n, r, w).unwrap();
        let [n, r, w] = [n, r, w].map(|n| n.to_string());
        // Messages take next to no time, and only W replicas get a write.
        let settings = [
            ("n", n.as_str()),
            ("r", &r),
            ("w", &w),
            ("spread", "off"),
            ("delay", "1 ms"),
            ("writes", "10/s"),
        ];
        let runs: Vec<_> = (0..20).map(|seed| partial(&settings, seed)).collect();
        for k in 1..4 {
            let shares: Vec<f64> = runs.iter().filter_map(|run| run.model.at_least_behind(k)).collect();
            let interval = Interval::of(&shares).unwrap();
            let formula = 1.0 - quorum.fresh_within(k as u32);
            // A version that comes while the read is under way makes it a little fresher.
            let slack = 2.0 * interval.half_width + 0.03 * formula;
            assert!((interval.mean - formula).abs() <= slack, "{quorum:?}, {k}: {interval:?}, {formula}");
        }
    }
}

#[test]
fn staleness_in_time_is_that_of_the_wars_model() {
    // The model's own recipe: draw the four ways of each message, and see whether the read comes too early at all it asks.
    let mean = 0.02;
    let mut draws = World::<()>::new(9).draws(Purpose::named("wars"), Entity::new(0, 0));
    let mut way = || Dist::Exponential(mean).sample(&mut draws);
    let at = 1.25 * mean;
    let (mut stale, all) = (0, 200_000);
    for _ in 0..all {
        let stored: Vec<(f64, f64)> = (0..3).map(|_| (way(), way())).collect();
        let answered = stored.iter().map(|(w, a)| w + a).fold(f64::INFINITY, f64::min);
        // Any of the three is asked: the first is as good as the others.
        stale += u32::from(answered + at + way() < stored[0].0);
    }
    let expected = f64::from(stale) / f64::from(all);
    let settings = [("n", "3"), ("r", "1"), ("w", "1"), ("delay", "20 ms"), ("writes", "1/s")];
    let count = |seed| {
        let bench = Bench::<Partial>::new(&settings, seed).until(secs(40));
        let around = bench.model.since[2];
        (f64::from(around.0), f64::from(around.1))
    };
    let counts: Vec<(f64, f64)> = (0..100).map(count).collect();
    let (all, stale) = counts.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    assert!((stale / all - expected).abs() < 0.025, "{} {expected}", stale / all);
}

#[test]
fn reads_and_writes_find_enough_replicas_as_often_as_the_formula_says() {
    let settings = [("r", "2"), ("w", "3"), ("up", "90 %"), ("n", "4")];
    let quorum = Quorum::new(4, 2, 3).unwrap();
    for (reading, formula) in
        [("reads", quorum.read_availability(0.9)), ("writes", quorum.write_availability(0.9))]
    {
        let shares: Vec<f64> = (0..30).map(|seed| partial(&settings, seed).reading(reading)).collect();
        let interval = Interval::of(&shares).unwrap();
        assert!(
            (interval.mean - formula).abs() < 2.0 * interval.half_width,
            "{reading}: {interval:?}, {formula}"
        );
    }
}
