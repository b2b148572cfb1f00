//! Cache failures: what a cache holds back, and the ways in which it gets through.

mod behind_the_cache;
mod disagree;
mod matrix;
mod questions;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's first figures, which share their world.
pub const FIGURES: &[Figure] = &[
    Figure::of::<behind_the_cache::BehindTheCache>()
        .predicted(questions::OF_THE_CACHE)
        .challenged(questions::JUDGED),
    Figure::of::<matrix::Matrix>(),
];

/// The orders of writers: a set of its own, so that a first visit needn't carry it.
pub mod orders {
    use super::{Figure, disagree, questions};

    /// The set.
    pub const FIGURES: &[Figure] =
        &[Figure::of::<disagree::Disagree>().predicted(questions::OF_ORDERS).searched()];
}
