//! Time passing: model time is wall time × speed, as long as the model keeps up.

use super::Desk;
use super::state::State;
use crate::player::{Answer, Ask, Frame, Pace};
use crate::sim::{Time, within};

/// Most seconds that one tick makes up for: a tab that was away goes on where it was.
const LEAP: f64 = 0.1;
/// The same where motion is reduced: seconds between the steps that are shown.
const CALM: f64 = 0.25;
/// Slices that are computed ahead for a step. They take milliseconds; but an engine that doesn't compile takes a second
/// and more for each, and must not count as hung. Most is known by then: idle workers compute ahead.
const SLICES: u32 = 2;
/// Seconds between new numbers while time passes: faster than that nobody reads them.
const READ_EVERY: f64 = 0.12;
/// Seconds between explanations while time passes.
const EXPLAIN_EVERY: f64 = 0.7;

impl Desk {
    /// Plays; from the start, where the run has ended or nothing was done yet.
    pub(super) fn play(&mut self) {
        let state = &mut self.state;
        if state.playing {
            return;
        }
        if state.untouched || state.at >= state.spec.until {
            state.target = Time::ZERO;
            state.seen = if state.untouched { Time::ZERO } else { state.seen };
            state.stale = true;
        }
        state.untouched = false;
        state.playing = true;
        state.clock = state.target.secs();
        (state.debt, state.behind, state.slow) = (0.0, 0.0, false);
        self.changed.mode = true;
        self.changed.run = true;
        self.go_on();
    }

    /// Stops at the moment shown.
    pub(super) fn pause(&mut self) {
        let state = &mut self.state;
        state.playing = false;
        state.slow = false;
        state.target = state.at;
        state.stale = false;
        (self.changed.mode, self.changed.read) = (true, true);
        self.explain_again();
    }

    /// Goes to a moment, and plays on from there if it was playing.
    pub(super) fn seek(&mut self, at: Time) {
        let state = &mut self.state;
        state.untouched = false;
        state.target = state.moment(at);
        state.clock = state.target.secs();
        state.debt = 0.0;
        state.dropped_after = None;
        state.stale = true;
        (self.changed.mode, self.changed.run) = (true, true);
        self.go_on();
    }

    /// Goes one step on or back: to the next thing known to have happened, or by a step where the figure goes by steps.
    pub(super) fn step(&mut self, on: bool) {
        self.pause();
        if on {
            self.look_ahead();
        }
        let to = self.state.next_stop(on);
        self.seek(to);
    }

    /// Computes ahead until something notable is known after the moment shown, or for as long as a learner waits gladly.
    fn look_ahead(&mut self) {
        for _ in 0..SLICES {
            if let Answer::Markers(markers) = self.ask(Ask::Markers) {
                self.state.markers_known = markers.len() as u32;
                self.state.markers = markers;
                self.changed.marks = true;
            }
            let at = self.state.at;
            if self.state.markers.iter().any(|marker| marker.time > at) || !self.session.run_ahead() {
                return;
            }
        }
    }

    /// So many seconds have passed.
    pub(super) fn tick(&mut self, seconds: f64) {
        let state = &mut self.state;
        let passed = within(seconds, 0.0, 60.0);
        for since in [&mut state.unread, &mut state.unexplained, &mut state.unspoken, &mut state.debt] {
            *since += passed;
        }
        if !state.playing {
            return;
        }
        if state.at >= state.spec.until {
            state.playing = false;
            state.slow = false;
            (self.changed.mode, self.changed.read) = (true, true);
            return;
        }
        if !state.stale {
            if state.calm && state.debt < CALM {
                return;
            }
            let leap = if state.calm { 2.0 * CALM } else { LEAP };
            if state.debt > leap {
                self.changed.mode |= state.fell_behind(true);
            }
            state.clock =
                within(state.clock + state.debt.min(leap) * state.speed, 0.0, state.spec.until.secs());
            state.debt = 0.0;
            state.target = state.moment(Time::from_secs_f64(state.clock));
        }
        self.go_on();
        let state = &mut self.state;
        self.changed.mode |= state.fell_behind(state.stale);
        if state.stale {
            // What was reached is shown, and playing goes on from there: slower, and it says so.
            state.target = state.at;
            state.clock = state.at.secs();
            state.stale = false;
        }
    }

    /// Computes towards the moment wanted, one slice, and takes what is to be seen there.
    pub(super) fn go_on(&mut self) {
        let (at, reach) = (self.state.target, self.state.seen.max(self.state.target));
        let Answer::Frame(frame) = self.ask(Ask::Frame { at, reach }) else { return };
        let markers = frame.markers;
        self.state.take(frame);
        let at = self.state.at;
        let rival_there = self.rival_on(at, reach);
        self.state.stale |= !rival_there;
        self.changed.shown = true;
        if markers != self.state.markers_known {
            if let Answer::Markers(markers) = self.ask(Ask::Markers) {
                self.state.markers = markers;
            }
            self.state.markers_known = markers;
            self.changed.marks = true;
        }
        let state = &mut self.state;
        if !state.playing || state.unread >= READ_EVERY {
            state.unread = 0.0;
            self.changed.read = true;
        }
        self.explain_again();
    }

    /// Asks again about who is selected.
    pub(super) fn explain_again(&mut self) {
        let state = &mut self.state;
        let Some(entity) = state.selected.filter(|_| !state.stale) else { return };
        if state.playing && state.unexplained < EXPLAIN_EVERY {
            return;
        }
        state.unexplained = 0.0;
        let at = state.at;
        self.state.explanation = match self.ask(Ask::Explain { entity, at }) {
            Answer::Explained(explanation) => Some(explanation),
            _ => None,
        };
        self.explain_rival();
        self.changed.explained = true;
    }
}

impl State {
    fn take(&mut self, mut frame: Box<Frame>) {
        self.stale = !frame.there;
        self.at = frame.at;
        self.seen = self.seen.max(frame.at);
        self.charts = Some(super::state::take_charts(&mut frame));
        self.frame = Some(frame);
    }

    /// Keeps an eye on whether playing keeps up; whether what is said about it has changed.
    fn fell_behind(&mut self, it_did: bool) -> bool {
        let was = self.slow;
        self.behind = 0.95 * self.behind + if it_did { 0.05 } else { 0.0 };
        self.slow = if self.slow { self.behind > 0.1 } else { self.behind > 0.4 };
        was != self.slow
    }

    fn next_stop(&self, on: bool) -> Time {
        if let Pace::Steps(step) = self.spec.pace {
            return if on { self.at + step } else { self.moment(self.at.back(step)) };
        }
        let moments =
            || self.markers.iter().map(|m| m.time).chain(self.run.inputs.iter().map(|input| input.at));
        if on {
            moments().filter(|&at| at > self.at).min().unwrap_or(self.spec.until)
        } else {
            moments().filter(|&at| at < self.at).max().unwrap_or(Time::ZERO)
        }
    }
}
