//! Critical sections: what may happen between two instructions.

mod questions;
pub mod two_threads;

use crate::player::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[Figure::of::<two_threads::TwoThreads>().predicted(questions::PREDICTIONS)];
