//! Critical sections: what may happen between two instructions.

use crate::player::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[];
