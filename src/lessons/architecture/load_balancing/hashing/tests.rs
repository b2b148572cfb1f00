//! The tier at the settings that the lesson names, and against what is known of the three rules.

use super::curve::{busiest, expected};
use super::*;
use crate::mechanism::balancer::ring_hash::Ring;
use crate::player::{Control, Controls, Grading, Run};
use crate::sim::{Draws, Seed};
use spec::MISS_TAKES;

const BRING_BACK: usize = 1;

/// A run by hand.
struct Bench {
    tier: Tier,
    w: W,
}

/// A run with these settings; the others are at their defaults, but nothing is restarted.
fn begun(seed: u64, change: impl Fn(&mut ControlValues)) -> Bench {
    let mut controls =
        ControlValues::from_values(&ControlValues::ALL.iter().map(Control::default).collect::<Vec<_>>());
    controls.every = Span::ZERO;
    change(&mut controls);
    let mut w = World::new(seed);
    let tier = Tier::new(&controls, &Data::default(), &mut w).unwrap();
    Bench { tier, w }
}

impl Bench {
    fn until(&mut self, at: Time) {
        while let Some(event) = self.w.next(at) {
            self.tier.handle(event, &mut self.w);
        }
        self.w.settle(at);
        assert_eq!(self.tier.invariants(&self.w), Ok(()));
    }
    fn act(&mut self, action: usize, n: u32) -> Result<KeyMoves, Msg> {
        self.tier.act(action, &[server(n)], &Value::None, &mut self.w)?;
        assert_eq!(self.tier.invariants(&self.w), Ok(()));
        Ok(self.tier.keys.change.unwrap())
    }
    fn owned(&self, n: u32) -> u32 {
        self.tier.keys.count()[n as usize].0
    }
    fn misses(&self) -> u64 {
        self.w.tally(REQUEST).closed(MISS)
    }
}

/// Four standard errors of a share of all keys.
fn four_errors(share: f64) -> f64 {
    4.0 * libm::sqrt(share * (1.0 - share) / f64::from(KEYS))
}

#[test]
fn modulo_keeps_one_key_in_n_when_one_of_n_leaves() {
    // A key stays if its server stands at its remainder modulo n and at that modulo n − 1. n and n − 1 have no common
    // divisor, so all n(n − 1) pairs of remainders are equally likely; each of the n − 1 servers that stay has one.
    for servers in 2..=MOST {
        for gone in 0..servers {
            let mut run = begun(u64::from(gone), |controls| controls.servers = servers);
            let change = run.act(TAKE_OUT, gone).unwrap();
            let (moved, share) = (f64::from(change.moved) / f64::from(KEYS), 1.0 - 1.0 / f64::from(servers));
            assert!((moved - share).abs() < four_errors(share), "{gone} of {servers}: {moved}");
            // Back again, the same keys go back.
            assert_eq!(run.act(BRING_BACK, gone).unwrap().moved, change.moved);
        }
    }
}

#[test]
fn a_ring_moves_the_keys_of_the_server_that_left_and_no_others() {
    for (points, servers) in [(1, 5), (16, 8), (160, 5), (256, 2)] {
        for gone in 0..servers {
            let controls = |controls: &mut ControlValues| {
                controls.rule = Rule::Ring;
                controls.points = points;
                controls.servers = servers;
            };
            let mut run = begun(3, controls);
            let its = run.owned(gone);
            let change = run.act(TAKE_OUT, gone).unwrap();
            assert_eq!((change.moved, change.least), (its, its));
            assert_eq!(run.act(BRING_BACK, gone).unwrap().moved, its);
            assert_eq!(run.owned(gone), its);
        }
    }
}

#[test]
fn maglev_moves_little_more_and_spreads_keys_as_evenly_as_chance_lets_it() {
    let (mut extra, mut places) = (0, 0);
    for servers in 2..=MOST {
        for gone in 0..servers {
            let controls =
                |controls: &mut ControlValues| (controls.rule, controls.servers) = (Rule::Maglev, servers);
            let mut run = begun(u64::from(7 + gone), controls);
            let share = 1.0 / f64::from(servers);
            for n in 0..servers {
                let its = f64::from(run.owned(n)) / f64::from(KEYS);
                assert!((its - share).abs() < four_errors(share), "{its} of {servers}");
            }
            let change = run.act(TAKE_OUT, gone).unwrap();
            assert_eq!(
                change.least,
                KEYS - (0..servers).filter(|n| *n != gone).map(|n| before(&run, n)).sum::<u32>()
            );
            extra += change.moved - change.least;
            places += 1;
        }
    }
    // Others move, too, which a ring never does; but hardly any.
    let extra = f64::from(extra) / f64::from(places) / f64::from(KEYS);
    assert!(extra > 0.001 && extra < 0.02, "{extra}");
}

/// Keys that server `n` had before the change, by its table anew.
fn before(run: &Bench, n: u32) -> u32 {
    let mut balancer = Tier::appoint(&run.tier.controls, (1 << run.tier.controls.servers) - 1).unwrap();
    let owners = run.tier.keys.names.iter().filter_map(|&name| keys::owner(&mut balancer, name));
    owners.filter(|owner| u32::from(*owner) == n).count() as u32
}

#[test]
fn the_busiest_servers_keys_shrink_as_the_root_of_the_virtual_nodes() {
    let rings = 400;
    for servers in [2, 5, 8] {
        for points in [1, 2, 4, 16, 64, 256] {
            let busiest = |seed: u32| {
                let mut draws = Draws::new(1, NAME, Entity::new(9, seed));
                let all = (0..points * servers).map(|n| (draws.bits(), n % servers)).collect();
                let ring = Ring::from_points(all);
                let mut counts = vec![0_u32; servers as usize];
                for _ in 0..KEYS {
                    counts[ring.lookup(draws.bits(), |_| true).unwrap().1 as usize] += 1;
                }
                f64::from(*counts.iter().max().unwrap()) * f64::from(servers) / f64::from(KEYS)
            };
            let all: Vec<f64> = (0..rings).map(busiest).collect();
            let mean = all.iter().sum::<f64>() / f64::from(rings);
            let variance = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(rings - 1);
            let error = libm::sqrt(variance / f64::from(rings));
            let told = expected(servers, points, KEYS as usize);
            assert!((mean - told).abs() < 4.0 * error, "{servers}, {points}: {mean} ± {error}, told {told}");
        }
    }
}

#[test]
fn the_curve_is_of_the_very_ring_that_places_the_keys() {
    for points in [1, 8, 160] {
        let run = begun(5, |controls| (controls.rule, controls.points) = (Rule::Ring, points));
        let most = (0..5).map(|n| run.owned(n)).max().unwrap();
        let told = busiest(5, points, &run.tier.keys.names);
        assert!((told - f64::from(most) * 5.0 / f64::from(KEYS)).abs() < 1e-9, "{points}: {most}, {told}");
    }
}

#[test]
fn a_change_sends_the_database_each_moved_key_once_it_is_asked_for() {
    // Every key is asked for λ/K times a second. Of the keys that moved, 1 − exp(−λT/K) are asked for within T; while
    // one is fetched, others ask for it again, λ/K × 50 ms more. Four standard deviations of a Poisson count.
    let (load, after) = (500.0, 2.0);
    let each = load / f64::from(KEYS);
    for rule in [Rule::Modulo, Rule::Ring, Rule::Maglev] {
        let mut run = begun(11, |controls| (controls.rule, controls.skew) = (rule, 0.0));
        run.until(Time::from_secs(4));
        assert_eq!(run.misses(), 0, "what is asked for is in memory at the start");
        let moved = f64::from(run.act(TAKE_OUT, 3).unwrap().moved);
        run.until(Time::from_secs_f64(4.0 + after + MISS_TAKES.secs()));
        let told = moved * -libm::expm1(-each * after) * (1.0 + each * MISS_TAKES.secs());
        let misses = run.misses() as f64;
        assert!((misses - told).abs() < 4.0 * libm::sqrt(told), "{rule:?}: {misses}, told {told}");
    }
}

#[test]
fn who_is_away_gets_nothing_and_comes_back_empty() {
    for rule in [Rule::Modulo, Rule::Ring, Rule::Maglev] {
        let mut run = begun(2, |controls| controls.rule = rule);
        run.until(Time::from_secs(2));
        run.act(TAKE_OUT, 1).unwrap();
        run.until(Time::from_secs(6));
        let it = &run.tier.servers[1];
        assert_eq!((it.under_way, it.sent.rate(run.w.now()), run.owned(1)), (0, 0.0, 0), "{rule:?}");
        run.act(BRING_BACK, 1).unwrap();
        let (keys, held) = run.tier.keys.count()[1];
        assert!(keys > 100 && held == 0, "{rule:?}: {held} of {keys}");
    }
}

#[test]
fn what_is_fetched_while_its_server_is_restarted_is_not_kept() {
    let mut run = begun(2, |controls| (controls.rule, controls.hot) = (Rule::Ring, 0.6));
    run.until(Time::from_secs(1));
    let at = u32::from(run.tier.keys.all[0].owner.unwrap());
    let quick = Span::from_millis(5);
    for action in [TAKE_OUT, BRING_BACK, TAKE_OUT, BRING_BACK] {
        run.act(action, at).unwrap();
        run.until(run.w.now() + quick);
    }
    // Its first life's requests end within 50 ms of the last restart; none of them fills its memory.
    let asked = |run: &Bench| run.tier.requests.iter().filter(|(_, it)| it.key == 0 && !it.hit).count();
    assert!(asked(&run) > 0);
    let restarted = run.w.now().back(quick);
    while !run.tier.keys.all[0].held {
        let event = run.w.next(Time::MAX).unwrap();
        run.tier.handle(event, &mut run.w);
    }
    assert!(run.w.now().since(restarted) >= MISS_TAKES);
}

#[test]
fn everything_is_asked_for_alike_under_every_rule() {
    let asked = |rule, servers| {
        let mut run = begun(9, |controls| {
            controls.rule = rule;
            controls.servers = servers;
            controls.every = Span::from_secs(3);
        });
        run.until(Time::from_secs(10));
        run.tier.keys.all.iter().map(|it| it.asked).collect::<Vec<_>>()
    };
    let first = asked(Rule::Modulo, 5);
    assert_eq!(first, asked(Rule::Ring, 2));
    assert_eq!(first, asked(Rule::Maglev, 8));
}

#[test]
fn a_hot_key_stays_at_one_server() {
    let mut run = begun(4, |controls| (controls.hot, controls.rule) = (0.3, Rule::Maglev));
    run.until(Time::from_secs(30));
    let at = u32::from(run.tier.keys.all[0].owner.unwrap());
    let (who, factor) = run.tier.busiest(run.w.now()).unwrap();
    assert!(who == at && factor > 2.0, "{who}: {factor}");
    let share = f64::from(run.tier.keys.all[0].asked) / run.w.tally(REQUEST).opened() as f64;
    // 30 %, and of the others what Zipf's law gives the first of its ranks; 15,000 requests.
    let told = 0.3 + 0.7 * run.tier.law.probability(0);
    assert!((share - told).abs() < 4.0 * libm::sqrt(told * (1.0 - told) / 15_000.0), "{share}, told {told}");
}

#[test]
fn what_is_out_of_place_is_refused_and_nothing_changes() {
    let mut run = begun(1, |_| ());
    let refused = |run: &mut Bench, action, on: &[u32]| {
        let on: Vec<Entity> = on.iter().map(|&n| server(n)).collect();
        let result = run.tier.act(action, &on, &Value::None, &mut run.w);
        assert_eq!(run.tier.there(), 0b11111);
        result.unwrap_err().id
    };
    assert_eq!(refused(&mut run, BRING_BACK, &[0]), "is-there");
    assert_eq!(refused(&mut run, TAKE_OUT, &[0, 5]), "no-such-entity");
    assert_eq!(refused(&mut run, TAKE_OUT, &[0, 77]), "no-such-entity");
    run.act(TAKE_OUT, 0).unwrap();
    assert_eq!(run.act(TAKE_OUT, 0).unwrap_err().id, "is-away");
    // Everybody out, and back.
    for n in 1..5 {
        run.act(TAKE_OUT, n).unwrap();
    }
    run.until(Time::from_secs(1));
    assert!(run.w.tally(REQUEST).closed(NO_SERVER) > 100);
    for n in 0..5 {
        run.act(BRING_BACK, n).unwrap();
    }
    run.until(Time::from_secs(2));
}

#[test]
fn one_server_after_the_other_is_restarted_a_third_of_the_time_away() {
    let mut run = begun(1, |controls| controls.every = Span::from_secs(12));
    for (at, there) in [(3.9, 0b11111), (4.1, 0b11110), (8.1, 0b11111), (16.1, 0b11101), (28.1, 0b11011)] {
        run.until(Time::from_secs_f64(at));
        assert_eq!(run.tier.there(), there, "{at} s");
    }
    // One that an operator takes over stays out.
    run.act(TAKE_OUT, 2).unwrap();
    run.until(Time::from_secs(35));
    assert_eq!(run.tier.there(), 0b11011);
}

#[test]
fn the_truths_of_the_predictions_are_what_the_lesson_says() {
    let set = super::super::further::FIGURES;
    let figure = set.iter().find(|figure| figure.spec.id == spec::SPEC.id).unwrap();
    for seed in 1..6 {
        let truth = |id: &str| {
            let run = Run::new(figure.spec, Seed(seed));
            let mut grading = Grading::start(figure, figure.prediction(id).unwrap(), &run).unwrap();
            loop {
                if let Some(truth) = grading.work(1_000_000) {
                    return truth;
                }
            }
        };
        let Value::Number(moved) = truth("modulo-loses-one") else { panic!() };
        assert!((moved - 0.8).abs() < four_errors(0.8), "{moved}");
        // The ring, then Maglev, then modulo.
        assert_eq!(truth("who-moves-least"), Value::Order(vec![1, 2, 0]));
        assert_eq!(truth("who-spreads-it"), Value::Choice("none".into()));
    }
}
