//! What gets through to the database: who asks and who waits for somebody who does, how it falls over, what is stored.

use super::stage::Stage;
use super::{
    ANSWERED, BehindTheCache, DATABASE, Event, FELL_OVER, FRONT, HOP, NO_ROOM, RENEWAL, REQUEST, W, exists,
};
use crate::lessons::prelude::*;
use crate::mechanism::cache::{Joined, jittered};
use crate::parts::Offer;
use crate::parts::ttl_cache::Entry;

/// What a query takes: of the front page, and on average of any other.
pub(super) const FRONT_QUERY: Span = Span::from_secs(1);
pub(super) const QUERY: f64 = 0.02;
/// With so many waiting the database runs out of memory and falls over, and is back after a while.
pub(super) const MOST_WAITING: u32 = 1_500;
const RESTARTS: Span = Span::from_secs(5);
/// How long a reader waits for what isn't in the cache.
const PATIENCE: Span = Span::from_secs(3);
const WORK: Purpose = Purpose::named("query");
const JITTER: Purpose = Purpose::named("jitter");

messages! {
    pub(super) MESSAGES;
    step_joined(behind: u32); mark_fell(waiting: usize); mark_up();
}

impl BehindTheCache {
    /// A reader needs a page from the database: it asks, or waits for somebody who does.
    pub(super) fn fetch(&mut self, request: Entity, page: u64, w: &mut W) {
        self.journeys.expect(request, PATIENCE, w, Event::GivesUp(request));
        if self.controls.flight {
            match (self.flights.join(page, request.n), self.journeys.carried(request)) {
                (Joined::Waits { behind, .. }, _) => {
                    return w.record_step(request, || (step_joined(behind), None));
                }
                (Joined::Leads { flight }, Some(wish)) => wish.flight = Some(flight),
                _ => {}
            }
        }
        self.journeys.send(request, DATABASE, HOP, w, Event::AtDatabase(request));
    }

    /// One query in the background renews a page.
    pub(super) fn renew(&mut self, page: u64, w: &mut W) {
        if self.queries(page) == Some(&mut 0) {
            let renewal = w.open(RENEWAL, None);
            self.renewals.insert(renewal.n, (page, w.now()));
            self.ask(renewal, w);
        }
    }

    /// How many queries for a page are at the database; none is counted for pages that don't exist.
    fn queries(&mut self, page: u64) -> Option<&mut u32> {
        self.at_database.get_mut(usize::try_from(page).ok()?)
    }

    /// The page that a query is for, and since when.
    fn query(&self, of: Entity) -> Option<(u64, Time)> {
        match of.kind {
            REQUEST => self.journeys.get(of).map(|journey| (journey.carries.page, journey.since)),
            _ => self.renewals.get(of.n).copied(),
        }
    }

    /// A query comes to the database.
    pub(super) fn ask(&mut self, of: Entity, w: &mut W) {
        let (now, Some((page, _))) = (w.now(), self.query(of)) else { return };
        self.asked.record(now);
        let takes = match page {
            FRONT => FRONT_QUERY,
            _ => Dist::Exponential(QUERY).span(&mut w.draws(WORK, of)),
        };
        match self.database.offer(of, takes, w, Event::Queried(of)) {
            Offer::Served | Offer::Queued { .. } => {
                self.queries(page).into_iter().for_each(|queries| *queries += 1);
                self.largest_rush = self.largest_rush.max(self.at_database[FRONT as usize]);
            }
            Offer::Full => self.fall_over(of, w),
            Offer::Down | Offer::Fails => self.finish(of, FELL_OVER, w),
        }
    }

    fn fall_over(&mut self, last: Entity, w: &mut W) {
        w.notable(DATABASE, mark_fell(self.database.waiting().len()));
        self.falls += 1;
        w.schedule(RESTARTS, Event::Restarts);
        self.at_database.fill(0);
        let dropped = self.database.fail(station::Fault::Down, w);
        for of in dropped {
            self.finish(of, FELL_OVER, w);
        }
        self.finish(last, NO_ROOM, w);
    }

    pub(super) fn restart(&mut self, w: &mut W) {
        self.database.restore();
        // Readers are let in anew.
        if let Stage::Ramp(since) = &mut self.stage {
            *since = w.now();
        }
        w.notable(DATABASE, mark_up());
    }

    pub(super) fn queried(&mut self, of: Entity, w: &mut W) {
        self.database.done(of, w);
        let (now, Some((page, asked))) = (w.now(), self.query(of)) else { return };
        self.queries(page).into_iter().for_each(|queries| *queries -= 1);
        self.store(page, now.since(asked), of, w);
        self.finish(of, ANSWERED, w);
    }

    pub(super) fn store(&mut self, page: u64, took: Span, of: Entity, w: &W) {
        if self.stage != Stage::Away && (exists(page) || self.controls.negative) {
            let ttl = jittered(self.controls.ttl, self.controls.jitter, w.draws(JITTER, of).unit());
            self.cache.store(page, Entry { stored: w.now(), ttl, value: took });
        }
    }

    /// What became of a query: whoever waits for it is told.
    fn finish(&mut self, of: Entity, outcome: EndKind, w: &mut W) {
        if of.kind == RENEWAL {
            self.renewals.remove(of.n);
            w.close(of, outcome);
            return;
        }
        let flight = self.journeys.carried(of).and_then(|wish| wish.flight.take());
        let others = flight.and_then(|flight| self.flights.land(flight));
        self.answer(of, outcome, w);
        for other in others.into_iter().flat_map(|landed| landed.waiting) {
            self.answer(Entity::new(REQUEST, other), outcome, w);
        }
    }
}
