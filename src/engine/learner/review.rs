//! Reviews: what a learner is asked, and how well it was known.

use super::{Key, Millis};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A card: `chapter/slug#id`, where the id is one of the lesson's cards, or a prediction that was wrong at first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CardId(String);

impl CardId {
    /// The card of a lesson (`chapter/slug`).
    pub fn new(lesson: &str, id: &str) -> Self {
        Self([lesson, "#", id].concat())
    }

    /// Its lesson, `chapter/slug`.
    pub fn lesson(&self) -> &str {
        self.0.split_once('#').map_or(&self.0, |(lesson, _)| lesson)
    }

    /// Its id in its lesson.
    pub fn own(&self) -> &str {
        self.0.split_once('#').map_or("", |(_, own)| own)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How well a card was known, as FSRS has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// Not at all, or wrong.
    Again,
    /// With effort.
    Hard,
    /// Well.
    Good,
    /// At once.
    Easy,
}

impl Rating {
    /// All, worst first.
    pub const ALL: [Self; 4] = [Self::Again, Self::Hard, Self::Good, Self::Easy];
}

/// One review of a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// What tells it from all others.
    pub key: Key,
    /// The card.
    pub card: CardId,
    /// When.
    pub when: Millis,
    /// How well it was known.
    pub rating: Rating,
}
