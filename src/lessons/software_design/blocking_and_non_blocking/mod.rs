//! Blocking and non-blocking: who waits while a request waits, and what that costs.

mod pool_or_loop;
mod questions;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[Figure::of::<pool_or_loop::PoolOrLoop>().predicted(questions::OF_POOL)];
