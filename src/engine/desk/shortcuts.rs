//! The keys of a figure, for the page that obeys them and for the list of them in the markup.

use super::ActionKind;

/// A key that works while the focus is in a figure, but not in a field that takes typing or in a list.
pub struct Shortcut {
    /// The key as the browser names it.
    pub key: &'static str,
    /// The action that it performs.
    pub action: ActionKind,
    /// What the action is about; empty where it needs nothing.
    pub target: &'static str,
    /// What it does, for the learner's list.
    pub says: &'static str,
}

const fn shortcut(
    key: &'static str,
    action: ActionKind,
    target: &'static str,
    says: &'static str,
) -> Shortcut {
    Shortcut { key, action, target, says }
}

/// Those that do the same wherever the focus is. Space, Enter, Escape and the keys that move do different things in
/// different places: `key_pressed` in `page/events.rs` has them.
pub const SHORTCUTS: [Shortcut; 6] = [
    shortcut(",", ActionKind::StepBack, "", "one step back"),
    shortcut(".", ActionKind::StepForward, "", "one step forward"),
    shortcut("c", ActionKind::Compare, "", "compare two settings"),
    shortcut("s", ActionKind::Drawer, "share", "share"),
    shortcut("z", ActionKind::TakeBack, "", "take the last change back"),
    shortcut("?", ActionKind::Drawer, "keys", "this list"),
];
