//! Messages between parties over time.

use super::{Bar, Label, PacketKind, Status};
use crate::sim::{Entity, Span, Time};
use serde::{Deserialize, Serialize};

/// Messages between parties. Time runs downwards, over a window that the model moves along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ladder {
    /// What it shows.
    pub title: Label,
    /// Start of the window shown.
    pub from: Time,
    /// End of the window shown.
    pub until: Time,
    /// How long a step is, where the axis counts steps, from 1, rather than time.
    pub step: Option<Span>,
    /// Left to right. Up to five have room on a phone.
    pub parties: Vec<Party>,
    /// What they send each other. Those not sent yet are not shown, so a model may list what is to come.
    pub messages: Vec<LadderMessage>,
}

/// Somebody who sends and receives: a lifeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Who it is.
    pub entity: Entity,
    /// Its name.
    pub label: Label,
    /// How it fares now.
    pub status: Status,
    /// What it was at, as bars on its lifeline: busy, waiting, down. Not overlapping.
    pub spans: Vec<Bar>,
    /// What happened to it, without a message.
    pub notes: Vec<PartyNote>,
}

/// A moment in a party's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartyNote {
    /// When.
    pub at: Time,
    /// What happened, in two or three words.
    pub label: Label,
    /// Its role.
    pub status: Status,
}

/// A message from one party to another. One that a party sends itself is a note instead and isn't drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LadderMessage {
    /// What it is about.
    pub entity: Entity,
    /// Who sends it.
    pub from: Entity,
    /// Whom it is for.
    pub to: Entity,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would have arrived.
    pub arrives: Time,
    /// Where it ends, if it never arrives. Before that moment nothing tells it from the others.
    pub lost: Option<Loss>,
    /// What it says, in a word or two.
    pub label: Label,
    /// Its shape while it is under way.
    pub kind: PacketKind,
    /// Its role.
    pub status: Status,
}

/// How a message was lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// When: between its sending and its arrival.
    pub at: Time,
    /// Why, in a word or two.
    pub why: Option<Label>,
}
