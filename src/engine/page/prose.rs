//! Phrases and numbers of the text that control figures. In the page they are elements:
//!
//! - `a.run` with `data-figure`, `data-set` (`policy=random&load=480/s`) and `data-at` (nanoseconds): sets the figure
//!   so and seeks to the moment; with `data-code` it opens the run of that link code, with `data-sweep` it starts a
//!   sweep of what was set;
//! - `span.drag` with `data-figure` and `data-control`: a number that can be dragged to move the control;
//! - `span.live` shows a figure's reading; the desk writes it.

use super::figure;
use super::{dock, dom};
use crate::desk::markup::{any, attr, class, css};
use crate::desk::{ActionKind, UserAction};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

/// Pixels of dragging per step.
const PIXELS_PER_STEP: f64 = 4.0;

/// Attaches the listeners.
pub fn start() {
    for link in dom::query_page(&[css(class::RUN), any(attr::FIGURE)].concat()) {
        let of = link.clone();
        dom::listen::<Event>(&link, "click", move |event| {
            if let Some(figure) = figure_of(&of) {
                event.prevent_default();
                let said = |name: &str| of.get_attribute(name);
                if let Some(text) = said(attr::CODE) {
                    figure.send_action(UserAction { text, ..action(ActionKind::OpenView, &of) });
                } else {
                    figure.send_action(UserAction {
                        text: said(attr::SET).unwrap_or_default(),
                        number: said(attr::AT).map_or(-1.0, |at| dom::number(&at)),
                        ..action(ActionKind::GoTo, &of)
                    });
                }
                if let Some(text) = said(attr::SWEPT) {
                    figure.send_action(UserAction {
                        target: "sweep".to_owned(),
                        ..action(ActionKind::Drawer, &of)
                    });
                    figure.send_action(UserAction { text, ..action(ActionKind::Sweep, &of) });
                }
                dock::bring(&figure.root, &of);
            }
        });
    }
    for number in dom::query_page(&[css(class::DRAG), any(attr::FIGURE)].concat()) {
        attach_drag(&number);
    }
}

fn figure_of(element: &Element) -> Option<figure::PageFigure> {
    figure::find(&element.get_attribute(attr::FIGURE)?)
}

fn action(kind: ActionKind, of: &Element) -> UserAction {
    let target = of.get_attribute(attr::CONTROL).unwrap_or_default();
    UserAction { target, ..UserAction::of(kind) }
}

/// Makes a number draggable, also by arrow keys.
fn attach_drag(number: &Element) {
    // Where the drag began.
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
                    dock::bring_beside(&figure.root, &of);
                    held.set(Some(x));
                    figure.send_action(action(ActionKind::HoldNumber, &of));
                }
                ("pointermove", Some(from)) => {
                    figure.send_latest(UserAction {
                        number: ((x - from) / PIXELS_PER_STEP).round(),
                        ..action(ActionKind::DragNumber, &of)
                    });
                }
                ("pointermove", None) => {}
                _ => {
                    held.set(None);
                    figure.send_action(action(ActionKind::LetGo, &of));
                }
            }
        });
    }
    let of = number.clone();
    dom::listen::<KeyboardEvent>(number, "keydown", move |event| {
        let key = event.key();
        let leads = key.starts_with("Arrow") || key.starts_with("Page") || key == "Home" || key == "End";
        if leads && let Some(figure) = figure_of(&of) {
            event.prevent_default();
            dock::bring_beside(&figure.root, &of);
            figure.send_action(UserAction { text: key, ..action(ActionKind::NudgeNumber, &of) });
        }
    });
}
