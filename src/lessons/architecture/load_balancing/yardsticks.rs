//! The figures that stand apart from the cluster, each held against theory. A worker of their own carries them.

use super::one_server;
use crate::player::Figure;

/// The set.
pub const FIGURES: &[Figure] = &[Figure::of::<one_server::OneServer>()];
