//! The grid panel: rows of small cells that are equally wide.
//!
//! A cell tells its state by its shape as well as its colour, and small: what is normal is low or outlined, what has
//! changed is filled to its full height, what is in trouble carries a cap, what is down is crossed out. Cells that are named
//! by their columns stand under the names of these.

use super::builder::{NOTE, PictureBuilder, Region, SIGN, SMALL, TextStyle, text_role};
use super::mark::{Anchor, Dash, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Cell, Grid, GridRow, Status};
use super::words::Words;
use crate::sim::clamp;

/// Heights of a row and of its cells, and the widest cell: flat and tall, in a narrow place and in a wide one.
const FLAT: [(f32, f32, f32); 2] = [(26.0, 16.0, 14.0), (40.0, 26.0, 20.0)];
const TALL: [(f32, f32, f32); 2] = [(62.0, 50.0, 14.0), (100.0, 86.0, 20.0)];
/// From here on a place is wide.
const WIDE: f32 = 560.0;
/// Height of a line of columns' names, and what they need beside their width.
const HEAD_LINE: f32 = 15.0;
const HEAD_AIR: f32 = 6.0;
/// Room for the sign of a row's state.
pub(super) const GUTTER: f32 = 16.0;
pub(super) const NAME: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);

pub(super) fn lay_out(grid: &Grid, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&grid.title, area);
    let sizes = if grid.tall { TALL } else { FLAT };
    let (row_height, cell_height, widest_cell) = sizes[usize::from(area.w >= WIDE)];
    let names = widest(grid.rows.iter().map(|row| builder.say(&row.label)), NAME);
    let notes = grid.rows.iter().filter_map(|row| row.note.as_ref());
    let notes = widest(notes.map(|note| builder.say(note)), NOTE);
    let left = GUTTER + names.min(area.w * 0.3) + 10.0;
    let right = if notes > 0.0 { notes.min(area.w * 0.3) + 10.0 } else { 0.0 };
    let room = (area.w - left - right).max(1.0);
    let width = (room / grid.columns.max(1) as f32).min(widest_cell);
    let heads = columns(grid, builder.words);
    let apart = width * grid.columns as f32 / heads.len().max(1) as f32;
    let top = top + write_heads(&heads, Rect::new(area.x + left, top, apart, 0.0), area.right(), builder);
    for (k, row) in grid.rows.iter().enumerate() {
        let place = Rect::new(area.x, top + row_height * k as f32, area.w, row_height);
        let middle = place.y + (row_height - 4.0) / 2.0;
        builder.region(row.entity, Rect { w: left, ..place });
        builder.status_sign(Some(row.entity), at(area.x + SIGN, middle), row.status);
        let name = builder.say(&row.label);
        let set = NAME.role(text_role(row.status));
        // A little more than the widest takes, which sums and differences round.
        builder.text(row.entity, at(area.x + GUTTER, middle + 4.5), left - GUTTER - 9.0, &name, set);
        let base = middle + cell_height / 2.0;
        if grid.tall {
            let line =
                [at(area.x + left, base + 0.5), at(area.x + left + width * grid.columns as f32, base + 0.5)];
            builder.path(None, &line, Ink::line(Role::Line, 1.0));
        }
        let first = Rect::new(area.x + left, base - cell_height, width, cell_height);
        cells(row, grid.columns, grid.tall, first, builder);
        if let Some(note) = &row.note {
            let note = builder.say(note);
            let end = first.x + width * grid.columns as f32 + right;
            let set = NOTE.anchor(Anchor::End);
            builder.text(row.entity, at(end, middle + 4.5), right - 9.0, &note, set);
        }
    }
    top + row_height * grid.rows.len() as f32 - area.y
}

/// What the columns of a grid are called, if its cells are named by them; all are equally wide.
pub(super) fn columns(grid: &Grid, words: &Words) -> Vec<String> {
    let first = grid.rows.first().and_then(|row| row.cells.first());
    first.map(|cell| words.columns(cell.entity.kind)).unwrap_or_default()
}

/// Names the columns, each from its left edge on; the height that this takes. Where one has no room beside the next they
/// stand like stairs, with a line from each down to its column. `first` is the first column, without a height.
fn write_heads(heads: &[String], first: Rect, end: f32, builder: &mut PictureBuilder) -> f32 {
    let fit = widest(heads.iter().cloned(), SMALL) + HEAD_AIR <= first.w;
    let lines = if fit { heads.len().min(1) } else { heads.len() };
    let bottom = first.y + HEAD_LINE * lines as f32;
    for (k, head) in heads.iter().enumerate() {
        let x = first.x + first.w * k as f32;
        let base = first.y + HEAD_LINE * (k % lines + 1) as f32 - 4.0;
        builder.text(None, at(x, base), end - x, head, SMALL);
        if !fit {
            builder.path(None, &[at(x, base + 3.0), at(x, bottom)], Ink::line(Role::Line, 1.0));
        }
    }
    bottom - first.y
}

/// The width of the widest of these texts.
pub(super) fn widest(texts: impl Iterator<Item = String>, set: TextStyle) -> f32 {
    texts.map(|text| metrics::width(&text, set.size, set.face)).fold(0.0, f32::max)
}

/// A row's cells, so many at most; `first` is the place of the first.
pub(super) fn cells(row: &GridRow, columns: u32, tall: bool, first: Rect, builder: &mut PictureBuilder) {
    // Between two cells, as long as there is room for it.
    let air = clamp(first.w - 2.0, 0.0, 2.0);
    let drawn = row.cells.iter().take(columns as usize).enumerate();
    for (k, it) in drawn.filter(|(_, it)| it.is_there()) {
        let place = Rect { x: first.x + first.w * k as f32, w: first.w - air, ..first };
        cell(it, tall, place, builder);
        // Neighbours that are the same thing are one place.
        match builder.regions.last_mut() {
            Some(Region { entity, area, .. })
                if *entity == it.entity && area.y == place.y && place.x - area.right() <= air + 0.1 =>
            {
                area.w = place.right() - area.x;
            }
            _ => builder.region(it.entity, place),
        }
    }
}

fn cell(it: &Cell, tall: bool, place: Rect, builder: &mut PictureBuilder) {
    let level = if it.level.is_finite() { clamp(it.level, 0.0, 1.0) } else { 0.0 };
    let full = match (tall, it.status) {
        (true, _) => level,
        (false, Status::Normal | Status::Quiet | Status::Warming) => 0.6,
        (false, _) => 1.0,
    };
    let h = full * place.h;
    if h <= 0.0 {
        return;
    }
    let bar = Rect { y: place.bottom() - h, h, ..place };
    let ink = match it.status {
        Status::Normal if tall => Ink::fill(Role::Accent),
        Status::Normal => Ink::line(Role::Muted, 1.0).on(Role::Soft),
        Status::Quiet => Ink::fill(Role::Line),
        Status::Active => Ink::fill(Role::Accent),
        Status::Trouble => Ink::fill(Role::Trouble),
        Status::Down => Ink::line(Role::Muted, 1.0).dash(Dash::Dashed),
        Status::Draining => Ink::line(Role::Ink, 1.0).dash(Dash::Dashed).on(Role::Raised),
        Status::Warming => Ink::line(Role::Accent, 1.0).dash(Dash::Dotted).on(Role::Raised),
    };
    builder.rect(it.entity, bar, 0.0, ink);
    match it.status {
        Status::Trouble => {
            let over = (bar.y - 2.5).max(place.y);
            builder.path(it.entity, &[at(bar.x, over), at(bar.right(), over)], Ink::line(Role::Ink, 1.5));
        }
        Status::Down => {
            let line = Ink::line(Role::Muted, 1.0);
            builder.path(it.entity, &[at(bar.x, bar.bottom()), at(bar.right(), bar.y)], line);
        }
        _ => {}
    }
}
