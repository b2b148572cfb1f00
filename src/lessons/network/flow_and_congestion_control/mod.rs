//! Flow and congestion control: what a receiver has room for, and what a path can carry.

mod one_transfer;
mod path;
mod questions;
#[cfg(test)]
mod tests;
mod two_flows;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<two_flows::TwoFlows>().predicted(questions::OF_TWO).challenged(questions::CHALLENGES),
    Figure::of::<one_transfer::OneTransfer>().predicted(questions::OF_ONE).challenged(questions::REPAIRS),
];
