//! Comparison: two runs on the same arrivals, side by side, at the same moment.
//!
//! The compared run has the same seed, arrivals and faults, but some controls at other values from the start. Changes
//! of all other controls apply to both runs.

use super::action_kind::ActionKind;
use super::markup::{class, css, does, inside};
use super::protocol::{Patch, element, find, nth, selector};
use super::state::FigureState;
use super::{Desk, explain, text};
use crate::player::{Control, Explanation, Frame, Query, Reply, Request, Session, Value};
use crate::scene::{Chart, Label, Panel, Picture, Scene, SeriesLine, Status, Words};
use crate::sim::{Msg, Time, Unit};

/// From this width on the two pictures are side by side, below it one under the other.
const MIN_SIDE_BY_SIDE: f32 = 560.0;
const GAP: f32 = 24.0;
/// Height reserved over each picture for its name.
const NAME_HEIGHT: f32 = 26.0;

/// One of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    A,
    B,
}

/// The compared run and what was last shown of it.
pub(super) struct Compared {
    session: Session,
    pub frame: Option<Box<Frame>>,
    pub charts: Option<Scene>,
    pub explanation: Option<Explanation>,
}

impl Compared {
    fn ask(&mut self, ask: Query) -> Reply {
        self.session.handle(Request { id: 0, query: ask }).reply
    }
}

impl Desk {
    /// Starts a comparison in which this control, or else the first that has another value, has it; or ends the comparison.
    pub(super) fn compare(&mut self, offered: &str) {
        let state = &mut self.state;
        state.side = Side::B;
        state.compared_controls = if state.compared_controls.is_some() {
            None
        } else {
            state.first_difference(offered).map(|it| vec![it])
        };
        self.restart_compared();
        self.dirty.run = true;
        self.dirty.explanation = true;
        self.state.stale = true;
        self.advance();
    }

    /// Swaps the two runs.
    pub(super) fn swap(&mut self) {
        let state = &mut self.state;
        let Some(against) = &state.compared_controls else { return };
        let was: Vec<(String, Value)> =
            against.iter().map(|(id, _)| (id.clone(), state.run_value(id))).collect();
        let swapped = state.run.with_controls(state.spec, against);
        if let Ok(run) = swapped {
            state.run = run;
            state.compared_controls = Some(was);
            self.reopen();
        }
    }

    /// Chooses the run whose controls are changed.
    pub(super) fn set_side(&mut self, side: &str) {
        self.state.side = if side == "a" { Side::A } else { Side::B };
        self.dirty.run = true;
    }

    /// Changes a control of the compared run; false if the change applies to both runs.
    pub(super) fn move_compared_control(&mut self, control: &Control, value: &Value) -> bool {
        if self.state.side_shown() == Side::A {
            return false;
        }
        if let Ok(value) = control.accept(value) {
            self.set_compared_control(control, value);
        }
        true
    }

    fn set_compared_control(&mut self, control: &Control, value: Value) {
        let mut against = self.state.compared_controls.clone().unwrap_or_default();
        against.retain(|(other, _)| *other != control.id);
        if self.state.run_value(&control.id) != value {
            against.push((control.id.to_string(), value));
        }
        if let Some(why) = self.refuses(&against) {
            let why = self.state.say(&why);
            return self.extra_patches.extend(super::controls::input_feedback(control, Err(&why)));
        }
        self.state.compared_controls = Some(against);
        self.restart_compared();
        self.dirty.run = true;
        self.state.stale = true;
        self.advance();
    }

    /// Why the figure doesn't start with these other controls, if it doesn't.
    fn refuses(&self, against: &[(String, Value)]) -> Option<Msg> {
        let run = self.state.run.with_controls(self.state.spec, against);
        let query = match run {
            Ok(run) => Query::Open(run),
            Err(why) => return Some(why),
        };
        match self.session.sibling().handle(Request { id: 0, query }).reply {
            Reply::Refused(why) => Some(why),
            _ => None,
        }
    }

    /// Opens the compared run again, after the run or the differing controls have changed.
    pub(super) fn restart_compared(&mut self) {
        self.dirty.picture = true;
        let Some(against) = &self.state.compared_controls else { return self.compared = None };
        let Ok(run) = self.state.run.with_controls(self.state.spec, against) else {
            self.state.compared_controls = None;
            return self.compared = None;
        };
        let was = self.compared.take();
        let mut compared =
            Compared { session: self.session.sibling(), frame: None, charts: None, explanation: None };
        if matches!(compared.ask(Query::Open(run)), Reply::Opened(_)) {
            // Keep showing the previous frame until the new one is computed.
            if let Some(was) = was {
                compared.frame = was.frame;
                compared.charts = was.charts;
            }
            self.compared = Some(compared);
        } else {
            self.state.compared_controls = None;
        }
    }

    /// Advances the compared run to the moment shown; whether it has reached it.
    pub(super) fn advance_compared(&mut self, at: Time, reach: Time) -> bool {
        let Some(compared) = &mut self.compared else { return true };
        let Reply::Frame(mut frame) = compared.ask(Query::Frame { at, reach }) else { return true };
        let there = frame.reached;
        if there || compared.frame.is_none() {
            compared.charts = Some(super::state::take_charts(&mut frame));
            compared.frame = Some(frame);
        }
        there
    }

    /// Explains the selected entity in the compared run.
    pub(super) fn explain_compared(&mut self) {
        let (at, who) = (self.state.at, self.state.selected);
        if let (Some(compared), Some(entity)) = (&mut self.compared, who) {
            compared.explanation = match compared.ask(Query::Explain { entity, at }) {
                Reply::Explained(explanation) => Some(explanation),
                _ => None,
            };
        }
    }

    /// The compared run's readings over time.
    pub(super) fn compared_samples(&mut self, until: Time) -> Vec<Box<[f32]>> {
        match self.compared.as_mut().map(|compared| compared.ask(Query::Samples { until })) {
            Some(Reply::Samples(samples, _)) => samples,
            _ => Vec::new(),
        }
    }
}

impl FigureState {
    /// The difference that a comparison starts with: the control that is offered at its next value, or if it has none the
    /// first that has one, those that are always in sight first.
    fn first_difference(&self, offered: &str) -> Option<(String, Value)> {
        let controls = |primary| self.spec.controls.iter().filter(move |control| control.primary == primary);
        let offered = self.spec.control(offered).map(|(_, control)| control);
        offered.into_iter().chain(controls(true)).chain(controls(false)).find_map(|control| {
            let other = control.another(&self.run_value(&control.id))?;
            Some((control.id.to_string(), other))
        })
    }

    /// The value of a control in the run itself, at the moment shown.
    fn run_value(&self, id: &str) -> Value {
        self.spec.control(id).map_or(Value::None, |(_, control)| self.value_on(Side::A, control))
    }

    /// The value of a control at the moment shown, in one of the two.
    pub(super) fn value_on(&self, side: Side, control: &Control) -> Value {
        let against = self.compared_controls.iter().flatten().find(|(id, _)| *id == control.id);
        match against {
            Some((_, value)) if side == Side::B => value.clone(),
            _ => self.value(control),
        }
    }

    /// The run whose controls are shown.
    pub(super) fn side_shown(&self) -> Side {
        if self.compared_controls.is_some() { self.side } else { Side::A }
    }

    /// What differs: 'Policy: round robin', for one of the two.
    fn side_name(&self, side: Side) -> String {
        let values = self.compared_controls.iter().flatten().filter_map(|(id, _)| {
            let (_, control) = self.spec.control(id)?;
            let value = self.value_on(side, control);
            let shown = control.show(&value);
            // The name of an option speaks for itself.
            Some(match value {
                Value::Choice(_) => shown,
                _ => text::fill(text::DIFFERS, &[&control.label, &shown]),
            })
        });
        let names: Vec<String> = values.collect();
        let letter = if side == Side::A { "A" } else { "B" };
        if names.is_empty() { letter.to_owned() } else { [letter, " · ", &names.join(", ")].concat() }
    }
}

/// Writes the comparison bar, the names, and the difference at each control.
pub(super) fn write(state: &FigureState, out: &mut Vec<Patch>) {
    let comparing = state.compared_controls.is_some();
    out.push(super::set_visible(selector(class::COMPARE), comparing));
    let pressed = Patch::Attribute(
        find(inside(class::TOOLS, &does(ActionKind::Compare))),
        "aria-pressed".into(),
        Some(if comparing { "true" } else { "false" }.into()),
    );
    out.push(pressed);
    for (n, side) in [Side::A, Side::B].into_iter().enumerate() {
        out.push(Patch::Text(
            nth(css(class::SIDE_NAME), n),
            if comparing { state.side_name(side) } else { String::new() },
        ));
        out.push(Patch::Checked(nth(inside(class::COMPARE, "input"), n), state.side == side));
    }
    for control in state.spec.controls.iter() {
        let (a, b) = (state.value_on(Side::A, control), state.value_on(Side::B, control));
        let says = if a == b {
            String::new()
        } else {
            text::fill(text::DIFFERS_AB, &[&control.show(&a), &control.show(&b)])
        };
        out.push(Patch::Text(super::controls::of(control, &css(class::DIFFERS)), says));
    }
}

/// The pictures of a comparison; `None` for those that don't change by it.
pub(super) fn pictures(desk: &mut Desk, out: &mut Vec<Patch>) -> [Option<Picture>; 2] {
    let (state, compared) = (&mut desk.state, &desk.compared);
    state.own_counts = (usize::MAX, usize::MAX);
    let Some(compared) = compared else { return [None, None] };
    let scenes = [state.frame.as_ref(), compared.frame.as_ref()].map(|frame| frame.map(|frame| &frame.scene));
    let width = state.widths.0.into();
    let both = if width > 0.0 { side_by_side(scenes, state, width, out) } else { None };
    let both = both.map(|(both, own)| {
        state.own_counts = own;
        both
    });
    let charts = match (&state.charts, &compared.charts) {
        (Some(own), Some(other)) if state.widths.1 > 0 => {
            let scene = charts(own, other, &state.words);
            Some(Picture::new(&scene, &state.words, state.widths.1.into(), &state.layout()))
        }
        _ => None,
    };
    [both, charts]
}

/// Writes the compared run's readings with their differences, and the sentences of both runs.
pub(super) fn write_readings(state: &FigureState, compared: &Compared, out: &mut Vec<Patch>) {
    let (Some(frame), Some(other)) = (&state.frame, &compared.frame) else { return };
    let values = frame.readings.iter().zip(&other.readings);
    for (n, (reading, (&a, &b))) in state.spec.readings.iter().zip(values).enumerate() {
        out.push(Patch::Text(nth(css(class::AGAINST), n), difference(reading.unit, a, b)));
    }
    let said = |frame: &Frame| {
        let says: Vec<String> = frame.scene.sentences.iter().map(|msg| state.say(msg)).collect();
        says.join(" ")
    };
    let says = text::fill(text::SAYS_AB, &[&said(frame), &said(other)]);
    if !state.playing {
        out.push(Patch::Text(selector(class::SPOKEN), says.clone()));
    }
    out.push(Patch::Text(selector(class::SAYS), says));
}

/// Clears the compared readings. Where a phrase or a button has just changed one thing, what was different before it stands
/// there.
pub(super) fn write_no_readings(state: &FigureState, out: &mut Vec<Patch>) {
    for (n, reading) in state.spec.readings.iter().enumerate() {
        let before = state.before.as_ref().and_then(|before| before.get(n));
        let before = before.filter(|value| value.is_finite()).map(|value| reading.unit.format(*value));
        let now = state.frame.as_ref().and_then(|frame| frame.readings.get(n));
        let differs = before.filter(|before| now.is_none_or(|now| reading.unit.format(*now) != *before));
        let was = differs.map(|before| text::fill(text::WAS, &[&before]));
        out.push(Patch::Text(nth(css(class::AGAINST), n), was.unwrap_or_default()));
    }
}

/// 'B 312 ms (−531 ms)'.
fn difference(unit: Unit, a: f64, b: f64) -> String {
    let by = b - a;
    if !by.is_finite() {
        return text::fill(text::AGAINST, &[&unit.format(b)]);
    }
    let sign = if by < 0.0 { "−" } else { "+" };
    text::fill(text::AGAINST_BY, &[&unit.format(b), sign, &unit.format(libm::fabs(by))])
}

/// Writes the explanation of the selected entity in both runs.
pub(super) fn write_story(state: &FigureState, compared: &Compared, out: &mut Vec<Patch>) {
    if state.selected.is_none() {
        return;
    }
    let mut told = vec![element("h4", "").text(text::IN_A)];
    told.extend(state.explanation.iter().flat_map(|it| explain::story(state, it)));
    told.push(element("h4", "").text(text::IN_B));
    let unknown = || vec![element("p", "").text(text::NOTHING_KNOWN)];
    told.extend(compared.explanation.as_ref().map_or_else(unknown, |it| explain::story(state, it)));
    out.push(Patch::Children(selector(class::STORY), told));
}

/// Both pictures in one, and how many of its regions and packets belong to the run itself.
fn side_by_side(
    scenes: [Option<&Scene>; 2],
    state: &FigureState,
    width: f32,
    out: &mut Vec<Patch>,
) -> Option<(Picture, (usize, usize))> {
    let [a, b] = scenes;
    let (a, b) = (a?, b?);
    let abreast = width >= MIN_SIDE_BY_SIDE;
    let each = if abreast { libm::floorf((width - GAP) / 2.0) } else { width };
    let [a, b] = [a, b].map(|scene| Picture::new(scene, &state.words, each, &state.layout()));
    let own = (a.regions.len(), a.dots.len());
    let (dx, dy) =
        if abreast { (each + GAP, NAME_HEIGHT) } else { (0.0, 2.0 * NAME_HEIGHT + a.height + GAP) };
    let mut both = Picture::default();
    both.insert(a, 0.0, NAME_HEIGHT);
    both.insert(b, dx, dy);
    for (n, (x, y)) in [(0.0, 0.0), (dx, dy - NAME_HEIGHT)].into_iter().enumerate() {
        out.push(Patch::Style(nth(css(class::SIDE_NAME), n), "left".into(), super::px(x)));
        out.push(Patch::Style(nth(css(class::SIDE_NAME), n), "top".into(), super::px(y)));
    }
    Some((both, own))
}

/// The run's charts with the compared run's curves in them.
fn charts(of: &Scene, compared: &Scene, words: &Words) -> Scene {
    let named = |label: &Label| Label::Plain([&words.label(label), text::OF_B].concat());
    let mut panels = Vec::new();
    for (panel, other) in of.panels.iter().zip(&compared.panels) {
        let mut panel = panel.clone();
        match (&mut panel, other) {
            (Panel::Chart(Chart::Series(series)), Panel::Chart(Chart::Series(other))) => {
                series.lines.extend(other.lines.iter().map(|line| SeriesLine {
                    label: named(&line.label),
                    status: if line.status == Status::Trouble { Status::Active } else { Status::Quiet },
                    ..line.clone()
                }));
                panels.push(panel);
            }
            (_, Panel::Chart(Chart::Histogram(other))) => {
                let mut other = other.clone();
                other.title = named(&other.title);
                panels.extend([panel, Panel::Chart(Chart::Histogram(other))]);
            }
            (_, Panel::Chart(Chart::Curves(other))) => {
                let mut other = other.clone();
                other.title = named(&other.title);
                panels.extend([panel, Panel::Chart(Chart::Curves(other))]);
            }
            _ => panels.push(panel),
        }
    }
    Scene { panels, time: of.time, ..Scene::default() }
}
