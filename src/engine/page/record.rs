//! What the learner has attempted since the page was opened.

use super::dom;
use crate::desk::markup::{any, attr};
use crate::learner::{Attempt, Entry, Record, Task};
use std::cell::RefCell;

thread_local! {
    static RECORD: RefCell<Record> = RefCell::new(Record::default());
}

/// The lesson of this page, `chapter/slug`.
fn lesson() -> String {
    let page = dom::query_page(&any(attr::LESSON_PAGE));
    page.first().and_then(|page| page.get_attribute(attr::LESSON_PAGE)).unwrap_or_default()
}

/// Notes an attempt that a desk has told. Of a prediction the first counts: it says what the learner knew.
pub fn add(attempt: Attempt) {
    if attempt.task == Task::Prediction { add_first(attempt) } else { note(attempt) }
}

fn note(attempt: Attempt) {
    let entry = Entry { lesson: lesson(), when: js_sys::Date::now(), attempt };
    RECORD.with_borrow_mut(|record| record.add(entry));
}

/// Notes an attempt unless it repeats one: how it went at first is what says what the learner knew.
pub fn add_first(attempt: Attempt) {
    if !attempts_here().iter().any(|done| (done.task, &done.id) == (attempt.task, &attempt.id)) {
        note(attempt);
    }
}

/// What was attempted in this lesson.
pub fn attempts_here() -> Vec<Attempt> {
    let lesson = lesson();
    RECORD.with_borrow(|record| record.of(&lesson).cloned().collect())
}
