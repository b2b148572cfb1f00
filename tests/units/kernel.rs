//! The kernel against queueing theory: confidence intervals from runs through [`World`] cover the exact values as often
//! as they should, and notice a service rate that is wrong by 5 %.
//!
//! [`World`]: playground::sim::World

use playground::mechanism::queueing::{Mmc, mg1_wait};
use playground::oracle::on_all_cores;
use playground::sim::statistics::Interval;
use playground::sim::{Dist, Draws, Entity, Purpose, Span, Time, World};
use std::collections::VecDeque;

const SEEDS: u64 = 20;
const REPLICATIONS: u64 = 20;

/// A queue before several servers; `rate` customers arrive a second.
struct Queue {
    rate: f64,
    servers: u32,
    service: Dist,
}

#[derive(Hash)]
enum Event {
    Arrival,
    Departure,
}

/// Mean time in the system of `counted` customers that come after `warm` others.
fn mean_sojourn(queue: &Queue, seed: u64, warm: u32, counted: u32) -> f64 {
    const ARRIVAL: Purpose = Purpose::named("arrival");
    const SERVICE: Purpose = Purpose::named("service");
    let gap = Dist::Exponential(1.0 / queue.rate);
    let mut world: World<Event> = World::new(seed);
    let (mut arrived, mut busy, mut sum) = (0_u32, 0, 0.0);
    let mut waiting: VecDeque<(u32, Time)> = VecDeque::new();
    world.schedule(Span::ZERO, Event::Arrival);
    // First come, first served: a customer's time in the system is known when its service begins.
    let mut serve = |world: &mut World<Event>, n: u32, since: Time| {
        let draws: &mut Draws = &mut world.draws(SERVICE, Entity::new(0, n));
        let time = queue.service.span(draws);
        world.schedule(time, Event::Departure);
        if n >= warm && n < warm + counted {
            sum += ((world.now() + time).since(since)).secs();
        }
    };
    while let Some(event) = world.next(Time::MAX) {
        match event {
            Event::Arrival => {
                let (n, now) = (arrived, world.now());
                arrived += 1;
                if arrived < warm + counted {
                    let after = gap.span(&mut world.draws(ARRIVAL, Entity::new(0, arrived)));
                    world.schedule(after, Event::Arrival);
                }
                if busy < queue.servers {
                    busy += 1;
                    serve(&mut world, n, now);
                } else {
                    waiting.push_back((n, now));
                }
            }
            Event::Departure => match waiting.pop_front() {
                Some((n, since)) => serve(&mut world, n, since),
                None => busy -= 1,
            },
        }
    }
    sum / f64::from(counted)
}

/// One interval a seed, each from independent replications.
fn intervals(queue: &Queue, customers: u32) -> Vec<Interval> {
    let seeds: Vec<u64> = (1..=SEEDS).collect();
    on_all_cores(&seeds, |seed| {
        let replication = |r| mean_sojourn(queue, seed * 1_000 + r, customers / 10, customers);
        Interval::of(&(0..REPLICATIONS).map(replication).collect::<Vec<_>>()).unwrap()
    })
}

fn check(exact: f64, customers: u32, queue: impl Fn(f64) -> Queue) {
    let covering =
        |intervals: &[Interval]| intervals.iter().filter(|interval| interval.covers(exact)).count();
    let right = intervals(&queue(1.0), customers);
    for interval in &right {
        assert!(interval.half_width <= 0.02 * interval.mean, "{interval:?} is wider than 2 %");
    }
    assert!(covering(&right) >= 17, "{} of {SEEDS} intervals cover {exact}", covering(&right));
    // Service that is 5 % slower or faster than it should be.
    for wrong in [0.95, 1.05] {
        let covered = covering(&intervals(&queue(wrong), customers));
        assert!(
            covered < 17,
            "{covered} intervals cover, though the service rate is {wrong} of what it should be"
        );
    }
}

#[test]
fn one_exponential_server() {
    let exact = Mmc { servers: 1, lambda: 0.6, mu: 1.0 }.sojourn();
    check(exact, 24_000, |pace| Queue { rate: 0.6, servers: 1, service: Dist::Exponential(1.0 / pace) });
}

#[test]
fn three_exponential_servers() {
    let exact = Mmc { servers: 3, lambda: 2.1, mu: 1.0 }.sojourn();
    check(exact, 20_000, |pace| Queue { rate: 2.1, servers: 3, service: Dist::Exponential(1.0 / pace) });
}

#[test]
fn one_server_with_other_distributions_of_service() {
    for (scv, service) in [
        (0.0, (|pace| Dist::Fixed(1.0 / pace)) as fn(f64) -> Dist),
        (0.25, |pace| Dist::Erlang { stages: 4, mean: 1.0 / pace }),
        (3.0, |pace| Dist::HyperExponential { mean: 1.0 / pace, scv: 3.0 }),
    ] {
        let exact = mg1_wait(0.5, 1.0, scv) + 1.0;
        let customers = if scv > 1.0 { 40_000 } else { 10_000 };
        check(exact, customers, |pace| Queue { rate: 0.5, servers: 1, service: service(pace) });
    }
}
