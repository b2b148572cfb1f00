//! What a picture is made of once it has been laid out: marks in CSS pixels, each with colour roles and its entity.

use super::metrics::{self, Face};
use crate::sim::{Entity, clamp};

/// What a colour is for. Which colour it is, the stylesheet says (SVG) or the palette handed to the painter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Structure and text.
    Ink,
    /// Quieter text, and lines that still carry meaning.
    Muted,
    /// Lines that carry none: grids, rules.
    Line,
    /// Ground of a box.
    Raised,
    /// Ground of what stands back.
    Soft,
    /// What flows, what works.
    Accent,
    /// Ground behind the accent.
    AccentTint,
    /// Trouble.
    Trouble,
    /// Ground behind trouble.
    TroubleTint,
    /// A second kind of traffic: what changes something.
    Second,
    /// A third: what is copied from one to another.
    Third,
}

impl Role {
    /// All roles, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Ink,
        Self::Muted,
        Self::Line,
        Self::Raised,
        Self::Soft,
        Self::Accent,
        Self::AccentTint,
        Self::Trouble,
        Self::TroubleTint,
        Self::Second,
        Self::Third,
    ];

    /// Its name in the stylesheet: the custom property is `--accent-tint`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ink => "ink",
            Self::Muted => "muted",
            Self::Line => "line",
            Self::Raised => "raised",
            Self::Soft => "soft",
            Self::Accent => "accent",
            Self::AccentTint => "accent-tint",
            Self::Trouble => "trouble",
            Self::TroubleTint => "trouble-tint",
            Self::Second => "second",
            Self::Third => "third",
        }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    /// Without gaps.
    #[default]
    Solid,
    /// Dashes of five pixels.
    Dashed,
    /// Round dots: trouble.
    Dotted,
    /// Short dashes far apart: cut.
    Broken,
}

impl Dash {
    /// Lengths of dash and gap in CSS pixels; none for a solid line. Dots are dashes of no length with round ends.
    pub const fn pattern(self) -> &'static [f32] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[5.0, 3.5],
            Self::Dotted => &[0.01, 5.0],
            Self::Broken => &[6.0, 9.0],
        }
    }
}

/// How a mark is inked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ink {
    /// Colour inside; of the letters, for a text.
    pub fill: Option<Role>,
    /// Colour of the outline.
    pub line: Option<Role>,
    /// Width of the outline in CSS pixels.
    pub width: f32,
    /// Pattern of the outline.
    pub dash: Dash,
}

impl Ink {
    /// Filled, without an outline.
    pub const fn fill(role: Role) -> Self {
        Self { fill: Some(role), line: None, width: 0.0, dash: Dash::Solid }
    }
    /// Outlined, not filled.
    pub const fn line(role: Role, width: f32) -> Self {
        Self { fill: None, line: Some(role), width, dash: Dash::Solid }
    }
    /// The same, filled as well.
    #[must_use]
    pub const fn on(mut self, role: Role) -> Self {
        self.fill = Some(role);
        self
    }
    /// The same with another pattern of the outline.
    #[must_use]
    pub const fn dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }
}

/// A point in CSS pixels, from the picture's top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// A point.
pub const fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl Rect {
    /// A rectangle by its upper left corner and its size.
    pub const fn new(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self { x, y, w, h }
    }
    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.w
    }
    /// Lower edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.h
    }
    /// Its middle.
    pub fn centre(&self) -> Point {
        at(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }
    /// The same elsewhere.
    #[must_use]
    pub fn shifted(&self, dx: f32, dy: f32) -> Self {
        Self::new(self.x + dx, self.y + dy, self.w, self.h)
    }
    /// The same with `by` more on every side (less, where negative).
    #[must_use]
    pub fn grow(&self, by: f32) -> Self {
        Self::new(self.x - by, self.y - by, (self.w + 2.0 * by).max(0.0), (self.h + 2.0 * by).max(0.0))
    }
    /// Whether the point lies in it or on its edge.
    pub fn contains(&self, p: Point) -> bool {
        p.x >= self.x && p.x <= self.right() && p.y >= self.y && p.y <= self.bottom()
    }
    /// Whether the two share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
    /// Whether `other` lies in it, but for `slack`.
    pub fn encloses(&self, other: &Self, slack: f32) -> bool {
        let all = self.grow(slack);
        all.contains(at(other.x, other.y)) && all.contains(at(other.right(), other.bottom()))
    }
    /// The part of a line that lies in it, from the line's start on.
    pub fn clip(&self, [start, end]: [Point; 2]) -> Option<[Point; 2]> {
        // Liang and Barsky (1984): the shares of the line at which it comes in and goes out, side by side.
        let (dx, dy) = (end.x - start.x, end.y - start.y);
        let (mut enters, mut leaves) = (0.0_f32, 1.0_f32);
        for (step, room) in [
            (-dx, start.x - self.x),
            (dx, self.right() - start.x),
            (-dy, start.y - self.y),
            (dy, self.bottom() - start.y),
        ] {
            if step == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if step < 0.0 {
                enters = enters.max(room / step);
            } else {
                leaves = leaves.min(room / step);
            }
        }
        // Of a line that is very long, rounding could leave a point outside.
        let along = |share: f32| {
            at(
                clamp(start.x + dx * share, self.x, self.right()),
                clamp(start.y + dy * share, self.y, self.bottom()),
            )
        };
        (enters <= leaves).then(|| [along(enters), along(leaves)])
    }
    /// The smallest rectangle that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }
    /// Whether all of it are numbers.
    pub fn is_finite(&self) -> bool {
        self.x.is_finite() && self.y.is_finite() && self.w.is_finite() && self.h.is_finite()
    }
}

/// Which point of a text its place names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A text of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The anchor on the baseline.
    pub at: Point,
    /// What is written, shortened where there was no room.
    pub text: String,
    /// All of it, where it was shortened.
    pub full: Option<String>,
    /// Font size in CSS pixels.
    pub size: f32,
    /// Face.
    pub face: Face,
    /// What `at` is.
    pub anchor: Anchor,
}

impl Text {
    /// The rectangle that the letters stay in.
    pub fn bounds(&self) -> Rect {
        let w = metrics::width(&self.text, self.size, self.face);
        let x = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - w / 2.0,
            Anchor::End => self.at.x - w,
        };
        let (up, down) = (metrics::ASCENT * self.size, metrics::DESCENT * self.size);
        Rect::new(x, self.at.y - up, w, up + down)
    }
}

/// What a mark looks like.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A rectangle with rounded corners of this radius.
    Rect(Rect, f32),
    /// A circle: centre, radius.
    Circle(Point, f32),
    /// A cubic Bézier curve: start, two handles, end.
    Curve([Point; 4]),
    /// Straight lines from point to point.
    Path(Vec<Point>),
    /// The surface within straight lines.
    Area(Vec<Point>),
    /// A text.
    Text(Text),
}

impl Form {
    /// Moves it.
    pub fn shift(&mut self, dx: f32, dy: f32) {
        let shift = |p: &mut Point| *p = at(p.x + dx, p.y + dy);
        match self {
            Self::Rect(rect, _) => *rect = rect.shifted(dx, dy),
            Self::Circle(centre, _) => shift(centre),
            Self::Text(text) => shift(&mut text.at),
            Self::Curve(points) => points.iter_mut().for_each(shift),
            Self::Path(points) | Self::Area(points) => points.iter_mut().for_each(shift),
        }
    }

    /// The rectangle that it stays in, without its outline's width.
    pub fn bounds(&self) -> Rect {
        match self {
            Self::Rect(rect, _) => *rect,
            Self::Circle(c, r) => Rect::new(c.x - r, c.y - r, 2.0 * r, 2.0 * r),
            Self::Text(text) => text.bounds(),
            // A Bézier curve stays within the hull of its four points.
            Self::Curve(points) => hull(points),
            Self::Path(points) | Self::Area(points) => hull(points),
        }
    }
}

/// How far a point is from a straight line with two ends.
pub(super) fn distance_to_line(p: Point, [a, b]: [Point; 2]) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let square = dx * dx + dy * dy;
    let share = if square > 0.0 { ((p.x - a.x) * dx + (p.y - a.y) * dy) / square } else { 0.0 };
    let share = clamp(share, 0.0, 1.0);
    libm::hypotf(a.x + dx * share - p.x, a.y + dy * share - p.y)
}

/// The smallest rectangle that holds all points.
pub(super) fn hull(points: &[Point]) -> Rect {
    let Some(first) = points.first() else { return Rect::default() };
    let start = Rect::new(first.x, first.y, 0.0, 0.0);
    points.iter().fold(start, |all, p| all.union(&Rect::new(p.x, p.y, 0.0, 0.0)))
}

/// One mark of the display list.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// What it is about, if about anything.
    pub entity: Option<Entity>,
    /// Its form.
    pub form: Form,
    /// Its colours.
    pub ink: Ink,
}

#[cfg(test)]
mod tests {
    use super::{Rect, Role, at};

    #[test]
    fn a_line_is_cut_at_the_edges() {
        let area = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert_eq!(area.clip([at(-5.0, 5.0), at(15.0, 5.0)]), Some([at(0.0, 5.0), at(10.0, 5.0)]));
        assert_eq!(area.clip([at(5.0, 5.0), at(5.0, 25.0)]), Some([at(5.0, 5.0), at(5.0, 10.0)]));
        assert_eq!(area.clip([at(2.0, 2.0), at(2.0, 2.0)]), Some([at(2.0, 2.0), at(2.0, 2.0)]));
        assert_eq!(area.clip([at(-5.0, 6.0), at(6.0, 17.0)]), None, "past a corner");
        assert_eq!(area.clip([at(-5.0, 12.0), at(15.0, 12.0)]), None);
        assert_eq!(area.clip([at(20.0, 5.0), at(30.0, 5.0)]), None, "on the same height, but beside it");
        let [_, far] = area.clip([at(5.0, 5.0), at(6.0, 1e25)]).unwrap();
        assert_eq!(far, at(5.0, 10.0), "however long it is");
    }

    #[test]
    fn a_role_stands_at_its_number() {
        assert!(Role::ALL.iter().enumerate().all(|(k, &role)| role as usize == k));
    }
}
