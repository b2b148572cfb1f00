//! Critical sections: what may happen between two instructions, what keeps others out, and what that costs.

mod contention;
mod questions;
#[cfg(test)]
mod tests;
mod two_threads;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<two_threads::TwoThreads>().predicted(questions::OF_TWO_THREADS).searched(),
    Figure::of::<contention::Contention>().predicted(questions::OF_CONTENTION).challenged(questions::JUDGED),
];
