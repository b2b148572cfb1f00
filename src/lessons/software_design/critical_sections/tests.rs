//! The points of the figures, and what is known of them from elsewhere.

use super::contention::{Contention, OWN_WORK, section};
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

/// Operations a second of threads that each have a core, once more and by nothing but the rule: the thread whose work or section
/// ends first goes on. A lock lets sections follow each other; compare-and-swap repeats a section if somebody has stored since.
fn by_the_rule(threads: usize, section: &Dist, swaps: bool) -> f64 {
    const UNTIL: f64 = 400.0;
    let draws = &mut World::<()>::new(1).draws(Purpose::named("by the rule"), Entity::new(0, 0));
    let (mut done, mut free) = (0, 0.0_f64);
    // When each thread's work or section ends, and of a section its length and what was loaded.
    let mut ends: Vec<(f64, Option<(f64, u32)>)> =
        (0..threads).map(|_| (OWN_WORK.sample(draws), None)).collect();
    loop {
        let (end, inside) = ends.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        if *end > UNTIL {
            return f64::from(done) / UNTIL;
        }
        match *inside {
            Some((_, loaded)) if !swaps || loaded == done => {
                done += 1;
                *inside = None;
                *end += OWN_WORK.sample(draws);
            }
            again => {
                let length = again.map_or_else(|| section.sample(draws), |it| it.0);
                let begins = if swaps { *end } else { end.max(free) };
                *inside = Some((length, done));
                *end = begins + length;
                free = *end;
            }
        }
    }
}

/// The mean of operations a second over a dozen runs lies where it is known to lie, and is known well.
fn assert_rate(settings: &[(&str, &str)], expected: f64) {
    let rates: Vec<f64> = (0..12).map(|seed| contention(settings, seed).0).collect();
    let interval = Interval::of(&rates).unwrap();
    let off = (interval.mean - expected).abs();
    assert!(off < 1.5 * interval.half_width + 0.002 * expected, "{settings:?}: {interval:?}, {expected}");
    assert!(interval.half_width < 0.03 * expected);
}

#[test]
fn a_lock_without_a_price_is_the_machine_repairman() {
    // Exact mean value analysis of N threads that work for Z, however it is spread, and pass one exponential section of S.
    let mean = 0.001;
    let (mut queue, mut exact) = (0.0, vec![0.0]);
    for threads in 1..=12 {
        let stay = mean * (1.0 + queue);
        let rate = f64::from(threads) / (OWN_WORK.mean() + stay);
        queue = rate * stay;
        exact.push(rate);
    }
    for threads in [1, 2, 5, 8, 12] {
        // It holds the rule, which holds the figure, whose sections are spread less.
        let ruled = by_the_rule(threads, &Dist::Exponential(mean), false);
        assert!((ruled / exact[threads] - 1.0).abs() < 0.01, "{threads}: {ruled}, {}", exact[threads]);
        let rate = by_the_rule(threads, &section(mean), false);
        let bound = (threads as f64 / (OWN_WORK.mean() + mean)).min(1.0 / mean);
        assert!((0.99 * exact[threads]..1.01 * bound).contains(&rate));
        // A spin lock has no switches, and everybody has a core.
        let threads = threads.to_string();
        assert_rate(&[("lock", "spin"), ("scope", "section"), ("cores", "12"), ("threads", &threads)], rate);
    }
}

#[test]
fn compare_and_swap_settles_at_what_its_rule_gives() {
    let swaps = |threads: &'static str| [("lock", "compare-and-swap"), ("cores", "12"), ("threads", threads)];
    // Alone it never repeats anything.
    assert_rate(&swaps("1"), 1.0 / (OWN_WORK.mean() + 0.001));
    for threads in ["2", "5", "8", "12"] {
        assert_rate(&swaps(threads), by_the_rule(threads.parse().unwrap(), &section(0.001), true));
    }
    // A long run does as much in its second half as in its first.
    let halves = (0..12).map(|seed| {
        let bench = Bench::<Contention>::new(&swaps("8"), seed);
        let done = |bench: &Bench<Contention>| bench.world.tally(1).closed_in_all() as f64;
        let bench = bench.until(Time::from_millis(500));
        let begun = done(&bench);
        let bench = bench.until(Time::from_millis(10_500));
        let half = done(&bench);
        (half - begun, done(&bench.until(Time::from_millis(20_500))) - half)
    });
    let changes: Vec<f64> = halves.map(|(first, second)| second / first - 1.0).collect();
    let interval = Interval::of(&changes).unwrap();
    assert!(interval.mean.abs() < 1.5 * interval.half_width && interval.half_width < 0.02, "{interval:?}");
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
    assert!(with("spin", &few) < 0.75 * with("mutex", &few));
    // Compare-and-swap is the slowest where all write, and beats every lock where few do.
    assert!(with("compare-and-swap", &[]) < 0.9 * with("mutex", &[]));
    let reads = [("reads", "0.8")];
    let order = ["mutex", "read-write", "compare-and-swap"].map(|lock| with(lock, &reads));
    assert!(order[0] < order[1] && order[1] < order[2], "{order:?}");
}
