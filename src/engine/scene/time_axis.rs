//! Time along one side of a panel: where a moment is, ticks at round times, and how a moment is written there.

use crate::sim::decimal;
use crate::sim::{Span, Time, Unit, clamp};

/// A window of time, laid along a length of the panel.
pub(super) struct TimeAxis {
    pub from: Time,
    pub until: Time,
    /// Place of the window's start, and its length, in pixels.
    pub start: f32,
    pub length: f32,
}

impl TimeAxis {
    /// Whether a moment is in the window.
    pub(super) fn shows(&self, time: Time) -> bool {
        time >= self.from && time <= self.until
    }

    /// The place of a moment, outside the window too.
    pub(super) fn place_anywhere(&self, time: Time) -> f32 {
        let whole = self.until.since(self.from).nanos().max(1) as f64;
        let gone = time.since(self.from).nanos() as f64 - self.from.since(time).nanos() as f64;
        self.start + (f64::from(self.length) * (gone / whole)) as f32
    }

    /// The place of a moment, kept within the window.
    pub(super) fn place(&self, time: Time) -> f32 {
        clamp(self.place_anywhere(time), self.start, self.start + self.length)
    }

    /// The shortest round time that takes at least `apart` pixels.
    pub(super) fn round_step(&self, apart: f32) -> Span {
        let most = (self.length / apart).max(1.0) as u64;
        Span::from_nanos(round_up(self.until.since(self.from).nanos() / most))
    }

    /// The distance of ticks that are at least so many pixels apart: at whole steps of this length, or at round times.
    pub(super) fn tick_step(&self, step: Option<Span>, (steps, times): (f32, f32)) -> Span {
        match step {
            Some(one) => self.whole_steps(one, steps),
            None => self.round_step(times),
        }
    }

    /// The fewest steps, a round number of them, that take at least `apart` pixels.
    fn whole_steps(&self, one: Span, apart: f32) -> Span {
        let most = (self.length / apart).max(1.0) as u64;
        one * round_up(self.until.since(self.from).nanos() / one.nanos().max(1) / most)
    }

    /// The multiples of `step` in the window, and their places.
    pub(super) fn ticks(&self, step: Span) -> impl Iterator<Item = (Time, f32)> + use<'_> {
        let nanos = step.nanos().max(1);
        let first = self.from.nanos().div_ceil(nanos).saturating_mul(nanos);
        let none = step == Span::ZERO || self.until <= self.from;
        let ticks = core::iter::successors((!none).then_some(first), move |tick| tick.checked_add(nanos));
        ticks
            .map(Time::from_nanos)
            .take_while(|&time| time <= self.until)
            .map(|time| (time, self.place(time)))
    }
}

/// The next of 1, 2, 5, 10, 20, …; at least 1.
fn round_up(n: u64) -> u64 {
    let mut size: u64 = 1;
    while size < n / 10 {
        size *= 10;
    }
    [1, 2, 5, 10, 20, 50].into_iter().map(|m| size.saturating_mul(m)).find(|&m| m >= n).unwrap_or(size)
}

/// A moment: the number of its step, where time goes by steps of this length, else as [`time_text`] has it.
pub(super) fn moment_text(time: Time, step: Option<Span>, apart: Span) -> String {
    match step {
        Some(one) => (time.nanos() / one.nanos().max(1)).to_string(),
        None => time_text(time, apart),
    }
}

/// A moment, written so finely that moments `apart` from each other differ: `43.25 s` where `43.2 s` would do for seconds.
pub(super) fn time_text(time: Time, apart: Span) -> String {
    const DIGITS: [u64; 4] = [100_000_000, 10_000_000, 1_000_000, 100_000];
    let decimals = DIGITS.iter().position(|&size| apart.nanos() >= size).unwrap_or(DIGITS.len()) + 1;
    if apart >= Span::from_secs(1) || time < Time::from_secs(1) {
        return Unit::Time.format(time.secs());
    }
    let text = decimal::format(time.secs(), decimals as u8);
    format!("{}\u{a0}s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_apart() {
        let axis = TimeAxis {
            from: Time::from_millis(41_130),
            until: Time::from_millis(43_130),
            start: 10.0,
            length: 340.0,
        };
        let step = axis.round_step(40.0);
        assert_eq!(step, Span::from_millis(500));
        let ticks: Vec<String> = axis.ticks(step).map(|(time, _)| time_text(time, step)).collect();
        assert_eq!(ticks, ["41.5\u{a0}s", "42\u{a0}s", "42.5\u{a0}s", "43\u{a0}s"]);
        let places: Vec<f32> = axis.ticks(step).map(|(_, place)| place).collect();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 40.0) && places[0] > 10.0, "{places:?}");
        assert_eq!(axis.place(Time::ZERO), 10.0);
        assert!(axis.place_anywhere(Time::ZERO) < -6_000.0);
    }

    #[test]
    fn a_moment_is_as_fine_as_it_has_to_be() {
        let text = |millis, apart| time_text(Time::from_millis(millis), Span::from_millis(apart));
        assert_eq!(text(43_250, 50), "43.25\u{a0}s");
        assert_eq!(text(43_250, 2_000), "43.2\u{a0}s");
        assert_eq!(text(130_250, 10), "130.25\u{a0}s");
        assert_eq!(text(130_257, 1), "130.257\u{a0}s");
        assert_eq!(text(20, 5), "20\u{a0}ms");
    }
}
