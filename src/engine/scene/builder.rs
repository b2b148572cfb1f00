//! Builds a picture: panels add marks, regions and links to it, in the order in which they are painted.

use super::curve::{Curve, Dot, Links};
use super::mark::{Anchor, Dash, Form, Ink, Mark, Point, Rect, Role, Text, at, distance_to_line};
use super::metrics::{self, Face};
use super::panel::{Label, Shape, Status};
use super::words::Words;
use crate::sim::{Entity, Time};

/// Where an entity is in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Who.
    pub entity: Entity,
    /// Where.
    pub area: Rect,
    /// Number of the scene's panel.
    pub panel: usize,
    /// What of the area is meant, where that is the line from one point to another.
    pub line: Option<[Point; 2]>,
}

impl Region {
    /// How far away a point is, in pixels: none within the area, or at the line.
    pub fn distance(&self, p: Point) -> f32 {
        let Some(line) = self.line else {
            let beside = |p: f32, low: f32, high: f32| (low - p).max(p - high).max(0.0);
            // As far as the area has to grow on every side.
            return beside(p.x, self.area.x, self.area.right()).max(beside(
                p.y,
                self.area.y,
                self.area.bottom(),
            ));
        };
        (distance_to_line(p, line) - LINE_REACH).max(0.0)
    }

    /// How large it looks to who points at it: the smaller goes first. A line counts as the square around the point that it
    /// reaches.
    pub(super) fn size(&self, p: Point) -> f32 {
        match self.line {
            None => self.area.w * self.area.h,
            Some(line) => {
                let edge = 2.0 * distance_to_line(p, line);
                edge * edge
            }
        }
    }
}

/// A line is hit exactly from so far on either side.
const LINE_REACH: f32 = 3.0;

/// The style of a text.
#[derive(Clone, Copy)]
pub(super) struct TextStyle {
    pub size: f32,
    pub face: Face,
    pub role: Role,
    pub anchor: Anchor,
}

impl TextStyle {
    pub(super) const fn new(size: f32, face: Face, role: Role) -> Self {
        Self { size, face, role, anchor: Anchor::Start }
    }
    pub(super) const fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }
    pub(super) const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
}

/// Title of a panel.
pub(super) const TITLE: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);
/// Notes under or beside a box.
pub(super) const NOTE: TextStyle = TextStyle::new(12.0, Face::Plain, Role::Muted);
/// The smallest print: axes, cells.
pub(super) const SMALL: TextStyle = TextStyle::new(metrics::SMALLEST, Face::Plain, Role::Muted);
/// Height of a panel's title with the room under it.
pub(super) const TITLE_HEIGHT: f32 = 26.0;

/// The marks, regions and links of a picture while it is laid out.
pub(super) struct PictureBuilder<'a> {
    pub words: &'a Words,
    pub now: Time,
    pub panel: usize,
    pub marks: Vec<Mark>,
    pub regions: Vec<Region>,
    pub links: Links,
    pub dots: Vec<Dot>,
    /// The lines of links that are entities.
    pub lines: Vec<(Entity, Curve)>,
    /// Kinds of things whose nodes wear a handle, as a set of bits.
    pub handles: u64,
}

impl<'a> PictureBuilder<'a> {
    pub(super) fn new(words: &'a Words, now: Time) -> Self {
        let (marks, regions, dots, lines) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { words, now, panel: 0, marks, regions, links: Links::default(), dots, lines, handles: 0 }
    }

    pub(super) fn mark(&mut self, entity: impl Into<Option<Entity>>, form: Form, ink: Ink) {
        self.marks.push(Mark { entity: entity.into(), form, ink });
    }

    pub(super) fn rect(&mut self, entity: impl Into<Option<Entity>>, area: Rect, round: f32, ink: Ink) {
        self.mark(entity, Form::Rect(area, round), ink);
    }

    pub(super) fn path(&mut self, entity: impl Into<Option<Entity>>, points: &[Point], ink: Ink) {
        self.mark(entity, Form::Path(points.to_vec()), ink);
    }

    pub(super) fn curve(&mut self, entity: impl Into<Option<Entity>>, curve: &Curve, ink: Ink) {
        self.mark(entity, Form::Curve(curve.points), ink);
    }

    /// Adds a text, shortened to `room`; nothing if not even a letter fits.
    pub(super) fn text(
        &mut self,
        entity: impl Into<Option<Entity>>,
        place: Point,
        room: f32,
        text: &str,
        set: TextStyle,
    ) {
        let fitted = metrics::fit(text, set.size, set.face, room);
        if fitted.is_empty() {
            return;
        }
        let full = (fitted != text).then(|| text.to_owned());
        let TextStyle { size, face, role, anchor } = set;
        let text = Text { at: place, text: fitted.into_owned(), full, size, face, anchor };
        self.mark(entity, Form::Text(text), Ink::fill(role));
    }

    /// A name in the middle of a box, set smaller where it would be cut.
    pub(super) fn name(
        &mut self,
        entity: impl Into<Option<Entity>>,
        middle: Point,
        room: f32,
        name: &str,
        set: TextStyle,
    ) {
        let fits = metrics::width(name, set.size, set.face) <= room;
        let size = if fits { set.size } else { metrics::SMALLEST };
        let set = TextStyle { size, anchor: Anchor::Middle, ..set };
        self.text(entity, at(middle.x, middle.y + 4.5), room, name, set);
    }

    /// Sets the full version of the last text, which was shortened.
    pub(super) fn last_text_in_full(&mut self, full: &str) {
        if let Some(Form::Text(text)) = self.marks.last_mut().map(|mark| &mut mark.form) {
            text.full = Some(full.to_owned());
        }
    }

    pub(super) fn region(&mut self, entity: Entity, area: Rect) {
        self.regions.push(Region { entity, area, panel: self.panel, line: None });
    }

    /// The region of something that is a line within its area.
    pub(super) fn line_region(&mut self, entity: Entity, area: Rect, line: [Point; 2]) {
        self.regions.push(Region { entity, area, panel: self.panel, line: Some(line) });
    }

    pub(super) fn say(&self, label: &Label) -> String {
        self.words.label(label)
    }

    /// A panel's title; the height that it took.
    pub(super) fn title(&mut self, title: &Label, area: Rect) -> f32 {
        let text = self.say(title);
        self.text(None, at(area.x, area.y + TITLE.size), area.w, &text, TITLE);
        TITLE_HEIGHT
    }

    /// A box with the look of its status: background, outline, and a pattern that tells the status without colour.
    pub(super) fn status_box(
        &mut self,
        entity: impl Into<Option<Entity>>,
        area: Rect,
        round: f32,
        state: Status,
        shape: Shape,
    ) {
        let entity = entity.into();
        let ink = match state {
            Status::Normal => Ink::line(Role::Ink, 1.5).on(Role::Raised),
            Status::Quiet => Ink::line(Role::Muted, 1.0).on(Role::Raised),
            Status::Active => Ink::line(Role::Accent, 2.0).on(Role::AccentTint),
            Status::Trouble => Ink::line(Role::Trouble, 2.5).on(Role::TroubleTint),
            Status::Down => Ink::line(Role::Muted, 1.5).on(Role::Soft).dash(Dash::Dashed),
            Status::Draining => Ink::line(Role::Ink, 1.5).on(Role::Raised).dash(Dash::Dashed),
            Status::Warming => Ink::line(Role::Accent, 2.0).on(Role::Raised).dash(Dash::Dotted),
        };
        match state {
            // A quarter full of what is to come.
            Status::Warming => {
                self.outline(entity, area, round, shape, Ink::fill(Role::Raised));
                let filled = Rect::new(area.x, area.bottom() - area.h / 4.0, area.w, area.h / 4.0);
                self.rect(entity, filled, round.min(area.h / 8.0), Ink::fill(Role::AccentTint));
                self.outline(entity, area, round, shape, Ink { fill: None, ..ink });
            }
            Status::Down => {
                self.outline(entity, area, round, shape, ink);
                let inset = area.grow(-4.0);
                let cross = Ink::line(Role::Line, 2.0);
                let (left, right) = (inset.x, inset.right());
                self.path(entity, &[at(left, inset.y), at(right, inset.bottom())], cross);
                self.path(entity, &[at(left, inset.bottom()), at(right, inset.y)], cross);
            }
            Status::Draining => {
                self.outline(entity, area, round, shape, ink);
                // Hatched, sparsely, so that the text on it stays readable.
                let inset = area.grow(-2.0);
                let mut x = inset.x + 6.0;
                while x < inset.right() + inset.h {
                    let down = (x - inset.x).min(inset.h);
                    let up = (x - inset.right()).max(0.0);
                    if down > up {
                        let hatch = Ink::line(Role::Line, 1.0);
                        let ends = [at(x - up, inset.y + up), at(x - down, inset.y + down)];
                        self.path(entity, &ends, hatch);
                    }
                    x += 11.0;
                }
            }
            _ => self.outline(entity, area, round, shape, ink),
        }
    }

    /// The outline of a node, and the few lines that make it what it is.
    fn outline(&mut self, entity: Option<Entity>, area: Rect, round: f32, shape: Shape, ink: Ink) {
        let Rect { x, y, .. } = area;
        let (right, bottom, middle) = (area.right(), area.bottom(), area.centre());
        let line = Ink { fill: None, ..ink };
        match shape {
            Shape::Plain => self.rect(entity, area, round, ink),
            Shape::Client => {
                self.rect(entity, area, round * 0.6, ink);
                let foot = bottom + 5.0;
                self.path(entity, &[at(middle.x, bottom), at(middle.x, foot)], line);
                self.path(entity, &[at(middle.x - 9.0, foot), at(middle.x + 9.0, foot)], line);
            }
            Shape::Balancer => {
                let cut = (area.h / 3.0).min(12.0);
                let points = vec![
                    at(x, middle.y),
                    at(x + cut, y),
                    at(right - cut, y),
                    at(right, middle.y),
                    at(right - cut, bottom),
                    at(x + cut, bottom),
                ];
                self.mark(entity, Form::Area(points), ink);
            }
            Shape::Server => {
                self.rect(entity, area, round * 0.7, ink);
                for n in 0..2 {
                    let light = at(x + 7.0 + 5.0 * n as f32, y + 6.5);
                    self.mark(entity, Form::Circle(light, 1.5), Ink::fill(Role::Muted));
                }
            }
            Shape::Database => {
                // Half ellipses above and below, as a few straight pieces.
                let half = |up: f32, edge: f32| {
                    (0..=12u8).map(move |n| {
                        let across = f32::from(n) / 6.0 - 1.0;
                        let rise = DRUM * libm::sqrtf((1.0 - across * across).max(0.0));
                        at(middle.x + across * area.w / 2.0, edge + up * rise)
                    })
                };
                let top: Vec<Point> = half(-1.0, y + DRUM).collect();
                let below = half(1.0, bottom - DRUM).rev();
                self.mark(entity, Form::Area(top.into_iter().chain(below).collect()), ink);
                self.path(entity, &half(1.0, y + DRUM).collect::<Vec<_>>(), line);
            }
            Shape::Cache => {
                self.rect(entity, area, 3.0, ink);
                for n in 1..6u8 {
                    let pin = x + area.w * f32::from(n) / 6.0;
                    self.path(entity, &[at(pin, y - 4.0), at(pin, y)], line);
                    self.path(entity, &[at(pin, bottom), at(pin, bottom + 4.0)], line);
                }
            }
            Shape::Queue => {
                self.rect(entity, area, 0.0, Ink { width: 0.0, ..ink });
                self.path(entity, &[at(x, y), at(right, y), at(right, bottom), at(x, bottom)], line);
                self.path(entity, &[at(right - 5.0, y + 3.0), at(right - 5.0, bottom - 3.0)], line);
            }
            Shape::Disk => self.rect(entity, area, area.h / 2.0, ink),
        }
    }

    /// Three points in the upper right corner of a node, for those that something can be done to.
    pub(super) fn handle(&mut self, entity: Entity, area: Rect, shape: Shape) {
        if self.handles >> entity.kind.min(63) & 1 == 0 {
            return;
        }
        let (aside, down) = match shape {
            Shape::Balancer => (18.0, 6.5),
            // Below the lid.
            Shape::Database => (7.0, 6.5 + 2.0 * DRUM),
            _ => (7.0, 6.5),
        };
        for n in 0..3u8 {
            let point = at(area.right() - aside - 4.5 * f32::from(n), area.y + down);
            self.mark(entity, Form::Circle(point, 1.4), Ink::fill(Role::Muted));
        }
    }
}

/// How far the lid of a drum rises.
const DRUM: f32 = 4.0;

/// Radius of a status sign.
pub(super) const SIGN: f32 = 4.5;
/// Length of an arrow's head.
pub(super) const ARROW: f32 = 8.0;

impl PictureBuilder<'_> {
    /// The head of an arrow that comes from `from`.
    pub(super) fn arrow_head(
        &mut self,
        entity: impl Into<Option<Entity>>,
        from: Point,
        tip: Point,
        role: Role,
    ) {
        let (dx, dy) = (tip.x - from.x, tip.y - from.y);
        let length = libm::hypotf(dx, dy);
        if length > 0.0 {
            let (x, y) = (dx / length, dy / length);
            let base = at(tip.x - x * ARROW, tip.y - y * ARROW);
            let half = ARROW * 0.42;
            let head =
                vec![tip, at(base.x - y * half, base.y + x * half), at(base.x + y * half, base.y - x * half)];
            self.mark(entity, Form::Area(head), Ink::fill(role));
        }
    }

    /// A tick: done, or as it should be.
    pub(super) fn tick(&mut self, entity: impl Into<Option<Entity>>, Point { x, y }: Point, role: Role) {
        let tick = [at(x, y), at(x + 2.5, y + 3.0), at(x + 7.5, y - 4.5)];
        self.path(entity, &tick, Ink::line(role, 1.5));
    }

    /// A cross that reaches `r` pixels to each side.
    pub(super) fn cross(
        &mut self,
        entity: impl Into<Option<Entity>>,
        Point { x, y }: Point,
        r: f32,
        ink: Ink,
    ) {
        let entity = entity.into();
        self.path(entity, &[at(x - r, y - r), at(x + r, y + r)], ink);
        self.path(entity, &[at(x - r, y + r), at(x + r, y - r)], ink);
    }

    /// The small sign for a status, beside a row or line; each status has its own shape.
    pub(super) fn status_sign(&mut self, entity: Option<Entity>, middle: Point, state: Status) {
        let Point { x, y } = middle;
        let r = SIGN;
        match state {
            Status::Normal | Status::Quiet => {}
            Status::Active => {
                let triangle = vec![at(x - r * 0.6, y - r), at(x + r, y), at(x - r * 0.6, y + r)];
                self.mark(entity, Form::Area(triangle), Ink::fill(Role::Accent));
            }
            Status::Trouble => {
                let diamond = vec![at(x, y - r), at(x + r, y), at(x, y + r), at(x - r, y)];
                self.mark(entity, Form::Area(diamond), Ink::fill(Role::Trouble));
            }
            Status::Down => {
                self.cross(entity, middle, r * 0.8, Ink::line(Role::Ink, 1.75));
            }
            Status::Draining => {
                let bowl = vec![at(x - r, y), at(x + r, y), at(x, y + r)];
                self.mark(entity, Form::Area(bowl), Ink::fill(Role::Ink));
                self.path(entity, &[at(x, y - r), at(x, y)], Ink::line(Role::Ink, 1.5));
            }
            Status::Warming => {
                self.mark(entity, Form::Circle(middle, r - 1.0), Ink::line(Role::Accent, 1.75));
            }
        }
    }
}

/// A link, and a message on it.
pub(super) const fn link_ink(state: Status) -> Ink {
    match state {
        Status::Normal => Ink::line(Role::Muted, 1.0),
        Status::Draining | Status::Warming => Ink::line(Role::Muted, 1.0).dash(Dash::Dashed),
        Status::Quiet => Ink::line(Role::Line, 1.0),
        Status::Active => Ink::line(Role::Accent, 1.5),
        Status::Trouble => Ink::line(Role::Trouble, 2.0).dash(Dash::Dotted),
        Status::Down => Ink::line(Role::Muted, 1.5).dash(Dash::Broken),
    }
}

/// A stretch of time.
pub(super) const fn bar_ink(state: Status) -> Ink {
    match state {
        Status::Normal => Ink::line(Role::Ink, 1.25).on(Role::Raised),
        Status::Quiet => Ink::line(Role::Muted, 1.0).on(Role::Soft),
        Status::Active => Ink::line(Role::Accent, 1.5).on(Role::AccentTint),
        Status::Trouble => Ink::line(Role::Trouble, 2.5).on(Role::TroubleTint),
        Status::Down => Ink::line(Role::Muted, 1.25).on(Role::Soft).dash(Dash::Dashed),
        Status::Draining => Ink::line(Role::Ink, 1.25).on(Role::Raised).dash(Dash::Dashed),
        Status::Warming => Ink::line(Role::Accent, 1.5).on(Role::Raised).dash(Dash::Dotted),
    }
}

/// The colour of a text about something in this state.
pub(super) const fn text_role(state: Status) -> Role {
    match state {
        Status::Quiet | Status::Down => Role::Muted,
        Status::Trouble => Role::Trouble,
        Status::Normal | Status::Active | Status::Draining | Status::Warming => Role::Ink,
    }
}

/// The colour that something small is filled with in this state.
pub(super) const fn fill_role(state: Status) -> Role {
    match state {
        Status::Trouble => Role::Trouble,
        Status::Quiet | Status::Down => Role::Muted,
        Status::Normal | Status::Active | Status::Draining | Status::Warming => Role::Accent,
    }
}
