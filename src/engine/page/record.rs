//! What the learner has attempted since the page was opened.

use crate::learner::{Attempt, Task};
use std::cell::RefCell;

thread_local! {
    static RECORD: RefCell<Vec<Attempt>> = const { RefCell::new(Vec::new()) };
}

/// Notes an attempt that a desk has told. Of a prediction the first counts: it says what the learner knew.
pub fn add(attempt: Attempt) {
    if attempt.task == Task::Prediction { add_first(attempt) } else { note(attempt) }
}

fn note(attempt: Attempt) {
    RECORD.with_borrow_mut(|record| record.push(attempt));
}

/// Notes an attempt unless it repeats one: how it went at first is what says what the learner knew.
pub fn add_first(attempt: Attempt) {
    let repeats = |done: &Attempt| (done.task, &done.id) == (attempt.task, &attempt.id);
    if !RECORD.with_borrow(|record| record.iter().any(repeats)) {
        note(attempt);
    }
}

/// What was attempted in this lesson.
pub fn attempts_here() -> Vec<Attempt> {
    RECORD.with_borrow(Clone::clone)
}
