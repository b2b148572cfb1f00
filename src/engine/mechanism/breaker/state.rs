//! The states of a breaker, how one follows another, and what is handed back about it.

use super::counts::Counts;
use super::metrics::Verdict;
use super::window::Aggregation;
use crate::sim::Time;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A state of a breaker. The last three are resilience4j's own: an operator puts a breaker into them by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum State {
    /// Calls go through and are counted.
    #[default]
    Closed,
    /// Calls are refused.
    Open,
    /// A few calls go through to find out whether the dependency is well again.
    HalfOpen,
    /// Calls go through and nothing is counted.
    Disabled,
    /// Calls go through and are counted, whatever comes of it.
    MetricsOnly,
    /// Calls are refused until somebody changes the state.
    ForcedOpen,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Closed, Self::Open, Self::HalfOpen, Self::Disabled, Self::MetricsOnly, Self::ForcedOpen];

    /// Permanent id, in kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::Disabled => "disabled",
            Self::MetricsOnly => "metrics-only",
            Self::ForcedOpen => "forced-open",
        }
    }

    /// The state of this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }

    /// Whether resilience4j knows a transition from here to there (`CircuitBreaker.StateTransition`): only an open or
    /// switched-off breaker can become half-open, and one that only measures doesn't open.
    pub const fn may_become(self, to: Self) -> bool {
        match to {
            Self::HalfOpen => !matches!(self, Self::Closed | Self::MetricsOnly),
            Self::Open => !matches!(self, Self::MetricsOnly),
            _ => true,
        }
    }
}

/// How a call ended, for its breaker. A call that hangs has not ended: no breaker counts it until a timeout does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CallOutcome {
    /// With an answer.
    Success,
    /// With an error that counts.
    Failure,
    /// With an error that says nothing about the dependency (resilience4j's `ignoreExceptions`, gobreaker's
    /// `IsExcluded`): the permission is given back.
    Ignored,
}

/// Permission for one call; handed in again when the call has ended.
///
/// resilience4j's permissions are all alike, so a result counts wherever the breaker stands when it comes. gobreaker's
/// remember the generation of the counts, and results of an earlier one are dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permit {
    pub(super) generation: u64,
    pub(super) age: u64,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The breaker is open.
    Open {
        /// Up to and including this time; none if only a hand can close it.
        until: Option<Time>,
    },
    /// The breaker is half-open and all calls that it permits there are under way.
    TooManyCalls,
}

/// What came of asking for permission.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Admission {
    /// The permission, or why there is none.
    pub permit: Result<Permit, Refusal>,
    /// The breaker became half-open because it was asked.
    pub transition: Option<Transition>,
}

/// The breaker changed its state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// When.
    pub at: Time,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// Why.
    pub reason: Reason,
    /// What the window held when it was decided; afterwards it may be empty.
    pub seen: Aggregation,
}

/// Why a breaker changed its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The rates of the window, held against the thresholds.
    Rates(Verdict),
    /// The counts, held against the rule (gobreaker).
    Counts(Counts),
    /// The wait in the open state is over.
    WaitOver,
    /// The wait in the half-open state is over and too few of the permitted calls had ended.
    HalfOpenTooLong,
    /// Somebody wanted it.
    ByHand,
}

/// A change of state that doesn't exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalTransition {
    /// The state that the breaker is in, and stays in.
    pub from: State,
    /// The state that was wanted.
    pub to: State,
}

impl fmt::Display for IllegalTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in ["a breaker that is ", self.from.id(), " can't become ", self.to.id()] {
            f.write_str(part)?;
        }
        Ok(())
    }
}
impl core::error::Error for IllegalTransition {}
