//! CAP and BASE: what a replicated store does while its network is cut, and after.

mod age;
mod audit;
mod cluster;
pub mod heal;
mod questions;
mod register;
#[cfg(test)]
mod tests;
mod versions;

use crate::lessons::prelude::Figure;

/// The lesson's figures, but for the one of [`heal`].
pub const FIGURES: &[Figure] = &[Figure::of::<register::Register>()
    .predicted(questions::OF_THE_REGISTER)
    .challenged(questions::REPAIRS)];
