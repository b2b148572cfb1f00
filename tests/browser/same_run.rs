//! The same run everywhere: what a worker of the built site computes in a browser is what is computed here, to the last
//! bit.

use crate::harness::{Browser, Setup, each, site};
use crate::remote::{RemoteSession, worker_of};
use playground::lessons;
use playground::player::{
    Answer, Ask, Change, Control, ControlKind, FigureSpec, Frame, Input, Pace, Request, Run, Session, Value,
    ValueKind,
};
use playground::sim::{Entity, Seed, Time};

/// Shares of a figure's length at which it is looked at; not in order, so that the past is sought too.
const MOMENTS: [f64; 5] = [0.13, 0.5, 1.0, 0.37, 0.71];
/// When something is done to the run, as shares of its length.
const DONE_AT: [f64; 2] = [0.2, 0.4];

/// A moment of the figure: on a step where it goes by steps.
fn moment(spec: &FigureSpec, share: f64) -> Time {
    let nanos = (spec.until.nanos() as f64 * share) as u64;
    match spec.pace {
        Pace::Continuous => Time::from_nanos(nanos),
        Pace::Steps(step) => Time::from_nanos(nanos / step.nanos() * step.nanos()),
    }
}

/// A value that is not the one at the start.
fn another(control: &Control) -> Value {
    match &control.kind {
        ControlKind::Number { min, max, default, .. } => {
            let far = if default - min > max - default { min } else { max };
            Value::Number(f64::midpoint(*default, *far))
        }
        ControlKind::Choice { options, default } => {
            let other = options.iter().find(|(id, _)| id != default);
            Value::Choice(other.map_or(default, |(id, _)| id).to_string())
        }
        ControlKind::Flag { default } => Value::Flag(!default),
    }
}

/// The run with a control moved and, where there are any, an action done.
fn disturbed(spec: &FigureSpec, seed: Seed) -> Run {
    let mut run = Run::new(spec, seed);
    if let Some(control) = spec.controls.iter().find(|control| control.primary) {
        let change = Change::Set { control: control.id.to_string(), value: another(control) };
        run.inputs.push(Input { at: moment(spec, DONE_AT[0]), change });
    }
    if let Some(action) = spec.actions.first() {
        let on = action.on.first().map(|&kind| Entity::new(kind, 1));
        let arg = match action.arg {
            ValueKind::None => Value::None,
            ValueKind::Number(_, _, _, offered) => Value::Number(offered),
        };
        let change = Change::Act { action: action.id.to_string(), on: on.into_iter().collect(), arg };
        run.inputs.push(Input { at: moment(spec, DONE_AT[1]), change });
    }
    run
}

/// The run at a moment, computed here.
fn here(session: &mut Session, at: Time) -> Frame {
    loop {
        match session.handle(Request { id: 1, ask: Ask::Frame { at, reach: at } }).answer {
            Answer::Frame(frame) if frame.there => return *frame,
            Answer::Frame(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// What of two frames must be the same: moment, events, hash, and every bit of the readings.
fn facts(frame: &Frame) -> (Time, u64, u64, Vec<u64>) {
    // Whatever was not measured is NaN, whose bits are the machine's business.
    let bits = |value: &f64| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
    (frame.at, frame.events, frame.hash, frame.readings.iter().map(bits).collect())
}

#[test]
fn a_run_in_a_browser_is_the_run_here_to_the_last_bit() {
    let home = site();
    each(async |kind| {
        let browser = Browser::open(Setup::desk(kind)).await;
        for (lesson, figures) in lessons::ALL {
            browser.goto(&format!("{home}{lesson}/")).await;
            let there = RemoteSession::start(&browser, &format!("{home}{}", worker_of(lesson))).await;
            let Answer::Described(known) = there.ask(Ask::Describe).await else { panic!("it describes") };
            for figure in *figures {
                let spec = figure.spec;
                assert!(known.contains(spec), "the worker of {lesson} carries {}", spec.id);
                let (plain, disturbed) = (Run::new(spec, Seed(6897)), disturbed(spec, Seed(11)));
                for run in [plain, disturbed] {
                    let mut session = Session::new([figure]);
                    let opened = session.handle(Request { id: 1, ask: Ask::Open(run.clone()) }).answer;
                    assert_eq!(there.ask(Ask::Open(run.clone())).await, opened, "{}", spec.id);
                    for share in MOMENTS {
                        let at = moment(spec, share);
                        let (far, near) = (there.seek(at, at).await.frame, here(&mut session, at));
                        assert_eq!(facts(&far), facts(&near), "{} at {at} in {kind:?}: {run:?}", spec.id);
                        assert_eq!(far.scene, near.scene, "{} at {at} in {kind:?}", spec.id);
                    }
                }
            }
        }
        assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
    });
}
