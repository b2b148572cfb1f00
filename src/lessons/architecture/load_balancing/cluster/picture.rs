//! What is to be seen and said of the cluster.

use super::spec::{
    self, BALANCER, CAUSE, CLIENT, CLIENTS, HOP, REQUEST, SERVER, SERVERS, note_dead, policy_note,
};
use super::{Cluster, W, client, server};
use crate::mechanism::balancer::{Rule, Standing};
use crate::parts::arrivals::{Pattern, says_log_ended};
use crate::parts::station::Fault;
use crate::player::{About, Experiment};
use crate::scene::{Flow, Label, Link, Node, Packet, PacketKind, Panel, Row, Scene, Status, Table, Tier};
use crate::sim::decimal::rounded;
use crate::sim::{Entity, Msg, Time, Unit};

/// The balancer's rule as a reason, with the other server that had a part in it.
pub(super) fn reason(rule: &Rule) -> (Msg, Option<Entity>) {
    let share = |n: u64| (n as f64 / u64::MAX as f64, Unit::Share);
    let count = |n: f64| (n, Unit::Count);
    match *rule {
        Rule::Drawn { of } => (spec::why_drawn(of), None),
        Rule::Turn { after: Some(n) } => (spec::why_turn(server(n)), Some(server(n))),
        Rule::Turn { after: None } => (spec::why_first_turn(), None),
        Rule::LargestCurrentWeight { current, total } => {
            (spec::why_weight(count(current), count(total)), None)
        }
        Rule::FewestConnections { connections, tied } => (spec::why_fewest(connections, tied), None),
        Rule::LeastOfDrawn { connections, other, other_connections, .. } => {
            (spec::why_two_choices(connections, server(other), other_connections), Some(server(other)))
        }
        Rule::LowerCost { cost, other, other_cost } => {
            (spec::why_cost(cost, server(other), other_cost), Some(server(other)))
        }
        Rule::RingPoint { hash, point } => (spec::why_ring(share(hash), share(point)), None),
        Rule::TableSlot { slot, size, .. } => (spec::why_slot(slot, size), None),
        Rule::Bound { draining: true } => (spec::why_bound_draining(), None),
        Rule::Bound { draining: false } => (spec::why_bound(), None),
        Rule::NewlyBound { instead_of: Some(n) } => (spec::why_rebound(server(n)), Some(server(n))),
        Rule::NewlyBound { instead_of: None } => (spec::why_newly_bound(), None),
    }
}

impl Cluster {
    pub(super) fn picture(&self, w: &W, scene: &mut Scene) {
        let now = w.now();
        let policy = Label::Words(policy_note(self.policy_word()));
        scene.panels.push(Panel::Flow(self.flow(now, vec![Node::new(BALANCER).note(policy)])));
        let lines = [("p50", Status::Active), ("p99", Status::Trouble)];
        scene.panels.push(Panel::series(spec::chart_latency(), Unit::Time, lines, Self::SPEC.until));
        scene.panels.push(self.table(now));
        scene.panels.push(self.journeys.ledger());
        self.say(now, scene);
    }

    /// Clients, these balancers, and the servers.
    pub(super) fn flow(&self, now: Time, balancers: Vec<Node>) -> Flow {
        let front = self.front.node;
        // Clients don't know that nobody is there; a balancer that is gone asks for nothing.
        let open = self.front.open;
        let to_front = if open { Status::Normal } else { Status::Trouble };
        let to_server = |n| if open { self.link_state(n, now) } else { Status::Down };
        let links = (0..CLIENTS)
            .map(|n| Link::new(client(n), front, to_front))
            .chain((0..SERVERS).map(|n| Link::new(front, server(n), to_server(n))));
        Flow {
            tiers: vec![
                Tier {
                    nodes: (0..CLIENTS)
                        .map(|n| self.journeys.with_badge(Node::new(client(n)), now))
                        .collect(),
                },
                Tier {
                    nodes: balancers.into_iter().map(|node| self.journeys.with_badge(node, now)).collect(),
                },
                Tier { nodes: (0..SERVERS).map(|n| self.server_node(n, now)).collect() },
            ],
            links: links.collect(),
            packets: self.packets(now),
        }
    }

    pub(super) fn policy_word(&self) -> &'static str {
        self.controls.policy.id()
    }

    fn server_node(&self, n: u32, now: Time) -> Node {
        let it = &self.servers[n as usize];
        let note = match (it.station.fault(), self.standing(n)) {
            (Some(Fault::Down), _) => Label::Words(note_dead()),
            (Some(Fault::FailsFast), _) => Label::Words(spec::note_fails_fast()),
            (None, Standing::Draining) => Label::Words(spec::note_draining()),
            (None, Standing::Down) => Label::Words(spec::note_out()),
            _ if it.slower > 1.0 => Label::Words(spec::note_slower((it.slower, Unit::Factor))),
            _ => Label::Value(self.controls.service.secs(), Unit::Time),
        };
        let node = it.station.node(Some(note), now);
        self.journeys.with_badge(Node { status: self.state(n, now), ..node }, now)
    }

    fn state(&self, n: u32, now: Time) -> Status {
        let status = self.servers[n as usize].station.status(now);
        match (status, self.standing(n)) {
            (Status::Down, _) | (_, Standing::Down) => Status::Down,
            (Status::Trouble, _) if self.servers[n as usize].station.fault().is_some() => Status::Trouble,
            (_, Standing::Draining) => Status::Draining,
            (Status::Trouble, _) => Status::Trouble,
            _ if self.watches[n as usize].ramp_from.is_some() => Status::Warming,
            _ => Status::Normal,
        }
    }

    fn link_state(&self, n: u32, now: Time) -> Status {
        match (self.standing(n), self.state(n, now)) {
            (Standing::Down, _) => Status::Down,
            (Standing::Draining, _) => Status::Draining,
            // The balancer doesn't know yet that nobody is there.
            (_, Status::Down | Status::Trouble) => Status::Trouble,
            _ => Status::Normal,
        }
    }

    fn packets(&self, now: Time) -> Vec<Packet> {
        let front = self.front.node;
        let probe = |n: u32| {
            let it = self.watches[n as usize].check.filter(|_| self.controls.checks)?;
            let (entity, there) = (server(n), it.left + HOP);
            if now < there {
                return Some(Packet {
                    entity,
                    from: front,
                    to: entity,
                    left: it.left,
                    arrives: there,
                    kind: PacketKind::Probe,
                });
            }
            let left = it.back.filter(|&back| now >= back)?;
            let shape = if it.passes { PacketKind::Probe } else { PacketKind::Failure };
            Some(Packet { entity, from: entity, to: front, left, arrives: left + HOP, kind: shape })
        };
        self.journeys.packets().chain((0..SERVERS).filter_map(probe)).collect()
    }

    fn table(&self, now: Time) -> Panel {
        let row = |n: u32| {
            let it = &self.servers[n as usize];
            let rate = |value| Label::Value(libm::round(value), Unit::Rate);
            Row {
                entity: server(n),
                cells: vec![
                    Label::Name(server(n)),
                    rate(self.sent[n as usize].rate(now)),
                    rate(self.finished[n as usize].rate(now)),
                    Label::Value(it.station.waiting().len() as f64, Unit::Count),
                    Label::Value(rounded(it.station.utilisation(now), 100.0), Unit::Share),
                ],
                status: self.state(n, now),
            }
        };
        Panel::Table(Table {
            title: Label::Words(spec::table_servers()),
            columns: [
                spec::column_server(),
                spec::column_sent(),
                spec::column_finished(),
                spec::column_waiting(),
                spec::column_busy(),
            ]
            .map(Label::Words)
            .into(),
            rows: (0..SERVERS).map(row).collect(),
            unfolded: false,
        })
    }

    /// The anomaly, its figure, the trend.
    fn say(&self, now: Time, scene: &mut Scene) {
        let n = self.worst(now);
        self.say_of(n, now, scene);
        let busy = |n: u32| self.servers[n as usize].station.utilisation(now);
        let others: Vec<f64> = (0..SERVERS).filter(|&other| other != n).map(busy).collect();
        let mean = others.iter().sum::<f64>() / others.len() as f64;
        scene.sentences.push(spec::says_others((rounded(mean, 100.0), Unit::Share)));
        if self.controls.arrivals == Pattern::Replay && self.arrivals.is_over() {
            scene.sentences.push(says_log_ended());
        }
    }

    /// The server that fares worst.
    pub(super) fn worst(&self, now: Time) -> u32 {
        let badness = |&n: &u32| (severity(self, n, now), self.servers[n as usize].station.waiting().len());
        (0..SERVERS).max_by_key(badness).unwrap_or(0)
    }

    /// How server `n`, the worst, fares.
    pub(super) fn say_of(&self, n: u32, now: Time, scene: &mut Scene) {
        let (it, station) = (server(n), &self.servers[n as usize].station);
        let rate = |value: f64| (libm::round(value), Unit::Rate);
        let sent = rate(self.sent[n as usize].rate(now));
        let waiting = station.waiting().len();
        let full = station.status(now) == Status::Trouble;
        scene.sentences.push(match (station.fault(), self.standing(n)) {
            (Some(Fault::Down), Standing::Up) => spec::says_dead_unnoticed(it, sent),
            (Some(Fault::Down), _) => spec::says_dead(it),
            (Some(Fault::FailsFast), _) => spec::says_fails_fast(it, sent),
            (_, Standing::Down) => spec::says_out(it),
            (_, Standing::Draining) => spec::says_draining(it, station.busy().len() + waiting),
            _ if full => spec::says_full(it, waiting, self.controls.queue),
            _ if waiting == 0 => spec::says_idle(),
            _ => spec::says_calm(waiting, it),
        });
        if self.state(n, now) == Status::Trouble && station.fault().is_none() {
            let finished = rate(self.finished[n as usize].rate(now));
            scene.sentences.push(spec::says_gets_more(it, sent, finished));
        }
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let n = entity.n as usize;
        match entity.kind {
            REQUEST | CAUSE => self.journeys.about(entity, w, |node| {
                let station = &self.servers.get(node.n as usize).filter(|_| node.kind == SERVER)?.station;
                station.about_visitor(entity, w.now())
            }),
            SERVER if n < self.servers.len() => Some(self.about_server(entity, w.now())),
            CLIENT if entity.n < CLIENTS => {
                let waiting =
                    self.journeys.iter().filter(|(_, it)| it.awaited && it.carries.demand.client == entity.n);
                let related: Vec<Entity> = waiting.map(|(request, _)| request).collect();
                let sentences = vec![spec::about_client(related.len())];
                Some(About { sentences, related: related.into_iter().take(12).collect() })
            }
            _ if entity == BALANCER => {
                let sentences = vec![
                    spec::about_balancer(self.policy_word()),
                    spec::about_available(self.balancer.available(), SERVERS),
                ];
                Some(About { sentences, related: (0..SERVERS).map(server).collect() })
            }
            _ => None,
        }
    }

    fn about_server(&self, entity: Entity, now: Time) -> About {
        let it = &self.servers[entity.n as usize];
        let station = &it.station;
        let mut sentences = match station.fault() {
            Some(Fault::Down) if self.standing(entity.n) == Standing::Up => {
                vec![spec::about_dead_unnoticed()]
            }
            Some(Fault::Down) => vec![spec::about_dead()],
            _ => station.about_at_pace(it.slowness(now, self.upkeep.warm_up)),
        };
        let connections = self.balancer.servers()[entity.n as usize].connections;
        let lost = self.journeys.lost_at(entity);
        sentences.insert(1, spec::about_server_book(station.finished(), lost, connections));
        match self.standing(entity.n) {
            Standing::Down if station.fault().is_none() => sentences.push(spec::about_out()),
            Standing::Draining => sentences.push(spec::about_draining()),
            _ => {}
        }
        About { sentences, related: station.here().take(12).collect() }
    }
}

/// How bad a server's state is, for naming the worst first.
fn severity(cluster: &Cluster, n: u32, now: Time) -> u8 {
    match cluster.state(n, now) {
        Status::Down => 3,
        Status::Trouble => 2,
        Status::Draining => 1,
        _ => 0,
    }
}
