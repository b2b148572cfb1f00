//! Lessons on governance.

pub mod circuit_breakers;
pub mod fallback;
pub mod overload_protection;
pub mod rate_limiting;
pub mod service_discovery;
