//! The page's part in a figure: it hears what is done, tells the figure's desk, and shows what that says.
//!
//! A figure stands in the page, whole, before any of this arrives; it is brought to life when it comes near the view. What
//! it is, what it does and how it is written is its desk's affair, which lives in a worker together with the model: here
//! is only what nobody but the page can do. Names no lesson.
//!
//! - [`figure`] is a figure of the page and its worker; [`hear`] turns events into deeds, [`show`] what the desk says into
//!   changes of the page.
//! - [`worker_client`] is a worker seen from here; [`parking`] says which figures may have one.
//! - [`answer`] is what a learner answers, [`record`] what was attempted, [`errands`] runs by the hundred in workers of
//!   their own.
//! - [`prose`] ties numbers and phrases of the text to figures, [`link`] the page's fragment, [`file`] a learner's file.

pub mod answer;
pub mod dom;
pub mod errands;
pub mod figure;
pub mod file;
pub mod hear;
pub mod link;
pub mod palette;
pub mod parking;
pub mod prose;
pub mod record;
pub mod show;
pub mod worker_client;

/// Brings the page to life.
pub fn start() {
    console_error_panic_hook::set_once();
    palette::start();
    figure::start();
    prose::start();
    answer::start();
    // For tests, and for style sheets: scripts are at work. (Where no figure is, `theme.js` says so.)
    if let Some(root) = dom::document().document_element() {
        let _ = root.set_attribute(crate::desk::markup::attr::LIVE, "");
    }
}
