//! The same run everywhere: what a worker of the built site computes in a browser is what is computed here, to the last
//! bit.

use crate::harness::{Browser, Setup, each, site};
use crate::remote::{RemoteDesk, worker_of};
use playground::lessons;
use playground::player::{
    Answer, Ask, Change, Control, ControlKind, FigureSpec, Frame, Input, Pace, Request, Run, Session, Value,
    ValueKind, View, encode_view,
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

/// Every bit of the readings. Whatever was not measured is NaN, whose bits are the machine's business.
fn bits(readings: &[f64]) -> Vec<u64> {
    readings.iter().map(|value| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }).collect()
}

#[test]
fn a_run_in_a_browser_is_the_run_here_to_the_last_bit() {
    let home = site();
    each(async |kind| {
        let browser = Browser::open(Setup::desk(kind)).await;
        for (set, figures) in lessons::SETS {
            browser.goto(&home).await;
            let there = RemoteDesk::start(&browser, &format!("{home}{}", worker_of(set))).await;
            for figure in *figures {
                let spec = figure.spec;
                let (plain, disturbed) = (Run::new(spec, Seed(6897)), disturbed(spec, Seed(11)));
                for run in [plain, disturbed] {
                    let mut session = Session::new([figure]);
                    let opened = session.handle(Request { id: 1, ask: Ask::Open(run.clone()) }).answer;
                    assert!(matches!(opened, Answer::Opened(_)), "{}: {opened:?}", spec.id);
                    for share in MOMENTS {
                        let at = moment(spec, share);
                        let view = View { run: run.clone(), against: Vec::new(), at };
                        let (far, near) =
                            (there.probe(Some(encode_view(&view))).await, here(&mut session, at));
                        let what = format!("{} at {at} in {kind:?}: {run:?}", spec.id);
                        assert_eq!((far.events, far.hash), (near.events, near.hash), "{what}");
                        assert_eq!(bits(&far.readings), bits(&near.readings), "{what}");
                    }
                }
            }
        }
        assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
    });
}
