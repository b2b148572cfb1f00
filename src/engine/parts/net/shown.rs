//! What is to be seen and said of a net.

use super::{
    KEPT, Net, Passage, Why, about_arrived, about_link, about_link_cut, about_link_in_order,
    about_link_loses, about_lost, about_lost_to_cut, about_under_way, note_cut, note_lost,
};
use crate::scene::{Label, LadderMessage, Link, Loss, Packet, Status};
use crate::sim::sort::sort_by_key;
use crate::sim::{Entity, Msg, Span, Time, Unit};

/// A link is in trouble for so long after it has lost something.
const TROUBLED: Span = Span::from_secs(1);

impl Net {
    /// The links of a flow: cut ones are down, and one that has just lost something is in trouble.
    pub fn links(&self, now: Time) -> Vec<Link> {
        let link = |wire: &super::Wire| {
            let status = if wire.cut {
                Status::Down
            } else if wire.lost_at.is_some_and(|at| now.since(at) < TROUBLED) {
                Status::Trouble
            } else {
                Status::Normal
            };
            Link::new(wire.ends.0, wire.ends.1, status)
        };
        self.wires.iter().map(link).collect()
    }

    /// What is under way, as packets of a flow.
    pub fn packets(&self) -> Vec<Packet> {
        let packet = |(it, _): &(Passage, _)| Packet {
            entity: it.out.message,
            from: it.out.from,
            to: it.out.to,
            left: it.sent,
            arrives: it.arrives,
            kind: it.out.kind,
        };
        self.under_way.iter().map(packet).collect()
    }

    /// What is under way or has ended since this moment, as messages of a ladder in the order in which they were sent. What
    /// ended longer than ten seconds ago is forgotten.
    pub fn messages(&self, since: Time) -> Vec<LadderMessage> {
        let ended = self.ended.iter().filter(|(at, _)| *at >= since).map(|(_, passage)| passage);
        let all = ended.chain(self.under_way.iter().map(|(passage, _)| passage));
        let mut messages: Vec<LadderMessage> = all.map(message).collect();
        sort_by_key(&mut messages, |it| it.sent);
        messages
    }

    /// What is to be said of a message; `None` if it was never sent or is forgotten.
    pub fn about_message(&self, message: Entity, now: Time) -> Option<Msg> {
        let it = self.passage(message)?;
        let (from, to) = (it.out.from, it.out.to);
        Some(match it.lost {
            Some((at, Why::Cut)) if at <= now => about_lost_to_cut(from, to),
            Some((at, Why::Chance)) if at <= now => {
                about_lost(from, to, (self.wires[it.link].line.loss, Unit::Share))
            }
            None if it.arrives <= now => about_arrived(from, to, it.arrives.since(it.sent)),
            _ => about_under_way(from, to, now.since(it.sent)),
        })
    }

    /// What is to be said of a link; nothing if there is none.
    pub fn about_link(&self, a: Entity, b: Entity) -> Vec<Msg> {
        let Some(wire) = self.find(a, b).map(|link| &self.wires[link]) else { return Vec::new() };
        let counts = wire.counts;
        let mut says = vec![about_link(wire.ends.0, wire.ends.1, counts.sent, counts.arrived, counts.lost)];
        says.extend(wire.cut.then(about_link_cut));
        says.extend((wire.line.loss > 0.0).then(|| about_link_loses((wire.line.loss, Unit::Share))));
        says.extend(wire.line.in_order.then(about_link_in_order));
        says
    }

    /// How long what has ended is kept, which is the longest window of a ladder.
    pub const KEPT: Span = KEPT;
}

fn message(it: &Passage) -> LadderMessage {
    let lost = it.lost.map(|(at, why)| Loss {
        at,
        why: Some(Label::Words(match why {
            Why::Chance => note_lost(),
            Why::Cut => note_cut(),
        })),
    });
    LadderMessage {
        entity: it.out.message,
        from: it.out.from,
        to: it.out.to,
        sent: it.sent,
        arrives: it.arrives,
        lost,
        label: it.out.label.clone(),
        kind: it.out.kind,
        status: Status::Normal,
    }
}
