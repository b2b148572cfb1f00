//! The few things that the islands ask of the browser itself.

use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget, HtmlElement, Storage, Window};

/// The window.
///
/// # Panics
/// Outside a page.
pub fn window() -> Window {
    web_sys::window().expect("islands live in a page")
}

/// The document.
///
/// # Panics
/// Outside a page.
pub fn document() -> web_sys::Document {
    window().document().expect("a page has a document")
}

/// Milliseconds since the page was opened; never goes back.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The content of `<meta name="…">`.
pub fn meta(name: &str) -> Option<String> {
    let all = document().get_elements_by_tag_name("meta");
    (0..all.length())
        .filter_map(|n| all.item(n))
        .find(|meta| meta.get_attribute("name").as_deref() == Some(name))
        .and_then(|meta| meta.get_attribute("content"))
}

/// All elements that a selector matches, in the page's order.
pub fn select(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|n| found.item(n)?.dyn_into().ok()).collect()
}

/// Listens for as long as the page lives.
pub fn listen<E: JsCast + 'static>(on: &EventTarget, event: &str, mut then: impl FnMut(E) + 'static) {
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| then(event.unchecked_into()));
    // Only an address that isn't an event's name can fail, and all names here are literals.
    let _ = on.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// Calls once, before the next frame is shown, with the frame's time in milliseconds.
pub fn on_frame(then: impl FnOnce(f64) + 'static) {
    let then = Closure::once_into_js(then);
    let _ = window().request_animation_frame(then.unchecked_ref());
}

/// Whether a media query holds now.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Calls whenever a media query begins or ceases to hold.
pub fn on_media(query: &str, mut then: impl FnMut() + 'static) {
    if let Ok(Some(list)) = window().match_media(query) {
        listen::<JsValue>(&list, "change", move |_| then());
    }
}

/// What is kept until the tab is closed; `None` where the browser forbids it.
pub fn session_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Puts the keyboard's focus on an element without moving the page.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// The element that has the keyboard's focus, if it lies within `root`.
pub fn focused_within(root: &Element) -> Option<Element> {
    document().active_element().filter(|active| root.contains(Some(active)))
}

/// A new element with a class.
///
/// # Panics
/// If `tag` is no name of an element.
pub fn element(tag: &str, class: &str) -> Element {
    let element = document().create_element(tag).expect("the tag is a literal");
    element.set_class_name(class);
    element
}

/// Offers a file to the learner.
pub fn download(name: &str, kind: &str, bytes: &[u8]) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let Ok(blob) = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options) else { return };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    let link: web_sys::HtmlAnchorElement = element("a", "").unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    let _ = web_sys::Url::revoke_object_url(&address);
}
