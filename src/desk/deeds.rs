//! All that can be done to a figure.

use super::action_kind::ActionKind;
use super::markup::{class, css, does, inside};
use super::notice::Notice;
use super::protocol::{Deed, Part, Patch, find, part};
use super::{Desk, Told, Trying, explain, moments, text};
use crate::player::{Answer, Ask, Change, ControlKind, Input, Slider, Value, View, encode_view};
use crate::sim::{Seed, Time};

/// Ends the name of a file that holds a run.
const FILE_SUFFIX: &str = ".run.txt";

impl Desk {
    pub(super) fn deed(&mut self, deed: &Deed, trying: Trying) {
        if self.state.masked
            && !matches!(
                deed.does,
                ActionKind::Commit | ActionKind::Skip | ActionKind::Speed | ActionKind::Tables
            )
        {
            return;
        }
        let nanos = Time::from_nanos(crate::sim::within(deed.number, 0.0, 1e18) as u64);
        match deed.does {
            ActionKind::Play if self.state.playing => self.pause(),
            ActionKind::Play => self.play(),
            ActionKind::StepBack => self.step(false),
            ActionKind::StepForward => self.step(true),
            ActionKind::Seek => self.seek(nanos),
            ActionKind::MoveTimeLine => self.seek(self.state.on_line(deed.number)),
            ActionKind::TimeLineKey => {
                if let Some(to) = self.state.stride(&deed.text) {
                    self.seek(to);
                }
            }
            ActionKind::Speed => {
                if let Ok(speed) = crate::sim::Unit::Factor.parse(&deed.text) {
                    self.state.speed = speed;
                    (self.state.slow, self.state.behind) = (false, 0.0);
                    self.changed.mode = true;
                }
            }
            ActionKind::SetControl => self.turn(deed, trying),
            ActionKind::HoldNumber => self.hold(&deed.on),
            ActionKind::DragNumber => self.drag(deed, trying),
            ActionKind::NudgeNumber => self.nudge(deed, trying),
            ActionKind::GoTo => self.go(deed),
            ActionKind::Act => {
                if let Some(change) = explain::action(&self.state, deed, &mut self.extra) {
                    self.change(change, trying);
                }
            }
            ActionKind::Skip => self.skip(&deed.on),
            ActionKind::OpenView => {
                if let Ok(view) = crate::player::decode_view(&deed.text) {
                    self.take_up(view);
                    self.state.untouched = false;
                    self.extra.push(Patch::Focus(part(class::PLAY)));
                }
            }
            ActionKind::Select => {
                if let Some(who) = explain::entity(&deed.on) {
                    self.choose(who);
                }
            }
            ActionKind::Point => {
                if let Some(who) = self.state.pointed_at(deed.point) {
                    self.choose(who);
                }
            }
            ActionKind::Hover => {
                let cursor = if self.state.pointed_at(deed.point).is_some() { "pointer" } else { "default" };
                self.extra.push(Patch::Style(part(class::PICTURE), "cursor".into(), cursor.to_owned()));
            }
            ActionKind::Walk => self.walk(&deed.text),
            ActionKind::CloseExplanation => self.close(),
            ActionKind::TakeBack => self.take_back(),
            ActionKind::SetSeed => self.reseed(&deed.text),
            ActionKind::Reshuffle => {
                self.state.run.seed = Seed(deed.number as u64);
                self.anew();
            }
            ActionKind::CopySeed => {
                self.extra.push(Patch::Copy { from: seed_field(), by: find(does(ActionKind::CopySeed)) })
            }
            ActionKind::Drawer => moments::drawer(&self.state, &deed.on, &mut self.extra),
            ActionKind::CopyLink => {
                self.extra.push(Patch::Copy {
                    from: find(inside(class::COPY, "input")),
                    by: find(does(ActionKind::CopyLink)),
                });
            }
            ActionKind::SaveRun => self.extra.push(Patch::Save {
                name: [self.state.spec.id.as_ref(), FILE_SUFFIX].concat(),
                text: encode_view(&self.state.view()),
            }),
            ActionKind::Reset => {
                self.extra.extend(moments::closed());
                self.notify(None);
                let first = self.state.first.clone();
                self.take_up(first);
            }
            ActionKind::OpenRun => self.open_run(&deed.text),
            ActionKind::Tables => {
                self.state.tables = deed.number > 0.0;
                self.changed.read = true;
            }
            ActionKind::CloseNotice => self.notify(None),
            ActionKind::Commit => self.commit(deed),
            ActionKind::SetUp => self.set_up(&deed.on),
            ActionKind::Judge => self.judge(&deed.on),
            ActionKind::CallOff => self.call_off(),
            ActionKind::Sweep => self.sweep(&deed.text),
            ActionKind::Compare => self.compare(),
            ActionKind::Swap => self.swap(),
            ActionKind::Side => self.take_side(&deed.text),
            ActionKind::Contributors => self.behind(&deed.on),
            ActionKind::SavePicture => self.save_picture(&deed.way),
            ActionKind::SaveNumbers => self.save_numbers(),
            // The page does these itself.
            ActionKind::ChooseRunFile
            | ActionKind::TryAgain
            | ActionKind::Reload
            | ActionKind::MoveUp
            | ActionKind::MoveDown
            | ActionKind::Check => {}
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
        if let Ok(value) = value
            && !self.turn_rival(&deed.on, &value)
        {
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
        self.extra.push(Patch::Text(
            find(inside(class::SEED_CONTROL, &css(class::ERROR))),
            seed.as_ref().err().cloned().unwrap_or_default(),
        ));
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
pub(super) fn seed_field() -> Part {
    find(inside(class::SEED, "input"))
}

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
