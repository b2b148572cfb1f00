//! What happens to servers: they are checked, come back little by little, and die.

use super::server::Fault;
use super::spec::{FAILED, HOP};
use super::{Cluster, Event, Probe, RAMP_STEP, W, server};
use crate::mechanism::balancer::{self, SlowStart};
use crate::sim::{Cause, Entity, Msg, Span, Time};

impl Cluster {
    pub(super) fn check(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let config = self.upkeep.checks;
        w.schedule(config.interval, Event::Check(n));
        if !self.front.checks {
            return;
        }
        let there = self.servers[n as usize].fault != Fault::Killed;
        let takes = HOP * 2 + if there && self.upkeep.checks_wait { self.wait(n, now) } else { Span::ZERO };
        let timeout = config.timeout.min(config.interval);
        let in_time = takes <= timeout;
        let passes = there && in_time;
        let back = in_time.then(|| (now + takes).back(HOP));
        self.watches[n as usize].check = Some(Probe { left: now, back, passes });
        w.schedule(takes.min(timeout), Event::Checked(n, passes));
    }

    /// How long a check that comes to a server now waits behind the requests there.
    pub(super) fn wait(&self, n: u32, now: Time) -> Span {
        let server = &self.servers[n as usize];
        let slower = server.slowness(now, self.upkeep.warm_up);
        let size = |request: &Entity| self.requests.get(request.n).map(|it| it.demand.size.scale(slower));
        server.wait(now, self.controls.workers, server.queue.iter().filter_map(size))
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
                w.notable(
                    server(n),
                    Msg::new("mark-down").of("server", server(n)).count("fall", config.fall.into()),
                );
            }
            Some(balancer::HealthChange::WentUp) => {
                w.notable(
                    server(n),
                    Msg::new("mark-up").of("server", server(n)).count("rise", config.rise.into()),
                );
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

    /// Everybody in a server that dies is told so at once.
    pub(super) fn kill(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        self.servers[n as usize].fault = Fault::Killed;
        let (jobs, waiting) = self.servers[n as usize].drop_all(now);
        for job in &jobs {
            w.cancel(job.done);
        }
        for dropped in jobs.iter().map(|job| job.request).chain(waiting) {
            w.record_step(dropped, || {
                let because =
                    Cause { rule: Msg::new("why-killed").of("server", server(n)), other: Some(server(n)) };
                (Msg::new("step-failed"), Some(server(n)), Some(because))
            });
            self.send_back(dropped.n, FAILED, w);
        }
    }
}
