//! The front page: every lesson by chapter. Those that are only planned say so, and there is nothing to click.

use super::prose::typeset;
use crate::course::front_matter::LessonStatus;
use crate::course::{Chapter, Course, Lesson};
use maud::{Markup, html};

/// Id of a lesson on the front page, where links to a planned one lead.
pub fn anchor(lesson: &Lesson) -> String {
    format!("{}-{}", lesson.chapter, lesson.slug)
}

/// The front page's own part.
pub fn body(course: &Course) -> Markup {
    let first = course
        .lessons
        .iter()
        .find(|lesson| lesson.front.status != LessonStatus::Planned && lesson.slug == "load-balancing");
    html! {
        div.home {
            header.hero {
                h1 { "Backend systems, to run, break and repair" }
                p.lead {
                    "Why does one slow server make a whole site slow? Don’t read about it: turn the load up, kill a server, "
                    "go back in time and ask any request what it waited for."
                }
                @if let Some(lesson) = first {
                    p { a.button href=(page_of(lesson)) { "Begin with " (lesson.front.title.text.to_lowercase()) } }
                }
            }
            @for chapter in &course.chapters { (chapter_of(course, chapter)) }
        }
    }
}

fn chapter_of(course: &Course, chapter: &Chapter) -> Markup {
    let id = &chapter.id.text;
    html! {
        section.chapter id=(id) aria-labelledby={ (id) "-title" } {
            div.chapter-head {
                h2 id={ (id) "-title" } { (chapter.title.text) }
                p { (typeset(&chapter.summary.text)) }
            }
            ul.lessons { @for lesson in course.lessons_of(id) { (entry(lesson)) } }
        }
    }
}

fn entry(lesson: &Lesson) -> Markup {
    let front = &lesson.front;
    let planned = front.status == LessonStatus::Planned;
    html! {
        li.lesson .planned[planned] id=(anchor(lesson)) {
            h3 {
                @if planned { (typeset(&front.title.text)) } @else { a href=(page_of(lesson)) { (typeset(&front.title.text)) } }
                " " span.tag .there[!planned] { (state(lesson)) }
            }
            p { (typeset(&front.summary.text)) }
            p.names {
                span.sr-only { "Also called: " }
                @for (n, name) in front.names.iter().enumerate() { @if n > 0 { "\u{a0}· " } (typeset(&name.text)) }
            }
        }
    }
}

/// How far a lesson is, as its readers are told.
pub fn state(lesson: &Lesson) -> String {
    match lesson.front.status {
        LessonStatus::Planned => "planned".into(),
        LessonStatus::Draft => "draft".into(),
        LessonStatus::Ready => format!("{} minutes", lesson.front.minutes),
    }
}

/// The address of a lesson: its page, or its place on the front page if it has none yet.
pub fn page_of(lesson: &Lesson) -> String {
    match lesson.front.status {
        LessonStatus::Planned => format!("@root/#{}", anchor(lesson)),
        _ => format!("@root/{}/", lesson.path()),
    }
}

/// The 404 page.
pub fn missing() -> Markup {
    html! {
        article.lesson-page {
            h1 { "There is nothing here" }
            p.lead { "The address may be mistyped, or the page has moved." }
            p { a href="@root/" { "All lessons are on the front page" } "." }
            (super::search::place())
        }
    }
}
