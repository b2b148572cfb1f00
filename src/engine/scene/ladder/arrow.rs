//! A message's arrow: its way through the picture, how far it has come, and what is written beside it.

use super::{BESIDE, Plan};
use crate::scene::builder::{PictureBuilder, fill_role, link_ink, text_role};
use crate::scene::curve::{DOT, Dot};
use crate::scene::mark::{Anchor, Dash, Ink, Point, Rect, Role, at, hull};
use crate::scene::metrics;
use crate::scene::panel::{LadderMessage, Status};
use crate::scene::room::Room;
use crate::sim::Time;

/// Where along a message its label is tried, as shares of its way.
const ALONG: [f32; 7] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];

/// A message's way through the picture.
pub(super) struct Arrow<'a> {
    pub it: &'a LadderMessage,
    /// From the sender to the receiver, as if nothing were cut off.
    whole: [Point; 2],
    /// What lies behind it, within the window.
    pub start: Point,
    pub end: Point,
    /// How far it is, as a share of its way.
    share: f32,
    fate: Fate,
}

/// What has become of a message by now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    UnderWay,
    Arrived,
    Lost,
}

impl<'a> Arrow<'a> {
    /// `None` if it isn't to be seen: it isn't sent yet, is outside the window, or has no two ends.
    pub(super) fn new(it: &'a LadderMessage, plan: &Plan, now: Time) -> Option<Self> {
        let find = |who| plan.ladder.parties.iter().position(|party| party.entity == who);
        let (from, to) = (find(it.from)?, find(it.to)?);
        if from == to || it.sent > now {
            return None;
        }
        let arrives = it.arrives.max(it.sent);
        let (ends, fate) = match fate(it, now) {
            Fate::UnderWay => (now, Fate::UnderWay),
            Fate::Arrived => (arrives, Fate::Arrived),
            Fate::Lost => (it.lost.as_ref()?.at.max(it.sent).min(arrives), Fate::Lost),
        };
        let (a, b) = (plan.x(from), plan.x(to));
        let towards = if a < b { 1.0 } else { -1.0 };
        let place = |party: usize, time: Time, side: f32| {
            at(plan.x(party) + side * plan.inset(party, time), plan.axis.place_anywhere(time))
        };
        let whole = [place(from, it.sent, towards), place(to, arrives, -towards)];
        let took = arrives.since(it.sent).nanos();
        let share = if took == 0 { 1.0 } else { ends.since(it.sent).nanos() as f32 / took as f32 };
        let [start, end] = plan.plot.clip([whole[0], between(whole, share)])?;
        Some(Self { it, whole, start, end, share, fate })
    }

    /// Where it is within the panel.
    pub(super) fn area(&self, plan: &Plan) -> Rect {
        let around = hull(&[self.start, self.end]).grow(3.0);
        let (x, y) = (around.x.max(plan.area.x), around.y.max(plan.area.y));
        let (right, bottom) = (around.right().min(plan.area.right()), around.bottom());
        Rect::new(x, y, right - x, bottom - y)
    }

    /// The point that it has come to, if that is in the window.
    fn tip(&self, plan: &Plan) -> Option<Point> {
        let tip = between(self.whole, self.share);
        plan.plot.grow(0.01).contains(tip).then_some(tip)
    }

    pub(super) fn draw(&self, plan: &Plan, room: &mut Room, builder: &mut PictureBuilder) {
        let (it, entity) = (self.it, self.it.entity);
        let ink = link_ink(it.status);
        builder.path(entity, &[self.start, self.end], ink);
        room.take_line([self.start, self.end]);
        let role = ink.line.unwrap_or(Role::Muted);
        let Some(tip) = self.tip(plan) else { return };
        match self.fate {
            Fate::Arrived => builder.arrow_head(entity, self.whole[0], tip, role),
            Fate::Lost => {
                builder.cross(entity, tip, DOT, Ink::line(Role::Trouble, 2.25));
                room.take(Rect::new(tip.x, tip.y, 0.0, 0.0).grow(DOT));
            }
            Fate::UnderWay => {
                if let Some(rest) = plan.plot.clip([tip, self.whole[1]]) {
                    builder.path(entity, &rest, Ink::line(role, 1.0).dash(Dash::Dashed));
                    room.take_line(rest);
                }
                builder.dots.push(Dot { entity, kind: it.kind, at: tip });
                room.take(Rect::new(tip.x, tip.y, 0.0, 0.0).grow(DOT));
            }
        }
    }

    /// Its label along its way, and why it was lost.
    pub(super) fn write(&self, plan: &Plan, room: &mut Room, builder: &mut PictureBuilder) {
        let it = self.it;
        let text = builder.say(&it.label);
        let set = plan.small.role(match it.status {
            Status::Normal => Role::Ink,
            status => text_role(status),
        });
        let [a, b] = self.whole;
        let half = metrics::width(&text, set.size, set.face) / 2.0;
        // Level text must clear a slope by what the line rises under half of it.
        let clear = half * ((b.y - a.y) / (b.x - a.x)).abs() + 3.0;
        let above = -clear - metrics::DESCENT * set.size;
        let below = clear + metrics::ASCENT * set.size;
        let reach = if self.fate == Fate::Lost { self.share } else { 1.0 };
        let places = [above, below].into_iter().flat_map(|aside| {
            ALONG.into_iter().map(move |share| {
                let p = between([a, b], share * reach);
                (at(p.x, p.y + aside), Anchor::Middle)
            })
        });
        room.write(builder, Some(it.entity), &text, set, places);
        let why = it.lost.as_ref().filter(|_| self.fate == Fate::Lost).and_then(|lost| lost.why.as_ref());
        if let (Some(why), Some(tip)) = (why, self.tip(plan)) {
            let why = builder.say(why);
            let beside = DOT + BESIDE;
            let ahead = if a.x < b.x { (beside, Anchor::Start) } else { (-beside, Anchor::End) };
            let places = [(ahead, 4.0), (ahead, 14.0), ((0.0, Anchor::Middle), 18.0)];
            let places = places.map(|((x, anchor), y)| (at(tip.x + x, tip.y + y), anchor));
            room.write(builder, Some(it.entity), &why, plan.small.role(fill_role(Status::Trouble)), places);
        }
    }
}

/// What has become of a message; of one that is to be lost nothing is known before.
pub fn fate(it: &LadderMessage, now: Time) -> Fate {
    let lost = it.lost.as_ref().map(|lost| lost.at.min(it.arrives));
    match lost {
        Some(at) if at <= now => Fate::Lost,
        None if it.arrives <= now => Fate::Arrived,
        _ => Fate::UnderWay,
    }
}

fn between([a, b]: [Point; 2], share: f32) -> Point {
    at(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
}
