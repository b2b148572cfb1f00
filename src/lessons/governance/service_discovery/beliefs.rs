//! Truth and belief: eight instances of a service, and for each whether it is there and whether its callers think so.
//!
//! ```text
//!   instances ── heartbeats ──► registry: leases, sweep ─► its cached answer ── fetch ──► callers' list ── calls ──► instances
//! ```
//!
//! All callers share one list: they fetch at the same moments. A call takes no time, and nobody tries again. Times are those
//! of Eureka divided by ten. Leaves out: several registries that copy each other, and health checks by the callers.

use crate::lessons::prelude::*;
use crate::mechanism::registry::{Registry, RegistryConfig, Swept};
use crate::scene::{Bar, Lane, Lanes};
use std::collections::VecDeque;

kinds! {
    KINDS;
    CALL = "call", Numbers; INSTANCE = "instance", Letters; REGISTRY_KIND = "registry", Only; CALLERS_KIND = "callers", Only;
}

pub(super) const REGISTRY: Entity = Entity::new(REGISTRY_KIND, 0);
const CALLERS: Entity = Entity::new(CALLERS_KIND, 0);
const INSTANCES: u32 = 8;
/// Calls a second.
const LOAD: f64 = 20.0;
/// When the fault begins, and when a cut is mended.
const BEGINS: Time = Time::from_secs(10);
const MENDED: Time = Time::from_secs(50);
/// In the cut one instance dies, five seconds after it has begun.
const DIES: Time = Time::from_secs(15);
const VICTIM: u32 = 2;
/// From the stop of an instance until it is back.
const RESTART: Span = Span::from_secs(5);
/// How much of the past is drawn.
const SHOWN: Span = Span::from_secs(60);
const STROKE: Span = Span::from_millis(80);
const ANSWERED: EndKind = EndKind(0);
const PHASE: Purpose = Purpose::named("phase");
const SWEEPS: Purpose = Purpose::named("sweep");
/// In the order of `Why`.
const LOST: [EndKind; 6] = [EndKind(1), EndKind(2), EndKind(3), EndKind(4), EndKind(5), EndKind(6)];

choices! {
    /// What happens ten seconds after the start.
    pub enum Fault {
        Crash = "crash", "C crashes";
        Cut = "cut", "Heartbeats are cut off";
        Roll = "roll", "Rolling restart";
        Nothing = "nothing", "Nothing";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub fault: Fault = Control::choice("fault", "At 10 s", Fault::OPTIONS, "crash")
            .help("C crashes for good; or no heartbeat reaches the registry until 50 s, and C dies at 15 s; or all instances are restarted, one after the other.").primary(),
        pub preserve: bool = Control::flag("preserve", "Self-preservation", false)
            .help("If at most 85 % of the expected heartbeats came of late, the registry removes nobody; otherwise one sweep removes at most 15 %, rounded up.").primary(),
        pub lease: Span = Control::number("lease", "Lease (TTL)", Unit::Time, (1.0, 30.0), 1.0, 9.0)
            .help("How long after a heartbeat the registry believes in an instance. Eureka: 90 s.").primary(),
        pub sweep: Span = Control::number("sweep", "Sweep every", Unit::Time, (1.0, 20.0), 1.0, 6.0)
            .help("How often the registry removes those whose lease is over. Eureka: 60 s."),
        pub server: Span = Control::number("server", "Server cache", Unit::Time, (0.5, 10.0), 0.5, 3.0)
            .help("How often the registry makes its answer anew. Eureka: 30 s."),
        pub fetch: Span = Control::number("fetch", "Callers fetch every", Unit::Time, (0.5, 10.0), 0.5, 3.0)
            .help("How often the callers ask for the list. Eureka: 30 s.").primary(),
        pub heartbeat: Span = Control::number("heartbeat", "Heartbeat every", Unit::Time, (0.5, 10.0), 0.5, 3.0)
            .help("How often each instance says that it is there. Eureka: 30 s."),
        pub push: bool = Control::flag("push", "Push changes", false)
            .help("The registry sends every change to the callers at once: neither cache delays it."),
        pub goodbye: bool = Control::flag("goodbye", "Sign off before a stop", false)
            .help("In the rolling restart an instance takes itself out of the registry first."),
        pub drain: Span = Control::number("drain", "Drain", Unit::Time, (0.0, 20.0), 0.5, 0.0)
            .help("How long an instance goes on answering after it has signed off.").only_with("goodbye", "on"),
    }
}

readings! {
    READINGS;
    Reading::measured("lost", "lost so far", Statistic::Count, "Calls so far that went to the dead, or to nobody.")
        .of(CALL, &LOST).so_far().trouble_from(1.0);
    Reading::measured("lost-rate", "lost", Statistic::Rate, "Lost calls a second, over the last second.")
        .of(CALL, &LOST).last(1.0).trouble_from(1.0);
    Reading::new("alive", "alive", Unit::Count, "Instances that would answer.");
    Reading::new("believed", "believed", Unit::Count, "Instances on the callers' list.");
    Reading::new("stale", "believed though dead", Unit::Time, "The longest so far that an instance was dead and still called.").so_far();
    Reading::new("messages", "registry's load", Unit::Rate, "Heartbeats, fetches of 40 callers, and pushes that the registry handles a second, as set.");
    Reading::new("rolled", "restart took", Unit::Time, "How long the rolling restart has taken.").so_far();
}

messages! {
    pub(super) MESSAGES;
    lanes_title(); lane_lost(); nothing();
    key_called(); key_unknown(); key_draining(); key_stale(); key_gone();
    why_lease(); why_sweep(); why_server(); why_client(); why_ghost(); why_nobody();
    registry_cut(); registry_keeps();
    chart_believed(); alive(); believed();
    table_title(); column_why(); column_lost();
    says_agree(); says_stale(dead: u32); says_empty(alive: u32); says_unknown(unknown: u32);
    mark_crash(instance: Entity); mark_cut(); mark_mended(); mark_roll(); mark_rolled(); mark_removed(instance: Entity);
    already_dead();
    about_instance_up(); about_instance_down(); about_listed(); about_expired(); about_unlisted(); about_believed(); about_unbelieved();
    about_registry(leases: u32, renewals: u32); about_threshold(threshold: u32); about_callers(believed: u32);
    about_lost(at: Time, to: Entity); about_lost_nobody(at: Time);
    judge_lost(lost: (f64, Unit), bound: (f64, Unit)); judge_rolled(rolled: (f64, Unit), bound: (f64, Unit));
}

const ACTIONS: &[Action] = &[Action::new("kill", "Kill it", &[INSTANCE])];

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Call,
    Heartbeat(u32),
    Sweep,
    Refresh,
    Fetch,
    Begin,
    Dies,
    Mended,
    /// The rolling restart has come to this instance; it stops; it is back.
    Leave(u32),
    Stop(u32),
    Back(u32),
}

/// Why callers believe in somebody who is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Lease,
    Sweep,
    Server,
    Client,
    Ghost,
    Nobody,
}

const WHYS: [Why; 6] = [Why::Lease, Why::Sweep, Why::Server, Why::Client, Why::Ghost, Why::Nobody];

impl Why {
    fn words(self) -> Msg {
        match self {
            Self::Lease => why_lease(),
            Self::Sweep => why_sweep(),
            Self::Server => why_server(),
            Self::Client => why_client(),
            Self::Ghost => why_ghost(),
            Self::Nobody => why_nobody(),
        }
    }
}

/// Truth and belief about one instance, or what the registry is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Called,
    Unknown,
    Draining,
    Stale(Why),
    Gone,
    Cut,
    Keeps,
}

impl Look {
    fn status(self) -> Status {
        match self {
            Self::Called => Status::Active,
            Self::Unknown => Status::Warming,
            Self::Draining | Self::Keeps => Status::Draining,
            Self::Stale(_) => Status::Trouble,
            Self::Gone | Self::Cut => Status::Down,
        }
    }

    fn words(self) -> Msg {
        match self {
            Self::Stale(why) => why.words(),
            Self::Cut => registry_cut(),
            Self::Keeps => registry_keeps(),
            _ => nothing(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Instance {
    up: bool,
    died: Time,
}

/// A call that was lost.
#[derive(Clone, Copy, Debug)]
struct Lost {
    call: Entity,
    at: Time,
    to: Option<u32>,
    why: Why,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Beliefs {
    controls: ControlValues,
    arrivals: Arrivals,
    instances: Vec<Instance>,
    registry: Registry,
    /// The registry's answer as last made, and the callers' copy of it.
    answer: Vec<u32>,
    list: Vec<u32>,
    next: usize,
    cut: bool,
    lost: VecDeque<Lost>,
    counts: [u32; 6],
    /// How each instance looked, from when on; the last lane is the registry's.
    looks: Vec<Vec<(Time, Look)>>,
    stale: Span,
    rolled: Option<(Time, Option<Time>)>,
    sweeps: u32,
}

fn instance(n: u32) -> Entity {
    Entity::new(INSTANCE, n)
}

fn rules(controls: &ControlValues) -> RegistryConfig {
    RegistryConfig {
        lease: controls.lease,
        twice: false,
        renewal_interval: controls.heartbeat,
        preservation: controls.preserve.then_some(0.85),
        kept_per_sweep: if controls.preserve { 0.85 } else { 0.0 },
        window: controls.heartbeat * 2,
    }
}

impl Beliefs {
    /// Why the callers believe in an instance that they call.
    fn why(&self, n: u32, now: Time) -> Why {
        if !self.answer.contains(&n) {
            Why::Client
        } else if !self.registry.has(n) {
            Why::Server
        } else if !self.registry.is_expired(n, now) {
            Why::Lease
        } else if self.registry.preserves(now) {
            Why::Ghost
        } else {
            Why::Sweep
        }
    }

    fn look(&self, n: u32, now: Time) -> Look {
        match (self.instances[n as usize].up, self.list.contains(&n)) {
            (true, _) if self.controls.goodbye && self.leaving(n) => Look::Draining,
            (true, true) => Look::Called,
            (true, false) => Look::Unknown,
            (false, true) => Look::Stale(self.why(n, now)),
            (false, false) => Look::Gone,
        }
    }

    /// Has signed off and still answers: only those are out of the registry while their heartbeats could reach it.
    fn leaving(&self, n: u32) -> bool {
        self.instances[n as usize].died == Time::MAX && !self.registry.has(n)
    }

    fn observe(&mut self, now: Time) {
        for n in 0..=INSTANCES {
            let look = match n {
                INSTANCES if self.cut => Look::Cut,
                INSTANCES if self.registry.preserves(now) => Look::Keeps,
                INSTANCES => Look::Called,
                _ => self.look(n, now),
            };
            if let (Look::Stale(_), Some(it)) = (look, self.instances.get(n as usize)) {
                self.stale = self.stale.max(now.since(it.died));
            }
            let looks = &mut self.looks[n as usize];
            if looks.last().is_none_or(|(_, last)| *last != look) {
                looks.push((now, look));
            }
        }
    }

    fn call(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Call);
        let (call, now) = (w.open(CALL, None), w.now());
        let to = (!self.list.is_empty()).then(|| self.list[self.next % self.list.len()]);
        self.next += 1;
        let why = match to {
            Some(n) if self.instances[n as usize].up => {
                w.close(call, ANSWERED);
                return;
            }
            Some(n) => self.why(n, now),
            None => Why::Nobody,
        };
        self.counts[why as usize] += 1;
        self.lost.push_back(Lost { call, at: now, to, why });
        while self.lost.front().is_some_and(|lost| now.since(lost.at) > SHOWN) {
            self.lost.pop_front();
        }
        w.close(call, LOST[why as usize]);
    }

    /// What the registry knows has changed: with push, so does everybody.
    fn changed(&mut self) {
        if self.controls.push {
            self.answer = self.registry.instances().collect();
            self.list.clone_from(&self.answer);
        }
    }

    fn heartbeat(&mut self, n: u32, w: &mut W) {
        w.schedule(self.controls.heartbeat, Event::Heartbeat(n));
        let it = self.instances[n as usize];
        if !it.up || self.cut || it.died == Time::MAX {
            return;
        }
        if !self.registry.renew(n, w.now()) {
            self.registry.register(n, w.now());
            self.changed();
        }
    }

    fn sweep(&mut self, w: &mut W) {
        w.schedule(self.controls.sweep, Event::Sweep);
        self.sweeps += 1;
        let mut draws = w.draws(SWEEPS, Entity::new(REGISTRY_KIND, self.sweeps));
        if let Swept::Evicted(gone) = self.registry.sweep(w.now(), &mut draws) {
            gone.iter().for_each(|n| w.notable(instance(*n), mark_removed(instance(*n))));
            self.changed();
        }
    }

    fn dies(&mut self, n: u32, now: Time) {
        self.instances[n as usize] = Instance { up: false, died: now };
    }

    fn begin(&mut self, w: &mut W) {
        match self.controls.fault {
            Fault::Nothing => {}
            Fault::Crash => {
                self.dies(VICTIM, w.now());
                w.notable(instance(VICTIM), mark_crash(instance(VICTIM)));
            }
            Fault::Cut => {
                self.cut = true;
                w.schedule_at(DIES, Event::Dies);
                w.schedule_at(MENDED, Event::Mended);
                w.notable(REGISTRY, mark_cut());
            }
            Fault::Roll => {
                self.rolled = Some((w.now(), None));
                w.schedule(Span::ZERO, Event::Leave(0));
                w.notable(REGISTRY, mark_roll());
            }
        }
    }

    /// The rolling restart reaches an instance.
    fn leave(&mut self, n: u32, w: &mut W) {
        if !self.controls.goodbye {
            w.schedule(Span::ZERO, Event::Stop(n));
            return;
        }
        self.registry.cancel(n);
        // Until it stops it is up, and signs on no more.
        if self.instances[n as usize].up {
            self.instances[n as usize].died = Time::MAX;
        }
        self.changed();
        w.schedule(self.controls.drain, Event::Stop(n));
    }

    fn back(&mut self, n: u32, w: &mut W) {
        self.instances[n as usize] = Instance { up: true, died: Time::ZERO };
        if !self.cut {
            self.registry.register(n, w.now());
            self.changed();
        }
        if n + 1 < INSTANCES {
            w.schedule(Span::ZERO, Event::Leave(n + 1));
        } else if let Some((from, None)) = self.rolled {
            self.rolled = Some((from, Some(w.now())));
            w.notable(REGISTRY, mark_rolled());
        }
    }

    fn lanes(&self, now: Time) -> Panel {
        let late = now.since(Time::ZERO) > SHOWN;
        let from = if late { now.back(SHOWN) } else { Time::ZERO };
        let bars = |n: usize, entity: Entity| -> Vec<Bar> {
            let looks = &self.looks[n];
            let ends = looks.iter().skip(1).map(|(at, _)| *at).chain([now]);
            let bar = |(&(begins, look), ends): (&(Time, Look), Time)| Bar {
                entity,
                from: begins.max(from),
                until: ends,
                label: Label::Words(look.words()),
                status: look.status(),
            };
            looks.iter().zip(ends).map(bar).filter(|bar| bar.from < bar.until).collect()
        };
        let lane = |n: u32| {
            let entity = if n < INSTANCES { instance(n) } else { REGISTRY };
            Lane { entity, label: Label::Name(entity), bars: bars(n as usize, entity) }
        };
        let shown: Vec<&Lost> = self.lost.iter().filter(|lost| lost.at >= from).collect();
        let ends = shown.iter().skip(1).map(|lost| lost.at).chain([Time::MAX]);
        let strokes = shown.iter().zip(ends).map(|(lost, next)| Bar {
            entity: lost.call,
            from: lost.at,
            until: (lost.at + STROKE).min(next).min(now),
            label: Label::Words(nothing()),
            status: Status::Trouble,
        });
        let strokes = strokes.filter(|bar| bar.from < bar.until).collect();
        let lost = Lane { entity: CALLERS, label: Label::Words(lane_lost()), bars: strokes };
        let key = legend([
            (key_called(), Status::Active),
            (key_stale(), Status::Trouble),
            (key_gone(), Status::Down),
            (key_unknown(), Status::Warming),
            (key_draining(), Status::Draining),
        ]);
        let until = if late { now } else { Time::ZERO + SHOWN };
        let lanes = (0..=INSTANCES).map(lane).chain([lost]).collect();
        Panel::Lanes(Lanes { title: Label::Words(lanes_title()), from, until, step: None, lanes, key }.into())
    }

    fn table(&self) -> Panel {
        let rows = WHYS.iter().map(|why| {
            let count = Label::Value(self.counts[*why as usize].into(), Unit::Count);
            Row::new(CALLERS, [Label::Words(why.words()), count])
        });
        Panel::table(table_title(), [column_why(), column_lost()], rows.collect::<Vec<_>>())
    }

    fn alive(&self) -> u32 {
        self.instances.iter().filter(|it| it.up).count() as u32
    }

    fn say(&self) -> Msg {
        let up = |n: &u32| self.instances[*n as usize].up;
        let dead = self.list.iter().filter(|n| !up(n)).count() as u32;
        let unknown = (0..INSTANCES).filter(|n| up(n) && !self.list.contains(n)).count() as u32;
        match (dead, unknown) {
            _ if self.list.is_empty() => says_empty(self.alive()),
            (0, 0) => says_agree(),
            (0, _) => says_unknown(unknown),
            _ => says_stale(dead),
        }
    }
}

impl Experiment for Beliefs {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("beliefs", Time::from_secs(120), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(32))
            .warm_up(Time::from_secs(8))
            .speed(4.0)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut registry = Registry::new(rules(controls));
        for n in 0..INSTANCES {
            registry.register(n, w.now());
            let phase = w.draws(PHASE, instance(n)).below(1000);
            w.schedule(controls.heartbeat.scale(f64::from(phase) / 1000.0), Event::Heartbeat(n));
        }
        let phase = |n: u32, of: Span| {
            of.scale(f64::from(w.draws(PHASE, Entity::new(CALLERS_KIND, n)).below(1000)) / 1000.0)
        };
        let [sweep, refresh, fetch] =
            [phase(1, controls.sweep), phase(2, controls.server), phase(3, controls.fetch)];
        w.schedule(sweep, Event::Sweep);
        w.schedule(refresh, Event::Refresh);
        w.schedule(fetch, Event::Fetch);
        w.schedule_at(BEGINS, Event::Begin);
        let all: Vec<u32> = (0..INSTANCES).collect();
        let mut model = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(CALL, LOAD, w, Event::Call),
            instances: vec![Instance { up: true, died: Time::ZERO }; INSTANCES as usize],
            registry,
            answer: all.clone(),
            list: all,
            next: 0,
            cut: false,
            lost: VecDeque::new(),
            counts: [0; 6],
            looks: vec![Vec::new(); INSTANCES as usize + 1],
            stale: Span::ZERO,
            rolled: None,
            sweeps: 0,
        };
        model.observe(w.now());
        Ok(model)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Call => self.call(w),
            Event::Heartbeat(n) => self.heartbeat(n, w),
            Event::Sweep => self.sweep(w),
            Event::Refresh => {
                w.schedule(self.controls.server, Event::Refresh);
                self.answer = self.registry.instances().collect();
            }
            Event::Fetch => {
                w.schedule(self.controls.fetch, Event::Fetch);
                self.list.clone_from(&self.answer);
            }
            Event::Begin => self.begin(w),
            Event::Dies => self.dies(VICTIM, w.now()),
            Event::Mended => {
                self.cut = false;
                w.notable(REGISTRY, mark_mended());
            }
            Event::Leave(n) => self.leave(n, w),
            Event::Stop(n) => {
                self.dies(n, w.now());
                w.schedule(RESTART, Event::Back(n));
            }
            Event::Back(n) => self.back(n, w),
        }
        self.observe(w.now());
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.controls = is.clone();
        self.registry.set_config(rules(is));
        self.observe(w.now());
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        let Some(&at) = on.first() else { return Ok(()) };
        if let Some(why) = self.refusal(action, at) {
            return Err(why);
        }
        self.dies(at.n, w.now());
        w.notable(at, mark_crash(at));
        self.observe(w.now());
        Ok(())
    }

    fn refusal(&self, _: usize, at: Entity) -> Option<Msg> {
        self.instances.get(at.n as usize).is_none_or(|it| !it.up).then(already_dead)
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let controls = &self.controls;
        out.put("alive", f64::from(self.alive()));
        out.put("believed", self.list.len() as f64);
        out.put("stale", self.stale.secs());
        out.put(
            "messages",
            load(controls.heartbeat.secs(), controls.fetch.secs(), controls.server.secs(), controls.push),
        );
        if let Some((from, until)) = self.rolled {
            out.put("rolled", until.unwrap_or(w.now()).since(from).secs());
        }
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let lines = [("alive", Status::Normal), ("believed", Status::Active)];
        scene.panels = vec![
            self.lanes(w.now()),
            Panel::series(chart_believed(), Unit::Count, lines, Self::SPEC.until),
            self.table(),
        ];
        scene.sentences.push(self.say());
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let now = w.now();
        match entity.kind {
            INSTANCE => {
                let it = self.instances.get(entity.n as usize)?;
                let listed = match (self.registry.has(entity.n), self.registry.is_expired(entity.n, now)) {
                    (true, false) => about_listed(),
                    (true, true) => about_expired(),
                    _ => about_unlisted(),
                };
                let believed = self.list.contains(&entity.n);
                Some(About::says([
                    if it.up { about_instance_up() } else { about_instance_down() },
                    listed,
                    if believed { about_believed() } else { about_unbelieved() },
                ]))
            }
            REGISTRY_KIND => {
                let leases = self.registry.instances().count() as u32;
                let first = about_registry(leases, self.registry.renewals(now));
                let second = self.controls.preserve.then(|| about_threshold(self.registry.threshold()));
                Some(About::says([first].into_iter().chain(second).collect::<Vec<_>>()))
            }
            CALLERS_KIND => Some(About::says([about_callers(self.list.len() as u32)])),
            _ => {
                let lost = self.lost.iter().find(|lost| lost.call == entity)?;
                let what =
                    lost.to.map_or_else(|| about_lost_nobody(lost.at), |n| about_lost(lost.at, instance(n)));
                Some(About::says([what, lost.why.words()]))
            }
        }
    }

    fn kept_bytes(&self) -> usize {
        let looks: usize = self.looks.iter().map(Vec::len).sum();
        self.lost.len() * size_of::<Lost>() + looks * size_of::<(Time, Look)>()
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let counted = u64::from(self.counts.iter().sum::<u32>());
        let closed: u64 = LOST.iter().map(|kind| w.tally(CALL).closed(*kind)).sum();
        if counted != closed {
            return Err(format!("{counted} lost calls have a reason, {closed} were lost"));
        }
        Ok(())
    }
}

/// What the registry handles a second: heartbeats of eight, fetches of forty callers, answers made anew at the price of
/// twenty fetches, and for a push the connections of all callers kept open.
pub(super) fn load(heartbeat: f64, fetch: f64, server: f64, push: bool) -> f64 {
    8.0 / heartbeat + 40.0 / fetch + 20.0 / server + if push { 24.0 } else { 0.0 }
}
