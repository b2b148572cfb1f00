//! How a figure is opened: as the page shows it, from a link, or again after its worker ended.

use super::notice::Notice;
use super::protocol::Opening;
use super::state::State;
use super::{Changed, Desk, text};
use crate::player::{Answer, Ask, LinkError, Run, View, decode_view, from_plain, to_plain};
use crate::scene::Words;
use crate::sim::Time;

/// What a page holds of a figure for its desk: the words of its lesson, as text that compresses as well as they do.
pub fn facts(words: &Words) -> String {
    to_plain(&postcard::to_allocvec(words).unwrap_or_default())
}

fn words(facts: &str) -> Words {
    let bytes = from_plain(facts).unwrap_or_default();
    // A page whose words can't be read shows the ids of its messages.
    postcard::from_bytes(&bytes).unwrap_or_default()
}

impl Desk {
    pub(super) fn open(&mut self, opening: Opening) {
        let Opening { page_id, facts, first, view, linked, notice, after, done } = opening;
        let Ok(first) = decode_view(&first) else { return };
        let Some(figure) = self.figures.iter().find(|figure| figure.spec.id == first.run.figure) else {
            return;
        };
        let (widths, calm) = (self.state.widths, self.state.calm);
        self.state = State { page_id, words: words(&facts), widths, calm, notice, ..State::of(figure.spec) };
        self.state.first = first.clone();
        self.undertaking = None;
        self.begin_predictions(after, &done, linked);
        self.begin_walk();
        let given = view.map(|code| {
            let view = decode_view(&code);
            view.and_then(|view| {
                if view.run.figure == first.run.figure { Ok(view) } else { Err(LinkError::Unsound) }
            })
        });
        match given {
            None => self.take_up(first),
            Some(Ok(view)) => {
                if linked {
                    let list = self.state.differences(&view);
                    self.state.notice = Some(Notice { list, ..Notice::plain(text::FROM_LINK) });
                }
                let untouched = view == first;
                self.take_up(view);
                self.state.untouched = untouched;
            }
            Some(Err(error)) => {
                self.state.notice = Some(Notice::plain(text::put(text::BAD_LINK, &[&error.to_string()])));
                self.take_up(first);
            }
        }
    }

    /// Takes up a run at a moment; another one than before.
    pub(super) fn take_up(&mut self, view: View) {
        let state = &mut self.state;
        let View { run, against, at } = view;
        state.target = if state.masked { Time::ZERO } else { state.moment(at) };
        state.run = run;
        state.against = (!against.is_empty()).then_some(against);
        state.makers = None;
        (state.at, state.seen, state.clock) = (state.target, state.target, state.target.secs());
        (state.playing, state.slow, state.can_take_back) = (false, false, false);
        state.dropped_after = None;
        (state.selected, state.explanation) = (None, None);
        state.untouched = true;
        self.reopen();
    }

    /// Has the session take up the desk's run anew.
    pub(super) fn reopen(&mut self) {
        let run = self.state.run.clone();
        match self.ask(Ask::Open(run)) {
            Answer::Opened(opened) => {
                self.state.run = opened.run;
                if !opened.says.is_empty() {
                    let says: Vec<String> = opened.says.iter().map(|msg| self.state.say(msg)).collect();
                    self.notify(Notice::plain(says.join(" ")));
                }
            }
            Answer::Refused(why) => {
                let why = text::put(text::NOT_OPENED, &[&self.state.say(&why)]);
                self.notify(Notice::plain(why));
                let View { run, at, .. } = self.state.first.clone();
                let first: Run = run.clone();
                (self.state.run, self.state.target) = (run, at);
                if !matches!(self.ask(Ask::Open(first)), Answer::Opened(_)) {
                    return;
                }
            }
            _ => return,
        }
        self.run_changed();
        let state = &mut self.state;
        state.can_take_back = false;
        state.markers.clear();
        state.markers_known = 0;
        state.stale = true;
        self.changed = Changed {
            shown: true,
            read: true,
            run: true,
            mode: true,
            marks: true,
            explained: true,
            notice: true,
        };
        self.go_on();
    }

    /// The run is another one than before: whoever else shows it has to know.
    pub(super) fn run_changed(&mut self) {
        self.rival_again();
    }

    /// The same run with other randomness, or of other data, from the moment wanted on.
    pub(super) fn anew(&mut self) {
        self.state.dropped_after = None;
        self.state.seen = self.state.target;
        self.reopen();
    }

    /// The learner's file is replayed from the start.
    pub(super) fn replay(&mut self, data: Option<u64>) {
        let state = &mut self.state;
        state.run.data = data;
        state.run.inputs.clear();
        let (control, option) = super::data::ARRIVALS;
        // A figure without that control takes its data without being told.
        let _ = state.run.set(state.spec, control, &crate::player::Value::Choice(option.to_owned()));
        state.target = Time::ZERO;
        state.clock = 0.0;
        state.untouched = false;
        self.anew();
    }

    pub(super) fn notify(&mut self, notice: impl Into<Option<Notice>>) {
        self.state.notice = notice.into();
        self.changed.notice = true;
    }
}

impl State {
    /// How a run differs from the one that the page opened with.
    fn differences(&self, view: &View) -> Vec<String> {
        let (spec, run, first) = (self.spec, &view.run, &self.first.run);
        let (here, there) = (run.values(spec), first.values(spec));
        let differ =
            spec.controls.iter().zip(here.iter().zip(&there)).filter(|(_, (here, there))| here != there);
        let mut list: Vec<String> = differ
            .map(|(control, (here, _))| text::put(text::DIFFERS, &[&control.label, &control.show(here)]))
            .collect();
        if run.seed != first.seed {
            list.push(text::put(text::DIFFERS, &[text::SEED, &run.seed.to_string()]));
        }
        let against = view.against.iter().filter_map(|(id, value)| Some((spec.control(id)?.1, value)));
        list.extend(
            against.map(|(control, value)| {
                text::put(text::DIFFERS, &[text::COMPARED_WITH, &control.show(value)])
            }),
        );
        if !run.inputs.is_empty() {
            list.push(text::put(text::DIFFERS_INPUTS, &[&run.inputs.len().to_string()]));
        }
        list
    }
}
