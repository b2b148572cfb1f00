//! What is to be seen and said.

use super::super::cluster::{self, SERVERS};
use super::spec::{self, BALANCER, CLIENT};
use super::{CLIENTS, SlowServer, server};
use crate::lessons::prelude::*;
use crate::mechanism::balancer::{Rule, Standing};
use crate::parts::arrivals::{Pattern, says_log_ended};
use crate::parts::station::Fault;
use crate::sim::decimal::rounded;

/// Why the balancer picked a server.
pub(super) fn reason(rule: &Rule) -> Option<Msg> {
    let count = |n: f64| (n, Unit::Count);
    Some(match *rule {
        Rule::Drawn { of } => spec::why_drawn(of),
        Rule::Turn { after } => spec::why_turn(server(after?)),
        Rule::LargestCurrentWeight { current, total } => cluster::why_weight(count(current), count(total)),
        Rule::FewestConnections { connections, tied: 1 } => spec::why_fewest(connections),
        Rule::FewestConnections { connections, tied } => spec::why_fewest_of(tied, connections),
        Rule::LeastOfDrawn { connections, other, other_connections, .. } => {
            spec::why_two_choices(connections, server(other), other_connections)
        }
        Rule::LowerCost { cost, other, other_cost } => spec::why_cost(cost, server(other), other_cost),
        Rule::RingPoint { .. } | Rule::TableSlot { .. } => spec::why_hashed(),
        Rule::Bound { .. } => spec::why_bound(),
        Rule::NewlyBound { .. } => spec::why_newly_bound(),
    })
}

/// What was counted over the window of the table.
fn rate(of: &RecentCount, now: Time) -> (f64, Unit) {
    (libm::round(of.rate(now)), Unit::Rate)
}

impl SlowServer {
    pub(super) fn picture(&self, now: Time, scene: &mut Scene) {
        let lines = [("p50", Status::Active), ("p99", Status::Trouble)];
        scene.panels = vec![
            self.flow(now),
            Panel::series(spec::chart_latency(), Unit::Time, lines, Self::SPEC.until),
            self.table(now),
            self.cluster.journeys.ledger(),
        ];
        let n = self.cluster.worst(now);
        let status = self.cluster.status(n, now);
        scene.sentences = vec![match self.cluster.servers[n as usize].fault() {
            Some(Fault::FailsFast) => spec::says_broken(server(n)),
            _ => self.cluster.says(n, self.controls.queue, now),
        }];
        if status == Status::Trouble {
            let [sent, finished] = [&self.sent, &self.finished].map(|of| rate(&of[n as usize], now));
            scene.sentences.push(spec::says_sent(server(n), sent, finished));
        }
        let others = (0..SERVERS).filter(|&other| other != n && !self.cluster.is_dead(other));
        let busy: Vec<f64> = others.map(|n| self.cluster.servers[n as usize].busy_of_late(now)).collect();
        if matches!(status, Status::Trouble | Status::Down) && !busy.is_empty() {
            let mean = busy.iter().sum::<f64>() / busy.len() as f64;
            scene.sentences.push(spec::says_others((rounded(mean, 100.0), Unit::Share)));
        }
        if self.controls.arrivals == Pattern::Replay && self.arrivals.is_over() {
            scene.sentences.push(says_log_ended());
        }
    }

    fn flow(&self, now: Time) -> Panel {
        let cluster = &self.cluster;
        let badged = |node: Node| cluster.journeys.with_badge(node, now);
        let clients =
            (0..CLIENTS).map(|n| badged(Node::new(Entity::new(CLIENT, n)).shaped(Shape::Client))).collect();
        let balancer = badged(
            Node::new(BALANCER).shaped(Shape::Balancer).note(Label::Plain(self.controls.policy.label())),
        );
        let servers = (0..SERVERS).map(|n| cluster.node(n, self.note(n), now)).collect();
        let checks = cluster.checks.packets(BALANCER, server, now).filter(|_| self.controls.checks);
        let packets = cluster.journeys.packets().chain(checks);
        let mut flow = Flow::through([clients, vec![balancer], servers], packets);
        flow.links.truncate(CLIENTS as usize);
        flow.links.extend((0..SERVERS).map(|n| cluster.link(BALANCER, n, now)));
        Panel::Flow(flow)
    }

    fn note(&self, n: u32) -> Label {
        let slower = self.slower[n as usize];
        let failed = self.cluster.checks.failed(n);
        Label::Words(match (self.cluster.servers[n as usize].fault(), self.cluster.standing(n)) {
            (Some(_), Standing::Up) if self.controls.checks && failed > 0 => {
                cluster::note_failing(failed, super::CHECKS.fall)
            }
            (Some(Fault::Down), _) => cluster::note_dead(),
            (Some(Fault::FailsFast), _) => spec::note_broken(),
            (None, Standing::Down) => cluster::note_out(),
            _ if slower > 1.0 => spec::note_slower((slower, Unit::Factor)),
            _ => return Label::Value(self.controls.service.secs(), Unit::Time),
        })
    }

    fn table(&self, now: Time) -> Panel {
        let row = |n: u32| {
            let station = &self.cluster.servers[n as usize];
            let rate = |of: &[RecentCount]| Label::Value(rate(&of[n as usize], now).0, Unit::Rate);
            let busy = match station.fault() {
                Some(_) => Label::Plain("–".into()),
                None => Label::Value(rounded(station.busy_of_late(now), 100.0), Unit::Share),
            };
            let waiting = Label::Value(station.waiting().len() as f64, Unit::Count);
            let cells = [Label::Name(server(n)), rate(&self.sent), rate(&self.finished), busy, waiting];
            Row { status: self.cluster.status(n, now), ..Row::new(server(n), cells) }
        };
        let columns = [
            spec::column_server(),
            spec::column_sent(),
            spec::column_finished(),
            spec::column_busy(),
            spec::column_waiting(),
        ];
        Panel::table(spec::table_servers(), columns, (0..SERVERS).map(row).collect::<Vec<_>>())
    }
}
