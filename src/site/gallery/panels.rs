//! Every kind of panel in every state, wide and narrow.

use super::charts::{curves, grid, histogram, series};
use crate::scene::{
    Bar, Chart, Flow, Label, Lane, Lanes, Link, Listing, ListingLine, Node, Packet, Panel, Row, Scene, Shape,
    Slots, State, Table, Tier, Words, Workers,
};
use crate::sim::{Entity, Span, Time, Unit};

/// A scene with its place in the gallery.
pub struct Exhibit {
    /// Its id in the gallery.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Which type makes it.
    pub made_by: &'static str,
    /// What it is for, or what is to be looked at.
    pub says: &'static str,
    /// What is to be seen.
    pub scene: Scene,
}

const NOW: Time = Time::from_secs(43);
pub(super) const REQUEST: u8 = 9;

/// How a state is called in the gallery.
pub fn state_name(state: State) -> &'static str {
    match state {
        State::Normal => "normal",
        State::Quiet => "quiet",
        State::Active => "active",
        State::Trouble => "in trouble",
        State::Down => "down",
        State::Draining => "draining",
        State::Warming => "warming up",
    }
}

/// How a packet's shape is called in the gallery.
pub fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Request => "request",
        Shape::Answer => "answer",
        Shape::Failure => "failure",
        Shape::Probe => "probe",
    }
}

/// The kinds of panels, by what makes them. A panel that is added belongs here, and among the exhibits.
pub const KINDS: [&str; 8] = [
    "scene::Flow",
    "scene::Lanes",
    "scene::Listing",
    "scene::Table",
    "scene::Series",
    "scene::Histogram",
    "scene::Curves",
    "scene::Grid",
];

/// Which of the kinds a panel is.
pub fn kind_of(panel: &Panel) -> &'static str {
    match panel {
        Panel::Flow(_) => KINDS[0],
        Panel::Lanes(_) => KINDS[1],
        Panel::Listing(_) => KINDS[2],
        Panel::Table(_) => KINDS[3],
        Panel::Chart(Chart::Series(_)) => KINDS[4],
        Panel::Chart(Chart::Histogram(_)) => KINDS[5],
        Panel::Chart(Chart::Curves(_)) => KINDS[6],
        Panel::Grid(_) => KINDS[7],
    }
}

/// The words of all exhibits: none, their labels are plain. Kinds of entities are called by letters.
pub fn words() -> Words {
    Words::default()
}

/// All of them, in the order of the page.
pub fn all() -> Vec<Exhibit> {
    let mut all = flows();
    all.extend(others());
    all
}

fn exhibit(id: &'static str, name: &'static str, panel: Panel, says: &'static str) -> Exhibit {
    let made_by = kind_of(&panel);
    Exhibit { id, name, made_by, says, scene: scene(vec![panel]) }
}

fn scene(panels: Vec<Panel>) -> Scene {
    Scene { time: NOW, panels, says: Vec::new() }
}

fn flows() -> Vec<Exhibit> {
    vec![
        exhibit(
            "flow-states",
            "Flow: states",
            states(),
            "Each state of a node and of the link to it, told by outline and pattern as well as by colour.",
        ),
        exhibit(
            "flow-queues",
            "Flow: queues and workers",
            queues(),
            "Empty, half full, full, longer than can be drawn, without bound, without slots; workers idle, busy, and too many to draw.",
        ),
        exhibit(
            "flow-packets",
            "Flow: packets",
            packets(),
            "What travels, one link for each shape. Answers and failures go back beside what comes.",
        ),
        exhibit(
            "flow-deep",
            "Flow: tiers and long names",
            deep(),
            "Four tiers, a link against the flow, one within a tier, one that leaves tiers out; names and notes longer than their boxes.",
        ),
        exhibit(
            "flow-twelve",
            "Flow: twelve nodes",
            crowd(12),
            "Boxes of a smaller size, queues beside them.",
        ),
        exhibit(
            "flow-sixty",
            "Flow: sixty nodes",
            crowd(60),
            "A grid of cells, each with two gauges: its queue over its workers.",
        ),
        exhibit(
            "flow-many",
            "Flow: four hundred nodes",
            crowd(400),
            "Dots: only what is remarkable stands out.",
        ),
    ]
}

fn others() -> Vec<Exhibit> {
    vec![
        exhibit(
            "lanes-time",
            "Lanes: time",
            lanes(None),
            "Who did what, when. A bar in each state; the upright line is now.",
        ),
        exhibit(
            "lanes-steps",
            "Lanes: steps",
            lanes(Some(Span::from_secs(10))),
            "The same, counted in steps rather than in time.",
        ),
        exhibit(
            "listing",
            "Listing",
            listing(1, "Program"),
            "Code, the line that runs next, and what the lines that ran have done.",
        ),
        Exhibit {
            scene: scene(vec![listing(1, "Thread A"), listing(2, "Thread B")]),
            ..exhibit(
                "listings",
                "Listings side by side",
                listing(1, ""),
                "Two of the same kind share the width as long as each keeps room enough.",
            )
        },
        exhibit(
            "table",
            "Table",
            table(),
            "A row in each state, numbers flush right; on a phone a row is a card.",
        ),
        exhibit(
            "series",
            "Series",
            series("Readings over time", true),
            "A curve in each state with its name at its end; a gap where nothing was measured.",
        ),
        exhibit(
            "series-empty",
            "Series: empty",
            series("Nothing measured yet", false),
            "Before anything was measured.",
        ),
        exhibit(
            "histogram",
            "Histogram",
            histogram("Latency", 24, 1.25),
            "How often which value, on a logarithmic axis where it is wide; marks, one of them in trouble.",
        ),
        exhibit(
            "histogram-narrow",
            "Histogram: linear",
            histogram("Latency", 10, 1.06),
            "The same over a narrow range.",
        ),
        exhibit(
            "histogram-empty",
            "Histogram: empty",
            histogram("Latency", 0, 1.0),
            "Before anything was measured.",
        ),
        exhibit(
            "curves",
            "Curves",
            curves(),
            "How one thing depends on another: a line in each state for what is expected, dots for what was measured.",
        ),
        exhibit(
            "grid-flat",
            "Grid: flat",
            grid("Who holds which", false),
            "Rows that compare by their length. What is normal is low; what stands out is high, capped or crossed.",
        ),
        exhibit(
            "grid-tall",
            "Grid: tall",
            grid("How much waits where", true),
            "Cells that compare by their level.",
        ),
    ]
}

pub(super) fn plain(text: impl Into<String>) -> Label {
    Label::Plain(text.into())
}

fn node(entity: Entity, label: &str, note: &str, state: State) -> Node {
    Node {
        entity,
        label: plain(label),
        note: (!note.is_empty()).then(|| plain(note)),
        state,
        queue: None,
        workers: None,
    }
}

const SOURCE: Entity = Entity::new(0, 0);

pub(super) fn server(n: u32) -> Entity {
    Entity::new(1, n)
}

/// A source before these nodes, with a link to each in the node's own state.
fn before(name: &str, nodes: Vec<Node>, packets: Vec<Packet>) -> Panel {
    let links = nodes.iter().map(|it| Link { from: SOURCE, to: it.entity, state: it.state }).collect();
    let tiers = vec![Tier { nodes: vec![node(SOURCE, name, "", State::Normal)] }, Tier { nodes }];
    Panel::Flow(Flow { tiers, links, packets })
}

fn states() -> Panel {
    let nodes =
        State::ALL.iter().zip(0..).map(|(&state, n)| node(server(n), state_name(state), "its note", state));
    before("source", nodes.collect(), Vec::new())
}

fn queues() -> Panel {
    let with =
        |n: u32, note: &str, waiting: u32, capacity: Option<u32>, (busy, total): (u32, u32), state| Node {
            queue: Some(Slots {
                waiting: (0..waiting).map(|k| Entity::new(REQUEST, n * 1000 + k)).collect(),
                capacity,
                state,
            }),
            workers: Some(Workers {
                busy: (0..busy).map(|k| (Entity::new(REQUEST, n * 1000 + 500 + k), Time::ZERO)).collect(),
                total,
            }),
            ..node(server(n), &char::from(b'A' + n as u8).to_string(), note, state)
        };
    let nodes = vec![
        with(0, "empty", 0, Some(10), (0, 2), State::Normal),
        with(1, "half full", 5, Some(10), (1, 2), State::Normal),
        with(2, "full", 10, Some(10), (2, 2), State::Trouble),
        with(3, "long", 140, Some(200), (60, 64), State::Trouble),
        with(4, "no bound", 37, None, (7, 8), State::Normal),
        with(5, "no slots", 0, Some(0), (1, 1), State::Quiet),
    ];
    before("clients", nodes, Vec::new())
}

fn packets() -> Panel {
    let packet = |shape, n: u32, k: u32| {
        let back = matches!(shape, Shape::Answer | Shape::Failure);
        let (from, to) = if back { (server(n), SOURCE) } else { (SOURCE, server(n)) };
        let left = NOW.back(Span::from_millis(60 + 90 * u64::from(k)));
        Packet {
            entity: Entity::new(REQUEST, n * 10 + k),
            from,
            to,
            left,
            arrives: left + Span::from_millis(360),
            shape,
        }
    };
    let shapes = || Shape::ALL.iter().zip(0..);
    let nodes = shapes().map(|(&shape, n)| node(server(n), shape_name(shape), "", State::Normal)).collect();
    let packets = shapes().flat_map(|(&shape, n)| (0..3).map(move |k| packet(shape, n, k))).collect();
    before("source", nodes, packets)
}

fn deep() -> Panel {
    let at = |tier: u8, n| Entity::new(tier, n);
    let tiers = vec![
        vec![node(at(0, 0), "web browsers of customers", "from all over the world", State::Normal)],
        vec![
            node(at(1, 0), "gateway", "weighted round robin with slow start", State::Active),
            node(at(1, 1), "standby gateway", "takes over within ten seconds", State::Quiet),
        ],
        vec![
            node(at(2, 0), "orders", "4 × slower", State::Trouble),
            node(at(2, 1), "recommendations", "killed", State::Down),
            node(at(2, 2), "Donaudampfschifffahrtsgesellschaft", "draining", State::Draining),
        ],
        vec![
            node(at(3, 0), "database", "primary", State::Normal),
            node(at(3, 1), "replica", "2 s behind", State::Warming),
        ],
    ];
    let link = |(from, to), state| Link { from, to, state };
    let links = vec![
        link((at(0, 0), at(1, 0)), State::Active),
        link((at(0, 0), at(1, 1)), State::Quiet),
        link((at(1, 0), at(2, 0)), State::Trouble),
        link((at(1, 0), at(2, 1)), State::Down),
        link((at(1, 0), at(2, 2)), State::Draining),
        link((at(2, 0), at(3, 0)), State::Normal),
        link((at(2, 2), at(3, 0)), State::Normal),
        link((at(3, 0), at(3, 1)), State::Active),
        link((at(2, 1), at(1, 1)), State::Quiet),
    ];
    let tiers = tiers.into_iter().map(|nodes| Tier { nodes }).collect();
    Panel::Flow(Flow { tiers, links, packets: Vec::new() })
}

fn crowd(size: u32) -> Panel {
    let state = |n: u32| match n % 19 {
        5 => State::Trouble,
        8 => State::Down,
        11 => State::Draining,
        14 => State::Warming,
        16 => State::Active,
        17 => State::Quiet,
        _ => State::Normal,
    };
    let one = |n: u32| Node {
        queue: Some(Slots {
            waiting: (0..if state(n) == State::Trouble { 10 } else { n * 7 % 8 })
                .map(|k| Entity::new(REQUEST, n * 1000 + k))
                .collect(),
            capacity: Some(10),
            state: if state(n) == State::Trouble { State::Trouble } else { State::Normal },
        }),
        workers: Some(Workers {
            busy: (0..n % 3).map(|k| (Entity::new(REQUEST, n * 1000 + 500 + k), Time::ZERO)).collect(),
            total: 2,
        }),
        ..node(server(n), &format!("s{n}"), "", state(n))
    };
    before("balancer", (0..size).map(one).collect(), Vec::new())
}

fn lanes(step: Option<Span>) -> Panel {
    let bar = |lane: u32, from: u64, until: u64, label: &str, state| Bar {
        entity: Entity::new(REQUEST, lane * 1000 + from as u32),
        from: Time::from_secs(from),
        until: Time::from_secs(until),
        label: plain(label),
        state,
    };
    let all =
        State::ALL.iter().zip(0..).map(|(&state, n)| bar(0, n * 10, n * 10 + 10, state_name(state), state));
    let lane = |n: u32, label: &str, bars| Lane { entity: server(n), label: plain(label), bars };
    Panel::Lanes(Lanes {
        title: plain(if step.is_some() { "What each did, step by step" } else { "What each did" }),
        from: Time::ZERO,
        until: Time::from_secs(80),
        step,
        lanes: vec![
            lane(0, "every state", all.collect()),
            lane(
                1,
                "short and long",
                vec![
                    bar(1, 0, 1, "a", State::Active),
                    bar(1, 3, 4, "too long to be written", State::Active),
                    bar(1, 8, 40, "waits for a lock that another holds", State::Trouble),
                ],
            ),
            lane(2, "a name that is too long for what there is beside a lane", Vec::new()),
        ],
    })
}

fn listing(who: u32, title: &str) -> Panel {
    let line = |n: u32, code: &str, note: &str, state| ListingLine {
        entity: Entity::new(3, who * 100 + n),
        code: code.to_owned(),
        note: (!note.is_empty()).then(|| plain(note)),
        state,
    };
    Panel::Listing(Listing {
        entity: server(who),
        title: plain(title),
        lines: vec![
            line(0, "r = x", "r = 0", State::Quiet),
            line(1, "r = r + 1", "", State::Active),
            line(2, "x = r", "", State::Normal),
            line(3, "if x != r {", "a lost update", State::Trouble),
            line(4, "    retry()", "", State::Down),
            line(5, "}", "", State::Draining),
            line(6, "return x", "", State::Warming),
        ],
    })
}

fn table() -> Panel {
    let row = |(&state, n): (&State, u32)| Row {
        entity: server(n),
        cells: vec![
            plain(state_name(state)),
            Label::Value(120.0 - 13.0 * f64::from(n), Unit::Rate),
            Label::Value(0.012 * f64::from(n + 1), Unit::Time),
            Label::Value(0.3 + 0.1 * f64::from(n), Unit::Share),
            Label::Value(f64::from(n * 1500), Unit::Count),
        ],
        state,
    };
    let mut rows: Vec<Row> = State::ALL.iter().zip(0..).map(row).collect();
    rows.push(Row {
        entity: server(99),
        cells: vec![
            plain("a name that is too long for its column"),
            Label::Value(f64::NAN, Unit::Rate),
            Label::Value(3600.0, Unit::Time),
            Label::Value(1.0, Unit::Share),
            Label::Value(12_345_678.0, Unit::Count),
        ],
        state: State::Normal,
    });
    let columns = ["Server", "Answered", "p99", "Busy", "Waiting"].map(plain).to_vec();
    Panel::Table(Table { title: plain("Servers"), columns, rows })
}
