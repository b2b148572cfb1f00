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

/// Where to resume a run, as link codes: after its worker has ended, or on another visit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResumePoint {
    /// The run at the moment shown.
    pub now: String,
    /// The run without its last input, for when the model fails on the run itself.
    pub before_last_change: String,
    /// The learner's own runs, the last one last: those that the figure was led away from, and the one shown if it is one.
    #[serde(default)]
    pub own_runs: Vec<String>,
    /// The id of the challenge that the figure is set up for; empty, if it is for none.
    #[serde(default)]
    pub challenge: String,
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
    /// Where.
    pub at: ResumePoint,
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
