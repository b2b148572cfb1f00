//! Readings over time.

use super::super::mark::{Dash, Ink, Rect, Role, at};
use super::super::metrics::{self, Face};
use super::super::panel::{Line, Series, State};
use super::super::sheet::{Sheet, Type};
use super::board::{Board, FINE, line, small};
use super::{AXIS, PLOT, drawable, left_room, round_up};
use crate::sim::Unit;
use plotters::prelude::{ChartBuilder, IntoDrawingArea, PathElement};

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
    let left = left_room([highest, lowest].into_iter().map(|value| series.unit.format(value)));
    let whole = Rect::new(area.x, top, (area.w - right).max(1.0), PLOT + AXIS);
    let plot = Rect::new(area.x + left, top + 8.0, (whole.w - left).max(1.0), PLOT - 8.0);
    draw(series, Board::new(sheet, whole), (left, until), (lowest, highest));

    let y_of = |value: f64| plot.bottom() - plot.h * ((value - lowest) / (highest - lowest)) as f32;
    // Now.
    let now = sheet.now.secs();
    if now <= until {
        let x = plot.x + plot.w * (now / until) as f32;
        sheet.path(None, &[at(x, plot.y - 4.0), at(x, plot.bottom())], Ink::line(Role::Muted, 1.0));
    }
    // Names at the ends, each as near to its curve's last point as the others let it.
    let x_of = |time: f64| plot.x + plot.w * (time / until) as f32;
    let mut ends: Vec<End> = series
        .lines
        .iter()
        .enumerate()
        .map(|(line, it)| {
            let (time, value) = known(it, until).last().unwrap_or((until, lowest));
            End { line, x: x_of(time), y: y_of(value) }
        })
        .collect();
    ends.sort_by(|a, b| a.y.total_cmp(&b.y));
    ends.truncate((plot.h / APART) as usize + 1);
    spread(&mut ends, plot.y + 2.0, plot.bottom());
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

fn draw(series: &Series, board: Board, (left, until): (f32, f64), (lowest, highest): (f64, f64)) {
    let fine = |pixels: f32| (pixels * FINE) as u32;
    let root = board.into_drawing_area();
    let value = |value: &f64| series.unit.format(*value);
    let time = |time: &f64| Unit::Time.format(*time);
    // The board can't fail, so neither can any of this.
    let chart = ChartBuilder::on(&root)
        .margin_top(fine(8.0))
        .x_label_area_size(fine(AXIS))
        .y_label_area_size(fine(left))
        .build_cartesian_2d(0.0..until, lowest..highest);
    let Ok(mut chart) = chart else { return };
    let (w, _) = chart.plotting_area().dim_in_pixel();
    let _ = chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(1)
        .bold_line_style(line(Role::Line, 1.0, Dash::Solid))
        .light_line_style(line(Role::Line, 0.0, Dash::Solid))
        .axis_style(line(Role::Muted, 0.0, Dash::Solid))
        .label_style(small(Role::Muted))
        .set_all_tick_mark_size(fine(3.0))
        .x_labels((w as f32 / FINE / 80.0) as usize + 1)
        .y_labels(4)
        .x_label_formatter(&time)
        .y_label_formatter(&value)
        .draw();
    for curve in &series.lines {
        let (role, dash) = look(curve);
        let style = line(role, 1.75, dash);
        // A value that isn't one is a gap.
        for piece in curve.points.split(|&point| !is_known(point, until)) {
            let points: Vec<(f64, f64)> = piece.iter().map(|&(t, v)| (f64::from(t), f64::from(v))).collect();
            if !points.is_empty() {
                let _ = chart.draw_series([PathElement::new(points, style)]);
            }
        }
    }
}
