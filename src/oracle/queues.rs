//! The suites about queues.

use super::Suite;

pub(super) const SUITES: &[Suite] = &[];
