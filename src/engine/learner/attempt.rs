//! What was attempted: predictions, quiz questions, challenges and incidents.

use super::{Key, Millis};
use crate::sim::Unit;
use serde::{Deserialize, Serialize};

/// What was attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Task {
    /// A prediction was committed or skipped.
    Prediction,
    /// A question was answered.
    Quiz,
    /// A setting was judged.
    Challenge,
    /// The cause of an incident was named; its repair is a challenge of the same id.
    Incident,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grade {
    /// Right, or passed.
    Right,
    /// Wrong, or failed.
    Wrong,
    /// The learner did not want to be asked.
    Skipped,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// What kind of thing was attempted.
    pub task: Task,
    /// Its id in its lesson.
    pub id: String,
    /// The answer: ids of options, joined by commas where there are several; a number with its unit; heights of a curve.
    pub answer: String,
    /// How it went.
    pub grade: Grade,
    /// The run that graded it, as a link holds it; for a challenge, the setting that was judged.
    pub run: Option<String>,
    /// For a prediction of a number: what was guessed, and what the run said.
    #[serde(default)]
    pub guess: Option<Guess>,
}

/// A number that was predicted, beside what the run said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// The unit of both.
    pub unit: Unit,
    /// The learner's number.
    pub guessed: f64,
    /// The run's.
    pub was: f64,
}

/// An attempt in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What tells it from all others, here and in other browsers.
    pub key: Key,
    /// The lesson, `chapter/slug`.
    pub lesson: String,
    /// When.
    pub when: Millis,
    /// What.
    pub attempt: Attempt,
}
