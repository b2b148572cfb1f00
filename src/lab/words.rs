//! Messages become sentences: the words that all figures share, and a way to read those that have none yet.

use crate::player::FigureSpec;
use crate::scene::Words;
use crate::sim::{Arg, Msg};
use std::collections::BTreeMap;

/// The sentences that the player speaks, whatever the figure: message id = pattern.
const SHARED: &str = include_str!("../../lessons/words.toml");

/// The shared patterns by message id.
///
/// # Panics
/// If the file that is built in is no table of texts; a test reads it.
pub fn shared() -> BTreeMap<String, String> {
    toml::from_str(SHARED).expect("lessons/words.toml is a table of texts")
}

/// The words for a figure: shared ones, and the names of its kinds.
pub fn words_for(spec: &FigureSpec) -> Words {
    Words { patterns: shared(), kinds: spec.naming() }
}

/// The sentence of a message; without a pattern its id and arguments, so that nothing is hidden.
pub fn say(words: &Words, msg: &Msg) -> String {
    if words.patterns.contains_key(msg.id.as_ref()) || msg.args.is_empty() {
        return words.say(msg);
    }
    let value = |arg: &Arg| match arg {
        Arg::Number(value, unit) => unit.format(*value),
        Arg::At(time) => time.to_string(),
        Arg::Entity(entity) => words.name(*entity),
        Arg::Text(text) => text.clone(),
        Arg::Word(id) => words.word(id),
    };
    let args: Vec<String> = msg.args.iter().map(|(name, arg)| format!("{name} {}", value(arg))).collect();
    format!("{} ({})", msg.id, args.join(", "))
}
