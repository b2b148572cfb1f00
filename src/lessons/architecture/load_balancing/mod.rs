//! Load balancing: who gets the next request, and what one bad rule can do.

pub mod cluster;
pub mod hashing;
pub mod one_server;
pub mod yardsticks;

use crate::player::Figure;
use cluster::{Cluster, YOUR_TRAFFIC};

/// The figures over the cluster.
pub const FIGURES: &[Figure] = &[
    Figure::of::<Cluster>().predicted(cluster::PREDICTIONS).challenged(cluster::CHALLENGES),
    Figure::of::<Cluster>().declared(YOUR_TRAFFIC),
    Figure::of::<hashing::Tier>().predicted(hashing::PREDICTIONS),
];
