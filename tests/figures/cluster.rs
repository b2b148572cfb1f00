//! The world of the load-balancing figures: nothing vanishes, and another policy meets the same requests.

use crate::shared::pick::cases;
use crate::shared::{frame, open};
use playground::lessons::architecture::load_balancing::cluster::{Cluster, ControlValues, Demand, Event};
use playground::player::{Control, Controls, Data, Experiment, Value};
use playground::sim::{EndKind, Entity, Time, World};
use proptest::prelude::*;

type Model = Cluster;

fn values() -> Vec<Value> {
    ControlValues::ALL.iter().map(Control::default).collect()
}

fn with(mut values: Vec<Value>, id: &str, text: &str) -> Vec<Value> {
    let at = ControlValues::ALL.iter().position(|control| control.id == id).unwrap();
    values[at] = ControlValues::ALL[at].parse(text).unwrap();
    values
}

fn start(values: &[Value], seed: u64) -> (Model, World<Event>) {
    let mut world = World::new(seed);
    let model = Model::new(&ControlValues::from_values(values), &Data::default(), &mut world).unwrap();
    (model, world)
}

fn run_until(model: &mut Model, world: &mut World<Event>, until: Time) {
    while let Some(event) = world.next(until) {
        model.handle(event, world);
    }
    world.settle(until);
}

#[derive(Clone, Debug)]
enum Move {
    Wait(u64),
    Set(usize, f64),
    Act(usize, u32),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        3 => (1..2_000u64).prop_map(Move::Wait),
        2 => (0..ControlValues::ALL.len(), 0.0..1.0_f64).prop_map(|(at, share)| Move::Set(at, share)),
        2 => (0..5usize, 0..4u32).prop_map(|(action, server)| Move::Act(action, server)),
    ];
    prop::collection::vec(one, 1..40)
}

/// Some value that the control takes.
fn some_value(control: &Control, share: f64) -> Value {
    use playground::player::ControlKind;
    match &control.kind {
        ControlKind::Number { min, max, .. } => {
            control.accept(&Value::Number(min + share * (max - min))).unwrap()
        }
        ControlKind::Choice { options, .. } => Value::Choice(
            options[((share * options.len() as f64) as usize).min(options.len() - 1)].0.to_string(),
        ),
        _ => Value::Flag(share > 0.5),
    }
}

proptest! {
    #![proptest_config(cases(60))]
    #[test]
    fn nothing_vanishes_while_servers_die_and_controls_move(moves in moves(), seed: u64) {
        let mut values = values();
        let (mut model, mut world) = start(&values, seed);
        for step in moves {
            match step {
                Move::Wait(millis) => {
                    let until = world.now() + playground::sim::Span::from_millis(millis);
                    let mut nth = 0;
                    while let Some(event) = world.next(until) {
                        model.handle(event, &mut world);
                        nth += 1;
                        if nth % 7 == 0 {
                            prop_assert_eq!(model.invariants(&world), Ok(()));
                        }
                    }
                    world.settle(until);
                }
                Move::Set(at, share) => {
                    let mut next = values.clone();
                    next[at] = some_value(&ControlValues::ALL[at], share);
                    if model.set(&ControlValues::from_values(&next), &mut world).is_ok() {
                        values = next;
                    }
                }
                Move::Act(action, server) => {
                    model.act(action, &[Entity::new(1, server)], &Value::Number(7.0), &mut world).unwrap();
                }
            }
            prop_assert_eq!(model.invariants(&world), Ok(()));
        }
    }
}

#[test]
fn a_request_that_vanishes_breaks_the_law() {
    let (mut model, mut world) = start(&values(), 4);
    run_until(&mut model, &mut world, Time::from_secs(5));
    assert_eq!(model.invariants(&world), Ok(()));
    // Somebody ends a request behind the model's back.
    let n = (0..1_000_000).find(|&n| world.tally(0).is_open(n)).unwrap();
    world.close(Entity::new(0, n), EndKind(0));
    assert!(model.invariants(&world).is_err());
}

#[test]
fn another_policy_meets_the_very_same_requests() {
    let demands = |policy: &str, action: Option<usize>| {
        let values = with(values(), "policy", policy);
        let (mut model, mut world) = start(&values, 77);
        let mut seen: Vec<(Time, Demand)> = Vec::new();
        while let Some(event) = world.next(Time::from_secs(20)) {
            let arrives = matches!(event, Event::Arrival);
            if arrives
                && world.now() > Time::from_secs(5)
                && let Some(action) = action
            {
                model.act(action, &[Entity::new(1, 0)], &Value::Number(9.0), &mut world).unwrap();
            }
            model.handle(event, &mut world);
            if arrives {
                let newest = (world.tally(0).opened() - 1) as u32;
                seen.push((world.now(), model.demand_of(newest).unwrap()));
            }
        }
        seen
    };
    let first = demands("round-robin", None);
    assert!(first.len() > 2_000);
    for policy in [
        "least-connections",
        "two-choices",
        "peak-ewma",
        "random",
        "ring-hash",
        "maglev",
        "sticky",
        "weighted-round-robin",
    ] {
        assert_eq!(demands(policy, None), first, "{policy}");
    }
    assert_eq!(demands("two-choices", Some(0)), first, "a server was killed");
}

/// (p99 in seconds, share lost) after a minute at the defaults, under a policy.
fn outcome(policy: &str) -> (f64, f64) {
    use playground::player::{Run, Session};
    let figure = playground::lessons::figure("slow-server").unwrap().1;
    let mut run = Run::new(figure.spec, playground::sim::Seed(1));
    run.set(figure.spec, "policy", &Value::Choice(policy.into())).unwrap();
    let mut session = Session::new([figure]);
    open(&mut session, &run);
    let end = frame(&mut session, figure.spec.until);
    let reading = |id| end.readings[figure.spec.reading(id).unwrap()];
    (reading("p99"), reading("lost-share"))
}

#[test]
fn round_robin_drowns_the_slow_server_and_least_connections_steers_around_it() {
    let (round_robin, least) = (outcome("round-robin"), outcome("least-connections"));
    assert!(round_robin.1 > 0.08, "round robin loses requests: {round_robin:?}");
    assert!(least.1 < 0.005, "least connections hardly does: {least:?}");
    assert!(round_robin.0 > least.0, "{round_robin:?} {least:?}");
    // Two choices come close to it; what doesn't look at the servers does not.
    assert!(outcome("two-choices").1 < 0.03);
    for blind in ["random", "ring-hash", "maglev"] {
        assert!(outcome(blind).1 > 0.05, "{blind}");
    }
}
