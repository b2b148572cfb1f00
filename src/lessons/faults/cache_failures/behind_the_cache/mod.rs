//! Readers, a cache, and a database that couldn't live without it: three ways in which the load gets through.
//!
//! ```text
//!   readers ──┐                          ┌ flights: one fetch for all who want the same page
//!             ├── 10 ms ── [servers] ── cache ── 10 ms ── queue ─ workers of the database (falls over when its queue is full)
//!   attackers ┘             └ copies     └ filter: keys that exist
//! ```
//!
//! Two in five readers want the front page, whose query takes a second; the others one of 4,999 pages by Zipf's law, 20 ms
//! each. The cache is filled as by a deploy when the run begins. The servers are there where they keep copies: a small cache
//! of each. Leaves out: writes (an expired front page is one that has changed), sizes of values, several machines of either
//! kind, retries, a network that loses anything.

mod database;
mod picture;
mod readers;
mod stage;

pub use readers::Ends;

use super::questions;
use crate::lessons::prelude::*;
use crate::mechanism::cache::{Bloom, BloomSize, SingleFlight};
use crate::parts::TtlCache;
use crate::sim::{Draws, EntityMap, Zipf};
use database::{FRONT_QUERY, MOST_WAITING, QUERY};
use stage::Stage;

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    PAGE = "page", Numbers;
    RENEWAL = "renewal", Numbers;
    READERS_KIND = "readers", Only; ATTACKERS_KIND = "attackers", Only;
    CACHE_KIND = "cache", Only; DATABASE_KIND = "database", Only;
    CAUSE = "cause", Words(LOSSES.names);
    FRONT_PAGE = "front-page", Only;
    SERVERS_KIND = "servers", Only;
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
const SERVERS: Entity = Entity::new(SERVERS_KIND, 0);
pub const CACHE: Entity = Entity::new(CACHE_KIND, 0);
const DATABASE: Entity = Entity::new(DATABASE_KIND, 0);
/// From one node to the next.
const HOP: Span = Span::from_millis(10);
/// Readers a second, and the share of them that wants the front page.
const LOAD: f64 = 2_500.0;
pub const FRONT_SHARE: f64 = 0.4;
/// Pages in the database; number 0 is the front page. The others are asked for by Zipf's law.
pub const PAGES: u32 = 5_000;
pub const SKEW: f64 = 0.9;
const FRONT: u64 = 0;
const HASH: Purpose = Purpose::named("hash");
/// A rush of fewer readers is none.
const RUSH: u32 = 20;

fn exists(page: u64) -> bool {
    page < u64::from(PAGES)
}

controls! {
    /// What can be turned.
    pub struct ControlValues {
        pub attack: f64 = Control::number("attack", "Attack", Unit::Rate, (0.0, 5000.0), 100.0, 0.0)
            .help("Requests a second for pages that don’t exist, each for a different one.").primary(),
        pub flight: bool = Control::flag("flight", "Single flight", false)
            .help("Of all who miss the same page, one asks the database and the others wait for that answer.").primary(),
        pub jitter: f64 = Control::number("jitter", "Jitter", Unit::Share, (0.0, 1.0), 0.05, 0.0)
            .help("How much shorter an entry may live than the time to live; how much is drawn at random for each.").primary(),
        pub filter: u32 = Control::number("filter", "Filter, bits a page", Unit::Count, (0.0, 16.0), 1.0, 0.0)
            .help("Size of a Bloom filter of all pages that exist, before the cache; 0 is none.").primary(),
        pub negative: bool = Control::flag("negative", "Remember ‘no such page’", false)
            .help("Keeps in the cache that a page doesn’t exist, as it keeps the pages that do."),
        pub ttl: Span = Control::number("ttl", "Time to live", Unit::Time, (2.0, 120.0), 1.0, 30.0)
            .help("How long an entry is fresh. All were stored when the run began."),
        pub stale: Span = Control::number("stale", "Stale while renewed", Unit::Time, (0.0, 30.0), 1.0, 0.0)
            .help("How long after its time to live an entry is still served, while one query renews it."),
        pub early: f64 = Control::number("early", "Early renewal, β", Unit::Count, (0.0, 5.0), 0.5, 0.0)
            .help("XFetch: a reader here and there renews an entry before it expires; at 0 nobody does."),
        pub places: u32 = Control::log_number("places", "Cache holds", Unit::Count, (100.0, 10_000.0), 2_500.0)
            .help("Entries that the cache can hold; the least recently used goes."),
        pub workers: u32 = Control::number("workers", "Database workers", Unit::Count, (5.0, 60.0), 1.0, 10.0)
            .help("Queries that the database works on at the same time: 50 a second each."),
        pub ramp: bool = Control::flag("ramp", "Let readers in step by step", false)
            .help("When a lost cache is back, all readers come at once; or more and more of them over 20 s, while the others are refused."),
        pub copies: bool = Control::flag("copies", "Copies in each server", false)
            .help("Ten servers keep 500 pages each, too. After 5 s one reader looks in the cache anew; the others get the copy meanwhile."),
    }
}

impl Default for ControlValues {
    fn default() -> Self {
        Self::from_values(&Self::ALL.iter().map(Control::default).collect::<Vec<_>>())
    }
}

const ACTIONS: &[Action] = &[
    Action::new("expire", "Delete the front page", &[CACHE_KIND]),
    Action::new("kill", "Kill it", &[CACHE_KIND]),
    Action::new("restore", "Bring it back", &[CACHE_KIND]),
];
pub const EXPIRE: usize = 0;
pub const KILL: usize = 1;
pub const RESTORE: usize = 2;

readings! {
    READINGS;
    Reading::new("hits", "hit ratio", Unit::Share, "Share of the readers who came to the cache in the last second whose page was in it.");
    Reading::new("asked", "asked of the database", Unit::Rate, "Queries a second, over the last second.");
    Reading::new("waiting", "queries waiting", Unit::Count, "Queries in its queue now. With 1,500 it falls over.").trouble_from(100.0);
    Reading::new("rush", "largest rush", Unit::Count, "The most queries so far that were at the database for the front page at the same time.")
        .so_far().trouble_from(RUSH as f64);
    Reading::new("lost", "readers lost", Unit::Share, "Share of all readers so far who got no answer.").so_far().trouble_from(0.01);
    Reading::new("slow", "slow or lost", Unit::Share, "Share of all readers so far who got no answer within 0.2 s.").so_far().trouble_from(0.03);
    Reading::new("stale", "answered stale", Unit::Share, "Share of all readers so far who got what was out of date.").so_far().trouble_from(0.005);
    Reading::new("falls", "times it fell over", Unit::Count, "How often the database has fallen over so far.").so_far().trouble_from(1.0);
}

#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    Arrival,
    Attack,
    AtCache(Entity),
    AtDatabase(Entity),
    Queried(Entity),
    Back(Entity),
    GivesUp(Entity),
    /// The database is there again.
    Restarts,
    AtServer(Entity),
}

/// What a request carries.
#[derive(Clone, Copy, Debug)]
struct Wish {
    page: u64,
    attack: bool,
    /// Its flight, if it leads one.
    flight: Option<u32>,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub struct BehindTheCache {
    controls: ControlValues,
    arrivals: Arrivals,
    attacks: Arrivals,
    popularity: Zipf,
    journeys: Journeys<Wish>,
    /// The value of a copy is until when what it says is up to date.
    servers: Vec<TtlCache<Time>>,
    /// The value of an entry is how long the query took that it came from.
    cache: TtlCache<Span>,
    stage: Stage,
    filter: Option<Bloom>,
    flights: SingleFlight,
    database: Station<Event>,
    /// Queries for each page that exists which are at the database.
    at_database: Vec<u32>,
    renewals: EntityMap<(u64, Time)>,
    largest_rush: u32,
    falls: u32,
    /// Readers who had their answer, but late.
    late: u64,
    /// Answers from copies, and queries.
    copies_used: RecentCount,
    asked: RecentCount,
}

/// A hash of a page for the filter.
fn filter_hash(page: u64) -> u64 {
    Draws::new(page, HASH, CACHE).bits()
}

fn filter(bits: u32) -> Option<Bloom> {
    let hashes = libm::round(f64::from(bits) * core::f64::consts::LN_2).max(1.0) as u8;
    let mut filter = (bits > 0).then(|| Bloom::new(BloomSize { bits: bits * PAGES, hashes }))?;
    (0..u64::from(PAGES)).for_each(|page| filter.insert(filter_hash(page)));
    Some(filter)
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
    const MESSAGES: &'static [&'static [Message]] = &[
        readers::MESSAGES,
        stage::MESSAGES,
        database::MESSAGES,
        picture::MESSAGES,
        questions::MESSAGES,
        LOSSES.messages,
        journeys::MESSAGES,
        station::MESSAGES,
    ];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut it = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(READERS_KIND, LOAD, w, Event::Arrival),
            attacks: Arrivals::poisson(ATTACKERS_KIND, controls.attack, w, Event::Attack),
            popularity: Zipf::new(PAGES - 1, SKEW).expect("there are pages"),
            journeys: Journeys::new(REQUEST, LOSSES),
            servers: Vec::new(),
            cache: TtlCache::new(controls.places),
            stage: Stage::Open,
            filter: filter(controls.filter),
            flights: SingleFlight::default(),
            database: Station::new(DATABASE, controls.workers, Some(MOST_WAITING)),
            at_database: vec![0; PAGES as usize],
            renewals: EntityMap::default(),
            largest_rush: 0,
            falls: 0,
            late: 0,
            copies_used: RecentCount::over(Span::from_secs(1)),
            asked: RecentCount::over(Span::from_secs(1)),
        };
        // Filled with the most popular pages, as by a deploy that loads them all.
        for page in (0..controls.places.min(PAGES)).rev() {
            let took = if page == 0 { FRONT_QUERY } else { Span::from_secs_f64(QUERY) };
            it.store(page.into(), took, Entity::new(PAGE, page), w);
        }
        it.servers = it.copied(w.now());
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
            Event::AtServer(request) => self.at_server(request, w),
            Event::AtCache(request) => self.at_cache(request, w),
            Event::AtDatabase(request) => {
                self.journeys.arrive(request, w.now());
                self.ask(request, w);
            }
            Event::Queried(of) => self.queried(of, w),
            Event::Back(request) => self.back(request, w),
            Event::GivesUp(request) => {
                let attack = self.journeys.get(request).is_some_and(|it| it.carries.attack);
                self.journeys.give_up(request, if attack { ATTACK } else { GAVE_UP }, w);
            }
            Event::Restarts => self.restart(w),
        }
        self.go_on_with_ramp(w.now());
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.attacks.set_rate(is.attack, w, Event::Attack);
        self.database.set_workers(is.workers, w);
        if was.filter != is.filter {
            self.filter = filter(is.filter);
        }
        if was.places != is.places {
            self.cache.set_places(is.places);
        }
        if was.copies != is.copies {
            self.servers = self.copied(w.now());
        }
        Ok(())
    }

    fn act(&mut self, action: usize, _: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = self.refusal(action, CACHE) {
            return Err(why);
        }
        self.do_to_cache(action, w);
        Ok(())
    }

    fn refusal(&self, action: usize, _: Entity) -> Option<Msg> {
        self.why_not(action)
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let now = w.now();
        out.put("hits", self.cache.hit_ratio(now));
        out.put("asked", self.asked.rate(now));
        out.put("waiting", self.database.waiting().len() as f64);
        out.put("rush", f64::from(self.largest_rush));
        let shares = self.ends(w).shares_since(Ends::default());
        out.put("lost", shares.map(|[lost, ..]| lost));
        out.put("slow", shares.map(|[lost, late, _]| lost + late));
        out.put("stale", shares.map(|[.., stale]| stale));
        out.put("falls", f64::from(self.falls));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        scene.panels = vec![self.flow(w.now()), self.inside(w.now()), Self::chart(), self.journeys.ledger()];
        scene.sentences = self.say(w.now());
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        self.tell(entity, w)
    }

    fn kept_bytes(&self) -> usize {
        let servers: usize = self.servers.iter().map(TtlCache::approx_bytes).sum();
        servers + self.cache.approx_bytes()
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.database.invariants()?;
        self.servers.iter().try_for_each(TtlCache::invariants)?;
        self.cache.invariants()
    }
}
