//! One limit that up to fifty nodes keep together, before a backend that can do a hundred calls a second.
//!
//! ```text
//!   40 honest clients ─┐                ┌ node 1 ─┐
//!                      ├─ any of them ──┤   …     ├── queue ─ backend, 100/s
//!   one that floods ───┘                └ node 50 ┘
//!                                          │ counts
//!                                        store
//! ```
//!
//! An honest client opens a page now and then, which makes eight calls. The limit is counted in seconds (fixed windows), as a
//! counter in a store would be. Leaves out: clients who try again, the nodes' own capacity, and a store that gets slow or is
//! too small: it answers within 5 ms or, down, not at all.

use crate::lessons::prelude::*;
use crate::mechanism::limiter::Gcra;
use crate::scene::{Cell, Grid, GridRow};

kinds! {
    KINDS;
    CALL = "call", Numbers; FLOOD = "flood", Numbers; PAGE = "page", Numbers;
    NODE = "node", Numbers; STORE_KIND = "store", Only; BACKEND_KIND = "backend", Only; PASSED_KIND = "passed", Only;
}

const ANSWERED: EndKind = EndKind(0);
const LIMITED: EndKind = EndKind(1);
const OVERLOADED: EndKind = EndKind(2);
pub(super) const STORE: Entity = Entity::new(STORE_KIND, 0);
const BACKEND: Entity = Entity::new(BACKEND_KIND, 0);
const PASSED: Entity = Entity::new(PASSED_KIND, 0);
const WINDOW: Span = Span::from_secs(1);
/// Five workers at 50 ms each.
const BACKEND_RATE: f64 = 100.0;
const WORKERS: u32 = 5;
const WORK: Dist = Dist::Erlang { stages: 4, mean: 0.05 };
const ROOM: u32 = 50;
/// Pages a second, each of so many calls within so long.
const PAGES: f64 = 6.0;
const PAGE_CALLS: u32 = 8;
const PAGE_LASTS: f64 = 0.2;
const CLIENTS: u32 = 40;
/// Whoever floods comes behind the honest ones.
const FLOODS: usize = CLIENTS as usize;
const KEYS: usize = FLOODS + 1;
const MOST_NODES: u32 = 50;
/// To ask the store, and how long a node waits for one that is down.
const ASK: Span = Span::from_millis(5);
const TIMEOUT: Span = Span::from_millis(50);
/// A cell of the picture stands for so many calls.
const CELL: u32 = 5;
const WHO: Purpose = Purpose::named("client");
const WHEN: Purpose = Purpose::named("within the page");
const WHERE: Purpose = Purpose::named("node");
const TAKES: Purpose = Purpose::named("work");
const PHASE: Purpose = Purpose::named("sync");

choices! {
    /// How the nodes keep one limit.
    pub enum Sharing {
        Each = "each", "Each has the whole limit";
        Split = "split", "Each has its share";
        Sync = "sync", "Counts are synced";
        Store = "store", "The store is asked each time";
    }
}

choices! {
    /// What is counted together.
    pub enum Key {
        All = "all", "All calls";
        Client = "client", "Each client's calls";
    }
}

choices! {
    /// What a node does that can't reach the store.
    pub enum Fails {
        Open = "open", "Lets everything through";
        Closed = "closed", "Refuses everything";
        Share = "share", "Goes by its share";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub lag: Span = Control::number("lag", "Synced every", Unit::Time, (0.05, 2.0), 0.025, 0.5)
            .help("How often a node tells the store what it has let through, and learns what the others have.").only_with("sharing", "sync").primary(),
        pub nodes: u32 = Control::number("nodes", "Nodes", Unit::Count, (1.0, MOST_NODES as f64), 1.0, 50.0)
            .help("A call comes to any of them.").primary(),
        pub sharing: Sharing = Control::choice("sharing", "Shared limit", Sharing::OPTIONS, "sync")
            .help("Each node counts alone, up to the whole limit or to its share of it; or all count together, by way of a store.").primary(),
        pub key: Key = Control::choice("key", "Counted together", Key::OPTIONS, "all")
            .help("Whether the limit is one for everybody's calls, or one for each client."),
        pub limit: f64 = Control::number("limit", "Limit", Unit::Rate, (1.0, 200.0), 1.0, 100.0)
            .help("Calls let through in each second, for all or for each client."),
        pub fails: Fails = Control::choice("fails", "Store down", Fails::OPTIONS, "open")
            .help("What a node does that needs the store and doesn't reach it: let everything through (fail open), refuse everything (fail closed), or go by its share of the limit."),
        pub store: bool = Control::flag("store", "Store is up", true)
            .help("Whether the nodes reach the store that holds the counts."),
        pub flood: f64 = Control::number("flood", "Flood", Unit::Rate, (0.0, 350.0), 10.0, 300.0)
            .help("Calls a second of one client who doesn't stop. The forty honest ones send 48 in all, eight for each page."),
    }
}

readings! {
    READINGS;
    Reading::measured("honest", "honest answered", Statistic::Share, "Share of the honest clients' calls of the last 5 s that were answered.")
        .of(CALL, &[ANSWERED]).last(5.0);
    Reading::new("passed", "let through", Unit::Rate, "Calls a second that the nodes let through, over the last second.").trouble_from(BACKEND_RATE + 10.0);
    Reading::new("flooded", "of these flood", Unit::Rate, "Calls a second of the flooding client that the nodes let through, over the last second.");
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of the honest clients' answers of the last 5 s took at most this long.")
        .of(CALL, &[ANSWERED]).last(5.0).trouble_from(0.4);
    Reading::new("lost", "lost at the backend", Unit::Rate, "Calls a second that were let through and found no room at the backend, over the last second.").trouble_from(1.0);
    Reading::new("messages", "to the store", Unit::Rate, "Messages a second from the nodes to the store, over the last second.");
    Reading::measured("honest-so-far", "honest answered, so far", Statistic::Share, "Share of all the honest clients' calls so far that were answered.")
        .of(CALL, &[ANSWERED]).so_far();
    Reading::measured("p99-so-far", "p99, so far", Statistic::Quantile(0.99), "99 % of the honest clients' answers so far took at most this long.")
        .of(CALL, &[ANSWERED]).so_far();
}

const ACTIONS: &[Action] =
    &[Action::new("kill", "Stop it", &[STORE_KIND]), Action::new("start", "Start it again", &[STORE_KIND])];

messages! {
    pub(super) MESSAGES;
    beliefs_title(); row_nodes(); note_limit(limit: (f64, Unit));
    through_title(); row_passed(); row_waiting(); row_store();
    note_passed(passed: u32); note_waiting(waiting: usize); note_up(); note_down();
    key_room(); key_full(); key_honest(); key_flood(); key_over(); key_free();
    chart_rates(); passed(); lost();
    says_over(passed: u32, known: (f64, Unit)); says_within(passed: u32); says_down(); says_refused(share: (f64, Unit));
    mark_down(); mark_up(); already_down(); already_up();
    about_passed(honest: u32, flood: u32); about_store_up(messages: (f64, Unit)); about_store_down();
    about_node_counts(believed: u32, own: u32); about_node_share(ahead: Span); about_node_off();
    about_call_at(at: Entity, client: u32); about_flood_at(at: Entity);
    judge_honest(share: (f64, Unit), bound: (f64, Unit)); judge_p99(p99: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Page,
    /// A call of an honest client.
    Call(u32),
    Flood,
    /// A new second.
    Window,
    /// A node syncs, by a schedule of this number.
    Sync(u32, u32),
    AtBackend(Entity),
    Done(Entity),
}

/// What a node knows of a key's count in this window.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// What the store said last.
    known: u32,
    /// What it has let through since.
    own: u32,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Nodes {
    controls: ControlValues,
    pages: Arrivals,
    flood: Arrivals,
    backend: Station<Event>,
    store_is_up: bool,
    /// Number of the schedule by which nodes sync.
    schedule: u32,
    /// Number of the window that is counted, each node's counts of each key, and the store's.
    window: u64,
    seen: Vec<Seen>,
    store: Vec<u32>,
    /// Let through in this window: honest calls, and the flood's.
    through: [u32; 2],
    /// The same in all windows before.
    through_before: u64,
    /// Each node's share of each key's limit, where it goes by that.
    shares: Vec<Option<Gcra>>,
    passed: RecentCount,
    flooded: RecentCount,
    lost: RecentCount,
    messages: RecentCount,
}

fn node(n: u32) -> Entity {
    Entity::new(NODE, n)
}

fn place(node: u32, key: usize) -> usize {
    node as usize * KEYS + key
}

impl Nodes {
    /// The key that a client's calls are counted under.
    fn key(&self, client: usize) -> usize {
        if self.controls.key == Key::Client { client } else { 0 }
    }

    /// A new second counts from zero.
    fn roll(&mut self, now: Time) {
        let window = now.nanos() / WINDOW.nanos();
        if window != self.window {
            self.window = window;
            self.seen.fill(Seen::default());
            self.store.fill(0);
            self.through_before += u64::from(self.through.iter().sum::<u32>());
            self.through = [0; 2];
        }
    }

    /// Calls that the nodes have let through so far.
    pub(super) fn passed_so_far(&self) -> u64 {
        self.through_before + u64::from(self.through.iter().sum::<u32>())
    }

    /// A node that goes by its share: as many at once, at least one, and as many a second.
    fn share(&mut self, at: usize, now: Time) -> bool {
        let share = self.controls.limit / f64::from(self.controls.nodes);
        let it = self.shares[at].get_or_insert_with(|| {
            let burst = libm::ceil(share) as u32 - 1;
            Gcra::new(Span::from_secs_f64(1.0 / share), burst)
                .expect("a share is less than a billion a second")
        });
        it.allow(now)
    }

    /// Whether a node lets a client's call through, and how long it takes to find out.
    fn decide(&mut self, node: u32, client: usize, now: Time) -> (bool, Span) {
        self.roll(now);
        let key = self.key(client);
        let (at, limit) = (place(node, key), self.controls.limit as u32);
        let needs_store = matches!(self.controls.sharing, Sharing::Sync | Sharing::Store);
        if needs_store && !self.store_is_up {
            let passes = match self.controls.fails {
                Fails::Open => true,
                Fails::Closed => false,
                Fails::Share => self.share(at, now),
            };
            return (passes, if self.controls.sharing == Sharing::Store { TIMEOUT } else { Span::ZERO });
        }
        let seen = &mut self.seen[at];
        match self.controls.sharing {
            Sharing::Split => (self.share(at, now), Span::ZERO),
            Sharing::Each | Sharing::Sync => {
                let passes = seen.known + seen.own < limit;
                seen.own += u32::from(passes);
                (passes, Span::ZERO)
            }
            Sharing::Store => {
                self.messages.record(now);
                let passes = self.store[key] < limit;
                self.store[key] += u32::from(passes);
                (passes, ASK)
            }
        }
    }

    /// A call comes to one of the nodes.
    fn call(&mut self, kind: u8, client: usize, w: &mut W) {
        let (call, now) = (w.open(kind, None), w.now());
        let at = w.draws(WHERE, call).below(self.controls.nodes);
        w.record_step(call, || {
            (
                if kind == CALL {
                    about_call_at(node(at), client as u32 + 1)
                } else {
                    about_flood_at(node(at))
                },
                None,
            )
        });
        let (passes, takes) = self.decide(at, client, now);
        if !passes {
            w.close(call, LIMITED);
            return;
        }
        self.passed.record(now);
        let floods = client == FLOODS;
        self.through[usize::from(floods)] += 1;
        if floods {
            self.flooded.record(now);
        }
        w.schedule(takes, Event::AtBackend(call));
    }

    fn page(&mut self, w: &mut W) {
        let page = Entity::new(PAGE, self.pages.arrived_so_far());
        self.pages.arrived(w, Event::Page);
        let client = w.draws(WHO, page).below(CLIENTS);
        let mut when = w.draws(WHEN, page);
        for _ in 0..PAGE_CALLS {
            w.schedule(Span::from_secs_f64(when.unit() * PAGE_LASTS), Event::Call(client));
        }
    }

    /// All nodes sync from now on, each at a moment of its own.
    fn start_syncing(&mut self, w: &mut W) {
        self.schedule += 1;
        if self.controls.sharing == Sharing::Sync {
            for n in 0..MOST_NODES {
                let first = self.controls.lag.scale(w.draws(PHASE, node(n)).unit());
                w.schedule(first, Event::Sync(n, self.schedule));
            }
        }
    }

    /// The store stops, or is there again. Shares are full at first.
    fn turn(&mut self, up: bool, w: &mut W) {
        self.store_is_up = up;
        self.shares.fill(None);
        w.notable(STORE, if up { mark_up() } else { mark_down() });
    }

    /// A node adds what it has let through to the store's counts, and learns these.
    fn sync(&mut self, n: u32, w: &mut W) {
        w.schedule(self.controls.lag, Event::Sync(n, self.schedule));
        if n >= self.controls.nodes || !self.store_is_up {
            return;
        }
        self.roll(w.now());
        self.messages.record(w.now());
        let seen = &mut self.seen[place(n, 0)..place(n + 1, 0)];
        for (seen, store) in seen.iter_mut().zip(&mut self.store) {
            *store += seen.own;
            *seen = Seen { known: *store, own: 0 };
        }
    }

    /// What a node believes to have been let through in this second of the key that is asked for most, and its own part.
    fn believes(&self, n: u32) -> (u32, u32) {
        let key = self.key(FLOODS);
        let seen = self.seen[place(n, key)];
        let store = if self.controls.sharing == Sharing::Store { self.store[key] } else { 0 };
        (seen.known + seen.own + store, seen.own)
    }

    /// How far a node is into its share of that key, if it goes by one: 1 once the next call has to wait.
    fn share_used(&self, n: u32, now: Time) -> Option<(Span, f64)> {
        let it = self.shares[place(n, self.key(FLOODS))]?;
        Some((it.ahead(now), it.ahead(now).secs() / it.tolerance().secs()))
    }

    fn goes_by_share(&self) -> bool {
        match self.controls.sharing {
            Sharing::Split => true,
            Sharing::Each => false,
            Sharing::Sync | Sharing::Store => !self.store_is_up && self.controls.fails == Fails::Share,
        }
    }

    /// Each node as a bar: what it believes, out of the limit.
    fn beliefs(&self, now: Time) -> Panel {
        let cell = |n: u32| {
            let level = if self.goes_by_share() {
                self.share_used(n, now).map_or(0.0, |(_, part)| part)
            } else {
                f64::from(self.believes(n).0) / self.controls.limit
            };
            let status = if level >= 1.0 { Status::Trouble } else { Status::Normal };
            Cell { entity: node(n), level: level.min(1.0) as f32, status }
        };
        let row = GridRow::new(
            node(0),
            row_nodes(),
            note_limit((self.controls.limit, Unit::Rate)),
            (0..self.controls.nodes).map(cell),
        );
        let key = legend([(key_room(), Status::Normal), (key_full(), Status::Trouble)]);
        let title = Label::Words(beliefs_title());
        Panel::Grid(Grid { title, rows: vec![row], columns: MOST_NODES, tall: true, key }.into())
    }

    /// What was let through in this second, up to what the backend can do and beyond; who waits there; and the store.
    fn outcome(&self) -> Panel {
        let fits = BACKEND_RATE as u32 / CELL;
        let [honest, flood] = self.through;
        let all = (honest + flood).div_ceil(CELL);
        let status = |n: u32| match n {
            n if n >= all => Status::Quiet,
            n if n >= fits => Status::Trouble,
            n if n < honest.div_ceil(CELL) => Status::Normal,
            _ => Status::Active,
        };
        let cell = |n: u32| Cell::new(PASSED, status(n));
        let beyond = (fits..all.max(fits)).map(cell);
        let through = (0..fits).map(cell).chain([Cell::gap(PASSED)]).chain(beyond);
        let waiting = self.backend.waiting().len();
        let places = ROOM / CELL;
        let line = (0..places).map(|n| {
            let taken = n * CELL < waiting as u32;
            Cell::new(
                BACKEND,
                if taken && waiting as u32 == ROOM {
                    Status::Trouble
                } else if taken {
                    Status::Active
                } else {
                    Status::Quiet
                },
            )
        });
        let note = if self.store_is_up { note_up() } else { note_down() };
        let mut store = GridRow::new(STORE, row_store(), note, []);
        store.status = if self.store_is_up { Status::Normal } else { Status::Down };
        let rows = vec![
            GridRow::new(PASSED, row_passed(), note_passed(honest + flood), through),
            GridRow::new(BACKEND, row_waiting(), note_waiting(waiting), line),
            store,
        ];
        let key = legend([
            (key_honest(), Status::Normal),
            (key_flood(), Status::Active),
            (key_over(), Status::Trouble),
            (key_free(), Status::Quiet),
        ]);
        let title = Label::Words(through_title());
        Panel::Grid(Grid { title, rows, columns: 84, tall: false, key }.into())
    }

    fn say(&self, w: &W) -> Vec<Msg> {
        let passed: u32 = self.through.iter().sum();
        let believed: u32 = (0..self.controls.nodes).map(|n| self.believes(n).0).sum();
        let mean = f64::from(believed) / f64::from(self.controls.nodes);
        let over = f64::from(passed) > BACKEND_RATE;
        let first = match () {
            () if !self.store_is_up => says_down(),
            () if over => says_over(passed, (libm::round(mean), Unit::Count)),
            () => says_within(passed),
        };
        let tally = w.tally(CALL);
        let ended = tally.closed_in_all() as f64;
        let refused =
            (ended > 0.0).then(|| says_refused((tally.closed(LIMITED) as f64 / ended, Unit::Share)));
        [first].into_iter().chain(refused).collect()
    }
}

impl Experiment for Nodes {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("fifty-nodes", Time::from_secs(40), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_millis(4_480))
            .warm_up(Time::from_secs(2))
            .speed(0.5)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let cells = place(MOST_NODES, 0);
        let mut model = Self {
            controls: controls.clone(),
            pages: Arrivals::poisson(PAGE, PAGES, w, Event::Page),
            flood: Arrivals::poisson(FLOOD, controls.flood.max(1e-9), w, Event::Flood),
            backend: Station::new(BACKEND, WORKERS, Some(ROOM)),
            store_is_up: controls.store,
            schedule: 0,
            window: 0,
            seen: vec![Seen::default(); cells],
            store: vec![0; KEYS],
            through: [0; 2],
            through_before: 0,
            shares: vec![None; cells],
            passed: RecentCount::over(WINDOW),
            flooded: RecentCount::over(WINDOW),
            lost: RecentCount::over(WINDOW),
            messages: RecentCount::over(WINDOW),
        };
        w.schedule(WINDOW, Event::Window);
        model.start_syncing(w);
        Ok(model)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Page => self.page(w),
            Event::Call(client) => self.call(CALL, client as usize, w),
            Event::Flood => {
                self.flood.arrived(w, Event::Flood);
                self.call(FLOOD, FLOODS, w);
            }
            Event::Window => {
                self.roll(w.now());
                w.schedule(WINDOW, Event::Window);
            }
            Event::Sync(n, schedule) if schedule == self.schedule => self.sync(n, w),
            Event::Sync(..) => {}
            Event::AtBackend(call) => {
                let takes = WORK.span(&mut w.draws(TAKES, call));
                if !self.backend.offer(call, takes, w, Event::Done(call)).is_accepted() {
                    self.lost.record(w.now());
                    w.close(call, OVERLOADED);
                }
            }
            Event::Done(call) => {
                self.backend.done(call, w);
                w.close(call, ANSWERED);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.flood.set_rate(is.flood.max(1e-9), w, Event::Flood);
        if (was.nodes, was.limit, was.key) != (is.nodes, is.limit, is.key) || was.sharing != is.sharing {
            // Another limit counts from zero.
            self.seen.fill(Seen::default());
            self.store.fill(0);
            self.shares.fill(None);
        }
        if was.store != is.store && self.store_is_up != is.store {
            self.turn(is.store, w);
        }
        if (was.sharing, was.lag) != (is.sharing, is.lag) {
            self.start_syncing(w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = on.iter().find_map(|at| self.refusal(action, *at)) {
            return Err(why);
        }
        self.turn(action == 1, w);
        Ok(())
    }

    fn refusal(&self, action: usize, _: Entity) -> Option<Msg> {
        match (action, self.store_is_up) {
            (0, false) => Some(already_down()),
            (1, true) => Some(already_up()),
            _ => None,
        }
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let counts = [
            ("passed", &self.passed),
            ("flooded", &self.flooded),
            ("lost", &self.lost),
            ("messages", &self.messages),
        ];
        for (id, count) in counts {
            out.put(id, count.rate(w.now()));
        }
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let rates = [("passed", Status::Active), ("lost", Status::Trouble)];
        scene.panels = vec![
            self.beliefs(w.now()),
            self.outcome(),
            Panel::series(chart_rates(), Unit::Rate, rates, Self::SPEC.until),
        ];
        scene.sentences = self.say(w);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let says = match entity.kind {
            PASSED_KIND => about_passed(self.through[0], self.through[1]),
            STORE_KIND if self.store_is_up => {
                about_store_up((libm::round(self.messages.rate(w.now())), Unit::Rate))
            }
            STORE_KIND => about_store_down(),
            NODE if entity.n >= self.controls.nodes => about_node_off(),
            NODE if self.goes_by_share() => {
                about_node_share(self.share_used(entity.n, w.now()).map_or(Span::ZERO, |(ahead, _)| ahead))
            }
            NODE => {
                let (believed, own) = self.believes(entity.n);
                about_node_counts(believed, own)
            }
            BACKEND_KIND => return Some(About::says(self.backend.about())),
            _ => return self.backend.about_visitor(entity, w.now()).map(|says| About::says([says])),
        };
        Some(About::says([says]))
    }

    fn kept_bytes(&self) -> usize {
        self.seen.len() * (size_of::<Seen>() + size_of::<Option<Gcra>>())
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.backend.invariants()?;
        let ended = |kind| [CALL, FLOOD].map(|of| w.tally(of).closed(kind)).iter().sum::<u64>();
        let under_way = [CALL, FLOOD].map(|of| w.tally(of).under_way()).iter().sum::<u64>();
        if self.passed_so_far() != ended(ANSWERED) + ended(OVERLOADED) + under_way {
            return Err(format!("{} were let through, {under_way} are under way", self.passed_so_far()));
        }
        let known = self.seen.iter().enumerate().find(|(at, seen)| seen.known > self.store[at % KEYS]);
        known.map_or(Ok(()), |(at, seen)| {
            Err(format!("at {at} {} are known, more than there are", seen.known))
        })
    }
}
