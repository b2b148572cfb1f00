//! Building a system.

pub mod critical_sections;
