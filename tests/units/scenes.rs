//! Scenes to try the readers on: one of each panel, calm and in trouble, small and crowded.

use playground::scene::*;
use playground::sim::{Entity, Msg, Span, Time, Unit};

const SERVER: u8 = 0;
const CLIENT: u8 = 1;
const BALANCER: u8 = 2;
const REQUEST: u8 = 3;

pub fn server(n: u32) -> Entity {
    Entity::new(SERVER, n)
}
pub fn client(n: u32) -> Entity {
    Entity::new(CLIENT, n)
}
pub fn balancer() -> Entity {
    Entity::new(BALANCER, 0)
}
pub fn request(n: u32) -> Entity {
    Entity::new(REQUEST, n)
}

/// The words of all scenes here.
pub fn words() -> Words {
    let patterns = [
        ("server", "server"),
        ("client", "client"),
        ("balancer", "balancer"),
        ("request", "request"),
        ("web", "web"),
        ("mobile", "mobile"),
        ("jobs", "jobs"),
        ("slower", "4 × slower"),
        ("base", "10 ms"),
        ("rr", "weighted round robin"),
        ("killed", "killed"),
        ("leaving", "draining"),
        ("coming", "slow start"),
        ("latency", "Latency"),
        ("distribution", "Distribution of latency"),
        ("servers", "Servers"),
        ("name", "Server"),
        ("rate", "Answered"),
        ("p50", "p50"),
        ("p99", "p99"),
        ("busy", "Busy"),
        ("waiting", "Waiting"),
        ("bound", "timeout"),
        ("thread", "Thread {n}"),
        ("threads", "What each thread did"),
        ("read", "r = 0"),
        ("messages", "Who sent what"),
        ("ask", "ask"),
        ("tell", "tell"),
        ("commit", "commit"),
        ("gone", "link cut"),
        ("asleep", "asleep"),
        ("timeout", "timeout"),
        ("machine", "Circuit breaker"),
        ("closed", "closed"),
        ("open", "open"),
        ("half-open", "half-open"),
        ("fails", "5 failures"),
        ("again", "after 5 s"),
        ("trouble", "{server} has {n} requests waiting and gets more than it can finish."),
    ];
    let name = |id: &'static str| std::borrow::Cow::Borrowed(id);
    Words {
        patterns: patterns.iter().map(|&(id, text)| (id.to_owned(), text.to_owned())).collect(),
        kinds: vec![
            ("server".into(), Naming::Letters),
            ("client".into(), Naming::Names(vec![name("web"), name("mobile"), name("jobs")])),
            ("balancer".into(), Naming::Only),
            ("request".into(), Naming::Numbers),
            ("block".into(), Naming::Pairs((0, 1, 3))),
        ],
    }
}

fn word(id: &'static str) -> Label {
    Label::Words(Msg::new(id))
}

fn node(entity: Entity, note: Option<Label>, status: Status) -> Node {
    Node { note, status, ..Node::new(entity) }
}

fn serving(n: u32, waiting: u32, capacity: Option<u32>, busy: u32, total: u32, state: Status) -> Node {
    let note = match state {
        Status::Trouble => "slower",
        Status::Down => "killed",
        Status::Draining => "leaving",
        Status::Warming => "coming",
        _ => "base",
    };
    Node {
        queue: Some(Slots {
            waiting: (0..waiting).map(|k| request(1000 * n + k)).collect(),
            capacity,
            status: if state == Status::Trouble { Status::Trouble } else { Status::Normal },
        }),
        workers: Some(Workers {
            busy: (0..busy).map(|k| (request(1000 * n + 500 + k), Time::from_secs(40))).collect(),
            total,
        }),
        ..node(server(n), Some(word(note)), state)
    }
}

/// Packets on their way over the links, at all stages.
fn packets(links: &[Link], n: u32) -> Vec<Packet> {
    let shapes = [
        PacketKind::Request,
        PacketKind::Request,
        PacketKind::Answer,
        PacketKind::Request,
        PacketKind::Failure,
        PacketKind::Probe,
    ];
    (0..n)
        .map(|k| {
            let link = links[(k as usize * 11 + k as usize / 7) % links.len()];
            let kind = shapes[(k as usize * 5) % shapes.len()];
            let back = matches!(kind, PacketKind::Answer | PacketKind::Failure);
            let (from, to) = if back { (link.to, link.from) } else { (link.from, link.to) };
            let left = Time::from_millis(43_000 - u64::from(k * 37 % 200));
            Packet {
                entity: request(90_000 + k),
                from,
                to,
                left,
                arrives: left + Span::from_millis(210),
                kind,
            }
        })
        .collect()
}

/// Clients, a balancer, these servers.
pub fn behind_a_balancer(servers: Vec<Node>, under_way: u32) -> Scene {
    let clients: Vec<Node> = (0..3).map(|n| node(client(n), None, Status::Normal)).collect();
    let mut links: Vec<Link> = (0..3).map(|n| Link::new(client(n), balancer(), Status::Normal)).collect();
    links.extend(servers.iter().map(|server| {
        let status = match server.status {
            Status::Trouble => Status::Trouble,
            Status::Down => Status::Down,
            _ => Status::Normal,
        };
        Link::new(balancer(), server.entity, status)
    }));
    let packets = packets(&links, under_way);
    let flow = Flow {
        tiers: vec![
            Tier { nodes: clients },
            Tier { nodes: vec![node(balancer(), Some(word("rr")), Status::Normal)] },
            Tier { nodes: servers },
        ],
        links,
        packets,
    };
    Scene {
        time: Time::from_secs(43),
        panels: vec![Panel::Flow(flow)],
        sentences: vec![Msg::new("trouble").of("server", server(2)).count("n", 9)],
        choices: Vec::new(),
    }
}

pub fn four_servers() -> Scene {
    behind_a_balancer(
        vec![
            serving(0, 2, Some(10), 2, 2, Status::Normal),
            serving(1, 1, Some(10), 1, 2, Status::Normal),
            serving(2, 9, Some(10), 2, 2, Status::Trouble),
            serving(3, 0, Some(10), 2, 2, Status::Normal),
        ],
        26,
    )
}

/// Each state once, queues long, without bound, and none.
pub fn all_states() -> Scene {
    behind_a_balancer(
        vec![
            serving(0, 14, Some(30), 5, 8, Status::Draining),
            serving(1, 25, None, 3, 4, Status::Warming),
            serving(2, 130, Some(200), 60, 64, Status::Trouble),
            serving(3, 0, Some(10), 0, 2, Status::Down),
            serving(4, 3, Some(10), 1, 2, Status::Active),
            serving(5, 0, Some(0), 0, 1, Status::Quiet),
        ],
        12,
    )
}

pub fn many_servers(n: u32, under_way: u32) -> Scene {
    let state = |k| match k % 17 {
        5 => Status::Trouble,
        9 => Status::Down,
        12 => Status::Draining,
        14 => Status::Warming,
        _ => Status::Normal,
    };
    let servers = (0..n).map(|k| serving(k, k * 7 % 11, Some(10), k % 3, 2, state(k))).collect();
    behind_a_balancer(servers, under_way)
}

pub fn series() -> Scene {
    let line = |id: &'static str, status, from: f32, slope: f32| SeriesLine {
        reading: id.into(),
        label: word(id),
        status,
        points: (0..=430)
            .map(|k| {
                let t = k as f32 / 10.0;
                let wobble = ((k * 7919) % 101) as f32 / 101.0 - 0.5;
                let rise = (t - 20.0).max(0.0);
                (t, (from + wobble * from * 0.4 + slope * rise) * 1e-3)
            })
            .collect(),
    };
    let lines = vec![
        line("p99", Status::Trouble, 25.0, 2.5),
        line("p50", Status::Active, 18.0, 0.05),
        line("bound", Status::Quiet, 15.0, 0.0),
    ];
    let series = Series { title: word("latency"), unit: Unit::Time, lines, until: Time::from_secs(60) };
    scene(vec![Panel::Chart(Chart::Series(series)), histogram()])
}

pub fn histogram() -> Panel {
    let bars = (0..24)
        .map(|k| {
            let low = 0.004 * libm::pow(1.25, k.into());
            let n =
                900.0 * libm::exp(-libm::pow((k as f64 - 7.0) / 4.0, 2.0)) + if k > 16 { 40.0 } else { 0.0 };
            (low, low * 1.25, n as u64)
        })
        .collect();
    Panel::Chart(Chart::Histogram(
        Histogram {
            title: word("distribution"),
            unit: Unit::Time,
            bars,
            marks: vec![
                (word("p50"), 0.018, Status::Normal),
                (word("p99"), 0.4, Status::Trouble),
                (word("bound"), 0.5, Status::Quiet),
            ],
        }
        .into(),
    ))
}

pub fn table() -> Scene {
    let row = |n: u32, status| Row {
        entity: server(n),
        cells: vec![
            Label::Name(server(n)),
            Label::Value(120.0 - f64::from(n) * 23.0, Unit::Rate),
            Label::Value(0.012 * f64::from(n + 1), Unit::Time),
            Label::Value(0.3 + f64::from(n) * 0.2, Unit::Share),
            Label::Value(f64::from(n * 3), Unit::Count),
        ],
        status,
    };
    let states =
        [Status::Normal, Status::Trouble, Status::Down, Status::Draining, Status::Warming, Status::Active];
    let rows = states.iter().enumerate().map(|(n, &status)| row(n as u32, status)).collect();
    let columns = ["name", "rate", "p50", "busy", "waiting"].map(word).to_vec();
    scene(vec![Panel::Table(Table { title: word("servers"), columns, rows, unfolded: false })])
}

pub fn two_threads() -> Scene {
    let code = [
        "let r = counter.load();",
        "let r = r + 1;",
        "counter.store(r);",
        "if r > limit {",
        "    stop()",
        "}",
    ];
    let states =
        [Status::Quiet, Status::Active, Status::Normal, Status::Trouble, Status::Normal, Status::Normal];
    let listing = |n: u32| {
        let lines = code.iter().zip(states).enumerate().map(|(k, (code, status))| ListingLine {
            entity: Entity::new(5, n * 100 + k as u32),
            code: (*code).to_owned(),
            note: (k == 0).then(|| word("read")),
            status,
        });
        Panel::Listing(
            Listing {
                entity: Entity::new(4, n),
                title: Label::Words(Msg::new("thread").count("n", u64::from(n) + 1)),
                lines: lines.collect(),
            }
            .into(),
        )
    };
    let step = |k: u64| Time::from_secs(k);
    let bar = |lane: u32, k: u64, text: &str, status| Bar {
        entity: Entity::new(6, lane * 100 + k as u32),
        from: step(k),
        until: step(k + 1),
        label: Label::Plain(text.to_owned()),
        status,
    };
    let lane = |n: u32, bars| Lane {
        entity: Entity::new(4, n),
        label: Label::Words(Msg::new("thread").count("n", u64::from(n) + 1)),
        bars,
    };
    let lanes = Lanes {
        title: word("threads"),
        from: step(0),
        until: step(8),
        step: Some(Span::from_secs(1)),
        lanes: vec![
            lane(0, vec![bar(0, 0, "load 0", Status::Quiet), bar(0, 2, "add", Status::Active)]),
            lane(
                1,
                vec![
                    bar(1, 1, "load 0", Status::Normal),
                    bar(1, 3, "lost update", Status::Trouble),
                    bar(1, 5, "wait", Status::Down),
                ],
            ),
        ],
        key: Vec::new(),
    };
    Scene {
        time: step(4),
        panels: vec![listing(0), listing(1), Panel::Lanes(lanes.into())],
        ..Scene::default()
    }
}

pub fn party(n: u32) -> Party {
    Party {
        entity: server(n),
        label: Label::Name(server(n)),
        status: Status::Normal,
        spans: vec![],
        notes: vec![],
    }
}

/// A message between two servers, sent and arriving so many milliseconds before (or after) the moment of the scene.
pub fn message(
    n: u32,
    (from, to): (u32, u32),
    (sent, arrives): (i64, i64),
    label: &'static str,
) -> LadderMessage {
    let time = |millis: i64| Time::from_millis((43_000 + millis) as u64);
    LadderMessage {
        entity: request(n),
        from: server(from),
        to: server(to),
        sent: time(sent),
        arrives: time(arrives),
        lost: None,
        label: word(label),
        kind: PacketKind::Request,
        status: Status::Normal,
    }
}

/// So many servers in the last second and a half: a message that arrived, one that was lost, one that will be, one that is to
/// be sent, and what they were at.
pub fn ladder(parties: u32) -> Scene {
    let now = Time::from_secs(43);
    let lost = |at: Time, why: Option<&'static str>| Some(Loss { at, why: why.map(word) });
    let messages = vec![
        message(3, (0, 1), (-100, 300), "commit"),
        message(0, (0, 1), (-1_200, -900), "ask"),
        LadderMessage {
            lost: lost(now.back(Span::from_millis(650)), Some("gone")),
            ..message(1, (1, 0), (-800, -500), "tell")
        },
        LadderMessage {
            lost: lost(now + Span::from_millis(60), None),
            ..message(2, (1, 0), (-200, 200), "tell")
        },
        message(4, (0, 1), (100, 400), "ask"),
    ];
    let asleep = Bar {
        entity: request(7),
        from: now.back(Span::from_millis(1_000)),
        until: now.back(Span::from_millis(300)),
        label: word("asleep"),
        status: Status::Quiet,
    };
    let note =
        PartyNote { at: now.back(Span::from_millis(400)), label: word("timeout"), status: Status::Trouble };
    let mut parties: Vec<Party> = (0..parties).map(party).collect();
    parties[0].notes = vec![note];
    parties[1].spans = vec![asleep];
    scene(vec![Panel::Ladder(
        Ladder {
            title: word("messages"),
            from: now.back(Span::from_millis(1_500)),
            until: now + Span::from_millis(500),
            step: None,
            parties,
            messages,
        }
        .into(),
    )])
}

/// A breaker in one of its three states for two seconds, or several, each in one; `taken` is the transition to be emphasised.
pub fn machine(states: &[usize], taken: Option<usize>) -> Scene {
    let state =
        |(n, label)| MachineState { entity: Some(client(n)), label: word(label), status: Status::Normal };
    let way = |(k, &(from, to, label)): (usize, &(usize, usize, &'static str))| Transition {
        entity: Some(request(k as u32)),
        from,
        to,
        label: word(label),
        taken: (taken == Some(k)).then_some(Time::from_secs(41)),
    };
    let ways = [(0, 1, "fails"), (1, 2, "again"), (2, 1, "fails"), (2, 0, "rr"), (0, 0, "ask")];
    let token = |(n, &state): (u32, &usize)| Token {
        entity: server(n),
        state,
        label: Label::Name(server(n)),
        since: Some(Time::from_secs(41)),
        status: Status::Normal,
    };
    scene(vec![Panel::States(
        States {
            title: word("machine"),
            states: (0..).zip(["closed", "open", "half-open"]).map(state).collect(),
            transitions: ways.iter().enumerate().map(way).collect(),
            tokens: (0..).zip(states).map(token).collect(),
        }
        .into(),
    )])
}

fn scene(panels: Vec<Panel>) -> Scene {
    Scene { time: Time::from_secs(43), panels, ..Scene::default() }
}

/// All of them, by name.
pub fn all() -> Vec<(&'static str, Scene)> {
    vec![
        ("four", four_servers()),
        ("states", all_states()),
        ("twelve", many_servers(12, 60)),
        ("hundred", many_servers(100, 300)),
        ("thousand", many_servers(1000, 2000)),
        ("series", series()),
        ("table", table()),
        ("threads", two_threads()),
        ("ladder", ladder(2)),
        ("five-parties", ladder(5)),
        ("machine", machine(&[1], Some(0))),
        ("machines", machine(&[0, 2, 0, 0, 1], None)),
    ]
}
