//! The same requests on the same cores: a thread for each of them, or an event loop.
//!
//! ```text
//!                  ┌ a pool of k threads: one keeps its request from beginning to end ┐
//!   ── line of 100 ┤                                                                  ├ c cores
//!                  └ one loop, or one on each core: a request is two callbacks        ┘
//! ```
//!
//! A request computes, asks the database, waits for it, and computes once more; half of the computing is before and half
//! after. A thread of the pool sleeps while it waits. A loop takes the next callback instead. All threads, loops too, share the
//! cores in time slices, and a core that goes to another thread pays for the switch. Leaves out: what a system call takes,
//! caches that are cold after a switch, and a database that gets slower under load.

use crate::lessons::prelude::*;
use crate::parts::program::{Cores, Due, Traces};
use crate::scene::{Cell, Grid, GridRow};
use crate::sim::EntityMap;
use crate::sim::statistics::Recent;
use std::collections::VecDeque;

kinds! {
    KINDS;
    REQUEST = "request", Numbers;
    THREAD = "thread", Numbers;
    LOOP = "loop", Numbers;
    LINE_KIND = "line", Only; DATABASE_KIND = "database", Only;
}

const ANSWERED: EndKind = EndKind(0);
const REFUSED: EndKind = EndKind(1);
const LINE: Entity = Entity::new(LINE_KIND, 0);
const DATABASE: Entity = Entity::new(DATABASE_KIND, 0);
const MOST_THREADS: u32 = 500;
/// Address space that a stack reserves (Linux: `ulimit -s`), and memory that it takes for ever once a request has used it.
const RESERVED: u32 = 8 << 20;
const USED: u32 = 256 << 10;
/// Memory of a request that is inside, whoever serves it: its socket's buffers and what the program knows of it.
const INSIDE: u32 = 32 << 10;
/// So many threads are seen at most, and so many threads and requests together.
const SEEN: u32 = 8;
const ROWS: u32 = 10;
/// Cells of memory in a row, each as large as a stack that has been used.
const CELLS: usize = 64;
/// The database is slowed down to this at most.
const SLOWEST: f64 = 400.0;
/// Requests that nobody has begun with; the next is refused (Tomcat: `acceptCount`).
const ROOM: usize = 100;
/// A thread keeps its core so long if others want one (Linux: about 3 ms).
const SLICE: Span = Span::from_millis(3);
/// What a core loses when it goes to another thread.
const SWITCH: Span = Span::from_micros(10);
const WINDOW: Span = Span::from_millis(400);
const COMPUTES: Purpose = Purpose::named("computing");
const ASKS: Purpose = Purpose::named("database");

choices! {
    /// Who serves requests.
    pub enum Style {
        Pool = "pool", "Thread per request";
        Loop = "loop", "One event loop";
        Loops = "loops", "A loop on each core";
    }
}

choices! {
    /// What the picture shows.
    pub enum Shows {
        Time = "time", "Who waits";
        Memory = "memory", "Memory";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub style: Style = Control::choice("style", "Server", Style::OPTIONS, "pool")
            .help("A thread keeps its request until it is answered; a loop serves whatever can go on. Changing the server restarts the requests that are inside.").primary(),
        pub threads: u32 = Control::number("threads", "Threads", Unit::Count, (1.0, MOST_THREADS as f64), 1.0, 8.0)
            .help("Threads of the pool. The picture shows the first eight.").only_with("style", "pool").primary(),
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 500.0), 10.0, 100.0)
            .help("Requests a second.").primary(),
        pub cores: u32 = Control::number("cores", "Cores", Unit::Count, (1.0, 32.0), 1.0, 2.0)
            .help("Threads that can compute at the same time."),
        pub cpu: Span = Control::log_number("cpu", "Computing", Unit::Time, (0.0005, 0.1), 0.005)
            .help("Mean time that a request needs a core for, half before and half after it has asked the database."),
        pub io: Span = Control::log_number("io", "Database", Unit::Time, (0.001, 1.0), 0.045)
            .help("Mean time in which the database answers while nothing slows it down, however many ask."),
        pub shows: Shows = Control::choice("shows", "Picture", Shows::OPTIONS, "time")
            .help("What threads and requests were at lately, or what memory has been used."),
    }
}

impl ControlValues {
    /// How many threads the server has, whatever they do.
    fn servers(&self) -> u32 {
        match self.style {
            Style::Pool => self.threads,
            Style::Loop => 1,
            Style::Loops => self.cores,
        }
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Rate, "Answers a second, over the last second.")
        .of(REQUEST, &[ANSWERED]).last(1.0);
    Reading::measured("refused", "refused", Statistic::Rate, "Requests refused a second, over the last second.")
        .of(REQUEST, &[REFUSED]).last(1.0).trouble_from(1.0);
    Reading::new("busy", "cores busy", Unit::Share, "Share of the cores' time spent computing, over the last second.");
    Reading::new("memory", "memory", Unit::Bytes, "Memory of stacks and requests: only what has been touched counts.");
    Reading::new("reserved", "address space", Unit::Bytes, "What the stacks have reserved, 8 MiB each.");
    Reading::new("for-thread", "wait in line", Unit::Count, "Requests that wait for a thread, or for the loop, now.").trouble_from(10.0);
    Reading::new("for-io", "wait for I/O", Unit::Count, "Requests that wait for the database, now.");
}

const ACTIONS: &[Action] = &[
    Action::new("slow", "Slow it down", &[DATABASE_KIND]).with_number(Unit::Factor, (1.0, 20.0), 4.0),
    Action::new("restore", "Back to normal", &[DATABASE_KIND]),
];

messages! {
    pub(super) MESSAGES;
    lanes_title(cores: u32); lane_server(server: Entity); lane_request(); lane_database();
    is_computing(); is_waiting_for_io(); is_ready(); is_waiting_for_thread(); is_waiting_for_loop();
    database_takes(takes: Span); chart_waiting(); for_thread(); for_io();
    memory_title(); row_stacks(from: u32); row_requests(); note_takes(memory: (f64, Unit)); key_used(); key_reserved(); chart_memory(); memory();
    says_dry(threads: u32, blocked: usize, computing: usize, waiting: usize, busy: (f64, Unit)); says_loop_full(waiting: usize);
    says_pool(taken: usize, threads: u32); says_loop(waiting: usize);
    step_came(ahead: usize); step_refused(); step_taken(server: Entity); step_asked(); step_answered();
    about_idle(); about_line(waiting: usize); about_came(ago: Span); about_ahead(ahead: usize);
    about_database(asking: usize, takes: Span); about_slowed(set: Span); nothing_changes(takes: Span);
    mark_takes(takes: Span);
    judge_answered(answered: (f64, Unit), bound: (f64, Unit)); judge_memory(memory: (f64, Unit), bound: (f64, Unit)); judge_refused(refused: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    /// A thread's computing is done, or its slice is over; of which server.
    Core(Due, u32),
    /// The database has answered a request, which this server asked for.
    Answered(Entity, u32),
}

/// What a request is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    ForThread,
    ForCore,
    Computing,
    ForIo,
    /// The database: it answers in this time.
    Answers(Span),
}

/// What a lane shows: whom, and what that is at.
type Shown = Option<(Entity, At)>;

#[derive(Clone, Debug)]
struct Request {
    /// The thread or the loop that took it up last.
    server: u32,
    at: At,
    /// Computing that is left until the database is asked or, if it has answered, until all is done.
    left: Span,
    /// Computing after that, until the database has answered.
    after: Option<Span>,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct PoolOrLoop {
    controls: ControlValues,
    arrivals: Arrivals,
    /// How many servers there have been.
    server: u32,
    cores: Cores,
    /// Which stacks have been used by a request.
    touched: Vec<bool>,
    requests: EntityMap<Request>,
    /// Requests that wait for a thread or a loop.
    line: VecDeque<Entity>,
    /// What each thread or loop serves.
    serves: Vec<Option<Entity>>,
    /// How much slower the database is than it is set to.
    slower: f64,
    computed: Recent,
    followed: [Option<Entity>; ROWS as usize - 1],
    traces: Traces<Shown>,
}

impl PoolOrLoop {
    fn is_pool(&self) -> bool {
        self.controls.style == Style::Pool
    }

    /// Another server begins, with every request that is inside.
    fn begin(&mut self, w: &mut W) {
        let servers = self.controls.servers();
        self.server += 1;
        self.cores = Cores::new(self.controls.cores, SLICE, servers);
        self.touched = vec![false; servers as usize];
        self.serves = vec![None; servers as usize];
        self.line.clear();
        self.traces = Traces::new(WINDOW);
        for (n, _) in core::mem::take(&mut self.requests).iter() {
            self.begins(Entity::new(REQUEST, n), w);
        }
        self.dispatch(w);
    }

    /// A request is inside, and nobody has begun with it.
    fn begins(&mut self, request: Entity, w: &mut W) {
        let mut draws = w.draws(COMPUTES, request);
        let half = Dist::Exponential(self.controls.cpu.secs() / 2.0);
        let [left, after] = [(); 2].map(|()| half.span(&mut draws));
        self.requests.insert(request.n, Request { server: 0, at: At::ForThread, left, after: Some(after) });
        self.waits_for_server(request, w);
    }

    /// A request waits for a thread that can take it up; perhaps there is one.
    fn waits_for_server(&mut self, request: Entity, w: &mut W) {
        self.line.push_back(request);
        if let Some(n) = self.serves.iter().position(Option::is_none) {
            self.takes_next(n as u32, w);
            self.cores.wants(n as u32);
        }
    }

    /// A thread that has nothing to do takes the next request of its line, if there is one.
    fn takes_next(&mut self, n: u32, w: &mut W) -> Option<()> {
        let request = self.line.pop_front()?;
        (self.serves[n as usize], self.touched[n as usize]) = (Some(request), true);
        let it = self.requests.get_mut(request.n)?;
        (it.at, it.server) = (At::ForCore, n);
        w.record_step(request, || (step_taken(self.named(n)), None));
        Some(())
    }

    /// Gives cores to those who want one, and remembers how everything is seen then.
    fn dispatch(&mut self, w: &mut W) {
        while let Some(n) = self.cores.next(w.now()) {
            self.goes_on(n, SWITCH, w);
        }
        for place in &mut self.followed {
            *place = place.filter(|request| self.requests.get(request.n).is_some());
        }
        let seen = self.seen();
        self.traces.note(w.now(), seen.into_iter());
    }

    fn served(&mut self, n: u32) -> Option<&mut Request> {
        self.requests.get_mut(self.serves[n as usize]?.n)
    }

    /// A thread with a core goes on with what it serves, after so much else.
    fn goes_on(&mut self, n: u32, after: Span, w: &mut W) {
        let Some(it) = self.served(n) else { return };
        it.at = At::Computing;
        it.left += after;
        let left = it.left;
        let (until, due) = self.cores.goes_on(n, Some(left), w.now());
        w.schedule_at(until, Event::Core(due, self.server));
    }

    /// A thread has computed all that can be computed for its request now.
    fn has_computed(&mut self, n: u32, w: &mut W) {
        let Some(request) = self.serves[n as usize] else { return };
        let Some(it) = self.requests.get_mut(request.n) else { return };
        if it.after.is_none() {
            self.requests.remove(request.n);
            w.close(request, ANSWERED);
        } else {
            it.at = At::ForIo;
            let takes = Dist::Exponential(self.controls.io.secs()).span(&mut w.draws(ASKS, request));
            w.schedule(takes.scale(self.slower), Event::Answered(request, self.server));
            w.record_step(request, || (step_asked(), None));
            if self.is_pool() {
                return self.cores.sleeps(n);
            }
        }
        self.serves[n as usize] = None;
        if self.takes_next(n, w).is_some() {
            self.goes_on(n, Span::ZERO, w);
        } else {
            self.cores.sleeps(n);
        }
    }

    fn answered(&mut self, request: Entity, w: &mut W) {
        let is_pool = self.is_pool();
        let Some(it) = self.requests.get_mut(request.n) else { return };
        it.left = it.after.take().unwrap_or(Span::ZERO);
        it.at = if is_pool { At::ForCore } else { At::ForThread };
        let n = it.server;
        w.record_step(request, || (step_answered(), None));
        if is_pool {
            self.cores.wants(n);
        } else {
            self.waits_for_server(request, w);
        }
    }

    fn named(&self, n: u32) -> Entity {
        Entity::new(if self.is_pool() { THREAD } else { LOOP }, n)
    }

    fn for_io(&self) -> usize {
        self.requests.iter().filter(|(_, it)| it.at == At::ForIo).count()
    }

    /// Mean time in which the database answers now.
    fn takes(&self) -> Span {
        self.controls.io.scale(self.slower)
    }

    /// Share of the cores' time that was computed, over the last second.
    fn busy(&self, now: Time) -> f64 {
        let computed = self.computed.histogram(now);
        self.computed.rate(now) * computed.mean().map_or(0.0, Span::secs) / f64::from(self.controls.cores)
    }

    /// The servers that are seen, and the requests.
    fn rows(&self) -> (u32, &[Option<Entity>]) {
        let servers = self.controls.servers().min(SEEN);
        (servers, &self.followed[..(ROWS - servers) as usize])
    }

    /// What each lane shows now.
    fn seen(&self) -> Vec<Shown> {
        let shown = |request: &Option<Entity>| request.and_then(|it| Some((it, self.requests.get(it.n)?.at)));
        let (servers, followed) = self.rows();
        let database = Some((DATABASE, At::Answers(self.takes())));
        let servers = self.serves.iter().take(servers as usize).map(shown);
        followed.iter().map(shown).chain([database]).chain(servers).collect()
    }

    fn lanes(&self, now: Time) -> Panel {
        let (servers, followed) = self.rows();
        let followed = followed.iter().map(|it| (it.unwrap_or(LINE), lane_request()));
        let servers = (0..servers).map(|n| self.named(n)).map(|server| (server, lane_server(server)));
        let all = followed.chain([(DATABASE, lane_database())]).chain(servers);
        let all = all.map(|(entity, name)| (entity, Label::Words(name)));
        let title = lanes_title(self.controls.cores);
        let lanes = self.traces.named_lanes(title, all, now, |_, shown| {
            shown.map(|(entity, at)| (entity, self.says(at).0, self.says(at).1))
        });
        let key = [At::Computing, At::ForIo, At::ForCore, At::ForThread].into_iter();
        super::keyed(lanes, key.map(|at| self.says(at)).chain([(lane_database(), Status::Normal)]))
    }

    /// Every stack, and what requests take, in cells of the same size.
    fn memory(&self) -> Panel {
        let cell = |entity, status| Cell { entity, level: 1.0, status };
        let row = |entity, label, bytes: u32, cells| {
            let note = Some(Label::Words(note_takes((f64::from(bytes), Unit::Bytes))));
            GridRow { entity, label: Label::Words(label), note, status: Status::Normal, cells }
        };
        let stacks = (0..).step_by(CELLS).zip(self.touched.chunks(CELLS)).map(|(from, touched)| {
            let status = |touched| if touched { Status::Active } else { Status::Quiet };
            let cells = (from..).zip(touched).map(|(n, touched)| cell(self.named(n), status(*touched)));
            let used = touched.iter().filter(|touched| **touched).count() as u32;
            row(self.named(from), row_stacks(from), used * USED, cells.collect())
        });
        let some = self.requests.iter().step_by((USED / INSIDE) as usize);
        let requests = some.map(|(n, _)| cell(Entity::new(REQUEST, n), Status::Active)).collect();
        let inside = self.requests.len() as u32 * INSIDE;
        let rows = stacks.chain([row(LINE, row_requests(), inside, requests)]).collect();
        let key = legend([(key_used(), Status::Active), (key_reserved(), Status::Quiet)]);
        let (title, columns) = (Label::Words(memory_title()), CELLS as u32);
        Panel::Grid(Grid { title, rows, columns, tall: false, key }.into())
    }

    /// Who waits for what.
    fn sentence(&self, now: Time) -> Msg {
        let (waiting, threads) = (self.line.len(), self.controls.threads);
        match (waiting, self.is_pool()) {
            (5.., true) => {
                let (taken, blocked) = (self.serves.iter().flatten().count(), self.for_io());
                let busy = (self.busy(now), Unit::Share);
                says_dry(threads, blocked, taken.saturating_sub(blocked), waiting, busy)
            }
            (5.., false) => says_loop_full(waiting),
            (_, true) => says_pool(self.serves.iter().flatten().count(), threads),
            (_, false) => says_loop(self.for_io()),
        }
    }

    fn says(&self, at: At) -> (Msg, Status) {
        match at {
            At::ForThread if self.is_pool() => (is_waiting_for_thread(), Status::Trouble),
            At::ForThread => (is_waiting_for_loop(), Status::Trouble),
            At::ForCore => (is_ready(), Status::Down),
            At::Computing => (is_computing(), Status::Active),
            At::ForIo => (is_waiting_for_io(), Status::Quiet),
            At::Answers(takes) => (database_takes(takes), Status::Normal),
        }
    }
}

impl Experiment for PoolOrLoop {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("pool-or-loop", Time::from_secs(12), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_millis(1_200))
            .warm_up(Time::from_secs(4))
            .speed(0.1)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        for kind in [THREAD, LOOP] {
            (0..MOST_THREADS).for_each(|_| _ = w.open(kind, None));
        }
        let mut it = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(REQUEST, controls.load, w, Event::Arrival),
            server: 0,
            cores: Cores::new(controls.cores, SLICE, 0),
            touched: Vec::new(),
            requests: EntityMap::default(),
            line: VecDeque::new(),
            serves: Vec::new(),
            slower: 1.0,
            computed: Recent::new(Span::from_millis(100), 11),
            followed: [None; ROWS as usize - 1],
            traces: Traces::new(WINDOW),
        };
        it.begin(w);
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => {
                self.arrivals.arrived(w, Event::Arrival);
                let request = w.open(REQUEST, None);
                w.record_step(request, || (step_came(self.line.len()), None));
                let begun = |it: &&Entity| self.requests.get(it.n).is_some_and(|it| it.after.is_none());
                if self.line.len() - self.line.iter().filter(begun).count() >= ROOM {
                    w.record_step(request, || (step_refused(), None));
                    w.close(request, REFUSED);
                    return;
                }
                self.begins(request, w);
                if let Some(place) = self.followed.iter_mut().find(|place| place.is_none()) {
                    *place = Some(request);
                }
            }
            Event::Core(due, server) => {
                if server != self.server || !self.cores.is_due(due) {
                    return;
                }
                let (n, now) = (due.thread, w.now());
                let ran = self.cores.ran(n, now);
                self.computed.record(now, ran);
                let Some(it) = self.served(n) else { return };
                it.left = Span::from_nanos(it.left.nanos().saturating_sub(ran.nanos()));
                it.at = At::ForCore;
                if it.left == Span::ZERO {
                    self.has_computed(n, w);
                } else if !self.cores.gives_way(n, now) {
                    self.goes_on(n, Span::ZERO, w);
                }
            }
            Event::Answered(request, server) if server == self.server => self.answered(request, w),
            Event::Answered(..) => {}
        }
        self.dispatch(w);
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.arrivals.set_rate(is.load, w, Event::Arrival);
        if (was.style, was.servers(), was.cores) != (is.style, is.servers(), is.cores) {
            self.begin(w);
        }
        self.dispatch(w);
        Ok(())
    }

    fn act(&mut self, _: usize, _: &[Entity], arg: &Value, w: &mut W) -> Result<(), Msg> {
        let was = self.takes();
        // Only slowing down takes a number.
        let slower = if let Value::Number(factor) = arg { self.slower * factor } else { 1.0 };
        self.slower = slower.min(SLOWEST);
        if self.takes() == was {
            return Err(nothing_changes(was));
        }
        w.notable(DATABASE, mark_takes(self.takes()));
        self.dispatch(w);
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("busy", (w.now() > Time::ZERO).then(|| self.busy(w.now())));
        let used = self.touched.iter().filter(|touched| **touched).count();
        let stacks = used as f64 * f64::from(USED);
        out.put("memory", stacks + self.requests.len() as f64 * f64::from(INSIDE));
        out.put("reserved", self.touched.len() as f64 * f64::from(RESERVED));
        out.put("for-thread", self.line.len() as f64);
        out.put("for-io", self.for_io() as f64);
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let until = Self::SPEC.until;
        scene.panels = match self.controls.shows {
            Shows::Time => {
                let waiting = [("for-thread", Status::Trouble), ("for-io", Status::Active)];
                vec![self.lanes(w.now()), Panel::series(chart_waiting(), Unit::Count, waiting, until)]
            }
            Shows::Memory => {
                let chart = Panel::series(chart_memory(), Unit::Bytes, [("memory", Status::Active)], until);
                vec![self.memory(), chart]
            }
        };
        scene.sentences.push(self.sentence(w.now()));
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let request = match entity.kind {
            REQUEST => Some(entity),
            THREAD | LOOP if entity == self.named(entity.n) => *self.serves.get(entity.n as usize)?,
            LINE_KIND => {
                let waiting = about_line(self.line.len());
                return Some(About::says([waiting, self.sentence(w.now())]));
            }
            DATABASE_KIND => {
                let now = about_database(self.for_io(), self.takes());
                let set = (self.takes() != self.controls.io).then(|| about_slowed(self.controls.io));
                return Some(About::says([now].into_iter().chain(set).collect::<Vec<_>>()));
            }
            _ => return None,
        };
        let Some(request) = request else { return Some(About::says([about_idle()])) };
        let at = self.says(self.requests.get(request.n)?.at).0;
        let mut says = vec![at, about_came(w.now().since(w.tally(REQUEST).opened_at(request.n)?))];
        if let Some(ahead) = self.line.iter().position(|it| *it == request) {
            says.extend([about_ahead(ahead), self.sentence(w.now())]);
        }
        Some(About::says(says))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.cores.invariants()?;
        let (inside, opened) = (self.requests.len(), w.tally(REQUEST).under_way());
        let served = self.serves.iter().flatten().count();
        let without = if self.is_pool() { 0 } else { self.for_io() };
        let known = self.line.len() + served + without;
        if (inside as u64, known) == (opened, inside) {
            return Ok(());
        }
        Err(format!("{inside} of {opened} inside: {} in line, {served} served", self.line.len()))
    }
}
