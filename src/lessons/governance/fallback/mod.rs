//! Fallback: what a service says when it can't know the answer, and what that costs.

mod ageing;
mod answers;
mod catalogue;
mod page;
mod questions;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<page::ShopPage>().predicted(questions::OF_THE_PAGE).challenged(questions::CHALLENGES),
    Figure::of::<ageing::Ageing>().predicted(questions::OF_COPIES),
];
