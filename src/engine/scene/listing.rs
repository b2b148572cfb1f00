//! The listing panel: code, the line that runs next, and what the lines that ran have done.

use super::builder::{NOTE, PictureBuilder, SMALL, TITLE_HEIGHT, TextStyle};
use super::mark::{Anchor, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Label, Listing, Status};

const CODE: TextStyle = TextStyle::new(13.0, Face::Mono, Role::Ink);
/// Line numbers, and before them the sign of the line that runs next.
const GUTTER: f32 = 46.0;
/// Least room for notes beside the code; with less they stand under it.
const NOTES: f32 = 90.0;

/// The room that a listing needs at least: its code, with notes under it.
pub(super) fn least_width(listing: &Listing) -> f32 {
    (GUTTER + longest(listing) + 10.0).max(150.0)
}

fn longest(listing: &Listing) -> f32 {
    let widths = listing.lines.iter().map(|line| metrics::width(&line.code, CODE.size, Face::Mono));
    widths.fold(0.0, f32::max)
}

pub(super) fn lay_out(listing: &Listing, area: Rect, builder: &mut PictureBuilder) -> f32 {
    builder.region(listing.entity, Rect { h: TITLE_HEIGHT, ..area });
    let mut y = area.y + builder.title(&listing.title, area);
    let rest = area.w - GUTTER - longest(listing) - 20.0;
    let beside = rest >= NOTES;
    let tall = if beside { 25.0 } else { 40.0 };
    let frame = Rect::new(area.x, y, area.w, tall * listing.lines.len() as f32 + 8.0);
    // Half a pixel further in: at the picture's edge the line would be cut along its middle.
    builder.rect(None, frame.grow(-0.5), 6.0, Ink::line(Role::Line, 1.0).on(Role::Soft));
    y += 4.0;
    for (number, line) in listing.lines.iter().enumerate() {
        let place = Rect::new(area.x + 1.0, y, area.w - 2.0, tall);
        let role = match line.status {
            Status::Active => Some(Role::AccentTint),
            Status::Trouble => Some(Role::TroubleTint),
            _ => None,
        };
        if let Some(role) = role {
            builder.rect(line.entity, place, 3.0, Ink::fill(role));
        }
        builder.region(line.entity, place);
        let baseline = y + 17.0;
        builder.status_sign(line.entity, at(area.x + 11.0, baseline - 4.5), line.status);
        if line.status == Status::Quiet {
            // A tick: this line has run.
            let (x, y) = (area.x + 8.0, baseline - 4.0);
            let tick = [at(x, y), at(x + 2.5, y + 3.0), at(x + 7.5, y - 4.5)];
            builder.path(line.entity, &tick, Ink::line(Role::Muted, 1.5));
        }
        let set = SMALL.anchor(Anchor::End);
        builder.text(None, at(area.x + 38.0, baseline), 18.0, &(number + 1).to_string(), set);
        let role = if matches!(line.status, Status::Quiet | Status::Down) { Role::Muted } else { Role::Ink };
        let room = area.w - GUTTER - 10.0;
        builder.text(line.entity, at(area.x + GUTTER, baseline), room, &line.code, CODE.role(role));
        if let Some(note) = &line.note {
            note_text(builder, line.entity, note, area, baseline, (beside, rest));
        }
        y += tall;
    }
    y - area.y + 6.0
}

fn note_text(
    builder: &mut PictureBuilder,
    entity: crate::sim::Entity,
    note: &Label,
    area: Rect,
    baseline: f32,
    (beside, rest): (bool, f32),
) {
    let text = builder.say(note);
    if beside {
        builder.text(entity, at(area.right() - 10.0, baseline), rest, &text, NOTE.anchor(Anchor::End));
    } else {
        let room = area.w - GUTTER - 10.0;
        builder.text(entity, at(area.x + GUTTER, baseline + 16.0), room, &text, NOTE);
    }
}
