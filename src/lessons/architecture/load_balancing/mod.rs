//! Load balancing: who gets the next request, and what one bad rule can do.

pub mod cluster;
pub mod deploys;
pub mod further;
pub mod hashing;
pub mod one_server;
pub mod power_of_two;

use crate::player::Figure;
use cluster::{Cluster, YOUR_TRAFFIC};

/// The lesson's first figure, and those that share its model. The others are a set of their own ([`further`]), so that a
/// first visit needn't carry them.
pub const FIGURES: &[Figure] = &[
    Figure::of::<Cluster>().predicted(cluster::PREDICTIONS).challenged(cluster::CHALLENGES),
    Figure::of::<Cluster>().declared(YOUR_TRAFFIC),
];
