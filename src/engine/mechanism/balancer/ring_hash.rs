//! Consistent hashing on a ring.
//!
//! Sources: the hashes are those of Envoy, `source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc` (after
//! ketama): a host's i-th point lies at xxHash64 of `<host>_<i>`, and a key belongs to the first point at or after its
//! hash. The number of points, and what happens when a server is down, are nginx's (`hash … consistent`,
//! `ngx_http_upstream_hash_module.c`): 160 points for each unit of weight, whoever else is there, and a key goes on to
//! the next point whose server takes requests. So only the keys of the server that went move. (Envoy makes the ring
//! anew with at least `minimum_ring_size` points: the others get more points then, and a few more keys move.)

use crate::sim::sort::sort_by_key;
use xxhash_rust::xxh64::xxh64;

/// Points a unit of weight has in nginx, as in ketama; fewer where the ring would be larger than [`MAX_POINTS`].
pub const POINTS_PER_WEIGHT: u32 = 160;
/// A ring has no more points than this, or one for each unit of weight: Envoy's `DefaultMaxRingSize`.
pub const MAX_POINTS: u32 = 8_388_608;

/// Points in the order of their hashes, each with its server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    points: Vec<(u64, u32)>,
}

impl Ring {
    /// The ring of these hosts (server, name, weight) with so many points, at least one, for each unit of weight.
    pub fn new<'a>(hosts: impl Iterator<Item = (u32, &'a str, u32)> + Clone, points: u32) -> Self {
        let weights: u32 = hosts.clone().map(|host| host.2).sum();
        let each = points.min(MAX_POINTS / weights.max(1)).max(1);
        let of_host = |(server, name, weight): (u32, &'a str, u32)| {
            (0..weight * each).map(move |i| (point_hash(name, i), server))
        };
        Self::from_points(hosts.flat_map(of_host).collect())
    }

    /// The ring of these points (hash, server), in any order.
    pub fn from_points(mut points: Vec<(u64, u32)>) -> Self {
        sort_by_key(&mut points, |point| point.0);
        Self { points }
    }

    /// The first point at or after `hash`, round the end of the ring, whose server passes; `None` if none does.
    pub fn lookup(&self, hash: u64, passes: impl Fn(u32) -> bool) -> Option<(u64, u32)> {
        let at = self.points.partition_point(|point| point.0 < hash);
        let (before, after) = self.points.split_at(at);
        after.iter().chain(before).find(|point| passes(point.1)).copied()
    }

    /// All points (hash, server), ascending.
    pub fn points(&self) -> &[(u64, u32)] {
        &self.points
    }
}

/// Where the `i`-th point of a host lies.
pub fn point_hash(host: &str, i: u32) -> u64 {
    xxh64(format!("{host}_{i}").as_bytes(), 0)
}
