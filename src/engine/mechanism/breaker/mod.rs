//! A circuit breaker: whether a call may be made, from how the last ones ended.
//!
//! ```text
//!             rates or counts reach a threshold
//!   ┌────────┐ ───────────────────────────────► ┌──────┐
//!   │ closed │                                  │ open │ ◄─┐
//!   └────────┘ ◄──────────┐                     └──────┘   │ they fail, or don't end in time
//!                         │ the calls           the wait   │
//!                         │ permitted there     is over  ┌───────────┐
//!                         └───── are well ────────────── │ half-open │
//!                                                        └───────────┘
//!   try_acquire ──► permit ──► … ──► record        tick, at next_timer        transition, reset: by hand
//! ```
//!
//! [`Breaker`] follows resilience4j by name and by the letter ([`RateConfig`]): failures and slow calls as rates over a
//! sliding window of calls or of seconds. [`CountConfig`] is another policy of the same interface, gobreaker's: failures
//! in a row, or any rule on its counts. Both count a call when it has *ended*, so calls that hang open no breaker until
//! a timeout ends them.
//!
//! Where others differ from resilience4j (gobreaker's differences stand in its own file, `counting.rs`):
//!
//! - **Polly** 8 (`CircuitBreakerStrategyOptions`): a failure ratio (default 0.1) over a sampling duration (30 s, in
//!   ten windows that begin with a call rather than on whole seconds) with a minimum throughput (100); no slow calls,
//!   and only a failure opens. Half-open lets *one* call through: its success closes and its failure opens at once. The
//!   wait (5 s) is over *at* its end, where resilience4j and gobreaker let pass only what comes after it. If that one
//!   call hangs, the breaker refuses all others for good. 'Isolated' is resilience4j's forced open.
//! - **Envoy** has no half-open state. Its *outlier detection* takes single hosts out of a load balancer: after 5
//!   server errors in a row (`consecutive_5xx`), or by success rates compared between hosts, for 30 s × the number of
//!   times it happened (`base_ejection_time`, at most `max_ejection_time`), never more than 10 % of the hosts
//!   (`max_ejection_percent`), looked at every 10 s (`interval`); a host comes back with its full share. What Envoy
//!   calls *circuit breakers* are limits on connections, pending requests, requests and retries at a time: see
//!   [`bulkhead`](super::bulkhead).
//!
//! Invariants: an open breaker lets nothing through; a half-open one never has more calls under way than it permits
//! (but for permissions given back twice); nothing is drawn by chance, and nothing changes by itself: whatever a timer
//! of the real one does happens in [`Breaker::tick`].
//!
//! ```
//! use engine::mechanism::breaker::{Breaker, CallOutcome, Config, RateConfig, State};
//! use engine::sim::{Span, Time};
//! let config = RateConfig { sliding_window_size: 4, minimum_number_of_calls: 4, ..RateConfig::default() };
//! let mut breaker = Breaker::new(Config::Rates(config), Time::ZERO).unwrap();
//! for outcome in [CallOutcome::Success, CallOutcome::Failure, CallOutcome::Success, CallOutcome::Failure] {
//!     let permit = breaker.try_acquire(Time::ZERO).permit.unwrap();
//!     breaker.record(Time::ZERO, permit, outcome, Span::from_millis(20));
//! }
//! // Two of four are 50 %: the threshold is reached.
//! assert_eq!(breaker.state(), State::Open);
//! assert!(breaker.try_acquire(Time::from_secs(60)).permit.is_err());
//! assert!(breaker.try_acquire(Time::from_millis(60_001)).permit.is_ok());
//! assert_eq!(breaker.state(), State::HalfOpen);
//! ```

mod config;
mod counting;
mod counts;
mod metrics;
mod rates;
mod state;
#[cfg(test)]
mod tests;
mod window;

pub use config::{Config, ConfigError, CountConfig, RateConfig, Trip};
pub use counts::Counts;
pub use metrics::{Metrics, Verdict};
pub use state::{Admission, CallOutcome, IllegalTransition, Permit, Reason, Refusal, State, Transition};
pub use window::{Aggregation, SlidingWindowType, Slot, Window};

use super::rules::RuleError;
use crate::sim::{Span, Time};
use counting::CountBreaker;
use rates::RateBreaker;

#[derive(Clone, Debug, PartialEq, Hash)]
enum Rule {
    Rates(RateBreaker),
    Counts(CountBreaker),
}

/// A circuit breaker. Its hash is that of its state, without its parameters.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Breaker {
    rule: Rule,
}

impl Breaker {
    /// A breaker at `now`, closed unless its parameters say otherwise.
    ///
    /// # Errors
    /// If a parameter is out of its range.
    pub fn new(config: Config, now: Time) -> Result<Self, ConfigError> {
        let rule = match config {
            Config::Rates(config) => {
                config.check()?;
                Rule::Rates(RateBreaker::new(config, now))
            }
            Config::Counts(config) => {
                config.check()?;
                Rule::Counts(CountBreaker::new(config, now))
            }
        };
        Ok(Self { rule })
    }

    /// A breaker that opens by [`rules`](super::rules) of one's own, which run for each result while it is closed and order
    /// `open`; everything else is gobreaker's, with these parameters.
    ///
    /// # Errors
    /// Where the rules are wrong, and what is allowed there.
    ///
    /// # Panics
    /// If the parameters are out of their range.
    pub fn by_rules(rules: &str, config: CountConfig, now: Time) -> Result<Self, RuleError> {
        config.check().expect("parameters in their range");
        Ok(Self { rule: Rule::Counts(CountBreaker::by_rules(rules, config, now)?) })
    }

    /// Its rule and parameters.
    pub fn config(&self) -> Config {
        match &self.rule {
            Rule::Rates(breaker) => Config::Rates(breaker.config),
            Rule::Counts(breaker) => Config::Counts(breaker.config),
        }
    }

    /// The state, as it was when the breaker was last called.
    pub fn state(&self) -> State {
        match &self.rule {
            Rule::Rates(breaker) => breaker.state(),
            Rule::Counts(breaker) => breaker.state(),
        }
    }

    /// Asks for permission for a call. An open breaker whose wait is over becomes half-open, and this is its first
    /// call.
    pub fn try_acquire(&mut self, now: Time) -> Admission {
        match &mut self.rule {
            Rule::Rates(breaker) => breaker.try_acquire(now),
            Rule::Counts(breaker) => breaker.try_acquire(now),
        }
    }

    /// Gives a permission back: the call was never made, or nothing can be said of it.
    pub fn release(&mut self, now: Time, permit: Permit) -> Option<Transition> {
        self.record(now, permit, CallOutcome::Ignored, Span::ZERO)
    }

    /// A call ended, `took` after it was let through.
    pub fn record(
        &mut self,
        now: Time,
        permit: Permit,
        outcome: CallOutcome,
        took: Span,
    ) -> Option<Transition> {
        match &mut self.rule {
            Rule::Rates(breaker) => breaker.record(now, outcome, took),
            Rule::Counts(breaker) => breaker.record(now, permit, outcome, took),
        }
    }

    /// When [`Breaker::tick`] should be called next; none if time alone changes nothing.
    pub fn next_timer(&self) -> Option<Time> {
        match &self.rule {
            Rule::Rates(breaker) => breaker.next_timer(),
            Rule::Counts(breaker) => breaker.next_timer(),
        }
    }

    /// Lets a timer run out that was due at `now` or before: an automatic transition to half-open, the end of the wait
    /// there, gobreaker's intervals. One at a time; none if nothing was due or what was due changed no state.
    pub fn tick(&mut self, now: Time) -> Option<Transition> {
        match &mut self.rule {
            Rule::Rates(breaker) => breaker.tick(now),
            Rule::Counts(breaker) => breaker.tick(now),
        }
    }

    /// Changes the state by hand.
    ///
    /// # Errors
    /// If there is no such transition ([`State::may_become`]), or gobreaker doesn't know the state.
    pub fn transition(&mut self, now: Time, to: State) -> Result<Transition, IllegalTransition> {
        match &mut self.rule {
            Rule::Rates(breaker) => breaker.transition(now, to),
            Rule::Counts(breaker) => breaker.transition(now, to),
        }
    }

    /// Opens by hand until `until`. resilience4j doesn't count it as an opening that lengthens the next wait.
    ///
    /// # Errors
    /// If the breaker only measures.
    pub fn open_until_time(&mut self, now: Time, until: Time) -> Result<Transition, IllegalTransition> {
        match &mut self.rule {
            Rule::Rates(breaker) => breaker.open_for(now, until),
            Rule::Counts(breaker) => breaker.open_for(now, until),
        }
    }

    /// Closes from whatever state, and forgets everything.
    pub fn reset(&mut self, now: Time) -> Transition {
        match &mut self.rule {
            Rule::Rates(breaker) => breaker.reset(now),
            Rule::Counts(breaker) => breaker.reset(now),
        }
    }

    /// Forgets what was counted by gobreaker's rule and keeps the state; nothing happens by resilience4j's.
    pub fn clear_counts(&mut self) {
        if let Rule::Counts(breaker) = &mut self.rule {
            breaker.clear_counts();
        }
    }

    /// The last moment of the wait in the open state.
    pub fn open_until(&self) -> Option<Time> {
        match &self.rule {
            Rule::Rates(breaker) => breaker.open_until(),
            Rule::Counts(breaker) => breaker.open_until(),
        }
    }

    /// How many more calls a half-open breaker lets through; none in other states.
    pub fn permissions_left(&self) -> Option<u32> {
        match &self.rule {
            Rule::Rates(breaker) => breaker.permissions_left(),
            Rule::Counts(breaker) => breaker.permissions_left(),
        }
    }

    /// Openings without a closing between, by which resilience4j's wait can grow; 0 by gobreaker's rule.
    pub fn openings(&self) -> u32 {
        if let Rule::Rates(breaker) = &self.rule { breaker.openings() } else { 0 }
    }

    /// Calls refused since the window was made (resilience4j), or the state was entered (gobreaker).
    pub fn not_permitted(&self) -> u64 {
        match &self.rule {
            Rule::Rates(breaker) => breaker.metrics.not_permitted(),
            Rule::Counts(breaker) => breaker.not_permitted,
        }
    }

    /// What the window holds at `now`.
    pub fn total(&self, now: Time) -> Aggregation {
        match &self.rule {
            Rule::Rates(breaker) => breaker.metrics.total(now),
            Rule::Counts(breaker) => breaker.counts(now).aggregation(),
        }
    }

    /// The window slot by slot at `now`, from the one that is emptied next to the newest.
    pub fn slots(&self, now: Time) -> Vec<Slot> {
        match &self.rule {
            Rule::Rates(breaker) => breaker.metrics.slots(now).collect(),
            Rule::Counts(breaker) => breaker.slots(now),
        }
    }

    /// The window with its thresholds; none by gobreaker's rule.
    pub fn metrics(&self) -> Option<&Metrics> {
        if let Rule::Rates(breaker) = &self.rule { Some(&breaker.metrics) } else { None }
    }

    /// What the thresholds say of the window at `now`; none by gobreaker's rule.
    pub fn verdict(&self, now: Time) -> Option<Verdict> {
        if let Rule::Rates(breaker) = &self.rule {
            Some(breaker.metrics.verdict(&breaker.config, now))
        } else {
            None
        }
    }

    /// The variables of a rule of one's own by name, as its last result left them; none by any other rule.
    pub fn variables(&self) -> impl Iterator<Item = (&str, f64)> {
        let by_counts = if let Rule::Counts(breaker) = &self.rule { Some(breaker) } else { None };
        by_counts.into_iter().flat_map(CountBreaker::variables)
    }

    /// The counts at `now`; none by resilience4j's rule.
    pub fn counts(&self, now: Time) -> Option<Counts> {
        if let Rule::Counts(breaker) = &self.rule { Some(breaker.counts(now)) } else { None }
    }
}
