//! What is to be seen and said.

use super::super::cluster::{self, SERVERS};
use super::deploy::Phase;
use super::spec::{self, CLIENTS};
use super::{QUEUE, WhoNotices, balancer, server};
use crate::lessons::prelude::*;
use crate::mechanism::balancer::Standing;
use crate::sim::decimal::rounded;

impl WhoNotices {
    pub(super) fn picture(&self, now: Time, scene: &mut Scene) {
        let lost = [("lost", Status::Trouble)];
        scene.panels = vec![
            self.flow(now),
            Panel::series(spec::chart_lost(), Unit::Rate, lost, Self::SPEC.until),
            self.cluster.journeys.ledger(),
        ];
        scene.sentences = [Some(self.says_now(now)), self.says_deploy(), Some(self.says_lost())]
            .into_iter()
            .flatten()
            .collect();
    }

    fn flow(&self, now: Time) -> Panel {
        let (cluster, front) = (&self.cluster, self.front());
        let badged = |node: Node| cluster.journeys.with_badge(node, now);
        let balancers = (0..self.controls.balancers()).map(|n| badged(self.balancer_node(n, now))).collect();
        let servers = (0..SERVERS).map(|n| self.server_node(n, now)).collect();
        let clients = badged(
            Node::new(CLIENTS).shaped(Shape::Client).note(Label::Value(self.controls.load, Unit::Rate)),
        );
        let is_checked = self.pair.alive != [false; 2];
        let checks = cluster.checks.packets(front, server, now).filter(|_| is_checked);
        let mut flow =
            Flow::through([vec![clients], balancers, servers], cluster.journeys.packets().chain(checks));
        // Clients don't know that nobody is there; a balancer that is gone asks for nothing.
        let (to_front, open) = match self.pair.active {
            Some(_) => (Status::Normal, true),
            None => (Status::Trouble, false),
        };
        let to_server = |n| match cluster.link(front, n, now) {
            link if open => link,
            link => Link { status: Status::Down, ..link },
        };
        flow.links =
            [Link::new(CLIENTS, front, to_front)].into_iter().chain((0..SERVERS).map(to_server)).collect();
        Panel::Flow(flow)
    }

    fn balancer_node(&self, n: u32, now: Time) -> Node {
        let node = Node::new(balancer(n)).shaped(Shape::Balancer);
        if !self.pair.alive[n as usize] {
            return Node { status: Status::Down, ..node.note(Label::Words(cluster::note_dead())) };
        }
        if self.pair.active == Some(n) {
            return node.note(Label::Words(spec::note_active()));
        }
        let silence = self.pair.said.map_or(0.0, |said| now.since(said).secs());
        let note = spec::note_backup((rounded(silence, 10.0), Unit::Time));
        Node { status: Status::Quiet, ..node.note(Label::Words(note)) }
    }

    fn server_node(&self, n: u32, now: Time) -> Node {
        let slower = self.slowness(n, now);
        let failed = self.cluster.checks.failed(n);
        let is_failing = failed > 0 && self.cluster.standing(n) == Standing::Up;
        let note = match self.cluster.standing(n) {
            _ if is_failing => cluster::note_failing(failed, self.controls.fall),
            _ if self.cluster.is_dead(n) => spec::note_stopped(),
            Standing::Draining => spec::note_draining(),
            Standing::Down => cluster::note_out(),
            _ if slower > 1.0 => spec::note_cold((rounded(slower, 10.0), Unit::Factor)),
            Standing::Up => match self.share(n, now).filter(|&share| share < 1.0) {
                Some(share) => spec::note_share((rounded(share, 100.0), Unit::Share)),
                None => spec::note_in_service(),
            },
        };
        let node = self.cluster.node(n, Label::Words(note), now);
        let status = match node.status {
            Status::Normal if is_failing => Status::Trouble,
            Status::Normal if slower > 1.0 || self.upkeep[n as usize].ramp_from.is_some() => Status::Warming,
            status => status,
        };
        Node { status, ..node }
    }

    /// What is wrong now, or comes next to it.
    fn says_now(&self, now: Time) -> Msg {
        if self.pair.active.is_none() {
            return spec::says_no_balancer(self.front());
        }
        let worst = self.cluster.worst(now);
        let slowness = |n: u32| self.slowness(n, now);
        let slowest = (0..SERVERS).max_by(|&a, &b| slowness(a).total_cmp(&slowness(b))).unwrap_or(0);
        match self.cluster.status(worst, now) {
            Status::Draining => spec::says_draining(server(worst), self.open_at(worst)),
            Status::Normal if slowness(slowest) > 1.0 => {
                spec::says_cold(server(slowest), (rounded(slowness(slowest), 10.0), Unit::Factor))
            }
            _ => self.cluster.says(worst, QUEUE, now),
        }
    }

    fn says_deploy(&self) -> Option<Msg> {
        let deploy = self.deploy.filter(|_| self.pair.active.is_some())?;
        match deploy.phase {
            Phase::Draining => None,
            Phase::Away => Some(spec::says_deploy_away(server(deploy.server))),
            Phase::Started => Some(spec::says_deploy_started(server(deploy.server))),
        }
    }

    fn says_lost(&self) -> Msg {
        let journeys = &self.cluster.journeys;
        let causes = (0..spec::LOSSES.ends.len() as u32).rev().map(|n| Entity::new(spec::LOSSES.kind, n));
        match causes.max_by_key(|&cause| journeys.lost_by(cause).0).filter(|_| journeys.lost() > 0) {
            Some(cause) => spec::says_lost(journeys.lost(), cause, journeys.lost_by(cause).0),
            None => spec::says_lost_none(),
        }
    }
}
