//! Readers, a cache, and a database that couldn't live without it: three ways in which the load gets through.
//!
//! ```text
//!   readers ──┐             ┌ flights: one fetch for all who want the same page
//!             ├── 10 ms ── cache ── 10 ms ── queue ─ workers of the database (falls over when its queue is full)
//!   attackers ┘             └ filter: keys that exist
//! ```
//!
//! Two in five readers want the front page, whose query takes a second; the others one of 4,999 pages by Zipf's law, 20 ms
//! each. The cache is filled as by a deploy when the run begins. Leaves out: writes, sizes of values, several machines of
//! either kind, retries, a network that loses anything.

use crate::lessons::prelude::*;
use crate::mechanism::cache::{
    Bloom, BloomSize, Freshness, Joined, Lifetime, Lru, SingleFlight, XFetch, jittered,
};
use crate::scene::{Cell, Grid, GridRow};
use crate::sim::decimal::rounded;
use crate::sim::{Draws, EntityMap, Zipf};
use std::collections::BTreeMap;

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    PAGE = "page", Numbers;
    RENEWAL = "renewal", Numbers;
    READERS_KIND = "readers", Only; ATTACKERS_KIND = "attackers", Only;
    CACHE_KIND = "cache", Only; DATABASE_KIND = "database", Only;
    CAUSE = "cause", Words(LOSSES.names);
    FRONT_PAGE = "front-page", Only;
}

losses! {
    LOSSES of CAUSE;
    NO_ROOM = 1, "no-room";
    FELL_OVER = 2, "fell-over";
    GAVE_UP = 3, "gave-up";
    KEPT_OUT = 4, "kept-out";
}

const ANSWERED: EndKind = EndKind(0);
/// Answered with what was out of date.
const STALE: EndKind = EndKind(5);
/// An attacker's request, whatever became of it.
const ATTACK: EndKind = EndKind(6);
const READERS: Entity = Entity::new(READERS_KIND, 0);
const ATTACKERS: Entity = Entity::new(ATTACKERS_KIND, 0);
pub(super) const CACHE: Entity = Entity::new(CACHE_KIND, 0);
const DATABASE: Entity = Entity::new(DATABASE_KIND, 0);
/// From one node to the next.
const HOP: Span = Span::from_millis(10);
/// Readers a second, and the share of them that wants the front page.
pub(super) const LOAD: f64 = 2_500.0;
pub(super) const FRONT_SHARE: f64 = 0.4;
/// Pages in the database; number 0 is the front page. The others are asked for by Zipf's law.
pub(super) const PAGES: u32 = 5_000;
pub(super) const SKEW: f64 = 0.9;
const FRONT: u64 = 0;
/// What a query takes: of the front page, and on average of any other.
const FRONT_QUERY: Span = Span::from_secs(1);
pub(super) const QUERY: f64 = 0.02;
/// With so many waiting the database runs out of memory and falls over, and is back after a while.
const MOST_WAITING: u32 = 1_500;
const RESTARTS: Span = Span::from_secs(5);
/// How long a reader waits for what isn't in the cache.
const PATIENCE: Span = Span::from_secs(3);
/// A reader who waits longer is slow.
const SLOW: Span = Span::from_millis(200);
/// Readers are let in again over so long.
const RAMP: Span = Span::from_secs(10);
/// Pages that are seen one by one.
const SEEN: u32 = 60;
/// A rush of fewer readers is none.
const RUSH: u32 = 20;
const CHOOSES: Purpose = Purpose::named("page");
const INVENTS: Purpose = Purpose::named("no such page");
const WORK: Purpose = Purpose::named("query");
const JITTER: Purpose = Purpose::named("jitter");
const EARLY: Purpose = Purpose::named("early");
const ADMITS: Purpose = Purpose::named("admitted");
const HASH: Purpose = Purpose::named("hash");

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub attack: f64 = Control::number("attack", "Attack", Unit::Rate, (0.0, 5000.0), 100.0, 0.0)
            .help("Requests a second for pages that don’t exist, each for another one.").primary(),
        pub flight: bool = Control::flag("flight", "Single flight", false)
            .help("Of all who miss the same page one asks the database, and the others wait for that answer.").primary(),
        pub jitter: f64 = Control::number("jitter", "Jitter", Unit::Share, (0.0, 1.0), 0.05, 0.0)
            .help("How much shorter an entry may live than the time to live; how much is drawn for each.").primary(),
        pub filter: u32 = Control::number("filter", "Filter, bits a page", Unit::Count, (0.0, 16.0), 1.0, 0.0)
            .help("Size of a Bloom filter of all pages that exist, before the cache; 0 is none.").primary(),
        pub negative: bool = Control::flag("negative", "Remember ‘no such page’", false)
            .help("Keeps in the cache that a page doesn’t exist, as it keeps the pages that do."),
        pub ttl: Span = Control::number("ttl", "Time to live", Unit::Time, (2.0, 120.0), 1.0, 30.0)
            .help("How long an entry is fresh. All were stored when the run began."),
        pub stale: Span = Control::number("stale", "Stale while renewed", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("For so long after its time to live an entry is still served, while one query renews it."),
        pub early: f64 = Control::number("early", "Early renewal, β", Unit::Count, (0.0, 5.0), 0.5, 0.0)
            .help("XFetch: a reader here and there renews an entry before it expires; 0 is nobody."),
        pub places: u32 = Control::log_number("places", "Cache holds", Unit::Count, (100.0, 10_000.0), 2_500.0)
            .help("Entries that the cache can hold; the least recently used goes."),
        pub workers: u32 = Control::number("workers", "Database workers", Unit::Count, (5.0, 60.0), 1.0, 10.0)
            .help("Queries that the database works on at the same time: 50 a second each."),
        pub ramp: bool = Control::flag("ramp", "Let readers in step by step", false)
            .help("When a lost cache is back, all readers come at once; or more and more of them over 10 s, while the others are refused."),
    }
}

impl Default for ControlValues {
    fn default() -> Self {
        Self::from_values(&Self::ALL.iter().map(Control::default).collect::<Vec<_>>())
    }
}

const ACTIONS: &[Action] = &[
    Action::new("expire", "Expire the front page", &[CACHE_KIND]),
    Action::new("kill", "Kill it", &[CACHE_KIND]),
    Action::new("restore", "Bring it back", &[CACHE_KIND]),
];
pub(super) const EXPIRE: usize = 0;
pub(super) const KILL: usize = 1;
pub(super) const RESTORE: usize = 2;

readings! {
    READINGS;
    Reading::new("hits", "hit ratio", Unit::Share, "Share of the readers of the last second whose page was in the cache.");
    Reading::new("asked", "asked of the database", Unit::Rate, "Queries a second, over the last second.");
    Reading::new("waiting", "waiting for it", Unit::Count, "Queries in its queue now. With 1,500 it falls over.").trouble_from(100.0);
    Reading::new("rush", "largest rush", Unit::Count, "The most queries so far that were at the database for the front page at the same time.")
        .so_far().trouble_from(RUSH as f64);
    Reading::new("lost", "readers lost", Unit::Share, "Share of all readers so far who got no answer.").so_far().trouble_from(0.01);
    Reading::new("slow", "slow or lost", Unit::Share, "Share of all readers so far who got no answer within 0.2 s.").so_far().trouble_from(0.03);
    Reading::new("stale", "answered stale", Unit::Share, "Share of all readers so far who got what was out of date.").so_far();
    Reading::new("falls", "times it fell over", Unit::Count, "How often the database has fallen over so far.").so_far().trouble_from(1.0);
}

messages! {
    pub(super) MESSAGES;
    pages_title(); row_pages(); row_places(); note_missing(missing: u32); key_fresh(); key_asked(); key_crowd(); key_gone(); chart_queries(); asked();
    note_hits(hits: (f64, Unit)); note_ramp(share: (f64, Unit));
    says_away(); says_fell(); says_queue(waiting: usize, wait: Span); says_calm(waiting: usize);
    says_hits(hits: (f64, Unit)); says_rush(readers: u32);
    mark_expired(); mark_killed(); mark_restored(); mark_fell(waiting: usize); mark_up();
    no_front_page(); is_away(); is_there();
    step_hit(left: Span); step_stale(since: Span); step_missed(); step_joined(behind: u32); step_filtered(); step_no_page(); step_early(left: Span);
    step_kept_out();
    about_cache(held: u32, missing: u32); about_filter(rate: (f64, Unit)); about_sent(sent: u32);
    about_page(left: Span); about_page_gone(); about_page_asked(queries: u32);
    judge_lost(lost: (f64, Unit), bound: (f64, Unit)); judge_slow(slow: (f64, Unit), bound: (f64, Unit)); judge_stale(stale: (f64, Unit), bound: (f64, Unit));
    judge_falls(falls: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    Attack,
    AtCache(Entity),
    AtDatabase(Entity),
    Queried(Entity),
    Back(Entity),
    GivesUp(Entity),
    /// The database is there again.
    Restarts,
}

/// What a request carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    page: u64,
    attack: bool,
    /// Its flight, if it leads one.
    flight: Option<u32>,
}

/// What the cache has of a page.
#[derive(Clone, Copy, Debug)]
struct Kept {
    stored: Time,
    ttl: Span,
    /// How long the query took that it came from.
    took: Span,
    exists: bool,
}

impl Kept {
    fn expiry(&self) -> Time {
        self.stored + self.ttl
    }
}

/// Whether the cache is there, and for whom.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Open,
    Away,
    /// Readers are let in since then.
    Ramp(Time),
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct BehindTheCache {
    pub(super) controls: ControlValues,
    arrivals: Arrivals,
    attacks: Arrivals,
    popularity: Zipf,
    journeys: Journeys<Wish>,
    pub(super) cache: Lru,
    kept: BTreeMap<u64, Kept>,
    stage: Stage,
    filter: Option<Bloom>,
    flights: SingleFlight,
    pub(super) database: Station<Event>,
    /// Queries for each page that exists which are at the database.
    at_database: Vec<u32>,
    renewals: EntityMap<(u64, Time)>,
    largest_rush: u32,
    falls: u32,
    /// Readers who had their answer, but late.
    slow: u64,
    hits: RecentCount,
    lookups: RecentCount,
    asked: RecentCount,
}

/// A hash of a page for the filter.
fn hash(page: u64) -> u64 {
    Draws::new(page, HASH, CACHE).bits()
}

fn filter(bits: u32) -> Option<Bloom> {
    let hashes = libm::round(f64::from(bits) * core::f64::consts::LN_2).max(1.0) as u8;
    let mut filter = (bits > 0).then(|| Bloom::new(BloomSize { bits: bits * PAGES, hashes }))?;
    (0..u64::from(PAGES)).for_each(|page| filter.insert(hash(page)));
    Some(filter)
}

impl BehindTheCache {
    fn begin(&mut self, attack: bool, w: &mut W) {
        let next = Entity::new(REQUEST, w.tally(REQUEST).opened() as u32);
        let mut draws = w.draws(CHOOSES, next);
        let page = match () {
            () if attack => u64::from(PAGES) + (w.draws(INVENTS, next).bits() >> 8),
            () if draws.chance(FRONT_SHARE) => FRONT,
            () => u64::from(self.popularity.sample(&mut draws)) + 1,
        };
        let from = if attack { ATTACKERS } else { READERS };
        let request = self.journeys.begin(Wish { page, attack, flight: None }, from, w);
        self.journeys.send(request, CACHE, HOP, w, Event::AtCache(request));
    }

    fn at_cache(&mut self, request: Entity, w: &mut W) {
        let now = w.now();
        self.journeys.arrive(request, now);
        let Some(&journeys::Journey { carries: Wish { page, attack, .. }, .. }) = self.journeys.get(request)
        else {
            return;
        };
        if let Stage::Ramp(since) = self.stage
            && !w.draws(ADMITS, request).chance(self.ramp(since, now))
        {
            w.record_step(request, || (step_kept_out(), None));
            return self.answer(request, KEPT_OUT, w);
        }
        if self.filter.as_ref().is_some_and(|filter| !filter.contains(hash(page))) {
            w.record_step(request, || (step_filtered(), None));
            return self.answer(request, ANSWERED, w);
        }
        if !attack {
            self.lookups.record(now);
        }
        let there = self.stage != Stage::Away && self.cache.lookup(page);
        let kept = self.kept.get(&page).filter(|_| there).map(|it| (*it, self.freshness(it, now)));
        let Some((it, freshness @ (Freshness::Fresh | Freshness::Revalidate))) = kept else {
            self.drop_page(page);
            w.record_step(request, || (step_missed(), None));
            return self.fetch(request, page, w);
        };
        if !attack {
            self.hits.record(now);
        }
        if freshness == Freshness::Revalidate {
            w.record_step(request, || (step_stale(now.since(it.expiry())), None));
            self.answer(request, STALE, w);
            if self.queries(page) == Some(&mut 0) {
                // One query in the background.
                let renewal = w.open(RENEWAL, None);
                self.renewals.insert(renewal.n, (page, now));
                self.ask(renewal, w);
            }
            return;
        }
        let left = it.expiry().since(now);
        let early = XFetch { delta: it.took, beta: self.controls.early };
        if early.renews(now, it.expiry(), w.draws(EARLY, request).positive_unit()) {
            w.record_step(request, || (step_early(left), None));
            return self.fetch(request, page, w);
        }
        w.record_step(request, || (if it.exists { step_hit(left) } else { step_no_page() }, None));
        self.answer(request, ANSWERED, w);
    }

    fn freshness(&self, of: &Kept, now: Time) -> Freshness {
        let lifetime = Lifetime { stale_while_revalidate: self.controls.stale, ..Lifetime::of(of.ttl) };
        lifetime.freshness(now.since(of.stored))
    }

    /// The share of readers who are let in; nobody while the database is away.
    fn ramp(&self, since: Time, now: Time) -> f64 {
        let away = self.database.fault().is_some();
        if away { 0.0 } else { (now.since(since).secs() / RAMP.secs()).min(1.0) }
    }

    /// A reader needs a page from the database: it asks, or waits for somebody who does.
    fn fetch(&mut self, request: Entity, page: u64, w: &mut W) {
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
    fn ask(&mut self, of: Entity, w: &mut W) {
        let (now, Some((page, _))) = (w.now(), self.query(of)) else { return };
        self.asked.record(now);
        let takes = match page {
            FRONT => FRONT_QUERY,
            _ => Dist::Exponential(QUERY).span(&mut w.draws(WORK, of)),
        };
        match self.database.offer(of, takes, w, Event::Queried(of)) {
            station::Offer::Served | station::Offer::Queued { .. } => {
                self.queries(page).into_iter().for_each(|queries| *queries += 1);
                self.largest_rush = self.largest_rush.max(self.at_database[FRONT as usize]);
            }
            station::Offer::Full => self.fall_over(of, w),
            station::Offer::Down | station::Offer::Fails => self.finish(of, FELL_OVER, w),
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

    fn queried(&mut self, of: Entity, w: &mut W) {
        self.database.done(of, w);
        let (now, Some((page, asked))) = (w.now(), self.query(of)) else { return };
        self.queries(page).into_iter().for_each(|queries| *queries -= 1);
        self.store(page, now.since(asked), of, w);
        self.finish(of, ANSWERED, w);
    }

    fn store(&mut self, page: u64, took: Span, of: Entity, w: &W) {
        let exists = page < u64::from(PAGES);
        if self.stage == Stage::Away || !exists && !self.controls.negative {
            return;
        }
        let ttl = jittered(self.controls.ttl, self.controls.jitter, w.draws(JITTER, of).unit());
        self.keep(page, Kept { stored: w.now(), ttl, took, exists });
    }

    fn keep(&mut self, page: u64, kept: Kept) {
        self.kept.insert(page, kept);
        if let Some(evicted) = self.cache.insert(page) {
            self.kept.remove(&evicted.key);
        }
    }

    fn drop_page(&mut self, page: u64) {
        self.cache.remove(page);
        self.kept.remove(&page);
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

    fn answer(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        let Some(journey) = self.journeys.get(request) else { return };
        let (to, outcome) = if journey.carries.attack { (ATTACKERS, ATTACK) } else { (READERS, outcome) };
        if !journey.awaited {
            return self.journeys.forget(request);
        }
        self.journeys.turn_back(request, outcome);
        self.journeys.enter(request, CACHE, w.now());
        self.journeys.send(request, to, HOP, w, Event::Back(request));
    }

    fn hit_ratio(&self, now: Time) -> Option<f64> {
        let lookups = self.lookups.rate(now);
        (lookups > 0.0).then(|| (self.hits.rate(now) / lookups).min(1.0))
    }

    /// How many readers so far ended in these ways, and how many in any.
    fn ended(ends: &[EndKind], w: &W) -> (u64, u64) {
        let tally = w.tally(REQUEST);
        let readers = tally.closed_in_all() - tally.closed(ATTACK);
        (ends.iter().map(|&end| tally.closed(end)).sum(), readers)
    }

    /// How many readers were lost so far, of how many.
    pub(super) fn lost(w: &W) -> (u64, u64) {
        Self::ended(LOSSES.ends, w)
    }

    fn flow(&self, now: Time) -> Panel {
        let hits = self.hit_ratio(now).map(|hits| note_hits((rounded(hits, 100.0), Unit::Share)));
        let (note, status) = match self.stage {
            Stage::Away => (None, Status::Down),
            Stage::Ramp(since) => {
                let share = rounded(self.ramp(since, now), 100.0);
                (Some(note_ramp((share, Unit::Share))), Status::Warming)
            }
            Stage::Open => (hits, Status::Normal),
        };
        let cache = Node { note: note.map(Label::Words), status, ..Node::new(CACHE).shaped(Shape::Cache) };
        let sender =
            |entity, rate| Node::new(entity).shaped(Shape::Client).note(Label::Value(rate, Unit::Rate));
        let mut senders = vec![sender(READERS, LOAD)];
        if self.is_attacked() {
            senders.push(sender(ATTACKERS, self.controls.attack));
        }
        let database = Node { shape: Shape::Database, ..self.database.node(None, now) };
        let [cache, database] = [cache, database].map(|node| vec![self.journeys.with_badge(node, now)]);
        Panel::Flow(Flow::through([senders, cache, database], self.journeys.packets()))
    }

    /// What is in the cache: how long the most popular pages are still fresh, one bar each; and under attack, what its
    /// places are taken by.
    fn inside(&self, now: Time) -> Panel {
        let cell = |n: u32| {
            let entity = Entity::new(if n == 0 { FRONT_PAGE } else { PAGE }, n);
            let kept = self.kept.get(&n.into()).filter(|_| self.stage != Stage::Away);
            let left = kept.map_or(0.0, |it| it.expiry().since(now).secs());
            let level = (left / self.controls.ttl.secs()).min(1.0) as f32;
            match self.at_database[n as usize] {
                2.. => Cell { entity, level: level.max(0.2), status: Status::Trouble },
                1 => Cell { entity, level: level.max(0.2), status: Status::Active },
                0 if level > 0.0 => Cell { entity, level, status: Status::Normal },
                0 => Cell { entity, level, status: Status::Quiet },
            }
        };
        let missing = self.missing();
        let place = |n: u32| {
            let filled = |count: u32| n * self.controls.places < count * SEEN;
            let status = match () {
                () if filled(missing) => Status::Trouble,
                () if filled(self.cache.len()) => Status::Normal,
                () => Status::Quiet,
            };
            Cell { entity: CACHE, level: f32::from(u8::from(filled(self.cache.len()))), status }
        };
        let row = |label, note: Option<Msg>, cells| GridRow {
            entity: CACHE,
            label: Label::Words(label),
            note: note.map(Label::Words),
            status: Status::Normal,
            cells,
        };
        let mut rows = vec![row(row_pages(), None, (0..SEEN).map(cell).collect())];
        if self.is_attacked() {
            rows.push(row(row_places(), Some(note_missing(missing)), (0..SEEN).map(place).collect()));
        }
        let key = legend([
            (key_fresh(), Status::Normal),
            (key_asked(), Status::Active),
            (key_crowd(), Status::Trouble),
            (key_gone(), Status::Quiet),
        ]);
        Panel::Grid(Grid { title: Label::Words(pages_title()), rows, columns: SEEN, tall: true, key }.into())
    }

    /// Entries that say 'no such page'.
    fn missing(&self) -> u32 {
        self.kept.values().filter(|it| !it.exists).count() as u32
    }

    fn is_attacked(&self) -> bool {
        self.controls.attack > 0.0 || self.attacks.arrived_so_far() > 0
    }

    fn say(&self, now: Time) -> Vec<Msg> {
        let waiting = self.database.waiting().len();
        let database = match self.database.fault() {
            Some(_) => says_fell(),
            None if waiting > 20 => says_queue(waiting, self.database.wait(now)),
            None => says_calm(waiting),
        };
        let rush = Some(self.at_database[FRONT as usize]).filter(|&readers| readers >= RUSH).map(says_rush);
        let cache = match self.hit_ratio(now) {
            _ if self.stage == Stage::Away => says_away(),
            hits => says_hits((rounded(hits.unwrap_or(0.0), 100.0), Unit::Share)),
        };
        [Some(database), rush, Some(cache)].into_iter().flatten().collect()
    }
}

impl Experiment for BehindTheCache {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("behind-the-cache", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_millis(2_500))
            .warm_up(Time::from_secs(1))
            .speed(0.25)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut it = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(READERS_KIND, LOAD, w, Event::Arrival),
            attacks: Arrivals::poisson(ATTACKERS_KIND, controls.attack, w, Event::Attack),
            popularity: Zipf::new(PAGES - 1, SKEW).expect("there are pages"),
            journeys: Journeys::new(REQUEST, LOSSES),
            cache: Lru::new(controls.places),
            kept: BTreeMap::new(),
            stage: Stage::Open,
            filter: filter(controls.filter),
            flights: SingleFlight::default(),
            database: Station::new(DATABASE, controls.workers, Some(MOST_WAITING)),
            at_database: vec![0; PAGES as usize],
            renewals: EntityMap::default(),
            largest_rush: 0,
            falls: 0,
            slow: 0,
            hits: RecentCount::over(Span::from_secs(1)),
            lookups: RecentCount::over(Span::from_secs(1)),
            asked: RecentCount::over(Span::from_secs(1)),
        };
        // Filled with the most popular pages, as by a deploy that loads them all.
        for page in (0..controls.places.min(PAGES)).rev() {
            let took = if page == 0 { FRONT_QUERY } else { Span::from_secs_f64(QUERY) };
            it.store(page.into(), took, Entity::new(PAGE, page), w);
        }
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => {
                self.arrivals.arrived(w, Event::Arrival);
                self.begin(false, w);
            }
            Event::Attack => {
                self.attacks.arrived(w, Event::Attack);
                self.begin(true, w);
            }
            Event::AtCache(request) => self.at_cache(request, w),
            Event::AtDatabase(request) => {
                self.journeys.arrive(request, w.now());
                self.ask(request, w);
            }
            Event::Queried(of) => self.queried(of, w),
            Event::Back(request) => {
                let late = self.journeys.get(request).is_some_and(|it| {
                    matches!(it.outcome, Some(ANSWERED | STALE)) && w.now().since(it.began) > SLOW
                });
                self.slow += u64::from(late);
                self.journeys.end(request, w);
            }
            Event::GivesUp(request) => {
                let attack = self.journeys.get(request).is_some_and(|it| it.carries.attack);
                self.journeys.give_up(request, if attack { ATTACK } else { GAVE_UP }, w);
            }
            Event::Restarts => {
                self.database.restore();
                if let Stage::Ramp(since) = &mut self.stage {
                    *since = w.now();
                }
                w.notable(DATABASE, mark_up());
            }
        }
        if let Stage::Ramp(since) = self.stage
            && self.ramp(since, w.now()) >= 1.0
        {
            self.stage = Stage::Open;
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.attacks.set_rate(is.attack, w, Event::Attack);
        self.database.set_workers(is.workers, w);
        if was.filter != is.filter {
            self.filter = filter(is.filter);
        }
        if was.places != is.places {
            self.cache = Lru::new(is.places);
            // The most popular last, so that they stay.
            let kept = core::mem::take(&mut self.kept);
            kept.into_iter().rev().for_each(|(page, it)| self.keep(page, it));
        }
        Ok(())
    }

    fn act(&mut self, action: usize, _: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = self.refusal(action, CACHE) {
            return Err(why);
        }
        match action {
            EXPIRE => {
                self.drop_page(FRONT);
                w.notable(CACHE, mark_expired());
            }
            KILL => {
                self.stage = Stage::Away;
                self.cache = Lru::new(self.controls.places);
                self.kept.clear();
                w.notable(CACHE, mark_killed());
            }
            _ => {
                self.stage = if self.controls.ramp { Stage::Ramp(w.now()) } else { Stage::Open };
                w.notable(CACHE, mark_restored());
            }
        }
        Ok(())
    }

    fn refusal(&self, action: usize, _: Entity) -> Option<Msg> {
        let away = self.stage == Stage::Away;
        match action {
            EXPIRE if !self.kept.contains_key(&FRONT) => Some(no_front_page()),
            KILL if away => Some(is_away()),
            RESTORE if !away => Some(is_there()),
            _ => None,
        }
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let now = w.now();
        out.put("hits", self.hit_ratio(now));
        out.put("asked", self.asked.rate(now));
        out.put("waiting", self.database.waiting().len() as f64);
        out.put("rush", f64::from(self.largest_rush));
        let share = |(of, readers): (u64, u64)| (readers > 0).then(|| of as f64 / readers as f64);
        let (lost, readers) = Self::lost(w);
        out.put("lost", share((lost, readers)));
        out.put("slow", share((lost + self.slow, readers)));
        out.put("stale", share(Self::ended(&[STALE], w)));
        out.put("falls", f64::from(self.falls));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        scene.panels = vec![
            self.flow(w.now()),
            self.inside(w.now()),
            Panel::series(chart_queries(), Unit::Rate, [("asked", Status::Trouble)], Self::SPEC.until),
            self.journeys.ledger(),
        ];
        scene.sentences = self.say(w.now());
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity {
            READERS => Some(About::says([about_sent(self.arrivals.arrived_so_far())])),
            ATTACKERS => Some(About::says([about_sent(self.attacks.arrived_so_far())])),
            CACHE => {
                let rate = self.filter.as_ref().map(|it| it.size().false_positive_rate(f64::from(PAGES)));
                let filter = rate.map(|rate| about_filter((rounded(rate, 10_000.0), Unit::Share)));
                let says = [about_cache(self.cache.len(), self.missing())].into_iter().chain(filter);
                Some(About::says(says.collect::<Vec<_>>()))
            }
            Entity { kind: PAGE | FRONT_PAGE, n } if n < SEEN => {
                let left = self.kept.get(&n.into()).map(|it| it.expiry().since(w.now()));
                let queries =
                    Some(self.at_database[n as usize]).filter(|&queries| queries > 0).map(about_page_asked);
                let fresh = left.map_or_else(about_page_gone, about_page);
                Some(About::says([fresh].into_iter().chain(queries).collect::<Vec<_>>()))
            }
            _ => self.journeys.about_at(entity, w, &[&self.database].into_iter()),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.database.invariants()?;
        if self.cache.len() as usize != self.kept.len() || self.cache.len() > self.controls.places {
            return Err(format!("{} keys are kept, {} entries", self.cache.len(), self.kept.len()));
        }
        Ok(())
    }
}
