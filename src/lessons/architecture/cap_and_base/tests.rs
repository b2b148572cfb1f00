//! The points of the figures, and what is known of them from elsewhere.

use super::audit::Audited;
use super::cluster::PEERS;
use super::heal::{Shop, left};
use super::questions::PARTIAL_WRITES;
use super::register::Register;
use super::versions::Value as Kept;
use crate::lessons::prelude::*;
use crate::mechanism::linearizability::{Check, Limits, Verdict};
use crate::mechanism::quorum::Quorum;
use crate::player::Bench;

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
        assert_eq!(bench.model.audit.broken, None, "seed {seed}");
        assert_eq!(bench.reading("behind"), 0.0);
        assert!(bench.reading("refused") > 0.0);
    }
}

#[test]
fn the_audit_finds_the_answer_that_the_general_checker_finds() {
    let mut known = [0, 0];
    for seed in 0..3 {
        for settings in [
            &[("mode", "majority")][..],
            &[("mode", "quorum")],
            &[("mode", "quorum"), ("skew", "0.2 s")],
            &[("mode", "quorum"), ("r", "1"), ("w", "5")],
            &[("mode", "anywhere"), ("rate", "1/s")],
        ] {
            let bench = register(settings, seed);
            let limits = Limits { configurations: 4_000, steps: 60_000 };
            let mut check = Check::linearizable(bench.model.audit.history.clone(), limits);
            while !check.advance(100_000) {}
            let first = check.violation().map(|it| it.operation);
            if check.verdict() != Some(Verdict::Unknown) {
                assert_eq!(bench.model.audit.broken, first, "seed {seed}: {settings:?}");
                known[usize::from(first.is_some())] += 1;
            }
        }
    }
    assert!(known[0] >= 4 && known[1] >= 4, "{known:?}");
}

#[test]
fn an_answer_that_contradicts_another_names_one_with_which_it_can_t_be_ordered() {
    let bench = register(&[("mode", "quorum"), ("r", "1"), ("w", "4")], 3);
    let all = &bench.model.audit.operations;
    let wrong: Vec<_> = all.iter().filter_map(|it| Some((it, &all[it.newer?]))).collect();
    assert!(!wrong.is_empty());
    for (it, newer) in wrong {
        assert!(newer.end.is_some_and(|end| end < it.from) && newer.value() != it.value());
        // And yet somebody was done with its value before somebody began with the other.
        let counts = |of: &&Audited| of.refused.is_none() && of.newer.is_none();
        let with = |value| all.iter().filter(counts).filter(move |of| of.value() == value);
        let ended = with(it.value()).filter_map(|of| of.end).min();
        let began = with(newer.value()).map(|of| of.from).max();
        assert!(it.value() == 0 || ended < began, "{it:?} {newer:?}");
    }
}

#[test]
fn a_majority_refuses_on_the_smaller_side_only_and_anywhere_refuses_nobody() {
    let cut = |mode| Bench::<Register>::new(&[("mode", mode), ("network", "two")], 5).until(secs(20));
    let majority = cut("majority");
    let refused = majority.model.cluster.refused;
    assert!(refused[..2].iter().all(|&n| n > 5) && refused[2..].iter().all(|&n| n == 0), "{refused:?}");
    let bench = cut("anywhere");
    assert_eq!(bench.reading("refused"), 0.0);
    assert!(bench.reading("broken") > 10.0 && bench.reading("behind") > 1.0);
}

#[test]
fn sets_that_meet_are_not_stale_and_answer_where_enough_can_be_reached() {
    let cut = |n, r, w, reading| {
        let settings =
            [("mode", "quorum"), ("network", "two"), ("writes", "50 %"), ("n", n), ("r", r), ("w", w)];
        Bench::<Register>::new(&settings, 7).until(secs(25)).reading(reading)
    };
    for (n, r, w) in [("5", "3", "3"), ("5", "1", "5"), ("5", "5", "1"), ("3", "2", "2")] {
        // Where nobody reads there is no such mean.
        let behind = cut(n, r, w, "behind");
        assert!(behind.is_nan() || behind == 0.0, "{n} {r} {w}: {behind}");
    }
    for (n, r, w) in [("5", "1", "1"), ("5", "2", "3"), ("5", "3", "2"), ("3", "1", "2")] {
        assert!(cut(n, r, w, "broken") > 0.0, "{n} {r} {w}");
    }
    assert_eq!(cut("5", "3", "3", "broken"), 0.0);
    // Without a cut, what is under way can still be read here and missed there, if one answer is enough.
    let whole = |r, w| {
        let settings = [("mode", "quorum"), ("rate", "3/s"), ("delay", "0.1 s"), ("r", r), ("w", w)];
        (0..6)
            .map(|seed| Bench::<Register>::new(&settings, seed).until(secs(60)).reading("broken"))
            .sum::<f64>()
    };
    let (one_each, all_written) = (whole("1", "1"), whole("1", "5"));
    assert!(all_written > 0.0 && all_written < 0.2 * one_each, "{all_written} and {one_each}");
    assert_eq!(whole("3", "3"), 0.0);
}

/// The share of reads that missed at least so many versions, over some runs.
fn missed(settings: &[(&str, &str)], versions: usize) -> f64 {
    let all = [("mode", "quorum"), ("delay", "5 ms"), ("rate", "2/s")];
    let settings: Vec<_> = all.iter().chain(settings).copied().collect();
    let (mut reads, mut missed) = (0, 0);
    for seed in 0..6 {
        let bench = Bench::<Register>::new(&settings, seed).until(secs(110));
        let age = &bench.model.age;
        reads += age.missed.iter().sum::<u32>();
        missed += age.missed.iter().skip(versions).sum::<u32>();
    }
    f64::from(missed) / f64::from(reads)
}

#[test]
fn random_quorums_miss_the_last_versions_as_often_as_the_closed_form_says() {
    for (n, r, w) in [(5, 1, 1), (5, 1, 2), (5, 2, 2), (5, 2, 1), (3, 1, 1), (4, 2, 2)] {
        let numbers = [n, r, w].map(|n| n.to_string());
        let [n_of, r_of, w_of] = numbers.each_ref().map(String::as_str);
        let settings = [("n", n_of), ("r", r_of), ("w", w_of), ("whom", "random")];
        let quorum = Quorum::new(n, r, w).unwrap();
        for versions in 1..=4 {
            let (found, formula) = (missed(&settings, versions), 1.0 - quorum.fresh_within(versions as u32));
            assert!((found - formula).abs() < 0.04, "{quorum:?} {versions}: {found} {formula}");
        }
        // A write that goes on to all N is missed by those only who ask while it is under way.
        let all = [("n", n_of), ("r", r_of), ("w", w_of), ("whom", "all")];
        assert!(missed(&all, 1) < 0.1 * quorum.miss(), "{quorum:?}");
    }
}

#[test]
fn stand_ins_let_everybody_go_on_and_hand_over_what_they_kept() {
    let three = [("mode", "quorum"), ("n", "3"), ("r", "2"), ("w", "2"), ("rate", "3/s"), ("delay", "20 ms")];
    for seed in 0..5 {
        let cut = |whom| {
            let settings: Vec<_> = three.iter().chain(&[("whom", whom)]).copied().collect();
            Bench::<Register>::new(&settings, seed).until(secs(2)).set("network", "two").until(secs(12))
        };
        let strict = cut("all");
        assert!(strict.reading("refused") > 20.0 && strict.reading("behind") == 0.0);
        let sloppy = cut("sloppy");
        // But for those who waited for an answer from the other side when the network was cut.
        assert!(sloppy.reading("refused") <= 5.0 && sloppy.reading("broken") > 5.0);
        let hints = |bench: &Bench<Register>| (3..5).filter(|&at| bench.model.hint(at).is_some()).count();
        assert_eq!(hints(&sloppy), 2);
        let healed = sloppy.set("network", "whole").set("writes", "0 %").until(secs(15));
        assert_eq!(hints(&healed), 0);
        let held = [0, 1, 2].map(|at| healed.model.held(at));
        assert!(held[0].is_some() && held.iter().all(|it| *it == held[0]));
    }
}

#[test]
fn quorums_that_meet_are_not_enough() {
    let broken = |seed: u64, set| Bench::<Register>::new(set, seed).until(secs(90)).reading("broken") > 0.0;
    for seed in 0..30 {
        assert!(PARTIAL_WRITES.iter().any(|set| broken(seed, set)), "seed {seed}");
    }
    // Clocks that are off make it lose writes that were answered, one after the other.
    let skewed = [("mode", "quorum"), ("skew", "0.5 s")];
    assert!(Bench::<Register>::new(&skewed, 1).until(secs(40)).reading("broken") > 3.0);
}

/// A shop that is cut in two for so long.
fn shop(rules: &[(&str, &str)], cut: u64, seed: u64) -> Bench<Shop> {
    let bench = Bench::new(rules, seed).until(secs(3)).set("network", "two");
    bench.until(secs(3 + cut)).set("network", "whole").until(secs(30))
}

#[test]
fn each_rule_loses_what_it_loses() {
    let sum = |[account, carts, likes]: [&str; 3], reading| {
        let rules = [("account", account), ("carts", carts), ("likes", likes)];
        (0..6).map(|seed| shop(&rules, 10, seed).reading(reading)).sum::<f64>()
    };
    // That nothing is ever lost under a majority or by merging is an invariant of the figure.
    assert_eq!(sum(["merge", "siblings", "merge"], "lost"), 0.0);
    assert!(sum(["merge", "merge", "siblings"], "lost") > 20.0);
    assert!(sum(["merge", "last", "last"], "lost") > 40.0);
    for rule in ["last", "siblings", "merge"] {
        assert!(sum([rule, "merge", "merge"], "overdrawn") > 300.0, "{rule}");
    }
}

#[test]
fn each_side_spends_what_was_left_at_the_cut() {
    for seed in 0..10 {
        let bench = Bench::<Shop>::new(&[("account", "merge")], seed).until(secs(3)).set("network", "two");
        let seen = |at| bench.model.seen(at, 0);
        let left = f64::from(left(&(0..PEERS).fold(Kept::default(), |all, at| all.union(&seen(at)))));
        let overdrawn = bench.until(secs(25)).set("network", "whole").until(secs(30)).reading("overdrawn");
        // What was under way when the cable was cut, the other side has never seen.
        assert!((overdrawn - left).abs() <= 40.0, "seed {seed}: {overdrawn} of {left}");
    }
}

#[test]
fn replicas_agree_again_by_comparing_the_sooner_the_more_often_they_do() {
    let converge = |repair| {
        let rules = [("carts", "merge"), ("likes", "merge"), ("account", "merge"), ("repair", repair)];
        let bench = |seed| shop(&rules, 5, seed).reading("converge");
        (0..10).map(bench).sum::<f64>() / 10.0
    };
    let (often, seldom) = (converge("1 s"), converge("10 s"));
    assert!(often < 2.0 && seldom > 2.0 * often, "{often} {seldom}");
}
