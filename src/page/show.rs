//! What a desk says, as changes of the page.

use super::figure::Figure;
use super::{dom, link};
use crate::desk::markup::{attr, class, css};
use crate::desk::{Child, Node, Part, Patch, text};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

fn elements(root: &Element, part: &Part) -> Vec<Element> {
    match (part.page, part.n) {
        (true, _) => dom::select(&part.css),
        (false, 0) => dom::find(root, &part.css).into_iter().collect(),
        (false, n) => dom::find_all(root, &part.css).into_iter().nth(n.into()).into_iter().collect(),
    }
}

/// Changes the page.
pub fn apply(root: &Element, patch: &Patch) {
    let each = |part: &Part, change: &dyn Fn(&Element)| elements(root, part).iter().for_each(change);
    match patch {
        Patch::Text(part, text) => each(part, &|element| dom::set_text(element, text)),
        Patch::Attr(part, name, Some(value)) => each(part, &|element| dom::set(element, name, value)),
        Patch::Attr(part, name, None) => each(part, &|element| drop(element.remove_attribute(name))),
        Patch::Class(part, class, has) => each(part, &|element| dom::class(element, class, *has)),
        Patch::Style(part, property, value) => each(part, &|element| dom::style(element, property, value)),
        Patch::Value { part, value, forced } => each(part, &|element| {
            if *forced || dom::document().active_element().as_ref() != Some(element) {
                dom::set_value(element, value);
            }
        }),
        Patch::Place(part, place) => each(part, &|element| dom::field(element).set_value_as_number(*place)),
        Patch::Checked(part, checked) => each(part, &|element| dom::field(element).set_checked(*checked)),
        Patch::Fill(part, nodes) => each(part, &|element| {
            element.set_text_content(None);
            for node in nodes {
                let _ = element.append_child(&made(node));
            }
        }),
        Patch::Focus(part) => each(part, &dom::focus),
        Patch::Address(part, code) => each(part, &|element| {
            let id = root.get_attribute(attr::FIGURE).unwrap_or_default();
            let address = link::address(&id, code);
            if element.tag_name() == "A" {
                dom::set(element, "href", &address);
            } else {
                dom::set_value(element, &address);
            }
        }),
        Patch::Copy { from, by } => {
            if let (Some(from), Some(by)) = (elements(root, from).first(), elements(root, by).first()) {
                copy(from, by);
            }
        }
        Patch::Save { name, text } => dom::download(name, "text/plain", text.as_bytes()),
    }
}

fn made(node: &Node) -> Element {
    let element = dom::element(&node.tag, &node.class);
    for (name, value) in &node.attrs {
        let _ = element.set_attribute(name, value);
    }
    for (property, value) in &node.style {
        dom::style(&element, property, value);
    }
    for child in &node.children {
        let _ = match child {
            Child::Text(text) => element.append_with_str_1(text),
            Child::Node(node) => element.append_child(&made(node)).map(drop),
        };
    }
    element
}

/// Copies what a field holds, and leaves it selected for where that is forbidden. Once it is there, the button says so.
fn copy(from: &Element, by: &Element) {
    let field = dom::field(from);
    let _ = field.focus();
    field.select();
    dom::set_text(by, text::COPY);
    // Without https there is no clipboard at all, and asking for it would throw.
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

/// A figure whose worker has ended doesn't play.
pub fn paused(figure: &Figure) {
    if let Some(play) = dom::find(&figure.root, &css(class::PLAY)) {
        for name in ["aria-label", "title"] {
            dom::set(&play, name, text::PLAY);
        }
        if let Some(sign) = play.first_element_child() {
            sign.unchecked_into::<Element>().set_class_name("icon-play");
        }
    }
}
