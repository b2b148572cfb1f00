//! What gobreaker counts, over a window that ends at once or slides in buckets.
//!
//! Source: sony/gobreaker v2, `counter.go`. Requests are counted when they begin, results when they come, into the
//! bucket in which their request began.

use super::window::{Aggregation, Slot};
use crate::sim::{Span, Time};

/// Counts of requests and of how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts {
    /// Requests let through, those under way included.
    pub requests: u32,
    /// Successes.
    pub total_successes: u32,
    /// Failures.
    pub total_failures: u32,
    /// Requests that ended in a way that doesn't count.
    pub total_exclusions: u32,
    /// Successes since the last failure.
    pub consecutive_successes: u32,
    /// Failures since the last success.
    pub consecutive_failures: u32,
}

/// How a request ended, for the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Succeeded,
    Failed,
    Excluded,
}

impl Counts {
    /// Requests without those that don't count.
    pub fn valid_requests(&self) -> u32 {
        self.requests.saturating_sub(self.total_exclusions)
    }

    /// As far as they can be said of calls that have ended.
    pub fn aggregation(&self) -> Aggregation {
        let calls = self.total_successes.saturating_add(self.total_failures);
        Aggregation { calls, failed: self.total_failures, ..Aggregation::default() }
    }

    fn begin(&mut self) {
        self.requests = self.requests.saturating_add(1);
    }

    fn end(&mut self, ended: Ended) {
        let (count, run, other) = match ended {
            Ended::Succeeded => {
                (&mut self.total_successes, &mut self.consecutive_successes, &mut self.consecutive_failures)
            }
            Ended::Failed => {
                (&mut self.total_failures, &mut self.consecutive_failures, &mut self.consecutive_successes)
            }
            Ended::Excluded => {
                self.total_exclusions = self.total_exclusions.saturating_add(1);
                return;
            }
        };
        *count = count.saturating_add(1);
        *run = run.saturating_add(1);
        *other = 0;
    }
}

/// Counts in buckets, and their sum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RollingCounts {
    pub(super) sum: Counts,
    /// How many buckets have begun since the last clearing, the first not counted.
    pub(super) age: u64,
    buckets: Vec<Counts>,
}

impl RollingCounts {
    pub(super) fn new(buckets: u64) -> Self {
        Self { sum: Counts::default(), age: 0, buckets: vec![Counts::default(); buckets.max(1) as usize] }
    }

    pub(super) fn rolls(&self) -> bool {
        self.buckets.len() > 1
    }

    fn len(&self) -> u64 {
        self.buckets.len() as u64
    }

    fn bucket(&mut self, age: u64) -> &mut Counts {
        let at = age % self.len();
        &mut self.buckets[at as usize]
    }

    pub(super) fn begin(&mut self) {
        self.sum.begin();
        self.bucket(self.age).begin();
    }

    /// A request that began at this age ended; it doesn't count if its bucket is gone.
    pub(super) fn end(&mut self, age: u64, ended: Ended) {
        if self.age.checked_sub(age).is_some_and(|since| since < self.len()) {
            self.sum.end(ended);
            self.bucket(age).end(ended);
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.len());
    }

    /// Moves on to this age.
    pub(super) fn grow(&mut self, age: u64) {
        let steps = age.saturating_sub(self.age);
        if steps >= self.len() {
            self.clear();
            self.age = age;
        }
        while self.age < age {
            self.age += 1;
            self.forget_oldest();
        }
    }

    /// Takes the bucket that begins anew off the sum. A run of successes (or failures) is shortened only if it reaches
    /// back into that bucket: if it is as long as the run that ends it and all successes since.
    fn forget_oldest(&mut self) {
        let gone = core::mem::take(self.bucket(self.age));
        let sum = &mut self.sum;
        let later = |of: fn(&Counts) -> u32| self.buckets.iter().map(of).fold(0, u32::saturating_add);
        let shorten = |run: &mut u32, ends: u32, later: u32| {
            if *run == ends.saturating_add(later) {
                *run -= ends;
            }
        };
        let later_successes = later(|bucket| bucket.total_successes);
        let later_failures = later(|bucket| bucket.total_failures);
        shorten(&mut sum.consecutive_successes, gone.consecutive_successes, later_successes);
        shorten(&mut sum.consecutive_failures, gone.consecutive_failures, later_failures);
        for (sum, gone) in [
            (&mut sum.requests, gone.requests),
            (&mut sum.total_successes, gone.total_successes),
            (&mut sum.total_failures, gone.total_failures),
            (&mut sum.total_exclusions, gone.total_exclusions),
        ] {
            *sum = sum.saturating_sub(gone);
        }
    }

    /// The buckets, from the one that is emptied next to the newest; the first began at `start`.
    pub(super) fn slots(&self, start: Time, period: Span) -> Vec<Slot> {
        let back = (0..self.len()).rev();
        let slot = |back: u64| {
            // Before the first turn of the ring the places ahead are still empty.
            let position = (self.age + self.len() - back) % self.len();
            let from = self.age.checked_sub(back).map(|age| start + period * age);
            Slot { position: position as u32, from, calls: self.buckets[position as usize].aggregation() }
        };
        back.map(slot).collect()
    }
}
