//! Lessons on governance.

pub mod circuit_breakers;
pub mod overload_protection;
