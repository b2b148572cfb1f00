//! What a model says, without words: an id and its arguments. The sentence is written where the language's catalogue is.

use super::{Entity, Time, Unit};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One argument of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Arg {
    /// A number with its unit.
    Number(f64, Unit),
    /// A moment of the run.
    At(Time),
    /// Something with a name of its own.
    Entity(Entity),
    /// A text from outside (a log's line, a file's name): shown as text, never as markup.
    Text(String),
    /// The id of a further word in the same catalogue (a policy's name, say).
    Word(Cow<'static, str>),
}

/// A sentence yet to be worded: the id of its pattern in the catalogue, and what stands in the pattern's places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Msg {
    /// Id of the pattern; kebab-case, permanent.
    pub id: Cow<'static, str>,
    /// Name and value of every place in the pattern.
    pub args: Vec<(Cow<'static, str>, Arg)>,
}

impl Msg {
    /// A message without arguments.
    // A model makes many, rarely: a call is shorter than filling one in.
    #[inline(never)]
    pub const fn new(id: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), args: Vec::new() }
    }
    /// The same with one more argument.
    #[must_use]
    #[inline(never)]
    pub fn with(mut self, name: &'static str, arg: Arg) -> Self {
        self.args.push((Cow::Borrowed(name), arg));
        self
    }
    /// The same with a whole number.
    #[must_use]
    pub fn count(self, name: &'static str, n: u64) -> Self {
        self.with(name, Arg::Number(n as f64, Unit::Count))
    }
    /// The same with a length of time.
    #[must_use]
    pub fn span(self, name: &'static str, span: super::Span) -> Self {
        self.with(name, Arg::Number(span.secs(), Unit::Time))
    }
    /// The same with an entity, which the catalogue calls by its name.
    #[must_use]
    pub fn of(self, name: &'static str, entity: Entity) -> Self {
        self.with(name, Arg::Entity(entity))
    }
    /// The same with a text from outside.
    #[must_use]
    pub fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Arg::Text(text.into()))
    }
    /// The same with a further word of the catalogue.
    #[must_use]
    pub fn word(self, name: &'static str, id: &'static str) -> Self {
        self.with(name, Arg::Word(Cow::Borrowed(id)))
    }
}
