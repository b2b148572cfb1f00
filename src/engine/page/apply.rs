//! Applies a desk's patches to the page.

use super::figure::PageFigure;
use super::{dom, link};
use crate::desk::markup::{attr, class, css, with};
use crate::desk::{NewChild, NewElement, Patch, Selector, text};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

fn elements(root: &Element, selector: &Selector) -> Vec<Element> {
    match (selector.in_whole_page, selector.nth) {
        (true, _) => dom::query_page(&selector.selector),
        (false, 0) => dom::query(root, &selector.selector).into_iter().collect(),
        (false, n) => {
            dom::query_all(root, &selector.selector).into_iter().nth(n.into()).into_iter().collect()
        }
    }
}

/// Applies a patch.
pub fn patch(root: &Element, patch: &Patch) {
    let each =
        |selector: &Selector, change: &dyn Fn(&Element)| elements(root, selector).iter().for_each(change);
    match patch {
        Patch::Text(selector, text) => each(selector, &|element| dom::set_text(element, text)),
        Patch::Attribute(selector, name, Some(value)) => {
            each(selector, &|element| dom::set_attribute(element, name, value));
        }
        Patch::Attribute(selector, name, None) => {
            each(selector, &|element| drop(element.remove_attribute(name)));
        }
        Patch::Class(selector, class, has) => each(selector, &|element| dom::set_class(element, class, *has)),
        Patch::Style(selector, property, value) => {
            each(selector, &|element| dom::set_style(element, property, value));
        }
        Patch::Value { field: selector, value, forced } => each(selector, &|element| {
            if *forced || dom::document().active_element().as_ref() != Some(element) {
                dom::set_value(element, value);
            }
        }),
        Patch::SliderPosition(selector, place) => {
            each(selector, &|element| dom::field(element).set_value_as_number(*place));
        }
        Patch::Checked(selector, checked) => {
            each(selector, &|element| dom::field(element).set_checked(*checked));
        }
        Patch::Children(selector, nodes) => each(selector, &|element| set_children(root, element, nodes)),
        Patch::Place { element, within, at } => {
            if let (Some(element), Some(within)) =
                (elements(root, element).first(), elements(root, within).first())
            {
                place(element, within, *at);
            }
        }
        Patch::Focus(selector) => each(selector, &dom::focus),
        Patch::Reveal(selector) => each(selector, &dom::scroll_to),
        Patch::Address(selector, code) => each(selector, &|element| {
            let id = root.get_attribute(attr::FIGURE).unwrap_or_default();
            let address = link::address(&id, code);
            if element.tag_name() == "A" {
                dom::set_attribute(element, "href", &address);
            } else {
                dom::set_value(element, &address);
            }
        }),
        Patch::Copy { field: from, button } => {
            if let (Some(from), Some(button)) = (elements(root, from).first(), elements(root, button).first())
            {
                copy(from, button);
            }
        }
        Patch::Download { name, text } => dom::download(name, "text/plain", text.as_bytes()),
    }
}

/// Replaces an element's children. If one had the focus, the one that does the same in the same way to the same thing gets
/// it, or else the figure's play button, so that the keyboard stays with the figure.
fn set_children(root: &Element, element: &Element, nodes: &[NewElement]) {
    let focused = dom::document().active_element().filter(|focused| element.contains(Some(focused)));
    let same = focused.as_ref().and_then(|focused| {
        let [does, on, way] =
            [attr::DO, attr::ON, attr::WAY].map(|name| Some(with(name, &focused.get_attribute(name)?)));
        Some([does?, on.unwrap_or_default(), way.unwrap_or_default()].concat())
    });
    element.set_text_content(None);
    for node in nodes {
        let _ = element.append_child(&create(node));
    }
    let same = same.and_then(|same| dom::query(element, &same));
    let play = || dom::query(root, &css(class::PLAY)).filter(|_| root.contains(Some(element)));
    if let Some(successor) = same.or_else(|| focused.and_then(|_| play())) {
        dom::focus(&successor);
    }
}

/// Puts an element at a place among the children of another, unless it is there.
fn place(element: &Element, within: &Element, at: u16) {
    let there = within.children().item(at.into());
    if there.as_ref() != Some(element) {
        // If it comes from further ahead of the same parent, it leaves a place before that one.
        element.remove();
        let before = within.children().item(at.into());
        let _ = within.insert_before(element, before.as_deref());
    }
}

fn create(node: &NewElement) -> Element {
    let element = dom::create_element(&node.tag, &node.class);
    for (name, value) in &node.attrs {
        let _ = element.set_attribute(name, value);
    }
    for (property, value) in &node.style {
        dom::set_style(&element, property, value);
    }
    for child in &node.children {
        let _ = match child {
            NewChild::Text(text) => element.append_with_str_1(text),
            NewChild::Element(node) => element.append_child(&create(node)).map(drop),
        };
    }
    element
}

/// Copies a field's value. It stays selected, so that one can copy it by hand where the browser forbids it; on success
/// the button says so.
fn copy(from: &Element, by: &Element) {
    let field = dom::field(from);
    let _ = field.focus();
    field.select();
    dom::set_text(by, text::COPY);
    // Without https there is no clipboard, and using it would throw.
    if !dom::window().is_secure_context() {
        return;
    }
    let done = dom::window().navigator().clipboard().write_text(&field.value());
    let by = by.clone();
    spawn_local(async move {
        if JsFuture::from(done).await.is_ok() {
            dom::set_text(&by, text::COPIED);
        }
    });
}

/// Shows a figure as paused, because its worker has ended.
pub fn show_paused(figure: &PageFigure) {
    if let Some(play) = dom::query(&figure.root, &css(class::PLAY)) {
        for name in ["aria-label", "title"] {
            dom::set_attribute(&play, name, text::PLAY);
        }
        if let Some(sign) = play.first_element_child() {
            sign.unchecked_into::<Element>().set_class_name("icon-play");
        }
    }
}
