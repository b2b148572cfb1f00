//! Reading TOML with a place for everything that is wrong: all problems of a table, each with its line and field.
//!
//! serde would stop at the first. A reader takes the fields that it knows one by one and closes the table with
//! [`Fields::finish`], which names those that nobody asked for.

use super::problem::{Notes, Text, is_id, one_of};
use toml::de::{DeTable, DeValue};

/// A table that is being read.
#[derive(Debug)]
pub struct Fields<'a> {
    /// Key, its offset in the file, value, its offset in the file.
    left: Vec<(String, usize, DeValue<'a>, usize)>,
    known: Vec<&'static str>,
    path: String,
    at: usize,
    base: usize,
}

impl<'a> Fields<'a> {
    /// Reads TOML that stands at byte `base` of the file. `path` is what its fields are called in problems (`quiz q1`);
    /// `at` is where a missing field is reported.
    pub fn read(toml: &'a str, base: usize, at: usize, path: &str, notes: &mut Notes) -> Self {
        let (table, errors) = DeTable::parse_recoverable(toml);
        for error in errors {
            let offset = error.span().map_or(at, |span| base + span.start);
            notes.at(offset, path, format!("this is not TOML: {}", error.message()));
        }
        Self::of(table.into_inner(), base, at, path.to_owned())
    }

    fn of(table: DeTable<'a>, base: usize, at: usize, path: String) -> Self {
        let left = table
            .into_iter()
            .map(|(key, value)| {
                let (key_at, value_at) = (base + key.span().start, base + value.span().start);
                (key.into_inner().into_owned(), key_at, value.into_inner(), value_at)
            })
            .collect();
        Self { left, known: Vec::new(), path, at, base }
    }

    /// What a field of this table is called in problems.
    pub fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Where a missing field is reported.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn take(&mut self, key: &'static str) -> Option<(DeValue<'a>, usize)> {
        self.known.push(key);
        let found = self.left.iter().position(|(k, ..)| k == key)?;
        let (_, _, value, at) = self.left.swap_remove(found);
        Some((value, at))
    }

    /// A text, or nothing where the field is missing.
    pub fn maybe_text(&mut self, key: &'static str, notes: &mut Notes) -> Option<Text> {
        let (value, at) = self.take(key)?;
        let field = self.name(key);
        text_of(value, at, field, notes)
    }

    /// A text that must be there and not be blank; a missing one is noted and comes back blank.
    pub fn text(&mut self, key: &'static str, means: &str, notes: &mut Notes) -> Text {
        let there = self.left.iter().any(|(k, ..)| k == key);
        let text = self.maybe_text(key, notes);
        match text {
            Some(text) if text.text.trim().is_empty() => {
                notes.on(&text, format!("is empty; it has to say {means}"));
                text
            }
            Some(text) => text,
            None => {
                if !there {
                    notes.at(self.at, self.name(key), format!("is missing; it has to say {means}"));
                }
                Text { text: String::new(), line: notes.line(self.at), field: self.name(key) }
            }
        }
    }

    /// An id that must be there: lower-case words joined by hyphens.
    pub fn id(&mut self, key: &'static str, means: &str, notes: &mut Notes) -> Text {
        let id = self.text(key, means, notes);
        if !id.text.trim().is_empty() && !is_id(&id.text) {
            notes.on(&id, not_an_id(&id.text));
        }
        id
    }

    /// A list of texts; a missing one is empty.
    pub fn texts(&mut self, key: &'static str, notes: &mut Notes) -> Vec<Text> {
        let field = self.name(key);
        let Some((value, at)) = self.take(key) else { return Vec::new() };
        let DeValue::Array(values) = value else {
            notes.at(at, field, format!("is {}; write a list: {key} = [\"…\", \"…\"]", kind(&value)));
            return Vec::new();
        };
        let texts = values.into_iter().enumerate().filter_map(|(n, value)| {
            let at = self.base + value.span().start;
            text_of(value.into_inner(), at, format!("{field}[{n}]"), notes)
        });
        texts.collect()
    }

    /// A list of tables (`[[options]]`); a missing one is empty.
    pub fn tables(&mut self, key: &'static str, notes: &mut Notes) -> Vec<Self> {
        let field = self.name(key);
        let Some((value, at)) = self.take(key) else { return Vec::new() };
        let DeValue::Array(values) = value else {
            notes.at(at, field, format!("is {}; write each as a table of its own: [[{key}]]", kind(&value)));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (n, value) in values.into_iter().enumerate() {
            let at = self.base + value.span().start;
            let field = format!("{field}[{n}]");
            match value.into_inner() {
                DeValue::Table(table) => tables.push(Self::of(table, self.base, at, field)),
                other => {
                    let says = format!("is {}; write it as a table: [[{key}]]", kind(&other));
                    notes.at(at, field, says);
                }
            }
        }
        tables
    }

    /// A table, if there is one.
    pub fn table(&mut self, key: &'static str, notes: &mut Notes) -> Option<Self> {
        let field = self.name(key);
        let (value, at) = self.take(key)?;
        match value {
            DeValue::Table(table) => Some(Self::of(table, self.base, at, field)),
            other => {
                notes.at(at, field, format!("is {}; write it as a table: [{key}]", kind(&other)));
                None
            }
        }
    }

    /// A number between two bounds, if there is one.
    pub fn number(&mut self, key: &'static str, low: f64, high: f64, notes: &mut Notes) -> Option<f64> {
        let field = self.name(key);
        let (value, at) = self.take(key)?;
        let number = match &value {
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).ok().map(|i| i as f64),
            DeValue::Float(f) => f.as_str().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if (low..=high).contains(&number) => Some(number),
            Some(number) => {
                notes.at(at, field, format!("is {number}; it can be {low} to {high}"));
                None
            }
            None => {
                let says = format!("is {}; it has to be a number from {low} to {high}", kind(&value));
                notes.at(at, field, says);
                None
            }
        }
    }

    /// `true` or `false`; a missing one is false.
    pub fn flag(&mut self, key: &'static str, notes: &mut Notes) -> bool {
        let field = self.name(key);
        match self.take(key) {
            None => false,
            Some((DeValue::Boolean(flag), _)) => flag,
            Some((other, at)) => {
                notes.at(at, field, format!("is {}; it can be true or false", kind(&other)));
                false
            }
        }
    }

    /// All fields that are left, as key and text; numbers and flags come as they are written. For tables whose keys the
    /// author chooses; those that are no ids are noted.
    pub fn rest(&mut self, notes: &mut Notes) -> Vec<(String, Text)> {
        let mut rest = Vec::new();
        let mut left = std::mem::take(&mut self.left);
        left.sort_by_key(|(_, at, ..)| *at);
        for (key, key_at, value, at) in left {
            let field = self.name(&key);
            if !is_id(&key) {
                notes.at(key_at, field.clone(), not_an_id(&key));
            }
            let written = match &value {
                DeValue::Integer(i) if i.radix() == 10 => i.as_str().to_owned(),
                DeValue::Float(f) => f.as_str().to_owned(),
                DeValue::Boolean(b) => b.to_string(),
                _ => {
                    rest.extend(text_of(value, at, field, notes).map(|text| (key, text)));
                    continue;
                }
            };
            rest.push((key, Text { text: written, line: notes.line(at), field }));
        }
        rest
    }

    /// All fields that are left, whose keys may be any text.
    pub fn pairs(mut self, notes: &mut Notes) -> Vec<(String, Text)> {
        self.left.sort_by_key(|(_, at, ..)| *at);
        let path = self.path;
        let pair = |(key, _, value, at): (String, usize, DeValue, usize)| {
            let field = format!("{path}.{key}");
            text_of(value, at, field, notes).map(|text| (key, text))
        };
        self.left.into_iter().filter_map(pair).collect()
    }

    /// Ends the reading: what is left is a field that nobody knows.
    pub fn finish(self, notes: &mut Notes) {
        for (key, at, ..) in &self.left {
            let says = format!("there is no such field; allowed: {}", one_of(&self.known));
            notes.at(*at, self.name(key), says);
        }
    }
}

fn text_of(value: DeValue<'_>, at: usize, field: String, notes: &mut Notes) -> Option<Text> {
    match value {
        DeValue::String(text) => Some(Text { text: text.into_owned(), line: notes.line(at), field }),
        other => {
            notes.at(at, field, format!("is {}; it has to be a text in quotes", kind(&other)));
            None
        }
    }
}

/// What is said of a text that should be an id.
pub fn not_an_id(text: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    format!("'{shown}' is not an id; an id is lower-case words joined by hyphens: 'slow-server'")
}

fn kind(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
