//! Timeout, retry, breaker and bulkhead around one call, in an order that the learner chooses; and up to three
//! services, one behind the other, which all have the same.
//!
//! ```text
//!   clients ── service A ( retry ( breaker ( timeout ( bulkhead ( … ── service B ( … ── dependency
//! ```
//!
//! What is inside a layer is done anew by each try of a retry further out, and cancelled by a timeout further out. Layers
//! are resilience4j's; a breaker, bulkhead or budget belongs to its service. Leaves out: threads (a service that waits
//! keeps none), and work that goes on inside a service after a timeout outside it; only the dependency goes on.

use super::dependency::{self, Dependency, Health};
use super::questions;
use crate::lessons::prelude::*;
use crate::mechanism::breaker::{Breaker, CallOutcome, Config, Permit, State, Transition};
use crate::mechanism::bulkhead::{Bulkhead, BulkheadConfig, Entry};
use crate::mechanism::retry::{Backoff, Budget, BudgetConfig, Growth, Jitter};
use crate::sim::Handle;

kinds! {
    KINDS;
    REQUEST = "request", Numbers; CALL = "call", Numbers;
    CLIENTS_KIND = "clients", Only; SERVICE = "service", Letters; DEPENDENCY_KIND = "dependency", Only;
    LAYER = "layer", Words(&[
        Cow::Borrowed("layer-timeout"), Cow::Borrowed("layer-retry"), Cow::Borrowed("layer-breaker"), Cow::Borrowed("layer-bulkhead"),
    ]);
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    TIMED_OUT = 1, "timed-out";
    BREAKER_OPEN = 2, "breaker-open";
    BULKHEAD_FULL = 3, "bulkhead-full";
    ERROR = 4, "error";
}

const ANSWERED: EndKind = EndKind(0);
const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
const DEPENDENCY: Entity = Entity::new(DEPENDENCY_KIND, 0);
const SERVICES: usize = 3;
const LAYERS: usize = 4;
/// Between any two parties.
const HOP: Span = Span::from_millis(20);
/// Requests a second, and in a rush.
const LOAD: [f64; 2] = [20.0, 80.0];
/// The dependency works on so many calls at a time: 50 a second.
const WORKERS: u32 = 3;
/// Such a share of calls gets no answer although the dependency is well.
const LOST: f64 = 0.02;
const OUTAGE: [Time; 2] = [Time::from_secs(4), Time::from_secs(14)];
const RUSH: [Time; 2] = [Time::from_secs(22), Time::from_secs(24)];
/// So long after an outage or a rush times are calm again.
const CALM: Span = Span::from_secs(4);
const PLACES: u32 = 20;
const WINDOW: u32 = 20;
const OPEN_FOR: Span = Span::from_secs(2);
const LOSES: Purpose = Purpose::named("lost");
const JITTER: Purpose = Purpose::named("jitter");

choices! {
    /// What stands between a service and what it calls.
    pub enum Layer {
        Timeout = "timeout", "Timeout";
        Retry = "retry", "Retry";
        Breaker = "breaker", "Breaker";
        Bulkhead = "bulkhead", "Bulkhead";
    }
}
impl Layer {
    fn entity(self) -> Entity {
        Entity::new(LAYER, self as u32)
    }
}
choices! {
    /// How long a retry waits.
    pub enum Waits {
        None = "none", "Not at all";
        Backoff = "backoff", "Backoff";
        Jitter = "jitter", "Backoff, jitter";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub order: Vec<Layer> = Control::order("order", "From the outside in", Layer::OPTIONS, "retry,breaker,timeout,bulkhead")
            .help("What a request passes on its way to the dependency, the first first. This order is Spring's with resilience4j.").primary(),
        pub used: Vec<Layer> = Control::several("used", "In use", Layer::OPTIONS, (1, 4), "timeout,retry,breaker,bulkhead")
            .help("Layers that are there at all.").primary(),
        pub health: Health = Control::choice("health", "From 4 s to 14 s it is", Health::OPTIONS, "hung")
            .help("How the dependency fares in its outage. Before and after it is well.").primary(),
        pub timeout: Span = Control::log_number("timeout", "Timeout", Unit::Time, (0.05, 30.0), 0.8)
            .help("How long whatever is inside the timeout may take."),
        pub tries: u32 = Control::number("tries", "Tries", Unit::Count, (1.0, 4.0), 1.0, 3.0)
            .help("How often a retry tries at most, the first time included."),
        pub waits: Waits = Control::choice("waits", "A retry waits", Waits::OPTIONS, "jitter")
            .help("Between tries: not at all; 100 ms, twice that, four times that; or anything from nothing up to that."),
        pub budget: bool = Control::flag("budget", "Retry budget", false)
            .help("A service tries again for at most one request in five.").primary(),
        pub services: u32 = Control::number("services", "Services in a row", Unit::Count, (1.0, SERVICES as f64), 1.0, 1.0)
            .help("Each has all the layers, in the same order.").primary(),
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Share, "Share of the requests that ended in the last 2 s which were answered.")
        .of(REQUEST, &[ANSWERED]).last(2.0);
    Reading::new("calls", "calls", Unit::Rate, "Calls to the dependency in the last second.").trouble_from(50.0);
    Reading::measured("answers", "answers", Statistic::Rate, "Requests answered in the last second.")
        .of(REQUEST, &[ANSWERED]).last(1.0);
    Reading::new("most", "most calls for one", Unit::Count, "The most calls that one request has made of the dependency so far.").so_far();
    Reading::new("in-outage", "calls in the outage", Unit::Count, "Calls to the dependency so far that found it unwell.").so_far();
    Reading::new("openings", "openings", Unit::Count, "How often a closed breaker has opened so far.").so_far();
    Reading::new("calm", "answered in calm times", Unit::Share, "Share of the requests from outside the outage, the rush and the 4 s after each that were answered.").so_far();
}

messages! {
    pub(super) MESSAGES;
    layer_timeout(); layer_retry(); layer_breaker(); layer_bulkhead();
    table_layers(); layer(); column_passed(); column_did();
    did_timeout(n: u32); did_retry(n: u32); did_refuse(n: u32);
    chart_calls(); calls(); answers();
    says_well(); says_outage(calls: u32); says_rush(); says_over(calls: u32);
    mark_outage(); mark_over(); mark_rush(); mark_rush_over();
    step_stopped(layer: Entity); step_again(tries: u32);
    about_clients(); about_service(calls: u32, failed: u32);
    judge_calm(share: (f64, Unit), bound: (f64, Unit)); judge_in_outage(calls: (f64, Unit), bound: (f64, Unit));
    judge_openings(openings: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    Outage(bool),
    Rush(bool),
    /// A request has come to a service, or is back at one. The number tells what a timeout has cancelled.
    Comes(Entity, u32),
    Returns(Entity, u32),
    Again(Entity, u32),
    TimedOut(Entity, usize),
    AtDependency(Entity),
    Served(Entity),
    Failed(Entity),
    Replied(Entity),
    Back(Entity),
}

/// A request on its way through the layers of one service after another.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// Those of each service, from the outside in.
    layers: Vec<Layer>,
    services: usize,
    /// How many layers it is inside.
    inside: usize,
    /// Raised by a timeout: what was to come inside it doesn't any more.
    round: u32,
    /// By service: tries so far, the timeout that runs, the breaker's permission and when it was given.
    tries: [u32; SERVICES],
    timers: [Option<Handle>; SERVICES],
    permits: [Option<(Permit, Time)>; SERVICES],
    call: Option<Entity>,
    calls: u32,
    calm: bool,
}

#[derive(Clone, Debug)]
struct Service {
    breaker: Breaker,
    bulkhead: Bulkhead,
    budget: Budget,
}

type W = World<Event>;

/// A worker of their own: further down the page.
pub const FIGURES: &[Figure] =
    &[Figure::of::<Stack>().predicted(questions::OF_THE_STACK).challenged(questions::REPAIRS)];

#[derive(Clone, Debug)]
pub(super) struct Stack {
    controls: ControlValues,
    arrivals: Arrivals,
    journeys: Journeys<Ask>,
    /// Each carries its request.
    calls: Journeys<Entity>,
    services: [Service; SERVICES],
    dependency: Dependency<Event>,
    /// By layer, over all services: how many it let through, and how often it did something.
    passed: [u32; LAYERS],
    did: [u32; LAYERS],
    recent: RecentCount,
    most: u32,
    in_outage: u32,
    openings: u32,
    calm: [u32; 2],
}

fn service(n: usize) -> Entity {
    Entity::new(SERVICE, n as u32)
}

fn is_calm(now: Time) -> bool {
    [OUTAGE, RUSH].iter().all(|[from, to]| now + Span::from_secs(1) < *from || now > *to + CALM)
}

impl Stack {
    fn begin(&mut self, w: &mut W) {
        let ask = Ask {
            layers: self.layers().collect(),
            services: self.controls.services as usize,
            inside: 0,
            round: 0,
            tries: [0; SERVICES],
            timers: [None; SERVICES],
            permits: [None; SERVICES],
            call: None,
            calls: 0,
            calm: is_calm(w.now()),
        };
        let request = self.journeys.begin(ask, CLIENTS, w);
        self.journeys.send(request, service(0), HOP, w, Event::Comes(request, 0));
    }

    /// The layers that are there, from the outside in.
    fn layers(&self) -> impl Iterator<Item = Layer> {
        let ControlValues { order, used, .. } = &self.controls;
        order.iter().filter(|layer| used.contains(layer)).copied()
    }

    /// Which service a request is at, and how many layers it is inside.
    fn place(&self, request: Entity) -> Option<(usize, usize)> {
        let journey = self.journeys.get(request)?;
        Some((journey.place.node().n as usize, journey.carries.inside))
    }

    /// A request goes inwards through the layers of the service that it is at, and on to what that calls.
    fn inwards(&mut self, request: Entity, w: &mut W) {
        while let Some((at, inside)) = self.place(request) {
            let Some(ask) = self.journeys.carried(request) else { return };
            let depth = ask.layers.len();
            if inside == (at + 1) * depth {
                let (round, last) = (ask.round, at + 1 == ask.services);
                if last {
                    return self.call(request, at, w);
                }
                return self.journeys.send(request, service(at + 1), HOP, w, Event::Comes(request, round));
            }
            let layer = ask.layers[inside % depth];
            if let Err(why) = self.pass(request, at, layer, w) {
                self.did[layer as usize] += 1;
                w.record_step(request, || (step_stopped(layer.entity()), None));
                return self.outwards(request, why, w);
            }
            self.passed[layer as usize] += 1;
            if let Some(ask) = self.journeys.carried(request) {
                ask.inside += 1;
            }
        }
    }

    /// A request comes to a layer of a service: whether it gets past.
    fn pass(&mut self, request: Entity, n: usize, layer: Layer, w: &mut W) -> Result<(), EndKind> {
        let (now, it) = (w.now(), &mut self.services[n]);
        let Some(ask) = self.journeys.carried(request) else { return Ok(()) };
        match layer {
            Layer::Timeout => {
                ask.timers[n] = Some(w.schedule(self.controls.timeout, Event::TimedOut(request, ask.inside)));
            }
            Layer::Retry => {
                ask.tries[n] = 1;
                it.budget.deposit(now);
            }
            Layer::Breaker => {
                let admission = it.breaker.try_acquire(now);
                ask.permits[n] = admission.permit.ok().map(|permit| (permit, now));
                self.changed(n, admission.transition, w);
                admission.permit.map_err(|_| BREAKER_OPEN)?;
            }
            Layer::Bulkhead if it.bulkhead.enter(now, request.n.into()) != Entry::Permitted => {
                return Err(BULKHEAD_FULL);
            }
            Layer::Bulkhead => {}
        }
        Ok(())
    }

    fn call(&mut self, request: Entity, n: usize, w: &mut W) {
        let call = self.calls.begin(request, service(n), w);
        if let Some(ask) = self.journeys.carried(request) {
            ask.call = Some(call);
            ask.calls += 1;
            self.most = self.most.max(ask.calls);
        }
        self.recent.record(w.now());
        self.in_outage += u32::from(!self.dependency.is_well(w.now()));
        self.calls.send(call, DEPENDENCY, HOP, w, Event::AtDependency(call));
    }

    /// What became of a request inside is known: the layers around it learn of it, the innermost first.
    fn outwards(&mut self, request: Entity, outcome: EndKind, w: &mut W) {
        while let Some((at, inside)) = self.place(request) {
            let Some(ask) = self.journeys.carried(request) else { return };
            let depth = ask.layers.len();
            if inside == at * depth {
                let (round, before) = (ask.round, at.checked_sub(1));
                self.journeys.turn_back(request, outcome);
                let (to, event) = match before {
                    Some(before) => (service(before), Event::Returns(request, round)),
                    None => (CLIENTS, Event::Back(request)),
                };
                return self.journeys.send(request, to, HOP, w, event);
            }
            ask.inside -= 1;
            let layer = ask.layers[ask.inside % depth];
            if self.told(request, at, layer, outcome, w) {
                return;
            }
        }
    }

    /// A layer learns what became of what is inside it; true if it tries again.
    fn told(&mut self, request: Entity, n: usize, layer: Layer, outcome: EndKind, w: &mut W) -> bool {
        let now = w.now();
        let Some(ask) = self.journeys.carried(request) else { return false };
        match layer {
            Layer::Timeout => {
                ask.timers[n].take().map(|timer| w.cancel(timer));
            }
            Layer::Breaker => {
                let ended = if outcome == ANSWERED { CallOutcome::Success } else { CallOutcome::Failure };
                let permit = ask.permits[n].take();
                let breaker = &mut self.services[n].breaker;
                let transition =
                    permit.and_then(|(permit, since)| breaker.record(now, permit, ended, now.since(since)));
                self.changed(n, transition, w);
            }
            Layer::Bulkhead => _ = self.services[n].bulkhead.leave(),
            Layer::Retry if outcome != ANSWERED && ask.tries[n] < self.controls.tries => {
                if self.controls.budget && !self.services[n].budget.withdraw(now) {
                    return false;
                }
                let (tries, round) = (ask.tries[n], ask.round);
                ask.tries[n] += 1;
                ask.inside += 1;
                self.did[layer as usize] += 1;
                w.record_step(request, || (step_again(tries + 1), None));
                let wait = self.wait(request, tries, w);
                w.schedule(wait, Event::Again(request, round));
                return true;
            }
            Layer::Retry => {}
        }
        false
    }

    fn wait(&self, request: Entity, tries: u32, w: &W) -> Span {
        let jitter = match self.controls.waits {
            Waits::None => return Span::ZERO,
            Waits::Backoff => Jitter::None,
            Waits::Jitter => Jitter::Full,
        };
        let backoff = Backoff { growth: Growth::Exponential, jitter, ..Backoff::default() };
        let mut draws = w.draws(JITTER, request);
        let draw = (0..tries).fold(0.0, |_, _| draws.unit());
        backoff.delay(tries - 1, Span::ZERO, draw)
    }

    /// A timeout is over: what is inside it is cancelled, and a breaker there counts nothing.
    fn timed_out(&mut self, request: Entity, at: usize, w: &mut W) {
        let Some(ask) = self.journeys.carried(request) else { return };
        let (depth, inside) = (ask.layers.len(), ask.inside);
        ask.round += 1;
        let call = ask.call.take();
        for level in (at + 1..inside).rev() {
            let Some(ask) = self.journeys.carried(request) else { return };
            let (n, layer) = (level / depth, ask.layers[level % depth]);
            match layer {
                Layer::Timeout => _ = ask.timers[n].take().map(|timer| w.cancel(timer)),
                Layer::Breaker => {
                    let permit = ask.permits[n].take();
                    permit.and_then(|(permit, _)| self.services[n].breaker.release(w.now(), permit));
                }
                Layer::Bulkhead => _ = self.services[n].bulkhead.leave(),
                Layer::Retry => {}
            }
        }
        if let Some(call) = call {
            self.calls.abandon(call, TIMED_OUT, w);
        }
        if let Some(ask) = self.journeys.carried(request) {
            ask.timers[at / depth] = None;
            ask.inside = at;
        }
        self.did[Layer::Timeout as usize] += 1;
        self.journeys.retry(request);
        self.journeys.enter(request, service(at / depth), w.now());
        w.record_step(request, || (step_stopped(Layer::Timeout.entity()), None));
        self.outwards(request, TIMED_OUT, w);
    }

    fn reply(&mut self, call: Entity, outcome: EndKind, w: &mut W) {
        let Some(journey) = self.calls.get(call).filter(|journey| journey.awaited) else {
            return self.calls.forget(call);
        };
        let services = self.journeys.get(journey.carries).map_or(1, |journey| journey.carries.services);
        self.calls.turn_back(call, outcome);
        self.calls.send(call, service(services - 1), HOP, w, Event::Replied(call));
    }

    fn changed(&mut self, n: usize, transition: Option<Transition>, w: &mut W) {
        let Some(Transition { from, to, seen, .. }) = transition else { return };
        self.openings += u32::from((from, to) == (State::Closed, State::Open));
        w.notable(service(n), dependency::mark(service(n), to, seen));
    }

    fn flow(&self, now: Time) -> Panel {
        let node = |n: usize| {
            let mut node = Node::new(service(n)).shaped(Shape::Server);
            if self.controls.used.contains(&Layer::Breaker) {
                let (note, status) = dependency::standing(&self.services[n].breaker, now);
                node = Node { status, ..node.note(Label::Words(note)) };
            }
            vec![self.journeys.with_badge(node, now)]
        };
        let clients = vec![Node::new(CLIENTS).shaped(Shape::Client)];
        let dependency = vec![self.calls.with_badge(self.dependency.node(now), now)];
        // Requests go on through as many as there were when they began.
        let most = self.journeys.iter().map(|(_, it)| it.carries.services).max().unwrap_or_default();
        let services = (0..most.max(self.controls.services as usize)).map(node);
        let tiers = [clients].into_iter().chain(services).chain([dependency]);
        Panel::Flow(Flow::through(tiers, self.journeys.packets().chain(self.calls.packets())))
    }

    fn did(&self, layer: usize) -> Msg {
        [did_timeout, did_retry, did_refuse, did_refuse][layer](self.did[layer])
    }

    /// What each layer has let through and done, from the outside in.
    fn table(&self) -> Panel {
        let row = |layer: Layer| {
            let (entity, n) = (layer.entity(), layer as usize);
            let passed = Label::Value(self.passed[n].into(), Unit::Count);
            Row::new(entity, [Label::Name(entity), passed, Label::Words(self.did(n))])
        };
        let rows: Vec<Row> = self.layers().map(row).collect();
        Panel::table(table_layers(), [layer(), column_passed(), column_did()], rows).unfolded()
    }
}

impl Experiment for Stack {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("stacked-defences", Time::from_secs(30), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(6))
            .speed(0.5);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, dependency::HEALTH, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let rule = Config::Rates(dependency::rates(WINDOW, 0.5, Span::from_secs(60), OPEN_FOR));
        let service = || Service {
            breaker: Breaker::new(rule, Time::ZERO).expect("a sound rule"),
            bulkhead: Bulkhead::new(BulkheadConfig {
                max_concurrent_calls: PLACES,
                ..BulkheadConfig::default()
            }),
            budget: Budget::new(BudgetConfig { min_per_sec: 1, ..BudgetConfig::default() }, Time::ZERO)
                .expect("a sound budget"),
        };
        for (begins, at) in [(true, 0), (false, 1)] {
            w.schedule_at(OUTAGE[at], Event::Outage(begins));
            w.schedule_at(RUSH[at], Event::Rush(begins));
        }
        Ok(Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(REQUEST, LOAD[0], w, Event::Arrival),
            journeys: Journeys::new(REQUEST, LOSSES),
            calls: Journeys::new(CALL, LOSSES),
            services: [service(), service(), service()],
            dependency: Dependency::new(DEPENDENCY, WORKERS),
            passed: [0; LAYERS],
            did: [0; LAYERS],
            recent: RecentCount::over(Span::from_secs(1)),
            most: 0,
            in_outage: 0,
            openings: 0,
            calm: [0; 2],
        })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        let round =
            |it: &Self, request: Entity| it.journeys.get(request).map(|journey| journey.carries.round);
        match event {
            Event::Arrival => {
                self.arrivals.arrived(w, Event::Arrival);
                self.begin(w);
            }
            Event::Outage(begins) => {
                self.dependency.set_health(if begins { self.controls.health } else { Health::Well }, w);
                w.notable(DEPENDENCY, if begins { mark_outage() } else { mark_over() });
            }
            Event::Rush(begins) => {
                self.arrivals.set_rate(LOAD[usize::from(begins)], w, Event::Arrival);
                w.notable(CLIENTS, if begins { mark_rush() } else { mark_rush_over() });
            }
            Event::Comes(request, of) if round(self, request) == Some(of) => {
                self.journeys.arrive(request, w.now());
                self.inwards(request, w);
            }
            Event::Again(request, of) if round(self, request) == Some(of) => self.inwards(request, w),
            Event::Returns(request, of) if round(self, request) == Some(of) => {
                let outcome = self.journeys.get(request).and_then(|journey| journey.outcome).unwrap_or(ERROR);
                self.journeys.arrive(request, w.now());
                self.journeys.retry(request);
                self.outwards(request, outcome, w);
            }
            Event::Comes(..) | Event::Again(..) | Event::Returns(..) => {}
            Event::TimedOut(request, at) => self.timed_out(request, at, w),
            Event::AtDependency(call) => {
                self.calls.arrive(call, w.now());
                if !w.draws(LOSES, call).chance(LOST) {
                    self.dependency.ask(call, w, Event::Served(call), Event::Failed(call));
                }
            }
            Event::Served(call) => {
                self.dependency.station.done(call, w);
                self.reply(call, ANSWERED, w);
            }
            Event::Failed(call) => self.reply(call, ERROR, w),
            Event::Replied(call) => {
                let Some((request, outcome)) =
                    self.calls.get(call).map(|it| (it.carries, it.outcome.unwrap_or(ERROR)))
                else {
                    return;
                };
                self.calls.end(call, w);
                if let Some(ask) = self.journeys.carried(request) {
                    ask.call = None;
                }
                self.outwards(request, outcome, w);
            }
            Event::Back(request) => {
                if let Some(it) = self.journeys.get(request).filter(|it| it.carries.calm) {
                    self.calm[0] += u32::from(it.outcome == Some(ANSWERED));
                    self.calm[1] += 1;
                }
                self.journeys.end(request, w);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        if was.health != is.health && OUTAGE[0] <= w.now() && w.now() < OUTAGE[1] {
            self.dependency.set_health(is.health, w);
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("calls", self.recent.rate(w.now()));
        out.put("most", f64::from(self.most));
        out.put("in-outage", f64::from(self.in_outage));
        out.put("openings", f64::from(self.openings));
        let [answered, all] = self.calm.map(f64::from);
        out.put("calm", (all > 0.0).then(|| answered / all));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let calls = [("calls", Status::Trouble), ("answers", Status::Active)];
        scene.panels = vec![
            self.flow(w.now()),
            Panel::series(chart_calls(), Unit::Rate, calls, Self::SPEC.until),
            self.table(),
            self.journeys.ledger(),
        ];
        scene.sentences.push(match w.now() {
            now if now < OUTAGE[0] => says_well(),
            now if now < OUTAGE[1] => says_outage(self.in_outage),
            now if RUSH[0] <= now && now < RUSH[1] => says_rush(),
            _ => says_over(self.in_outage),
        });
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            CLIENTS_KIND => Some(About::says([about_clients()])),
            SERVICE => {
                let seen = self.services.get(entity.n as usize)?.breaker.total(w.now());
                Some(About::says([about_service(seen.calls, seen.failed)]))
            }
            DEPENDENCY_KIND => Some(self.dependency.about()),
            CALL => self.calls.about(entity, w, |_| self.dependency.station.about_visitor(entity, w.now())),
            LAYER => {
                let n = entity.n as usize;
                (n < LAYERS).then(|| About::says([self.did(n)]))
            }
            _ => self.journeys.about(entity, w, |_| None),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.calls.invariants(w)?;
        self.dependency.station.invariants()
    }
}
