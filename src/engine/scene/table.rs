//! The table panel: rows and columns, or one card a row where the columns find no room.

use super::builder::{NOTE, PictureBuilder, SIGN, SMALL, TextStyle, text_role};
use super::mark::{Anchor, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Label, Row, Status, Table};
use super::words::Words;

const HEIGHT: f32 = 27.0;
/// Narrowest column, beside the first.
const LEAST: f32 = 70.0;
/// What a column beside the first is left before names are cut.
const ROOMY: f32 = 90.0;
/// Room for the sign of a row's state.
const GUTTER: f32 = 18.0;
const CELL: TextStyle = TextStyle::new(13.0, Face::Plain, Role::Ink);

/// Width of the first column's words.
fn names(table: &Table, words: &Words) -> f32 {
    let names = table.rows.iter().filter_map(|row| row.cells.first());
    let wide = names.chain(table.columns.first()).map(|label| match label {
        // A number changes while the run goes on; its room must not.
        Label::Value(..) => 60.0,
        label => metrics::width(&words.label(label), CELL.size, Face::Bold),
    });
    wide.fold(40.0, f32::max)
}

/// The width that a table needs if it isn't to become cards.
pub(super) fn least_width(table: &Table, words: &Words) -> f32 {
    GUTTER + names(table, words) + 12.0 + table.columns.len().saturating_sub(1) as f32 * (LEAST + 4.0)
}

pub(super) fn lay_out(table: &Table, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&table.title, area);
    let others = table.columns.len().saturating_sub(1);
    // Long names get two fifths, or what the other columns leave.
    let left = area.w - GUTTER - 12.0 - others as f32 * ROOMY;
    let first = GUTTER + names(table, builder.words).min(left.max(area.w * 0.4)) + 12.0;
    let share = if others > 0 { (area.w - first) / others as f32 } else { 0.0 };
    if others > 0 && share < LEAST {
        return cards(table, Rect { y: top, ..area }, builder) + (top - area.y);
    }
    let share = share.min(130.0);
    let columns: Vec<Rect> = (0..table.columns.len())
        .map(|k| match k {
            0 => Rect::new(
                area.x + GUTTER,
                0.0,
                if others > 0 { first - GUTTER } else { area.w - GUTTER },
                0.0,
            ),
            _ => Rect::new(area.x + first + share * (k - 1) as f32, 0.0, share, 0.0),
        })
        .collect();
    let wide = columns.last().map_or(area.w, |last| last.right() - area.x);
    for (label, column) in table.columns.iter().zip(&columns) {
        let text = builder.say(label);
        let first = column.x < area.x + GUTTER + 1.0;
        cell_text(builder, None, &text, *column, top + 15.0, NOTE, first);
    }
    let mut y = top + 24.0;
    builder.path(None, &[at(area.x, y - 1.0), at(area.x + wide, y - 1.0)], Ink::line(Role::Muted, 1.0));
    for row in &table.rows {
        let place = Rect::new(area.x, y, wide, HEIGHT);
        ground(row, place, builder);
        for (k, (label, column)) in row.cells.iter().zip(&columns).enumerate() {
            let text = builder.say(label);
            let face = if k == 0 { Face::Bold } else { Face::Plain };
            let set = TextStyle { face, ..CELL }.role(cell_role(row, label));
            cell_text(builder, Some(row), &text, *column, y + 18.0, set, k == 0);
        }
        y += HEIGHT;
    }
    y - area.y + 2.0
}

fn cell_text(
    builder: &mut PictureBuilder,
    row: Option<&Row>,
    text: &str,
    column: Rect,
    baseline: f32,
    set: TextStyle,
    first: bool,
) {
    let room = column.w - 10.0;
    let entity = row.map(|row| row.entity);
    // All but the names stand flush right, so that numbers compare.
    if first {
        builder.text(entity, at(column.x, baseline), room, text, set);
    } else {
        builder.text(entity, at(column.right() - 8.0, baseline), room, text, set.anchor(Anchor::End));
    }
}

fn cell_role(row: &Row, label: &Label) -> Role {
    match (row.status, label) {
        (Status::Trouble, Label::Value(..)) => Role::Ink,
        (state, _) => text_role(state),
    }
}

/// What shows a row's state behind its text, the rule under it, and its region.
fn ground(row: &Row, place: Rect, builder: &mut PictureBuilder) {
    let tint = match row.status {
        Status::Trouble => Some(Role::TroubleTint),
        Status::Active => Some(Role::AccentTint),
        _ => None,
    };
    if let Some(role) = tint {
        builder.rect(row.entity, Rect { h: place.h - 1.0, ..place }, 3.0, Ink::fill(role));
    }
    builder.path(
        None,
        &[at(place.x, place.bottom() - 0.5), at(place.right(), place.bottom() - 0.5)],
        Ink::line(Role::Line, 1.0),
    );
    builder.status_sign(row.entity, at(place.x + 4.0 + SIGN, place.y + HEIGHT / 2.0 - 0.5), row.status);
    builder.region(row.entity, place);
}

/// A row under another, its columns as pairs of head and value, two abreast.
fn cards(table: &Table, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let mut y = area.y;
    let others = table.columns.len().saturating_sub(1);
    let tall = 22.0 + others.div_ceil(2) as f32 * 18.0 + 8.0;
    for row in &table.rows {
        let place = Rect::new(area.x, y, area.w, tall);
        ground(row, place, builder);
        if let Some(name) = row.cells.first() {
            let text = builder.say(name);
            let set = TextStyle { face: Face::Bold, ..CELL }.role(cell_role(row, name));
            builder.text(row.entity, at(area.x + GUTTER, y + 18.0), area.w - GUTTER - 4.0, &text, set);
        }
        let half = (area.w - GUTTER) / 2.0;
        for (k, (head, value)) in table.columns.iter().zip(&row.cells).skip(1).enumerate() {
            let x = area.x + GUTTER + half * (k % 2) as f32;
            let baseline = y + 22.0 + 18.0 * (k / 2) as f32 + 14.0;
            let (head, text) = (builder.say(head), builder.say(value));
            let set = CELL.role(cell_role(row, value));
            builder.text(row.entity, at(x, baseline), half * 0.5 - 4.0, &head, SMALL);
            let spot = at(x + half - 14.0, baseline);
            builder.text(row.entity, spot, half * 0.5 - 14.0, &text, set.anchor(Anchor::End));
        }
        y += tall;
    }
    y - area.y + 2.0
}
