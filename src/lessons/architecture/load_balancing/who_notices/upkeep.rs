//! What is done to servers, and what becomes of them: checked, drained, killed, started cold, brought back little by little.

use super::super::cluster::{self, SERVERS};
use super::spec::{self, STOPPED};
use super::{Event, W, WhoNotices, server};
use crate::lessons::prelude::*;
use crate::mechanism::balancer::{HealthChange, SlowStart, Standing};
use crate::parts::station::Fault;

/// How many times slower a server is when it has just been started: caches are empty, and code has not been compiled.
const COLD: f64 = 6.0;
/// Between two updates of a ramp's share.
const RAMP_STEP: Span = Span::from_millis(500);

/// How far a server has warmed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Warmth {
    #[default]
    Warm,
    /// It was started and has had no request yet: nothing gets warm by itself.
    Cold,
    /// It has been at work since then.
    Since(Time),
}

/// What is done to a server, and what became of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Upkeep {
    pub draining: bool,
    /// When the balancer brought it back, while its share still grows.
    pub ramp_from: Option<Time>,
    pub warmth: Warmth,
    /// Since when it has been dead and sent requests.
    pub dead: Option<Time>,
}

impl WhoNotices {
    /// Has a server work as fast as it does now.
    pub(super) fn keep_pace(&mut self, n: u32, now: Time) {
        let slowness = self.slowness(n, now);
        self.cluster.servers[n as usize].set_slower(slowness);
    }

    /// The same for the server of a request, which is answered.
    pub(super) fn keep_pace_of(&mut self, it: Entity, now: Time) -> Option<u32> {
        let n = self.cluster.journeys.get(it)?.carries.server?;
        self.keep_pace(n, now);
        Some(n)
    }

    /// How many times slower than a warm server one works now.
    pub(super) fn slowness(&self, n: u32, now: Time) -> f64 {
        let left = match self.upkeep[n as usize].warmth {
            Warmth::Warm => 0.0,
            _ if self.controls.warm_up == Span::ZERO => 0.0,
            Warmth::Cold => 1.0,
            Warmth::Since(first) => (1.0 - now.since(first).secs() / self.controls.warm_up.secs()).max(0.0),
        };
        1.0 + (COLD - 1.0) * left
    }

    pub(super) fn check(&mut self, n: u32, w: &mut W) {
        w.schedule(self.controls.interval, Event::Check(n));
        if self.pair.alive != [false; 2] {
            self.keep_pace(n, w.now());
            let wait = (!self.cluster.is_dead(n)).then(|| self.cluster.servers[n as usize].wait(w.now()));
            self.cluster.checks.send(n, wait, w, |passed| Event::Checked(n, passed));
        }
    }

    pub(super) fn checked(&mut self, n: u32, passed: bool, w: &mut W) {
        if self.pair.alive == [false; 2] {
            return;
        }
        let (change, config) = (self.cluster.checks.checked(n, passed), self.cluster.checks.config);
        match change {
            Some(HealthChange::WentDown) => w.notable(server(n), cluster::mark_down(server(n), config.fall)),
            Some(HealthChange::WentUp) => {
                w.notable(server(n), cluster::mark_up(server(n), config.rise));
                self.begin_ramp(n, w);
            }
            None => {}
        }
        self.restand(n, w.now());
    }

    pub(super) fn begin_ramp(&mut self, n: u32, w: &mut W) {
        if self.controls.slow_start > Span::ZERO {
            self.upkeep[n as usize].ramp_from = Some(w.now());
            self.ramp(n, w);
        }
    }

    pub(super) fn ramp(&mut self, n: u32, w: &mut W) {
        let Some(share) = self.share(n, w.now()) else { return };
        self.cluster.balancer.set_share(n as usize, share);
        if share < 1.0 {
            w.schedule(RAMP_STEP, Event::Ramp(n));
        } else {
            self.upkeep[n as usize].ramp_from = None;
        }
    }

    /// The share of its weight that a server has now, while that grows.
    pub(super) fn share(&self, n: u32, now: Time) -> Option<f64> {
        let ramp = SlowStart { window: self.controls.slow_start, ..SlowStart::default() };
        self.upkeep[n as usize].ramp_from.map(|from| ramp.share(now.since(from)))
    }

    /// Tells the balancer of each server's standing and share.
    pub(super) fn refresh(&mut self, now: Time) {
        for n in 0..SERVERS {
            self.restand(n, now);
            self.cluster.balancer.set_share(n as usize, self.share(n, now).unwrap_or(1.0));
        }
    }

    /// Server `n` may get requests now, or get none any more.
    pub(super) fn restand(&mut self, n: u32, now: Time) {
        let it = &mut self.upkeep[n as usize];
        let standing = match (self.cluster.checks.is_up(n), it.draining) {
            (false, _) => Standing::Down,
            (true, true) => Standing::Draining,
            (true, false) => Standing::Up,
        };
        self.cluster.balancer.set_standing(n as usize, standing);
        if self.cluster.is_dead(n) && standing == Standing::Up {
            it.dead = it.dead.or(Some(now));
        } else if let Some(since) = it.dead.take() {
            self.unnoticed = Some(now.since(since));
        }
    }

    pub(super) fn is_in_service(&self, n: u32) -> bool {
        self.cluster.standing(n) == Standing::Up && !self.cluster.is_dead(n)
    }

    /// Requests that the balancer has open at a server.
    pub(super) fn open_at(&self, n: u32) -> u32 {
        self.cluster.balancer.servers()[n as usize].connections
    }

    pub(super) fn drain(&mut self, n: u32, w: &mut W) {
        self.upkeep[n as usize].draining = true;
        self.restand(n, w.now());
        w.notable(server(n), spec::mark_draining(server(n)));
    }

    pub(super) fn kill_server(&mut self, n: u32, w: &mut W) {
        for dropped in self.cluster.servers[n as usize].fail(Fault::Down, w) {
            self.send_back(dropped, STOPPED, w);
        }
        self.restand(n, w.now());
    }

    /// A server's process is up again, and cold; an order to drain it is taken back.
    pub(super) fn start_server(&mut self, n: u32, w: &mut W) {
        let it = &mut self.upkeep[n as usize];
        if self.cluster.is_dead(n) {
            it.warmth = Warmth::Cold;
        }
        self.cluster.servers[n as usize].restore();
        let was_draining = core::mem::take(&mut it.draining);
        self.restand(n, w.now());
        if was_draining && self.is_in_service(n) {
            self.begin_ramp(n, w);
        }
    }
}
