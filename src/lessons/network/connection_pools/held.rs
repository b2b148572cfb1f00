//! Connections that are kept: one that is never given back, and two that a request needs at the same time.
//!
//! ```text
//!   requests ── wait for a thread ── wait for a connection ── query ── [ a second connection ── query ] ── given back, or not
//! ```
//!
//! Ten minutes pass in half a minute. Most requests keep a connection for 50 ms; every 50 s there is a report that honestly
//! needs it for 20 to 40 s. A leak is a request whose code forgets to give its connection back. Leaves out: the database, which
//! here answers everything in its own time, and everything that *the pool's size* is about.

use crate::lessons::prelude::*;
use crate::mechanism::connection_pool::{Acquired, Closed, ConnectionPool, PoolConfig};
use crate::scene::{Bar, Lane, Lanes};

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    APP_KIND = "app", Only; POOL_KIND = "pool", Only;
    CONNECTION = "connection", Numbers;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    TIMED_OUT = 1, "timed-out";
    REFUSED = 2, "queue-full";
    KILLED = 3, "taken-away";
}

const ANSWERED: EndKind = EndKind(0);
const APP: Entity = Entity::new(APP_KIND, 0);
const POOL: Entity = Entity::new(POOL_KIND, 0);
/// How long a connection is kept for a query; for the second one as well.
const QUERY: Dist = Dist::Exponential(0.05);
/// Reports a second, whatever the load, and how long each keeps its connection, in seconds.
const REPORTS: f64 = 0.02;
const REPORT: Dist = Dist::Uniform(20.0, 40.0);
/// Room for requests that wait for a thread.
const ROOM: u32 = 100;
const HANDSHAKE: Span = Span::from_millis(50);
/// How often the pool looks after its connections: Tomcat's pool every 5 s, `HikariCP` every 30 s.
const HOUSE_KEEPING: Span = Span::from_secs(5);
/// What is kept for longer than a bucket is drawn by itself; of the rest, how much of each bucket a connection was in use.
const BUCKET: u64 = 5;
const LONG: Span = Span::from_secs(BUCKET);
const QUERIES: Purpose = Purpose::named("query");
const REPORTED: Purpose = Purpose::named("report");
const FORGETS: Purpose = Purpose::named("forgets");

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 200.0), 10.0, 20.0)
            .help("Requests a second."),
        pub pool: u32 = Control::number("pool", "Pool size", Unit::Count, (1.0, 16.0), 1.0, 10.0)
            .help("Connections at most: HikariCP's maximumPoolSize, 10 by default.").primary(),
        pub leak: f64 = Control::number("leak", "Never given back", Unit::Share, (0.0, 0.02), 0.001, 0.002)
            .help("Share of requests whose code forgets to give its connection back.").primary(),
        pub second: bool = Control::flag("second", "Needs a second one", false)
            .help("Whether a request, holding a connection, asks for another: for a new transaction, an audit log.").primary(),
        pub threads: u32 = Control::number("threads", "Threads", Unit::Count, (1.0, 32.0), 1.0, 16.0)
            .help("Requests that are worked on at the same time; a hundred more can wait."),
        pub timeout: Span = Control::number("timeout", "Wait at most", Unit::Time, (1.0, 30.0), 1.0, 30.0)
            .help("How long a request waits for a connection: HikariCP's connectionTimeout, 30 s by default.").primary(),
        pub take_back: Span = Control::log_number("take-back", "Taken back after", Unit::Time, (1.0, 10_000.0), 10_000.0)
            .help("A connection that somebody has had for so long is closed and replaced: removeAbandonedTimeout of DBCP and Tomcat. The longest is longer than the run: never.").primary(),
        pub lifetime: Span = Control::log_number("lifetime", "Lifetime", Unit::Time, (30.0, 10_000.0), 2_000.0)
            .help("A connection that is so old is closed when nobody has it: HikariCP's maxLifetime, 30 min by default."),
    }
}

impl ControlValues {
    fn config(&self) -> PoolConfig {
        PoolConfig {
            maximum_pool_size: self.pool,
            connection_timeout: self.timeout,
            max_lifetime: self.lifetime,
            remove_abandoned_timeout: self.take_back,
            ..PoolConfig::default()
        }
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Rate, "Answers a second over the last 10 s.")
        .of(REQUEST, &[ANSWERED]).last(10.0);
    Reading::measured("failed", "failed", Statistic::Rate, "Requests a second that got no connection, no thread or no answer, over the last 10 s.")
        .of(REQUEST, &[TIMED_OUT, REFUSED, KILLED]).last(10.0).trouble_from(0.5);
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of the answers of the last 10 s took at most this long.")
        .of(REQUEST, &[ANSWERED]).last(10.0);
    Reading::new("free", "free", Unit::Count, "Connections that nobody has now.").trouble_at_zero();
    Reading::new("kept", "kept over 5 s", Unit::Count, "Connections that somebody has had for more than 5 s.");
    Reading::measured("share", "answered so far", Statistic::Share, "Share of all requests so far that were answered.")
        .of(REQUEST, &[ANSWERED]).so_far();
    Reading::measured("killed", "taken away", Statistic::Count, "Requests so far that lost the connection they were working with.")
        .of(REQUEST, &[KILLED]).so_far().trouble_from(1.0);
    Reading::measured("timeouts", "timed out so far", Statistic::Count, "Requests so far that waited for a connection in vain.")
        .of(REQUEST, &[TIMED_OUT]).so_far().trouble_from(1.0);
}

messages! {
    pub(super) MESSAGES;
    lanes_title(); lane_connection(connection: Entity); bar_short(); bar_long(request: Entity);
    key_some(); key_busy(); key_long();
    chart_rates(); answered(); failed();
    says_kept(kept: usize, pool: u32); says_all_kept(pool: u32); says_waiting(waiting: usize); says_nobody_waits();
    says_stuck(stuck: usize);
    about_app(taken: usize, threads: u32, waiting: usize); about_pool(used: u32, open: u32, waiting: usize);
    about_held(request: Entity, since: Span); about_held_by_ended(request: Entity, since: Span); about_idle(); about_opening();
    step_has(connection: Entity, waited: Span); step_waits(ahead: usize); step_gives_back(); step_forgets(connection: Entity);
    mark_drained(); mark_stuck(); mark_taken(request: Entity);
    judge_share(share: (f64, Unit), bound: (f64, Unit)); judge_killed(killed: (f64, Unit), bound: (f64, Unit));
    judge_p99(p99: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    /// A thread takes a request up.
    Starts(Entity),
    Deadline,
    Queried(Entity),
    Opened(u32),
    HouseKeeping,
}

#[derive(Clone, Copy, Debug, Default)]
struct Request {
    /// Its connections, in the order in which it got them.
    has: [Option<u32>; 2],
    asked: Time,
}

/// A connection was somebody's for long.
#[derive(Clone, Copy, Debug)]
struct Hold {
    connection: u32,
    from: Time,
    until: Time,
    by: Entity,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Held {
    controls: ControlValues,
    arrivals: Arrivals,
    journeys: Journeys<Request>,
    threads: Station<Event>,
    pub(super) pool: ConnectionPool,
    /// Connections whose request has ended without giving them back.
    forgotten: Vec<u32>,
    long: Vec<Hold>,
    /// Of each connection and bucket, for how many seconds somebody had it, of those who had it for less than a bucket.
    used: Vec<Vec<f32>>,
    was_stuck: bool,
}

fn request(n: u64) -> Entity {
    Entity::new(REQUEST, n as u32)
}

fn connection(n: u32) -> Entity {
    Entity::new(CONNECTION, n)
}

impl Held {
    fn arrival(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        let of = self.journeys.begin(Request::default(), APP, w);
        if !self.threads.offer(of, Span::ZERO, w, Event::Starts(of)).is_accepted() {
            self.journeys.turn_back(of, REFUSED);
            self.journeys.end(of, w);
        }
    }

    /// A request wants a connection, its first or its second.
    fn wants(&mut self, of: Entity, w: &mut W) {
        let (now, ahead) = (w.now(), self.pool.waiting().len());
        self.journeys.enter(of, POOL, now);
        if let Some(it) = self.journeys.carried(of) {
            it.asked = now;
        }
        match self.pool.acquire(of.n.into(), now) {
            Acquired::Has(n) => self.has(of, n, w),
            Acquired::Waits { until } => {
                w.record_step(of, || (step_waits(ahead), None));
                w.schedule_at(until, Event::Deadline);
                self.look(w);
            }
        }
    }

    /// A request has a connection, and sends its query.
    fn has(&mut self, of: Entity, n: u32, w: &mut W) {
        let Some(it) = self.journeys.carried(of) else { return };
        let second = it.has[0].is_some();
        it.has[usize::from(second)] = Some(n);
        let waited = w.now().since(it.asked);
        w.record_step(of, || (step_has(connection(n), waited), None));
        let report = w.draws(REPORTED, of).chance(REPORTS / self.controls.load);
        let mut draws = w.draws(QUERIES, of);
        let first = QUERY.span(&mut draws);
        let takes = match (second, report) {
            (true, _) => QUERY.span(&mut draws),
            (false, true) => REPORT.span(&mut draws),
            (false, false) => first,
        };
        w.schedule(takes, Event::Queried(of));
    }

    fn queried(&mut self, of: Entity, w: &mut W) {
        // Whoever lost its connection meanwhile has ended.
        let Some(has) = self.journeys.get(of).map(|it| it.carries.has) else { return };
        if self.controls.second && has[1].is_none() {
            return self.wants(of, w);
        }
        if let Some(n) = has[0].filter(|_| w.draws(FORGETS, of).chance(self.controls.leak)) {
            w.record_step(of, || (step_forgets(connection(n)), None));
            self.forgotten.push(n);
            if let Some(it) = self.journeys.carried(of) {
                it.has[0] = None;
            }
        }
        self.ends(of, ANSWERED, w);
    }

    /// A request ends: what it has goes back, and its thread is free.
    fn ends(&mut self, of: Entity, outcome: EndKind, w: &mut W) {
        let Some(has) = self.journeys.get(of).map(|it| it.carries.has) else { return };
        w.record_step(of, || (step_gives_back(), None));
        self.journeys.turn_back(of, outcome);
        self.journeys.end(of, w);
        for n in has.into_iter().flatten() {
            self.note_end(n, w.now());
            let next = self.pool.release(n, of.n.into(), w.now());
            self.pass_on(n, next, w);
        }
        self.threads.done(of, w);
        self.open(w);
        self.look(w);
    }

    fn pass_on(&mut self, n: u32, next: Option<u64>, w: &mut W) {
        if let Some(next) = next {
            self.has(request(next), n, w);
        }
    }

    fn open(&mut self, w: &mut W) {
        for n in self.pool.open() {
            w.schedule(HANDSHAKE, Event::Opened(n));
        }
    }

    /// Somebody had a connection until now.
    fn note_end(&mut self, n: u32, now: Time) {
        let Some((by, from)) = self.pool.holder(n) else { return };
        let took = now.since(from);
        if took >= LONG {
            return self.long.push(Hold { connection: n, from, until: now, by: request(by) });
        }
        let (at, bucket) = (n as usize, (now.secs() / BUCKET as f64) as usize);
        if self.used.len() <= at {
            self.used.resize(at + 1, Vec::new());
        }
        let row = &mut self.used[at];
        if row.len() <= bucket {
            row.resize(bucket + 1, 0.0);
        }
        row[bucket] += took.secs() as f32;
    }

    fn house_keeping(&mut self, w: &mut W) {
        w.schedule(HOUSE_KEEPING, Event::HouseKeeping);
        let holders: Vec<(u32, u64, Time)> = self.holders().collect();
        for (n, why) in self.pool.house_keep(w.now()) {
            let Closed::Abandoned(by) = why else { continue };
            if let Some(&(_, _, from)) = holders.iter().find(|it| it.0 == n) {
                self.long.push(Hold { connection: n, from, until: w.now(), by: request(by) });
            }
            if let Some(at) = self.forgotten.iter().position(|it| *it == n) {
                self.forgotten.remove(at);
                continue;
            }
            w.notable(connection(n), mark_taken(request(by)));
            if let Some(it) = self.journeys.carried(request(by)) {
                it.has = it.has.map(|has| has.filter(|has| *has != n));
            }
            self.pool.give_up(by);
            self.ends(request(by), KILLED, w);
        }
        self.open(w);
    }

    /// Who has which connection, and since when.
    fn holders(&self) -> impl Iterator<Item = (u32, u64, Time)> {
        (0..self.pool.places()).filter_map(|n| self.pool.holder(n).map(|(by, since)| (n, by, since)))
    }

    /// Connections that somebody has had for long.
    fn kept(&self, now: Time) -> usize {
        self.holders().filter(|(_, _, since)| now.since(*since) >= LONG).count()
    }

    /// Requests that hold a connection and wait for another.
    fn stuck(&self) -> usize {
        let holds = |n| self.journeys.get(request(n)).is_some_and(|it| it.carries.has[0].is_some());
        self.pool.waiting().filter(|n| holds(*n)).count()
    }

    /// Marks the moment from which on nobody can give anything back.
    fn look(&mut self, w: &mut W) {
        let waiting = self.pool.waiting().len();
        let (stuck, lost) = (self.stuck(), self.forgotten.len());
        let is_stuck = waiting > 0 && stuck + lost >= self.controls.pool as usize;
        if is_stuck && !self.was_stuck {
            w.notable(POOL, if stuck > 0 { mark_stuck() } else { mark_drained() });
        }
        self.was_stuck = is_stuck;
    }

    fn lane(&self, n: u32, now: Time) -> Lane {
        let mine = self.long.iter().filter(|it| it.connection == n).copied();
        let held = self.pool.holder(n).filter(|(_, since)| now.since(*since) >= LONG);
        let held = held.map(|(by, from)| Hold { connection: n, from, until: now, by: request(by) });
        let long: Vec<Hold> = mine.chain(held).collect();
        let entity = connection(n);
        let mut bars: Vec<Bar> = Vec::new();
        let used = self.used.get(n as usize).map_or(&[][..], Vec::as_slice);
        for (bucket, seconds) in (0..).zip(used) {
            let status = match seconds / BUCKET as f32 {
                share if share < 0.01 => continue,
                share if share < 0.5 => Status::Normal,
                _ => Status::Active,
            };
            let (start, end) =
                (Time::from_secs(bucket * BUCKET), Time::from_secs((bucket + 1) * BUCKET).min(now));
            // What was kept for long has bars of its own, which may begin or end within the bucket.
            let from = long
                .iter()
                .filter(|it| it.from <= start && it.until > start)
                .fold(start, |t, it| t.max(it.until));
            let until =
                long.iter().filter(|it| it.from > start && it.from < end).fold(end, |t, it| t.min(it.from));
            match bars.last_mut().filter(|last| last.until == from && last.status == status) {
                _ if from >= until => {}
                Some(last) => last.until = until,
                None => bars.push(Bar { entity, from, until, label: Label::Words(bar_short()), status }),
            }
        }
        bars.extend(long.iter().map(|it| Bar {
            entity: it.by,
            from: it.from,
            until: it.until,
            label: Label::Words(bar_long(it.by)),
            status: Status::Trouble,
        }));
        crate::sim::sort::sort_by_key(&mut bars, |bar| bar.from);
        Lane { entity, label: Label::Words(lane_connection(entity)), bars }
    }

    fn lanes(&self, now: Time) -> Panel {
        let places = self.pool.places().max(self.controls.pool);
        let lanes = (0..places).map(|n| self.lane(n, now)).collect();
        let key = legend([
            (key_some(), Status::Normal),
            (key_busy(), Status::Active),
            (key_long(), Status::Trouble),
        ]);
        let (from, until) = (Time::ZERO, Self::SPEC.until);
        Panel::Lanes(Lanes { title: Label::Words(lanes_title()), from, until, step: None, lanes, key }.into())
    }
}

impl Experiment for Held {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("held-connections", Time::from_secs(600), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(240))
            .warm_up(Time::from_secs(10))
            .speed(20.0);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        w.schedule(HOUSE_KEEPING, Event::HouseKeeping);
        Ok(Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(REQUEST, controls.load, w, Event::Arrival),
            journeys: Journeys::new(REQUEST, LOSSES),
            threads: Station::new(APP, controls.threads, Some(ROOM)),
            pool: ConnectionPool::filled(controls.config(), Time::ZERO),
            forgotten: Vec::new(),
            long: Vec::new(),
            used: Vec::new(),
            was_stuck: false,
        })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::Starts(of) => self.wants(of, w),
            Event::Deadline => {
                while let Some(caller) = self.pool.expire(w.now()) {
                    self.ends(request(caller), TIMED_OUT, w);
                }
            }
            Event::Queried(of) => self.queried(of, w),
            Event::Opened(n) => {
                let next = self.pool.opened(n, w.now());
                self.pass_on(n, next, w);
            }
            Event::HouseKeeping => self.house_keeping(w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.controls = is.clone();
        self.arrivals.set_rate(is.load, w, Event::Arrival);
        self.threads.set_workers(is.threads, w);
        self.pool.set_config(is.config());
        self.open(w);
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("free", f64::from(self.pool.open_in_all() - self.pool.in_use()));
        out.put("kept", self.kept(w.now()) as f64);
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let rates = [("answered", Status::Active), ("failed", Status::Trouble)];
        scene.panels = vec![
            self.lanes(w.now()),
            Panel::series(chart_rates(), Unit::Rate, rates, Self::SPEC.until),
            self.journeys.ledger(),
        ];
        let (kept, pool, waiting) = (self.kept(w.now()), self.controls.pool, self.pool.waiting().len());
        let all = kept > 0 && kept >= self.pool.open_in_all() as usize;
        scene.sentences.push(if all { says_all_kept(pool) } else { says_kept(kept, pool) });
        scene.sentences.push(match (self.stuck(), waiting) {
            (_, 0) => says_nobody_waits(),
            (0, waiting) => says_waiting(waiting),
            (stuck, _) => says_stuck(stuck),
        });
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let waiting = self.pool.waiting().len();
        let says = match entity {
            APP => about_app(self.threads.busy().len(), self.controls.threads, self.threads.waiting().len()),
            POOL => about_pool(self.pool.in_use(), self.pool.open_in_all(), waiting),
            Entity { kind: CONNECTION, n } => match self.pool.holder(n) {
                Some((by, since)) if self.forgotten.contains(&n) => {
                    about_held_by_ended(request(by), w.now().since(since))
                }
                Some((by, since)) => about_held(request(by), w.now().since(since)),
                None if self.pool.is_opening(n) => about_opening(),
                None if self.pool.is_idle(n) => about_idle(),
                None => return None,
            },
            _ => return self.journeys.about_at(entity, w, &core::iter::once(&self.threads)),
        };
        Some(About::says([says]))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.threads.invariants()?;
        self.pool.invariants()?;
        let has: usize = self.journeys.iter().map(|(_, it)| it.carries.has.iter().flatten().count()).sum();
        let (used, lost) = (self.pool.in_use() as usize, self.forgotten.len());
        let right = has + lost == used;
        if right {
            Ok(())
        } else {
            Err(format!("{used} are in use: requests have {has}, and {lost} are forgotten"))
        }
    }
}
