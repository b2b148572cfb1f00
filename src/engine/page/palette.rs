//! The appearance of pictures as the browser has it: colours from the style sheet (a canvas can't use CSS variables,
//! and forced colours replace them), pixel density, and the preference for reduced motion.

use super::{dom, figure};
use crate::desk::ToWorker;
use crate::scene::Role;
use wasm_bindgen::JsValue;
use web_sys::CssStyleDeclaration;

const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";

/// Whether motion is to be reduced, as the system or the learner's settings say: then time passes in steps.
pub fn reduced_motion() -> bool {
    dom::media_matches(REDUCED_MOTION) || !dom::query_page(":root[data-motion]").is_empty()
}

/// Watches for changes of the appearance: the system's settings, and the page's switch in `public/theme.js`.
pub fn start() {
    for query in ["(prefers-color-scheme: dark)", "(forced-colors: active)", REDUCED_MOTION] {
        dom::on_media_change(query, figure::appearance_changed);
    }
    dom::listen::<JsValue>(&dom::document(), "themechange", |_| figure::appearance_changed());
    // A hidden page paints nothing and computes nothing ahead.
    dom::listen::<JsValue>(&dom::document(), "visibilitychange", |_| figure::appearance_changed());
    // Zooming changes the scale.
    dom::listen::<JsValue>(&dom::window(), "resize", |_| figure::appearance_changed());
}

fn root_style() -> Option<CssStyleDeclaration> {
    dom::window().get_computed_style(&dom::document().document_element()?).ok()?
}

/// How large the learner's text is, in tenths of the usual size.
pub fn tenths_of_text() -> i32 {
    let size = root_style().and_then(|style| style.get_property_value("font-size").ok());
    size.map_or(10, |size| (dom::number(&size) / 1.6) as i32)
}

/// The present appearance, for pictures that are shown `zoom` times as large as they are laid out.
pub fn appearance(zoom: f64) -> ToWorker {
    let style = root_style();
    let colour = |role: Role| {
        let property = ["--", role.name()].concat();
        let value = style.as_ref().and_then(|style| style.get_property_value(&property).ok());
        let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        // Without the style sheet everything is painted in one visible colour.
        value.unwrap_or_else(|| "gray".to_owned())
    };
    let scale = dom::window().device_pixel_ratio() * zoom;
    ToWorker::Appearance { colours: Role::ALL.map(colour).into(), scale }
}
