//! Properties that every policy keeps, and stories that nginx's own tests tell (`upstream.t`, `upstream_least_conn.t`).

use super::*;
use crate::pick::cases;
use crate::sim::{Entity, Purpose};
use proptest::prelude::*;

fn draws(n: u32) -> Draws {
    Draws::new(7, Purpose::named("balancer-test"), Entity::new(0, n))
}

fn balancer(policy: Policy, weights: &[u32]) -> Balancer {
    let config = Config { table_size: 251, ..Config::default() };
    Balancer::new(policy, config, weights).unwrap()
}

/// How often each of `n` servers is picked by `requests` requests one after the other, each from a client of its own.
fn counts(balancer: &mut Balancer, n: usize, requests: u32) -> Vec<u32> {
    let mut counts = vec![0; n];
    for i in 0..requests {
        let server = balancer.pick(Time::ZERO, i.into(), i, &mut draws(i)).unwrap().server;
        balancer.started(Time::ZERO, server);
        balancer.finished(Time::ZERO, server, RequestOutcome::Answered, Span::from_millis(1));
        counts[server] += 1;
    }
    counts
}

#[derive(Clone, Debug)]
enum Op {
    Request { key: u64, client: u32 },
    Finish { which: usize, failed: bool },
    Stand(usize, Standing),
    Weigh(usize, u32),
    Share(usize, f64),
    Wait(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let standing = prop_oneof![Just(Standing::Up), Just(Standing::Draining), Just(Standing::Down)];
    prop_oneof![
        6 => (0..20_u64, 0..6_u32).prop_map(|(key, client)| Op::Request { key, client }),
        4 => (any::<usize>(), any::<bool>()).prop_map(|(which, failed)| Op::Finish { which, failed }),
        2 => (any::<usize>(), standing).prop_map(|(server, standing)| Op::Stand(server, standing)),
        1 => (any::<usize>(), 0..9_u32).prop_map(|(server, weight)| Op::Weigh(server, weight)),
        1 => (any::<usize>(), 0.0..1.0_f64).prop_map(|(server, share)| Op::Share(server, share)),
        1 => (0..8_000_u64).prop_map(Op::Wait),
    ]
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn only_servers_that_take_requests_are_picked_and_the_counts_add_up(
        weights in prop::collection::vec(0..6_u32, 1..7),
        passive in any::<bool>(),
        ops in prop::collection::vec(op(), 1..120),
    ) {
        for policy in Policy::ALL {
            let max_fails = passive.then_some(MaxFails { max_fails: 2, fail_timeout: Span::from_secs(5) });
            let config = Config { table_size: 31, max_fails, ..Config::default() };
            let mut balancer = Balancer::new(policy, config, &weights).unwrap();
            let mut under_way: Vec<usize> = Vec::new();
            let (mut now, n) = (Time::ZERO, weights.len());
            for (i, op) in ops.iter().enumerate() {
                match *op {
                    Op::Request { key, client } => {
                        let decision = balancer.pick(now, key, client, &mut draws(i as u32));
                        let Some(Decision { server, rule }) = decision else {
                            prop_assert_eq!(balancer.available(), 0);
                            continue;
                        };
                        let state = &balancer.servers()[server];
                        let bound = matches!(rule, Rule::Bound { .. });
                        prop_assert!(!state.ejected && state.standing != Standing::Down);
                        prop_assert!(bound || (state.weight > 0 && state.standing == Standing::Up));
                        balancer.started(now, server);
                        under_way.push(server);
                    }
                    Op::Finish { which, failed } if !under_way.is_empty() => {
                        let server = under_way.swap_remove(which % under_way.len());
                        let outcome = if failed { RequestOutcome::Failed } else { RequestOutcome::Answered };
                        balancer.finished(now, server, outcome, Span::from_millis(3));
                    }
                    Op::Finish { .. } => {}
                    Op::Stand(server, standing) => balancer.set_standing(server % n, standing),
                    Op::Weigh(server, weight) => balancer.set_weight(server % n, weight),
                    Op::Share(server, share) => balancer.set_share(server % n, share),
                    Op::Wait(millis) => now += Span::from_millis(millis),
                }
                for (server, state) in balancer.servers().iter().enumerate() {
                    let counted = under_way.iter().filter(|&&s| s == server).count();
                    prop_assert_eq!(state.connections as usize, counted);
                }
            }
        }
    }

    #[test]
    fn a_consistent_hash_moves_only_the_keys_of_the_server_that_went(n in 2..9_usize, gone in any::<prop::sample::Index>()) {
        let mut ring = balancer(Policy::RingHash, &vec![1; n]);
        let gone = gone.index(n);
        let mut place = |key| ring.pick(Time::ZERO, key, 0, &mut draws(0)).unwrap().server;
        let before: Vec<_> = (0..500).map(&mut place).collect();
        ring.set_standing(gone, Standing::Down);
        for (key, &was) in before.iter().enumerate() {
            let is = ring.pick(Time::ZERO, key as u64, 0, &mut draws(0)).unwrap().server;
            prop_assert_eq!(is == was, was != gone);
        }
    }
}

#[test]
fn a_ring_has_as_many_points_as_it_is_told_and_one_for_each_server_at_least() {
    let owners = |points_per_weight, weights: &[u32]| {
        let config = Config { points_per_weight, ..Config::default() };
        let mut ring = Balancer::new(Policy::RingHash, config, weights).unwrap();
        let mut points: Vec<u64> = Vec::new();
        for key in 0..4_000 {
            let decision = ring.pick(Time::ZERO, key, 0, &mut draws(0)).unwrap();
            let Rule::RingPoint { point, .. } = decision.rule else { panic!("{decision:?}") };
            points.push(point);
        }
        points.sort_unstable();
        points.dedup();
        points.len()
    };
    assert_eq!(owners(1, &[1, 1, 1]), 3);
    assert_eq!(owners(4, &[1, 2]), 12);
}

#[test]
fn ids_are_permanent_and_one_to_one() {
    for policy in Policy::ALL {
        assert_eq!(Policy::from_id(policy.id()), Some(policy));
    }
    assert_eq!(Policy::from_id("fastest"), None);
}

#[test]
fn weights_show_in_the_counts_where_the_policy_looks_at_them() {
    let n = 60_000;
    for (policy, error) in [
        (Policy::WeightedRoundRobin, 1.0),
        (Policy::LeastConnections, 1.0),
        (Policy::Sticky, 1.0),
        (Policy::Modulo, 500.0),
        (Policy::Random, 500.0),
        (Policy::Maglev, 700.0),
    ] {
        let counts = counts(&mut balancer(policy, &[3, 2, 1]), 3, n);
        for (count, weight) in counts.iter().zip([3.0, 2.0, 1.0]) {
            let expected = f64::from(n) * weight / 6.0;
            assert!((f64::from(*count) - expected).abs() <= error, "{policy:?}: {counts:?}");
        }
    }
    assert_eq!(counts(&mut balancer(Policy::RoundRobin, &[3, 2, 1]), 3, 30), [10, 10, 10]);
}

#[test]
fn slow_start_ramps_the_share_of_requests() {
    let mut balancer = balancer(Policy::WeightedRoundRobin, &[1, 1]);
    let ramp = SlowStart { window: Span::from_secs(10), ..SlowStart::default() };
    balancer.set_share(1, ramp.share(Span::from_secs(5)));
    assert_eq!(counts(&mut balancer, 2, 30), [20, 10]);
    balancer.set_share(1, ramp.share(Span::from_secs(10)));
    assert_eq!(counts(&mut balancer, 2, 30), [15, 15]);
}

#[test]
fn a_draining_server_keeps_its_bound_clients_and_gets_no_new_ones() {
    let mut balancer = balancer(Policy::Sticky, &[1, 1]);
    let pick = |balancer: &mut Balancer, client| {
        balancer.pick(Time::ZERO, 0, client, &mut draws(0)).map(|decision| (decision.server, decision.rule))
    };
    assert_eq!(pick(&mut balancer, 1), Some((0, Rule::NewlyBound { instead_of: None })));
    assert_eq!(pick(&mut balancer, 2), Some((1, Rule::NewlyBound { instead_of: None })));
    balancer.set_standing(0, Standing::Draining);
    assert_eq!(pick(&mut balancer, 1), Some((0, Rule::Bound { draining: true })));
    assert_eq!(pick(&mut balancer, 3), Some((1, Rule::NewlyBound { instead_of: None })));
    balancer.set_standing(0, Standing::Down);
    assert_eq!(pick(&mut balancer, 1), Some((1, Rule::NewlyBound { instead_of: Some(0) })));
    balancer.set_standing(0, Standing::Up);
    assert_eq!(pick(&mut balancer, 1), Some((1, Rule::Bound { draining: false })));
    balancer.set_standing(0, Standing::Down);
    balancer.set_standing(1, Standing::Down);
    assert_eq!(pick(&mut balancer, 1), None);
}

#[test]
fn nginx_leaves_a_failing_server_alone_for_fail_timeout() {
    // upstream.t, 'failures': backend 0 fails every third request, a failed one is retried on backend 1.
    let max_fails = Some(MaxFails { max_fails: 3, fail_timeout: Span::from_secs(10) });
    let config = Config { max_fails, ..Config::default() };
    let mut balancer = Balancer::new(Policy::WeightedRoundRobin, config, &[1, 1]).unwrap();
    let (mut successes, mut at_0) = ([0, 0], 0);
    for i in 0..30_u64 {
        let now = Time::from_millis(i * 100);
        let server = balancer.pick(now, 0, 0, &mut draws(0)).unwrap().server;
        at_0 += u32::from(server == 0);
        let failed = server == 0 && at_0 % 3 == 0;
        balancer.started(now, server);
        let outcome = if failed { RequestOutcome::Failed } else { RequestOutcome::Answered };
        balancer.finished(now + Span::from_millis(5), server, outcome, Span::from_millis(5));
        successes[if failed { 1 } else { server }] += 1;
    }
    assert_eq!(successes, [6, 24]);
    // When the time is up one request tries it; the others wait for how that ends.
    let later = Time::from_secs(20);
    let picks: Vec<_> = (0..6).map(|_| balancer.pick(later, 0, 0, &mut draws(0)).unwrap().server).collect();
    assert_eq!(picks.iter().filter(|&&server| server == 0).count(), 1, "{picks:?}");
    balancer.started(later, 0);
    balancer.finished(later + Span::from_millis(5), 0, RequestOutcome::Answered, Span::from_millis(5));
    // The success must follow the check: nginx compares the times of failure and check.
    assert_eq!(counts(&mut balancer, 2, 10), [5, 5]);
}

#[test]
fn nginx_least_connections_avoids_the_busy_server() {
    let mut idle = balancer(Policy::LeastConnections, &[1, 1]);
    assert_eq!(counts(&mut idle, 2, 10), [5, 5]);
    idle.started(Time::ZERO, 0);
    assert_eq!(counts(&mut idle, 2, 10), [0, 10]);
}

#[test]
fn a_server_that_fails_fast_attracts_requests_under_peak_ewma() {
    let mut balancer = balancer(Policy::PeakEwma, &[1, 1]);
    let mut counts = [0; 2];
    for i in 0..1_000_u32 {
        let now = Time::from_millis(u64::from(i) * 100);
        let server = balancer.pick(now, 0, 0, &mut draws(i)).unwrap().server;
        counts[server] += 1;
        let (outcome, latency) = if server == 0 {
            (RequestOutcome::Failed, Span::from_millis(1))
        } else {
            (RequestOutcome::Answered, Span::from_millis(100))
        };
        balancer.started(now, server);
        balancer.finished(now + latency, server, outcome, latency);
    }
    assert!(counts[0] > 800, "{counts:?}");
}

#[test]
fn a_bad_configuration_is_refused_with_what_is_allowed() {
    let refused = |config, weights: &[u32]| {
        Balancer::new(Policy::Maglev, config, weights).map(|_| ()).unwrap_err().to_string()
    };
    assert!(refused(Config::default(), &[]).contains("1 to 10,000"));
    assert!(refused(Config::default(), &[2_000]).contains("0 to 1,000"));
    assert!(refused(Config { table_size: 100, ..Config::default() }, &[1]).contains("prime"));
    assert!(refused(Config { choices: 0, ..Config::default() }, &[1]).contains("1 to 255"));
    assert!(
        refused(Config { points_per_weight: 0, ..Config::default() }, &[1]).contains("1 to 10,000 points")
    );
}
