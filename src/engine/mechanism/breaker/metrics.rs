//! The window of a breaker with its thresholds, and what they say (resilience4j, `CircuitBreakerMetrics`).

use super::config::RateConfig;
use super::window::{Aggregation, SlidingWindowType, Slot, Window};
use crate::sim::{Span, Time};
use serde::{Deserialize, Serialize};

/// What the thresholds say of a window. A rate that equals its threshold is above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Too few calls to say.
    BelowMinimumCallsThreshold,
    /// Both rates are below.
    BelowThresholds,
    /// The failure rate is not.
    FailureRateAboveThresholds,
    /// The rate of slow calls is not.
    SlowCallRateAboveThresholds,
    /// Neither is.
    AboveThresholds,
}

impl Verdict {
    /// Whether a breaker opens on it.
    pub fn exceeded(self) -> bool {
        !matches!(self, Self::BelowMinimumCallsThreshold | Self::BelowThresholds)
    }
}

/// A window, how many calls it must hold for its rates to count, and the calls that were refused meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Metrics {
    window: Window,
    minimum: u32,
    not_permitted: u64,
}

impl Metrics {
    /// Those of a closed breaker: the configured window.
    pub fn for_closed(config: &RateConfig, now: Time) -> Self {
        Self::new(config, config.sliding_window_type, config.sliding_window_size, now)
    }

    /// Those of a half-open breaker: a count-based window as large as the number of permitted calls.
    pub fn for_half_open(config: &RateConfig, now: Time) -> Self {
        let size = config.permitted_number_of_calls_in_half_open_state;
        Self::new(config, SlidingWindowType::CountBased, size, now)
    }

    /// Those of a breaker that measures nothing.
    pub fn for_none(config: &RateConfig, now: Time) -> Self {
        Self::new(config, SlidingWindowType::CountBased, 0, now)
    }

    fn new(config: &RateConfig, kind: SlidingWindowType, size: u32, now: Time) -> Self {
        // More calls than fit into a ring of calls can't be asked for.
        let most = if kind == SlidingWindowType::CountBased { size } else { u32::MAX };
        let minimum = config.minimum_number_of_calls.min(most);
        Self { window: Window::new(kind, size, now), minimum, not_permitted: 0 }
    }

    /// A call ended after `duration`.
    pub fn record(&mut self, config: &RateConfig, now: Time, failed: bool, duration: Span) -> Verdict {
        let slow = duration > config.slow_call_duration_threshold;
        let total = self.window.record(now, Aggregation::of(failed, slow, duration));
        self.judge(config, &total)
    }

    /// A call was refused.
    pub fn refuse(&mut self) {
        self.not_permitted = self.not_permitted.saturating_add(1);
    }

    /// What the thresholds say at `now`. Nothing asks while no call ends: a window whose failures grow a majority
    /// because successes left it opens no breaker until the next result.
    pub fn verdict(&self, config: &RateConfig, now: Time) -> Verdict {
        self.judge(config, &self.window.total(now))
    }

    fn judge(&self, config: &RateConfig, total: &Aggregation) -> Verdict {
        if self.too_few(total) {
            return Verdict::BelowMinimumCallsThreshold;
        }
        let fails = total.failure_rate() >= config.failure_rate_threshold;
        let slow = total.slow_call_rate() >= config.slow_call_rate_threshold;
        match (fails, slow) {
            (true, true) => Verdict::AboveThresholds,
            (true, false) => Verdict::FailureRateAboveThresholds,
            (false, true) => Verdict::SlowCallRateAboveThresholds,
            (false, false) => Verdict::BelowThresholds,
        }
    }

    fn too_few(&self, total: &Aggregation) -> bool {
        total.calls == 0 || total.calls < self.minimum
    }

    /// What the window holds.
    pub fn total(&self, now: Time) -> Aggregation {
        self.window.total(now)
    }

    /// Failed calls in percent; none below the minimum number of calls (resilience4j says −1).
    pub fn failure_rate(&self, now: Time) -> Option<f32> {
        let total = self.total(now);
        (!self.too_few(&total)).then(|| total.failure_rate())
    }

    /// Slow calls in percent; none below the minimum number of calls (resilience4j says −1).
    pub fn slow_call_rate(&self, now: Time) -> Option<f32> {
        let total = self.total(now);
        (!self.too_few(&total)).then(|| total.slow_call_rate())
    }

    /// How many calls the window must hold for its rates to count.
    pub fn minimum(&self) -> u32 {
        self.minimum
    }

    /// Calls refused since the window was made.
    pub fn not_permitted(&self) -> u64 {
        self.not_permitted
    }

    /// The window's slots at `now`, from the one that is emptied next to the newest.
    pub fn slots(&self, now: Time) -> impl Iterator<Item = Slot> + '_ {
        self.window.slots(now)
    }
}
