//! Pieces of worlds for figures to be made of: where work is done, links between parties, threads and their code.
//!
//! A part is a plain struct that a figure's world owns. It schedules the figure's own events, notes the steps of what goes
//! through it with their reasons, says what is to be seen and said of it, and has invariants of its own. Its sentences are in
//! `lessons/words.toml`. What never lives here: what only one lesson needs.

pub mod arrivals;
pub mod breaker;
pub mod dependency;
pub mod journeys;
pub mod net;
pub mod program;
pub mod station;
pub mod ttl_cache;

pub use arrivals::Arrivals;
pub use dependency::Dependency;
pub use journeys::Journeys;
pub use net::Net;
pub use program::Program;
pub use station::{Offer, Station};
pub use ttl_cache::TtlCache;

use crate::sim::Message;

/// What all parts can say, a table each: a figure lists those of its own.
pub const MESSAGES: &[&[Message]] = &[
    arrivals::MESSAGES,
    breaker::MESSAGES,
    dependency::MESSAGES,
    journeys::MESSAGES,
    net::MESSAGES,
    program::MESSAGES,
    station::MESSAGES,
];
