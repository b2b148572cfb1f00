//! Time passing: model time is wall time × speed, as long as the model keeps up.

use super::super::dom;
use super::{Live, Stage, State, raise};
use crate::player::Pace;
use crate::sim::Time;

/// Most wall seconds that one frame makes up for: a tab that was away goes on where it was.
const LEAP: f64 = 0.1;
/// The same where motion is reduced: seconds between the steps that are shown.
const CALM: f64 = 0.25;

impl Live {
    /// Plays; from the start, where the run has ended or nothing was done yet.
    pub fn play(self) {
        let from = self.update(|state| {
            if state.playing {
                return None;
            }
            if state.untouched || state.at >= state.spec().until {
                state.target = Time::ZERO;
                state.seen = if state.untouched { Time::ZERO } else { state.seen };
            }
            state.untouched = false;
            state.playing = true;
            state.clock = state.target.secs();
            (state.debt, state.behind, state.slow) = (0.0, 0.0, false);
            Some(state.stage)
        });
        let Some(stage) = from else { return };
        raise(self.mode);
        if stage == Stage::Stopped {
            self.try_again();
        }
        self.wake();
        self.pump();
        dom::on_frame(move |ms| self.tick(ms));
    }

    /// Stops at the moment shown.
    pub fn pause(self) {
        self.update(|state| {
            state.playing = false;
            state.slow = false;
            state.target = state.at;
        });
        raise(self.mode);
        raise(self.read);
        self.explain_again();
    }

    /// Plays or pauses.
    pub fn toggle(self) {
        if self.with(|state| state.playing) { self.pause() } else { self.play() }
    }

    /// Goes to a moment, and plays on from there if it was playing.
    pub fn seek(self, at: Time) {
        self.update(|state| {
            state.untouched = false;
            state.target = state.moment(at);
            state.clock = state.target.secs();
            state.debt = 0.0;
            state.dropped_after = None;
        });
        self.wake();
        self.pump();
        raise(self.mode);
    }

    /// Goes one step on or back: to the next thing known to have happened, or by a step where the figure goes by steps.
    pub fn step(self, on: bool) {
        let to = self.with(|state| state.next_stop(on));
        self.pause();
        self.seek(to);
    }

    /// Model seconds in a second of playing.
    pub fn set_speed(self, speed: f64) {
        self.update(|state| {
            state.speed = speed;
            (state.slow, state.behind) = (false, 0.0);
        });
        raise(self.mode);
    }

    fn tick(self, ms: f64) {
        let calm = super::super::motion_is_reduced();
        let (playing, moved, mode) = self.update(|state| state.pass(ms, calm));
        if mode {
            raise(self.mode);
        }
        if moved {
            self.pump();
        }
        if playing {
            dom::on_frame(move |next| {
                self.update(|state| state.debt += (next - ms).max(0.0) / 1e3);
                self.tick(next);
            });
        }
    }
}

impl State {
    /// Lets time pass. Whether it is still passing, whether the moment wanted has changed, and whether the mode has.
    fn pass(&mut self, _: f64, calm: bool) -> (bool, bool, bool) {
        if !self.playing {
            return (false, false, false);
        }
        let until = self.spec().until;
        if self.at >= until && self.target >= until && !self.asked {
            self.playing = false;
            self.slow = false;
            return (false, false, true);
        }
        let waiting = self.asked || self.changing.is_some() || !self.changes.is_empty() || self.stale;
        if self.stage != Stage::Open || waiting || (calm && self.debt < CALM) {
            return (true, false, false);
        }
        let leap = if calm { 2.0 * CALM } else { LEAP };
        let late = self.debt > leap;
        let was_slow = self.slow;
        if late {
            self.fell_behind(true);
        }
        self.clock = (self.clock + self.debt.min(leap) * self.speed).min(until.secs());
        self.debt = 0.0;
        self.target = self.moment(Time::from_secs_f64(self.clock));
        (true, true, was_slow != self.slow)
    }

    /// Keeps an eye on whether playing keeps up.
    pub(super) fn fell_behind(&mut self, it_did: bool) {
        self.behind = 0.95 * self.behind + if it_did { 0.05 } else { 0.0 };
        self.slow = if self.slow { self.behind > 0.1 } else { self.behind > 0.4 };
    }

    fn next_stop(&self, on: bool) -> Time {
        if let Pace::Steps(step) = self.spec().pace {
            return if on { self.at + step } else { self.moment(self.at.back(step)) };
        }
        let moments =
            || self.markers.iter().map(|m| m.time).chain(self.run.inputs.iter().map(|input| input.at));
        if on {
            moments().filter(|&at| at > self.at).min().unwrap_or(self.spec().until)
        } else {
            moments().filter(|&at| at < self.at).max().unwrap_or(Time::ZERO)
        }
    }
}
