//! A service of three tiers, each of which waits for the next: threads, a pool of connections, a database.
//!
//! ```text
//!   clients ── 40 ms ── queue ─ threads ─ queue ─ connections ─ queue ─ cores of the database
//! ```
//!
//! With a thread for each request, a thread is kept while its request waits for a connection and for the database; with
//! asynchronous code it is given back. A connection is kept until its query is done. Leaves out: retries, time-outs, what a
//! thread or a connection costs the machine, and a database that gets slower under many connections.

use crate::lessons::prelude::*;
use crate::parts::arrivals::{ClosedLoop, Pattern, Stream};
use crate::sim::decimal::rounded;

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    CLIENTS_KIND = "clients", Only; APP_KIND = "app", Only; POOL_KIND = "pool", Only; DATABASE_KIND = "database", Only;
    USER = "user", Numbers;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    REFUSED = 1, "queue-full";
}

const ANSWERED: EndKind = EndKind(0);
const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
/// The tiers, in the order in which requests come to them.
const TIERS: [Entity; 3] =
    [Entity::new(APP_KIND, 0), Entity::new(POOL_KIND, 0), Entity::new(DATABASE_KIND, 0)];
const APP: usize = 0;
const POOL: usize = 1;
const DATABASE: usize = 2;
/// Room for requests that wait for a thread (Tomcat: `acceptCount`), and for those that wait for a connection.
const ROOM: [u32; 2] = [100, 200];
/// From the clients to the application, or back.
const HOP: Span = Span::from_millis(40);
/// Mean time in seconds that a thread works by itself, and that a core of the database works on a query.
const OWN_WORK: f64 = 0.005;
const QUERY: f64 = 0.02;
const WORK: Purpose = Purpose::named("own work");
const QUERIES: Purpose = Purpose::named("query");
const CACHED: Purpose = Purpose::named("cached");
/// With fewer who wait, no tier is called a bottleneck.
const LINE: u32 = 10;

choices! {
    /// Who sends requests.
    pub enum Clients {
        Open = "open", "Open";
        Bursts = "bursts", "Open, in bursts";
        Users = "users", "Users who wait";
    }
}

choices! {
    /// What a thread does while its request waits.
    pub enum Style {
        Sync = "sync", "Thread per request";
        Async = "async", "Asynchronous";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 500.0), 10.0, 240.0)
            .help("Requests a second. Users who wait send this many as long as they are answered at once.").primary(),
        pub threads: u32 = Control::number("threads", "Threads", Unit::Count, (1.0, 200.0), 1.0, 32.0)
            .help("Requests that the application works on, or waits with, at the same time.").primary(),
        pub connections: u32 = Control::number("connections", "Connections", Unit::Count, (1.0, 64.0), 1.0, 8.0)
            .help("Connections to the database that the application shares.").primary(),
        pub cores: u32 = Control::number("cores", "Database cores", Unit::Count, (1.0, 16.0), 1.0, 4.0)
            .help("Queries that the database works on at the same time: 50 a second on each core.").primary(),
        pub style: Style = Control::choice("style", "Code", Style::OPTIONS, "sync")
            .help("A thread waits with its request, or is given back while the database works."),
        pub cached: f64 = Control::number("cached", "From cache", Unit::Share, (0.0, 0.99), 0.01, 0.0)
            .help("Share of requests that the application answers from its memory."),
        pub clients: Clients = Control::choice("clients", "Clients", Clients::OPTIONS, "open")
            .help("Strangers who come whatever the service does, steadily or in bursts, or users who wait for an answer before they ask again."),
        pub think: Span = Control::log_number("think", "Users think for", Unit::Time, (0.1, 30.0), 1.0)
            .help("Mean time between an answer and the same user's next request."),
    }
}

impl ControlValues {
    fn stream(&self) -> Stream {
        let pattern = if self.clients == Clients::Bursts { Pattern::Bursty } else { Pattern::Poisson };
        Stream { pattern, rate: self.load, compress: 1.0 }
    }

    fn users(&self) -> u32 {
        if self.clients == Clients::Users { libm::round(self.load * self.think.secs()) as u32 } else { 0 }
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Rate, "Answers a second over the last 5 s.")
        .of(REQUEST, &[ANSWERED]).last(5.0);
    Reading::measured("refused", "refused", Statistic::Rate, "Requests refused a second, over the last 5 s.")
        .of(REQUEST, &[REFUSED]).last(5.0).trouble_from(0.5);
    Reading::measured("mean", "mean", Statistic::Mean, "Mean time of the answers of the last 5 s.")
        .of(REQUEST, &[ANSWERED]).last(5.0);
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of the answers of the last 5 s took at most this long.")
        .of(REQUEST, &[ANSWERED]).last(5.0);
    Reading::new("threads", "threads taken", Unit::Count, "Threads that were taken, on average over the last 5 s.");
    Reading::new("cores", "cores busy", Unit::Share, "Share of the database's cores that were busy, over the last 5 s.");
}

messages! {
    pub(super) MESSAGES;
    note_users(users: u32); chart_rates(); answered(); refused();
    table_tiers(); column_tier(); column_rate(); column_stay(); column_product(); column_inside();
    row_for_thread(); row_threads(); row_for_connection(); row_connections(); row_for_core(); row_cores(); row_service();
    says_full(tier: Entity, waiting: u32); says_room();
    says_waiting(waiting: u32, tier: Entity); says_nobody_waits();
    about_clients(sent: u64); about_bottleneck(waiting: u32); about_blocked(tier: Entity);
    judge_p99(p99: (f64, Unit), bound: (f64, Unit)); judge_refused(refused: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    UserAsks(Entity),
    Arrives(Entity),
    /// A thread has done what it does by itself.
    Worked(Entity),
    Connected(Entity),
    Queried(Entity),
    Back(Entity),
}

#[derive(Clone, Copy, Debug, Default)]
struct Request {
    user: Option<Entity>,
    came: Time,
    /// Whether it has or gets a thread, and hasn't given it back.
    has_thread: bool,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Service {
    controls: ControlValues,
    arrivals: Arrivals,
    users: ClosedLoop,
    journeys: Journeys<Request>,
    pub(super) tiers: [Station<Event>; 3],
    inside: Occupancy,
}

impl Service {
    fn begin(&mut self, user: Option<Entity>, w: &mut W) {
        let request = self.journeys.begin(Request { user, ..Request::default() }, CLIENTS, w);
        self.journeys.send(request, TIERS[APP], HOP, w, Event::Arrives(request));
    }

    /// A request comes to a tier; false if it is refused.
    fn enter(&mut self, at: usize, request: Entity, takes: Span, done: Event, w: &mut W) -> bool {
        self.journeys.enter(request, TIERS[at], w.now());
        self.tiers[at].offer(request, takes, w, done).is_accepted()
    }

    fn arrives(&mut self, request: Entity, w: &mut W) {
        let takes = Dist::Exponential(OWN_WORK).span(&mut w.draws(WORK, request));
        if !self.enter(APP, request, takes, Event::Worked(request), w) {
            return self.send_back(request, REFUSED, w);
        }
        self.inside.enter(w.now());
        if let Some(it) = self.journeys.carried(request) {
            (it.came, it.has_thread) = (w.now(), true);
        }
    }

    fn worked(&mut self, request: Entity, w: &mut W) {
        if w.draws(CACHED, request).chance(self.controls.cached) {
            return self.leave(request, ANSWERED, w);
        }
        if self.controls.style == Style::Async {
            self.free_thread(request, w);
        }
        if !self.enter(POOL, request, Span::ZERO, Event::Connected(request), w) {
            self.leave(request, REFUSED, w);
        }
    }

    fn free_thread(&mut self, request: Entity, w: &mut W) {
        if self.journeys.carried(request).is_some_and(|it| core::mem::take(&mut it.has_thread)) {
            self.tiers[APP].done(request, w);
        }
    }

    /// A request leaves the service.
    fn leave(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        self.free_thread(request, w);
        if let Some(journey) = self.journeys.get(request) {
            self.inside.leave(w.now(), journey.carries.came);
        }
        self.send_back(request, outcome, w);
    }

    /// What becomes of it is known where it is; the application tells the clients.
    fn send_back(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        self.journeys.turn_back(request, outcome);
        self.journeys.enter(request, TIERS[APP], w.now());
        self.journeys.send(request, CLIENTS, HOP, w, Event::Back(request));
    }

    /// The deepest tier whose places are all taken, and how many wait for it: before it, and before those in front of it.
    fn bottleneck(&self) -> Option<(usize, u32)> {
        let full = (0..TIERS.len()).rev().find(|&at| self.tiers[at].is_full())?;
        let waiting = self.tiers[..=full].iter().map(|tier| tier.waits().inside()).sum();
        (waiting >= LINE).then_some((full, waiting))
    }

    /// Why all places of a tier are taken, if they are.
    fn why_full(&self, tier: Entity) -> Option<Msg> {
        let (full, waiting) = self.bottleneck()?;
        let at = TIERS.iter().position(|it| *it == tier).filter(|at| self.tiers[*at].is_full())?;
        Some(if at == full { about_bottleneck(waiting) } else { about_blocked(TIERS[full]) })
    }

    fn flow(&self, now: Time) -> Panel {
        let full = self.bottleneck().map(|(at, _)| at);
        let node = |at: usize| {
            let note = (at == DATABASE).then_some(Label::Value(QUERY, Unit::Time));
            let node = self.tiers[at].node(note, now);
            let status = if full == Some(at) { Status::Trouble } else { Status::Normal };
            // No more can wait at the database than have connections; the table says how many do.
            let queue = node.queue.filter(|_| at != DATABASE);
            let shape = [Shape::Server, Shape::Plain, Shape::Database][at];
            vec![self.journeys.with_badge(Node { status, queue, shape, ..node }, now)]
        };
        let asks = match self.users.clients() {
            0 => Label::Value(self.controls.load, Unit::Rate),
            users => Label::Words(note_users(users)),
        };
        let clients = vec![Node::new(CLIENTS).shaped(Shape::Client).note(asks)];
        Panel::Flow(Flow::through([clients, node(APP), node(POOL), node(DATABASE)], self.journeys.packets()))
    }

    /// Little's law at every tier.
    fn table(&self, now: Time) -> Panel {
        let [app, pool, database] = &self.tiers;
        let row = |(entity, name, it): (Entity, Msg, &Occupancy)| {
            let of_late = it.of_late(now);
            let count = |value| Label::Value(rounded(value, 10.0), Unit::Count);
            let rate = Label::Value(libm::round(of_late.rate), Unit::Rate);
            let stay = Label::Value(of_late.stay, Unit::Time);
            let product = count(of_late.rate * of_late.stay);
            Row::new(entity, [Label::Words(name), rate, stay, product, count(of_late.inside)])
        };
        let rows = [
            (TIERS[APP], row_for_thread(), app.waits()),
            (TIERS[APP], row_threads(), app.holds()),
            (TIERS[POOL], row_for_connection(), pool.waits()),
            (TIERS[POOL], row_connections(), pool.holds()),
            (TIERS[DATABASE], row_for_core(), database.waits()),
            (TIERS[DATABASE], row_cores(), database.holds()),
            (CLIENTS, row_service(), &self.inside),
        ];
        let columns = [column_tier(), column_rate(), column_stay(), column_product(), column_inside()];
        Panel::table(table_tiers(), columns, rows.map(row)).unfolded()
    }

    fn say(&self) -> [Msg; 2] {
        let waiting = [APP, POOL].map(|at| self.tiers[at].waits().inside());
        let longest = usize::from(waiting[POOL] > waiting[APP]);
        let tier = self.bottleneck().map_or_else(says_room, |(at, waiting)| says_full(TIERS[at], waiting));
        match waiting[longest] {
            0 => [tier, says_nobody_waits()],
            waiting => [tier, says_waiting(waiting, TIERS[longest])],
        }
    }
}

impl Experiment for Service {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("three-tiers", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .version(2)
            .still_at(Time::from_millis(2_500))
            .warm_up(Time::from_secs(10))
            .speed(0.25);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, data: &Data, w: &mut W) -> Result<Self, Msg> {
        let think = Dist::Exponential(controls.think.secs());
        Ok(Self {
            controls: controls.clone(),
            arrivals: Arrivals::start(REQUEST, controls.stream(), data, w, Event::Arrival)?,
            users: ClosedLoop::start(USER, controls.users(), think, w, Event::UserAsks),
            journeys: Journeys::new(REQUEST, LOSSES),
            tiers: [
                Station::new(TIERS[APP], controls.threads, Some(ROOM[APP])),
                Station::new(TIERS[POOL], controls.connections, Some(ROOM[POOL])),
                Station::new(TIERS[DATABASE], controls.cores, None),
            ],
            inside: Occupancy::default(),
        })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => {
                self.arrivals.arrived(w, Event::Arrival);
                if self.controls.clients != Clients::Users {
                    self.begin(None, w);
                }
            }
            Event::UserAsks(user) => self.begin(Some(user), w),
            Event::Arrives(request) => self.arrives(request, w),
            Event::Worked(request) => self.worked(request, w),
            Event::Connected(request) => {
                let takes = Dist::Exponential(QUERY).span(&mut w.draws(QUERIES, request));
                self.enter(DATABASE, request, takes, Event::Queried(request), w);
            }
            Event::Queried(request) => {
                self.tiers[DATABASE].done(request, w);
                self.tiers[POOL].done(request, w);
                self.leave(request, ANSWERED, w);
            }
            Event::Back(request) => {
                if let Some(user) = self.journeys.get(request).and_then(|journey| journey.carries.user) {
                    self.users.answered(user, w, Event::UserAsks);
                }
                self.journeys.end(request, w);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.arrivals.set(is.stream(), w, Event::Arrival)?;
        self.users.set_think(Dist::Exponential(is.think.secs()));
        self.users.set_clients(is.users(), w, Event::UserAsks);
        for (tier, places) in self.tiers.iter_mut().zip([is.threads, is.connections, is.cores]) {
            tier.set_workers(places, w);
        }
        self.controls = is.clone();
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("threads", self.tiers[APP].holds().of_late(w.now()).inside);
        out.put("cores", self.tiers[DATABASE].busy_of_late(w.now()));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let rates = [("answered", Status::Active), ("refused", Status::Trouble)];
        scene.panels = vec![
            self.flow(w.now()),
            self.table(w.now()),
            Panel::series(chart_rates(), Unit::Rate, rates, Self::SPEC.until),
            self.journeys.ledger(),
        ];
        scene.sentences = self.say().into();
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        if entity == CLIENTS {
            return Some(About::says([about_clients(w.tally(REQUEST).opened())]));
        }
        let does = self.journeys.about_at(entity, w, &self.tiers.iter())?.sentences;
        Some(About::says(self.why_full(entity).into_iter().chain(does).collect::<Vec<_>>()))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.tiers.iter().try_for_each(Station::invariants)?;
        let (inside, seen) = (self.inside.inside() as usize, TIERS.map(|tier| self.journeys.at(tier)));
        let same = inside == seen.iter().sum::<usize>();
        if same { Ok(()) } else { Err(format!("{inside} are inside, and at the tiers {seen:?}")) }
    }
}
