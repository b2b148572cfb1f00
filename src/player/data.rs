//! The learner's own data that a run replays.

use std::sync::Arc;

/// What an experiment is handed beyond its controls; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Data {
    records: Option<Arc<Records>>,
}

/// tmp
#[derive(Debug)]
pub struct Records {}
impl Records {
    /// tmp
    pub fn arrival(&self, _: u32) -> Option<u64> {
        None
    }
    /// tmp
    pub fn who(&self, _: u32) -> Option<(u64, u32)> {
        None
    }
}

impl Data {
    /// What tells this data from other data; `None` if there is none.
    pub fn fingerprint(&self) -> Option<u64> {
        None
    }
    /// The records to replay.
    pub fn records(&self) -> Option<&Records> {
        self.records.as_deref()
    }
}
