//! Overload protection: past its capacity a service works for clients who have gone, and may go on doing so when the load is
//! back to normal.

mod picture;
mod questions;
mod server;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] =
    &[Figure::of::<server::Overload>().predicted(questions::PREDICTIONS).challenged(questions::CHALLENGES)];
