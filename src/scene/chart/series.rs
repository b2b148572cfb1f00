//! Readings over time.

use super::super::mark::{Dash, Ink, Rect, Role, at};
use super::super::metrics::{self, Face};
use super::super::panel::{Line, Series, State};
use super::super::sheet::{Sheet, Type};
use super::axes::{Canvas, Plot, round_times};
use super::board::line;
use super::{AXIS, PLOT, drawable, round_up};
use crate::sim::Unit;
use crate::sim::sort::sort_by;
use plotters::element::PathElement;

const NAME: Type = Type::new(12.0, Face::Bold, Role::Ink);
/// From name to name at the ends of the curves.
const APART: f32 = 15.0;

fn look(line: &Line) -> (Role, Dash) {
    match line.state {
        State::Trouble => (Role::Trouble, Dash::Dashed),
        State::Quiet => (Role::Muted, Dash::Solid),
        State::Down | State::Draining => (Role::Muted, Dash::Dashed),
        State::Active => (Role::Accent, Dash::Solid),
        State::Normal => (Role::Ink, Dash::Solid),
        State::Warming => (Role::Accent, Dash::Dashed),
    }
}

/// Whether a point lies on the axes.
fn is_known((t, value): (f32, f32), until: f64) -> bool {
    drawable(f64::from(value)) && t >= 0.0 && f64::from(t) <= until
}

fn known(line: &Line, until: f64) -> impl Iterator<Item = (f64, f64)> {
    let points = line.points.iter().filter(move |&&point| is_known(point, until));
    points.map(|&(t, value)| (f64::from(t), f64::from(value)))
}

pub(super) fn lay(series: &Series, area: Rect, sheet: &mut Sheet) -> f32 {
    let top = area.y + sheet.title(&series.title, area);
    let names: Vec<String> = series.lines.iter().map(|line| sheet.say(&line.label)).collect();
    let right = names.iter().map(|name| metrics::width(name, NAME.size, NAME.face)).fold(20.0, f32::max);
    let right = right.min(area.w * 0.3) + 8.0;
    let until = series.until.secs().max(1e-9);
    let all = || series.lines.iter().flat_map(|line| known(line, until)).map(|(_, value)| value);
    let highest = round_up(all().fold(0.0, f64::max));
    let lowest = all().fold(0.0, f64::min);
    let lowest = if lowest < 0.0 { -round_up(-lowest) } else { 0.0 };
    let whole = Rect::new(area.x, top, (area.w - right).max(1.0), PLOT);
    let plot = Plot::new(whole, 0.0..until, lowest..highest, series.unit);
    plot.lines(series.unit, sheet);
    let times = round_times(until, (plot.area.w / 55.0) as usize + 1).into_iter();
    // At the origin the other axis has written the unit already.
    let written = |time: f64| if time == 0.0 { "0".into() } else { Unit::Time.format(time) };
    let times: Vec<_> = times.map(|time| (plot.x_of(time), written(time))).collect();
    plot.numbers(&times, area.right(), sheet);
    curves(series, &plot.canvas(sheet), until);
    // Now.
    let now = sheet.now.secs();
    if now <= until {
        let x = plot.x_of(now);
        sheet.path(None, &[at(x, plot.area.y - 4.0), at(x, plot.area.bottom())], Ink::line(Role::Muted, 1.0));
    }
    // Names at the ends, each as near to its curve's last point as the others let it.
    let mut ends: Vec<End> = series
        .lines
        .iter()
        .enumerate()
        .map(|(line, it)| {
            let (time, value) = known(it, until).last().unwrap_or((until, lowest));
            End { line, x: plot.x_of(time), y: plot.y_of(value) }
        })
        .collect();
    sort_by(&mut ends, |a, b| a.y.total_cmp(&b.y));
    ends.truncate((plot.area.h / APART) as usize + 1);
    spread(&mut ends, plot.area.y + 2.0, plot.area.bottom());
    for End { line, x, y } in ends {
        let role = look(&series.lines[line]).0;
        sheet.text(None, at(x + 6.0, y + 4.0), right - 6.0, &names[line], NAME.role(role));
    }
    PLOT + AXIS + (top - area.y)
}

/// Where a curve ends, and its name begins.
struct End {
    line: usize,
    x: f32,
    y: f32,
}

/// Moves ascending places apart by [`APART`] at least, as little as that takes, and keeps them within bounds.
fn spread(ends: &mut [End], from: f32, until: f32) {
    let mut free = from;
    for end in ends.iter_mut() {
        end.y = end.y.max(free);
        free = end.y + APART;
    }
    let mut free = until;
    for end in ends.iter_mut().rev() {
        end.y = end.y.min(free);
        free = end.y - APART;
    }
}

fn curves(series: &Series, canvas: &Canvas, until: f64) {
    for curve in &series.lines {
        let (role, dash) = look(curve);
        // A value that isn't one is a gap.
        for piece in curve.points.split(|&point| !is_known(point, until)) {
            let points: Vec<(f64, f64)> = piece.iter().map(|&(t, v)| (f64::from(t), f64::from(v))).collect();
            if !points.is_empty() {
                // The board can't fail, so neither can this.
                let _ = canvas.draw(&PathElement::new(points, line(role, 1.75, dash)));
            }
        }
    }
}
