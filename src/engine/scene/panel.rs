//! The vocabulary of pictures.

use super::drawn::Drawn;
use crate::sim::{Entity, Msg, Span, Time, Unit};
use serde::{Deserialize, Serialize};

/// All that is to be seen of a figure at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// The moment.
    pub time: Time,
    /// The pictures, the most important first.
    pub panels: Vec<Panel>,
    /// The state in sentences, for those who don't see it and for everybody under the readings: the anomaly first, then
    /// its figure, then the trend. One to three.
    pub sentences: Vec<Msg>,
    /// What can happen next, where the learner chooses it: a figure that goes by steps and leaves its schedule to them.
    pub choices: Vec<Choice>,
}

/// Something that can happen next, if the learner chooses it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Id of the action that makes it happen; it takes no argument.
    pub action: std::borrow::Cow<'static, str>,
    /// To whom.
    pub on: Entity,
    /// What happens, in a few words: 'A: r = x'.
    pub says: Msg,
}

/// One picture of a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Panel {
    /// Nodes in tiers, links, packets under way, queues, workers.
    Flow(Flow),
    /// Curves over time or a histogram.
    Chart(Chart),
    /// Rows and columns.
    Table(Table),
    /// Threads or spans over time.
    Lanes(Drawn<Lanes>),
    /// Code, and where who is in it.
    Listing(Drawn<Listing>),
    /// Rows of small cells: keys and who holds them, servers and their queues, pages of memory.
    Grid(Drawn<Grid>),
    /// Messages between parties over time.
    Ladder(Drawn<Ladder>),
    /// A state machine, and who is in which state.
    States(Drawn<States>),
}

/// How something fares. Painted by colour *and* shape or pattern, and said in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Nothing to remark.
    #[default]
    Normal,
    /// Idle or not concerned: drawn quieter.
    Quiet,
    /// Doing its work, what the eye should follow: the accent.
    Active,
    /// In trouble: full, slow, late.
    Trouble,
    /// Dead or cut.
    Down,
    /// On its way out: finishes what it has, takes nothing new.
    Draining,
    /// On its way in: takes little yet.
    Warming,
}

impl Status {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Normal, Self::Quiet, Self::Active, Self::Trouble, Self::Down, Self::Draining, Self::Warming];
}

/// A short text in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Label {
    /// The entity's short name: `C`, `17`.
    Name(Entity),
    /// A number with its unit.
    Value(f64, Unit),
    /// Words of the catalogue.
    Words(Msg),
    /// Text as it stands: a line of code, a key from a log. Never markup.
    Plain(String),
}

impl Label {
    /// Words without arguments.
    #[inline(never)]
    pub fn words(id: &'static str) -> Self {
        Self::Words(Msg::new(id))
    }
}

/// A flow: nodes in tiers along the direction of requests, left to right where there is room, else downwards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// From where requests come to where they end.
    pub tiers: Vec<Tier>,
    /// Who can send to whom. Both ends are nodes.
    pub links: Vec<Link>,
    /// What is under way on a link at this moment.
    pub packets: Vec<Packet>,
}

/// Nodes beside each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// In order.
    pub nodes: Vec<Node>,
}

/// A node: a client, a balancer, a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Who it is.
    pub entity: Entity,
    /// Its name.
    pub label: Label,
    /// A note of three or four words, if any ('4 × slower').
    pub note: Option<Label>,
    /// Its status.
    pub status: Status,
    /// The queue before it, if it has one.
    pub queue: Option<Slots>,
    /// Its workers, if they are to be seen.
    pub workers: Option<Workers>,
    /// What hangs at it: how many were lost there, and why.
    pub badge: Option<Badge>,
}

impl Node {
    /// A node with a name and nothing else.
    pub fn new(entity: Entity) -> Self {
        Self {
            entity,
            label: Label::Name(entity),
            note: None,
            status: Status::Normal,
            queue: None,
            workers: None,
            badge: None,
        }
    }
    /// The same with a note.
    #[must_use]
    pub fn note(self, note: Label) -> Self {
        Self { note: Some(note), ..self }
    }
}

/// A short text that hangs at a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Badge {
    /// What it says, in a few words.
    pub label: Label,
    /// In trouble while that has just happened, quiet after a while.
    pub status: Status,
}

/// A queue with a bound: slots, some of them taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slots {
    /// Who waits, next to be served first. Where more wait than can be drawn, the painter draws a number.
    pub waiting: Vec<Entity>,
    /// How many can wait; `None` without bound.
    pub capacity: Option<u32>,
    /// The queue's status.
    pub status: Status,
}

/// Workers side by side, the first of them busy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workers {
    /// The entity that each busy worker serves, and since when.
    pub busy: Vec<(Entity, Time)>,
    /// How many there are.
    pub total: u32,
}

/// A link from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// One end.
    pub from: Entity,
    /// The other end.
    pub to: Entity,
    /// Its status: a link in trouble is dotted, one that is down is cut in the middle.
    pub status: Status,
    /// What it stands for, where it can be selected and explained as a node can.
    pub entity: Option<Entity>,
}

impl Link {
    /// A link that is only seen.
    pub const fn new(from: Entity, to: Entity, status: Status) -> Self {
        Self { from, to, status, entity: None }
    }

    /// The same, standing for an entity.
    #[must_use]
    pub const fn of(mut self, entity: Entity) -> Self {
        self.entity = Some(entity);
        self
    }
}

/// Something under way from one node to another between two times; its place follows from the scene's time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Packet {
    /// Which request it belongs to.
    pub entity: Entity,
    /// Node it left.
    pub from: Entity,
    /// Node it goes to.
    pub to: Entity,
    /// When it left.
    pub left: Time,
    /// When it arrives.
    pub arrives: Time,
    /// What it is.
    pub kind: PacketKind,
}

/// What travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PacketKind {
    /// A request: a filled disc.
    Request,
    /// An answer: a ring.
    Answer,
    /// A refusal or failure: a cross.
    Failure,
    /// A health check or heartbeat: a small square.
    Probe,
}

impl PacketKind {
    /// Every shape.
    pub const ALL: [Self; 4] = [Self::Request, Self::Answer, Self::Failure, Self::Probe];
}

/// A chart, with the names of curves at their ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Chart {
    /// Readings over the run's time, sampled by the player. An experiment names them; the player fills the points.
    Series(Series),
    /// A histogram.
    Histogram(Drawn<Histogram>),
    /// How one thing depends on another: measured beside expected.
    Curves(Drawn<Curves>),
}

/// Some readings over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What it shows.
    pub title: Label,
    /// The unit that all its lines share.
    pub unit: Unit,
    /// The curves.
    pub lines: Vec<SeriesLine>,
    /// The axis: from the start of the run to its end.
    pub until: Time,
}

/// One curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesLine {
    /// Id of the reading.
    pub reading: std::borrow::Cow<'static, str>,
    /// Its name, written at its end.
    pub label: Label,
    /// Its role: an accent, or trouble (dashed as well as coloured).
    pub status: Status,
    /// Time in seconds and value in the unit's base, ascending in time; filled by the player.
    pub points: Vec<(f32, f32)>,
}

impl SeriesLine {
    /// The curve of a reading, labelled with the words of its id.
    pub fn of(reading: &'static str, status: Status) -> Self {
        Self { reading: reading.into(), label: Label::words(reading), status, points: Vec::new() }
    }
}

/// Counts in buckets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// What it shows.
    pub title: Label,
    /// Unit of the buckets' bounds.
    pub unit: Unit,
    /// Lower bound, upper bound, count; ascending and apart.
    pub bars: Vec<(f64, f64, u64)>,
    /// Values to be marked on the axis, with their names: a percentile, a bound.
    pub marks: Vec<(Label, f64, Status)>,
}

/// How one thing depends on another, as the experiment knows it at this moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// What it shows.
    pub title: Label,
    /// The axis along.
    pub x: Axis,
    /// The axis upwards.
    pub y: Axis,
    /// What is drawn.
    pub lines: Vec<CurveLine>,
    /// Where on the axis along the run is now, if it is anywhere.
    pub now: Option<f64>,
}

/// One axis of [`Curves`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// What it measures.
    pub label: Label,
    /// Its unit.
    pub unit: Unit,
    /// Its ends, ascending; on a logarithmic axis above zero.
    pub ends: (f64, f64),
    /// Whether it is logarithmic.
    pub log: bool,
}

/// One of the lines of [`Curves`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveLine {
    /// Its name, written at its end.
    pub label: Label,
    /// Its role: as with a [`SeriesLine`].
    pub status: Status,
    /// Points on both axes, ascending along. Beyond an axis' ends they are not drawn.
    pub points: Vec<(f32, f32)>,
    /// Dots for what was measured, a line for what is expected.
    pub dots: bool,
}

/// Rows of small cells that are equally wide, so that rows compare by their length, and cells by their levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// What it shows.
    pub title: Label,
    /// Top to bottom.
    pub rows: Vec<GridRow>,
    /// The most cells that a row can have: it sets their width.
    pub columns: u32,
    /// Whether cells are tall, because their levels matter.
    pub tall: bool,
}

/// A row of cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridRow {
    /// What the row is about.
    pub entity: Entity,
    /// Its name.
    pub label: Label,
    /// A number or a few words at its end.
    pub note: Option<Label>,
    /// Its status.
    pub status: Status,
    /// Left to right.
    pub cells: Vec<Cell>,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What it is.
    pub entity: Entity,
    /// How full it is, 0 to 1.
    pub level: f32,
    /// Its role: the accent for what has just changed, trouble for what stands out.
    pub status: Status,
}

/// Rows of things, one column each for what is to be said of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows.
    pub title: Label,
    /// Column heads; the first belongs to the rows' names.
    pub columns: Vec<Label>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What the row is about.
    pub entity: Entity,
    /// One cell for each column.
    pub cells: Vec<Label>,
    /// Its status.
    pub status: Status,
}

/// Lanes over time: what each thread did, when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lanes {
    /// What it shows.
    pub title: Label,
    /// Start of the window shown.
    pub from: Time,
    /// End of the window shown.
    pub until: Time,
    /// What one unit of the axis is called, where it is steps rather than time.
    pub step: Option<Span>,
    /// Top to bottom.
    pub lanes: Vec<Lane>,
}

/// One lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Whose it is.
    pub entity: Entity,
    /// Its name.
    pub label: Label,
    /// What happened on it: ascending, not overlapping.
    pub bars: Vec<Bar>,
}

/// A stretch of a lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// What it is about: the instruction, the request.
    pub entity: Entity,
    /// Its start.
    pub from: Time,
    /// Its end.
    pub until: Time,
    /// What is written on it, where there is room.
    pub label: Label,
    /// Its role.
    pub status: Status,
}

/// A program, line by line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// Whose program it is.
    pub entity: Entity,
    /// Its name.
    pub title: Label,
    /// Its lines.
    pub lines: Vec<ListingLine>,
}

/// One line of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListingLine {
    /// The instruction, for clicking and for the describer.
    pub entity: Entity,
    /// The code.
    pub code: String,
    /// What the line did, once it has run ('r = 0').
    pub note: Option<Label>,
    /// Active: the line that runs next; quiet: has run.
    pub status: Status,
}

/// Messages between parties. Time runs downwards, over a window that the model moves along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ladder {
    /// What it shows.
    pub title: Label,
    /// Start of the window shown.
    pub from: Time,
    /// End of the window shown.
    pub until: Time,
    /// Left to right. Up to five have room on a phone.
    pub parties: Vec<Party>,
    /// What they send each other. Those not sent yet are not shown, so a model may list what is to come.
    pub messages: Vec<LadderMessage>,
}

/// Somebody who sends and receives: a lifeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Who it is.
    pub entity: Entity,
    /// Its name.
    pub label: Label,
    /// How it fares now.
    pub status: Status,
    /// What it was at, as bars on its lifeline: busy, waiting, down. Not overlapping.
    pub spans: Vec<Bar>,
    /// What happened to it, without a message.
    pub notes: Vec<PartyNote>,
}

/// A moment in a party's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartyNote {
    /// When.
    pub at: Time,
    /// What happened, in two or three words.
    pub label: Label,
    /// Its role.
    pub status: Status,
}

/// A message from one party to another. One that a party sends itself is a note instead and isn't drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LadderMessage {
    /// What it is about.
    pub entity: Entity,
    /// Who sends it.
    pub from: Entity,
    /// Whom it is for.
    pub to: Entity,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would have arrived.
    pub arrives: Time,
    /// Where it ends, if it never arrives. Before that moment nothing tells it from the others.
    pub lost: Option<Loss>,
    /// What it says, in a word or two.
    pub label: Label,
    /// Its shape while it is under way.
    pub kind: PacketKind,
    /// Its role.
    pub status: Status,
}

/// How a message was lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// When: between its sending and its arrival.
    pub at: Time,
    /// Why, in a word or two.
    pub why: Option<Label>,
}

/// A state machine, and the machines of this kind there are: one, or several that are each in a state of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct States {
    /// What it shows.
    pub title: Label,
    /// Two to eight. The first stands at the left or at the top.
    pub states: Vec<MachineState>,
    /// The ways from one to another.
    pub transitions: Vec<Transition>,
    /// Who is in a state. The name of one that is alone isn't written.
    pub tokens: Vec<Token>,
}

/// One state of a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineState {
    /// The entity that it stands for, if it stands for one.
    pub entity: Option<Entity>,
    /// Its name.
    pub label: Label,
    /// Its role. Who is in it says a token.
    pub status: Status,
}

/// A way from one state to another, or back to the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// The entity that it stands for, if it stands for one.
    pub entity: Option<Entity>,
    /// The place of the state that it leaves among the machine's states.
    pub from: usize,
    /// The place of the state that it leads to.
    pub to: usize,
    /// When it is taken, in a word or two.
    pub label: Label,
    /// When it was taken last, for as long as that is to be emphasised.
    pub taken: Option<Time>,
}

/// A machine, in the state that it is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Which machine.
    pub entity: Entity,
    /// The place of its state among the machine's states.
    pub state: usize,
    /// Its name: a letter or a number.
    pub label: Label,
    /// Since when it has been in this state, if that is to be told.
    pub since: Option<Time>,
    /// Its role.
    pub status: Status,
}
