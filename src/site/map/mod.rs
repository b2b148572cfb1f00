//! The map of all lessons: what builds on what, ways through them, and all of them by chapter.

mod layers;

use super::home::{anchor, page_of, state};
use super::prose::typeset;
use crate::course::front_matter::LessonStatus;
use crate::course::{Chapter, Course, Lesson, StudyPath};
use crate::scene::metrics::{Face, width};
use layers::{Layers, Piece, Placed};
use maud::{Markup, html};

/// Measures of the drawing, in its own units: a layer, a lesson's box in it, a row, a lesson's box in that, a line of text.
const LAYER: f32 = 160.0;
const BOX: f32 = 124.0;
const ROW: f32 = 58.0;
const TALL: f32 = 46.0;
const LINE: f32 = 15.0;
const LETTERS: f32 = 12.5;

/// The page's own part.
pub(super) fn body(course: &Course) -> Markup {
    html! {
        div.map-page {
            header.hero {
                h1 { "Map of all lessons" }
                p.lead { "A line leads from a lesson to those that build on it. Begin anywhere on the left, or take one of the " a href="#paths" { "paths" } "." }
            }
            (drawing(course))
            div.kept data-learn-kept="map" {}
            section aria-labelledby="paths" {
                h2 id="paths" { "Paths" }
                div.paths { (all_in_order(course)) @for path in &course.paths { (path_of(course, path)) } }
            }
            @for chapter in &course.chapters { (chapter_of(course, chapter)) }
        }
    }
}

/// The graph. On a phone it is left out: the list of all lessons says of each what it builds on.
fn drawing(course: &Course) -> Markup {
    let map = Layers::of(course);
    let (wide, high) = (map.columns as f32 * LAYER - (LAYER - BOX) + 2.0, map.rows * ROW + 2.0);
    html! {
        nav.map aria-label="Map: arrow keys go from lesson to lesson" {
            svg viewBox={ "-1 -1 " (wide) " " (high) } width=(wide) height=(high) {
                @for piece in &map.lines { (line(piece)) }
                @for placed in &map.lessons { (node(placed)) }
            }
        }
    }
}

fn line(piece: &Piece) -> Markup {
    let left = piece.layer as f32 * LAYER + BOX;
    let right = left + LAYER - BOX;
    let middle = f32::midpoint(left, right);
    let [from, to] = piece.rows.map(|row| row * ROW);
    let on = if piece.passes { format!(" H{}", right + BOX) } else { String::new() };
    html! {
        path d={ "M" (left) " " (from) " C" (middle) " " (from) " " (middle) " " (to) " " (right) " " (to) (on) }
            data-from=(piece.from) data-to=(piece.to.join(" ")) {}
    }
}

fn node(placed: &Placed) -> Markup {
    let lesson = placed.lesson;
    let planned = lesson.front.status == LessonStatus::Planned;
    let (x, middle) = (placed.layer as f32 * LAYER, placed.row * ROW);
    let lines = wrapped(&typeset(&lesson.front.title.text));
    let first = middle - (lines.len() as f32 - 1.0) * LINE / 2.0 + LETTERS * 0.35;
    let title = typeset(&lesson.front.title.text);
    let spoken = if planned { format!("{title}, planned") } else { title };
    html! {
        a.planned[planned] href=(if planned { format!("#{}", anchor(lesson)) } else { page_of(lesson) })
            data-lesson=(lesson.path()) data-layer=(placed.layer) aria-label=(spoken) {
            rect x=(x) y=(middle - TALL / 2.0) width=(BOX) height=(TALL) rx="6" {}
            text text-anchor="middle" {
                @for (n, line) in lines.iter().enumerate() {
                    @if n > 0 { " " }
                    tspan x=(x + BOX / 2.0) y=(first + n as f32 * LINE) { (line) }
                }
            }
        }
    }
}

/// A title in lines that fit a box.
fn wrapped(title: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split(' ') {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), LETTERS, Face::Plain) <= BOX - 8.0 => {
                *line = format!("{line} {word}");
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn all_in_order(course: &Course) -> Markup {
    html! {
        section.path id="everything" aria-labelledby="everything-title" {
            h3 id="everything-title" { "Everything in order" }
            p { "Chapter by chapter, as they stand below. " (hours(course.lessons.iter())) }
        }
    }
}

fn path_of(course: &Course, path: &StudyPath) -> Markup {
    let id = &path.id.text;
    html! {
        section.path id=(id) aria-labelledby={ (id) "-title" } {
            h3 id={ (id) "-title" } { (typeset(&path.title.text)) }
            p { (typeset(&path.summary.text)) " " (hours(course.lessons_on(path))) }
            ol {
                @for lesson in course.lessons_on(path) {
                    li data-mark=(lesson.path()) {
                        @let title = typeset(&lesson.front.title.text);
                        @if lesson.front.status == LessonStatus::Planned { (title) } @else { a href=(page_of(lesson)) { (title) } }
                        " " span.tag .there[lesson.front.status != LessonStatus::Planned] { (state(lesson)) }
                    }
                }
            }
        }
    }
}

/// How long some lessons take, and how much of that is ready.
fn hours<'a>(lessons: impl Iterator<Item = &'a Lesson>) -> String {
    let (mut all, mut ready) = (0, 0);
    for lesson in lessons {
        all += lesson.front.minutes;
        ready += if lesson.front.status == LessonStatus::Planned { 0 } else { lesson.front.minutes };
    }
    let hours = |minutes: u32| match minutes.div_ceil(30) {
        1 => "half an hour".to_owned(),
        halves if halves % 2 == 0 => format!("{} hours", halves / 2),
        halves => format!("{}½ hours", halves / 2),
    };
    match (all, ready) {
        (0, _) => String::new(),
        (all, ready) if all == ready => format!("About {}.", hours(all)),
        (all, 0) => format!("About {}, all of it planned.", hours(all)),
        (all, ready) => format!("About {}, of which {} are ready.", hours(all), hours(ready)),
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
            ul.lessons { @for lesson in course.lessons_of(id) { (entry(course, lesson)) } }
        }
    }
}

fn entry(course: &Course, lesson: &Lesson) -> Markup {
    let front = &lesson.front;
    let planned = front.status == LessonStatus::Planned;
    let before: Vec<&Lesson> =
        front.prerequisites.iter().filter_map(|path| course.lesson(&path.text)).collect();
    html! {
        li.lesson .planned[planned] id=(anchor(lesson)) data-mark=(lesson.path()) {
            h3 {
                @if planned { (typeset(&front.title.text)) } @else { a href=(page_of(lesson)) { (typeset(&front.title.text)) } }
                " " span.tag .there[!planned] { (state(lesson)) }
            }
            p { (typeset(&front.summary.text)) }
            p.names {
                span.sr-only { "Also called: " }
                @for (n, name) in front.names.iter().enumerate() { @if n > 0 { "\u{a0}· " } (typeset(&name.text)) }
            }
            @if !before.is_empty() { p.names { "Builds on " (super::lesson::links(&before)) } }
        }
    }
}
