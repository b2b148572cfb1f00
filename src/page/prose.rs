//! Numbers and phrases of the text that are tied to figures.

/// Ties the page's text to its figures.
pub fn start() {}
