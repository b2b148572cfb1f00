//! Colours of pictures, read from the stylesheet: canvas knows no roles, and forced colours have their own.

use super::dom;
use crate::scene::Role;
use leptos::prelude::*;
use std::cell::RefCell;

/// The colour of each role, in the order of [`Role::ALL`].
pub type Colours = [String; Role::ALL.len()];

thread_local! {
    static COLOURS: RefCell<Option<Colours>> = const { RefCell::new(None) };
    static CHANGES: ArcRwSignal<u32> = ArcRwSignal::new(0);
}

/// The colours may have changed: read them again before the next painting, and paint.
pub fn changed() {
    COLOURS.set(None);
    CHANGES.with(|changes| changes.update(|n| *n = n.wrapping_add(1)));
}

/// Makes the reader run again when colours change.
pub fn track() {
    CHANGES.with(|changes| changes.track());
}

/// Uses the colours as they are now.
pub fn with<T>(paint: impl FnOnce(&Colours) -> T) -> T {
    COLOURS.with_borrow_mut(|colours| paint(colours.get_or_insert_with(read)))
}

fn read() -> Colours {
    let root = dom::document().document_element();
    let style = root.and_then(|root| dom::window().get_computed_style(&root).ok().flatten());
    Role::ALL.map(|role| {
        let property = ["--", role.name()].concat();
        let value = style.as_ref().and_then(|style| style.get_property_value(&property).ok());
        value
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .unwrap_or_else(|| "#888".into())
    })
}
