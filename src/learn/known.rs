//! What the learner's pages read before they can show anything: the record, and the lessons in outline.

use super::review::keeper::on_the_way;
use engine::learner::{Calendar, CardId, KEPT, Millis, Record, Syllabus, Trouble, go_on_with};
use engine::page::dom;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use store::Store;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The record, which is empty where it can't be read, and the lessons.
#[derive(Clone)]
pub struct Known {
    pub record: Record,
    pub syllabus: Arc<Syllabus>,
    /// Why the record can't be read.
    pub trouble: Option<Trouble>,
}

/// What is known so far.
#[derive(Clone)]
pub enum Loading {
    OnItsWay,
    There(Known),
    /// The lessons' outline can't be loaded: offline, say.
    Missing,
}

/// Reads both.
pub fn read() -> RwSignal<Loading> {
    let loading = RwSignal::new(Loading::OnItsWay);
    spawn_local(async move { loading.set(known().await.map_or(Loading::Missing, Loading::There)) });
    loading
}

async fn known() -> Option<Known> {
    let syllabus = Arc::new(Syllabus::from_bytes(&file("syllabus").await?)?);
    let record = async { Store::open().await?.read().await };
    Some(match record.await {
        Ok(mut record) => {
            record.merge(Record { reviews: on_the_way(), ..Record::default() });
            Known { record, syllabus, trouble: None }
        }
        Err(trouble) => Known { record: Record::default(), syllabus, trouble: Some(trouble) },
    })
}

/// A file of data whose address stands in the page's head.
pub async fn file(name: &str) -> Option<Vec<u8>> {
    let address = dom::meta(name)?;
    let response = JsFuture::from(dom::window().fetch_with_str(&address)).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok().filter(web_sys::Response::ok)?;
    let bytes = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    Some(js_sys::Uint8Array::new(&bytes).to_vec())
}

/// What leads from this page to the site's root.
pub fn root() -> String {
    let file = dom::meta("search").unwrap_or_default();
    file.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default()
}

/// HTML of the syllabus for this page.
pub fn on_this_page(html: &str) -> String {
    html.replace("@root/", &root())
}

/// Where a card stands in its lesson.
pub fn address(syllabus: &Syllabus, card: &CardId) -> String {
    [root(), syllabus.place(card).unwrap_or_default()].concat()
}

/// Where to go on: with what was begun, else with what is new; where all is done, with the first.
pub fn next_lesson(known: &Known) -> AnyView {
    let next = go_on_with(&known.syllabus, &known.record).map(|(lesson, _)| lesson);
    let next = next.or_else(|| known.syllabus.lessons.iter().find(|lesson| lesson.ready));
    next.map(|lesson| {
        let address = [&root(), &*lesson.path, "/"].concat();
        view! { <a href=address>{lesson.title.clone()}</a> }
    })
    .into_any()
}

/// Asks the browser to keep the record even when space gets short. Some ask the learner, once.
pub fn ask_to_persist() {
    // Where it refuses, or where there is nothing to ask, an export is the way to be sure; the record's page says so.
    let _ = dom::window().navigator().storage().persist();
}

/// Lessons look into the store when this says that there is something.
pub fn something_is_kept() {
    ask_to_persist();
    if let Some(storage) = dom::local_storage() {
        let _ = storage.set_item(KEPT, "");
    }
}

/// Now.
pub fn now() -> Millis {
    js_sys::Date::now() as Millis
}

/// The learner's calendar.
pub fn calendar() -> Calendar {
    Calendar { ahead_minutes: -(js_sys::Date::new_0().get_timezone_offset() as i32) }
}
