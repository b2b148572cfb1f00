//! A retry budget: retries as a share of requests.
//!
//! Source: tower, `tower/src/retry/budget/tps_budget.rs` (after Finagle's `RetryBudget`). Every request deposits, every
//! retry withdraws 1 ÷ share deposits; a deposit counts for `ttl`, in ten slots of ttl ÷ 10; a reserve of
//! `min_per_sec` × ttl retries is always there (and also grows back within ttl). A slot begins when the budget is next
//! used after the one before it is over, so slots drift with the traffic and a deposit may count for somewhat longer or
//! shorter.

use crate::sim::{Span, Time};
use core::fmt;

/// Parameters of a budget, with tower's defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BudgetConfig {
    /// How long a deposit counts: 1 to 60 s. Default 10 s.
    pub ttl: Span,
    /// Retries a second that are allowed however few requests there are. Default 10.
    pub min_per_sec: u32,
    /// Retries for each request: 0 to 1,000. Default 0.2. Above one, 1,000 ÷ it is cut off to a whole number, and below
    /// one, 1 ÷ it is.
    pub retry_percent: f32,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self { ttl: Span::from_secs(10), min_per_sec: 10, retry_percent: 0.2 }
    }
}

/// Why a budget can't be made; a sentence that says what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetError(&'static str);

impl fmt::Display for BudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl core::error::Error for BudgetError {}

const SLOTS: usize = 10;

/// A retry budget.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    slots: [i64; SLOTS],
    /// Slot of the last generation.
    index: usize,
    /// When it began.
    began: Time,
    window: Span,
    /// What is to be put into the current slot when it is over.
    writer: i64,
    reserve: i64,
    deposit: i64,
    withdrawal: i64,
}

impl Budget {
    /// A budget at `now` with nothing but its reserve.
    ///
    /// # Errors
    /// If a parameter is out of its range.
    pub fn new(config: BudgetConfig, now: Time) -> Result<Self, BudgetError> {
        let BudgetConfig { ttl, min_per_sec, retry_percent } = config;
        if ttl < Span::from_secs(1) || ttl > Span::from_secs(60) {
            return Err(BudgetError("a deposit to a retry budget counts for 1 to 60 s"));
        }
        if !(0.0..=1_000.0).contains(&retry_percent) {
            return Err(BudgetError("a retry budget allows 0 to 1,000 retries for a request"));
        }
        let (deposit, withdrawal) = if retry_percent == 0.0 {
            (0, 1)
        } else if retry_percent <= 1.0 {
            (1, (1.0 / retry_percent) as i64)
        } else {
            (1_000, (1_000.0 / retry_percent) as i64)
        };
        // At most 60 s, in whole seconds.
        let seconds = (ttl.nanos() / 1_000_000_000) as u32;
        let reserve = i64::from(min_per_sec).saturating_mul(seconds.into()).saturating_mul(withdrawal);
        Ok(Self {
            slots: [0; SLOTS],
            index: 0,
            began: now,
            window: Span::from_nanos(ttl.nanos() / SLOTS as u64),
            writer: 0,
            reserve,
            deposit,
            withdrawal,
        })
    }

    /// A request is made.
    pub fn deposit(&mut self, now: Time) {
        self.expire(now);
        self.writer = self.writer.saturating_add(self.deposit);
    }

    /// Whether a retry may be made; if so, it is paid for.
    pub fn withdraw(&mut self, now: Time) -> bool {
        self.expire(now);
        let allowed = self.balance() >= self.withdrawal;
        if allowed {
            self.writer = self.writer.saturating_sub(self.withdrawal);
        }
        allowed
    }

    /// How many retries could be paid for when the budget was last used.
    pub fn retries_left(&self) -> u64 {
        (self.balance().max(0) / self.withdrawal.max(1)) as u64
    }

    fn balance(&self) -> i64 {
        let slots = self.slots.iter().fold(0, |sum: i64, slot| sum.saturating_add(*slot));
        slots.saturating_add(self.writer).saturating_add(self.reserve)
    }

    fn expire(&mut self, now: Time) {
        let since = now.since(self.began);
        if since < self.window {
            return;
        }
        self.slots[self.index] = core::mem::take(&mut self.writer);
        // Slots that went by unused, without the one that begins now.
        let unused = since.nanos().div_ceil(self.window.nanos()).saturating_sub(1);
        let first = self.index + 1;
        for step in 0..unused.min(SLOTS as u64) as usize {
            self.slots[(first + step) % SLOTS] = 0;
        }
        self.index = (first + (unused % SLOTS as u64) as usize) % SLOTS;
        self.began = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(min_per_sec: u32, retry_percent: f32) -> Budget {
        Budget::new(BudgetConfig { ttl: Span::from_secs(1), min_per_sec, retry_percent }, Time::ZERO).unwrap()
    }

    #[test]
    fn deposits_are_forgotten_slot_by_slot() {
        // tower's own test `tps_slots`.
        let mut half = budget(0, 0.5);
        half.deposit(Time::ZERO);
        half.deposit(Time::ZERO);
        assert!(half.withdraw(Time::from_millis(901)));
        let later = Time::from_millis(2_902);
        half.deposit(later);
        half.deposit(later + Span::from_millis(301));
        half.deposit(later + Span::from_millis(1_102));
        assert_eq!(half.retries_left(), 1);
        assert!(half.withdraw(later + Span::from_millis(1_102)));
        assert!(!half.withdraw(Time::MAX));
    }

    #[test]
    fn the_reserve_is_there_without_requests() {
        let mut reserve = budget(5, 1.0);
        assert_eq!((0..9).filter(|_| reserve.withdraw(Time::ZERO)).count(), 5);
        assert_eq!((0..9).filter(|_| reserve.withdraw(Time::from_secs(3))).count(), 5);
    }

    #[test]
    fn retries_are_the_share_of_requests_that_was_asked_for() {
        for (percent, allowed) in [(0.0, 0), (0.1, 10), (0.2, 20), (1.0, 100), (2.0, 200)] {
            let mut budget = budget(0, percent);
            (0..100).for_each(|_| budget.deposit(Time::ZERO));
            assert_eq!((0..500).filter(|_| budget.withdraw(Time::ZERO)).count(), allowed, "{percent}");
        }
    }
}
