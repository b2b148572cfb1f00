//! Lessons on the network: how the parts talk.

pub mod connection_pools;
pub mod flow_and_congestion_control;
pub mod nat;
