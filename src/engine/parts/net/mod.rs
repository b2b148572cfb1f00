//! Links between parties: each with a delay, a share of messages that it loses, and whether it is cut. The wires between
//! servers, a TCP connection's segments, what the nodes of a cluster send each other.
//!
//! A message is an entity that is sent once: an answer, or the same once more, is a message of its own. The figure's event is
//! scheduled for the moment at which the message arrives *or is lost*; [`Net::ended`] then says which. What becomes of a
//! message is drawn from streams of its own, so it fares the same whatever else is sent and whoever sends it.
//!
//! ```
//! use engine::parts::net::{Ended, Line, Net, Outgoing};
//! use engine::scene::PacketKind;
//! use engine::sim::{Dist, EndKind, Entity, Span, Time, World};
//!
//! const MESSAGE: u8 = 0;
//! const CLIENT: Entity = Entity::new(1, 0);
//! const SERVER: Entity = Entity::new(2, 0);
//! const ARRIVED: EndKind = EndKind(0);
//! const LOST: EndKind = EndKind(1);
//!
//! // Events of the figure: a message has arrived or is lost, or a client has waited long enough for its answer.
//! #[derive(Clone, Copy, Hash)]
//! enum Event { Ended(Entity), Timeout }
//!
//! let mut world = World::new(1);
//! let mut net = Net::new(&[(CLIENT, SERVER)], &Line::new(Dist::Fixed(0.05)).losing(0.1));
//!
//! let ping = |net: &mut Net, world: &mut World<Event>| {
//!     let message = world.open(MESSAGE, None);
//!     net.send(Outgoing::new(message, CLIENT, SERVER), world, Event::Ended(message));
//!     world.schedule(Span::from_millis(200), Event::Timeout);
//! };
//! ping(&mut net, &mut world);
//! net.cut(CLIENT, SERVER, &mut world); // What is under way on it is lost.
//! let mut answered = false;
//! while let Some(event) = world.next(Time::from_secs(60)) {
//!     match event {
//!         Event::Timeout if answered => {}
//!         Event::Timeout => {
//!             net.join(CLIENT, SERVER, &mut world);
//!             ping(&mut net, &mut world);
//!         }
//!         Event::Ended(message) => match net.ended(message, &mut world) {
//!             Some(Ended::Arrived { at: SERVER, .. }) => {
//!                 world.close(message, ARRIVED);
//!                 let answer = world.open(MESSAGE, None);
//!                 let outgoing = Outgoing::new(answer, SERVER, CLIENT).kind(PacketKind::Answer);
//!                 net.send(outgoing, &mut world, Event::Ended(answer));
//!             }
//!             Some(Ended::Arrived { .. }) => {
//!                 world.close(message, ARRIVED);
//!                 answered = true;
//!             }
//!             Some(Ended::Lost) => {
//!                 world.close(message, LOST);
//!             }
//!             // A second copy, on a link that makes some.
//!             Some(Ended::Again { .. }) | None => {}
//!         },
//!     }
//!     net.invariants().unwrap();
//! }
//! assert!(answered && world.tally(MESSAGE).closed(LOST) >= 1);
//! ```

mod line;
mod shown;
#[cfg(test)]
mod tests;

pub use line::{Ended, Line, Outgoing, Sent};

use crate::messages;
use crate::sim::{Entity, Handle, Purpose, Span, Time, Unit, World};
use std::collections::VecDeque;

messages! {
    /// What a net says of itself and of what goes through it.
    pub MESSAGES;
    step_left(from: Entity, to: Entity);
    step_arrived(to: Entity, took: Span);
    step_arrived_again(to: Entity);
    step_lost(to: Entity);
    why_lost(share: (f64, Unit));
    why_cut(one: Entity, other: Entity);
    why_in_order(before: Entity);
    mark_lost(from: Entity, to: Entity);
    mark_cut(one: Entity, other: Entity);
    mark_cuts(links: usize);
    mark_joined(one: Entity, other: Entity);
    mark_partition();
    mark_healed();
    note_lost();
    note_cut();
    about_under_way(from: Entity, to: Entity, since: Span);
    about_arrived(from: Entity, to: Entity, took: Span);
    about_lost(from: Entity, to: Entity, share: (f64, Unit));
    about_lost_to_cut(from: Entity, to: Entity);
    about_link(one: Entity, other: Entity, sent: u64, arrived: u64, lost: u64);
    about_link_cut();
    about_link_loses(share: (f64, Unit));
    about_link_in_order();
}

const DELAY: Purpose = Purpose::named("net-delay");
const LOSS: Purpose = Purpose::named("net-loss");
const COPY: Purpose = Purpose::named("net-copy");

/// A loss after so long without one is worth a mark on the time line.
const CALM: Span = Span::from_secs(3);
/// What has ended is kept for so long, for ladders and for what is asked about it.
const KEPT: Span = Span::from_secs(10);
/// And at most so many of them.
const MOST_KEPT: usize = 500;

/// Why a message doesn't arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Chance,
    Cut,
}

/// A message on its way, or after it.
#[derive(Clone, Debug)]
struct Passage {
    out: Outgoing,
    link: usize,
    /// Whether it is a copy that the link has made.
    copy: bool,
    sent: Time,
    /// When it arrives, or would have arrived.
    arrives: Time,
    /// When and why it is lost, if it is.
    lost: Option<(Time, Why)>,
    /// Whether its link kept order when it was sent, and the one before it, if it had to wait for that.
    in_order: bool,
    behind: Option<Entity>,
}

impl Passage {
    fn ends(&self) -> Time {
        self.lost.map_or(self.arrives, |(at, _)| at)
    }
}

/// What a link has carried so far. Every message and every copy is in one of the three, or under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that were sent.
    pub sent: u64,
    /// Copies that the link has made of them.
    pub copies: u64,
    /// What has arrived, copies too.
    pub arrived: u64,
    /// What was lost.
    pub lost: u64,
}

#[derive(Clone, Debug)]
struct Wire {
    ends: (Entity, Entity),
    line: Line,
    cut: bool,
    counts: Counts,
    lost_at: Option<Time>,
    /// The last message that arrives in each direction, and when: what comes after it waits for it.
    last: [Option<(Entity, Time)>; 2],
}

impl Wire {
    fn joins(&self, a: Entity, b: Entity) -> bool {
        self.ends == (a, b) || self.ends == (b, a)
    }

    /// Whether it was cut. What it lost until now is no trouble any more.
    fn join(&mut self) -> bool {
        self.lost_at = self.lost_at.filter(|_| !self.cut);
        core::mem::replace(&mut self.cut, false)
    }
}

/// Parties' links and what is on them. The parties are the figure's; a link carries messages both ways.
#[derive(Clone, Debug)]
pub struct Net {
    wires: Vec<Wire>,
    /// With the handle of the figure's event.
    under_way: Vec<(Passage, Handle)>,
    /// What has ended lately, the latest last.
    ended: VecDeque<(Time, Passage)>,
}

impl Net {
    /// Links between these pairs, all alike.
    pub fn new(links: &[(Entity, Entity)], line: &Line) -> Self {
        let wire = |&ends: &(Entity, Entity)| Wire {
            ends,
            line: line.clone(),
            cut: false,
            counts: Counts::default(),
            lost_at: None,
            last: [None; 2],
        };
        Self { wires: links.iter().map(wire).collect(), under_way: Vec::new(), ended: VecDeque::new() }
    }

    /// Links between any two of these parties, all alike.
    pub fn full(parties: &[Entity], line: &Line) -> Self {
        let pairs = parties.iter().enumerate();
        let pairs: Vec<_> =
            pairs.flat_map(|(k, &one)| parties[k + 1..].iter().map(move |&other| (one, other))).collect();
        Self::new(&pairs, line)
    }

    fn find(&self, a: Entity, b: Entity) -> Option<usize> {
        self.wires.iter().position(|wire| wire.joins(a, b))
    }

    /// What is sent from now on over all links fares like this.
    pub fn set_lines(&mut self, line: &Line) {
        for wire in &mut self.wires {
            wire.line = line.clone();
        }
    }

    /// What is sent from now on over this link fares like this. False if there is no such link.
    pub fn set_line(&mut self, a: Entity, b: Entity, line: Line) -> bool {
        let found = self.find(a, b);
        if let Some(link) = found {
            self.wires[link].line = line;
        }
        found.is_some()
    }

    /// Whether there is a link between the two, and it is not cut.
    pub fn is_up(&self, a: Entity, b: Entity) -> bool {
        self.find(a, b).is_some_and(|link| !self.wires[link].cut)
    }

    /// What a link has carried; `None` if there is no such link.
    pub fn counts(&self, a: Entity, b: Entity) -> Option<Counts> {
        self.find(a, b).map(|link| self.wires[link].counts)
    }

    /// Sends a message. `event` is scheduled for when it arrives or is lost, and once more for a copy; the figure calls
    /// [`Net::ended`] then.
    ///
    /// # Panics
    /// In debug builds, if the same message is sent a second time while the first is still known: it would fare the same.
    pub fn send<E: Clone>(&mut self, out: Outgoing, world: &mut World<E>, event: E) -> Sent {
        let Some(link) = self.find(out.from, out.to) else { return Sent::NoLink };
        debug_assert!(self.passage(out.message).is_none(), "a message is sent once: {:?}", out.message);
        self.forget(world.now());
        let (message, to, now) = (out.message, out.to, world.now());
        world.record_step(message, || (step_left(out.from, to), None));
        let line = self.wires[link].line.clone();
        let mut delays = world.draws(DELAY, message);
        let (first, second) = (line.delay.span(&mut delays), line.delay.span(&mut delays));
        let mut fate = world.draws(LOSS, message);
        // Where on its way it is lost, if it is: somewhere in the middle.
        let (by_chance, place) = (fate.chance(line.loss), 0.3 + 0.4 * fate.unit());
        let why = if self.wires[link].cut { Some(Why::Cut) } else { by_chance.then_some(Why::Chance) };
        let copied = why.is_none() && world.draws(COPY, message).chance(line.copies);

        let passage = |out, copy, delay: Span| {
            let lost = why.map(|why| (now + delay.scale(place), why));
            let (arrives, in_order) = (now + delay, line.in_order);
            Passage { out, link, copy, sent: now, arrives, lost, in_order, behind: None }
        };
        self.wires[link].counts.sent += 1;
        let arrives = self.set_out(passage(out.clone(), false, first), world, event.clone());
        if copied {
            self.wires[link].counts.copies += 1;
            self.set_out(passage(out, true, second), world, event);
        }
        match why {
            None => Sent::Arrives(arrives),
            Some(Why::Chance) => Sent::Lost,
            Some(Why::Cut) => Sent::Cut,
        }
    }

    /// Puts something on its way; when it arrives, if it does.
    fn set_out<E>(&mut self, mut passage: Passage, world: &mut World<E>, event: E) -> Time {
        let wire = &mut self.wires[passage.link];
        if passage.in_order && passage.lost.is_none() {
            let last = &mut wire.last[usize::from(passage.out.from == wire.ends.1)];
            if let Some((before, at)) = last.filter(|(_, at)| *at > passage.arrives) {
                (passage.arrives, passage.behind) = (at, Some(before));
            }
            *last = Some((passage.out.message, passage.arrives));
        }
        let handle = world.schedule_at(passage.ends(), event);
        let arrives = passage.arrives;
        self.under_way.push((passage, handle));
        arrives
    }

    /// What has become of a message: to be called when the event that was handed over happens. `None` if nothing of it was due.
    pub fn ended<E>(&mut self, message: Entity, world: &mut World<E>) -> Option<Ended> {
        let now = world.now();
        let due = |(passage, _): &(Passage, Handle)| passage.out.message == message && passage.ends() <= now;
        let (passage, _) = self.under_way.remove(self.under_way.iter().position(due)?);
        let (link, lost) = (passage.link, passage.lost);
        let Outgoing { from, to, .. } = passage.out;
        let wire = &mut self.wires[link];
        let ended = if let Some((_, why)) = lost {
            wire.counts.lost += 1;
            let calm = wire.lost_at.is_none_or(|before| now.since(before) >= CALM);
            wire.lost_at = Some(now);
            // A copy that is cut off takes nothing from the message.
            if !passage.copy {
                let rule = match why {
                    Why::Chance => why_lost((wire.line.loss, Unit::Share)),
                    Why::Cut => why_cut(wire.ends.0, wire.ends.1),
                };
                world.record_step(message, || (step_lost(to), Some(rule)));
            }
            if calm && why == Why::Chance {
                world.notable(message, mark_lost(from, to));
            }
            if passage.copy { None } else { Some(Ended::Lost) }
        } else {
            wire.counts.arrived += 1;
            world.record_step(message, || {
                let took = now.since(passage.sent);
                let what = if passage.copy { step_arrived_again(to) } else { step_arrived(to, took) };
                (what, passage.behind.map(why_in_order))
            });
            Some(if passage.copy { Ended::Again { at: to, from } } else { Ended::Arrived { at: to, from } })
        };
        self.ended.push_back((now, passage));
        self.forget(now);
        ended
    }

    /// Lets go of what ended long ago.
    fn forget(&mut self, now: Time) {
        while self.ended.len() > MOST_KEPT || self.ended.front().is_some_and(|(at, _)| now.since(*at) > KEPT)
        {
            self.ended.pop_front();
        }
    }

    /// Cuts a link, both ways: what is on it is lost at once, and what is sent on it gets no further. False if there is no such
    /// link, or it is cut already.
    pub fn cut<E>(&mut self, a: Entity, b: Entity, world: &mut World<E>) -> bool {
        let cut = self.find(a, b).is_some_and(|link| self.cut_wire(link, world));
        if cut {
            world.notable(a, mark_cut(a, b));
        }
        cut
    }

    /// Cuts several links at once, which is one mark on the time line. How many of them were whole.
    pub fn cut_all<E>(&mut self, links: &[(Entity, Entity)], world: &mut World<E>) -> usize {
        let wires: Vec<usize> = links.iter().filter_map(|&(a, b)| self.find(a, b)).collect();
        let cut: Vec<usize> = wires.into_iter().filter(|&link| self.cut_wire(link, world)).collect();
        if let Some(&first) = cut.first() {
            let (a, b) = self.wires[first].ends;
            world.notable(a, if cut.len() == 1 { mark_cut(a, b) } else { mark_cuts(cut.len()) });
        }
        cut.len()
    }

    fn cut_wire<E>(&mut self, link: usize, world: &mut World<E>) -> bool {
        if core::mem::replace(&mut self.wires[link].cut, true) {
            return false;
        }
        self.wires[link].last = [None; 2];
        let now = world.now();
        for (passage, handle) in self.under_way.iter_mut().filter(|(passage, _)| passage.link == link) {
            // What was to be lost before is lost where it is: nobody can tell.
            passage.lost = Some((now, Why::Cut));
            if let Some(event) = world.cancel(*handle) {
                *handle = world.schedule_at(now, event);
            }
        }
        true
    }

    /// Joins a link that was cut. False if there is no such link, or it isn't cut.
    pub fn join<E>(&mut self, a: Entity, b: Entity, world: &mut World<E>) -> bool {
        let joined = self.find(a, b).is_some_and(|link| self.wires[link].join());
        if joined {
            world.notable(a, mark_joined(a, b));
        }
        joined
    }

    /// Cuts every link between two of these groups and joins every link within one; who is in no group is a group of its own.
    pub fn partition<E>(&mut self, groups: &[&[Entity]], world: &mut World<E>) {
        let group = |who: Entity| groups.iter().position(|group| group.contains(&who));
        let mut changed = None;
        for link in 0..self.wires.len() {
            let (a, b) = self.wires[link].ends;
            let together = group(a).is_some() && group(a) == group(b);
            let is_changed = if together { self.wires[link].join() } else { self.cut_wire(link, world) };
            if is_changed {
                changed = changed.or(Some(a));
            }
        }
        if let Some(who) = changed {
            world.notable(who, mark_partition());
        }
    }

    /// Joins every link.
    pub fn heal<E>(&mut self, world: &mut World<E>) {
        let mut joined = None;
        for wire in &mut self.wires {
            if wire.join() {
                joined = joined.or(Some(wire.ends.0));
            }
        }
        if let Some(who) = joined {
            world.notable(who, mark_healed());
        }
    }

    /// The message itself, while it is known.
    fn passage(&self, message: Entity) -> Option<&Passage> {
        let all =
            self.under_way.iter().map(|(passage, _)| passage).chain(self.ended.iter().map(|(_, it)| it));
        let mut all = all.filter(|passage| passage.out.message == message && !passage.copy);
        all.next()
    }

    /// Everything that was sent has arrived, is lost or is under way; nothing is under way on a link that is cut but what the
    /// figure is about to hear of; and where order is kept, nothing overtakes.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        for (link, wire) in self.wires.iter().enumerate() {
            let on_it =
                || self.under_way.iter().map(|(passage, _)| passage).filter(move |it| it.link == link);
            let Counts { sent, copies, arrived, lost } = wire.counts;
            let under_way = on_it().count() as u64;
            if sent + copies != arrived + lost + under_way {
                return Err(format!(
                    "{sent} sent and {copies} copied, but {arrived} arrived, {lost} lost, {under_way} under way"
                ));
            }
            if wire.cut && on_it().any(|passage| passage.lost.is_none()) {
                return Err("something is to arrive over a link that is cut".to_owned());
            }
            for from in [wire.ends.0, wire.ends.1] {
                let due: Vec<Time> = on_it()
                    .filter(|it| it.in_order && it.out.from == from && it.lost.is_none())
                    .map(|passage| passage.arrives)
                    .collect();
                if !due.is_sorted() {
                    return Err("something overtakes on a link that keeps order".to_owned());
                }
            }
        }
        Ok(())
    }
}
