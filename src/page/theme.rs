//! Light or dark: as the system, until the learner says otherwise. `theme.js`, a script of one line in the page's head,
//! applies what was chosen before anything is painted; this is the switch.

use super::{dom, palette, text};
use wasm_bindgen::prelude::*;
use web_sys::Element;

const KEY: &str = "theme";
const CHOICES: [(&str, &str); 3] =
    [("auto", text::THEME_AUTO), ("light", text::THEME_LIGHT), ("dark", text::THEME_DARK)];

/// Brings the page's switch (`button[data-theme-switch]`) to life.
pub fn start() {
    for query in ["(prefers-color-scheme: dark)", "(forced-colors: active)"] {
        dom::on_media(query, palette::changed);
    }
    for switch in dom::select("[data-theme-switch]") {
        label(&switch, chosen());
        let _ = switch.remove_attribute("hidden");
        let button = switch.clone();
        dom::listen::<JsValue>(&switch, "click", move |_| {
            let next = (chosen() + 1) % CHOICES.len();
            choose(next);
            label(&button, next);
        });
    }
}

fn chosen() -> usize {
    let root = dom::document().document_element();
    let now = root.and_then(|root| root.get_attribute("data-theme"));
    CHOICES.iter().position(|(id, _)| now.as_deref() == Some(id)).unwrap_or(0)
}

fn choose(choice: usize) {
    let (id, _) = CHOICES[choice];
    if let Some(root) = dom::document().document_element() {
        let _ = if choice == 0 {
            root.remove_attribute("data-theme")
        } else {
            root.set_attribute("data-theme", id)
        };
    }
    if let Some(storage) = dom::local_storage() {
        // Where nothing can be kept, the choice lasts as long as the page.
        let _ = if choice == 0 { storage.remove_item(KEY) } else { storage.set_item(KEY, id) };
    }
    palette::changed();
}

fn label(switch: &Element, choice: usize) {
    let words = text::put(text::THEME, &[CHOICES[choice].1]);
    let _ = switch.set_attribute("aria-label", &words);
    let _ = switch.set_attribute("title", &words);
    let _ = switch.set_attribute("data-choice", CHOICES[choice].0);
}
