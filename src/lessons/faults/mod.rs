//! Lessons on faults.

pub mod cache_failures;
