//! Scenes written by hand: panels in states, and flows of sizes, that no figure of the gallery shows.

use super::Exhibit;
use crate::scene::{
    Axis, Bar, Cell, Chart, CurveLine, Curves, Flow, Frames, Grid, GridRow, Histogram, Label, Lane, Lanes,
    Link, Listing, ListingLine, Node, Packet, PacketKind, Panel, Ring, Row, Scene, Series, SeriesLine, Slots,
    Status, Table, Tier, ValueBox, ValueRow, Values, Words, Workers,
};
use crate::sim::{Entity, Span, Time, Unit};
use crate::site::sample::panels::{self, NOW, REQUEST, STATES, each, name, plain, server};

const SOURCE: Entity = Entity::new(0, 0);
/// The states of nodes and links, tables, and curves that no figure shows; other kinds of panels are drawn in all.
const NODES: &[Status] = &[Status::Quiet, Status::Active, Status::Warming];
const ROWS: &[Status] = &[Status::Active, Status::Draining, Status::Warming];
const CURVES: &[Status] = &[Status::Down, Status::Draining, Status::Warming];

/// All of them.
pub fn all() -> Vec<Exhibit> {
    let nodes = each(NODES, |n, state| node(server(n), &format!("{state:?}"), "its note", state));
    let own = [
        ("Flow: states", STATES, before(nodes)),
        ("Flow: queues and workers", "Full, without bound, too long for their boxes.", queues()),
        ("Ring", STATES, ring()),
        ("Flow: sixty nodes", "Cells, each with two gauges.", crowd(60)),
        ("Flow: four hundred nodes", "Dots: only what is remarkable stands out.", crowd(400)),
        ("Lanes: time", STATES, lanes(None)),
        ("Lanes: steps", STATES, lanes(Some(Span::from_secs(10)))),
        ("Listing", STATES, listing()),
        ("Table", STATES, table()),
        ("Series", "A gap where nothing was measured.", series()),
        ("Histogram", STATES, histogram()),
        ("Curves", STATES, curves()),
        ("Grid", STATES, grid()),
        ("Frames", STATES, frames()),
        ("Values", STATES, values()),
    ];
    own.into_iter().chain(panels::all()).map(exhibit).collect()
}

fn exhibit((name, says, panel): (&'static str, &'static str, Panel)) -> Exhibit {
    let scene = Scene { time: NOW, panels: vec![panel], ..Scene::default() };
    Exhibit { name, says, scene, words: Words::default() }
}

fn node(entity: Entity, label: &str, note: &str, status: Status) -> Node {
    let note = (!note.is_empty()).then(|| plain(note));
    Node { label: plain(label), note, status, ..Node::new(entity) }
}

/// A source before these nodes, with a link to each in the node's own state, and what no figure sends under way.
fn before(nodes: Vec<Node>) -> Panel {
    let links = nodes.iter().map(|it| Link::new(SOURCE, it.entity, it.status)).collect();
    let (entity, half) = (Entity::new(REQUEST, 0), Span::from_millis(200));
    let (from, left, arrives) = (SOURCE, NOW.back(half), NOW + half);
    let packet = |(to, kind): (&Node, _)| Packet { entity, from, to: to.entity, left, arrives, kind };
    let kinds = [PacketKind::Probe, PacketKind::Write, PacketKind::Copy];
    let packets = nodes.iter().zip(kinds).map(packet).collect();
    let source = Tier { nodes: vec![node(SOURCE, "source", "", Status::Normal)] };
    Panel::Flow(Flow { tiers: vec![source, Tier { nodes }], links, packets })
}

/// Peers in all states, each linked to all others; a link is cut.
fn ring() -> Panel {
    let nodes = each(&Status::ALL, |n, state| node(server(n), &format!("{state:?}"), "x = 12", state));
    let count = nodes.len() as u32;
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
    let status = |pair| if pair == (1, 4) { Status::Down } else { Status::Normal };
    let link = |(a, b)| Link::new(server(a), server(b), status((a, b))).of(Entity::new(REQUEST, a * 8 + b));
    let links = pairs.map(link).collect();
    Panel::Ring(Ring(Flow { tiers: vec![Tier { nodes }], links, packets: Vec::new() }).into())
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
    Panel::Lanes(Lanes { title, from, until, step, lanes, key: Vec::new() }.into())
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
    Panel::Table(Table { title: plain("A row of each"), columns, rows: each(ROWS, row), unfolded: true })
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
    let key = each(&Status::ALL, |_, status| (name(status), status));
    Panel::Grid(Grid { title: plain("A cell of each"), rows, columns: 12, tall: true, key }.into())
}

fn frames() -> Panel {
    let key = each(&Status::ALL, |_, status| (name(status), status));
    let row = |n: u32, status| {
        let cells = each(&Status::ALL, |n, status| Cell::new(Entity::new(REQUEST, n), status));
        GridRow { entity: server(n), label: name(status), note: Some(plain("its note")), status, cells }
    };
    let rows = each(&Status::ALL, row);
    Panel::Frames(
        Frames(Grid { title: plain("Inside each other"), rows, columns: 12, tall: false, key }).into(),
    )
}

fn values() -> Panel {
    let value = |n: u32, status| {
        let (entity, text) = (Entity::new(REQUEST, n), format!("{status:?}={n}").to_lowercase());
        ValueBox { entity, text, status }
    };
    let named = |n: u32, boxes| ValueRow { name: Some((server(n), plain("a buffer"))), boxes };
    let rows = vec![
        ValueRow { name: None, boxes: each(&Status::ALL, value) },
        named(0, each(&[Status::Active, Status::Normal], value)),
        named(1, Vec::new()),
        named(2, each(&[Status::Normal; 9], value)),
    ];
    let verdict = Some((plain("as it should be"), Status::Active));
    Panel::Values(Values { title: plain("Memory"), verdict, rows }.into())
}
