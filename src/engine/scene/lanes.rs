//! The lanes panel: who did what, when.

use super::builder::{PictureBuilder, SMALL, TextStyle, bar_ink, text_role};
use super::mark::{Anchor, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Bar, Lanes, Status};
use super::time_axis::{TimeAxis, moment_text};

/// Heights of a lane and of its bars, and the same where there are many lanes.
const FEW: (f32, f32) = (36.0, 26.0);
const MANY: (f32, f32) = (25.0, 19.0);
/// So many lanes are few.
const MOST_FEW: usize = 12;
/// Height of a name over its lane, where there is no room beside it.
const OVER: f32 = 18.0;
/// From this width on names stand beside their lanes.
const WIDE: f32 = 480.0;
const AXIS: f32 = 20.0;
const NAME: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);

pub(super) fn lay_out(lanes: &Lanes, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&lanes.title, area);
    let names =
        lanes.lanes.iter().map(|lane| metrics::width(&builder.say(&lane.label), NAME.size, NAME.face));
    let beside = area.w >= WIDE;
    let left = if beside { names.fold(24.0, f32::max).min(area.w * 0.28) + 14.0 } else { 8.0 };
    let over = if beside { 0.0 } else { OVER };
    let (lane_height, bar_height) = if lanes.lanes.len() > MOST_FEW { MANY } else { FEW };
    let tall = (lane_height + over) * lanes.lanes.len() as f32;
    let plot = Rect::new(area.x + left, top, (area.w - left - 8.0).max(1.0), tall);
    let axis = TimeAxis { from: lanes.from, until: lanes.until, start: plot.x, length: plot.w };
    ticks(lanes, &axis, plot, area, builder);
    for (k, lane) in lanes.lanes.iter().enumerate() {
        let y = top + (lane_height + over) * k as f32;
        let place = Rect::new(area.x, y, area.w, lane_height + over);
        builder.region(lane.entity, place);
        let name = builder.say(&lane.label);
        if beside {
            builder.text(lane.entity, at(area.x, y + lane_height / 2.0 + 4.5), left - 10.0, &name, NAME);
        } else {
            builder.text(lane.entity, at(area.x + left + 5.0, y + 15.0), area.w - left - 5.0, &name, NAME);
        }
        let rule = y + over + lane_height - 0.5;
        builder.path(None, &[at(area.x, rule), at(plot.right(), rule)], Ink::line(Role::Line, 1.0));
        for bar in &lane.bars {
            self::bar(
                bar,
                &axis,
                (y + over + (lane_height - bar_height) / 2.0, bar_height),
                !lanes.key.is_empty(),
                builder,
            );
        }
    }
    if axis.shows(builder.now) {
        let x = axis.place(builder.now);
        builder.path(None, &[at(x, plot.y), at(x, plot.bottom() + 5.0)], Ink::line(Role::Ink, 1.5));
    }
    plot.bottom() + AXIS - area.y + 2.0
}

/// Ticks at whole steps or at round times, as many as their numbers find room beside each other.
fn ticks(lanes: &Lanes, axis: &TimeAxis, plot: Rect, area: Rect, builder: &mut PictureBuilder) {
    let step = axis.tick_step(lanes.step, (26.0, 56.0));
    let mut free = f32::NEG_INFINITY;
    for (time, x) in axis.ticks(step) {
        let end = plot.bottom() + 4.0;
        builder.path(None, &[at(x, plot.y), at(x, end)], Ink::line(Role::Line, 1.0));
        let text = moment_text(time, lanes.step, step);
        let w = metrics::width(&text, SMALL.size, SMALL.face);
        let centre = x.min(area.right() - w / 2.0).max(area.x + w / 2.0);
        if centre - w / 2.0 > free {
            builder.text(None, at(centre, end + 11.0), f32::INFINITY, &text, SMALL.anchor(Anchor::Middle));
            free = centre + w / 2.0 + 4.0;
        }
    }
}

/// One bar; `whole` says that its label has to fit or stays away.
fn bar(bar: &Bar, axis: &TimeAxis, (y, height): (f32, f32), whole: bool, builder: &mut PictureBuilder) {
    if bar.until < axis.from || bar.from > axis.until {
        return;
    }
    let (start, end) = (axis.place(bar.from), axis.place(bar.until));
    let start = start.min(axis.start + axis.length - 2.0);
    let place = Rect::new(start, y, (end - start - 1.0).max(2.0), height);
    let round = 4.0_f32.min(place.w / 2.0);
    builder.rect(bar.entity, place, round, bar_ink(bar.status));
    builder.region(bar.entity, place);
    let mut label = builder.say(&bar.label);
    // Told apart by more than the colour, where a sign before the text has no room.
    let face = if bar.status == Status::Active { Face::Bold } else { SMALL.face };
    let set = TextStyle { face, ..SMALL }.role(text_role(bar.status)).anchor(Anchor::Middle);
    let room = place.w - 6.0;
    // Where there is a key, a beginning says less than the colour. Where there is none, one letter and a '…' still say nothing.
    let least = if whole { usize::MAX } else { 3 };
    let fits = |label: &str| {
        metrics::fit(label, set.size, set.face, room).chars().count() >= label.chars().count().min(least)
    };
    // The sign of a write says what its colour and its weight say, too: its value comes first.
    if let Some(value) = label.strip_prefix('=').filter(|_| !fits(&label)) {
        label = value.to_owned();
    }
    if fits(&label) {
        builder.text(bar.entity, at(place.centre().x, y + height / 2.0 + 4.0), room, &label, set);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LayoutOptions, Picture, Scene, Words};
    use super::*;
    use crate::scene::{Label, Lane, Panel};
    use crate::sim::{Entity, Time};

    #[test]
    fn many_lanes_are_lower_each_and_high_enough_for_a_finger() {
        let height = |lanes: u32| {
            let lane =
                |n| Lane { entity: Entity::new(0, n), label: Label::Plain("lane".into()), bars: Vec::new() };
            let title = Label::Plain("lanes".into());
            let lanes = (0..lanes).map(lane).collect();
            let lanes = Lanes {
                title,
                from: Time::ZERO,
                until: Time::from_secs(1),
                step: None,
                lanes,
                key: Vec::new(),
            };
            let scene = Scene { panels: vec![Panel::Lanes(lanes.into())], ..Scene::default() };
            Picture::new(&scene, &Words::default(), 700.0, &LayoutOptions::default()).height
        };
        assert!((height(12) - height(11) - 36.0).abs() < 0.1);
        assert!((24.0..30.0).contains(&(height(16) - height(15))));
        assert!(height(13) < height(12));
    }
}
