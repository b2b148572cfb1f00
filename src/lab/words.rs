//! Messages become sentences: those of the figure's lesson, and those that all figures share.

use super::project;
use crate::course::markdown::{Item, Live, items};
use crate::course::words::patterns;
use crate::lessons;
use crate::player::FigureSpec;
use crate::scene::Words;
use crate::sim::{Arg, Msg};
use pulldown_cmark::Event;
use std::collections::BTreeMap;

/// The messages that all figures share, as patterns by id. Built in, so that a refusal is a sentence wherever the
/// terminal is started.
const SHARED: &str = include_str!("../../lessons/words.toml");

/// The shared patterns by message id.
///
/// # Panics
/// If the file that is built in is no table of texts; a test reads it.
pub fn shared() -> BTreeMap<String, String> {
    toml::from_str(SHARED).expect("lessons/words.toml is a table of texts")
}

/// The words of a figure: the shared ones, and those of its lesson if the lessons' files are found.
pub fn words_for(spec: &FigureSpec) -> Words {
    let own = || {
        let (path, _) = lessons::figure(&spec.id)?;
        let course = project::course()?;
        Some(patterns(course, course.lesson(path)?, &spec.id))
    };
    let mut all = shared();
    all.extend(own().unwrap_or_default());
    Words { patterns: all.into_iter().collect(), kinds: spec.naming() }
}

/// The sentence of a message; without a pattern, its id and arguments.
pub fn say(words: &Words, msg: &Msg) -> String {
    if words.patterns.get(&msg.id).is_some() || msg.args.is_empty() {
        return words.say(msg);
    }
    let value = |arg: &Arg| match arg {
        Arg::Number(value, unit) => unit.format(*value),
        Arg::At(time) => time.to_string(),
        Arg::Entity(entity) => words.name(*entity),
        Arg::Entities(entities) => entities.iter().map(|it| words.name(*it)).collect::<Vec<_>>().join(", "),
        Arg::Text(text) => text.clone(),
        Arg::Word(id) => words.word(id),
    };
    let args: Vec<String> = msg.args.iter().map(|(name, arg)| format!("{name} {}", value(arg))).collect();
    format!("{} ({})", msg.id, args.join(", "))
}

/// Markdown as plain text on one line. For a live number stands what is read, for one to drag its value.
pub fn plain(markdown: &str) -> String {
    let mut text = String::new();
    for (item, _) in items(markdown) {
        match item {
            Item::Markup(Event::Text(words) | Event::Code(words)) => text.push_str(&words),
            Item::Markup(Event::SoftBreak | Event::HardBreak) => text.push(' '),
            Item::Live(Ok(Live::Reading { reading, .. })) => text.push_str(&reading),
            Item::Live(Ok(Live::Control { value, .. })) => text.push_str(&value),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_plain_text() {
        let markdown = "It *waits*\nfor `C`: {{slow.p99@43s}} at {{load=480/s}}, see [above](#here).";
        assert_eq!(plain(markdown), "It waits for C: p99 at 480/s, see above.");
    }
}
