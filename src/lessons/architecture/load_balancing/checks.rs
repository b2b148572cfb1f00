//! Health checks: every so often the balancer asks each server whether it is there, and believes so many answers in a row.

use super::cluster::{HOP, SERVERS};
use crate::lessons::prelude::*;
use crate::mechanism::balancer::{Health, HealthChange, HealthConfig};

/// `HAProxy`'s defaults.
pub const INTERVAL: Span = Span::from_secs(2);
pub const FALL: u32 = 3;
pub const RISE: u32 = 2;

/// What is known of each server.
#[derive(Clone, Debug)]
pub struct Checks {
    pub config: HealthConfig,
    watches: Vec<Watch>,
}

#[derive(Clone, Copy, Debug)]
struct Watch {
    health: Health,
    /// Checks in a row that have failed.
    failed: u32,
    probe: Option<Probe>,
}

/// A check under way.
#[derive(Clone, Copy, Debug)]
struct Probe {
    left: Time,
    /// When its answer leaves the server; never, if that comes too late.
    back: Option<Time>,
    passes: bool,
}

impl Checks {
    /// Begins to check servers that have never been checked. The first checks are spread over the interval, as `HAProxy`
    /// does it, so that not all are asked at once.
    pub fn begin<E>(config: HealthConfig, world: &mut World<E>, check: impl Fn(u32) -> E) -> Self {
        for n in 0..SERVERS {
            let share = config.interval.nanos() * u64::from(n + 1) / u64::from(SERVERS);
            world.schedule(Span::from_nanos(share), check(n));
        }
        let never = Watch { health: Health::new(config), failed: 0, probe: None };
        Self { config, watches: vec![never; SERVERS as usize] }
    }

    /// All servers count as up: as many good checks ago as it takes, or so that one failure takes them out.
    pub fn take_for_up(&mut self, checked: bool) {
        for watch in &mut self.watches {
            *watch = Watch { health: Health::new(self.config), failed: 0, probe: None };
            if checked {
                watch.health.checked(true, self.config);
            }
        }
    }

    /// Other settings from each server's next check on; who is up stays up.
    pub fn set(&mut self, config: HealthConfig) {
        let was = core::mem::replace(&mut self.config, config);
        if (was.rise, was.fall) != (config.rise, config.fall) {
            for watch in &mut self.watches {
                let up = watch.health.is_up(was);
                watch.health = Health::new(config);
                watch.health.checked(up, config);
            }
        }
    }

    /// A check is sent to a server, where a request would wait for so long; `None` if nobody is there. `result` is the event
    /// that it has passed or failed.
    pub fn send<E>(
        &mut self,
        n: u32,
        wait: Option<Span>,
        world: &mut World<E>,
        result: impl FnOnce(bool) -> E,
    ) {
        let takes = HOP * 2 + wait.unwrap_or(Span::ZERO);
        let timeout = self.config.timeout.min(self.config.interval);
        let passes = wait.is_some() && takes <= timeout;
        let back = (takes <= timeout).then(|| (world.now() + takes).back(HOP));
        self.watches[n as usize].probe = Some(Probe { left: world.now(), back, passes });
        world.schedule(takes.min(timeout), result(passes));
    }

    /// A check has passed or failed. Answers whether the server is in or out of service because of it.
    pub fn checked(&mut self, n: u32, passed: bool) -> Option<HealthChange> {
        let watch = &mut self.watches[n as usize];
        watch.probe = None;
        watch.failed = if passed { 0 } else { watch.failed + 1 };
        watch.health.checked(passed, self.config)
    }

    pub fn is_up(&self, n: u32) -> bool {
        self.watches[n as usize].health.is_up(self.config)
    }

    /// Checks in a row that a server has failed.
    pub fn failed(&self, n: u32) -> u32 {
        self.watches[n as usize].failed.min(self.config.fall)
    }

    /// The checks under way between the balancer and its servers.
    pub fn packets(
        &self,
        front: Entity,
        server: impl Fn(u32) -> Entity,
        now: Time,
    ) -> impl Iterator<Item = Packet> {
        (0..SERVERS).filter_map(move |n| {
            let Probe { left, back, passes } = self.watches[n as usize].probe?;
            let entity = server(n);
            if now < left + HOP {
                let kind = PacketKind::Probe;
                return Some(Packet { entity, from: front, to: entity, left, arrives: left + HOP, kind });
            }
            let left = back.filter(|&back| now >= back)?;
            let kind = if passes { PacketKind::Probe } else { PacketKind::Failure };
            Some(Packet { entity, from: entity, to: front, left, arrives: left + HOP, kind })
        })
    }
}
