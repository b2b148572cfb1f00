//! The player through its protocol, on the smallest figure.

use crate::shared::{self, ask, frame};
use playground::lessons;
use playground::player::{
    Frame, Input, InputKind, Query, Reply, Run, Session, Value, decode_view, encode_view,
};
use playground::sim::{Entity, Seed, Time};

fn session() -> Session {
    Session::new(lessons::all().map(|(_, figure)| figure))
}

fn run(seed: u64) -> Run {
    Run::new(lessons::figure("one-server").unwrap().1.spec, Seed(seed))
}

fn open(run: &Run) -> Session {
    let mut session = session();
    shared::open(&mut session, run);
    session
}

fn set(session: &mut Session, at: Time, load: f64) -> Run {
    let change = InputKind::Set { control: "load".into(), value: Value::Number(load) };
    match ask(session, Query::Change { at, change }) {
        Reply::Changed { run, .. } => run,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let at = Time::from_secs(30);
    let (a, b) = (frame(&mut open(&run(7)), at), frame(&mut open(&run(7)), at));
    assert_eq!(a, b);
    assert!(a.events > 100);
    assert_ne!(a.hash, frame(&mut open(&run(8)), at).hash);
}

#[test]
fn seeking_gives_what_playing_gives() {
    let mut played = open(&run(3));
    let moments: Vec<Time> = (0..60).map(Time::from_secs).collect();
    let frames: Vec<Frame> = moments.iter().map(|&at| frame(&mut played, at)).collect();
    for n in [59, 3, 17, 0, 42, 41, 58, 1] {
        let sought = frame(&mut played, moments[n]);
        assert_eq!(
            (sought.hash, &sought.scene.panels[0]),
            (frames[n].hash, &frames[n].scene.panels[0]),
            "{n} s"
        );
    }
}

#[test]
fn a_change_forks_the_run_and_can_be_taken_back() {
    let mut session = open(&run(5));
    let (before, later) = (Time::from_secs(10), Time::from_secs(50));
    let untouched = frame(&mut session, later);
    let earlier = frame(&mut session, before);
    let changed = set(&mut session, before, 0.3);
    assert_eq!(changed.inputs.len(), 1);
    let other = frame(&mut session, later);
    assert_ne!(other.hash, untouched.hash);
    assert_eq!(other.hash, frame(&mut open(&changed), later).hash, "the record gives the same run");
    assert!(matches!(ask(&mut session, Query::Undo), Reply::Changed { .. }));
    assert_eq!(frame(&mut session, later).hash, untouched.hash);
    assert_eq!(frame(&mut session, before).hash, earlier.hash);
}

#[test]
fn a_drag_is_one_input_every_tenth_of_a_second() {
    let mut session = open(&run(5));
    let mut last = run(5);
    for step in 0..40 {
        let at = Time::from_millis(10_000 + step * 20);
        frame(&mut session, at);
        last = set(&mut session, at, 0.3 + 0.01 * step as f64);
    }
    assert_eq!(last.inputs.len(), 8, "{:?}", last.inputs);
    let value = |input: &Input| input.change.clone();
    assert_eq!(
        value(last.inputs.last().unwrap()),
        InputKind::Set { control: "load".into(), value: Value::Number(0.69) }
    );
    let later = Time::from_secs(20);
    assert_eq!(frame(&mut session, later).hash, frame(&mut open(&last), later).hash);
}

#[test]
fn what_a_figure_does_not_take_is_refused_and_changes_nothing() {
    let mut session = open(&run(5));
    let at = Time::from_secs(20);
    let hash = frame(&mut session, at).hash;
    let bad = |control: &str, value| InputKind::Set { control: control.into(), value };
    for change in [
        bad("load", Value::Number(7.0)),
        bad("load", Value::Number(f64::NAN)),
        bad("speed", Value::Number(1.0)),
        InputKind::Act { action: "kill".into(), targets: vec![Entity::new(1, 0)], arg: Value::None },
    ] {
        assert!(matches!(ask(&mut session, Query::Change { at, change }), Reply::Refused(_)));
    }
    assert_eq!(frame(&mut session, at).hash, hash);
    assert!(matches!(
        ask(&mut session, Query::Change { at: Time::MAX, change: bad("load", Value::Number(0.5)) }),
        Reply::Refused(_)
    ));
}

#[test]
fn a_request_that_was_answered_long_ago_is_explained() {
    let mut session = open(&run(9));
    let end = Time::from_secs(60);
    frame(&mut session, end);
    let Reply::Explained(told) = ask(&mut session, Query::Explain { entity: Entity::new(0, 17), at: end })
    else {
        panic!("request 17 has a history");
    };
    let ids: Vec<&str> = told.steps.iter().map(|step| step.what.id.as_ref()).collect();
    assert_eq!(ids, ["step-queued", "step-served-late", "step-done"]);
    assert!(told.steps.iter().all(|step| step.entity.n == 17));
    assert!(matches!(
        ask(&mut session, Query::Explain { entity: Entity::new(0, 9999), at: end }),
        Reply::Refused(_)
    ));
}

fn step(session: &mut Session, thread: u32, at: Time) -> (Run, Time) {
    let change =
        InputKind::Act { action: "step".into(), targets: vec![Entity::new(0, thread)], arg: Value::None };
    match ask(session, Query::Change { at, change }) {
        Reply::Changed { run, at, .. } => (run, at),
        other => panic!("{other:?}"),
    }
}

fn schedule(turns: &[u32]) -> (Session, Run, Time) {
    let (mut run, mut at) = (Run::new(lessons::figure("two-threads").unwrap().1.spec, Seed(1)), Time::ZERO);
    let mut session = open(&run);
    for &thread in turns {
        (run, at) = step(&mut session, thread, at);
    }
    (session, run, at)
}

/// The readings x and lost.
fn outcome(session: &mut Session, at: Time) -> (f64, f64) {
    let frame = frame(session, at);
    (frame.readings[0], frame.readings[2])
}

#[test]
fn a_schedule_by_hand_loses_an_update_or_does_not() {
    // Every interleaving of three and three instructions: 6!/(3!3!) = 20. Only the two serial ones keep both updates.
    let mut kept = 0;
    for mask in 0..64_u32 {
        if mask.count_ones() == 3 {
            let turns: Vec<u32> = (0..6).map(|n| mask >> n & 1).collect();
            let (mut session, run, at) = schedule(&turns);
            assert_eq!(run.inputs.len(), 6);
            let (x, lost) = outcome(&mut session, at);
            assert_eq!(x + lost, 2.0, "{turns:?}");
            kept += u32::from(lost == 0.0);
            assert_eq!(frame(&mut session, at).hash, frame(&mut open(&run), at).hash);
        }
    }
    assert_eq!(kept, 2);
}

#[test]
fn going_back_a_step_and_choosing_otherwise_replaces_it() {
    let (mut session, run, _) = schedule(&[0, 1, 0, 1, 0, 1]);
    let back = Time::from_secs(3);
    let (forked, next) = step(&mut session, 0, back);
    assert_eq!((run.inputs.len(), forked.inputs.len(), next), (6, 4, Time::from_secs(4)));
    assert_eq!(outcome(&mut session, next), (1.0, 0.0));
}

/// Links that people have kept. They open for ever: whoever has to change one of these has broken the others.
#[test]
fn links_made_long_ago_still_open() {
    let code = "aC3Nsb3ctc2VydmVyAfE1AAAAAIDm3_UejhDrJQ";
    let view = decode_view(code).unwrap();
    assert_eq!((view.run.figure.as_str(), view.run.seed.to_string().as_str()), ("slow-server", "k7-otter"));
    assert_eq!((view.at, view.run.inputs.len()), (Time::from_millis(8_300), 0));
    assert_eq!(encode_view(&view), code);
}
