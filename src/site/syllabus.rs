//! The lessons in outline, for the learner's side.

use super::cache::Cache;
use super::prose::Context;
use crate::course::blocks::Body;
use crate::course::front_matter::LessonStatus;
use crate::course::{Course, Lesson};
use crate::learner::{CardText, LessonOutline, Syllabus, Task, TaskOutline};
use maud::Markup;
use std::rc::Rc;

/// The file, as it lies beside the pages before its name tells its content.
pub(super) const FILE: &str = "syllabus.bin";

/// All lessons of a course in outline.
pub fn syllabus(course: &Course, cache: &Rc<Cache>) -> Syllabus {
    Syllabus { lessons: course.lessons.iter().map(|lesson| outline(course, lesson, cache)).collect() }
}

fn outline(course: &Course, lesson: &Lesson, cache: &Rc<Cache>) -> LessonOutline {
    let front = &lesson.front;
    let cx = Context::new(course, lesson, cache).unmasked();
    let elsewhere = |markup: Markup| elsewhere(&markup.0, &lesson.path());
    let (mut tasks, mut cards) = (Vec::new(), Vec::new());
    for block in lesson.blocks() {
        let id = block.id.clone();
        let task = |task, asks, shows: Option<Markup>| {
            let (asks, shows) = (elsewhere(cx.phrase(asks)), shows.map(elsewhere).unwrap_or_default());
            TaskOutline { task, id: id.clone(), asks, shows }
        };
        match &block.body {
            Body::Predict(it) => tasks.push(task(Task::Prediction, &it.question, Some(cx.blocks(&it.shows)))),
            Body::Quiz(it) => tasks.push(task(Task::Quiz, &it.question, None)),
            Body::Challenge(it) => tasks.push(task(Task::Challenge, &it.title, None)),
            Body::Incident(it) => tasks.push(task(Task::Incident, &it.title, None)),
            Body::Card(it) => {
                let (front, back) = (elsewhere(cx.phrase(&it.front)), elsewhere(cx.blocks(&it.back)));
                cards.push(CardText { id, front, back });
            }
            _ => {}
        }
    }
    LessonOutline {
        path: lesson.path(),
        title: front.title.text.clone(),
        ready: front.status == LessonStatus::Ready,
        tasks,
        cards,
    }
}

/// A lesson's HTML for another page: its links within the page lead to the lesson.
fn elsewhere(html: &str, path: &str) -> String {
    html.replace("href=\"#", &format!("href=\"@root/{path}/#"))
}
