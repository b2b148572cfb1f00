//! Readings over time.

use super::super::builder::PictureBuilder;
use super::super::mark::{Ink, Rect, Role, at};
use super::super::panel::{Series, SeriesLine};
use super::axes::{Canvas, Plot, round_times};
use super::backend::line;
use super::line_names::{self, line_style};
use super::{AXIS, PLOT, drawable, round_up};
use crate::sim::Unit;
use plotters::element::PathElement;

/// Whether a point lies on the axes.
fn is_known((t, value): (f32, f32), until: f64) -> bool {
    drawable(f64::from(value)) && t >= 0.0 && f64::from(t) <= until
}

fn known(line: &SeriesLine, until: f64) -> impl Iterator<Item = (f64, f64)> {
    let points = line.points.iter().filter(move |&&point| is_known(point, until));
    points.map(|&(t, value)| (f64::from(t), f64::from(value)))
}

pub(super) fn lay_out(series: &Series, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&series.title, area);
    let names: Vec<String> = series.lines.iter().map(|line| builder.say(&line.label)).collect();
    let right = line_names::room(&names, area);
    let until = series.until.secs().max(1e-9);
    let all = || series.lines.iter().flat_map(|line| known(line, until)).map(|(_, value)| value);
    let highest = round_up(all().fold(0.0, f64::max));
    let lowest = all().fold(0.0, f64::min);
    let lowest = if lowest < 0.0 { -round_up(-lowest) } else { 0.0 };
    let whole = Rect::new(area.x, top, (area.w - right).max(1.0), PLOT);
    let plot = Plot::new(whole, 0.0..until, lowest..highest, series.unit);
    plot.lines(series.unit, builder);
    let times = round_times(until, (plot.area.w / 55.0) as usize + 1).into_iter();
    // At the origin the other axis has written the unit already.
    let written = |time: f64| if time == 0.0 { "0".into() } else { Unit::Time.format(time) };
    let times: Vec<_> = times.map(|time| (plot.x_of(time), written(time))).collect();
    plot.numbers(&times, area.right(), builder);
    curves(series, &plot.canvas(builder), until);
    // Now.
    let now = builder.now.secs();
    if now <= until {
        let x = plot.x_of(now);
        builder.path(
            None,
            &[at(x, plot.area.y - 4.0), at(x, plot.area.bottom())],
            Ink::line(Role::Muted, 1.0),
        );
    }
    let ends = series.lines.iter().map(|it| {
        let (time, value) = known(it, until).last().unwrap_or((until, lowest));
        (plot.x_of(time), plot.y_of(value), line_style(it.status).0)
    });
    line_names::name(ends.collect(), &names, &plot, right, builder);
    PLOT + AXIS + (top - area.y)
}

fn curves(series: &Series, canvas: &Canvas, until: f64) {
    for curve in &series.lines {
        let (role, dash) = line_style(curve.status);
        // A value that isn't one is a gap.
        for piece in curve.points.split(|&point| !is_known(point, until)) {
            let points: Vec<(f64, f64)> = piece.iter().map(|&(t, v)| (f64::from(t), f64::from(v))).collect();
            if !points.is_empty() {
                // The backend can't fail, so neither can this.
                let _ = canvas.draw(&PathElement::new(points, line(role, 1.75, dash)));
            }
        }
    }
}
