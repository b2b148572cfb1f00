//! A server: a station that may be slower than others, and that is cold when it has just been started.

use super::Event;
use crate::parts::Station;
use crate::sim::{Entity, Span, Time};

/// How many times slower a server is when it has just been started: caches are empty, and code has not been compiled.
const COLD: f64 = 6.0;

/// How far a server has warmed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Warmth {
    /// It has been at work for long.
    Warm,
    /// It was started and has had no request yet: nothing gets warm by itself.
    Cold,
    /// It has been at work since then.
    Since(Time),
}

/// One server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub station: Station<Event>,
    /// How many times slower than the others it works when it is warm.
    pub slower: f64,
    pub warmth: Warmth,
}

impl Server {
    pub fn new(entity: Entity, workers: u32, queue: u32) -> Self {
        Self { station: Station::new(entity, workers, Some(queue)), slower: 1.0, warmth: Warmth::Warm }
    }

    /// How many times slower than the others it works now, if it gets warm, evenly, over this time.
    pub fn slowness(&self, now: Time, warm_up: Span) -> f64 {
        let left = match self.warmth {
            Warmth::Warm => 0.0,
            _ if warm_up == Span::ZERO => 0.0,
            Warmth::Cold => 1.0,
            Warmth::Since(first) => (1.0 - now.since(first).secs() / warm_up.secs()).max(0.0),
        };
        self.slower * (1.0 + (COLD - 1.0) * left)
    }
}
