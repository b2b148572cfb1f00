//! Building a system.

// Not on the site yet: see 'Lessons in the making' in ARCHITECTURE.md.
#[cfg(test)]
pub mod blocking_and_non_blocking;
pub mod critical_sections;
