//! A lesson's page.

use super::cache::Cache;
use super::prose::{Context, typeset};
use super::{activity, figure, home};
use crate::course::blocks::{Block, Body, Term, term_anchor};
use crate::course::front_matter::LessonStatus;
use crate::course::{Course, Lesson, Part, Text};
use crate::desk::markup::class;
use maud::{Markup, PreEscaped, html};
use std::rc::Rc;

/// The page's content, and the files beside it as names and texts. From the cache, if nothing that it depends on has
/// changed.
pub fn body(course: &Course, lesson: &Lesson, cache: &Rc<Cache>) -> (Markup, Vec<(String, String)>) {
    let (html, files) = cache.get_or(&cache.page_key(course, lesson), || {
        let cx = Context::new(course, lesson, cache);
        (markup(&cx).into_string(), cx.files.take())
    });
    (PreEscaped(html), files)
}

/// The page's own part; the files beside it are left in the context.
pub(super) fn markup(cx: &Context) -> Markup {
    let (course, lesson) = (cx.course, cx.lesson);
    let front = &lesson.front;
    let first = lesson.figures().next();
    let card = first.and_then(|(block, it)| figure::card(cx.stills.get(&block.id)?, &it.caption.text));
    cx.files.borrow_mut().extend(card.map(|drawn| (figure::CARD.to_owned(), drawn)));
    let chapter = course.chapter(&lesson.chapter);
    html! {
        article.lesson-page data-lesson-page=(lesson.path()) {
            header.lesson-head {
                p.meta {
                    @if let Some(chapter) = chapter {
                        a href={ "@root/map/#" (chapter.id.text) } { (chapter.title.text) } " · "
                    }
                    (front.minutes) " minutes"
                    (before(course, lesson))
                    @if front.status == LessonStatus::Draft { " · " span.tag { "draft" } }
                }
                h1 { (typeset(&front.title.text)) }
                p.lead { (typeset(&front.summary.text)) }
                p.(class::KEPT) role="status" hidden {}
            }
            (parts(cx))
            (terms(cx))
            (sources(lesson))
            (after(course, lesson))
        }
        // The other figures' come when they are scrolled to.
        @if let Some((block, _)) = first && let Some(shown) = cx.stills.get(&block.id) {
            (figure::words(&block.id, shown))
        }
    }
}

/// The prerequisites.
fn before(course: &Course, lesson: &Lesson) -> Markup {
    let known: Vec<&Lesson> =
        lesson.front.prerequisites.iter().filter_map(|path| course.lesson(&path.text)).collect();
    html! {
        @if !known.is_empty() { " · builds on " (links(&known)) }
    }
}

/// The lessons that build on this one, and the next one.
fn after(course: &Course, lesson: &Lesson) -> Markup {
    let path = lesson.path();
    let builds = |other: &&Lesson| other.front.prerequisites.iter().any(|before| before.text == path);
    let leads: Vec<&Lesson> = course.lessons.iter().filter(builds).collect();
    html! {
        @if !leads.is_empty() {
            nav.after aria-label="Further lessons" { p { "Leads on to " (links(&leads)) "." } }
        }
    }
}

/// 'A, B and C', each a link to its page; those that have none yet are named.
pub(super) fn links(lessons: &[&Lesson]) -> Markup {
    html! {
        @for (n, lesson) in lessons.iter().enumerate() {
            @if n > 0 { @if n + 1 == lessons.len() { " and " } @else { ", " } }
            @let title = typeset(&lesson.front.title.text);
            @if lesson.front.status == LessonStatus::Planned { (title) " (planned)" }
            @else { a href=(home::page_of(lesson)) { (title) } }
        }
    }
}

/// The lesson's terms, wherever they stand in its file.
fn terms(cx: &Context) -> Markup {
    let also = |term: &Term| term.also.iter().map(|name| typeset(&name.text)).collect::<Vec<_>>().join(", ");
    html! {
        @if cx.lesson.terms().next().is_some() {
            section.glossary aria-labelledby="terms" {
                h2 id="terms" { "Terms" }
                dl {
                    @for (block, term) in cx.lesson.terms() {
                        div id=(term_anchor(&block.id)) {
                            dt {
                                (typeset(&term.term.text))
                                @if !term.also.is_empty() { " " span.also { "also " (also(term)) } }
                            }
                            dd { (cx.phrase(&term.meaning)) }
                        }
                    }
                }
            }
        }
    }
}

fn sources(lesson: &Lesson) -> Markup {
    html! {
        @if !lesson.front.sources.is_empty() {
            section.sources aria-labelledby="sources" {
                h2 id="sources" { "Sources" }
                ul { @for source in &lesson.front.sources { li { a href=(source.link.text) rel="noopener" { (typeset(&source.title.text)) } } } }
            }
        }
    }
}

/// Kinds of blocks that stand together under one heading: its id and its text.
fn group(part: &Part) -> Option<(&'static str, &'static str)> {
    let Part::Block(block) = part else { return None };
    match block.body {
        Body::Quiz(_) => Some(("check-yourself", "Check yourself")),
        Body::Card(_) => Some(("to-remember", "To remember")),
        Body::Interview(_) => Some(("in-an-interview", "In an interview")),
        Body::RealSystems(_) => Some(("in-real-systems", "In real systems")),
        Body::LeavesOut(_) => Some(("left-out", "What this model leaves out")),
        _ => None,
    }
}

fn parts(cx: &Context) -> Markup {
    let elsewhere = |part: &&Part| matches!(part, Part::Block(block) if matches!(block.body, Body::Term(_)));
    let parts: Vec<&Part> = cx.lesson.parts.iter().filter(|part| !elsewhere(part)).collect();
    let mut number = 0;
    html! {
        @for chunk in parts.chunk_by(|a, b| group(a) == group(b)) {
            @if let Some((id, title)) = group(chunk[0]) {
                section class=(id) aria-labelledby=(id) {
                    h2 id=(id) { (title) }
                    @for part in chunk { (one(cx, part, &mut number)) }
                }
            } @else {
                @for part in chunk { (one(cx, part, &mut number)) }
            }
        }
    }
}

fn one(cx: &Context, part: &Part, number: &mut usize) -> Markup {
    match part {
        Part::Prose(text) => cx.blocks(text),
        Part::Block(block) => self::block(cx, block, number),
    }
}

fn block(cx: &Context, block: &Block, number: &mut usize) -> Markup {
    match &block.body {
        Body::Figure(it) => {
            *number += 1;
            figure::element(cx, block, it, *number)
        }
        // A question that gates a figure stands in that figure.
        Body::Predict(it) if cx.stills.asks_in_figure(&it.figure.text, &block.id) => html! {},
        Body::Predict(it) => activity::predict(cx, block, it),
        Body::Challenge(it) => activity::challenge(cx, block, it),
        Body::Incident(it) => activity::incident(cx, block, it),
        Body::Quiz(it) => activity::quiz(cx, block, it),
        Body::Card(it) => activity::card(cx, block, it),
        Body::Interview(it) => activity::interview(cx, block, it),
        Body::Words(_) | Body::Term(_) => html! {},
        Body::Aside(text) => note(cx, text),
        Body::RealSystems(text) | Body::LeavesOut(text) => cx.blocks(text),
    }
}

fn note(cx: &Context, text: &Text) -> Markup {
    html! { aside.note { (cx.blocks(text)) } }
}
