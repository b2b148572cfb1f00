//! What an input carries.

use crate::sim::{Entity, Unit};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Longest text that an input may carry, in bytes.
const TEXT_LIMIT: usize = 4_096;
/// Most entities, places in an order, or assignments that an input may carry.
const LIST_LIMIT: usize = 1_000;

/// The value of a control or of an action's argument.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Nothing: the argument of an action that takes none.
    #[default]
    None,
    /// A number in its unit's base; finite.
    Number(f64),
    /// One of some options, by its id.
    Choice(String),
    /// On or off.
    Flag(bool),
    /// Some entities, in the order in which they were chosen.
    Entities(Vec<Entity>),
    /// An order: the numbers 0..n, each once.
    Order(Vec<u16>),
    /// Which group each of some things is put in (function → module).
    Assignment(Vec<u16>),
    /// A text of at most 4 kB.
    Text(String),
    /// Heights of a curve, evenly over its axis; finite.
    Curve(Vec<f32>),
    /// Some of some things, by their numbers, ascending and each once.
    Several(Vec<u16>),
}

impl Value {
    /// Whether the value is within the limits that hold for every value: finite numbers, bounded lists and texts.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::None | Self::Flag(_) => true,
            Self::Number(n) => n.is_finite(),
            Self::Choice(text) => text.len() <= 64,
            Self::Text(text) => text.len() <= TEXT_LIMIT,
            Self::Entities(list) => list.len() <= LIST_LIMIT,
            Self::Order(list) => {
                let mut seen = vec![false; list.len()];
                let once = |&n: &u16| {
                    seen.get_mut(usize::from(n)).is_some_and(|seen| !core::mem::replace(seen, true))
                };
                list.len() <= LIST_LIMIT && list.iter().all(once)
            }
            Self::Assignment(list) => list.len() <= LIST_LIMIT,
            Self::Several(list) => list.len() <= LIST_LIMIT && list.is_sorted_by(|a, b| a < b),
            Self::Curve(heights) => heights.len() <= LIST_LIMIT && heights.iter().all(|y| y.is_finite()),
        }
    }
}

/// What kind of value an action's argument is, and which are allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ValueKind {
    /// The action takes no argument.
    None,
    /// A number of this unit from the first to the second bound; the third is the one offered.
    Number(Unit, f64, f64, f64),
    /// Entities of a kind, each once, which are chosen in the picture.
    Entities {
        /// The kind.
        kind: u8,
        /// How many at least.
        at_least: u16,
        /// How many at most.
        at_most: u16,
    },
    /// A text of one line with so many characters at most, and the one offered.
    Text(u16, Cow<'static, str>),
}

impl ValueKind {
    /// Whether a value can be the argument.
    pub fn allows(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::None, Value::None) => true,
            (Self::Number(_, min, max, _), Value::Number(n)) => (*min..=*max).contains(n),
            (Self::Entities { kind, at_least, at_most }, Value::Entities(all)) => {
                let twice = |(n, who): (usize, &Entity)| all[..n].contains(who);
                (usize::from(*at_least)..=usize::from(*at_most)).contains(&all.len())
                    && all.iter().all(|who| who.kind == *kind)
                    && !all.iter().enumerate().any(twice)
            }
            (Self::Text(limit, _), Value::Text(text)) => {
                text.chars().count() <= usize::from(*limit) && !text.contains(char::is_control)
            }
            _ => false,
        }
    }
}
