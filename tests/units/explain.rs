//! Why: an entity's life is replayed, and no more of the run than that.

use crate::shared::watched::{Watch, Watched};
use crate::shared::{ask, frame, open};
use playground::lessons::architecture::load_balancing::one_server::{ControlValues, Event};
use playground::player::{Explanation, Figure, Query, Reply, Run, Session};
use playground::sim::{Entity, Seed, Time, World};
use std::cell::Cell;

thread_local! {
    /// Events that were handled by this test, in whatever run.
    static HANDLED: Cell<u64> = const { Cell::new(0) };
}

/// Counts the events of one server.
struct Count;

impl Watch for Count {
    fn handled(_: &ControlValues, _: &World<Event>) {
        HANDLED.set(HANDLED.get() + 1);
    }
}

type Counted = Watched<Count>;

const REQUEST: u8 = 0;
const SERVER: Entity = Entity::new(1, 0);
/// Events from one checkpoint of this run to the next, and events that are replayed before one looks whether the entity
/// has ended.
const SPACING: u64 = 4_096;
const SLICE: u64 = 1_000;

/// A session that has computed a busy run up to a moment, and how many events that took.
fn at(seconds: u64) -> (Session, u64) {
    static COUNTED: Figure = Figure::of::<Counted>();
    let before = HANDLED.get();
    let mut session = Session::new([&COUNTED]);
    let mut run = Run::new(COUNTED.spec, Seed(9));
    run.set_all(COUNTED.spec, &[("service", "1ms"), ("load", "90 %")]).unwrap();
    open(&mut session, &run);
    frame(&mut session, Time::from_secs(seconds));
    (session, HANDLED.get() - before)
}

/// What is said of an entity, and how many events were replayed for that.
fn explained(session: &mut Session, entity: Entity, seconds: u64) -> (Explanation, u64) {
    let before = HANDLED.get();
    match ask(session, Query::Explain { entity, at: Time::from_secs(seconds) }) {
        Reply::Explained(told) => (told, HANDLED.get() - before),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_has_ended_is_replayed_to_its_end_and_not_on_to_now() {
    let (mut session, all) = at(60);
    assert!(all > 20 * SPACING, "the run is long: {all} events");
    for n in [17, 9_000, 20_000, 40_000] {
        let (told, replayed) = explained(&mut session, Entity::new(REQUEST, n), 60);
        let ids: Vec<&str> = told.steps.iter().map(|step| step.what.id.as_ref()).collect();
        let lives = [vec!["step-served", "step-done"], vec!["step-queued", "step-served-late", "step-done"]];
        assert!(lives.contains(&ids), "request {n}: {ids:?}");
        assert_eq!(told.sentences[0].id, "about-answered", "request {n}");
        assert!(replayed <= SPACING + 2 * SLICE, "{replayed} events were replayed for request {n}");
    }
}

#[test]
fn what_has_always_been_there_is_replayed_for_a_few_seconds() {
    let (mut session, all) = at(60);
    let (_, replayed) = explained(&mut session, SERVER, 60);
    assert!(replayed > 0 && replayed < all / 5, "{replayed} of {all} events");
}

#[test]
fn what_the_world_never_opens_is_told_as_it_is_at_the_moment_asked_for() {
    let (mut ahead, _) = at(60);
    for seconds in [3, 30, 59] {
        let (told, _) = explained(&mut ahead, SERVER, seconds);
        let (fresh, _) = explained(&mut at(seconds).0, SERVER, seconds);
        assert_eq!(told, fresh, "at {seconds} s");
    }
    let says = |seconds| explained(&mut at(60).0, SERVER, seconds).0.sentences;
    assert_ne!(says(3), says(60), "otherwise this would tell nothing");
}
