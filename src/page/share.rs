//! Links: a run and a moment in the page's fragment, `#figure=…`, for several figures joined by `&`.

use super::live::{Live, State};
use super::notice::Notice;
use super::{dom, text};
use crate::player::{LinkError, View, decode_view, encode_view};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;

/// Longest code that is offered as a link; what is longer is offered as a file.
const LONGEST: usize = 2_000;
/// Ends the name of a file that holds a run.
const FILE_SUFFIX: &str = ".run.txt";

/// The address of this page with a view of the figure of this id in its fragment.
pub fn address(page_id: &str, view: &View) -> String {
    let here = dom::window().location().href().unwrap_or_default();
    let page = here.split('#').next().unwrap_or_default();
    [page, "#", page_id, "=", &encode_view(view)].concat()
}

/// The codes in the page's fragment: figure and code.
pub fn in_fragment() -> Vec<(String, String)> {
    let fragment = dom::window().location().hash().unwrap_or_default();
    let parts = fragment.trim_start_matches('#').split('&');
    parts.filter_map(|part| part.split_once('=')).map(|(id, code)| (id.to_owned(), code.to_owned())).collect()
}

/// Opens what a link holds, and says what the learner should know about it.
pub fn open(live: Live, code: &str) {
    let view = decode_view(code).and_then(|view| {
        let ours = live.with(|state| state.spec().id == view.run.figure.as_str());
        if ours { Ok(view) } else { Err(LinkError::Unsound) }
    });
    match view {
        Ok(view) => {
            live.open(view.clone(), Some(code));
            let differs = live.with(|state| differences(state, &view));
            if live.with(|state| state.notice.is_none()) {
                live.notify(Notice { list: differs, ..Notice::plain(text::FROM_LINK) });
            }
        }
        Err(error) => live.notify(Notice::plain(text::put(text::BAD_LINK, &[&error.to_string()]))),
    }
}

/// How a run differs from the one that the page would have opened with.
fn differences(state: &State, view: &View) -> Vec<String> {
    let (spec, run) = (state.spec(), &view.run);
    let (here, first) = (run.values(spec), state.facts.first.run.values(spec));
    let differ = spec.controls.iter().zip(here.iter().zip(&first)).filter(|(_, (here, first))| here != first);
    let mut list: Vec<String> = differ
        .map(|(control, (here, _))| text::put(text::DIFFERS, &[&control.label, &control.show(here)]))
        .collect();
    if run.seed != state.facts.first.run.seed {
        list.push(text::put(text::DIFFERS, &[text::SEED, &run.seed.to_string()]));
    }
    if !run.inputs.is_empty() {
        list.push(text::put(text::DIFFERS_INPUTS, &[&run.inputs.len().to_string()]));
    }
    list
}

/// The panel that shares the run: shown when `open` says so.
pub fn view(live: Live, open: RwSignal<bool>) -> AnyView {
    let panel = move || {
        open.get().then(|| {
            let view = live.with(State::view);
            let code = encode_view(&view);
            if code.len() > LONGEST {
                long(code, &view)
            } else {
                short(live.with(|state| address(&state.facts.page_id, &view)))
            }
        })
    };
    view! { <div class="fig-drawer-place">{panel}</div> }.into_any()
}

fn short(link: String) -> AnyView {
    let field = NodeRef::<leptos::html::Input>::new();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            copy_from(&field, copied);
        }
    };
    // The link is there to be taken: it is copied at once where the browser lets us, and selected anyway.
    field.on_load(move |field| copy_from(&field, copied));
    let label = move || if copied.get() { text::COPIED } else { text::COPY };
    view! {
        <div class="fig-drawer">
            <p>{text::SHARE_HELP}</p>
            <div class="fig-copy">
                <input type="text" readonly="readonly" aria-label=text::LINK node_ref=field prop:value=link />
                <button type="button" on:click=copy>{label}</button>
            </div>
        </div>
    }
    .into_any()
}

fn long(code: String, view: &View) -> AnyView {
    let name = [view.run.figure.as_str(), FILE_SUFFIX].concat();
    let save = move |_| dom::download(&name, "text/plain", code.as_bytes());
    view! {
        <div class="fig-drawer">
            <p>{text::SHARE_LONG}</p>
            <button type="button" on:click=save>{text::SAVE_RUN}</button>
        </div>
    }
    .into_any()
}

/// Copies a field's text, and leaves it selected for where that is forbidden.
fn copy_from(field: &HtmlInputElement, copied: RwSignal<bool>) {
    let _ = field.focus();
    field.select();
    copy(&field.value(), copied);
}

/// Copies a text to the clipboard and says whether it is there.
pub fn copy(words: &str, copied: RwSignal<bool>) {
    // Without https there is no clipboard at all, and asking for it would throw.
    if !dom::window().is_secure_context() {
        return;
    }
    let done = dom::window().navigator().clipboard().write_text(words);
    spawn_local(async move {
        let there = JsFuture::from(done).await.is_ok();
        copied.set(there);
    });
}

/// Opens the run in a file that was saved by [`view`].
pub fn open_file(live: Live, file: &web_sys::File) {
    let text = file.text();
    spawn_local(async move {
        let code = JsFuture::from(text).await.ok().and_then(|text: JsValue| text.as_string());
        match code.map(|code| code.trim().to_owned()).filter(|code| decode_view(code).is_ok()) {
            Some(code) => self::open(live, &code),
            None => live.notify(Notice::plain(text::NO_RUN_IN_FILE)),
        }
    });
}

/// Saves the run and its moment as a file.
pub fn save(live: Live) {
    let (name, code) = live.with(|state| {
        let view = state.view();
        ([view.run.figure.as_str(), FILE_SUFFIX].concat(), encode_view(&view))
    });
    dom::download(&name, "text/plain", code.as_bytes());
}
