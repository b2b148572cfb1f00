//! The layers that stand between a service and what it calls: what each service has of them, what a request has of each, and
//! what they did.

use super::rates;
use crate::lessons::prelude::*;
use crate::mechanism::breaker::{Breaker, Config, Permit};
use crate::mechanism::bulkhead::{Bulkhead, BulkheadConfig};
use crate::mechanism::limiter::{RateLimiter, RateLimiterConfig};
use crate::mechanism::retry::{Budget, BudgetConfig};
use crate::scene::Cell;
use crate::sim::Handle;
use std::collections::VecDeque;

/// How many layers there are.
pub const LAYERS: usize = 5;
/// Of each layer so many requests are to be seen, those that came by last.
pub const SEEN: usize = 16;
/// And for so long, that it did something.
const FRESH: Span = Span::from_secs(1);
const PLACES: u32 = 20;
const WINDOW: u32 = 20;
const OPEN_FOR: Span = Span::from_secs(2);

choices! {
    /// What stands between a service and what it calls.
    pub enum Layer {
        Timeout = "timeout", "Timeout";
        Retry = "retry", "Retry";
        Breaker = "breaker", "Breaker";
        Bulkhead = "bulkhead", "Bulkhead";
        Limiter = "limiter", "Limiter";
    }
}

/// What a request has of a layer that it is inside of.
#[derive(Clone, Copy, Debug)]
pub enum Held {
    Timeout(Handle),
    /// Tries so far.
    Retry(u32),
    /// A permission, and since when.
    Breaker(Permit, Time),
    Bulkhead,
    Limiter,
}

/// What a service has of layers.
#[derive(Clone, Debug)]
pub struct Service {
    pub breaker: Breaker,
    pub bulkhead: Bulkhead,
    pub limiter: RateLimiter,
    pub budget: Budget,
}

impl Service {
    pub fn new(limiter: RateLimiterConfig) -> Self {
        let rule = Config::Rates(rates(WINDOW, 0.5, Span::from_secs(60), OPEN_FOR));
        let places = BulkheadConfig { max_concurrent_calls: PLACES, ..BulkheadConfig::default() };
        let budget = BudgetConfig { min_per_sec: 1, ..BudgetConfig::default() };
        Self {
            breaker: Breaker::new(rule, Time::ZERO).expect("a sound rule"),
            bulkhead: Bulkhead::new(places),
            limiter: RateLimiter::new(limiter, Time::ZERO).expect("a sound limit"),
            budget: Budget::new(budget, Time::ZERO).expect("a sound budget"),
        }
    }
}

/// What a layer did, over all services.
#[derive(Clone, Debug, Default)]
pub struct Deeds {
    pub passed: u32,
    pub did: u32,
    /// When it did something last, and what that looks like.
    last: Option<(Time, Status)>,
    pub seen: VecDeque<Cell>,
}

impl Deeds {
    /// It let a request through, or did something to it that looks so.
    pub fn record(&mut self, request: Entity, status: Status, now: Time) {
        if status == Status::Normal {
            self.passed += 1;
        } else {
            self.did += 1;
            self.last = Some((now, status));
        }
        if self.seen.len() == SEEN {
            self.seen.pop_front();
        }
        self.seen.push_back(Cell::new(request, status));
    }

    pub fn status(&self, now: Time) -> Status {
        self.last.filter(|(at, _)| now.since(*at) < FRESH).map_or(Status::Normal, |(_, status)| status)
    }
}
