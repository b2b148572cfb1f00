//! What a lesson's page and the store say to each other.

use super::{Attempt, Millis, ResumePoint};
use serde::{Deserialize, Serialize};

/// Set in the local storage once something has been kept: the next lesson's page asks the store before its figures start.
pub const KEPT: &str = "playground-record";

/// What a page asks of the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToStore {
    /// What is kept of this lesson, `chapter/slug`? The first message.
    Open(String),
    /// Something was attempted.
    Attempted(Millis, Attempt),
    /// A figure of the lesson, by its id, was left there.
    Left(Millis, String, ResumePoint),
    /// The visit, which began then, has lasted so many seconds.
    Visited(Millis, u32),
}

/// What the store says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromStore {
    /// It listens; what was sent before is lost. The first message.
    Ready,
    /// What is kept of the lesson: of each prediction, question and cause of an incident the first attempt, of each challenge
    /// the last that passed, oldest first; and where figures were left, by their ids.
    Opened(Vec<Attempt>, Vec<(String, ResumePoint)>),
    /// Something could not be read or written; what comes after is tried all the same.
    Trouble(Trouble),
}

/// Why something could not be kept or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The browser keeps nothing: a private window, or storage is switched off.
    Unavailable,
    /// A newer version of the site has written the store; it is left as it is.
    Newer,
    /// The disk, or what the browser allows, is full.
    Full,
    /// Something else, which the console tells.
    Failed,
}
