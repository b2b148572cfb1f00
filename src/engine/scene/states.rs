//! The states panel: a state machine, and who is in which state.
//!
//! Few states stand in a row, where there is room for the labels between them; more, and on a phone, on an ellipse. Where
//! they stand depends on the machine alone, so that nothing moves when it changes its state.

use super::builder::{NOTE, PictureBuilder, SMALL, TextStyle, bar_ink, text_role};
use super::curve::Curve;
use super::mark::{Anchor, Form, Ink, Point, Rect, Role, at, hull};
use super::metrics::{self, Face};
use super::panel::{States, Status, Token, Transition};
use super::room::Room;
use crate::sim::{Entity, Msg, clamp};

/// More states than these never stand in a row.
const IN_A_ROW: usize = 4;
/// From this width on boxes and print are larger.
const WIDE: f32 = 560.0;
/// Widest box.
const BOX: [f32; 2] = [104.0, 150.0];
const BOX_HEIGHT: f32 = 42.0;
/// Between two boxes of a row at least, and at most.
const GAP: (f32, f32) = (64.0, 200.0);
/// From the middle of a row to each of the two arrows between neighbours.
const LANE: f32 = 9.0;
/// Half the width of a loop's foot, and how far its handles reach.
const LOOP: (f32, f32) = (10.0, 42.0);
/// The token of a machine that is alone.
const MARKER: f32 = 5.5;
/// Height of a token with its name, and from one row of them to the next.
const TOKEN: (f32, f32) = (18.0, 22.0);
/// The thick border of the state that a machine is in: how far outside, how wide.
const CURRENT: (f32, f32) = (2.0, 3.0);
/// Arrows end so far from a box, outside its border.
const RIM: f32 = CURRENT.0 + CURRENT.1 / 2.0;
/// Between boxes on an ellipse at least, to each side of one.
const AIR: (f32, f32) = (14.0, 18.0);
/// Half the height of an ellipse at most.
const TALLEST: f32 = 400.0;
/// Above and below everything.
const MARGIN: f32 = 10.0;
/// Where along a transition its label is tried, as shares of its way.
const ALONG: [f32; 7] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];
const NAME: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);
const TOKEN_NAME: TextStyle = TextStyle::new(metrics::SMALLEST, Face::Bold, Role::Ink).anchor(Anchor::Middle);

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
    (w, h): (f32, f32),
    centre: Point,
) -> impl Iterator<Item = (Point, Anchor)> + use<'_> {
    [1.0, -1.0].into_iter().flat_map(move |side| {
        ALONG.into_iter().map(move |share| {
            let (p, towards) = curve.along(share);
            let length = libm::hypotf(towards.x, towards.y).max(f32::MIN_POSITIVE);
            let (x, y) = (-towards.y / length, towards.x / length);
            let outwards = if x * (p.x - centre.x) + y * (p.y - centre.y) < 0.0 { -1.0 } else { 1.0 };
            let aside = side * outwards * (x.abs() * w + y.abs() * h + 3.0);
            (at(p.x + x * aside, p.y + y * aside + 4.0), Anchor::Middle)
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

/// Where everything stands.
struct Plan<'a> {
    it: &'a States,
    /// All below the title.
    area: Rect,
    boxes: Vec<Rect>,
    row: bool,
    /// Width of each token with its name; none for a machine that is alone.
    tokens: Vec<f32>,
}

impl<'a> Plan<'a> {
    fn new(it: &'a States, area: Rect, builder: &PictureBuilder) -> Self {
        let wide = usize::from(area.w >= WIDE);
        let widest = |texts: &mut dyn Iterator<Item = String>, set: TextStyle| {
            texts.map(|text| metrics::width(&text, set.size, set.face)).fold(0.0, f32::max)
        };
        let names = widest(&mut it.states.iter().map(|state| builder.say(&state.label)), NAME);
        let token_names = it.tokens.iter().map(|token| builder.say(&token.label));
        let tokens: Vec<f32> = token_names
            .filter(|_| it.tokens.len() > 1)
            .map(|text| clamp(metrics::width(&text, TOKEN_NAME.size, TOKEN_NAME.face) + 12.0, 20.0, 60.0))
            .collect();
        let all_tokens = tokens.iter().map(|w| w + 4.0).sum::<f32>();
        let w = clamp((names + 4.0 * (MARKER + 3.0)).max(all_tokens + 10.0), 72.0, BOX[wide]);
        // Room for all tokens in one state, so that no box grows when they meet.
        let rows = wrap(&tokens, w - 12.0).last().map_or(0.0, |place| place.1 + 1.0);
        let since = it.tokens.len() == 1 && it.tokens[0].since.is_some();
        let h = BOX_HEIGHT + rows * TOKEN.1 + if since { 16.0 } else { 0.0 };
        let labels = widest(&mut it.transitions.iter().map(|way| builder.say(&way.label)), NOTE);
        let count = it.states.len();
        let between = clamp(labels + 24.0, GAP.0, GAP.1);
        let needed = w * count as f32 + between * count.saturating_sub(1) as f32;
        let row = count <= IN_A_ROW && needed <= area.w;
        let mut plan = Self { it, area, boxes: Vec::new(), row, tokens };
        // Loops stand above states of the upper half, and below those of the lower.
        let angle = |k: usize| core::f32::consts::TAU * k as f32 / count as f32;
        let loop_room = |up: bool| {
            let loops = it.transitions.iter().filter(|way| way.from == way.to && way.from < count);
            let mut loops = loops.filter(|way| plan.loops_up(way.from) == up);
            if loops.next().is_some() { LOOP.1 * 0.75 + 16.0 } else { 0.0 }
        };
        if row {
            let far = it.transitions.iter().map(|way| plan.bulge(way.from, way.to));
            let (mut above, mut below) = (loop_room(true), 0.0_f32);
            for bulge in far {
                above = above.max(bulge * 0.75 + 18.0);
                below = below.max(-bulge * 0.75 + 18.0);
            }
            let step = w + ((area.w - w * count as f32) / count.max(2) as f32).min(GAP.1).max(between);
            let first = area.centre().x - step * count.saturating_sub(1) as f32 / 2.0 - w / 2.0;
            let y = area.y + above + MARGIN;
            plan.boxes = (0..count).map(|k| Rect::new(first + step * k as f32, y, w, h)).collect();
            plan.area.h = above + h + below + 2.0 * MARGIN;
            return plan;
        }
        let across = ((area.w - w) / 2.0 - 6.0).min(if wide == 1 { 250.0 } else { 180.0 }).max(0.0);
        let (above, below) = (loop_room(true) + MARGIN, loop_room(false) + MARGIN);
        let on_ellipse = |down: f32| -> Vec<Rect> {
            let middle = at(area.centre().x, area.y + above + h / 2.0 + down);
            (0..count)
                .map(|k| {
                    let (sin, cos) = (libm::sinf(angle(k)), libm::cosf(angle(k)));
                    // On a phone the ellipse swells towards two columns.
                    let aside = if wide == 1 { sin } else { libm::copysignf(libm::sqrtf(sin.abs()), sin) };
                    Rect::new(middle.x + across * aside - w / 2.0, middle.y - down * cos - h / 2.0, w, h)
                })
                .collect()
        };
        // As flat as the boxes and the labels between them allow.
        let around =
            |it: &Rect| Rect::new(it.x - AIR.0, it.y - AIR.1, it.w + 2.0 * AIR.0, it.h + 2.0 * AIR.1);
        let apart = |boxes: &[Rect]| {
            let mut each = boxes.iter().enumerate();
            each.all(|(k, one)| boxes[k + 1..].iter().all(|other| !around(one).overlaps(other)))
        };
        let mut down = if count > 1 { 60.0 + 12.0 * count as f32 } else { 0.0 };
        while down < TALLEST && !apart(&on_ellipse(down)) {
            down += 10.0;
        }
        plan.boxes = on_ellipse(down);
        plan.area.h = above + 2.0 * down + h + below;
        plan
    }

    /// Whether a state's loops stand above it.
    fn loops_up(&self, state: usize) -> bool {
        let quarter = self.it.states.len() as f32 / 4.0;
        self.row || state as f32 <= quarter || state as f32 >= 3.0 * quarter
    }

    /// How far above the row a transition between two states that aren't neighbours bends; negative below.
    fn bulge(&self, from: usize, to: usize) -> f32 {
        let far = from.abs_diff(to);
        if far < 2 {
            return 0.0;
        }
        let high = 34.0 + 22.0 * far.min(IN_A_ROW) as f32;
        if from < to { high } else { -high }
    }

    /// The way of a transition; `None` if one of its states isn't there.
    fn way(&self, k: usize) -> Option<Curve> {
        let Transition { from, to, .. } = self.it.transitions[k];
        let (a, b) = (*self.boxes.get(from)?, *self.boxes.get(to)?);
        let same = |way: &&Transition| (way.from, way.to) == (from, to);
        // One of several between the same states bends further.
        let before = self.it.transitions[..k].iter().filter(same).count() as f32;
        let points = if from == to {
            Self::own_loop(a, self.loops_up(from), before)
        } else if self.row && before == 0.0 {
            self.along_row(from, to, a, b)
        } else {
            let back = self.it.transitions.iter().any(|way| (way.from, way.to) == (to, from));
            let bend = if back { 20.0 } else { 0.0 } + 26.0 * before;
            let (p, q) = (a.centre(), b.centre());
            let (dx, dy) = (q.x - p.x, q.y - p.y);
            let length = libm::hypotf(dx, dy).max(1.0);
            let middle = at(
                f32::midpoint(p.x, q.x) + dy / length * bend * 2.0,
                f32::midpoint(p.y, q.y) - dx / length * bend * 2.0,
            );
            let start = a.grow(1.0).clip([middle, p]).map_or(p, |part| part[0]);
            let end = b.grow(RIM).clip([middle, q]).map_or(q, |part| part[0]);
            let handle = |end: Point| {
                at(end.x + (middle.x - end.x) * 2.0 / 3.0, end.y + (middle.y - end.y) * 2.0 / 3.0)
            };
            [start, handle(start), handle(end), end]
        };
        let area = self.area;
        let within = |p: Point| at(clamp(p.x, area.x, area.right()), clamp(p.y, area.y, area.bottom()));
        Some(Curve::new(points.map(within)))
    }

    /// From the edge of a state and back to it.
    fn own_loop(a: Rect, up: bool, before: f32) -> [Point; 4] {
        let x = a.centre().x;
        let (foot, out) = if up { (a.y, -1.0) } else { (a.bottom(), 1.0) };
        let (half, reach) = (LOOP.0, LOOP.1 + 12.0 * before);
        let end = foot + out * RIM;
        [
            at(x - half, foot),
            at(x - half * 2.4, foot + out * reach),
            at(x + half * 2.4, foot + out * reach),
            at(x + half, end),
        ]
    }

    /// Straight to a neighbour, beside the way back if there is one; over or under the row to others.
    fn along_row(&self, from: usize, to: usize, a: Rect, b: Rect) -> [Point; 4] {
        let right = from < to;
        let bulge = self.bulge(from, to);
        if bulge == 0.0 {
            let back = self.it.transitions.iter().any(|way| (way.from, way.to) == (to, from));
            let lane = if back { LANE } else { 0.0 };
            let y = a.centre().y + if right { -lane } else { lane };
            let (start, end) = if right {
                (at(a.right(), y), at(b.x - RIM, y))
            } else {
                (at(a.x, y), at(b.right() + RIM, y))
            };
            return Curve::straight(start, end).points;
        }
        let aside = a.w * if right { 0.28 } else { -0.28 };
        let (foot, end) = if right { (a.y, b.y - RIM) } else { (a.bottom(), b.bottom() + RIM) };
        let (start, end) = (at(a.centre().x + aside, foot), at(b.centre().x - aside, end));
        let lean = (end.x - start.x) * 0.12;
        [start, at(start.x + lean, foot - bulge), at(end.x - lean, foot - bulge), end]
    }
}

/// Line by line, as many as fit: the place of each from the left, and its line.
fn wrap(widths: &[f32], room: f32) -> Vec<(f32, f32)> {
    let (mut x, mut line) = (0.0, 0.0);
    let place = |&w: &f32| {
        if x > 0.0 && x + w > room {
            (x, line) = (0.0, line + 1.0);
        }
        let place = (x, line);
        x += w + 4.0;
        place
    };
    widths.iter().map(place).collect()
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
    builder.status_box(whose, place, 9.0, state.status);
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
    let widths: Vec<f32> = here.iter().map(|(n, _)| plan.tokens[*n]).collect();
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
    let entity: Entity = token.entity;
    let role = if token.status == Status::Trouble { Role::Trouble } else { Role::Accent };
    builder.mark(entity, Form::Circle(middle, MARKER), Ink::fill(role));
    builder.region(entity, Rect::new(middle.x, middle.y, 0.0, 0.0).grow(MARKER));
    if let Some(since) = token.since {
        let text = builder.words.say(&Msg::new("scene-for").span("span", builder.now.since(since)));
        let under = at(place.centre().x, place.y + BOX_HEIGHT + 8.0);
        builder.text(entity, under, place.w - 8.0, &text, NOTE.anchor(Anchor::Middle));
    }
}
