//! What is measured of a run: latency histograms, averages over time, rates in a sliding window, and confidence
//! intervals over replications.

use super::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// Bits of a value's mantissa that tell buckets apart: 64 a power of two.
const SUB_BITS: u32 = 6;

/// A mergeable histogram of times with a stated relative error.
///
/// Values below 64 ns are kept exactly; above, each power of two is cut into 64 buckets, and a quantile is reported as
/// its bucket's middle: at most 1/128 ≈ 0.8 % from the value that stands at that rank (the layout of HdrHistogram).
/// Memory follows the range of values seen: 256 bytes for each power of two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// Number of the bucket at `counts[0]`.
    first: u32,
    counts: Vec<u32>,
    total: u64,
    sum_nanos: u128,
}

impl Histogram {
    /// The largest relative error of a quantile.
    pub const RELATIVE_ERROR: f64 = 1.0 / 128.0;

    #[inline]
    fn bucket(nanos: u64) -> u32 {
        let log = (nanos | 1).ilog2();
        if log < SUB_BITS {
            return nanos as u32;
        }
        let shift = log - SUB_BITS;
        ((shift + 1) << SUB_BITS) + ((nanos >> shift) as u32 & ((1 << SUB_BITS) - 1))
    }

    /// Lower bound and width of a bucket, in nanoseconds.
    fn bounds(bucket: u32) -> (u64, u64) {
        if bucket < 1 << SUB_BITS {
            return (bucket.into(), 1);
        }
        let shift = (bucket >> SUB_BITS) - 1;
        let mantissa = u64::from(bucket & ((1 << SUB_BITS) - 1)) | (1 << SUB_BITS);
        (mantissa << shift, 1 << shift)
    }

    /// Adds one value.
    #[inline]
    pub fn record(&mut self, value: Span) {
        let bucket = Self::bucket(value.nanos());
        let at = bucket.wrapping_sub(self.first) as usize;
        if let Some(count) = self.counts.get_mut(at) {
            *count += 1;
        } else {
            self.reach(bucket);
            self.counts[(bucket - self.first) as usize] += 1;
        }
        self.total += 1;
        self.sum_nanos += u128::from(value.nanos());
    }

    /// Makes room for a bucket, a whole power of two at a time.
    #[cold]
    fn reach(&mut self, bucket: u32) {
        let block = 1 << SUB_BITS;
        let low = bucket / block * block;
        if self.counts.is_empty() {
            self.first = low;
        }
        if low < self.first {
            let missing = (self.first - low) as usize;
            let mut counts = vec![0; missing];
            counts.append(&mut self.counts);
            self.counts = counts;
            self.first = low;
        }
        let needed = (low + block - self.first) as usize;
        if self.counts.len() < needed {
            self.counts.resize(needed, 0);
        }
    }

    /// How many values.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The exact mean; `None` without values.
    pub fn mean(&self) -> Option<Span> {
        (self.total > 0).then(|| Span::from_nanos((self.sum_nanos / u128::from(self.total)) as u64))
    }

    /// The value at quantile `q` of [0, 1], within [`Histogram::RELATIVE_ERROR`]; `None` without values. The rank is
    /// ⌈q·n⌉, at least one: the smallest value that at least a share q of all values doesn't exceed.
    pub fn quantile(&self, q: f64) -> Option<Span> {
        let rank = (libm::ceil(q * self.total as f64) as u64).clamp(1, self.total.max(1));
        let mut seen = 0;
        for (at, &count) in self.counts.iter().enumerate() {
            seen += u64::from(count);
            if seen >= rank {
                let (low, width) = Self::bounds(self.first + at as u32);
                return Some(Span::from_nanos(low + width / 2));
            }
        }
        None
    }

    /// How many values are above `bound`, to the bucket.
    pub fn above(&self, bound: Span) -> u64 {
        let bucket = Self::bucket(bound.nanos());
        let skip = (bucket + 1).saturating_sub(self.first) as usize;
        self.counts.iter().skip(skip).map(|&c| u64::from(c)).sum()
    }

    /// Adds all values of another.
    pub fn merge(&mut self, other: &Self) {
        if other.counts.is_empty() {
            return;
        }
        self.reach(other.first);
        self.reach(other.first + other.counts.len() as u32 - 1);
        for (at, count) in other.counts.iter().enumerate() {
            self.counts[(other.first - self.first) as usize + at] += count;
        }
        self.total += other.total;
        self.sum_nanos += other.sum_nanos;
    }

    /// Forgets all values and keeps the memory.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        self.total = 0;
        self.sum_nanos = 0;
    }

    /// The buckets that hold values, ascending: lower bound, upper bound, count.
    pub fn buckets(&self) -> impl Iterator<Item = (Span, Span, u32)> {
        self.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(at, &count)| {
            let (low, width) = Self::bounds(self.first + at as u32);
            (Span::from_nanos(low), Span::from_nanos(low + width), count)
        })
    }
}

/// The average of a quantity over time: a queue's length, busy workers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeAverage {
    value: f64,
    since: Time,
    /// Integral up to `since`, in nanoseconds: a division by a billion is left for when it is read.
    area_nanos: f64,
}

impl TimeAverage {
    /// The quantity is `value` from `now` on.
    #[inline]
    pub fn set(&mut self, now: Time, value: f64) {
        self.area_nanos += self.value * now.since(self.since).nanos() as f64;
        self.since = now;
        self.value = value;
    }
    /// The quantity changes by `delta` now.
    #[inline]
    pub fn add(&mut self, now: Time, delta: f64) {
        self.set(now, self.value + delta);
    }
    /// The quantity at this moment.
    pub fn value(&self) -> f64 {
        self.value
    }
    /// Its integral from the start to `now`, in seconds.
    pub fn area(&self, now: Time) -> f64 {
        (self.area_nanos + self.value * now.since(self.since).nanos() as f64) / 1e9
    }
    /// Its average from the start to `now`; the present value at time zero.
    pub fn average(&self, now: Time) -> f64 {
        if now == Time::ZERO { self.value } else { self.area(now) / now.secs() }
    }
}

/// What happened in the last while: counts and times in a ring of equal slots.
///
/// Covers the last `slots` whole or partial slots; a reading is over that window, or over the run while it is shorter.
#[derive(Clone, Debug, PartialEq)]
pub struct Recent {
    width: Span,
    /// Slot number (time ÷ width) of the newest slot.
    newest: u64,
    slots: Vec<Histogram>,
}

impl Recent {
    /// A window of `slots` slots, each `width` long; both are at least one (a nanosecond, a slot).
    pub fn new(width: Span, slots: usize) -> Self {
        let width = width.max(Span::from_nanos(1));
        Self { width, newest: 0, slots: vec![Histogram::default(); slots.max(1)] }
    }

    fn advance(&mut self, now: Time) {
        let slot = now.nanos() / self.width.nanos();
        let steps = slot.saturating_sub(self.newest).min(self.slots.len() as u64);
        let len = self.slots.len() as u64;
        for step in 0..steps {
            self.slots[((slot - step) % len) as usize].clear();
        }
        self.newest = self.newest.max(slot);
    }

    /// Adds a value at `now`.
    #[inline]
    pub fn record(&mut self, now: Time, value: Span) {
        if now.nanos() / self.width.nanos() != self.newest {
            self.advance(now);
        }
        let at = (self.newest % self.slots.len() as u64) as usize;
        self.slots[at].record(value);
    }

    /// All values of the window that ends at `now`.
    pub fn histogram(&self, now: Time) -> Histogram {
        let mut merged = Histogram::default();
        for slot in self.live(now) {
            merged.merge(slot);
        }
        merged
    }

    /// Values a second over the window that ends at `now`.
    pub fn rate(&self, now: Time) -> f64 {
        let count: u64 = self.live(now).map(Histogram::count).sum();
        let into_slot = now.nanos() % self.width.nanos();
        let window = (self.width.nanos() * (self.slots.len() as u64 - 1) + into_slot).min(now.nanos());
        if window == 0 { 0.0 } else { count as f64 * 1e9 / window as f64 }
    }

    fn live(&self, now: Time) -> impl Iterator<Item = &Histogram> {
        let slot = now.nanos() / self.width.nanos();
        let len = self.slots.len() as u64;
        (0..len).filter_map(move |back| {
            let number = slot.checked_sub(back)?;
            (number <= self.newest && number + len > self.newest)
                .then(|| &self.slots[(number % len) as usize])
        })
    }
}

/// How often something happened in the last while: a ring of counts, where [`Recent`] would keep whole histograms.
#[derive(Clone, Debug, PartialEq)]
pub struct RecentCount {
    width: Span,
    newest: u64,
    counts: Vec<u32>,
}

impl RecentCount {
    /// A window of `slots` slots, each `width` long; both are at least one (a nanosecond, a slot).
    pub fn new(width: Span, slots: usize) -> Self {
        Self { width: width.max(Span::from_nanos(1)), newest: 0, counts: vec![0; slots.max(1)] }
    }

    /// The same over a whole span, as the world measures rates: twenty slots, and the one that is being filled.
    pub fn over(span: Span) -> Self {
        Self::new(Span::from_nanos(span.nanos() / 20), 21)
    }

    /// It happened now.
    #[inline]
    pub fn record(&mut self, now: Time) {
        let (slot, len) = (now.nanos() / self.width.nanos(), self.counts.len() as u64);
        for step in 0..slot.saturating_sub(self.newest).min(len) {
            self.counts[((slot - step) % len) as usize] = 0;
        }
        self.newest = self.newest.max(slot);
        self.counts[(self.newest % len) as usize] += 1;
    }

    /// How often a second, over the window that ends at `now`, or over the run while that is shorter.
    pub fn rate(&self, now: Time) -> f64 {
        let (slot, len) = (now.nanos() / self.width.nanos(), self.counts.len() as u64);
        let live =
            (slot.saturating_sub(len - 1)..=slot).filter(|n| *n <= self.newest && n + len > self.newest);
        let count: u64 = live.map(|n| u64::from(self.counts[(n % len) as usize])).sum();
        let window = (self.width.nanos() * (len - 1) + now.nanos() % self.width.nanos()).min(now.nanos());
        if window == 0 { 0.0 } else { count as f64 * 1e9 / window as f64 }
    }
}

/// How long something takes to come back after trouble: until so many attempts in a row have succeeded, counted from the end
/// of the trouble to the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    in_a_row: u32,
    /// When the last trouble was over, if it hasn't come back yet.
    over: Option<Time>,
    streak: u32,
    streak_from: Time,
    longest: Option<Span>,
}

impl Recovery {
    /// Nothing has been in trouble; it is back after so many successes in a row, at least one.
    pub fn new(in_a_row: u32) -> Self {
        let in_a_row = in_a_row.max(1);
        Self { in_a_row, over: None, streak: 0, streak_from: Time::ZERO, longest: None }
    }

    /// There is trouble.
    pub fn begins(&mut self) {
        self.over = None;
    }

    /// The trouble is over.
    pub fn ends(&mut self, now: Time) {
        (self.over, self.streak) = (Some(now), 0);
    }

    /// An attempt has succeeded or failed.
    pub fn record(&mut self, succeeded: bool, now: Time) {
        self.streak = if succeeded { self.streak + 1 } else { 0 };
        if self.streak == 1 {
            self.streak_from = now;
        }
        if let Some(over) = self.over.filter(|_| self.streak >= self.in_a_row) {
            self.over = None;
            self.longest = self.longest.max(Some(self.streak_from.since(over)));
        }
    }

    /// The longest time so far, with one that isn't over yet.
    pub fn longest(&self, now: Time) -> Option<Span> {
        self.longest.max(self.over.map(|over| now.since(over)))
    }
}

/// Which share of some things turned out in one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShareCount {
    yes: u32,
    all: u32,
}

impl ShareCount {
    /// One more, which did or didn't.
    pub fn record(&mut self, yes: bool) {
        self.yes += u32::from(yes);
        self.all += 1;
    }

    /// The share of those that did; `None` before the first.
    pub fn share(self) -> Option<f64> {
        (self.all > 0).then(|| f64::from(self.yes) / f64::from(self.all))
    }
}

/// A mean with the half-width of its 95 % confidence interval, from independent replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Mean of the replications.
    pub mean: f64,
    /// Half-width of the interval.
    pub half_width: f64,
}

impl Interval {
    /// The interval from one figure a replication, by Student's t; `None` with fewer than two.
    pub fn of(replications: &[f64]) -> Option<Self> {
        let n = replications.len();
        if n < 2 {
            return None;
        }
        let mean = replications.iter().sum::<f64>() / n as f64;
        let variance = replications.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1) as f64;
        Some(Self { mean, half_width: student_t_975(n - 1) * libm::sqrt(variance / n as f64) })
    }
    /// Whether the interval holds a value.
    pub fn covers(&self, value: f64) -> bool {
        libm::fabs(value - self.mean) <= self.half_width
    }
}

/// The 97.5 % quantile of Student's t with so many degrees of freedom (Abramowitz and Stegun, table 26.10; beyond it
/// their expansion 26.7.5).
fn student_t_975(degrees: usize) -> f64 {
    const TABLE: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
        2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048,
        2.045, 2.042,
    ];
    TABLE.get(degrees.wrapping_sub(1)).copied().unwrap_or_else(|| {
        let (z, v) = (1.959_963_984_540_054, degrees as f64);
        z + (z * z * z + z) / (4.0 * v)
            + (5.0 * z * z * z * z * z + 16.0 * z * z * z + 3.0 * z) / (96.0 * v * v)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    #[test]
    fn something_is_back_with_the_first_of_so_many_successes_in_a_row() {
        let at = Time::from_secs;
        let mut recovery = Recovery::new(3);
        recovery.record(true, at(1));
        assert_eq!(recovery.longest(at(2)), None, "there was no trouble");
        recovery.begins();
        recovery.ends(at(10));
        for (second, succeeded) in [(11, true), (12, true), (13, false), (14, true), (15, true)] {
            recovery.record(succeeded, at(second));
        }
        assert_eq!(recovery.longest(at(16)), Some(Span::from_secs(6)), "not back yet");
        recovery.record(true, at(16));
        assert_eq!(recovery.longest(at(99)), Some(Span::from_secs(4)));
        // A shorter one changes nothing.
        recovery.ends(at(100));
        for second in 101..104 {
            recovery.record(true, at(second));
        }
        assert_eq!(recovery.longest(at(110)), Some(Span::from_secs(4)));
    }

    #[test]
    fn a_share_of_nothing_is_unknown() {
        let mut count = ShareCount::default();
        assert_eq!(count.share(), None);
        for yes in [true, false, true, true] {
            count.record(yes);
        }
        assert_eq!(count.share(), Some(0.75));
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn quantiles_are_within_the_stated_error(mut nanos in prop::collection::vec(0..u64::MAX / 2, 1..200), q in 0.0..=1.0_f64) {
            let mut histogram = Histogram::default();
            for &n in &nanos {
                histogram.record(Span::from_nanos(n));
            }
            nanos.sort_unstable();
            let rank = ((q * nanos.len() as f64).ceil() as usize).clamp(1, nanos.len());
            let (exact, told) = (nanos[rank - 1] as f64, histogram.quantile(q).unwrap().nanos() as f64);
            prop_assert!((told - exact).abs() <= exact * Histogram::RELATIVE_ERROR + 1.0, "{told} for {exact}");
        }

        #[test]
        fn merging_is_recording_both(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(any::<u64>(), 0..50)) {
            let fill = |values: &[u64]| {
                let mut h = Histogram::default();
                for &n in values {
                    h.record(Span::from_nanos(n));
                }
                h
            };
            let mut merged = fill(&a);
            merged.merge(&fill(&b));
            let both = fill(&[a, b].concat());
            prop_assert_eq!(merged.count(), both.count());
            prop_assert_eq!(merged.mean(), both.mean());
            for q in [0.0, 0.1, 0.5, 0.99, 1.0] {
                prop_assert_eq!(merged.quantile(q), both.quantile(q));
            }
        }
    }

    #[test]
    fn time_average_weighs_by_time() {
        let mut queue = TimeAverage::default();
        queue.set(Time::from_secs(2), 3.0);
        queue.add(Time::from_secs(4), -2.0);
        assert_eq!(queue.average(Time::from_secs(8)), (3.0 * 2.0 + 1.0 * 4.0) / 8.0);
    }

    #[test]
    fn a_window_forgets_what_is_past() {
        let mut recent = Recent::new(Span::from_millis(100), 11);
        for n in 0..100 {
            recent.record(Time::from_millis(n * 10), Span::from_millis(5));
        }
        assert_eq!(recent.rate(Time::from_secs(1)), 100.0);
        assert_eq!(recent.histogram(Time::from_secs(1)).count(), 100);
        assert_eq!(recent.rate(Time::from_secs(5)), 0.0);
        recent.record(Time::from_secs(5), Span::from_millis(7));
        assert_eq!(recent.histogram(Time::from_secs(5)).count(), 1);
    }

    #[test]
    fn a_count_and_a_histogram_of_the_same_window_agree() {
        let mut count = RecentCount::new(Span::from_millis(70), 9);
        let mut recent = Recent::new(Span::from_millis(70), 9);
        for n in 0..500_u64 {
            let now = Time::from_millis(n * n % 97 + n * 13);
            count.record(now);
            recent.record(now, Span::ZERO);
            let later = now + Span::from_millis(n % 1000);
            assert_eq!(count.rate(later), recent.rate(later));
        }
    }

    #[test]
    fn students_t_continues_its_table() {
        assert!((student_t_975(30) - 2.042).abs() < 1e-9);
        assert!((student_t_975(31) - 2.0395).abs() < 1e-3);
        assert!((student_t_975(120) - 1.9799).abs() < 1e-3);
    }
}
