//! Who comes, what they find, and what they get: first at a server, if servers keep copies, then at the cache.

use super::stage::Stage;
use super::{
    ANSWERED, ATTACK, ATTACKERS, BehindTheCache, CACHE, Event, FRONT, FRONT_SHARE, HOP, KEPT_OUT, LOSSES,
    PAGES, READERS, REQUEST, SERVERS, STALE, W, Wish, exists, filter_hash,
};
use crate::lessons::prelude::*;
use crate::mechanism::cache::{Freshness, XFetch};
use crate::parts::ttl_cache::{Entry, TtlCache};

/// Servers that keep copies, how many each, and for how long before they look in the cache anew.
const HOW_MANY: u32 = 10;
const COPIES: u32 = 500;
const COPY_TTL: Span = Span::from_secs(5);
/// A reader who waits longer is slow.
const SLOW: Span = Span::from_millis(200);
const CHOOSES: Purpose = Purpose::named("page");
const INVENTS: Purpose = Purpose::named("no such page");
const SERVER: Purpose = Purpose::named("server");
const EARLY: Purpose = Purpose::named("early");

messages! {
    pub(super) MESSAGES;
    step_hit(left: Span); step_stale(since: Span); step_missed(); step_no_page(); step_early(left: Span);
    step_kept_out(); step_copy();
}

/// How many readers came to their end so far, and to which.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    all: u64,
    lost: u64,
    late: u64,
    pub stale: u64,
}

impl Ends {
    /// What share of those since then were lost, were answered late, and were answered stale.
    pub fn shares_since(self, then: Self) -> Option<[f64; 3]> {
        let all = self.all - then.all;
        let counts = [self.lost - then.lost, self.late - then.late, self.stale - then.stale];
        (all > 0).then(|| counts.map(|count| count as f64 / all as f64))
    }
}

impl BehindTheCache {
    /// The servers' own caches, each with a copy of what the cache has of the most popular pages; none if they keep no copies.
    pub(super) fn copied(&self, now: Time) -> Vec<TtlCache<Time>> {
        let copied = |n: u32| {
            // Each server has copied them at another moment.
            let ttl = COPY_TTL.scale(f64::from(n) / f64::from(HOW_MANY));
            let mut copies = TtlCache::new(COPIES);
            for page in (0..COPIES.into()).rev() {
                if let Some(it) = self.cache.get(page) {
                    copies.store(page, Entry { stored: now, ttl, value: it.expiry() });
                }
            }
            copies
        };
        (1..=HOW_MANY).filter(|_| self.controls.copies).map(copied).collect()
    }

    pub(super) fn begin(&mut self, attack: bool, w: &mut W) {
        let next = Entity::new(REQUEST, w.tally(REQUEST).opened() as u32);
        let mut draws = w.draws(CHOOSES, next);
        let page = match () {
            () if attack => u64::from(PAGES) + (w.draws(INVENTS, next).bits() >> 8),
            () if draws.chance(FRONT_SHARE) => FRONT,
            () => u64::from(self.popularity.sample(&mut draws)) + 1,
        };
        let from = if attack { ATTACKERS } else { READERS };
        let request = self.journeys.begin(Wish { page, attack, flight: None }, from, w);
        let (to, event) = match self.gate() {
            SERVERS => (SERVERS, Event::AtServer(request)),
            _ => (CACHE, Event::AtCache(request)),
        };
        self.journeys.send(request, to, HOP, w, event);
    }

    /// Where requests come in and answers go out.
    fn gate(&self) -> Entity {
        if self.servers.is_empty() { CACHE } else { SERVERS }
    }

    /// The copies of the server that a request is at: any.
    fn copies_for(&mut self, request: Entity, w: &W) -> Option<&mut TtlCache<Time>> {
        let server = w.draws(SERVER, request).below(HOW_MANY);
        self.servers.get_mut(server as usize)
    }

    pub(super) fn at_server(&mut self, request: Entity, w: &mut W) {
        let now = w.now();
        self.journeys.arrive(request, now);
        let Some(page) = self.journeys.get(request).map(|it| it.carries.page) else { return };
        let is_away = self.stage == Stage::Away;
        let Some(copies) = self.copies_for(request, w) else { return self.at_cache(request, w) };
        let found = copies.find(page);
        if let Some(copy) = found.filter(|copy| is_away || now < copy.expiry()) {
            self.copies_used.record(now);
            w.record_step(request, || (step_copy(), None));
            let is_stale = copy.value <= now;
            if is_stale {
                w.record_step(request, || (step_stale(now.since(copy.value)), None));
            }
            return self.send_back(request, if is_stale { STALE } else { ANSWERED }, w);
        }
        if let Some(copy) = found {
            // Until this reader is back the others at its server get the copy that is there.
            copies.store(page, Entry { stored: now, ..copy });
        }
        self.journeys.send(request, CACHE, HOP, w, Event::AtCache(request));
    }

    pub(super) fn at_cache(&mut self, request: Entity, w: &mut W) {
        let now = w.now();
        self.journeys.arrive(request, now);
        let Some(&journeys::Journey { carries: Wish { page, attack, .. }, .. }) = self.journeys.get(request)
        else {
            return;
        };
        if self.keeps_out(request, w) {
            w.record_step(request, || (step_kept_out(), None));
            return self.answer(request, KEPT_OUT, w);
        }
        if self.filter.as_ref().is_some_and(|filter| !filter.contains(filter_hash(page))) {
            w.record_step(request, || (step_no_page(), None));
            return self.answer(request, ANSWERED, w);
        }
        let kept = self.cache.find(page).map(|it| (it, it.freshness(now, self.controls.stale)));
        let found = kept.filter(|(_, is)| matches!(is, Freshness::Fresh | Freshness::Revalidate));
        if !attack {
            self.cache.count(found.is_some(), now);
        }
        let Some((it, freshness)) = found else {
            self.cache.remove(page);
            w.record_step(request, || (step_missed(), None));
            return self.fetch(request, page, w);
        };
        if freshness == Freshness::Revalidate {
            w.record_step(request, || (step_stale(now.since(it.expiry())), None));
            self.answer(request, STALE, w);
            return self.renew(page, w);
        }
        let left = it.expiry().since(now);
        let early = XFetch { delta: it.value, beta: self.controls.early };
        if early.renews(now, it.expiry(), w.draws(EARLY, request).positive_unit()) {
            w.record_step(request, || (step_early(left), None));
            return self.fetch(request, page, w);
        }
        w.record_step(request, || (if exists(page) { step_hit(left) } else { step_no_page() }, None));
        self.answer(request, ANSWERED, w);
    }

    /// The cache or the database has something for a request, and its server keeps a copy of a page.
    pub(super) fn answer(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        let page = self.journeys.get(request).map(|it| it.carries.page).filter(|&page| exists(page));
        if let (Some(page), ANSWERED | STALE) = (page, outcome) {
            let (now, kept) = (w.now(), self.cache.get(page).map(Entry::expiry));
            let value = kept.unwrap_or(now + self.controls.ttl);
            if let Some(copies) = self.copies_for(request, w) {
                copies.store(page, Entry { stored: now, ttl: COPY_TTL, value });
            }
        }
        self.send_back(request, outcome, w);
    }

    fn send_back(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        let Some(journey) = self.journeys.get(request) else { return };
        let (to, outcome) = if journey.carries.attack { (ATTACKERS, ATTACK) } else { (READERS, outcome) };
        if !journey.awaited {
            return self.journeys.forget(request);
        }
        self.journeys.turn_back(request, outcome);
        self.journeys.enter(request, self.gate(), w.now());
        self.journeys.send(request, to, HOP, w, Event::Back(request));
    }

    pub(super) fn back(&mut self, request: Entity, w: &mut W) {
        let late = self
            .journeys
            .get(request)
            .is_some_and(|it| matches!(it.outcome, Some(ANSWERED | STALE)) && w.now().since(it.began) > SLOW);
        self.late += u64::from(late);
        self.journeys.end(request, w);
    }

    /// What became of the readers so far.
    pub fn ends(&self, w: &W) -> Ends {
        let tally = w.tally(REQUEST);
        Ends {
            all: tally.closed_in_all() - tally.closed(ATTACK),
            lost: LOSSES.ends.iter().map(|&end| tally.closed(end)).sum(),
            late: self.late,
            stale: tally.closed(STALE),
        }
    }
}
