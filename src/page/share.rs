//! Links: a run and a moment in the page's fragment, `#figure=…`, for several figures joined by `&`.

use super::live::{Live, State};
use super::notice::Notice;
use super::{dom, text};
use crate::player::{LinkError, View, decode_view, encode_view};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

/// Longest code that is offered as a link; what is longer is offered as a file.
const LONGEST: usize = 2_000;
/// Ends the name of a file that holds a run.
const FILE_SUFFIX: &str = ".run.txt";
/// The field that shows the link.
const LINK: &str = ".fig-copy input";

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

/// Fills the drawer that shares the run; the drawer's name: what is too long for a link is offered as a file.
pub fn drawer(live: Live, root: &Element) -> &'static str {
    let view = live.with(State::view);
    if encode_view(&view).len() > LONGEST {
        return "file";
    }
    if let Some(field) = dom::find(root, LINK) {
        dom::set_value(&field, &live.with(|state| address(&state.facts.page_id, &view)));
    }
    "share"
}

/// Copies the link, and leaves it selected for where that is forbidden.
pub fn copy_link(root: &Element) {
    let (Some(link), Some(button)) = (dom::find(root, LINK), dom::find(root, "[data-do=copy-link]")) else {
        return;
    };
    let field = dom::field(&link);
    let _ = field.focus();
    field.select();
    copy(&field.value(), &button);
}

/// Copies a text to the clipboard; once it is there, the button says so.
pub fn copy(words: &str, button: &Element) {
    dom::set_text(button, text::COPY);
    // Without https there is no clipboard at all, and asking for it would throw.
    if !dom::window().is_secure_context() {
        return;
    }
    let done = dom::window().navigator().clipboard().write_text(words);
    let button = button.clone();
    spawn_local(async move {
        if JsFuture::from(done).await.is_ok() {
            dom::set_text(&button, text::COPIED);
        }
    });
}

/// Opens the run in a file that was saved by [`save`].
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
