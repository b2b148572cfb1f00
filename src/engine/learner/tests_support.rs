//! Entries for tests.

use super::{Attempt, CardId, Entry, Grade, Key, Millis, Rating, Review, Task};

/// A day, in milliseconds.
pub const DAY: Millis = 86_400_000;

fn key(n: u8) -> Key {
    Key::new([n; 16])
}

/// An answer to a prediction.
pub fn entry(n: u8, lesson: &str, id: &str, when: Millis, grade: Grade) -> Entry {
    let attempt = Attempt {
        task: Task::Prediction,
        id: id.to_owned(),
        answer: "an answer".to_owned(),
        grade,
        run: None,
        guess: None,
    };
    Entry { key: key(n), lesson: lesson.to_owned(), when, attempt }
}

/// A review of a card.
pub fn review(n: u8, card: &str, when: Millis, rating: Rating) -> Review {
    let (lesson, id) = card.split_once('#').expect("chapter/slug#id");
    Review { key: key(n), card: CardId::new(lesson, id), when, rating }
}
