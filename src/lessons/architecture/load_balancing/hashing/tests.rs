//! Which keys move, against what is known of the three policies.

use super::super::quickly;
use super::*;
use crate::mechanism::balancer::ring_hash::Ring;
use crate::player::Bench;
use crate::sim::Draws;

type Run = Bench<Tier>;

/// A run in which nothing is restarted, with these settings.
fn begun(seed: u64, settings: &[(&str, &str)]) -> Run {
    Bench::new(&[&[("every", "0")], settings].concat(), seed)
}

fn on(run: Run, secs: f64) -> Run {
    let until = run.world.now() + Span::from_secs_f64(secs);
    quickly(run, until)
}
fn take_out(run: Run, n: u32) -> Run {
    run.act("take-out", &[server(n)], &Value::None)
}
fn bring_back(run: Run, n: u32) -> Run {
    run.act("bring-back", &[server(n)], &Value::None)
}
fn moves(run: &Run) -> (u32, u32) {
    run.model.keys.moves.map(|moves| (moves.moved, moves.least)).unwrap()
}
fn owned(run: &Run, n: u32) -> u32 {
    run.model.keys.count()[n as usize].0
}

/// Four standard errors of a share of all keys.
fn four_errors(share: f64) -> f64 {
    4.0 * libm::sqrt(share * (1.0 - share) / f64::from(KEYS))
}

#[test]
fn modulo_keeps_one_key_in_n_a_ring_all_that_it_can_and_maglev_nearly_so() {
    let (mut extra, mut places) = (0, 0);
    for servers in 2..=MOST {
        let text = servers.to_string();
        for gone in 0..servers {
            let gone_from = |rule| {
                let run = begun(gone.into(), &[("rule", rule), ("servers", &text)]);
                let its = owned(&run, gone);
                let run = take_out(run, gone);
                let (moved, least) = moves(&run);
                assert_eq!(least, its, "{rule}: only its own keys had to");
                let run = bring_back(run, gone);
                assert_eq!(
                    (moves(&run).0, owned(&run, gone)),
                    (moved, its),
                    "{rule}: the same ones come back"
                );
                (moved, least)
            };
            // A key stays if its server stands at its remainder modulo n and at that modulo n − 1. The two have no common
            // divisor, so all n(n − 1) pairs of remainders are equally likely; each of the n − 1 that stay has one.
            let (moved, share) = (gone_from("modulo").0, 1.0 - 1.0 / f64::from(servers));
            assert!((f64::from(moved) / f64::from(KEYS) - share).abs() < four_errors(share), "{moved}");
            let (moved, least) = gone_from("ring");
            assert_eq!(moved, least);
            let (moved, least) = gone_from("maglev");
            extra += moved - least;
            places += KEYS;
        }
    }
    // Others move, too, which a ring never does; but hardly any.
    let extra = f64::from(extra) / f64::from(places);
    assert!(extra > 0.001 && extra < 0.02, "{extra}");
}

#[test]
fn maglev_spreads_keys_as_evenly_as_chance_lets_it_and_a_ring_by_its_virtual_nodes() {
    let run = begun(7, &[("rule", "maglev")]);
    for n in 0..5 {
        let its = f64::from(owned(&run, n)) / f64::from(KEYS);
        assert!((its - 0.2).abs() < four_errors(0.2), "{its}");
    }
    // With one point each the busiest of n servers has the longest of n arcs: H(n)/n of the circle. With v points its part
    // is Beta(v, v(n − 1)) distributed, so the excess falls as the root of v: a largest of five normal numbers is 1.163.
    let busiest = |points: u32, seed: u32| {
        let mut draws = Draws::new(1, WHICH, Entity::new(9, seed));
        let ring = Ring::from_points((0..5 * points).map(|n| (draws.bits(), n % 5)).collect());
        let mut counts = [0_u32; 5];
        for _ in 0..KEYS {
            counts[ring.lookup(draws.bits(), |_| true).unwrap().1 as usize] += 1;
        }
        f64::from(*counts.iter().max().unwrap()) * 5.0 / f64::from(KEYS)
    };
    let spread = |v: f64| 1.0 + 1.163 * libm::sqrt(5.0 / (5.0 * v + 1.0) + 5.0 / f64::from(KEYS));
    for (points, told) in [(1, 137.0 / 60.0), (64, spread(64.0)), (256, spread(256.0))] {
        let mean = (0..400).map(|seed| busiest(points, seed)).sum::<f64>() / 400.0;
        assert!((mean / told - 1.0).abs() < 0.03, "{points}: {mean}, told {told}");
    }
}

#[test]
fn a_change_sends_the_database_each_moved_key_once_it_is_asked_for() {
    // A key that is asked for λ times a second is fetched within T with probability 1 − exp(−λT); while it is, others ask
    // for it again, 50 ms × λ more. Four standard deviations of a Poisson count.
    for rule in ["modulo", "ring", "maglev"] {
        let misses = |run: &Run| run.world.tally(REQUEST).closed(MISS);
        let run = on(begun(11, &[("rule", rule)]), 4.0);
        assert_eq!(misses(&run), 0, "what is asked for is in memory at the start");
        let run = take_out(run, 3);
        let rates = (0..).zip(&run.model.keys.all).filter(|(_, it)| it.moved);
        let rates = rates.map(|(n, _)| LOAD * run.model.law.probability(n));
        let told: f64 = rates.map(|rate| -libm::expm1(-rate * 2.0) * (1.0 + rate * MISS_TAKES.secs())).sum();
        let misses = misses(&on(run, 2.0 + MISS_TAKES.secs())) as f64;
        assert!((misses - told).abs() < 4.0 * libm::sqrt(told), "{rule}: {misses}, told {told}");
    }
}

#[test]
fn who_is_away_gets_nothing_and_comes_back_empty() {
    for rule in ["modulo", "ring", "maglev"] {
        let run = take_out(on(begun(2, &[("rule", rule)]), 2.0), 1);
        let run = on(run, 4.0);
        let sent = run.model.servers[1].sent.rate(run.world.now());
        assert_eq!((sent, owned(&run, 1)), (0.0, 0), "{rule}");
        let (keys, held) = bring_back(run, 1).model.keys.count()[1];
        assert!(keys > 100 && held == 0, "{rule}: {held} of {keys}");
    }
}

#[test]
fn what_is_fetched_while_its_server_is_restarted_is_not_kept() {
    let mut run = on(begun(2, &[("rule", "ring"), ("hot", "0.6")]), 1.0);
    let at = u32::from(run.model.keys.all[0].owner.unwrap());
    for _ in 0..2 {
        run = on(bring_back(on(take_out(run, at), 0.005), at), 0.005);
    }
    // Its first life's requests end within 50 ms of the last restart; none of them fills its memory.
    let restarted = run.world.now().back(Span::from_millis(5));
    assert!(run.model.requests.iter().any(|(_, it)| it.key == 0 && !it.hit));
    while !run.model.keys.all[0].held {
        let event = run.world.next(Time::MAX).unwrap();
        run.model.handle(event, &mut run.world);
    }
    assert!(run.world.now().since(restarted) >= MISS_TAKES);
}

#[test]
fn keys_are_asked_for_alike_under_every_policy_and_a_hot_one_stays_at_its_server() {
    let asked = |rule, servers| {
        let run = Run::new(&[("rule", rule), ("servers", servers), ("every", "3")], 9);
        let run = on(run, 10.0);
        run.model.keys.all.iter().map(|it| it.asked).collect::<Vec<_>>()
    };
    let first = asked("modulo", "5");
    assert!(first == asked("ring", "2") && first == asked("maglev", "8"));
    for rule in ["modulo", "ring", "maglev"] {
        let run = on(begun(4, &[("hot", "0.3"), ("rule", rule)]), 30.0);
        let (who, factor) = run.model.busiest(run.world.now()).unwrap();
        assert!(Some(who) == run.model.keys.all[0].owner.map(u32::from) && factor > 2.0, "{rule}: {factor}");
    }
}

#[test]
fn one_server_after_the_other_is_restarted_a_third_of_the_time_away_and_all_can_be_taken_out() {
    let mut run = Run::new(&[], 1);
    for (at, there) in [(3.9, 0b11111), (4.1, 0b11110), (8.1, 0b11111), (16.1, 0b11101), (28.1, 0b11011)] {
        run = quickly(run, Time::from_secs_f64(at));
        assert_eq!(run.model.there(), there, "{at} s");
    }
    // One that an operator takes over stays out.
    run = quickly(take_out(run, 2), Time::from_secs(35));
    assert_eq!(run.model.there(), 0b11011);
    let mut refused = |action, n| run.tries(action, &[server(n)], &Value::None).unwrap_err().id.to_string();
    assert_eq!(refused("bring-back", 0), "nothing-changes");
    assert_eq!(refused("take-out", 2), "nothing-changes");
    assert_eq!(refused("take-out", 5), "no-such-entity");
    let run = on([0, 1, 3, 4].into_iter().fold(run, take_out), 1.0);
    assert!(run.world.tally(REQUEST).closed(NO_SERVER) > 100);
    assert_eq!(on((0..5).fold(run, bring_back), 1.0).model.there(), 0b11111);
}
