//! Small helpers around the browser's API.

use crate::desk::ActionKind;
use crate::desk::markup::attr;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, Event, EventTarget, HtmlElement, HtmlInputElement, ResizeObserver, Response, Storage, Window,
};

/// The window.
///
/// # Panics
/// Outside a page.
pub fn window() -> Window {
    web_sys::window().expect("figures live in a page")
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

/// The text of a file of this site; `None` if it can't be had.
pub async fn fetch(address: &str) -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = response.ok().then(|| response.text().ok()).flatten()?;
    JsFuture::from(text).await.ok()?.as_string()
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
pub fn query_page(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|n| found.item(n)?.dyn_into().ok()).collect()
}

/// The first element within `root` that a selector matches.
pub fn query(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// Whether the middle of an element lies above a height of the window.
pub fn middle_is_above(element: &Element, y: f64) -> bool {
    let bounds = element.get_bounding_client_rect();
    bounds.top() + bounds.height() / 2.0 < y
}

/// All elements within `root` that a selector matches.
pub fn query_all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|n| found.item(n)?.dyn_into().ok()).collect()
}

/// The nearest element around an event's target, itself included, that a selector matches, if it lies within `root`.
pub fn closest(event: &Event, root: &Element, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok().flatten().filter(|found| root.contains(Some(found)))
}

/// What an element does, by its `data-do`. A name that is none is a mistake of ours, and told where tests look.
pub fn action_kind(element: &Element) -> Option<ActionKind> {
    let name = element.get_attribute(attr::DO)?;
    let kind = ActionKind::parse(&name);
    if kind.is_none() {
        web_sys::console::error_2(&"there is no action of this name:".into(), &name.into());
    }
    kind
}

/// Listens for as long as the page lives.
pub fn listen<E: JsCast + 'static>(on: &EventTarget, event: &str, mut then: impl FnMut(E) + 'static) {
    // Everything but this closure is shared code, which keeps the page's WASM small.
    listen_to_any(on, event, Box::new(move |event| then(event.unchecked_into())));
}

fn listen_to_any(on: &EventTarget, event: &str, then: Box<dyn FnMut(JsValue)>) {
    let listener = Closure::wrap(then);
    // This can't fail for the event names used here, which are literals.
    let _ = on.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// Sets an element's text, if it differs.
pub fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute, if it differs, because assistive technology reacts to every change.
pub fn set_attribute(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        // All names here are literals.
        let _ = element.set_attribute(name, value);
    }
}

/// Shows or hides an element.
pub fn set_visible(element: &Element, shown: bool) {
    let _ = element.toggle_attribute_with_force("hidden", !shown);
}

/// Adds or removes a class.
pub fn set_class(element: &Element, class: &str, has: bool) {
    let _ = element.class_list().toggle_with_force(class, has);
}

/// Sets a property of an element's inline style.
pub fn set_style(element: &Element, property: &str, value: &str) {
    let _ = element.unchecked_ref::<HtmlElement>().style().set_property(property, value);
}

/// An element as an input. This also works for other fields, because the browser looks properties up by name.
pub fn field(element: &Element) -> &HtmlInputElement {
    element.unchecked_ref()
}

/// Sets a field's value, if it differs, so that the caret stays where it is.
pub fn set_value(element: &Element, value: &str) {
    let field = field(element);
    if field.value() != value {
        field.set_value(value);
    }
}

/// Parses a number that we have written ourselves; NaN for anything else.
pub fn number(text: &str) -> f64 {
    js_sys::parse_float(text)
}

/// Calls back before the next animation frame, with its time in milliseconds.
pub fn request_frame(then: impl FnOnce(f64) + 'static) {
    let then = Closure::once_into_js(then);
    let _ = window().request_animation_frame(then.unchecked_ref());
}

/// Calls whenever one of these elements has another size, for as long as the page lives.
pub fn on_resize(of: &[Element], then: Closure<dyn FnMut()>) {
    if let Ok(observer) = ResizeObserver::new(then.as_ref().unchecked_ref()) {
        for element in of {
            observer.observe(element);
        }
        std::mem::forget(observer);
    }
    then.forget();
}

/// Whether a media query holds now.
pub fn media_matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Calls whenever a media query begins or ceases to hold.
pub fn on_media_change(query: &str, mut then: impl FnMut() + 'static) {
    if let Ok(Some(list)) = window().match_media(query) {
        listen::<JsValue>(&list, "change", move |_| then());
    }
}

/// The session storage; `None` where the browser forbids it.
pub fn session_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// The local storage; `None` where the browser forbids it.
pub fn local_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Puts the keyboard's focus on an element without moving the page.
pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// A new element with classes.
///
/// # Panics
/// If `tag` is no name of an element.
pub fn create_element(tag: &str, class: &str) -> Element {
    let element = document().create_element(tag).expect("tags are literals");
    element.set_class_name(class);
    element
}

/// Brings an element into view, no further than needed.
pub fn scroll_to(element: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Offers a file to the learner.
pub fn download(name: &str, kind: &str, bytes: &[u8]) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    if let Ok(blob) = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options) {
        offer_download(name, &blob);
    }
}

/// Offers a blob as a file to download.
pub fn offer_download(name: &str, blob: &web_sys::Blob) {
    let Ok(address) = web_sys::Url::create_object_url_with_blob(blob) else { return };
    let link: web_sys::HtmlAnchorElement = create_element("a", "").unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    let _ = web_sys::Url::revoke_object_url(&address);
}
