//! The supermarket model's curves, for the charts.

use super::spec::RULES;
use crate::mechanism::queueing::supermarket_quantile;

/// Loads at which p99 is computed: these many, this far apart, from a half on.
const LOADS: usize = 50;
const APART: f64 = 0.01;

/// p99 over the load, in mean service times, for one, two and three choices; all queues looked at has no such formula.
#[derive(Debug)]
pub(super) struct Theory {
    pub p99: [[(f32, f32); LOADS]; RULES - 1],
}

impl Theory {
    pub fn new() -> Self {
        let mut p99 = [[(0.0, 0.0); LOADS]; RULES - 1];
        for (choices, curve) in (1..).zip(&mut p99) {
            for (n, point) in curve.iter_mut().enumerate() {
                let load = 0.5 + APART * n as f64;
                *point = (load as f32, supermarket_quantile(load, choices, 0.99) as f32);
            }
        }
        Self { p99 }
    }
}
