//! Two settings on the same arrivals: the run and its rival side by side, at one moment, with one set of controls.
//!
//! The rival is the same run (seed, arrivals, faults) with some controls at other values from the start; the rest of what
//! is moved moves in both.

use super::action_kind::ActionKind;
use super::markup::{class, css, does, inside};
use super::protocol::{Patch, find, node, nth, part};
use super::state::State;
use super::{Desk, explain, text};
use crate::player::{Answer, Ask, Control, ControlKind, Explanation, Frame, Request, Session, Slider, Value};
use crate::scene::{Chart, Label, Line, Options, Panel, Picture, Scene, State as Look, Words};
use crate::sim::{Time, Unit};

/// From this width on the two stand side by side.
const ABREAST: f32 = 560.0;
const GAP: f32 = 24.0;
/// Room over each for its name.
const HEAD: f32 = 26.0;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    A,
    B,
}

/// The run that is compared with, as it was shown last.
pub(super) struct Rival {
    session: Session,
    pub frame: Option<Box<Frame>>,
    pub charts: Option<Scene>,
    pub explanation: Option<Explanation>,
}

impl Rival {
    fn ask(&mut self, ask: Ask) -> Answer {
        self.session.handle(Request { id: 0, ask }).answer
    }
}

impl Desk {
    /// Begins a comparison with the next option of what matters most, or ends it.
    pub(super) fn compare(&mut self) {
        let state = &mut self.state;
        state.side = Side::B;
        state.against = if state.against.is_some() { None } else { state.other_setting().map(|it| vec![it]) };
        self.rival_again();
        self.changed.run = true;
        self.changed.explained = true;
        self.state.stale = true;
        self.go_on();
    }

    /// A becomes B, and B becomes A.
    pub(super) fn swap(&mut self) {
        let state = &mut self.state;
        let Some(against) = &state.against else { return };
        let was: Vec<(String, Value)> =
            against.iter().map(|(id, _)| (id.clone(), state.of_run(id))).collect();
        let swapped = state.run.against(state.spec, against);
        if let Ok(run) = swapped {
            state.run = run;
            state.against = Some(was);
            self.reopen();
        }
    }

    /// Whose controls are moved.
    pub(super) fn take_side(&mut self, side: &str) {
        self.state.side = if side == "a" { Side::A } else { Side::B };
        self.changed.run = true;
    }

    /// A control is moved: whether that is the rival's affair alone.
    pub(super) fn turn_rival(&mut self, id: &str, value: &Value) -> bool {
        if self.state.side_shown() == Side::A {
            return false;
        }
        let accepted = self.state.spec.control(id).map(|(_, control)| control.accept(value));
        if let Some(Ok(value)) = accepted {
            self.set_rival(id, value);
        }
        true
    }

    fn set_rival(&mut self, id: &str, value: Value) {
        let same = self.state.of_run(id) == value;
        if let Some(against) = &mut self.state.against {
            against.retain(|(other, _)| other != id);
            if !same {
                against.push((id.to_owned(), value));
            }
        }
        self.rival_again();
        self.changed.run = true;
        self.state.stale = true;
        self.go_on();
    }

    /// Takes the rival up anew, after the run or what differs has changed.
    pub(super) fn rival_again(&mut self) {
        self.changed.shown = true;
        let Some(against) = &self.state.against else { return self.rival = None };
        let Ok(run) = self.state.run.against(self.state.spec, against) else {
            self.state.against = None;
            return self.rival = None;
        };
        let was = self.rival.take();
        let mut rival =
            Rival { session: self.session.beside(), frame: None, charts: None, explanation: None };
        if matches!(rival.ask(Ask::Open(run)), Answer::Opened(_)) {
            // Until it is computed anew, what was there stays.
            (rival.frame, rival.charts) = was.map_or((None, None), |was| (was.frame, was.charts));
            self.rival = Some(rival);
        } else {
            self.state.against = None;
        }
    }

    /// Takes the rival to the moment that is shown; whether it is there.
    pub(super) fn rival_on(&mut self, at: Time, reach: Time) -> bool {
        let Some(rival) = &mut self.rival else { return true };
        let Answer::Frame(mut frame) = rival.ask(Ask::Frame { at, reach }) else { return true };
        let there = frame.there;
        if there || rival.frame.is_none() {
            rival.charts = Some(super::state::take_charts(&mut frame));
            rival.frame = Some(frame);
        }
        there
    }

    /// What happened to who is selected, in the rival.
    pub(super) fn explain_rival(&mut self) {
        let (at, who) = (self.state.at, self.state.selected);
        if let (Some(rival), Some(entity)) = (&mut self.rival, who) {
            rival.explanation = match rival.ask(Ask::Explain { entity, at }) {
                Answer::Explained(explanation) => Some(explanation),
                _ => None,
            };
        }
    }

    /// The rival's readings over time.
    pub(super) fn rival_samples(&mut self, until: Time) -> Vec<Box<[f32]>> {
        match self.rival.as_mut().map(|rival| rival.ask(Ask::Samples { until })) {
            Some(Answer::Samples(samples, _)) => samples,
            _ => Vec::new(),
        }
    }
}

impl State {
    /// What a comparison begins with: the first of the figure's main controls at its next value.
    fn other_setting(&self) -> Option<(String, Value)> {
        let controls = || self.spec.controls.iter();
        let control = controls().find(|control| control.primary).or_else(|| controls().next())?;
        let now = self.of_run(&control.id);
        let other = match (&control.kind, &now) {
            (ControlKind::Choice { options, .. }, Value::Choice(id)) => {
                let at = options.iter().position(|(option, _)| option == id)?;
                Value::Choice(options[(at + 1) % options.len()].0.to_string())
            }
            (ControlKind::Flag { .. }, Value::Flag(on)) => Value::Flag(!on),
            _ => {
                let slider = Slider::of(control)?;
                let (place, places) = (slider.place(&now), slider.places());
                let by = libm::ceil(places / 4.0);
                Value::Number(slider.value(if place + by <= places { place + by } else { place - by }))
            }
        };
        Some((control.id.to_string(), other))
    }

    /// The value of a control in the run itself, at the moment shown.
    fn of_run(&self, id: &str) -> Value {
        self.spec.control(id).map_or(Value::None, |(_, control)| self.value_in(Side::A, control))
    }

    /// The value of a control at the moment shown, in one of the two.
    pub(super) fn value_in(&self, side: Side, control: &Control) -> Value {
        let against = self.against.iter().flatten().find(|(id, _)| *id == control.id);
        match against {
            Some((_, value)) if side == Side::B => value.clone(),
            _ => self.value(control),
        }
    }

    /// Whose controls are shown.
    pub(super) fn side_shown(&self) -> Side {
        if self.against.is_some() { self.side } else { Side::A }
    }

    /// What differs: 'Policy: round robin', for one of the two.
    fn name_of(&self, side: Side) -> String {
        let values = self.against.iter().flatten().filter_map(|(id, _)| {
            let (_, control) = self.spec.control(id)?;
            Some(control.show(&self.value_in(side, control)))
        });
        let names: Vec<String> = values.collect();
        let letter = if side == Side::A { "A" } else { "B" };
        if names.is_empty() { letter.to_owned() } else { [letter, " · ", &names.join(", ")].concat() }
    }
}

/// Bar, names, and what differs at each control.
pub(super) fn write(state: &State, out: &mut Vec<Patch>) {
    let comparing = state.against.is_some();
    out.push(super::shown(part(class::COMPARE), comparing));
    let pressed = Patch::Attr(
        find(inside(class::TOOLS, &does(ActionKind::Compare))),
        "aria-pressed".into(),
        Some(if comparing { "true" } else { "false" }.into()),
    );
    out.push(pressed);
    for (n, side) in [Side::A, Side::B].into_iter().enumerate() {
        out.push(Patch::Text(
            nth(css(class::SIDE_NAME), n),
            if comparing { state.name_of(side) } else { String::new() },
        ));
        out.push(Patch::Checked(nth(inside(class::COMPARE, "input"), n), state.side == side));
    }
    for control in state.spec.controls.iter() {
        let (a, b) = (state.value_in(Side::A, control), state.value_in(Side::B, control));
        let says = if a == b {
            String::new()
        } else {
            text::put(text::DIFFERS_AB, &[&control.show(&a), &control.show(&b)])
        };
        out.push(Patch::Text(super::controls::of(control, &css(class::DIFFERS)), says));
    }
}

/// The pictures while two are compared.
pub(super) fn pictures(desk: &mut Desk, out: &mut Vec<Patch>) -> [Option<Picture>; 2] {
    let (state, rival) = (&mut desk.state, &desk.rival);
    state.own = (usize::MAX, usize::MAX);
    let Some(rival) = rival else { return [None, None] };
    let scenes = [state.frame.as_ref(), rival.frame.as_ref()].map(|frame| frame.map(|frame| &frame.scene));
    let width = state.widths.0.into();
    let both = if width > 0.0 { beside(scenes, &state.words, width, out) } else { None };
    let both = both.map(|(both, own)| {
        state.own = own;
        both
    });
    let charts = match (&state.charts, &rival.charts) {
        (Some(own), Some(other)) if state.widths.1 > 0 => {
            let scene = charts(own, other, &state.words);
            Some(Picture::new(&scene, &state.words, state.widths.1.into(), &Options::default()))
        }
        _ => None,
    };
    [both, charts]
}

/// The rival's readings beside the run's, with their difference, and what it says.
pub(super) fn write_readings(state: &State, rival: &Rival, out: &mut Vec<Patch>) {
    let (Some(frame), Some(other)) = (&state.frame, &rival.frame) else { return };
    let values = frame.readings.iter().zip(&other.readings);
    for (n, (reading, (&a, &b))) in state.spec.readings.iter().zip(values).enumerate() {
        out.push(Patch::Text(nth(css(class::AGAINST), n), difference(reading.unit, a, b)));
    }
    let said = |frame: &Frame| {
        let says: Vec<String> = frame.scene.says.iter().map(|msg| state.say(msg)).collect();
        says.join(" ")
    };
    let says = text::put(text::SAYS_AB, &[&said(frame), &said(other)]);
    if !state.playing {
        out.push(Patch::Text(part(class::SPOKEN), says.clone()));
    }
    out.push(Patch::Text(part(class::SAYS), says));
}

/// Nothing is compared.
pub(super) fn write_no_readings(state: &State, out: &mut Vec<Patch>) {
    out.extend(
        (0..state.spec.readings.len()).map(|n| Patch::Text(nth(css(class::AGAINST), n), String::new())),
    );
}

/// 'B 312 ms (−531 ms)'.
fn difference(unit: Unit, a: f64, b: f64) -> String {
    let by = b - a;
    if !by.is_finite() {
        return text::put(text::AGAINST, &[&unit.format(b)]);
    }
    let sign = if by < 0.0 { "−" } else { "+" };
    text::put(text::AGAINST_BY, &[&unit.format(b), sign, &unit.format(libm::fabs(by))])
}

/// What happened to who is selected, in both.
pub(super) fn write_story(state: &State, rival: &Rival, out: &mut Vec<Patch>) {
    if state.selected.is_none() {
        return;
    }
    let mut told = vec![node("h4", "").text(text::IN_A)];
    told.extend(state.explanation.iter().flat_map(|it| explain::story(state, it)));
    told.push(node("h4", "").text(text::IN_B));
    let unknown = || vec![node("p", "").text(text::NOTHING_KNOWN)];
    told.extend(rival.explanation.as_ref().map_or_else(unknown, |it| explain::story(state, it)));
    out.push(Patch::Fill(part(class::STORY), told));
}

/// The rival's picture beside the run's, and how many regions and packets of it are the run's.
fn beside(
    scenes: [Option<&Scene>; 2],
    words: &Words,
    width: f32,
    out: &mut Vec<Patch>,
) -> Option<(Picture, (usize, usize))> {
    let [a, b] = scenes;
    let (a, b) = (a?, b?);
    let abreast = width >= ABREAST;
    let each = if abreast { libm::floorf((width - GAP) / 2.0) } else { width };
    let [a, b] = [a, b].map(|scene| Picture::new(scene, words, each, &Options::default()));
    let own = (a.regions.len(), a.dots.len());
    let (dx, dy) = if abreast { (each + GAP, HEAD) } else { (0.0, 2.0 * HEAD + a.height + GAP) };
    let mut both = Picture::default();
    both.place(a, 0.0, HEAD);
    both.place(b, dx, dy);
    for (n, (x, y)) in [(0.0, 0.0), (dx, dy - HEAD)].into_iter().enumerate() {
        out.push(Patch::Style(nth(css(class::SIDE_NAME), n), "left".into(), super::px(x)));
        out.push(Patch::Style(nth(css(class::SIDE_NAME), n), "top".into(), super::px(y)));
    }
    Some((both, own))
}

/// The run's charts with the rival's curves in them.
fn charts(of: &Scene, rival: &Scene, words: &Words) -> Scene {
    let named = |label: &Label| Label::Plain([&words.label(label), text::OF_B].concat());
    let mut panels = Vec::new();
    for (panel, other) in of.panels.iter().zip(&rival.panels) {
        let mut panel = panel.clone();
        match (&mut panel, other) {
            (Panel::Chart(Chart::Series(series)), Panel::Chart(Chart::Series(other))) => {
                series.lines.extend(other.lines.iter().map(|line| Line {
                    label: named(&line.label),
                    state: if line.state == Look::Trouble { Look::Active } else { Look::Quiet },
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
    Scene { panels, time: of.time, says: Vec::new() }
}
