//! The chart panel, drawn with plotters: curves with their names at their ends, and histograms with marks.
//!
//! plotters chooses round numbers for the axes, maps values to pixels and draws curves and bars; what it draws arrives
//! at our [`backend`] and becomes marks of the same display list as everything else. So a chart is painted, written as
//! SVG, tested for overlapping labels and themed as the rest is, in the page and in a worker alike. Over
//! plotters-canvas and plotters-svg this has two advantages that decided it: colours stay roles, and plotters' code is
//! in the WASM once (plotters-canvas needs an `HtmlCanvasElement`, so a worker could not use it at all). Axes and their
//! labels are ours: plotters' chart builder weighs more than all other panels together, and can't keep labels apart.

mod axes;
mod backend;
pub(super) mod curves;
pub(super) mod histogram;
mod line_names;
mod series;

use super::builder::PictureBuilder;
use super::mark::Rect;
use super::panel::Chart;

/// Height of the surface that is drawn on, and of the numbers under it.
const PLOT: f32 = 140.0;
const AXIS: f32 = 20.0;

pub(super) fn lay_out(chart: &Chart, area: Rect, builder: &mut PictureBuilder) -> f32 {
    match chart {
        Chart::Series(series) => series::lay_out(series, area, builder),
        Chart::Histogram(it) => it.lay_out(area, builder),
        Chart::Curves(it) => it.lay_out(area, builder),
    }
}

/// Whether a number is one that an axis can be made for.
fn drawable(value: f64) -> bool {
    // NaN is neither.
    value.abs() < 1e15
}

/// The power of ten at or below a value.
fn magnitude(value: f64) -> f64 {
    libm::pow(10.0, libm::floor(libm::log10(value)))
}

/// The next larger of 1, 2, 2.5, 5, 10 × a power of ten, for the end of an axis. Never zero or negative.
fn round_up(value: f64) -> f64 {
    if !(drawable(value) && value > 1e-12) {
        return 1.0;
    }
    let size = magnitude(value);
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let found = steps.into_iter().map(|step| step * size).find(|&end| end >= value);
    found.filter(|end| end.is_finite()).unwrap_or(value)
}
