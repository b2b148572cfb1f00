//! The states panel: a state machine, and who is in which state.
//!
//! Few states stand in a row, where there is room for the labels between them; more, and on a phone, on an ellipse. Where
//! they stand depends on the machine alone, so that nothing moves when it changes its state: [`plan`] says where.

mod plan;

use super::builder::{NOTE, PictureBuilder, SMALL, bar_ink, text_role};
use super::curve::Curve;
use super::mark::{Anchor, Form, Ink, Point, Rect, Role, at, hull};
use super::metrics;
use super::panel::{Shape, States, Status, Token, Transition};
use super::room::Room;
use crate::sim::Msg;
use plan::{BOX_HEIGHT, MARKER, NAME, Plan, RIM, TOKEN, TOKEN_NAME, WIDE, wrap};

/// The thick border of the state that a machine is in: how far outside, how wide.
const CURRENT: (f32, f32) = (2.0, 3.0);
/// Where along a transition its label is tried, as shares of its way.
const ALONG: [f32; 7] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];

pub(super) fn lay_out(it: &States, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&it.title, area);
    let plan = Plan::new(it, Rect { y: top, ..area }, builder);
    let mut room = Room::new(plan.area);
    let ways: Vec<(&Transition, Curve)> =
        it.transitions.iter().enumerate().filter_map(|(k, way)| Some((way, plan.way(k)?))).collect();
    // What was taken last lies on top.
    for taken in [false, true] {
        for (way, curve) in ways.iter().filter(|(way, _)| way.taken.is_some() == taken) {
            draw_way(way, curve, &mut room, builder);
        }
    }
    for k in 0..it.states.len() {
        room.take(plan.boxes[k].grow(RIM));
        state(&plan, k, builder);
    }
    let small = if area.w >= WIDE { NOTE } else { SMALL };
    for (way, curve) in &ways {
        let set = small.role(if way.taken.is_some() { Role::Accent } else { Role::Ink });
        let text = builder.say(&way.label);
        let half = (metrics::width(&text, set.size, set.face) / 2.0, metrics::LINE * set.size / 2.0);
        room.write(builder, way.entity, &text, set, beside(curve, half, plan.area.centre()));
        if let Some(entity) = way.entity {
            let points = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| curve.along(share).0);
            builder.line_region(entity, hull(&points), [curve.along(0.3).0, curve.along(0.7).0]);
        }
    }
    plan.area.bottom() - area.y
}

/// Places for the middle of a label beside a curve: on its outer side first.
fn beside(
    curve: &Curve,
    (wide, tall): (f32, f32),
    centre: Point,
) -> impl Iterator<Item = (Point, Anchor)> + use<'_> {
    [1.0, -1.0].into_iter().flat_map(move |side| {
        ALONG.into_iter().map(move |share| {
            let (spot, towards) = curve.along(share);
            let length = libm::hypotf(towards.x, towards.y).max(f32::MIN_POSITIVE);
            let (x, y) = (-towards.y / length, towards.x / length);
            let outwards = if x * (spot.x - centre.x) + y * (spot.y - centre.y) < 0.0 { -1.0 } else { 1.0 };
            let aside = side * outwards * (x.abs() * wide + y.abs() * tall + 3.0);
            (at(spot.x + x * aside, spot.y + y * aside + 4.0), Anchor::Middle)
        })
    })
}

fn draw_way(way: &Transition, curve: &Curve, room: &mut Room, builder: &mut PictureBuilder) {
    let ink = if way.taken.is_some() { Ink::line(Role::Accent, 2.5) } else { Ink::line(Role::Muted, 1.25) };
    builder.mark(way.entity, Form::Curve(curve.points), ink);
    let (before, end) = (curve.along(0.9).0, curve.points[3]);
    builder.arrow_head(way.entity, before, end, ink.line.unwrap_or(Role::Muted));
    let points: Vec<Point> = (0..=12_u8).map(|k| curve.along(f32::from(k) / 12.0).0).collect();
    for pair in points.windows(2) {
        room.take_line([pair[0], pair[1]]);
    }
}

/// A state's box, with a thick border and the tokens of those who are in it.
fn state(plan: &Plan, k: usize, builder: &mut PictureBuilder) {
    let (state, place) = (&plan.it.states[k], plan.boxes[k]);
    let here: Vec<(usize, &Token)> =
        plan.it.tokens.iter().enumerate().filter(|(_, token)| token.state == k).collect();
    if let Some(entity) = state.entity {
        builder.region(entity, place);
    }
    let alone = plan.tokens.is_empty();
    let whose = state.entity.or(here.first().map(|(_, token)| token.entity));
    builder.status_box(whose, place, 9.0, state.status, Shape::Plain);
    if alone && !here.is_empty() {
        let role = if state.status == Status::Trouble { Role::Trouble } else { Role::Accent };
        builder.rect(whose, place.grow(CURRENT.0), 9.0 + CURRENT.0, Ink::line(role, CURRENT.1));
    }
    let name = builder.say(&state.label);
    // In the middle, where nothing stands under it.
    let height = if here.is_empty() { place.h } else { BOX_HEIGHT };
    let side = if alone { 2.0 * (MARKER + 3.0) } else { 6.0 };
    let middle = at(place.centre().x, place.y + height / 2.0);
    builder.name(whose, middle, place.w - 2.0 * side, &name, NAME.role(text_role(state.status)));
    if alone {
        if let Some((_, token)) = here.first() {
            marker(token, at(place.x + MARKER + 5.0, middle.y), place, builder);
        }
        return;
    }
    let widths: Vec<f32> = here.iter().map(|(n, _)| plan.token(*n)).collect();
    let places = wrap(&widths, place.w - 12.0);
    let right = |line: f32| {
        let ends = places.iter().zip(&widths).filter(|(it, _)| it.1 == line).map(|((left, _), w)| left + w);
        ends.fold(0.0, f32::max)
    };
    for ((_, token), (&(left, line), w)) in here.iter().zip(places.iter().zip(&widths)) {
        let x = middle.x - right(line) / 2.0 + left;
        let chip = Rect::new(x, place.y + BOX_HEIGHT - 6.0 + line * TOKEN.1, *w, TOKEN.0);
        builder.rect(token.entity, chip, TOKEN.0 / 2.0, bar_ink(token.status));
        let set = TOKEN_NAME.role(text_role(token.status));
        let text = builder.say(&token.label);
        builder.text(token.entity, at(chip.centre().x, chip.centre().y + 4.0), w - 6.0, &text, set);
        builder.region(token.entity, chip);
    }
}

/// The token of a machine that is alone, and how long it has been there.
fn marker(token: &Token, middle: Point, place: Rect, builder: &mut PictureBuilder) {
    let entity = token.entity;
    let role = if token.status == Status::Trouble { Role::Trouble } else { Role::Accent };
    builder.mark(entity, Form::Circle(middle, MARKER), Ink::fill(role));
    builder.region(entity, Rect::new(middle.x, middle.y, 0.0, 0.0).grow(MARKER));
    if let Some(since) = token.since {
        let text = builder.words.say(&Msg::new("scene-for").span("span", builder.now.since(since)));
        let under = at(place.centre().x, place.y + BOX_HEIGHT + 8.0);
        builder.text(entity, under, place.w - 8.0, &text, NOTE.anchor(Anchor::Middle));
    }
}
