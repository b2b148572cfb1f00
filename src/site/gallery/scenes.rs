//! Scenes written by hand: panels in states, and flows of sizes, that no figure of the gallery shows.

use super::Exhibit;
use crate::scene::{
    Axis, Bar, Cell, Chart, CurveLine, Curves, Flow, Grid, GridRow, Histogram, Label, Ladder, LadderMessage,
    Lane, Lanes, Link, Listing, ListingLine, Loss, MachineState, Node, Packet, PacketKind, Panel, Party,
    PartyNote, Row, Scene, Series, SeriesLine, Slots, States, Status, Table, Tier, Token, Transition, Words,
    Workers,
};
use crate::sim::{Entity, Span, Time, Unit};

const NOW: Time = Time::from_secs(43);
const SOURCE: Entity = Entity::new(0, 0);
const REQUEST: u8 = 9;
/// What figures leave over of the states of nodes and links, tables, and curves. What they show of the other kinds is
/// so little that these are drawn in all.
const NODES: &[Status] = &[Status::Quiet, Status::Active, Status::Warming];
const ROWS: &[Status] = &[Status::Active, Status::Warming];
const CURVES: &[Status] = &[Status::Down, Status::Draining, Status::Warming];

/// All of them.
pub fn all() -> Vec<Exhibit> {
    let states = "States are told by outline and pattern as well as by colour.";
    let nodes = each(NODES, |n, state| node(server(n), &format!("{state:?}"), "its note", state));
    vec![
        exhibit("Flow: states", states, before(nodes)),
        exhibit("Flow: queues and workers", "Full, without bound, too long for their boxes.", queues()),
        exhibit("Flow: sixty nodes", "Cells, each with two gauges.", crowd(60)),
        exhibit("Flow: four hundred nodes", "Dots: only what is remarkable stands out.", crowd(400)),
        exhibit("Lanes: time", states, lanes(None)),
        exhibit("Lanes: steps", states, lanes(Some(Span::from_secs(10)))),
        exhibit("Listing", states, listing()),
        exhibit("Table", states, table()),
        exhibit("Series", "A gap where nothing was measured.", series()),
        exhibit("Histogram", states, histogram()),
        exhibit("Curves", states, curves()),
        exhibit("Grid", states, grid()),
        exhibit(
            "Ladder: a connection",
            "A segment is lost and sent again; another is under way.",
            connection(),
        ),
        exhibit("Ladder: states", states, messages_of_each_state()),
        exhibit("Ladder: five parties", "Labels without room are left to the tables.", election()),
        exhibit("States: a row", "Who is in a state is told by a thick border and a disc.", breaker()),
        exhibit("States: several machines", "Each has a token with its name.", roles()),
        exhibit("States: states", states, machine_of_each_state()),
    ]
}

fn exhibit(name: &'static str, says: &'static str, panel: Panel) -> Exhibit {
    let scene = Scene { time: NOW, panels: vec![panel], ..Scene::default() };
    Exhibit { name, says, scene, words: Words::default() }
}

fn plain(text: impl Into<String>) -> Label {
    Label::Plain(text.into())
}

fn name(state: Status) -> Label {
    plain(format!("{state:?}").to_lowercase())
}

/// Something of each state, with its number.
fn each<T>(states: &[Status], make: impl Fn(u32, Status) -> T) -> Vec<T> {
    states.iter().zip(0..).map(|(&state, n)| make(n, state)).collect()
}

fn server(n: u32) -> Entity {
    Entity::new(1, n)
}

fn node(entity: Entity, label: &str, note: &str, status: Status) -> Node {
    let note = (!note.is_empty()).then(|| plain(note));
    Node { label: plain(label), note, status, ..Node::new(entity) }
}

/// A source before these nodes, with a link to each in the node's own state, and probes under way.
fn before(nodes: Vec<Node>) -> Panel {
    let links = nodes.iter().map(|it| Link::new(SOURCE, it.entity, it.status)).collect();
    let (from, to, arrives) = (SOURCE, nodes[0].entity, NOW + Span::from_millis(200));
    let left = NOW.back(Span::from_millis(200));
    let packet = Packet { entity: Entity::new(REQUEST, 0), from, to, left, arrives, kind: PacketKind::Probe };
    let source = Tier { nodes: vec![node(SOURCE, "source", "", Status::Normal)] };
    Panel::Flow(Flow { tiers: vec![source, Tier { nodes }], links, packets: vec![packet] })
}

/// With so many waiting of so many, and so many workers busy of so many.
fn served(it: Node, (waiting, capacity): (u32, Option<u32>), (busy, total): (u32, u32)) -> Node {
    let request = |k: u32| Entity::new(REQUEST, it.entity.n * 1000 + k);
    let status = if it.status == Status::Trouble { Status::Trouble } else { Status::Normal };
    let queue = Slots { waiting: (0..waiting).map(request).collect(), capacity, status };
    let busy = (0..busy).map(|k| (request(500 + k), Time::ZERO)).collect();
    Node { queue: Some(queue), workers: Some(Workers { busy, total }), ..it }
}

fn queues() -> Panel {
    let (long, note) = ("Donaudampfschifffahrtsgesellschaft", "weighted round robin with slow start");
    before(vec![
        served(node(server(0), long, note, Status::Trouble), (10, Some(10)), (2, 2)),
        served(node(server(1), "B", "long", Status::Trouble), (140, Some(200)), (60, 64)),
        served(node(server(2), "C", "no bound", Status::Normal), (37, None), (7, 8)),
        served(node(server(3), "D", "no slots", Status::Quiet), (0, Some(0)), (1, 1)),
    ])
}

fn crowd(size: u32) -> Panel {
    let one = |n: u32| {
        // Most are normal, and of each other state there are a few.
        let state = if n % 3 == 2 { Status::ALL[n as usize / 3 % Status::ALL.len()] } else { Status::Normal };
        let waiting = if state == Status::Trouble { 10 } else { n * 7 % 8 };
        served(node(server(n), &format!("s{n}"), "", state), (waiting, Some(10)), (n % 3, 2))
    };
    before((0..size).map(one).collect())
}

fn lanes(step: Option<Span>) -> Panel {
    let bar = |n: u32, status| {
        let (entity, from) = (Entity::new(REQUEST, n), Time::from_secs(u64::from(n) * 10));
        Bar { entity, from, until: from + Span::from_secs(10), label: name(status), status }
    };
    let lane = |n: u32, label, bars| Lane { entity: server(n), label: plain(label), bars };
    let long = lane(1, "a name that is too long for what there is beside a lane", Vec::new());
    let lanes = vec![lane(0, "states", each(&Status::ALL, bar)), long];
    let (title, from, until) = (plain("What each did"), Time::ZERO, Time::from_secs(80));
    Panel::Lanes(Lanes { title, from, until, step, lanes }.into())
}

fn listing() -> Panel {
    let line = |n: u32, status| {
        let (entity, code) = (Entity::new(3, n), format!("x = x + {n}"));
        ListingLine { entity, code, note: Some(name(status)), status }
    };
    let (entity, title) = (server(1), plain("Program"));
    Panel::Listing(Listing { entity, title, lines: each(&Status::ALL, line) }.into())
}

fn table() -> Panel {
    let number = |n: u32, unit| Label::Value(0.012 * f64::from(n + 1), unit);
    let cells = |n, status| vec![name(status), number(n, Unit::Time), number(n, Unit::Share)];
    let row = |n, status| Row { entity: server(n), cells: cells(n, status), status };
    let columns = ["State", "p50", "Busy"].map(plain).to_vec();
    Panel::Table(Table { title: plain("A row of each"), columns, rows: each(ROWS, row) })
}

fn series() -> Panel {
    let line = |n: u32, status| {
        let wobble = |k: u32| ((k * 7919 + n * 31) % 101) as f32 * 6e-5;
        let gap = |k: u32| n == 0 && (12..17).contains(&k);
        let value = |k| if gap(k) { f32::NAN } else { 0.01 + 0.014 * n as f32 + wobble(k) };
        let points = (0..44).map(|k| (k as f32, value(k))).collect();
        SeriesLine { reading: "".into(), label: name(status), status, points }
    };
    let (title, lines) = (plain("Readings over time"), each(&Status::ALL, line));
    Panel::Chart(Chart::Series(Series { title, unit: Unit::Time, lines, until: Time::from_secs(60) }))
}

fn histogram() -> Panel {
    let at = |k: u32| 0.004 * libm::pow(1.25, k.into());
    let bars = (0..24).map(|k| (at(k), at(k + 1), u64::from(k * (24 - k)))).collect();
    let marks = each(&[Status::Normal, Status::Trouble, Status::Quiet], |n, state| {
        (name(state), at(5 + 6 * n), state)
    });
    Panel::Chart(Chart::Histogram(
        Histogram { title: plain("Latency"), unit: Unit::Time, bars, marks }.into(),
    ))
}

fn curves() -> Panel {
    let axis = |label: &str, unit, ends, log| Axis { label: plain(label), unit, ends, log };
    let line = |n: u32, status| {
        let value = |k: u32| libm::pow(0.95, f64::from(k * (n + 1))) as f32;
        let points = (0..40).map(|k| (k as f32, value(k))).collect();
        CurveLine { label: name(status), status, points, dots: false }
    };
    let x = axis("requests that wait", Unit::Count, (0.0, 40.0), false);
    let y = axis("share of servers", Unit::Share, (1e-4, 1.0), true);
    let (title, lines) = (plain("Where so many wait"), each(CURVES, line));
    Panel::Chart(Chart::Curves(Curves { title, x, y, lines, now: Some(12.0) }.into()))
}

fn grid() -> Panel {
    let entity = |n| Entity::new(REQUEST, n);
    let cells =
        each(&Status::ALL, |n, status| Cell { entity: entity(n), level: 0.3 + 0.1 * n as f32, status });
    let (label, note) = (plain("a name that is too long for its place"), Some(plain("its note")));
    let rows = vec![GridRow { entity: server(0), label, note, status: Status::Normal, cells }];
    Panel::Grid(Grid { title: plain("A cell of each"), rows, columns: 12, tall: true }.into())
}

/// Milliseconds after the start of the window that ladders show.
fn after(millis: u64) -> Time {
    NOW.back(Span::from_millis(1_600)) + Span::from_millis(millis)
}

fn ladder(parties: Vec<Party>, messages: Vec<LadderMessage>) -> Panel {
    Panel::Ladder(
        Ladder { title: plain("Who sent what"), from: after(0), until: after(2_000), parties, messages }
            .into(),
    )
}

fn party(n: u32, label: &str) -> Party {
    Party {
        entity: server(n),
        label: plain(label),
        status: Status::Normal,
        spans: Vec::new(),
        notes: Vec::new(),
    }
}

/// What a party was at between two moments, in milliseconds.
fn span(n: u32, (from, until): (u64, u64), label: &str, status: Status) -> Bar {
    Bar { entity: Entity::new(4, n), from: after(from), until: after(until), label: plain(label), status }
}

/// A message between two of the parties, sent and arriving so many milliseconds into the window.
fn message(n: u32, (from, to): (u32, u32), (sent, arrives): (u64, u64), label: &str) -> LadderMessage {
    LadderMessage {
        entity: Entity::new(REQUEST, n),
        from: server(from),
        to: server(to),
        sent: after(sent),
        arrives: after(arrives),
        lost: None,
        label: plain(label),
        kind: PacketKind::Request,
        status: Status::Normal,
    }
}

fn connection() -> Panel {
    let lost = Some(Loss { at: after(930), why: Some(plain("queue full")) });
    let spans = |n, opening, open, from: u64, since: u64| {
        vec![
            span(n, (from, since), opening, Status::Warming),
            span(n + 1, (since, 2_000), open, Status::Active),
        ]
    };
    let client = Party { spans: spans(0, "SYN_SENT", "ESTABLISHED", 100, 420), ..party(0, "client") };
    let server = Party { spans: spans(2, "SYN_RECEIVED", "ESTABLISHED", 260, 580), ..party(1, "server") };
    let timeout = PartyNote { at: after(1_200), label: plain("timeout"), status: Status::Trouble };
    let messages = vec![
        message(0, (0, 1), (100, 260), "SYN"),
        message(1, (1, 0), (260, 420), "SYN, ACK"),
        message(2, (0, 1), (420, 580), "ACK"),
        message(3, (0, 1), (620, 780), "seq 1"),
        LadderMessage { lost, ..message(4, (0, 1), (850, 1_010), "seq 2") },
        LadderMessage { status: Status::Active, ..message(5, (0, 1), (1_200, 1_360), "seq 2 again") },
        LadderMessage { kind: PacketKind::Answer, ..message(6, (1, 0), (1_450, 1_800), "ACK 3") },
    ];
    ladder(vec![Party { notes: vec![timeout], ..client }, server], messages)
}

fn messages_of_each_state() -> Panel {
    let spans = each(&Status::ALL, |n, status| {
        let from = u64::from(n) * 220;
        span(n, (from + 60, from + 200), &format!("{status:?}").to_lowercase(), status)
    });
    let notes = each(&Status::ALL, |n, status| PartyNote {
        at: after(u64::from(n) * 220 + 130),
        label: name(status),
        status,
    });
    let messages = each(&Status::ALL, |n, status| {
        let sent = u64::from(n) * 220 + 60;
        let label = format!("{status:?}").to_lowercase();
        LadderMessage { status, ..message(n, (0, 1), (sent, sent + 90), &label) }
    });
    let a_name_too_long = "Donaudampfschifffahrtsgesellschaft";
    let last = Party { notes, ..party(2, a_name_too_long) };
    ladder(vec![party(0, "client"), Party { spans, ..party(1, "server") }, last], messages)
}

fn election() -> Panel {
    let names = ["A", "B", "C", "D", "E"];
    let mut parties: Vec<Party> = names.iter().zip(0..).map(|(name, n)| party(n, name)).collect();
    parties[0].spans =
        vec![span(0, (0, 300), "leader", Status::Active), span(1, (300, 2_000), "down", Status::Down)];
    parties[0].status = Status::Down;
    parties[2].spans = vec![
        span(2, (620, 960), "candidate", Status::Warming),
        span(3, (960, 2_000), "leader", Status::Active),
    ];
    parties[2].notes = vec![PartyNote { at: after(620), label: plain("timeout"), status: Status::Trouble }];
    let mut messages = Vec::new();
    for (k, to) in (0_u32..).zip([1, 2, 3, 4]) {
        messages.push(message(k, (0, to), (150, 230 + u64::from(k) * 25), "append"));
    }
    for (k, to) in (0_u32..).zip([0, 1, 3, 4]) {
        let delay = 110 + u64::from(to) * 20;
        let lost = (to == 0).then(|| Loss { at: after(690), why: Some(plain("down")) });
        messages.push(LadderMessage { lost, ..message(10 + k, (2, to), (620, 620 + delay), "vote?") });
        if to > 0 {
            let arrives = 960 + 90 * u64::from(k - 1);
            let answer = message(20 + k, (to, 2), (640 + delay, arrives), "yes");
            messages.push(LadderMessage { kind: PacketKind::Answer, ..answer });
        }
        if to > 0 {
            messages.push(message(30 + k, (2, to), (1_480, 1_560 + u64::from(to) * 40), "append"));
        }
    }
    ladder(parties, messages)
}

fn machine(states: &[(&str, Status)], ways: &[(usize, usize, &str)], tokens: Vec<Token>) -> States {
    let state = |(&(label, status), n): (&(&str, Status), u32)| MachineState {
        entity: Some(Entity::new(5, n)),
        label: plain(label),
        status,
    };
    let way = |(&(from, to, label), n): (&(usize, usize, &str), u32)| Transition {
        entity: Some(Entity::new(6, n)),
        from,
        to,
        label: plain(label),
        taken: None,
    };
    let states = states.iter().zip(0..).map(state).collect();
    let transitions = ways.iter().zip(0..).map(way).collect();
    States { title: plain("State machine"), states, transitions, tokens }
}

fn token(n: u32, label: &str, state: usize, status: Status) -> Token {
    Token { entity: server(n), state, label: plain(label), since: None, status }
}

fn breaker() -> Panel {
    let states = [("closed", Status::Normal), ("open", Status::Trouble), ("half-open", Status::Warming)];
    let ways = [
        (0, 0, "success"),
        (0, 1, "5 failures"),
        (1, 2, "after 5 s"),
        (2, 1, "failure"),
        (2, 0, "3 successes"),
    ];
    let since = Some(NOW.back(Span::from_millis(3_200)));
    let mut machine = machine(&states, &ways, vec![Token { since, ..token(0, "", 1, Status::Trouble) }]);
    machine.transitions[1].taken = since;
    Panel::States(machine.into())
}

fn roles() -> Panel {
    let normal = |label| (label, Status::Normal);
    let states = ["follower", "candidate", "leader"].map(normal);
    let ways = [
        (0, 1, "timeout"),
        (1, 1, "split vote"),
        (1, 2, "majority"),
        (1, 0, "higher term"),
        (2, 0, "higher term"),
    ];
    let tokens = vec![
        token(0, "A", 0, Status::Normal),
        token(1, "B", 2, Status::Active),
        token(2, "C", 0, Status::Normal),
        token(3, "D", 0, Status::Down),
        token(4, "E", 1, Status::Warming),
    ];
    let mut machine = machine(&states, &ways, tokens);
    machine.transitions[2].taken = Some(NOW);
    Panel::States(machine.into())
}

fn machine_of_each_state() -> Panel {
    let names: Vec<String> = Status::ALL.iter().map(|status| format!("{status:?}").to_lowercase()).collect();
    let states: Vec<(&str, Status)> = names.iter().map(String::as_str).zip(Status::ALL).collect();
    let last = states.len() - 1;
    let mut ways: Vec<(usize, usize, &str)> = (0..last).map(|n| (n, n + 1, "next")).collect();
    ways.extend([(last, 0, "again"), (0, 3, "falls"), (3, 0, "comes up"), (2, 2, "stays"), (5, 5, "stays")]);
    let names = ["A", "B", "C", "D", "E", "F", "G"];
    let tokens = each(&Status::ALL, |n, status| token(n, names[n as usize], n as usize, status));
    Panel::States(machine(&states, &ways, tokens).into())
}
