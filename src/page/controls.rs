//! The figure's controls, and its seed. The widgets stand in the page, each in an element that names its control.

use super::live::Live;
use super::{dom, share};
use crate::player::{Control, ControlKind, Slider, Value};
use crate::sim::Seed;
use web_sys::{Element, Event};

/// Seeds with the shortest names: what a reshuffle draws from.
const SHORT_SEEDS: f64 = 16_384.0;

/// Keeps the controls up to date, and lets them be moved.
pub fn attach(live: Live, root: &Element) {
    let Some(all) = dom::find(root, ".fig-controls") else { return };
    for widget in dom::find_all(&all, "[data-control]") {
        let id = widget.get_attribute("data-control").unwrap_or_default();
        let control = live.with(|state| state.spec().control(&id).map(|(_, control)| control.clone()));
        if let Some(control) = control {
            dom::follow(&[live.changed, live.shown, live.mode], move || {
                show(&widget, &control, &live.with(|state| state.value(&control)));
            });
        }
    }
    for event in ["input", "change"] {
        let within = all.clone();
        dom::listen::<Event>(&all, event, move |event| {
            if let Some(field) = dom::around(&event, &within, "input, select") {
                moved(live, &field, &event.type_());
            }
        });
    }
    if let Some(field) = dom::find(&all, ".fig-seed input") {
        dom::follow(&[live.changed], move || {
            dom::set_value(&field, &live.with(|state| state.run.seed.to_string()));
        });
    }
}

/// Shows a control's value in its widget.
fn show(widget: &Element, control: &Control, value: &Value) {
    let says = control.show(value);
    for field in dom::find_all(widget, "input, select") {
        match field.get_attribute("type").as_deref() {
            Some("range") => {
                let Some(slider) = Slider::of(control) else { continue };
                let place = slider.place(value);
                dom::field(&field).set_value_as_number(place);
                dom::set(&field, "aria-valuetext", &says);
                if let Some(filled) = field.previous_element_sibling() {
                    dom::style(&filled, "width", &dom::percent(place / slider.places()));
                }
            }
            Some("radio") => {
                let own = dom::field(&field).value();
                dom::field(&field).set_checked(matches!(value, Value::Choice(chosen) if *chosen == own));
            }
            Some("checkbox") => dom::field(&field).set_checked(*value == Value::Flag(true)),
            // A field that is being typed in is the learner's, until it is left.
            Some(_) if dom::document().active_element().as_ref() == Some(&field) => {}
            Some(_) => dom::set_value(&field, &says),
            None => {
                if let Value::Choice(chosen) = value {
                    dom::set_value(&field, chosen);
                }
            }
        }
    }
}

/// A field was moved: a slider counts while it moves, everything else when it has been.
fn moved(live: Live, field: &Element, event: &str) {
    let kind = field.get_attribute("type").unwrap_or_default();
    if (kind == "range") != (event == "input") {
        return;
    }
    let Some(widget) = field.closest(".fig-control").ok().flatten() else { return };
    let Some(id) = widget.get_attribute("data-control") else { return reseed(live, &widget, field) };
    let Some(control) = live.with(|state| state.spec().control(&id).map(|(_, control)| control.clone()))
    else {
        return;
    };
    let typed = dom::field(field).value();
    let value = match (kind.as_str(), &control.kind) {
        ("range", _) => {
            let place = dom::field(field).value_as_number();
            Ok(Slider::of(&control).map_or(Value::None, |slider| Value::Number(slider.value(place))))
        }
        (_, ControlKind::Flag { .. }) => Ok(Value::Flag(dom::field(field).checked())),
        _ => control.parse(&typed).map_err(|why| live.say(&why)),
    };
    tell(&widget, field, value.as_ref().err());
    if let Ok(value) = value {
        if kind == "text" {
            dom::set_value(field, &control.show(&value));
        }
        live.set(&id, value);
    }
}

/// Says what is wrong with what was typed, or that nothing is.
fn tell(widget: &Element, field: &Element, wrong: Option<&String>) {
    if let Some(place) = dom::find(widget, ".fig-error") {
        dom::set_text(&place, wrong.map_or("", String::as_str));
        let _ = match wrong {
            Some(_) => field.set_attribute("aria-invalid", "true"),
            None => field.remove_attribute("aria-invalid"),
        };
    }
}

fn reseed(live: Live, widget: &Element, field: &Element) {
    let seed = dom::field(field).value().parse::<Seed>().map_err(|why| why.to_string());
    tell(widget, field, seed.as_ref().err());
    if let Ok(seed) = seed {
        live.reseed(seed);
    }
}

/// Another seed.
pub fn reshuffle(live: Live) {
    live.reseed(Seed((js_sys::Math::random() * SHORT_SEEDS) as u64));
}

/// Copies the seed's name; `by` is the button that says so.
pub fn copy_seed(live: Live, by: &Element) {
    share::copy(&live.with(|state| state.run.seed.to_string()), by);
}
