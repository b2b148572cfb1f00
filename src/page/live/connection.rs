//! The way to the worker and back: starting, asking for what is missing, and what to do when it fails.

use super::super::notice::{Notice, Way};
use super::super::worker_client::{Broken, Client};
use super::super::{dom, share, text};
use super::{Live, Stage, State, raise};
use crate::player::{Answer, Ask, Change, Frame, Input, View};
use crate::scene::{Panel, Scene};
use crate::sim::{Entity, Time};
use gloo_timers::callback::Timeout;

/// Where it is noted which link is being opened. What is still there after a reload has hung the figure.
const OPENING: &str = "playground-opening";
/// Failures after which a figure stays stopped until the learner starts it again.
const FAILURES: u32 = 2;
/// Milliseconds between new numbers while time passes: faster than that nobody reads them.
const READ_EVERY: f64 = 120.0;
/// Milliseconds between explanations while time passes.
const EXPLAIN_EVERY: f64 = 700.0;

enum Next {
    Nothing,
    Frame(Time, Time),
    Change(Time, Change),
}

impl Live {
    /// Starts the worker, if there is none, with the run as the page holds it.
    pub fn wake(self) {
        if self.with(|state| state.stage != Stage::Parked) {
            return;
        }
        super::super::parking::makes_room_for(self);
        let (address, build) = self.with(|state| (state.facts.worker.clone(), state.facts.build.clone()));
        match Client::start(&address, build, move |why| self.broke(&why)) {
            Ok(client) => {
                self.update(|state| state.client = Some(client));
                // A run that replays a file is opened when the worker has the file.
                self.update(|state| state.stage = Stage::Opening);
                raise(self.mode);
                if !super::super::data_drop::hand_over_again(self) {
                    self.reopen();
                }
            }
            Err(why) => self.broke(&why),
        }
    }

    /// Ends the worker. The figure keeps its run, its moment and its picture.
    pub fn park(self) {
        let parked = self.update(|state| {
            let open = matches!(state.stage, Stage::Open | Stage::Opening);
            if open {
                state.stage = Stage::Parked;
                state.playing = false;
                state.can_take_back = false;
            }
            open
        });
        if parked {
            self.end_worker();
            raise(self.mode);
            raise(self.changed);
        }
    }

    fn end_worker(self) {
        let client = self.update(|state| {
            state.asked = false;
            state.changing = None;
            state.client.take()
        });
        if let Some(client) = client {
            client.stop();
            // This may be running in one of the client's own listeners.
            Timeout::new(0, move || drop(client)).forget();
        }
    }

    /// Has the worker take up the page's run anew.
    pub fn reopen(self) {
        let run = self.update(|state| {
            state.stage = Stage::Opening;
            state.asked = false;
            state.changing = None;
            state.run.clone()
        });
        raise(self.mode);
        self.ask(Ask::Open(run), move |answer| self.opened(answer));
    }

    /// Asks the worker, if there is one.
    pub fn ask(self, ask: Ask, then: impl FnOnce(Answer) + 'static) {
        self.with(|state| {
            if let Some(client) = &state.client {
                client.ask(ask, then);
            }
        });
    }

    fn opened(self, answer: Answer) {
        let says = match answer {
            Answer::Opened(opened) => {
                self.update(|state| {
                    state.run = opened.run;
                    state.target = state.moment(state.target);
                    state.stage = Stage::Open;
                    state.stale = true;
                    state.owes_frame = true;
                    state.can_take_back = false;
                    state.markers.clear();
                    state.markers_asked = 0;
                });
                opened.says
            }
            Answer::Refused(why) => {
                let first = self.update(|state| {
                    let first = &state.facts.first;
                    let already = state.run == first.run;
                    (state.run, state.target) = (first.run.clone(), first.at);
                    already
                });
                let why = text::put(text::NOT_OPENED, &[&self.say(&why)]);
                self.notify(Notice::plain(why));
                if first {
                    self.stop();
                } else {
                    self.reopen();
                }
                return;
            }
            _ => return,
        };
        if !says.is_empty() {
            let says: Vec<String> = says.iter().map(|msg| self.say(msg)).collect();
            self.notify(Notice::plain(says.join(" ")));
        }
        for signal in [self.changed, self.mode, self.marked] {
            raise(signal);
        }
        self.pump();
    }

    /// Asks for what is missing, unless an answer is still awaited.
    pub(super) fn pump(self) {
        let next = self.update(|state| {
            if state.stage != Stage::Open || state.asked || state.changing.is_some() {
                return Next::Nothing;
            }
            // Between two changes something is shown, and a change is made at a moment that was.
            let first_change = !state.owes_frame && state.frame.is_some() && !state.changes.is_empty();
            if !first_change {
                if state.stale || state.target != state.at {
                    state.asked = true;
                    return Next::Frame(state.target, state.seen.max(state.target));
                }
                return Next::Nothing;
            }
            let Some(change) = state.changes.pop_front() else { return Next::Nothing };
            let from_start = state.untouched && matches!(change, Change::Set { .. });
            state.changing = Some(change.clone());
            Next::Change(if from_start { Time::ZERO } else { state.at }, change)
        });
        match next {
            Next::Nothing => {}
            Next::Frame(at, reach) => self.ask(Ask::Frame { at, reach }, move |answer| {
                if let Answer::Frame(frame) = answer {
                    self.arrived(frame);
                }
            }),
            Next::Change(at, change) => {
                self.ask(Ask::Change { at, change }, move |answer| self.made(at, answer));
            }
        }
    }

    fn arrived(self, frame: Box<Frame>) {
        let (markers, opening) = self.update(|state| {
            let Frame { at, there, markers, .. } = *frame;
            state.asked = false;
            state.owes_frame = false;
            state.stale = !there;
            state.at = at;
            state.seen = state.seen.max(at);
            if state.playing {
                state.fell_behind(!there);
                if !there {
                    state.target = at;
                    state.clock = at.secs();
                    state.stale = false;
                }
            }
            let mut frame = frame;
            let (charts, panels) =
                frame.scene.panels.drain(..).partition(|panel| matches!(panel, Panel::Chart(_)));
            frame.scene.panels = panels;
            state.charts = Some(Scene { panels: charts, time: at, says: Vec::new() });
            state.frame = Some(frame);
            let more = markers != state.markers_asked;
            state.markers_asked = markers;
            (more, if there { state.opening.take() } else { None })
        });
        if opening.is_some() {
            note_opening(None);
        }
        if markers {
            self.ask(Ask::Markers, move |answer| {
                if let Answer::Markers(markers) = answer {
                    self.update(|state| state.markers = markers);
                    raise(self.marked);
                }
            });
        }
        raise(self.shown);
        if self.update(State::is_due_to_be_read) {
            raise(self.read);
        }
        self.explain_again();
        self.pump();
    }

    fn made(self, made_at: Time, answer: Answer) {
        match answer {
            Answer::Changed { run, at, can_take_back } => {
                self.update(|state| {
                    state.changing = None;
                    state.owes_frame = true;
                    state.run = run;
                    state.can_take_back = can_take_back;
                    state.stale = true;
                    if state.untouched {
                        return;
                    }
                    state.dropped_after = (state.seen > made_at).then_some(made_at);
                    state.seen = at;
                    // Playing is already past the moment at which the change was asked for.
                    state.target = at;
                    state.clock = at.secs();
                });
                raise(self.marked);
            }
            Answer::Refused(why) => {
                self.update(|state| state.changing = None);
                let why = self.say(&why);
                self.notify(Notice::plain(why));
            }
            _ => {}
        }
        raise(self.changed);
        self.pump();
    }

    /// Selects something, to be explained; `None` ends that.
    pub fn select(self, entity: Option<Entity>) {
        self.update(|state| {
            state.selected = entity;
            state.explanation = None;
            state.explained_ms = 0.0;
        });
        raise(self.explained);
        self.wake();
        self.explain_again();
    }

    pub(super) fn explain_again(self) {
        let ask = self.update(|state| {
            let entity = state.selected.filter(|_| state.stage == Stage::Open && !state.stale)?;
            let now = dom::now_ms();
            if state.playing && now - state.explained_ms < EXPLAIN_EVERY {
                return None;
            }
            state.explained_ms = now;
            Some((entity, state.at))
        });
        let Some((entity, at)) = ask else { return };
        self.ask(Ask::Explain { entity, at }, move |answer| {
            self.update(|state| {
                if state.selected == Some(entity) {
                    state.explanation = match answer {
                        Answer::Explained(explanation) => Some(explanation),
                        _ => None,
                    };
                }
            });
            raise(self.explained);
        });
    }

    // ---- when it fails ----------------------------------------------------------------------------------------------

    fn stop(self) {
        self.end_worker();
        self.update(|state| {
            state.stage = Stage::Stopped;
            state.playing = false;
        });
        raise(self.mode);
    }

    /// Starts again after failures, because the learner says so.
    pub fn try_again(self) {
        self.update(|state| {
            state.failures = 0;
            if state.stage == Stage::Stopped {
                state.stage = Stage::Parked;
            }
        });
        self.notify(None);
        self.wake();
    }

    fn broke(self, why: &Broken) {
        let words = match why {
            Broken::OtherBuild => {
                self.notify(Notice { way: Some(Way::Reload), ..Notice::plain(text::OTHER_BUILD) });
                return self.stop();
            }
            Broken::NotStarted => {
                self.notify(Notice { way: Some(Way::TryAgain), ..Notice::plain(text::NOT_STARTED) });
                return self.stop();
            }
            Broken::Panicked(_) => text::PANICKED,
            Broken::Hung => text::HUNG,
        };
        let (culprit, again) = self.update(State::take_blame);
        self.stop();
        let link = self.with(|state| share::address(&state.facts.page_id, &culprit));
        let way = (!again).then_some(Way::TryAgain);
        self.notify(Notice { link: Some((text::REPRODUCE, link)), way, ..Notice::plain(words) });
        raise(self.changed);
        if again {
            self.update(|state| state.stage = Stage::Parked);
            self.wake();
        }
    }

    /// Opens a run at a moment. `code` is the link that it comes from: if it hung last time, it stays closed until the
    /// learner says so.
    pub fn open(self, view: View, code: Option<&str>) {
        let View { run, at, .. } = view;
        let hung = code.is_some() && noted_opening().as_deref() == code;
        self.update(|state| {
            state.run = run;
            state.target = at.min(state.facts.spec.until);
            state.at = state.target;
            state.clock = state.at.secs();
            state.seen = state.target;
            state.untouched = code.is_none();
            state.playing = false;
            state.failures = 0;
            state.dropped_after = None;
            state.changes.clear();
            state.selected = None;
            state.explanation = None;
            state.opening = code.map(str::to_owned);
            state.stale = true;
        });
        for signal in [self.changed, self.mode, self.explained] {
            raise(signal);
        }
        if hung {
            self.stop();
            self.notify(Notice { way: Some(Way::TryAgain), ..Notice::plain(text::HUNG_LAST_TIME) });
            return;
        }
        if code.is_some() {
            note_opening(code);
        }
        match self.with(|state| state.stage) {
            Stage::Open | Stage::Opening => self.reopen(),
            Stage::Stopped => self.try_again(),
            Stage::Parked => self.wake(),
        }
    }
}

impl State {
    fn is_due_to_be_read(&mut self) -> bool {
        let now = dom::now_ms();
        let due = !self.playing || now - self.read_ms >= READ_EVERY;
        if due {
            self.read_ms = now;
        }
        due
    }

    /// The run goes back to just before what it failed at. What failed, for a link, and whether to start again at once.
    fn take_blame(&mut self) -> (View, bool) {
        let mut culprit = View { run: self.run.clone(), against: Vec::new(), at: self.target.max(self.at) };
        match self.changing.take() {
            Some(Change::Set { control, value }) if self.at == Time::ZERO || self.untouched => {
                // What the figure doesn't know, it has refused rather than failed at.
                let _ = culprit.run.set(&self.facts.spec, &control, &value);
            }
            Some(change) => {
                culprit.run.inputs.retain(|input| input.at <= self.at);
                culprit.run.inputs.push(Input { at: self.at, change });
                self.target = self.at;
            }
            None => self.target = self.run.inputs.pop().map_or(Time::ZERO, |last| last.at),
        }
        self.changes.clear();
        self.playing = false;
        self.untouched = false;
        self.stale = true;
        self.clock = self.target.secs();
        self.failures += 1;
        (culprit, self.failures < FAILURES)
    }
}

fn noted_opening() -> Option<String> {
    dom::session_storage()?.get_item(OPENING).ok().flatten()
}

/// Notes which link is being opened; where nothing can be kept, a link that hangs is tried again.
fn note_opening(code: Option<&str>) {
    let Some(storage) = dom::session_storage() else { return };
    let _ = match code {
        Some(code) => storage.set_item(OPENING, code),
        None => storage.remove_item(OPENING),
    };
}
