//! What the picture shows, in words: the scene's sentences, and every panel as tables. A screen reader hears this; the
//! table view shows it; a question about the run can be answered from it alone.

use super::catalogue;
use super::grid;
use super::ladder::{Fate, fate};
use super::panel::{
    Cell, Chart, Curves, Flow, Frames, Grid, GridRow, Histogram, Label, Ladder, LadderMessage, Lanes,
    Listing, Node, Panel, Ring, Scene, Series, States, Status, Table, Token, ValueBox, Values,
};
use super::time_axis::{moment_text, time_text};
use super::words::Words;
use crate::sim::sort::{sort_by, sort_by_key};
use crate::sim::{Arg, Entity, Msg, Span, Time, Unit};

/// A scene in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// Sentences: the anomaly, its number, the trend.
    pub sentences: Vec<String>,
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
    let sentences = scene.sentences.iter().map(|msg| words.sentence(msg)).collect();
    let mut tables = Vec::new();
    for (panel, what) in scene.panels.iter().enumerate() {
        let mut writer = Writer { words, panel, now: scene.time, tables: &mut tables };
        match what {
            Panel::Flow(flow) => writer.flow(flow),
            Panel::Ring(it) => it.describe(&mut writer),
            Panel::Chart(Chart::Series(series)) => writer.series(series),
            Panel::Chart(Chart::Histogram(it)) => it.describe(&mut writer),
            Panel::Table(table) => writer.table(table),
            Panel::Lanes(it) => it.describe(&mut writer),
            Panel::Listing(it) => it.describe(&mut writer),
            Panel::Chart(Chart::Curves(it)) => it.describe(&mut writer),
            Panel::Grid(it) => it.describe(&mut writer),
            Panel::Frames(it) => it.describe(&mut writer),
            Panel::Values(it) => it.describe(&mut writer),
            Panel::Ladder(it) => it.describe(&mut writer),
            Panel::States(it) => it.describe(&mut writer),
        }
    }
    Description { sentences, tables }
}

/// Packets that are told one by one: there can be hundreds, and none is there for long.
const PACKETS: usize = 8;
/// Bars of lanes that are told, the latest of each.
const LANE_ROWS: usize = 24;
/// Cells of a grid's row that are named; more are counted.
const NAMED: usize = 12;

/// A cell that has nothing to say.
const NOTHING: &str = "–";

/// A title that says how many are told of how many there are, if that isn't all.
fn of_how_many(mut title: String, told: usize, all: usize) -> String {
    if told < all {
        title.push_str(&[" (", &told.to_string(), "/", &all.to_string(), ")"].concat());
    }
    title
}

/// Writes the tables of one panel.
pub(super) struct Writer<'a> {
    words: &'a Words,
    panel: usize,
    now: Time,
    tables: &'a mut Vec<TableView>,
}

impl Writer<'_> {
    fn add(&mut self, title: String, columns: &[&str], rows: Vec<RowView>) {
        let columns = columns.iter().map(|id| self.words.word(id)).collect();
        self.tables.push(TableView { panel: self.panel, title, columns, rows });
    }
    fn state(&self, state: Status) -> String {
        self.words.word(catalogue::state(state))
    }
    fn label(&self, label: Option<&Label>) -> String {
        label.map_or_else(|| NOTHING.into(), |label| self.words.label(label))
    }
    fn of(&self, id: &'static str, parts: [(&'static str, u64); 2]) -> String {
        let [(a, x), (b, y)] = parts;
        self.words.say(&Msg::new(id).count(a, x).count(b, y))
    }

    pub(super) fn ring(&mut self, ring: &Ring) {
        self.flow(&ring.0);
    }

    fn flow(&mut self, flow: &Flow) {
        let nodes = || flow.tiers.iter().flat_map(|tier| &tier.nodes);
        let queues = nodes().any(|node| node.queue.is_some());
        let workers = nodes().any(|node| node.workers.is_some());
        let badges = nodes().any(|node| node.badge.is_some());
        let mut columns = vec!["scene-name", "scene-state", "scene-note"];
        if queues {
            columns.extend(["scene-waiting", "scene-first"]);
        }
        if workers {
            columns.push("scene-busy");
        }
        if badges {
            columns.push("scene-lost-here");
        }
        let rows = nodes().map(|node| self.node(node, [queues, workers, badges])).collect();
        self.add(self.words.word("scene-flow"), &columns, rows);

        // Links that are as links should be need no row of their own, unless something can be done to them.
        let remarkable = flow
            .links
            .iter()
            .filter(|link| link.entity.is_some() || !matches!(link.status, Status::Normal | Status::Quiet));
        let rows: Vec<RowView> = remarkable
            .map(|link| {
                let cells =
                    vec![self.words.name(link.from), self.words.name(link.to), self.state(link.status)];
                RowView { entity: link.entity, cells }
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
                    self.words.word(catalogue::shape(packet.kind)),
                    self.words.name(packet.from),
                    self.words.name(packet.to),
                    packet.arrives.to_string(),
                ],
            };
            let rows = flow.packets.iter().take(PACKETS).map(row).collect();
            let columns = ["scene-name", "scene-what", "scene-from", "scene-to", "scene-arrives"];
            let title = of_how_many(self.words.word("scene-packets"), PACKETS, flow.packets.len());
            self.add(title, &columns, rows);
        }
    }

    /// A node's row, with its queue, workers and badge where the table has columns for them.
    fn node(&self, node: &Node, [queues, workers, badges]: [bool; 3]) -> RowView {
        let mut cells =
            vec![self.words.name(node.entity), self.state(node.status), self.label(node.note.as_ref())];
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
        if badges {
            cells.push(self.label(node.badge.as_ref().map(|badge| &badge.label)));
        }
        RowView { entity: Some(node.entity), cells }
    }

    fn series(&mut self, series: &Series) {
        let row = |line: &super::panel::SeriesLine| {
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

    pub(super) fn histogram(&mut self, histogram: &Histogram) {
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
            let state = if *state == Status::Normal { NOTHING.into() } else { self.state(*state) };
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
                cells.push(self.state(row.status));
                RowView { entity: Some(row.entity), cells }
            })
            .collect();
        let mut columns: Vec<String> = table.columns.iter().map(|label| self.words.label(label)).collect();
        columns.push(self.words.word("scene-state"));
        let title = self.words.label(&table.title);
        self.tables.push(TableView { panel: self.panel, title, columns, rows });
    }

    pub(super) fn lanes(&mut self, lanes: &Lanes) {
        let time = |time: crate::sim::Time| match lanes.step {
            Some(step) => (time.nanos() / step.nanos().max(1)).to_string(),
            // Bars are often shorter than a hundredth of the time they come after.
            None => time_text(time, Span::from_millis(1)),
        };
        // A state is what the legend calls it.
        let state = |status: Status| {
            let key = lanes.key.iter().find(|(_, it)| *it == status);
            key.map_or_else(|| self.state(status), |(label, _)| self.words.label(label))
        };
        let most = (LANE_ROWS / lanes.lanes.len().max(1)).max(2);
        let mut rows = Vec::new();
        for lane in &lanes.lanes {
            // The latest, or one crowded lane would be all that is told.
            for bar in &lane.bars[lane.bars.len().saturating_sub(most)..] {
                rows.push(RowView {
                    entity: Some(bar.entity),
                    cells: vec![
                        self.words.label(&lane.label),
                        self.words.label(&bar.label),
                        time(bar.from),
                        time(bar.until),
                        state(bar.status),
                    ],
                });
            }
        }
        let all = lanes.lanes.iter().map(|lane| lane.bars.len()).sum();
        let title = of_how_many(self.words.label(&lanes.title), rows.len(), all);
        self.add(title, &["scene-name", "scene-what", "scene-from", "scene-until", "scene-state"], rows);
    }

    pub(super) fn listing(&mut self, listing: &Listing) {
        let rows = listing
            .lines
            .iter()
            .enumerate()
            .map(|(number, line)| {
                let note = match (line.status, &line.note) {
                    (Status::Active, None) => self.words.word("scene-next"),
                    (_, note) => self.label(note.as_ref()),
                };
                let cells = vec![(number + 1).to_string(), line.code.clone(), note, self.state(line.status)];
                RowView { entity: Some(line.entity), cells }
            })
            .collect();
        let title = self.words.label(&listing.title);
        self.add(title, &["scene-line", "scene-code", "scene-done", "scene-state"], rows);
    }

    pub(super) fn values(&mut self, it: &Values) {
        let title = self.words.label(&it.title);
        let texts = |boxes: &[ValueBox]| {
            let texts: Vec<&str> = boxes.iter().map(|it| it.text.as_str()).collect();
            if texts.is_empty() { NOTHING.into() } else { texts.join(", ") }
        };
        let mut rows: Vec<RowView> = Vec::new();
        for row in &it.rows {
            let (entity, name) = match &row.name {
                Some((entity, name)) => (Some(*entity), self.words.label(name)),
                None => (None, title.clone()),
            };
            let verdict = it.verdict.as_ref().filter(|_| rows.is_empty()).map(|(label, _)| label);
            let cells = vec![name, texts(&row.boxes), self.label(verdict)];
            rows.push(RowView { entity, cells });
        }
        self.add(title, &["scene-name", "scene-value", "scene-note"], rows);
    }

    /// What was measured, point by point; of what is expected the points at the same places.
    pub(super) fn curves(&mut self, it: &Curves) {
        let mut at: Vec<f32> =
            it.lines.iter().filter(|line| line.dots).flat_map(|line| &line.points).map(|p| p.0).collect();
        if at.is_empty() {
            at = it.lines.first().map(|line| line.points.iter().map(|p| p.0).collect()).unwrap_or_default();
        }
        sort_by(&mut at, f32::total_cmp);
        at.dedup();
        let row = |&x: &f32| {
            let value = |points: &[(f32, f32)]| {
                let found = points.iter().find(|p| p.0 == x).filter(|p| p.1.is_finite());
                found.map_or_else(|| NOTHING.into(), |p| it.y.unit.format(p.1.into()))
            };
            let mut cells = vec![it.x.unit.format(x.into())];
            cells.extend(it.lines.iter().map(|line| value(&line.points)));
            RowView { entity: None, cells }
        };
        let rows = at.iter().filter(|x| x.is_finite()).map(row).collect();
        let mut columns = vec![self.words.label(&it.x.label)];
        // A line without a name is what is expected of the one before it.
        let named = |line: &super::panel::CurveLine| {
            Some(self.words.label(&line.label)).filter(|name| !name.is_empty())
        };
        columns.extend(
            it.lines.iter().map(|line| named(line).unwrap_or_else(|| self.words.word("scene-expected"))),
        );
        let title = self.words.label(&it.title);
        self.tables.push(TableView { panel: self.panel, title, columns, rows });
    }

    /// Each row with how many cells it has, and those of them that stand out; where columns have names, for each of them how
    /// many are in trouble.
    pub(super) fn grid(&mut self, it: &Grid) {
        let heads = grid::columns(it, self.words);
        let apart = it.columns as usize / heads.len().max(1);
        let troubled = |cells: &[Cell]| {
            let known = cells.iter().filter(|cell| cell.is_there() && cell.status != Status::Quiet);
            let marked = known.clone().filter(|cell| cell.status == Status::Trouble).count() as u64;
            match known.count() as u64 {
                0 => NOTHING.into(),
                cells => self.of("scene-marked-of", [("marked", marked), ("cells", cells)]),
            }
        };
        // As the legend calls them, each with the cells that look so.
        let marked = |row: &GridRow| {
            let mut told = Vec::new();
            for (look, status) in &it.key {
                let so = || row.cells.iter().filter(|cell| cell.is_there() && cell.status == *status);
                let first = so().next().filter(|cell| !matches!(cell.status, Status::Normal | Status::Quiet));
                let Some(first) = first else { continue };
                let all = so().count();
                // Slots have one name in common.
                let which = if all > NAMED || all > 1 && so().all(|cell| cell.entity == first.entity) {
                    all.to_string()
                } else {
                    so().map(|cell| self.words.name(cell.entity)).collect::<Vec<_>>().join(", ")
                };
                told.push([&self.words.label(look), ": ", &which].concat());
            }
            if told.is_empty() { NOTHING.into() } else { told.join("; ") }
        };
        let row = |row: &GridRow| {
            let mut cells =
                vec![self.words.label(&row.label), self.state(row.status), self.label(row.note.as_ref())];
            if heads.is_empty() {
                let there = row.cells.iter().filter(|cell| cell.is_there()).count();
                cells.extend([there.to_string(), marked(row)]);
            } else {
                cells.extend(row.cells.chunks(apart.max(1)).take(heads.len()).map(troubled));
                cells.resize(3 + heads.len(), NOTHING.into());
            }
            RowView { entity: Some(row.entity), cells }
        };
        let rows = it.rows.iter().map(row).collect();
        let title = self.words.label(&it.title);
        let own: &[&str] = if heads.is_empty() { &["scene-cells", "scene-marked"] } else { &[] };
        self.add(title, &[&["scene-name", "scene-state", "scene-note"], own].concat(), rows);
        if let Some(table) = self.tables.last_mut() {
            table.columns.extend(heads);
        }
    }

    /// The same rows, the outermost first.
    pub(super) fn frames(&mut self, it: &Frames) {
        self.grid(&it.0);
    }

    /// The parties, and all that happened in the window in the order of time.
    pub(super) fn ladder(&mut self, it: &Ladder) {
        let parties = it.parties.iter().map(|party| RowView {
            entity: Some(party.entity),
            cells: vec![self.words.label(&party.label), self.state(party.status)],
        });
        let parties: Vec<RowView> = parties.collect();
        if !parties.is_empty() {
            self.add(self.words.word("scene-flow"), &["scene-name", "scene-state"], parties);
        }
        let in_window = |from: Time, until: Time| from <= it.until.min(self.now) && until >= it.from;
        let fine = Span::from_nanos(it.until.since(it.from).nanos() / 1000);
        // Steps are counted from 1: what happens during the first is at 1.
        let first = it.step.unwrap_or(Span::ZERO);
        let at = |time: Time| moment_text(time + first, it.step, fine);
        let mut rows: Vec<(Time, RowView)> = Vec::new();
        for message in it.messages.iter().filter(|message| in_window(message.sent, message.arrives)) {
            let cells = vec![
                at(message.sent),
                self.words.label(&message.label),
                self.words.name(message.from),
                self.words.name(message.to),
                self.outcome(message, at),
                self.state(message.status),
            ];
            rows.push((message.sent, RowView { entity: Some(message.entity), cells }));
        }
        for party in &it.parties {
            let mut own = |from: Time, entity: Entity, label: &Label, outcome: String, status: Status| {
                let name = self.words.label(&party.label);
                let cells = vec![
                    at(from),
                    self.words.label(label),
                    name,
                    NOTHING.into(),
                    outcome,
                    self.state(status),
                ];
                rows.push((from, RowView { entity: Some(entity), cells }));
            };
            for span in party.spans.iter().filter(|span| in_window(span.from, span.until)) {
                let until = Msg::new("scene-lasts").text("at", at(span.until));
                own(span.from, span.entity, &span.label, self.words.say(&until), span.status);
            }
            for note in party.notes.iter().filter(|note| in_window(note.at, note.at)) {
                own(note.at, party.entity, &note.label, NOTHING.into(), note.status);
            }
        }
        sort_by_key(&mut rows, |row| row.0);
        if !rows.is_empty() {
            let columns =
                ["scene-at", "scene-what", "scene-from", "scene-to", "scene-outcome", "scene-state"];
            self.add(self.words.label(&it.title), &columns, rows.into_iter().map(|row| row.1).collect());
        }
    }

    /// What has become of a message so far.
    fn outcome(&self, it: &LadderMessage, at: impl Fn(Time) -> String) -> String {
        let msg = match (fate(it, self.now), &it.lost) {
            (Fate::UnderWay, _) => Msg::new("scene-under-way"),
            (Fate::Lost, Some(lost)) => match &lost.why {
                None => Msg::new("scene-lost").text("at", at(lost.at)),
                Some(why) => {
                    Msg::new("scene-lost-why").text("at", at(lost.at)).text("why", self.words.label(why))
                }
            },
            _ => Msg::new("scene-arrived").text("at", at(it.arrives)),
        };
        self.words.say(&msg)
    }

    /// The states with who is in them, and the transitions.
    pub(super) fn states(&mut self, it: &States) {
        let token = |token: &Token| {
            let name = self.words.label(&token.label);
            match token.since {
                None => name,
                Some(since) => self
                    .words
                    .say(&Msg::new("scene-in-it-for").text("name", name).span("span", self.now.since(since))),
            }
        };
        let rows = it.states.iter().enumerate().map(|(k, state)| {
            let here: Vec<String> = it.tokens.iter().filter(|token| token.state == k).map(token).collect();
            let here = if here.is_empty() { NOTHING.into() } else { here.join(", ") };
            let cells = vec![self.words.label(&state.label), self.state(state.status), here];
            RowView { entity: state.entity, cells }
        });
        let rows = rows.collect();
        let title = self.words.label(&it.title);
        self.add(title, &["scene-name", "scene-state", "scene-in-it"], rows);
        let name =
            |k: usize| it.states.get(k).map_or_else(|| NOTHING.into(), |it| self.words.label(&it.label));
        let rows = it.transitions.iter().map(|way| RowView {
            entity: way.entity,
            cells: vec![
                name(way.from),
                name(way.to),
                self.words.label(&way.label),
                way.taken.map_or_else(|| NOTHING.into(), |at| at.to_string()),
            ],
        });
        let rows: Vec<RowView> = rows.collect();
        if !rows.is_empty() {
            let columns = ["scene-from", "scene-to", "scene-what", "scene-taken"];
            self.add(self.words.word("scene-transitions"), &columns, rows);
        }
    }
}
