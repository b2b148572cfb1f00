//! The shape of a system.

// Not on the site yet: see 'Lessons in the making' in ARCHITECTURE.md.
#[cfg(test)]
pub mod cap_and_base;
pub mod high_concurrency;
pub mod load_balancing;
