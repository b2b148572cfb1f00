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
    /// By the row and the column that meet there: the kinds of these, and how many columns a row has.
    Pairs((u8, u8, u32)),
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

/// Of several things in a sentence so many are named.
const NAMED: usize = 6;

/// A piece of a sentence, and the thing that it names if it is a name.
pub type Piece = (String, Option<Entity>);

impl Words {
    /// The sentence of a message. An id without a pattern is shown as the id: `lab check` finds it, a learner still
    /// reads something.
    pub fn say(&self, msg: &Msg) -> String {
        self.pieces(msg).into_iter().map(|(text, _)| text).collect()
    }

    /// The same in pieces, so that what it names can be selected.
    pub fn pieces(&self, msg: &Msg) -> Vec<Piece> {
        let Some(pattern) = self.pattern(&msg.id) else {
            return vec![(msg.id.to_string(), None)];
        };
        let mut out = Vec::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            say_text(&rest[..at], &mut out);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if rest.starts_with(brace) {
                say_text(brace, &mut out);
                rest = &rest[1..];
            } else if let Some((name, after)) = rest.split_once('}').filter(|_| brace == "{") {
                match msg.args.iter().find(|(arg, _)| arg == name) {
                    Some((_, arg)) => self.say_arg(arg, &mut out),
                    None => say_text(&["{", name, "}"].concat(), &mut out),
                }
                rest = after;
            } else {
                say_text(brace, &mut out);
            }
        }
        say_text(rest, &mut out);
        // What ends like a sentence begins like one, also where it begins with a name: 'server C is dead.'
        // But what it quotes stays as it is: 'r = x, of thread A.'
        let first = pattern.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        let quotes =
            msg.args.iter().any(|(arg, value)| Some(&**arg) == first && matches!(value, Arg::Text(_)));
        if first.is_some() && !quotes && pattern.ends_with(['.', '!', '?']) {
            capitalize_first(&mut out);
        }
        out
    }

    /// The message as a sentence of its own: it begins with a capital, also where it begins with a name ('server C').
    pub fn sentence(&self, msg: &Msg) -> String {
        capitalize(self.say(msg))
    }

    /// The same in pieces.
    pub fn sentence_pieces(&self, msg: &Msg) -> Vec<Piece> {
        let mut pieces = self.pieces(msg);
        capitalize_first(&mut pieces);
        pieces
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
            Some((_, Naming::Names(_) | Naming::Pairs(_))) | None => self.short(entity),
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
            Some((_, Naming::Pairs((rows, columns, count)))) => {
                let [row, column] = [(*rows, n / count), (*columns, n % count)];
                [row, column].map(|(kind, n)| self.short(Entity::new(kind, n))).join(", ")
            }
            Some((_, Naming::Numbers)) | None => n.to_string(),
        }
    }

    /// What the columns are called that entities of a kind stand in; none for those that aren't named by theirs.
    pub(super) fn columns(&self, kind: u8) -> Vec<String> {
        let Some((_, Naming::Pairs((_, columns, count)))) = self.kinds.get(usize::from(kind)) else {
            return Vec::new();
        };
        (0..*count).map(|n| self.short(Entity::new(*columns, n))).collect()
    }

    fn say_arg(&self, arg: &Arg, out: &mut Vec<Piece>) {
        let text = match arg {
            Arg::Entity(entity) => return self.say_name(*entity, out),
            Arg::Entities(entities) => return self.say_names(entities, out),
            Arg::Number(value, unit) => unit.format(*value),
            Arg::At(time) => time.to_string(),
            Arg::Text(text) => text.clone(),
            Arg::Word(id) => self.word(id),
        };
        say_text(&text, out);
    }

    fn say_name(&self, entity: Entity, out: &mut Vec<Piece>) {
        if let Some((_, Naming::Only)) = self.kinds.get(usize::from(entity.kind)) {
            say_text("the ", out);
        }
        out.push((self.name(entity), Some(entity)));
    }

    /// 'request 3, request 4 and request 7'.
    fn say_names(&self, entities: &[Entity], out: &mut Vec<Piece>) {
        let named = &entities[..entities.len().min(NAMED)];
        for (n, entity) in named.iter().enumerate() {
            let joint = if n == 0 {
                ""
            } else if n + 1 == entities.len() {
                " and "
            } else {
                ", "
            };
            say_text(joint, out);
            self.say_name(*entity, out);
        }
        let left = entities.len() - named.len();
        if left > 0 {
            say_text(&[" and ", &left.to_string(), " more"].concat(), out);
        }
    }
}

fn say_text(text: &str, out: &mut Vec<Piece>) {
    match out.last_mut() {
        _ if text.is_empty() => {}
        Some((before, None)) => before.push_str(text),
        _ => out.push((text.to_owned(), None)),
    }
}

fn capitalize_first(pieces: &mut [Piece]) {
    if let Some((first, _)) = pieces.first_mut() {
        *first = capitalize(core::mem::take(first));
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

    #[test]
    fn what_a_sentence_names_is_told_from_its_words() {
        let all: Vec<Entity> = (0..8).map(|n| Entity::new(0, n)).collect();
        let pieces = |pattern: &str, named: usize| {
            words(pattern)
                .pieces(&Msg::new("p").with("all", Arg::Entities(all[..named].to_vec())).count("n", 2))
        };
        let name = |n: usize| (format!("server\u{a0}{}", char::from(b'A' + n as u8)), Some(all[n]));
        let text = |text: &str| (text.to_owned(), None);
        let three = [text("2 of "), name(0), text(", "), name(1), text(" and "), name(2), text(".")];
        assert_eq!(pieces("{n} of {all}.", 3), three);
        assert_eq!(pieces("{all}", 8).pop(), Some(text(" and 2 more")));
        assert_eq!(pieces("{all}", 8).iter().filter(|(_, who)| who.is_some()).count(), 6);
    }

    #[test]
    fn the_only_one_of_a_kind_has_an_article_in_a_sentence() {
        let words =
            Words { kinds: vec![("kind-server".to_owned(), Naming::Only)], ..words("{server} is full.") };
        let msg = Msg::new("p").of("server", Entity::new(0, 0));
        assert_eq!(
            (words.say(&msg), words.name(Entity::new(0, 0))),
            ("The server is full.".into(), "server".into())
        );
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn no_pattern_panics(pattern in ".{0,40}") {
            words(&pattern).say(&Msg::new("p").count("n", 1));
        }
    }
}
