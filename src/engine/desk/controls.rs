//! The figure's controls and its seed. The page has a widget for each, in an element with `data-control`.

use super::actions::seed_field;
use super::markup::{attr, class, css, with};
use super::protocol::{Patch, Selector, UserAction, find};
use super::state::FigureState;
use super::{BeforeChange, Desk, percent, text};
use crate::player::{
    Control, ControlKind, InputKind, Options, Slider, Value, assigned, members, moved, place, toggled,
};
use crate::sim::clamp;

/// A selector within a control's element.
pub(super) fn of(control: &Control, selector: &str) -> Selector {
    find([&with(attr::CONTROL, &control.id), " ", selector].concat())
}

/// A selector within the element of a control's thing.
fn of_thing(control: &Control, thing: &str, selector: &str) -> Selector {
    of(control, &[&with(attr::OPTION, thing), " ", selector].concat())
}

pub(super) fn write(state: &mut FigureState, out: &mut Vec<Patch>) {
    for control in state.spec.controls.iter() {
        let value = state.value_on(state.side_shown(), control);
        if let Value::Text(text) = &value {
            write_text(state, control, text, out);
        } else {
            let logged = state.log_decides(&control.id);
            let says = if logged { text::AS_LOGGED.to_owned() } else { control.show(&value) };
            write_control(control, &value, says, out);
        }
        let widget = find(with(attr::CONTROL, &control.id));
        let fixed = state.is_fixed(&control.id);
        out.push(Patch::Class(widget.clone(), "fixed".into(), fixed));
        let moves = fixed && state.set_up_for.is_some();
        let scheduled = moves && state.run.inputs.iter().any(|input| input.change.sets(&control.id));
        out.push(Patch::Class(widget.clone(), "scheduled".into(), scheduled));
        out.push(Patch::Class(widget, "idle".into(), state.idle_by(control).is_some()));
    }
    let seed = state.run.seed.to_string();
    out.push(Patch::Value { field: seed_field(), value: seed, forced: true });
}

fn write_control(control: &Control, value: &Value, says: String, out: &mut Vec<Patch>) {
    match (&control.kind, value) {
        (ControlKind::Number { .. }, _) => {
            let Some(slider) = Slider::of(control) else { return };
            let (place, range) = (slider.position(value), of(control, "[type=range]"));
            out.push(Patch::SliderPosition(range.clone(), place));
            out.push(Patch::Attribute(range, "aria-valuetext".into(), Some(says.clone())));
            let filled = of(control, &css(class::SLIDER_FILLED));
            out.push(Patch::Style(filled, "width".into(), percent(place / slider.last_position())));
            out.push(Patch::Value { field: of(control, &css(class::NUMBER)), value: says, forced: false });
        }
        (ControlKind::Choice { .. }, Value::Choice(chosen)) if control.kind.stands_in_a_row() => {
            let option = ["[value=", chosen, "][type=radio]"].concat();
            out.push(Patch::Checked(of(control, &option), true));
        }
        (ControlKind::Choice { .. }, Value::Choice(chosen)) => {
            out.push(Patch::Value { field: of(control, "select"), value: chosen.clone(), forced: true });
        }
        (ControlKind::Several { things, .. }, Value::Several(list)) => {
            for (n, (thing, _)) in things.iter().enumerate() {
                let field = of(control, &["[type=checkbox]", &with("value", thing)].concat());
                out.push(Patch::Checked(field, list.contains(&(n as u16))));
            }
        }
        (ControlKind::Order { things, .. }, Value::Order(list)) => {
            let within = of(control, &css(class::ORDER));
            put(control, list.iter().copied(), things, &within, out);
        }
        (ControlKind::Assignment { things, groups, .. }, Value::Assignment(list)) => {
            for (n, (group, _)) in groups.iter().enumerate() {
                let within = of(control, &[&with(attr::GROUP, group), " ", &css(class::MEMBERS)].concat());
                put(control, members(list, n as u16), things, &within, out);
                for thing in members(list, n as u16) {
                    let field = of_thing(control, name(things, thing).0, "select");
                    out.push(Patch::Value { field, value: group.to_string(), forced: true });
                }
            }
        }
        _ => out.push(Patch::Checked(of(control, "[type=checkbox]"), *value == Value::Flag(true))),
    }
}

/// Puts these things, in this order, first in an element.
fn put(
    control: &Control,
    list: impl Iterator<Item = u16>,
    things: &Options,
    within: &Selector,
    out: &mut Vec<Patch>,
) {
    out.extend(list.enumerate().map(|(at, thing)| Patch::Place {
        element: of(control, &with(attr::OPTION, name(things, thing).0)),
        within: within.clone(),
        at: at as u16,
    }));
}

/// Writes a text if it is another than the field was last given. What the learner has typed and not applied yet, or what
/// was refused, stays.
fn write_text(state: &mut FigureState, control: &Control, text: &str, out: &mut Vec<Patch>) {
    let written = &mut state.written_texts;
    if written.iter().any(|(id, was)| *id == control.id && was == text) {
        return;
    }
    written.retain(|(id, _)| *id != control.id);
    written.push((control.id.to_string(), text.to_owned()));
    let field = of(control, &css(class::TYPED));
    out.push(Patch::Value { field, value: text.to_owned(), forced: true });
    out.extend(input_feedback(control, Ok(&Value::None)));
}

/// Id and label of a thing.
fn name(things: &Options, n: u16) -> (&str, &str) {
    things.get(usize::from(n)).map_or(("", ""), |(id, label)| (id, label))
}

/// Shows or clears the error of what was typed into a control or chosen in it.
pub(super) fn input_feedback(control: &Control, value: Result<&Value, &String>) -> Vec<Patch> {
    let field = match control.kind {
        // There is nothing to mistype.
        ControlKind::Choice { .. } | ControlKind::Flag { .. } => return Vec::new(),
        ControlKind::Number { .. } => Some(class::NUMBER),
        ControlKind::Text { .. } => Some(class::TYPED),
        _ => None,
    };
    let field = field.map(|class| of(control, &css(class)));
    let says = value.err().cloned().unwrap_or_default();
    let mut out = vec![Patch::Text(of(control, &css(class::ERROR)), says)];
    let invalid = value.err().map(|_| "true".to_owned());
    out.extend(field.clone().map(|field| Patch::Attribute(field, "aria-invalid".into(), invalid)));
    if let (Some(field), Ok(value @ Value::Number(_))) = (field, value) {
        out.push(Patch::Value { field, value: control.show(value), forced: true });
    }
    out
}

impl Desk {
    /// Moves a control: a slider by its position, a box by whether it is ticked, everything else by its text.
    pub(super) fn move_control(&mut self, action: &UserAction, before_change: BeforeChange) {
        let Some((_, control)) = self.state.spec.control(&action.target) else { return };
        let value = match (&control.kind, Slider::of(control)) {
            (_, Some(slider)) if action.variant == "range" => Ok(Value::Number(slider.value(action.number))),
            (ControlKind::Flag { .. }, _) => Ok(Value::Flag(action.number > 0.0)),
            (ControlKind::Several { things, .. }, _) if action.variant == "checkbox" => {
                let now = self.state.value_on(self.state.side_shown(), control);
                let (Some(thing), Value::Several(list)) = (place(&action.text, things), now) else { return };
                let ticked = action.number > 0.0;
                control.accept(&if list.contains(&thing) == ticked {
                    Value::Several(list)
                } else {
                    toggled(&list, thing)
                })
            }
            // '50' is 50 % where it is too much for a share.
            _ => control
                .parse(&action.text)
                .or_else(|why| control.parse(&[&action.text, "%"].concat()).map_err(|_| why)),
        };
        let value = value.map_err(|why| self.state.say(&why));
        self.set_control(control, value, before_change);
    }

    /// Puts a thing of an order or an assignment somewhere.
    pub(super) fn place_thing(&mut self, action: &UserAction, before_change: BeforeChange) {
        let Some((_, control)) = self.state.spec.control(&action.target) else { return };
        let id = action.variant.as_str();
        let (value, says, focus) =
            match (&control.kind, self.state.value_on(self.state.side_shown(), control)) {
                (ControlKind::Order { things, .. }, Value::Order(list)) => {
                    let Some(thing) = place(id, things) else { return };
                    let last = list.len().saturating_sub(1);
                    let from = list.iter().position(|&other| other == thing).unwrap_or(0);
                    let to = match action.text.as_str() {
                        "up" => from.saturating_sub(1),
                        "down" => (from + 1).min(last),
                        _ => clamp(action.number, 0.0, last as f64) as usize,
                    };
                    let (at, all) = ((to + 1).to_string(), list.len().to_string());
                    let says = text::fill(text::PLACED, &[name(things, thing).1, &at, &all]);
                    // At an end of the list there is no button that leads further.
                    let way = if to == 0 || (to < last && action.text != "up") { "down" } else { "up" };
                    (moved(&list, thing, to), says, with(attr::TEXT, way))
                }
                (ControlKind::Assignment { things, groups, .. }, Value::Assignment(list)) => {
                    let (Some(thing), Some(group)) = (place(id, things), place(&action.text, groups)) else {
                        return;
                    };
                    let says = text::fill(text::GROUPED, &[name(things, thing).1, name(groups, group).1]);
                    (assigned(&list, thing, group), says, "select".to_owned())
                }
                _ => return,
            };
        self.set_control(control, control.accept(&value).map_err(|why| self.state.say(&why)), before_change);
        if self.state.value_on(self.state.side_shown(), control) == value {
            self.extra_patches.push(Patch::Text(of(control, &css(class::ANNOUNCED)), says));
        }
        self.extra_patches.push(Patch::Focus(of_thing(control, id, &focus)));
    }

    /// Sets a control, or says beside it why it can't be.
    fn set_control(&mut self, control: &Control, value: Result<Value, String>, before_change: BeforeChange) {
        self.extra_patches.extend(input_feedback(control, value.as_ref()));
        match value {
            Ok(value) if !self.move_compared_control(control, &value) => {
                self.apply_change(InputKind::Set { control: control.id.to_string(), value }, before_change);
            }
            Ok(_) => {}
            // A field keeps what was typed; boxes and lists go back to what is in force.
            Err(_) => self.dirty.run |= control.kind.is_made_of_things(),
        }
    }
}
