//! Figures that come along: what was done in the text has its effect beside the text.
//!
//! Where there is room beside the text, a figure that is out of view is docked at the window's edge, smaller, until its
//! reader closes it, goes to it, or comes by its place or by another figure. On a narrow page the reader is taken to the figure instead, and
//! offered the way back.
//!
//! By keyboard a docked figure comes right after what brought it: Tab leads from there to its first button, Shift and Tab
//! back, and Escape closes it.

use super::dom;
use crate::desk::ActionKind;
use crate::desk::markup::{attr, class, css, does};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// Where there is room beside the text.
const ROOMY: &str = "(min-width: 75rem)";
/// The class of a docked figure, that of one that its reader was taken to, and that of the place left empty.
const DOCKED: &str = "docked";
const VISITED: &str = "visited";
const PLACE: &str = "fig-place";
/// The class of figures that were in view when one was docked over them.
const WAS_THERE: &str = "was-there";
/// Cards whose tasks are done with a figure's controls, and the class of a docked figure that is used so.
const TASKS: &str = ".challenge, .incident";
const IN_USE: &str = "in-use";

thread_local! {
    /// What the docked figure was brought by.
    static BROUGHT_BY: RefCell<Option<Element>> = const { RefCell::new(None) };
    /// The text that was being read when a figure was docked or put back, how far below the window's upper edge it stays, and how far
    /// down the page the window was then.
    static KEPT: RefCell<Option<(Element, f64, f64)>> = const { RefCell::new(None) };
    /// How far down what there is to see of it reaches in its place.
    static STAGE: Cell<f64> = const { Cell::new(0.0) };
}

/// Attaches the listeners.
pub fn start() {
    dom::listen::<Event>(&dom::document(), "scroll", |_| scrolled());
    dom::listen::<KeyboardEvent>(&dom::document(), "keydown", |event| key_pressed(&event));
    dom::on_resize(&dom::query_page("figure"), Closure::new(keep_text));
}

/// The figure that is docked.
fn docked() -> Option<Element> {
    dom::query_page(&["figure.", DOCKED].concat()).pop()
}

fn key_pressed(event: &KeyboardEvent) {
    let Some(figure) = docked().filter(|_| !event.default_prevented()) else { return };
    let Some(focused) = dom::document().active_element() else { return };
    let by = BROUGHT_BY.with_borrow(Clone::clone);
    let first = || dom::query(&figure, &does(ActionKind::Undock));
    let next = match (event.key().as_str(), event.shift_key()) {
        ("Escape", _) => {
            put_back(&figure, false);
            by.filter(|_| figure.contains(Some(&focused)))
        }
        ("Tab", true) if first().as_ref() == Some(&focused) => by,
        ("Tab", false) if by.as_ref() == Some(&focused) => first(),
        _ => return,
    };
    if let Some(next) = next {
        event.prevent_default();
        dom::focus(&next);
    }
}

/// What there is to see of a figure is its picture and its readings: how far down they reach.
fn stage_height(figure: &Element) -> f64 {
    let top = figure.get_bounding_client_rect().top();
    let parts =
        [class::PICTURE, class::READINGS].into_iter().filter_map(|part| dom::query(figure, &css(part)));
    parts.map(|part| part.get_bounding_client_rect().bottom() - top).fold(0.0, f64::max)
}

/// Whether what begins there and is so high is in the window but for a tenth.
fn is_seen(top: f64, height: f64) -> bool {
    top > -0.1 * height && top + 0.9 * height < window_height()
}

/// Whether another figure has come into the middle of the window.
fn has_come(other: &Element) -> bool {
    let (bounds, height) = (other.get_bounding_client_rect(), window_height());
    bounds.top() < 0.6 * height && bounds.bottom() > 0.4 * height
}

/// A docked figure goes back when its place comes into view, or another figure does.
fn scrolled() {
    let Some(figure) = docked() else { return };
    let Some(place) = figure.previous_element_sibling() else { return };
    let arrives = |other: &Element| *other != figure && has_come(other) && !has(other, WAS_THERE);
    if is_seen(place.get_bounding_client_rect().top(), STAGE.get())
        || dom::query_page("figure").iter().any(arrives)
    {
        put_back(&figure, false);
    }
}

fn window_height() -> f64 {
    dom::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default()
}

/// Has a figure be seen, where its reader is or with a way back; `by` is what was pressed in the text.
pub fn bring(figure: &Element, by: &Element) {
    BROUGHT_BY.set(Some(by.clone()));
    let task = by.closest(TASKS).ok().flatten();
    dom::set_class(figure, IN_USE, task.is_some());
    if has(figure, DOCKED) {
        return figure.set_scroll_top(0);
    }
    if is_seen(figure.get_bounding_client_rect().top(), stage_height(figure)) {
        return;
    }
    // A question that waits in the figure is gone to; one that was answered makes room.
    let asks = figure.get_attribute(attr::ASKS);
    if asks.as_deref() != Some("open") && dom::media_matches(ROOMY) {
        let _ = figure.remove_attribute(attr::ASKS);
        return dock(figure);
    }
    // Where the reader was, for the way back.
    let from = scroll_y() as i32;
    dom::set_attribute(figure, attr::FROM, &from.to_string());
    dom::set_class(figure, VISITED, true);
    figure.scroll_into_view();
}

/// Has a figure be seen beside the text, where there is room: while a number of the text is dragged, the text stays.
pub fn bring_beside(figure: &Element, by: &Element) {
    if figure.get_attribute(attr::ASKS).as_deref() != Some("open") && dom::media_matches(ROOMY) {
        bring(figure, by);
    }
}

fn has(figure: &Element, class: &str) -> bool {
    figure.class_list().contains(class)
}

fn dock(figure: &Element) {
    // One comes along at a time.
    if let Some(other) = docked() {
        put_back(&other, false);
    }
    STAGE.set(stage_height(figure));
    for other in dom::query_page("figure") {
        dom::set_class(&other, WAS_THERE, has_come(&other));
    }
    let place = dom::create_element("div", PLACE);
    let height = figure.unchecked_ref::<HtmlElement>().offset_height();
    dom::set_style(&place, "height", &[&height.to_string(), "px"].concat());
    keep_text_in_place(figure, &|| {
        if let Some(parent) = figure.parent_element() {
            let _ = parent.insert_before(&place, Some(figure));
        }
        dom::set_class(figure, VISITED, false);
        dom::set_class(figure, DOCKED, true);
    });
    figure.set_scroll_top(0);
}

/// Keeps the text that is being read where it is, while something changes the height of what stands in the figure's place and
/// of the notes. Browsers do this by themselves, except where something leaves the flow of the page or comes back.
fn keep_text_in_place(figure: &Element, change: &dyn Fn()) {
    let top = |text: &Element| text.get_bounding_client_rect().top();
    let in_window = |text: &Element| (0.0..window_height()).contains(&top(text));
    let by = BROUGHT_BY.with_borrow(Clone::clone).filter(in_window);
    let texts = || dom::query_page(".lesson-page > :not(figure, .note)").into_iter();
    let text = by.or_else(|| texts().find(in_window)).or_else(|| figure.next_element_sibling());
    let Some(text) = text else { return change() };
    let top = top(&text);
    change();
    KEPT.set((top < window_height()).then_some((text, top, scroll_y())));
    keep_text();
}

/// Moves the window so that the text that is being kept in place is there, unless the reader has gone on since. A figure
/// that was put back gets its charts painted, and with them its height, a moment later.
fn keep_text() {
    let Some((text, top, y)) = KEPT.take() else { return };
    if scroll_y() == y {
        dom::window().scroll_by_with_x_and_y(0.0, text.get_bounding_client_rect().top() - top);
        KEPT.set(Some((text, top, scroll_y())));
    }
}

fn scroll_y() -> f64 {
    dom::window().scroll_y().unwrap_or_default()
}

/// Puts a docked figure back into its place, and goes there if wanted.
pub fn put_back(figure: &Element, go: bool) {
    if has(figure, DOCKED) {
        keep_text_in_place(figure, &|| {
            dom::set_class(figure, DOCKED, false);
            if let Some(place) = figure.previous_element_sibling().filter(|place| has(place, PLACE)) {
                place.remove();
            }
        });
    }
    dom::set_class(figure, VISITED, false);
    if go {
        figure.scroll_into_view();
    }
}

/// Takes the reader back to where a phrase of the text was pressed.
pub fn back_to_text(figure: &Element) {
    dom::set_class(figure, VISITED, false);
    let from = figure.get_attribute(attr::FROM).map(|from| dom::number(&from));
    if let Some(from) = from {
        dom::window().scroll_to_with_x_and_y(0.0, from);
    }
}
