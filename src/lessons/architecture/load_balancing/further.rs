//! The lesson's further figures, which come when they are scrolled to.

use super::hashing::{self, Tier};
use super::power_of_two::{self, PowerOfTwo};
use crate::player::Figure;

/// The set.
pub const FIGURES: &[Figure] = &[
    Figure::of::<PowerOfTwo>().predicted(power_of_two::PREDICTIONS),
    Figure::of::<Tier>().predicted(hashing::PREDICTIONS),
];
