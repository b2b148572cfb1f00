//! What a replica holds of a key, by the rule that its kind of data is under.

use super::heal::{How, Thing};
use crate::mechanism::version_vector::{LastWriteWins, Siblings, Stamp};
use crate::sim::sort::sort_by_key;

/// A value, as the set of operations that are in it: items of a cart, likes of a post, withdrawals from an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Value(pub Vec<u32>);

impl Value {
    pub fn union(&self, other: &Self) -> Self {
        let mut all = [&self.0[..], &other.0].concat();
        sort_by_key(&mut all, |it| *it);
        all.dedup();
        Self(all)
    }
}

/// A key at a replica.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    /// One value with the stamp of a clock: its writer's, or the leader's.
    Stamped(LastWriteWins<Value>),
    Siblings(Siblings<Value>),
    /// Operations add up in any order: a set that only grows, a counter with a count for each replica.
    Merged(Value),
}

impl Held {
    pub fn nothing(how: How) -> Self {
        match how {
            How::Leader | How::Last => Self::Stamped(LastWriteWins::default()),
            How::Siblings => Self::Siblings(Siblings::default()),
            How::Merge => Self::Merged(Value::default()),
        }
    }

    fn versions(&self) -> Vec<&Value> {
        match self {
            Self::Stamped(register) => register.held().map(|(_, value)| value).into_iter().collect(),
            Self::Siblings(siblings) => siblings.versions().iter().map(|it| &it.value).collect(),
            Self::Merged(value) => vec![value],
        }
    }

    /// The value that an application sees here. Of siblings it makes one: carts it can put together, but of two numbers
    /// it takes the one with more in it, for it can't know what both have in common.
    pub fn seen(&self, thing: Thing) -> Value {
        self.versions().into_iter().fold(Value::default(), |seen, value| match thing {
            Thing::Carts => seen.union(value),
            _ if value.0.len() > seen.0.len() => value.clone(),
            _ => seen,
        })
    }

    /// Whether an operation is in anything that is held here.
    pub fn has(&self, operation: u32) -> bool {
        self.versions().iter().any(|value| value.0.contains(&operation))
    }

    /// A client's operation is done to what it sees here.
    pub fn write(&mut self, thing: Thing, operation: u32, stamp: Stamp) {
        let value = self.seen(thing).union(&Value(vec![operation]));
        match self {
            Self::Stamped(register) => _ = register.offer(stamp, value),
            Self::Merged(merged) => *merged = value,
            Self::Siblings(siblings) => {
                let seen = siblings.context();
                siblings.write(stamp.node as usize, &seen, value);
            }
        }
    }

    /// Takes over what another replica holds.
    pub fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Stamped(own), Self::Stamped(other)) => {
                if let Some((stamp, value)) = other.held() {
                    own.offer(*stamp, value.clone());
                }
            }
            (Self::Siblings(own), Self::Siblings(other)) => own.merge(other),
            (Self::Merged(own), Self::Merged(other)) => *own = own.union(other),
            _ => {}
        }
    }
}
