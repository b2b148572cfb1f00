//! A breaker by counts.
//!
//! Source: sony/gobreaker v2, `gobreaker.go`. Where it differs from resilience4j:
//!
//! - it opens by default after 6 failures *in a row*, over no window at all; only a failure opens;
//! - a half-open breaker closes after `max_requests` successes in a row and opens with the *first failure*, while
//!   resilience4j waits for all permitted calls and judges their rate;
//! - every change of state, and every interval of the closed state, begins a new *generation*: results of calls that
//!   began in an earlier one are dropped;
//! - the counts are cleared on opening;
//! - half-open begins when anybody looks after the timeout, not only with a request.

use super::config::{CountConfig, Trip};
use super::counts::{Counts, Ended, RollingCounts};
use super::state::{Admission, CallOutcome, IllegalTransition, Permit, Reason, Refusal, State, Transition};
use super::window::Slot;
use crate::mechanism::rules::{RuleError, Rules, Variables, Vocabulary};
use crate::sim::{Span, Time};

/// What a rule of one's own can say: it runs for each result while the breaker is closed. `now` is in seconds, `took` is
/// how long the call took, in seconds; variables are forgotten with every change of state.
const WORDS: Vocabulary = Vocabulary {
    events: &["success", "failure"],
    inputs: &["now", "took"],
    results: &[],
    commands: &["open"],
};

/// A rule in place of [`Trip`].
#[derive(Clone, Debug, PartialEq)]
struct OwnRule {
    rules: Rules,
    variables: Variables,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct CountBreaker {
    pub(super) config: CountConfig,
    own: Option<OwnRule>,
    state: State,
    generation: u64,
    counts: RollingCounts,
    /// When the generation began.
    start: Time,
    /// The last moment of the generation, if time ends it.
    expiry: Option<Time>,
    /// Requests refused in this state.
    pub(super) not_permitted: u64,
}

impl core::hash::Hash for CountBreaker {
    fn hash<H: core::hash::Hasher>(&self, hasher: &mut H) {
        (self.state, self.generation, &self.counts, self.start, self.expiry).hash(hasher);
        self.not_permitted.hash(hasher);
        self.own.as_ref().map(|own| &own.variables).hash(hasher);
    }
}

impl CountBreaker {
    pub(super) fn new(config: CountConfig, now: Time) -> Self {
        let counts = RollingCounts::new(config.buckets());
        let (state, start) = (State::Closed, now);
        let mut breaker =
            Self { config, own: None, state, generation: 0, counts, start, expiry: None, not_permitted: 0 };
        breaker.begin_generation(now);
        breaker
    }

    /// One that opens by rules of one's own.
    pub(super) fn by_rules(rules: &str, config: CountConfig, now: Time) -> Result<Self, RuleError> {
        let own = OwnRule { rules: Rules::parse(rules, &WORDS)?, variables: Variables::default() };
        Ok(Self { own: Some(own), ..Self::new(config, now) })
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, f64)> {
        self.own.iter().flat_map(|own| own.rules.named(&own.variables))
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn open_until(&self) -> Option<Time> {
        self.expiry.filter(|_| self.state == State::Open)
    }

    pub(super) fn permissions_left(&self) -> Option<u32> {
        let left = self.max_requests().saturating_sub(self.counts.sum.valid_requests());
        (self.state == State::HalfOpen).then_some(left)
    }

    fn max_requests(&self) -> u32 {
        self.config.max_requests.max(1)
    }

    /// The first moment after this generation, if time ends it.
    pub(super) fn next_timer(&self) -> Option<Time> {
        self.expiry.map(|expiry| expiry + Span::from_nanos(1))
    }

    /// Brings the breaker up to date.
    pub(super) fn tick(&mut self, now: Time) -> Option<Transition> {
        let expired = self.expiry.is_some_and(|expiry| expiry < now);
        match self.state {
            State::Closed if expired => self.begin_generation(now),
            State::Closed if self.counts.rolls() => {
                let age = now.since(self.start).nanos() / self.config.bucket_period.nanos().max(1);
                self.counts.grow(age);
            }
            State::Open if expired => return Some(self.change(now, State::HalfOpen, Reason::WaitOver)),
            _ => {}
        }
        None
    }

    pub(super) fn try_acquire(&mut self, now: Time) -> Admission {
        let transition = self.tick(now);
        let refusal = match self.state {
            State::Open => Some(Refusal::Open { until: self.expiry }),
            State::HalfOpen if self.permissions_left() == Some(0) => Some(Refusal::TooManyCalls),
            _ => None,
        };
        let permit = if let Some(refusal) = refusal {
            self.not_permitted = self.not_permitted.saturating_add(1);
            Err(refusal)
        } else {
            self.counts.begin();
            Ok(Permit { generation: self.generation, age: self.counts.age })
        };
        Admission { permit, transition }
    }

    pub(super) fn record(
        &mut self,
        now: Time,
        permit: Permit,
        outcome: CallOutcome,
        took: Span,
    ) -> Option<Transition> {
        let transition = self.tick(now);
        if permit.generation != self.generation {
            return transition;
        }
        let ended = match outcome {
            CallOutcome::Success => Ended::Succeeded,
            CallOutcome::Failure => Ended::Failed,
            CallOutcome::Ignored => Ended::Excluded,
        };
        self.counts.end(permit.age, ended);
        let counts = self.counts.sum;
        let to = match (self.state, ended) {
            (State::Closed, _) if self.trips(now, ended, took) => State::Open,
            (State::HalfOpen, Ended::Failed) => State::Open,
            (State::HalfOpen, Ended::Succeeded) if counts.consecutive_successes >= self.max_requests() => {
                State::Closed
            }
            _ => return None,
        };
        Some(self.change(now, to, Reason::Counts(counts)))
    }

    /// Changes the state by hand, which gobreaker itself has no way to do; only the three states that it knows.
    pub(super) fn transition(&mut self, now: Time, to: State) -> Result<Transition, IllegalTransition> {
        let from = self.state;
        let known = matches!(to, State::Closed | State::Open | State::HalfOpen);
        if known && from.may_become(to) {
            Ok(self.change(now, to, Reason::ByHand))
        } else {
            Err(IllegalTransition { from, to })
        }
    }

    pub(super) fn open_for(&mut self, now: Time, until: Time) -> Result<Transition, IllegalTransition> {
        let transition = self.transition(now, State::Open)?;
        self.expiry = Some(until);
        Ok(transition)
    }

    pub(super) fn reset(&mut self, now: Time) -> Transition {
        self.change(now, State::Closed, Reason::ByHand)
    }

    /// Forgets the counts; the state stays, and so does the generation.
    pub(super) fn clear_counts(&mut self) {
        self.counts.clear();
    }

    /// The counts as anybody sees them who looks at `now`.
    pub(super) fn counts(&self, now: Time) -> Counts {
        let mut at = self.clone();
        at.tick(now);
        at.counts.sum
    }

    pub(super) fn slots(&self, now: Time) -> Vec<Slot> {
        let mut at = self.clone();
        at.tick(now);
        at.counts.slots(at.start, at.config.bucket_period)
    }

    fn change(&mut self, now: Time, to: State, reason: Reason) -> Transition {
        let seen = self.counts.sum.aggregation();
        let transition = Transition { at: now, from: self.state, to, reason, seen };
        self.state = to;
        self.not_permitted = 0;
        self.begin_generation(now);
        transition
    }

    fn begin_generation(&mut self, now: Time) {
        self.generation += 1;
        self.start = now;
        self.counts.clear();
        if let Some(own) = &mut self.own {
            own.variables = Variables::default();
        }
        let or = |span: Span, zero: Span| if span == Span::ZERO { zero } else { span };
        self.expiry = match self.state {
            // Infinitely long, or sliding.
            State::Closed if self.config.interval == Span::ZERO || self.counts.rolls() => None,
            // An interval of one bucket is rounded up to it.
            State::Closed => Some(now + self.config.interval.max(self.config.bucket_period)),
            State::Open => Some(now + or(self.config.timeout, Span::from_secs(60))),
            _ => None,
        };
    }

    /// Whether a closed breaker opens with the result that has just been counted.
    fn trips(&mut self, now: Time, ended: Ended, took: Span) -> bool {
        let event = match ended {
            Ended::Succeeded => 0,
            Ended::Failed => 1,
            Ended::Excluded => return false,
        };
        let Some(own) = &mut self.own else {
            return ended == Ended::Failed && reached(&self.config.ready_to_trip, &self.counts.sum);
        };
        let inputs = [now.secs(), took.secs()];
        own.rules.run(event, &inputs, &mut own.variables, &mut Variables::default()).is_some()
    }
}

fn reached(trip: &Trip, counts: &Counts) -> bool {
    let requests = counts.valid_requests();
    requests >= trip.requests
        && counts.total_failures >= trip.failures
        && counts.consecutive_failures >= trip.consecutive_failures
        && f64::from(counts.total_failures) / f64::from(requests.max(1)) >= trip.failure_ratio
}
