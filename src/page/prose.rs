//! Numbers and phrases of the text that are tied to figures. The page has them as elements:
//!
//! - `span.live` with `data-figure`, `data-reading` and perhaps `data-at`: what the figure reads now, or at that moment of
//!   the run that the page opened with;
//! - `span.drag` with `data-figure` and `data-control`: a number that one drags, and that moves the control;
//! - `a.run` with `data-figure`, `data-set` (`policy=random&load=480/s`) and `data-at` (nanoseconds): takes the figure there.

use super::live::Live;
use super::{dom, figure, text};
use crate::player::{Control, Slider, Value, View};
use crate::sim::Time;
use std::cell::Cell;
use std::rc::Rc;
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
    for number in dom::select(&selector) {
        let reading = number.get_attribute("data-reading").unwrap_or_default();
        let Some(place) = live.with(|state| state.spec().reading(&reading)) else { continue };
        if number.has_attribute("data-at") {
            dom::follow(&[live.changed], move || {
                let other = live.with(|state| state.run != state.facts.first.run);
                dom::class(&number, "stale", other);
                dom::set(&number, "title", if other { text::OF_FIRST_RUN } else { "" });
            });
            continue;
        }
        dom::follow(&[live.read], move || {
            live.with(|state| {
                let Some(&value) = state.frame.as_ref().and_then(|frame| frame.readings.get(place)) else {
                    return;
                };
                dom::set_text(&number, &state.spec().readings[place].unit.format(value));
            });
        });
    }
}

/// A number that is dragged, or moved with arrow keys, and its control.
fn tie_control(live: Live, number: &Element, control: Control) {
    let Some(slider) = Slider::of(&control) else { return };
    for (name, value) in [
        ("role", "slider"),
        ("tabindex", "0"),
        ("aria-label", &control.label),
        ("aria-valuemin", &dom::written(slider.min)),
        ("aria-valuemax", &dom::written(slider.max)),
    ] {
        dom::set(number, name, value);
    }
    let opened_with = live.with(|state| state.value(&control));
    let first = number.get_attribute("data-value").and_then(|value| control.parse(&value).ok());
    let id = control.id.to_string();
    let value = Rc::new(move || {
        let now = live.with(|state| state.value(&control));
        // The text's own number stands until the control is moved.
        let value = first.clone().filter(|_| now == opened_with).unwrap_or(now);
        let words = control.show(&value);
        (if let Value::Number(n) = value { n } else { slider.min }, words)
    });
    let (shown, now) = (number.clone(), Rc::clone(&value));
    dom::follow(&[live.changed, live.shown], move || {
        let (n, words) = now();
        dom::set_text(&shown, &words);
        dom::set(&shown, "aria-valuenow", &dom::written(n));
        dom::set(&shown, "aria-valuetext", &words);
    });
    // Where the pointer took hold, and the value then.
    let held = Rc::new(Cell::new(None::<(f64, f64)>));
    for kind in ["pointerdown", "pointermove", "pointerup", "pointercancel"] {
        let (target, held, value, id) = (number.clone(), Rc::clone(&held), Rc::clone(&value), id.clone());
        dom::listen::<PointerEvent>(number, kind, move |event| {
            let x = f64::from(event.client_x());
            match (kind, held.get()) {
                ("pointerdown", _) => {
                    event.prevent_default();
                    let _ = target.set_pointer_capture(event.pointer_id());
                    dom::focus(&target);
                    held.set(Some((x, value().0)));
                }
                ("pointermove", Some((from, n))) => {
                    live.set(&id, Value::Number(slider.moved(n, ((x - from) / PIXELS).round())));
                }
                ("pointermove", None) => {}
                _ => held.set(None),
            }
        });
    }
    dom::listen::<KeyboardEvent>(number, "keydown", move |event| {
        let n = value().0;
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => slider.moved(n, -1.0),
            "ArrowRight" | "ArrowUp" => slider.moved(n, 1.0),
            "PageDown" => slider.moved(n, -10.0),
            "PageUp" => slider.moved(n, 10.0),
            "Home" => slider.min,
            "End" => slider.max,
            _ => return,
        };
        event.prevent_default();
        live.set(&id, Value::Number(to));
    });
}
