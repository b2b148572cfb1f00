//! What is known of the learner, and the rules about it: the record of attempts and reviews, which cards are due, what the
//! statistics say, and the file in which all of it can leave one browser and enter another.
//!
//! The record only grows. Whatever happens adds an entry under a key of its own, and what is shown (a card's state, a
//! lesson's progress) is computed from the entries. So two tabs, or two browsers whose records are merged, can't
//! contradict each other: the merged record is the union of both. Of a figure's place and of a setting the latest counts.
//!
//! Ids are permanent, and a run is kept as its link, so that what was attempted can be looked at again.

mod anki;
mod attempt;
mod message;
mod progress;
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
mod record;
mod review;
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
mod schedule;
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
mod sitting;
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
mod standing;
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
mod statistics;
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
mod syllabus;
#[cfg(test)]
mod tests_support;

pub use anki::{AnkiNote, to_anki};
pub use attempt::{Attempt, Entry, Grade, Guess, Task};
pub use message::{FromStore, KEPT, ToStore, Trouble};
pub use progress::{Place, ResumePoint, Setting, Visit};
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
pub use record::{Added, Record, RecordError};
pub use review::{CardId, Rating, Review};
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
pub use schedule::{CardState, NEW_A_DAY, RETENTION, Recall, Schedule};
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
pub use sitting::{ROUND, Sitting, when_again};
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
pub use standing::{Standing, go_on_with};
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
pub use statistics::{Calibration, FORECAST_DAYS, Share, Statistics};
#[cfg(any(feature = "record", not(target_arch = "wasm32")))]
pub use syllabus::{CardText, LessonOutline, Syllabus, TaskOutline};

use core::fmt;
use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970.
pub type Millis = u64;

/// The latest moment that a browser's clock can show.
pub const LATEST: Millis = 8_640_000_000_000_000;

/// What tells an entry of the record from all others, in all browsers: 32 hexadecimal digits, drawn at random.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

impl Key {
    /// A key from 16 random bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        let digit = |n: u8| char::from(b"0123456789abcdef"[usize::from(n)]);
        Self(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if text.len() == 32 && digits {
            Ok(Self(text))
        } else {
            Err("a key has 32 hexadecimal digits".to_owned())
        }
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

/// The days of a learner's calendar, which begin at four in the morning: who learns until one o'clock still learns
/// today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// How far the learner's clocks are ahead of UTC, in minutes.
    pub ahead_minutes: i32,
}

/// A day of a [`Calendar`], counted from the first of January 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Calendar {
    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * Self::MINUTE;

    /// The day on which a moment lies.
    pub fn day(self, when: Millis) -> Day {
        let local = when.min(LATEST).cast_signed() + i64::from(self.ahead_minutes) * Self::MINUTE;
        Day((local - 4 * 60 * Self::MINUTE).div_euclid(Self::DAY))
    }
}

impl Day {
    /// So many days later.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        Self(self.0 + i64::from(days))
    }

    /// Its day of the week, in three letters.
    pub fn weekday(self) -> &'static str {
        // The first of January 1970 was a Thursday.
        ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][self.0.rem_euclid(7) as usize]
    }

    /// Days from an earlier day to this one; none from a later one.
    pub fn since(self, earlier: Self) -> u32 {
        u32::try_from(self.0.saturating_sub(earlier.0).max(0)).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_32_digits() {
        let key = Key::new([0xab; 16]);
        assert_eq!(key.as_str(), "ab".repeat(16));
        assert_eq!(Key::try_from(key.as_str().to_owned()), Ok(key));
        for wrong in ["", "ab", &"g".repeat(32), &"AB".repeat(16), &"é".repeat(16)] {
            assert!(Key::try_from((*wrong).to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_at_four_in_the_morning_where_the_learner_lives() {
        const HOUR: Millis = 3_600_000;
        let tokyo = Calendar { ahead_minutes: 9 * 60 };
        // Four in the morning in Tokyo is 19:00 UTC of the day before.
        let (before, after) = (tokyo.day(19 * HOUR - 1), tokyo.day(19 * HOUR));
        assert_eq!(after.since(before), 1);
        assert_eq!(before.since(after), 0);
        assert_eq!(tokyo.day(43 * HOUR - 1), after);
        assert_eq!(Calendar { ahead_minutes: -600 }.day(0), Day(-1));
        assert_eq!([Day(-1), Day(0), Day(20_787)].map(Day::weekday), ["Wed", "Thu", "Mon"]);
    }
}
