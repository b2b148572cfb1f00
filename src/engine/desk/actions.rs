//! Everything that a learner can do to a figure.

use super::action_kind::ActionKind;
use super::markup::{class, css, does, inside};
use super::notice::Notice;
use super::protocol::{Patch, Selector, UserAction, find, selector};
use super::{BeforeChange, Desk, DeskEvent, controls, explain, text, tools};
use crate::player::{
    Challenge, Control, ControlKind, Input, InputKind, Pace, Query, Reply, Run, Value, View, encode_view,
    percent_decode,
};
use crate::sim::{Seed, Time};

/// The suffix of a file that holds a run.
const FILE_SUFFIX: &str = ".run.txt";

impl Desk {
    // A table: an arm for each kind of action.
    #[allow(clippy::too_many_lines)]
    pub(super) fn apply_action(&mut self, action: &UserAction, before_change: BeforeChange) {
        if self.state.masked
            && !matches!(
                action.kind,
                ActionKind::Commit
                    | ActionKind::Skip
                    | ActionKind::Understand
                    | ActionKind::Check
                    | ActionKind::Speed
                    | ActionKind::Tables
            )
        {
            // What leads here from the text is told why nothing happens. The pointer over the picture wants nothing.
            let wanted = matches!(
                action.kind,
                ActionKind::GoTo
                    | ActionKind::OpenView
                    | ActionKind::HoldNumber
                    | ActionKind::NudgeNumber
                    | ActionKind::Sweep
                    | ActionKind::SetUp
                    | ActionKind::Judge
            );
            if let Some(id) = self.state.gated_by.first().filter(|_| wanted).cloned() {
                self.ask_first(&id);
            }
            return;
        }
        self.take_up_invitation(action.kind);
        let slides = action.kind == ActionKind::SetControl && action.variant == "range";
        if slides || action.kind == ActionKind::DragNumber {
            self.state.dragging = true;
        } else if action.kind != ActionKind::Hover {
            self.state.dragging = false;
            self.session.let_go();
        }
        let nanos = Time::from_nanos(crate::sim::clamp(action.number, 0.0, 1e18) as u64);
        match action.kind {
            ActionKind::Play => {
                self.state.held = self.state.playing;
                if self.state.held { self.pause() } else { self.play() }
            }
            ActionKind::StepBack | ActionKind::StepForward => {
                self.state.held = true;
                self.step(action.kind == ActionKind::StepForward);
            }
            ActionKind::Seek => self.seek(nanos),
            ActionKind::MoveTimeLine => self.seek(self.state.time_at_position(action.number)),
            ActionKind::TimeLineKey => {
                if let Some(to) = self.state.time_after_key(&action.text) {
                    self.seek(to);
                }
            }
            ActionKind::Speed => {
                if let Ok(speed) = crate::sim::Unit::Factor.parse(&action.text) {
                    self.state.speed = speed;
                    self.state.slow = false;
                    self.state.lag = 0.0;
                    self.dirty.playback = true;
                }
            }
            ActionKind::SetControl => self.move_control(action, before_change),
            ActionKind::Place => self.place_thing(action, before_change),
            ActionKind::HoldNumber => self.start_drag(&action.target),
            ActionKind::DragNumber => self.drag(action, before_change),
            ActionKind::NudgeNumber => self.move_by_key(action, before_change),
            ActionKind::GoTo => self.go_to_setting(action),
            ActionKind::Act => {
                if let Some(change) = explain::parse_action(&self.state, action, &mut self.extra_patches) {
                    self.apply_change(change, before_change);
                    self.show_effect();
                }
            }
            ActionKind::Search => self.search(),
            ActionKind::DrawAcross => {
                if self.draw_across(action, before_change) {
                    self.show_effect();
                }
            }
            ActionKind::Choose => self.begin_choosing(action),
            ActionKind::Chosen => self.act_on_chosen(before_change),
            ActionKind::Skip => self.skip(&action.target),
            ActionKind::OpenView => {
                if let Ok(view) = crate::player::decode_view(&action.text) {
                    self.show_view(view);
                }
            }
            ActionKind::Select => {
                if let Some(who) = explain::parse_entity(&action.target) {
                    self.press_entity(who, before_change);
                }
            }
            ActionKind::Point => {
                if let Some(who) = self.state.entity_at(action.point) {
                    self.press_entity(who, before_change);
                }
            }
            ActionKind::Hover => {
                let draws = self.state.spec.actions.iter().any(|action| action.by_drawing);
                let ground = if draws { "crosshair" } else { "default" };
                let who = self.state.entity_at(action.point);
                let cursor = if who.is_some() { "pointer" } else { ground };
                let picture = || selector(class::PICTURE);
                self.extra_patches.push(Patch::Style(picture(), "cursor".into(), cursor.to_owned()));
                let says = who.map(|who| self.state.hover_title(who));
                self.extra_patches.push(Patch::Attribute(picture(), "title".into(), says));
            }
            ActionKind::Walk => self.move_focus(&action.text),
            ActionKind::CloseExplanation if self.state.choosing.is_some() => self.end_choosing(),
            ActionKind::CloseExplanation => self.close_explanation(),
            ActionKind::TakeBack => self.undo(),
            ActionKind::SetSeed => self.reseed(&action.text),
            ActionKind::Reshuffle => {
                self.state.run.seed = Seed(action.number as u64);
                self.rerun();
            }
            ActionKind::CopySeed => self
                .extra_patches
                .push(Patch::Copy { field: seed_field(), button: find(does(ActionKind::CopySeed)) }),
            ActionKind::Drawer => tools::open_drawer(&self.state, &action.target, &mut self.extra_patches),
            ActionKind::CopyLink => {
                self.extra_patches.push(Patch::Copy {
                    field: find(inside(class::COPY, "input")),
                    button: find(does(ActionKind::CopyLink)),
                });
            }
            ActionKind::SaveRun => self.extra_patches.push(Patch::Download {
                name: [self.state.spec.id.as_ref(), FILE_SUFFIX].concat(),
                text: encode_view(&self.state.view()),
            }),
            ActionKind::Reset => {
                self.extra_patches.extend(tools::close_drawers());
                self.state.own_runs.clear();
                self.state.was_led = false;
                let first = self.state.initial_view.clone();
                self.open_view(first);
                self.extra_patches.push(Patch::Focus(selector(class::PLAY)));
            }
            ActionKind::OpenRun => self.open_run(&action.text),
            ActionKind::Tables => {
                self.state.tables_open = action.number > 0.0;
                self.dirty.readings = true;
            }
            ActionKind::CloseNotice => self.set_notice(None),
            ActionKind::Commit => self.commit(action),
            ActionKind::SetUp => self.set_up(&action.target),
            ActionKind::Judge => self.judge(&action.target),
            ActionKind::AnswerAgain => self.answer_again(&action.target),
            ActionKind::Understand => self.understand(&action.target, &action.text),
            ActionKind::CallOff => self.cancel_batch(),
            ActionKind::Check => {
                self.state.note_answered(&action.target);
                self.dirty.markers = true;
            }
            ActionKind::Sweep => self.sweep(&action.text),
            ActionKind::Compare => self.compare(&action.target),
            ActionKind::Swap => self.swap(),
            ActionKind::Side => self.set_side(&action.text),
            ActionKind::Contributors => self.show_contributors(&action.target),
            ActionKind::SavePicture => self.save_picture(&action.variant),
            ActionKind::SaveNumbers => self.save_numbers(),
            // The page does these itself; and what was dragged has been let go of above.
            ActionKind::LetGo
            | ActionKind::ChooseRunFile
            | ActionKind::TryAgain
            | ActionKind::Reload
            | ActionKind::Sheet
            | ActionKind::MoveUp
            | ActionKind::MoveDown
            | ActionKind::Question
            | ActionKind::Undock
            | ActionKind::BackToText => {}
        }
    }

    /// Why a control can't be moved now, if it can't.
    fn not_movable(&self, control: &Control) -> Option<String> {
        let state = &self.state;
        if state.log_decides(&control.id) {
            return Some(text::LOG_DECIDES.to_owned());
        }
        if state.is_fixed(&control.id) {
            return Some(text::fill(text::FIXED, &[&control.label]));
        }
        let other = state.idle_by(control)?;
        let is = other.show(&state.value(other));
        Some(text::fill(text::IDLE, &[&control.label, &other.label, &is]))
    }

    /// Applies an input at the moment shown. A control that is moved before anything else was done is changed from the
    /// start on.
    pub(super) fn apply_change(&mut self, change: InputKind, before_change: BeforeChange) {
        if let InputKind::Set { control, .. } = &change
            && let Some((_, control)) = self.state.spec.control(control)
            && let Some(why) = self.not_movable(control)
        {
            self.refuse(why);
            // What was typed or moved goes back to what is in force.
            let is = self.state.value(control);
            self.extra_patches.extend(controls::input_feedback(control, Ok(&is)));
            self.dirty.run = true;
            return;
        }
        let again = self.state.is_over().then(|| change.clone());
        let state = &mut self.state;
        let from_start = state.untouched && matches!(change, InputKind::Set { .. });
        if !matches!(change, InputKind::Set { .. }) {
            state.untouched = false;
        }
        if !state.playing {
            state.target = state.at;
        }
        self.state.before = None;
        self.state.contributors = None;
        self.dirty.explanation = true;
        self.set_notice(None);
        let at = if from_start { Time::ZERO } else { self.state.at };
        self.search = None;
        before_change(self.state.change_starting(at, &change));
        let beside = self.state.set_by(&change);
        self.session.keep(self.state.set_up_for.map_or(Vec::new(), |it| (it.scripted_inputs)()));
        match self.ask(Query::Change { at, change }) {
            Reply::Changed { .. } if let Some(InputKind::Set { control, value }) = &again => {
                // The figure accepts it, but not here.
                self.ask(Query::Undo);
                return self.start_over(control, value);
            }
            Reply::Changed { run, at: next, can_undo } => {
                let state = &mut self.state;
                state.run = run;
                state.can_undo = can_undo;
                state.was_led = false;
                if !from_start {
                    state.dropped_after = (state.seen > at).then_some(at);
                    state.seen = next;
                    state.target = next;
                    state.play_position = next.secs();
                }
            }
            Reply::Refused(why) => {
                let why = self.state.say(&why);
                match beside {
                    Some(control) => self.extra_patches.extend(controls::input_feedback(control, Err(&why))),
                    None => self.refuse(why),
                }
            }
            _ => {}
        }
        self.run_changed();
        self.state.stale = true;
        self.dirty.run = true;
        self.dirty.markers = true;
        self.advance();
    }

    /// Plays the run that was shown to its end again, with a control set from the start on: at the end there is nothing left
    /// to change.
    fn start_over(&mut self, control: &str, value: &Value) {
        let mut run = self.state.run.clone();
        run.inputs.retain(
            |input| !matches!(&input.change, InputKind::Set { control: other, .. } if other == control),
        );
        // The control has accepted it.
        let _ = run.set(self.state.spec, control, value);
        self.show_view(View { run, compared_controls: Vec::new(), at: Time::ZERO });
        self.play();
    }

    /// After an action one sees what comes of it: what explains the thing doesn't lie over the picture any longer, and the figure
    /// plays on, unless its learner holds it.
    fn show_effect(&mut self) {
        let state = &self.state;
        let (refused, ended) = (state.notice.is_some(), state.at >= state.spec.until);
        let plays = !(state.held || state.reduced_motion || ended) && state.spec.pace == Pace::Continuous;
        if !refused && state.selected.is_some() {
            self.close_explanation();
        }
        if plays && !refused {
            self.play();
        }
    }

    /// Undoes the last change and restores what it dropped.
    fn undo(&mut self) {
        if let Reply::Changed { run, at, can_undo } = self.ask(Query::Undo) {
            let state = &mut self.state;
            state.run = run;
            state.can_undo = can_undo;
            state.dropped_after = None;
            state.contributors = None;
            if !state.untouched {
                state.target = at;
                state.play_position = at.secs();
            }
            state.stale = true;
            self.set_notice(None);
            self.run_changed();
            self.dirty.run = true;
            self.dirty.markers = true;
            self.dirty.explanation = true;
            self.advance();
        }
    }

    fn reseed(&mut self, typed: &str) {
        let seed = typed.parse::<Seed>().map_err(|why| why.to_string());
        self.extra_patches.push(Patch::Text(
            find(inside(class::SEED_CONTROL, &css(class::ERROR))),
            seed.as_ref().err().cloned().unwrap_or_default(),
        ));
        if let Ok(seed) = seed {
            self.state.run.seed = seed;
            self.rerun();
        }
    }

    fn open_run(&mut self, text: &str) {
        let view = crate::player::decode_view(text.trim());
        match view {
            Ok(view) if view.run.figure == self.state.spec.id => {
                self.extra_patches.extend(tools::close_drawers());
                self.open_view(view);
                self.state.untouched = false;
            }
            _ => self.set_notice(Notice::plain(text::NO_RUN_IN_FILE)),
        }
    }

    /// Follows a phrase of the text: the run that the page opened with, with the controls that the phrase names set from the
    /// start on. So it shows what the text says, whatever was done before.
    fn go_to_setting(&mut self, action: &UserAction) {
        let at = (action.number >= 0.0).then(|| Time::from_nanos(action.number as u64));
        let spec = self.state.spec;
        // Where the learner's own data is replayed, what the text leads to is about that.
        let now = &self.state.run;
        let mut run = match now.data {
            Some(_) => Run { inputs: Vec::new(), ..now.clone() },
            None => Run { seed: now.seed, ..self.state.initial_view.run.clone() },
        };
        for (id, value) in action.text.split('&').filter_map(|pair| pair.split_once('=')) {
            if let Some((_, control)) = spec.control(id)
                && let Ok(value) = control.parse(&percent_decode(value))
            {
                // The control has just accepted it.
                let _ = run.set(spec, id, &value);
            }
        }
        let at = at.unwrap_or(self.state.at);
        self.show_view(View { run, compared_controls: Vec::new(), at });
    }

    /// Opens a run at a moment that a phrase, a verdict or a notice is about, and plays into it. Beside the readings stand
    /// those that were shown before, if they are of the same moment and the runs differ in one control: else it would be no
    /// comparison.
    pub(super) fn show_view(&mut self, view: View) {
        let at = view.at;
        let values = [&self.state.run, &view.run].map(|run| run.values(self.state.spec));
        let changed = values[0].iter().zip(&values[1]).filter(|(was, is)| was != is).count();
        let compares = changed == 1 && self.state.at == at && self.state.run.inputs == view.run.inputs;
        let before = self.state.frame.as_ref().filter(|_| compares).map(|frame| frame.readings.clone());
        // A challenge goes on while runs are shown that keep to what it fixes.
        let run = &self.state.run;
        let goes_on = self.state.set_up_for.filter(|it| fixed_in(it, run).eq(fixed_in(it, &view.run)));
        // An open drawer would lie over what it shows.
        self.extra_patches.extend(tools::close_drawers());
        self.state.lead_to(&view.run);
        self.open_view(view);
        self.state.set_up_for = goes_on;
        self.state.before = before;
        self.state.untouched = false;
        self.play_into(at);
    }

    /// The first thing that is done takes up the invitation on the picture; not a line that misses everything.
    pub(super) fn take_up_invitation(&mut self, kind: ActionKind) {
        use ActionKind as A;
        if !matches!(
            kind,
            A::Hover | A::DrawAcross | A::Speed | A::Tables | A::Commit | A::Understand | A::Check | A::Play
        ) && self.state.invites.take().is_some()
        {
            self.extra_patches.push(super::set_visible(selector(class::INVITATION), false));
        }
    }
}

/// The controls that a challenge fixes, as a run has them.
fn fixed_in<'a>(challenge: &'a Challenge, run: &'a Run) -> impl Iterator<Item = &'a (String, Value)> {
    run.controls.iter().filter(|(id, _)| !challenge.free.contains(&id.as_ref()))
}

/// The seed's field.
pub(super) fn seed_field() -> Selector {
    find(inside(class::SEED, "input"))
}

impl super::state::FigureState {
    /// What the pointer is told of a thing.
    fn hover_title(&self, who: crate::sim::Entity) -> String {
        if let Some(says) = self.says_choice(who) {
            return says;
        }
        let acted_on = self.spec.is_acted_on(who.kind);
        let pattern = if acted_on { text::HOVER_ACTED_ON } else { text::HOVER };
        text::fill(pattern, &[&self.title(who)])
    }

    /// Whether a run was played to its end.
    fn is_over(&self) -> bool {
        let whole = self.spec.pace == Pace::Continuous && self.compared_controls.is_none();
        whole && !self.untouched && self.at >= self.spec.until
    }

    /// The control that a change moves, if what is wrong with it is said beside its widget.
    fn set_by(&self, change: &InputKind) -> Option<&'static Control> {
        let InputKind::Set { control, .. } = change else { return None };
        let (_, control) = self.spec.control(control)?;
        let beside = control.kind.is_made_of_things() || matches!(control.kind, ControlKind::Text { .. });
        beside.then_some(control)
    }

    /// The event that announces a change: a link to the run with it, and the run to return to.
    fn change_starting(&self, at: Time, change: &InputKind) -> DeskEvent {
        let back = self.view();
        let mut culprit = View { at: self.target.max(self.at), ..back.clone() };
        match change {
            InputKind::Set { control, value } if at == Time::ZERO => {
                // The figure refuses what it doesn't know, so that can't make it fail.
                let _ = culprit.run.set(self.spec, control, value);
            }
            change => {
                culprit.run.inputs.retain(|input| input.at <= at);
                culprit.run.inputs.push(Input { at, change: change.clone() });
            }
        }
        DeskEvent::ChangeStarting { culprit: encode_view(&culprit), fallback: encode_view(&back) }
    }
}
