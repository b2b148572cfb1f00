//! A lesson's file, read: front matter, prose and blocks in their order.

use super::blocks::{self, Block, Body, FigureBlock, Term};
use super::front_matter::{self, FrontMatter};
use super::markdown::{self, Item};
use super::problem::{Notes, Problem, Text};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// A lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Its chapter's id.
    pub chapter: String,
    /// Its own id in the chapter.
    pub slug: String,
    /// Its file, from the lessons' folder.
    pub file: String,
    /// What stands before the prose.
    pub front: FrontMatter,
    /// The prose and the blocks in it, in order.
    pub parts: Vec<Part>,
}

/// A piece of a lesson.
#[allow(clippy::large_enum_variant, reason = "a lesson has a few dozen of them")]
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Markdown.
    Prose(Text),
    /// A fenced block of ours.
    Block(Block),
}

impl Lesson {
    /// Reads a file's text. What is wrong comes beside the lesson, and never stops the reading.
    pub fn parse(chapter: &str, slug: &str, text: &str) -> (Self, Vec<Problem>) {
        let file = format!("{chapter}/{slug}.md");
        let mut notes = Notes::new(&file, text);
        let (toml, base, body) = front_matter::split(&mut notes);
        let front = front_matter::read(toml, base, &mut notes);
        let parts = parts(body, &mut notes);
        let problems = notes.problems;
        (Self { chapter: chapter.to_owned(), slug: slug.to_owned(), file, front, parts }, problems)
    }

    /// `chapter/slug`: what other lessons, figures and links call it.
    pub fn path(&self) -> String {
        format!("{}/{}", self.chapter, self.slug)
    }

    /// The fenced blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().filter_map(|part| match part {
            Part::Block(block) => Some(block),
            Part::Prose(_) => None,
        })
    }

    /// The figures' blocks, in order.
    pub fn figures(&self) -> impl Iterator<Item = (&Block, &FigureBlock)> {
        self.blocks().filter_map(|block| match &block.body {
            Body::Figure(figure) => Some((block, figure)),
            _ => None,
        })
    }

    /// What a link can lead to, with its line: the headings in the prose, and the terms.
    pub fn anchors(&self) -> impl Iterator<Item = (String, u32)> {
        let terms = self.terms().map(|(block, _)| (blocks::term_anchor(&block.id), block.line));
        let prose = self.parts.iter().filter_map(|part| match part {
            Part::Prose(text) => Some(text),
            Part::Block(_) => None,
        });
        let headings = prose.flat_map(|text| {
            markdown::items(&text.text).into_iter().filter_map(|(item, range)| match item {
                Item::Heading(_, id) => {
                    Some((id, text.line + text.text[..range.start].matches('\n').count() as u32))
                }
                _ => None,
            })
        });
        headings.chain(terms)
    }

    /// Its entries of the glossary, in order.
    pub fn terms(&self) -> impl Iterator<Item = (&Block, &Term)> {
        self.blocks().filter_map(|block| match &block.body {
            Body::Term(term) => Some((block, term)),
            _ => None,
        })
    }

    /// The figure that a name in the text of line `line` means. Without a name it is the one that says `drives = true`;
    /// else the nearest above; else the first below.
    pub fn figure(&self, name: Option<&str>, line: u32) -> Option<(&Block, &FigureBlock)> {
        if let Some(name) = name {
            return self.figures().find(|(block, _)| block.id == name);
        }
        let drives = self.figures().find(|(_, figure)| figure.drives);
        let above = || self.figures().filter(|(block, _)| block.line < line).last();
        drives.or_else(above).or_else(|| self.figures().next())
    }

    /// The words of a registered figure: message id and sentence.
    pub fn words<'a>(&'a self, figure: &'a str) -> impl Iterator<Item = &'a (String, Text)> {
        let of = move |block: &'a Block| match &block.body {
            Body::Words(words) if words.figures.iter().any(|id| id == figure) => Some(&words.sentences),
            _ => None,
        };
        self.blocks().filter_map(of).flatten()
    }
}

/// A fence of ours at the top level: the whole of it, what stands behind the fence, and the body.
struct Fence {
    whole: Range<usize>,
    info: String,
    body: Range<usize>,
}

fn parts(from: usize, notes: &mut Notes) -> Vec<Part> {
    let text = notes.text;
    let mut parts = Vec::new();
    let mut done = from;
    for fence in fences(text, from) {
        prose(&mut parts, text, done..fence.whole.start, notes);
        done = fence.whole.end;
        let whole = text[fence.whole.clone()].trim_end();
        let last = whole.lines().skip(1).last().unwrap_or("").trim();
        if !(last.starts_with("```") || last.starts_with("~~~")) {
            notes.at(
                fence.whole.start,
                fence.info.clone(),
                "the block doesn't end: its closing fence is missing",
            );
        }
        let body = &text[fence.body.clone()];
        let block = blocks::read(&fence.info, fence.whole.start, body, fence.body.start, notes);
        parts.extend(block.map(Part::Block));
    }
    prose(&mut parts, text, done..text.len(), notes);
    parts
}

fn prose(parts: &mut Vec<Part>, text: &str, range: Range<usize>, notes: &Notes) {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let piece = piece.trim();
    if !piece.is_empty() {
        parts.push(Part::Prose(Text {
            text: piece.to_owned(),
            line: notes.line(start),
            field: String::new(),
        }));
    }
}

fn fences(text: &str, from: usize) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut depth = 0;
    let mut open = false;
    for (event, range) in Parser::new(&text[from..]).into_offset_iter() {
        let range = range.start + from..range.end + from;
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if depth == 0 && blocks::is_kind(info.split_whitespace().next().unwrap_or("")) =>
            {
                open = true;
                depth += 1;
                let body = range.end..range.end;
                fences.push(Fence { whole: range, info: info.into_string(), body });
            }
            Event::Start(_) => depth += 1,
            Event::End(end) => {
                depth -= 1;
                open &= !matches!(end, TagEnd::CodeBlock);
            }
            Event::Text(_) if open => {
                if let Some(fence) = fences.last_mut() {
                    let empty = fence.body.is_empty();
                    fence.body = if empty { range } else { fence.body.start..range.end };
                }
            }
            _ => {}
        }
    }
    fences
}
