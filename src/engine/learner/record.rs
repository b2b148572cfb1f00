//! The record: all that is kept, or a part of it. As JSON it is the file that an export writes and an import reads.
//!
//! ```json
//! { "format": "backend-playground", "version": 1,
//!   "attempts": [{ "key": "…32 hexadecimal digits…", "lesson": "faults/cache-failures", "when": 1700000000000,
//!                  "attempt": { "task": "Prediction", "id": "rush", "answer": "500", "grade": "Wrong", "run": null,
//!                               "guess": "count 500 1009" } }],
//!   "reviews":  [{ "key": "…", "card": "faults/cache-failures#stampede", "when": 1700000000000, "rating": "good" }],
//!   "visits":   [{ "key": "…", "lesson": "faults/cache-failures", "when": 1700000000000, "seconds": 840 }],
//!   "places":   [{ "lesson": "faults/cache-failures", "figure": "which-keys", "when": 1700000000000,
//!                  "at": { "now": "…a run as links hold it…", "before_last_change": "…", "own_runs": [], "challenge": "" } }],
//!   "settings": [{ "name": "theme", "value": "dark", "when": 1700000000000 }],
//!   "set_aside": [] }
//! ```
//!
//! `when` is in milliseconds since 1970. `set_aside` holds, as text, entries of a store that this version couldn't read: they
//! are handed on as they are. A field that isn't named here is passed over. A file with anything wrong in it is refused as a
//! whole, with a sentence that says where.

use super::{Entry, LATEST, Millis, Place, ResumePoint, Review, Setting, Visit};
use crate::sim::sort::set_of;
use core::fmt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What [`Record::format`] says.
pub const FORMAT: &str = "backend-playground";
/// The version that this program writes, and the newest that it reads.
pub const VERSION: u32 = 1;
/// The longest file that is read, in bytes.
pub const LONGEST: usize = 64 << 20;
/// The longest text in an entry, in bytes: a run with all its inputs.
const LONGEST_TEXT: usize = 64 << 10;

/// What is kept of the learner, or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`FORMAT`].
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// What was attempted.
    #[serde(default)]
    pub attempts: Vec<Entry>,
    /// Reviews of cards.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// Time spent.
    #[serde(default)]
    pub visits: Vec<Visit>,
    /// Where figures were left.
    #[serde(default)]
    pub places: Vec<Place>,
    /// Settings.
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// Entries that the version which wrote this couldn't read.
    #[serde(default)]
    pub set_aside: Vec<String>,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            attempts: Vec::new(),
            reviews: Vec::new(),
            visits: Vec::new(),
            places: Vec::new(),
            settings: Vec::new(),
            set_aside: Vec::new(),
        }
    }
}

/// Why a file can't be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordError {
    /// It is longer than [`LONGEST`].
    TooLong,
    /// It is no JSON, or has another shape; what the reader says about it.
    Shape(String),
    /// It is JSON of another program.
    OtherFormat,
    /// It was written by a newer version of the site.
    Newer(u32),
    /// An entry holds what can't be: the list, the entry counted from 1, and what is allowed.
    Entry(&'static str, usize, &'static str),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "The file is too long: a record has 64 MB at most."),
            Self::Shape(why) => write!(f, "The file is not a record of Backend Playground: {why}."),
            Self::OtherFormat => {
                write!(f, "The file is not a record of Backend Playground: its `format` isn't `{FORMAT}`.")
            }
            Self::Newer(version) => write!(
                f,
                "The file was written by a newer version of the site (format {version}; this one reads up to {VERSION}). \
                 Reload the page, and try again."
            ),
            Self::Entry(list, n, allowed) => {
                write!(f, "Entry {n} of `{list}` in the file can't be read: {allowed}. Nothing was imported.")
            }
        }
    }
}

/// How many entries a merge has added or replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Attempts.
    pub attempts: usize,
    /// Reviews.
    pub reviews: usize,
    /// Everything else.
    pub others: usize,
}

impl Record {
    /// Reads a file.
    ///
    /// # Errors
    /// Says what is wrong with it, and what is allowed.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        /// Read first: a newer file may have any shape.
        #[derive(Deserialize)]
        struct Head {
            format: Option<String>,
            version: Option<u32>,
        }
        if text.len() > LONGEST {
            return Err(RecordError::TooLong);
        }
        let shape = |error: serde_json::Error| RecordError::Shape(error.to_string());
        let head: Head = serde_json::from_str(text).map_err(shape)?;
        if head.format.as_deref() != Some(FORMAT) {
            return Err(RecordError::OtherFormat);
        }
        if let Some(version) = head.version.filter(|version| *version > VERSION) {
            return Err(RecordError::Newer(version));
        }
        let record: Self = serde_json::from_str(text).map_err(shape)?;
        record.check()?;
        Ok(record)
    }

    /// The file.
    pub fn to_json(&self) -> String {
        // Lists of plain fields with names can't fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), RecordError> {
        let all = |list, mut wrong: Box<dyn Iterator<Item = Option<&'static str>> + '_>| {
            let found = wrong.by_ref().enumerate().find_map(|(n, wrong)| Some((n, wrong?)));
            found.map_or(Ok(()), |(n, allowed)| Err(RecordError::Entry(list, n + 1, allowed)))
        };
        all("attempts", Box::new(self.attempts.iter().map(wrong_attempt)))?;
        all("reviews", Box::new(self.reviews.iter().map(wrong_review)))?;
        all("visits", Box::new(self.visits.iter().map(wrong_visit)))?;
        all("places", Box::new(self.places.iter().map(wrong_place)))?;
        all("settings", Box::new(self.settings.iter().map(wrong_setting)))?;
        all("set_aside", Box::new(self.set_aside.iter().map(|text| too_long([text]))))
    }

    /// The lessons that were begun, `chapter/slug`: something was attempted there, time was spent, or a figure was used.
    pub fn begun(&self) -> BTreeSet<&str> {
        let attempted = self.attempts.iter().map(|it| &*it.lesson);
        let visited = self.visits.iter().map(|it| &*it.lesson);
        set_of(attempted.chain(visited).chain(self.places.iter().map(|it| &*it.lesson)))
    }

    /// Adds what the other record has and this one hasn't, and what of it is later.
    pub fn merge(&mut self, other: Self) -> Added {
        let attempts = add_new(&mut self.attempts, other.attempts, |entry| entry.key.clone());
        let reviews = add_new(&mut self.reviews, other.reviews, |review| review.key.clone());
        let others =
            add_later(&mut self.visits, other.visits, |it| it.key.clone(), |it| u64::from(it.seconds))
                + add_later(
                    &mut self.places,
                    other.places,
                    |it| (it.lesson.clone(), it.figure.clone()),
                    |it| it.when,
                )
                + add_later(&mut self.settings, other.settings, |it| it.name.clone(), |it| it.when)
                + add_new(&mut self.set_aside, other.set_aside, Clone::clone);
        Added { attempts, reviews, others }
    }
}

/// Adds those whose key isn't there, and says how many.
fn add_new<T, K: Ord>(to: &mut Vec<T>, from: Vec<T>, key: impl Fn(&T) -> K) -> usize {
    add_later(to, from, key, |_| 0)
}

/// Adds those whose key isn't there, and replaces those whose rank is lower; says how many.
fn add_later<T, K: Ord>(
    to: &mut Vec<T>,
    from: Vec<T>,
    key: impl Fn(&T) -> K,
    rank: impl Fn(&T) -> u64,
) -> usize {
    let mut at: BTreeMap<K, usize> = BTreeMap::new();
    at.extend(to.iter().enumerate().map(|(n, it)| (key(it), n)));
    let mut changed = 0;
    for it in from {
        match at.get(&key(&it)) {
            None => {
                at.insert(key(&it), to.len());
                to.push(it);
            }
            Some(&n) if rank(&it) > rank(&to[n]) => to[n] = it,
            Some(_) => continue,
        }
        changed += 1;
    }
    changed
}

fn wrong_attempt(entry: &Entry) -> Option<&'static str> {
    let attempt = &entry.attempt;
    let run = attempt.run.iter();
    let guess = attempt.guess.as_ref().is_none_or(|guess| super::Guess::from_text(guess).is_some());
    wrong_lesson(&entry.lesson)
        .or_else(|| wrong_id(&attempt.id))
        .or_else(|| wrong_moment(entry.when))
        .or_else(|| too_long([&attempt.answer].into_iter().chain(run)))
        .or_else(|| {
            (!guess).then_some("a guess has to be a kind of number and two numbers, as `count 500 1009`")
        })
}

fn wrong_review(review: &Review) -> Option<&'static str> {
    let card = review.card.as_str().split_once('#');
    let Some((lesson, id)) = card else { return Some("`card` has to be `chapter/lesson#card`") };
    wrong_lesson(lesson).or_else(|| wrong_id(id)).or_else(|| wrong_moment(review.when))
}

fn wrong_visit(visit: &Visit) -> Option<&'static str> {
    let day = visit.seconds <= 86_400;
    wrong_lesson(&visit.lesson)
        .or_else(|| wrong_moment(visit.when))
        .or_else(|| (!day).then_some("a visit has 86400 seconds at most"))
}

fn wrong_place(place: &Place) -> Option<&'static str> {
    let Place { lesson, figure, when, at } = place;
    let ResumePoint { now, before_last_change, own_runs, challenge } = at;
    wrong_lesson(lesson)
        .or_else(|| wrong_id(figure))
        .or_else(|| wrong_moment(*when))
        .or_else(|| too_long([now, before_last_change, challenge].into_iter().chain(own_runs)))
}

fn wrong_setting(setting: &Setting) -> Option<&'static str> {
    wrong_id(&setting.name).or_else(|| wrong_moment(setting.when)).or_else(|| too_long([&setting.value]))
}

/// Ids are those of the course's files: lower-case letters, digits and hyphens.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= 100 && text.bytes().all(plain)
}

fn wrong_id(text: &str) -> Option<&'static str> {
    (!is_id(text)).then_some("an id has lower-case letters, digits and hyphens, 100 at most")
}

fn wrong_lesson(text: &str) -> Option<&'static str> {
    let sound = text.split_once('/').is_some_and(|(chapter, slug)| is_id(chapter) && is_id(slug));
    (!sound).then_some("`lesson` has to be `chapter/lesson`")
}

fn wrong_moment(when: Millis) -> Option<&'static str> {
    (when > LATEST).then_some("`when` has to be in milliseconds since 1970")
}

fn too_long<'a>(texts: impl IntoIterator<Item = &'a String>) -> Option<&'static str> {
    texts.into_iter().any(|text| text.len() > LONGEST_TEXT).then_some("a text has 64 kB at most")
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{DAY, entry, review};
    use super::super::{Grade, Key, Rating};
    use super::*;
    use proptest::prelude::*;

    fn place(figure: &str, when: Millis, now: &str) -> Place {
        Place {
            lesson: "a/b".to_owned(),
            figure: figure.to_owned(),
            when,
            at: ResumePoint { now: now.to_owned(), ..ResumePoint::default() },
        }
    }

    fn sample() -> Record {
        Record {
            attempts: vec![entry(1, "a/b", "first", 5, Grade::Right)],
            reviews: vec![review(2, "a/b#c", DAY, Rating::Hard)],
            visits: vec![Visit { key: Key::new([3; 16]), lesson: "a/b".to_owned(), when: 5, seconds: 60 }],
            places: vec![place("figure", 5, "<b>a run</b>")],
            settings: vec![Setting { name: "theme".to_owned(), value: "dark".to_owned(), when: 5 }],
            set_aside: vec!["{}".to_owned()],
            ..Record::default()
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let sample = sample();
        assert_eq!(Record::from_json(&sample.to_json()), Ok(sample));
        let empty = r#"{"format":"backend-playground","version":1}"#;
        assert_eq!(Record::from_json(empty), Ok(Record::default()));
    }

    #[test]
    fn a_lesson_is_begun_by_an_attempt_or_a_visit() {
        let mut record = sample();
        record.visits[0].lesson = "a/c".to_owned();
        assert_eq!(record.begun().into_iter().collect::<Vec<_>>(), ["a/b", "a/c"]);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let says = |text: &str| Record::from_json(text).expect_err(text).to_string();
        assert!(says("no").contains("is not a record"));
        assert!(says("{}").contains("`format`"));
        assert!(
            says(r#"{"format":"backend-playground","version":2,"attempts":3}"#).contains("newer version")
        );
        assert!(says(&sample().to_json().replace("\"a/b\"", "\"../b\"")).contains("`chapter/lesson`"));
        assert!(says(&sample().to_json().replace("\"hard\"", "\"harder\"")).contains("harder"));
        assert!(
            says(&sample().to_json().replace("\"first\"", "\"<script>\"")).contains("Entry 1 of `attempts`")
        );
        assert!(says(&sample().to_json().replace("86400000", "99999999999999999")).contains("milliseconds"));
    }

    #[test]
    fn merging_keeps_everything_and_of_two_places_the_later() {
        let mut here = sample();
        let mut there = sample();
        there.attempts.push(entry(9, "a/b", "first", 7, Grade::Wrong));
        there.places = vec![place("figure", 9, "later"), place("other", 1, "another")];
        there.visits[0].seconds = 90;
        there.settings[0] = Setting { name: "theme".to_owned(), value: "light".to_owned(), when: 1 };
        assert_eq!(here.merge(there.clone()), Added { attempts: 1, reviews: 0, others: 3 });
        assert_eq!((here.attempts.len(), here.visits[0].seconds), (2, 90));
        assert_eq!(
            (&*here.places[0].at.now, here.places.len(), &*here.settings[0].value),
            ("later", 2, "dark")
        );
        assert_eq!(here.merge(there), Added::default());
    }

    proptest! {
        #[test]
        fn no_file_makes_the_reader_panic(text in any::<String>(), at in 0usize..400, byte in any::<char>()) {
            let _ = Record::from_json(&text);
            let mut bent: Vec<char> = sample().to_json().chars().collect();
            let at = at % bent.len();
            bent[at] = byte;
            let _ = Record::from_json(&bent.into_iter().collect::<String>());
        }
    }
}
