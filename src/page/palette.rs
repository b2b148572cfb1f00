//! How pictures look, read from the browser: their colours from the style sheet, for a canvas knows no roles and forced
//! colours have their own; and whether they move.

use super::{dom, figure};
use crate::desk::ToWorker;
use crate::scene::Role;
use wasm_bindgen::JsValue;

const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";

/// Whether motion is to be reduced: then time passes in steps.
pub fn is_calm() -> bool {
    dom::media(REDUCED_MOTION)
}

/// Watches for what changes looks: the system's settings, and the page's switch, which `public/theme.js` is.
pub fn start() {
    for query in ["(prefers-color-scheme: dark)", "(forced-colors: active)", REDUCED_MOTION] {
        dom::on_media(query, figure::look_again);
    }
    dom::listen::<JsValue>(&dom::document(), "themechange", |_| figure::look_again());
    // Out of sight nothing is to be looked at, and nothing computed ahead.
    dom::listen::<JsValue>(&dom::document(), "visibilitychange", |_| figure::look_again());
    // Zooming changes the scale.
    dom::listen::<JsValue>(&dom::window(), "resize", |_| figure::look_again());
}

/// What pictures are painted with now.
pub fn look() -> ToWorker {
    let root = dom::document().document_element();
    let style = root.and_then(|root| dom::window().get_computed_style(&root).ok().flatten());
    let colour = |role: Role| {
        let property = ["--", role.name()].concat();
        let value = style.as_ref().and_then(|style| style.get_property_value(&property).ok());
        let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        // Only while the style sheet is missing: everything is there to be seen, in one colour.
        value.unwrap_or_else(|| "gray".to_owned())
    };
    ToWorker::Look { colours: Role::ALL.map(colour).into(), scale: dom::window().device_pixel_ratio() }
}
