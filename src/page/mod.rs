//! The page's islands: what makes a figure of a complete, static page live.
//!
//! The only place that knows leptos. Names no lesson: what a figure is, it reads from the page; what happens in it, a
//! worker says over the player's protocol. A figure stands in the page before any of this arrives; its island takes over
//! when it comes near the view, and puts itself in the still's place once it has something to show.
//!
//! - [`figure`] finds the figures and puts an island into each; [`live`] is a figure's state, and everything that can be
//!   done to it; the other modules are its parts, each a function from [`live::Live`] to a view.
//! - [`worker_client`] is a worker seen from here; [`parking`] says which figures may have one.
//! - [`prose`] ties numbers and phrases of the text to figures, [`share`] the page's fragment.

// Where a thumb stands on a slider is the page's own affair: no run depends on it.
#![allow(clippy::disallowed_methods)]

pub mod controls;
pub mod data_drop;
pub mod dom;
pub mod explain;
pub mod figure;
pub mod live;
pub mod menu;
pub mod notice;
pub mod palette;
pub mod parking;
pub mod picture;
pub mod prose;
pub mod readings;
pub mod share;
pub mod tables;
pub mod text;
pub mod transport;
pub mod worker_client;

use std::cell::Cell;

thread_local! {
    static REDUCED_MOTION: Cell<bool> = const { Cell::new(false) };
}

/// Brings the page to life.
pub fn start() {
    console_error_panic_hook::set_once();
    let reduced = "(prefers-reduced-motion: reduce)";
    REDUCED_MOTION.set(dom::media(reduced));
    dom::on_media(reduced, move || REDUCED_MOTION.set(dom::media(reduced)));
    palette::start();
    figure::start();
    prose::start();
    // For tests, and for style sheets: scripts are at work. (Where no figure is, `theme.js` says so.)
    if let Some(root) = dom::document().document_element() {
        let _ = root.set_attribute("data-live", "");
    }
}

/// Whether the learner asked for less motion: then time passes in steps.
pub fn motion_is_reduced() -> bool {
    REDUCED_MOTION.get()
}
