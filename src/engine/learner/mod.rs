//! What a learner has tried: the record of attempts.
//!
//! Ids are permanent, and a run is kept as its link, so that what was attempted can be looked at again. Kept in memory; a
//! store takes [`Record`] as it is.

use serde::{Deserialize, Serialize};

/// What was attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// An attempt in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The lesson, `chapter/slug`.
    pub lesson: String,
    /// When, in milliseconds since 1970.
    pub when: f64,
    /// What.
    pub attempt: Attempt,
}

/// All attempts, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    entries: Vec<Entry>,
}

impl Record {
    /// Adds an attempt.
    pub fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// The attempts at tasks of one lesson, oldest first.
    pub fn of<'a>(&'a self, lesson: &'a str) -> impl Iterator<Item = &'a Attempt> {
        self.entries.iter().filter(move |entry| entry.lesson == lesson).map(|entry| &entry.attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_kept_in_order_and_by_lesson() {
        let mut record = Record::default();
        for (lesson, id) in [("a/b", "first"), ("a/c", "other"), ("a/b", "second")] {
            let attempt = Attempt {
                task: Task::Quiz,
                id: id.into(),
                answer: String::new(),
                grade: Grade::Wrong,
                run: None,
            };
            record.add(Entry { lesson: lesson.into(), when: 0.0, attempt });
        }
        let ids: Vec<&str> = record.of("a/b").map(|attempt| attempt.id.as_str()).collect();
        assert_eq!(ids, ["first", "second"]);
        let bytes = postcard::to_allocvec(&record).expect("plain data");
        assert_eq!(postcard::from_bytes::<Record>(&bytes), Ok(record));
    }
}
