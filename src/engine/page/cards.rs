//! Cards of an answer that are put in order: dragged by mouse or finger, or moved by the buttons on them.

use super::dom;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// What a card is dragged by: a finger by its grip, so that it can still scroll the page everywhere else.
const GRIP: &str = ".grip";
/// The class of a card that is being dragged.
const DRAGGED: &str = "dragged";

/// Lets the cards of a list be dragged.
pub fn attach(list: &Element) {
    let held = Rc::new(RefCell::new(None::<Element>));
    for kind in ["pointerdown", "pointermove", "pointerup", "pointercancel"] {
        let (list_of, held) = (list.clone(), Rc::clone(&held));
        dom::listen::<PointerEvent>(list, kind, move |event| match kind {
            "pointerdown" => {
                let by = if event.pointer_type() == "mouse" { "li" } else { GRIP };
                let card = dom::closest(&event, &list_of, by).and_then(|it| it.closest("li").ok().flatten());
                // Once it is answered its buttons are off, and so are the cards.
                let fixed = dom::query(&list_of, "button[disabled]").is_some();
                let pressed = dom::closest(&event, &list_of, "button").is_some();
                if let Some(card) = card.filter(|_| !fixed && !pressed) {
                    event.prevent_default();
                    let _ = list_of.set_pointer_capture(event.pointer_id());
                    dom::set_class(&card, DRAGGED, true);
                    held.replace(Some(card));
                }
            }
            "pointermove" => {
                if let Some(card) = &*held.borrow() {
                    put_at(&list_of, card, f64::from(event.client_y()));
                }
            }
            _ => {
                if let Some(card) = held.take() {
                    dom::set_class(&card, DRAGGED, false);
                }
            }
        });
    }
}

/// Puts a card where a pointer is: before the first whose middle is not above it.
fn put_at(list: &Element, card: &Element, y: f64) {
    let mut others = dom::query_all(list, "li").into_iter().filter(|other| other != card);
    let next = others.find(|other| !dom::middle_is_above(other, y));
    let after = card.next_element_sibling();
    // Moving it to where it is would end the browser's own effects on it.
    if next != after {
        let _ = list.insert_before(card, next.as_ref().map(JsCast::unchecked_ref));
    }
}

/// Moves the card of a button one place up or down its list.
pub fn move_by_one(by: &Element, up: bool) {
    let Some(card) = by.closest("li").ok().flatten() else { return };
    let other = if up { card.previous_element_sibling() } else { card.next_element_sibling() };
    if let (Some(other), Some(list)) = (other, card.parent_element()) {
        let (first, second) = if up { (&card, &other) } else { (&other, &card) };
        let _ = list.insert_before(first, Some(second));
        // Moving the element has lost the focus.
        dom::focus(by);
    }
}
