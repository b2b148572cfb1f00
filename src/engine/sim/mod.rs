//! The kernel: a discrete-event simulation whose run is the same, bit for bit, on every machine.
//!
//! What lives here: time ([`Time`], [`Span`]), the event queue and the [`World`] around it, random streams named by
//! purpose and entity ([`Draws`]), distributions, statistics, and the vocabulary in which a model speaks without words
//! ([`Entity`], [`Msg`], [`Unit`]). What never does: wall time, platform mathematics, hash maps that are iterated,
//! pixels, sentences, or any knowledge of a lesson.
//!
//! Begin with [`World`]: a model schedules events on it and is handed them back in a total order.
//!
//! ```
//! use engine::sim::{Span, Time, World};
//! let mut world: World<&'static str> = World::new(42);
//! world.schedule(Span::from_millis(5), "later");
//! world.schedule(Span::from_millis(1), "sooner");
//! assert_eq!(world.next(Time::MAX), Some("sooner"));
//! assert_eq!(world.now(), Time::from_millis(1));
//! ```

pub mod decimal;
mod distribution;
mod entity;
mod entity_map;
mod gauge;
mod hash;
mod heap;
mod later;
mod logarithm;
mod message;
mod numbering;
mod occupancy;
mod queue;
mod random;
mod seed;
pub mod sort;
pub mod statistics;
mod time;
mod unit;
mod world;

pub use decimal::clamp;
pub use distribution::{Bursts, Dist, DistError, Zipf};
pub use entity::{EndKind, Entity, Tally};
pub use entity_map::EntityMap;
pub use gauge::{Endings, Gauge};
pub use hash::TraceHasher;
pub use message::{Arg, Message, Msg, with_hyphens};
pub use numbering::Numbering;
pub use occupancy::{Occupancy, OfLate};
pub use queue::{EventQueue, Handle};
pub(crate) use random::mix;
pub use random::{Draws, Purpose};
pub use seed::{Seed, SeedError};
pub use time::{Span, Time};
pub use unit::{Unit, UnitError};
pub use world::{Ending, HistoryStep, Notable, World};
