//! Which rule a breaker follows, and its parameters.

use super::state::State;
use super::window::SlidingWindowType;
use crate::sim::Span;
use core::fmt;

/// The rule of a breaker with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Config {
    /// Rates over a sliding window: resilience4j's.
    Rates(RateConfig),
    /// Counts, by default of failures in a row: gobreaker's.
    Counts(CountConfig),
}

/// Parameters of a breaker by rates, under the names that they have in resilience4j, with its defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateConfig {
    /// From this share of failed calls on, in percent, the breaker opens: above 0, at most 100. Default 50.
    pub failure_rate_threshold: f32,
    /// From this share of slow calls on, in percent, the breaker opens: above 0, at most 100. Default 100.
    pub slow_call_rate_threshold: f32,
    /// A call that took longer is slow; above zero. Default 60 s.
    pub slow_call_duration_threshold: Span,
    /// How many calls a half-open breaker lets through, and the size of its window: 1 to 10,000. Default 10.
    pub permitted_number_of_calls_in_half_open_state: u32,
    /// A half-open breaker that has not decided after so long leaves that state; zero waits for ever. Default 0.
    pub max_wait_duration_in_half_open_state: Span,
    /// Where it goes then, open or closed. Default open.
    pub transition_to_state_after_wait_duration: State,
    /// What a slot of the window is. Default one call.
    pub sliding_window_type: SlidingWindowType,
    /// Calls, or seconds, that the window holds: 1 to 10,000. Default 100.
    pub sliding_window_size: u32,
    /// So many calls must be in the window for its rates to count; at least 1. More than fit into a window of calls, or
    /// than are permitted in the half-open state, is taken as that many. Default 100.
    pub minimum_number_of_calls: u32,
    /// How long an open breaker refuses calls; above zero. Default 60 s.
    pub wait_duration_in_open_state: Span,
    /// Factor on that wait for each further opening without a closing between: at least 1. Default 1; resilience4j's
    /// `IntervalFunction.ofExponentialBackoff` has 1.5, and any but 1 counts whole milliseconds.
    pub wait_multiplier: f64,
    /// The longest wait that the factor leads to. Default: no bound.
    pub max_wait_duration_in_open_state: Span,
    /// Whether the end of the wait makes the breaker half-open; otherwise the first call after it does. Default false.
    pub automatic_transition_from_open_to_half_open_enabled: bool,
    /// The state to begin in. Default closed.
    pub initial_state: State,
}

impl Default for RateConfig {
    fn default() -> Self {
        Self {
            failure_rate_threshold: 50.0,
            slow_call_rate_threshold: 100.0,
            slow_call_duration_threshold: Span::from_secs(60),
            permitted_number_of_calls_in_half_open_state: 10,
            max_wait_duration_in_half_open_state: Span::ZERO,
            transition_to_state_after_wait_duration: State::Open,
            sliding_window_type: SlidingWindowType::CountBased,
            sliding_window_size: 100,
            minimum_number_of_calls: 100,
            wait_duration_in_open_state: Span::from_secs(60),
            wait_multiplier: 1.0,
            max_wait_duration_in_open_state: Span::MAX,
            automatic_transition_from_open_to_half_open_enabled: false,
            initial_state: State::Closed,
        }
    }
}

/// Parameters of a breaker by counts, after gobreaker's `Settings`, with its defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountConfig {
    /// Requests under way or succeeded that a half-open breaker lets through, and successes in a row that close it; 0
    /// counts as 1. Default 1.
    pub max_requests: u32,
    /// A closed breaker forgets its counts after so long; zero never. Default zero.
    pub interval: Span,
    /// If above zero, the interval slides in buckets of this length (and is rounded up to whole ones) instead of ending
    /// at once; at most 10,000 buckets. Default zero.
    pub bucket_period: Span,
    /// How long an open breaker refuses calls; zero counts as 60 s. Default 60 s.
    pub timeout: Span,
    /// When a closed breaker opens.
    pub ready_to_trip: Trip,
}

impl Default for CountConfig {
    fn default() -> Self {
        Self {
            max_requests: 1,
            interval: Span::ZERO,
            bucket_period: Span::ZERO,
            timeout: Span::from_secs(60),
            ready_to_trip: Trip::default(),
        }
    }
}

/// When a breaker by counts opens: after a failure that leaves every one of these reached. gobreaker has a function
/// here; a rule that this can't say is made with [`Trip::NEVER`] and [`Breaker::transition`](super::Breaker::transition).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trip {
    /// Requests, those under way included and excluded ones not.
    pub requests: u32,
    /// Failures.
    pub failures: u32,
    /// Failures in a row. Default 6: gobreaker's 'more than 5'.
    pub consecutive_failures: u32,
    /// Failures ÷ requests, as above: 0 to 1.
    pub failure_ratio: f64,
}

impl Trip {
    /// Any failure opens.
    pub const ALWAYS: Self = Self { requests: 0, failures: 0, consecutive_failures: 0, failure_ratio: 0.0 };
    /// Nothing does.
    pub const NEVER: Self = Self { requests: u32::MAX, ..Self::ALWAYS };
}

impl Default for Trip {
    fn default() -> Self {
        Self { consecutive_failures: 6, ..Self::ALWAYS }
    }
}

/// Why a breaker can't be made; a sentence that says what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigError(pub(super) &'static str);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl core::error::Error for ConfigError {}

/// The most slots that a window has, and calls that a half-open breaker permits.
const MOST: u32 = 10_000;

impl RateConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let percent = |rate: f32| rate > 0.0 && rate <= 100.0;
        let slots = 1..=MOST;
        first_broken(&[
            (percent(self.failure_rate_threshold), "a failure rate threshold is above 0 % and at most 100 %"),
            (
                percent(self.slow_call_rate_threshold),
                "a slow call rate threshold is above 0 % and at most 100 %",
            ),
            (
                self.slow_call_duration_threshold > Span::ZERO,
                "a slow call takes longer than some time above zero",
            ),
            (
                slots.contains(&self.permitted_number_of_calls_in_half_open_state),
                "a half-open breaker permits 1 to 10,000 calls",
            ),
            (
                matches!(self.transition_to_state_after_wait_duration, State::Open | State::Closed),
                "a breaker that waited in the half-open state becomes open or closed",
            ),
            (slots.contains(&self.sliding_window_size), "a sliding window has 1 to 10,000 slots"),
            (self.minimum_number_of_calls >= 1, "the minimum number of calls is at least 1"),
            (self.wait_duration_in_open_state > Span::ZERO, "an open breaker waits for some time above zero"),
            (self.wait_multiplier >= 1.0, "the wait in the open state is multiplied by at least 1"),
        ])
    }
}

impl CountConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let ratio = self.ready_to_trip.failure_ratio;
        first_broken(&[
            (self.buckets() <= u64::from(MOST), "a rolling window has at most 10,000 buckets"),
            ((0.0..=1.0).contains(&ratio), "a share of failures is 0 to 1"),
        ])
    }

    /// How many buckets the window has; one is a window that ends at once.
    pub(super) fn buckets(&self) -> u64 {
        if self.bucket_period == Span::ZERO {
            return 1;
        }
        self.interval.nanos().div_ceil(self.bucket_period.nanos()).max(1)
    }
}

fn first_broken(rules: &[(bool, &'static str)]) -> Result<(), ConfigError> {
    rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |&(_, rule)| Err(ConfigError(rule)))
}
