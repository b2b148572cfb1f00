//! The tools beside and under the caption: undo, drawers, the link, and the list of what happened so far.

use super::action_kind::ActionKind;
use super::markup::{attr, class, does, inside, with};
use super::protocol::{NewElement, Patch, button, element, find, selector};
use super::state::FigureState;
use super::{text, transport};
use crate::player::encode_view;
use crate::sim::Time;

/// Most moments that are listed; the latest ones.
const MOMENTS: usize = 100;
/// Longest link code that is offered as a link. Longer runs are offered as a file.
const LONGEST: usize = 2_000;
/// The drawers that have a button, by their ids, which are also those of the buttons.
const DRAWERS: [&str; 5] = [SHARE, "more", "sweep", "keys", "legend"];
const SHARE: &str = "share";
/// What the button of [`SHARE`] opens where the run is too long for a link.
const FILE: &str = "file";

/// Lists the markers of the time line.
pub(super) fn write(state: &FigureState, out: &mut Vec<Patch>) {
    let seen: Vec<_> =
        state.markers.iter().filter(|marker| state.shown_from(marker.time) <= state.seen).collect();
    let item = |marker: &&crate::player::Marker| {
        let says = element("span", "").text(&state.say_of(marker.time, state.say(&marker.what)));
        element("li", "").with([moment_button(state, marker.time, "quiet"), says])
    };
    let mut items: Vec<NewElement> = seen.iter().rev().take(MOMENTS).map(item).collect();
    if items.is_empty() {
        items.push(element("li", "").text(text::NO_MOMENTS));
    }
    out.push(Patch::Children(selector(class::MOMENTS), items));
}

/// A button that seeks to where one sees what happened at a moment.
pub(super) fn moment_button(state: &FigureState, at: Time, class: &'static str) -> NewElement {
    let at = state.shown_from(at);
    seek_button(at, class, &transport::clock(at, state.spec.pace))
}

/// The same with another label.
pub(super) fn seek_button(at: Time, class: &'static str, words: &str) -> NewElement {
    button(class, ActionKind::Seek, words).attr(attr::NUMBER, &at.nanos().to_string())
}

/// A button that opens a run at a moment, given as a link code.
pub(super) fn view_button(code: &str, words: &str) -> NewElement {
    button("", ActionKind::OpenView, words).attr(attr::TEXT, code)
}

/// The ways back: to before the last change, with what that dropped, and to the learner's own run. They are among the
/// caption's tools, where they shift no layout.
pub(super) fn write_ways_back(state: &FigureState, out: &mut Vec<Patch>) {
    let mut parts = Vec::new();
    if state.can_undo {
        if let Some(at) = state.dropped_after {
            let words = text::fill(text::DROPPED, &[&transport::clock(at, state.spec.pace)]);
            parts.push(element("span", "fig-dropped").text(&words));
        }
        parts.push(button("quiet", ActionKind::TakeBack, text::TAKE_BACK));
    }
    if let Some(own) = state.own_runs.last() {
        parts.push(
            button("quiet", ActionKind::OpenView, text::BACK_TO_YOURS).attr(attr::TEXT, &encode_view(own)),
        );
    }
    out.push(Patch::Children(selector(class::AFTERMATH), parts));
}

/// Opens a drawer and closes the others; an unknown name only closes them.
pub(super) fn open_drawer(state: &FigureState, open: &str, out: &mut Vec<Patch>) {
    out.extend(close_drawers());
    if !DRAWERS.contains(&open) {
        return;
    }
    let code = encode_view(&state.view());
    let drawer = if open == SHARE && code.len() > LONGEST { FILE } else { open };
    let expanded = find(with(attr::DRAWER, open));
    out.push(Patch::Attribute(expanded, "aria-expanded".into(), Some("true".into())));
    out.push(super::set_visible(find(with(attr::DRAWER_OF, drawer)), true));
    if drawer == SHARE {
        // Copy the link at once where the browser allows it.
        let field = || find(inside(class::COPY, "input"));
        out.push(Patch::Address(field(), code));
        out.push(Patch::Copy { field: field(), button: find(does(ActionKind::CopyLink)) });
    }
}

/// Closes all drawers.
pub(super) fn close_drawers() -> Vec<Patch> {
    let mut out = vec![super::set_visible(find(with(attr::DRAWER_OF, FILE)), false)];
    for name in DRAWERS {
        out.push(super::set_visible(find(with(attr::DRAWER_OF, name)), false));
        let opens = find(with(attr::DRAWER, name));
        out.push(Patch::Attribute(opens, "aria-expanded".into(), Some("false".into())));
    }
    out
}
