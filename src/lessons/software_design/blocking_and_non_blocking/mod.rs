//! Blocking and non-blocking: who waits while a request waits, and what that costs.

pub mod four_cells;
pub mod frozen_loop;
mod pool_or_loop;
mod questions;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::*;

/// The lesson's first figure; each of the others is a set of its own.
pub const FIGURES: &[Figure] = &[Figure::of::<pool_or_loop::PoolOrLoop>()
    .predicted(questions::OF_POOL)
    .challenged(questions::OF_POOL_JUDGED)];

/// Lanes, and below them what their colours mean.
fn keyed(mut lanes: Panel, key: impl Iterator<Item = (Msg, Status)>) -> Panel {
    if let Panel::Lanes(lanes) = &mut lanes {
        lanes.key = legend(key);
    }
    lanes
}
