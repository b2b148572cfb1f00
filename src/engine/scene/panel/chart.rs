//! Curves over time, histograms, and how one thing depends on another.

use super::{Drawn, Label, Status};
use crate::sim::{Time, Unit};
use serde::{Deserialize, Serialize};

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
