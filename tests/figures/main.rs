//! The figures: what has to hold for each of them, chapter by chapter, and what some of them are known to do, at their
//! desks and in the terminal.

#[macro_use]
mod chapters;

mod budget;
mod challenges;
mod desk;
mod gallery;
mod golden;
mod inputs;
mod instruments;
mod lab;
mod markup;
mod monkey;
mod page;
mod pictures;
mod played;
mod recounted;
#[path = "../shared/mod.rs"]
mod shared;
