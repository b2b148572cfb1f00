//! Pictures as data: what is to be seen at a moment of a run, without pixels, colours or a browser.
//!
//! An experiment fills a [`Scene`] with panels. A panel says what there is and what belongs together, never where it
//! goes or how it looks: colours are roles ([`Status`]), positions are the layout's. Every mark names its
//! [`Entity`](crate::sim::Entity). Each panel has three readers that share one layout: the canvas painter (in `paint`),
//! the SVG writer, and the describer, which says in words and tables what the picture shows.
//!
//! Begin with [`Scene`] and [`Panel`]; [`Words`] turns messages into sentences.

mod builder;
mod catalogue;
mod chart;
mod curve;
mod describe;
mod drawn;
mod flow;
mod frames;
mod grid;
mod ladder;
mod lanes;
mod listing;
mod mark;
pub mod metrics;
mod panel;
mod picture;
mod room;
mod states;
mod svg;
mod time_axis;
mod values;
mod words;

pub use builder::Region;
pub use curve::{Curve, DOT, Dot, PACKETS, corners};
pub use describe::{Description, RowView, TableView, describe};
pub use drawn::Drawn;
pub use mark::{Anchor, Dash, Form, Ink, Mark, Point, Rect, Role, Text, at};
pub use panel::{
    Axis, Badge, Bar, Cell, Chart, Choice, CurveLine, Curves, Flow, Frames, Grid, GridRow, Histogram, Label,
    Ladder, LadderMessage, Lane, Lanes, Link, Listing, ListingLine, Loss, MachineState, Node, Packet,
    PacketKind, Panel, Party, PartyNote, Ring, Row, Scene, Series, SeriesLine, Shape, Slots, States, Status,
    Table, Tier, Token, Transition, ValueBox, ValueRow, Values, Workers, legend,
};
pub use picture::{LayoutOptions, PanelArea, Picture};
pub use svg::{SvgOptions, svg};
pub use words::{Naming, Patterns, Piece, Words, capitalize};
