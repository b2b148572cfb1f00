//! How messages fare on a link, what is sent over it, and what becomes of that.

use crate::scene::{Label, PacketKind};
use crate::sim::{Dist, Entity, Time, clamp};

/// How messages fare on a link: what `tc netem` sets on Linux.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub(super) delay: Dist,
    pub(super) loss: f64,
    pub(super) copies: f64,
    pub(super) in_order: bool,
}

impl Line {
    /// Loses and copies nothing. `delay` is in seconds, each way. Where it varies, later messages can overtake earlier ones.
    pub fn new(delay: Dist) -> Self {
        Self { delay, loss: 0.0, copies: 0.0, in_order: false }
    }
    /// The same, losing this share of the messages (0 to 1), each for itself.
    #[must_use]
    pub fn losing(mut self, share: f64) -> Self {
        self.loss = clamp(share, 0.0, 1.0);
        self
    }
    /// The same, delivering this share of the messages (0 to 1) twice, the copy with a delay of its own.
    #[must_use]
    pub fn copying(mut self, share: f64) -> Self {
        self.copies = clamp(share, 0.0, 1.0);
        self
    }
    /// The same, but what is sent first in a direction arrives first, as on a TCP connection: what would overtake waits.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.in_order = true;
        self
    }
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The message, which has not been sent before.
    pub message: Entity,
    /// Who sends it.
    pub from: Entity,
    /// Whom it is for.
    pub to: Entity,
    /// Its shape in pictures.
    pub kind: PacketKind,
    /// What stands beside it in a ladder.
    pub label: Label,
}

impl Outgoing {
    /// A request, called by its name.
    pub const fn new(message: Entity, from: Entity, to: Entity) -> Self {
        Self { message, from, to, kind: PacketKind::Request, label: Label::Name(message) }
    }
    /// The same of another shape.
    #[must_use]
    pub const fn kind(mut self, kind: PacketKind) -> Self {
        self.kind = kind;
        self
    }
    /// The same with another label.
    #[must_use]
    pub fn label(mut self, label: Label) -> Self {
        self.label = label;
        self
    }
}

/// What is to become of a message that was sent, for models that know everything: a real sender doesn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It arrives then, unless the link is cut before.
    Arrives(Time),
    /// The link is going to lose it.
    Lost,
    /// The link is cut.
    Cut,
    /// There is no link between the two: nothing was sent, and no event comes.
    NoLink,
}

/// What has become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has arrived.
    Arrived {
        /// Where.
        at: Entity,
        /// Who had sent it.
        from: Entity,
    },
    /// A copy of it has arrived, before or after the message itself.
    Again {
        /// Where.
        at: Entity,
        /// Who had sent it.
        from: Entity,
    },
    /// It was lost, or the link was cut.
    Lost,
}
