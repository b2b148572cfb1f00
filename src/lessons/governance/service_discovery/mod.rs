//! Service discovery: eight instances, what a registry believes of them, and what its callers believe of the registry.

mod beliefs;
mod questions;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] =
    &[Figure::of::<beliefs::Beliefs>().predicted(questions::PREDICTIONS).challenged(questions::CHALLENGES)];
