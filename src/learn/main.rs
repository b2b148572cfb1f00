//! The learner's side of the site: what a page shows of the learner's own record. A Leptos application that is mounted into
//! pages which are complete before it comes; each place for a component is an element with `data-learn`.

#[cfg(target_arch = "wasm32")]
mod record;

/// Mounts what the page has a place for.
#[cfg(target_arch = "wasm32")]
fn main() {
    use engine::page::dom;
    use wasm_bindgen::JsCast;

    console_error_panic_hook::set_once();
    for place in dom::query_page("[data-learn]") {
        let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() else { continue };
        // What stands there says that scripts are needed.
        place.set_inner_html("");
        if place.dataset().get("learn").as_deref() == Some("record") {
            leptos::mount::mount_to(place, record::RecordPage).forget();
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
