//! The page's side of a figure: it turns events into commands for the figure's desk, and applies the patches that come
//! back.
//!
//! A figure's markup is complete before any of this is loaded; its worker is started when the figure comes near the
//! view. Its desk, in that worker, decides everything about it. This module only does what needs the page. It names no
//! lesson.
//!
//! - [`figure`] is a figure in the page and its worker; [`events`] and [`drag`] turn DOM events into actions, [`apply`]
//!   applies the desk's patches.
//! - [`worker_client`] is the page's side of a worker; [`parking`] decides which figures have one.
//! - [`answer`] handles answers to predictions and questions, [`cards`] those that are put in order; [`record`] keeps
//!   attempts and places, [`jobs`] runs batches of jobs in workers of their own.
//! - [`dock`] has a figure come along with the reader.
//! - [`prose`] connects numbers and phrases of the text to figures, [`link`] the page's fragment, [`file`] a learner's
//!   file.

pub mod answer;
pub mod apply;
pub mod cards;
pub mod dock;
pub mod dom;
pub mod drag;
pub mod events;
pub mod figure;
pub mod file;
pub mod jobs;
pub mod link;
pub mod palette;
pub mod parking;
pub mod prose;
pub mod record;
pub mod worker_client;

/// Starts the page's scripts.
pub fn start() {
    console_error_panic_hook::set_once();
    palette::start();
    record::start(begin);
}

/// Begins once what was kept of this lesson has come.
fn begin() {
    figure::start();
    prose::start();
    answer::start();
    dock::start();
    // Tells tests and style sheets that scripts run. (On pages without a figure `theme.js` does this.)
    if let Some(root) = dom::document().document_element() {
        let _ = root.set_attribute(crate::desk::markup::attr::LIVE, "");
    }
}
