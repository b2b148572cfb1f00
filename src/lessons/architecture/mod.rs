//! The shape of a system.

pub mod cap_and_base;
pub mod high_concurrency;
pub mod load_balancing;
