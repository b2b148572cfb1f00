//! Where the learner was: time spent in lessons, the run and moment of each figure, settings.

use super::{Key, Millis};
use serde::{Deserialize, Serialize};

/// A stretch of time that was spent with a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// What tells it from all others. A visit that goes on is written again under its key.
    pub key: Key,
    /// The lesson, `chapter/slug`.
    pub lesson: String,
    /// When it began.
    pub when: Millis,
    /// How long the page was in view and something was done there, in seconds.
    pub seconds: u32,
}

/// Where a figure was left. Of two the later counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The lesson, `chapter/slug`.
    pub lesson: String,
    /// The figure's id in its lesson.
    pub figure: String,
    /// When.
    pub when: Millis,
    /// The run and the moment shown, as links hold them.
    pub now: String,
    /// The same just before the last change.
    pub before_last_change: String,
    /// Runs of the learner's own that the figure offers to go back to.
    #[serde(default)]
    pub own_runs: Vec<String>,
    /// The id of the challenge that it was set up for; empty, if it was for none.
    #[serde(default)]
    pub challenge: String,
}

/// A choice about how the site looks and behaves. Of two the later counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// What is set, such as `theme`.
    pub name: String,
    /// What it is set to.
    pub value: String,
    /// When.
    pub when: Millis,
}
