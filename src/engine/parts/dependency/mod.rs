//! Something that is called and whose health the learner bends: workers with a queue that are well, slow, failing, hung or
//! flapping. A remote service, a database, a shard of one.
//!
//! What a hung one has taken it never answers, not even when it is well again: nobody is told that the connection has died.
//! So whoever calls needs a timeout. Leaves out: what a call costs while it hangs.
//!
//! ```
//! use engine::parts::dependency::{Dependency, DependencyConfig, Health};
//! use engine::sim::{EndKind, Entity, Span, Time, World};
//!
//! const CALL: u8 = 0;
//! const PAYMENTS: Entity = Entity::new(1, 0);
//! const ERROR: EndKind = EndKind(1);
//!
//! #[derive(Clone, Copy, Hash)]
//! enum Event { Calls, Breaks(Health), Served(Entity), Failed(Entity) }
//!
//! let mut world = World::new(1);
//! let mut payments = Dependency::new(PAYMENTS, 1, DependencyConfig { noise: 0.0, ..DependencyConfig::default() });
//! world.schedule(Span::from_secs(2), Event::Breaks(Health::Failing));
//! world.schedule(Span::from_secs(4), Event::Breaks(Health::Hung));
//! for second in 1..=6 {
//!     world.schedule(Span::from_secs(second), Event::Calls);
//! }
//! while let Some(event) = world.next(Time::from_secs(60)) {
//!     match event {
//!         Event::Calls => {
//!             let call = world.open(CALL, None);
//!             payments.ask(call, &mut world, Event::Served(call), Event::Failed(call));
//!         }
//!         Event::Breaks(health) => payments.set_health(health, &mut world),
//!         Event::Served(call) => {
//!             payments.done(call, &mut world);
//!             world.close(call, EndKind(0));
//!         }
//!         Event::Failed(call) => {
//!             world.close(call, ERROR);
//!         }
//!     }
//! }
//! // One is answered, two fail at once, and nobody hears of the last three again.
//! let tally = world.tally(CALL);
//! assert_eq!((tally.closed(EndKind(0)), tally.closed(ERROR), payments.unanswered()), (1, 2, 3));
//! ```

#[cfg(test)]
mod tests;

use crate::parts::station::{Fault, Station};
use crate::player::About;
use crate::scene::{Label, Node, Shape, Status};
use crate::sim::{Dist, Entity, Msg, Purpose, Span, Time, World};
use crate::{choices, messages};

choices! {
    /// How it fares.
    #[derive(Hash)]
    pub enum Health {
        Well = "well", "Well";
        Slow = "slow", "Slow";
        Failing = "failing", "Failing";
        Hung = "hung", "Hung";
        Flapping = "flapping", "Flapping";
    }
}

messages! {
    /// What a dependency says of itself; what stations say belongs to it, too.
    pub MESSAGES;
    well();
    slow();
    failing();
    hung();
    flapping();
    about_health(health: &'static str);
    about_unanswered(calls: u32);
}

/// How it works, and what becomes of it when it isn't well.
#[derive(Clone, Debug)]
pub struct DependencyConfig {
    /// What a call takes when it is well. By default 60 ms, give or take a third.
    pub work: Dist,
    /// Times as long at one that is slow. Default 20.
    pub slower: f64,
    /// An error is told after so long. Default 5 ms.
    pub error_after: Span,
    /// A flapping one is well for so long, then fails for so long. Default 2 s.
    pub flap: Span,
    /// The share of calls that fails by chance at one that is well. Default one in 500.
    pub noise: f64,
}

impl Default for DependencyConfig {
    fn default() -> Self {
        Self {
            work: Dist::Erlang { stages: 8, mean: 0.06 },
            slower: 20.0,
            error_after: Span::from_millis(5),
            flap: Span::from_secs(2),
            noise: 0.002,
        }
    }
}

const TAKES: Purpose = Purpose::named("the dependency's work");
const FAILS: Purpose = Purpose::named("fails by chance");

/// A dependency, or one of its shards. `E` is the figure's event.
#[derive(Clone, Debug)]
pub struct Dependency<E> {
    config: DependencyConfig,
    station: Station<E>,
    health: Health,
    /// Calls that it has taken and never answers.
    lost: u32,
}

impl<E> Dependency<E> {
    /// One that is well, with so many workers and a queue without bound.
    pub fn new(entity: Entity, workers: u32, config: DependencyConfig) -> Self {
        Self { config, station: Station::new(entity, workers, None), health: Health::Well, lost: 0 }
    }

    /// How it fares.
    pub fn health(&self) -> Health {
        self.health
    }

    /// Its workers and its queue.
    pub fn station(&self) -> &Station<E> {
        &self.station
    }

    /// Calls that it took and will never answer.
    pub fn unanswered(&self) -> u32 {
        self.lost
    }

    /// Whether it answers: all but the few that fail by chance, and in time.
    pub fn is_well(&self, now: Time) -> bool {
        self.health == Health::Well || self.health == Health::Flapping && !self.fails(now)
    }

    fn fails(&self, now: Time) -> bool {
        let flaps = self.health == Health::Flapping && now.nanos() / self.config.flap.nanos() % 2 == 1;
        self.health == Health::Failing || flaps
    }

    /// From now on it fares so.
    pub fn set_health(&mut self, health: Health, world: &mut World<E>) {
        if self.health == health {
            return;
        }
        self.health = health;
        self.station.restore();
        self.station.set_slower(if health == Health::Slow { self.config.slower } else { 1.0 });
        if health == Health::Hung {
            self.lost += self.station.fail(Fault::Down, world).len() as u32;
        }
    }

    /// A call has come: one of these happens, or nothing ever. After `done` call [`Self::done`].
    pub fn ask(&mut self, call: Entity, world: &mut World<E>, done: E, failed: E) {
        if self.health == Health::Hung {
            self.lost += 1;
            return;
        }
        if self.fails(world.now()) || world.draws(FAILS, call).chance(self.config.noise) {
            world.schedule(self.config.error_after, failed);
            return;
        }
        let takes = self.config.work.span(&mut world.draws(TAKES, call));
        let offer = self.station.offer(call, takes, world, done);
        debug_assert!(offer.is_accepted(), "its queue has no bound");
    }

    /// A call has been worked on: the next is taken up.
    pub fn done(&mut self, call: Entity, world: &mut World<E>) {
        self.station.done(call, world);
    }

    /// Its node, with a word on how it fares.
    pub fn node(&self, now: Time) -> Node {
        let status = match self.health {
            _ if self.is_well(now) => Status::Normal,
            Health::Hung => Status::Down,
            _ => Status::Trouble,
        };
        let node = self.station.node(Some(Label::words(self.health.id())), now);
        Node { status, shape: Shape::Database, ..node }
    }

    /// What is to be said of it.
    pub fn about(&self) -> About {
        let at_work = if self.health == Health::Hung { Vec::new() } else { self.station.about() };
        let lost = (self.lost > 0).then(|| about_unanswered(self.lost));
        let says = [about_health(self.health.id())].into_iter().chain(at_work).chain(lost);
        About::says(says.collect::<Vec<Msg>>())
    }

    /// Those of its station, and one that hangs works on nothing.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        self.station.invariants()?;
        let here = self.station.here().count();
        if self.health == Health::Hung && here > 0 {
            return Err(format!("it hangs and has {here} calls at work or waiting"));
        }
        Ok(())
    }
}
