//! Load balancing: who gets the next request, and what one bad rule can do.

pub mod cluster;
pub mod one_server;
pub mod power_of_two;

use crate::player::Figure;
use cluster::{Cluster, YOUR_TRAFFIC};

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<Cluster>().predicted(cluster::PREDICTIONS).challenged(cluster::CHALLENGES),
    Figure::of::<Cluster>().declared(YOUR_TRAFFIC),
    Figure::of::<one_server::OneServer>(),
    Figure::of::<power_of_two::PowerOfTwo>().predicted(power_of_two::PREDICTIONS),
];
