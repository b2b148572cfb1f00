//! The farms against Mitzenmacher's model, and what old news does to them.

use super::super::quickly;
use super::spec::LONGEST;
use super::*;
use crate::mechanism::queueing::{supermarket_quantile, supermarket_tail};
use crate::player::Bench;
use crate::sim::statistics::Interval;

type Run = Bench<PowerOfTwo>;

fn run(settings: &[(&str, &str)], seed: u64, until: u64) -> Run {
    quickly(Run::new(settings, seed), Time::from_secs(until))
}

const P99: [&str; FARMS] = ["p99-one", "p99-two", "p99-three", "p99-all"];
/// Batches of a long run, measured one by one.
const BATCHES: usize = 16;

/// Of each batch, by farm: the share of servers with at least so many requests, from one on, and p99.
fn batches(load: &str, servers: &str, warm: u64, batch: u64) -> Vec<([[f64; 12]; 3], [f64; FARMS])> {
    let mut run = run(&[("load", load), ("servers", servers)], 1, warm);
    let mut all = Vec::new();
    for _ in 0..BATCHES {
        let from = run.world.now();
        run.model.measure(from);
        run = quickly(run, from + Span::from_secs(batch));
        let (servers, now) = (run.model.controls.servers, run.world.now());
        let share = |k: usize, n: usize| run.model.farms[k].share(n + 1, servers, from, now);
        all.push((
            core::array::from_fn(|k| core::array::from_fn(|n| share(k, n))),
            P99.map(|id| run.reading(id)),
        ));
    }
    all
}

#[test]
fn queues_and_p99_are_those_of_the_supermarket_model() {
    // The warm-up is several relaxation times of M/M/1, s ÷ (1 − √ρ)².
    for (load, text, warm, batch) in [(0.5, "0.5", 10, 20), (0.7, "0.7", 20, 20), (0.9, "0.9", 150, 40)] {
        let all = batches(text, "200", warm, batch);
        for k in 0..3 {
            let choices = k as u32 + 1;
            let near = |measured: Vec<f64>, expected: f64, off: f64| {
                let it = Interval::of(&measured).unwrap();
                // Twice the half-width of 95 % is some four standard errors.
                let apart = libm::fabs(it.mean - expected);
                assert!(apart <= 2.0 * it.half_width + off, "{choices} at {load}: {it:?} for {expected}");
            };
            // The model is the limit of many servers: what 200 of them are off by is of the order of 1/200, and nothing
            // with one choice, where each server is M/M/1.
            let finite = if k == 0 { 1e-4 } else { 1.0 / 200.0 };
            for n in 0..12 {
                let expected = supermarket_tail(load, choices, n as u32 + 1);
                near(all.iter().map(|(shares, _)| shares[k][n]).collect(), expected, finite);
            }
            // The histogram's error, and a shift of the queues by 1/200 of the servers.
            let expected = SERVICE * supermarket_quantile(load, choices, 0.99);
            near(all.iter().map(|(_, p99)| p99[k]).collect(), expected, 0.03 * expected);
        }
    }
}

#[test]
fn what_a_finite_farm_is_off_by_shrinks_with_its_size() {
    // Three choices at 90 %: the share of servers with four requests or more.
    let excess = |servers| {
        let mean = batches("0.9", servers, 50, 40).iter().map(|(shares, _)| shares[2][3]).sum::<f64>();
        mean / BATCHES as f64 - supermarket_tail(0.9, 3, 4)
    };
    let (few, many) = (excess("50"), excess("200"));
    // Four times as many servers: a quarter, give or take what the runs scatter.
    assert!(many > 0.0 && few > 2.0 * many && few < 8.0 * many, "{few} {many}");
}

#[test]
fn a_second_choice_flattens_the_queues_and_more_add_little() {
    for seed in 1..6 {
        let run = run(&[], seed, 20);
        let [one, two, three, all] = LONGEST.map(|id| run.reading(id));
        assert!(one >= 20.0 && (4.0..=6.0).contains(&two) && three <= two && all <= three, "{one} {two}");
    }
    let run = run(&[], 1, 120);
    let [one, two, three, all] = P99.map(|id| run.reading(id));
    assert!(one > 3.0 * two && two > three && three > all && two - all < 0.2 * (one - two));
}

#[test]
fn old_news_makes_a_herd_of_those_who_look_at_all() {
    let at = |old| {
        let mut run = run(&[("old", old)], 2, 20);
        let mut sum = [0.0; FARMS];
        for secs in [40, 60, 80, 100, 120] {
            run = quickly(run, Time::from_secs(secs));
            for (sum, id) in sum.iter_mut().zip(P99) {
                *sum += run.reading(id);
            }
        }
        sum
    };
    let [fresh, half, second, five] = ["0", "0.5", "1", "5"].map(at);
    assert!(fresh[3] < fresh[2] && fresh[2] < fresh[1]);
    // Two choices degrade gently and are best; more look, and are worse; looking at all is worst.
    assert!(half[1] < half[2] && half[2] < half[3]);
    assert!(second[1] < 2.5 * fresh[1] && second[3] > 10.0 * fresh[3], "{fresh:?} {second:?}");
    assert!(second[1] < second[2] && second[2] < second[0] && second[0] < second[3], "{second:?}");
    // From some age on any look does harm, and who draws blindly has never noticed.
    assert!(five[0] < five[1] && five[1] < five[2] && five[2] < five[3], "{five:?}");
    assert_eq!((fresh[0], half[0]), (second[0], five[0]), "the same requests whatever the setting");
}

#[test]
fn the_board_stands_still_until_it_is_renewed() {
    let run = quickly(Run::new(&[("old", "5 s")], 1), Time::from_millis(4_999));
    assert!(run.model.farms.iter().all(|farm| farm.board == [0; 60]));
    let run = quickly(run, Time::from_secs(5));
    let lengths: Vec<Vec<u32>> =
        run.model.farms.iter().map(|farm| (0..60).map(|n| farm.at(n)).collect()).collect();
    let run = quickly(run, Time::from_secs(9));
    assert_eq!(run.model.age(run.world.now()), Span::from_secs(4));
    // The first event of that moment is the renewal: nothing else falls on it.
    assert!(run.model.farms.iter().zip(&lengths).all(|(farm, lengths)| farm.board == *lengths));
    assert!(run.set("old", "0").model.farms.iter().all(|farm| farm.board.is_empty()));
}

#[test]
fn all_farms_get_the_same_requests_and_look_at_the_same_servers() {
    let run = run(&[], 1, 30);
    let jobs = |k: usize| run.model.farms[k].lines.iter().flatten().copied();
    for k in 1..FARMS {
        let twins = jobs(k).filter(|job| jobs(0).any(|twin| twin == *job));
        assert!(twins.count() > 20);
    }
    // Every triple of different servers is drawn equally often; 59 degrees of freedom stay below 98.3 with
    // probability 0.999.
    let mut counts = std::collections::BTreeMap::new();
    for n in 0..60_000 {
        let drawn = farm::candidates(5, &mut run.world.draws(DRAW, request(0, n)));
        *counts.entry(drawn).or_insert(0.0) += 1.0_f64;
    }
    let chi: f64 = counts.values().map(|n| (n - 1_000.0) * (n - 1_000.0) / 1_000.0).sum();
    assert!(counts.len() == 60 && chi < 98.3, "{} triples, {chi}", counts.len());
}

#[test]
fn servers_come_and_go() {
    let run = run(&[("old", "2 s")], 1, 15).set("servers", "10").set("load", "0.7");
    let run = quickly(run, Time::from_secs(80));
    assert!(
        run.model.farms.iter().all(|farm| (10..60).all(|n| farm.at(n) == 0)),
        "they finish what they have"
    );
    let run = quickly(run.set("servers", "200"), Time::from_secs(100));
    assert!(run.model.farms[0].lines[150..].iter().any(|line| !line.is_empty()));
}
