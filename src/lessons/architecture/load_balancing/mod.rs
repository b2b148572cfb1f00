//! Load balancing: who gets the next request, and what one bad rule can do.

pub mod cluster;
pub mod one_server;

use crate::player::Figure;
use cluster::{Cluster, WhoNotices, YOUR_TRAFFIC};

/// The lesson's figures.
pub const FIGURES: &[Figure] = &[
    Figure::of::<Cluster>().predicted(cluster::PREDICTIONS).challenged(cluster::CHALLENGES),
    Figure::of::<Cluster>().declared(YOUR_TRAFFIC),
    Figure::of::<one_server::OneServer>(),
    Figure::of::<WhoNotices>().predicted(cluster::WHO_NOTICES_PREDICTIONS),
];
