//! The catalogue of a figure's words, and the one place where a message becomes a sentence.

use super::catalogue;
use super::panel::Label;
use crate::sim::{Arg, Entity, Msg};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the entities of a kind are called beyond the kind's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Naming {
    /// A, B, C, … Z, A2, …
    Letters,
    /// 0, 1, 2, … as their number is.
    Numbers,
    /// By names of their own, the ids of words in the catalogue; beyond them by number.
    Names(Vec<std::borrow::Cow<'static, str>>),
    /// There is only one, called as its kind is.
    Only,
}

/// Sentences by the ids of messages, and names for kinds of entities. Read from a lesson's Markdown when the site is
/// built, and carried into the page beside the figure.
///
/// A pattern holds its arguments' names in braces: `queue {length} of {capacity}`. `{{` and `}}` are braces themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// Pattern by message id.
    pub patterns: Patterns,
    /// Kinds in the figure's order: id of the word for the kind, and how its members are called.
    pub kinds: Vec<(String, Naming)>,
}

/// Patterns by the ids of their messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Patterns(
    /// Ascending by id, each once: a list, because nothing is added once it stands.
    Vec<(String, String)>,
);

impl Patterns {
    /// The pattern of a message.
    pub fn get(&self, id: &str) -> Option<&str> {
        let found = self.0.binary_search_by(|(known, _)| known.as_str().cmp(id)).ok()?;
        Some(&self.0[found].1)
    }
}

impl FromIterator<(String, String)> for Patterns {
    /// Of two patterns with the same id the later one counts.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(patterns: I) -> Self {
        Self(patterns.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

impl Words {
    /// The sentence of a message. An id without a pattern is shown as the id: `lab check` finds it, a learner still
    /// reads something.
    pub fn say(&self, msg: &Msg) -> String {
        let Some(pattern) = self.pattern(&msg.id) else {
            return msg.id.to_string();
        };
        let mut out = String::with_capacity(pattern.len() + 16);
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if rest.starts_with(brace) {
                out.push_str(brace);
                rest = &rest[1..];
            } else if let Some((name, after)) = rest.split_once('}').filter(|_| brace == "{") {
                if let Some((_, arg)) = msg.args.iter().find(|(arg, _)| arg == name) {
                    out.push_str(&self.arg(arg));
                } else {
                    out.push('{');
                    out.push_str(name);
                    out.push('}');
                }
                rest = after;
            } else {
                out.push_str(brace);
            }
        }
        out.push_str(rest);
        // What ends like a sentence begins like one, also where it begins with a name: 'server C is dead.'
        // But what it quotes stays as it is: 'r = x, of thread A.'
        let first = pattern.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        let quotes =
            msg.args.iter().any(|(arg, value)| Some(&**arg) == first && matches!(value, Arg::Text(_)));
        if first.is_some() && !quotes && pattern.ends_with(['.', '!', '?']) {
            out = capitalize(out);
        }
        out
    }

    /// The message as a sentence of its own: it begins with a capital, also where it begins with a name ('server C').
    pub fn sentence(&self, msg: &Msg) -> String {
        capitalize(self.say(msg))
    }

    /// A label's text.
    pub fn label(&self, label: &Label) -> String {
        match label {
            Label::Name(entity) => self.short(*entity),
            Label::Value(value, unit) => unit.format(*value),
            Label::Words(msg) => self.say(msg),
            Label::Plain(text) => text.clone(),
        }
    }

    /// A word or sentence without arguments, by id.
    pub fn word(&self, id: &str) -> String {
        self.pattern(id).unwrap_or(id).to_owned()
    }

    /// The figure's own pattern, or that of the scene's words.
    fn pattern(&self, id: &str) -> Option<&str> {
        self.patterns.get(id).or_else(|| catalogue::pattern(id))
    }

    /// The entity's name in a sentence: `server C`, `request 17`.
    pub fn name(&self, entity: Entity) -> String {
        match self.kinds.get(usize::from(entity.kind)) {
            Some((kind, Naming::Only)) => self.word(kind),
            Some((kind, Naming::Letters | Naming::Numbers)) => {
                format!("{}\u{a0}{}", self.word(kind), self.short(entity))
            }
            Some((_, Naming::Names(_))) | None => self.short(entity),
        }
    }

    /// The entity's name where its kind is plain to see: `C`, `17`.
    pub fn short(&self, entity: Entity) -> String {
        let n = entity.n;
        match self.kinds.get(usize::from(entity.kind)) {
            Some((_, Naming::Letters)) => {
                let letter = char::from(b'A' + (n % 26) as u8);
                if n < 26 { letter.to_string() } else { format!("{letter}{}", n / 26 + 1) }
            }
            Some((_, Naming::Names(names))) => {
                names.get(n as usize).map_or_else(|| n.to_string(), |name| self.word(name))
            }
            Some((kind, Naming::Only)) => self.word(kind),
            Some((_, Naming::Numbers)) | None => n.to_string(),
        }
    }

    fn arg(&self, arg: &Arg) -> String {
        match arg {
            Arg::Number(value, unit) => unit.format(*value),
            Arg::At(time) => time.to_string(),
            Arg::Entity(entity) => self.name(*entity),
            Arg::Text(text) => text.clone(),
            Arg::Word(id) => self.word(id),
        }
    }
}

/// The text with a capital, where it begins with a letter of ASCII: names and words of ours do, and the capitals of all
/// other letters weigh more in a browser than everything else here. A single letter is a name, `x`, and stays.
pub fn capitalize(mut text: String) -> String {
    if text.len() == 1 {
        return text;
    }
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    fn words(pattern: &str) -> Words {
        Words {
            patterns: [("p", pattern), ("kind-server", "server")]
                .map(|(id, text)| (id.to_owned(), text.to_owned()))
                .into_iter()
                .collect(),
            kinds: vec![("kind-server".to_owned(), Naming::Letters)],
        }
    }

    #[test]
    fn patterns_are_filled() {
        let msg = Msg::new("p").of("server", Entity::new(0, 2)).count("n", 9).text("t", "<b>");
        let say = |pattern| words(pattern).say(&msg);
        assert_eq!(say("{server} has {n} waiting"), "server\u{a0}C has 9 waiting");
        assert_eq!(say("{server} is dead."), "Server\u{a0}C is dead.");
        assert_eq!(say("{{n}} is {n}, {unknown} stays"), "{n} is 9, {unknown} stays");
        assert_eq!(say("text {t}"), "text <b>");
        assert_eq!(words("").say(&Msg::new("missing")), "missing");
        assert_eq!(words("{server} is full.").sentence(&msg), "Server\u{a0}C is full.");
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn no_pattern_panics(pattern in ".{0,40}") {
            words(&pattern).say(&Msg::new("p").count("n", 1));
        }
    }
}
