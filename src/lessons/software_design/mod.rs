//! Building a system.

pub mod blocking_and_non_blocking;
pub mod critical_sections;
