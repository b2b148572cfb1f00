//! Timeout, retry, breaker, bulkhead and rate limiter around one call, in an order that the learner chooses; and up to
//! three services, one behind the other, which all have the same.
//!
//! ```text
//!   clients ── service A ( retry ( breaker ( timeout ( bulkhead ( … ── service B ( … ── dependency
//! ```
//!
//! What is inside a layer is done anew by each try of a retry further out, and cancelled by a timeout further out. Layers
//! are resilience4j's; a breaker, bulkhead, limiter or budget belongs to its service. Leaves out: threads (a service that waits
//! keeps none), and work that goes on inside a service after a timeout outside it; only the dependency goes on.

use super::layers::{Deeds, Held, LAYERS, Layer, SEEN, Service};
use super::questions;
use crate::lessons::prelude::*;
use crate::mechanism::breaker::{CallOutcome, State, Transition};
use crate::mechanism::bulkhead::Entry;
use crate::mechanism::limiter::RateLimiterConfig;
use crate::mechanism::retry::{Backoff, Growth, Jitter};
use crate::parts::breaker;
use crate::parts::dependency::{self, Dependency, DependencyConfig, Health};
use crate::scene::{Frames, Grid, GridRow};

kinds! {
    KINDS;
    REQUEST = "request", Numbers; CALL = "call", Numbers;
    CLIENTS_KIND = "clients", Only; SERVICE = "service", Letters; DEPENDENCY_KIND = "dependency", Only;
    LAYER = "layer", Words(&[
        Cow::Borrowed("layer-timeout"), Cow::Borrowed("layer-retry"), Cow::Borrowed("layer-breaker"), Cow::Borrowed("layer-bulkhead"), Cow::Borrowed("layer-limiter"),
    ]);
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    TIMED_OUT = 1, "timed-out";
    BREAKER_OPEN = 2, "breaker-open";
    BULKHEAD_FULL = 3, "bulkhead-full";
    ERROR = 4, "error";
    OVER_LIMIT = 5, "over-limit";
}

const ANSWERED: EndKind = EndKind(0);
const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
const DEPENDENCY: Entity = Entity::new(DEPENDENCY_KIND, 0);
const SERVICES: usize = 3;
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
const LOSES: Purpose = Purpose::named("lost");
const JITTER: Purpose = Purpose::named("jitter");

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
        pub order: Vec<Layer> = Control::order("order", "From the outside in", Layer::OPTIONS, "retry,breaker,limiter,timeout,bulkhead")
            .help("What a request passes on its way to the dependency, outermost first. It begins in resilience4j's own order in Spring.").primary(),
        pub used: Vec<Layer> = Control::several("used", "In use", Layer::OPTIONS, (1, 5), "timeout,retry,breaker,bulkhead,limiter")
            .help("Layers that are there at all.").primary(),
        pub health: Health = Control::choice("health", "From 4 s to 14 s it is", Health::OPTIONS, "hung")
            .help("How the dependency fares in its outage. Before and after it is well.").primary(),
        pub timeout: Span = Control::log_number("timeout", "Timeout", Unit::Time, (0.05, 30.0), 0.8)
            .help("How long whatever is inside the timeout may take.").only_with("used", "timeout"),
        pub limit: u32 = Control::number("limit", "Limit a second", Unit::Count, (5.0, 100.0), 5.0, 50.0)
            .help("So many calls may begin in each second of the clock; the rate limiter refuses the next at once (limit for period).").only_with("used", "limiter"),
        pub tries: u32 = Control::number("tries", "Tries", Unit::Count, (1.0, 4.0), 1.0, 3.0)
            .help("How many tries there are at most, the first included.").only_with("used", "retry"),
        pub waits: Waits = Control::choice("waits", "A retry waits", Waits::OPTIONS, "jitter")
            .help("Between tries: not at all; 100 ms, twice that, four times that; or anything from nothing up to that.").only_with("used", "retry"),
        pub budget: bool = Control::flag("budget", "Retry budget", false)
            .help("A service tries again for at most one request in five.").only_with("used", "retry").primary(),
        pub services: u32 = Control::number("services", "Services in a row", Unit::Count, (1.0, SERVICES as f64), 1.0, 1.0)
            .help("Each has all the layers, in the same order.").primary(),
    }
}

impl ControlValues {
    fn limiter(&self) -> RateLimiterConfig {
        RateLimiterConfig {
            limit_for_period: self.limit,
            limit_refresh_period: Span::from_secs(1),
            timeout_duration: Span::ZERO,
        }
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Share, "Of the requests that ended in the last 2 s, the share that were answered.")
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
    layer_timeout(); layer_retry(); layer_breaker(); layer_bulkhead(); layer_limiter();
    frames_title(); did_timeout(n: u32); did_retry(n: u32); did_refuse(n: u32);
    frame_call(); note_under_way(calls: usize); key_through(); key_again(); key_stopped();
    chart_calls(); calls(); answers();
    says_well(); says_fine(); says_slow(calls: u32); says_failing(calls: u32); says_hung(calls: u32); says_flapping(calls: u32); says_rush(); says_over(calls: u32);
    mark_outage(); mark_over(); mark_rush(); mark_rush_over();
    step_stopped(layer: Entity); step_turned_away(layer: Entity); step_again(tries: u32);
    about_clients(); about_passed(n: u32);
    judge_calm(share: (f64, Unit), bound: (f64, Unit)); judge_in_outage(calls: (f64, Unit), bound: (f64, Unit));
    judge_openings(openings: (f64, Unit), bound: (f64, Unit));
}

/// What each layer does, besides letting through.
const DID: [fn(u32) -> Msg; LAYERS] = [did_timeout, did_retry, did_refuse, did_refuse, did_refuse];

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
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    /// Those of each service, from the outside in.
    layers: Vec<Layer>,
    services: usize,
    /// What it has of those that it is inside of, the outermost first.
    held: Vec<Held>,
    /// Raised by a timeout: what was to come inside it doesn't any more.
    round: u32,
    call: Option<Entity>,
    calls: u32,
    calm: bool,
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
    /// By layer.
    deeds: [Deeds; LAYERS],
    recent: RecentCount,
    most: u32,
    in_outage: u32,
    openings: u32,
    calm: ShareCount,
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
            calm: is_calm(w.now()),
            ..Ask::default()
        };
        let request = self.journeys.begin(ask, CLIENTS, w);
        self.journeys.send(request, service(0), HOP, w, Event::Comes(request, 0));
    }

    /// The layers that are there, from the outside in.
    fn layers(&self) -> impl Iterator<Item = Layer> {
        let ControlValues { order, used, .. } = &self.controls;
        order.iter().filter(|layer| used.contains(layer)).copied()
    }

    /// A request goes inwards through the layers of the service that it is at, and on to what that calls.
    fn inwards(&mut self, request: Entity, w: &mut W) {
        while let Some(journey) = self.journeys.get(request) {
            let (at, ask) = (journey.place.node().n as usize, &journey.carries);
            let (inside, depth) = (ask.held.len(), ask.layers.len());
            if inside == (at + 1) * depth {
                if at + 1 == ask.services {
                    return self.call(request, at, w);
                }
                let event = Event::Comes(request, ask.round);
                return self.journeys.send(request, service(at + 1), HOP, w, event);
            }
            let layer = ask.layers[inside % depth];
            match self.enter(request, at, layer, Event::TimedOut(request, inside), w) {
                Ok(held) => {
                    self.deeds[layer as usize].record(request, Status::Normal, w.now());
                    if let Some(ask) = self.journeys.carried(request) {
                        ask.held.push(held);
                    }
                }
                Err(why) => {
                    self.deeds[layer as usize].record(request, Status::Trouble, w.now());
                    w.record_step(request, || (step_turned_away(layer.entity()), None));
                    return self.outwards(request, why, w);
                }
            }
        }
    }

    /// A request comes to a layer of a service: what it has of it inside, or why it is turned away.
    fn enter(
        &mut self,
        request: Entity,
        n: usize,
        layer: Layer,
        too_late: Event,
        w: &mut W,
    ) -> Result<Held, EndKind> {
        let (now, it) = (w.now(), &mut self.services[n]);
        match layer {
            Layer::Timeout => Ok(Held::Timeout(w.schedule(self.controls.timeout, too_late))),
            Layer::Retry => {
                it.budget.deposit(now);
                Ok(Held::Retry(1))
            }
            Layer::Breaker => {
                let admission = it.breaker.try_acquire(now);
                self.changed(n, admission.transition, w);
                admission.permit.map(|permit| Held::Breaker(permit, now)).map_err(|_| BREAKER_OPEN)
            }
            Layer::Bulkhead => match it.bulkhead.enter(now, request.n.into()) {
                Entry::Permitted => Ok(Held::Bulkhead),
                _ => Err(BULKHEAD_FULL),
            },
            Layer::Limiter => it.limiter.reserve(now, 1).map(|_| Held::Limiter).ok_or(OVER_LIMIT),
        }
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
        while let Some(journey) = self.journeys.get(request) {
            let (at, round) = (journey.place.node().n as usize, journey.carries.round);
            if journey.carries.held.len() == at * journey.carries.layers.len() {
                let (to, event) = match at.checked_sub(1) {
                    Some(before) => (service(before), Event::Returns(request, round)),
                    None => (CLIENTS, Event::Back(request)),
                };
                self.journeys.turn_back(request, outcome);
                return self.journeys.send(request, to, HOP, w, event);
            }
            match self.journeys.carried(request).and_then(|ask| ask.held.pop()) {
                Some(Held::Retry(tries)) if outcome != ANSWERED && self.may_try_again(at, tries, w.now()) => {
                    return self.try_again(request, tries + 1, w);
                }
                Some(held) => self.give_back(at, held, Some(outcome), w),
                None => return,
            }
        }
    }

    /// A layer of a service has back what a request had of it, and learns what became of that; `None` if it was cancelled.
    fn give_back(&mut self, n: usize, held: Held, outcome: Option<EndKind>, w: &mut W) {
        let (now, it) = (w.now(), &mut self.services[n]);
        match held {
            Held::Timeout(timer) => _ = w.cancel(timer),
            Held::Bulkhead => _ = it.bulkhead.leave(),
            Held::Breaker(permit, since) => {
                let ended = match outcome {
                    None => CallOutcome::Ignored,
                    Some(ANSWERED) => CallOutcome::Success,
                    Some(_) => CallOutcome::Failure,
                };
                let transition = it.breaker.record(now, permit, ended, now.since(since));
                self.changed(n, transition, w);
            }
            Held::Retry(_) | Held::Limiter => {}
        }
    }

    fn may_try_again(&mut self, n: usize, tries: u32, now: Time) -> bool {
        let ControlValues { tries: most, budget, .. } = self.controls;
        tries < most && (!budget || self.services[n].budget.withdraw(now))
    }

    fn try_again(&mut self, request: Entity, tries: u32, w: &mut W) {
        let Some(ask) = self.journeys.carried(request) else { return };
        ask.held.push(Held::Retry(tries));
        let again = Event::Again(request, ask.round);
        self.deeds[Layer::Retry as usize].record(request, Status::Active, w.now());
        w.record_step(request, || (step_again(tries), None));
        w.schedule(self.wait(request, tries - 1, w), again);
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
    fn timed_out(&mut self, request: Entity, place: usize, w: &mut W) {
        let Some(ask) = self.journeys.carried(request) else { return };
        ask.round += 1;
        let (depth, call) = (ask.layers.len(), ask.call.take());
        let cancelled = ask.held.split_off(place);
        for (inside, held) in cancelled.into_iter().enumerate().rev() {
            self.give_back((place + inside) / depth, held, None, w);
        }
        if let Some(call) = call {
            self.calls.abandon(call, TIMED_OUT, w);
        }
        self.deeds[Layer::Timeout as usize].record(request, Status::Trouble, w.now());
        self.journeys.retry(request);
        self.journeys.enter(request, service(place / depth), w.now());
        w.record_step(request, || (step_stopped(Layer::Timeout.entity()), None));
        self.outwards(request, TIMED_OUT, w);
    }

    fn reply(&mut self, call: Entity, outcome: EndKind, w: &mut W) {
        let Some(request) = self.calls.get(call).map(|journey| journey.carries) else { return };
        let services = self.journeys.get(request).map_or(1, |journey| journey.carries.services);
        self.calls.reply(call, outcome, (service(services - 1), HOP), w, Event::Replied(call));
    }

    fn changed(&mut self, n: usize, transition: Option<Transition>, w: &mut W) {
        let Some(it) = transition else { return };
        self.openings += u32::from((it.from, it.to) == (State::Closed, State::Open));
        w.notable(service(n), breaker::mark(service(n), &it));
    }

    fn flow(&self, now: Time) -> Panel {
        let node = |n: usize| {
            let mut node = Node::new(service(n)).shaped(Shape::Server);
            if self.controls.used.contains(&Layer::Breaker) {
                let (note, status) = breaker::standing(&self.services[n].breaker, now);
                node = Node { status, ..node.note(Label::Words(note)) };
            }
            vec![self.journeys.with_badge(node, now)]
        };
        let clients = vec![Node::new(CLIENTS).shaped(Shape::Client)];
        // Without its three workers it has room for its name; its queue tells how it fares.
        let dependency = Node { workers: None, ..self.dependency.node(now) };
        let dependency = vec![self.calls.with_badge(dependency, now)];
        // Requests go on through as many as there were when they began.
        let most = self.journeys.iter().map(|(_, it)| it.carries.services).max().unwrap_or_default();
        let services = (0..most.max(self.controls.services as usize)).map(node);
        let tiers = [clients].into_iter().chain(services).chain([dependency]);
        Panel::Flow(Flow::through(tiers, self.journeys.packets().chain(self.calls.packets())))
    }

    /// The layers around the call, with what each did to those that came by last.
    fn frames(&self, now: Time) -> Panel {
        let frame = |layer: Layer| {
            let (it, n) = (&self.deeds[layer as usize], layer as usize);
            let says = DID[n](it.did);
            let title = [layer_timeout, layer_retry, layer_breaker, layer_bulkhead, layer_limiter][n]();
            GridRow {
                status: it.status(now),
                ..GridRow::new(layer.entity(), title, says, it.seen.iter().copied())
            }
        };
        let under_way = self.calls.iter().filter(|(_, call)| call.awaited).count();
        let call = GridRow::new(DEPENDENCY, frame_call(), note_under_way(under_way), []);
        let rows = self.layers().map(frame).chain([call]).collect();
        let looks = [
            (key_through(), Status::Normal),
            (key_again(), Status::Active),
            (key_stopped(), Status::Trouble),
        ];
        let (title, columns, key) = (Label::Words(frames_title()), SEEN as u32, legend(looks));
        Panel::Frames(Frames(Grid { title, rows, columns, tall: false, key }).into())
    }
}

impl Experiment for Stack {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("stacked-defences", Time::from_secs(30), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(6))
            .speed(0.5)
            .version(2);
    const MESSAGES: &'static [&'static [Message]] = &[
        MESSAGES,
        breaker::MESSAGES,
        dependency::MESSAGES,
        LOSSES.messages,
        journeys::MESSAGES,
        station::MESSAGES,
    ];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        for (begins, at) in [(true, 0), (false, 1)] {
            w.schedule_at(OUTAGE[at], Event::Outage(begins));
            w.schedule_at(RUSH[at], Event::Rush(begins));
        }
        Ok(Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(REQUEST, LOAD[0], w, Event::Arrival),
            journeys: Journeys::new(REQUEST, LOSSES),
            calls: Journeys::new(CALL, LOSSES),
            services: core::array::from_fn(|_| Service::new(controls.limiter())),
            dependency: Dependency::new(DEPENDENCY, WORKERS, DependencyConfig::default()),
            deeds: Default::default(),
            recent: RecentCount::over(Span::from_secs(1)),
            most: 0,
            in_outage: 0,
            openings: 0,
            calm: ShareCount::default(),
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
                self.dependency.done(call, w);
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
                    self.calm.record(it.outcome == Some(ANSWERED));
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
        for it in &mut self.services {
            it.limiter.change_config(is.limiter(), w.now()).expect("controls within their ranges");
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("calls", self.recent.rate(w.now()));
        out.put("most", f64::from(self.most));
        out.put("in-outage", f64::from(self.in_outage));
        out.put("openings", f64::from(self.openings));
        out.put("calm", self.calm.share());
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let calls = [("calls", Status::Trouble), ("answers", Status::Active)];
        scene.panels = vec![
            self.flow(w.now()),
            self.frames(w.now()),
            Panel::series(chart_calls(), Unit::Rate, calls, Self::SPEC.until),
            self.journeys.ledger(),
        ];
        scene.sentences.push(match w.now() {
            now if now < OUTAGE[0] => says_well(),
            now if now < OUTAGE[1] => {
                let says = match self.dependency.health() {
                    Health::Well => |_| says_fine(),
                    Health::Slow => says_slow,
                    Health::Failing => says_failing,
                    Health::Hung => says_hung,
                    Health::Flapping => says_flapping,
                };
                says(self.in_outage)
            }
            now if RUSH[0] <= now && now < RUSH[1] => says_rush(),
            _ => says_over(self.in_outage),
        });
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            CLIENTS_KIND => Some(About::says([about_clients()])),
            SERVICE => {
                let it = self.services.get(entity.n as usize)?;
                Some(About::says([breaker::about(&it.breaker, w.now())]))
            }
            DEPENDENCY_KIND => Some(self.dependency.about()),
            CALL => self.calls.about(entity, w, |_| self.dependency.station().about_visitor(entity, w.now())),
            LAYER => {
                let (n, it) = (entity.n as usize, self.deeds.get(entity.n as usize)?);
                Some(About::says([about_passed(it.passed), DID[n](it.did)]))
            }
            _ => self.journeys.about(entity, w, |_| None),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.calls.invariants(w)?;
        self.dependency.invariants()
    }
}
