//! What a lesson has to have before it may call itself ready.

use super::blocks::{Body, Judged};
use super::lesson::{Lesson, Part};
use super::markdown::{self, Item};
use super::problem::Problem;
use pulldown_cmark::Event;

/// Words of prose (without interview, quiz, cards and terms): short enough to finish, long enough to explain.
const WORDS: std::ops::RangeInclusive<usize> = 700..=1500;

/// A kind of block, how many at least, and how to tell one.
type Need = (&'static str, usize, fn(&Body) -> bool);

/// What the contract asks for, how many of it at least, and which blocks count.
const NEEDS: [Need; 9] = [
    ("figure", 1, |b| matches!(b, Body::Figure(_))),
    ("predict", 1, |b| matches!(b, Body::Predict(_))),
    ("challenge", 1, |b| matches!(b, Body::Challenge(_))),
    ("incident", 1, |b| matches!(b, Body::Incident(_))),
    ("term", 3, |b| matches!(b, Body::Term(_))),
    ("interview", 3, |b| matches!(b, Body::Interview(_))),
    ("card", 4, |b| matches!(b, Body::Card(_))),
    ("real-systems", 1, |b| matches!(b, Body::RealSystems(_))),
    ("leaves-out", 1, |b| matches!(b, Body::LeavesOut(_))),
];

/// What a lesson that says `status = "ready"` lacks.
pub fn problems(lesson: &Lesson) -> Vec<Problem> {
    let lack =
        |field: &str, says: String| Problem { file: lesson.file.clone(), line: 1, field: field.into(), says };
    let mut problems = Vec::new();
    for (kind, least, counts) in NEEDS {
        let have = lesson.blocks().filter(|block| counts(&block.body)).count();
        if have < least {
            problems.push(lack(
                kind,
                format!("a ready lesson has at least {least} of these blocks; this one has {have}"),
            ));
        }
    }
    for block in lesson.blocks() {
        if let Some(Judged { kind, verdicts, .. }) = block.body.judged()
            && verdicts.len() < 3
        {
            let says = format!("has {}; it needs 'pass' and at least two wrong answers", verdicts.len());
            problems.push(lack(&format!("{kind} {}.verdicts", block.id), says));
        }
    }
    let words = words(lesson);
    if !WORDS.contains(&words) {
        let (low, high) = (WORDS.start(), WORDS.end());
        problems.push(lack("", format!("its prose has {words} words; a ready lesson has {low} to {high}")));
    }
    problems
}

/// Words of a lesson's prose and notes.
fn words(lesson: &Lesson) -> usize {
    let texts = lesson.parts.iter().filter_map(|part| match part {
        Part::Prose(text) => Some(text),
        Part::Block(block) => match &block.body {
            Body::Aside(text) | Body::RealSystems(text) | Body::LeavesOut(text) => Some(text),
            _ => None,
        },
    });
    let count = |item: &Item| match item {
        Item::Markup(Event::Text(text) | Event::Code(text)) => text.split_whitespace().count(),
        Item::Live(_) => 1,
        _ => 0,
    };
    texts.flat_map(|text| markdown::items(&text.text)).map(|(item, _)| count(&item)).sum()
}
