//! The listing panel: code, the line that runs next, and what the lines that ran have done.

use super::builder::{NOTE, PictureBuilder, SMALL, TITLE_HEIGHT, TextStyle};
use super::mark::{Anchor, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Listing, Status};

const WIDE: Setting = Setting {
    sign: 11.0,
    numbers: 38.0,
    gutter: 46.0,
    code: TextStyle::new(13.0, Face::Mono, Role::Ink),
    tall: 25.0,
};

/// How lines are set, from the left.
struct Setting {
    /// The middle of the sign of the line that runs next.
    sign: f32,
    /// Where line numbers end.
    numbers: f32,
    /// Where code begins.
    gutter: f32,
    code: TextStyle,
    /// Height of a line.
    tall: f32,
}

impl Setting {
    /// Smaller, and everything close together: two listings beside each other on a phone.
    fn narrow(listing: &Listing) -> Self {
        let numbers = 15.0 + metrics::width(&listing.lines.len().to_string(), SMALL.size, SMALL.face);
        let code = TextStyle { size: metrics::SMALLEST, ..WIDE.code };
        // A finger has to find the line.
        Self { sign: 8.0, numbers, gutter: numbers + 5.0, code, tall: 28.0 }
    }
}

/// The room that a listing needs at least.
pub(super) fn least_width(listing: &Listing) -> f32 {
    let narrow = Setting::narrow(listing);
    (narrow.gutter + longest(listing, narrow.code) + 5.0).max(150.0)
}

fn longest(listing: &Listing, set: TextStyle) -> f32 {
    let widths = listing.lines.iter().map(|line| metrics::width(&line.code, set.size, set.face));
    widths.fold(0.0, f32::max)
}

pub(super) fn lay_out(listing: &Listing, area: Rect, builder: &mut PictureBuilder) -> f32 {
    builder.region(listing.entity, Rect { h: TITLE_HEIGHT, ..area });
    let mut y = area.y + builder.title(&listing.title, area);
    let is_narrow = area.w < WIDE.gutter + longest(listing, WIDE.code) + 10.0;
    let Setting { sign, numbers, gutter, code, tall } =
        if is_narrow { Setting::narrow(listing) } else { WIDE };
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
        builder.status_sign(Some(line.entity), at(area.x + sign, baseline - 4.5), line.status);
        if line.status == Status::Quiet {
            // This line has run.
            builder.tick(line.entity, at(area.x + sign - 3.0, baseline - 4.0), Role::Muted);
        }
        let set = SMALL.anchor(Anchor::End);
        builder.text(None, at(area.x + numbers, baseline), 18.0, &(number + 1).to_string(), set);
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

#[cfg(test)]
mod tests {
    use super::super::mark::Form;
    use super::super::{Label, LayoutOptions, ListingLine, Panel, Picture, Scene, Words};
    use super::*;
    use crate::sim::Entity;

    #[test]
    fn lines_have_their_numbers_and_their_whole_code_also_on_a_phone() {
        let code = ["read(a) until whole", "answer(a)", "read(b) until whole"];
        let line = |code: &str| ListingLine {
            entity: Entity::new(0, 0),
            code: code.into(),
            note: None,
            status: Status::Active,
        };
        let listing = || Listing {
            entity: Entity::new(0, 0),
            title: Label::Plain("program".into()),
            lines: code.map(line).into(),
        };
        let panels = vec![Panel::Listing(listing().into()), Panel::Listing(listing().into())];
        let scene = Scene { panels, ..Scene::default() };
        let least = 2.0 * least_width(&listing()) + 20.0;
        assert!(least < 340.0, "two stand beside each other on a phone");
        for (width, beside) in [(700.0, true), (least, true), (least - 1.0, false), (240.0, false)] {
            let picture = Picture::new(&scene, &Words::default(), width, &LayoutOptions::default());
            assert_eq!(picture.panels[1].area.x > 0.0, beside, "{width}");
            assert_eq!(picture.problems(), [""; 0]);
            let texts = picture.marks.iter().filter_map(|mark| match &mark.form {
                Form::Text(text) => Some(&*text.text),
                _ => None,
            });
            let texts: Vec<&str> = texts.filter(|text| *text != "program").collect();
            let expected = ["1", code[0], "2", code[1], "3", code[2]];
            assert_eq!(texts, [expected, expected].concat(), "{width}");
        }
    }
}
