//! A pool of connections to a database: callers borrow one, give it back, and wait in line while all are taken.
//!
//! Source: `HikariCP` 5 (`HikariConfig`, `HikariPool`, and its README): names and defaults are its own, with one addition.
//! `HikariCP` only *logs* a connection that isn't given back (`leakDetectionThreshold`); Apache DBCP 2 and the Tomcat JDBC pool
//! can take it away (`removeAbandonedTimeout`), and so can this pool.
//!
//! The rules: a caller gets the first idle connection in the order of the pool's list, else it waits, first come, first
//! served, for at most `connection_timeout`. The pool opens a connection for each caller who waits, up to
//! `maximum_pool_size`, and keeps `minimum_idle` ready. Whatever is in use is never closed for its age, only when it comes
//! back. Leaves out: validation and keep-alive of idle connections, and the up to 2.5 % that `HikariCP` takes off the lifetime of
//! each, so that they don't all end at once.
//!
//! Invariants: never more connections than `maximum_pool_size` unless that was lowered meanwhile; nobody waits while one is idle.
//!
//! ```
//! use engine::mechanism::connection_pool::{Acquired, ConnectionPool, PoolConfig};
//! use engine::sim::{Span, Time};
//!
//! let config = PoolConfig { maximum_pool_size: 1, ..PoolConfig::default() };
//! let mut pool = ConnectionPool::new(config);
//! assert_eq!(pool.open(), [0]); // A handshake begins, which takes the caller's time.
//! assert_eq!(pool.opened(0, Time::ZERO), None);
//! assert_eq!(pool.acquire(7, Time::ZERO), Acquired::Has(0));
//! assert_eq!(pool.acquire(8, Time::ZERO), Acquired::Waits { until: Time::from_secs(30) });
//! assert_eq!(pool.release(0, 7, Time::from_secs(1)), Some(8)); // The next in line has it.
//! assert_eq!(pool.holder(0).unwrap().0, 8);
//! ```

use crate::sim::{Span, Time};
use std::collections::VecDeque;

/// Parameters, with `HikariCP`'s defaults. A span of zero switches its rule off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PoolConfig {
    /// Connections at most, at least 1: `maximumPoolSize`, 10.
    pub maximum_pool_size: u32,
    /// Idle connections that are kept ready: `minimumIdle`; by default as many as there can be, so that the pool's size is fixed.
    pub minimum_idle: Option<u32>,
    /// How long a caller waits for a connection: `connectionTimeout`, 30 s.
    pub connection_timeout: Span,
    /// An idle connection beyond `minimum_idle` is closed after so long: `idleTimeout`, 10 min.
    pub idle_timeout: Span,
    /// A connection is closed when it is so old and not in use: `maxLifetime`, 30 min.
    pub max_lifetime: Span,
    /// A connection that was borrowed so long ago is taken away. Not `HikariCP`'s: off by default; 300 s in DBCP 2 and 60 s in the
    /// Tomcat JDBC pool, once it is switched on there.
    pub remove_abandoned_timeout: Span,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            maximum_pool_size: 10,
            minimum_idle: None,
            connection_timeout: Span::from_secs(30),
            idle_timeout: Span::from_secs(600),
            max_lifetime: Span::from_secs(1_800),
            remove_abandoned_timeout: Span::ZERO,
        }
    }
}

/// What came of a caller who wants a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// It has this one.
    Has(u32),
    /// It waits.
    Waits {
        /// From then on [`ConnectionPool::expire`] sends it away.
        until: Time,
    },
}

/// Why the pool closed a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Idle for too long.
    Idle,
    /// Too old.
    Lifetime,
    /// Held for too long, by this caller.
    Abandoned(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Slot {
    Empty,
    Opening,
    Idle { opened: Time, since: Time },
    InUse { opened: Time, since: Time, by: u64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Waiting {
    caller: u64,
    until: Time,
}

/// The pool. Callers have numbers that the world gives them; connections are numbered by their place in the pool's list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionPool {
    config: PoolConfig,
    slots: Vec<Slot>,
    waiting: VecDeque<Waiting>,
}

impl ConnectionPool {
    /// A pool without connections: [`Self::open`] says which to open.
    pub fn new(config: PoolConfig) -> Self {
        Self { config, slots: Vec::new(), waiting: VecDeque::new() }
    }

    /// A pool that has been running for a while: as many connections are open as it keeps ready.
    pub fn filled(config: PoolConfig, now: Time) -> Self {
        let mut pool = Self::new(config);
        for slot in pool.open() {
            pool.opened(slot, now);
        }
        pool
    }

    /// Other parameters. Those who wait do so as long as they were told; idle connections beyond a smaller size are closed.
    pub fn set_config(&mut self, config: PoolConfig) {
        self.config = config;
        for at in (0..self.slots.len()).rev() {
            if self.open_in_all() > self.config.maximum_pool_size
                && matches!(self.slots[at], Slot::Idle { .. })
            {
                self.slots[at] = Slot::Empty;
            }
        }
    }

    /// A caller wants a connection.
    #[must_use]
    pub fn acquire(&mut self, caller: u64, now: Time) -> Acquired {
        for (n, slot) in (0..).zip(&mut self.slots) {
            if let Slot::Idle { opened, .. } = *slot {
                *slot = Slot::InUse { opened, since: now, by: caller };
                return Acquired::Has(n);
            }
        }
        let until = now + self.config.connection_timeout;
        self.waiting.push_back(Waiting { caller, until });
        Acquired::Waits { until }
    }

    /// The connections to open now, if any: somebody waits for them, or too few are ready. Each counts from now on; the caller
    /// does the handshake and reports it by [`Self::opened`].
    pub fn open(&mut self) -> Vec<u32> {
        let opening = self.count(|slot| *slot == Slot::Opening);
        let ready = self.count(|slot| matches!(slot, Slot::Idle { .. })) + opening;
        let most = self.config.maximum_pool_size.max(1);
        let room = most.saturating_sub(self.open_in_all());
        // A fixed size is the limit of all that are open, in use or not.
        let kept = self.config.minimum_idle.map_or(room, |idle| idle.saturating_sub(ready));
        let wanted = (self.waiting.len() as u32).saturating_sub(opening).max(kept).min(room);
        (0..wanted).map(|_| self.take_empty()).collect()
    }

    fn take_empty(&mut self) -> u32 {
        let at = self.slots.iter().position(|slot| *slot == Slot::Empty).unwrap_or(self.slots.len());
        if at == self.slots.len() {
            self.slots.push(Slot::Empty);
        }
        self.slots[at] = Slot::Opening;
        at as u32
    }

    /// A handshake is done. The answer is the caller who waited longest and has it now.
    pub fn opened(&mut self, connection: u32, now: Time) -> Option<u64> {
        let slot = self.slots.get_mut(connection as usize).filter(|slot| **slot == Slot::Opening)?;
        *slot = Slot::Idle { opened: now, since: now };
        self.pass_on(connection, now)
    }

    /// A caller gives a connection back. The answer is the caller who waited longest and has it now. Nothing happens if it was
    /// taken away from this caller meanwhile.
    pub fn release(&mut self, connection: u32, caller: u64, now: Time) -> Option<u64> {
        let over = self.open_in_all() > self.config.maximum_pool_size;
        let lifetime = self.config.max_lifetime;
        let slot = self.slots.get_mut(connection as usize)?;
        let Slot::InUse { opened, by, .. } = *slot else { return None };
        if by != caller {
            return None;
        }
        if over || is_past(lifetime, opened, now) {
            *slot = Slot::Empty;
            return None;
        }
        *slot = Slot::Idle { opened, since: now };
        self.pass_on(connection, now)
    }

    fn pass_on(&mut self, connection: u32, now: Time) -> Option<u64> {
        let slot = self.slots.get_mut(connection as usize)?;
        let Slot::Idle { opened, .. } = *slot else { return None };
        let next = self.waiting.pop_front()?;
        *slot = Slot::InUse { opened, since: now, by: next.caller };
        Some(next.caller)
    }

    /// Whoever has waited too long, one at a time: to be called until nobody is left.
    pub fn expire(&mut self, now: Time) -> Option<u64> {
        let at = self.waiting.iter().position(|it| it.until <= now)?;
        self.waiting.remove(at).map(|it| it.caller)
    }

    /// A caller doesn't want to wait any more; false if it didn't.
    pub fn give_up(&mut self, caller: u64) -> bool {
        let at = self.waiting.iter().position(|it| it.caller == caller);
        at.and_then(|at| self.waiting.remove(at)).is_some()
    }

    /// What `HikariCP`'s house keeper does every 30 s: closes what is too old, idle for too long or held for too long.
    pub fn house_keep(&mut self, now: Time) -> Vec<(u32, Closed)> {
        let config = self.config;
        let mut spare = self
            .count(|slot| matches!(slot, Slot::Idle { .. }))
            .saturating_sub(config.minimum_idle.unwrap_or(config.maximum_pool_size));
        let mut closed = Vec::new();
        for (n, slot) in (0..).zip(&mut self.slots) {
            let why = match *slot {
                Slot::Idle { opened, .. } if is_past(config.max_lifetime, opened, now) => Closed::Lifetime,
                Slot::Idle { since, .. } if spare > 0 && is_past(config.idle_timeout, since, now) => {
                    spare -= 1;
                    Closed::Idle
                }
                Slot::InUse { since, by, .. } if is_past(config.remove_abandoned_timeout, since, now) => {
                    Closed::Abandoned(by)
                }
                _ => continue,
            };
            *slot = Slot::Empty;
            closed.push((n, why));
        }
        closed
    }

    /// Who has a connection, and since when.
    pub fn holder(&self, connection: u32) -> Option<(u64, Time)> {
        match self.slots.get(connection as usize)? {
            Slot::InUse { by, since, .. } => Some((*by, *since)),
            _ => None,
        }
    }

    /// Whether a connection is being opened.
    pub fn is_opening(&self, connection: u32) -> bool {
        self.slots.get(connection as usize) == Some(&Slot::Opening)
    }

    /// Whether a connection is open and nobody has it.
    pub fn is_idle(&self, connection: u32) -> bool {
        matches!(self.slots.get(connection as usize), Some(Slot::Idle { .. }))
    }

    /// The places of the pool's list, in use or empty.
    pub fn places(&self) -> u32 {
        self.slots.len() as u32
    }

    /// How many connections somebody has.
    pub fn in_use(&self) -> u32 {
        self.count(|slot| matches!(slot, Slot::InUse { .. }))
    }

    /// How many connections there are, those that are being opened included.
    pub fn open_in_all(&self) -> u32 {
        self.count(|slot| *slot != Slot::Empty)
    }

    /// Who waits, the next to be served first.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = u64> {
        self.waiting.iter().map(|it| it.caller)
    }

    fn count(&self, which: impl Fn(&Slot) -> bool) -> u32 {
        self.slots.iter().filter(|slot| which(slot)).count() as u32
    }

    /// Nobody waits while a connection is idle.
    ///
    /// # Errors
    /// If that is broken.
    pub fn invariants(&self) -> Result<(), String> {
        let idle = self.count(|slot| matches!(slot, Slot::Idle { .. }));
        let broken = idle > 0 && !self.waiting.is_empty();
        if broken { Err(format!("{} wait, and {idle} are idle", self.waiting.len())) } else { Ok(()) }
    }
}

/// Whether something has lasted for so long; never for a limit of zero.
fn is_past(limit: Span, since: Time, now: Time) -> bool {
    limit > Span::ZERO && now.since(since) >= limit
}

/// Where to begin with a pool's size: twice the cores of the database's machine and its disks, if it has any that turn
/// (`HikariCP`'s wiki, *About pool sizing*, which has the rule from `PostgreSQL`'s).
pub fn starting_size(cores: u32, spindles: u32) -> u32 {
    2 * cores + spindles
}

/// The smallest pool that can't get stuck while `threads` callers each hold up to `each` ≥ 1 connections at a time: if all but one
/// of theirs are taken by everybody, one is left (the same page, *Pool-locking*).
pub fn deadlock_free_size(threads: u32, each: u32) -> u32 {
    threads * each.saturating_sub(1) + 1
}

/// Mean time of a request whose connection serves `requests` ≥ 1 of them, in the unit of the others: a round trip, its service,
/// and its share of the handshake, which takes so many round trips.
pub fn mean_with_reuse(round_trip: f64, handshake_round_trips: f64, requests: f64, service: f64) -> f64 {
    round_trip + service + round_trip * handshake_round_trips / requests
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Time {
        Time::from_secs(secs)
    }

    fn pool(config: PoolConfig) -> ConnectionPool {
        ConnectionPool::filled(config, Time::ZERO)
    }

    #[test]
    fn a_fixed_pool_opens_all_and_an_elastic_one_what_is_asked_for() {
        let mut fixed = ConnectionPool::new(PoolConfig::default());
        assert_eq!((fixed.open().len(), fixed.open().len()), (10, 0));
        let config = PoolConfig { minimum_idle: Some(2), maximum_pool_size: 4, ..PoolConfig::default() };
        let mut elastic = pool(config);
        assert_eq!(elastic.open_in_all(), 2);
        for caller in 0..6 {
            let _ = elastic.acquire(caller, at(1));
        }
        // Four wait and two more are allowed.
        assert_eq!((elastic.open(), elastic.open().len()), (vec![2, 3], 0));
        assert_eq!((elastic.opened(2, at(2)), elastic.opened(2, at(2))), (Some(2), None));
        elastic.invariants().unwrap();
    }

    #[test]
    fn whoever_waits_longest_is_served_first_or_sent_away() {
        let config = PoolConfig { maximum_pool_size: 1, ..PoolConfig::default() };
        let mut pool = pool(config);
        assert_eq!(pool.acquire(1, at(0)), Acquired::Has(0));
        for caller in [2, 3, 4] {
            assert!(matches!(pool.acquire(caller, at(caller)), Acquired::Waits { .. }));
        }
        assert!(pool.give_up(3) && !pool.give_up(3));
        assert_eq!((pool.expire(at(31)), pool.expire(at(32)), pool.expire(at(32))), (None, Some(2), None));
        assert_eq!((pool.release(0, 9, at(33)), pool.release(0, 1, at(33))), (None, Some(4)));
    }

    #[test]
    fn age_closes_what_is_idle_or_comes_back_and_never_what_is_in_use() {
        let config = PoolConfig { maximum_pool_size: 2, ..PoolConfig::default() };
        let mut pool = pool(config);
        let _ = pool.acquire(1, at(0));
        assert_eq!(pool.house_keep(at(1_800)), [(1, Closed::Lifetime)]);
        assert_eq!((pool.holder(0), pool.open()), (Some((1, at(0))), vec![1]));
        assert_eq!((pool.release(0, 1, at(4_000)), pool.is_idle(0), pool.open()), (None, false, vec![0]));
    }

    #[test]
    fn idle_connections_are_closed_down_to_what_is_kept_ready() {
        let config = PoolConfig { maximum_pool_size: 5, minimum_idle: Some(1), ..PoolConfig::default() };
        let mut pool = pool(config);
        for caller in 0..4 {
            let _ = pool.acquire(caller, at(0));
        }
        for slot in pool.open() {
            let _ = pool.opened(slot, at(0));
        }
        for caller in 0..4 {
            pool.release(caller as u32, caller, at(1));
        }
        assert_eq!(pool.house_keep(at(600)).len(), 0);
        let closed = pool.house_keep(at(601)).len() as u32;
        assert_eq!((closed > 0, pool.open_in_all(), pool.open().len()), (true, 1, 0));
    }

    #[test]
    fn what_is_abandoned_is_taken_away_and_comes_back_to_nobody() {
        let config = PoolConfig {
            maximum_pool_size: 1,
            remove_abandoned_timeout: Span::from_secs(60),
            ..PoolConfig::default()
        };
        let mut pool = pool(config);
        let _ = pool.acquire(1, at(0));
        let _ = pool.acquire(2, at(50));
        assert_eq!(pool.house_keep(at(59)), []);
        assert_eq!(pool.house_keep(at(60)), [(0, Closed::Abandoned(1))]);
        assert_eq!((pool.open(), pool.opened(0, at(61))), (vec![0], Some(2)));
        assert_eq!((pool.release(0, 1, at(62)), pool.holder(0)), (None, Some((2, at(61)))));
    }

    #[test]
    fn a_smaller_pool_lets_go_of_what_is_idle_now_and_of_the_rest_later() {
        let mut pool = pool(PoolConfig::default());
        for caller in 0..6 {
            let _ = pool.acquire(caller, at(0));
        }
        pool.set_config(PoolConfig { maximum_pool_size: 3, ..PoolConfig::default() });
        assert_eq!((pool.open_in_all(), pool.in_use(), pool.open()), (6, 6, vec![]));
        for caller in 0..6 {
            pool.release(caller as u32, caller, at(1));
        }
        assert_eq!((pool.open_in_all(), pool.in_use()), (3, 0));
    }

    #[test]
    fn the_deadlock_free_size_is_exact() {
        // Everybody takes all but the last that they need, and then one of them has to find another.
        for (threads, each) in [(1, 1), (8, 2), (5, 3), (3, 4)] {
            let stuck = |size| {
                let mut pool = pool(PoolConfig { maximum_pool_size: size, ..PoolConfig::default() });
                let mut take = |caller| matches!(pool.acquire(caller, at(0)), Acquired::Has(_));
                let first = (0..each - 1).all(|_| (0..threads).all(|n| take(u64::from(n))));
                !first || !take(0)
            };
            let size = deadlock_free_size(threads, each);
            assert!(!stuck(size) && (size == 1 || stuck(size - 1)), "{threads} × {each}");
        }
    }
}
