//! Colours of pictures, read from the style sheet: a canvas knows no roles, and forced colours have their own.

use super::dom;
use crate::paint::Palette;
use reactive_graph::signal::RwSignal;
use reactive_graph::traits::Update;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

thread_local! {
    static PALETTE: RefCell<Option<Palette>> = const { RefCell::new(None) };
    static CHANGES: RwSignal<u32> = RwSignal::new(0);
}

/// Watches for what changes colours: the system's settings, and the page's switch, which `public/theme.js` is.
pub fn start() {
    for query in ["(prefers-color-scheme: dark)", "(forced-colors: active)"] {
        dom::on_media(query, changed);
    }
    dom::listen::<JsValue>(&dom::document(), "themechange", |_| changed());
}

/// The colours may have changed: read them again before the next painting, and paint.
fn changed() {
    PALETTE.set(None);
    CHANGES.with(|changes| changes.update(|n| *n = n.wrapping_add(1)));
}

/// Raised when colours change.
pub fn changes() -> RwSignal<u32> {
    CHANGES.with(|changes| *changes)
}

/// Uses the colours as they are now.
pub fn with<T>(paint: impl FnOnce(&Palette) -> T) -> T {
    PALETTE.with_borrow_mut(|palette| paint(palette.get_or_insert_with(read)))
}

fn read() -> Palette {
    let root = dom::document().document_element();
    let style = root.and_then(|root| dom::window().get_computed_style(&root).ok().flatten());
    Palette::new(|role| {
        let property = ["--", role.name()].concat();
        let value = style.as_ref().and_then(|style| style.get_property_value(&property).ok());
        let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        // Only while the style sheet is missing: everything is there to be seen, in one colour.
        value.unwrap_or_else(|| "gray".to_owned())
    })
}
