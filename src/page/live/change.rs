//! What the learner does to the run.

use super::{Live, Stage, raise};
use crate::player::{Answer, Ask, Change, Value};
use crate::sim::{Entity, Seed, Time};

impl Live {
    /// Moves a control at the moment shown; before anything was done, from the start on.
    pub fn set(self, control: &str, value: Value) {
        self.change(Change::Set { control: control.to_owned(), value });
    }

    /// Does something to the system at the moment shown.
    pub fn act(self, action: &str, on: Vec<Entity>, arg: Value) {
        self.change(Change::Act { action: action.to_owned(), on, arg });
    }

    fn change(self, change: Change) {
        self.update(|state| {
            state.failures = 0;
            if let Change::Set { control, .. } = &change {
                let same = |other: &Change| matches!(other, Change::Set { control: id, .. } if id == control);
                state.changes.retain(|other| !same(other));
            } else {
                state.untouched = false;
            }
            if !state.playing {
                state.target = state.at;
            }
            state.changes.push_back(change);
        });
        if self.with(|state| state.stage == Stage::Stopped) {
            self.try_again();
        }
        self.notify(None);
        self.wake();
        self.pump();
    }

    /// Takes the last change back, with what it dropped.
    pub fn take_back(self) {
        self.ask(Ask::TakeBack, move |answer| {
            if let Answer::Changed { run, at, can_take_back } = answer {
                self.update(|state| {
                    state.run = run;
                    state.can_take_back = can_take_back;
                    state.dropped_after = None;
                    state.stale = true;
                    if !state.untouched {
                        state.target = at;
                        state.clock = at.secs();
                    }
                });
                raise(self.changed);
                raise(self.marked);
                self.pump();
            }
        });
    }

    /// The same run with other randomness.
    pub fn reseed(self, seed: Seed) {
        self.update(|state| {
            state.run.seed = seed;
            state.seen = state.at;
            state.failures = 0;
            state.dropped_after = None;
        });
        raise(self.changed);
        self.anew();
    }

    /// The run that the page was opened with.
    pub fn reset(self) {
        let first = self.with(|state| state.facts.first.clone());
        self.notify(None);
        self.open(first, None);
    }

    /// The run replays the learner's file of this fingerprint from the start; `by` is the control, and its option, that
    /// says so.
    pub fn replay(self, data: Option<u64>, by: (&str, &str)) {
        self.update(|state| {
            state.run.data = data;
            state.run.inputs.clear();
            let option = Value::Choice(by.1.to_owned());
            // A figure without that control takes its data without being told.
            let _ = state.run.set(&state.facts.spec, by.0, &option);
            state.target = Time::ZERO;
            state.clock = 0.0;
            state.untouched = false;
            state.seen = Time::ZERO;
        });
        raise(self.changed);
        self.anew();
    }

    /// Sees to it that there is a worker that data can be handed to.
    pub fn be_ready_for_data(self) {
        match self.with(|state| state.stage) {
            Stage::Parked => self.wake(),
            Stage::Stopped => self.try_again(),
            Stage::Open | Stage::Opening => {}
        }
    }

    fn anew(self) {
        match self.with(|state| state.stage) {
            Stage::Open | Stage::Opening => self.reopen(),
            Stage::Stopped => self.try_again(),
            Stage::Parked => self.wake(),
        }
    }
}
