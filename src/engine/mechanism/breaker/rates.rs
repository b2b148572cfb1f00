//! A breaker by rates over a sliding window.
//!
//! Source: resilience4j 2, `CircuitBreakerStateMachine` and `CircuitBreakerConfig`. To know:
//!
//! - a rate that equals its threshold opens; a call that takes exactly the threshold's time isn't slow;
//! - rates are judged when a call ends, never by the clock, and a call counts when it *ends*;
//! - open becomes half-open with the first request *after* the wait, unless the transition is automatic;
//! - the window of the closed state stays to be looked at while the breaker is open, and calls that were under way still
//!   count into it; half-open and closed begin with an empty one;
//! - a half-open breaker decides once min(minimum number, permitted number) of calls have ended there, whether the others
//!   have or not, by the same rates;
//! - a result counts into the window that is there when it comes: a call that was let through by the closed breaker and
//!   ends when it is half-open is counted as one of the permitted ones.

use super::config::RateConfig;
use super::metrics::{Metrics, Verdict};
use super::state::{Admission, CallOutcome, IllegalTransition, Permit, Reason, Refusal, State, Transition};
use crate::mechanism::retry::interval;
use crate::sim::{Span, Time};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Closed,
    Open {
        /// The last moment of the wait.
        until: Time,
    },
    HalfOpen {
        /// Permissions left.
        left: u32,
        /// When this state is left whatever has been decided.
        until: Option<Time>,
    },
    Disabled,
    MetricsOnly,
    ForcedOpen,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct RateBreaker {
    pub(super) config: RateConfig,
    phase: Phase,
    /// Openings without a closing between.
    attempts: u32,
    pub(super) metrics: Metrics,
}

impl core::hash::Hash for RateBreaker {
    fn hash<H: core::hash::Hasher>(&self, hasher: &mut H) {
        self.phase.hash(hasher);
        self.attempts.hash(hasher);
        self.metrics.hash(hasher);
    }
}

impl RateBreaker {
    pub(super) fn new(config: RateConfig, now: Time) -> Self {
        let metrics = Metrics::for_closed(&config, now);
        let mut breaker = Self { config, phase: Phase::Closed, attempts: 0, metrics };
        match config.initial_state {
            State::HalfOpen => {
                breaker.attempts = 1;
                breaker.enter(now, State::HalfOpen);
            }
            state => breaker.enter(now, state),
        }
        breaker
    }

    pub(super) fn state(&self) -> State {
        match self.phase {
            Phase::Closed => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen { .. } => State::HalfOpen,
            Phase::Disabled => State::Disabled,
            Phase::MetricsOnly => State::MetricsOnly,
            Phase::ForcedOpen => State::ForcedOpen,
        }
    }

    pub(super) fn open_until(&self) -> Option<Time> {
        if let Phase::Open { until } = self.phase { Some(until) } else { None }
    }

    pub(super) fn permissions_left(&self) -> Option<u32> {
        if let Phase::HalfOpen { left, .. } = self.phase { Some(left) } else { None }
    }

    pub(super) fn openings(&self) -> u32 {
        self.attempts
    }

    pub(super) fn try_acquire(&mut self, now: Time) -> Admission {
        let mut transition = None;
        if self.open_until().is_some_and(|until| now > until) {
            transition = Some(self.change(now, State::HalfOpen, Reason::WaitOver));
        }
        let permit = match &mut self.phase {
            Phase::Closed | Phase::Disabled | Phase::MetricsOnly => Ok(Permit::default()),
            Phase::HalfOpen { left: 0, .. } => Err(Refusal::TooManyCalls),
            Phase::HalfOpen { left, .. } => {
                *left -= 1;
                Ok(Permit::default())
            }
            Phase::Open { until } => Err(Refusal::Open { until: Some(*until) }),
            Phase::ForcedOpen => Err(Refusal::Open { until: None }),
        };
        if permit.is_err() {
            self.metrics.refuse();
        }
        Admission { permit, transition }
    }

    pub(super) fn release(&mut self) {
        if let Phase::HalfOpen { left, .. } = &mut self.phase {
            *left = left.saturating_add(1);
        }
    }

    pub(super) fn record(&mut self, now: Time, outcome: CallOutcome, took: Span) -> Option<Transition> {
        let failed = match outcome {
            CallOutcome::Success => false,
            CallOutcome::Failure => true,
            CallOutcome::Ignored => {
                self.release();
                return None;
            }
        };
        if matches!(self.phase, Phase::Disabled | Phase::ForcedOpen) {
            return None;
        }
        let verdict = self.metrics.record(&self.config, now, failed, took);
        let to = match self.phase {
            Phase::Closed | Phase::HalfOpen { .. } if verdict.exceeded() => State::Open,
            Phase::HalfOpen { .. } if verdict == Verdict::BelowThresholds => State::Closed,
            _ => return None,
        };
        Some(self.change(now, to, Reason::Rates(verdict)))
    }

    /// When [`RateBreaker::tick`] has something to do.
    pub(super) fn next_timer(&self) -> Option<Time> {
        match self.phase {
            Phase::Open { until } if self.config.automatic_transition_from_open_to_half_open_enabled => {
                Some(until)
            }
            Phase::HalfOpen { until, .. } => until,
            _ => None,
        }
    }

    /// Lets the timer run out that was due first, at the time when it was due.
    pub(super) fn tick(&mut self, now: Time) -> Option<Transition> {
        let due = self.next_timer().filter(|&due| due <= now)?;
        Some(match self.phase {
            Phase::HalfOpen { .. } => {
                let to = self.config.transition_to_state_after_wait_duration;
                self.change(due, to, Reason::HalfOpenTooLong)
            }
            _ => self.change(due, State::HalfOpen, Reason::WaitOver),
        })
    }

    pub(super) fn transition(&mut self, now: Time, to: State) -> Result<Transition, IllegalTransition> {
        let from = self.state();
        if from.may_become(to) {
            Ok(self.change(now, to, Reason::ByHand))
        } else {
            Err(IllegalTransition { from, to })
        }
    }

    /// Opens until `until` without counting it as another opening.
    pub(super) fn open_for(&mut self, now: Time, until: Time) -> Result<Transition, IllegalTransition> {
        let attempts = self.attempts;
        let transition = self.transition(now, State::Open)?;
        self.attempts = attempts;
        self.phase = Phase::Open { until };
        Ok(transition)
    }

    pub(super) fn reset(&mut self, now: Time) -> Transition {
        self.change(now, State::Closed, Reason::ByHand)
    }

    fn change(&mut self, now: Time, to: State, reason: Reason) -> Transition {
        let transition =
            Transition { at: now, from: self.state(), to, reason, seen: self.metrics.total(now) };
        self.enter(now, to);
        transition
    }

    fn enter(&mut self, now: Time, to: State) {
        let config = &self.config;
        self.attempts = match to {
            State::Open | State::ForcedOpen => self.attempts.saturating_add(1),
            State::HalfOpen => self.attempts,
            State::Closed | State::Disabled | State::MetricsOnly => 0,
        };
        match to {
            // What led to the opening stays to be seen.
            State::Open => {}
            State::Closed | State::MetricsOnly => self.metrics = Metrics::for_closed(config, now),
            State::HalfOpen => self.metrics = Metrics::for_half_open(config, now),
            State::Disabled | State::ForcedOpen => self.metrics = Metrics::for_none(config, now),
        }
        self.phase = match to {
            State::Closed => Phase::Closed,
            State::Open => Phase::Open { until: now + self.wait() },
            State::HalfOpen => {
                let wait = config.max_wait_duration_in_half_open_state;
                Phase::HalfOpen {
                    left: config.permitted_number_of_calls_in_half_open_state,
                    until: (wait > Span::ZERO).then(|| now + wait),
                }
            }
            State::Disabled => Phase::Disabled,
            State::MetricsOnly => Phase::MetricsOnly,
            State::ForcedOpen => Phase::ForcedOpen,
        };
    }

    /// The wait of this opening.
    fn wait(&self) -> Span {
        let config = &self.config;
        let first = config.wait_duration_in_open_state;
        let wait = if config.wait_multiplier == 1.0 {
            first
        } else {
            interval::exponential(first, config.wait_multiplier, self.attempts.max(1))
        };
        wait.min(config.max_wait_duration_in_open_state)
    }
}
