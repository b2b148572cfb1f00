//! A limit by how much longer requests take than they did in the long run.
//!
//! Source: Netflix `concurrency-limits`, `Gradient2Limit` and `ExpAvgMeasurement`.

use super::{ConcurrencyLimit, Sample};
use crate::sim::clamp;

/// An exponential average that begins as a plain one.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpAvg {
    window: u32,
    warm_up: u32,
    count: u32,
    sum: f64,
    value: f64,
}

impl ExpAvg {
    /// An average over about so many values, the plain mean for the first `warm_up`.
    pub fn new(window: u32, warm_up: u32) -> Self {
        Self { window, warm_up, count: 0, sum: 0.0, value: 0.0 }
    }

    /// Adds a value, and answers the average.
    pub fn add(&mut self, value: f64) -> f64 {
        if self.count < self.warm_up {
            self.count += 1;
            self.sum += value;
            self.value = self.sum / f64::from(self.count);
        } else {
            let factor = 2.0 / (f64::from(self.window) + 1.0);
            self.value = self.value * (1.0 - factor) + value * factor;
        }
        self.value
    }
}

/// Parameters, with the library's defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient2Config {
    /// The limit to begin with. Default 20.
    pub initial: u32,
    /// The lowest limit. Default 20.
    pub min: u32,
    /// The highest limit. Default 200.
    pub max: u32,
    /// How many may wait; by so much the limit would grow without smoothing. Default 4.
    pub queue_size: f64,
    /// How many times the long-run time a request may take, at least 1. Default 1.5.
    pub tolerance: f64,
    /// How much of a change counts, 0 to 1. Default 0.2.
    pub smoothing: f64,
    /// Samples in the long run. Default 600.
    pub long_window: u32,
}

impl Default for Gradient2Config {
    fn default() -> Self {
        Self {
            initial: 20,
            min: 20,
            max: 200,
            queue_size: 4.0,
            tolerance: 1.5,
            smoothing: 0.2,
            long_window: 600,
        }
    }
}

impl Gradient2Config {
    /// How much of a limit is kept when requests take `short` now and `long` in the long run: at least half of it.
    pub fn gradient(&self, long: f64, short: f64) -> f64 {
        clamp(self.tolerance * long / short, 0.5, 1.0)
    }

    /// The limit after this one, before it is held within its bounds.
    pub fn next(&self, limit: f64, long: f64, short: f64) -> f64 {
        let next = limit * self.gradient(long, short) + self.queue_size;
        limit * (1.0 - self.smoothing) + next * self.smoothing
    }
}

/// A limit by the gradient of times.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient2 {
    config: Gradient2Config,
    limit: f64,
    long: ExpAvg,
}

impl Gradient2 {
    /// A limit that has seen nothing.
    pub fn new(config: Gradient2Config) -> Self {
        Self { config, limit: config.initial.into(), long: ExpAvg::new(config.long_window, 10) }
    }
}

impl ConcurrencyLimit for Gradient2 {
    fn limit(&self) -> u32 {
        self.limit as u32
    }

    fn on_sample(&mut self, sample: &Sample) {
        let short = sample.rtt.nanos().max(1) as f64;
        let long = self.long.add(short);
        // After a long overload the long run is no measure any more: it is brought down faster than it would come by itself.
        if long / short > 2.0 {
            self.long.value *= 0.9;
        }
        if f64::from(sample.in_flight) >= self.limit / 2.0 {
            let (min, max) = (f64::from(self.config.min), f64::from(self.config.max));
            self.limit = clamp(self.config.next(self.limit, long, short), min.min(max), max);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Span;

    #[test]
    fn it_grows_while_times_are_as_ever_and_shrinks_when_they_double() {
        let mut limit = Gradient2::new(Gradient2Config::default());
        let sample = |millis| Sample { rtt: Span::from_millis(millis), in_flight: 200, dropped: false };
        (0..50).for_each(|_| limit.on_sample(&sample(10)));
        let grown = limit.limit();
        assert!((55..=60).contains(&grown), "50 × 0.2 × 4 more: {grown}");
        (0..10).for_each(|_| limit.on_sample(&sample(100)));
        assert!(limit.limit() < grown / 2, "{}", limit.limit());
    }
}
