//! Circuit breakers: when to stop calling what doesn't answer, and when to ask again.

mod dependency;
pub mod machine;
mod questions;
mod slow_dependency;
pub mod stack;
#[cfg(test)]
mod tests;

use crate::lessons::prelude::Figure;

/// The lesson's figures, but for those of [`machine`] and [`stack`].
pub const FIGURES: &[Figure] = &[Figure::of::<slow_dependency::SlowDependency>()
    .predicted(questions::OF_THE_SHOP)
    .challenged(questions::CHALLENGES)];
