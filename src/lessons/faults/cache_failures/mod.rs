//! Cache failures: what a cache holds back, and the ways in which it gets through.

mod behind_the_cache;
mod disagree;
mod matrix;
mod questions;
#[cfg(test)]
mod tests;
mod which_keys;

use crate::lessons::prelude::Figure;

/// The lesson's first figures, which share their world. The others are sets of their own, so that a first visit needn't
/// carry them.
pub const FIGURES: &[Figure] = &[
    Figure::of::<behind_the_cache::BehindTheCache>()
        .predicted(questions::OF_THE_CACHE)
        .challenged(questions::JUDGED),
    Figure::of::<matrix::Matrix>(),
];

/// The policies, with the reader of logs.
pub mod keys {
    use super::{Figure, questions, which_keys};

    /// The set.
    pub const FIGURES: &[Figure] =
        &[Figure::of::<which_keys::WhichKeys>().reading_logs().predicted(questions::OF_KEYS)];
}

/// The orders of writers.
pub mod orders {
    use super::{Figure, disagree, questions};

    /// The set.
    pub const FIGURES: &[Figure] =
        &[Figure::of::<disagree::Disagree>().predicted(questions::OF_ORDERS).searched()];
}
