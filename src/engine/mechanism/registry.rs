//! A registry of leases: who said lately that they are there, and when the registry stops believing it.
//!
//! Source: Netflix Eureka (`eureka-core`), `AbstractInstanceRegistry` and `Lease`. Two of its habits are kept:
//!
//! - `Lease.renew` adds the duration to the time of the renewal, and `isExpired` adds it again. So a lease of 90 s lasts
//!   180 s after a renewal; the source calls this a mistake that stays because others rely on it. A lease that was never
//!   renewed lasts its duration once.
//! - *Self-preservation*: if no more renewals came in the last window than the threshold, nothing is evicted, because it is
//!   likelier that the network is cut than that so many died. And one sweep evicts at most size − ⌊share · size⌋.

use crate::sim::{Draws, Span, Time};
use std::collections::VecDeque;

/// How a registry believes.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryConfig {
    /// `leaseExpirationDurationInSeconds`; Eureka's default is 90 s.
    pub lease: Span,
    /// Whether a renewal counts the duration twice, as Eureka's does.
    pub twice: bool,
    /// `leaseRenewalIntervalInSeconds`, how often each instance is expected to renew; 30 s.
    pub renewal_interval: Span,
    /// The share of expected renewals up to which nothing is evicted (`renewalPercentThreshold`, 0.85); none switches
    /// self-preservation off, and with it only the stop, not the bound of a sweep.
    pub preservation: Option<f64>,
    /// The share of the registry that one sweep leaves alone; 0 bounds nothing.
    pub kept_per_sweep: f64,
    /// The window in which renewals are counted; Eureka's is a minute.
    pub window: Span,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self {
            lease: Span::from_secs(90),
            twice: true,
            renewal_interval: Span::from_secs(30),
            preservation: Some(0.85),
            kept_per_sweep: 0.85,
            window: Span::from_secs(60),
        }
    }
}

/// Renewals a minute at or below which Eureka evicts nothing: ⌊clients · (60 / interval) · share⌋, for an interval in seconds.
pub fn renewal_threshold(clients: u32, interval: f64, share: f64) -> u32 {
    (f64::from(clients) * (60.0 / interval) * share) as u32
}

/// How many of a registry of this size one sweep may evict: size − ⌊share · size⌋.
///
/// ```
/// # use backend_playground_engine::mechanism::registry::eviction_limit;
/// assert_eq!(eviction_limit(20, 0.85), 3);
/// ```
pub fn eviction_limit(size: u32, share: f64) -> u32 {
    size - ((f64::from(size) * share) as u32).min(size)
}

/// What an instance has been promised.
#[derive(Clone, Copy, Debug)]
struct Lease {
    instance: u32,
    expires: Time,
}

/// What came of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swept {
    /// These were evicted.
    Evicted(Vec<u32>),
    /// Nothing, because too few renewals came: so many leases had run out.
    Preserved(u32),
}

/// The leases.
#[derive(Clone, Debug)]
pub struct Registry {
    config: RegistryConfig,
    leases: Vec<Lease>,
    renewals: VecDeque<Time>,
    /// Instances that registered and didn't sign off. Evictions don't lower it, or a cut would lower its own threshold.
    expected: u32,
}

impl Registry {
    /// An empty registry.
    pub fn new(config: RegistryConfig) -> Self {
        Self { config, leases: Vec::new(), renewals: VecDeque::new(), expected: 0 }
    }

    /// Other rules from now on; leases that are promised stay as they are.
    pub fn set_config(&mut self, config: RegistryConfig) {
        self.config = config;
    }

    /// An instance registers: a new lease, which lasts its duration once.
    pub fn register(&mut self, instance: u32, now: Time) {
        let expires = now + self.config.lease;
        match self.leases.iter_mut().find(|lease| lease.instance == instance) {
            Some(lease) => lease.expires = expires,
            None => {
                self.leases.push(Lease { instance, expires });
                self.expected = self.expected.max(self.leases.len() as u32);
            }
        }
    }

    /// A heartbeat; false if the instance isn't known (Eureka answers 404, and the instance registers anew).
    pub fn renew(&mut self, instance: u32, now: Time) -> bool {
        let lasts = self.config.lease * if self.config.twice { 2 } else { 1 };
        let Some(lease) = self.leases.iter_mut().find(|lease| lease.instance == instance) else {
            return false;
        };
        lease.expires = now + lasts;
        self.renewals.push_back(now);
        let window = self.config.window;
        while self.renewals.front().is_some_and(|at| now.since(*at) >= window) {
            self.renewals.pop_front();
        }
        true
    }

    /// An instance signs off.
    pub fn cancel(&mut self, instance: u32) {
        let before = self.leases.len();
        self.leases.retain(|lease| lease.instance != instance);
        self.expected -= (before - self.leases.len()) as u32;
    }

    /// Whether an instance is in the registry.
    pub fn has(&self, instance: u32) -> bool {
        self.leases.iter().any(|lease| lease.instance == instance)
    }

    /// Whether the lease of an instance has run out, though it is still in the registry.
    pub fn is_expired(&self, instance: u32, now: Time) -> bool {
        self.leases.iter().any(|lease| lease.instance == instance && lease.expires < now)
    }

    /// The instances in it, oldest registration first.
    pub fn instances(&self) -> impl Iterator<Item = u32> {
        self.leases.iter().map(|lease| lease.instance)
    }

    /// Renewals within the window that ends now.
    pub fn renewals(&self, now: Time) -> u32 {
        self.renewals.iter().filter(|at| now.since(**at) < self.config.window).count() as u32
    }

    /// Renewals in a window at or below which nothing is evicted.
    pub fn threshold(&self) -> u32 {
        // The formula counts by the minute: a window is so many of them.
        let interval = self.config.renewal_interval.secs() * 60.0 / self.config.window.secs();
        renewal_threshold(self.expected, interval, self.config.preservation.unwrap_or(0.0))
    }

    /// Whether it keeps what it has because too few renewals come.
    pub fn preserves(&self, now: Time) -> bool {
        self.config.preservation.is_some() && self.renewals(now) <= self.threshold()
    }

    /// The sweep: evicts leases that have run out, chosen at random where there are more than one sweep may take.
    pub fn sweep(&mut self, now: Time, draws: &mut Draws) -> Swept {
        let mut expired: Vec<u32> =
            self.leases.iter().filter(|lease| lease.expires < now).map(|lease| lease.instance).collect();
        if !expired.is_empty() && self.preserves(now) {
            return Swept::Preserved(expired.len() as u32);
        }
        let limit = eviction_limit(self.leases.len() as u32, self.config.kept_per_sweep) as usize;
        for n in 0..limit.min(expired.len()) {
            let left = (expired.len() - n) as u32;
            expired.swap(n, n + draws.below(left) as usize);
        }
        expired.truncate(limit);
        self.leases.retain(|lease| !expired.contains(&lease.instance));
        Swept::Evicted(expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Entity, Purpose, World};

    fn sweep(registry: &mut Registry, secs: u64) -> Swept {
        let world = World::<()>::new(1);
        let mut draws = world.draws(Purpose::named("sweep"), Entity::new(0, secs as u32));
        registry.sweep(Time::from_secs(secs), &mut draws)
    }

    #[test]
    fn a_lease_of_90_seconds_lasts_180_after_a_renewal_and_90_without_one() {
        let mut registry = Registry::new(RegistryConfig { preservation: None, ..RegistryConfig::default() });
        registry.register(1, Time::ZERO);
        registry.register(2, Time::ZERO);
        assert!(registry.renew(2, Time::ZERO));
        assert_eq!(sweep(&mut registry, 90), Swept::Evicted(vec![]));
        assert_eq!(sweep(&mut registry, 91), Swept::Evicted(vec![1]));
        assert_eq!(sweep(&mut registry, 180), Swept::Evicted(vec![]));
        assert_eq!(sweep(&mut registry, 181), Swept::Evicted(vec![2]));
    }

    #[test]
    fn a_cut_empties_a_plain_registry_and_one_that_preserves_keeps_everybody() {
        let plain = RegistryConfig { preservation: None, kept_per_sweep: 0.0, ..RegistryConfig::default() };
        for (config, left) in [(plain, 0), (RegistryConfig::default(), 10)] {
            let mut registry = Registry::new(config);
            (0..10).for_each(|n| registry.register(n, Time::ZERO));
            sweep(&mut registry, 200);
            assert_eq!(registry.instances().count(), left);
        }
    }

    #[test]
    fn one_sweep_evicts_a_share_and_the_next_goes_on() {
        let mut registry = Registry::new(RegistryConfig { preservation: None, ..RegistryConfig::default() });
        (0..20).for_each(|n| registry.register(n, Time::ZERO));
        let left: Vec<usize> = (100..104)
            .map(|secs| {
                sweep(&mut registry, secs);
                registry.instances().count()
            })
            .collect();
        assert_eq!(left, [17, 14, 11, 9]);
    }
}
