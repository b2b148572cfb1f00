//! Search over all lessons: an index that is made when the site is built, and read in the browser as it lies.
//!
//! What is typed is held against two things. Against the *names* of a lesson (its title, and what courses and interviewers
//! call it) as a whole, where one letter may be missing, wrong, too many or swapped with its neighbour: whoever types a
//! name finds its lesson first. And word by word against the words of titles, summaries, terms and texts, where the last
//! word may be unfinished. The words are in an `fst::Map`, which finds prefixes and near misses without unpacking
//! anything.

use crate::sim::sort::sort_by;
use fst::automaton::{Levenshtein, Str};
use fst::{Automaton, IntoStreamer, Map, Streamer};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is found: a lesson's page, or a term of the glossary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its address from the site's root.
    pub path: String,
    /// Its title.
    pub title: String,
    /// One sentence about it.
    pub summary: String,
    /// Whether it can be opened; planned lessons are found, too.
    pub ready: bool,
}

/// A page with the texts by which it is found.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// What it is called: the title first, then other names.
    pub names: Vec<String>,
    /// Its summary and its terms.
    pub about: String,
    /// Its whole text.
    pub text: String,
}

/// An index, as it is written to a file.
#[derive(Serialize, Deserialize)]
pub struct Index {
    pages: Vec<Page>,
    /// Names as they are compared, each with its page.
    names: Vec<(String, u16)>,
    /// The bytes of an [`fst::Map`] from a word to its place in `postings`.
    words: Vec<u8>,
    /// For each word the pages that have it, and what it weighs there.
    postings: Vec<Vec<(u16, f32)>>,
}

/// An index that can be asked.
pub struct Search {
    index: Index,
    words: Map<Vec<u8>>,
}

/// What a word weighs in a name, in a summary or term, and in the text.
const IN_NAME: f32 = 8.0;
const IN_SUMMARY: f32 = 3.0;
const IN_TEXT: f32 = 1.0;
/// What a name weighs that is meant as it is typed, nearly so, and as far as it is typed.
const WHOLE: f32 = 1_000.0;
const NEARLY: f32 = 500.0;
const BEGUN: f32 = 200.0;
/// What a word weighs that is typed as it is, begun, or with one mistake.
const EXACT: f32 = 1.0;
const PREFIX: f32 = 0.6;
const MISTAKEN: f32 = 0.4;
/// What the words of a planned page weigh beside those of one that can be read.
const PLANNED: f32 = 0.5;
/// Words of this many letters or more may have a mistake.
const LONG_ENOUGH: usize = 4;
/// More than this is not read of a query.
const LONGEST_QUERY: usize = 100;
/// So many words that begin like the last one are looked at, at most.
const PREFIXES: usize = 64;

impl Index {
    /// Makes an index of pages with their texts.
    pub fn new(sources: impl IntoIterator<Item = (Page, Source)>) -> Self {
        let (mut pages, mut names) = (Vec::new(), Vec::new());
        let mut weights: BTreeMap<String, BTreeMap<u16, f32>> = BTreeMap::new();
        for (page, source) in sources {
            let at = pages.len() as u16;
            pages.push(page);
            let mut note = |text: &str, weight: f32| {
                for word in words(text) {
                    let known = weights.entry(word).or_default().entry(at).or_default();
                    // A word that comes often says more, but not as often as it comes.
                    *known = known.max(weight) + weight / 8.0;
                }
            };
            for name in &source.names {
                note(name, IN_NAME);
                names.push((plain(name), at));
            }
            note(&source.about, IN_SUMMARY);
            note(&source.text, IN_TEXT);
        }
        let all = pages.len() as f32;
        // What every page has tells nothing about any.
        let rare = |pages: &BTreeMap<u16, f32>| libm::logf(1.0 + all / pages.len() as f32);
        let postings = weights.values().map(|pages| {
            pages.iter().map(|(page, weight)| (*page, weight.min(4.0 * IN_NAME) * rare(pages))).collect()
        });
        let postings = postings.collect();
        let places = weights.keys().enumerate().map(|(n, word)| (word, n as u64));
        // The words come in order and once each, so this can't fail.
        let words = Map::from_iter(places).map_or_else(|_| Vec::new(), |map| map.into_fst().into_inner());
        Self { pages, names, words, postings }
    }

    /// As bytes, for a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain data can't fail.
        postcard::to_allocvec(self).unwrap_or_default()
    }
}

impl Search {
    /// Reads an index; `None` if the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut index: Index = postcard::from_bytes(bytes).ok()?;
        let words = Map::new(std::mem::take(&mut index.words)).ok()?;
        Some(Self { index, words })
    }

    /// The pages that what was typed may mean, the best first, `most` at most.
    pub fn find(&self, typed: &str, most: usize) -> Vec<&Page> {
        let end = typed.char_indices().nth(LONGEST_QUERY).map_or(typed.len(), |(at, _)| at);
        let query = plain(&typed[..end]);
        if query.is_empty() {
            return Vec::new();
        }
        let mut scores = vec![0.0; self.index.pages.len()];
        self.by_name(&query, &mut scores);
        self.by_words(&query, &mut scores);
        let mut found: Vec<(f32, &Page)> =
            scores.into_iter().zip(&self.index.pages).filter(|(score, _)| *score > 0.0).collect();
        sort_by(&mut found, |a, b| b.0.total_cmp(&a.0).then_with(|| b.1.ready.cmp(&a.1.ready)));
        found.into_iter().take(most).map(|(_, page)| page).collect()
    }

    fn by_name(&self, query: &str, scores: &mut [f32]) {
        let letters = query.chars().count();
        for (name, page) in &self.index.names {
            let length = name.chars().count();
            let score = if name == query {
                WHOLE
            } else if length.abs_diff(letters) <= 1 && strsim::osa_distance(name, query) <= 1 {
                // Of a long name one letter is less.
                NEARLY + (length.min(40) as f32)
            } else if letters > 1 && name.starts_with(query) {
                BEGUN * letters as f32 / length as f32
            } else {
                continue;
            };
            let best = &mut scores[usize::from(*page)];
            *best = best.max(score);
        }
    }

    fn by_words(&self, query: &str, scores: &mut [f32]) {
        let typed: Vec<&str> = query.split(' ').collect();
        let mut sums = vec![0.0; scores.len()];
        let mut met = vec![0_u32; scores.len()];
        for (n, word) in typed.iter().enumerate() {
            let mut best = vec![0.0_f32; scores.len()];
            for (place, likeness) in self.alike(word, n + 1 == typed.len()) {
                for (page, weight) in self.index.postings.get(place).into_iter().flatten() {
                    let best = &mut best[usize::from(*page)];
                    *best = best.max(weight * likeness);
                }
            }
            for (page, best) in best.into_iter().enumerate().filter(|(_, best)| *best > 0.0) {
                sums[page] += best;
                met[page] += 1;
            }
        }
        for (((score, sum), met), page) in scores.iter_mut().zip(sums).zip(met).zip(&self.index.pages) {
            let worth = if page.ready { 1.0 } else { PLANNED };
            // A page that has every word comes before one that has some of them more often.
            *score += worth * sum * met as f32 / typed.len() as f32;
        }
    }

    /// The places of the words that a typed one may stand for, and how much each is like it.
    fn alike(&self, word: &str, unfinished: bool) -> BTreeMap<usize, f32> {
        let mut alike = BTreeMap::new();
        let mut note = |place: u64, likeness: f32| {
            let known = alike.entry(place as usize).or_insert(likeness);
            *known = known.max(likeness);
        };
        if let Some(place) = self.words.get(word) {
            note(place, EXACT);
        }
        if unfinished && word.len() > 1 {
            let mut begun = self.words.search(Str::new(word).starts_with()).into_stream();
            let mut left = PREFIXES;
            while let Some((_, place)) = begun.next().filter(|_| left > 0) {
                note(place, PREFIX);
                left -= 1;
            }
        }
        let letters: Vec<char> = word.chars().collect();
        if letters.len() >= LONG_ENOUGH {
            if let Ok(near) = Levenshtein::new(word, 1) {
                let mut near = self.words.search(near).into_stream();
                while let Some((_, place)) = near.next() {
                    note(place, MISTAKEN);
                }
            }
            for at in 1..letters.len() {
                let mut swapped = letters.clone();
                swapped.swap(at - 1, at);
                if let Some(place) = self.words.get(swapped.into_iter().collect::<String>()) {
                    note(place, MISTAKEN);
                }
            }
        }
        alike
    }
}

/// A text as it is compared: its words in small letters, one space between them.
fn plain(text: &str) -> String {
    words_in_order(text).collect::<Vec<_>>().join(" ")
}

/// Letters and digits belong to words, and so do points within them: `p99.9`. Apostrophes are left out. All else parts words.
fn words_in_order(text: &str) -> impl Iterator<Item = String> + '_ {
    let silent = |c: char| matches!(c, '\'' | '’');
    text.split(move |c: char| !c.is_alphanumeric() && !silent(c) && c != '.')
        .map(move |word| word.trim_matches('.').replace(silent, "").to_lowercase())
        .filter(|word| !word.is_empty())
}

fn words(text: &str) -> BTreeSet<String> {
    words_in_order(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search() -> Search {
        let page = |path: &str, title: &str| Page {
            path: path.to_owned(),
            title: title.to_owned(),
            summary: String::new(),
            ready: true,
        };
        let source = |names: &[&str], text: &str| Source {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            about: String::new(),
            text: text.to_owned(),
        };
        let index = Index::new([
            (page("a/nat", "NAT"), source(&["NAT", "hole punching"], "A translator rewrites ports.")),
            (
                page("a/lb", "Load balancing"),
                source(&["Load balancing", "LB"], "Servers behind NAT and queues."),
            ),
            (
                page("a/load", "Load tests"),
                source(&["Load tests", "p99.9"], "Arrivals, queues, coordinated omission."),
            ),
        ]);
        Search::from_bytes(&index.to_bytes()).expect("an index")
    }

    fn first(typed: &str) -> String {
        search().find(typed, 3).first().map(|page| page.path.clone()).unwrap_or_default()
    }

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        for typed in
            ["NAT", "nat", " Nat! ", "hole punching", "hole-punching", "hole punchign", "hole puching", "ho"]
        {
            assert_eq!(first(typed), "a/nat", "{typed}");
        }
        assert_eq!(
            (first("lb"), first("load tsets"), first("P99.9")),
            ("a/lb".into(), "a/load".into(), "a/load".into())
        );
    }

    #[test]
    fn words_of_the_text_are_found_begun_or_with_a_mistake() {
        for typed in ["translator", "transl", "trasnlator", "translatr", "rewrites ports"] {
            assert_eq!(first(typed), "a/nat", "{typed}");
        }
        assert_eq!(search().find("queues", 9).len(), 2);
        assert_eq!(first("queues omission"), "a/load");
    }

    #[test]
    fn of_two_with_the_same_words_the_one_that_can_be_read_comes_first() {
        let source = Source { text: "A quorum answers.".to_owned(), ..Source::default() };
        let page =
            |path: &str, ready| (Page { path: path.to_owned(), ready, ..Page::default() }, source.clone());
        let index = Index::new([page("planned", false), page("ready", true)]);
        let search = Search::from_bytes(&index.to_bytes()).expect("an index");
        let found: Vec<&str> = search.find("quorum", 3).iter().map(|page| page.path.as_str()).collect();
        assert_eq!(found, ["ready", "planned"]);
    }

    #[test]
    fn what_means_nothing_finds_nothing() {
        for typed in ["", "  ", "?!", "xyzzy", &"x".repeat(10_000)] {
            assert!(search().find(typed, 3).is_empty(), "{typed}");
        }
        assert!(Search::from_bytes(b"no index").is_none());
    }
}
