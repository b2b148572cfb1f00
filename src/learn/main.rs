//! The learner's side of the site: the search, and what a page shows of the learner's own record. A Leptos application that is
//! mounted into pages which are complete before it comes; each place for a component is an element with `data-learn`.

#[cfg(target_arch = "wasm32")]
mod home;
#[cfg(target_arch = "wasm32")]
mod known;
#[cfg(target_arch = "wasm32")]
mod map;
#[cfg(target_arch = "wasm32")]
mod record;
#[cfg(target_arch = "wasm32")]
mod review;
#[cfg(target_arch = "wasm32")]
mod search;
#[cfg(target_arch = "wasm32")]
mod settings;
#[cfg(target_arch = "wasm32")]
mod statistics;

/// Mounts what the page has places for, and what it gets places for later: it says so by the event `learn`.
#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    mount();
    engine::page::dom::listen::<web_sys::Event>(&engine::page::dom::document(), "learn", |_| mount());
}

#[cfg(target_arch = "wasm32")]
fn mount() {
    use leptos::mount::mount_to;
    use wasm_bindgen::JsCast;

    for place in engine::page::dom::query_page("[data-learn]") {
        let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() else { continue };
        let component = place.dataset().get("learn").unwrap_or_default();
        let _ = place.remove_attribute("data-learn");
        // What stands there says that scripts are needed.
        place.set_inner_html("");
        match component.as_str() {
            "home" => mount_to(place, home::Return).forget(),
            "map" => mount_to(place, map::Marks).forget(),
            "record" => mount_to(place, record::RecordPage).forget(),
            "settings" => mount_to(place, settings::SettingsPage).forget(),
            "review" => mount_to(place, review::ReviewPage).forget(),
            "search" => mount_to(place, search::SearchBox).forget(),
            "statistics" => mount_to(place, statistics::StatisticsPage).forget(),
            _ => {}
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
