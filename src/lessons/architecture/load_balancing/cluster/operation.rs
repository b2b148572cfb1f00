//! What happens to servers: they are checked, come back little by little, and die.

use super::spec::{FAILED, HOP, mark_down, mark_up};
use super::{Cluster, Event, Probe, RAMP_STEP, W, server};
use crate::mechanism::balancer::{self, SlowStart};
use crate::parts::station::Fault;
use crate::sim::{Span, Time};

impl Cluster {
    pub(super) fn check(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let config = self.upkeep.checks;
        w.schedule(config.interval, Event::Check(n));
        if !self.front.checks {
            return;
        }
        let there = self.servers[n as usize].station.fault() != Some(Fault::Down);
        // A check waits behind the requests that are there, or is answered at once.
        self.keep_pace(n, now);
        let waits = there && self.upkeep.checks_wait;
        let takes = HOP * 2 + if waits { self.servers[n as usize].station.wait(now) } else { Span::ZERO };
        let timeout = config.timeout.min(config.interval);
        let in_time = takes <= timeout;
        let passes = there && in_time;
        let back = in_time.then(|| (now + takes).back(HOP));
        self.watches[n as usize].check = Some(Probe { left: now, back, passes });
        w.schedule(takes.min(timeout), Event::Checked(n, passes));
    }

    pub(super) fn checked(&mut self, n: u32, passed: bool, w: &mut W) {
        let watch = &mut self.watches[n as usize];
        watch.check = None;
        let config = self.upkeep.checks;
        if !self.front.checks {
            return;
        }
        watch.failed = if passed { 0 } else { watch.failed + 1 };
        let change = watch.health.checked(passed, config);
        if !self.controls.checks {
            return;
        }
        match change {
            Some(balancer::HealthChange::WentDown) => {
                w.notable(server(n), mark_down(server(n), config.fall));
            }
            Some(balancer::HealthChange::WentUp) => {
                w.notable(server(n), mark_up(server(n), config.rise));
                self.begin_ramp(n, w);
            }
            None => return,
        }
        self.balancer.set_standing(n as usize, self.standing(n));
    }

    pub(super) fn begin_ramp(&mut self, n: u32, w: &mut W) {
        if self.controls.slow_start > Span::ZERO {
            self.watches[n as usize].ramp_from = Some(w.now());
            self.ramp(n, w);
        }
    }

    pub(super) fn ramp(&mut self, n: u32, w: &mut W) {
        let Some(share) = self.share(n, w.now()) else { return };
        self.balancer.set_share(n as usize, share);
        if share < 1.0 {
            w.schedule(RAMP_STEP, Event::Ramp(n));
        } else {
            self.watches[n as usize].ramp_from = None;
        }
    }

    /// The share of its weight that a server has now, while that grows.
    pub(super) fn share(&self, n: u32, now: Time) -> Option<f64> {
        let ramp = SlowStart { window: self.controls.slow_start, ..SlowStart::default() };
        self.watches[n as usize].ramp_from.map(|from| ramp.share(now.since(from)))
    }

    /// Something goes wrong with a server; everybody in it is told so at once.
    pub(super) fn fail(&mut self, n: u32, fault: Fault, w: &mut W) {
        for dropped in self.servers[n as usize].station.fail(fault, w) {
            self.send_back(dropped.n, FAILED, w);
        }
    }
}
