//! The listing panel: code, the line that runs next, and what the lines that ran have done.

use super::builder::{NOTE, PictureBuilder, SMALL, TITLE_HEIGHT, TextStyle};
use super::mark::{Anchor, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Listing, Status};

const CODE: TextStyle = TextStyle::new(13.0, Face::Mono, Role::Ink);
/// Line numbers, and before them the sign of the line that runs next.
const GUTTER: f32 = 46.0;
/// The same without line numbers, and the code smaller: two listings beside each other on a phone.
const NARROW: (f32, TextStyle) = (24.0, TextStyle::new(metrics::SMALLEST, Face::Mono, Role::Ink));
/// The room that a listing needs at least: its code, small and without line numbers.
pub(super) fn least_width(listing: &Listing) -> f32 {
    (NARROW.0 + longest(listing, NARROW.1) + 8.0).max(150.0)
}

fn longest(listing: &Listing, set: TextStyle) -> f32 {
    let widths = listing.lines.iter().map(|line| metrics::width(&line.code, set.size, set.face));
    widths.fold(0.0, f32::max)
}

pub(super) fn lay_out(listing: &Listing, area: Rect, builder: &mut PictureBuilder) -> f32 {
    builder.region(listing.entity, Rect { h: TITLE_HEIGHT, ..area });
    let mut y = area.y + builder.title(&listing.title, area);
    let is_narrow = area.w < GUTTER + longest(listing, CODE) + 10.0;
    let (gutter, code) = if is_narrow { NARROW } else { (GUTTER, CODE) };
    // For a finger where it is narrow.
    let tall = if is_narrow { 28.0 } else { 25.0 };
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
        builder.status_sign(Some(line.entity), at(area.x + 11.0, baseline - 4.5), line.status);
        if line.status == Status::Quiet {
            // This line has run.
            builder.tick(line.entity, at(area.x + 8.0, baseline - 4.0), Role::Muted);
        }
        if !is_narrow {
            let set = SMALL.anchor(Anchor::End);
            builder.text(None, at(area.x + 38.0, baseline), 18.0, &(number + 1).to_string(), set);
        }
        let role = if matches!(line.status, Status::Quiet | Status::Down) { Role::Muted } else { Role::Ink };
        let (left, room) = (area.x + gutter, area.w - gutter - 4.0);
        builder.text(line.entity, at(left, baseline), room, &line.code, code.role(role));
        if let Some(note) = &line.note {
            let taken = metrics::width(&line.code, code.size, code.face) + 10.0;
            let place = at(area.right() - 6.0, baseline);
            builder.text(line.entity, place, room - taken, &builder.say(note), NOTE.anchor(Anchor::End));
        }
        y += tall;
    }
    y - area.y + 6.0
}
