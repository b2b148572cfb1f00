//! The sentences that figures' models speak: those of their lesson, and those that all figures share.

use super::catalogue::Course;
use super::lesson::Lesson;
use super::problem::{Text, is_id};
use std::collections::BTreeMap;

/// The patterns of a figure by message id, as [`crate::scene::Words`] takes them: its lesson's, and where that has none,
/// the shared ones. Their apostrophes are those of print.
pub fn patterns(course: &Course, lesson: &Lesson, figure: &str) -> BTreeMap<String, String> {
    let own = lesson.words(figure);
    course.words.iter().chain(own).map(|(id, text)| (id.clone(), printed(&text.text))).collect()
}

/// A text whose apostrophes, each between two letters, are those of print.
fn printed(text: &str) -> String {
    let joins = |at: usize| {
        let before = text[..at].ends_with(char::is_alphabetic);
        before && text[at + 1..].starts_with(char::is_alphabetic)
    };
    text.char_indices().map(|(at, c)| if c == '\'' && joins(at) { '’' } else { c }).collect()
}

/// The names of the arguments in a pattern, in order: `{length} of {capacity}` has two. `{{` and `}}` are braces
/// themselves.
///
/// # Errors
/// A pattern with a brace that doesn't belong to a name; the sentence says which.
pub fn placeholders(pattern: &Text) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut rest = pattern.text.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            rest = after;
        } else if brace == "}" {
            return Err("has a '}' without its '{'; a literal one is written '}}'".into());
        } else {
            let name = rest.split('}').next().unwrap_or("");
            if !rest.contains('}') || !is_id(name) {
                let shown: String = name.chars().take(30).collect();
                return Err(format!(
                    "has '{{{shown}', which is not an argument; write {{name}}, or '{{{{' for a brace"
                ));
            }
            names.push(name);
            rest = &rest[name.len() + 1..];
        }
    }
    Ok(names)
}
