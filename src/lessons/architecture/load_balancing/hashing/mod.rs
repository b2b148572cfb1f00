//! A tier of cache servers behind a balancer that hashes keys: which keys move when a server comes or goes.
//!
//! ```text
//!                              ┌─ A   hit: 1 ms
//!   requests ── balancer ──────┼─ B
//!    for keys    by the key's  ┼─ C   miss: 50 ms ── database
//!                    hash      └─ …
//! ```
//!
//! Each key belongs to one server, which keeps it in memory once it has fetched it. A server that goes away finishes what it
//! has, takes nothing new, and comes back empty. At the start everything that is asked for is in memory.
//!
//! A server forgets a key that no longer belongs to it: a copy left behind would go stale. So each key has at most one
//! copy, and every key that moves is a miss when it is next asked for. Where old copies are left, a key that comes back
//! finds its own again, fresh or not.
//!
//! Leaves out: queues (servers and database take any number of requests at the same pace), bounds on memory, expiry,
//! requests for the same key that wait for one fetch (each fetches for itself), replicas, a balancer that learns late who
//! has gone, and bounded loads (Mirrokni et al. 2018), which move the keys of a busy server on.

mod keys;
mod picture;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::PREDICTIONS;

use crate::lessons::prelude::*;
use crate::mechanism::balancer::{self, Balancer, Config, Standing};
use crate::sim::{EntityMap, Handle, Zipf};
use keys::{Change, KEYS, Keys};
use spec::{ControlValues, HIT, HOT, KEY, MISS, MOST, NO_SERVER, REQUEST, Rule, SERVER, TAKE_OUT};

const WHICH: Purpose = Purpose::named("key");
const IS_HOT: Purpose = Purpose::named("hot");
const PICK: Purpose = Purpose::named("pick");
/// Requests a second.
const LOAD: f64 = 500.0;
/// Zipf's exponent: how unevenly keys are asked for.
const SKEW: f64 = 0.6;
/// Answering from memory, and fetching from the database.
const HIT_TAKES: Span = Span::from_millis(1);
const MISS_TAKES: Span = Span::from_millis(50);
/// The first restart is after a third of the interval, and takes another third.
const THIRD: f64 = 1.0 / 3.0;
/// Slots of Maglev's table: a prime far more than 100 times the servers, as the paper has it. (Envoy's default of 65,537
/// is meant for hundreds of servers.)
const TABLE_SIZE: u32 = 4_093;

/// What can happen.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Event {
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

#[derive(Clone, Debug)]
struct Server {
    presence: Presence,
    /// How often it has gone away: what was begun before is not put into its memory afterwards.
    lives: u32,
    /// Requests that it was sent over the last two seconds.
    sent: RecentCount,
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

#[derive(Clone, Debug)]
pub struct Tier {
    controls: ControlValues,
    arrivals: Arrivals,
    balancer: Balancer,
    /// [`MOST`] of them, whatever the tier's size.
    servers: Vec<Server>,
    keys: Keys,
    law: Zipf,
    requests: EntityMap<Request>,
    next_restart: Option<Handle>,
    /// Whose turn it is to be restarted.
    turn: u32,
}

type W = World<Event>;

fn server(n: u32) -> Entity {
    Entity::new(SERVER, n)
}
fn key(n: u32) -> Entity {
    Entity::new(KEY, n)
}

/// A balancer of this policy over those servers that `there` has a bit for.
fn appoint(controls: &ControlValues, there: u32) -> Balancer {
    let config =
        Config { table_size: TABLE_SIZE, points_per_weight: controls.points.max(1), ..Config::default() };
    let mut balancer = Balancer::new(controls.rule.policy(), config, &[1; MOST as usize])
        .expect("its parameters are in their ranges");
    for n in (0..MOST).filter(|n| there >> n & 1 == 0) {
        balancer.set_standing(n as usize, Standing::Down);
    }
    balancer
}

impl Tier {
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
    fn place(&mut self, change: Change, w: &mut W) {
        let there = self.there();
        let moves = self.keys.place(change, &mut self.balancer, there, w.now());
        let of = match change {
            Change::Left(n) | Change::Back(n) => server(n),
            _ => server(0),
        };
        w.notable(of, self.says_change(&moves));
    }

    fn restart(&mut self, w: &mut W) {
        let servers = self.controls.servers;
        let next = (0..servers).map(|k| (self.turn + k) % servers).find(|&n| self.is_there(n));
        if let Some(n) = next {
            self.turn = n + 1;
            let back = w.schedule(self.controls.every.scale(THIRD), Event::Back(n));
            self.show(n, Presence::Restarts(back), w);
            self.place(Change::Left(n), w);
        }
        self.expect_restart(self.controls.every, w);
    }

    fn expect_restart(&mut self, after: Span, w: &mut W) {
        self.next_restart = (after > Span::ZERO).then(|| w.schedule(after, Event::Restart));
    }

    fn arrival(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        let (now, it) = (w.now(), w.open(REQUEST, None));
        let hot = w.draws(IS_HOT, it).chance(self.controls.hot);
        let n = if hot { HOT.n } else { self.law.sample(&mut w.draws(WHICH, it)) };
        let wanted = &mut self.keys.all[n as usize];
        wanted.asked += 1;
        let (hit, name) = (wanted.held, self.keys.names[n as usize]);
        let Some(decision) = self.balancer.pick(now, name, 0, &mut w.draws(PICK, it)) else {
            w.record_step(it, || (spec::step_no_server(key(n)), None));
            w.close(it, NO_SERVER);
            return;
        };
        let (at, picked) = (&mut self.servers[decision.server], decision.server as u32);
        at.sent.record(now);
        self.requests.insert(it.n, Request { key: n, server: picked, hit, life: at.lives, since: now });
        w.schedule(if hit { HIT_TAKES } else { MISS_TAKES }, Event::Done(it.n));
        w.record_step(it, || {
            let what = if hit { spec::step_hit } else { spec::step_miss };
            (what(key(n), server(picked)), self.reason(&decision.rule).map(|[why, _]| why))
        });
    }

    /// Why a key belongs to its server: as a request's reason to go there, and as a sentence about the key.
    fn reason(&self, rule: &balancer::Rule) -> Option<[Msg; 2]> {
        let place = |hash: u64| (hash as f64 / u64::MAX as f64, Unit::Share);
        match *rule {
            balancer::Rule::TableSlot { slot, size, .. } if self.controls.rule == Rule::Modulo => {
                Some([spec::why_modulo(slot, size), spec::about_modulo(slot, size)])
            }
            balancer::Rule::TableSlot { slot, size, .. } => {
                Some([spec::why_maglev(slot, size), spec::about_maglev(slot, size)])
            }
            balancer::Rule::RingPoint { hash, point } => {
                let (hash, point) = (place(hash), place(point));
                Some([spec::why_ring(hash, point), spec::about_ring(hash, point)])
            }
            _ => None,
        }
    }

    fn done(&mut self, n: u32, w: &mut W) {
        let Some(it) = self.requests.remove(n) else { return };
        let fetched = &mut self.keys.all[it.key as usize];
        // It may have moved on, or the server been restarted, while it was fetched.
        let stays = self.servers[it.server as usize].lives == it.life
            && fetched.owner.is_some_and(|owner| u32::from(owner) == it.server);
        fetched.held |= stays && !it.hit;
        let request = Entity::new(REQUEST, n);
        w.record_step(request, || {
            let what = match (it.hit, stays) {
                (true, _) => spec::step_answered(server(it.server)),
                (false, true) => spec::step_kept(server(it.server)),
                (false, false) => spec::step_not_kept(server(it.server)),
            };
            (what, None)
        });
        w.close(request, if it.hit { HIT } else { MISS });
    }

    /// The server that was sent most of late, and how much as a multiple of the mean of those that are there.
    fn busiest(&self, now: Time) -> Option<(u32, f64)> {
        let there: Vec<u32> = (0..MOST).filter(|&n| self.is_there(n)).collect();
        let rate = |n: &u32| self.servers[*n as usize].sent.rate(now);
        let mean = there.iter().map(rate).sum::<f64>() / there.len() as f64;
        let most = there.iter().copied().max_by(|a, b| rate(a).total_cmp(&rate(b)))?;
        (mean > 0.0).then(|| (most, rate(&most) / mean))
    }

    /// What share of the requests of late a server was sent, of all servers, those included that have gone since.
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
        let there = (1 << controls.servers) - 1;
        let mut balancer = appoint(controls, there);
        let keys = Keys::new(&mut balancer, there, w);
        let server = |n| Server {
            presence: if n < controls.servers { Presence::There } else { Presence::None },
            lives: 0,
            sent: RecentCount::over(Span::from_secs(2)),
        };
        let mut tier = Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(REQUEST, LOAD, w, Event::Arrival),
            balancer,
            servers: (0..MOST).map(server).collect(),
            keys,
            law: Zipf::new(KEYS, SKEW).expect("there are keys"),
            requests: EntityMap::default(),
            next_restart: None,
            turn: 0,
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
                self.place(Change::Back(n), w);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        if was.rule != is.rule || is.rule == Rule::Ring && was.points != is.points {
            self.balancer = appoint(is, self.there());
            self.place(Change::Policy, w);
        }
        if was.servers != is.servers {
            for n in was.servers.min(is.servers)..was.servers.max(is.servers) {
                self.show(n, if n < is.servers { Presence::There } else { Presence::None }, w);
            }
            self.place(Change::Servers, w);
        }
        if was.every != is.every {
            if let Some(handle) = self.next_restart.take() {
                w.cancel(handle);
            }
            self.expect_restart(is.every.scale(THIRD), w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        let out = action == TAKE_OUT;
        for &it in on {
            match self.servers.get(it.n as usize).map(|it| it.presence) {
                None | Some(Presence::None) => return Err(Msg::new("no-such-entity").of("entity", it)),
                Some(Presence::Out) if out => return Err(spec::nothing_changes(it)),
                Some(Presence::There) if !out => return Err(spec::nothing_changes(it)),
                _ => {}
            }
        }
        for &Entity { n, .. } in on {
            let was_there = self.is_there(n);
            self.show(n, if out { Presence::Out } else { Presence::There }, w);
            // One that was being restarted was away already: it only stays so for longer.
            if was_there == out {
                self.place(if out { Change::Left(n) } else { Change::Back(n) }, w);
            }
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let share = |keys: u32| f64::from(keys) / f64::from(KEYS);
        out.put("moved", self.keys.moves.map(|it| share(it.moved)));
        out.put("least", self.keys.moves.map(|it| share(it.least)));
        out.put("busiest", self.busiest(w.now()).map(|(_, factor)| factor));
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
        let (under_way, here) = (w.tally(REQUEST).under_way(), self.requests.iter().count() as u64);
        if under_way != here {
            return Err(format!("{under_way} requests under way, {here} at servers"));
        }
        if let Some(n) = (self.controls.servers..MOST).find(|&n| self.is_there(n)) {
            return Err(format!("server {n} is there, the tier has {}", self.controls.servers));
        }
        let mut balancer = self.balancer.clone();
        for (it, &name) in self.keys.all.iter().zip(self.keys.names.iter()) {
            if it.owner != keys::owner(&mut balancer, name) {
                return Err(format!("the balancer sends requests for {name} elsewhere: {it:?}"));
            }
            if it.owner.is_some_and(|owner| !self.is_there(owner.into())) || it.held && it.owner.is_none() {
                return Err(format!("its server is away: {it:?}"));
            }
        }
        let Some(moves) = self.keys.moves else { return Ok(()) };
        let spared = self.controls.rule == Rule::Ring && moves.change != Change::Policy;
        if moves.least > moves.moved || spared && moves.moved != moves.least {
            return Err(format!("{moves:?}: fewer keys moved than had to, or a ring moved others"));
        }
        Ok(())
    }
}
