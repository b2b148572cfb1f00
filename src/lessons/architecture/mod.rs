//! The shape of a system.

pub mod load_balancing;
