//! A rolling deploy: one server after the other is taken out, stopped, away for a while, started, and waited for.
//!
//! Sources: `HAProxy`, management guide, `set server … state drain`; Kubernetes, *Termination of Pods* (a pod leaves its
//! service, its `preStop` hook runs, and at the end of `terminationGracePeriodSeconds`, 30 s by default, it is killed)
//! and *Deployments* (`minReadySeconds`).

use super::super::spec::SERVERS;
use super::super::{Event, W, server};
use super::spec::Next;
use super::{DeployStep, WhoNotices};
use crate::mechanism::balancer::Standing;
use crate::sim::{Msg, Span, Time};

/// Between two looks at whether the deploy can go on.
const LOOK: Span = Span::from_millis(100);

/// Where a deploy is with its present server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It gets no new requests and finishes what it has.
    Draining,
    /// Its process is stopped.
    Away,
    /// Its process is up; the deploy waits until it may go on.
    Started,
}

/// A deploy under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deploy {
    pub server: u32,
    pub phase: Phase,
    /// When that began.
    pub since: Time,
    /// When the deploy began, and how many requests were lost before.
    pub begun: Time,
    lost_before: u64,
}

impl WhoNotices {
    pub(super) fn begin_deploy(&mut self, w: &mut W) {
        if self.deploy.is_some() {
            return;
        }
        let now = w.now();
        let lost_before = self.cluster.journeys.lost();
        w.notable(self.cluster.front.node, Msg::new("mark-deploy"));
        let deploy = Deploy { server: 0, phase: Phase::Draining, since: now, begun: now, lost_before };
        self.deploy = Some(self.take_out(deploy, w));
        w.schedule(LOOK, Event::Upkeep(DeployStep::Look));
    }

    /// The deploy turns to its server.
    fn take_out(&mut self, deploy: Deploy, w: &mut W) -> Deploy {
        let n = deploy.server;
        let deploy = Deploy { phase: Phase::Draining, since: w.now(), ..deploy };
        if self.controls.drain == Span::ZERO {
            return self.stop(deploy, w);
        }
        self.cluster.watches[n as usize].draining = true;
        self.restand(n, w.now());
        w.notable(server(n), Msg::new("mark-draining").of("server", server(n)));
        deploy
    }

    fn stop(&mut self, deploy: Deploy, w: &mut W) -> Deploy {
        let n = deploy.server;
        self.kill_server(n, w);
        w.notable(server(n), Msg::new("mark-stopped").of("server", server(n)));
        Deploy { phase: Phase::Away, since: w.now(), ..deploy }
    }

    pub(super) fn look(&mut self, w: &mut W) {
        let Some(deploy) = self.deploy else { return };
        let n = deploy.server;
        let passed = w.now().since(deploy.since);
        let next = match deploy.phase {
            Phase::Draining if self.is_empty(n) || passed >= self.controls.drain => self.stop(deploy, w),
            Phase::Away if passed >= self.controls.restart => {
                self.start_server(n, w);
                w.notable(server(n), Msg::new("mark-started").of("server", server(n)));
                Deploy { phase: Phase::Started, since: w.now(), ..deploy }
            }
            Phase::Started if self.may_go_on(n, w.now()) => {
                if n + 1 == SERVERS {
                    self.took = Some(w.now().since(deploy.begun));
                    self.deploy = None;
                    let lost = self.cluster.journeys.lost() - deploy.lost_before;
                    w.notable(self.cluster.front.node, Msg::new("mark-deployed").count("lost", lost));
                    return;
                }
                self.take_out(Deploy { server: n + 1, ..deploy }, w)
            }
            _ => deploy,
        };
        self.deploy = Some(next);
        w.schedule(LOOK, Event::Upkeep(DeployStep::Look));
    }

    /// Whether the balancer has nothing open at a server.
    fn is_empty(&self, n: u32) -> bool {
        self.cluster.balancer.servers()[n as usize].connections == 0
    }

    /// Whether a server is there and gets requests.
    pub(super) fn is_in_service(&self, n: u32) -> bool {
        self.cluster.standing(n) == Standing::Up && self.cluster.servers[n as usize].station.fault().is_none()
    }

    fn may_go_on(&self, n: u32, now: Time) -> bool {
        let settled = self.cluster.watches[n as usize].ramp_from.is_none() && self.slowness(n, now) <= 1.0;
        match self.controls.next {
            Next::Started => true,
            Next::InService => self.is_in_service(n),
            Next::Settled => self.is_in_service(n) && settled,
        }
    }

    /// How many times slower than a warm one a server works now.
    pub(super) fn slowness(&self, n: u32, now: Time) -> f64 {
        self.cluster.servers[n as usize].slowness(now, self.controls.warm_up)
    }
}
