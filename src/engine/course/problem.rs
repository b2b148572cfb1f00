//! What is wrong with a lesson's file, and where: collected, never thrown, so that an author sees everything at once.

use std::fmt;

/// One thing that is wrong in one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, from the lessons' folder: `architecture/load-balancing.md`.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// What in the file: `minutes`, `quiz why-two.options[1].reason`. Empty where the line says it all.
    pub field: String,
    /// A sentence: what is wrong, and what is allowed.
    pub says: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, field, says } = self;
        if field.is_empty() {
            write!(f, "{file}:{line}: {says}")
        } else {
            write!(f, "{file}:{line}: {field}: {says}")
        }
    }
}

/// A text, with the place where it stands: what a later check needs to say where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Its line in the file, counted from 1.
    pub line: u32,
    /// The field that holds it, as in [`Problem::field`].
    pub field: String,
}

impl Text {
    /// A problem at this place.
    pub fn problem(&self, file: &str, says: impl Into<String>) -> Problem {
        Problem { file: file.to_owned(), line: self.line, field: self.field.clone(), says: says.into() }
    }
}

/// Collects the problems of one file while it is read.
#[derive(Debug)]
pub struct Notes<'a> {
    /// The file's path from the lessons' folder.
    pub file: &'a str,
    /// The whole file: offsets below are bytes in it.
    pub text: &'a str,
    /// What was found so far.
    pub problems: Vec<Problem>,
}

impl<'a> Notes<'a> {
    /// Nothing found yet.
    pub fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: Vec::new() }
    }

    /// The line of a byte of the file, counted from 1; past the end is the last line.
    pub fn line(&self, offset: usize) -> u32 {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        1 + before.split(|byte| *byte == b'\n').skip(1).count() as u32
    }

    /// Notes a problem at a byte of the file.
    pub fn at(&mut self, offset: usize, field: impl Into<String>, says: impl Into<String>) {
        let (line, file) = (self.line(offset), self.file.to_owned());
        self.problems.push(Problem { file, line, field: field.into(), says: says.into() });
    }

    /// Notes a problem at a text.
    pub fn on(&mut self, text: &Text, says: impl Into<String>) {
        self.problems.push(text.problem(self.file, says));
    }
}

/// Whether a text is an id: lower-case words and numbers joined by single hyphens (`least-connections`, `p99`).
pub fn is_id(text: &str) -> bool {
    text.split('-')
        .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// What is allowed, at the end of a sentence: `'a', 'b' or 'c'`.
pub fn one_of<S: AsRef<str>>(allowed: impl IntoIterator<Item = S>) -> String {
    let quoted: Vec<String> = allowed.into_iter().map(|s| format!("'{}'", s.as_ref())).collect();
    match quoted.split_last() {
        None => "nothing, for there are none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
