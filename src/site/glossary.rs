//! The glossary: the terms of all lessons in one list, each with the lesson that shows it.

use super::home;
use super::prose::typeset;
use crate::course::blocks::{Block, Term, term_anchor};
use crate::course::front_matter::LessonStatus;
use crate::course::{Course, Lesson};
use maud::{Markup, html};

/// A line of the glossary: a term, or another name of one.
struct Line<'a> {
    /// As it is written.
    name: &'a str,
    /// The term's own name, if this is another.
    see: Option<&'a str>,
    block: &'a Block,
    term: &'a Term,
    lesson: &'a Lesson,
}

/// The page's own part.
pub fn body(course: &Course) -> Markup {
    let lines = lines(course);
    let letters: Vec<&[Line]> = lines.chunk_by(|a, b| letter(a.name) == letter(b.name)).collect();
    html! {
        article.glossary-page {
            h1 { "Glossary" }
            p.lead { "What the lessons call things, each with the figure that shows it." }
            nav.letters aria-label="Letters" {
                @for of_letter in &letters {
                    @let letter = letter(of_letter[0].name);
                    a href={ "#" (anchor(&letter)) } { (letter) }
                }
            }
            @for of_letter in &letters {
                @let letter = letter(of_letter[0].name);
                section.glossary aria-labelledby=(anchor(&letter)) {
                    h2 id=(anchor(&letter)) { (letter) }
                    dl { @for line in *of_letter { (entry(line)) } }
                }
            }
        }
    }
}

fn entry(line: &Line) -> Markup {
    let there = format!("@root/{}/#{}", line.lesson.path(), term_anchor(&line.block.id));
    html! {
        div {
            dt { (typeset(line.name)) }
            @if let Some(see) = line.see {
                dd { "see " a href=(there) { (typeset(see)) } }
            } @else {
                dd {
                    (typeset(&line.term.meaning.text)) " "
                    a href=(there) { (typeset(&line.lesson.front.title.text)) }
                }
            }
        }
    }
}

/// All terms and their other names, in alphabetical order.
fn lines(course: &Course) -> Vec<Line<'_>> {
    let readable = course.lessons.iter().filter(|lesson| lesson.front.status != LessonStatus::Planned);
    let mut lines: Vec<Line> = readable
        .flat_map(|lesson| {
            lesson.terms().flat_map(move |(block, term)| {
                let own = Line { name: &term.term.text, see: None, block, term, lesson };
                let also = term.also.iter().map(move |name| {
                    let see = Some(term.term.text.as_str());
                    Line { name: &name.text, see, block, term, lesson }
                });
                [own].into_iter().chain(also)
            })
        })
        .collect();
    lines.sort_by_key(|line| {
        let name = line.name.to_lowercase();
        (!name.starts_with(|c: char| c.is_ascii_alphabetic()), name, home::anchor(line.lesson))
    });
    lines
}

/// The id of a heading.
fn anchor(letter: &str) -> String {
    format!("letter-{}", letter.to_lowercase())
}

/// The heading that a name stands under: its first letter from A to Z, or that of digits and signs, which come last. A Greek
/// letter is a sign: its capital may look like another of ours.
fn letter(name: &str) -> String {
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => first.to_ascii_uppercase().to_string(),
        _ => "Signs".to_owned(),
    }
}
