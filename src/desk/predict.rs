//! Predictions: committed before the run, graded by it. What a learner answers stands in the page's own elements until it
//! is committed; from then on it is part of the record, and nothing changes it.

use super::markup::{attr, class, css, inside, with};
use super::protocol::{Deed, Node, Part, Patch, node, on_page};
use super::state::State;
use super::{Desk, moments, text, transport};
use crate::learner::{Attempt, Grade, Task};
use crate::player::{Asks, CURVE_POINTS, Grading, Prediction, Value, View, apart, encode_view};
use crate::sim::{Unit, within};

/// Events of a grading that are computed at once.
const SLICE: u64 = 60_000;
/// Heights that a curve can have on the page.
pub const HEIGHTS: f64 = 1_000.0;

/// Seconds after which a run shall have shown what was predicted, and speeds to that end, as the page names them.
const PATIENCE: f64 = 15.0;
const SPEEDS: [(f64, &str); 5] = [(1.0, "1"), (2.0, "2"), (5.0, "5"), (10.0, "10"), (60.0, "60")];

/// A prediction that was committed.
pub(super) struct Committed {
    prediction: &'static Prediction,
    answer: Value,
    /// As the record keeps it.
    written: String,
    stage: Stage,
}

enum Stage {
    /// The truth is being computed.
    Graded(Grading),
    /// It is known, and told as soon as the run shows it.
    Known(Value),
    /// It has been told.
    Told,
}

/// The part of a prediction's section that a selector matches.
fn of(id: &str, selector: &str) -> Part {
    on_page([&with(attr::PREDICT, id), " ", selector].concat())
}

fn staged(id: &str, stage: &str) -> Patch {
    Patch::Attr(on_page(with(attr::PREDICT, id)), attr::STAGE.into(), Some(stage.into()))
}

/// Its fields take nothing any more.
fn closed(id: &str) -> Patch {
    let buttons = [class::ANSWER_BUTTONS, class::ANSWER_ORDER].map(|class| inside(class, "button"));
    let fields = [":is(input, ", &buttons.join(", "), ")"].concat();
    Patch::Attr(of(id, &fields), "disabled".into(), Some(String::new()))
}

impl State {
    /// Whether the figure must show nothing of its run yet.
    fn hides(&self) -> bool {
        self.after.iter().any(|id| !self.done.contains(id))
    }
}

impl Desk {
    /// Begins with what has been predicted already.
    pub(super) fn begin_predictions(&mut self, after: Vec<String>, done: &[Attempt], linked: bool) {
        let predicted = done.iter().filter(|attempt| attempt.task == Task::Prediction);
        self.state.done = predicted.map(|attempt| attempt.id.clone()).collect();
        let judged = done.iter().filter(|attempt| attempt.task == Task::Challenge);
        self.state.judged = judged.map(|attempt| attempt.id.clone()).collect();
        self.state.after = after;
        // Who opens a link wants to see the run in it.
        self.state.masked = !linked && self.state.hides();
    }

    /// A prediction is not wanted.
    pub(super) fn skip(&mut self, id: &str) {
        if !self.state.done.iter().any(|done| done == id) {
            self.record(id, String::new(), Grade::Skipped);
            self.extra.push(staged(id, "skipped"));
            self.extra.push(closed(id));
            self.unmask(false);
        }
    }

    /// A prediction is committed.
    pub(super) fn commit(&mut self, deed: &Deed) {
        let id = deed.on.as_str();
        let figure = self.figure();
        let Some(prediction) = figure.prediction(id) else { return };
        if self.state.done.iter().any(|done| done == id) {
            return;
        }
        let answer = match read(&prediction.asks, &deed.text) {
            Ok(answer) => answer,
            Err(why) => return self.extra.push(Patch::Text(of(id, &css(class::ANSWER_ERROR)), why)),
        };
        self.extra.push(Patch::Text(of(id, &css(class::ANSWER_ERROR)), String::new()));
        self.extra.push(staged(id, "committed"));
        self.extra.push(closed(id));
        let grading = Grading::start(figure, prediction, &self.state.first.run);
        let Ok(grading) = grading else { return };
        self.state.done.push(id.to_owned());
        let stage = Stage::Graded(grading);
        self.state.committed.push(Committed { prediction, answer, written: deed.text.clone(), stage });
        self.extra.push(Patch::Text(of(id, &css(class::ANSWER_VERDICT)), text::GRADING.into()));
        self.extra.push(Patch::Focus(of(id, &css(class::ANSWER_VERDICT))));
        // What is read off other runs this one doesn't show.
        self.unmask(prediction.runs.is_empty());
        if prediction.runs.is_empty() {
            self.hurry(prediction.at.secs());
        }
    }

    /// Plays at least so fast that the moment comes before one loses patience.
    fn hurry(&mut self, until: f64) {
        let fast = SPEEDS.into_iter().find(|(speed, _)| until / speed <= PATIENCE);
        if let Some((speed, name)) = fast.filter(|(speed, _)| *speed > self.state.speed) {
            self.state.speed = speed;
            let part = super::protocol::find(inside(class::SPEED, "select"));
            self.extra.push(Patch::Value { part, value: name.into(), forced: true });
        }
    }

    /// Shows the figure, once nothing stands in the way any more; after a commit its run is played.
    fn unmask(&mut self, play: bool) {
        if self.state.hides() {
            return;
        }
        if core::mem::replace(&mut self.state.masked, false) || play {
            self.take_up(self.state.first.clone());
        }
        if play {
            self.play();
        }
    }

    /// Computes towards the truth of what was committed; whether there is more to do.
    pub(super) fn grade(&mut self) -> bool {
        let committed = &mut self.state.committed;
        let grading = |it: &&mut Committed| matches!(it.stage, Stage::Graded(_));
        let Some(it) = committed.iter_mut().find(grading) else { return false };
        let Stage::Graded(grading) = &mut it.stage else { return false };
        if let Some(truth) = grading.work(SLICE) {
            let right = it.prediction.asks.is_right(&it.answer, &truth);
            let (id, written) = (it.prediction.id, it.written.clone());
            it.stage = Stage::Known(truth);
            self.record(id, written, if right { Grade::Right } else { Grade::Wrong });
            let waits = self.state.waits(id);
            self.extra.extend(waits);
        }
        true
    }

    fn record(&mut self, id: &str, answer: String, grade: Grade) {
        let first = View { at: self.state.spec.until, ..self.state.first.clone() };
        let run = Some(encode_view(&first));
        self.attempts.push(Attempt { task: Task::Prediction, id: id.to_owned(), answer, grade, run });
        if !self.state.done.iter().any(|done| done == id) {
            self.state.done.push(id.to_owned());
        }
    }
}

impl State {
    /// What is said while the truth is known and the run does not show it yet.
    fn waits(&self, id: &str) -> Option<Patch> {
        let it = self.committed.iter().find(|it| it.prediction.id == id)?;
        let at = it.prediction.at;
        let words = text::put(text::WATCH, &[&transport::clock(at, self.spec.pace)]);
        let nodes = vec![node("p", "").text(&words), moments::seek(at, "", text::SHOW_NOW)];
        (!self.tells(it)).then(|| Patch::Fill(of(id, &css(class::ANSWER_VERDICT)), nodes))
    }

    /// Whether the run shows the answer by now. What is read off other runs shows nowhere.
    fn tells(&self, it: &Committed) -> bool {
        !it.prediction.runs.is_empty() || self.at >= it.prediction.at
    }
}

/// Tells what the run shows of what was committed.
pub(super) fn write(state: &mut State, out: &mut Vec<Patch>) {
    for n in 0..state.committed.len() {
        let it = &state.committed[n];
        if let Stage::Known(truth) = &it.stage
            && state.tells(it)
        {
            verdict(it.prediction, &it.answer, truth, out);
            state.committed[n].stage = Stage::Told;
        }
    }
}

fn verdict(prediction: &Prediction, answer: &Value, truth: &Value, out: &mut Vec<Patch>) {
    let id = prediction.id;
    let right = prediction.asks.is_right(answer, truth);
    let mut says = if right { text::RIGHT } else { text::NOT_RIGHT }.to_owned();
    let mark = |option: &str, words: String| {
        let place = [&with(attr::OPTION, option), " ", &css(class::MARK)].concat();
        Patch::Text(of(id, &place), words)
    };
    match (&prediction.asks, answer, truth) {
        (Asks::Choice(_), Value::Choice(answer), Value::Choice(truth)) => {
            out.push(mark(answer, text::YOUR_ANSWER.into()));
            out.push(mark(truth, if right { text::YOURS_AND_RIGHT } else { text::WHAT_HAPPENS }.into()));
        }
        (Asks::Number { unit, .. }, Value::Number(answer), Value::Number(truth)) => {
            says =
                [&says, " ", &text::put(text::SAYS_NUMBER, &[&unit.format(*truth), &unit.format(*answer)])]
                    .concat();
        }
        (Asks::Order(things), _, Value::Order(truth)) => {
            for (place, thing) in truth.iter().enumerate() {
                let words = text::put(text::PLACE, &[&(place + 1).to_string()]);
                out.push(mark(things[usize::from(*thing)], words));
            }
        }
        (Asks::Curve { y, tolerance, .. }, Value::Curve(answer), Value::Curve(truth)) => {
            let off = [apart(answer, truth), tolerance * (y.to - y.from)].map(|off| y.unit.format(off));
            says = [&says, " ", &text::put(text::OFF, &[&off[0], &off[1]])].concat();
            let line = truth.iter().map(|&h| (f64::from(h) - y.from) / (y.to - y.from));
            out.push(Patch::Attr(of(id, &css(class::TRUTH)), "points".into(), Some(polyline(line))));
        }
        _ => {}
    }
    out.push(staged(id, if right { "right" } else { "wrong" }));
    let nodes: Vec<Node> = vec![node("p", "answer-grade").text(&says)];
    out.push(Patch::Fill(of(id, &css(class::ANSWER_VERDICT)), nodes));
}

/// Points of a line over a square of [`HEIGHTS`], from shares of its height.
pub(super) fn polyline(shares: impl Iterator<Item = f64>) -> String {
    let mut points = String::new();
    for (n, share) in shares.enumerate() {
        let x = HEIGHTS * n as f64 / (CURVE_POINTS - 1) as f64;
        let y = HEIGHTS * (1.0 - within(share, 0.0, 1.0));
        for (number, after) in [(x, ","), (y, " ")] {
            points.push_str(&(libm::round(number) as i64).to_string());
            points.push_str(after);
        }
    }
    points
}

/// Reads an answer as the page writes it: an option's id, a number, ids in order, heights of a curve.
fn read(asks: &Asks, written: &str) -> Result<Value, String> {
    if written.trim().is_empty() {
        return Err(text::ANSWER_FIRST.to_owned());
    }
    let parts = || written.split(',').filter(|part| !part.is_empty());
    let value = match asks {
        Asks::Choice(_) => Value::Choice(written.to_owned()),
        Asks::Number { unit, .. } => Value::Number(unit.parse(written).map_err(|why| why.to_string())?),
        Asks::Order(things) => {
            let place = |id: &str| things.iter().position(|thing| *thing == id).map(|n| n as u16);
            Value::Order(parts().filter_map(place).collect())
        }
        Asks::Curve { y, .. } => {
            let height = |text: &str| {
                let share = Unit::Count.parse(text).unwrap_or(0.0) / HEIGHTS;
                (y.from + (y.to - y.from) * share) as f32
            };
            Value::Curve(parts().map(height).collect())
        }
    };
    if asks.takes(&value) { Ok(value) } else { Err(text::ANSWER_FIRST.to_owned()) }
}
