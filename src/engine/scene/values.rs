//! The panel of named values: a box for each, and how it came out beside the title.

use super::builder::{NOTE, PictureBuilder, TITLE, TITLE_HEIGHT, TextStyle, text_role};
use super::mark::{Point, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Label, Shape, Status, ValueBox, ValueRow, Values};

const VALUE: TextStyle = TextStyle::new(13.0, Face::Mono, Role::Ink);
const VERDICT: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);
/// Heights of a row and of its boxes, and between two boxes.
const ROW: f32 = 32.0;
const BOX: f32 = 24.0;
const AIR: f32 = 6.0;
/// A name before its boxes, and the room that a row with a name needs at least.
const NAME: f32 = 84.0;
const NAMED: f32 = 330.0;
/// The room that the panel needs at least.
pub(super) const LEAST_WIDTH: f32 = 250.0;

pub(super) fn lay_out(it: &Values, area: Rect, builder: &mut PictureBuilder) -> f32 {
    builder.title(&it.title, area);
    if let Some((label, status)) = &it.verdict {
        let title = builder.say(&it.title);
        // A title that takes all of the line leaves none to the verdict; the describer says it.
        let left = (metrics::width(&title, TITLE.size, TITLE.face) + 16.0).min(area.w);
        verdict(label, *status, Rect { x: area.x + left, w: area.w - left, ..area }, builder);
    }
    let beside = (area.w / NAMED).max(1.0) as usize;
    let (mut y, mut column) = (area.y + TITLE_HEIGHT, 0);
    for row in &it.rows {
        // A row without a name has a line to itself.
        let columns = if row.name.is_some() { beside } else { 1 };
        if column > 0 && (column >= beside || columns == 1) {
            (y, column) = (y + ROW, 0);
        }
        let w = area.w / columns as f32;
        self::row(row, Rect::new(area.x + w * column as f32, y, w, ROW), builder);
        column += beside / columns;
    }
    if column > 0 {
        y += ROW;
    }
    y - area.y
}

/// How it came out, in a box of its own that begins where the title ends.
fn verdict(label: &Label, status: Status, area: Rect, builder: &mut PictureBuilder) {
    let text = builder.say(label);
    let room = area.w - 30.0;
    if room < 20.0 {
        return;
    }
    let wide = metrics::width(&text, VERDICT.size, VERDICT.face).min(room) + 29.0;
    let place = Rect::new(area.x, area.y, wide, BOX - 4.0).grow(-1.0);
    builder.status_box(None, place, 10.0, status, Shape::Plain);
    let Point { x, y } = at(place.x + 12.0, place.centre().y);
    match status {
        Status::Active => builder.tick(None, at(x - 3.5, y), Role::Accent),
        _ => builder.status_sign(None, at(x, y), status),
    }
    builder.text(None, at(x + 10.0, y + 4.5), room, &text, VERDICT.role(text_role(status)));
}

fn row(row: &ValueRow, place: Rect, builder: &mut PictureBuilder) {
    let mut x = place.x;
    let baseline = place.y + BOX / 2.0 + 4.5;
    if let Some((entity, name)) = &row.name {
        let name = builder.say(name);
        builder.region(*entity, Rect { w: NAME, h: BOX, ..place });
        builder.text(*entity, at(x, baseline), NAME - AIR, &name, NOTE);
        x += NAME;
    }
    if row.boxes.is_empty() {
        builder.text(None, at(x, baseline), place.right() - x, "–", NOTE);
    }
    for value in &row.boxes {
        let w = metrics::width(&value.text, VALUE.size, VALUE.face) + 10.0;
        if x + w > place.right() {
            return builder.text(None, at(x, baseline), place.right() - x, "…", NOTE);
        }
        draw(value, Rect::new(x, place.y, w, BOX), builder);
        x += w + AIR;
    }
}

fn draw(value: &ValueBox, place: Rect, builder: &mut PictureBuilder) {
    builder.status_box(value.entity, place.grow(-1.0), 4.0, value.status, Shape::Plain);
    builder.region(value.entity, place);
    let set = VALUE.role(text_role(value.status));
    builder.text(value.entity, at(place.x + 5.0, place.centre().y + 4.5), place.w, &value.text, set);
}
