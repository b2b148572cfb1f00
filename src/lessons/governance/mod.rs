//! Lessons on governance.

pub mod circuit_breakers;
pub mod rate_limiting;
pub mod fallback;
pub mod overload_protection;
