//! NAT: each packet is rewritten by a table that forgets, and by rules about who may come in.

mod questions;
#[cfg(test)]
mod tests;
mod two_peers;

use crate::lessons::prelude::Figure;

/// The lesson's figures.
pub const FIGURES: &[Figure] =
    &[Figure::of::<two_peers::TwoPeers>().predicted(questions::OF_PEERS).challenged(questions::OF_CALLS)];
