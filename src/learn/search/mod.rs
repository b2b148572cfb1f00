//! The search: a field, and what is found while one types.

use super::known;
use engine::page::dom;
use engine::search::{Page, Search};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// So many pages are shown at most.
const MOST: usize = 8;

/// The index on its way.
#[derive(Clone)]
enum Index {
    Loading,
    There(Arc<Search>),
    /// It can't be loaded: offline, say.
    Missing,
}

/// The field and its results.
#[component]
pub fn SearchBox() -> impl IntoView {
    let index = RwSignal::new(Index::Loading);
    let typed = RwSignal::new(String::new());
    let (field, list) = (NodeRef::<html::Input>::new(), NodeRef::<html::Ul>::new());
    spawn_local(async move { index.set(load().await.map_or(Index::Missing, Index::There)) });
    let found = Memo::new(move |_| {
        index.with(|index| match index {
            Index::There(search) => {
                search.find(&typed.get(), MOST).into_iter().cloned().collect::<Vec<Page>>()
            }
            _ => Vec::new(),
        })
    });
    let links = move || {
        let list = list.get_untracked();
        list.map(|list| dom::query_all(&list, "a")).unwrap_or_default()
    };
    // Arrow keys walk from the field through what was found and back.
    let walk = move |event: ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        let links = links();
        let at = dom::document().active_element().and_then(|on| links.iter().position(|link| *link == on));
        let to = at.map_or(-1, usize::cast_signed) + by;
        match usize::try_from(to).ok().and_then(|to| links.get(to)) {
            Some(link) => dom::focus(link),
            None if to < 0 => drop(field.get_untracked().map(|field| field.focus())),
            None => {}
        }
    };
    // Enter in the field opens the first.
    let open = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter"
            && !event.is_composing()
            && let Some(first) = links().first().and_then(|link| link.dyn_ref::<web_sys::HtmlElement>())
        {
            first.click();
        }
    };
    let said = move || {
        if typed.with(|typed| typed.trim().is_empty()) {
            return "Lessons, by what they are called and what they tell.".to_owned();
        }
        index.with(|index| match (index, found.with(Vec::len)) {
            (Index::Loading, _) => "Looking…".to_owned(),
            (Index::Missing, _) => {
                "The search’s index can’t be loaded; the lessons are all on the map.".to_owned()
            }
            (_, 0) => "Nothing found. Fewer words may find more.".to_owned(),
            (_, 1) => "One lesson.".to_owned(),
            (_, all) => format!("{all} lessons, the likeliest first."),
        })
    };
    view! {
        <div class="learn-search" on:keydown=walk>
            <input
                type="search"
                aria-label="Search the lessons"
                placeholder="Search the lessons"
                autocomplete="off"
                spellcheck="false"
                node_ref=field
                on:input=move |event| typed.set(event_target_value(&event))
                on:keydown=open
            />
            <p role="status">{said}</p>
            <ul node_ref=list>
                <For each=move || found.get() key=|page| page.path.clone() let:page>
                    <li>{line(&page)}</li>
                </For>
            </ul>
        </div>
    }
}

/// A page that was found; a planned one is told, and leads nowhere.
fn line(page: &Page) -> AnyView {
    let summary = page.summary.clone();
    if !page.ready {
        return view! { <div><b>{page.title.clone()}</b> " (planned)" <span>{summary}</span></div> }
            .into_any();
    }
    let address = [&known::root(), &*page.path].concat();
    view! { <a href=address><b>{page.title.clone()}</b> <span>{summary}</span></a> }.into_any()
}

async fn load() -> Option<Arc<Search>> {
    Search::from_bytes(&known::file("search").await?).map(Arc::new)
}
