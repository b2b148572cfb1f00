//! What a model says, without words: an id and its arguments. The sentence is written where the language's catalogue is.

use super::{Entity, Span, Time, Unit};
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
    /// Several such things, the first of which are named.
    Entities(Vec<Entity>),
    /// A text from outside (a log's line, a file's name): shown as text, never as markup.
    Text(String),
    /// The id of a further word in the same catalogue (a policy's name, say).
    Word(Cow<'static, str>),
}

impl From<Entity> for Arg {
    fn from(entity: Entity) -> Self {
        Self::Entity(entity)
    }
}
impl From<Vec<Entity>> for Arg {
    fn from(entities: Vec<Entity>) -> Self {
        Self::Entities(entities)
    }
}
impl From<Span> for Arg {
    fn from(span: Span) -> Self {
        Self::Number(span.secs(), Unit::Time)
    }
}
impl From<Time> for Arg {
    fn from(time: Time) -> Self {
        Self::At(time)
    }
}
impl From<u32> for Arg {
    fn from(count: u32) -> Self {
        Self::Number(count.into(), Unit::Count)
    }
}
impl From<u64> for Arg {
    fn from(count: u64) -> Self {
        Self::Number(count as f64, Unit::Count)
    }
}
impl From<usize> for Arg {
    fn from(count: usize) -> Self {
        Self::Number(count as f64, Unit::Count)
    }
}
/// A number with its unit.
impl From<(f64, Unit)> for Arg {
    fn from((number, unit): (f64, Unit)) -> Self {
        Self::Number(number, unit)
    }
}
/// The id of a further word of the catalogue.
impl From<&'static str> for Arg {
    fn from(id: &'static str) -> Self {
        Self::Word(Cow::Borrowed(id))
    }
}
/// A message without arguments, as a further word.
impl From<Msg> for Arg {
    fn from(word: Msg) -> Self {
        Self::Word(word.id)
    }
}
/// A text from outside.
impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A message that a model can produce: its id and the names of its arguments.
pub type Message = (&'static str, &'static [&'static str]);

/// Declares messages: a function for each, which makes it of typed arguments, and the table of all of them. Words that are
/// looked up by their ids are declared too: the names of single things (`EntityNames::Words`), and a reading's where a chart
/// shows it.
///
/// A message's id is its function's name with hyphens. An argument may be an [`Entity`](crate::sim::Entity) or several (`Vec<Entity>`), a count
/// (`u32`, `u64`, `usize`), a [`Span`](crate::sim::Span), a [`Time`](crate::sim::Time), a number with its unit (`(f64, Unit)`), a
/// further word (`&'static str`, or a message without arguments) or a text from outside (`String`).
///
/// ```
/// use engine::{messages, sim::{Entity, Msg}};
/// messages! {
///     /// What the shop can say.
///     MESSAGES;
///     says_full(server: Entity, waiting: usize, capacity: u32);
///     says_calm();
/// }
/// let shop = Entity::new(1, 0);
/// assert_eq!(says_full(shop, 10, 10), Msg::new("says-full").of("server", shop).count("waiting", 10).count("capacity", 10));
/// assert_eq!(says_calm(), Msg::new("says-calm"));
/// assert_eq!(MESSAGES[0], ("says-full", &["server", "waiting", "capacity"][..]));
/// ```
#[macro_export]
macro_rules! messages {
    ($(#[$meta:meta])* $vis:vis $table:ident; $($name:ident($($arg:ident: $type:ty),* $(,)?);)*) => {
        $(#[$meta])*
        $vis const $table: &[$crate::sim::Message] =
            &[$(($crate::message_id!($name), &[$(stringify!($arg)),*])),*];
        $(
            #[doc = concat!("The message `", stringify!($name), "`.")]
            #[inline(never)]
            $vis fn $name($($arg: $type),*) -> $crate::sim::Msg {
                $crate::sim::Msg::new($crate::message_id!($name))
                    $(.with(stringify!($arg), $crate::sim::Arg::from($arg)))*
            }
        )*
    };
}

/// The id of a message, of its function's name.
#[doc(hidden)]
#[macro_export]
macro_rules! message_id {
    ($name:ident) => {{
        const BYTES: [u8; stringify!($name).len()] = $crate::sim::with_hyphens(stringify!($name));
        const ID: &str = match core::str::from_utf8(&BYTES) {
            Ok(id) => id,
            Err(_) => "",
        };
        ID
    }};
}

/// A name's bytes with hyphens in place of underscores.
#[doc(hidden)]
pub const fn with_hyphens<const N: usize>(name: &str) -> [u8; N] {
    let (mut bytes, mut at) = ([0; N], 0);
    while at < N {
        let byte = name.as_bytes()[at];
        bytes[at] = if byte == b'_' { b'-' } else { byte };
        at += 1;
    }
    bytes
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
