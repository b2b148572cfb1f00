//! The surface of a chart with its two axes.

use super::super::builder::{PictureBuilder, SMALL};
use super::super::mark::{Anchor, Ink, Rect, Role, at};
use super::super::metrics;
use super::backend::{ChartBackend, FINE};
use super::{AXIS, PLOT, magnitude};
use crate::sim::{Unit, clamp};
use core::ops::Range;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::prelude::Cartesian2d;

/// Highest number of lines across.
const LINES: usize = 4;

/// What plotters' elements are drawn on.
pub(super) type Canvas<'s, 'w> =
    DrawingArea<ChartBackend<'s, 'w>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// The surface, and which values its edges stand for.
pub(super) struct Plot {
    pub area: Rect,
    pub x: Range<f64>,
    pub y: Range<f64>,
}

/// Round numbers within a range, at most so many: multiples of one, two or five times a power of ten.
pub(super) fn round_numbers(range: &Range<f64>, most: usize) -> Vec<f64> {
    let span = range.end - range.start;
    // As many steps as a range of numbers can have at most; of an empty range there are none.
    let size = magnitude(span) / 10.0;
    let steps = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0].map(|step| step * size);
    let ends = |step: f64| (libm::ceil(range.start / step - 1e-9), libm::floor(range.end / step + 1e-9));
    let fits = |step: &f64| span > 0.0 && ends(*step).1 - ends(*step).0 < most as f64;
    steps.into_iter().find(fits).map_or_else(Vec::new, |step| {
        let (first, last) = ends(step);
        (0..=(last - first) as u32).map(|n| (first + f64::from(n)) * step).collect()
    })
}

/// The round numbers of the axis upwards, each with its text: round in the unit that they are written in (a MiB isn't a million
/// bytes), and no half of what is counted.
fn ticks(range: &Range<f64>, unit: Unit) -> Vec<(f64, String)> {
    let mut size = 1.0;
    while unit == Unit::Bytes && range.end >= size * 1024.0 {
        size *= 1024.0;
    }
    let values = round_numbers(&(range.start / size..range.end / size), LINES).into_iter();
    let is_written = |value: &f64| unit != Unit::Count || range.end < 1.0 || libm::floor(*value) == *value;
    values.filter(is_written).map(|value| (value * size, unit.format(value * size))).collect()
}

/// Steps of an axis of time, in seconds: those of a clock.
const CLOCK: [f64; 17] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0,
    21_600.0, 86_400.0,
];

/// Round times from zero to `until` seconds, at most so many.
pub(super) fn round_times(until: f64, most: usize) -> Vec<f64> {
    let most = most.max(2) as f64;
    match CLOCK.into_iter().find(|step| until / step < most) {
        Some(step) if until >= step => {
            (0..=libm::floor(until / step) as u32).map(|n| f64::from(n) * step).collect()
        }
        _ => round_numbers(&(0.0..until), most as usize),
    }
}

impl Plot {
    /// A surface with these values, with room for the numbers of the axis to its left.
    pub(super) fn new(area: Rect, x: Range<f64>, y: Range<f64>, unit: Unit) -> Self {
        let ticks = ticks(&y, unit);
        Self::beside(area, x, y, &ticks)
    }

    /// A surface with room for these numbers to its left.
    pub(super) fn beside(area: Rect, x: Range<f64>, y: Range<f64>, ticks: &[(f64, String)]) -> Self {
        let widths = ticks.iter().map(|(_, text)| metrics::width(text, SMALL.size, SMALL.face));
        let left = widths.fold(44.0, f32::max) + 8.0;
        let area = Rect::new(area.x + left, area.y + 8.0, (area.w - left).max(1.0), PLOT - 8.0);
        Self { area, x, y }
    }

    pub(super) fn x_of(&self, value: f64) -> f32 {
        self.area.x
            + self.area.w * clamp((value - self.x.start) / (self.x.end - self.x.start), 0.0, 1.0) as f32
    }
    pub(super) fn y_of(&self, value: f64) -> f32 {
        self.area.bottom()
            - self.area.h * clamp((value - self.y.start) / (self.y.end - self.y.start), 0.0, 1.0) as f32
    }

    /// Lines across at round values, with their numbers.
    pub(super) fn lines(&self, unit: Unit, builder: &mut PictureBuilder) {
        self.rules(&ticks(&self.y, unit), builder);
    }

    /// Lines across at these places, with their texts.
    pub(super) fn rules(&self, ticks: &[(f64, String)], builder: &mut PictureBuilder) {
        for (value, text) in ticks {
            let y = self.y_of(*value);
            builder.path(None, &[at(self.area.x, y), at(self.area.right(), y)], Ink::line(Role::Line, 1.0));
            let spot = at(self.area.x - 7.0, y + (metrics::ASCENT - metrics::DESCENT) / 2.0 * SMALL.size);
            builder.text(None, spot, f32::INFINITY, text, SMALL.anchor(Anchor::End));
        }
    }

    /// Numbers under the surface, each with its place and a tick; one that would meet an earlier one is left out.
    pub(super) fn numbers(&self, numbers: &[(f32, String)], until: f32, builder: &mut PictureBuilder) {
        let bottom = self.area.bottom();
        let mut taken: Vec<(f32, f32)> = Vec::new();
        for (x, text) in numbers {
            let half = metrics::width(text, SMALL.size, SMALL.face) / 2.0;
            let centre = x.min(until - half);
            let (from, end) = (centre - half - 5.0, centre + half + 5.0);
            if taken.iter().any(|&(a, b)| from < b && a < end) {
                continue;
            }
            taken.push((from, end));
            builder.path(None, &[at(*x, bottom), at(*x, bottom + 4.0)], Ink::line(Role::Muted, 1.0));
            let spot = at(centre, bottom + AXIS - 5.0);
            builder.text(None, spot, f32::INFINITY, text, SMALL.anchor(Anchor::Middle));
        }
    }

    /// The surface for plotters' elements, in the axes' values.
    pub(super) fn canvas<'s, 'w>(&self, builder: &'s mut PictureBuilder<'w>) -> Canvas<'s, 'w> {
        let area: DrawingArea<ChartBackend, Shift> =
            ChartBackend::new(builder, self.area).into_drawing_area();
        let (w, h) = ((self.area.w * FINE) as i32, (self.area.h * FINE) as i32);
        area.apply_coord_spec(Cartesian2d::new(self.x.clone(), self.y.clone(), (0..w, h..0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_numbers_lie_within_their_range_and_are_as_many_as_fit() {
        for (range, most, expected) in [
            (0.0..1.0, 4, &[0.0, 0.5, 1.0][..]),
            (0.0..250.0, 4, &[0.0, 100.0, 200.0]),
            (-30.0..80.0, 4, &[0.0, 50.0]),
            (37.0..41.5, 6, &[37.0, 38.0, 39.0, 40.0, 41.0]),
            (0.0..0.003, 4, &[0.0, 0.001, 0.002, 0.003]),
            (0.0..1.0, 12, &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
            (2.0..2.0, 4, &[]),
            (0.0..f64::NAN, 4, &[]),
        ] {
            let found = round_numbers(&range, most);
            let alike = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
            assert!(
                found.len() == expected.len() && found.iter().zip(expected).all(alike),
                "{range:?}: {found:?}"
            );
        }
    }

    #[test]
    fn bytes_are_round_in_their_units_and_counts_whole() {
        let texts = |end, unit| ticks(&(0.0..end), unit).into_iter().map(|tick| tick.1).collect::<Vec<_>>();
        assert_eq!(texts(2.5e6, Unit::Bytes), ["0\u{a0}B", "1\u{a0}MiB", "2\u{a0}MiB"]);
        assert_eq!(texts(1.0, Unit::Count), ["0", "1"]);
        assert!(texts(0.5, Unit::Count).len() > 1, "a mean of counts may be less than one");
    }
}
