//! The lessons: one folder each, with its experiments and what they show. A lesson knows `mechanism`, `scene`, `player`
//! and `sim`; nothing below knows a lesson.
//!
//! A lesson exports its figures as `FIGURES`. A worker lists the lessons that it carries; only the terminal, the page
//! renderer and the tests see [`ALL`].

pub mod architecture;
pub mod software_design;

#[cfg(not(target_arch = "wasm32"))]
use crate::player::Figure;

/// Every lesson that has figures: its path in `lessons/`, and the figures.
#[cfg(not(target_arch = "wasm32"))]
pub const ALL: &[(&str, &[Figure])] = &[
    ("architecture/load-balancing", architecture::load_balancing::FIGURES),
    ("software-design/critical-sections", software_design::critical_sections::FIGURES),
];

/// The registered figure of this id, with the path of its lesson.
#[cfg(not(target_arch = "wasm32"))]
pub fn figure(id: &str) -> Option<(&'static str, &'static Figure)> {
    ALL.iter()
        .flat_map(|(lesson, figures)| figures.iter().map(move |figure| (*lesson, figure)))
        .find(|(_, f)| f.spec.id == id)
}
