//! A histogram.

use super::super::builder::{PictureBuilder, TextStyle, text_role};
use super::super::mark::{Dash, Ink, Rect, Role, at};
use super::super::metrics::{self, Face};
use super::super::panel::Histogram;
use super::axes::{Canvas, Plot, round_numbers};
use super::backend::colour;
use super::{AXIS, PLOT, drawable, round_up};
use crate::sim::sort::sort_by;
use crate::sim::{Unit, clamp};
use plotters::element::Rectangle;
use plotters::style::Color;

const NAME: TextStyle = TextStyle::new(12.0, Face::Bold, Role::Ink);
/// Height of one row of the marks' names.
const ROW: f32 = 15.0;
/// Rows for the marks' names, at most.
const ROWS: usize = 3;
/// From this ratio of largest to smallest bound on, the axis is logarithmic.
const WIDE: f64 = 30.0;

/// The bars that an axis can hold.
fn known(histogram: &Histogram) -> impl Iterator<Item = (f64, f64, u64)> {
    histogram.bars.iter().copied().filter(|&(low, high, _)| drawable(low) && drawable(high) && low < high)
}

/// Where a value stands on the axis.
struct Scale {
    log: bool,
    from: f64,
    until: f64,
}

impl Scale {
    fn of(histogram: &Histogram) -> Self {
        let finite = || histogram.bars.iter().filter(|(low, high, _)| low.is_finite() && high.is_finite());
        let low = finite().map(|bar| bar.0).fold(f64::INFINITY, f64::min);
        let high = finite().map(|bar| bar.1).fold(f64::NEG_INFINITY, f64::max);
        if !(low.is_finite() && high > low) {
            return Self {
                log: false,
                from: 0.0,
                until: if high > 0.0 && high.is_finite() { high } else { 1.0 },
            };
        }
        if low > 0.0 && high / low >= WIDE {
            return Self { log: true, from: libm::log10(low), until: libm::log10(high) };
        }
        let from = if low > 0.0 && low < high / 2.0 { 0.0 } else { low };
        Self { log: false, from, until: high }
    }
    fn map(&self, value: f64) -> f64 {
        if !self.log {
            value
        } else if value > 0.0 {
            libm::log10(value)
        } else {
            self.from
        }
    }
    /// The place of a value, at the axis' ends for what lies beyond them.
    fn within(&self, value: f64) -> f64 {
        clamp(self.map(value), self.from, self.until)
    }
    /// Round numbers for the axis, the most important ones first.
    fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        if self.log {
            let (low, high) = (libm::floor(self.from) as i32, libm::ceil(self.until) as i32);
            for step in [1.0, 3.0, 2.0, 5.0] {
                ticks.extend((low..=high).map(|power| step * libm::pow(10.0, f64::from(power))));
            }
        } else {
            ticks = round_numbers(&(self.from..self.until), 6);
        }
        ticks.retain(|&tick| {
            let place = self.map(tick);
            place >= self.from - 1e-9 && place <= self.until + 1e-9
        });
        ticks
    }
}

pub(in crate::scene) fn lay_out(histogram: &Histogram, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&histogram.title, area);
    let rows = histogram.marks.len().min(ROWS);
    let names = ROW * rows as f32;
    let most = known(histogram).map(|bar| bar.2).max().unwrap_or(0);
    let highest = round_up((most.max(4)) as f64);
    let whole = Rect::new(area.x, top + names, (area.w - 8.0).max(1.0), PLOT);
    let scale = Scale::of(histogram);
    let plot = Plot::new(whole, scale.from..scale.until, 0.0..highest, Unit::Count);
    plot.lines(Unit::Count, builder);
    bars(histogram, &scale, &plot.canvas(builder));
    let base = [at(plot.area.x, plot.area.bottom()), at(plot.area.right(), plot.area.bottom())];
    builder.path(None, &base, Ink::line(Role::Muted, 1.0));
    let ticks = scale.ticks().into_iter();
    let numbers: Vec<_> =
        ticks.map(|tick| (plot.x_of(scale.map(tick)), histogram.unit.format(tick))).collect();
    plot.numbers(&numbers, area.right(), builder);
    marks(histogram, &scale, &plot, (top, rows), area, builder);
    PLOT + AXIS + names + (top - area.y)
}

/// Values marked on the axis, each name in the first row where it meets no other; one that finds none stays unnamed
/// (the table has it).
fn marks(
    histogram: &Histogram,
    scale: &Scale,
    plot: &Plot,
    (top, rows): (f32, usize),
    area: Rect,
    builder: &mut PictureBuilder,
) {
    let mut ends = [f32::NEG_INFINITY; ROWS];
    let mut marks: Vec<_> = histogram.marks.iter().filter(|(_, value, _)| value.is_finite()).collect();
    sort_by(&mut marks, |a, b| a.1.total_cmp(&b.1));
    let mut names = Vec::new();
    for (label, value, state) in marks {
        let x = plot.x_of(scale.map(*value));
        let text = builder.say(label);
        let role = text_role(*state);
        let w = metrics::width(&text, NAME.size, NAME.face).min(area.w - 8.0);
        let right = x + 4.0 + w <= area.right();
        let start = if right { x + 4.0 } else { (x - 4.0 - w).max(area.x) };
        let row = (0..rows).find(|&row| start > ends[row] + 4.0);
        let from = row.map_or(plot.area.y, |row| top + ROW * row as f32);
        builder.path(
            None,
            &[at(x, from), at(x, plot.area.bottom())],
            Ink::line(role, 1.5).dash(Dash::Dashed),
        );
        if let Some(row) = row {
            ends[row] = start + w;
            names.push((Rect::new(start, from, w, ROW - 1.0), text, role));
        }
    }
    // Over all lines, each on a ground of its own.
    for (place, text, role) in names {
        builder.rect(None, place, 0.0, Ink::fill(Role::Raised));
        builder.text(None, at(place.x, place.y + 11.0), area.w, &text, NAME.role(role));
    }
}

fn bars(histogram: &Histogram, scale: &Scale, canvas: &Canvas) {
    let style = colour(Role::Accent, Dash::Solid).filled();
    for (low, high, n) in known(histogram).filter(|bar| bar.2 > 0) {
        let (from, until) = (scale.within(low), scale.within(high));
        // A little air between neighbours.
        let air = (until - from) * 0.06;
        let corners = [(from + air, n as f64), (until - air, 0.0)];
        // The backend can't fail, so neither can this.
        let _ = canvas.draw(&Rectangle::new(corners, style));
    }
}
