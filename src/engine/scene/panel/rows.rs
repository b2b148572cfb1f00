//! Rows: grids of cells, tables, lanes over time, listings of code.

use super::{Label, Status};
use crate::sim::{Entity, Span, Time};
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
