use super::super::spec::{CUT_OFF, FAILED, LOST, NO_BALANCER, REQUEST, SENT_TO_DEAD};
use super::super::{Place, request};
use super::pair::down_interval;
use super::spec::ActionId;
use super::*;
use crate::pick::cases;
use crate::player::{Control, ControlKind, Controls};
use crate::sim::{EndKind, World};
use proptest::prelude::*;

fn lost(w: &W) -> u64 {
    LOST.iter().map(|&end| w.tally(REQUEST).closed(end)).sum()
}

const A: u32 = 0;
const WAY: Span = Span::from_millis(40);

fn values(settings: &[(&str, &str)]) -> Vec<Value> {
    let value = |control: &Control| {
        let set = settings.iter().find(|(id, _)| *id == control.id);
        set.map_or_else(|| control.default(), |(_, text)| control.parse(text).unwrap())
    };
    ControlValues::ALL.iter().map(value).collect()
}

fn start(settings: &[(&str, &str)], seed: u64) -> (WhoNotices, W) {
    let mut w = World::new(seed);
    let controls = ControlValues::from_values(&values(settings));
    let model = WhoNotices::new(&controls, &Data::default(), &mut w).unwrap();
    (model, w)
}

fn go_on(model: &mut WhoNotices, w: &mut W, until: Time) {
    while let Some(event) = w.next(until) {
        model.handle(event, w);
    }
    w.settle(until);
    assert_eq!(model.invariants(w), Ok(()));
}

/// A run to its end, or to a second of it.
fn run(settings: &[(&str, &str)], seed: u64, seconds: u64) -> (WhoNotices, W) {
    let (mut model, mut w) = start(settings, seed);
    go_on(&mut model, &mut w, Time::from_secs(seconds));
    (model, w)
}

fn act(model: &mut WhoNotices, w: &mut W, action_id: ActionId, on: Entity) -> Result<(), &'static str> {
    let action = ActionId::ALL.iter().position(|other| *other == action_id).unwrap();
    model.act(action, &[on], &Value::None, w).map_err(|msg| match msg.id {
        std::borrow::Cow::Borrowed(id) => id,
        std::borrow::Cow::Owned(_) => "another",
    })
}

fn closed(w: &W, fate: EndKind) -> u64 {
    w.tally(REQUEST).closed(fate)
}

#[test]
fn a_death_is_noticed_after_the_checks_that_have_to_fail() {
    for (interval, fall) in [(2.0, 3), (0.5, 1), (1.0, 4), (5.0, 2)] {
        let (text, fall_text) = (format!("{interval} s"), format!("{fall}"));
        for seed in 0..12 {
            let settings = [("deploy", "0"), ("load", "60"), ("interval", &*text), ("fall", &*fall_text)];
            let (mut model, mut w) = start(&settings, seed);
            go_on(&mut model, &mut w, Time::from_millis(6_000 + 171 * seed));
            act(&mut model, &mut w, ActionId::Kill, server(A)).unwrap();
            let killed = w.now();
            go_on(&mut model, &mut w, killed + Span::from_secs(15));
            let took = model.unnoticed.unwrap();
            let least = Span::from_secs_f64(interval * f64::from(fall - 1)) + WAY;
            let most = Span::from_secs_f64(interval * f64::from(fall)) + WAY;
            assert!(least <= took && took <= most, "{took} with {interval} and {fall}, seed {seed}");
        }
    }
}

#[test]
fn what_a_death_costs_is_what_was_there_and_what_is_sent_until_it_is_noticed() {
    for seed in 0..20 {
        let (mut model, mut w) = start(&[("deploy", "0"), ("load", "100")], seed);
        go_on(&mut model, &mut w, Time::from_millis(4_000 + 93 * seed));
        let at_it = |there: fn(Place) -> bool| {
            let all = model.cluster.journeys.iter();
            let here = all.filter(|(_, it)| it.carries.counted.is_some_and(|(n, _)| n == A));
            here.filter(|(_, it)| there(it.place)).count() as u64
        };
        let inside = at_it(|place| place == Place::At(server(A)));
        let mut sent = at_it(|place| matches!(place, Place::Between { to, .. } if to == server(A)));
        act(&mut model, &mut w, ActionId::Kill, server(A)).unwrap();
        while model.cluster.standing(A) == Standing::Up {
            let event = w.next(Time::from_secs(30)).unwrap();
            model.handle(event, &mut w);
            if let Event::AtBalancer(n) = event {
                let it = model.cluster.journeys.get(request(n));
                sent += u64::from(it.is_some_and(|it| it.carries.server == Some(A)));
            }
        }
        let until = w.now() + Span::from_secs(1);
        go_on(&mut model, &mut w, until);
        assert!(sent > 80, "{sent}");
        assert_eq!((closed(&w, FAILED), closed(&w, SENT_TO_DEAD)), (inside, sent), "seed {seed}");
    }
}

#[test]
fn a_deploy_that_drains_loses_nobody_where_the_rest_can_carry_the_load() {
    for seed in 0..10 {
        let calm = [("load", "80"), ("warm-up", "0")];
        let (_, w) = run(&[&calm[..], &[("drain", "10")]].concat(), seed, 90);
        assert_eq!(lost(&w), 0, "seed {seed}");
        // Without draining: four times a quarter of what comes in the 4.44 s until the third failed check.
        let (_, w) = run(&calm, seed, 90);
        let expected = 80.0 * 4.44;
        let unlike = (closed(&w, SENT_TO_DEAD) as f64 - expected) / libm::sqrt(expected);
        assert!(unlike.abs() < 4.0, "{} of {expected}, seed {seed}", closed(&w, SENT_TO_DEAD));
    }
}

#[test]
fn slow_start_spares_cold_servers_and_needs_a_policy_that_knows_weights() {
    let lost = |settings: &[(&str, &str)], seed| {
        let all = [&[("load", "100"), ("drain", "10")], settings].concat();
        lost(&run(&all, seed, 90).1)
    };
    // How much it helps depends on what the next stop falls on, so it is told of several deploys together.
    let sum = |settings: &[(&str, &str)]| (0..6).map(|seed| lost(settings, seed)).sum::<u64>();
    let cold = sum(&[]);
    let spared = sum(&[("slow-start", "10")]);
    let waited = sum(&[("slow-start", "10"), ("next", "settled")]);
    assert!(cold > 1_200 && spared * 4 < cold && waited * 4 < spared, "{cold} {spared} {waited}");
    let blind = [("policy", "round-robin"), ("slow-start", "10")];
    assert_eq!(sum(&blind), sum(&blind[..1]));
}

#[test]
fn draining_helps_most_of_the_single_changes() {
    for seed in 0..20 {
        let lost = |setting| lost(&run(&[setting], seed, 90).1);
        let drained = lost(("drain", "10"));
        for other in [("interval", "1"), ("fall", "1"), ("slow-start", "10")] {
            let with = lost(other);
            assert!(drained < with, "{drained} lost with draining, {with} with {other:?}, seed {seed}");
        }
    }
}

/// How often a server that is there is taken out.
fn false_alarms(settings: &[(&str, &str)], seed: u64) -> u32 {
    let (mut model, mut w) = start(settings, seed);
    let mut alarms = 0;
    while let Some(event) = w.next(Time::from_secs(90)) {
        let Event::Checked(n, _) = event else {
            model.handle(event, &mut w);
            continue;
        };
        let was_in_service = model.is_in_service(n);
        model.handle(event, &mut w);
        alarms += u32::from(was_in_service && !model.is_in_service(n));
    }
    alarms
}

#[test]
fn one_failure_as_the_limit_takes_out_servers_that_are_only_late() {
    let (mut nervous, mut calm) = (0, 0);
    for seed in 0..10 {
        nervous += false_alarms(&[("fall", "1")], seed);
        calm += false_alarms(&[], seed);
    }
    assert!(
        nervous >= 10 && calm * 10 <= nervous,
        "{nervous} false alarms in ten deploys, {calm} with three"
    );
    assert_eq!(false_alarms(&[("fall", "1"), ("warm-up", "0"), ("drain", "10"), ("load", "80")], 1), 0);
}

#[test]
fn a_check_waits_as_long_as_a_request_that_comes_at_the_same_moment() {
    let (mut model, mut w) = start(&[("deploy", "0"), ("load", "190")], 5);
    let mut expected: Vec<(u32, u32, Time)> = Vec::new();
    let mut met = 0;
    while met < 200 {
        let event = w.next(Time::from_secs(60)).unwrap();
        if let Event::AtServer(n) = event {
            let at = model.cluster.journeys.get(request(n)).and_then(|it| it.carries.server).unwrap();
            let wait = model.cluster.servers[at as usize].station.wait(w.now());
            model.handle(event, &mut w);
            if model.cluster.servers[at as usize].station.waiting().any(|of| of == request(n)) {
                expected.push((n, at, w.now() + wait));
            }
        } else {
            model.handle(event, &mut w);
        }
        expected.retain(|&(n, server, at)| {
            let station = &model.cluster.servers[server as usize].station;
            let Some(job) = station.busy().iter().find(|job| job.of == request(n)) else {
                return station.waiting().any(|of| of == request(n));
            };
            assert_eq!(job.since, at, "request {n}");
            met += 1;
            false
        });
    }
}

#[test]
fn a_backup_takes_over_by_the_formula_and_the_first_takes_its_address_back() {
    // RFC 5798 §6.1: three advertisements and a skew of (256 − priority) ÷ 256 of one.
    assert_eq!(down_interval(100), Span::from_nanos(3_609_375_000));
    assert_eq!(down_interval(254), Span::from_nanos(3_007_812_500));
    for seed in 0..20 {
        let (mut model, mut w) = start(&[("deploy", "0"), ("balancers", "pair")], seed);
        go_on(&mut model, &mut w, Time::from_millis(5_000 + 137 * seed));
        let heard = model.pair.said.unwrap();
        let open = model.cluster.open_requests().count() as u64;
        act(&mut model, &mut w, ActionId::Kill, balancer(0)).unwrap();
        assert_eq!((closed(&w, CUT_OFF), model.pair.active()), (open, None));
        let (mut came, killed) = (0, w.now());
        while model.pair.active().is_none() {
            let event = w.next(Time::from_secs(30)).unwrap();
            came += u64::from(matches!(event, Event::AtBalancer(_)));
            model.handle(event, &mut w);
        }
        let took = w.now().since(killed);
        assert_eq!((model.pair.active(), w.now().since(heard)), (Some(1), down_interval(100)));
        assert!(Span::from_millis(2_609) <= took && took <= Span::from_millis(3_610), "{took}");
        let until = w.now() + Span::from_secs(5);
        go_on(&mut model, &mut w, until);
        assert_eq!(closed(&w, NO_BALANCER), came, "seed {seed}");
        // The first one returns as a backup of higher priority, which minds no advertisement of the other.
        act(&mut model, &mut w, ActionId::Restore, balancer(0)).unwrap();
        let back = w.now() + down_interval(101);
        go_on(&mut model, &mut w, back);
        assert_eq!(model.pair.active(), Some(1));
        let before = closed(&w, CUT_OFF);
        go_on(&mut model, &mut w, back + Span::from_nanos(1));
        assert_eq!(model.pair.active(), Some(0));
        assert!(closed(&w, CUT_OFF) > before && model.pair.is_alive(1));
        // And the other stays a backup.
        go_on(&mut model, &mut w, back + Span::from_secs(20));
        assert_eq!(model.pair.active(), Some(0));
    }
}

#[test]
fn a_lone_balancer_is_away_until_it_is_restored_and_then_has_to_check_anew() {
    let (mut model, mut w) = run(&[("deploy", "0"), ("outage", "5")], 3, 20);
    assert!(closed(&w, NO_BALANCER) > 1_500 && !model.cluster.front.open);
    act(&mut model, &mut w, ActionId::Kill, server(A)).unwrap();
    act(&mut model, &mut w, ActionId::Restore, balancer(0)).unwrap();
    assert!(model.cluster.front.open && model.dead[A as usize].is_some());
    go_on(&mut model, &mut w, Time::from_secs(24));
    // A server that was never checked goes down with the first check that fails.
    assert!(model.unnoticed.is_some_and(|took| took <= Span::from_secs(2) + WAY));
}

#[test]
fn what_is_out_of_place_is_refused_with_a_reason() {
    let (mut model, mut w) = start(&[("deploy", "1")], 1);
    go_on(&mut model, &mut w, Time::from_secs(2));
    let mut refused = |action_id, on| act(&mut model, &mut w, action_id, on).err();
    assert_eq!(refused(ActionId::Deploy, balancer(0)), Some("deploy-under-way"));
    assert_eq!(refused(ActionId::Kill, server(A)), Some("dead-already"));
    assert_eq!(refused(ActionId::Drain, server(A)), Some("nothing-to-drain"));
    assert_eq!(refused(ActionId::Restore, server(1)), Some("nothing-to-restore"));
    assert_eq!(refused(ActionId::Restore, balancer(0)), Some("nothing-to-restore"));
    assert_eq!(refused(ActionId::Kill, balancer(1)), Some("no-standby"));
    assert_eq!(refused(ActionId::Kill, balancer(2)), Some("no-such-entity"));
    assert_eq!(refused(ActionId::Kill, server(SERVERS)), Some("no-such-entity"));
}

#[test]
fn another_setting_meets_the_very_same_requests() {
    let demands = |settings: &[(&str, &str)]| {
        let (mut model, mut w) = start(settings, 77);
        let mut seen = Vec::new();
        while let Some(event) = w.next(Time::from_secs(20)) {
            model.handle(event, &mut w);
            if matches!(event, Event::Arrival) {
                let newest = w.tally(REQUEST).opened() as u32 - 1;
                seen.push((w.now(), model.cluster.demand_of(newest)));
            }
        }
        seen
    };
    let first = demands(&[]);
    assert!(first.len() > 2_000);
    for other in [("drain", "10"), ("fall", "1"), ("policy", "two-choices"), ("outage", "4")] {
        assert_eq!(demands(&[other, ("balancers", "pair")]), first, "{other:?}");
    }
}

#[derive(Clone, Debug)]
enum Move {
    Wait(u64),
    Set(usize, f64),
    Act(usize, u8, u32),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        3 => (1..3_000u64).prop_map(Move::Wait),
        2 => (0..ControlValues::ALL.len(), 0.0..1.0_f64).prop_map(|(at, share)| Move::Set(at, share)),
        2 => (0..2usize, prop::sample::select(vec![SERVER, BALANCER]), 0..4u32)
            .prop_map(|(action, kind, n)| Move::Act(action, kind, n)),
        1 => (2..4usize, 0..4u32)
            .prop_map(|(action, n)| Move::Act(action, if action == 2 { SERVER } else { BALANCER }, n)),
    ];
    prop::collection::vec(one, 1..40)
}

fn some_value(control: &Control, share: f64) -> Value {
    match &control.kind {
        ControlKind::Number { min, max, .. } => {
            control.accept(&Value::Number(min + share * (max - min))).unwrap()
        }
        ControlKind::Choice { options, .. } => {
            let at = ((share * options.len() as f64) as usize).min(options.len() - 1);
            Value::Choice(options[at].0.to_string())
        }
        _ => Value::Flag(share > 0.5),
    }
}

proptest! {
    #![proptest_config(cases(80))]
    #[test]
    fn nothing_vanishes_while_balancers_and_servers_die(moves in moves(), seed: u64) {
        let mut values = values(&[("balancers", "pair")]);
        let (mut model, mut w) = start(&[("balancers", "pair")], seed);
        for step in moves {
            match step {
                Move::Wait(millis) => {
                    let until = w.now() + Span::from_millis(millis);
                    let mut nth = 0;
                    while let Some(event) = w.next(until) {
                        model.handle(event, &mut w);
                        nth += 1;
                        if nth % 7 == 0 {
                            prop_assert_eq!(model.invariants(&w), Ok(()));
                        }
                    }
                    w.settle(until);
                }
                Move::Set(at, share) => {
                    values[at] = some_value(&ControlValues::ALL[at], share);
                    prop_assert!(model.set(&ControlValues::from_values(&values), &mut w).is_ok());
                }
                Move::Act(action, kind, n) => {
                    let _ = model.act(action, &[Entity::new(kind, n)], &Value::None, &mut w);
                }
            }
            prop_assert_eq!(model.invariants(&w), Ok(()));
        }
    }
}
