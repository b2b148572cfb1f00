//! Predictions: committed before the run and graded by it. Until then the answer is only in the page's fields. What is
//! committed is graded at once, in its card, which also offers to take the figure to the very run that was asked about. One
//! can answer again; the first answer is what the learner's record keeps.

use super::action_kind::ActionKind;
use super::markup::{attr, class, css, inside, with};
use super::protocol::{NewElement, Patch, Selector, UserAction, button, element, page_selector, selector};
use super::state::FigureState;
use super::{Desk, text, tools};
use crate::learner::{Attempt, Grade, Guess, Task};
use crate::player::{
    AnswerKind, CURVE_POINTS, Grading, Pace, Prediction, Setting, Truth, Value, View, encode_view,
    mean_distance,
};
use crate::sim::{Unit, clamp, decimal};

/// Events per slice of grading.
const SLICE: u64 = 60_000;
/// The height of a drawn curve's area, in its own units.
pub const HEIGHTS: f64 = 1_000.0;
/// And a step of the sliders that it is drawn with.
pub const HEIGHT_STEP: usize = 20;

/// How far heights of a curve are apart, in words: `1.5 points`.
pub fn apart(unit: Unit, off: f64) -> String {
    match unit {
        Unit::Share => text::fill(text::POINTS, &[&decimal::format(100.0 * off, 1)]),
        unit => unit.format(off),
    }
}

/// A prediction that was committed, while its truth is computed.
pub(super) struct Committed {
    prediction: &'static Prediction,
    answer: Value,
    /// The answer as text, for the record.
    answer_text: String,
    grading: Grading,
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
        if !self.state.gated_by.is_empty() {
            let stage = self.state.masked.then_some("open");
            self.extra_patches.push(self.state.show_question(stage));
        }
    }

    /// Shows what came of the predictions of an earlier visit. They are graded anew: their runs are what is believed.
    pub(super) fn restore(&mut self, done: &[Attempt]) {
        for Attempt { id, answer, grade, .. } in done.iter().filter(|it| it.task == Task::Prediction) {
            if *grade == Grade::Skipped {
                self.extra_patches.extend([set_stage(id, "skipped"), disable_fields(id)]);
            } else if self.take_answer(id, answer).is_err() {
                // The question has changed since: it is asked anew.
                self.answer_again(id);
            }
        }
    }

    /// Skips a prediction.
    pub(super) fn skip(&mut self, id: &str) {
        if !self.state.is_answered(id) {
            self.record(id, String::new(), Grade::Skipped, None);
            self.extra_patches.push(set_stage(id, "skipped"));
            self.extra_patches.push(disable_fields(id));
            self.extra_patches.push(Patch::Focus(selector(class::PLAY)));
            self.unmask(None);
        }
    }

    /// Commits a prediction.
    pub(super) fn commit(&mut self, action: &UserAction) {
        let id = action.target.as_str();
        if self.state.is_answered(id) {
            return;
        }
        let verdict = || prediction_selector(id, &css(class::ANSWER_VERDICT));
        let why = match self.take_answer(id, &action.text) {
            Ok(()) => {
                self.extra_patches.push(Patch::Text(verdict(), text::GRADING.into()));
                self.extra_patches.push(Patch::Focus(verdict()));
                self.unmask(Some("answered"));
                String::new()
            }
            Err(why) => why,
        };
        self.extra_patches.push(Patch::Text(prediction_selector(id, &css(class::ANSWER_ERROR)), why));
    }

    /// Begins to grade an answer, if this desk's figure asks for it.
    ///
    /// # Errors
    /// What is wrong with the answer.
    fn take_answer(&mut self, id: &str, written: &str) -> Result<(), String> {
        let figure = self.figure();
        let prediction = figure.prediction(id).ok_or_else(String::new)?;
        let answer = parse_answer(&prediction.answer_kind, written)?;
        let grading = Grading::start(figure, prediction, &self.state.initial_view.run);
        let grading = grading.map_err(|_| String::new())?;
        self.extra_patches.extend([set_stage(id, "committed"), disable_fields(id)]);
        self.state.note_answered(id);
        let answer_text = written.to_owned();
        self.state.committed.push(Committed { prediction, answer, answer_text, grading });
        Ok(())
    }

    /// Says how a number is understood while it is typed.
    pub(super) fn understand(&mut self, id: &str, written: &str) {
        let Some(prediction) = self.figure().prediction(id) else { return };
        let AnswerKind::Number { unit, .. } = prediction.answer_kind else { return };
        let read = match parse_number(unit, written) {
            Ok(value) => text::fill(text::UNDERSTOOD, &[&unit.format(value)]),
            Err(_) => String::new(),
        };
        self.extra_patches.push(Patch::Text(prediction_selector(id, &css(class::ANSWER_READ)), read));
        // What was wrong with the answer before is told anew when this one is committed.
        self.extra_patches
            .push(Patch::Text(prediction_selector(id, &css(class::ANSWER_ERROR)), String::new()));
    }

    /// Says in a question's card that the figure waits for it.
    pub(super) fn ask_first(&mut self, id: &str) {
        let place = prediction_selector(id, &css(class::ANSWER_ERROR));
        self.extra_patches.push(Patch::Text(place, text::QUESTION_FIRST.to_owned()));
    }

    /// Lets a prediction be answered once more. The record keeps the first answer.
    pub(super) fn answer_again(&mut self, id: &str) {
        self.state.answered.retain(|done| done != id);
    }

    /// Reveals the run once no gating prediction is open any more, and plays it from its start. Its question stays as it
    /// is told, or goes.
    fn unmask(&mut self, question: Option<&str>) {
        if self.state.is_gated() {
            return;
        }
        if core::mem::replace(&mut self.state.masked, false) {
            self.extra_patches.push(self.state.show_question(question));
            self.open_view(self.state.initial_view.clone());
            if self.state.spec.pace == Pace::Continuous {
                self.play();
            }
        }
    }

    /// Computes one slice towards the truth of a committed prediction; whether there was something to do.
    pub(super) fn grade(&mut self) -> bool {
        let Some(it) = self.state.committed.first_mut() else { return false };
        if let Some(truth) = it.grading.work(SLICE) {
            let it = self.state.committed.remove(0);
            let right = it.prediction.answer_kind.is_right(&it.answer, &truth.value);
            let see = self.state.runs_asked_about(it.prediction, &it.answer, &truth);
            verdict(it.prediction, &it.answer, &truth, see, &mut self.extra_patches);
            let grade = if right { Grade::Right } else { Grade::Wrong };
            let guess = match (&it.prediction.answer_kind, &it.answer, &truth.value) {
                (AnswerKind::Number { unit, .. }, Value::Number(guessed), Value::Number(was)) => {
                    Some(Guess { unit: *unit, guessed: *guessed, was: *was }.to_text())
                }
                _ => None,
            };
            self.record(it.prediction.id, it.answer_text, grade, guess);
        }
        true
    }

    fn record(&mut self, id: &str, answer: String, grade: Grade, guess: Option<String>) {
        let first = View { at: self.state.spec.until, ..self.state.initial_view.clone() };
        let run = Some(encode_view(&first));
        let attempt = Attempt { task: Task::Prediction, id: id.to_owned(), answer, grade, run, guess };
        self.attempts.push(attempt);
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

    /// Shows the question that stands in the figure so, or puts it away.
    pub(super) fn show_question(&self, stage: Option<&str>) -> Patch {
        let figure = ["figure", &with(attr::FIGURE, &self.page_id)].concat();
        Patch::Attribute(page_selector(figure), attr::ASKS.into(), stage.map(str::to_owned))
    }

    /// The way from a verdict to the runs that the answer was read off, at the moment that shows it: a button, or of several one
    /// each that says what it has been set to. Of a curve's runs it is the one where the answer is farthest off.
    fn runs_asked_about(&self, prediction: &Prediction, answer: &Value, truth: &Truth) -> NewElement {
        let farthest = match (answer, &truth.value) {
            (Value::Curve(answer), Value::Curve(truth)) => {
                let apart = |n: &usize| libm::fabsf(answer[*n] - truth[*n]);
                (0..truth.len().min(answer.len())).max_by(|a, b| apart(a).total_cmp(&apart(b)))
            }
            _ => None,
        };
        let (first, runs, says): (_, &[Setting], _) = match (prediction.runs, farthest) {
            ([] | [_], _) => (0, prediction.runs, ""),
            (runs, Some(n)) => (n, runs.get(n..=n).unwrap_or_default(), text::FARTHEST),
            (runs, None) => (0, runs, text::READ_OFF),
        };
        let run = |(n, setting): (usize, &Setting)| {
            let at = truth.seen_at.get(n).copied().flatten().unwrap_or(prediction.at);
            let mut view = View { at, ..self.initial_view.clone() };
            // The figure has just computed this run.
            let _ = view.run.set_all(self.spec, setting);
            let words = match says {
                "" => text::SEE_IN_FIGURE.to_owned(),
                _ => self.says_difference(setting, prediction.runs),
            };
            tools::view_button(&encode_view(&view), &words)
        };
        let runs = if runs.is_empty() { &[&[] as Setting] } else { runs };
        element("p", "").text(says).with((first..).zip(runs).map(run))
    }

    /// 'Load: 480/s': what a run has that not all of these have. If that is more than one control, those go that are as the
    /// page opened with them.
    fn says_difference(&self, setting: Setting, runs: &[Setting]) -> String {
        let values = |of: Setting| {
            let mut run = self.initial_view.run.clone();
            // The figure has just computed this run.
            let _ = run.set_all(self.spec, of);
            run.values(self.spec)
        };
        let (own, all) = (values(setting), runs.iter().map(|of| values(of)).collect::<Vec<_>>());
        let first = values(&[]);
        let differs = |n: &usize| all.iter().any(|of| of[*n] != own[*n]);
        let several = (0..own.len()).filter(differs).count() > 1;
        let controls = self.spec.controls.iter().zip(&own).enumerate();
        let controls = controls.filter(|(n, _)| differs(n) && !(several && own[*n] == first[*n]));
        let said: Vec<String> = controls
            .map(|(_, (control, value))| text::fill(text::DIFFERS, &[&control.label, &control.show(value)]))
            .collect();
        if said.is_empty() { text::AS_OPENED.to_owned() } else { said.join(", ") }
    }
}

fn verdict(prediction: &Prediction, answer: &Value, truth: &Truth, see: NewElement, out: &mut Vec<Patch>) {
    let id = prediction.id;
    let Truth { value: truth, measured, .. } = truth;
    let right = prediction.answer_kind.is_right(answer, truth);
    let mut says = if right { text::RIGHT } else { text::NOT_RIGHT }.to_owned();
    let mark = |option: &str, words: String| {
        let place = [&with(attr::OPTION, option), " ", &css(class::MARK)].concat();
        Patch::Text(prediction_selector(id, &place), words)
    };
    match (&prediction.answer_kind, answer, truth) {
        (AnswerKind::Choice(options), Value::Choice(answer), Value::Choice(truth)) => {
            for (n, option) in options.iter().enumerate() {
                let says = match *option {
                    it if it == truth && right => text::YOURS_AND_RIGHT,
                    it if it == truth => text::WHAT_HAPPENS,
                    it if it == answer => text::YOUR_ANSWER,
                    _ => "",
                };
                out.push(mark(option, with_number(says, measured.get(n))));
            }
        }
        (AnswerKind::Number { unit, .. }, Value::Number(answer), Value::Number(truth)) => {
            says =
                [&says, " ", &text::fill(text::SAYS_NUMBER, &[&unit.format(*truth), &unit.format(*answer)])]
                    .concat();
        }
        (AnswerKind::Order(things), _, Value::Order(truth)) => {
            for (place, thing) in truth.iter().enumerate() {
                let (n, words) = (usize::from(*thing), text::fill(text::PLACE, &[&(place + 1).to_string()]));
                out.push(mark(things[n], with_number(&words, measured.get(n))));
            }
        }
        (AnswerKind::Curve { y, tolerance, .. }, Value::Curve(answer), Value::Curve(truth)) => {
            let off =
                [mean_distance(answer, truth), tolerance * (y.to - y.from)].map(|off| apart(y.unit, off));
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
    let again = button("quiet", ActionKind::AnswerAgain, text::TRY_AGAIN_ANSWER).attr(attr::ON, id);
    let nodes = vec![element("p", "answer-grade").text(&says), see.with([again])];
    out.push(Patch::Children(prediction_selector(id, &css(class::ANSWER_VERDICT)), nodes));
}

/// Words about an option, and the number that was measured of it.
fn with_number(words: &str, number: Option<&String>) -> String {
    match number {
        None => words.to_owned(),
        Some(number) if number.is_empty() => words.to_owned(),
        Some(number) if words.is_empty() => number.clone(),
        Some(number) => [words, ": ", number].concat(),
    }
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
