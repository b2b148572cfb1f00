//! The figure's controls and its seed. The page has a widget for each, in an element with `data-control`.

use super::actions::seed_field;
use super::markup::{attr, class, css, with};
use super::percent;
use super::protocol::{Patch, Selector, find};
use super::state::FigureState;
use crate::player::{Control, ControlKind, Slider, Value};

/// A selector within a control's element.
pub(super) fn of(control: &Control, selector: &str) -> Selector {
    find([&with(attr::CONTROL, &control.id), " ", selector].concat())
}

pub(super) fn write(state: &FigureState, out: &mut Vec<Patch>) {
    for control in state.spec.controls.iter() {
        write_control(control, &state.value_on(state.side_shown(), control), out);
    }
    let seed = state.run.seed.to_string();
    out.push(Patch::Value { field: seed_field(), value: seed, forced: true });
}

fn write_control(control: &Control, value: &Value, out: &mut Vec<Patch>) {
    let says = control.show(value);
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
        _ => out.push(Patch::Checked(of(control, "[type=checkbox]"), *value == Value::Flag(true))),
    }
}

/// Shows or clears the error of what was typed into a control.
pub(super) fn input_feedback(control: &Control, value: Result<&Value, &String>) -> Vec<Patch> {
    if !matches!(control.kind, ControlKind::Number { .. }) {
        // There is nothing to mistype.
        return Vec::new();
    }
    let field = || of(control, &css(class::NUMBER));
    let invalid = value.err().map(|_| "true".to_owned());
    let mut out = vec![
        Patch::Text(of(control, &css(class::ERROR)), value.err().cloned().unwrap_or_default()),
        Patch::Attribute(field(), "aria-invalid".into(), invalid),
    ];
    if let Ok(value @ Value::Number(_)) = value {
        out.push(Patch::Value { field: field(), value: control.show(value), forced: true });
    }
    out
}
