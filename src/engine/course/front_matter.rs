//! The head of a lesson's file: TOML between two lines `+++`.

use super::fields::Fields;
use super::problem::{Notes, Text, one_of};

/// What a lesson's file says about the lesson before its prose begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// The title, as in 'Load balancing'.
    pub title: Text,
    /// What it is, in one exact sentence; at most [`SUMMARY_LIMIT`] characters.
    pub summary: Text,
    /// What courses and interviewers call it, besides the title; each once.
    pub names: Vec<Text>,
    /// Names that a section of the lesson is about: the name, and the id of the section's heading.
    pub anchors: Vec<(String, Text)>,
    /// How long it takes to work through, 1 to 90.
    pub minutes: u32,
    /// What to know first: `chapter/slug` of other lessons. No cycles.
    pub prerequisites: Vec<Text>,
    /// Where the facts come from.
    pub sources: Vec<Source>,
    /// How far the lesson is.
    pub status: LessonStatus,
}

/// A source: what it is called, and where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Author and title, or the standard's number.
    pub title: Text,
    /// An `https://` link.
    pub link: Text,
}

/// How far a lesson is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LessonStatus {
    /// Only front matter: it stands on the home page and has no page of its own.
    #[default]
    Planned,
    /// A page that says that it is not finished.
    Draft,
    /// The whole lesson contract holds, and is checked.
    Ready,
}

/// The longest summary, in characters.
pub const SUMMARY_LIMIT: usize = 240;

const STATUS: [(&str, LessonStatus); 3] =
    [("planned", LessonStatus::Planned), ("draft", LessonStatus::Draft), ("ready", LessonStatus::Ready)];

/// Splits a file into its front matter's TOML (with its offset) and the offset where the prose begins. A file without
/// front matter is noted; all of it is prose then.
pub fn split<'a>(notes: &mut Notes<'a>) -> (&'a str, usize, usize) {
    let text = notes.text;
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().unwrap_or("");
    if first.trim_end() != "+++" {
        notes.at(0, "", "a lesson begins with its front matter: a line '+++', TOML, and a line '+++'");
        return ("", start, start);
    }
    let from = start + first.len();
    let mut at = from;
    for line in lines {
        if line.trim_end() == "+++" {
            return (&text[from..at], from, at + line.len());
        }
        at += line.len();
    }
    notes.at(from, "", "the front matter doesn't end: a second line '+++' is missing");
    (&text[from..], from, text.len())
}

/// Reads the front matter, whose TOML stands at byte `base` of the file.
pub fn read(toml: &str, base: usize, notes: &mut Notes) -> FrontMatter {
    let mut fields = Fields::read(toml, base, base, "", notes);
    let title = fields.text("title", "what the lesson is called", notes);
    let summary = fields.text("summary", "in one sentence what the lesson is about", notes);
    let length = summary.text.chars().count();
    if length > SUMMARY_LIMIT {
        notes.on(&summary, format!("has {length} characters; at most {SUMMARY_LIMIT} are allowed"));
    } else if length > 0 && !summary.text.trim_end().ends_with(['.', '?', '!']) {
        notes.on(&summary, "is a sentence and ends like one, with '.', '?' or '!'");
    }
    let names = fields.texts("names", notes);
    if names.is_empty() {
        notes.at(base, "names", "is missing or empty; list what courses and interviewers call it");
    }
    let anchors = fields.table("anchors", notes).map(|table| table.pairs(notes)).unwrap_or_default();
    for (name, anchor) in &anchors {
        if !names.iter().any(|n| n.text == *name) {
            notes.on(anchor, format!("'{name}' is not among this lesson's names"));
        }
    }
    let minutes = fields.number("minutes", 1.0, 90.0, notes).unwrap_or_else(|| {
        if !toml.contains("minutes") {
            notes.at(base, "minutes", "is missing; say how long the lesson takes, 1 to 90");
        }
        1.0
    });
    let prerequisites = fields.texts("prerequisites", notes);
    let sources =
        fields.tables("sources", notes).into_iter().map(|table| read_source(table, notes)).collect();
    let status = fields.text("status", "how far the lesson is: 'planned', 'draft' or 'ready'", notes);
    let known = STATUS.iter().find(|(name, _)| *name == status.text);
    if known.is_none() && !status.text.is_empty() {
        notes.on(&status, format!("is '{}'; it can be {}", status.text, one_of(STATUS.map(|(n, _)| n))));
    }
    fields.finish(notes);
    let status = known.map_or(LessonStatus::Planned, |(_, status)| *status);
    FrontMatter { title, summary, names, anchors, minutes: minutes as u32, prerequisites, sources, status }
}

fn read_source(mut fields: Fields, notes: &mut Notes) -> Source {
    let title = fields.text("title", "what the source is called", notes);
    let link = fields.text("link", "where it is, with https://", notes);
    if !link.text.is_empty() && !link.text.starts_with("https://") {
        notes.on(&link, "is not a link to the web; it begins with https://");
    }
    fields.finish(notes);
    Source { title, link }
}
