//! Five replicas in a ring, each linked to all others and with a client beside it, and what is done to their links: what the
//! figures of this lesson share.

use crate::lessons::prelude::*;
use crate::parts::arrivals::ClosedLoop;
use crate::parts::net::{Ended, Line, Net, Outgoing};
use crate::scene::{Badge, Ring, Tier};
use crate::sim::EntityMap;

macro_rules! names {
    ($($name:literal)*) => { &[$(Cow::Borrowed($name)),*] };
}

/// The names of the links, as in [`PAIRS`], and of what is kept in the second figure.
const LINK_NAMES: &[Cow<'static, str>] = names!("a-b" "a-c" "a-d" "a-e" "b-c" "b-d" "b-e" "c-d" "c-e" "d-e");
const THING_NAMES: &[Cow<'static, str>] = names!("account" "carts" "likes");
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
    CART = "cart", Numbers;
    POST = "post", Numbers;
}

messages! {
    pub MESSAGES;
    a_b(); a_c(); a_d(); a_e(); b_c(); b_d(); b_e(); c_d(); c_e(); d_e();
    account(); carts(); likes();
    badge_refused(refused: u32);
    says_joined(one: Entity, other: Entity);
    already_cut(what: Entity); not_cut(what: Entity); nothing_cut();
}

/// How many replicas there are. A client stands near each.
pub const PEERS: u32 = 5;
pub const ANSWERED: EndKind = EndKind(0);
const REFUSED: EndKind = EndKind(1);
const ARRIVED: EndKind = EndKind(0);
const LOST: EndKind = EndKind(1);
/// From a client to its replica, or back.
const HOP: Span = Span::from_millis(60);

/// What happens in the figures.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// A client asks something.
    Asks(Entity),
    /// Its operation has come to its replica.
    AtReplica(Entity),
    /// A message between replicas has arrived, or is lost.
    Ended(Entity),
    /// A client hears the answer to its operation.
    Told(Entity),
    /// Or has waited for it long enough.
    GivesUp(Entity),
    /// Replicas hand over what others have missed.
    Tick,
}

pub type W = World<Event>;

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

const CUT: usize = 0;
const JOIN: usize = 1;

choices! {
    /// Which links are cut.
    pub enum Network {
        Whole = "whole", "As drawn";
        Two = "two", "AB | CDE";
        Bridge = "bridge", "A via B";
    }
}

/// The replicas' links, what is written in the messages on them, and the clients.
#[derive(Clone, Debug)]
pub struct Cluster<L> {
    pub net: Net,
    letters: EntityMap<(u32, u32, L)>,
    pub clients: ClosedLoop,
    /// How many operations of each client were refused.
    pub refused: [u32; PEERS as usize],
}

fn all() -> Vec<Entity> {
    (0..PEERS).map(replica).collect()
}

impl<L> Cluster<L> {
    /// Each client asks so often, if it is answered at once.
    pub fn new(delay: Span, rate: f64, network: Network, w: &mut W) -> Self {
        let clients = ClosedLoop::start(CLIENT, PEERS, Dist::Exponential(1.0 / rate), w, Event::Asks);
        let (net, letters) = (Net::full(&all(), &line(delay)), EntityMap::default());
        let mut it = Self { net, letters, clients, refused: Default::default() };
        it.set_network(network, w);
        it
    }

    pub fn set_network(&mut self, network: Network, w: &mut W) {
        let all = all();
        match network {
            Network::Whole => self.net.heal(w),
            Network::Two => self.net.partition(&[&all[..2], &all[2..]], w),
            Network::Bridge => {
                self.net.heal(w);
                self.net.cut_all(&[2, 3, 4].map(|to| (all[0], all[to])), w);
            }
        }
    }

    /// An operation of a client has ended; the client asks on.
    pub fn ends(&mut self, operation: Entity, of: u32, answered: bool, w: &mut W) {
        self.refused[of as usize] += u32::from(!answered);
        w.close(operation, if answered { ANSWERED } else { REFUSED });
        self.clients.answered(client(of), w, Event::Asks);
    }

    pub fn is_up(&self, a: u32, b: u32) -> bool {
        a == b || self.net.is_up(replica(a), replica(b))
    }

    /// Whom a replica reaches, itself too, in the order of the ring.
    pub fn reached(&self, from: u32) -> impl Iterator<Item = u32> {
        (0..PEERS).filter(move |&to| self.is_up(from, to))
    }

    /// Sends a message on behalf of an operation, if there is one.
    pub fn send(&mut self, ends: (u32, u32), says: (L, PacketKind), of: Option<Entity>, w: &mut W) {
        let ((from, to), (says, kind)) = (ends, says);
        let message = w.open(MESSAGE, of);
        self.letters.insert(message.n, (from, to, says));
        let out = Outgoing::new(message, replica(from), replica(to)).kind(kind);
        self.net.send(out, w, Event::Ended(message));
    }

    /// A message has arrived, or is lost, which the last value says: between whom, and what was in it.
    pub fn ended(&mut self, message: Entity, w: &mut W) -> Option<((u32, u32), L, bool)> {
        let lost = self.net.ended(message, w)? == Ended::Lost;
        w.close(message, if lost { LOST } else { ARRIVED });
        let (from, to, says) = self.letters.remove(message.n)?;
        Some(((from, to), says, lost))
    }

    /// The links that an action on this is about: itself, or all of a replica.
    fn links_of(on: Entity) -> Vec<(Entity, Entity)> {
        let all = PAIRS.iter().enumerate();
        let own = all.filter(|&(n, &(a, b))| match on.kind {
            LINK => n == on.n as usize,
            _ => a == on.n || b == on.n,
        });
        own.map(|(_, &(a, b))| (replica(a), replica(b))).collect()
    }

    pub fn act(&mut self, action: usize, on: &[Entity], w: &mut W) -> Result<(), Msg> {
        let refusals = on.iter().map(|&it| self.refusal(action, it));
        if let Some(refusal) = refusals.reduce(Option::and).flatten() {
            return Err(refusal);
        }
        let links: Vec<(Entity, Entity)> = on.iter().copied().flat_map(Self::links_of).collect();
        match action {
            CUT => _ = self.net.cut_all(&links, w),
            JOIN => links.iter().for_each(|&(a, b)| _ = self.net.join(a, b, w)),
            _ => self.net.heal(w),
        }
        Ok(())
    }

    /// Why an action would be refused now.
    pub fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let links = Self::links_of(on);
        let any_up = links.iter().any(|&(a, b)| self.net.is_up(a, b));
        match action {
            CUT => (!any_up).then(|| already_cut(on)),
            JOIN => (any_up || links.is_empty()).then(|| not_cut(on)),
            _ => (links.is_empty() || self.is_whole()).then(nothing_cut),
        }
    }

    /// Every operation that is open waits for something.
    pub fn invariants(&self, waiting: usize, w: &W) -> Result<(), String> {
        self.net.invariants()?;
        let open = w.tally(OPERATION).under_way();
        if open == waiting as u64 { Ok(()) } else { Err(format!("{open} are open and {waiting} wait")) }
    }

    /// Some of the links that join A and B to the others are cut: the first that isn't.
    pub fn still_joined(&self) -> Option<Msg> {
        let joins = PAIRS.iter().filter(|it| it.0 < 2 && it.1 > 1);
        let up: Vec<_> = joins.clone().filter(|it| self.is_up(it.0, it.1)).collect();
        let &&(a, b) = up.first().filter(|_| up.len() < joins.count())?;
        Some(says_joined(replica(a), replica(b)))
    }

    pub fn is_whole(&self) -> bool {
        PAIRS.iter().all(|&(a, b)| self.is_up(a, b))
    }

    /// A replica, with how many operations of its client were refused.
    pub fn node(&self, n: u32) -> Node {
        let refused = self.refused[n as usize];
        let badge = Badge { label: Label::Words(badge_refused(refused)), status: Status::Trouble };
        Node { badge: (refused > 0).then_some(badge), shape: Shape::Database, ..Node::new(replica(n)) }
    }

    /// The replicas, each drawn so, with their links and what is on them.
    pub fn ring(&self, node: impl Fn(u32) -> Node, now: Time) -> Panel {
        let tiers = vec![Tier { nodes: (0..PEERS).map(node).collect() }];
        let links = self.net.links(now).into_iter().zip(0..);
        let links = links.map(|(link, n)| link.of(Entity::new(LINK, n))).collect();
        Panel::Ring(Ring(Flow { tiers, links, packets: self.net.packets() }).into())
    }

    /// What is to be said of a link or a message.
    pub fn about(&self, entity: Entity, now: Time) -> Option<About> {
        match entity.kind {
            LINK => {
                let (a, b) = *PAIRS.get(entity.n as usize)?;
                Some(About::says(self.net.about_link(replica(a), replica(b))))
            }
            MESSAGE => Some(About::says([self.net.about_message(entity, now)?])),
            _ => None,
        }
    }
}

/// A client's operation, which is under way to its replica and is given up after so long.
pub fn begins(patience: Span, w: &mut W) -> Entity {
    let operation = w.open(OPERATION, None);
    w.schedule(HOP, Event::AtReplica(operation));
    w.schedule(patience, Event::GivesUp(operation));
    operation
}

/// A replica has an answer, which is under way to its client.
pub fn answers(operation: Entity, w: &mut W) {
    w.schedule(HOP, Event::Told(operation));
}

/// A long way, and some messages take longer than others.
pub fn line(delay: Span) -> Line {
    Line::new(Dist::Erlang { stages: 2, mean: delay.secs() })
}
