//! One figure of the page while it lives: the run, the moment shown, and the worker that computes it.
//!
//! The page owns the run; the worker can be dropped at any time and started again from it. At most one frame is asked for
//! at a time, so that a model that can't keep up makes the figure slower and never the page.

mod change;
mod connection;
mod playback;

use super::notice::Notice;
use super::worker_client::Client;
use crate::player::{Change, Control, Explanation, FigureSpec, Frame, Marker, Pace, Run, Value, View};
use crate::scene::{Scene, Words};
use crate::sim::{Entity, Msg, Seed, Time};
use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::signal::RwSignal;
use reactive_graph::traits::{Update, UpdateValue, WithValue};
use std::collections::VecDeque;

/// The seed of a figure that names none: `k7-otter`.
pub const FIRST_SEED: Seed = Seed(107 * 64 + 49);

/// What the page was given for a figure.
pub struct Facts {
    /// Its id on this page.
    pub page_id: String,
    /// The declaration.
    pub spec: FigureSpec,
    /// The words of its lesson, and those that all share.
    pub words: Words,
    /// What it shows when the page opens.
    pub first: View,
    /// Address of its worker.
    pub worker: String,
    /// The build that the worker must be of.
    pub build: String,
}

/// Whether there is a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// None: the figure is out of view, or was never in it.
    Parked,
    /// Being started.
    Opening,
    /// At work.
    Open,
    /// It failed again and again: started only when the learner says so.
    Stopped,
}

/// What is known of a figure now.
// Its flags are independent facts, not the states of one machine.
#[allow(clippy::struct_excessive_bools)]
pub struct State {
    /// What the page was given.
    pub facts: Facts,
    /// The run.
    pub run: Run,
    /// Moment that is shown.
    pub at: Time,
    /// Moment that is wanted.
    pub target: Time,
    /// Latest moment of this run that was ever shown: charts and markers reach so far.
    pub seen: Time,
    /// Nothing was done yet: the figure shows a moment from its middle, and will play from the start.
    pub untouched: bool,
    /// What was shown last, but for its charts.
    pub frame: Option<Box<Frame>>,
    /// Its charts.
    pub charts: Option<Scene>,
    /// What is known to have happened.
    pub markers: Vec<Marker>,
    /// Whether there is a worker.
    pub stage: Stage,
    /// Whether time passes.
    pub playing: bool,
    /// Model seconds in a second.
    pub speed: f64,
    /// The model can't keep up with that.
    pub slow: bool,
    /// Whether there is a change that could be taken back.
    pub can_take_back: bool,
    /// The moment of the last change, if something that had been seen was dropped by it.
    pub dropped_after: Option<Time>,
    /// Who is selected.
    pub selected: Option<Entity>,
    /// What there is to say about it.
    pub explanation: Option<Explanation>,
    /// What the learner should know.
    pub notice: Option<Notice>,
    client: Option<Client>,
    /// A frame is being computed.
    asked: bool,
    /// What is shown is no longer the run's.
    stale: bool,
    /// Something has to be shown before the next change is made.
    owes_frame: bool,
    /// A change is being made, and those that wait for it.
    changing: Option<Change>,
    changes: VecDeque<Change>,
    /// How many markers there were when they were last asked for.
    markers_asked: u32,
    explained_ms: f64,
    read_ms: f64,
    /// Where playing is, in model seconds.
    clock: f64,
    /// Wall seconds that passed since playing last moved on.
    debt: f64,
    /// How often playing fell behind of late, from 0 to 1.
    behind: f64,
    /// Failures in a row, without anything done by the learner in between.
    failures: u32,
    /// The link that this run was opened from, until its moment has been shown.
    opening: Option<String>,
}

/// One figure, as all of its parts hold it; copied freely. A signal counts up when what it is named after has changed.
#[derive(Clone, Copy)]
pub struct Live {
    state: StoredValue<State, LocalStorage>,
    /// Moment and picture.
    pub shown: RwSignal<u32>,
    /// What is to be read of them: not at every picture while time passes.
    pub read: RwSignal<u32>,
    /// The run, and what can be taken back.
    pub changed: RwSignal<u32>,
    /// Playing, speed, stage.
    pub mode: RwSignal<u32>,
    /// Markers.
    pub marked: RwSignal<u32>,
    /// Selection and explanation.
    pub explained: RwSignal<u32>,
    /// Notice.
    pub noticed: RwSignal<u32>,
}

fn raise(signal: RwSignal<u32>) {
    signal.update(|n| *n = n.wrapping_add(1));
}

impl Live {
    /// A figure without a worker yet.
    pub fn new(facts: Facts) -> Self {
        let View { run, at, .. } = facts.first.clone();
        let state = State {
            run,
            at,
            target: at,
            seen: at,
            untouched: true,
            frame: None,
            charts: None,
            markers: Vec::new(),
            stage: Stage::Parked,
            playing: false,
            speed: facts.spec.speed,
            slow: false,
            can_take_back: false,
            dropped_after: None,
            selected: None,
            explanation: None,
            notice: None,
            client: None,
            asked: false,
            stale: true,
            owes_frame: true,
            changing: None,
            changes: VecDeque::new(),
            markers_asked: 0,
            explained_ms: 0.0,
            read_ms: 0.0,
            clock: at.secs(),
            debt: 0.0,
            behind: 0.0,
            failures: 0,
            opening: None,
            facts,
        };
        let counter = || RwSignal::new(0);
        Self {
            state: StoredValue::new_local(state),
            shown: counter(),
            read: counter(),
            changed: counter(),
            mode: counter(),
            marked: counter(),
            explained: counter(),
            noticed: counter(),
        }
    }

    /// Reads the state as it is now.
    pub fn with<T>(self, read: impl FnOnce(&State) -> T) -> T {
        self.state.with_value(read)
    }

    fn update<T>(self, write: impl FnOnce(&mut State) -> T) -> T {
        self.state.try_update_value(write).expect("a figure lives as long as its page")
    }

    /// The sentence of a message, in the words of the figure's lesson.
    pub fn say(self, msg: &Msg) -> String {
        self.with(|state| state.facts.words.say(msg))
    }

    /// Tells the learner something, or with `None` no longer.
    pub fn notify(self, notice: impl Into<Option<Notice>>) {
        let notice = notice.into();
        self.update(|state| state.notice = notice);
        raise(self.noticed);
    }
}

impl State {
    /// The declaration.
    pub fn spec(&self) -> &FigureSpec {
        &self.facts.spec
    }

    /// The value of a control at the moment shown, or the one it is being given.
    pub fn value(&self, control: &Control) -> Value {
        let id = control.id.as_ref();
        let sets = |change: &Change| match change {
            Change::Set { control, value } if control == id => Some(value.clone()),
            _ => None,
        };
        let given = self.changes.iter().rev().chain(&self.changing).find_map(sets);
        let input = || {
            let past = self.run.inputs.iter().take_while(|input| input.at <= self.at);
            past.filter_map(|input| sets(&input.change)).last()
        };
        let start =
            || self.run.controls.iter().find(|(other, _)| other == id).map(|(_, value)| value.clone());
        given.or_else(input).or_else(start).unwrap_or_else(|| control.default())
    }

    /// The moment as the figure takes it: within the run, and on a step where it goes by steps.
    pub fn moment(&self, at: Time) -> Time {
        let at = at.min(self.facts.spec.until);
        match self.facts.spec.pace {
            Pace::Continuous => at,
            Pace::Steps(step) => Time::from_nanos(at.nanos() / step.nanos() * step.nanos()),
        }
    }

    /// What is shown, as a link holds it.
    pub fn view(&self) -> View {
        View { run: self.run.clone(), against: Vec::new(), at: self.at }
    }
}
