//! The drawers under the caption: the link, and what is wanted more rarely.

use super::dom::{self, button, make};
use super::live::{Live, State};
use super::{share, text, transport};
use crate::sim::Time;
use web_sys::Element;

/// Moments listed at most: the latest, which are what one looks for.
const MOMENTS: usize = 100;

/// Keeps the list of moments, and what can be taken back, up to date.
pub fn attach(live: Live, root: &Element) {
    if let Some(place) = dom::find(root, ".fig-moments") {
        dom::follow(&[live.marked], move || live.with(|state| moments(state, &place)));
    }
    if let Some(place) = dom::find(root, ".fig-aftermath") {
        dom::follow(&[live.changed, live.mode], move || live.with(|state| aftermath(state, &place)));
    }
}

/// What is marked on the time line, as a list.
fn moments(state: &State, place: &Element) {
    let seen: Vec<_> = state.markers.iter().filter(|marker| marker.time <= state.seen).collect();
    if seen.is_empty() {
        return dom::fill(place, [make("li", "").text(text::NO_MOMENTS)]);
    }
    dom::fill(
        place,
        seen.into_iter().rev().take(MOMENTS).map(|marker| {
            make("li", "").with([
                moment(state, marker.time, "quiet"),
                make("span", "").text(&state.facts.words.say(&marker.what)),
            ])
        }),
    );
}

/// A button that takes the figure to a moment.
pub fn moment(state: &State, at: Time, class: &str) -> dom::Make {
    button(class, "seek", &transport::clock(at, state.spec().pace)).attr("data-at", &at.nanos().to_string())
}

/// Changing the past drops what came after; that can be taken back. Stands among the caption's tools, where it moves
/// nothing.
fn aftermath(state: &State, place: &Element) {
    let words = state.dropped_after.map(|at| {
        let words = text::put(text::DROPPED, &[&transport::clock(at, state.spec().pace)]);
        make("span", "fig-dropped").text(&words)
    });
    let take_back = state.can_take_back.then(|| button("quiet", "take-back", text::TAKE_BACK));
    dom::fill(place, words.filter(|_| state.can_take_back).into_iter().chain(take_back));
}

/// Opens the drawer that a button names, or closes it; there is one open at most.
pub fn toggle(live: Live, root: &Element, by: &Element) {
    let open = by.get_attribute("aria-expanded").as_deref() != Some("true");
    close(root);
    if !open {
        return;
    }
    dom::set(by, "aria-expanded", "true");
    let name = by.get_attribute("data-drawer").unwrap_or_default();
    let name = if name == "share" { share::drawer(live, root) } else { name.as_str() };
    if let Some(drawer) = dom::find(root, &["[data-drawer-of=", name, "]"].concat()) {
        dom::show(&drawer, true);
    }
    if name == "share" {
        share::copy_link(root);
    }
}

/// Closes all drawers.
pub fn close(root: &Element) {
    for button in dom::find_all(root, "[data-drawer]") {
        dom::set(&button, "aria-expanded", "false");
    }
    for drawer in dom::find_all(root, "[data-drawer-of]") {
        dom::show(&drawer, false);
    }
}
