//! High concurrency: a service is as fast as its narrowest tier, and the queue is rarely where that is.

mod flash_sale;
mod questions;
#[cfg(test)]
mod tests;
mod tiers;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<tiers::Service>().predicted(questions::OF_TIERS).challenged(questions::REPAIRS),
    Figure::of::<flash_sale::FlashSale>().predicted(questions::OF_THE_SALE).challenged(questions::CHALLENGES),
];
