//! What is done to the cache: the front page is expired, the cache dies, and comes back to all readers or to more and more.

use super::{BehindTheCache, CACHE, EXPIRE, FRONT, KILL, RESTORE};
use crate::lessons::prelude::*;

/// Readers are let in again over so long.
const RAMP: Span = Span::from_secs(20);
const ADMITS: Purpose = Purpose::named("admitted");

messages! {
    pub(super) MESSAGES;
    mark_expired(); mark_killed(); mark_restored(); no_front_page(); is_away(); is_there();
}

/// Whether the cache is there, and for whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stage {
    Open,
    Away,
    /// Readers are let in since then.
    Ramp(Time),
}

impl BehindTheCache {
    pub(super) fn do_to_cache<E>(&mut self, action: usize, w: &mut World<E>) {
        match action {
            EXPIRE => {
                self.cache.remove(FRONT);
                // What the servers have copied is out of date from now on, and they don't know.
                for copy in self.servers.iter_mut().filter_map(|server| server.get_mut(FRONT)) {
                    copy.value = copy.value.min(w.now());
                }
                w.notable(CACHE, mark_expired());
            }
            KILL => {
                self.stage = Stage::Away;
                self.cache.clear();
                w.notable(CACHE, mark_killed());
            }
            _ => {
                self.stage = if self.controls.ramp { Stage::Ramp(w.now()) } else { Stage::Open };
                w.notable(CACHE, mark_restored());
            }
        }
    }

    pub(super) fn why_not(&self, action: usize) -> Option<Msg> {
        let away = self.stage == Stage::Away;
        match action {
            EXPIRE if self.cache.get(FRONT).is_none() => Some(no_front_page()),
            KILL if away => Some(is_away()),
            RESTORE if !away => Some(is_there()),
            _ => None,
        }
    }

    /// The share of readers who are let in since then; nobody while the database is away.
    pub(super) fn ramp(&self, since: Time, now: Time) -> f64 {
        let away = self.database.fault().is_some();
        if away { 0.0 } else { (now.since(since).secs() / RAMP.secs()).min(1.0) }
    }

    pub(super) fn keeps_out<E>(&self, request: Entity, w: &World<E>) -> bool {
        let Stage::Ramp(since) = self.stage else { return false };
        !w.draws(ADMITS, request).chance(self.ramp(since, w.now()))
    }

    /// Where readers are let in by and by, it ends with all of them.
    pub(super) fn go_on_with_ramp(&mut self, now: Time) {
        if let Stage::Ramp(since) = self.stage
            && self.ramp(since, now) >= 1.0
        {
            self.stage = Stage::Open;
        }
    }
}
