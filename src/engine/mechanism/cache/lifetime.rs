//! How long an entry lives, and what it may still be used for when it is stale.
//!
//! Source: RFC 9111 (freshness), RFC 5861 (`stale-while-revalidate`, `stale-if-error`).

use crate::sim::Span;

/// How long an entry may be served after it was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lifetime {
    /// Time to live: it is fresh for so long.
    pub ttl: Span,
    /// For so long after that it is served at once while one reader renews it.
    pub stale_while_revalidate: Span,
    /// For so long after the time to live it is served if fetching it anew fails.
    pub stale_if_error: Span,
}

/// What an entry may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// Anything.
    Fresh,
    /// It is served, and renewed meanwhile.
    Revalidate,
    /// It is served if nothing better can be had.
    OnlyIfError,
    /// Nothing.
    Expired,
}

impl Lifetime {
    /// A plain time to live.
    pub fn of(ttl: Span) -> Self {
        Self { ttl, stale_while_revalidate: Span::ZERO, stale_if_error: Span::ZERO }
    }

    /// What an entry of this age may be used for. It is fresh while its age is below its time to live.
    pub fn freshness(self, age: Span) -> Freshness {
        let within = |limit: Span| age.nanos() < self.ttl.nanos().saturating_add(limit.nanos());
        if age < self.ttl {
            Freshness::Fresh
        } else if within(self.stale_while_revalidate) {
            Freshness::Revalidate
        } else if within(self.stale_if_error) {
            Freshness::OnlyIfError
        } else {
            Freshness::Expired
        }
    }
}

/// A time to live with jitter, so that what was stored together doesn't expire together: uniform between
/// `ttl`·(1 − `jitter`) and `ttl`. `jitter` is a share, 0 to 1; `draw` is uniform in [0, 1], one for each entry.
///
/// It only ever shortens, as `ttl` may be a promise of how stale an answer can be.
pub fn jittered(ttl: Span, jitter: f64, draw: f64) -> Span {
    ttl.scale(1.0 - crate::sim::clamp(jitter, 0.0, 1.0) * crate::sim::clamp(draw, 0.0, 1.0))
}
