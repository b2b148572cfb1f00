//! Where the states of a machine stand, and the ways between them.

use crate::scene::builder::{ARROW, NOTE, PictureBuilder, TextStyle};
use crate::scene::curve::Curve;
use crate::scene::mark::{Anchor, Point, Rect, Role, at};
use crate::scene::metrics::{self, Face};
use crate::scene::panel::{States, Transition};
use crate::sim::clamp;

/// More states than these never stand in a row.
const IN_A_ROW: usize = 4;
/// From this width on boxes and print are larger.
pub(super) const WIDE: f32 = 560.0;
/// Narrowest box, and widest in a narrow place and in a wide one.
const NARROWEST: f32 = 40.0;
const BOX: [f32; 2] = [104.0, 150.0];
/// Height of a box with its name alone.
pub(super) const BOX_HEIGHT: f32 = 42.0;
/// Between two boxes of a row at least, and at most.
const GAP: (f32, f32) = (64.0, 200.0);
/// Between two boxes on an ellipse at least, beside each other and over each other.
const AIR: (f32, f32) = (14.0, 18.0);
/// Half the width of an ellipse at most, and half its height, in a narrow place and in a wide one.
const ELLIPSE: [(f32, f32); 2] = [(180.0, 400.0), (250.0, 250.0)];
/// Above and below everything.
const MARGIN: f32 = 10.0;
/// Room for a label over a curve.
const LABEL: f32 = 18.0;
/// From the middle of a row to each of the two arrows between neighbours.
const LANE: f32 = 9.0;
/// Half the width of a loop's foot, and how far its handles reach.
const LOOP: (f32, f32) = (10.0, 42.0);
/// How far a curve comes of what its handles reach.
const APEX: f32 = 0.75;
/// Arrows end so far from a box, outside the border of the current state.
pub(super) const RIM: f32 = super::CURRENT.0 + super::CURRENT.1 / 2.0;
/// Radius of the token of a machine that is alone.
pub(super) const MARKER: f32 = 5.5;
/// Height of a token with its name, and from one row of them to the next.
pub(super) const TOKEN: (f32, f32) = (18.0, 22.0);
/// Narrowest and widest token with its name.
const TOKEN_WIDTH: (f32, f32) = (20.0, 60.0);
pub(super) const NAME: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);
pub(super) const TOKEN_NAME: TextStyle =
    TextStyle::new(metrics::SMALLEST, Face::Bold, Role::Ink).anchor(Anchor::Middle);

/// Where everything stands.
pub(super) struct Plan<'a> {
    pub it: &'a States,
    /// All below the title.
    pub area: Rect,
    /// The box of each state.
    pub boxes: Vec<Rect>,
    row: bool,
    wide: bool,
    /// Width of each token with its name; none for a machine that is alone.
    pub tokens: Vec<f32>,
}

impl<'a> Plan<'a> {
    /// `area` is all below the title; its height is what is needed.
    pub(super) fn new(it: &'a States, area: Rect, builder: &PictureBuilder) -> Self {
        let wide = area.w >= WIDE;
        let widest = |texts: &mut dyn Iterator<Item = String>, set: TextStyle| {
            texts.map(|text| metrics::width(&text, set.size, set.face)).fold(0.0, f32::max)
        };
        let names = widest(&mut it.states.iter().map(|state| builder.say(&state.label)), NAME);
        let token = |text: String| {
            let w = metrics::width(&text, TOKEN_NAME.size, TOKEN_NAME.face) + 12.0;
            clamp(w, TOKEN_WIDTH.0, TOKEN_WIDTH.1)
        };
        let several = it.tokens.iter().filter(|_| it.tokens.len() > 1);
        let tokens: Vec<f32> = several.map(|it| token(builder.say(&it.label))).collect();
        let all_tokens: f32 = tokens.iter().map(|w| w + 4.0).sum();
        let w = (names + 4.0 * (MARKER + 3.0)).max(all_tokens + 10.0);
        let w = clamp(w, 72.0, BOX[usize::from(wide)]);
        let labels = widest(&mut it.transitions.iter().map(|way| builder.say(&way.label)), NOTE);
        let between = clamp(labels + 24.0, GAP.0, GAP.1);
        let count = it.states.len();
        let row = count <= IN_A_ROW && (w + between) * count as f32 - between <= area.w;
        let mut plan = Self { it, area, boxes: Vec::new(), row, wide, tokens };
        if row {
            plan.stand_in_a_row(w, between);
        } else {
            let mut w = w;
            while !plan.stand_on_an_ellipse(w) && w > NARROWEST {
                w -= 8.0;
            }
        }
        plan
    }

    /// The width of a token.
    pub(super) fn token(&self, k: usize) -> f32 {
        self.tokens[k].min(self.boxes.first().map_or(0.0, |it| it.w) - 12.0)
    }

    /// The height of a box of this width: with room for all tokens, so that it doesn't grow when they meet in it.
    fn height(&self, w: f32) -> f32 {
        let tokens: Vec<f32> = self.tokens.iter().map(|token| token.min(w - 12.0)).collect();
        let rows = wrap(&tokens, w - 12.0).last().map_or(0.0, |place| place.1 + 1.0);
        let since = self.it.tokens.len() == 1 && self.it.tokens[0].since.is_some();
        BOX_HEIGHT + rows * TOKEN.1 + if since { 16.0 } else { 0.0 }
    }

    fn stand_in_a_row(&mut self, w: f32, between: f32) {
        let count = self.it.states.len();
        let (mut above, mut below) = (self.loop_room(true), 0.0_f32);
        for bulge in self.it.transitions.iter().map(|way| bulge(way.from, way.to)).filter(|it| *it != 0.0) {
            above = above.max(bulge * APEX + LABEL);
            below = below.max(-bulge * APEX + LABEL);
        }
        let (area, h) = (self.area, self.height(w));
        let step = w + ((area.w - w * count as f32) / count.max(2) as f32).min(GAP.1).max(between);
        let first = area.centre().x - step * count.saturating_sub(1) as f32 / 2.0 - w / 2.0;
        let y = area.y + above + MARGIN;
        self.boxes = (0..count).map(|k| Rect::new(first + step * k as f32, y, w, h)).collect();
        self.area.h = above + h + below + 2.0 * MARGIN;
    }

    /// Whether boxes of this width fit, on an ellipse as flat as they and the labels between them allow.
    fn stand_on_an_ellipse(&mut self, w: f32) -> bool {
        let (count, area, h) = (self.it.states.len(), self.area, self.height(w));
        let (widest, tallest) = ELLIPSE[usize::from(self.wide)];
        let across = clamp((area.w - w) / 2.0 - 6.0, 0.0, widest);
        let (above, below) = (self.loop_room(true) + MARGIN, self.loop_room(false) + MARGIN);
        let mut down = if count > 1 { 60.0 + 12.0 * count as f32 } else { 0.0 };
        loop {
            let middle = at(area.centre().x, area.y + above + h / 2.0 + down);
            let place = |k: usize| {
                let turns = k as f32 / count as f32;
                let (sin, cos) = (sine(turns), sine(turns + 0.25));
                // On a phone the ellipse swells towards two columns.
                let aside = if self.wide { sin } else { libm::copysignf(libm::sqrtf(sin.abs()), sin) };
                Rect::new(middle.x + across * aside - w / 2.0, middle.y - down * cos - h / 2.0, w, h)
            };
            self.boxes = (0..count).map(place).collect();
            self.area.h = above + 2.0 * down + h + below;
            let fits = are_apart(&self.boxes);
            if fits || down >= tallest {
                return fits;
            }
            down += 10.0;
        }
    }

    /// What the loops above the states of the upper half take, or those below the states of the lower.
    fn loop_room(&self, up: bool) -> f32 {
        let mut loops = self.it.transitions.iter().filter(|way| way.from == way.to);
        let one = loops.any(|way| way.from < self.it.states.len() && self.loops_up(way.from) == up);
        if one { LOOP.1 * APEX + LABEL } else { 0.0 }
    }

    /// Whether a state's loops stand above it.
    fn loops_up(&self, state: usize) -> bool {
        let quarter = self.it.states.len() as f32 / 4.0;
        self.row || state as f32 <= quarter || state as f32 >= 3.0 * quarter
    }

    /// The way of a transition; `None` if one of its states isn't there.
    pub(super) fn way(&self, number: usize) -> Option<Curve> {
        let Transition { from, to, .. } = self.it.transitions[number];
        let (a, b) = (*self.boxes.get(from)?, *self.boxes.get(to)?);
        let same = |way: &&Transition| (way.from, way.to) == (from, to);
        // One of several between the same states bends further.
        let before = self.it.transitions[..number].iter().filter(same).count() as f32;
        let points = if from == to {
            Self::own_loop(a, self.loops_up(from), before)
        } else if self.row && before == 0.0 {
            self.along_row(from, to, a, b)
        } else {
            let back = self.it.transitions.iter().any(|way| (way.from, way.to) == (to, from));
            let bend = if back { 20.0 } else { 0.0 } + 26.0 * before;
            let (here, there) = (a.centre(), b.centre());
            let (dx, dy) = (there.x - here.x, there.y - here.y);
            let length = libm::hypotf(dx, dy).max(1.0);
            let middle = at(
                f32::midpoint(here.x, there.x) + dy / length * bend * 2.0,
                f32::midpoint(here.y, there.y) - dx / length * bend * 2.0,
            );
            let start = a.grow(1.0).clip([middle, here]).map_or(here, |part| part[0]);
            let end = b.grow(RIM).clip([middle, there]).map_or(there, |part| part[0]);
            let handle = |end: Point| {
                at(end.x + (middle.x - end.x) * 2.0 / 3.0, end.y + (middle.y - end.y) * 2.0 / 3.0)
            };
            [start, handle(start), handle(end), end]
        };
        // With room for an arrow's head at the edges.
        let area = self.area.grow(-ARROW / 2.0);
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
        let bulge = bulge(from, to);
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

/// Whether there is some air between any two boxes.
fn are_apart(boxes: &[Rect]) -> bool {
    let around = |it: &Rect| Rect::new(it.x - AIR.0, it.y - AIR.1, it.w + 2.0 * AIR.0, it.h + 2.0 * AIR.1);
    let mut each = boxes.iter().enumerate();
    each.all(|(k, one)| boxes[k + 1..].iter().all(|other| !around(one).overlaps(other)))
}

/// How far above a row a transition between two states that aren't neighbours bends; negative below.
fn bulge(from: usize, to: usize) -> f32 {
    let far = from.abs_diff(to);
    if far < 2 {
        return 0.0;
    }
    let high = 34.0 + 22.0 * far.min(IN_A_ROW) as f32;
    if from < to { high } else { -high }
}

/// Line by line, as many as fit: the place of each from the left, and its line.
pub(super) fn wrap(widths: &[f32], room: f32) -> Vec<(f32, f32)> {
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

/// The sine of a part of a turn, 0 to 1.5, within 0.002 (Bhaskara's formula, 7th century): enough for a place, without the
/// tables of an exact one.
fn sine(turns: f32) -> f32 {
    let part = turns % 1.0;
    let (half, sign) = if part < 0.5 { (2.0 * part, 1.0) } else { (2.0 * part - 1.0, -1.0) };
    let arc = half * (1.0 - half);
    sign * 16.0 * arc / (5.0 - 4.0 * arc)
}
