//! Playing: model time advances by wall time × speed, as long as the model keeps up.

use super::notice::Notice;
use super::state::FigureState;
use super::{Desk, text};
use crate::player::{Frame, Pace, Query, Reply};
use crate::sim::{Time, clamp};

/// Most seconds that one tick can advance by, so that a tab that was in the background doesn't jump.
const MAX_TICK: f64 = 0.1;
/// Seconds between visible steps where motion is reduced.
const REDUCED_MOTION_STEP: f64 = 0.25;
/// Most slices that are computed to find the next step. A slice takes milliseconds where WASM is compiled, but over a
/// second where it is interpreted, and the watchdog must not take that for a hang. Idle workers compute ahead anyway,
/// so most is known.
const LOOK_AHEAD_SLICES: u32 = 2;
/// Seconds between updates of the readings while playing; faster ones can't be read. They don't wait where the picture
/// shows things one by one and something has happened: the two would contradict each other.
const REFRESH_READINGS_EVERY: f64 = 0.12;
/// Seconds that are played before a moment that somebody asked for.
const LEAD_SECS: f64 = 2.5;
/// Seconds between updates of the explanation while playing.
const EXPLAIN_EVERY: f64 = 0.7;

impl Desk {
    /// Plays; from the start if the run has ended or the figure is untouched. A figure that waits for its learner's choice says
    /// so.
    pub(super) fn play(&mut self) {
        let state = &mut self.state;
        if state.playing {
            return;
        }
        if state.waits_for_choice() {
            return self.set_notice(Notice::plain(text::CHOOSE_NEXT));
        }
        self.leave_moment();
        let state = &mut self.state;
        if state.untouched || state.at >= state.spec.until || state.is_played_out() {
            state.target = Time::ZERO;
            state.seen = if state.untouched { Time::ZERO } else { state.seen };
            state.stale = true;
        }
        state.untouched = false;
        state.playing = true;
        state.stop_at = None;
        state.play_position = state.target.secs();
        state.unplayed_secs = 0.0;
        state.lag = 0.0;
        state.slow = false;
        self.dirty.playback = true;
        self.dirty.run = true;
        self.advance();
    }

    /// Plays on from the moment shown: the first figure of a page.
    pub(super) fn play_on(&mut self) {
        self.state.untouched = false;
        self.play();
    }

    /// Plays the last seconds before a moment and stops there, so that one sees how it comes about; in a figure that goes by
    /// steps, all that were chosen. Where motion is reduced, and where nothing was chosen, the figure just stands there.
    pub(super) fn play_into(&mut self, at: Time) {
        let state = &mut self.state;
        let from = match state.spec.pace {
            Pace::Continuous => at.back(crate::sim::Span::from_secs_f64(LEAD_SECS * state.speed)),
            Pace::Steps(_) if state.run.inputs.is_empty() => at,
            Pace::Steps(_) => Time::ZERO,
        };
        if state.masked || state.reduced_motion || from == at {
            return;
        }
        // Not the end that it may have been opened at: playing would begin at the start from there.
        (state.at, state.target) = (from, from);
        state.stale = true;
        self.play();
        self.state.stop_at = Some(at);
    }

    /// Pauses at the moment shown.
    pub(super) fn pause(&mut self) {
        let state = &mut self.state;
        state.playing = false;
        state.stop_at = None;
        state.slow = false;
        state.target = state.at;
        state.stale = false;
        self.dirty.playback = true;
        self.dirty.readings = true;
        self.refresh_explanation();
    }

    /// Seeks to a moment; if the figure was playing it plays on from there.
    pub(super) fn seek(&mut self, at: Time) {
        self.leave_moment();
        let state = &mut self.state;
        state.untouched = false;
        state.stop_at = None;
        state.target = state.moment(at);
        state.play_position = state.target.secs();
        state.unplayed_secs = 0.0;
        state.dropped_after = None;
        state.stale = true;
        self.dirty.playback = true;
        self.dirty.run = true;
        self.advance();
    }

    /// Goes one step forward or back: to the next marker or input, or by one step where the figure goes by steps.
    pub(super) fn step(&mut self, on: bool) {
        if on && self.state.waits_for_choice() {
            return self.set_notice(Notice::plain(text::CHOOSE_NEXT));
        }
        self.pause();
        if on {
            self.look_ahead();
        }
        let to = self.state.next_stop(on);
        self.seek(to);
    }

    /// Computes ahead until a marker after the moment shown is known, but only for a few slices.
    fn look_ahead(&mut self) {
        for _ in 0..LOOK_AHEAD_SLICES {
            if let Reply::Markers(markers) = self.ask(Query::Markers) {
                self.state.markers_known = markers.len() as u32;
                self.state.markers = markers;
                self.dirty.markers = true;
            }
            let at = self.state.at;
            if self.state.markers.iter().any(|marker| marker.time > at) || !self.session.run_ahead() {
                return;
            }
        }
    }

    /// Advances playing by so many seconds of wall time.
    pub(super) fn tick(&mut self, seconds: f64) {
        let state = &mut self.state;
        let passed = clamp(seconds, 0.0, 60.0);
        for since in [
            &mut state.since_readings,
            &mut state.since_explanation,
            &mut state.since_spoken,
            &mut state.unplayed_secs,
        ] {
            *since += passed;
        }
        if !state.playing || state.dragging {
            state.unplayed_secs = 0.0;
            return;
        }
        let stop = state.stop_at.unwrap_or(state.spec.until);
        if state.at >= stop || state.is_played_out() {
            state.playing = false;
            state.stop_at = None;
            state.slow = false;
            self.dirty.playback = true;
            self.dirty.readings = true;
            self.refresh_explanation();
            return;
        }
        if !state.stale {
            if state.reduced_motion && state.unplayed_secs < REDUCED_MOTION_STEP {
                return;
            }
            let leap = if state.reduced_motion { 2.0 * REDUCED_MOTION_STEP } else { MAX_TICK };
            if state.unplayed_secs > leap {
                self.dirty.playback |= state.update_lag(true);
            }
            state.play_position =
                clamp(state.play_position + state.unplayed_secs.min(leap) * state.speed, 0.0, stop.secs());
            state.unplayed_secs = 0.0;
            state.target = state.moment(Time::from_secs_f64(state.play_position)).min(stop);
        }
        self.advance();
        let state = &mut self.state;
        self.dirty.playback |= state.update_lag(state.stale);
        if state.stale && state.stop_at.is_none() {
            // Playing goes on from the moment that was reached, slower than asked for; the speed control says so. What is
            // played into waits for its first moment instead.
            state.target = state.at;
            state.play_position = state.at.secs();
            state.stale = false;
        }
    }

    /// Computes one slice towards the moment asked for, and takes the frame there.
    pub(super) fn advance(&mut self) {
        let (at, reach) = (self.state.target, self.state.seen.max(self.state.target));
        let Reply::Frame(frame) = self.ask(Query::Frame { at, reach }) else { return };
        let markers = frame.markers;
        let shown = self.state.frame.as_ref().map(|shown| shown.events);
        let happened = self.state.speed <= 1.0 && shown != Some(frame.events);
        self.state.set_frame(frame);
        let at = self.state.at;
        let compared_reached = self.advance_compared(at, reach);
        self.state.stale |= !compared_reached;
        self.dirty.picture = true;
        if markers != self.state.markers_known {
            if let Reply::Markers(markers) = self.ask(Query::Markers) {
                self.state.markers = markers;
            }
            self.state.markers_known = markers;
            self.dirty.markers = true;
        }
        let state = &mut self.state;
        if !state.playing || happened || state.since_readings >= REFRESH_READINGS_EVERY {
            state.since_readings = 0.0;
            self.dirty.readings = true;
        }
        self.refresh_explanation();
    }

    /// Updates the explanation of the selected entity.
    pub(super) fn refresh_explanation(&mut self) {
        let state = &mut self.state;
        let Some(entity) = state.selected.filter(|_| !state.stale) else { return };
        if state.playing && state.since_explanation < EXPLAIN_EVERY {
            return;
        }
        state.since_explanation = 0.0;
        let at = state.at;
        self.state.explanation = match self.ask(Query::Explain { entity, at }) {
            Reply::Explained(explanation) => Some(explanation),
            Reply::Refused(_) => Some(self.state.absence_of(entity)),
            _ => None,
        };
        self.explain_compared();
        self.dirty.explanation = true;
    }
}

impl FigureState {
    /// Whether a figure that goes by steps has come to where nothing happens by itself, and nothing was done later.
    fn is_played_out(&self) -> bool {
        let waits = self.frame.as_ref().is_some_and(|frame| frame.waits && !self.stale);
        let done = self.run.inputs.last().is_some_and(|last| last.at >= self.at);
        self.spec.pace != Pace::Continuous && waits && !done
    }

    /// Whether playing would do nothing, because the learner has to choose what happens next.
    pub fn waits_for_choice(&self) -> bool {
        self.is_played_out() && self.frame.as_ref().is_some_and(|frame| !frame.scene.choices.is_empty())
    }

    fn set_frame(&mut self, mut frame: Box<Frame>) {
        self.stale = !frame.reached;
        self.at = frame.at;
        self.seen = self.seen.max(frame.at);
        self.charts = Some(super::state::take_charts(&mut frame));
        self.frame = Some(frame);
    }

    /// Updates the running average of late ticks. Returns whether `slow` has changed.
    fn update_lag(&mut self, it_did: bool) -> bool {
        let was = self.slow;
        self.lag = 0.95 * self.lag + if it_did { 0.05 } else { 0.0 };
        self.slow = if self.slow { self.lag > 0.1 } else { self.lag > 0.4 };
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
