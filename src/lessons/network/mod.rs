//! The network: what happens to bytes between two computers.

pub mod flow_and_congestion_control;
//! Lessons on the network: how the parts talk.

pub mod connection_pools;
