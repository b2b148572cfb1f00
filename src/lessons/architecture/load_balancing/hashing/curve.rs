//! How evenly a ring spreads the keys, by the number of its virtual nodes.
//!
//! With v points for each of n servers, a server's part of the ring is Beta(v, v(n − 1)) distributed: its relative
//! variance is (n − 1) / (nv + 1) (the points are uniform, so the arcs between them are a broken stick). K keys falling
//! onto it add (n − 1) / K. As the n parts add up to one, the largest of them lies c·√(n/(nv + 1) + n/K) above the mean,
//! on average, where c is the mean of the largest of n normal numbers, a little more because the parts are skewed
//! (Cornish and Fisher's first term; what is cut off is 2 % where points are few). So the unevenness shrinks as the root of v.

use super::keys::owner;
use super::spec::MOST;
use crate::mechanism::balancer::{Balancer, Config, Policy};
use std::sync::{Arc, OnceLock};

/// Numbers of virtual nodes that are tried.
pub(super) const POINTS: [u32; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Mean of the largest of n standard normal numbers, and of its square, n = 2, 3, … (Harter 1961; Teichroew 1956).
const LARGEST: [(f64, f64); 7] = [
    (0.5642, 1.0),
    (0.8463, 1.2757),
    (1.0294, 1.5513),
    (1.1630, 1.8000),
    (1.2672, 2.0217),
    (1.3522, 2.2203),
    (1.4236, 2.3995),
];

type Points = Vec<(f32, f32)>;

/// What has been computed so far, for each number of servers. It depends on the run's keys alone, so that all moments of
/// a run share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Curve(Arc<[OnceLock<Points>; MOST as usize + 1]>);

impl Curve {
    /// The busiest server's keys as a multiple of the mean, over the number of virtual nodes, for rings of `servers`.
    pub fn measured(&self, servers: u32, names: &[u64]) -> Points {
        let line =
            || POINTS.iter().map(|&points| (points as f32, busiest(servers, points, names) as f32)).collect();
        self.0.get(servers as usize).map(|known| known.get_or_init(line).clone()).unwrap_or_default()
    }
}

/// The same for one ring.
pub(super) fn busiest(servers: u32, points: u32, names: &[u64]) -> f64 {
    let config = Config { points_per_weight: points, ..Config::default() };
    let Ok(mut ring) = Balancer::new(Policy::RingHash, config, &vec![1; servers as usize]) else {
        return f64::NAN;
    };
    let mut keys = [0_u32; MOST as usize];
    for &name in names {
        if let Some(n) = owner(&mut ring, name) {
            keys[usize::from(n)] += 1;
        }
    }
    f64::from(keys.into_iter().max().unwrap_or(0)) * f64::from(servers) / names.len() as f64
}

/// What to expect of rings whose points lie at random.
pub(super) fn typical(servers: u32, keys: usize) -> Points {
    POINTS.iter().map(|&points| (points as f32, expected(servers, points, keys) as f32)).collect()
}

/// The same for one number of virtual nodes.
pub(super) fn expected(servers: u32, points: u32, keys: usize) -> f64 {
    let (n, v) = (f64::from(servers), f64::from(points));
    if points == 1 {
        // The longest of n arcs: exact, and too skewed for what follows.
        return (1..=servers).map(|k| 1.0 / f64::from(k)).sum();
    }
    let &(mean, square) = LARGEST.get(servers as usize - 2).unwrap_or(&(f64::NAN, f64::NAN));
    let skewness = 2.0 * (n - 2.0) * libm::sqrt((n * v + 1.0) / (n - 1.0)) / (n * v + 2.0);
    let spread = libm::sqrt(n / (n * v + 1.0) + n / keys as f64);
    1.0 + spread * (mean + skewness * (square - 1.0) / 6.0)
}
