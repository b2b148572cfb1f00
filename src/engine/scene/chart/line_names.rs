//! How curves look, and their names at their ends.

use super::super::builder::{PictureBuilder, TextStyle};
use super::super::mark::{Dash, Rect, Role, at};
use super::super::metrics::{self, Face};
use super::super::panel::Status;
use super::axes::Plot;
use crate::sim::sort::sort_by;

const NAME: TextStyle = TextStyle::new(12.0, Face::Bold, Role::Ink);
/// From name to name at the ends of the curves.
const APART: f32 = 15.0;

/// Colour and pattern of a curve.
pub(super) const fn line_style(state: Status) -> (Role, Dash) {
    match state {
        Status::Trouble => (Role::Trouble, Dash::Dashed),
        Status::Quiet => (Role::Muted, Dash::Solid),
        Status::Down | Status::Draining => (Role::Muted, Dash::Dashed),
        Status::Active => (Role::Accent, Dash::Solid),
        Status::Normal => (Role::Ink, Dash::Solid),
        Status::Warming => (Role::Accent, Dash::Dashed),
    }
}

/// The room that the names take to the right of the curves.
pub(super) fn room(names: &[String], area: Rect) -> f32 {
    let widest = names.iter().map(|name| metrics::width(name, NAME.size, NAME.face)).fold(20.0, f32::max);
    widest.min(area.w * 0.3) + 8.0
}

/// Writes each name as near to its curve's end (its place and colour) as the others let it; one without a name has none.
pub(super) fn name(
    ends: Vec<(f32, f32, Role)>,
    names: &[String],
    plot: &Plot,
    right: f32,
    builder: &mut PictureBuilder,
) {
    let mut ends: Vec<LineName> = ends
        .into_iter()
        .zip(names)
        .filter(|(_, name)| !name.is_empty())
        .map(|((x, y, role), name)| LineName { name, role, x, y })
        .collect();
    sort_by(&mut ends, |a, b| a.y.total_cmp(&b.y));
    ends.truncate(((plot.area.h - 10.0) / APART) as usize + 1);
    // The lowest stands on the axis.
    spread(&mut ends, plot.area.y + 2.0, plot.area.bottom() - 8.0);
    for LineName { name, role, x, y } in ends {
        builder.text(None, at(x + 6.0, y + 4.0), right - 6.0, name, NAME.role(role));
    }
}

/// Where a curve ends, and its name begins.
struct LineName<'a> {
    name: &'a str,
    role: Role,
    x: f32,
    y: f32,
}

/// Moves ascending places apart by [`APART`] at least, as little as that takes, and keeps them within bounds.
fn spread(ends: &mut [LineName], from: f32, until: f32) {
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
