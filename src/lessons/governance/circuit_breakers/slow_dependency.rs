//! A shop with one pool of threads and two things to do with them: pages, which it makes by itself, and payments, for which
//! it calls a dependency and waits.
//!
//! ```text
//!   clients ── queue ─ threads of the shop ─┬─ page
//!                                           └─ bulkhead ─ breaker ─ timeout ── payments A … C
//! ```
//!
//! A thread is kept until its payment is over. A timeout frees the thread and not the dependency, which goes on working for
//! nobody. Leaves out: clients who try again or give up, retries, and calls that cost the dependency anything while it hangs.

use super::rates;
use crate::lessons::prelude::*;
use crate::mechanism::breaker::{Breaker, CallOutcome, Config, Permit, State, Transition};
use crate::mechanism::bulkhead::{Bulkhead, BulkheadConfig, Entry};
use crate::parts::breaker;
use crate::parts::dependency::{self, Dependency, DependencyConfig, Health};
use crate::scene::{Cell, Grid, GridRow, Packet};

kinds! {
    KINDS;
    PAGE = "page", Numbers; PAYMENT = "payment", Numbers; CALL = "call", Numbers;
    CLIENTS_KIND = "clients", Only; SHOP_KIND = "shop", Only; BREAKER_KIND = "breaker", Only; SHARD = "shard", Letters;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    QUEUE_FULL = 1, "queue-full";
    BULKHEAD_FULL = 2, "bulkhead-full";
    BREAKER_OPEN = 3, "breaker-open";
    TIMED_OUT = 4, "timed-out";
    ERROR = 5, "error";
}

const ANSWERED: EndKind = EndKind(0);
/// A page that was answered later than [`ON_TIME`].
const LATE: EndKind = EndKind(6);
const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
const SHOP: Entity = Entity::new(SHOP_KIND, 0);
const BREAKER: Entity = Entity::new(BREAKER_KIND, 0);
const SHARDS: u32 = 3;
/// Requests a second.
const PAGES: f64 = 40.0;
const PAYMENTS: f64 = 20.0;
/// From the clients to the shop, or back; and from the shop to the dependency, or back.
const HOP: Span = Span::from_millis(50);
const CALL_HOP: Span = Span::from_millis(20);
/// The shop's own work, for a page and for a payment.
const OWN_WORK: Dist = Dist::Exponential(0.01);
/// Longer than a run.
const NO_TIMEOUT: Span = Span::from_secs(60);
/// Requests that can wait for a thread.
const ROOM: u32 = 40;
/// A page is on time up to here.
const ON_TIME: Span = Span::from_millis(500);
/// Payments are back when so many in a row have been made.
const IN_A_ROW: u32 = 10;
/// After an outage it takes so long until times count as calm.
const CALM: Span = Span::from_secs(5);
const OWN: Purpose = Purpose::named("own work");
const WHICH: Purpose = Purpose::named("shard");

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub health: Health = Control::choice("health", "Payments are", Health::OPTIONS, "well")
            .help("Of all three shards: well; 20 times slower; failing at once; hung, so that they never answer; or failing every other two seconds.").primary(),
        pub breaker: bool = Control::flag("breaker", "Breaker", false)
            .help("Refuses calls to payments after too many have failed or been slow.").primary(),
        pub timeout: Span = Control::log_number("timeout", "Timeout (60 s: none)", Unit::Time, (0.05, 60.0), 60.0)
            .help("How long the shop waits for payments. 60 s is longer than this run, and stands for no timeout.").primary(),
        pub bulkhead: u32 = Control::number("bulkhead", "Bulkhead", Unit::Count, (1.0, 64.0), 1.0, 64.0)
            .help("Calls to payments under way at the same time; the next is refused. As many as there are threads, or more, is no bulkhead at all.").primary(),
        pub threads: u32 = Control::number("threads", "Threads", Unit::Count, (4.0, 64.0), 1.0, 16.0)
            .help("Requests that the shop works on, or waits with, at the same time."),
        pub window: u32 = Control::number("window", "Calls judged", Unit::Count, (1.0, 40.0), 1.0, 20.0)
            .help("The breaker looks at this many calls, the last that have ended, and at no fewer (sliding window size and minimum number of calls).").only_with("breaker", "on"),
        pub threshold: f64 = Control::number("threshold", "Opens at", Unit::Share, (0.05, 1.0), 0.05, 0.5)
            .help("From this share of failed calls on, or of slow ones, the breaker opens (failure rate and slow call rate threshold).").only_with("breaker", "on"),
        pub slow: Span = Control::log_number("slow", "Slow is over", Unit::Time, (0.05, 60.0), 0.8)
            .help("A call that took longer counts as slow (slow call duration threshold).").only_with("breaker", "on"),
        pub wait: Span = Control::log_number("wait", "Stays open for", Unit::Time, (0.2, 60.0), 3.0)
            .help("An open breaker waits this long, then lets three calls through to see whether payments are well again (wait duration in open state).").only_with("breaker", "on"),
    }
}

impl ControlValues {
    fn rule(&self) -> Option<Config> {
        let rule = || Config::Rates(rates(self.window, self.threshold, self.slow, self.wait));
        self.breaker.then(rule)
    }

    fn breaker(&self, now: Time) -> Option<Breaker> {
        self.rule().map(|rule| Breaker::new(rule, now).expect("controls within their ranges"))
    }

    fn bulkhead(&self) -> BulkheadConfig {
        BulkheadConfig { max_concurrent_calls: self.bulkhead, ..BulkheadConfig::default() }
    }
}

readings! {
    READINGS;
    Reading::measured("pages", "pages on time", Statistic::Share, "Share of the pages of the last 2 s that were answered within 500 ms; refused and late ones are the rest.")
        .of(PAGE, &[ANSWERED]).last(2.0);
    Reading::measured("payments", "payments made", Statistic::Share, "Of the payments that ended in the last 2 s, the share that were made.")
        .of(PAYMENT, &[ANSWERED]).last(2.0);
    Reading::new("held", "threads held", Unit::Count, "Threads that wait for payments now.").trouble_from(12.0);
    Reading::new("openings", "openings", Unit::Count, "How often the closed breaker has opened so far.").so_far();
    Reading::measured("pages-so-far", "pages on time, so far", Statistic::Share, "Share of all pages so far that were answered within 500 ms.")
        .of(PAGE, &[ANSWERED]).so_far();
    Reading::new("back", "back after", Unit::Time, "Time from the end of an outage to the first of ten payments in a row that were made; of several outages the longest.").so_far();
    Reading::new("calm", "made in calm times", Unit::Share, "Share of the payments begun while payments were well, and had been for 5 s, that were made. Those caught in an outage don't count.").so_far();
    Reading::new("false-alarms", "false alarms", Unit::Count, "How often the breaker has opened while payments were well.").so_far().trouble_from(1.0);
}

const ACTIONS: &[Action] = &[
    Action::new("hang", "Hang it", &[SHARD]),
    Action::new("slow", "Slow it down", &[SHARD]),
    Action::new("heal", "Heal it", &[SHARD]),
];

/// What a shard becomes by each.
const BECOMES: [Health; 3] = [Health::Hung, Health::Slow, Health::Well];

messages! {
    pub(super) MESSAGES;
    note_off();
    threads_title(); row_threads(); row_bulkhead();
    note_of(n: usize, of: u32); note_counted(failed: u32, slow: u32);
    key_works(); key_waits(); key_stuck(); key_empty();
    chart_shares(); pages(); payments(); pages_lost(lost: u64); payments_lost(lost: u64);
    says_held(held: usize, threads: u32); says_drained(threads: u32, waiting: usize);
    says_nothing_ended(calls: usize); says_open(); says_unbroken(); says_lost(calls: usize);
    mark_health(shard: Entity, health: &'static str); mark_all(health: &'static str);
    already_so(shard: Entity);
    step_permitted(call: Entity);
    about_clients(pages: u32, payments: u32); about_no_breaker();
    about_waits_for(call: Entity, since: Span);
    judge_pages(share: (f64, Unit), bound: (f64, Unit));
    judge_back(back: (f64, Unit), bound: (f64, Unit)); judge_calm(share: (f64, Unit), bound: (f64, Unit));
    judge_false_alarms(alarms: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    PageWanted,
    PaymentWanted,
    AtShop(Entity),
    /// A thread has done the shop's own work.
    Worked(Entity),
    AtShard(Entity),
    Served(Entity),
    Failed(Entity),
    Replied(Entity),
    TimedOut(Entity),
    Back(Entity),
}

#[derive(Clone, Copy, Debug, Default)]
struct Request {
    /// What it waits for.
    call: Option<Entity>,
    /// Whether it began in calm times.
    calm: bool,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    payment: Entity,
    permit: Option<Permit>,
    asked: Time,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct SlowDependency {
    controls: ControlValues,
    arrivals: [Arrivals; 2],
    pages: Journeys<Request>,
    payments: Journeys<Request>,
    calls: Journeys<Call>,
    shop: Station<Event>,
    bulkhead: Bulkhead,
    pub(super) breaker: Option<Breaker>,
    pub(super) shards: Vec<Dependency<Event>>,
    /// Since when all shards have been well.
    well_since: Option<Time>,
    recovery: Recovery,
    /// How many payments of calm times were made.
    calm: ShareCount,
    openings: u32,
    false_alarms: u32,
}

fn shard(n: u32) -> Entity {
    Entity::new(SHARD, n)
}

impl SlowDependency {
    fn of(&mut self, request: Entity) -> &mut Journeys<Request> {
        if request.kind == PAGE { &mut self.pages } else { &mut self.payments }
    }

    fn begin(&mut self, kind: u8, w: &mut W) {
        let calm = self.well_since.is_some_and(|since| since == Time::ZERO || w.now().since(since) > CALM);
        let journeys = if kind == PAGE { &mut self.pages } else { &mut self.payments };
        let request = journeys.begin(Request { call: None, calm }, CLIENTS, w);
        journeys.send(request, SHOP, HOP, w, Event::AtShop(request));
    }

    fn at_shop(&mut self, request: Entity, w: &mut W) {
        self.of(request).arrive(request, w.now());
        let takes = OWN_WORK.span(&mut w.draws(OWN, request));
        if !self.shop.offer(request, takes, w, Event::Worked(request)).is_accepted() {
            self.send_back(request, QUEUE_FULL, w);
        }
    }

    fn worked(&mut self, request: Entity, w: &mut W) {
        if request.kind == PAGE {
            self.leave(request, ANSWERED, w);
        } else {
            self.pay(request, w);
        }
    }

    /// Through the bulkhead and the breaker to the dependency.
    fn pay(&mut self, payment: Entity, w: &mut W) {
        if self.bulkhead.enter(w.now(), payment.n.into()) != Entry::Permitted {
            return self.leave(payment, BULKHEAD_FULL, w);
        }
        let asked = self.breaker.as_mut().map(|breaker| breaker.try_acquire(w.now()));
        self.changed(asked.and_then(|admission| admission.transition), w);
        let Ok(permit) = asked.map(|admission| admission.permit).transpose() else {
            self.bulkhead.leave();
            self.payments.enter(payment, BREAKER, w.now());
            return self.leave(payment, BREAKER_OPEN, w);
        };
        let call = self.calls.begin(Call { payment, permit, asked: w.now() }, BREAKER, w);
        w.record_step(payment, || (step_permitted(call), None));
        if let Some(it) = self.payments.carried(payment) {
            it.call = Some(call);
        }
        let at = shard(w.draws(WHICH, payment).below(SHARDS));
        self.calls.expect(call, self.controls.timeout, w, Event::TimedOut(call));
        self.calls.send(call, at, CALL_HOP, w, Event::AtShard(call));
    }

    /// The shard that a call is at.
    fn shard_of(&mut self, call: Entity) -> Option<&mut Dependency<Event>> {
        self.shards.get_mut(self.calls.get(call)?.place.node().n as usize)
    }

    /// What a call to a shard came to is on its way back, if somebody waits for it.
    fn reply(&mut self, call: Entity, outcome: EndKind, w: &mut W) {
        self.calls.reply(call, outcome, (BREAKER, CALL_HOP), w, Event::Replied(call));
    }

    /// A call has ended for the shop: place, breaker and thread are told.
    fn settle(&mut self, it: Call, outcome: EndKind, w: &mut W) {
        self.bulkhead.leave();
        let ended = if outcome == ANSWERED { CallOutcome::Success } else { CallOutcome::Failure };
        let breaker = self.breaker.as_mut().zip(it.permit);
        let took = w.now().since(it.asked);
        let transition = breaker.and_then(|(breaker, permit)| breaker.record(w.now(), permit, ended, took));
        self.changed(transition, w);
        self.leave(it.payment, outcome, w);
    }

    fn changed(&mut self, transition: Option<Transition>, w: &mut W) {
        let Some(it) = transition else { return };
        if (it.from, it.to) == (State::Closed, State::Open) {
            self.openings += 1;
            self.false_alarms += u32::from(self.well_since.is_some());
        }
        w.notable(BREAKER, breaker::mark(SHOP, &it));
    }

    /// The thread is free, and the client is told.
    fn leave(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        self.shop.done(request, w);
        self.send_back(request, outcome, w);
    }

    fn send_back(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        let now = w.now();
        let journeys = self.of(request);
        let late = journeys.get(request).is_some_and(|journey| (now + HOP).since(journey.began) > ON_TIME);
        let is_late = request.kind == PAGE && outcome == ANSWERED && late;
        journeys.turn_back(request, if is_late { LATE } else { outcome });
        journeys.enter(request, SHOP, now);
        journeys.send(request, CLIENTS, HOP, w, Event::Back(request));
    }

    fn back(&mut self, request: Entity, w: &mut W) {
        let (now, recovering) = (w.now(), request.kind == PAYMENT);
        if let Some(journey) = self.payments.get(request).filter(|_| recovering) {
            let made = journey.outcome == Some(ANSWERED);
            self.recovery.record(made, now);
            if journey.carries.calm && self.well_since.is_some() {
                self.calm.record(made);
            }
        }
        self.of(request).end(request, w);
    }

    /// One shard, or all of them, fare differently now.
    fn bend(&mut self, which: Option<u32>, health: Health, w: &mut W) {
        let was_well = self.well_since.is_some();
        for (n, shard) in (0..).zip(&mut self.shards) {
            if which.is_none_or(|which| which == n) {
                shard.set_health(health, w);
            }
        }
        let is_well = self.shards.iter().all(|shard| shard.health() == Health::Well);
        self.well_since = is_well.then(|| self.well_since.unwrap_or(w.now()));
        match (was_well, is_well) {
            (false, true) => self.recovery.ends(w.now()),
            (_, false) => self.recovery.begins(),
            (true, true) => {}
        }
        let marked = shard(which.unwrap_or(0));
        let mark = if which.is_some() { mark_health(marked, health.id()) } else { mark_all(health.id()) };
        w.notable(marked, mark);
    }

    /// Threads that wait for payments: who has them, and since when, those who have waited longest first.
    fn held(&self) -> impl Iterator<Item = (Entity, Time)> {
        self.shop.busy().iter().filter(|job| job.of.kind == PAYMENT).filter_map(|job| {
            let call = self.payments.get(job.of)?.carries.call?;
            Some((job.of, self.calls.get(call)?.carries.asked))
        })
    }

    /// Calls that are waited for and that no shard works on any more.
    fn lost(&self) -> usize {
        let here = |call: Entity| self.shards.iter().any(|shard| shard.station().here().any(|of| of == call));
        let taken = |place: Place| matches!(place, Place::At(node) if node.kind == SHARD);
        self.calls.iter().filter(|(call, it)| it.awaited && taken(it.place) && !here(*call)).count()
    }

    /// A shard; one that hangs with the calls that it has taken, and that somebody waits for.
    fn shard_node(&self, shard: &Dependency<Event>, now: Time) -> Node {
        let mut node = self.calls.with_badge(shard.node(now), now);
        if let Some(queue) = node.queue.as_mut().filter(|_| shard.health() == Health::Hung) {
            let at = Place::At(node.entity);
            let taken = self.calls.iter().filter(|(_, call)| call.awaited && call.place == at);
            queue.waiting = taken.map(|(call, _)| call).collect();
        }
        node
    }

    fn flow(&self, now: Time) -> Panel {
        let clients = Node::new(CLIENTS).shaped(Shape::Client);
        let shop = self.shop.node(None, now);
        // Its threads are the panel below.
        let shop = Node { workers: None, badge: self.pages.badge_with(&self.payments, SHOP, now), ..shop };
        let standing = self.breaker.as_ref().map(|breaker| breaker::standing(breaker, now));
        let (note, status) = standing.unwrap_or_else(|| (note_off(), Status::Quiet));
        let breaker = Node { status, ..Node::new(BREAKER).note(Label::Words(note)) };
        let shards = self.shards.iter().map(|it| self.shard_node(it, now)).collect();
        // What is to be paid tells itself apart from pages.
        let paid = self.payments.packets().chain(self.calls.packets()).map(|packet| match packet.kind {
            PacketKind::Request => Packet { kind: PacketKind::Write, ..packet },
            _ => packet,
        });
        let packets = self.pages.packets().chain(paid);
        let tiers = [vec![clients], vec![shop], vec![self.payments.with_badge(breaker, now)], shards];
        Panel::Flow(Flow::through(tiers, packets))
    }

    /// What each thread is at, the places of the bulkhead, and the results that the breaker has counted.
    fn pool(&self, now: Time) -> Panel {
        let held: Vec<(Entity, Time)> = self.held().collect();
        let waits = held.iter().map(|&(entity, since)| {
            let stuck = now.since(since) > ON_TIME;
            Cell::new(entity, if stuck { Status::Trouble } else { Status::Active })
        });
        let works = self.shop.busy().iter().filter(|job| held.iter().all(|(it, _)| *it != job.of));
        let works = works.map(|job| Cell::new(job.of, Status::Normal));
        let ControlValues { threads, bulkhead, .. } = self.controls;
        let note = note_of(held.len(), threads);
        let mut rows =
            vec![GridRow::new(SHOP, row_threads(), note, waits.clone().chain(works)).filled_to(threads)];
        if bulkhead < threads {
            let note = note_of(self.bulkhead.under_way() as usize, bulkhead);
            rows.push(GridRow::new(BREAKER, row_bulkhead(), note, waits).filled_to(bulkhead));
        }
        if let Some(it) = &self.breaker {
            let half_open = it.state() == State::HalfOpen;
            let label = if half_open { breaker::half_open() } else { breaker::row_window() };
            let (total, slots) = (it.total(now), breaker::slots(BREAKER, it, now));
            rows.push(GridRow::new(BREAKER, label, note_counted(total.failed, total.slow), slots));
        }
        let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default() as u32;
        let key = legend([
            (key_works(), Status::Normal),
            (key_waits(), Status::Active),
            (key_stuck(), Status::Trouble),
            (key_empty(), Status::Quiet),
        ]);
        Panel::Grid(Grid { title: Label::Words(threads_title()), rows, columns, tall: false, key }.into())
    }

    fn say(&self) -> Vec<Msg> {
        let (held, threads) = (self.held().count(), self.controls.threads);
        let waiting = self.shop.waiting().len();
        let drained = waiting > 0 && 5 * held >= 4 * threads as usize;
        let first = if drained { says_drained(threads, waiting) } else { says_held(held, threads) };
        let hangs = self.shards.iter().any(|shard| shard.health() == Health::Hung);
        let second = match &self.breaker {
            Some(breaker) if breaker.state() == State::Open => Some(says_open()),
            Some(breaker) if breaker.state() == State::Closed && hangs && held > 6 => {
                Some(says_nothing_ended(held))
            }
            _ if !hangs && self.lost() > 0 => Some(says_lost(self.lost())),
            None if hangs && held > 6 && self.controls.timeout == NO_TIMEOUT => Some(says_unbroken()),
            _ => None,
        };
        [first].into_iter().chain(second).collect()
    }
}

impl Experiment for SlowDependency {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("slow-dependency", Time::from_secs(45), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(6))
            .speed(0.5)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[
        MESSAGES,
        breaker::MESSAGES,
        dependency::MESSAGES,
        LOSSES.messages,
        journeys::MESSAGES,
        station::MESSAGES,
    ];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut model = Self {
            controls: controls.clone(),
            arrivals: [
                Arrivals::poisson(PAGE, PAGES, w, Event::PageWanted),
                Arrivals::poisson(PAYMENT, PAYMENTS, w, Event::PaymentWanted),
            ],
            pages: Journeys::new(PAGE, LOSSES),
            payments: Journeys::new(PAYMENT, LOSSES),
            calls: Journeys::new(CALL, LOSSES),
            shop: Station::new(SHOP, controls.threads, Some(ROOM)),
            bulkhead: Bulkhead::new(controls.bulkhead()),
            breaker: controls.breaker(w.now()),
            shards: (0..SHARDS).map(|n| Dependency::new(shard(n), 1, DependencyConfig::default())).collect(),
            well_since: Some(Time::ZERO),
            recovery: Recovery::new(IN_A_ROW),
            calm: ShareCount::default(),
            openings: 0,
            false_alarms: 0,
        };
        if controls.health != Health::Well {
            model.bend(None, controls.health, w);
        }
        Ok(model)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::PageWanted => {
                self.arrivals[0].arrived(w, event);
                self.begin(PAGE, w);
            }
            Event::PaymentWanted => {
                self.arrivals[1].arrived(w, event);
                self.begin(PAYMENT, w);
            }
            Event::AtShop(request) => self.at_shop(request, w),
            Event::Worked(request) => self.worked(request, w),
            Event::AtShard(call) => {
                self.calls.arrive(call, w.now());
                if let Some(shard) = self.shard_of(call) {
                    shard.ask(call, w, Event::Served(call), Event::Failed(call));
                }
            }
            Event::Served(call) => {
                if let Some(shard) = self.shard_of(call) {
                    shard.done(call, w);
                }
                self.reply(call, ANSWERED, w);
            }
            Event::Failed(call) => self.reply(call, ERROR, w),
            Event::Replied(call) => {
                let Some(it) = self.calls.get(call).copied() else { return };
                self.calls.end(call, w);
                self.settle(it.carries, it.outcome.unwrap_or(ERROR), w);
            }
            Event::TimedOut(call) => {
                let Some(it) = self.calls.get(call).map(|journey| journey.carries) else { return };
                self.calls.give_up(call, TIMED_OUT, w);
                self.settle(it, TIMED_OUT, w);
            }
            Event::Back(request) => self.back(request, w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        if is.rule() != self.controls.rule() {
            self.breaker = is.breaker(w.now());
        }
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.shop.set_workers(is.threads, w);
        self.bulkhead.change_config(is.bulkhead());
        if was.health != is.health {
            self.bend(None, is.health, w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = on.iter().find_map(|&at| self.refusal(action, at)) {
            return Err(why);
        }
        for at in on {
            self.bend(Some(at.n), BECOMES[action], w);
        }
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let Some(shard) = self.shards.get(on.n as usize) else {
            return Some(Msg::new("no-such-entity").of("entity", on));
        };
        (shard.health() == BECOMES[action]).then(|| already_so(on))
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("held", self.held().count() as f64);
        out.put("openings", f64::from(self.openings));
        out.put("back", self.recovery.longest(w.now()).map(Span::secs));
        out.put("calm", self.calm.share());
        out.put("false-alarms", f64::from(self.false_alarms));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let shares = [("pages", Status::Active), ("payments", Status::Trouble)];
        scene.panels = vec![
            self.flow(w.now()),
            self.pool(w.now()),
            Panel::series(chart_shares(), Unit::Share, shares, Self::SPEC.until),
            self.pages.ledger_called(pages_lost(self.pages.lost())),
            self.payments.ledger_called(payments_lost(self.payments.lost())),
        ];
        scene.sentences = self.say();
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let now = w.now();
        match entity.kind {
            CLIENTS_KIND => {
                let [pages, payments] = &self.arrivals;
                Some(About::says([about_clients(pages.arrived_so_far(), payments.arrived_so_far())]))
            }
            BREAKER_KIND => {
                let about = self.breaker.as_ref().map(|it| breaker::about(it, now));
                Some(About::says([about.unwrap_or_else(about_no_breaker)]))
            }
            SHARD => Some(self.shards.get(entity.n as usize)?.about()),
            CALL => self.calls.about(entity, w, |node| {
                self.shards.get(node.n as usize)?.station().about_visitor(entity, now)
            }),
            PAGE => self.pages.about_at(entity, w, &[&self.shop].into_iter()),
            PAYMENT if self.held().any(|(of, _)| of == entity) => {
                let call = self.payments.get(entity)?.carries.call?;
                let says = about_waits_for(call, now.since(self.calls.get(call)?.carries.asked));
                Some(About::says([says]))
            }
            _ => self.payments.about_at(entity, w, &[&self.shop].into_iter()),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.pages.invariants(w)?;
        self.payments.invariants(w)?;
        self.calls.invariants(w)?;
        self.shop.invariants()?;
        self.shards.iter().try_for_each(Dependency::invariants)?;
        let (under_way, awaited) =
            (self.bulkhead.under_way() as usize, self.calls.iter().filter(|(_, call)| call.awaited).count());
        if under_way == awaited {
            Ok(())
        } else {
            Err(format!("{under_way} have a place in the bulkhead, {awaited} calls are awaited"))
        }
    }
}
