//! The vocabulary of pictures: what all panels share, and a file for each family of them.

mod chart;
mod flow;
mod ladder;
mod rows;
mod states;

pub use chart::{Axis, Chart, CurveLine, Curves, Histogram, Series, SeriesLine};
pub use flow::{Badge, Flow, Link, Node, Packet, PacketKind, Ring, Shape, Slots, Tier, Workers};
pub use ladder::{Ladder, LadderMessage, Loss, Party, PartyNote};
pub use rows::{
    Bar, Cell, Frames, Grid, GridRow, Lane, Lanes, Listing, ListingLine, Row, Table, ValueBox, ValueRow,
    Values,
};
pub use states::{MachineState, States, Token, Transition};

use super::drawn::Drawn;
use crate::sim::{Entity, Msg, Time, Unit};
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

impl Scene {
    /// Its tables, which stand below the picture.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.panels
            .iter()
            .filter_map(|panel| if let Panel::Table(table) = panel { Some(table) } else { None })
    }
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
    /// What of the picture stands for it, so that pressing that makes it happen: the line that runs next.
    pub pressed: Entity,
}

/// One picture of a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Panel {
    /// Nodes in tiers, links, packets under way, queues, workers.
    Flow(Flow),
    /// The same without a direction: peers in a ring.
    Ring(Drawn<Ring>),
    /// Curves over time or a histogram.
    Chart(Chart),
    /// Rows and columns: not part of the picture, but text below it that folds away.
    Table(Table),
    /// Threads or spans over time.
    Lanes(Drawn<Lanes>),
    /// Code, and where who is in it.
    Listing(Drawn<Listing>),
    /// Rows of small cells: keys and who holds them, servers and their queues, pages of memory.
    Grid(Drawn<Grid>),
    /// The same with each row in a frame around all that follow: what is inside what.
    Frames(Drawn<Frames>),
    /// A few named values, each in a box: memory, store buffers, registers.
    Values(Drawn<Values>),
    /// Messages between parties over time.
    Ladder(Drawn<Ladder>),
    /// A state machine, and who is in which state.
    States(Drawn<States>),
}

/// What the looks of a panel's parts stand for, as the panel's `key`, which the legend is made of.
pub fn legend(looks: impl IntoIterator<Item = (Msg, Status)>) -> Vec<(Label, Status)> {
    looks.into_iter().map(|(says, status)| (Label::Words(says), status)).collect()
}

impl Panel {
    /// The nodes and links in it, and what is under way on these.
    pub fn flow(&self) -> Option<&Flow> {
        match self {
            Self::Flow(flow) => Some(flow),
            Self::Ring(ring) => Some(&ring.0),
            _ => None,
        }
    }

    /// A chart of readings, each with its role, over a run that ends then. Their names are the words of their ids.
    pub fn series<const N: usize>(
        title: Msg,
        unit: Unit,
        readings: [(&'static str, Status); N],
        until: Time,
    ) -> Self {
        let lines = readings.map(|(reading, status)| SeriesLine::of(reading, status)).into();
        Self::Chart(Chart::Series(Series { title: Label::Words(title), unit, lines, until }))
    }

    /// A table with these column heads.
    pub fn table<const N: usize>(title: Msg, columns: [Msg; N], rows: impl Into<Vec<Row>>) -> Self {
        let columns = columns.map(Label::Words).into();
        Self::Table(Table { title: Label::Words(title), columns, rows: rows.into(), unfolded: false })
    }

    /// A table that is unfolded from the start, because the figure's point is in its numbers.
    #[must_use]
    pub fn unfolded(mut self) -> Self {
        if let Self::Table(table) = &mut self {
            table.unfolded = true;
        }
        self
    }
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
