//! One event loop with three kinds of requests, one of which computes for 200 ms: where that happens decides who waits.
//!
//! A *hello* asks another service, a *file* is read by a thread of the worker pool, a *report* computes. The loop is Node's, of
//! `mechanism::event_loop`: timers, poll, check, and all microtasks after each callback. The report is made in one go, in
//! pieces between which it awaits (microtasks) or asks for an immediate, or by a thread of the pool. Every worker has a core
//! of its own. Leaves out: what it takes to hand work to the pool and back, garbage collection, several processes.

use super::questions;
use crate::lessons::prelude::*;
use crate::mechanism::event_loop::{
    Activity, Awaited, Config, EventLoop, Op, Phase, Program, Queue, Step, Task, Waiting,
};
use crate::parts::program::Traces;
use crate::sim::Handle;
use crate::sim::statistics::Recent;
use std::collections::BTreeSet;

/// The figure.
pub const FIGURES: &[Figure] =
    &[Figure::of::<FrozenLoop>().predicted(questions::OF_LOOP).challenged(questions::OF_LOOP_JUDGED)];

kinds! {
    KINDS;
    HELLO = "hello", Numbers; FILE = "file", Numbers; REPORT = "report", Numbers;
    WORKER = "worker", Numbers;
    LOOP_KIND = "loop", Only;
    TURN = "turn", Numbers;
}

const ANSWERED: EndKind = EndKind(0);
const LOOP: Entity = Entity::new(LOOP_KIND, 0);
/// What a callback of a request takes beside the report.
const HANDLER: Span = Span::from_micros(300);
/// What the other service takes, and a worker to read a file.
const PEER: Span = Span::from_millis(20);
const READ: Span = Span::from_millis(8);
/// What a report computes in all.
pub(super) const COMPUTES: Span = Span::from_millis(200);
/// A report that is made in pieces is made in so many.
const PIECES: usize = 20;
/// Hellos and files a second.
const HELLOS: f64 = 40.0;
const FILES: f64 = 10.0;
const WINDOW: Span = Span::from_millis(500);
/// So many of the pool's threads are seen.
const SEEN: usize = 5;
/// A turn that takes longer than this is a freeze.
const FREEZE: Span = Span::from_millis(50);
/// At most so many steps of the loop at one moment: more would be a fault of the program that it runs.
const MOST_STEPS: u32 = 10_000;
/// Where something waits that the loop will run.
const QUEUES: [Queue; 3] = [Queue::Phase(Phase::Poll), Queue::Phase(Phase::Check), Queue::Microtasks];
/// What requests of each kind are called.
const CALLED: [fn() -> Msg; 3] = [is_hello, is_file, is_report];
/// What lanes above the workers' follow: one request of a kind after the other.
const FOLLOWED: [u8; 5] = [HELLO, HELLO, HELLO, FILE, REPORT];

choices! {
    /// Where a report is computed.
    pub enum Way {
        Once = "once", "In one go";
        Await = "await", "Pieces, await between";
        Immediate = "immediate", "Pieces, setImmediate";
        Pool = "pool", "In the worker pool";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub way: Way = Control::choice("way", "A report is made", Way::OPTIONS, "once")
            .help("200 ms of computing: in one callback; in 20 pieces, each a microtask queued by the one before; in 20 pieces that are callbacks of the next turns; or by a thread of the pool.").primary(),
        pub reports: f64 = Control::number("reports", "Reports", Unit::Rate, (0.0, 15.0), 0.5, 0.0)
            .help("Reports asked for per second, besides those that you ask for.").primary(),
        pub workers: u32 = Control::number("workers", "Workers", Unit::Count, (1.0, 64.0), 1.0, 4.0)
            .help("Threads of the pool, which also read the files (Node: UV_THREADPOOL_SIZE, which it reads only at its start).").primary(),
        pub limit: u32 = Control::number("limit", "Reports at a time", Unit::Count, (1.0, 16.0), 1.0, 16.0)
            .help("How many reports may be under way; the others are held back until one is done.").primary(),
    }
}

readings! {
    READINGS;
    Reading::measured("hello", "hello p99", Statistic::Quantile(0.99), "99 % of the hellos answered in the last second took at most this long; a hello alone takes 21 ms.")
        .of(HELLO, &[ANSWERED]).last(1.0).trouble_from(0.1);
    Reading::measured("file", "file p99", Statistic::Quantile(0.99), "99 % of the files answered in the last second took at most this long; a file alone takes 9 ms.")
        .of(FILE, &[ANSWERED]).last(1.0).trouble_from(0.1);
    Reading::measured("report", "report", Statistic::Mean, "Mean time of the reports answered in the last second.")
        .of(REPORT, &[ANSWERED]).last(1.0);
    Reading::new("longest", "longest turn", Unit::Time, "The longest turn of the loop that ended in the last second.").trouble_from(0.05);
    Reading::new("waiting", "wait for the loop", Unit::Count, "Requests that could go on and wait for the loop, now.").trouble_from(5.0);
    Reading::new("for-worker", "wait for a worker", Unit::Count, "Work that waits for a thread of the pool, now.").trouble_from(1.0);
}

const ACTIONS: &[Action] = &[Action::new("ask", "Ask for a report", &[LOOP_KIND])];

messages! {
    pub(super) MESSAGES;
    lanes_title(workers: u32); lane_turn(); lane_loop(); lane_worker(worker: Entity);
    is_turn(turn: u32); is_hello(); is_file(); is_report();
    is_running(); is_asking(); is_worked_on(); is_for_loop(); is_for_worker(); is_held();
    chart_waiting(); waiting(); for_worker();
    says_frozen(since: Span, waiting: usize); says_pool_full(waiting: usize); says_turns(turns: u32);
    about_turn(); about_took(took: Span); about_idle(); about_came(ago: Span); about_serves(request: Entity, ago: Span); mark_asked();
    step_came(); step_begun(turn: u32); why_frozen(turn: u32, took: Span); step_done(); judge_report(report: (f64, Unit), bound: (f64, Unit));
    judge_hello(p99: (f64, Unit), bound: (f64, Unit)); judge_file(p99: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    /// A request of this kind comes.
    Arrival(u8),
    /// Something is over: a callback, work, an answer.
    Look,
}

/// What a request is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    ForLoop,
    Running,
    /// The loop runs this callback of its own count.
    Callback(u64),
    Asking,
    ForWorker,
    WorkedOn,
    Held,
    /// The loop: it is in this turn.
    Turn(u32),
}

/// What a lane shows: whom, and what that is at.
type Shown = Option<(Entity, At)>;

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct FrozenLoop {
    controls: ControlValues,
    /// Hellos, files and reports.
    arrivals: [Arrivals; 3],
    server: EventLoop,
    /// Requests that aren't answered.
    open: BTreeSet<Entity>,
    /// Those that the loop hasn't been given yet.
    held: Vec<Entity>,
    look: Option<Handle>,
    /// When the present turn began to run something, and its number.
    turn: Option<(Time, u64)>,
    /// The last turn that was a freeze, and what it took.
    frozen: Option<(u64, Span)>,
    turns: Recent,
    /// Callbacks that have begun, each part of one between two awaits for itself.
    callbacks: u64,
    followed: [Option<Entity>; FOLLOWED.len()],
    traces: Traces<Shown>,
}

/// The tasks of the server's program: handlers, the last four in the order of `Way`; then the pieces that immediates run.
const HANDLERS: u16 = 7;

fn program() -> Program {
    let (begins, ends) = (Op::Run(HANDLER), [Op::Run(HANDLER), Op::Log(0)]);
    let asks = |awaited| [begins, Op::Await(awaited)].into_iter().chain(ends).collect::<Vec<_>>();
    let piece = Op::Run(COMPUTES.scale(1.0 / PIECES as f64));
    let awaiting = [piece, Op::Await(Awaited::Nothing)].repeat(PIECES);
    let mut tasks = vec![
        Vec::new(),
        asks(Awaited::Io(PEER)),
        asks(Awaited::Work(READ)),
        [begins, Op::Run(COMPUTES)].into_iter().chain(ends).collect(),
        [begins].into_iter().chain(awaiting).chain(ends).collect(),
        vec![begins, Op::Immediate(HANDLERS)],
        asks(Awaited::Work(COMPUTES)),
    ];
    tasks.extend((1..PIECES as Task).map(|next| vec![piece, Op::Immediate(HANDLERS + next)]));
    tasks.push([piece].into_iter().chain(ends).collect());
    let tasks: Vec<&[Op]> = tasks.iter().map(Vec::as_slice).collect();
    Program::new(&tasks).expect("every task is one of the list's")
}

fn server(workers: u32) -> EventLoop {
    let config = Config { workers, ..Config::default() };
    EventLoop::new(program(), config).expect("Node knows all of these operations")
}

/// On whose behalf the loop runs something: a number for each request.
fn context(request: Entity) -> u32 {
    request.n * 3 + u32::from(request.kind)
}

fn request(context: u32) -> Entity {
    Entity::new((context % 3) as u8, context / 3)
}

/// Whose work a worker has, if it has any.
fn worked_on(work: Option<(Time, Time, Waiting)>) -> Option<Entity> {
    Some(request(work?.2.line?.context))
}

impl FrozenLoop {
    /// Gives the loop what was held back; of reports, as many as are let in.
    fn let_in(&mut self, now: Time) {
        let inside = self.open.iter().filter(|it| it.kind == REPORT && !self.held.contains(it)).count();
        let mut room = (self.controls.limit as usize).saturating_sub(inside);
        for request in core::mem::take(&mut self.held) {
            let is_report = request.kind == REPORT;
            if is_report && room == 0 {
                self.held.push(request);
                continue;
            }
            room -= usize::from(is_report);
            let way = if is_report { self.controls.way as Task } else { 0 };
            self.server.deliver(1 + Task::from(request.kind) + way, context(request), now);
        }
    }

    fn comes(&mut self, kind: u8, w: &mut W) {
        let request = w.open(kind, None);
        w.record_step(request, || (step_came(), None));
        self.open.insert(request);
        self.held.push(request);
        self.let_in(w.now());
        let free = FOLLOWED.iter().zip(&mut self.followed).find(|(of, it)| **of == kind && it.is_none());
        if let Some((_, place)) = free {
            *place = Some(request);
        }
    }

    /// Lets the loop do all that it can do now, and says when to look again.
    fn go_on(&mut self, w: &mut W) {
        let now = w.now();
        self.server.let_workers_go_on(now);
        let mut busy = None;
        for _ in 0..MOST_STEPS {
            let before = self.server.turns();
            let step = self.server.step(now);
            if before != self.server.turns() {
                self.turn_ends(now);
            }
            match step {
                Step::Began { line: Some(line), .. } => {
                    self.callbacks += 1;
                    let turn = self.turn.get_or_insert((now, self.server.turns())).1;
                    let why = |(was, took)| (was + 1 == turn).then(|| why_frozen(was as u32, took));
                    let tell = || (step_begun(turn as u32), self.frozen.and_then(why));
                    w.record_step(request(line.context), tell);
                }
                Step::Ran { line, op: Op::Log(_), .. } => self.ends(request(line.context), w),
                Step::Began { .. } | Step::Ran { .. } => {}
                Step::Busy { until } => {
                    busy = Some(until);
                    break;
                }
                Step::Sleeps { .. } | Step::Blocked { .. } | Step::Ended => {
                    self.turn_ends(now);
                    break;
                }
            }
        }
        self.look.take().and_then(|handle| w.cancel(handle));
        let answers = self.server.waiting(Queue::Phase(Phase::Poll)).into_iter().filter_map(|it| it.due);
        let workers = self.server.workers().flatten().map(|it| it.1);
        let next = answers.chain(workers).filter(|at| *at > now).chain(busy).min();
        self.look = next.map(|at| w.schedule_at(at, Event::Look));
        let seen = self.seen(now);
        self.traces.note(now, seen.into_iter());
    }

    fn turn_ends(&mut self, now: Time) {
        if let Some((since, turn)) = self.turn.take() {
            let took = now.since(since);
            self.turns.record(now, took);
            self.frozen = Some((turn, took)).filter(|_| took > FREEZE).or(self.frozen);
        }
    }

    fn ends(&mut self, request: Entity, w: &mut W) {
        if self.open.remove(&request) {
            w.record_step(request, || (step_done(), None));
            w.close(request, ANSWERED);
            self.let_in(w.now());
        }
        for place in &mut self.followed {
            *place = place.filter(|it| *it != request);
        }
    }

    /// Whose callback runs now.
    fn running(&self) -> Option<Entity> {
        let busy = self.server.activity() != Activity::Idle;
        self.server.stack().last().filter(|_| busy).map(|line| request(line.context))
    }

    /// What an open request is at.
    fn at(&self, it: Entity, now: Time) -> At {
        let is = |waiting: &Waiting| waiting.line.is_some_and(|line| line.context == context(it));
        if self.running() == Some(it) {
            return At::Running;
        }
        if self.held.contains(&it) {
            return At::Held;
        }
        if self.server.queued_work().any(|work| is(&work)) {
            return At::ForWorker;
        }
        if self.server.workers().flatten().any(|(_, _, work)| is(&work)) {
            return At::WorkedOn;
        }
        let asked = self.server.waiting(Queue::Phase(Phase::Poll)).into_iter();
        let asks = asked.filter(is).any(|waiting| waiting.due.is_some_and(|due| due > now));
        if asks { At::Asking } else { At::ForLoop }
    }

    /// How much waits for the loop: whatever could run now.
    fn waits_for_loop(&self, now: Time) -> usize {
        let ready = |waiting: &Waiting| waiting.due.is_none_or(|due| due <= now);
        QUEUES.iter().map(|queue| self.server.waiting(*queue).iter().filter(|it| ready(it)).count()).sum()
    }

    /// What each lane shows now.
    fn seen(&self, now: Time) -> Vec<Shown> {
        let turn = self.turn.map(|(_, turn)| turn as u32);
        let turn = turn.map(|turn| (Entity::new(TURN, turn), At::Turn(turn)));
        let runs = self.running().map(|it| (it, At::Callback(self.callbacks)));
        let followed = self.followed.iter().map(|it| it.map(|it| (it, self.at(it, now))));
        let workers = self.server.workers().take(SEEN);
        let workers = workers.map(|work| worked_on(work).map(|it| (it, At::WorkedOn)));
        [turn, runs].into_iter().chain(followed).chain(workers).collect()
    }

    fn lanes(&self, now: Time) -> Panel {
        let followed = FOLLOWED.iter().zip(&self.followed);
        let followed = followed.map(|(kind, it)| (it.unwrap_or(LOOP), CALLED[usize::from(*kind)]()));
        let workers = (0..self.controls.workers.min(SEEN as u32)).map(|n| Entity::new(WORKER, n));
        let workers = workers.map(|worker| (worker, lane_worker(worker)));
        let turns = Entity::new(TURN, self.server.turns() as u32);
        let all = [(turns, lane_turn()), (LOOP, lane_loop())].into_iter().chain(followed).chain(workers);
        let all = all.map(|(entity, name)| (entity, Label::Words(name)));
        let title = lanes_title(self.controls.workers);
        // On the lanes of requests it is said what they are at, on the others who is served.
        let requests = 2..2 + FOLLOWED.len() as u32;
        let lanes = self.traces.named_lanes(title, all, now, |n, shown| {
            let (it, at) = shown?;
            let who = CALLED.get(usize::from(it.kind)).filter(|_| !requests.contains(&n));
            Some((it, who.map_or(says(at).0, |called| called()), says(at).1))
        });
        let key = [At::Running, At::Asking, At::WorkedOn, At::ForLoop, At::ForWorker, At::Held];
        super::keyed(lanes, key.into_iter().map(says).chain([(lane_turn(), Status::Draining)]))
    }

    /// Who waits for what.
    fn sentence(&self, now: Time) -> Msg {
        let work = self.server.queued_work().count();
        match self.turn.map(|(since, _)| now.since(since)) {
            Some(span) if span > FREEZE => says_frozen(span, self.waits_for_loop(now)),
            _ if work > 0 => says_pool_full(work),
            _ => says_turns(self.server.turns() as u32),
        }
    }
}

fn says(at: At) -> (Msg, Status) {
    match at {
        At::ForLoop => (is_for_loop(), Status::Trouble),
        At::Running | At::Callback(_) => (is_running(), Status::Active),
        At::Asking => (is_asking(), Status::Quiet),
        At::ForWorker => (is_for_worker(), Status::Trouble),
        At::WorkedOn => (is_worked_on(), Status::Normal),
        At::Held => (is_held(), Status::Down),
        At::Turn(turn) => (is_turn(turn), Status::Draining),
    }
}

impl Experiment for FrozenLoop {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("frozen-loop", Time::from_secs(12), ControlValues::ALL, READINGS, KINDS)
            .version(2)
            .still_at(Time::from_millis(900))
            .warm_up(Time::from_secs(2))
            .speed(0.1)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        (0..64).for_each(|_| _ = w.open(WORKER, None));
        let stream = |kind, rate, w: &mut W| Arrivals::poisson(kind, rate, w, Event::Arrival(kind));
        let mut it = Self {
            controls: controls.clone(),
            arrivals: [stream(HELLO, HELLOS, w), stream(FILE, FILES, w), stream(REPORT, controls.reports, w)],
            server: server(controls.workers),
            open: BTreeSet::new(),
            held: Vec::new(),
            look: None,
            turn: None,
            frozen: None,
            turns: Recent::new(Span::from_millis(100), 11),
            callbacks: 0,
            followed: [None; FOLLOWED.len()],
            traces: Traces::new(WINDOW),
        };
        it.go_on(w);
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        if let Event::Arrival(kind) = event {
            self.arrivals[usize::from(kind)].arrived(w, event);
            self.comes(kind, w);
        } else {
            self.look = None;
        }
        self.go_on(w);
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.arrivals[2].set_rate(is.reports, w, Event::Arrival(REPORT));
        if was.workers != is.workers {
            self.server.set_workers(is.workers, w.now());
        }
        self.let_in(w.now());
        self.go_on(w);
        Ok(())
    }

    fn act(&mut self, _: usize, _: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        self.comes(REPORT, w);
        w.notable(LOOP, mark_asked());
        self.go_on(w);
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let longest = self.turns.histogram(w.now()).quantile(1.0).map(Span::secs);
        out.put("longest", longest);
        out.put("waiting", self.waits_for_loop(w.now()) as f64);
        out.put("for-worker", self.server.queued_work().count() as f64);
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let waits = [("waiting", Status::Trouble), ("for-worker", Status::Normal)];
        scene.panels =
            vec![self.lanes(w.now()), Panel::series(chart_waiting(), Unit::Count, waits, Self::SPEC.until)];
        scene.sentences.push(self.sentence(w.now()));
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let served = match entity.kind {
            HELLO | FILE | REPORT => Some(*self.open.get(&entity)?),
            LOOP_KIND => self.running(),
            TURN => {
                let frozen = self.frozen.filter(|it| it.0 == u64::from(entity.n)).map(|it| about_took(it.1));
                return Some(About::says([about_turn()].into_iter().chain(frozen).collect::<Vec<_>>()));
            }
            _ => worked_on(self.server.workers().nth(entity.n as usize)?),
        };
        let Some(it) = served else { return Some(About::says([about_idle()])) };
        let ago = w.now().since(w.tally(it.kind).opened_at(it.n)?);
        let came = if it == entity { about_came(ago) } else { about_serves(it, ago) };
        Some(About::says([came, says(self.at(it, w.now())).0, self.sentence(w.now())]))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let open: u64 = [HELLO, FILE, REPORT].iter().map(|kind| w.tally(*kind).under_way()).sum();
        // Each request is at exactly one place: it runs, waits for the loop, is asked about, is work, or is held back.
        let server = &self.server;
        let waiting: usize = QUEUES.iter().map(|queue| server.waiting(*queue).len()).sum();
        let work = server.workers().flatten().count() + server.queued_work().count();
        let inside = waiting + work + server.stack().len() + self.held.len();
        if open == self.open.len() as u64 && inside == self.open.len() {
            return Ok(());
        }
        Err(format!("{open} open, {} known, {inside} in the loop", self.open.len()))
    }
}
