//! The points of the figures, and what is known of them from elsewhere.

use super::contention::{Contention, OWN_WORK};
use super::two_threads::TwoThreads;
use crate::lessons::prelude::*;
use crate::player::{Bench, Run, Search, SearchResult};
use crate::sim::Seed;
use crate::sim::statistics::Interval;

/// Schedules from the start, and how many of them are wrong.
fn schedules(settings: &[(&str, &str)]) -> (f64, f64) {
    let bench = Bench::<TwoThreads>::new(settings, 1);
    (bench.reading("schedules"), bench.reading("wrong"))
}

#[test]
fn two_of_twenty_schedules_are_right_and_a_lock_leaves_those() {
    let multinomial = |threads: u32, each: u32| {
        let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
        factorial(threads * each) / (0..threads).map(|_| factorial(each)).product::<f64>()
    };
    for (threads, times, right) in [("2", "1", 2.0), ("3", "1", 6.0), ("2", "2", 6.0), ("3", "2", 90.0)] {
        let setting = |guard| [("threads", threads), ("times", times), ("guard", guard)];
        let all = multinomial(threads.parse().unwrap(), 3 * times.parse::<u32>().unwrap());
        assert_eq!(schedules(&setting("none")), (all, all - right), "{threads} threads, {times} times");
        assert_eq!(schedules(&setting("mutex")), (right, 0.0));
        assert_eq!(schedules(&setting("spin")), (right, 0.0));
        assert_eq!(schedules(&setting("compare-and-swap")).1, 0.0);
        assert_eq!(schedules(&setting("whole")), (multinomial(threads.parse().unwrap(), 1), 0.0));
    }
    assert_eq!(schedules(&[("guard", "store")]), (42.0, 36.0));
}

/// What the search finds, as the page's button does.
fn search(settings: &[(&str, &str)]) -> Option<usize> {
    let figure = super::FIGURES.iter().find(|figure| figure.spec.id == "two-threads").unwrap();
    let mut run = Run::new(figure.spec, Seed(1));
    run.set_all(figure.spec, settings).unwrap();
    let found = Search::start(figure, &run).unwrap().work(usize::MAX).unwrap();
    match found {
        SearchResult::Way { steps, .. } => Some(steps),
        SearchResult::Never { .. } => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn petersons_algorithm_holds_until_there_are_store_buffers_and_a_fence_restores_it() {
    for (guard, buffers, expected) in [
        ("peterson", "off", None),
        ("peterson", "on", Some(6)),
        ("fence-between", "on", Some(13)),
        ("fence-after", "on", None),
        ("fence-after", "off", None),
        // A lock is taken by a locked instruction, which waits for the buffer.
        ("mutex", "on", None),
        ("spin", "on", None),
        ("compare-and-swap", "on", None),
    ] {
        let settings = [("guard", guard), ("store-buffers", buffers)];
        assert_eq!(search(&settings), expected, "{settings:?}");
        // The figure knows the same from having looked at all schedules.
        let nearest = Bench::<TwoThreads>::new(&settings, 1).reading("nearest");
        assert_eq!(expected.map_or(f64::NAN, |steps| steps as f64).to_bits(), nearest.to_bits());
    }
    assert_eq!((search(&[]), search(&[("guard", "store")])), (Some(6), Some(9)));
}

#[test]
fn another_guard_starts_the_threads_afresh() {
    let thread = |n| Entity::new(0, n);
    let step = |bench: Bench<TwoThreads>, n| {
        bench.act("step", &[thread(n)], &Value::None).on_for(Span::from_secs(1))
    };
    let bench = [0, 1, 0, 0].into_iter().fold(Bench::<TwoThreads>::new(&[], 1), step);
    assert_eq!((bench.reading("x"), bench.reading("schedules")), (1.0, 1.0));
    let mut bench = step(bench.set("guard", "mutex"), 1);
    assert_eq!((bench.reading("x"), bench.reading("wrong")), (0.0, 0.0));
    assert_eq!(bench.tries("step", &[thread(0)], &Value::None).unwrap_err().id, "thread-waits");
    let bench = bench.set("scheduler", "random").on_for(Span::from_secs(20));
    assert_eq!((bench.reading("x"), bench.says()), (2.0, vec!["says-right".to_owned()]));
}

/// Operations a second after the first half second, and updates lost.
fn contention(settings: &[(&str, &str)], seed: u64) -> (f64, f64) {
    let bench = Bench::<Contention>::new(settings, seed).until(Time::from_millis(500));
    let begun = bench.world.tally(1).closed_in_all();
    let bench = bench.until(Time::from_millis(6_500));
    ((bench.world.tally(1).closed_in_all() - begun) as f64 / 6.0, bench.reading("lost"))
}

#[test]
fn a_lock_without_a_price_is_the_machine_repairman() {
    // Exact mean value analysis of N threads that work for Z, however it is spread, and pass one exponential section of S. A spin lock has no
    // switches, and everybody has a core.
    let section = 0.001;
    let (mut queue, mut exact) = (0.0, Vec::new());
    for threads in 1..=12 {
        let stay = section * (1.0 + queue);
        let rate = f64::from(threads) / (OWN_WORK.mean() + stay);
        queue = rate * stay;
        exact.push(rate);
        assert!(rate <= (f64::from(threads) / (OWN_WORK.mean() + section)).min(1.0 / section) + 1e-9);
    }
    for threads in [1, 2, 5, 8, 12] {
        let settings =
            [("lock", "spin"), ("scope", "section"), ("cores", "12"), ("threads", &threads.to_string())];
        let rates: Vec<f64> = (0..12).map(|seed| contention(&settings, seed).0).collect();
        let interval = Interval::of(&rates).unwrap();
        let theory = exact[threads - 1];
        assert!(
            (interval.mean - theory).abs() < 1.5 * interval.half_width,
            "{threads}: {interval:?}, {theory}"
        );
        assert!(interval.half_width < 0.03 * theory);
    }
}

#[test]
fn only_exclusion_from_load_to_store_loses_nothing_and_its_scope_sets_the_pace() {
    let run = |lock, scope| contention(&[("lock", lock), ("scope", scope)], 4);
    for lock in ["mutex", "spin", "read-write"] {
        for (scope, low, high) in [("operation", 180.0, 215.0), ("section", 820.0, 1000.0)] {
            let (rate, lost) = run(lock, scope);
            assert!(lost == 0.0 && (low..high).contains(&rate), "{lock}, {scope}: {rate}, {lost} lost");
        }
        assert!(run(lock, "store").1 > 1000.0);
    }
    assert!(run("none", "section").1 > 1000.0 && run("semaphore", "section").1 > 1000.0);
    assert_eq!(run("compare-and-swap", "section").1, 0.0);
}

#[test]
fn what_waiting_costs_depends_on_the_lock_on_cores_and_on_who_only_reads() {
    let rate = |settings: &[(&str, &str)]| contention(settings, 2).0;
    let with = |lock, others: &[(&'static str, &'static str)]| {
        rate(&[&[("lock", lock), ("scope", "section")], others].concat())
    };
    // With a core for each, who spins saves the switch; with fewer cores than threads a holder without one holds up all.
    assert!(with("spin", &[]) > with("mutex", &[]));
    let few = [("threads", "10"), ("cores", "2")];
    assert!(with("spin", &few) < 0.65 * with("mutex", &few));
    // Compare-and-swap is the slowest where all write, and beats every lock where few do.
    assert!(with("compare-and-swap", &[]) < 0.65 * with("mutex", &[]));
    let reads = [("reads", "0.8")];
    let order = ["mutex", "read-write", "compare-and-swap"].map(|lock| with(lock, &reads));
    assert!(order[0] < order[1] && order[1] < order[2], "{order:?}");
}
