//! The lessons: one folder each, with its experiments and what they show. A lesson knows `parts`, `player`,
//! `mechanism`, `scene` and `sim`; nothing below knows a lesson.
//!
//! A lesson exports its figures as `FIGURES`; those that shall live in another worker are a set of their own, exported by
//! a module of the lesson. A worker lists the sets that it carries; only the terminal, the page renderer, the
//! tests and the worker for development see [`SETS`].

pub mod architecture;
pub mod faults;
pub mod governance;
pub mod network;
pub mod prelude;
pub mod software_design;

use crate::player::Figure;

/// Every set of figures: the path of its lesson in `lessons/`, with the set's name behind it where the lesson has several.
pub const SETS: &[(&str, &[Figure])] = &[
    ("architecture/cap-and-base", architecture::cap_and_base::FIGURES),
    ("architecture/cap-and-base/heal", architecture::cap_and_base::heal::FIGURES),
    ("architecture/high-concurrency", architecture::high_concurrency::FIGURES),
    ("architecture/load-balancing", architecture::load_balancing::FIGURES),
    ("architecture/load-balancing/deploys", architecture::load_balancing::deploys::FIGURES),
    ("architecture/load-balancing/further", architecture::load_balancing::further::FIGURES),
    ("architecture/load-balancing/traffic", architecture::load_balancing::traffic::FIGURES),
    ("faults/cache-failures", faults::cache_failures::FIGURES),
    ("faults/cache-failures/further", faults::cache_failures::further::FIGURES),
    ("faults/cache-failures/keys", faults::cache_failures::keys::FIGURES),
    ("faults/cache-failures/orders", faults::cache_failures::orders::FIGURES),
    ("governance/circuit-breakers", governance::circuit_breakers::FIGURES),
    ("governance/circuit-breakers/machine", governance::circuit_breakers::machine::FIGURES),
    ("governance/circuit-breakers/stack", governance::circuit_breakers::stack::FIGURES),
    ("governance/fallback", governance::fallback::FIGURES),
    ("governance/overload-protection", governance::overload_protection::FIGURES),
    ("governance/rate-limiting", governance::rate_limiting::FIGURES),
    ("governance/service-discovery", governance::service_discovery::FIGURES),
    ("network/connection-pools", network::connection_pools::FIGURES),
    ("network/flow-and-congestion-control", network::flow_and_congestion_control::FIGURES),
    ("software-design/blocking-and-non-blocking", software_design::blocking_and_non_blocking::FIGURES),
    (
        "software-design/blocking-and-non-blocking/four-cells",
        software_design::blocking_and_non_blocking::four_cells::FIGURES,
    ),
    (
        "software-design/blocking-and-non-blocking/frozen-loop",
        software_design::blocking_and_non_blocking::frozen_loop::FIGURES,
    ),
    ("software-design/critical-sections", software_design::critical_sections::FIGURES),
];

/// The path of the lesson that a set belongs to.
#[cfg(not(target_arch = "wasm32"))]
fn lesson_of(set: &'static str) -> &'static str {
    set.match_indices('/').nth(1).map_or(set, |(end, _)| &set[..end])
}

/// Every registered figure, with the path of its lesson.
#[cfg(not(target_arch = "wasm32"))]
pub fn all() -> impl Iterator<Item = (&'static str, &'static Figure)> {
    SETS.iter().flat_map(|(set, figures)| figures.iter().map(|figure| (lesson_of(set), figure)))
}

/// The registered figure of this id, with the path of its lesson.
#[cfg(not(target_arch = "wasm32"))]
pub fn figure(id: &str) -> Option<(&'static str, &'static Figure)> {
    all().find(|(_, figure)| figure.spec.id == id)
}

/// The set that a registered figure belongs to.
#[cfg(not(target_arch = "wasm32"))]
pub fn set_of(id: &str) -> Option<&'static str> {
    SETS.iter().find(|(_, figures)| figures.iter().any(|figure| figure.spec.id == id)).map(|(set, _)| *set)
}
