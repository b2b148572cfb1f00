//! From trunk's output to the site: pages, names of files, policy, weights. Native only.

pub mod finish;
pub mod tags;
pub mod weigh;
pub mod workers;
