//! The frames panel: rows of cells as a grid has them, each in a frame around all that follow. What is inside what is seen
//! before anything is read; a frame is pressed at its head, which is the part of it that no other covers.

use super::builder::{NOTE, PictureBuilder, SIGN, bar_ink, text_role};
use super::grid::{GUTTER, NAME, cells, widest};
use super::mark::{Anchor, Rect, at};
use super::panel::Frames;

/// A frame's head, what it adds below, and how round its corners are.
const HEAD: f32 = 25.0;
const FOOT: f32 = 4.0;
const ROUND: f32 = 7.0;
/// Room for the outermost line, which would be cut along its middle at the picture's very edge.
const EDGE: f32 = 2.0;
/// What a frame adds at each side, in a narrow place and in a wide one.
const SIDE: [f32; 2] = [5.0, 14.0];
/// Height of the cells, and the widest.
const CELL: (f32, f32) = (16.0, 16.0);
/// From here on a place is wide.
const WIDE: f32 = 560.0;

pub(super) fn lay_out(frames: &Frames, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let grid = &frames.0;
    let top = area.y + builder.title(&grid.title, area);
    let area = Rect { x: area.x + EDGE, w: area.w - 2.0 * EDGE, ..area };
    let side = SIDE[usize::from(area.w >= WIDE)];
    let count = grid.rows.len();
    let names = widest(grid.rows.iter().map(|row| builder.say(&row.label)), NAME).min(area.w * 0.3);
    let notes = grid.rows.iter().filter_map(|row| row.note.as_ref());
    let notes = widest(notes.map(|note| builder.say(note)), NOTE).min(area.w * 0.3);
    // Where the cells of all frames begin and end: inside of the innermost.
    let aside = side * count.saturating_sub(1) as f32;
    let left = area.x + aside + GUTTER + names + 10.0;
    let room = (area.right() - aside - notes - 18.0 - left).max(1.0);
    let width = (room / grid.columns.max(1) as f32).min(CELL.1);
    for (k, row) in grid.rows.iter().enumerate() {
        let (outer, inner) = (k as f32, (count - k) as f32);
        let frame = Rect::new(
            area.x + side * outer,
            top + HEAD * outer,
            (area.w - 2.0 * side * outer).max(1.0),
            (HEAD + FOOT) * inner,
        );
        let middle = frame.y + HEAD / 2.0;
        builder.rect(row.entity, frame, ROUND, bar_ink(row.status));
        builder.region(row.entity, Rect { h: HEAD, ..frame });
        builder.status_sign(Some(row.entity), at(frame.x + 4.0 + SIGN, middle), row.status);
        let (name, set) = (builder.say(&row.label), NAME.role(text_role(row.status)));
        let spot = at(frame.x + GUTTER, middle + 4.5);
        builder.text(row.entity, spot, left - spot.x - 9.0, &name, set);
        let first = Rect::new(left, middle - CELL.0 / 2.0, width, CELL.0);
        cells(row, grid.columns, grid.tall, first, builder);
        if let Some(note) = &row.note {
            let (note, spot) = (builder.say(note), at(frame.right() - 8.0, middle + 4.5));
            let room = spot.x - left - width * grid.columns as f32;
            builder.text(row.entity, spot, room.min(notes + 1.0), &note, NOTE.anchor(Anchor::End));
        }
    }
    top + (HEAD + FOOT) * count as f32 - area.y + EDGE
}
