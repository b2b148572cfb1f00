//! How large a pool should be: requests that share a pool of connections, whose queries share the cores of a database.
//!
//! ```text
//!   requests ── wait for a connection ── query: shares the cores ── other work, connection kept ── connection given back
//! ```
//!
//! Without a pool each request opens a connection for itself: round trips, then work for the database, which makes a process
//! and checks a password for it. Leaves out: threads of the application, which may run out first; several instances, each with
//! a pool of its own; disks, locks between queries, and transactions.

use super::database::Database;
use crate::lessons::prelude::*;
use crate::mechanism::connection_pool::{Acquired, ConnectionPool, PoolConfig};
use crate::mechanism::queueing::Mmc;
use crate::scene::{Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow};
use crate::sim::sort::sort_by_key;

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    WAITING_KIND = "waiting", Only; POOL_KIND = "pool", Only; DATABASE_KIND = "database", Only;
    CONNECTION = "connection", Numbers;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    pub(super) LOSSES of CAUSE;
    TIMED_OUT = 1, "timed-out";
    TOO_MANY = 2, "too-many-clients";
}

const ANSWERED: EndKind = EndKind(0);
const WAITING: Entity = Entity::new(WAITING_KIND, 0);
const POOL: Entity = Entity::new(POOL_KIND, 0);
const DATABASE: Entity = Entity::new(DATABASE_KIND, 0);
/// Mean work of a query, in seconds of a core.
const QUERY: f64 = 0.01;
/// Round trips until a connection is open (TCP, TLS, password), and what one takes in seconds.
pub(super) const HANDSHAKE: (f64, f64) = (4.0, 0.002);
/// What the database does for a new connection, in seconds of a core: a process, keys, a password's hash.
pub(super) const OPENING: f64 = 0.02;
/// `PostgreSQL`'s `max_connections`: it refuses more.
const MAX_CONNECTIONS: usize = 100;
const MOST: f64 = 64.0;
const WORK: Purpose = Purpose::named("query");
const KEPT: Purpose = Purpose::named("other work");
/// A size is measured from so long after it was chosen, when the line from before is gone, and shown after so many requests.
const SETTLES: Span = Span::from_secs(4);
const ENOUGH: f64 = 100.0;

choices! {
    /// Where a request has its connection from.
    pub enum Source {
        Pool = "pool", "From a pool";
        Each = "each", "A new one each time";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (20.0, 600.0), 20.0, 300.0)
            .help("Requests a second, each with one query.").primary(),
        pub pool: u32 = Control::number("pool", "Pool size", Unit::Count, (1.0, MOST), 1.0, 48.0)
            .help("Connections in the pool, all of them open: HikariCP's maximumPoolSize.").primary(),
        pub source: Source = Control::choice("source", "Connections", Source::OPTIONS, "pool")
            .help("Borrowed from a pool, or opened and closed by each request.").primary(),
        pub cores: u32 = Control::number("cores", "Database cores", Unit::Count, (1.0, 16.0), 1.0, 4.0)
            .help("Each finishes 100 queries a second if it works on one at a time."),
        pub hold: Span = Control::number("hold", "Also kept for", Unit::Time, (0.0, 0.05), 0.005, 0.01)
            .help("How long a request keeps its connection beside the query, on average: while it travels, or computes."),
        pub penalty: f64 = Control::number("penalty", "Cost of company", Unit::Share, (0.0, 0.1), 0.005, 0.03)
            .help("By how much each query beyond one a core slows all of them: switching, cold caches, locks."),
        pub timeout: Span = Control::log_number("timeout", "Wait at most", Unit::Time, (0.25, 30.0), 1.0)
            .help("How long a request waits for a connection: HikariCP's connectionTimeout, 30 s by default."),
    }
}

impl ControlValues {
    fn config(&self) -> PoolConfig {
        PoolConfig {
            maximum_pool_size: self.pool,
            connection_timeout: self.timeout,
            max_lifetime: Span::ZERO,
            ..PoolConfig::default()
        }
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Rate, "Answers a second over the last 2 s.")
        .of(REQUEST, &[ANSWERED]).last(2.0);
    Reading::measured("refused", "refused", Statistic::Rate, "Requests a second that got no connection, over the last 2 s.")
        .of(REQUEST, &[TIMED_OUT, TOO_MANY]).last(2.0).trouble_from(0.5);
    Reading::measured("mean", "mean", Statistic::Mean, "Mean time of the answers of the last 2 s.")
        .of(REQUEST, &[ANSWERED]).last(2.0);
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of the answers of the last 2 s took at most this long.")
        .of(REQUEST, &[ANSWERED]).last(2.0).trouble_from(0.25);
    Reading::new("wait", "wait for one", Unit::Time, "Mean wait for a connection, of those who got one or gave up in the last 5 s.");
    Reading::new("query", "query", Unit::Time, "Mean time that a query spent in the database, over the last 5 s; 10 ms if it were alone.");
}

messages! {
    pub(super) MESSAGES;
    grid_title(); row_waiting(); row_connections(); row_useful(); note_number(n: usize); note_useful(useful: (f64, Unit));
    key_query(); key_slow(); key_kept(); key_opening(); key_idle(); key_waits();
    chart_title(); axis_pool(); axis_mean(); line_erlang(); line_measured();
    says_thrashing(queries: usize, wasted: (f64, Unit)); says_room(queries: usize);
    says_line(waiting: usize); says_no_line(); says_opening(opening: usize, open: usize);
    about_waiting(waiting: usize); about_query(request: Entity, speed: (f64, Unit)); about_kept(request: Entity); about_opening(); about_idle();
    about_database(queries: usize, speed: (f64, Unit)); about_pool(used: u32, open: u32);
    step_opened(); step_waits(ahead: usize); step_has(); step_queried(); step_refused_all(most: usize);
    judge_p99(p99: (f64, Unit), bound: (f64, Unit)); judge_refused(refused: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    /// Whoever has waited for too long is sent away.
    Deadline,
    /// A handshake has crossed the network as often as it must; of a connection of the pool or a request.
    Dialled(Entity),
    /// The database has done something.
    Done,
    /// A request has done what it keeps its connection for.
    Kept(Entity),
}

/// What a request with a connection is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waits,
    Opens,
    Queries,
    Keeps,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    phase: Phase,
    /// Its connection's place in the pool; none without a pool.
    connection: Option<u32>,
}

/// What was measured at one size of the pool.
#[derive(Clone, Copy, Debug)]
struct AtSize {
    size: u32,
    sum: f64,
    count: f64,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct PoolSize {
    controls: ControlValues,
    arrivals: Arrivals,
    journeys: Journeys<Request>,
    pub(super) pool: ConnectionPool,
    database: Database,
    pub(super) waits: Occupancy,
    queries: Occupancy,
    measured: Vec<AtSize>,
    chosen: Time,
}

fn request(n: u64) -> Entity {
    Entity::new(REQUEST, n as u32)
}

/// A handshake sets out.
fn dial(of: Entity, w: &mut W) {
    w.schedule(Span::from_secs_f64(HANDSHAKE.0 * HANDSHAKE.1), Event::Dialled(of));
}

impl PoolSize {
    fn arrival(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        let of = self.journeys.begin(Request { phase: Phase::Waits, connection: None }, WAITING, w);
        match self.controls.source {
            Source::Each if self.without_pool() >= MAX_CONNECTIONS => {
                w.record_step(of, || (step_refused_all(MAX_CONNECTIONS), None));
                self.journeys.turn_back(of, TOO_MANY);
                self.journeys.end(of, w);
            }
            Source::Each => {
                self.phase(of, Phase::Opens, w.now());
                dial(of, w);
            }
            Source::Pool => {
                let ahead = self.pool.waiting().len();
                self.waits.enter(w.now());
                match self.pool.acquire(of.n.into(), w.now()) {
                    Acquired::Has(_) => self.begin(of, w),
                    Acquired::Waits { until } => {
                        w.record_step(of, || (step_waits(ahead), None));
                        w.schedule_at(until, Event::Deadline);
                    }
                }
            }
        }
    }

    /// How many requests there are that don't wait in line, with a connection of their own or opening one.
    fn without_pool(&self) -> usize {
        let alone = |it: &Request| it.connection.is_none() && it.phase != Phase::Waits;
        self.journeys.iter().filter(|(_, it)| alone(&it.carries)).count()
    }

    fn phase(&mut self, of: Entity, phase: Phase, now: Time) {
        if let Some(it) = self.journeys.carried(of) {
            it.phase = phase;
        }
        self.journeys.enter(of, if phase == Phase::Queries { DATABASE } else { POOL }, now);
    }

    /// The pool opens what it wants to have.
    fn open(&mut self, w: &mut W) {
        for connection in self.pool.open() {
            dial(Entity::new(CONNECTION, connection), w);
        }
    }

    /// A request has a connection of the pool, at once or after waiting.
    fn begin(&mut self, of: Entity, w: &mut W) {
        let has = |n: &u32| self.pool.holder(*n).is_some_and(|(by, _)| by == u64::from(of.n));
        let connection = (0..self.pool.places()).find(has);
        if let Some(journey) = self.journeys.get(of) {
            self.waits.leave(w.now(), journey.began);
        }
        if let Some(it) = self.journeys.carried(of) {
            it.connection = connection;
        }
        w.record_step(of, || (step_has(), None));
        self.query(of, w);
    }

    fn query(&mut self, of: Entity, w: &mut W) {
        self.phase(of, Phase::Queries, w.now());
        self.queries.enter(w.now());
        let work = Dist::Exponential(QUERY).sample(&mut w.draws(WORK, of));
        self.database.begin(of, work, w, Event::Done);
    }

    /// The database has done something: a query, or what a new connection needs.
    fn done(&mut self, w: &mut W) {
        let Some(of) = self.database.done(w, Event::Done) else { return };
        if of.kind == CONNECTION {
            let next = self.pool.opened(of.n, w.now());
            return self.pass_on(next, w);
        }
        let Some(journey) = self.journeys.get(of) else { return };
        if journey.carries.phase == Phase::Opens {
            w.record_step(of, || (step_opened(), None));
            return self.query(of, w);
        }
        self.queries.leave(w.now(), journey.since);
        w.record_step(of, || (step_queried(), None));
        self.phase(of, Phase::Keeps, w.now());
        let keeps = Dist::Exponential(self.controls.hold.secs()).span(&mut w.draws(KEPT, of));
        w.schedule(keeps, Event::Kept(of));
    }

    fn kept(&mut self, of: Entity, w: &mut W) {
        let Some(journey) = self.journeys.get(of) else { return };
        let (connection, took) = (journey.carries.connection, w.now().since(journey.began));
        if journey.began >= self.chosen + SETTLES && self.controls.source == Source::Pool {
            self.record(took.secs());
        }
        self.journeys.end_as(of, ANSWERED, w);
        if let Some(connection) = connection {
            let next = self.pool.release(connection, of.n.into(), w.now());
            self.pass_on(next, w);
        }
    }

    fn pass_on(&mut self, next: Option<u64>, w: &mut W) {
        if let Some(next) = next {
            self.begin(request(next), w);
        }
        self.open(w);
    }

    fn deadline(&mut self, w: &mut W) {
        while let Some(caller) = self.pool.expire(w.now()) {
            let of = request(caller);
            if let Some(journey) = self.journeys.get(of) {
                self.waits.leave(w.now(), journey.began);
            }
            self.journeys.turn_back(of, TIMED_OUT);
            self.journeys.end(of, w);
        }
    }

    fn record(&mut self, took: f64) {
        let size = self.controls.pool;
        match self.measured.iter_mut().find(|it| it.size == size) {
            Some(it) => (it.sum, it.count) = (it.sum + took, it.count + 1.0),
            None => self.measured.push(AtSize { size, sum: took, count: 1.0 }),
        }
    }

    /// A cell for somebody who has a connection.
    fn cell(&self, entity: Entity, phase: Phase) -> Cell {
        match phase {
            Phase::Queries => {
                let slow = self.database.speed() < 0.25;
                let status = if slow { Status::Trouble } else { Status::Normal };
                Cell { entity, level: self.database.speed() as f32, status }
            }
            Phase::Keeps => Cell { entity, level: 0.3, status: Status::Draining },
            _ => Cell { entity, level: 0.3, status: Status::Warming },
        }
    }

    /// Connections: those that query first, each by its number, so that equal ones stand together and few change places.
    fn connections(&self) -> Vec<Cell> {
        let phases = [Phase::Queries, Phase::Keeps, Phase::Opens];
        let connection = |n| Entity::new(CONNECTION, n);
        let of = |phase| {
            let pooled = self.journeys.iter().filter(move |(_, it)| it.carries.phase == phase);
            let cells = pooled.map(|(of, it)| self.cell(it.carries.connection.map_or(of, connection), phase));
            let mut cells: Vec<Cell> = cells.collect();
            sort_by_key(&mut cells, |cell| cell.entity.n);
            cells
        };
        let all = phases.into_iter().flat_map(of);
        let places = 0..self.pool.places();
        let opening = places.clone().filter(|n| self.pool.is_opening(*n));
        let idle = places.filter(|n| self.pool.is_idle(*n));
        let idle = idle.map(|n| Cell { entity: connection(n), level: 0.06, status: Status::Quiet });
        all.chain(opening.map(|n| self.cell(connection(n), Phase::Opens))).chain(idle).collect()
    }

    fn grid(&self, now: Time) -> Panel {
        let line: Vec<u64> = self.pool.waiting().collect();
        // How long each has waited, of the time that it may.
        let waited = line.iter().map(|n| {
            let since = self.journeys.get(request(*n)).map_or(Span::ZERO, |it| now.since(it.began));
            let level = (since.secs() / self.controls.timeout.secs()).min(1.0) as f32;
            Cell { entity: WAITING, level: level.max(0.06), status: Status::Active }
        });
        let connections = self.connections();
        let note = match self.controls.source {
            Source::Pool => note_number(self.controls.pool as usize),
            Source::Each => note_number(self.without_pool()),
        };
        let (cores, inside) = (self.controls.cores as usize, self.database.inside());
        let useful = self.database.useful() as f32;
        let busy = |n: usize| {
            let (level, status) = if n < inside { (useful, Status::Normal) } else { (0.06, Status::Quiet) };
            Cell { entity: DATABASE, level, status }
        };
        let percent = libm::round(100.0 * self.database.useful()) / 100.0;
        let rows = vec![
            GridRow::new(WAITING, row_waiting(), note_number(line.len()), waited),
            GridRow::new(POOL, row_connections(), note, connections),
            GridRow::new(DATABASE, row_useful(), note_useful((percent, Unit::Share)), (0..cores).map(busy)),
        ];
        let key = legend([
            (key_waits(), Status::Active),
            (key_query(), Status::Normal),
            (key_slow(), Status::Trouble),
            (key_kept(), Status::Draining),
            (key_opening(), Status::Warming),
            (key_idle(), Status::Quiet),
        ]);
        let grid = Grid { title: Label::Words(grid_title()), rows, columns: MOST as u32, tall: true, key };
        Panel::Grid(grid.into())
    }

    /// What was measured at the sizes that were tried, beside Erlang's formula, which gives every connection a core.
    fn chart(&self) -> Panel {
        let ControlValues { load, pool, hold, source, .. } = self.controls;
        let mu = 1.0 / (QUERY + hold.secs());
        let erlang = |servers| Mmc { servers, lambda: load, mu };
        let sizes = (1..=MOST as u32).filter(|n| erlang(*n).rho() < 1.0);
        let expected = sizes.map(|n| (n as f32, erlang(n).sojourn() as f32)).collect();
        let mut shown: Vec<AtSize> = self.measured.iter().copied().filter(|it| it.count >= ENOUGH).collect();
        sort_by_key(&mut shown, |it| it.size);
        let measured = shown.iter().map(|it| (it.size as f32, (it.sum / it.count) as f32)).collect();
        let line =
            |label, status, points, dots| CurveLine { label: Label::Words(label), status, points, dots };
        let lines = vec![
            line(line_erlang(), Status::Quiet, expected, false),
            line(line_measured(), Status::Active, measured, true),
        ];
        let axis = |label, unit, ends| Axis { label: Label::Words(label), unit, ends, log: true };
        let x = axis(axis_pool(), Unit::Count, (1.0, MOST));
        let y = axis(axis_mean(), Unit::Time, (0.01, 10.0));
        let now = (source == Source::Pool).then(|| f64::from(pool));
        Panel::Chart(Chart::Curves(Curves { title: Label::Words(chart_title()), x, y, lines, now }.into()))
    }
}

impl Experiment for PoolSize {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("pool-size", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(12))
            .warm_up(Time::from_secs(5))
            .speed(0.5);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, LOSSES.messages, journeys::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        Ok(Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(REQUEST, controls.load, w, Event::Arrival),
            journeys: Journeys::new(REQUEST, LOSSES),
            pool: match controls.source {
                Source::Pool => ConnectionPool::filled(controls.config(), Time::ZERO),
                Source::Each => ConnectionPool::new(controls.config()),
            },
            database: Database::new(controls.cores, controls.penalty),
            waits: Occupancy::default(),
            queries: Occupancy::default(),
            measured: Vec::new(),
            chosen: Time::ZERO,
        })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::Deadline => self.deadline(w),
            Event::Dialled(of) => {
                let work = OPENING;
                self.database.begin(of, work, w, Event::Done);
            }
            Event::Done => self.done(w),
            Event::Kept(of) => self.kept(of, w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.arrivals.set_rate(is.load, w, Event::Arrival);
        self.database.set(is.cores, is.penalty, w, Event::Done);
        self.pool.set_config(is.config());
        if is.source == Source::Pool {
            self.open(w);
        }
        // What was measured with other controls says nothing of these.
        let same = ControlValues { pool: is.pool, ..was } == *is;
        self.measured.retain(|it| same && it.size != is.pool);
        self.chosen = w.now();
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let stay = |of: &Occupancy| Some(of.of_late(w.now())).filter(|it| it.rate > 0.0).map(|it| it.stay);
        out.put("wait", stay(&self.waits));
        out.put("query", stay(&self.queries));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        scene.panels = vec![self.grid(w.now()), self.chart(), self.journeys.ledger()];
        let (inside, waiting) = (self.database.inside(), self.pool.waiting().len());
        let wasted = libm::round(100.0 * (1.0 - self.database.useful())) / 100.0;
        let crowded = wasted >= 0.2;
        scene.sentences.push(if crowded {
            says_thrashing(inside, (wasted, Unit::Share))
        } else {
            says_room(inside)
        });
        scene.sentences.push(match self.controls.source {
            Source::Pool if waiting == 0 => says_no_line(),
            Source::Pool => says_line(waiting),
            Source::Each => {
                let opening = self.journeys.iter().filter(|(_, it)| it.carries.phase == Phase::Opens).count();
                says_opening(opening, self.without_pool())
            }
        });
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let percent = (libm::round(100.0 * self.database.speed()) / 100.0, Unit::Share);
        let says = match entity {
            WAITING => about_waiting(self.pool.waiting().len()),
            POOL => about_pool(self.pool.in_use(), self.pool.open_in_all()),
            DATABASE => about_database(self.database.inside(), percent),
            Entity { kind: CONNECTION, n } => match self.pool.holder(n) {
                Some((by, _)) => match self.journeys.get(request(by))?.carries.phase {
                    Phase::Queries => about_query(request(by), percent),
                    _ => about_kept(request(by)),
                },
                None if self.pool.is_opening(n) => about_opening(),
                None if self.pool.is_idle(n) => about_idle(),
                None => return None,
            },
            _ => return self.journeys.about(entity, w, |_| None),
        };
        Some(About::says([says]))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.pool.invariants()?;
        let with = self.journeys.iter().filter(|(_, it)| it.carries.connection.is_some()).count();
        let (used, line) = (self.pool.in_use() as usize, self.pool.waiting().len());
        let waits = self.waits.inside() as usize;
        let right = with == used && waits == line;
        if right {
            Ok(())
        } else {
            Err(format!("{with} have one of {used}; {waits} wait, the pool says {line}"))
        }
    }
}
