//! Load balancing: who gets the next request, and what one bad rule can do.

pub mod one_server;

use crate::player::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[Figure::of::<one_server::OneServer>()];
