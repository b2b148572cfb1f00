//! A tier of cache servers behind a balancer that hashes keys: which keys move when a server comes or goes.
//!
//! ```text
//!                              ┌─ A   hit: 1 ms
//!   requests ── balancer ──────┼─ B
//!    for keys    by the key's  ┼─ C   miss: 50 ms ── database
//!                    hash      └─ …
//! ```
//!
//! Each key belongs to one server, which the rule tells. That server keeps the key in memory once it has fetched it. A
//! server that goes away finishes what it has, takes nothing new, and comes back empty. At the start everything that is
//! asked for is in memory.
//!
//! A server forgets a key that no longer belongs to it: a copy left behind would go stale. So each key has at most one
//! copy, and every key that moves is a miss when it is next asked for. Where old copies are left, a key that comes back
//! finds its own again, fresh or not.
//!
//! Leaves out: queues (servers and database take any number of requests at the same pace), bounds on memory, expiry,
//! requests for the same key that wait for one fetch (each fetches for itself), replicas, a balancer that learns late who
//! has gone, and bounded loads (Mirrokni et al. 2018), which move the keys of a busy server on.

mod curve;
mod keys;
mod picture;
mod questions;
mod requests;
mod spec;
#[cfg(test)]
mod tests;

pub use questions::PREDICTIONS;
pub use spec::{ControlValues, Rule};

use crate::mechanism::balancer::{Balancer, Config, Standing};
use crate::player::{About, Data, Experiment, FigureSpec, Message, Readings, Value};
use crate::scene::Scene;
use crate::sim::statistics::RecentCount;
use crate::sim::{Entity, EntityMap, Handle, Msg, Purpose, Span, Time, World, Zipf};
use curve::Curve;
use keys::{Cause, KeyMoves, Keys};
use spec::{HIT, KEY, KEYS, MISS, MOST, NO_SERVER, REQUEST, SERVER, TABLE_SIZE, TAKE_OUT};

const NAME: Purpose = Purpose::named("key-name");
const ARRIVAL: Purpose = Purpose::named("arrival");
const WHICH: Purpose = Purpose::named("key");
const IS_HOT: Purpose = Purpose::named("hot");
const PICK: Purpose = Purpose::named("pick");
/// The windows of the readings: one second, and two, in slots of a tenth.
const SLOT: Span = Span::from_millis(100);
const SHORT: usize = 11;
const LONG: usize = 21;
/// First after a third of the interval, away for another third.
const THIRD: f64 = 1.0 / 3.0;

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
    /// The next request arrives.
    Arrival,
    /// A server has answered a request.
    Done(u32),
    /// The next server in turn is restarted.
    Restart,
    /// A server is there again.
    Back(u32),
}

/// Whether a server is there.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Presence {
    /// The tier isn't that large.
    None,
    There,
    /// Away until this event.
    Restarts(Handle),
    /// Away until somebody brings it back.
    Out,
}

/// A cache server.
#[derive(Clone, Debug)]
struct Server {
    presence: Presence,
    /// How often it has gone away: what was begun before is not put into its memory afterwards.
    lives: u32,
    /// Requests that it was sent of late, and those under way at it.
    sent: RecentCount,
    under_way: u32,
}

/// A request at its server.
#[derive(Clone, Copy, Debug)]
struct Request {
    key: u32,
    server: u32,
    hit: bool,
    /// The server's [`Server::lives`] when it came.
    life: u32,
    since: Time,
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct Tier {
    controls: ControlValues,
    balancer: Balancer,
    /// [`MOST`] of them, whatever the tier's size.
    servers: Vec<Server>,
    keys: Keys,
    law: Zipf,
    requests: EntityMap<Request>,
    hits: RecentCount,
    misses: RecentCount,
    next_arrival: Handle,
    next_restart: Option<Handle>,
    /// Whose turn it is to be restarted.
    turn: u32,
    curve: Curve,
}

fn request(n: u32) -> Entity {
    Entity::new(REQUEST, n)
}
fn server(n: u32) -> Entity {
    Entity::new(SERVER, n)
}
fn key(n: u32) -> Entity {
    Entity::new(KEY, n)
}
fn fault(error: &impl ToString) -> Msg {
    Msg::new("model-fault").text("why", error.to_string())
}

type W = World<Event>;

impl Tier {
    /// A balancer of this rule over those servers that `there` has a bit for.
    fn appoint(controls: &ControlValues, there: u32) -> Result<Balancer, Msg> {
        let config = Config {
            table_size: TABLE_SIZE,
            points_per_weight: controls.points.max(1),
            ..Default::default()
        };
        let mut balancer = Balancer::new(controls.rule.policy(), config, &[1; MOST as usize])
            .map_err(|error| fault(&error))?;
        for n in (0..MOST).filter(|n| there >> n & 1 == 0) {
            balancer.set_standing(n as usize, Standing::Down);
        }
        Ok(balancer)
    }

    fn is_there(&self, n: u32) -> bool {
        self.servers[n as usize].presence == Presence::There
    }

    /// Who is there, a bit for each.
    fn there(&self) -> u32 {
        (0..MOST).filter(|&n| self.is_there(n)).map(|n| 1 << n).sum()
    }

    /// Takes note of a server's new presence; the keys are not placed anew yet.
    fn show(&mut self, n: u32, presence: Presence, w: &mut W) {
        let it = &mut self.servers[n as usize];
        if let Presence::Restarts(back) = core::mem::replace(&mut it.presence, presence) {
            w.cancel(back);
        }
        let standing = if presence == Presence::There { Standing::Up } else { Standing::Down };
        it.lives += u32::from(standing == Standing::Down);
        self.balancer.set_standing(n as usize, standing);
    }

    /// Places the keys anew, because of this.
    fn place(&mut self, cause: Cause, w: &mut W) {
        let there = self.there();
        let change = self.keys.place(cause, &mut self.balancer, there, w.now());
        let of = match cause {
            Cause::Left(n) | Cause::Back(n) => server(n),
            _ => server(0),
        };
        w.notable(of, self.tell_change(&change));
    }

    fn restart(&mut self, w: &mut W) {
        let servers = self.controls.servers;
        let next = (0..servers).map(|k| (self.turn + k) % servers).find(|&n| self.is_there(n));
        if let Some(n) = next {
            self.turn = n + 1;
            let back = w.schedule(self.controls.every.scale(THIRD), Event::Back(n));
            self.show(n, Presence::Restarts(back), w);
            self.place(Cause::Left(n), w);
        }
        self.expect_restart(self.controls.every, w);
    }

    fn expect_restart(&mut self, after: Span, w: &mut W) {
        self.next_restart = (after > Span::ZERO).then(|| w.schedule(after, Event::Restart));
    }

    /// Requests of the busiest server of late as a multiple of the mean of those that are there, and which it is.
    fn busiest(&self, now: Time) -> Option<(u32, f64)> {
        let rates =
            (0..MOST).filter(|&n| self.is_there(n)).map(|n| (n, self.servers[n as usize].sent.rate(now)));
        let (mut sum, mut count, mut most) = (0.0, 0.0, (0, 0.0));
        for (n, rate) in rates {
            sum += rate;
            count += 1.0;
            if rate > most.1 {
                most = (n, rate);
            }
        }
        (sum > 0.0).then(|| (most.0, most.1 * count / sum))
    }

    /// What share of the requests of late each server was sent, those included that have gone since.
    fn share(&self, n: u32, now: Time) -> f64 {
        let all: f64 = self.servers.iter().map(|it| it.sent.rate(now)).sum();
        if all > 0.0 { self.servers[n as usize].sent.rate(now) / all } else { 0.0 }
    }
}

impl Experiment for Tier {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = spec::SPEC;
    const MESSAGES: &'static [&'static [Message]] = &[spec::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        for _ in 0..MOST {
            w.open(SERVER, None);
        }
        let there = (1 << controls.servers) - 1;
        let mut balancer = Self::appoint(controls, there)?;
        let keys = Keys::new(&mut balancer, there, w);
        let server = |n| Server {
            presence: if n < controls.servers { Presence::There } else { Presence::None },
            lives: 0,
            sent: RecentCount::new(SLOT, LONG),
            under_way: 0,
        };
        let mut tier = Self {
            controls: controls.clone(),
            balancer,
            servers: (0..MOST).map(server).collect(),
            keys,
            law: Zipf::new(KEYS, controls.skew).map_err(|error| fault(&error))?,
            requests: EntityMap::default(),
            hits: RecentCount::new(SLOT, SHORT),
            misses: RecentCount::new(SLOT, SHORT),
            next_arrival: requests::expect(controls, w),
            next_restart: None,
            turn: 0,
            curve: Curve::default(),
        };
        tier.expect_restart(controls.every.scale(THIRD), w);
        Ok(tier)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::Done(n) => self.done(n, w),
            Event::Restart => self.restart(w),
            Event::Back(n) => {
                self.show(n, Presence::There, w);
                self.place(Cause::Back(n), w);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let law = Zipf::new(KEYS, is.skew).map_err(|error| fault(&error))?;
        let rule = self.controls.rule != is.rule;
        let points = is.rule == Rule::Ring && self.controls.points != is.points;
        let appointed = if rule || points { Some(Self::appoint(is, self.there())?) } else { None };
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.law = law;
        if let Some(balancer) = appointed {
            self.balancer = balancer;
            self.place(if rule { Cause::Rule } else { Cause::Points }, w);
        }
        if was.servers != is.servers {
            for n in was.servers.min(is.servers)..was.servers.max(is.servers) {
                self.show(n, if n < is.servers { Presence::There } else { Presence::None }, w);
            }
            self.place(Cause::Servers, w);
        }
        if was.every != is.every {
            if let Some(handle) = self.next_restart.take() {
                w.cancel(handle);
            }
            self.expect_restart(is.every.scale(THIRD), w);
        }
        if was.load != is.load {
            w.cancel(self.next_arrival);
            self.next_arrival = requests::expect(is, w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        let out = action == TAKE_OUT;
        for &it in on {
            let refused = match self.servers.get(it.n as usize).map(|it| it.presence) {
                None | Some(Presence::None) => return Err(Msg::new("no-such-entity").of("entity", it)),
                Some(Presence::Out) if out => "is-away",
                Some(Presence::There) if !out => "is-there",
                _ => continue,
            };
            return Err(Msg::new(refused).of("server", it));
        }
        for &Entity { n, .. } in on {
            let was_there = self.is_there(n);
            self.show(n, if out { Presence::Out } else { Presence::There }, w);
            // One that was being restarted was away already: it only stays so for longer.
            if was_there == out {
                self.place(if out { Cause::Left(n) } else { Cause::Back(n) }, w);
            }
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let now = w.now();
        let share = |count: fn(&KeyMoves) -> u32| {
            self.keys.change.as_ref().map(|change| f64::from(count(change)) / f64::from(KEYS))
        };
        out.put("moved", share(|change| change.moved));
        out.put("least", share(|change| change.least));
        let (hits, misses) = (self.hits.rate(now), self.misses.rate(now));
        out.put("misses", misses);
        out.put("hit-share", (hits + misses > 0.0).then(|| hits / (hits + misses)));
        out.put("busiest", self.busiest(now).map(|(_, factor)| factor));
        let most = self.keys.count().iter().map(|count| count.0).max().unwrap_or(0);
        let there = self.balancer.available();
        out.put("keys-busiest", (there > 0).then(|| f64::from(most) * there as f64 / f64::from(KEYS)));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        self.picture(w, scene);
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        self.tell(entity, w)
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let census = w.tally(REQUEST);
        let ended: u64 = [HIT, MISS, NO_SERVER].iter().map(|&fate| census.closed(fate)).sum();
        let under_way = self.requests.iter().count() as u64;
        if census.opened() != ended + under_way || census.under_way() != under_way {
            return Err(format!("{} requests, {ended} ended, {under_way} at servers", census.opened()));
        }
        for n in 0..MOST {
            let counted = self.requests.iter().filter(|(_, it)| it.server == n).count();
            if counted != self.servers[n as usize].under_way as usize {
                return Err(format!("server {n}: {counted} requests at it, it counts otherwise"));
            }
            if self.is_there(n) && n >= self.controls.servers {
                return Err(format!("server {n} is there, the tier has {}", self.controls.servers));
            }
        }
        let mut balancer = self.balancer.clone();
        for (n, it) in (0..).zip(&self.keys.all) {
            if it.owner.is_some_and(|owner| !self.is_there(owner.into())) {
                return Err(format!("key {n} belongs to a server that is away"));
            }
            if it.owner != keys::owner(&mut balancer, self.keys.names[n]) {
                return Err(format!("key {n}: the balancer sends its requests elsewhere"));
            }
            if it.held && it.owner.is_none() {
                return Err(format!("key {n} is in memory, and no server is there"));
            }
        }
        let Some(change) = self.keys.change else { return Ok(()) };
        if change.least > change.moved || change.moved > KEYS {
            return Err(format!("{change:?}: fewer keys moved than had to"));
        }
        let placed_by_ring =
            self.controls.rule == Rule::Ring && !matches!(change.cause, Cause::Rule | Cause::Points);
        if placed_by_ring && change.moved != change.least {
            return Err(format!("{change:?}: the ring moved a key that could have stayed"));
        }
        Ok(())
    }
}
