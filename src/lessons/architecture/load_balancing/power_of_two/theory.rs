//! The supermarket model's curves, for the charts.

use super::spec::RULES;
use crate::mechanism::queueing::{supermarket_longest, supermarket_quantile};

/// Loads at which a curve is computed: these many, this far apart, from a half on.
const LOADS: usize = 50;
const APART: f64 = 0.01;

/// A value at each load, for one, two and three choices; all queues looked at has no such formula.
pub(super) type OverLoad = [[(f32, f32); LOADS]; RULES - 1];

/// What is expected at each load of a farm of so many servers.
#[derive(Debug)]
pub(super) struct Theory {
    /// p99 in mean service times.
    pub p99: OverLoad,
    /// The longest queue, on average over time.
    pub longest: OverLoad,
}

impl Theory {
    pub fn new(servers: u32) -> Self {
        Self {
            p99: over_load(|load, choices| supermarket_quantile(load, choices, 0.99)),
            longest: over_load(|load, choices| supermarket_longest(load, choices, servers)),
        }
    }
}

fn over_load(value: impl Fn(f64, u32) -> f64) -> OverLoad {
    let mut curves = [[(0.0, 0.0); LOADS]; RULES - 1];
    for (choices, curve) in (1..).zip(&mut curves) {
        for (n, point) in curve.iter_mut().enumerate() {
            let load = 0.5 + APART * n as f64;
            *point = (load as f32, value(load, choices) as f32);
        }
    }
    curves
}
