//! Rates, the same arrivals whatever the system does, and a replay that keeps its log's order.

use super::*;
use crate::pick::cases;
use crate::player::{FileReader, LogReader};
use proptest::prelude::*;

const REQUEST: u8 = 0;

#[derive(Clone, Copy, Debug, PartialEq, Hash)]
struct Arrival;

fn log(millis: &[u64]) -> Data {
    let mut reader = LogReader::default();
    for (n, at) in millis.iter().enumerate() {
        reader.push(format!("{at},key{n}\n").as_bytes());
    }
    reader.finish().unwrap()
}

fn stream(pattern: Pattern, rate: f64) -> Stream {
    Stream { pattern, rate, compress: 1.0 }
}

/// The moments of the arrivals before `until`.
fn times(stream: Stream, data: &Data, seed: u64, until: Time) -> Vec<Time> {
    let mut world = World::new(seed);
    let mut arrivals = Arrivals::start(REQUEST, stream, data, &mut world, Arrival).unwrap();
    let mut times = Vec::new();
    while let Some(Arrival) = world.next(until) {
        arrivals.arrived(&mut world, Arrival);
        times.push(world.now());
    }
    times
}

#[test]
fn the_rate_is_the_one_that_is_asked_for_and_bursts_cluster() {
    let none = Data::default();
    let (until, seconds) = (Time::from_secs(2_000), 2_000);
    // Arrivals of each second: of a Poisson stream their variance is their mean.
    let dispersion = |pattern| {
        let mut counts = vec![0.0; seconds];
        for at in times(stream(pattern, 40.0), &none, 5, until) {
            counts[at.secs() as usize] += 1.0;
        }
        let mean = counts.iter().sum::<f64>() / seconds as f64;
        let variance = counts.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / seconds as f64;
        (mean, variance / mean)
    };
    let (mean, steady) = dispersion(Pattern::Poisson);
    assert!((mean - 40.0).abs() < 0.5 && (steady - 1.0).abs() < 0.1, "{mean} {steady}");
    let (mean, bursty) = dispersion(Pattern::Bursty);
    assert!((mean - 40.0).abs() < 3.0 && bursty > 10.0, "{mean} {bursty}");
}

#[test]
fn a_log_is_replayed_in_its_order_and_at_its_pace() {
    let data = log(&[1_700_000_000_000, 1_700_000_003_100, 1_700_000_003_600, 1_700_000_010_000]);
    let mut world = World::new(1);
    let replay = stream(Pattern::Replay, 1.0);
    let mut arrivals = Arrivals::start(REQUEST, replay, &data, &mut world, Arrival).unwrap();
    let (mut times, mut who) = (Vec::new(), Vec::new());
    while let Some(Arrival) = world.next(Time::from_secs(60)) {
        times.push(world.now());
        who.push(arrivals.arrived(&mut world, Arrival).unwrap());
        if times.len() == 3 {
            // The five seconds that are left pass in one.
            world.settle(Time::from_secs(5));
            arrivals.set(Stream { compress: 5.0, ..replay }, &mut world, Arrival).unwrap();
        }
    }
    // Seconds since 1970 as a fraction: good for a microsecond.
    let millis: Vec<f64> = times.iter().map(|at| (at.secs() * 1e6).round() / 1e3).collect();
    assert_eq!(millis, [0.0, 3_100.0, 3_600.0, 6_000.0]);
    let logged: Vec<_> = (0..4).map(|n| data.records().unwrap().who(n).unwrap()).collect();
    assert_eq!(who, logged);
    assert!(arrivals.is_over());
}

#[test]
fn a_replayed_request_knows_how_long_it_took() {
    let mut reader = LogReader::default();
    reader.push(b"time,key,duration_ms\n0,a,250\n1,b,-\n2,c,0.5\n");
    let data = reader.finish().unwrap();
    let mut world = World::new(1);
    let replay = Stream { compress: 10.0, ..stream(Pattern::Replay, 1.0) };
    let mut arrivals = Arrivals::start(REQUEST, replay, &data, &mut world, Arrival).unwrap();
    assert_eq!(arrivals.logged_duration(), None);
    let mut took = Vec::new();
    while let Some(Arrival) = world.next(Time::from_secs(60)) {
        arrivals.arrived(&mut world, Arrival);
        took.push(arrivals.logged_duration());
    }
    assert_eq!(took, [Some(Span::from_millis(250)), None, Some(Span::from_nanos(500_000))]);
    // What is drawn was never logged.
    arrivals.set(Stream::poisson(1.0), &mut world, Arrival).unwrap();
    arrivals.arrived(&mut world, Arrival);
    assert_eq!(arrivals.logged_duration(), None);
}

#[test]
fn without_a_log_there_is_nothing_to_replay_and_nothing_changes() {
    let (none, mut world) = (Data::default(), World::new(1));
    let replay = stream(Pattern::Replay, 1.0);
    assert_eq!(Arrivals::start(REQUEST, replay, &none, &mut world, Arrival).unwrap_err(), no_log_yet());
    assert_eq!(world.pending(), 0);
    let poisson = Stream::poisson(10.0);
    let mut arrivals = Arrivals::start(REQUEST, poisson, &none, &mut world, Arrival).unwrap();
    let next = world.next_time();
    assert_eq!(arrivals.set(replay, &mut world, Arrival), Err(no_log_yet()));
    assert_eq!((arrivals.stream, world.next_time()), (poisson, next));
}

#[test]
fn a_stream_with_a_limit_ends() {
    let mut world = World::new(1);
    let mut arrivals = Arrivals::poisson(REQUEST, 10.0, &mut world, Arrival).ending_after(5);
    while let Some(Arrival) = world.next(Time::from_secs(60)) {
        arrivals.arrived(&mut world, Arrival);
    }
    assert_eq!((arrivals.arrived_so_far(), arrivals.is_over()), (5, true));
}

proptest! {
    #![proptest_config(cases(60))]

    /// Twice the load: the same arrivals in half the time. So a learner who moves a slider meets the same requests.
    #[test]
    fn another_rate_only_changes_the_pace(seed: u64, rate in 1.0_f64..200.0, bursty: bool) {
        let none = Data::default();
        let pattern = if bursty { Pattern::Bursty } else { Pattern::Poisson };
        let once = times(stream(pattern, rate), &none, seed, Time::from_secs(10));
        prop_assert!(once.windows(2).all(|two| two[0] <= two[1]));
        if !bursty {
            let twice = times(stream(pattern, 2.0 * rate), &none, seed, Time::from_secs(5));
            let same = |(a, b): (&Time, &Time)| (a.secs() - 2.0 * b.secs()).abs() < 1e-6;
            prop_assert!(once.iter().zip(&twice).all(same));
            prop_assert!(once.len().abs_diff(twice.len()) <= 1);
        }
    }

    /// Nobody asks twice before the answer, whoever comes and goes.
    #[test]
    fn in_a_closed_loop_everybody_has_one_question_at_most(
        seed: u64, moves in proptest::collection::vec((1_u32..20, 1_u64..3_000), 1..20),
    ) {
        #[derive(Clone, Copy, Hash)]
        enum Event { Asks(Entity), Answered(Entity) }
        let mut world = World::new(seed);
        let mut clients = ClosedLoop::start(REQUEST, 5, Dist::Exponential(0.2), &mut world, Event::Asks);
        let mut asking = std::collections::BTreeSet::new();
        for (count, millis) in moves {
            let until = world.now() + Span::from_millis(millis);
            while let Some(event) = world.next(until) {
                match event {
                    Event::Asks(client) => {
                        prop_assert!(asking.insert(client), "{client:?} asks again before the answer");
                        world.schedule(Span::from_millis(50), Event::Answered(client));
                    }
                    Event::Answered(client) => {
                        asking.remove(&client);
                        clients.answered(client, &mut world, Event::Asks);
                    }
                }
            }
            world.settle(until);
            clients.set_clients(count, &mut world, Event::Asks);
            // Each of those who take part thinks or asks: one event for each, and one for those who leave later.
            prop_assert!(world.pending() >= count as usize);
        }
    }
}
