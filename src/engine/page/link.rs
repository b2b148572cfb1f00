//! Links: a run and a moment in the page's fragment, `#figure=…`, for several figures joined by `&`.

use super::dom;

/// The storage key of the link that is being opened. If it is still set after a reload, the link has hung the figure.
const OPENING: &str = "playground-opening";

/// The address of this page with a view of the figure of this id in its fragment.
pub fn address(page_id: &str, code: &str) -> String {
    let here = dom::window().location().href().unwrap_or_default();
    let page = here.split('#').next().unwrap_or_default();
    [page, "#", page_id, "=", code].concat()
}

/// The codes in the page's fragment: figure and code.
pub fn in_fragment() -> Vec<(String, String)> {
    let fragment = dom::window().location().hash().unwrap_or_default();
    let parts = fragment.trim_start_matches('#').split('&');
    parts.filter_map(|part| part.split_once('=')).map(|(id, code)| (id.to_owned(), code.to_owned())).collect()
}

/// The link that was being opened when the page was left, if opening it never ended.
pub fn noted_opening() -> Option<String> {
    dom::session_storage()?.get_item(OPENING).ok().flatten()
}

/// Remembers which link is being opened. Without session storage a link that hangs is simply tried again.
pub fn note_opening(code: Option<&str>) {
    let Some(storage) = dom::session_storage() else { return };
    let _ = match code {
        Some(code) => storage.set_item(OPENING, code),
        None => storage.remove_item(OPENING),
    };
}
