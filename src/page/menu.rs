//! The tools beside the caption: share, and what is wanted more rarely.

use super::live::Live;
use super::transport::{self, clock};
use super::{share, text};
use crate::sim::Time;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlInputElement;

/// Which drawers of a figure are open.
#[derive(Clone, Copy)]
pub struct Open {
    /// The link.
    pub share: RwSignal<bool>,
    /// The rest.
    pub more: RwSignal<bool>,
}

impl Open {
    /// All closed.
    pub fn new() -> Self {
        Self { share: RwSignal::new(false), more: RwSignal::new(false) }
    }
}

impl Default for Open {
    fn default() -> Self {
        Self::new()
    }
}

fn toggle(
    words: &'static str,
    label: Option<&'static str>,
    open: RwSignal<bool>,
    other: RwSignal<bool>,
) -> AnyView {
    let click = move |_| {
        other.set(false);
        open.update(|open| *open = !*open);
    };
    view! {
        <button type="button" class="quiet" aria-label=label title=label
            aria-expanded=move || if open.get() { "true" } else { "false" } on:click=click>
            {words}
        </button>
    }
    .into_any()
}

/// The buttons in the caption.
pub fn tools(live: Live, open: Open) -> AnyView {
    view! {
        {transport::aftermath(live)}
        {toggle(text::SHARE, None, open.share, open.more)}
        {toggle("⋯", Some(text::MORE), open.more, open.share)}
    }
    .into_any()
}

/// What `⋯` opens.
pub fn view(live: Live, open: Open) -> AnyView {
    let drawer = move || open.more.get().then(|| drawer(live, open));
    view! { <div class="fig-drawer-place">{drawer}</div> }.into_any()
}

fn drawer(live: Live, open: Open) -> AnyView {
    let file = NodeRef::<leptos::html::Input>::new();
    let chosen = move |event: leptos::ev::Event| {
        let input: HtmlInputElement = event.target().expect("a heard event has a target").unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            open.more.set(false);
            share::open_file(live, &file);
        }
    };
    let pick = move |_| {
        if let Some(file) = file.get_untracked() {
            file.click();
        }
    };
    let reset = move |_| {
        open.more.set(false);
        live.reset();
    };
    let save = move |_| share::save(live);
    view! {
        <div class="fig-drawer fig-menu">
            <div class="fig-menu-buttons">
                <button type="button" on:click=reset>{text::RESET}</button>
                <button type="button" on:click=save>{text::SAVE_RUN}</button>
                <button type="button" on:click=pick>{text::OPEN_RUN}</button>
                <input type="file" hidden="hidden" node_ref=file on:change=chosen />
            </div>
            {moments(live)}
        </div>
    }
    .into_any()
}

/// What is marked on the time line, as a list.
fn moments(live: Live) -> AnyView {
    let pace = live.with(|state| state.spec().pace);
    let list = move || {
        live.marked.track();
        let seen: Vec<(Time, String)> = live.with(|state| {
            let seen = state.markers.iter().filter(|marker| marker.time <= state.seen);
            seen.map(|marker| (marker.time, state.facts.words.say(&marker.what))).collect()
        });
        if seen.is_empty() {
            return view! { <p>{text::NO_MOMENTS}</p> }.into_any();
        }
        let item = |(at, what): (Time, String)| {
            view! {
                <li>
                    <button type="button" class="quiet" on:click=move |_| live.seek(at)>{clock(at, pace)}</button>
                    <span>{what}</span>
                </li>
            }
            .into_any()
        };
        // The latest are what one looks for.
        let items: Vec<AnyView> = seen.into_iter().rev().take(100).map(item).collect();
        view! { <ol class="fig-moments">{items}</ol> }.into_any()
    };
    view! { <h4>{text::MOMENTS}</h4>{list} }.into_any()
}
