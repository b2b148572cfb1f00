//! Lessons on governance.

pub mod circuit_breakers;
