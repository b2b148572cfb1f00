//! Numbers and phrases of the text that are tied to figures. The page has them as elements:
//!
//! - `span.live` with `data-figure`, `data-reading` and perhaps `data-at`: what the figure reads now, or at that moment of
//!   the run that the page opened with;
//! - `span.drag` with `data-figure` and `data-control`: a number that one drags, and that moves the control;
//! - `a.run` with `data-figure`, `data-set` (`policy=random&load=480/s`) and `data-at` (nanoseconds): takes the figure there.

use super::live::Live;
use super::{dom, figure, readings, text};
use crate::player::{Control, ControlKind, Scale, Value, View};
use crate::sim::Time;
use leptos::prelude::*;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

/// Pixels that a number is dragged for one step.
const PIXELS: f64 = 4.0;

/// Ties what leads to figures. (What comes from them is tied when they come to life, see [`follow`].)
pub fn start() {
    for link in dom::select("a.run[data-figure]") {
        let of = link.clone();
        dom::listen::<Event>(&link, "click", move |event| {
            let id = of.get_attribute("data-figure").unwrap_or_default();
            if let Some((live, element)) = figure::find(&id) {
                event.prevent_default();
                go(live, &of);
                show(&element);
            }
        });
    }
    for number in dom::select("span.drag[data-figure]") {
        let id = number.get_attribute("data-figure").unwrap_or_default();
        // A number that can be dragged needs its figure, however far away that is.
        if let Some((live, _)) = figure::find(&id) {
            let control = number.get_attribute("data-control").unwrap_or_default();
            let control =
                live.with(|state| state.spec().control(&control).map(|(_, control)| control.clone()));
            if let Some(control) = control {
                tie_control(live, &number, control);
            }
        }
    }
}

fn show(element: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Takes the figure to what a phrase says: its setting from the start, or only another moment.
fn go(live: Live, link: &Element) {
    let at = link.get_attribute("data-at").and_then(|at| at.parse().ok()).map(Time::from_nanos);
    let Some(settings) = link.get_attribute("data-set") else {
        return live.seek(at.unwrap_or(Time::ZERO));
    };
    let view = live.with(|state| {
        let spec = state.spec();
        let mut run = state.facts.first.run.clone();
        run.seed = state.run.seed;
        for (id, value) in settings.split('&').filter_map(|pair| pair.split_once('=')) {
            if let Some((_, control)) = spec.control(id)
                && let Ok(value) = control.parse(value)
            {
                // The control has just accepted it.
                let _ = run.set(spec, id, &value);
            }
        }
        View { run, against: Vec::new(), at: at.unwrap_or(state.at) }
    });
    live.open(view, None);
}

/// Ties the numbers that tell what a figure reads.
pub fn follow(live: Live) {
    let id = live.with(|state| state.facts.page_id.clone());
    let selector = ["span.live[data-figure=\"", &id, "\"]"].concat();
    let tick = readings::ticks(live);
    for number in dom::select(&selector) {
        let reading = number.get_attribute("data-reading").unwrap_or_default();
        let Some(place) = live.with(|state| state.spec().reading(&reading)) else { continue };
        if number.has_attribute("data-at") {
            Effect::new(move |_| {
                live.changed.track();
                let other = live.with(|state| state.run != state.facts.first.run);
                let _ = number.class_list().toggle_with_force("stale", other);
                let _ = number.set_attribute("title", if other { text::OF_FIRST_RUN } else { "" });
            });
            continue;
        }
        Effect::new(move |_| {
            let _ = tick.get();
            let shown = live.with(|state| {
                let value = *state.frame.as_ref()?.readings.get(place)?;
                Some(state.spec().readings[place].unit.format(value))
            });
            if let Some(shown) = shown
                && number.text_content().as_deref() != Some(&shown)
            {
                number.set_text_content(Some(&shown));
            }
        });
    }
}

/// A number that is dragged, or moved with arrow keys, and its control.
fn tie_control(live: Live, number: &Element, control: Control) {
    let ControlKind::Number { min, max, .. } = control.kind else { return };
    for (name, value) in [
        ("role", "slider".to_owned()),
        ("tabindex", "0".to_owned()),
        ("aria-label", control.label.to_string()),
        ("aria-valuemin", min.to_string()),
        ("aria-valuemax", max.to_string()),
    ] {
        let _ = number.set_attribute(name, &value);
    }
    let shown = number.clone();
    let of = control.clone();
    let opened_with = live.with(|state| state.value(&control));
    let first = number.get_attribute("data-value").and_then(|value| control.parse(&value).ok());
    let value = move || {
        let now = live.with(|state| state.value(&of));
        // The text's own number stands until the control is moved.
        match &first {
            Some(first) if now == opened_with => first.clone(),
            _ => now,
        }
    };
    let now = value.clone();
    Effect::new({
        let control = control.clone();
        move |_| {
            live.changed.track();
            live.shown.track();
            let value = now();
            let words = control.show(&value);
            if shown.text_content().as_deref() != Some(&words) {
                shown.set_text_content(Some(&words));
            }
            if let Value::Number(n) = value {
                let _ = shown.set_attribute("aria-valuenow", &n.to_string());
                let _ = shown.set_attribute("aria-valuetext", &words);
            }
        }
    });
    let held = StoredValue::new(None::<(f64, f64)>);
    let moves = control.clone();
    let from = value.clone();
    let target = number.clone();
    dom::listen::<PointerEvent>(number, "pointerdown", move |event| {
        if let Value::Number(n) = from() {
            event.prevent_default();
            let _ = target.set_pointer_capture(event.pointer_id());
            dom::focus(&target);
            held.set_value(Some((f64::from(event.client_x()), n)));
        }
    });
    let control_id = control.id.to_string();
    dom::listen::<PointerEvent>(number, "pointermove", move |event| {
        if let Some((x, n)) = held.get_value() {
            let steps = ((f64::from(event.client_x()) - x) / PIXELS).round();
            live.set(&control_id, Value::Number(moved(&moves, n, steps)));
        }
    });
    for end in ["pointerup", "pointercancel"] {
        dom::listen::<PointerEvent>(number, end, move |_| held.set_value(None));
    }
    dom::listen::<KeyboardEvent>(number, "keydown", move |event| {
        let Value::Number(n) = value() else { return };
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => moved(&control, n, -1.0),
            "ArrowRight" | "ArrowUp" => moved(&control, n, 1.0),
            "PageDown" => moved(&control, n, -10.0),
            "PageUp" => moved(&control, n, 10.0),
            "Home" => min,
            "End" => max,
            _ => return,
        };
        event.prevent_default();
        live.set(&control.id, Value::Number(to));
    });
}

/// A control's value some steps on, within its range.
fn moved(control: &Control, from: f64, steps: f64) -> f64 {
    match control.kind {
        ControlKind::Number { min, max, step, scale, .. } => match scale {
            Scale::Linear => from + steps * step,
            Scale::Log => from * libm::pow(1.0 + step, steps),
        }
        .clamp(min, max),
        _ => from,
    }
}
