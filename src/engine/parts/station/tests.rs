//! What must hold of any queue, and what a station says.

use super::*;
use crate::pick::cases;
use crate::scene::Status;
use crate::sim::EndKind;
use proptest::prelude::*;

const STATION: Entity = Entity::new(1, 0);
const FINISHED: EndKind = EndKind(0);
const REFUSED: EndKind = EndKind(1);
const LEFT: EndKind = EndKind(2);
const DROPPED: EndKind = EndKind(3);

fn visitor(n: u32) -> Entity {
    Entity::new(0, n)
}

#[derive(Clone, Copy, Debug, Hash)]
enum Event {
    Comes(u64),
    Done(Entity),
}

/// What is done to a station between two arrivals.
#[derive(Clone, Copy, Debug)]
enum Move {
    Leave(u32),
    Workers(u32),
    Capacity(Option<u32>),
    Slower(f64),
    Fails(Fault),
    Restore,
    Wait(u64),
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        2 => (0_u32..60).prop_map(Move::Leave),
        1 => (1_u32..5).prop_map(Move::Workers),
        1 => proptest::option::of(0_u32..6).prop_map(Move::Capacity),
        1 => (1.0_f64..4.0).prop_map(Move::Slower),
        1 => prop_oneof![Just(Fault::Down), Just(Fault::FailsFast)].prop_map(Move::Fails),
        1 => Just(Move::Restore),
        6 => (0_u64..4_000).prop_map(Move::Wait),
    ]
}

/// Handles what happens before this moment.
fn advance(station: &mut Station<Event>, world: &mut World<Event>, until: Time) {
    while let Some(event) = world.next(until) {
        match event {
            Event::Comes(takes) => {
                let of = world.open(0, None);
                let offer = station.offer(of, Span::from_millis(takes), world, Event::Done(of));
                if !matches!(offer, Offer::Served | Offer::Queued { .. }) {
                    world.close(of, REFUSED);
                }
            }
            Event::Done(of) => {
                assert!(station.done(of, world), "{of:?} is done and was not served");
                world.close(of, FINISHED);
            }
        }
        station.invariants().unwrap();
    }
    world.settle(until);
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn nobody_vanishes_whatever_is_done_to_it(
        arrivals in proptest::collection::vec((0_u64..500, 1_u64..3_000), 1..60),
        moves in proptest::collection::vec(moves(), 0..40),
    ) {
        let mut world = World::new(1);
        let mut station = Station::new(STATION, 2, Some(3));
        let mut at = 0;
        for (gap, takes) in arrivals {
            at += gap;
            world.schedule(Span::from_millis(at), Event::Comes(takes));
        }
        for it in moves {
            match it {
                Move::Leave(n) => {
                    if station.leave(visitor(n), world.now()) {
                        world.close(visitor(n), LEFT);
                    }
                }
                Move::Workers(workers) => station.set_workers(workers, &mut world),
                Move::Capacity(capacity) => station.set_capacity(capacity),
                Move::Slower(slower) => station.set_slower(slower),
                Move::Fails(fault) => {
                    for of in station.fail(fault, &mut world) {
                        world.close(of, DROPPED);
                    }
                }
                Move::Restore => station.restore(),
                Move::Wait(millis) => {
                    let until = world.now() + Span::from_millis(millis);
                    advance(&mut station, &mut world, until);
                }
            }
            station.invariants().map_err(TestCaseError::fail)?;
            let here = station.busy().len() + station.waiting().len();
            prop_assert_eq!(world.tally(0).under_way(), here as u64);
        }
        station.restore();
        advance(&mut station, &mut world, Time::from_secs(10_000));
        prop_assert_eq!(world.tally(0).under_way(), 0);
        prop_assert_eq!(station.busy().len() + station.waiting().len(), 0);
    }

    #[test]
    fn the_first_in_line_is_served_by_whoever_is_free_first(
        workers in 1_u32..5,
        visitors in proptest::collection::vec((1_u64..500, 1_u64..3_000), 1..60),
    ) {
        let mut world = World::new(1);
        let mut station = Station::new(STATION, workers, None);
        let (mut at, mut free, mut waited) = (0, vec![0; workers as usize], 0);
        for (gap, takes) in &visitors {
            at += gap;
            world.schedule(Span::from_millis(at), Event::Comes(*takes));
            // Lindley's recursion for several workers: the next in line goes to the one who is free first.
            free.sort_unstable();
            let starts = free[0].max(at);
            waited += starts - at;
            free[0] = starts + takes;
        }
        let last = *free.iter().max().unwrap();
        advance(&mut station, &mut world, Time::from_millis(last));
        prop_assert_eq!(station.busy().iter().map(|job| job.ends).max(), Some(Time::from_millis(last)));
        advance(&mut station, &mut world, Time::from_millis(last + 1));
        prop_assert_eq!(world.tally(0).closed(FINISHED), visitors.len() as u64);
        let mean = waited as f64 / 1e3 / visitors.len() as f64;
        prop_assert!((station.mean_wait().unwrap() - mean).abs() < 1e-9);
    }
}

#[test]
fn a_refusal_after_a_calm_is_marked_once() {
    let mut world = World::new(1);
    let mut station = Station::new(STATION, 1, Some(0));
    for second in 0..10 {
        world.schedule(Span::from_secs(second), Event::Comes(20_000));
    }
    advance(&mut station, &mut world, Time::from_secs(30));
    let marks = world.take_notables();
    assert_eq!(marks.len(), 1, "{marks:?}");
    assert_eq!((marks[0].time, marks[0].what.id.as_ref()), (Time::from_secs(1), "mark-full"));
    assert_eq!(world.tally(0).closed(REFUSED), 9);
}

#[test]
fn what_it_says_fits_what_it_is() {
    let mut world = World::new(1);
    let mut station = Station::new(STATION, 1, Some(2));
    for _ in 0..3 {
        let of = world.open(0, None);
        assert!(matches!(
            station.offer(of, Span::from_secs(9), &mut world, Event::Done(of)),
            Offer::Served | Offer::Queued { .. }
        ));
    }
    let says = |station: &Station<Event>, n| station.about_visitor(visitor(n), Time::from_secs(3));
    assert_eq!(says(&station, 0), Some(about_served(STATION, Span::from_secs(3))));
    assert_eq!(says(&station, 1), Some(about_waiting_next(STATION, vec![visitor(0)])));
    assert_eq!(says(&station, 2), Some(about_waiting(STATION, visitor(1), 1)));
    assert_eq!(says(&station, 3), None);
    let here = [about_serving(vec![visitor(0)]), about_queue(vec![visitor(1), visitor(2)])];
    assert_eq!(station.about(), [[about_station(1, 1, 2), about_capacity(2)], here].concat());
    assert_eq!(station.status(Time::from_secs(3)), Status::Trouble);
    let dropped = station.fail(Fault::Down, &mut world);
    assert_eq!(dropped, [visitor(0), visitor(1), visitor(2)]);
    assert_eq!((station.about(), station.status(Time::from_secs(3))), (vec![about_down()], Status::Down));
    assert_eq!(station.offer(visitor(9), Span::ZERO, &mut world, Event::Comes(0)), Offer::Down);
}
