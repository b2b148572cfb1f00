//! Phrases and numbers of the text that lead to figures. The page has them as elements:
//!
//! - `a.run` with `data-figure`, `data-set` (`policy=random&load=480/s`) and `data-at` (nanoseconds): takes the figure
//!   there; with `data-code`, to the run of that code; with `data-sweep`, sweeps what that says;
//! - `span.drag` with `data-figure` and `data-control`: a number that one drags, and that moves the control;
//! - `span.live` tells what a figure reads: its desk writes it.

use super::dom;
use super::figure;
use crate::desk::markup::{any, attr, class, css};
use crate::desk::{ActionKind, Deed};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

/// Pixels that a number is dragged for one step.
const PIXELS: f64 = 4.0;

/// Ties what leads to figures.
pub fn start() {
    for link in dom::select(&[css(class::RUN), any(attr::FIGURE)].concat()) {
        let of = link.clone();
        dom::listen::<Event>(&link, "click", move |event| {
            if let Some(figure) = figure_of(&of) {
                event.prevent_default();
                let said = |name: &str| of.get_attribute(name);
                if let Some(text) = said(attr::SWEPT) {
                    figure.deed(Deed { on: "sweep".to_owned(), ..deed(ActionKind::Drawer, &of) });
                    figure.deed(Deed { text, ..deed(ActionKind::Sweep, &of) });
                } else if let Some(text) = said(attr::CODE) {
                    figure.deed(Deed { text, ..deed(ActionKind::OpenView, &of) });
                } else {
                    figure.deed(Deed {
                        text: said(attr::SET).unwrap_or_default(),
                        number: said(attr::AT).map_or(-1.0, |at| dom::number(&at)),
                        ..deed(ActionKind::GoTo, &of)
                    });
                }
                dom::scroll_to(&figure.root);
            }
        });
    }
    for number in dom::select(&[css(class::DRAG), any(attr::FIGURE)].concat()) {
        tie(&number);
    }
}

fn figure_of(element: &Element) -> Option<figure::Figure> {
    figure::find(&element.get_attribute(attr::FIGURE)?)
}

fn deed(kind: ActionKind, of: &Element) -> Deed {
    let on = of.get_attribute(attr::CONTROL).unwrap_or_default();
    Deed { on, ..Deed::of(kind) }
}

/// A number that is dragged, or moved with arrow keys.
fn tie(number: &Element) {
    // Where the pointer took hold.
    let held = Rc::new(Cell::new(None::<f64>));
    for kind in ["pointerdown", "pointermove", "pointerup", "pointercancel"] {
        let (of, held) = (number.clone(), Rc::clone(&held));
        dom::listen::<PointerEvent>(number, kind, move |event| {
            let x = f64::from(event.client_x());
            let Some(figure) = figure_of(&of) else { return };
            match (kind, held.get()) {
                ("pointerdown", _) => {
                    event.prevent_default();
                    let _ = of.set_pointer_capture(event.pointer_id());
                    dom::focus(&of);
                    held.set(Some(x));
                    figure.deed(deed(ActionKind::HoldNumber, &of));
                }
                ("pointermove", Some(from)) => {
                    figure.passing_deed(Deed {
                        number: ((x - from) / PIXELS).round(),
                        ..deed(ActionKind::DragNumber, &of)
                    });
                }
                ("pointermove", None) => {}
                _ => held.set(None),
            }
        });
    }
    let of = number.clone();
    dom::listen::<KeyboardEvent>(number, "keydown", move |event| {
        let key = event.key();
        let leads = key.starts_with("Arrow") || key.starts_with("Page") || key == "Home" || key == "End";
        if leads && let Some(figure) = figure_of(&of) {
            event.prevent_default();
            figure.deed(Deed { text: key, ..deed(ActionKind::NudgeNumber, &of) });
        }
    });
}
