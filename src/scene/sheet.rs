//! The sheet that panels are laid out on: it collects marks, regions and links, in the order in which they are painted.

use super::curve::{Curve, Links};
use super::mark::{Anchor, Dash, Form, Ink, Mark, Point, Rect, Role, Text, at};
use super::metrics::{self, Face};
use super::panel::{Label, State};
use super::words::Words;
use crate::sim::{Entity, Time};

/// Where an entity is to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Who.
    pub entity: Entity,
    /// Where.
    pub area: Rect,
    /// Number of the scene's panel.
    pub panel: usize,
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub size: f32,
    pub face: Face,
    pub role: Role,
    pub anchor: Anchor,
}

impl Type {
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
pub(super) const TITLE: Type = Type::new(13.0, Face::Bold, Role::Ink);
/// What stands under or beside something.
pub(super) const NOTE: Type = Type::new(12.0, Face::Plain, Role::Muted);
/// The smallest print: axes, cells.
pub(super) const SMALL: Type = Type::new(metrics::SMALLEST, Face::Plain, Role::Muted);
/// Height of a panel's title with the room under it.
pub(super) const TITLE_HEIGHT: f32 = 26.0;

/// Marks, regions and links on their way into a picture.
pub(super) struct Sheet<'a> {
    pub words: &'a Words,
    pub now: Time,
    pub panel: usize,
    pub marks: Vec<Mark>,
    pub regions: Vec<Region>,
    pub links: Links,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(words: &'a Words, now: Time) -> Self {
        Self { words, now, panel: 0, marks: Vec::new(), regions: Vec::new(), links: Links::default() }
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

    pub(super) fn curve(&mut self, curve: &Curve, ink: Ink) {
        self.mark(None, Form::Curve(curve.points), ink);
    }

    /// Writes a text, shortened to `room`. Nothing fits: nothing is written.
    pub(super) fn text(
        &mut self,
        entity: impl Into<Option<Entity>>,
        place: Point,
        room: f32,
        text: &str,
        set: Type,
    ) {
        let fitted = metrics::fit(text, set.size, set.face, room);
        if fitted.is_empty() {
            return;
        }
        let full = (fitted != text).then(|| text.to_owned());
        let Type { size, face, role, anchor } = set;
        let text = Text { at: place, text: fitted.into_owned(), full, size, face, anchor };
        self.mark(entity, Form::Text(text), Ink::fill(role));
    }

    /// Says what the last text would have been with more room.
    pub(super) fn last_text_in_full(&mut self, full: &str) {
        if let Some(Form::Text(text)) = self.marks.last_mut().map(|mark| &mut mark.form) {
            text.full = Some(full.to_owned());
        }
    }

    pub(super) fn region(&mut self, entity: Entity, area: Rect) {
        self.regions.push(Region { entity, area, panel: self.panel });
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

    /// A box as it looks in its state: ground, outline, and the pattern that tells the state without colour.
    pub(super) fn state_box(&mut self, entity: Entity, area: Rect, round: f32, state: State) {
        let ink = match state {
            State::Normal => Ink::line(Role::Ink, 1.5).on(Role::Raised),
            State::Quiet => Ink::line(Role::Muted, 1.0).on(Role::Raised),
            State::Active => Ink::line(Role::Accent, 2.0).on(Role::AccentTint),
            State::Trouble => Ink::line(Role::Trouble, 2.5).on(Role::TroubleTint),
            State::Down => Ink::line(Role::Muted, 1.5).on(Role::Soft).dash(Dash::Dashed),
            State::Draining => Ink::line(Role::Ink, 1.5).on(Role::Raised).dash(Dash::Dashed),
            State::Warming => Ink::line(Role::Accent, 2.0).on(Role::Raised).dash(Dash::Dotted),
        };
        match state {
            // A quarter full of what is to come.
            State::Warming => {
                self.rect(entity, area, round, Ink::fill(Role::Raised));
                let filled = Rect::new(area.x, area.bottom() - area.h / 4.0, area.w, area.h / 4.0);
                self.rect(entity, filled, round.min(area.h / 8.0), Ink::fill(Role::AccentTint));
                self.rect(entity, area, round, Ink { fill: None, ..ink });
            }
            State::Down => {
                self.rect(entity, area, round, ink);
                let inset = area.grow(-4.0);
                let cross = Ink::line(Role::Line, 2.0);
                let (left, right) = (inset.x, inset.right());
                self.path(entity, &[at(left, inset.y), at(right, inset.bottom())], cross);
                self.path(entity, &[at(left, inset.bottom()), at(right, inset.y)], cross);
            }
            State::Draining => {
                self.rect(entity, area, round, ink);
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
            _ => self.rect(entity, area, round, ink),
        }
    }
}

/// How far a sign reaches from its middle.
pub(super) const SIGN: f32 = 4.5;

impl Sheet<'_> {
    /// The small sign of a state, beside a row or line: told apart by its shape.
    pub(super) fn sign(&mut self, entity: Entity, middle: Point, state: State) {
        let Point { x, y } = middle;
        let r = SIGN;
        match state {
            State::Normal | State::Quiet => {}
            State::Active => {
                let triangle = vec![at(x - r * 0.6, y - r), at(x + r, y), at(x - r * 0.6, y + r)];
                self.mark(entity, Form::Area(triangle), Ink::fill(Role::Accent));
            }
            State::Trouble => {
                let diamond = vec![at(x, y - r), at(x + r, y), at(x, y + r), at(x - r, y)];
                self.mark(entity, Form::Area(diamond), Ink::fill(Role::Trouble));
            }
            State::Down => {
                let (r, ink) = (r * 0.8, Ink::line(Role::Ink, 1.75));
                self.path(entity, &[at(x - r, y - r), at(x + r, y + r)], ink);
                self.path(entity, &[at(x - r, y + r), at(x + r, y - r)], ink);
            }
            State::Draining => {
                let bowl = vec![at(x - r, y), at(x + r, y), at(x, y + r)];
                self.mark(entity, Form::Area(bowl), Ink::fill(Role::Ink));
                self.path(entity, &[at(x, y - r), at(x, y)], Ink::line(Role::Ink, 1.5));
            }
            State::Warming => {
                self.mark(entity, Form::Circle(middle, r - 1.0), Ink::line(Role::Accent, 1.75));
            }
        }
    }
}

/// The colour of a text about something in this state.
pub(super) const fn text_role(state: State) -> Role {
    match state {
        State::Quiet | State::Down => Role::Muted,
        State::Trouble => Role::Trouble,
        State::Normal | State::Active | State::Draining | State::Warming => Role::Ink,
    }
}

/// The colour that something small is filled with in this state.
pub(super) const fn fill_role(state: State) -> Role {
    match state {
        State::Trouble => Role::Trouble,
        State::Quiet | State::Down => Role::Muted,
        State::Normal | State::Active | State::Draining | State::Warming => Role::Accent,
    }
}
