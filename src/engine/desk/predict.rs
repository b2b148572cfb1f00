//! Predictions: committed before the run and graded by it. Until then the answer is only in the page's fields; once
//! committed it is part of the learner's record and can't be changed.

use super::markup::{attr, class, css, inside, with};
use super::protocol::{NewElement, Patch, Selector, UserAction, element, page_selector};
use super::state::FigureState;
use super::{Desk, text, tools, transport};
use crate::learner::{Attempt, Grade, Task};
use crate::player::{AnswerKind, CURVE_POINTS, Grading, Prediction, Value, View, encode_view, mean_distance};
use crate::sim::{Unit, clamp};

/// Events per slice of grading.
const SLICE: u64 = 60_000;
/// The height of a drawn curve's area, in its own units.
pub const HEIGHTS: f64 = 1_000.0;

/// A run should show what was predicted within so many seconds. The speeds to choose from, with their names on the
/// page.
const LONGEST_WAIT: f64 = 15.0;
const SPEEDS: [(f64, &str); 5] = [(1.0, "1"), (2.0, "2"), (5.0, "5"), (10.0, "10"), (60.0, "60")];

/// A prediction that was committed.
pub(super) struct Committed {
    prediction: &'static Prediction,
    answer: Value,
    /// The answer as text, for the record.
    answer_text: String,
    stage: Stage,
}

enum Stage {
    /// The truth is being computed.
    Grading(Grading),
    /// The truth is known, and is revealed once the run shows it.
    Known(Value),
    /// The truth has been revealed.
    Revealed,
}

/// A selector within a prediction's section.
fn prediction_selector(id: &str, selector: &str) -> Selector {
    page_selector([&with(attr::PREDICT, id), " ", selector].concat())
}

fn set_stage(id: &str, stage: &str) -> Patch {
    Patch::Attribute(page_selector(with(attr::PREDICT, id)), attr::STAGE.into(), Some(stage.into()))
}

/// Disables a prediction's fields.
fn disable_fields(id: &str) -> Patch {
    let buttons = [class::ANSWER_BUTTONS, class::ANSWER_ORDER].map(|class| inside(class, "button"));
    let fields = [":is(input, ", &buttons.join(", "), ")"].concat();
    Patch::Attribute(prediction_selector(id, &fields), "disabled".into(), Some(String::new()))
}

impl FigureState {
    /// Whether a prediction that gates the figure is still open.
    fn is_gated(&self) -> bool {
        self.gated_by.iter().any(|id| !self.answered.contains(id))
    }
}

impl Desk {
    /// Starts with the attempts that the learner has made before.
    pub(super) fn begin_predictions(&mut self, after: Vec<String>, done: &[Attempt], linked: bool) {
        let answered = done.iter().filter(|it| matches!(it.task, Task::Prediction | Task::Incident));
        self.state.answered = answered.map(|attempt| attempt.id.clone()).collect();
        let judged = done.iter().filter(|attempt| attempt.task == Task::Challenge);
        self.state.judged = judged.map(|attempt| attempt.id.clone()).collect();
        self.state.gated_by = after;
        // A run from a link is shown even if predictions are open.
        self.state.masked = !linked && self.state.is_gated();
    }

    /// Skips a prediction.
    pub(super) fn skip(&mut self, id: &str) {
        if !self.state.is_answered(id) {
            self.record(id, String::new(), Grade::Skipped);
            self.extra_patches.push(set_stage(id, "skipped"));
            self.extra_patches.push(disable_fields(id));
            self.unmask(false);
        }
    }

    /// Commits a prediction.
    pub(super) fn commit(&mut self, action: &UserAction) {
        let id = action.target.as_str();
        let figure = self.figure();
        let Some(prediction) = figure.prediction(id) else { return };
        if self.state.is_answered(id) {
            return;
        }
        let answer = match parse_answer(&prediction.answer_kind, &action.text) {
            Ok(answer) => answer,
            Err(why) => {
                return self
                    .extra_patches
                    .push(Patch::Text(prediction_selector(id, &css(class::ANSWER_ERROR)), why));
            }
        };
        self.extra_patches
            .push(Patch::Text(prediction_selector(id, &css(class::ANSWER_ERROR)), String::new()));
        self.extra_patches.push(set_stage(id, "committed"));
        self.extra_patches.push(disable_fields(id));
        let grading = Grading::start(figure, prediction, &self.state.initial_view.run);
        let Ok(grading) = grading else { return };
        self.state.note_answered(id);
        let stage = Stage::Grading(grading);
        self.state.committed.push(Committed { prediction, answer, answer_text: action.text.clone(), stage });
        self.extra_patches
            .push(Patch::Text(prediction_selector(id, &css(class::ANSWER_VERDICT)), text::GRADING.into()));
        self.extra_patches.push(Patch::Focus(prediction_selector(id, &css(class::ANSWER_VERDICT))));
        // A truth that is read off other runs isn't shown by this one. But a figure that has waited for the answer runs now.
        self.unmask(prediction.runs.is_empty() || self.state.masked);
        if prediction.runs.is_empty() {
            self.raise_speed(prediction.at.secs());
        }
    }

    /// Raises the speed so that a moment is reached within `LONGEST_WAIT`.
    fn raise_speed(&mut self, until: f64) {
        let fast = SPEEDS.into_iter().find(|(speed, _)| until / speed <= LONGEST_WAIT);
        if let Some((speed, name)) = fast.filter(|(speed, _)| *speed > self.state.speed) {
            self.state.speed = speed;
            let field = super::protocol::find(inside(class::SPEED, "select"));
            self.extra_patches.push(Patch::Value { field, value: name.into(), forced: true });
        }
    }

    /// Reveals the run once no gating prediction is open any more, and plays it after a commit.
    fn unmask(&mut self, play: bool) {
        if self.state.is_gated() {
            return;
        }
        if core::mem::replace(&mut self.state.masked, false) || play {
            self.open_view(self.state.initial_view.clone());
        }
        if play {
            self.play();
        }
    }

    /// Computes one slice towards the truth of a committed prediction; whether there was something to do.
    pub(super) fn grade(&mut self) -> bool {
        let committed = &mut self.state.committed;
        let grading = |it: &&mut Committed| matches!(it.stage, Stage::Grading(_));
        let Some(it) = committed.iter_mut().find(grading) else { return false };
        let Stage::Grading(grading) = &mut it.stage else { return false };
        if let Some(truth) = grading.work(SLICE) {
            let right = it.prediction.answer_kind.is_right(&it.answer, &truth);
            let (id, written) = (it.prediction.id, it.answer_text.clone());
            it.stage = Stage::Known(truth);
            self.record(id, written, if right { Grade::Right } else { Grade::Wrong });
            let waits = self.state.waiting_message(id);
            self.extra_patches.extend(waits);
        }
        true
    }

    fn record(&mut self, id: &str, answer: String, grade: Grade) {
        let first = View { at: self.state.spec.until, ..self.state.initial_view.clone() };
        let run = Some(encode_view(&first));
        self.attempts.push(Attempt { task: Task::Prediction, id: id.to_owned(), answer, grade, run });
        self.state.note_answered(id);
    }
}

impl FigureState {
    /// Whether a prediction or an incident of the lesson has been answered or skipped.
    pub(super) fn is_answered(&self, id: &str) -> bool {
        self.answered.iter().any(|done| done == id)
    }

    pub(super) fn note_answered(&mut self, id: &str) {
        if !self.is_answered(id) {
            self.answered.push(id.to_owned());
        }
    }

    /// The message while the truth is known but the run hasn't shown it yet.
    fn waiting_message(&self, id: &str) -> Option<Patch> {
        let it = self.committed.iter().find(|it| it.prediction.id == id)?;
        let at = it.prediction.at;
        let words = text::fill(text::WATCH, &[&transport::clock(at, self.spec.pace)]);
        let nodes = vec![element("p", "").text(&words), tools::seek_button(at, "", text::SHOW_NOW)];
        (!self.is_revealed(it))
            .then(|| Patch::Children(prediction_selector(id, &css(class::ANSWER_VERDICT)), nodes))
    }

    /// Whether the truth may be revealed: the run has reached its moment, or the truth is read off other runs.
    fn is_revealed(&self, it: &Committed) -> bool {
        !it.prediction.runs.is_empty() || self.at >= it.prediction.at
    }
}

/// Writes the verdicts of predictions that can be revealed now.
pub(super) fn write(state: &mut FigureState, out: &mut Vec<Patch>) {
    for n in 0..state.committed.len() {
        let it = &state.committed[n];
        if let Stage::Known(truth) = &it.stage
            && state.is_revealed(it)
        {
            verdict(it.prediction, &it.answer, truth, out);
            state.committed[n].stage = Stage::Revealed;
        }
    }
}

fn verdict(prediction: &Prediction, answer: &Value, truth: &Value, out: &mut Vec<Patch>) {
    let id = prediction.id;
    let right = prediction.answer_kind.is_right(answer, truth);
    let mut says = if right { text::RIGHT } else { text::NOT_RIGHT }.to_owned();
    let mark = |option: &str, words: String| {
        let place = [&with(attr::OPTION, option), " ", &css(class::MARK)].concat();
        Patch::Text(prediction_selector(id, &place), words)
    };
    match (&prediction.answer_kind, answer, truth) {
        (AnswerKind::Choice(_), Value::Choice(answer), Value::Choice(truth)) => {
            out.push(mark(answer, text::YOUR_ANSWER.into()));
            out.push(mark(truth, if right { text::YOURS_AND_RIGHT } else { text::WHAT_HAPPENS }.into()));
        }
        (AnswerKind::Number { unit, .. }, Value::Number(answer), Value::Number(truth)) => {
            says =
                [&says, " ", &text::fill(text::SAYS_NUMBER, &[&unit.format(*truth), &unit.format(*answer)])]
                    .concat();
        }
        (AnswerKind::Order(things), _, Value::Order(truth)) => {
            for (place, thing) in truth.iter().enumerate() {
                let words = text::fill(text::PLACE, &[&(place + 1).to_string()]);
                out.push(mark(things[usize::from(*thing)], words));
            }
        }
        (AnswerKind::Curve { y, tolerance, .. }, Value::Curve(answer), Value::Curve(truth)) => {
            let off =
                [mean_distance(answer, truth), tolerance * (y.to - y.from)].map(|off| y.unit.format(off));
            says = [&says, " ", &text::fill(text::OFF, &[&off[0], &off[1]])].concat();
            let line = truth.iter().map(|&h| (f64::from(h) - y.from) / (y.to - y.from));
            out.push(Patch::Attribute(
                prediction_selector(id, &css(class::TRUTH)),
                "points".into(),
                Some(polyline(line)),
            ));
        }
        _ => {}
    }
    out.push(set_stage(id, if right { "right" } else { "wrong" }));
    let nodes: Vec<NewElement> = vec![element("p", "answer-grade").text(&says)];
    out.push(Patch::Children(prediction_selector(id, &css(class::ANSWER_VERDICT)), nodes));
}

/// The points of an SVG polyline over a square of [`HEIGHTS`], from shares of its height.
pub(super) fn polyline(shares: impl Iterator<Item = f64>) -> String {
    let mut points = String::new();
    for (n, share) in shares.enumerate() {
        let x = HEIGHTS * n as f64 / (CURVE_POINTS - 1) as f64;
        let y = HEIGHTS * (1.0 - clamp(share, 0.0, 1.0));
        for (number, after) in [(x, ","), (y, " ")] {
            points.push_str(&(libm::round(number) as i64).to_string());
            points.push_str(after);
        }
    }
    points
}

/// A number as people write it: `6,4` is 6.4 and `1,500` is 1500. For a share, `20`, `20 %` and `0.2` are the same.
fn parse_number(unit: Unit, written: &str) -> Result<f64, String> {
    let mut plain = written.trim().to_owned();
    if let Some(number) = plain.strip_suffix("percent") {
        plain = [number, "%"].concat();
    }
    if let Some((whole, after)) = plain.split_once(',') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let thousands = digits == 3 && whole != "0";
        plain = [whole, if thousands { "" } else { "." }, after].concat();
    }
    let value = unit.parse(&plain).map_err(|why| why.to_string())?;
    let share = unit == Unit::Share;
    let value = match share && !plain.ends_with('%') {
        true if value == 1.0 => return Err(text::ONE_OR_ALL.to_owned()),
        true if value > 1.0 => value / 100.0,
        _ => value,
    };
    if share && !(0.0..=1.0).contains(&value) { Err(text::NO_SHARE.to_owned()) } else { Ok(value) }
}

/// Reads an answer as the page writes it: an option's id, a number, ids in order, heights of a curve.
fn parse_answer(asks: &AnswerKind, written: &str) -> Result<Value, String> {
    if written.trim().is_empty() {
        return Err(text::ANSWER_FIRST.to_owned());
    }
    let parts = || written.split(',').filter(|part| !part.is_empty());
    let value = match asks {
        AnswerKind::Choice(_) => Value::Choice(written.to_owned()),
        AnswerKind::Number { unit, .. } => Value::Number(parse_number(*unit, written)?),
        AnswerKind::Order(things) => {
            let place = |id: &str| things.iter().position(|thing| *thing == id).map(|n| n as u16);
            Value::Order(parts().filter_map(place).collect())
        }
        AnswerKind::Curve { y, .. } => {
            let height = |text: &str| {
                let share = Unit::Count.parse(text).unwrap_or(0.0) / HEIGHTS;
                (y.from + (y.to - y.from) * share) as f32
            };
            Value::Curve(parts().map(height).collect())
        }
    };
    if asks.accepts(&value) { Ok(value) } else { Err(text::ANSWER_FIRST.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let share = |text| parse_number(Unit::Share, text);
        for text in ["20", "20 %", "0.2", "20%", "0,2", "20 percent", " 20"] {
            assert_eq!(share(text), Ok(0.2), "{text}");
        }
        assert_eq!((share("100 %"), share("1 %"), share("0")), (Ok(1.0), Ok(0.01), Ok(0.0)));
        assert_eq!(share("1"), Err(text::ONE_OR_ALL.to_owned()));
        for text in ["2000 %", "-500 %", "-1", "101"] {
            assert_eq!(share(text), Err(text::NO_SHARE.to_owned()), "{text}");
        }
        assert!(share("a third").is_err());
        let count = |text| parse_number(Unit::Count, text);
        assert_eq!((count("6,4"), count("1,500"), count("1.5k")), (Ok(6.4), Ok(1_500.0), Ok(1_500.0)));
        assert_eq!(parse_number(Unit::Time, "0,125 s"), Ok(0.125));
    }
}
