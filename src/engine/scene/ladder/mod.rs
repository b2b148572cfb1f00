//! The ladder panel: who sent whom what, and when. Parties are lifelines, time runs downwards, and each message is an arrow
//! that slopes from the moment it was sent to the moment it arrived.

mod arrow;

use super::builder::{NOTE, PictureBuilder, SIGN, SMALL, TextStyle, bar_ink, text_role};
use super::mark::{Anchor, Form, Ink, Point, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Bar, Ladder, LadderMessage, Party, PartyNote, Shape, Status};
use super::room::Room;
use super::time_axis::{TimeAxis, moment_text};
use crate::sim::sort::sort_by_key;
use crate::sim::{Entity, Span, Time, clamp};
use arrow::Arrow;
pub(super) use arrow::{Fate, fate};

/// From this width on there is room for larger heads and print.
const WIDE: f32 = 560.0;
/// Height of the time shown: taller where arrows are short, because there they are steep.
const TALL: [f32; 2] = [360.0, 320.0];
/// Room for the times at the left side.
const GUTTER: [f32; 2] = [48.0, 58.0];
/// Widest head, with the name of a party.
const HEAD: [f32; 2] = [92.0, 128.0];
const HEAD_HEIGHT: f32 = 30.0;
/// Lifelines are at most so far apart, so that arrows don't lose their slope.
const FARTHEST: f32 = 280.0;
/// Width of a bar on a lifeline.
const BAR: f32 = 10.0;
/// Between a name, note or cross and what it belongs to.
const BESIDE: f32 = 5.0;
const NAME: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);

pub(super) fn lay_out(ladder: &Ladder, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&ladder.title, area);
    let plan = Plan::new(ladder, Rect { y: top, ..area });
    let now = builder.now;
    let mut room = Room::new(plan.plot);
    times(&plan, &mut room, builder);
    for k in 0..ladder.parties.len() {
        let life = plan.lifeline(k);
        builder.path(ladder.parties[k].entity, &life, Ink::line(Role::Muted, 1.0));
        room.take_line(life);
    }
    let mut regions = Vec::new();
    for (k, party) in ladder.parties.iter().enumerate() {
        head(party, plan.head(k), builder);
        spans(&plan, k, &mut room, &mut regions, builder);
    }
    let mut messages: Vec<&LadderMessage> = ladder.messages.iter().collect();
    sort_by_key(&mut messages, |it| it.sent);
    let arrows: Vec<Arrow> = messages.into_iter().filter_map(|it| Arrow::new(it, &plan, now)).collect();
    for arrow in &arrows {
        arrow.draw(&plan, &mut room, builder);
        regions.push((arrow.it.sent, arrow.it.entity, arrow.area(&plan), Some([arrow.start, arrow.end])));
    }
    for (k, party) in ladder.parties.iter().enumerate() {
        for note in party.notes.iter().filter(|note| plan.shows(note, now)) {
            let middle = at(plan.x(k), plan.axis.place(note.at));
            dot(party.entity, middle, note.status, builder);
            room.take(Rect::new(middle.x, middle.y, 0.0, 0.0).grow(SIGN));
        }
    }
    for arrow in &arrows {
        arrow.write(&plan, &mut room, builder);
    }
    for (k, party) in ladder.parties.iter().enumerate() {
        beside_lifeline(party, k, &plan, &mut room, builder);
    }
    // In the order of time, whoever took part.
    sort_by_key(&mut regions, |region| region.0);
    for (_, entity, place, line) in regions {
        match line {
            Some(line) => builder.line_region(entity, place, line),
            None => builder.region(entity, place),
        }
    }
    plan.plot.bottom() + 8.0 - area.y
}

/// What is said of the regions of messages and spans until they are in order.
type TimedRegion = (Time, Entity, Rect, Option<[Point; 2]>);

/// Where everything stands.
struct Plan<'a> {
    ladder: &'a Ladder,
    /// All below the title, and of it what lies under the heads and beside the times.
    area: Rect,
    plot: Rect,
    axis: TimeAxis,
    /// Middle of the first lifeline, and from each to the next.
    first: f32,
    apart: f32,
    head: f32,
    small: TextStyle,
}

impl<'a> Plan<'a> {
    fn new(ladder: &'a Ladder, area: Rect) -> Self {
        let wide = usize::from(area.w >= WIDE);
        let gutter = GUTTER[wide];
        let plot = Rect::new(
            area.x + gutter,
            area.y + HEAD_HEIGHT + 6.0,
            (area.w - gutter - 2.0).max(1.0),
            TALL[wide],
        );
        let parties = ladder.parties.len().max(1) as f32;
        let head = clamp(plot.w / parties - 6.0, 14.0, HEAD[wide]);
        let apart = ((plot.w - head) / (parties - 1.0).max(1.0)).min(FARTHEST);
        let axis = TimeAxis { from: ladder.from, until: ladder.until, start: plot.y, length: plot.h };
        let first = plot.centre().x - apart * (parties - 1.0) / 2.0;
        let small = if wide == 1 { NOTE } else { SMALL };
        Self { ladder, area, plot, axis, first, apart, head, small }
    }

    fn x(&self, party: usize) -> f32 {
        self.first + self.apart * party as f32
    }

    fn head(&self, party: usize) -> Rect {
        Rect::new(self.x(party) - self.head / 2.0, self.area.y, self.head, HEAD_HEIGHT)
    }

    fn lifeline(&self, party: usize) -> [Point; 2] {
        let x = self.x(party);
        [at(x, self.area.y + HEAD_HEIGHT), at(x, self.plot.bottom())]
    }

    /// A party's bars, narrower where lifelines are close.
    fn bar(&self) -> f32 {
        BAR.min(self.apart * 0.4)
    }

    /// How far from its lifeline a message begins or ends: at a bar, if the party has one then.
    fn inset(&self, party: usize, time: Time) -> f32 {
        let spans = &self.ladder.parties[party].spans;
        let busy = spans.iter().any(|span| span.from <= time && time <= span.until);
        if busy { self.bar() / 2.0 + 1.0 } else { 1.0 }
    }

    fn shows(&self, note: &PartyNote, now: Time) -> bool {
        self.axis.shows(note.at) && note.at <= now
    }

    /// The sides of a lifeline, first the one that faces no other: where a text begins, and how it is anchored.
    fn sides(&self, party: usize, beside: f32) -> [(f32, Anchor); 2] {
        let right = (self.x(party) + beside, Anchor::Start);
        let left = (self.x(party) - beside, Anchor::End);
        if party == 0 && self.ladder.parties.len() > 1 { [left, right] } else { [right, left] }
    }
}

/// Times at the left side, and now.
fn times(plan: &Plan, room: &mut Room, builder: &mut PictureBuilder) {
    let (plot, axis) = (plan.plot, &plan.axis);
    let write = |builder: &mut PictureBuilder, y: f32, text: &str, set: TextStyle| {
        let gutter = plot.x - plan.area.x - 7.0;
        builder.text(None, at(plot.x - 7.0, y + 4.0), gutter, text, set.anchor(Anchor::End));
    };
    builder.path(None, &[at(plot.x, plot.y), at(plot.x, plot.bottom())], Ink::line(Role::Line, 1.0));
    let now = axis.shows(builder.now).then(|| axis.place(builder.now));
    let one = plan.ladder.step;
    let step = axis.tick_step(one, (40.0, 40.0));
    for (time, y) in axis.ticks(step) {
        // Steps are counted from 1, and the number of one stands at its middle.
        let y = match one {
            Some(_) if time == axis.from => continue,
            Some(one) => axis.place(time.back(Span::from_nanos(one.nanos() / 2))),
            None => y,
        };
        builder.path(None, &[at(plot.x - 4.0, y), at(plot.x, y)], Ink::line(Role::Muted, 1.0));
        if now.is_none_or(|now| (now - y).abs() > SMALL.size * metrics::LINE) {
            write(builder, y, &moment_text(time, one, step), SMALL);
        }
    }
    if let Some(y) = now {
        let line = [at(plot.x - 4.0, y), at(plan.plot.right(), y)];
        builder.path(None, &line, Ink::line(Role::Ink, 1.5));
        room.take_line(line);
        let word = builder.words.word("scene-at-now");
        write(builder, y, &word, TextStyle { face: Face::Bold, ..SMALL }.role(Role::Ink));
    }
}

fn head(party: &Party, place: Rect, builder: &mut PictureBuilder) {
    builder.region(party.entity, place);
    builder.status_box(party.entity, place, 7.0, party.status, Shape::Plain);
    let name = builder.say(&party.label);
    builder.name(party.entity, place.centre(), place.w - 8.0, &name, NAME.role(text_role(party.status)));
}

/// The part of a span that is to be seen, as its place on the axis: what has been so far, within the window.
fn seen(span: &Bar, plan: &Plan, now: Time) -> Option<(f32, f32)> {
    let until = span.until.min(now);
    let shown = span.from <= plan.axis.until.min(now) && until >= plan.axis.from;
    shown.then(|| (plan.axis.place(span.from), plan.axis.place(until)))
}

fn spans(
    plan: &Plan,
    k: usize,
    room: &mut Room,
    regions: &mut Vec<TimedRegion>,
    builder: &mut PictureBuilder,
) {
    let (party, now) = (&plan.ladder.parties[k], builder.now);
    for span in &party.spans {
        let Some((start, end)) = seen(span, plan, now) else { continue };
        let w = plan.bar();
        let start = start.min(plan.plot.bottom() - 2.0);
        let place = Rect::new(plan.x(k) - w / 2.0, start, w, (end - start).max(2.0));
        builder.rect(span.entity, place, 2.0_f32.min(place.h / 2.0), bar_ink(span.status));
        room.take(place);
        if span.entity != party.entity {
            regions.push((span.from, span.entity, place, None));
        }
    }
}

/// A moment on a lifeline; what is remarkable has the sign of its status.
fn dot(party: Entity, middle: Point, status: Status, builder: &mut PictureBuilder) {
    match status {
        Status::Normal | Status::Quiet => {
            builder.mark(party, Form::Circle(middle, 3.0), Ink::fill(text_role(status)));
        }
        _ => {
            builder.mark(party, Form::Circle(middle, SIGN + 2.0), Ink::fill(Role::Raised));
            builder.status_sign(Some(party), middle, status);
        }
    }
}

/// What a party's spans and notes say, beside its lifeline.
fn beside_lifeline(party: &Party, k: usize, plan: &Plan, room: &mut Room, builder: &mut PictureBuilder) {
    let now = builder.now;
    for span in &party.spans {
        let Some((start, end)) = seen(span, plan, now) else { continue };
        let set = plan.small.role(text_role(span.status));
        let first = start + metrics::ASCENT * set.size + 2.0;
        let heights = [first, f32::midpoint(start, end) + 4.0, end - 4.0];
        let places = heights
            .into_iter()
            .flat_map(|y| plan.sides(k, plan.bar() / 2.0 + BESIDE).map(|(x, anchor)| (at(x, y), anchor)));
        let text = builder.say(&span.label);
        room.write(builder, Some(span.entity), &text, set, places);
    }
    for note in party.notes.iter().filter(|note| plan.shows(note, now)) {
        let set = plan.small.role(text_role(note.status));
        let y = plan.axis.place(note.at) + 4.0;
        let places = [y, y - 8.0, y + 8.0]
            .into_iter()
            .flat_map(|y| plan.sides(k, SIGN + BESIDE).map(|(x, anchor)| (at(x, y), anchor)));
        let text = builder.say(&note.label);
        room.write(builder, Some(party.entity), &text, set, places);
    }
}
