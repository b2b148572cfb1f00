//! Nothing vanishes, and the badges and the ledger add up, whatever happens to whom.

use super::*;
use crate::losses;
use crate::pick::cases;
use crate::scene::{Label, PacketKind, Panel, Status};
use crate::sim::Unit;
use proptest::prelude::*;

const REQUEST: u8 = 0;
const NODE: u8 = 1;
const CAUSE: u8 = 2;
losses! {
    LOSSES of CAUSE;
    REFUSED = 1, "queue-full";
    GAVE_UP = 2, "gave-up";
    CUT = 3, "cut-off";
}
const ANSWERED: EndKind = EndKind(0);
const HOME: Entity = Entity::new(NODE, 0);

fn node(n: u32) -> Entity {
    Entity::new(NODE, n)
}
fn request(n: u32) -> Entity {
    Entity::new(REQUEST, n)
}

#[derive(Clone, Copy, Debug, Hash)]
enum Event {
    Arrives(Entity),
    GivesUp(Entity),
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Begin(u64),
    Send(u32, u32, u64),
    TurnBack(u32, EndKind),
    End(u32),
    EndAs(u32, EndKind),
    Abandon(u32),
    Wait(u64),
}

fn moves() -> impl Strategy<Value = Move> {
    let ends = || prop::sample::select(vec![ANSWERED, REFUSED, CUT]);
    let who = || 0_u32..12;
    prop_oneof![
        4 => (1_u64..400).prop_map(Move::Begin),
        4 => (who(), 0_u32..4, 1_u64..200).prop_map(|(of, to, takes)| Move::Send(of, to, takes)),
        2 => (who(), ends()).prop_map(|(of, end)| Move::TurnBack(of, end)),
        2 => who().prop_map(Move::End),
        1 => (who(), ends()).prop_map(|(of, end)| Move::EndAs(of, end)),
        1 => who().prop_map(Move::Abandon),
        4 => (0_u64..150).prop_map(Move::Wait),
    ]
}

fn advance(journeys: &mut Journeys<u32>, world: &mut World<Event>, until: Time) {
    while let Some(event) = world.next(until) {
        match event {
            Event::Arrives(of) => journeys.arrive(of, world.now()),
            Event::GivesUp(of) => journeys.give_up(of, GAVE_UP, world),
        }
    }
    world.settle(until);
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn whoever_begins_ends_once_and_what_is_lost_adds_up(moves in prop::collection::vec(moves(), 1..80)) {
        let (mut world, mut journeys) = (World::new(1), Journeys::new(REQUEST, LOSSES));
        let millis = Span::from_millis;
        for step in moves {
            match step {
                Move::Begin(patience) => {
                    let of = journeys.begin(7, HOME, &mut world);
                    journeys.expect(of, millis(patience), &mut world, Event::GivesUp(of));
                }
                Move::Send(of, to, takes) => {
                    journeys.send(request(of), node(to), millis(takes), &mut world, Event::Arrives(request(of)));
                }
                Move::TurnBack(of, end) => journeys.turn_back(request(of), end),
                Move::End(of) => {
                    let known = journeys.get(request(of)).is_some_and(|it| it.outcome.is_some());
                    prop_assert_eq!(journeys.end(request(of), &mut world), known);
                }
                Move::EndAs(of, end) => {
                    journeys.end_as(request(of), end, &mut world);
                    prop_assert!(journeys.get(request(of)).is_none());
                }
                Move::Abandon(of) => journeys.abandon(request(of), CUT, &mut world),
                Move::Wait(time) => {
                    let until = world.now() + millis(time);
                    advance(&mut journeys, &mut world, until);
                }
            }
            prop_assert_eq!(journeys.invariants(&world), Ok(()));
            let places: u64 = (0..4).map(|n| journeys.lost_at(node(n))).sum();
            let causes: u64 = (0..3).map(|n| journeys.lost_by(Entity::new(CAUSE, n)).0).sum();
            prop_assert_eq!((places, causes), (journeys.lost(), journeys.lost()));
            // A packet is shown of whoever is between two places, while it is.
            for packet in journeys.packets() {
                prop_assert!(packet.left <= world.now());
            }
            for (of, _) in journeys.iter() {
                prop_assert!(journeys.about(of, &world, |_| None).is_some());
            }
        }
        // Everybody's patience ends.
        let until = world.now() + Span::from_secs(10);
        advance(&mut journeys, &mut world, until);
        prop_assert_eq!(world.tally(REQUEST).under_way(), 0);
    }
}

#[test]
fn what_is_lost_is_counted_where_it_was_lost_and_not_where_that_is_heard() {
    let (mut world, mut journeys) = (World::new(1), Journeys::new(REQUEST, LOSSES));
    let of = journeys.begin((), HOME, &mut world);
    world.record_from_here(of);
    journeys.send(of, node(2), Span::from_millis(20), &mut world, Event::Arrives(of));
    world.next(Time::MAX);
    journeys.arrive(of, world.now());
    journeys.turn_back(of, REFUSED);
    journeys.send(of, HOME, Span::from_millis(20), &mut world, Event::Arrives(of));
    assert_eq!(journeys.packets().next().unwrap().kind, PacketKind::Failure);
    world.next(Time::MAX);
    journeys.arrive(of, world.now());
    // Not lost before it has ended.
    assert_eq!((journeys.lost(), journeys.badge(node(2), world.now())), (0, None));
    assert!(journeys.end(of, &mut world));
    let cause = LOSSES.cause(REFUSED).unwrap();
    assert_eq!((journeys.lost_at(node(2)), journeys.lost_at(HOME)), (1, 0));
    assert_eq!(journeys.lost_by(cause), (1, Some(node(2))));
    let badge = journeys.badge(node(2), world.now()).unwrap();
    assert_eq!((badge.label, badge.status), (Label::Words(badge_lost(1, cause)), Status::Trouble));
    assert_eq!(journeys.badge(node(2), world.now() + Span::from_secs(2)).unwrap().status, Status::Quiet);
    assert_eq!(world.take_recording().pop().unwrap().what, step_unanswered(cause));
    let about = journeys.about(cause, &world, |_| None).unwrap();
    assert_eq!(about.sentences[1..], [about_cause_at(node(2), 1), about_cause_last(vec![of])]);
}

#[test]
fn whoever_gives_up_leaves_what_was_sent_where_it_is() {
    let (mut world, mut journeys) = (World::new(1), Journeys::new(REQUEST, LOSSES));
    for _ in 0..2 {
        let of = journeys.begin((), HOME, &mut world);
        journeys.expect(of, Span::from_millis(100), &mut world, Event::GivesUp(of));
        journeys.send(of, node(1), Span::from_millis(20), &mut world, Event::Arrives(of));
    }
    let mut events = 0;
    while let Some(event) = world.next(Time::MAX) {
        events += 1;
        match event {
            Event::Arrives(of) => {
                journeys.arrive(of, world.now());
                // The second is answered in time to be on its way back when its client goes.
                if of == request(1) && events <= 2 {
                    journeys.turn_back(of, ANSWERED);
                    journeys.send(of, HOME, Span::from_millis(90), &mut world, Event::Arrives(of));
                }
            }
            Event::GivesUp(of) => journeys.give_up(of, GAVE_UP, &mut world),
        }
    }
    let kept: Vec<_> = journeys.iter().map(|(of, it)| (of, it.awaited, it.place)).collect();
    assert_eq!(kept, [(request(0), false, Place::At(node(1)))]);
    assert_eq!((journeys.lost_at(node(1)), journeys.lost_at(HOME)), (1, 1));
    let says = journeys.about(request(0), &world, |_| None).unwrap().sentences;
    assert!(says.contains(&about_abandoned()));
    // It is done there, and goes without a word.
    assert!(journeys.end_as(request(0), ANSWERED, &mut world));
    assert_eq!((world.tally(REQUEST).closed(ANSWERED), journeys.invariants(&world)), (0, Ok(())));
}

#[test]
fn who_tries_again_is_one_journey_however_it_ends() {
    let (mut world, mut journeys) = (World::<Event>::new(1), Journeys::new(REQUEST, LOSSES));
    let of = journeys.begin((), HOME, &mut world);
    for outcome in [REFUSED, REFUSED, ANSWERED] {
        journeys.enter(of, node(1), world.now());
        journeys.turn_back(of, outcome);
        journeys.send(of, HOME, Span::from_millis(20), &mut world, Event::Arrives(of));
        // On its way home it is seen as what it is.
        let kind = if outcome == ANSWERED { PacketKind::Answer } else { PacketKind::Failure };
        assert_eq!(journeys.packets().map(|packet| packet.kind).collect::<Vec<_>>(), [kind]);
        assert!(world.next(Time::MAX).is_some());
        journeys.arrive(of, world.now());
        if outcome == REFUSED {
            journeys.retry(of);
            assert!(!journeys.end(of, &mut world), "it isn't known any more what becomes of it");
        }
    }
    assert!(journeys.end(of, &mut world));
    assert_eq!((journeys.lost(), world.tally(REQUEST).closed(ANSWERED)), (0, 1));
    let Panel::Table(table) = journeys.answers(HOME, &world, [(ANSWERED, column_answer())]) else { panic!() };
    assert_eq!(table.title, Label::Words(answers_title(1)));
    assert_eq!(table.rows[0].cells[1..], [Label::Value(1.0, Unit::Count), Label::Value(1.0, Unit::Share)]);
}
