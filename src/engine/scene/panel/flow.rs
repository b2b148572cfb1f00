//! Nodes, links between them, and what is under way on these.

use super::{Label, Status};
use crate::sim::{Entity, Time};
use serde::{Deserialize, Serialize};

/// A flow: nodes in tiers along the direction of requests, left to right where there is room, else downwards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// From where requests come to where they end.
    pub tiers: Vec<Tier>,
    /// Who can send to whom. Both ends are nodes.
    pub links: Vec<Link>,
    /// What is under way on a link at this moment.
    pub packets: Vec<Packet>,
}

impl Flow {
    /// A flow in which every node of a tier leads to all of the next, and no link is worth a remark.
    pub fn through(
        tiers: impl IntoIterator<Item = Vec<Node>>,
        packets: impl Iterator<Item = Packet>,
    ) -> Self {
        let tiers: Vec<Tier> = tiers.into_iter().map(|nodes| Tier { nodes }).collect();
        let mut links = Vec::new();
        for pair in tiers.windows(2) {
            for from in &pair[0].nodes {
                links
                    .extend(pair[1].nodes.iter().map(|to| Link::new(from.entity, to.entity, Status::Normal)));
            }
        }
        Self { tiers, links, packets: packets.collect() }
    }
}

/// Peers: the nodes of a flow in a ring, clockwise from the top, each with straight links to those that it can reach. No
/// queues are drawn; up to eight find room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ring(pub Flow);

/// Nodes beside each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// In order.
    pub nodes: Vec<Node>,
}

/// A node: a client, a balancer, a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Who it is.
    pub entity: Entity,
    /// Its name.
    pub label: Label,
    /// A note of three or four words, if any ('4 × slower').
    pub note: Option<Label>,
    /// Its status.
    pub status: Status,
    /// The queue before it, if it has one.
    pub queue: Option<Slots>,
    /// Its workers, if they are to be seen.
    pub workers: Option<Workers>,
    /// What hangs at it: how many were lost there, and why.
    pub badge: Option<Badge>,
    /// Its silhouette.
    pub shape: Shape,
}

/// The silhouette of a node, by which a picture reads before its names do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// A plain box.
    #[default]
    Plain,
    /// A screen on its stand: whoever asks.
    Client,
    /// A hexagon: whoever passes requests on.
    Balancer,
    /// A box with two lights: whoever works.
    Server,
    /// A drum: whoever keeps data.
    Database,
    /// A chip on its pins: whoever remembers for a while.
    Cache,
    /// A box that is open to one side: whoever keeps work for later.
    Queue,
    /// A box with round ends: where bytes come to rest.
    Disk,
}

impl Shape {
    /// Every silhouette.
    pub const ALL: [Self; 8] = [
        Self::Plain,
        Self::Client,
        Self::Balancer,
        Self::Server,
        Self::Database,
        Self::Cache,
        Self::Queue,
        Self::Disk,
    ];
}

impl Node {
    /// A node with a name and nothing else.
    pub fn new(entity: Entity) -> Self {
        Self {
            entity,
            label: Label::Name(entity),
            note: None,
            status: Status::Normal,
            queue: None,
            workers: None,
            badge: None,
            shape: Shape::Plain,
        }
    }
    /// The same with this silhouette.
    #[must_use]
    pub fn shaped(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }
    /// The same with a note.
    #[must_use]
    pub fn note(self, note: Label) -> Self {
        Self { note: Some(note), ..self }
    }
}

/// A short text that hangs at a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Badge {
    /// What it says, in a few words.
    pub label: Label,
    /// In trouble while that has just happened, quiet after a while.
    pub status: Status,
}

/// A queue with a bound: slots, some of them taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slots {
    /// Who waits, next to be served first. Where more wait than can be drawn, the painter draws a number.
    pub waiting: Vec<Entity>,
    /// How many can wait; `None` without bound.
    pub capacity: Option<u32>,
    /// The queue's status.
    pub status: Status,
}

/// Workers side by side, the first of them busy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workers {
    /// The entity that each busy worker serves, and since when.
    pub busy: Vec<(Entity, Time)>,
    /// How many there are.
    pub total: u32,
}

/// A link from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// One end.
    pub from: Entity,
    /// The other end.
    pub to: Entity,
    /// Its status: a link in trouble is dotted, one that is down is cut in the middle.
    pub status: Status,
    /// What it stands for, where it can be selected and explained as a node can.
    pub entity: Option<Entity>,
}

impl Link {
    /// A link that is only seen.
    pub const fn new(from: Entity, to: Entity, status: Status) -> Self {
        Self { from, to, status, entity: None }
    }

    /// The same, standing for an entity.
    #[must_use]
    pub const fn of(mut self, entity: Entity) -> Self {
        self.entity = Some(entity);
        self
    }
}

/// Something under way from one node to another between two times; its place follows from the scene's time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Packet {
    /// Which request it belongs to.
    pub entity: Entity,
    /// Node it left.
    pub from: Entity,
    /// Node it goes to.
    pub to: Entity,
    /// When it left.
    pub left: Time,
    /// When it arrives.
    pub arrives: Time,
    /// What it is.
    pub kind: PacketKind,
}

/// What travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PacketKind {
    /// A request: a filled disc.
    Request,
    /// An answer: a ring.
    Answer,
    /// A refusal or failure: a cross.
    Failure,
    /// A health check or heartbeat: a small square.
    Probe,
    /// A request that changes something, where others only read: a diamond.
    Write,
    /// What one keeper of data sends another, so that it has it too: a triangle.
    Copy,
}

impl PacketKind {
    /// Every shape.
    pub const ALL: [Self; 6] =
        [Self::Request, Self::Answer, Self::Failure, Self::Probe, Self::Write, Self::Copy];
}
