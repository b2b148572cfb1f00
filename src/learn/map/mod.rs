//! What the learner has done, on the map and wherever else lessons are listed.

use super::known::{self, Loading};
use engine::learner::{Record, Standing, Syllabus};
use engine::page::dom;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Marks the lessons of the page as begun and done, and tells how many there are of each.
#[component]
pub fn Marks() -> impl IntoView {
    let loading = known::read();
    let said = RwSignal::new(String::new());
    // The map is the page's own: it isn't drawn here, but marked, once.
    Effect::new(move || {
        if let Loading::There(known) = &*loading.read() {
            said.set(mark(&known.record, &known.syllabus));
        }
    });
    view! { <p class="learn-marks" role="status">{move || said.get()}</p> }
}

fn mark(record: &Record, syllabus: &Syllabus) -> String {
    let (mut begun, mut done, mut ready) = (0, 0, 0);
    for lesson in syllabus.lessons.iter().filter(|lesson| lesson.ready) {
        ready += 1;
        let standing = Standing::of(lesson, record);
        let state = match (standing.is_begun(), standing.is_done()) {
            (_, true) => "done",
            (true, _) => "begun",
            _ => continue,
        };
        begun += usize::from(state == "begun");
        done += usize::from(state == "done");
        for place in dom::query_page(&format!("[data-mark=\"{0}\"], [data-lesson=\"{0}\"]", lesson.path)) {
            let _ = place.set_attribute("data-standing", state);
            // In the drawing the name of the link tells it, elsewhere a word.
            if let Some(name) = place.get_attribute("aria-label") {
                let _ = place.set_attribute("aria-label", &format!("{name}, {state}"));
            } else if let Some(word) = dom::document()
                .create_element("span")
                .ok()
                .filter(|_| place.is_instance_of::<web_sys::HtmlElement>())
            {
                word.set_class_name("tag done");
                word.set_text_content(Some(state));
                let _ = place.append_child(&word);
            }
        }
    }
    match (begun, done) {
        (0, 0) => String::new(),
        _ => format!("You have done {done} of the {ready} lessons that are ready, and begun {begun}."),
    }
}
