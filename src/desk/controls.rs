//! The figure's controls, and its seed. The widgets stand in the page, each in an element that names its control.

use super::deeds::SEED;
use super::percent;
use super::protocol::{Part, Patch, nth, part};
use super::state::State;
use crate::player::{Control, ControlKind, Slider, Value};

/// What a control's element holds.
pub(super) fn within(control: &Control, css: &str) -> Part {
    nth(["[data-control=", &control.id, "] ", css].concat(), 0)
}

pub(super) fn write(state: &State, out: &mut Vec<Patch>) {
    for control in state.spec.controls.iter() {
        show(control, &state.value_in(state.side_shown(), control), out);
    }
    let seed = state.run.seed.to_string();
    out.push(Patch::Value { part: part(SEED), value: seed, forced: true });
}

fn show(control: &Control, value: &Value, out: &mut Vec<Patch>) {
    let says = control.show(value);
    match (&control.kind, value) {
        (ControlKind::Number { .. }, _) => {
            let Some(slider) = Slider::of(control) else { return };
            let (place, range) = (slider.place(value), within(control, "[type=range]"));
            out.push(Patch::Place(range.clone(), place));
            out.push(Patch::Attr(range, "aria-valuetext".into(), Some(says.clone())));
            let filled = within(control, ".fig-slider-filled");
            out.push(Patch::Style(filled, "width".into(), percent(place / slider.places())));
            out.push(Patch::Value { part: within(control, ".fig-number"), value: says, forced: false });
        }
        (ControlKind::Choice { .. }, Value::Choice(chosen)) => {
            out.push(Patch::Value { part: within(control, "select"), value: chosen.clone(), forced: true });
            out.push(Patch::Checked(within(control, &["[value=", chosen, "][type=radio]"].concat()), true));
        }
        _ => out.push(Patch::Checked(within(control, "[type=checkbox]"), *value == Value::Flag(true))),
    }
}

/// Says what is wrong with what was typed into a control, or that nothing is.
pub(super) fn told(control: &Control, value: Result<&Value, &String>) -> Vec<Patch> {
    let field = || within(control, ".fig-number");
    let invalid = value.err().map(|_| "true".to_owned());
    let mut out = vec![
        Patch::Text(within(control, ".fig-error"), value.err().cloned().unwrap_or_default()),
        Patch::Attr(field(), "aria-invalid".into(), invalid),
    ];
    if let Ok(value @ Value::Number(_)) = value {
        out.push(Patch::Value { part: field(), value: control.show(value), forced: true });
    }
    out
}
