//! A rolling deploy: one server after the other is taken out, stopped, away for a while, started, and waited for.
//!
//! Sources: `HAProxy`, management guide, `set server … state drain`; Kubernetes, *Termination of Pods* (a pod leaves its
//! service, its `preStop` hook runs, and at the end of `terminationGracePeriodSeconds`, 30 s by default, it is killed)
//! and *Deployments* (`minReadySeconds`).

use super::super::cluster::SERVERS;
use super::spec::{self, Next};
use super::{Event, W, WhoNotices, server};
use crate::lessons::prelude::*;

/// Between two looks at whether the deploy can go on.
const LOOK: Span = Span::from_millis(100);
/// How long a server's process is away.
const AWAY: Span = Span::from_secs(8);

/// Where a deploy is with its present server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Draining,
    Away,
    /// Its process is up; the deploy waits until it may go on.
    Started,
}

/// A deploy under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deploy {
    pub server: u32,
    pub phase: Phase,
    since: Time,
    pub begun: Time,
    lost_before: u64,
}

impl WhoNotices {
    pub(super) fn begin_deploy(&mut self, w: &mut W) {
        if self.deploy.is_some() {
            return;
        }
        let (now, lost_before) = (w.now(), self.cluster.journeys.lost());
        w.notable(self.front(), spec::mark_deploy());
        let deploy = Deploy { server: 0, phase: Phase::Draining, since: now, begun: now, lost_before };
        self.deploy = Some(self.take_out(deploy, w));
        w.schedule(LOOK, Event::Look);
    }

    /// The deploy turns to its server.
    fn take_out(&mut self, deploy: Deploy, w: &mut W) -> Deploy {
        let deploy = Deploy { phase: Phase::Draining, since: w.now(), ..deploy };
        if self.controls.drain == Span::ZERO {
            return self.stop(deploy, w);
        }
        self.drain(deploy.server, w);
        deploy
    }

    fn stop(&mut self, deploy: Deploy, w: &mut W) -> Deploy {
        self.kill_server(deploy.server, w);
        w.notable(server(deploy.server), spec::mark_stopped(server(deploy.server)));
        Deploy { phase: Phase::Away, since: w.now(), ..deploy }
    }

    pub(super) fn look(&mut self, w: &mut W) {
        let Some(deploy) = self.deploy else { return };
        let n = deploy.server;
        let passed = w.now().since(deploy.since);
        let next = match deploy.phase {
            Phase::Draining if self.open_at(n) == 0 || passed >= self.controls.drain => self.stop(deploy, w),
            Phase::Away if passed >= AWAY => {
                self.start_server(n, w);
                w.notable(server(n), spec::mark_started(server(n)));
                Deploy { phase: Phase::Started, since: w.now(), ..deploy }
            }
            Phase::Started if self.may_go_on(n, w.now()) => {
                if n + 1 == SERVERS {
                    self.took = Some(w.now().since(deploy.begun));
                    self.deploy = None;
                    let lost = self.cluster.journeys.lost() - deploy.lost_before;
                    return w.notable(self.front(), spec::mark_deployed(lost));
                }
                self.take_out(Deploy { server: n + 1, ..deploy }, w)
            }
            _ => deploy,
        };
        self.deploy = Some(next);
        w.schedule(LOOK, Event::Look);
    }

    fn may_go_on(&self, n: u32, now: Time) -> bool {
        let settled = self.upkeep[n as usize].ramp_from.is_none() && self.slowness(n, now) <= 1.0;
        match self.controls.next {
            Next::Started => true,
            Next::InService => self.is_in_service(n),
            Next::Settled => self.is_in_service(n) && settled,
        }
    }
}
