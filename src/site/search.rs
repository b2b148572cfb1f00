//! The index of the search: every lesson by its names, its terms and its text.

use crate::course::blocks::Body;
use crate::course::front_matter::LessonStatus;
use crate::course::{Course, Lesson, Part};
use crate::search::{Index, Page, Source};
use maud::{Markup, html};
use pulldown_cmark::{Event, Parser};

/// The file of the index, as it lies beside the pages before its name tells its content.
pub(super) const FILE: &str = "search.bin";

/// The page's own part.
pub(super) fn body() -> Markup {
    html! {
        article.search-page {
            h1 { "Search" }
            (place())
        }
    }
}

/// Where the search stands in a page, and what stands there without scripts.
pub(super) fn place() -> Markup {
    html! {
        div data-learn="search" {
            p { "The search needs scripts. All lessons are on the " a href="@root/map/" { "map" } ", all terms in the " a href="@root/glossary/" { "glossary" } "." }
        }
    }
}

/// The index of a course.
pub fn index(course: &Course) -> Index {
    Index::new(course.lessons.iter().map(|lesson| (page(lesson), source(lesson))))
}

fn page(lesson: &Lesson) -> Page {
    Page {
        path: format!("{}/", lesson.path()),
        title: lesson.front.title.text.clone(),
        summary: lesson.front.summary.text.clone(),
        ready: lesson.front.status == LessonStatus::Ready,
    }
}

fn source(lesson: &Lesson) -> Source {
    let front = &lesson.front;
    let names = [&front.title].into_iter().chain(&front.names).map(|name| name.text.clone()).collect();
    let mut about = front.summary.text.clone();
    for (_, term) in lesson.terms() {
        for name in [&term.term].into_iter().chain(&term.also) {
            about = format!("{about} {}", name.text);
        }
    }
    let texts = lesson.parts.iter().filter_map(|part| match part {
        Part::Prose(text) => Some(&text.text),
        Part::Block(block) => match &block.body {
            Body::Aside(text) | Body::RealSystems(text) | Body::LeavesOut(text) => Some(&text.text),
            Body::Term(term) => Some(&term.meaning.text),
            Body::Interview(interview) => Some(&interview.question.text),
            _ => None,
        },
    });
    let text = texts.map(|markdown| without_markup(markdown)).collect::<Vec<_>>().join(" ");
    Source { names, about, text }
}

/// The words of a Markdown text.
fn without_markup(markdown: &str) -> String {
    let texts = Parser::new(markdown).filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.to_string()),
        Event::SoftBreak | Event::HardBreak | Event::End(_) => Some(" ".to_owned()),
        _ => None,
    });
    texts.collect()
}
