//! All that can be done to a figure.

use super::notice::Notice;
use super::protocol::{Deed, Patch, part};
use super::{Desk, Told, Trying, explain, instruments, moments, text};
use crate::player::{Answer, Ask, Change, ControlKind, Input, Slider, Value, View, encode_view};
use crate::sim::{Seed, Time};

/// Ends the name of a file that holds a run.
const FILE_SUFFIX: &str = ".run.txt";

impl Desk {
    pub(super) fn deed(&mut self, deed: &Deed, trying: Trying) {
        if self.state.masked && !matches!(deed.does.as_str(), "commit" | "skip" | "speed" | "tables") {
            return;
        }
        let nanos = Time::from_nanos(crate::sim::within(deed.number, 0.0, 1e18) as u64);
        match deed.does.as_str() {
            "play" if self.state.playing => self.pause(),
            "play" => self.play(),
            "back" => self.step(false),
            "on" => self.step(true),
            "seek" => self.seek(nanos),
            "line" => self.seek(self.state.on_line(deed.number)),
            "line-key" => {
                if let Some(to) = self.state.stride(&deed.text) {
                    self.seek(to);
                }
            }
            "speed" => {
                if let Ok(speed) = crate::sim::Unit::Factor.parse(&deed.text) {
                    self.state.speed = speed;
                    (self.state.slow, self.state.behind) = (false, 0.0);
                    self.changed.mode = true;
                }
            }
            "control" => self.turn(deed, trying),
            "hold" => self.hold(&deed.on),
            "drag" => self.drag(deed, trying),
            "nudge" => self.nudge(deed, trying),
            "go" => self.go(deed),
            "act" => {
                if let Some(change) = explain::action(&self.state, deed, &mut self.extra) {
                    self.change(change, trying);
                }
            }
            "skip" => self.skip(&deed.on),
            "view" => {
                if let Ok(view) = crate::player::decode_view(&deed.text) {
                    self.take_up(view);
                    self.state.untouched = false;
                    self.extra.push(Patch::Focus(part(".fig-play")));
                }
            }
            "select" => {
                if let Some(who) = explain::entity(&deed.on) {
                    self.choose(who);
                }
            }
            "point" => {
                if let Some(who) = self.state.pointed_at(deed.point) {
                    self.choose(who);
                }
            }
            "hover" => {
                let cursor = if self.state.pointed_at(deed.point).is_some() { "pointer" } else { "default" };
                self.extra.push(Patch::Style(part(".fig-picture"), "cursor".into(), cursor.to_owned()));
            }
            "walk" => self.walk(&deed.text),
            "close" => self.close(),
            "take-back" => self.take_back(),
            "seed" => self.reseed(&deed.text),
            "reshuffle" => {
                self.state.run.seed = Seed(deed.number as u64);
                self.anew();
            }
            "copy-seed" => self.extra.push(Patch::Copy { from: part(SEED), by: part("[data-do=copy-seed]") }),
            "drawer" => moments::drawer(&self.state, &deed.on, &mut self.extra),
            "copy-link" => {
                self.extra
                    .push(Patch::Copy { from: part(".fig-copy input"), by: part("[data-do=copy-link]") });
            }
            "save" => self.extra.push(Patch::Save {
                name: [self.state.spec.id.as_ref(), FILE_SUFFIX].concat(),
                text: encode_view(&self.state.view()),
            }),
            "reset" => {
                self.extra.extend(moments::closed());
                self.notify(None);
                let first = self.state.first.clone();
                self.take_up(first);
            }
            "open-run" => self.open_run(&deed.text),
            "tables" => {
                self.state.tables = deed.number > 0.0;
                self.changed.read = true;
            }
            "close-notice" => self.notify(None),
            _ if instruments::takes(deed) => match self.instruments {
                Some(instruments) => (instruments.deed)(self, deed),
                None => self.more = true,
            },
            _ => {}
        }
    }

    /// A control was moved: a slider to a place, a field or a choice to a text.
    fn turn(&mut self, deed: &Deed, trying: Trying) {
        let Some((_, control)) = self.state.spec.control(&deed.on) else { return };
        let slider = Slider::of(control).filter(|_| deed.way == "range");
        let value = match slider {
            Some(slider) => Ok(Value::Number(slider.value(deed.number))),
            None if matches!(control.kind, ControlKind::Flag { .. }) => Ok(Value::Flag(deed.number > 0.0)),
            None => control.parse(&deed.text).map_err(|why| self.state.say(&why)),
        };
        self.extra.extend(super::controls::told(control, value.as_ref()));
        if let (Ok(value), Some(instruments)) = (&value, self.instruments)
            && (instruments.turn)(self, &deed.on, value)
        {
            return;
        }
        if let Ok(value) = value {
            self.change(Change::Set { control: deed.on.clone(), value }, trying);
        }
    }

    /// A control is moved or something is done to the system, at the moment shown; a control, before anything was done,
    /// from the start on.
    pub(super) fn change(&mut self, change: Change, trying: Trying) {
        let state = &mut self.state;
        let from_start = state.untouched && matches!(change, Change::Set { .. });
        if !matches!(change, Change::Set { .. }) {
            state.untouched = false;
        }
        if !state.playing {
            state.target = state.at;
        }
        self.notify(None);
        let at = if from_start { Time::ZERO } else { self.state.at };
        trying(self.state.trying(at, &change));
        match self.ask(Ask::Change { at, change }) {
            Answer::Changed { run, at: next, can_take_back } => {
                let state = &mut self.state;
                state.run = run;
                state.can_take_back = can_take_back;
                if !from_start {
                    state.dropped_after = (state.seen > at).then_some(at);
                    state.seen = next;
                    state.target = next;
                    state.clock = next.secs();
                }
            }
            Answer::Refused(why) => {
                let why = self.state.say(&why);
                self.notify(Notice::plain(why));
            }
            _ => {}
        }
        self.run_changed();
        self.state.stale = true;
        (self.changed.run, self.changed.marks) = (true, true);
        self.go_on();
    }

    /// Takes the last change back, with what it dropped.
    fn take_back(&mut self) {
        if let Answer::Changed { run, at, can_take_back } = self.ask(Ask::TakeBack) {
            let state = &mut self.state;
            state.run = run;
            state.can_take_back = can_take_back;
            state.dropped_after = None;
            if !state.untouched {
                state.target = at;
                state.clock = at.secs();
            }
            state.stale = true;
            self.run_changed();
            (self.changed.run, self.changed.marks) = (true, true);
            self.go_on();
        }
    }

    fn reseed(&mut self, typed: &str) {
        let seed = typed.parse::<Seed>().map_err(|why| why.to_string());
        self.extra
            .push(Patch::Text(part(".seed .fig-error"), seed.as_ref().err().cloned().unwrap_or_default()));
        if let Ok(seed) = seed {
            self.state.run.seed = seed;
            self.anew();
        }
    }

    fn open_run(&mut self, text: &str) {
        let view = crate::player::decode_view(text.trim());
        match view {
            Ok(view) if view.run.figure == self.state.spec.id => {
                self.extra.extend(moments::closed());
                self.take_up(view);
                self.state.untouched = false;
            }
            _ => self.notify(Notice::plain(text::NO_RUN_IN_FILE)),
        }
    }

    /// Takes the figure to what a phrase of the text says: its setting from the start, or only another moment.
    fn go(&mut self, deed: &Deed) {
        let at = (deed.number >= 0.0).then(|| Time::from_nanos(deed.number as u64));
        if deed.text.is_empty() {
            return self.seek(at.unwrap_or(Time::ZERO));
        }
        let spec = self.state.spec;
        let mut run = self.state.first.run.clone();
        run.seed = self.state.run.seed;
        for (id, value) in deed.text.split('&').filter_map(|pair| pair.split_once('=')) {
            if let Some((_, control)) = spec.control(id)
                && let Ok(value) = control.parse(value)
            {
                // The control has just accepted it.
                let _ = run.set(spec, id, &value);
            }
        }
        let at = at.unwrap_or(self.state.at);
        self.take_up(View { run, against: Vec::new(), at });
    }
}

/// The field with the seed.
pub(super) const SEED: &str = ".fig-seed input";

impl super::state::State {
    /// What is said before a change is tried: a link to the run with it, and where to go back to.
    fn trying(&self, at: Time, change: &Change) -> Told {
        let back = self.view();
        let mut culprit = View { at: self.target.max(self.at), ..back.clone() };
        match change {
            Change::Set { control, value } if at == Time::ZERO => {
                // What the figure doesn't know, it refuses rather than fails at.
                let _ = culprit.run.set(self.spec, control, value);
            }
            change => {
                culprit.run.inputs.retain(|input| input.at <= at);
                culprit.run.inputs.push(Input { at, change: change.clone() });
            }
        }
        Told::Trying { culprit: encode_view(&culprit), back: encode_view(&back) }
    }
}
