//! How soon it is noticed, what that costs, and who takes over.

use super::super::quickly;
use super::pair::down_interval;
use super::spec::{CUT_OFF, STOPPED};
use super::*;
use crate::player::Bench;

type Run = Bench<WhoNotices>;

const A: u32 = 0;
const WAY: Span = Span::from_millis(40);

fn bench(settings: &[(&str, &str)], seed: u64, until: Time) -> Run {
    quickly(Bench::new(settings, seed), until)
}

fn lost(settings: &[(&str, &str)], seed: u64) -> f64 {
    bench(settings, seed, Time::from_secs(90)).reading("lost-so-far")
}

/// How many were lost of all seeds, for what depends on what the next stop falls on.
fn lost_of_six(settings: &[(&str, &str)]) -> f64 {
    (0..6).map(|seed| lost(settings, seed)).sum()
}

fn closed(run: &Run, end: EndKind) -> u64 {
    run.world.tally(REQUEST).closed(end)
}

/// Handles events until something holds; `sees` is shown each event after it was handled.
fn step_until(run: &mut Run, holds: fn(&WhoNotices) -> bool, mut sees: impl FnMut(&WhoNotices, Event)) {
    while !holds(&run.model) {
        let event = run.world.next(Time::from_secs(90)).expect("it comes to that");
        run.model.handle(event, &mut run.world);
        sees(&run.model, event);
    }
}

#[test]
fn a_death_is_noticed_after_the_checks_that_have_to_fail() {
    for (interval, fall) in [(2.0, 3), (0.5, 1), (1.0, 4), (5.0, 2)] {
        let texts = (format!("{interval} s"), format!("{fall}"));
        let settings = [("deploy", "0"), ("load", "60"), ("interval", &*texts.0), ("fall", &*texts.1)];
        for seed in 0..12 {
            let run = bench(&settings, seed, Time::from_millis(6_000 + 171 * seed));
            let run = run.act("kill", &[server(A)], &Value::None).on_for(Span::from_secs(15));
            let (took, way) = (run.reading("unnoticed"), WAY.secs());
            let range = interval * f64::from(fall - 1) + way..=interval * f64::from(fall) + way;
            assert!(range.contains(&took), "{took} with {interval} and {fall}, seed {seed}");
        }
    }
}

#[test]
fn what_a_death_costs_is_what_was_there_and_what_is_sent_until_it_is_noticed() {
    for seed in 0..10 {
        let mut run = bench(&[("deploy", "0"), ("load", "100")], seed, Time::from_millis(4_000 + 93 * seed));
        let inside = run.model.cluster.journeys.at(server(A)) as u64;
        let comes = |place| matches!(place, Place::Between { to, .. } if to == server(A));
        let mut sent = run.model.cluster.journeys.iter().filter(|(_, it)| comes(it.place)).count() as u64;
        run.tries("kill", &[server(A)], &Value::None).unwrap();
        step_until(
            &mut run,
            |model| model.cluster.standing(A) == Standing::Down,
            |model, event| {
                if let Event::AtBalancer(it) = event {
                    let picked = model.cluster.journeys.get(it).and_then(|it| it.carries.server);
                    sent += u64::from(picked == Some(A));
                }
            },
        );
        let run = run.on_for(Span::from_secs(1));
        assert!(sent > 80, "{sent}");
        assert_eq!((closed(&run, STOPPED), closed(&run, SENT_TO_DEAD)), (inside, sent), "seed {seed}");
    }
}

#[test]
fn a_deploy_that_drains_loses_nobody_where_the_rest_can_carry_the_load() {
    let calm = [("load", "80"), ("warm-up", "0")];
    for seed in 0..10 {
        assert_eq!(lost(&[&calm[..], &[("drain", "10")]].concat(), seed), 0.0, "seed {seed}");
        // Without draining: four times a quarter of what comes in the 4.44 s until the third failed check.
        let (run, expected) = (bench(&calm, seed, Time::from_secs(90)), 80.0 * 4.44);
        let to_dead = closed(&run, SENT_TO_DEAD) as f64;
        assert!((to_dead - expected).abs() < 4.0 * libm::sqrt(expected), "{to_dead} of {expected}");
    }
}

#[test]
fn draining_helps_most_and_slow_start_spares_what_is_cold() {
    for seed in 0..10 {
        let drained = lost(&[("drain", "10")], seed);
        for other in [("interval", "1"), ("fall", "1"), ("slow-start", "10")] {
            assert!(drained < lost(&[other], seed), "{other:?} loses less than draining, seed {seed}");
        }
    }
    let [load, drain, slow_start] = [("load", "100"), ("drain", "10"), ("slow-start", "10")];
    let cold = lost_of_six(&[load, drain]);
    let spared = lost_of_six(&[load, drain, slow_start]);
    let waited = lost_of_six(&[load, drain, slow_start, ("next", "settled")]);
    assert!(cold > 1_200.0 && spared * 4.0 < cold && waited * 4.0 < spared, "{cold} {spared} {waited}");
}

/// How often a server that is there is taken out.
fn false_alarms(settings: &[(&str, &str)], seed: u64) -> u32 {
    let mut run = Run::new(settings, seed);
    let (mut alarms, mut before) = (0, [true; SERVERS as usize]);
    step_until(
        &mut run,
        |model| model.took.is_some(),
        |model, event| {
            let now = core::array::from_fn(|n| model.is_in_service(n as u32));
            if matches!(event, Event::Checked(..)) {
                alarms += (0..before.len()).filter(|&n| before[n] && !now[n]).count() as u32;
            }
            before = now;
        },
    );
    alarms
}

#[test]
fn one_failure_as_the_limit_takes_out_servers_that_are_only_late() {
    let sum = |settings: &[(&str, &str)]| (0..10).map(|seed| false_alarms(settings, seed)).sum::<u32>();
    let (nervous, calm) = (sum(&[("fall", "1")]), sum(&[]));
    assert!(nervous >= 10 && calm * 10 <= nervous, "{nervous} false alarms, {calm} with three failures");
    assert_eq!(false_alarms(&[("fall", "1"), ("warm-up", "0"), ("drain", "10"), ("load", "80")], 1), 0);
}

#[test]
fn a_check_waits_as_long_as_a_request_that_comes_at_the_same_moment() {
    let mut run = Run::new(&[("deploy", "0"), ("load", "190")], 5);
    let (mut expected, mut met): (Vec<(Entity, u32, Time)>, u32) = (Vec::new(), 0);
    while met < 200 {
        let event = run.world.next(Time::from_secs(90)).unwrap();
        if let Event::AtServer(it) = event {
            let at = run.model.cluster.journeys.get(it).and_then(|it| it.carries.server).unwrap();
            let wait = run.model.cluster.servers[at as usize].wait(run.world.now());
            expected.push((it, at, run.world.now() + wait));
        }
        run.model.handle(event, &mut run.world);
        expected.retain(|&(it, at, since)| {
            let station = &run.model.cluster.servers[at as usize];
            let job = station.busy().iter().find(|job| job.of == it);
            met += u32::from(job.is_some());
            assert!(job.is_none_or(|job| job.since == since), "{it:?}");
            job.is_none() && station.waiting().any(|of| of == it)
        });
    }
}

#[test]
fn a_backup_takes_over_by_the_formula_and_the_first_takes_its_address_back() {
    // RFC 5798 §6.1: three advertisements and a skew of (256 − priority) ÷ 256 of one.
    assert_eq!(down_interval(100), Span::from_nanos(3_609_375_000));
    assert_eq!(down_interval(254), Span::from_nanos(3_007_812_500));
    for seed in 0..10 {
        let settings = [("deploy", "0"), ("balancers", "pair")];
        let mut run = bench(&settings, seed, Time::from_millis(5_000 + 137 * seed));
        let (heard, open) = (run.model.pair.said.unwrap(), run.model.cluster.open().count() as u64);
        run.tries("kill", &[balancer(0)], &Value::None).unwrap();
        assert_eq!((closed(&run, CUT_OFF), run.model.pair.active), (open, None));
        let (mut came, killed) = (0, run.world.now());
        step_until(
            &mut run,
            |model| model.pair.active.is_some(),
            |_, event| came += u64::from(matches!(event, Event::AtBalancer(_))),
        );
        let (now, took) = (run.world.now(), run.world.now().since(killed));
        assert_eq!((run.model.pair.active, now.since(heard)), (Some(1), down_interval(100)));
        assert!(Span::from_millis(2_609) <= took && took <= Span::from_millis(3_610), "{took}");
        let run = run.on_for(Span::from_secs(5));
        assert_eq!(closed(&run, NO_BALANCER), came, "seed {seed}");
        // The first one returns as a backup of higher priority, which minds no advertisement of the other.
        let before = closed(&run, CUT_OFF);
        let run = run.act("restore", &[balancer(0)], &Value::None).on_for(down_interval(101));
        assert_eq!(run.model.pair.active, Some(1));
        let run = run.on_for(Span::from_nanos(1));
        assert!(run.model.pair.active == Some(0) && closed(&run, CUT_OFF) > before);
        assert_eq!(run.on_for(Span::from_secs(20)).model.pair.active, Some(0), "the other stays a backup");
    }
}

#[test]
fn a_lone_balancer_is_away_until_it_is_restored_and_then_has_to_check_anew() {
    let run = bench(&[("deploy", "0")], 3, Time::from_secs(5)).act("kill", &[balancer(0)], &Value::None);
    let run = quickly(run, Time::from_secs(20));
    assert!(closed(&run, NO_BALANCER) > 1_500 && run.model.pair.active.is_none());
    let run = run.act("kill", &[server(A)], &Value::None).act("restore", &[balancer(0)], &Value::None);
    assert!(run.model.pair.active.is_some() && run.model.upkeep[A as usize].dead.is_some());
    // A server that was never checked goes down with the first check that fails.
    let took = run.on_for(Span::from_secs(4)).model.unnoticed;
    assert!(took.is_some_and(|took| took <= Span::from_secs(2) + WAY), "{took:?}");
}

#[test]
fn what_changes_nothing_is_refused() {
    let mut run = bench(&[("deploy", "1")], 1, Time::from_secs(2));
    let mut refused = |action, on| run.tries(action, &[on], &Value::None).unwrap_err().id.to_string();
    assert_eq!(refused("deploy", balancer(0)), "deploy-under-way");
    for (action, on) in
        [("kill", server(A)), ("drain", server(A)), ("restore", server(1)), ("restore", balancer(0))]
    {
        assert_eq!(refused(action, on), "nothing-changes", "{action} {on:?}");
    }
    assert_eq!(refused("kill", balancer(1)), "no-standby");
    assert_eq!(refused("kill", server(SERVERS)), "no-such-entity");
}
