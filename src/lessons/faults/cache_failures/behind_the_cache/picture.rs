//! What is seen of the readers, the cache and the database, and said of them.

use super::stage::Stage;
use super::{
    ATTACKERS, BehindTheCache, CACHE, FRONT, FRONT_PAGE, LOAD, PAGE, PAGES, READERS, RUSH, SERVERS, W, exists,
};
use crate::lessons::prelude::*;
use crate::parts::TtlCache;
use crate::scene::{Cell, Grid, GridRow};
use crate::sim::decimal::rounded;

/// Pages that are seen one by one.
const SEEN: u32 = 60;

messages! {
    pub(super) MESSAGES;
    pages_title(); row_pages(); row_places(); note_missing(missing: u32); key_fresh(); key_asked(); key_crowd(); key_gone(); chart_queries(); asked();
    note_hits(hits: (f64, Unit)); note_ramp(share: (f64, Unit)); note_old(servers: usize);
    says_away(); says_fell(); says_queue(waiting: usize, wait: Span); says_calm(waiting: usize);
    says_hits(hits: (f64, Unit)); says_rush(readers: u32); says_copies(rate: (f64, Unit));
    about_cache(held: u32, missing: u32); about_filter(rate: (f64, Unit)); about_sent(sent: u32);
    about_page(left: Span); about_page_gone(); about_page_asked(queries: u32);
}

fn row(label: Msg, note: Option<Msg>, cells: Vec<Cell>) -> GridRow {
    let (label, note) = (Label::Words(label), note.map(Label::Words));
    GridRow { entity: CACHE, label, note, status: Status::Normal, cells }
}

impl BehindTheCache {
    pub(super) fn flow(&self, now: Time) -> Panel {
        let hits = self.cache.hit_ratio(now).map(|hits| note_hits((rounded(hits, 100.0), Unit::Share)));
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
        let is_old = |server: &&TtlCache<Time>| server.get(FRONT).is_some_and(|copy| copy.value <= now);
        let old = self.servers.iter().filter(is_old).count();
        let servers = Node::new(SERVERS).shaped(Shape::Server);
        let servers = if old > 0 { servers.note(Label::Words(note_old(old))) } else { servers };
        let servers = (!self.servers.is_empty()).then(|| vec![servers]);
        let database = Node { shape: Shape::Database, ..self.database.node(None, now) };
        let [cache, database] = [cache, database].map(|node| vec![self.journeys.with_badge(node, now)]);
        let tiers = [senders].into_iter().chain(servers).chain([cache, database]);
        Panel::Flow(Flow::through(tiers, self.journeys.packets()))
    }

    /// What is in the cache: how long the most popular pages are still fresh, one bar each; and under attack, what its
    /// places are taken by.
    pub(super) fn inside(&self, now: Time) -> Panel {
        let cell = |n: u32| {
            let entity = Entity::new(if n == 0 { FRONT_PAGE } else { PAGE }, n);
            let left = self.cache.get(n.into()).map_or(0.0, |it| it.expiry().since(now).secs());
            let level = (left / self.controls.ttl.secs()).min(1.0) as f32;
            let (level, status) = match self.at_database[n as usize] {
                2.. => (level.max(0.2), Status::Trouble),
                1 => (level.max(0.2), Status::Active),
                0 if level > 0.0 => (level, Status::Normal),
                0 => (level, Status::Quiet),
            };
            Cell { entity, level, status }
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
        self.cache.keys().filter(|&page| !exists(page)).count() as u32
    }

    fn is_attacked(&self) -> bool {
        self.controls.attack > 0.0 || self.attacks.arrived_so_far() > 0
    }

    pub(super) fn chart() -> Panel {
        Panel::series(chart_queries(), Unit::Rate, [("asked", Status::Trouble)], Self::SPEC.until)
    }

    fn says_copies(&self, now: Time) -> Msg {
        says_copies((self.copies_used.rate(now), Unit::Rate))
    }

    fn says_filter(&self) -> Option<Msg> {
        let rate = self.filter.as_ref()?.size().false_positive_rate(f64::from(PAGES));
        Some(about_filter((rounded(rate, 1_000.0), Unit::Share)))
    }

    pub(super) fn say(&self, now: Time) -> Vec<Msg> {
        let waiting = self.database.waiting().len();
        let database = match self.database.fault() {
            Some(_) => says_fell(),
            None if waiting > 20 => says_queue(waiting, self.database.wait(now)),
            None => says_calm(waiting),
        };
        let rush = Some(self.at_database[FRONT as usize]).filter(|&readers| readers >= RUSH).map(says_rush);
        let cache = match self.cache.hit_ratio(now) {
            _ if self.stage == Stage::Away => says_away(),
            hits => says_hits((rounded(hits.unwrap_or(0.0), 100.0), Unit::Share)),
        };
        let copies = (!self.servers.is_empty()).then(|| self.says_copies(now));
        let filter = self.says_filter().filter(|_| self.is_attacked());
        [Some(database), rush, copies, filter, Some(cache)].into_iter().flatten().collect()
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        match entity {
            READERS => Some(About::says([about_sent(self.arrivals.arrived_so_far())])),
            ATTACKERS => Some(About::says([about_sent(self.attacks.arrived_so_far())])),
            SERVERS => Some(About::says([self.says_copies(w.now())])),
            CACHE => {
                let says =
                    [about_cache(self.cache.len(), self.missing())].into_iter().chain(self.says_filter());
                Some(About::says(says.collect::<Vec<_>>()))
            }
            Entity { kind: PAGE | FRONT_PAGE, n } if n < SEEN => {
                let left = self.cache.get(n.into()).map(|it| it.expiry().since(w.now()));
                let queries =
                    Some(self.at_database[n as usize]).filter(|&queries| queries > 0).map(about_page_asked);
                let fresh = left.map_or_else(about_page_gone, about_page);
                Some(About::says([fresh].into_iter().chain(queries).collect::<Vec<_>>()))
            }
            _ => self.journeys.about_at(entity, w, &[&self.database].into_iter()),
        }
    }
}
