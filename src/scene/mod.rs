//! Pictures as data: what is to be seen at a moment of a run, without pixels, colours or a browser.
//!
//! An experiment fills a [`Scene`] with panels. A panel says what there is and what belongs together, never where it
//! goes or how it looks: colours are roles ([`State`]), positions are the layout's. Every mark names its
//! [`Entity`](crate::sim::Entity). Each panel has three readers that share one layout: the canvas painter (in `paint`),
//! the SVG writer, and the describer, which says in words and tables what the picture shows.
//!
//! Begin with [`Scene`] and [`Panel`]; [`Words`] turns messages into sentences.

mod panel;
mod words;

pub use panel::{
    Bar, Chart, Flow, Histogram, Label, Lane, Lanes, Line, Link, Listing, ListingLine, Node, Packet, Panel,
    Row, Scene, Series, Shape, Slots, State, Table, Tier, Workers,
};
pub use words::{Naming, Words};
