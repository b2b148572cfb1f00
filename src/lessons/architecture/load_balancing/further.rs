//! The lesson's further figures, which come when they are scrolled to.

use super::cluster::{self, Cluster, WhoNotices, YOUR_TRAFFIC};
use super::one_server::OneServer;
use crate::player::Figure;

/// The set.
pub const FIGURES: &[Figure] = &[
    Figure::of::<WhoNotices>().predicted(cluster::WHO_NOTICES_PREDICTIONS),
    Figure::of::<Cluster>().declared(YOUR_TRAFFIC),
    Figure::of::<OneServer>(),
];
