//! The points of the figures, and what is known of them from elsewhere.

use super::four_cells::FourCells;
use super::frozen_loop::{COMPUTES, FrozenLoop};
use super::pool_or_loop::PoolOrLoop;
use crate::lessons::prelude::*;
use crate::mechanism::queueing::{ClosedBounds, Mmc, closed_mva};
use crate::mechanism::scalability::BlockingPool;
use crate::player::{Bench, Run, Search, SearchResult};
use crate::sim::Seed;
use crate::sim::statistics::Interval;

const REQUEST: u8 = 0;

/// Answers a second between 4 s and 20 s.
fn answered(settings: &[(&str, &str)], seed: u64) -> f64 {
    let bench = Bench::<PoolOrLoop>::new(settings, seed).until(Time::from_secs(4));
    let begun = bench.world.tally(REQUEST).closed(EndKind(0));
    let bench = bench.until(Time::from_secs(20));
    (bench.world.tally(REQUEST).closed(EndKind(0)) - begun) as f64 / 16.0
}

fn mean(settings: &[(&str, &str)], runs: u64) -> Interval {
    let rates: Vec<f64> = (0..runs).map(|seed| answered(settings, seed)).collect();
    Interval::of(&rates).unwrap()
}

#[test]
fn a_pool_that_is_never_empty_is_a_closed_network() {
    // The threads go round between a core and the database: machine repairmen, by exact mean value analysis.
    for (threads, io) in [("4", "45 ms"), ("8", "45 ms"), ("16", "30 ms")] {
        let k: u32 = threads.parse().unwrap();
        let wait = io.trim_end_matches(" ms").parse::<f64>().unwrap() / 1e3;
        let settings = [("threads", threads), ("io", io), ("cores", "1"), ("load", "500")];
        let (found, (exact, _)) = (mean(&settings, 12), closed_mva(k, wait, &[0.005]));
        assert!((found.mean - exact).abs() < 1.5 * found.half_width.max(0.01 * exact), "{found:?}, {exact}");
        let bounds = ClosedBounds::new(wait, &[0.005]);
        assert!((bounds.least_throughput(k)..=bounds.most_throughput(k)).contains(&exact));
        assert!(found.mean < BlockingPool { threads: k.into(), cores: 1.0, cpu: 0.005, wait }.most() * 1.02);
    }
}

#[test]
fn threads_that_hardly_compute_are_erlangs_servers() {
    // With next to nothing to compute a thread is held for the database's time alone: M/M/8 at 75 %.
    let settings = [("load", "120"), ("cpu", "0.5 ms"), ("io", "50 ms"), ("cores", "8")];
    let waiting = |seed| {
        let mut bench = Bench::<PoolOrLoop>::new(&settings, seed).until(Time::from_secs(2));
        let mut sum = 0.0;
        for _ in 0..1_800 {
            bench = bench.on_for(Span::from_millis(10));
            sum += bench.reading("for-thread");
        }
        sum / 1_800.0
    };
    let found = Interval::of(&(0..24).map(waiting).collect::<Vec<_>>()).unwrap();
    let theory = Mmc { servers: 8, lambda: 120.0, mu: 1.0 / 0.0505 }.waiting();
    assert!((found.mean - theory).abs() < 1.5 * found.half_width, "{found:?}, {theory}");
    assert!(found.half_width < 0.4 * theory, "{found:?}");
}

#[test]
fn a_loop_is_one_server_that_everybody_visits_twice() {
    // Jackson: two visits to one exponential server of 2.5 ms. What waits is that of M/M/1, whatever the database does.
    for io in ["5 ms", "180 ms"] {
        let settings = [("style", "loop"), ("load", "120"), ("io", io)];
        let waiting = |seed| {
            let mut bench = Bench::<PoolOrLoop>::new(&settings, seed).until(Time::from_secs(2));
            let mut sum = 0.0;
            for _ in 0..1_800 {
                bench = bench.on_for(Span::from_millis(10));
                sum += bench.reading("for-thread");
            }
            sum / 1_800.0
        };
        let found = Interval::of(&(0..24).map(waiting).collect::<Vec<_>>()).unwrap();
        let theory = Mmc { servers: 1, lambda: 240.0, mu: 400.0 }.waiting();
        assert!((found.mean - theory).abs() < 1.5 * found.half_width, "{io}: {found:?}, {theory}");
        assert!(found.half_width < 0.3 * theory, "{found:?}");
    }
}

#[test]
fn a_slow_database_dries_the_pool_and_not_the_loop() {
    let slow = |style| {
        let bench = Bench::<PoolOrLoop>::new(&[("style", style)], 3).until(Time::from_secs(1));
        let bench = bench.act("slow", &[Entity::new(4, 0)], &Value::Number(4.0)).until(Time::from_secs(12));
        (bench.reading("answered"), bench.reading("busy"), bench.says())
    };
    let (pool, busy, says) = slow("pool");
    assert!((30.0..58.0).contains(&pool) && busy < 0.2 && says == ["says-dry"], "{pool} {busy} {says:?}");
    // Twice is sixteen times as slow, and normal is as it was set; a database that is well can't be restored.
    let database = Entity::new(4, 0);
    let slower = |it: Bench<PoolOrLoop>| it.act("slow", &[database], &Value::Number(4.0));
    let twice = || slower(slower(Bench::new(&[("style", "loop")], 3)));
    let waiting = twice().until(Time::from_secs(5)).reading("for-io");
    assert!((50.0..95.0).contains(&waiting), "{waiting}");
    let restored = twice().act("restore", &[database], &Value::None).until(Time::from_secs(5));
    assert!(restored.reading("for-io") < 20.0);
    let (one_loop, _, says) = slow("loop");
    assert!((80.0..125.0).contains(&one_loop) && says == ["says-loop"], "{one_loop} {says:?}");
    // On computing a loop wins nothing: it has one core.
    let heavy = |style| answered(&[("style", style), ("load", "120"), ("cpu", "20 ms"), ("io", "20 ms")], 3);
    assert!((45.0..55.0).contains(&heavy("loop")) && heavy("pool") > 75.0 && heavy("loops") > 90.0);
}

#[test]
fn only_stacks_that_were_touched_take_memory() {
    let at = |settings: &[(&str, &str)]| Bench::<PoolOrLoop>::new(settings, 1).until(Time::from_secs(8));
    let few = at(&[("threads", "500"), ("load", "10")]);
    assert_eq!(few.reading("reserved"), 500.0 * 8_388_608.0);
    assert!(few.reading("memory") < 36.0 * 1_048_576.0);
    let many = at(&[("threads", "400"), ("load", "300"), ("io", "1 s"), ("cpu", "8 ms"), ("cores", "3")]);
    assert!(many.reading("memory") > 75.0 * 1_048_576.0);
}

#[test]
fn another_server_begins_with_the_requests_that_are_inside() {
    let mut bench = Bench::<PoolOrLoop>::new(&[("io", "180 ms")], 5).until(Time::from_secs(2));
    for (control, value) in
        [("style", "loop"), ("style", "loops"), ("cores", "5"), ("style", "pool"), ("threads", "20")]
    {
        let before = bench.world.tally(REQUEST).under_way();
        bench = bench.set(control, value);
        assert_eq!(bench.world.tally(REQUEST).under_way(), before);
        bench = bench.on_for(Span::from_millis(300));
    }
}

/// The p99 of hellos, of files, and the mean of reports, over ten seconds with two reports a second.
fn ways(settings: &[(&str, &str)]) -> [f64; 3] {
    let settings: Vec<_> = [("reports", "2")].iter().chain(settings).copied().collect();
    let mut bench = Bench::<FrozenLoop>::new(&settings, 2).until(Time::from_secs(2));
    let mut worst = [0.0_f64; 3];
    for _ in 0..10 {
        bench = bench.on_for(Span::from_secs(1));
        for (worst, id) in worst.iter_mut().zip(["hello", "file", "report"]) {
            *worst = worst.max(bench.reading(id));
        }
    }
    worst
}

#[test]
fn microtasks_freeze_the_loop_as_one_callback_does_and_immediates_do_not() {
    let [once, awaiting, immediate, pool] =
        ["once", "await", "immediate", "pool"].map(|way| ways(&[("way", way)])[0]);
    let computes = COMPUTES.secs();
    assert!(once > computes && awaiting > computes, "{once} {awaiting}");
    assert!((0.022..0.1).contains(&immediate) && (0.02..0.03).contains(&pool), "{immediate} {pool}");
    // Where the work goes on the queue goes too: one worker has files wait behind reports.
    assert!(ways(&[("way", "pool"), ("workers", "1")])[1] > computes / 2.0);
    assert!(ways(&[("way", "pool")])[1] < 0.05);
}

#[test]
fn reports_that_may_not_hold_every_worker_leave_one_to_files() {
    let settings = |limit| [("way", "pool"), ("reports", "12"), ("limit", limit)];
    let queued = |limit| {
        let mut bench = Bench::<FrozenLoop>::new(&settings(limit), 3).until(Time::from_secs(1));
        let mut found = 0;
        for _ in 0..700 {
            bench = bench.on_for(Span::from_millis(10));
            found += u32::from(bench.reading("for-worker") > 0.0);
        }
        found
    };
    assert!(queued("16") > 50 && queued("3") < 20, "{} {}", queued("16"), queued("3"));
    // Another number lets in at once what was held back.
    let one = Bench::<FrozenLoop>::new(&settings("1"), 3).until(Time::from_secs(4));
    let three =
        one.set("limit", "3").on_for(Span::from_secs(4)).set("workers", "8").on_for(Span::from_secs(2));
    assert!(three.reading("report") > 0.5);
}

#[test]
fn a_report_that_is_asked_for_freezes_one_turn() {
    let bench = Bench::<FrozenLoop>::new(&[], 1).until(Time::from_secs(1));
    let bench = bench.act("ask", &[Entity::new(4, 0)], &Value::None).on_for(Span::from_millis(150));
    assert_eq!(bench.says(), ["says-frozen"]);
    let waiting = bench.reading("waiting");
    assert!((3.0..20.0).contains(&waiting), "{waiting}");
    let bench = bench.on_for(Span::from_millis(300));
    let longest = bench.reading("longest");
    assert!((0.2..0.23).contains(&longest) && bench.reading("waiting") < 4.0, "{longest}");
    let bench = bench.set("reports", "10").on_for(Span::from_secs(1)).set("workers", "2");
    assert!(bench.set("way", "immediate").on_for(Span::from_secs(2)).reading("hello") > 0.0);
}

#[test]
fn another_worker_takes_what_has_waited_longest_and_the_others_go_on() {
    let settings = [("way", "pool"), ("reports", "15"), ("workers", "2")];
    let bench = Bench::<FrozenLoop>::new(&settings, 1).until(Time::from_secs(3));
    let waits = |bench: &Bench<FrozenLoop>| (bench.reading("waiting"), bench.reading("for-worker"));
    let (for_loop, for_worker) = waits(&bench);
    assert!(for_worker > 2.0, "{for_worker}");
    let bench = bench.set("workers", "3");
    assert_eq!(waits(&bench), (for_loop, for_worker - 1.0));
    // One worker too many ends with what it is at.
    assert_eq!(waits(&bench.set("workers", "1")), (for_loop, for_worker - 1.0));
}

/// What the search for a hang finds, as the page's button does.
fn hang(settings: &[(&str, &str)]) -> Option<usize> {
    let figure = &super::four_cells::FIGURES[0];
    let mut run = Run::new(figure.spec, Seed(1));
    run.set_all(figure.spec, settings).unwrap();
    match Search::start(figure, &run).unwrap().work(usize::MAX).unwrap() {
        SearchResult::Way { steps, .. } => Some(steps),
        SearchResult::Never { .. } => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn edge_triggered_reads_that_stop_early_can_hang_and_no_others() {
    for (form, all_send, silent) in [
        ("block", false, true),
        ("poll", false, false),
        ("level", false, false),
        ("edge", true, true),
        ("drain", false, false),
        ("ring", false, false),
    ] {
        for (value, expected) in [("off", all_send), ("on", silent)] {
            let settings = [("form", form), ("silent", value)];
            let found = hang(&settings);
            assert_eq!(found.is_some(), expected, "{settings:?}: {found:?}");
            let nearest = Bench::<FourCells>::new(&settings, 1).reading("nearest");
            assert_eq!(nearest.is_finite().then_some(nearest as usize), found, "{settings:?}");
        }
    }
}

#[test]
fn whoever_does_not_block_asks_for_nothing_and_whoever_waits_does_not() {
    let at_random = |form| {
        let settings = [("form", form), ("scheduler", "random")];
        Bench::<FourCells>::new(&settings, 4).until(Time::from_secs(40))
    };
    for form in ["block", "level", "drain", "ring"] {
        assert_eq!(at_random(form).reading("answered"), 2.0, "{form}");
    }
    let polls: f64 = (0..20)
        .map(|seed| {
            let settings = [("form", "poll"), ("scheduler", "random"), ("silent", "on")];
            Bench::<FourCells>::new(&settings, seed).until(Time::from_secs(40)).reading("empty")
        })
        .sum();
    assert!(polls > 100.0, "{polls}");
    assert_eq!(at_random("level").reading("empty"), 0.0);
}
