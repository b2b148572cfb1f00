//! Rows: grids of cells, named values, tables, lanes over time, listings of code.

use super::{Label, Status};
use crate::sim::{Entity, Msg, Span, Time};
use serde::{Deserialize, Serialize};

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
    /// What the looks of its cells stand for, for the legend.
    pub key: Vec<(Label, Status)>,
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

impl Cell {
    /// A cell that is full.
    pub const fn new(entity: Entity, status: Status) -> Self {
        Self { entity, level: 1.0, status }
    }

    /// No cell, but a gap between groups of them.
    pub const fn gap(of: Entity) -> Self {
        Self { entity: of, level: -1.0, status: Status::Normal }
    }

    /// Whether it is one at all.
    pub(in crate::scene) fn is_there(&self) -> bool {
        self.level >= 0.0
    }
}

impl GridRow {
    /// A row with a note, and no remark on how it fares.
    pub fn new(entity: Entity, label: Msg, note: Msg, cells: impl IntoIterator<Item = Cell>) -> Self {
        Self {
            entity,
            label: Label::Words(label),
            note: Some(Label::Words(note)),
            status: Status::Normal,
            cells: cells.into_iter().collect(),
        }
    }

    /// The same with empty cells behind the others, up to so many in all.
    #[must_use]
    pub fn filled_to(mut self, places: u32) -> Self {
        let empty = Cell::new(self.entity, Status::Quiet);
        self.cells.resize(self.cells.len().max(places as usize), empty);
        self
    }
}

/// The rows of a grid as frames, each around all that follow: what is inside what. Cells of all frames stand under each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frames(pub Grid);

/// A few named values, each written in a box: what memory has, and what waits on its way there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Values {
    /// What the first row shows.
    pub title: Label,
    /// What is to be said of them all, beside the title: how it came out.
    pub verdict: Option<(Label, Status)>,
    /// Top to bottom; narrow rows that have a name stand beside each other.
    pub rows: Vec<ValueRow>,
}

/// A row of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueRow {
    /// What the row is about, with its name; nothing where the panel's title says it.
    pub name: Option<(Entity, Label)>,
    /// Left to right; a row without any says so.
    pub boxes: Vec<ValueBox>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueBox {
    /// What it is.
    pub entity: Entity,
    /// Name and value, as code: `x = 1`.
    pub text: String,
    /// Its status.
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
    /// Whether it is unfolded from the start.
    pub unfolded: bool,
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

impl Row {
    /// A row with nothing to remark.
    pub fn new(entity: Entity, cells: impl Into<Vec<Label>>) -> Self {
        Self { entity, cells: cells.into(), status: Status::Normal }
    }
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
    /// What the looks of its bars stand for, for the legend.
    pub key: Vec<(Label, Status)>,
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
