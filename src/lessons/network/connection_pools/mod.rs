//! Connection pools: a pool saves the handshake, and caps how many callers work on the database at once.

mod database;
mod held;
mod pool_size;
mod questions;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<pool_size::PoolSize>().predicted(questions::OF_SIZE).challenged(questions::SIZES),
    Figure::of::<held::Held>().predicted(questions::OF_HELD).challenged(questions::REPAIRS),
];
