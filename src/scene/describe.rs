//! What the picture shows, in words: the scene's sentences, and every panel as tables. A screen reader hears this; the
//! table view shows it; a question about the run can be answered from it alone.

use super::catalogue;
use super::panel::{Chart, Flow, Histogram, Label, Lanes, Listing, Node, Panel, Scene, Series, State, Table};
use super::words::Words;
use crate::sim::{Arg, Entity, Msg, Unit};

/// A scene in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// The anomaly, its figure, the trend.
    pub says: Vec<String>,
    /// Every panel, in the scene's order.
    pub tables: Vec<TableView>,
}

/// A panel, or a part of one, as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableView {
    /// Number of the scene's panel.
    pub panel: usize,
    /// Its caption.
    pub title: String,
    /// Heads of the columns; the first belongs to the rows' names.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<RowView>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowView {
    /// What it is about, if about one thing.
    pub entity: Option<Entity>,
    /// One text for each column.
    pub cells: Vec<String>,
}

/// The scene in words.
pub fn describe(scene: &Scene, words: &Words) -> Description {
    let says = scene.says.iter().map(|msg| words.sentence(msg)).collect();
    let mut tables = Vec::new();
    for (panel, what) in scene.panels.iter().enumerate() {
        let mut writer = Writer { words, panel, tables: &mut tables };
        match what {
            Panel::Flow(flow) => writer.flow(flow),
            Panel::Chart(Chart::Series(series)) => writer.series(series),
            Panel::Chart(Chart::Histogram(histogram)) => writer.histogram(histogram),
            Panel::Table(table) => writer.table(table),
            Panel::Lanes(lanes) => writer.lanes(lanes),
            Panel::Listing(listing) => writer.listing(listing),
        }
    }
    Description { says, tables }
}

/// A cell that has nothing to say.
const NOTHING: &str = "–";

struct Writer<'a> {
    words: &'a Words,
    panel: usize,
    tables: &'a mut Vec<TableView>,
}

impl Writer<'_> {
    fn add(&mut self, title: String, columns: &[&str], rows: Vec<RowView>) {
        let columns = columns.iter().map(|id| self.words.word(id)).collect();
        self.tables.push(TableView { panel: self.panel, title, columns, rows });
    }
    fn state(&self, state: State) -> String {
        self.words.word(catalogue::state(state))
    }
    fn label(&self, label: Option<&Label>) -> String {
        label.map_or_else(|| NOTHING.into(), |label| self.words.label(label))
    }
    fn of(&self, id: &'static str, parts: [(&'static str, u64); 2]) -> String {
        let [(a, x), (b, y)] = parts;
        self.words.say(&Msg::new(id).count(a, x).count(b, y))
    }

    fn flow(&mut self, flow: &Flow) {
        let nodes = || flow.tiers.iter().flat_map(|tier| &tier.nodes);
        let queues = nodes().any(|node| node.queue.is_some());
        let workers = nodes().any(|node| node.workers.is_some());
        let mut columns = vec!["scene-name", "scene-state", "scene-note"];
        if queues {
            columns.extend(["scene-waiting", "scene-first"]);
        }
        if workers {
            columns.push("scene-busy");
        }
        let rows = nodes().map(|node| self.node(node, queues, workers)).collect();
        self.add(self.words.word("scene-flow"), &columns, rows);

        // Links that are as links should be need no row of their own.
        let remarkable = flow.links.iter().filter(|link| !matches!(link.state, State::Normal | State::Quiet));
        let rows: Vec<RowView> = remarkable
            .map(|link| {
                let cells =
                    vec![self.words.name(link.from), self.words.name(link.to), self.state(link.state)];
                RowView { entity: None, cells }
            })
            .collect();
        if !rows.is_empty() {
            self.add(self.words.word("scene-links"), &["scene-from", "scene-to", "scene-state"], rows);
        }
        if !flow.packets.is_empty() {
            let row = |packet: &super::panel::Packet| RowView {
                entity: Some(packet.entity),
                cells: vec![
                    self.words.name(packet.entity),
                    self.words.word(catalogue::shape(packet.shape)),
                    self.words.name(packet.from),
                    self.words.name(packet.to),
                    packet.arrives.to_string(),
                ],
            };
            let rows = flow.packets.iter().map(row).collect();
            let columns = ["scene-name", "scene-what", "scene-from", "scene-to", "scene-arrives"];
            self.add(self.words.word("scene-packets"), &columns, rows);
        }
    }

    fn node(&self, node: &Node, queues: bool, workers: bool) -> RowView {
        let mut cells =
            vec![self.words.name(node.entity), self.state(node.state), self.label(node.note.as_ref())];
        if queues {
            let (waiting, first) = match &node.queue {
                None => (NOTHING.into(), NOTHING.into()),
                Some(slots) => {
                    let n = slots.waiting.len() as u64;
                    let waiting = match slots.capacity {
                        Some(capacity) => {
                            self.of("scene-waiting-of", [("waiting", n), ("capacity", u64::from(capacity))])
                        }
                        None => Unit::Count.format(n as f64),
                    };
                    let first = slots.waiting.first();
                    (waiting, first.map_or_else(|| NOTHING.into(), |&who| self.words.name(who)))
                }
            };
            cells.extend([waiting, first]);
        }
        if workers {
            cells.push(node.workers.as_ref().map_or_else(
                || NOTHING.into(),
                |w| self.of("scene-busy-of", [("busy", w.busy.len() as u64), ("total", u64::from(w.total))]),
            ));
        }
        RowView { entity: Some(node.entity), cells }
    }

    fn series(&mut self, series: &Series) {
        let row = |line: &super::panel::Line| {
            let known = || line.points.iter().map(|&(_, v)| f64::from(v)).filter(|v| v.is_finite());
            let value = |value: Option<f64>| value.map_or_else(|| NOTHING.into(), |v| series.unit.format(v));
            let cells = vec![
                self.words.label(&line.label),
                value(known().next_back()),
                value(known().reduce(f64::max)),
            ];
            RowView { entity: None, cells }
        };
        let rows = series.lines.iter().map(row).collect();
        let title = self.words.label(&series.title);
        self.add(title, &["scene-name", "scene-now", "scene-most"], rows);
    }

    fn histogram(&mut self, histogram: &Histogram) {
        let text = |value: f64| histogram.unit.format(value);
        let bars = histogram.bars.iter().filter(|bar| bar.2 > 0);
        let mut rows: Vec<RowView> = bars
            .map(|&(low, high, n)| RowView {
                entity: None,
                cells: vec![text(low), text(high), Unit::Count.format(n as f64)],
            })
            .collect();
        for (label, value, state) in &histogram.marks {
            let at = Msg::new("scene-mark").with("value", Arg::Number(*value, histogram.unit));
            let state = if *state == State::Normal { NOTHING.into() } else { self.state(*state) };
            rows.push(RowView {
                entity: None,
                cells: vec![self.words.label(label), self.words.say(&at), state],
            });
        }
        let title = self.words.label(&histogram.title);
        self.add(title, &["scene-from", "scene-until", "scene-count"], rows);
    }

    fn table(&mut self, table: &Table) {
        let rows = table
            .rows
            .iter()
            .map(|row| {
                let mut cells: Vec<String> = row.cells.iter().map(|cell| self.words.label(cell)).collect();
                cells.push(self.state(row.state));
                RowView { entity: Some(row.entity), cells }
            })
            .collect();
        let mut columns: Vec<String> = table.columns.iter().map(|label| self.words.label(label)).collect();
        columns.push(self.words.word("scene-state"));
        let title = self.words.label(&table.title);
        self.tables.push(TableView { panel: self.panel, title, columns, rows });
    }

    fn lanes(&mut self, lanes: &Lanes) {
        let time = |time: crate::sim::Time| match lanes.step {
            Some(step) => (time.nanos() / step.nanos().max(1)).to_string(),
            None => time.to_string(),
        };
        let mut rows = Vec::new();
        for lane in &lanes.lanes {
            for bar in &lane.bars {
                rows.push(RowView {
                    entity: Some(bar.entity),
                    cells: vec![
                        self.words.label(&lane.label),
                        self.words.label(&bar.label),
                        time(bar.from),
                        time(bar.until),
                        self.state(bar.state),
                    ],
                });
            }
        }
        let title = self.words.label(&lanes.title);
        self.add(title, &["scene-name", "scene-what", "scene-from", "scene-until", "scene-state"], rows);
    }

    fn listing(&mut self, listing: &Listing) {
        let rows = listing
            .lines
            .iter()
            .enumerate()
            .map(|(number, line)| {
                let note = match (line.state, &line.note) {
                    (State::Active, None) => self.words.word("scene-next"),
                    (_, note) => self.label(note.as_ref()),
                };
                let cells = vec![(number + 1).to_string(), line.code.clone(), note, self.state(line.state)];
                RowView { entity: Some(line.entity), cells }
            })
            .collect();
        let title = self.words.label(&listing.title);
        self.add(title, &["scene-line", "scene-code", "scene-done", "scene-state"], rows);
    }
}
