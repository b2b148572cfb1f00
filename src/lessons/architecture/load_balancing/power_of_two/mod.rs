//! The power of two choices: four farms get the very same requests, and only differ in how many queues are looked at.
//!
//! ```text
//!                ┌─ 1: a server drawn at random            ─► n servers, a queue each
//!   requests ────┼─ 2: the shorter queue of two drawn      ─► n servers
//!   (Poisson)    ├─ 3: the shortest of three               ─► n servers
//!                └─ all: the shortest of all               ─► n servers
//! ```
//!
//! Each server has one worker and serves in the order of arrival; its queue has no bound. A request's arrival, service
//! time and drawn servers depend on the seed and its number alone, and are the same in all farms: the rule of two looks
//! at the first two of the three servers that the rule of three looks at. Lengths count the request in service.
//!
//! With old news all rules but the first read the lengths off a board that is renewed every so often, the periodic
//! update of M. Mitzenmacher, *How Useful Is Old Information?*, IEEE TPDS 2000. Between two renewals the balancer doesn't
//! add to the board what it has itself sent. Sources of the rest: `choice.rs`, and the supermarket model in
//! `mechanism/queueing.rs`.
//!
//! Leaves out: the way to a server and back, the cost of asking for a length, several balancers, servers of unequal speed,
//! failures, clients that give up. A server that is taken out by the control finishes what it has.

mod choice;
mod farm;
mod picture;
mod questions;
mod spec;
#[cfg(test)]
mod tests;
mod theory;

pub use questions::PREDICTIONS;
pub use spec::{ControlValues, Sizes};

use crate::player::{About, Data, Experiment, FigureSpec, Message, Readings, Value};
use crate::scene::Scene;
use crate::sim::{Arg, Cause, Dist, Entity, Handle, Msg, Purpose, Span, Time, Unit, World, clamp};
use farm::{Farm, Job};
use spec::{ANSWERED, LONGEST, P99, RULE, RULES, SERVERS, STEP, STEPS};
use std::sync::Arc;
use theory::Theory;

const ARRIVAL: Purpose = Purpose::named("arrival");
const SIZE: Purpose = Purpose::named("size");
const DRAW: Purpose = Purpose::named("draw");
const TIE: Purpose = Purpose::named("tie");

/// What happens so soon after a change is not measured once this has passed.
const SETTLES: Span = Span::from_secs(5);
/// A load that was measured for so long leaves its dot behind.
const KEPT: Span = Span::from_secs(5);
/// The scale of the queues' heights falls to a half in this time, and on, unless a queue holds it up; it is never less
/// than so many requests.
const FADES: Span = Span::from_secs(20);
const LEAST_SCALE: f64 = 8.0;

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// The next request arrives, at all farms.
    Arrival,
    /// A server of a farm is done with a request.
    Done(u8, u32),
    /// The board is renewed.
    Renew,
    /// The first while after a change is over: measuring begins anew.
    Settled,
    /// A rising load takes its next step.
    Step,
}

/// What was measured at a load.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Dot {
    load: f64,
    /// 99th percentiles in seconds, by rule; NaN where nobody was answered.
    p99: [f32; RULES],
    /// The longest queue on average, by rule.
    longest: [f32; RULES],
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct PowerOfTwo {
    controls: ControlValues,
    /// The load now.
    load: f64,
    /// By their rules' numbers.
    farms: Vec<Farm>,
    /// When the board was last renewed, and the event of the next time; while the news is old.
    renewed: Time,
    renews: Option<Handle>,
    /// Since when it is measured, and the event that begins it anew; none once it has.
    from: Time,
    settles: Option<Handle>,
    /// What was measured at earlier loads, ascending.
    dots: Vec<Dot>,
    /// The queue that set the scale: how long it was, and when.
    peak: (u32, Time),
    theory: Arc<Theory>,
}

/// Request `n` of a farm.
fn request(farm: usize, n: u32) -> Entity {
    Entity::new(farm as u8, n)
}
/// Server `n` of a farm.
fn server(farm: usize, n: u32) -> Entity {
    Entity::new(SERVERS + farm as u8, n)
}
/// The rule of a farm.
fn rule(farm: usize) -> Entity {
    Entity::new(RULE, farm as u32)
}

type W = World<Event>;

impl PowerOfTwo {
    /// Arrivals a second.
    fn rate(&self) -> f64 {
        self.load * f64::from(self.controls.servers) / self.controls.service.secs()
    }

    /// How old the board is; zero while the news is fresh.
    fn age(&self, now: Time) -> Span {
        if self.controls.old > Span::ZERO { now.since(self.renewed) } else { Span::ZERO }
    }

    /// How many requests a cell of full height stands for: the longest queue of late, fading, so that it moves slowly.
    fn scale(&self, now: Time) -> f64 {
        let longest = self.farms.iter().map(|farm| farm.longest(self.controls.servers).1).max().unwrap_or(0);
        self.faded(now).max(f64::from(longest))
    }

    fn faded(&self, now: Time) -> f64 {
        let passed = now.since(self.peak.1).secs() / FADES.secs();
        (f64::from(self.peak.0) * clamp(1.0 - passed / 2.0, 0.0, 1.0)).max(LEAST_SCALE)
    }

    /// Schedules the next arrival. Its gap is drawn from the coming request's own stream.
    fn expect_arrival(&self, w: &mut W) {
        let n = w.tally(0).opened() as u32;
        let gap = Dist::Exponential(1.0 / self.rate()).span(&mut w.draws(ARRIVAL, request(0, n)));
        w.schedule(gap, Event::Arrival);
    }

    /// A request arrives at every farm.
    fn arrival(&mut self, w: &mut W) {
        let (now, servers) = (w.now(), self.controls.servers);
        let n = w.tally(0).opened() as u32;
        let stream = |purpose| w.draws(purpose, request(0, n));
        let takes = self.controls.sizes.dist(self.controls.service.secs()).span(&mut stream(SIZE));
        let drawn = choice::candidates(servers, &mut stream(DRAW));
        let ties = stream(TIE);
        let age = self.age(now);
        for k in 0..RULES {
            let sent = self.farms[k].pick(drawn, servers, &mut ties.clone());
            let there = self.farms[k].at(sent.server);
            let entity = w.open(k as u8, None);
            w.record_step(entity, || {
                let what =
                    Msg::new("step-sent").count("server", sent.server.into()).count("there", there.into());
                let because = Cause {
                    rule: picture::reason(k, drawn, &sent, age),
                    other: Some(server(k, sent.server)),
                };
                (what, Some(rule(k)), Some(because))
            });
            if self.farms[k].join(sent.server, Job { request: n, takes }, now) {
                self.serve(k, sent.server, w);
            }
            if f64::from(there + 1) >= self.faded(now) {
                self.peak = (there + 1, now);
            }
        }
        self.expect_arrival(w);
    }

    /// A server takes up who is first in its line, if anybody is.
    fn serve(&mut self, farm: usize, at: u32, w: &mut W) {
        let Some(&Job { request: n, takes }) = self.farms[farm].lines[at as usize].front() else { return };
        w.schedule(takes, Event::Done(farm as u8, at));
        let waited = w.now().since(w.tally(farm as u8).opened_at(n).unwrap_or(w.now()));
        w.record_step(request(farm, n), || {
            let what = match waited {
                Span::ZERO => Msg::new("step-served"),
                _ => Msg::new("step-served-late").span("waited", waited),
            };
            (what, Some(server(farm, at)), None)
        });
    }

    fn done(&mut self, farm: usize, at: u32, w: &mut W) {
        let Some(job) = self.farms[farm].leave(at, self.controls.servers, w.now()) else { return };
        let entity = request(farm, job.request);
        w.record_step(entity, || {
            (Msg::new("step-answered").span("size", job.takes), Some(server(farm, at)), None)
        });
        let took = w.close(entity, ANSWERED);
        self.farms[farm].times.record(took);
        self.serve(farm, at, w);
    }

    /// The board is renewed now, and from now on as often as the control says; or there is none.
    fn renew(&mut self, w: &mut W) {
        if let Some(handle) = self.renews.take() {
            w.cancel(handle);
        }
        let old = self.controls.old;
        for farm in &mut self.farms {
            if old > Span::ZERO {
                farm.renew(self.controls.servers);
            } else {
                farm.board.clear();
            }
        }
        if old > Span::ZERO {
            self.renewed = w.now();
            self.renews = Some(w.schedule(old, Event::Renew));
        }
    }

    /// What has been measured at this load so far.
    fn dot(&self, now: Time) -> Dot {
        let mut dot = Dot { load: self.load, p99: [f32::NAN; RULES], longest: [0.0; RULES] };
        for (k, farm) in self.farms.iter().enumerate() {
            dot.longest[k] = farm.mean_longest(self.from, now) as f32;
            if let Some(p99) = farm.p99() {
                dot.p99[k] = p99.secs() as f32;
            }
        }
        dot
    }

    /// The dots of all loads, the present one among them.
    fn dots_so_far(&self, now: Time) -> Vec<Dot> {
        let here = self.dot(now);
        let mut dots = Vec::new();
        let mut placed = false;
        for &dot in &self.dots {
            if !placed && dot.load >= here.load {
                dots.push(here);
                placed = true;
            }
            if dot.load != here.load {
                dots.push(dot);
            }
        }
        if !placed {
            dots.push(here);
        }
        dots
    }

    /// Leaves what was measured behind, if that was long enough.
    fn keep_dot(&mut self, now: Time) {
        if self.settles.is_none() && now.since(self.from) >= KEPT {
            self.dots = self.dots_so_far(now);
        }
    }

    /// Measures anew.
    fn measure(&mut self, now: Time) {
        self.from = now;
        for farm in &mut self.farms {
            farm.measure(self.controls.servers, now);
        }
    }

    /// Measures anew, and once more when things have settled; servers are opened as they come.
    fn changed(&mut self, w: &mut W) {
        for k in 0..RULES {
            while w.tally(SERVERS + k as u8).opened() < u64::from(self.controls.servers) {
                w.open(SERVERS + k as u8, None);
            }
        }
        self.measure(w.now());
        if let Some(handle) = self.settles.take() {
            w.cancel(handle);
        }
        self.settles = Some(w.schedule(SETTLES, Event::Settled));
    }

    fn step(&mut self, w: &mut W) {
        let now = w.now();
        if now.nanos() / STEP.nanos() < STEPS - 1 {
            w.schedule(STEP, Event::Step);
        }
        if self.controls.rises {
            self.keep_dot(now);
            self.load = self.controls.load_at(now);
            self.changed(w);
            w.notable(rule(0), Msg::new("mark-load").with("load", Arg::Number(self.load, Unit::Share)));
        }
    }
}

impl Experiment for PowerOfTwo {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = spec::SPEC;
    const MESSAGES: &'static [&'static [Message]] = &[spec::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        for _ in 0..RULES {
            w.open(RULE, None);
        }
        let mut world = Self {
            controls: controls.clone(),
            load: controls.load_at(Time::ZERO),
            farms: (0..RULES).map(Farm::new).collect(),
            renewed: Time::ZERO,
            renews: None,
            from: Time::ZERO,
            settles: None,
            dots: Vec::new(),
            peak: (0, Time::ZERO),
            theory: Arc::new(Theory::new(controls.servers)),
        };
        world.changed(w);
        world.renew(w);
        world.expect_arrival(w);
        w.schedule(STEP, Event::Step);
        Ok(world)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::Done(farm, at) => self.done(farm.into(), at, w),
            Event::Renew => {
                self.renews = None;
                self.renew(w);
            }
            Event::Settled => {
                self.settles = None;
                self.measure(w.now());
            }
            Event::Step => self.step(w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let now = w.now();
        let load = is.load_at(now);
        let was = core::mem::replace(&mut self.controls, is.clone());
        // Dots are of one world: only the load may differ between them.
        if (was.old, was.servers, was.service, was.sizes) != (is.old, is.servers, is.service, is.sizes) {
            self.dots.clear();
        } else if load == self.load {
            return Ok(());
        } else {
            self.keep_dot(now);
        }
        self.load = load;
        if was.servers != is.servers {
            self.theory = Arc::new(Theory::new(is.servers));
        }
        self.changed(w);
        if (was.old, was.servers) != (is.old, is.servers) {
            self.renew(w);
        }
        Ok(())
    }

    fn act(&mut self, _: usize, _: &[Entity], _: &Value, _: &mut W) -> Result<(), Msg> {
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        for (k, farm) in self.farms.iter().enumerate() {
            out.put(P99[k], farm.p99().map(Span::secs));
            out.put(LONGEST[k], f64::from(farm.longest(self.controls.servers).1));
        }
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w, scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        self.tell(entity, w)
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let opened = w.tally(0).opened();
        let mut busy = 0;
        for (k, farm) in self.farms.iter().enumerate() {
            let census = w.tally(k as u8);
            let here: u64 = farm.lines.iter().map(|line| line.len() as u64).sum();
            if census.opened() != opened || opened != census.closed(ANSWERED) + here {
                return Err(format!(
                    "farm {k}: of {opened} requests {} came, {} are answered and {here} at servers",
                    census.opened(),
                    census.closed(ANSWERED)
                ));
            }
            if census.under_way() != here {
                return Err(format!(
                    "farm {k}: {} requests under way, {here} at servers",
                    census.under_way()
                ));
            }
            if !farm.levels_hold(self.controls.servers) {
                return Err(format!("farm {k}: the counts of servers by length are not those of the queues"));
            }
            if (0..self.controls.servers).any(|n| f64::from(farm.at(n)) > self.scale(w.now())) {
                return Err(format!("farm {k}: a queue is above the scale"));
            }
            busy += farm.lines.iter().filter(|line| !line.is_empty()).count();
        }
        // Besides one end of service for each busy server: the arrival, the step, and two that may be due.
        let due = 1 + usize::from(self.renews.is_some()) + usize::from(self.settles.is_some());
        let steps = w.pending().saturating_sub(busy + due);
        if w.pending() < busy + due || steps > 1 {
            return Err(format!("{} events pending for {busy} busy servers and {due} others", w.pending()));
        }
        Ok(())
    }
}
