//! The network: what happens to bytes between two computers.

pub mod flow_and_congestion_control;
