//! What is beside and under the caption: what can be taken back, the link, what happened so far.

use super::action_kind::ActionKind;
use super::markup::{attr, class, does, inside, with};
use super::protocol::{Node, Patch, button, find, node, part};
use super::state::State;
use super::{text, transport};
use crate::player::encode_view;
use crate::sim::Time;

/// Moments listed at most: the latest, which are what one looks for.
const MOMENTS: usize = 100;
/// Longest code that is offered as a link; what is longer is offered as a file.
const LONGEST: usize = 2_000;
/// The drawers, and the buttons that open them.
const DRAWERS: [&str; 5] = ["share", "file", "more", "sweep", "keys"];

/// What is marked on the time line, as a list.
pub(super) fn write(state: &State, out: &mut Vec<Patch>) {
    let seen: Vec<_> = state.markers.iter().filter(|marker| marker.time <= state.seen).collect();
    let item = |marker: &&crate::player::Marker| {
        let says = node("span", "").text(&state.say(&marker.what));
        node("li", "").with([moment(state, marker.time, "quiet"), says])
    };
    let mut items: Vec<Node> = seen.iter().rev().take(MOMENTS).map(item).collect();
    if items.is_empty() {
        items.push(node("li", "").text(text::NO_MOMENTS));
    }
    out.push(Patch::Fill(part(class::MOMENTS), items));
}

/// A button that takes the figure to a moment.
pub(super) fn moment(state: &State, at: Time, class: &'static str) -> Node {
    seek(at, class, &transport::clock(at, state.spec.pace))
}

/// The same with other words.
pub(super) fn seek(at: Time, class: &'static str, words: &str) -> Node {
    button(class, ActionKind::Seek, words).attr(attr::NUMBER, &at.nanos().to_string())
}

/// A button that shows a run at a moment, as a link holds them.
pub(super) fn open_view(code: &str, words: &str) -> Node {
    button("", ActionKind::OpenView, words).attr(attr::TEXT, code)
}

/// Changing the past drops what came after; that can be taken back. Stands among the caption's tools, where it moves
/// nothing.
pub(super) fn write_aftermath(state: &State, out: &mut Vec<Patch>) {
    let mut parts = Vec::new();
    if state.can_take_back {
        if let Some(at) = state.dropped_after {
            let words = text::put(text::DROPPED, &[&transport::clock(at, state.spec.pace)]);
            parts.push(node("span", "fig-dropped").text(&words));
        }
        parts.push(button("quiet", ActionKind::TakeBack, text::TAKE_BACK));
    }
    out.push(Patch::Fill(part(class::AFTERMATH), parts));
}

/// Opens a drawer; `open` names none to close them all. There is one open at most.
pub(super) fn drawer(state: &State, open: &str, out: &mut Vec<Patch>) {
    out.extend(closed());
    let code = encode_view(&state.view());
    let drawer = if open == "share" && code.len() > LONGEST { "file" } else { open };
    if !DRAWERS.contains(&drawer) {
        return;
    }
    let expanded = find(with(attr::DRAWER, open));
    out.push(Patch::Attr(expanded, "aria-expanded".into(), Some("true".into())));
    out.push(super::shown(find(with(attr::DRAWER_OF, drawer)), true));
    if drawer == "share" {
        // The link is there to be taken: it is copied at once where the browser lets us.
        let field = || find(inside(class::COPY, "input"));
        out.push(Patch::Address(field(), code));
        out.push(Patch::Copy { from: field(), by: find(does(ActionKind::CopyLink)) });
    }
}

/// Closes all drawers.
pub(super) fn closed() -> Vec<Patch> {
    let mut out = Vec::new();
    for name in DRAWERS {
        out.push(super::shown(find(with(attr::DRAWER_OF, name)), false));
        let opens = find(with(attr::DRAWER, name));
        out.push(Patch::Attr(opens, "aria-expanded".into(), Some("false".into())));
    }
    out
}
