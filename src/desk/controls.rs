//! The figure's controls, and its seed. The widgets stand in the page, each in an element that names its control.

use super::deeds::seed_field;
use super::markup::{attr, class, css, with};
use super::percent;
use super::protocol::{Part, Patch, find};
use super::state::State;
use crate::player::{Control, ControlKind, Slider, Value};

/// What a control's element holds.
pub(super) fn of(control: &Control, selector: &str) -> Part {
    find([&with(attr::CONTROL, &control.id), " ", selector].concat())
}

pub(super) fn write(state: &State, out: &mut Vec<Patch>) {
    for control in state.spec.controls.iter() {
        show(control, &state.value_in(state.side_shown(), control), out);
    }
    let seed = state.run.seed.to_string();
    out.push(Patch::Value { part: seed_field(), value: seed, forced: true });
}

fn show(control: &Control, value: &Value, out: &mut Vec<Patch>) {
    let says = control.show(value);
    match (&control.kind, value) {
        (ControlKind::Number { .. }, _) => {
            let Some(slider) = Slider::of(control) else { return };
            let (place, range) = (slider.place(value), of(control, "[type=range]"));
            out.push(Patch::Place(range.clone(), place));
            out.push(Patch::Attr(range, "aria-valuetext".into(), Some(says.clone())));
            let filled = of(control, &css(class::SLIDER_FILLED));
            out.push(Patch::Style(filled, "width".into(), percent(place / slider.places())));
            out.push(Patch::Value { part: of(control, &css(class::NUMBER)), value: says, forced: false });
        }
        (ControlKind::Choice { .. }, Value::Choice(chosen)) if control.kind.stands_in_a_row() => {
            let option = ["[value=", chosen, "][type=radio]"].concat();
            out.push(Patch::Checked(of(control, &option), true));
        }
        (ControlKind::Choice { .. }, Value::Choice(chosen)) => {
            out.push(Patch::Value { part: of(control, "select"), value: chosen.clone(), forced: true });
        }
        _ => out.push(Patch::Checked(of(control, "[type=checkbox]"), *value == Value::Flag(true))),
    }
}

/// Says what is wrong with what was typed into a control, or that nothing is.
pub(super) fn told(control: &Control, value: Result<&Value, &String>) -> Vec<Patch> {
    if !matches!(control.kind, ControlKind::Number { .. }) {
        // There is nothing to mistype.
        return Vec::new();
    }
    let field = || of(control, &css(class::NUMBER));
    let invalid = value.err().map(|_| "true".to_owned());
    let mut out = vec![
        Patch::Text(of(control, &css(class::ERROR)), value.err().cloned().unwrap_or_default()),
        Patch::Attr(field(), "aria-invalid".into(), invalid),
    ];
    if let Ok(value @ Value::Number(_)) = value {
        out.push(Patch::Value { part: field(), value: control.show(value), forced: true });
    }
    out
}
