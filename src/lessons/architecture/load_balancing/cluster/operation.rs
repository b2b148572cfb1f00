//! What happens to servers: they are checked, come back little by little, and die.

use super::server::Fault;
use super::spec::{FAILED, HOP};
use super::{CHECKS, Cluster, Event, RAMP_STEP, W, server};
use crate::mechanism::balancer::{self, SlowStart};
use crate::sim::{Because, Msg, Span};

impl Cluster {
    pub(super) fn check(&mut self, n: u32, w: &mut W) {
        let passes = self.servers[n as usize].fault != Fault::Killed;
        self.watches[n as usize].check = Some((w.now(), passes));
        w.schedule(HOP * 2, Event::Checked(n, passes));
        w.schedule(CHECKS.interval, Event::Check(n));
    }

    pub(super) fn checked(&mut self, n: u32, passed: bool, w: &mut W) {
        let watch = &mut self.watches[n as usize];
        watch.check = None;
        let change = watch.health.checked(passed, CHECKS);
        if !self.knobs.checks {
            return;
        }
        match change {
            Some(balancer::Change::WentDown) => {
                w.notable(
                    server(n),
                    Msg::new("mark-down").of("server", server(n)).count("fall", CHECKS.fall.into()),
                );
            }
            Some(balancer::Change::WentUp) => {
                w.notable(
                    server(n),
                    Msg::new("mark-up").of("server", server(n)).count("rise", CHECKS.rise.into()),
                );
                self.begin_ramp(n, w);
            }
            None => return,
        }
        self.balancer.set_standing(n as usize, self.standing(n));
    }

    pub(super) fn begin_ramp(&mut self, n: u32, w: &mut W) {
        if self.knobs.slow_start > Span::ZERO {
            self.watches[n as usize].ramp_from = Some(w.now());
            self.ramp(n, w);
        }
    }

    pub(super) fn ramp(&mut self, n: u32, w: &mut W) {
        let Some(from) = self.watches[n as usize].ramp_from else { return };
        let ramp = SlowStart { window: self.knobs.slow_start, ..SlowStart::default() };
        let share = ramp.share(w.now().since(from));
        self.balancer.set_share(n as usize, share);
        if share < 1.0 {
            w.schedule(RAMP_STEP, Event::Ramp(n));
        } else {
            self.watches[n as usize].ramp_from = None;
        }
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
            w.step(dropped, || {
                let because =
                    Because { rule: Msg::new("why-killed").of("server", server(n)), party: Some(server(n)) };
                (Msg::new("step-failed"), Some(server(n)), Some(because))
            });
            self.send_back(dropped.n, FAILED, w);
        }
    }
}
