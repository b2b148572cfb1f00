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
//! time and drawn servers depend on the seed and its number alone, and are the same in all farms: the farm of two looks
//! at the first two of the three servers that the farm of three looks at. Lengths count the request in service.
//!
//! With old news all farms but the first read the lengths off a board that is renewed every so often, the periodic
//! update of M. Mitzenmacher, *How Useful Is Old Information?*, IEEE TPDS 2000. Between two renewals the balancer doesn't
//! add to the board what it has itself sent. The formula is that of the supermarket model (`mechanism/queueing.rs`).
//!
//! Leaves out: the way to a server and back, the cost of asking for a length, several balancers, servers of unequal speed,
//! failures, clients that give up. A server that is taken out by the control finishes what it has.

mod farm;
mod picture;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::PREDICTIONS;

use crate::lessons::prelude::*;
use crate::sim::Handle;
use farm::{Farm, Job};
use spec::{ANSWERED, ControlValues, FARM, FARMS, LONGEST, SERVERS};

const SIZE: Purpose = Purpose::named("size");
const DRAW: Purpose = Purpose::named("draw");
const TIE: Purpose = Purpose::named("tie");
/// Mean time that a request keeps a server, in seconds.
const SERVICE: f64 = 0.1;
/// A cell of full height stands for so many requests at least, and for a multiple of so many.
const LEAST_SCALE: u32 = 8;
const SCALE_STEP: u32 = 4;
/// The scale comes down once no queue has been longer for so long, or up to twice that.
const SCALE_HOLDS: Span = Span::from_secs(8);

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// The next request arrives, at all farms.
    Arrival,
    /// A server of a farm is done with a request.
    Done(u8, u32),
    /// The board is renewed.
    Renew,
}

#[derive(Clone, Debug)]
pub struct PowerOfTwo {
    controls: ControlValues,
    arrivals: Arrivals,
    farms: Vec<Farm>,
    /// When the board was last renewed, and the event of the next time; while the news is old.
    renewed: Time,
    renews: Option<Handle>,
    /// Since when it is measured.
    from: Time,
    /// The longest queue before and since a moment, which follows time at some distance.
    peaks: [u32; 2],
    peak_from: Time,
}

/// Request `n` of a farm.
fn request(farm: usize, n: u32) -> Entity {
    Entity::new(farm as u8, n)
}
/// Server `n` of a farm.
fn server(farm: usize, n: u32) -> Entity {
    Entity::new(SERVERS + farm as u8, n)
}
fn farm(n: usize) -> Entity {
    Entity::new(FARM, n as u32)
}

type W = World<Event>;

/// Arrivals a second.
fn rate(controls: &ControlValues) -> f64 {
    controls.load * f64::from(controls.servers) / SERVICE
}

impl PowerOfTwo {
    /// How old the board is; zero while the news is fresh.
    fn age(&self, now: Time) -> Span {
        if self.controls.old > Span::ZERO { now.since(self.renewed) } else { Span::ZERO }
    }

    /// A request arrives at every farm.
    fn arrival(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        let (now, servers) = (w.now(), self.controls.servers);
        if now.since(self.peak_from) >= SCALE_HOLDS {
            (self.peaks, self.peak_from) = ([self.peaks[1], self.longest()], now);
        }
        let n = w.tally(0).opened() as u32;
        let stream = |purpose| w.draws(purpose, request(0, n));
        let takes = Dist::Exponential(SERVICE).span(&mut stream(SIZE));
        let drawn = farm::candidates(servers, &mut stream(DRAW));
        let ties = stream(TIE);
        let age = self.age(now);
        for k in 0..FARMS {
            let sent = self.farms[k].pick(drawn, servers, &mut ties.clone());
            let (there, entity) = (self.farms[k].at(sent.server), w.open(k as u8, None));
            w.record_step(entity, || {
                let seen = self.farms[k].believed(sent.server);
                let why = picture::reason(k, drawn, &sent, seen, age);
                (spec::step_sent(server(k, sent.server), there), Some(why))
            });
            if self.farms[k].join(sent.server, Job { request: n, takes }, now) {
                self.serve(k, sent.server, w);
            }
            self.peaks[1] = self.peaks[1].max(there + 1);
        }
    }

    /// A server takes up who is first in its line, if anybody is.
    fn serve(&mut self, k: usize, at: u32, w: &mut W) {
        let Some(&Job { request: n, takes }) = self.farms[k].lines[at as usize].front() else { return };
        w.schedule(takes, Event::Done(k as u8, at));
        let waited = w.now().since(w.tally(k as u8).opened_at(n).unwrap_or(w.now()));
        w.record_step(request(k, n), || match waited {
            Span::ZERO => (station::step_served(server(k, at)), None),
            waited => (station::step_served_late(server(k, at), waited), None),
        });
    }

    fn done(&mut self, k: usize, at: u32, w: &mut W) {
        let Some(job) = self.farms[k].leave(at, self.controls.servers, w.now()) else { return };
        let entity = request(k, job.request);
        w.record_step(entity, || (station::step_done(server(k, at)), None));
        w.close(entity, ANSWERED);
        self.serve(k, at, w);
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

    /// Measures anew.
    fn measure(&mut self, now: Time) {
        let servers = self.controls.servers;
        self.from = now;
        self.farms.iter_mut().for_each(|farm| farm.measure(servers, now));
        (self.peaks, self.peak_from) = ([0, self.longest()], now);
    }

    /// The longest queue of all farms.
    fn longest(&self) -> u32 {
        self.farms.iter().map(|farm| farm.longest(self.controls.servers).1).max().unwrap_or(0)
    }

    /// How many requests a cell of full height stands for.
    fn scale(&self) -> u32 {
        self.peaks[0].max(self.peaks[1]).max(LEAST_SCALE).next_multiple_of(SCALE_STEP)
    }
}

impl Experiment for PowerOfTwo {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = spec::SPEC;
    const MESSAGES: &'static [&'static [Message]] = &[spec::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut world = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(0, rate(controls), w, Event::Arrival),
            farms: (0..FARMS).map(Farm::new).collect(),
            renewed: Time::ZERO,
            renews: None,
            from: Time::ZERO,
            peaks: [0; 2],
            peak_from: Time::ZERO,
        };
        world.measure(Time::ZERO);
        world.renew(w);
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
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.arrivals.set_rate(rate(is), w, Event::Arrival);
        if (was.load, was.old, was.servers) != (is.load, is.old, is.servers) {
            self.measure(w.now());
        }
        if (was.old, was.servers) != (is.old, is.servers) {
            self.renew(w);
        }
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        for (farm, id) in self.farms.iter().zip(LONGEST) {
            out.put(id, f64::from(farm.longest(self.controls.servers).1));
        }
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w.now(), scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        self.tell(entity, w)
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let arrived = u64::from(self.arrivals.arrived_so_far());
        for (k, farm) in self.farms.iter().enumerate() {
            let tally = w.tally(k as u8);
            let here: u64 = farm.lines.iter().map(|line| line.len() as u64).sum();
            if tally.opened() != arrived || tally.under_way() != here {
                let (opened, under_way) = (tally.opened(), tally.under_way());
                return Err(format!(
                    "farm {k}: {opened} of {arrived} came, {under_way} are under way and {here} at servers"
                ));
            }
            if !farm.levels_hold(self.controls.servers) {
                return Err(format!("farm {k}: the counts of servers by length are not those of the queues"));
            }
            if farm.longest(self.controls.servers).1 > self.scale() {
                return Err(format!("farm {k}: a queue is above the scale"));
            }
        }
        Ok(())
    }
}
