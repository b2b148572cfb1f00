//! The front page: a figure to break at once, the lessons that can be opened, and what is planned.

use super::cache::Cache;
use super::figure;
use super::prose::{Context, typeset};
use crate::course::front_matter::LessonStatus;
use crate::course::{Chapter, Course, Lesson};
use maud::{Markup, html};
use std::rc::Rc;

/// The lesson whose first figure runs on the front page.
const SHOWN: &str = "architecture/load-balancing";

/// Id of a lesson on the map's page, where links to a planned one lead.
pub fn anchor(lesson: &Lesson) -> String {
    format!("{}-{}", lesson.chapter, lesson.slug)
}

/// The front page's own part: a figure that runs, the ways in, the lessons that there are.
pub fn body(course: &Course, cache: &Rc<Cache>) -> Markup {
    let shown = course.lesson(SHOWN);
    let ready: Vec<&Lesson> =
        course.lessons.iter().filter(|lesson| lesson.front.status != LessonStatus::Planned).collect();
    html! {
        div.home {
            header.hero {
                h1 { "Break a backend. " br; "See why. Fix it." }
                p.lead {
                    "Short lessons with real simulations that run in your browser. Kill a server, cut a cable, fill a cache; "
                    "go back in time and ask any request what it waited for."
                }
            }
            div.kept data-learn-kept="home" {}
            @if let Some(lesson) = shown { (figure_of(&Context::new(course, lesson, cache))) }
            div.ways {
                @if let Some(lesson) = shown {
                    p { a.button href=(page_of(lesson)) { "Begin with " (lesson.front.title.text.to_lowercase()) } }
                }
                @for path in &course.paths {
                    p { a href={ "@root/map/#" (path.id.text) } { (typeset(&path.title.text)) } }
                }
                p { a href="@root/map/" { "The map of all lessons" } }
            }
            section aria-labelledby="ready" {
                h2 id="ready" { "Lessons" }
                ul.cards { @for lesson in &ready { (card(course, lesson)) } }
            }
            @if ready.len() < course.lessons.len() {
                section aria-labelledby="planned" {
                    h2 id="planned" { "Planned" }
                    dl.planned-lines { @for chapter in &course.chapters { (planned(course, chapter)) } }
                }
            }
        }
    }
}

/// A lesson's first figure, live.
fn figure_of(cx: &Context) -> Markup {
    html! {
        @if let Some((block, figure)) = cx.lesson.figures().next() {
            (figure::element(cx, block, figure, 1))
            @if let Some(shown) = cx.stills.get(&block.id) { (figure::words(&block.id, shown)) }
        }
    }
}

/// A lesson that can be opened, with what its first figure shows.
fn card(course: &Course, lesson: &Lesson) -> Markup {
    let front = &lesson.front;
    let chapter = course.chapter(&lesson.chapter).map(|chapter| typeset(&chapter.title.text));
    html! {
        li.tile {
            div.tile-still { img src={ "@root/" (lesson.path()) "/" (figure::CARD) } alt="" loading="lazy" width="340" height="200"; }
            h3 { a href=(page_of(lesson)) { (typeset(&front.title.text)) } }
            p { (typeset(&front.summary.text)) }
            p.names data-mark=(lesson.path()) { @if let Some(chapter) = chapter { (chapter) " · " } (state(lesson)) }
        }
    }
}

/// What a chapter will have besides, in a line.
fn planned(course: &Course, chapter: &Chapter) -> Markup {
    let planned: Vec<&Lesson> =
        course.lessons_of(&chapter.id.text).filter(|it| it.front.status == LessonStatus::Planned).collect();
    html! {
        @if !planned.is_empty() {
            div {
                dt { (typeset(&chapter.title.text)) }
                dd {
                    @for (n, lesson) in planned.iter().enumerate() {
                        @if n > 0 { " · " }
                        a href=(page_of(lesson)) { (typeset(&lesson.front.title.text)) }
                    }
                }
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

/// The address of a lesson: its page, or its place on the map's page if it has none yet.
pub fn page_of(lesson: &Lesson) -> String {
    match lesson.front.status {
        LessonStatus::Planned => format!("@root/map/#{}", anchor(lesson)),
        _ => format!("@root/{}/", lesson.path()),
    }
}

/// The 404 page.
pub fn missing() -> Markup {
    html! {
        article.lesson-page {
            h1 { "There is nothing here" }
            p.lead { "The address may be mistyped, or the page has moved." }
            p { "All lessons are on the " a href="@root/map/" { "map" } "." }
            (super::search::place())
        }
    }
}
