//! What is to be seen and said of the cluster.

use super::server::{Fault, Server};
use super::spec::{
    ANSWERED, Arrivals, BALANCER, CLIENT, CLIENTS, FAILED, HOP, NO_BALANCER, REFUSED, REQUEST, SENT_TO_DEAD,
    SERVER, SERVERS,
};
use super::{Cluster, Place, W, client, request, server};
use crate::mechanism::balancer::{Rule, Standing};
use crate::player::{About, Experiment};
use crate::scene::{
    Chart, Flow, Label, Link, Node, Packet, PacketKind, Panel, Row, Scene, Series, SeriesLine, Slots, Status,
    Table, Tier, Workers,
};
use crate::sim::decimal::rounded;
use crate::sim::{Arg, Entity, Msg, Span, Time, Unit};

/// A server is in trouble while its queue is this full, and for a while after it has refused somebody.
const NEARLY_FULL: f64 = 0.8;
const RECENT: Span = Span::from_secs(1);

/// The balancer's rule as a reason, with the other server that had a part in it.
pub(super) fn reason(rule: &Rule) -> (Msg, Option<Entity>) {
    let other = |n: u32| server(n);
    match *rule {
        Rule::Drawn { of } => (Msg::new("why-drawn").count("of", of.into()), None),
        Rule::Turn { after: Some(after) } => {
            (Msg::new("why-turn").of("after", other(after)), Some(other(after)))
        }
        Rule::Turn { after: None } => (Msg::new("why-first-turn"), None),
        Rule::LargestCurrentWeight { current, total } => {
            let number = |n| Arg::Number(n, Unit::Count);
            (Msg::new("why-weight").with("current", number(current)).with("total", number(total)), None)
        }
        Rule::FewestConnections { connections, tied } => {
            (Msg::new("why-fewest").count("connections", connections.into()).count("tied", tied.into()), None)
        }
        Rule::LeastOfDrawn { connections, other: o, other_connections, .. } => {
            let msg = Msg::new("why-two-choices").count("connections", connections.into());
            (msg.of("other", other(o)).count("others", other_connections.into()), Some(other(o)))
        }
        Rule::LowerCost { cost, other: o, other_cost } => {
            let msg =
                Msg::new("why-cost").span("cost", cost).of("other", other(o)).span("others", other_cost);
            (msg, Some(other(o)))
        }
        Rule::RingPoint { hash, point } => {
            let share = |n: u64| Arg::Number(n as f64 / u64::MAX as f64, Unit::Share);
            (Msg::new("why-ring").with("hash", share(hash)).with("point", share(point)), None)
        }
        Rule::TableSlot { slot, size, .. } => {
            (Msg::new("why-slot").count("slot", slot.into()).count("size", size.into()), None)
        }
        Rule::Bound { draining: true } => (Msg::new("why-bound-draining"), None),
        Rule::Bound { draining: false } => (Msg::new("why-bound"), None),
        Rule::NewlyBound { instead_of: Some(n) } => {
            (Msg::new("why-rebound").of("was", other(n)), Some(other(n)))
        }
        Rule::NewlyBound { instead_of: None } => (Msg::new("why-newly-bound"), None),
    }
}

impl Cluster {
    pub(super) fn picture(&self, w: &W, scene: &mut Scene) {
        let now = w.now();
        let policy = Label::Words(Msg::new("policy-note").word("policy", self.policy_word()));
        scene.panels.push(Panel::Flow(self.flow(now, vec![plain_node(BALANCER, Some(policy))])));
        let lines = vec![SeriesLine::of("p50", Status::Active), SeriesLine::of("p99", Status::Trouble)];
        scene.panels.push(series("chart-latency", Unit::Time, lines, Self::SPEC.until));
        scene.panels.push(self.table(now));
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
                Tier { nodes: (0..CLIENTS).map(|n| plain_node(client(n), None)).collect() },
                Tier { nodes: balancers },
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
        let status = self.state(n, now);
        let note = match (it.fault, self.standing(n)) {
            (Fault::Killed, _) => Label::words("note-dead"),
            (Fault::FailsFast, _) => Label::words("note-fails-fast"),
            (Fault::None, Standing::Draining) => Label::words("note-draining"),
            (Fault::None, Standing::Down) => Label::words("note-out"),
            _ if it.slower > 1.0 => {
                Label::Words(Msg::new("note-slower").with("slower", Arg::Number(it.slower, Unit::Factor)))
            }
            _ => Label::Value(self.controls.service.secs(), Unit::Time),
        };
        Node {
            entity: server(n),
            label: Label::Name(server(n)),
            note: Some(note),
            status,
            queue: Some(Slots {
                waiting: it.queue.iter().copied().collect(),
                capacity: Some(self.controls.queue),
                status: if self.is_full(it, now) { Status::Trouble } else { Status::Active },
            }),
            workers: Some(Workers {
                busy: it.busy.iter().map(|job| (job.request, job.since)).collect(),
                total: self.controls.workers,
            }),
        }
    }

    /// Share of a server's workers that have been busy so far.
    fn busy(&self, n: u32, now: Time) -> f64 {
        self.servers[n as usize].busy_workers.average(now) / f64::from(self.controls.workers)
    }

    fn is_full(&self, it: &Server, now: Time) -> bool {
        let nearly = it.queue.len() as f64 >= NEARLY_FULL * f64::from(self.controls.queue).max(1.0);
        nearly || it.refused_at.is_some_and(|at| now.since(at) < RECENT)
    }

    fn state(&self, n: u32, now: Time) -> Status {
        let it = &self.servers[n as usize];
        match (it.fault, self.standing(n)) {
            (Fault::Killed, _) | (_, Standing::Down) => Status::Down,
            (Fault::FailsFast, _) => Status::Trouble,
            (_, Standing::Draining) => Status::Draining,
            _ if self.is_full(it, now) => Status::Trouble,
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
        let request_packet = |(n, r): (u32, &super::Request)| {
            let at = r.server.map_or(front, server);
            let shape = |fate| if fate == ANSWERED { PacketKind::Answer } else { PacketKind::Failure };
            let (from, to, shape) = match r.place {
                Place::ToBalancer => (client(r.demand.client), front, PacketKind::Request),
                Place::ToServer => (front, at, PacketKind::Request),
                Place::Back(fate) => (at, front, shape(fate)),
                Place::Home(fate) => (front, client(r.demand.client), shape(fate)),
                Place::Waiting | Place::Served => return None,
            };
            Some(Packet { entity: request(n), from, to, left: r.since, arrives: r.since + HOP, kind: shape })
        };
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
        self.requests.iter().filter_map(request_packet).chain((0..SERVERS).filter_map(probe)).collect()
    }

    fn table(&self, now: Time) -> Panel {
        let words = |id| Label::words(id);
        let row = |n: u32| {
            let it = &self.servers[n as usize];
            let rate = |value| Label::Value(libm::round(value), Unit::Rate);
            let count = |value: usize| Label::Value(value as f64, Unit::Count);
            Row {
                entity: server(n),
                cells: vec![
                    Label::Name(server(n)),
                    rate(self.sent[n as usize].rate(now)),
                    rate(self.finished[n as usize].rate(now)),
                    count(it.queue.len()),
                    Label::Value(rounded(self.busy(n, now), 100.0), Unit::Share),
                ],
                status: self.state(n, now),
            }
        };
        Panel::Table(Table {
            title: words("table-servers"),
            columns: ["column-server", "column-sent", "column-finished", "column-waiting", "column-busy"]
                .map(words)
                .into(),
            rows: (0..SERVERS).map(row).collect(),
        })
    }

    /// The anomaly, its figure, the trend.
    fn say(&self, now: Time, scene: &mut Scene) {
        let n = self.worst(now);
        self.say_of(n, now, scene);
        let others: Vec<f64> = (0..SERVERS).filter(|&other| other != n).map(|n| self.busy(n, now)).collect();
        let mean = others.iter().sum::<f64>() / others.len() as f64;
        scene
            .sentences
            .push(Msg::new("says-others").with("busy", Arg::Number(rounded(mean, 100.0), Unit::Share)));
        if self.controls.arrivals == Arrivals::Replay && self.next_arrival.is_none() {
            scene.sentences.push(Msg::new("says-log-ended"));
        }
    }

    /// The server that fares worst.
    pub(super) fn worst(&self, now: Time) -> u32 {
        let badness = |&n: &u32| (severity(self, n, now), self.servers[n as usize].queue.len());
        (0..SERVERS).max_by_key(badness).unwrap_or(0)
    }

    /// How server `n`, the worst, fares.
    pub(super) fn say_of(&self, n: u32, now: Time, scene: &mut Scene) {
        let it = &self.servers[n as usize];
        let of = |id| Msg::new(id).of("server", server(n));
        let rate = |value: f64| Arg::Number(libm::round(value), Unit::Rate);
        let sent = rate(self.sent[n as usize].rate(now));
        scene.sentences.push(match (it.fault, self.standing(n)) {
            (Fault::Killed, Standing::Up) => of("says-dead-unnoticed").with("sent", sent.clone()),
            (Fault::Killed, _) => of("says-dead"),
            (Fault::FailsFast, _) => of("says-fails-fast").with("sent", sent.clone()),
            (_, Standing::Down) => of("says-out"),
            (_, Standing::Draining) => {
                of("says-draining").count("left", it.busy.len() as u64 + it.queue.len() as u64)
            }
            _ if self.is_full(it, now) => of("says-full")
                .count("waiting", it.queue.len() as u64)
                .count("capacity", self.controls.queue.into()),
            _ if it.queue.is_empty() => Msg::new("says-idle"),
            _ => Msg::new("says-calm").count("waiting", it.queue.len() as u64).of("server", server(n)),
        });
        if self.state(n, now) == Status::Trouble && it.fault == Fault::None {
            let finished = rate(self.finished[n as usize].rate(now));
            scene.sentences.push(of("says-gets-more").with("sent", sent).with("finished", finished));
        }
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let now = w.now();
        let n = entity.n as usize;
        match entity.kind {
            REQUEST => self.tell_request(entity, w),
            SERVER if n < self.servers.len() => {
                let it = &self.servers[n];
                let mut sentences = vec![
                    Msg::new("about-server")
                        .count("busy", it.busy.len() as u64)
                        .count("workers", self.controls.workers.into())
                        .count("waiting", it.queue.len() as u64)
                        .count("capacity", self.controls.queue.into()),
                    Msg::new("about-server-book")
                        .count("answered", it.answered)
                        .count("failed", it.failed)
                        .count("connections", self.balancer.servers()[n].connections.into()),
                ];
                let standing = match (it.fault, self.standing(entity.n)) {
                    (Fault::Killed, Standing::Up) => Some("about-dead-unnoticed"),
                    (Fault::Killed, _) => Some("about-dead"),
                    (Fault::FailsFast, _) => Some("about-fails-fast"),
                    (_, Standing::Down) => Some("about-out"),
                    (_, Standing::Draining) => Some("about-draining"),
                    _ => None,
                };
                sentences.extend(standing.map(Msg::new));
                let slower = it.slowness(now, self.upkeep.warm_up);
                if slower > 1.0 {
                    sentences
                        .push(Msg::new("about-slower").with("slower", Arg::Number(slower, Unit::Factor)));
                }
                let related =
                    it.busy.iter().map(|job| job.request).chain(it.queue.iter().copied()).take(12).collect();
                Some(About { sentences, related })
            }
            CLIENT if entity.n < CLIENTS => {
                let waiting =
                    self.requests.iter().filter(|(_, r)| r.is_awaited() && r.demand.client == entity.n);
                let related: Vec<Entity> = waiting.map(|(n, _)| request(n)).collect();
                let sentences = vec![Msg::new("about-client").count("waiting", related.len() as u64)];
                Some(About { sentences, related: related.into_iter().take(12).collect() })
            }
            _ if entity == BALANCER => {
                let sentences = vec![
                    Msg::new("about-balancer").word("policy", self.policy_word()),
                    Msg::new("about-available")
                        .count("available", self.balancer.available() as u64)
                        .count("servers", SERVERS.into()),
                ];
                let _ = now;
                Some(About { sentences, related: (0..SERVERS).map(server).collect() })
            }
            _ => None,
        }
    }

    fn tell_request(&self, entity: Entity, w: &W) -> Option<About> {
        let now = w.now();
        let Some(it) = self.requests.get(entity.n) else {
            let known = w.tally(REQUEST).opened() > u64::from(entity.n);
            return known.then(|| About { sentences: vec![Msg::new("about-ended")], related: Vec::new() });
        };
        let at = it.server.map_or(self.front.node, server);
        let ahead =
            it.server.and_then(|n| self.servers[n as usize].queue.iter().position(|other| *other == entity));
        let sentences = match it.place {
            Place::ToBalancer => Msg::new("about-to-balancer"),
            Place::ToServer => Msg::new("about-to-server").of("server", at),
            Place::Waiting => {
                Msg::new("about-waiting").of("server", at).count("ahead", ahead.unwrap_or(0) as u64)
            }
            Place::Served => Msg::new("about-served").of("server", at).span("since", now.since(it.since)),
            Place::Back(ANSWERED) | Place::Home(ANSWERED) => Msg::new("about-answer"),
            Place::Back(REFUSED) | Place::Home(REFUSED) => Msg::new("about-refusal"),
            Place::Back(FAILED | SENT_TO_DEAD) | Place::Home(FAILED | SENT_TO_DEAD) => {
                Msg::new("about-failure")
            }
            Place::Home(NO_BALANCER) => Msg::new("about-no-balancer"),
            Place::Back(_) | Place::Home(_) => Msg::new("about-no-server"),
        };
        let age = Msg::new("about-age").span("age", now.since(it.sent)).span("size", it.demand.size);
        let mut sentences = vec![sentences, age];
        if !it.is_awaited() {
            sentences.push(Msg::new("about-abandoned"));
        }
        let related = match (ahead, it.server) {
            (Some(0), Some(n)) => self.servers[n as usize].busy.iter().map(|job| job.request).collect(),
            (Some(place), Some(n)) => vec![self.servers[n as usize].queue[place - 1]],
            _ => Vec::new(),
        };
        let related = it.server.map(server).into_iter().chain(related).collect();
        Some(About { sentences, related })
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

/// A chart of these readings over the run.
pub(super) fn series(title: &'static str, unit: Unit, lines: Vec<SeriesLine>, until: Time) -> Panel {
    Panel::Chart(Chart::Series(Series { title: Label::words(title), unit, lines, until }))
}

pub(super) fn plain_node(entity: Entity, note: Option<Label>) -> Node {
    Node { entity, label: Label::Name(entity), note, status: Status::Normal, queue: None, workers: None }
}
