//! The table panel: rows and columns, or one card a row where the columns find no room.

use super::mark::{Anchor, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Label, Row, State, Table};
use super::sheet::{NOTE, SIGN, SMALL, Sheet, Type, text_role};

const HEIGHT: f32 = 27.0;
/// Narrowest column, beside the first.
const LEAST: f32 = 70.0;
/// What a column beside the first is left before names are cut.
const ROOMY: f32 = 90.0;
/// Room for the sign of a row's state.
const GUTTER: f32 = 18.0;
const CELL: Type = Type::new(13.0, Face::Plain, Role::Ink);

pub(super) fn lay(table: &Table, area: Rect, sheet: &mut Sheet) -> f32 {
    let top = area.y + sheet.title(&table.title, area);
    let others = table.columns.len().saturating_sub(1);
    let names = table.rows.iter().filter_map(|row| row.cells.first());
    let names = names.chain(table.columns.first()).map(|label| match label {
        Label::Value(..) => 60.0,
        label => metrics::width(&sheet.say(label), CELL.size, Face::Bold),
    });
    // Long names get two fifths, or what the other columns leave.
    let left = area.w - GUTTER - 12.0 - others as f32 * ROOMY;
    let first = GUTTER + names.fold(40.0, f32::max).min(left.max(area.w * 0.4)) + 12.0;
    let share = if others > 0 { (area.w - first) / others as f32 } else { 0.0 };
    if others > 0 && share < LEAST {
        return cards(table, Rect { y: top, ..area }, sheet) + (top - area.y);
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
        let text = sheet.say(label);
        let first = column.x < area.x + GUTTER + 1.0;
        cell_text(sheet, None, &text, *column, top + 15.0, NOTE, first);
    }
    let mut y = top + 24.0;
    sheet.path(None, &[at(area.x, y - 1.0), at(area.x + wide, y - 1.0)], Ink::line(Role::Muted, 1.0));
    for row in &table.rows {
        let place = Rect::new(area.x, y, wide, HEIGHT);
        ground(row, place, sheet);
        for (k, (label, column)) in row.cells.iter().zip(&columns).enumerate() {
            let text = sheet.say(label);
            let face = if k == 0 { Face::Bold } else { Face::Plain };
            let set = Type { face, ..CELL }.role(cell_role(row, label));
            cell_text(sheet, Some(row), &text, *column, y + 18.0, set, k == 0);
        }
        y += HEIGHT;
    }
    y - area.y + 2.0
}

fn cell_text(
    sheet: &mut Sheet,
    row: Option<&Row>,
    text: &str,
    column: Rect,
    baseline: f32,
    set: Type,
    first: bool,
) {
    let room = column.w - 10.0;
    let entity = row.map(|row| row.entity);
    // All but the names stand flush right, so that numbers compare.
    if first {
        sheet.text(entity, at(column.x, baseline), room, text, set);
    } else {
        sheet.text(entity, at(column.right() - 8.0, baseline), room, text, set.anchor(Anchor::End));
    }
}

fn cell_role(row: &Row, label: &Label) -> Role {
    match (row.state, label) {
        (State::Trouble, Label::Value(..)) => Role::Ink,
        (state, _) => text_role(state),
    }
}

/// What shows a row's state behind its text, the rule under it, and its region.
fn ground(row: &Row, place: Rect, sheet: &mut Sheet) {
    let tint = match row.state {
        State::Trouble => Some(Role::TroubleTint),
        State::Active => Some(Role::AccentTint),
        _ => None,
    };
    if let Some(role) = tint {
        sheet.rect(row.entity, Rect { h: place.h - 1.0, ..place }, 3.0, Ink::fill(role));
    }
    sheet.path(
        None,
        &[at(place.x, place.bottom() - 0.5), at(place.right(), place.bottom() - 0.5)],
        Ink::line(Role::Line, 1.0),
    );
    sheet.sign(row.entity, at(place.x + 4.0 + SIGN, place.y + HEIGHT / 2.0 - 0.5), row.state);
    sheet.region(row.entity, place);
}

/// A row under another, its columns as pairs of head and value, two abreast.
fn cards(table: &Table, area: Rect, sheet: &mut Sheet) -> f32 {
    let mut y = area.y;
    let others = table.columns.len().saturating_sub(1);
    let tall = 22.0 + others.div_ceil(2) as f32 * 18.0 + 8.0;
    for row in &table.rows {
        let place = Rect::new(area.x, y, area.w, tall);
        ground(row, place, sheet);
        if let Some(name) = row.cells.first() {
            let text = sheet.say(name);
            let set = Type { face: Face::Bold, ..CELL }.role(cell_role(row, name));
            sheet.text(row.entity, at(area.x + GUTTER, y + 18.0), area.w - GUTTER - 4.0, &text, set);
        }
        let half = (area.w - GUTTER) / 2.0;
        for (k, (head, value)) in table.columns.iter().zip(&row.cells).skip(1).enumerate() {
            let x = area.x + GUTTER + half * (k % 2) as f32;
            let baseline = y + 22.0 + 18.0 * (k / 2) as f32 + 14.0;
            let (head, text) = (sheet.say(head), sheet.say(value));
            let set = CELL.role(cell_role(row, value));
            sheet.text(row.entity, at(x, baseline), half * 0.5 - 4.0, &head, SMALL);
            let spot = at(x + half - 14.0, baseline);
            sheet.text(row.entity, spot, half * 0.5 - 14.0, &text, set.anchor(Anchor::End));
        }
        y += tall;
    }
    y - area.y + 2.0
}
