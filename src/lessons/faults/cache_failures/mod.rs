//! Cache failures: what a cache holds back, and the ways in which it gets through.

mod behind_the_cache;
mod disagree;
mod matrix;
mod questions;
#[cfg(test)]
mod tests;
mod which_keys;

use crate::lessons::prelude::Figure;

/// The lesson's first figure.
pub const FIGURES: &[Figure] = &[Figure::of::<behind_the_cache::BehindTheCache>()
    .predicted(questions::OF_THE_CACHE)
    .challenged(questions::JUDGED)];

/// The others: a set of their own, so that a first visit needn't carry them.
pub mod further {
    use super::{Figure, disagree, matrix, questions};

    /// The set.
    pub const FIGURES: &[Figure] = &[
        Figure::of::<matrix::Matrix>(),
        Figure::of::<disagree::Disagree>().predicted(questions::OF_ORDERS).searched(),
    ];
}

/// The policies, with the reader of logs: a set of its own, because both have their weight.
pub mod keys {
    use super::{Figure, which_keys};

    /// The set.
    pub const FIGURES: &[Figure] = &[Figure::of::<which_keys::WhichKeys>().reading_logs()];
}
