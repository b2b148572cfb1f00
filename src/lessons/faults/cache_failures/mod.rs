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

/// All failures against all defences: a set of its own, so that a first visit needn't carry it.
pub mod further {
    use super::{Figure, matrix};

    /// The set.
    pub const FIGURES: &[Figure] = &[Figure::of::<matrix::Matrix>()];
}

/// Cache and database at odds: another, because it is made of other parts.
pub mod orders {
    use super::{Figure, disagree, questions};

    /// The set.
    pub const FIGURES: &[Figure] =
        &[Figure::of::<disagree::Disagree>().predicted(questions::OF_ORDERS).searched()];
}

/// The policies, with the reader of logs: a set of its own, because both have their weight.
pub mod keys {
    use super::{Figure, which_keys};

    /// The set.
    pub const FIGURES: &[Figure] = &[Figure::of::<which_keys::WhichKeys>().reading_logs()];
}
