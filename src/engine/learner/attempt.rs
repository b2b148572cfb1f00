//! What was attempted: predictions, quiz questions, challenges and incidents.

use super::{Key, Millis};
use crate::sim::{Unit, decimal};
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
    /// For a prediction of a number: what was guessed, and what the run said; see [`Guess`].
    #[serde(default)]
    pub guess: Option<String>,
}

/// A number that was predicted, beside what the run said. As text, which pages and workers hand on without knowing more, it is
/// `share 0.2 0.789`: what kind of number, the learner's, the run's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    /// The unit of both.
    pub unit: Unit,
    /// The learner's number.
    pub guessed: f64,
    /// The run's.
    pub was: f64,
}

impl Guess {
    /// As text.
    pub fn to_text(self) -> String {
        let [guessed, was] = [self.guessed, self.was].map(|number| decimal::format(number, 6));
        [self.unit.noun(), " ", &guessed, " ", &was].concat()
    }

    /// Reads it; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        const UNITS: [Unit; 7] =
            [Unit::Time, Unit::Rate, Unit::Share, Unit::Bytes, Unit::Count, Unit::Money, Unit::Factor];
        let mut parts = text.rsplitn(3, ' ');
        let number = |text: Option<&str>| text?.parse().ok().filter(|number: &f64| number.is_finite());
        let (was, guessed) = (number(parts.next())?, number(parts.next())?);
        let noun = parts.next()?;
        let unit = UNITS.into_iter().find(|unit| unit.noun() == noun)?;
        Some(Self { unit, guessed, was })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_read_as_it_was_written() {
        for (guess, text) in [
            (Guess { unit: Unit::Share, guessed: 0.2, was: 0.789 }, "share 0.200000 0.789000"),
            (
                Guess { unit: Unit::Bytes, guessed: 1_000.0, was: 2_048.0 },
                "size in bytes 1000.000000 2048.000000",
            ),
        ] {
            assert_eq!(guess.to_text(), text);
            assert_eq!(Guess::from_text(text), Some(guess));
        }
        for wrong in ["", "share", "share 1", "weight 1 2", "share 1 x", "share 1 NaN", "share – 1"] {
            assert_eq!(Guess::from_text(wrong), None, "{wrong}");
        }
    }
}
