//! Curves of one quantity over another.

use super::super::builder::{PictureBuilder, SMALL};
use super::super::mark::Anchor;
use super::super::mark::{Dash, Ink, Rect, Role, at};
use super::super::panel::{Axis, CurveLine, Curves};
use super::axes::{Plot, round_numbers};
use super::backend::{FINE, colour, line};
use super::line_names::{self, line_style};
use super::{AXIS, PLOT, drawable};
use plotters::element::{Circle, PathElement};
use plotters::style::Color;

/// Height of the name of the axis along.
const LABEL: f32 = 16.0;
/// Radius of a dot.
const DOT: f32 = 2.5;

impl Axis {
    /// The ends as they are drawn: ascending, whatever the experiment said.
    fn range(&self) -> core::ops::Range<f64> {
        let (from, until) = self.ends;
        match (self.map(from), self.map(until)) {
            (from, until) if drawable(from) && drawable(until) && from < until => from..until,
            _ => 0.0..1.0,
        }
    }

    fn map(&self, value: f64) -> f64 {
        match (self.log, value > 0.0) {
            (false, _) => value,
            (true, true) => libm::log10(value),
            (true, false) => f64::NAN,
        }
    }

    /// Round numbers, each with its place on the axis.
    fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let range = self.range();
        if !self.log {
            return round_numbers(&range, most).into_iter().map(|n| (n, self.unit.format(n))).collect();
        }
        let (low, high) = (libm::ceil(range.start - 1e-9) as i32, libm::floor(range.end + 1e-9) as i32);
        let step = high.abs_diff(low) as usize / most.max(1) + 1;
        let text = |power: i32| self.unit.format(libm::pow(10.0, f64::from(power)));
        (low..=high).rev().step_by(step).map(|power| (f64::from(power), text(power))).collect()
    }
}

pub(in crate::scene) fn lay_out(it: &Curves, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&it.title, area);
    let names: Vec<String> = it.lines.iter().map(|line| builder.say(&line.label)).collect();
    let right = line_names::room(&names, area);
    let whole = Rect::new(area.x, top, (area.w - right).max(1.0), PLOT);
    let ticks = it.y.ticks(4);
    let plot = Plot::beside(whole, it.x.range(), it.y.range(), &ticks);
    plot.rules(&ticks, builder);
    let numbers = it.x.ticks((plot.area.w / 55.0) as usize + 1).into_iter();
    let numbers: Vec<_> = numbers.map(|(value, text)| (plot.x_of(value), text)).collect();
    plot.numbers(&numbers, area.right(), builder);
    let label = builder.say(&it.x.label);
    let spot = at(area.right(), plot.area.bottom() + AXIS + LABEL - 5.0);
    builder.text(None, spot, area.w, &label, SMALL.anchor(Anchor::End));
    if let Some(now) = it.now.map(|now| it.x.map(now)).filter(|now| it.x.range().contains(now)) {
        let x = plot.x_of(now);
        let ink = Ink::line(Role::Muted, 1.0).dash(Dash::Dashed);
        builder.path(None, &[at(x, plot.area.y), at(x, plot.area.bottom())], ink);
    }
    for plotted in &it.lines {
        draw(plotted, it, &plot, builder);
    }
    let ends = it.lines.iter().map(|plotted| {
        let last = plotted.points.iter().rev().find_map(|&point| place(point, it));
        let (x, y) = last.unwrap_or((plot.x.end, plot.y.start));
        (plot.x_of(x), plot.y_of(y), line_style(plotted.status).0)
    });
    line_names::name(ends.collect(), &names, &plot, right, builder);
    PLOT + AXIS + LABEL + (top - area.y)
}

/// Where a point lies on the axes; `None` if beyond them.
fn place((x, y): (f32, f32), it: &Curves) -> Option<(f64, f64)> {
    let (x, y) = (it.x.map(f64::from(x)), it.y.map(f64::from(y)));
    let inside = |range: core::ops::Range<f64>, value: f64| value >= range.start && value <= range.end;
    (inside(it.x.range(), x) && inside(it.y.range(), y)).then_some((x, y))
}

fn draw(plotted: &CurveLine, it: &Curves, plot: &Plot, builder: &mut PictureBuilder) {
    let (role, dash) = line_style(plotted.status);
    let canvas = plot.canvas(builder);
    let mut piece: Vec<(f64, f64)> = Vec::new();
    for point in plotted.points.iter().map(|&point| place(point, it)).chain([None]) {
        // The backend can't fail, so neither can these.
        match point {
            Some(point) if plotted.dots => {
                let dot = Circle::new(point, (DOT * FINE) as i32, colour(role, Dash::Solid).filled());
                let _ = canvas.draw(&dot);
            }
            Some(point) => piece.push(point),
            None if piece.is_empty() => {}
            None => {
                let _ = canvas.draw(&PathElement::new(core::mem::take(&mut piece), line(role, 1.5, dash)));
            }
        }
    }
}
