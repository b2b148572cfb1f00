//! Five replicas in a ring, each linked to all others, and what is done to their links: what the figures of this lesson share.

use crate::lessons::prelude::*;
use crate::parts::net::{Ended, Line, Net, Outgoing};
use crate::scene::{Badge, Tier};
use crate::sim::EntityMap;

/// The names of the links, as in [`PAIRS`].
const LINK_NAMES: &[Cow<'static, str>] = &[
    Cow::Borrowed("a-b"),
    Cow::Borrowed("a-c"),
    Cow::Borrowed("a-d"),
    Cow::Borrowed("a-e"),
    Cow::Borrowed("b-c"),
    Cow::Borrowed("b-d"),
    Cow::Borrowed("b-e"),
    Cow::Borrowed("c-d"),
    Cow::Borrowed("c-e"),
    Cow::Borrowed("d-e"),
];
/// What is kept in the second figure.
const THING_NAMES: &[Cow<'static, str>] =
    &[Cow::Borrowed("account"), Cow::Borrowed("carts"), Cow::Borrowed("likes")];
const PAIRS: [(u32, u32); 10] =
    [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)];

kinds! {
    pub KINDS;
    REPLICA = "replica", Letters;
    CLIENT = "client", Letters;
    OPERATION = "operation", Numbers;
    LINK = "link", Words(LINK_NAMES);
    MESSAGE = "message", Numbers;
    THING = "thing", Words(THING_NAMES);
}

messages! {
    pub MESSAGES;
    a_b(); a_c(); a_d(); a_e(); b_c(); b_d(); b_e(); c_d(); c_e(); d_e();
    account(); carts(); likes();
    badge_refused(refused: u32);
    already_cut(what: Entity); not_cut(what: Entity); nothing_cut();
}

/// How many replicas there are. A client stands near each.
pub const PEERS: u32 = 5;
pub const ANSWERED: EndKind = EndKind(0);
pub const REFUSED: EndKind = EndKind(1);
const ARRIVED: EndKind = EndKind(0);
const LOST: EndKind = EndKind(1);
/// From a client to its replica, or back.
pub const HOP: Span = Span::from_millis(50);
/// How long a refusal is marked.
const FRESH: Span = Span::from_secs(1);

pub const fn replica(n: u32) -> Entity {
    Entity::new(REPLICA, n)
}
pub const fn client(n: u32) -> Entity {
    Entity::new(CLIENT, n)
}

pub const ACTIONS: &[Action] = &[
    Action::new("cut", "Cut", &[LINK, REPLICA]).by_drawing_across(),
    Action::new("join", "Join", &[LINK]),
    Action::new("heal", "Join all links", &[LINK, REPLICA]),
];

choices! {
    /// Which links are cut.
    pub enum Network {
        Whole = "whole", "Whole";
        Two = "two", "AB | CDE";
        Bridge = "bridge", "A via B";
        Alone = "alone", "All alone";
    }
}

/// The replicas' links, and what is written in the messages on them.
#[derive(Clone, Debug)]
pub struct Cluster<L> {
    pub net: Net,
    letters: EntityMap<(u32, u32, L)>,
    /// Of each replica: how many operations of its client were refused, and when the last.
    refused: [(u32, Option<Time>); PEERS as usize],
}

/// A message that has arrived, or was lost.
pub struct Post<L> {
    pub from: u32,
    pub to: u32,
    pub says: L,
    pub lost: bool,
}

impl<L> Cluster<L> {
    pub fn new(delay: Span) -> Self {
        let all: Vec<Entity> = (0..PEERS).map(replica).collect();
        let refused = Default::default();
        Self { net: Net::full(&all, &line(delay)), letters: EntityMap::default(), refused }
    }

    pub fn set_delay(&mut self, delay: Span) {
        self.net.set_lines(&line(delay));
    }

    pub fn set_network<E>(&mut self, network: Network, w: &mut World<E>) {
        let all: Vec<Entity> = (0..PEERS).map(replica).collect();
        match network {
            Network::Whole => self.net.heal(w),
            Network::Two => self.net.partition(&[&all[..2], &all[2..]], w),
            Network::Bridge => {
                self.net.heal(w);
                self.net.cut_all(&[2, 3, 4].map(|to| (all[0], all[to])), w);
            }
            Network::Alone => self.net.partition(&[], w),
        }
    }

    pub fn is_up(&self, a: u32, b: u32) -> bool {
        a == b || self.net.is_up(replica(a), replica(b))
    }

    /// Whom a replica reaches, itself too, in the order of the ring.
    pub fn reached(&self, from: u32) -> impl Iterator<Item = u32> {
        (0..PEERS).filter(move |&to| self.is_up(from, to))
    }

    /// Sends a message on behalf of an operation, if there is one.
    pub fn send<E: Clone>(
        &mut self,
        (from, to): (u32, u32),
        (says, kind): (L, PacketKind),
        of: Option<Entity>,
        w: &mut World<E>,
        event: impl Fn(Entity) -> E,
    ) {
        let message = w.open(MESSAGE, of);
        self.letters.insert(message.n, (from, to, says));
        let out = Outgoing::new(message, replica(from), replica(to)).kind(kind);
        self.net.send(out, w, event(message));
    }

    /// What has become of a message.
    pub fn ended<E>(&mut self, message: Entity, w: &mut World<E>) -> Option<Post<L>> {
        let lost = self.net.ended(message, w)? == Ended::Lost;
        w.close(message, if lost { LOST } else { ARRIVED });
        let (from, to, says) = self.letters.remove(message.n)?;
        Some(Post { from, to, says, lost })
    }

    /// An operation of a replica's client is refused.
    pub fn refuse(&mut self, at: u32, now: Time) {
        let refused = &mut self.refused[at as usize];
        *refused = (refused.0 + 1, Some(now));
    }

    #[cfg(test)]
    pub fn refused_at(&self, n: u32) -> u32 {
        self.refused[n as usize].0
    }

    pub fn act<E>(&mut self, action: usize, on: &[Entity], w: &mut World<E>) -> Result<(), Msg> {
        if let Some(&other) = on.iter().find(|it| it.n >= if it.kind == LINK { 10 } else { PEERS }) {
            return Err(Msg::new("no-such-entity").of("entity", other));
        }
        let ends = |n: u32| PAIRS[n as usize];
        let of = |it: &Entity| match it.kind {
            LINK => vec![ends(it.n)],
            _ => PAIRS.into_iter().filter(|&(a, b)| a == it.n || b == it.n).collect(),
        };
        let links = on.iter().flat_map(of).map(|(a, b)| (replica(a), replica(b)));
        let links: Vec<(Entity, Entity)> = links.collect();
        let any_cut = PAIRS.iter().any(|&(a, b)| !self.is_up(a, b));
        match action {
            0 if self.net.cut_all(&links, w) == 0 => Err(already_cut(on[0])),
            1 if !links.iter().fold(false, |any, &(a, b)| self.net.join(a, b, w) || any) => {
                Err(not_cut(on[0]))
            }
            2 if !any_cut => Err(nothing_cut()),
            2 => {
                self.net.heal(w);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Why an action would be refused now.
    pub fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let cut = |&(a, b): &(u32, u32)| !self.is_up(a, b);
        let own = |&&(a, b): &&(u32, u32)| on.kind == REPLICA && (a == on.n || b == on.n);
        let is_cut = match on.kind {
            LINK => PAIRS.get(on.n as usize).is_some_and(cut),
            _ => PAIRS.iter().filter(own).all(cut),
        };
        match action {
            0 => is_cut.then(|| already_cut(on)),
            1 => (!is_cut).then(|| not_cut(on)),
            _ => (!PAIRS.iter().any(cut)).then(nothing_cut),
        }
    }

    /// The ring. `node` says what stands in each.
    pub fn ring(&self, now: Time, node: impl Fn(u32) -> (Label, Status)) -> Panel {
        let nodes = (0..PEERS).map(|n| {
            let (note, status) = node(n);
            let (refused, at) = self.refused[n as usize];
            let fresh = at.is_some_and(|at| now.since(at) < FRESH);
            let badge = |status| Badge { label: Label::Words(badge_refused(refused)), status };
            Node {
                status: if fresh { Status::Trouble } else { status },
                badge: (refused > 0).then(|| badge(if fresh { Status::Trouble } else { Status::Quiet })),
                shape: Shape::Database,
                ..Node::new(replica(n)).note(note)
            }
        });
        let of = |(n, link): (usize, Link)| link.of(Entity::new(LINK, n as u32));
        let links = self.net.links(now).into_iter().enumerate().map(of).collect();
        let tier = Tier { nodes: nodes.collect() };
        Panel::Flow(Flow { tiers: vec![tier], links, packets: self.net.packets() })
    }

    /// What is to be said of a link or a message.
    pub fn about(&self, entity: Entity, now: Time) -> Option<About> {
        match entity.kind {
            LINK => {
                let (a, b) = *PAIRS.get(entity.n as usize)?;
                Some(About::says(self.net.about_link(replica(a), replica(b))))
            }
            MESSAGE => {
                let says = self.net.about_message(entity, now)?;
                Some(About::says([says]))
            }
            _ => None,
        }
    }
}

/// A long way, and some messages take longer than others.
fn line(delay: Span) -> Line {
    Line::new(Dist::Erlang { stages: 2, mean: delay.secs() })
}
