//! Lessons on the network: how the parts talk.

pub mod connection_pools;
