//! Load balancing: who gets the next request, and what one bad rule can do.

pub mod cluster;
pub mod one_server;

use crate::player::Figure;
use cluster::{Cluster, SlowServer, YourTraffic};

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<Cluster<SlowServer>>(),
    Figure::of::<Cluster<YourTraffic>>(),
    Figure::of::<one_server::OneServer>(),
];
