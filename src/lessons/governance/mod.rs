//! Lessons on governance.

pub mod circuit_breakers;
pub mod rate_limiting;
