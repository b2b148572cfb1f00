//! The sliding window over the calls that have ended, slot by slot.
//!
//! Source: resilience4j 2, `FixedSizeSlidingWindowMetrics` (count-based: a ring of the last n calls) and
//! `SlidingTimeWindowMetrics` (time-based: a ring of n buckets of one second each, aligned to whole seconds, so that a
//! call in second s is forgotten when second s + n begins, whenever in second s it ended). Both keep a running total.

use crate::sim::{Span, Time};
use serde::{Deserialize, Serialize};

/// What a slot of the window is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SlidingWindowType {
    /// One call.
    #[default]
    CountBased,
    /// One second.
    TimeBased,
}

/// Counts of calls that have ended: those of a slot, or of the whole window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Aggregation {
    /// All of them.
    pub calls: u32,
    /// Those that failed.
    pub failed: u32,
    /// Those that took longer than the threshold, whether they failed or not.
    pub slow: u32,
    /// Those that failed and took longer.
    pub slow_failed: u32,
    /// How long they took, summed.
    pub duration: Span,
}

impl Aggregation {
    /// One call.
    pub fn of(failed: bool, slow: bool, duration: Span) -> Self {
        let (failed_too, slow) = (u32::from(failed), u32::from(slow));
        Self { calls: 1, failed: failed_too, slow, slow_failed: failed_too * slow, duration }
    }

    /// Calls that didn't fail.
    pub fn successful(&self) -> u32 {
        self.calls.saturating_sub(self.failed)
    }

    /// Calls that took longer than the threshold and didn't fail.
    pub fn slow_successful(&self) -> u32 {
        self.slow.saturating_sub(self.slow_failed)
    }

    /// Failed calls in percent, 0 without calls. Single precision, as in resilience4j, so that a rate that is near a
    /// threshold falls on the same side.
    pub fn failure_rate(&self) -> f32 {
        percent(self.failed, self.calls)
    }

    /// Slow calls in percent, 0 without calls.
    pub fn slow_call_rate(&self) -> f32 {
        percent(self.slow, self.calls)
    }

    /// Mean duration, 0 without calls.
    pub fn average_duration(&self) -> Span {
        Span::from_nanos(self.duration.nanos() / u64::from(self.calls.max(1)))
    }

    fn add(&mut self, other: &Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.failed = self.failed.saturating_add(other.failed);
        self.slow = self.slow.saturating_add(other.slow);
        self.slow_failed = self.slow_failed.saturating_add(other.slow_failed);
        self.duration += other.duration;
    }

    fn remove(&mut self, other: &Self) {
        self.calls = self.calls.saturating_sub(other.calls);
        self.failed = self.failed.saturating_sub(other.failed);
        self.slow = self.slow.saturating_sub(other.slow);
        self.slow_failed = self.slow_failed.saturating_sub(other.slow_failed);
        self.duration = self.duration - other.duration;
    }
}

fn percent(part: u32, of: u32) -> f32 {
    if of == 0 { 0.0 } else { part as f32 * 100.0 / of as f32 }
}

/// A slot of a window, as a picture shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its place in the ring, from 0: it stays while what it holds moves from newest to oldest.
    pub position: u32,
    /// When its span of time began; none for a slot that holds a call, and for one that lies before the start.
    pub from: Option<Time>,
    /// What it holds; no calls if it is empty.
    pub calls: Aggregation,
}

/// A ring of slots and their running total.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    kind: SlidingWindowType,
    slots: Vec<Aggregation>,
    /// Position of the newest slot.
    head: usize,
    /// The second of the newest slot, in a time-based window.
    second: u64,
    total: Aggregation,
}

impl Window {
    /// An empty window of `size` slots at `now`; one without slots never holds anything.
    pub fn new(kind: SlidingWindowType, size: u32, now: Time) -> Self {
        let slots = vec![Aggregation::default(); size as usize];
        Self { kind, slots, head: 0, second: second(now), total: Aggregation::default() }
    }

    /// What a slot is.
    pub fn kind(&self) -> SlidingWindowType {
        self.kind
    }

    /// How many slots there are.
    pub fn size(&self) -> u32 {
        self.slots.len() as u32
    }

    /// Records a call that has ended and returns the total with it.
    pub fn record(&mut self, now: Time, call: Aggregation) -> Aggregation {
        if self.slots.is_empty() {
            return self.total;
        }
        let moves = match self.kind {
            SlidingWindowType::CountBased => 1,
            SlidingWindowType::TimeBased => self.behind(now),
        };
        for _ in 0..moves {
            self.head = (self.head + 1) % self.slots.len();
            let gone = core::mem::take(&mut self.slots[self.head]);
            self.total.remove(&gone);
        }
        self.second = self.second.max(second(now));
        self.slots[self.head].add(&call);
        self.total.add(&call);
        self.total
    }

    /// The total at `now`.
    pub fn total(&self, now: Time) -> Aggregation {
        let mut total = self.total;
        for step in 1..=self.behind(now) {
            total.remove(&self.slots[(self.head + step) % self.slots.len()]);
        }
        total
    }

    /// The slots at `now`, from the one that is emptied next to the newest.
    pub fn slots(&self, now: Time) -> impl Iterator<Item = Slot> + '_ {
        let (n, moves) = (self.slots.len(), self.behind(now));
        let newest = self.second.max(second(now));
        (0..n).rev().map(move |age| {
            let position = (self.head + moves + n - age) % n;
            let calls = if age < moves { Aggregation::default() } else { self.slots[position] };
            let from = match self.kind {
                SlidingWindowType::CountBased => None,
                SlidingWindowType::TimeBased => newest.checked_sub(age as u64).map(Time::from_secs),
            };
            Slot { position: position as u32, from, calls }
        })
    }

    /// How many slots have been outrun by the clock since the last call.
    fn behind(&self, now: Time) -> usize {
        match self.kind {
            SlidingWindowType::CountBased => 0,
            SlidingWindowType::TimeBased => {
                second(now).saturating_sub(self.second).min(self.slots.len() as u64) as usize
            }
        }
    }
}

fn second(now: Time) -> u64 {
    now.nanos() / 1_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(window: &Window, now: Time) -> Vec<(u32, u32)> {
        window.slots(now).map(|slot| (slot.calls.calls, slot.calls.failed)).collect()
    }

    #[test]
    fn a_count_window_forgets_the_oldest_call_and_keeps_the_others_in_their_places() {
        let mut window = Window::new(SlidingWindowType::CountBased, 3, Time::ZERO);
        for failed in [true, false, false] {
            window.record(Time::ZERO, Aggregation::of(failed, false, Span::from_millis(2)));
        }
        assert_eq!(failures(&window, Time::ZERO), [(1, 1), (1, 0), (1, 0)]);
        let places: Vec<u32> = window.slots(Time::ZERO).map(|slot| slot.position).collect();
        assert_eq!(places, [1, 2, 0]);
        let total = window.record(Time::ZERO, Aggregation::of(false, true, Span::from_millis(2)));
        assert_eq!((total.calls, total.failed, total.slow, total.duration), (3, 0, 1, Span::from_millis(6)));
        assert_eq!(window.slots(Time::ZERO).map(|slot| slot.position).collect::<Vec<_>>(), [2, 0, 1]);
    }

    #[test]
    fn a_time_window_forgets_whole_seconds_at_once() {
        let mut window = Window::new(SlidingWindowType::TimeBased, 3, Time::ZERO);
        window.record(Time::from_millis(100), Aggregation::of(true, false, Span::ZERO));
        window.record(Time::from_millis(999), Aggregation::of(false, false, Span::ZERO));
        window.record(Time::from_millis(1_500), Aggregation::of(true, false, Span::ZERO));
        // 2.9 s after the first call and 2 s after the second: both are there; 0.1 s later neither is.
        assert_eq!(window.total(Time::from_millis(2_999)).calls, 3);
        assert_eq!(window.total(Time::from_millis(3_000)).calls, 1);
        assert_eq!(failures(&window, Time::from_millis(3_000)), [(1, 1), (0, 0), (0, 0)]);
        let from: Vec<_> = window.slots(Time::from_millis(3_000)).map(|slot| slot.from).collect();
        assert_eq!(from, [1, 2, 3].map(|secs| Some(Time::from_secs(secs))));
        assert_eq!(window.total(Time::MAX), Aggregation::default());
        assert_eq!(window.total(Time::ZERO).calls, 3, "a clock that goes back changes nothing");
    }
}
