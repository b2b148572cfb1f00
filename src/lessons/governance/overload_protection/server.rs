//! One server, clients who leave after a second and ask again, and what the server can do about more requests than it can
//! serve.
//!
//! ```text
//!   clients ─ throttle ── room ─ limit ── line (first, last, by importance) ─ expired? CoDel? ── workers
//!      └──────────── asks again, when refused or out of patience ───────────────────────────────────┘
//! ```
//!
//! A client who leaves doesn't take its try along: it stays in the line, and a worker that takes it up works for nobody. A
//! refusal costs a worker [`REFUSAL`]. Leaves out: the network, back-off that grows, and clients who tell the server that
//! they have left.

use crate::lessons::prelude::*;
use crate::mechanism::codel::{Codel, CodelConfig};
use crate::mechanism::overload::{
    Average, Caller, Partitions, Sample, Vegas, VegasConfig, Windowed, WindowedConfig,
};
use crate::mechanism::retry::{AdaptiveThrottle, ThrottleConfig};
use crate::sim::{EntityMap, Handle};
use std::collections::VecDeque;

kinds! {
    KINDS;
    REQUEST = "request", Numbers; TRY = "try", Numbers;
    CLIENTS_KIND = "clients", Only; SERVER_KIND = "server", Only;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    pub(super) LOSSES of CAUSE;
    TIMED_OUT = 1, "timed-out";
    REFUSED = 2, "refused";
    HELD_BACK = 3, "held-back";
    FAILED = 4, "error";
}

const ANSWERED: EndKind = EndKind(0);
/// How tries end at the server, besides [`ANSWERED`], [`REFUSED`] and [`FAILED`]: finished for nobody, or thrown away unserved.
const LATE: EndKind = EndKind(5);
const EXPIRED: EndKind = EndKind(6);
pub(super) const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
pub(super) const SERVER: Entity = Entity::new(SERVER_KIND, 0);
/// What a worker needs for a request, in seconds.
const WORK: f64 = 0.04;
/// Whose client leaves sooner than this can't be served in time, nearly always.
const MARGIN: Span = Span::from_millis(80);
/// What a worker needs to refuse one.
const REFUSAL: Span = Span::from_millis(2);
/// Before a client asks again.
const PAUSE: Dist = Dist::Exponential(0.1);
/// The share of tries that fail by chance: what retries are for.
const NOISE: f64 = 0.02;
/// The share of requests that matter most.
const IMPORTANT: f64 = 0.25;
/// A stall: so many times slower, for so long, and when the one comes that is a setting.
const STALL: (f64, Span) = (10.0, Span::from_secs(4));
const STALLS_AT: Span = Span::from_secs(8);
/// The load goes up, and down again, between these moments.
pub(super) const RAMP: [f64; 3] = [2.0, 20.0, 38.0];
/// It begins and ends with this share of its height.
const LOWEST: f64 = 0.05;
/// Waits of some tens of milliseconds are fine beside work of forty; the RFC's 5 ms are for packets.
const CODEL: CodelConfig = CodelConfig { target: Span::from_millis(20), interval: Span::from_millis(100) };
/// The limit hears of windows that are this long at least: a run is short.
const WINDOW: Span = Span::from_millis(200);
/// How far back clients count what was accepted.
const COUNTED: Span = Span::from_secs(4);
/// Of an adaptive limit, checkouts and all others have this for sure: the example of the library's README.
const SHARES: [f64; 2] = [0.9, 0.1];
/// How often the path is sampled.
const TICK: Span = Span::from_millis(500);
/// What counts as overload begins so long after its beginning, and what counts as calm so long after the last trouble: clients
/// who hold back remember it for a while.
const SETTLED: Span = Span::from_secs(5);
const CALMED: Span = Span::from_secs(8);

const SIZE: Purpose = Purpose::named("work");
const THINNED: Purpose = Purpose::named("thinned");
const MATTERS: Purpose = Purpose::named("importance");
const PAUSES: Purpose = Purpose::named("pause");
const FAILS: Purpose = Purpose::named("fails by chance");
const HOLDS: Purpose = Purpose::named("held back");

choices! {
    /// What the load does.
    pub enum Course {
        Ramp = "ramp", "Up and down";
        Steady = "steady", "Steady";
        Stall = "stall", "Steady, a stall at 8 s";
    }
}

choices! {
    /// How the server protects itself.
    pub enum Guard {
        Nothing = "nothing", "Nothing";
        Expired = "expired", "Drop expired";
        Newest = "newest", "Newest first";
        Codel = "codel", "CoDel";
        Adaptive = "adaptive", "Adaptive limit";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 400.0), 10.0, 300.0)
            .help("Requests a second that clients want, before any is asked again; where the load goes up and down, its height.").primary(),
        pub guard: Guard = Control::choice("guard", "The server", Guard::OPTIONS, "nothing")
            .help("Serves whoever is first; throws away those whose client will be gone; serves whoever came last; drops by how long they waited (CoDel); or lets in only as many as don't have to wait long (a limit that it finds by itself, Vegas).").primary(),
        pub room: u32 = Control::log_number("room", "Room to wait", Unit::Count, (1.0, 1000.0), 1000.0)
            .help("Places in the line. Whoever finds it full is refused at once.").primary(),
        pub retries: u32 = Control::number("retries", "Retries", Unit::Count, (0.0, 4.0), 1.0, 2.0)
            .help("How often a client asks again after a refusal, an error, or a second without an answer.").primary(),
        pub throttle: bool = Control::flag("throttle", "Clients hold back", false)
            .help("Clients count how much is accepted, and send at most about twice that: adaptive throttling as Google does it, over the last 4 s."),
        pub important: bool = Control::flag("important", "Checkouts first", false)
            .help("A quarter of all requests are checkouts: they are served first, refused last, counted apart by clients who hold back, and have nine tenths of an adaptive limit for sure."),
        pub patience: Span = Control::log_number("patience", "Clients wait", Unit::Time, (0.2, 10.0), 1.0)
            .help("How long a client waits for each try before it leaves."),
        pub workers: u32 = Control::number("workers", "Workers", Unit::Count, (1.0, 16.0), 1.0, 4.0)
            .help("Requests that the server works on at a time: 25 a second each."),
        pub course: Course = Control::choice("course", "The load goes", Course::OPTIONS, "ramp")
            .help("Up to its height and down again, or steadily; with a stall the server is ten times slower from 8 s to 12 s."),
    }
}

impl ControlValues {
    /// Requests a second that the server can finish.
    pub fn capacity(&self) -> f64 {
        f64::from(self.workers) / WORK
    }

    /// Requests a second that clients want now.
    pub fn wanted(&self, now: Time) -> f64 {
        let [from, top, until] = RAMP;
        let height = match (self.course, now.secs()) {
            (Course::Steady | Course::Stall, _) => 1.0,
            (_, now) if now < top => (now - from) / (top - from),
            (_, now) => (until - now) / (until - top),
        };
        self.load * height.max(LOWEST)
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered in time", Statistic::Rate, "Answers a second that reached somebody who still waited, over the last 2 s: the goodput.")
        .of(REQUEST, &[ANSWERED]).last(2.0);
    Reading::measured("late", "answered too late", Statistic::Rate, "Requests a second that were finished for clients who had left, over the last 2 s.")
        .of(TRY, &[LATE]).last(2.0).trouble_from(5.0);
    Reading::new("asked", "tries", Unit::Rate, "Tries a second that reach the server, over the last 2 s: each request is tried once, and again if need be.");
    Reading::new("waiting", "waiting", Unit::Count, "Tries in the line now, whether or not their clients are still there.");
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of those who were answered in the last 5 s had waited at most this long since they first asked.")
        .of(REQUEST, &[ANSWERED]).last(5.0);
    Reading::new("checkouts", "checkouts answered", Unit::Share, "Of the checkouts that ended in the last 2 s, the share that were answered.");
    Reading::new("limit", "limit", Unit::Count, "How many the adaptive limit lets in at a time.");
    Reading::new("overload", "goodput in overload", Unit::Share, "What was answered while the load was beyond capacity, from 5 s after that began, as a share of what the server can do.").so_far();
    Reading::new("overload-checkouts", "checkouts in overload", Unit::Share, "Of the checkouts that ended in that time, the share answered.").so_far();
    Reading::new("calm", "answered in calm times", Unit::Share, "Of the requests that began while the load was within capacity and nothing was slow, and had been so for 8 s, the share answered.").so_far();
    Reading::measured("p99-so-far", "p99 so far", Statistic::Quantile(0.99), "99 % of all that were answered had waited at most this long since they first asked.")
        .of(REQUEST, &[ANSWERED]).so_far();
}

const ACTIONS: &[Action] = &[
    Action::new("stall", "Stall it for 4 s", &[SERVER_KIND]),
    Action::new("restart", "Restart it", &[SERVER_KIND]),
];

messages! {
    pub(super) MESSAGES;
    chart_path(); axis_load(); axis_goodput(); path_up(); path_back(); path_before(); path_since(); path_ideal();
    grid_title(); row_working(); row_next(); note_working(working: usize, nobody: usize); note_waiting(waiting: usize, nobody: usize);
    key_awaited(); key_nobody(); key_free();
    chart_rates(); answered(); late();
    says_well(wanted: (f64, Unit)); says_nobody(share: (f64, Unit), waiting: usize); says_trapped(wanted: (f64, Unit), asked: (f64, Unit), capacity: (f64, Unit));
    says_beyond(wanted: (f64, Unit), capacity: (f64, Unit)); says_stalled(); says_refuses(share: (f64, Unit));
    mark_stall(); mark_over(); mark_restart(lost: usize); already_stalled();
    step_held_back(); step_try(tried: Entity); step_again(after: Span); why_limit(inside: u32, limit: u32); step_dropped();
    why_expired(); why_codel(waited: Span); step_left(); step_late(); step_no_room(waiting: usize); step_lost();
    about_clients(wanted: (f64, Unit), asked: (f64, Unit)); about_server(busy: usize, nobody: usize, waiting: usize);
    about_stalled(); about_limit(limit: u32); about_dropping(); about_try(request: Entity, age: Span);
    about_awaited(left: Span); about_left(ago: Span); about_in_work(); about_in_line(); about_try_over();
    judge_overload(share: (f64, Unit), bound: (f64, Unit)); judge_calm(share: (f64, Unit), bound: (f64, Unit));
    judge_checkouts(share: (f64, Unit), bound: (f64, Unit)); judge_p99(p99: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    /// A request is tried again.
    Again(Entity),
    /// A worker is done with a try.
    Done(Entity),
    /// The client of a try has waited long enough.
    Leaves(Entity),
    StallBegins,
    StallEnds,
    Tick,
}

/// What a client wants.
#[derive(Clone, Copy, Debug)]
struct Wish {
    tries: u32,
    important: bool,
    /// Whether it began in calm times.
    calm: bool,
}

/// A try at the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Try {
    pub(super) request: Entity,
    pub(super) sent: Time,
    /// When its client leaves, or left.
    pub(super) deadline: Time,
    /// Its client is still there: what will make it leave.
    awaited: Option<Handle>,
    caller: Caller,
    in_flight: u32,
}

impl Try {
    pub(super) fn is_awaited(&self) -> bool {
        self.awaited.is_some()
    }
}

pub(super) type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Overload {
    pub(super) controls: ControlValues,
    arrivals: Arrivals,
    journeys: Journeys<Wish>,
    pub(super) tries: EntityMap<Try>,
    /// Its own queue has no room: who waits is in `lines`.
    pub(super) workers: Station<Event>,
    /// Checkouts that go first, and all others.
    pub(super) lines: [VecDeque<Entity>; 2],
    /// Clients count checkouts that go first, and all others.
    throttles: [AdaptiveThrottle; 2],
    places: Partitions,
    limit: Windowed<Vegas, Average>,
    pub(super) codel: Codel,
    /// Refusals that a worker has yet to write.
    to_refuse: Span,
    pub(super) stalled: bool,
    pub(super) asked: RecentCount,
    pub(super) refused: RecentCount,
    answers: RecentCount,
    checkouts: [RecentCount; 2],
    /// Load and goodput, every [`TICK`]; and from where on it is the way back.
    pub(super) path: Vec<(f32, f32)>,
    pub(super) turn: Option<usize>,
    /// Since when the load has been beyond capacity, and since when all has been calm.
    beyond: Option<Time>,
    calm: Option<Time>,
    /// While beyond: seconds, and answers.
    while_beyond: (f64, u32),
    checkouts_beyond: ShareCount,
    calm_answers: ShareCount,
}

impl Overload {
    /// A client wants something.
    fn begin(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        // A stream at the load's height, of which a part is left out: what is left has the load of this moment.
        let share = self.controls.wanted(w.now()) / self.controls.load;
        if !w.draws(THINNED, Entity::new(REQUEST, self.arrivals.arrived_so_far())).chance(share) {
            return;
        }
        let now = w.now();
        let next = Entity::new(REQUEST, w.tally(REQUEST).opened() as u32);
        let important = w.draws(MATTERS, next).chance(IMPORTANT);
        let calm = self.calm.is_some_and(|since| now.since(since) >= CALMED);
        let request = self.journeys.begin(Wish { tries: 0, important, calm }, CLIENTS, w);
        self.ask(request, w);
    }

    /// A client asks the server, for the first time or again.
    fn ask(&mut self, request: Entity, w: &mut W) {
        let now = w.now();
        let Some(wish) = self.journeys.carried(request) else { return };
        wish.tries += 1;
        let (important, nth) = (wish.important, wish.tries);
        let line = usize::from(!(important && self.controls.important));
        self.journeys.enter(request, CLIENTS, now);
        if self.controls.throttle {
            let mut draws = w.draws(HOLDS, request);
            let draw = (0..nth).fold(0.0, |_, _| draws.unit());
            if !self.throttles[line].request(now, draw) {
                w.record_step(request, || (step_held_back(), None));
                return self.end(request, HELD_BACK, w);
            }
        }
        let tried = w.open(TRY, Some(request));
        w.record_step(request, || (step_try(tried), None));
        self.asked.record(now);
        self.journeys.enter(request, SERVER, now);
        let caller =
            if self.controls.important { Caller::Of(usize::from(!important)) } else { Caller::Unknown };
        let patience = self.controls.patience;
        let leaves = w.schedule(patience, Event::Leaves(tried));
        let mut it =
            Try { request, sent: now, deadline: now + patience, awaited: Some(leaves), caller, in_flight: 0 };
        if self.controls.guard == Guard::Adaptive {
            self.places.set_limit(self.limit.limit());
        } else {
            self.places.set_limit(u32::MAX);
        }
        if !self.places.acquire(caller) {
            let (in_flight, limit) = (self.places.in_flight(), self.limit.limit());
            w.record_step(tried, || (step_dropped(), Some(why_limit(in_flight, limit))));
            return self.refuse(tried, it, w);
        }
        it.in_flight = self.places.in_flight();
        self.tries.insert(tried.n, it);
        self.lines[line].push_back(tried);
        self.start(w);
        self.make_room(w);
    }

    /// More wait than there is room for: the last of those who matter least is refused.
    fn make_room(&mut self, w: &mut W) {
        while self.waiting() > self.controls.room as usize {
            let line = &mut self.lines[usize::from(!self.lines[1].is_empty())];
            // Where the newest are served first, the oldest have least to hope for.
            let last = if self.controls.guard == Guard::Newest { line.pop_front() } else { line.pop_back() };
            let Some(last) = last else { return };
            let waiting = self.waiting();
            w.record_step(last, || (step_no_room(waiting), None));
            self.throw_out(last, w);
        }
    }

    /// Who has a place doesn't get served.
    fn throw_out(&mut self, tried: Entity, w: &mut W) {
        if let Some(it) = self.tries.remove(tried.n) {
            self.places.release(it.caller);
            self.refuse(tried, it, w);
        }
    }

    /// A try that has no place, or has lost it, is over. Who still waits for it hears of that at once.
    fn refuse(&mut self, tried: Entity, it: Try, w: &mut W) {
        self.to_refuse += REFUSAL;
        let Some(leaves) = it.awaited else {
            w.close(tried, EXPIRED);
            return;
        };
        self.refused.record(w.now());
        w.cancel(leaves);
        w.close(tried, REFUSED);
        self.failed(it.request, REFUSED, w);
    }

    /// A try has come to nothing: the client asks again, or that was the last one.
    fn failed(&mut self, request: Entity, why: EndKind, w: &mut W) {
        let tries = self.journeys.get(request).map_or(0, |journey| journey.carries.tries);
        if tries > self.controls.retries {
            return self.end(request, why, w);
        }
        let mut draws = w.draws(PAUSES, request);
        let pause = (0..tries).fold(Span::ZERO, |_, _| PAUSE.span(&mut draws));
        w.record_step(request, || (step_again(pause), None));
        w.schedule(pause, Event::Again(request));
    }

    fn end(&mut self, request: Entity, how: EndKind, w: &mut W) {
        let Some(wish) = self.journeys.get(request).map(|journey| journey.carries) else { return };
        let answered = how == ANSWERED;
        if answered {
            self.answers.record(w.now());
        }
        if wish.calm && self.calm.is_some() {
            self.calm_answers.record(answered);
        }
        let overloaded = self.is_overloaded(w.now());
        if wish.important {
            self.checkouts[usize::from(!answered)].record(w.now());
            if overloaded {
                self.checkouts_beyond.record(answered);
            }
        }
        self.while_beyond.1 += u32::from(answered && overloaded);
        self.journeys.end_as(request, how, w);
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.lines.iter().map(VecDeque::len).sum()
    }

    /// Free workers take up who is next.
    fn start(&mut self, w: &mut W) {
        while !self.workers.is_full() {
            let Some(next) = self.next(w) else { break };
            let request = self.tries.get(next.n).map_or(next, |it| it.request);
            let work = Dist::Erlang { stages: 8, mean: WORK }.span(&mut w.draws(SIZE, request));
            let takes = work + core::mem::replace(&mut self.to_refuse, Span::ZERO);
            let offer = self.workers.offer(next, takes, w, Event::Done(next));
            debug_assert!(offer.is_accepted(), "a worker is free");
        }
        if !self.workers.is_full() {
            // Whoever is idle refuses for nothing.
            self.to_refuse = Span::ZERO;
        }
    }

    /// Takes the next out of the line, by the rule in force.
    fn next(&mut self, w: &mut W) -> Option<Entity> {
        let (now, guard) = (w.now(), self.controls.guard);
        if guard == Guard::Codel {
            let (mut out, lines, tries) = (Vec::new(), &mut self.lines, &self.tries);
            let next = self.codel.take(
                now,
                || {
                    let next = pop(lines, false)?;
                    let waited = tries.get(next.n).map_or(Span::ZERO, |it| now.since(it.sent));
                    Some((next, waited, lines.iter().all(VecDeque::is_empty)))
                },
                |dropped| out.push(dropped),
            );
            for dropped in out {
                let waited = self.tries.get(dropped.n).map_or(Span::ZERO, |it| now.since(it.sent));
                w.record_step(dropped, || (step_dropped(), Some(why_codel(waited))));
                self.throw_out(dropped, w);
            }
            return next;
        }
        loop {
            let next = pop(&mut self.lines, guard == Guard::Newest)?;
            let needs = now + MARGIN;
            if guard != Guard::Expired || self.tries.get(next.n).is_none_or(|it| it.deadline >= needs) {
                return Some(next);
            }
            w.record_step(next, || (step_dropped(), Some(why_expired())));
            self.throw_out(next, w);
        }
    }

    fn done(&mut self, tried: Entity, w: &mut W) {
        let now = w.now();
        self.workers.done(tried, w);
        if let Some(it) = self.tries.remove(tried.n) {
            self.places.release(it.caller);
            if self.controls.guard == Guard::Adaptive {
                // The server can't know whether anybody still waited.
                let sample = Sample { rtt: now.since(it.sent), in_flight: it.in_flight, dropped: false };
                self.limit.on_sample(now, &sample);
            }
            if let Some(leaves) = it.awaited {
                w.cancel(leaves);
                self.throttles[usize::from(it.caller != Caller::Of(0))].accepted(now);
                if w.draws(FAILS, tried).chance(NOISE) {
                    w.close(tried, FAILED);
                    self.failed(it.request, FAILED, w);
                } else {
                    w.close(tried, ANSWERED);
                    self.end(it.request, ANSWERED, w);
                }
            } else {
                w.record_step(tried, || (step_late(), None));
                w.close(tried, LATE);
            }
        }
        self.start(w);
    }

    fn leaves(&mut self, tried: Entity, w: &mut W) {
        let Some(it) = self.tries.get_mut(tried.n) else { return };
        it.awaited = None;
        let request = it.request;
        w.record_step(tried, || (step_left(), None));
        self.failed(request, TIMED_OUT, w);
    }

    fn stall(&mut self, begins: bool, w: &mut W) {
        self.stalled = begins;
        self.workers.set_slower(if begins { STALL.0 } else { 1.0 });
        if begins {
            w.schedule(STALL.1, Event::StallEnds);
            if self.controls.course != Course::Ramp {
                self.turn = Some(self.path.len());
            }
        }
        w.notable(SERVER, if begins { mark_stall() } else { mark_over() });
        self.judge_moment(w.now());
    }

    /// Everything that is in the server is lost, and it is there again at once.
    fn restart(&mut self, w: &mut W) {
        let waiting: Vec<Entity> = self.lines.iter_mut().flat_map(|line| line.drain(..)).collect();
        let served = self.workers.fail(station::Fault::Down, w);
        self.workers.restore();
        w.notable(SERVER, mark_restart(waiting.len() + served.len()));
        for lost in served.into_iter().chain(waiting) {
            w.record_step(lost, || (step_lost(), None));
            self.throw_out(lost, w);
        }
        self.to_refuse = Span::ZERO;
        self.codel = Codel::new(CODEL);
    }

    /// Whether this is a time of overload, or a calm one.
    fn judge_moment(&mut self, now: Time) {
        let is_beyond = self.controls.wanted(now) > self.controls.capacity();
        let is_calm = !is_beyond && !self.stalled;
        self.beyond = is_beyond.then(|| self.beyond.unwrap_or(now));
        self.calm = is_calm.then(|| self.calm.unwrap_or(now));
    }

    /// Whether the load has been beyond capacity for a while.
    fn is_overloaded(&self, now: Time) -> bool {
        self.beyond.is_some_and(|since| now.since(since) >= SETTLED)
    }

    fn tick(&mut self, w: &mut W) {
        w.schedule(TICK, Event::Tick);
        let now = w.now();
        if self.is_overloaded(now) {
            self.while_beyond.0 += TICK.secs();
        }
        self.judge_moment(now);
        let wanted = self.controls.wanted(now) as f32;
        let highest = self.turn.and_then(|turn| self.path.get(turn.wrapping_sub(1)).copied());
        self.path.push((wanted, self.answers.rate(now) as f32));
        if self.controls.course == Course::Ramp && highest.is_none_or(|highest| wanted >= highest.0) {
            self.turn = Some(self.path.len());
        }
    }

    /// Of those who end of late, the share of checkouts that are answered.
    fn checkouts(&self, now: Time) -> Option<f64> {
        let [answered, lost] = [0, 1].map(|n| self.checkouts[n].rate(now));
        (answered + lost > 0.0).then(|| answered / (answered + lost))
    }

    pub(super) fn limit(&self) -> Option<u32> {
        (self.controls.guard == Guard::Adaptive).then(|| self.limit.limit())
    }
}

fn new_limit() -> Windowed<Vegas, Average> {
    let windows = WindowedConfig { min_window: WINDOW, ..WindowedConfig::default() };
    Windowed::new(windows, Vegas::new(VegasConfig::default(), 0.5), Average::default())
}

fn pop(lines: &mut [VecDeque<Entity>; 2], newest: bool) -> Option<Entity> {
    lines.iter_mut().find_map(|line| if newest { line.pop_back() } else { line.pop_front() })
}

impl Experiment for Overload {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("overload", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(33))
            .warm_up(Time::from_secs(10))
            .speed(2.0)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let arrivals = Arrivals::poisson(REQUEST, controls.load, w, Event::Arrival);
        w.schedule(TICK, Event::Tick);
        w.schedule(STALLS_AT, Event::StallBegins);
        let throttle = AdaptiveThrottle::new(ThrottleConfig { window: COUNTED, ..ThrottleConfig::default() });
        let counted = || RecentCount::over(Span::from_secs(2));
        let mut model = Self {
            controls: controls.clone(),
            arrivals,
            journeys: Journeys::new(REQUEST, LOSSES),
            tries: EntityMap::default(),
            workers: Station::new(SERVER, controls.workers, Some(0)),
            lines: Default::default(),
            throttles: [throttle.clone(), throttle],
            places: Partitions::new(u32::MAX, &SHARES),
            limit: new_limit(),
            codel: Codel::new(CODEL),
            to_refuse: Span::ZERO,
            stalled: false,
            asked: counted(),
            refused: counted(),
            answers: RecentCount::over(Span::from_secs(1)),
            checkouts: [counted(), counted()],
            path: Vec::new(),
            turn: None,
            beyond: None,
            calm: None,
            while_beyond: (0.0, 0),
            checkouts_beyond: ShareCount::default(),
            calm_answers: ShareCount::default(),
        };
        model.judge_moment(w.now());
        Ok(model)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.begin(w),
            Event::Again(request) => self.ask(request, w),
            Event::Done(tried) => self.done(tried, w),
            Event::Leaves(tried) => self.leaves(tried, w),
            Event::StallBegins if self.controls.course == Course::Stall && !self.stalled => {
                self.stall(true, w);
            }
            Event::StallBegins => {}
            Event::StallEnds => self.stall(false, w),
            Event::Tick => self.tick(w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.arrivals.set_rate(is.load, w, Event::Arrival);
        if was.course != is.course {
            self.path.clear();
            self.turn = None;
        }
        if was.guard != is.guard {
            self.codel = Codel::new(CODEL);
            self.limit = new_limit();
        }
        self.workers.set_workers(is.workers, w);
        self.start(w);
        self.make_room(w);
        self.judge_moment(w.now());
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = on.iter().find_map(|&at| self.refusal(action, at)) {
            return Err(why);
        }
        match action {
            0 => self.stall(true, w),
            _ => self.restart(w),
        }
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        if on != SERVER {
            return Some(Msg::new("no-such-entity").of("entity", on));
        }
        (action == 0 && self.stalled).then(already_stalled)
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let now = w.now();
        out.put("asked", self.asked.rate(now));
        out.put("waiting", self.waiting() as f64);
        out.put("checkouts", self.checkouts(now));
        out.put("limit", self.limit().map(f64::from));
        let (secs, answers) = self.while_beyond;
        out.put("overload", (secs > 0.0).then(|| f64::from(answers) / secs / self.controls.capacity()));
        out.put("overload-checkouts", self.checkouts_beyond.share());
        out.put("calm", self.calm_answers.share());
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let rates = [("answered", Status::Active), ("late", Status::Trouble)];
        scene.panels = vec![
            self.grid(w.now()),
            self.path_chart(),
            Panel::series(chart_rates(), Unit::Rate, rates, Self::SPEC.until),
            self.journeys.ledger(),
        ];
        scene.sentences = self.say(w);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            CLIENTS_KIND | SERVER_KIND | TRY => self.tell(entity, w),
            _ => self.journeys.about(entity, w, |_| None),
        }
    }

    fn kept_bytes(&self) -> usize {
        16 * self.path.len() + 128 * self.tries.len()
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.workers.invariants()?;
        let (waiting, busy) = (self.waiting(), self.workers.busy().len());
        let under_way = w.tally(TRY).under_way() as usize;
        let places = self.places.in_flight() as usize;
        if under_way != waiting + busy || self.tries.len() != under_way || places != under_way {
            return Err(format!(
                "{under_way} tries are open, {} known and {places} have places, but {waiting} wait and {busy} are served",
                self.tries.len()
            ));
        }
        if waiting > 0 && !self.workers.is_full() {
            return Err(format!("{waiting} wait while a worker is free"));
        }
        if waiting > self.controls.room as usize {
            return Err(format!("{waiting} wait where there is room for {}", self.controls.room));
        }
        Ok(())
    }
}
