//! State machines.

use super::{Label, Status};
use crate::sim::{Entity, Time};
use serde::{Deserialize, Serialize};

/// A state machine, and the machines of this kind there are: one, or several that are each in a state of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct States {
    /// What it shows.
    pub title: Label,
    /// Two to eight. The first stands at the left or at the top.
    pub states: Vec<MachineState>,
    /// The ways from one to another.
    pub transitions: Vec<Transition>,
    /// Who is in a state. The name of one that is alone isn't written.
    pub tokens: Vec<Token>,
}

/// One state of a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineState {
    /// The entity that it stands for, if it stands for one.
    pub entity: Option<Entity>,
    /// Its name.
    pub label: Label,
    /// Its role. Who is in it says a token.
    pub status: Status,
}

/// A way from one state to another, or back to the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// The entity that it stands for, if it stands for one.
    pub entity: Option<Entity>,
    /// The place of the state that it leaves among the machine's states.
    pub from: usize,
    /// The place of the state that it leads to.
    pub to: usize,
    /// When it is taken, in a word or two.
    pub label: Label,
    /// When it was taken last, for as long as that is to be emphasised.
    pub taken: Option<Time>,
}

/// A machine, in the state that it is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Which machine.
    pub entity: Entity,
    /// The place of its state among the machine's states.
    pub state: usize,
    /// Its name: a letter or a number.
    pub label: Label,
    /// Since when it has been in this state, if that is to be told.
    pub since: Option<Time>,
    /// Its role.
    pub status: Status,
}
