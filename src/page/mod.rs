//! The page's islands: what makes a figure of a complete, static page live.
//!
//! The only place that knows leptos. Names no lesson: what a figure is, it reads from the page; what happens in it, a
//! worker says over the player's protocol. A figure stands in the page, whole, before any of this arrives; its island
//! brings it to life when it comes near the view. So there is no markup here but for what comes and goes: lists, the panel
//! of what is explained.
//!
//! - [`figure`] finds the figures, and brings their parts to life; [`live`] is a figure's state, and everything that can be
//!   done to it; the other modules are its parts: each finds its elements and follows the signals that concern it.
//! - [`worker_client`] is a worker seen from here; [`parking`] says which figures may have one.
//! - [`prose`] ties numbers and phrases of the text to figures, [`share`] the page's fragment.

// Where a thumb stands on a slider is the page's own affair: no run depends on it. And `clamp` writes floating-point numbers
// when it panics, which weighs more than the page's own code.
#![allow(clippy::disallowed_methods, clippy::manual_clamp)]

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

use any_spawner::Executor;
use reactive_graph::owner::Owner;
use std::cell::Cell;

thread_local! {
    static REDUCED_MOTION: Cell<bool> = const { Cell::new(false) };
}

/// Brings the page to life.
pub fn start() {
    console_error_panic_hook::set_once();
    // What effects run on, and whose they are: the page's, as long as it is there.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.set();
    std::mem::forget(owner);
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
