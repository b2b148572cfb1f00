//! The shape of a system.

pub mod high_concurrency;
pub mod load_balancing;
