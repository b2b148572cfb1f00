//! Opening a figure: as the page shows it, from a link, or again after its worker has ended.

use super::notice::Notice;
use super::protocol::OpenFigure;
use super::state::FigureState;
use super::{Desk, Dirty, text};
use crate::player::{LinkError, Query, Reply, Run, View, bytes_to_text, decode_view, text_to_bytes};
use crate::scene::Words;
use crate::sim::Time;

/// A lesson's words encoded as text for an HTML attribute. Unlike base64 it compresses as well as the words themselves.
pub fn encode_words(words: &Words) -> String {
    bytes_to_text(&postcard::to_allocvec(words).unwrap_or_default())
}

fn decode_words(facts: &str) -> Words {
    let bytes = text_to_bytes(facts).unwrap_or_default();
    // If the words can't be decoded, the figure shows message ids instead.
    postcard::from_bytes(&bytes).unwrap_or_default()
}

impl Desk {
    pub(super) fn open(&mut self, opening: OpenFigure) {
        let OpenFigure {
            page_id,
            words: facts,
            initial_view,
            view,
            from_link,
            own_runs,
            challenge,
            notice,
            gated_by,
            attempts,
            restores,
            invites,
            plays,
        } = opening;
        let Ok(initial_view) = decode_view(&initial_view) else { return };
        let Some(figure) = self.figures.iter().find(|figure| figure.spec.id == initial_view.run.figure)
        else {
            return;
        };
        let (widths, reduced_motion) = (self.state.widths, self.state.reduced_motion);
        self.state = FigureState {
            page_id,
            words: decode_words(&facts),
            widths,
            reduced_motion,
            own_runs: own_runs.iter().filter_map(|code| decode_view(code).ok()).collect(),
            challenges: figure.challenges,
            ..FigureState::of(figure.spec)
        };
        self.state.initial_view = initial_view.clone();
        self.state.invites = super::explain::parse_entity(&invites).filter(|_| !from_link);
        self.current_batch = None;
        self.begin_predictions(gated_by, &attempts, from_link);
        if restores {
            self.restore(&attempts);
        }
        self.reset_focus();
        let mut notice = notice;
        let given = view.map(|code| {
            let view = decode_view(&code);
            view.and_then(|view| {
                if view.run.figure == initial_view.run.figure { Ok(view) } else { Err(LinkError::Unsound) }
            })
        });
        match given {
            None => self.open_view(initial_view),
            Some(Ok(view)) => {
                if from_link {
                    let list = self.state.differences(&view);
                    notice = Some(Notice { list, ..Notice::plain(text::FROM_LINK) });
                }
                let untouched = view == initial_view;
                self.open_view(view);
                self.state.untouched = untouched;
                self.state.set_up_for = self.figure().challenge(&challenge).ok();
            }
            Some(Err(error)) => {
                notice = Some(Notice::plain(text::fill(text::BAD_LINK, &[&error.to_string()])));
                self.open_view(initial_view);
            }
        }
        let state = &mut self.state;
        state.was_led = !from_link && state.own_runs.pop_if(|own| own.run == state.run).is_none();
        // What is wrong with the run itself comes first.
        if self.state.notice.is_none() {
            self.set_notice(notice);
        }
        if plays && !self.state.masked && !self.state.reduced_motion && self.state.untouched {
            self.play_on();
        }
    }

    /// Opens a run at a moment.
    pub(super) fn open_view(&mut self, view: View) {
        self.end_choosing();
        let state = &mut self.state;
        let View { run, compared_controls, at } = view;
        state.target = if state.masked { Time::ZERO } else { state.moment(at) };
        state.run = run;
        state.compared_controls = (!compared_controls.is_empty()).then_some(compared_controls);
        state.before = None;
        state.set_up_for = None;
        state.stop_at = None;
        state.at = state.target;
        state.seen = state.target;
        state.play_position = state.target.secs();
        state.playing = false;
        state.slow = false;
        state.can_undo = false;
        state.dropped_after = None;
        state.selected = None;
        state.explanation = None;
        state.written_texts.clear();
        state.untouched = true;
        self.reopen();
    }

    /// Opens the state's run in the session again. What was said of the one before goes.
    pub(super) fn reopen(&mut self) {
        self.search = None;
        self.state.contributors = None;
        self.set_notice(None);
        let run = self.state.run.clone();
        match self.ask(Query::Open(run)) {
            Reply::Opened(opened) => {
                self.state.run = opened.run;
                if !opened.notes.is_empty() {
                    let says: Vec<String> = opened.notes.iter().map(|msg| self.state.say(msg)).collect();
                    self.set_notice(Notice::plain(says.join(" ")));
                }
            }
            Reply::Refused(why) => {
                let why = text::fill(text::NOT_OPENED, &[&self.state.say(&why)]);
                self.set_notice(Notice::plain(why));
                let View { run, at, .. } = self.state.initial_view.clone();
                let first: Run = run.clone();
                self.state.run = run;
                self.state.target = at;
                if !matches!(self.ask(Query::Open(first)), Reply::Opened(_)) {
                    return;
                }
            }
            _ => return,
        }
        self.run_changed();
        let state = &mut self.state;
        state.can_undo = false;
        state.markers.clear();
        state.markers_known = 0;
        state.stale = true;
        self.dirty = Dirty {
            picture: true,
            readings: true,
            run: true,
            playback: true,
            markers: true,
            explanation: true,
            notice: true,
        };
        self.advance();
    }

    /// Called when the run has changed, so that a comparison follows it.
    pub(super) fn run_changed(&mut self) {
        self.restart_compared();
    }

    /// Opens the run again with another seed or other data, at the same moment.
    pub(super) fn rerun(&mut self) {
        self.state.dropped_after = None;
        self.state.was_led = false;
        self.state.seen = self.state.target;
        self.reopen();
    }

    /// Replays the learner's file from the start, so many times faster than it was written, and plays.
    pub(super) fn replay(&mut self, data: Option<u64>, pace: Option<f64>) {
        let state = &mut self.state;
        state.run.data = data;
        state.run.inputs.clear();
        let (control, option) = super::data::ARRIVALS;
        // A figure without this control replays its data anyway.
        let _ = state.run.set(state.spec, control, &crate::player::Value::Choice(option.to_owned()));
        if let Some(pace) = pace
            && let Some((_, control)) = state.spec.control(super::data::PACE)
            && let Ok(value) = control.accept(&crate::player::Value::Number(pace.min(1e5)))
        {
            let _ = state.run.set(state.spec, super::data::PACE, &value);
        }
        state.target = Time::ZERO;
        state.play_position = 0.0;
        state.untouched = false;
        self.rerun();
        if !self.state.reduced_motion {
            self.play();
        }
    }

    pub(super) fn set_notice(&mut self, notice: impl Into<Option<Notice>>) {
        self.state.notice = notice.into();
        self.state.notice_passes = false;
        self.dirty.notice = true;
    }

    /// Says why something can't be done now.
    pub(super) fn refuse(&mut self, why: String) {
        self.set_notice(Notice::plain(why));
        self.state.notice_passes = true;
    }

    /// The learner leaves the moment shown, and what was refused there is of no concern any more.
    pub(super) fn leave_moment(&mut self) {
        if self.state.notice_passes {
            self.set_notice(None);
        }
    }
}

impl FigureState {
    /// Lists how a run differs from the one that the page shows at first.
    fn differences(&self, view: &View) -> Vec<String> {
        let (spec, run, first) = (self.spec, &view.run, &self.initial_view.run);
        let (here, there) = (run.values(spec), first.values(spec));
        let differ =
            spec.controls.iter().zip(here.iter().zip(&there)).filter(|(_, (here, there))| here != there);
        let mut list: Vec<String> = differ
            .map(|(control, (here, _))| text::fill(text::DIFFERS, &[&control.label, &control.show(here)]))
            .collect();
        if run.seed != first.seed {
            list.push(text::fill(text::DIFFERS, &[text::SEED, &run.seed.to_string()]));
        }
        let against =
            view.compared_controls.iter().filter_map(|(id, value)| Some((spec.control(id)?.1, value)));
        list.extend(
            against.map(|(control, value)| {
                text::fill(text::DIFFERS, &[text::COMPARED_WITH, &control.show(value)])
            }),
        );
        if !run.inputs.is_empty() {
            list.push(text::fill(text::DIFFERS_INPUTS, &[&run.inputs.len().to_string()]));
        }
        list
    }
}
