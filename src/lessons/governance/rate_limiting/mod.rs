//! Rate limiting: six limiters with the same limit on one stream of calls, and one limit that many nodes share.

mod nodes;
mod questions;
mod six;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<six::SixLimiters>().predicted(questions::OF_SIX),
    Figure::of::<nodes::Nodes>().predicted(questions::OF_NODES).challenged(questions::CHALLENGES),
];
