//! The keys: which server owns each, whether that has a copy of it, and what the last change did to them.

use super::spec::MOST;
use super::{W, key};
use crate::lessons::prelude::*;
use crate::mechanism::balancer::Balancer;
use crate::sim::Draws;
use std::sync::Arc;

pub(super) const KEYS: u32 = 1_000;
const NAME: Purpose = Purpose::named("key-name");

/// Why keys were placed anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// A server went away.
    Left(u32),
    /// A server came back.
    Back(u32),
    /// The tier was made larger or smaller.
    Servers,
    /// Another policy, or other points on the ring.
    Policy,
}

/// What the last change did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moves {
    pub change: Change,
    pub at: Time,
    /// Keys whose server is another one now.
    pub moved: u32,
    /// Those of them that no rule could have spared: their old server has gone, or their new one has come.
    pub least: u32,
}

/// One key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Key {
    /// Its server; none while no server is there.
    pub owner: Option<u8>,
    /// Whether that has it in memory.
    pub held: bool,
    /// Whether the last change moved it.
    pub moved: bool,
    /// Requests for it so far.
    pub asked: u32,
}

/// All keys.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    /// What is hashed: a key's name, as random as names of customers and articles are.
    pub names: Arc<[u64]>,
    pub all: Vec<Key>,
    /// The servers that were there when keys were last placed, a bit each.
    there: u32,
    pub moves: Option<Moves>,
}

impl Keys {
    /// The keys of this run, each in the memory of its server.
    pub fn new(balancer: &mut Balancer, there: u32, w: &W) -> Self {
        let names = (0..KEYS).map(|n| w.draws(NAME, key(n)).bits()).collect();
        let nowhere = Key { owner: None, held: true, moved: false, asked: 0 };
        let mut keys = Self { names, all: vec![nowhere; KEYS as usize], there, moves: None };
        for n in 0..KEYS as usize {
            keys.all[n].owner = owner(balancer, keys.names[n]);
        }
        keys
    }

    /// Asks the balancer for each key's server. Who moves has to be fetched anew.
    pub fn place(&mut self, change: Change, balancer: &mut Balancer, there: u32, now: Time) -> Moves {
        let mut moves = Moves { change, at: now, moved: 0, least: 0 };
        let (gone, come) = (self.there & !there, there & !self.there);
        let among = |owner: Option<u8>, servers: u32| owner.is_some_and(|n| servers >> n & 1 == 1);
        for (it, &name) in self.all.iter_mut().zip(self.names.iter()) {
            let was = core::mem::replace(&mut it.owner, owner(balancer, name));
            it.moved = was != it.owner;
            if it.moved {
                it.held = false;
                moves.moved += 1;
                moves.least += u32::from(among(was, gone) || among(it.owner, come));
            }
        }
        self.there = there;
        self.moves = Some(moves);
        moves
    }

    /// Keys of each server, and those of them that it holds.
    pub fn count(&self) -> [(u32, u32); MOST as usize] {
        let mut counts = [(0, 0); MOST as usize];
        for it in &self.all {
            if let Some(n) = it.owner {
                let count = &mut counts[usize::from(n)];
                *count = (count.0 + 1, count.1 + u32::from(it.held));
            }
        }
        counts
    }
}

/// Where the balancer sends requests for a key of this name.
pub(super) fn owner(balancer: &mut Balancer, name: u64) -> Option<u8> {
    // The hashes draw nothing.
    let mut unused = Draws::new(0, NAME, Entity::new(0, 0));
    balancer.pick(Time::ZERO, name, 0, &mut unused).map(|decision| decision.server as u8)
}
