//! The same run everywhere: what a worker of the built site computes in a browser is what is computed here, to the last
//! bit.

use crate::harness::{Browser, Kind, Setup, picked, site, tell};
use crate::remote::{RemoteDesk, worker_of};
use crate::runner::Story;
use playground::desk::{ActionKind, DeskCommand, OpenFigure, UserAction, encode_words};
use playground::lessons;
use playground::player::{
    Control, ControlKind, Figure, FigureSpec, Frame, Input, InputKind, Pace, Query, Reply, Request, Run,
    Session, Value, ValueKind, View, encode_view,
};
use playground::scene::Words;
use playground::sim::{Entity, Seed, Time};
use std::collections::BTreeMap;

/// In Firefox, the runs of one figure in so many.
const PART: usize = 6;
/// In WebKit, whose build for GTK interprets WASM and takes a hundred times as long.
const WEBKIT_PART: usize = 12;
/// Shares of a figure's length at which it is looked at: in order, so that a run is computed once, and then back to the
/// past, which is computed from where the worker has kept the run.
const MOMENTS: [f64; 6] = [0.13, 0.37, 0.5, 0.71, 1.0, 0.37];
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
        _ => control.another(&control.default()).unwrap_or_else(|| control.default()),
    }
}

/// The run with a control moved and, where there are any, an action done.
fn disturbed(spec: &FigureSpec, seed: Seed) -> Run {
    let mut run = Run::new(spec, seed);
    if let Some(control) = spec.controls.iter().find(|control| control.primary) {
        let change = InputKind::Set { control: control.id.to_string(), value: another(control) };
        run.inputs.push(Input { at: moment(spec, DONE_AT[0]), change });
    }
    if let Some(action) = spec.actions.first() {
        let on = action.applies_to.first().map(|&kind| Entity::new(kind, 1));
        let arg = match &action.arg {
            ValueKind::None => Value::None,
            ValueKind::Number(_, _, _, offered) => Value::Number(*offered),
            &ValueKind::Entities { kind, at_least, .. } => {
                Value::Entities((0..u32::from(at_least)).map(|n| Entity::new(kind, n)).collect())
            }
            ValueKind::Text(_, offered) => Value::Text(offered.to_string()),
        };
        let change = InputKind::Act { action: action.id.to_string(), targets: on.into_iter().collect(), arg };
        run.inputs.push(Input { at: moment(spec, DONE_AT[1]), change });
    }
    run
}

/// The run at a moment, computed here.
fn here(session: &mut Session, at: Time) -> Frame {
    loop {
        match session.handle(Request { id: 1, query: Query::Frame { at, reach: at } }).reply {
            Reply::Frame(frame) if frame.reached => return *frame,
            Reply::Frame(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Every bit of the readings. Whatever was not measured is NaN, whose bits are the machine's business.
fn bits(readings: &[f64]) -> Vec<u64> {
    readings.iter().map(|value| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }).collect()
}

/// The runs to compare in a browser, a worker to a story.
pub fn stories(kind: Kind) -> Vec<Story> {
    let of_set =
        |&(set, figures): &(&'static str, &'static [Figure])| figures.iter().map(move |figure| (set, figure));
    let all: Vec<(&str, &Figure)> = lessons::SETS.iter().flat_map(of_set).collect();
    let part = if kind == Kind::WebKit { WEBKIT_PART } else { PART };
    let mut workers: BTreeMap<String, Vec<&Figure>> = BTreeMap::new();
    for (set, figure) in picked(kind, all, part) {
        workers.entry(worker_of(set)).or_default().push(figure);
    }
    let story = |(worker, figures): (String, Vec<&'static Figure>)| {
        let ids: Vec<&str> = figures.iter().map(|figure| &*figure.spec.id).collect();
        let name = format!("same_run::runs_are_the_same_to_the_last_bit ({}) in {kind:?}", ids.join(", "));
        Story::new(name, move || tell(runs_are_the_same_to_the_last_bit(kind, &worker, &figures)))
    };
    workers.into_iter().map(story).collect()
}

async fn runs_are_the_same_to_the_last_bit(kind: Kind, worker: &str, figures: &[&'static Figure]) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&home).await;
    let there = RemoteDesk::start(&browser, &format!("{home}{worker}")).await;
    there.tell(DeskCommand::Resize { picture: 720, charts: 280 }).await;
    for figure in figures {
        let spec = figure.spec;
        for run in [Run::new(spec, Seed(6897)), disturbed(spec, Seed(11))] {
            let mut session = Session::new([*figure]);
            let opened = session.handle(Request { id: 1, query: Query::Open(run.clone()) }).reply;
            assert!(matches!(opened, Reply::Opened(_)), "{}: {opened:?}", spec.id);
            let initial_view =
                encode_view(&View { run: run.clone(), compared_controls: Vec::new(), at: Time::ZERO });
            let facts = encode_words(&Words::default());
            there
                .tell(DeskCommand::Open(Box::new(OpenFigure {
                    initial_view,
                    words: facts,
                    ..OpenFigure::default()
                })))
                .await;
            for share in MOMENTS {
                let at = moment(spec, share);
                let seek = UserAction { number: at.nanos() as f64, ..UserAction::of(ActionKind::Seek) };
                there.does(seek).await;
                let (far, near) = (there.probe(None).await, here(&mut session, at));
                let what = format!("{} at {at} in {kind:?}: {run:?}", spec.id);
                assert_eq!((far.events, far.hash), (near.events, near.hash), "{what}");
                assert_eq!(bits(&far.readings), bits(&near.readings), "{what}");
            }
        }
    }
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
