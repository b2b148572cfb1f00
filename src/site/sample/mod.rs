//! What no lesson has yet: a figure with kinds of controls and arguments that the lessons' figures lack and with links that are
//! entities, and panels. The gallery shows it, and tests operate the figure.

pub mod model;
pub mod panels;

use super::applied::Applied;
use super::figure::{self, Caption};
use super::operated::Operated;
use super::still::Still;
use crate::course::Course;
use crate::player::{Experiment, Figure, Run, View};
use crate::scene::Words;
use crate::sim::Seed;
use maud::PreEscaped;
use model::Services;

/// The figure.
pub static FIGURE: Figure = Figure::of::<Services>();

/// Its sentences.
const WORDS: &[(&str, &str)] = &[
    ("service", "service"),
    ("link", "link"),
    ("shop", "Shop"),
    ("search", "Search"),
    ("cache", "Cache"),
    ("database", "Database"),
    ("shop-cache", "Shop–Cache"),
    ("shop-database", "Shop–Database"),
    ("search-cache", "Search–Cache"),
    ("search-database", "Search–Database"),
    ("east", "East"),
    ("west", "West"),
    ("new-version", "new version"),
    ("rule-not-understood", "'{rule}' is no rule; write one like 'calls > 15 ms'."),
    ("already-cut", "{link} is cut already."),
    ("not-cut", "{link} is not cut."),
    ("mark-failed", "{service} fails: nothing that it calls is up."),
    ("says-up", "Services that are up: {up} of 4."),
    ("about-up", "{service} is up, in zone {zone}."),
    ("about-down", "{service} is down."),
    ("about-link", "A call over it takes {takes}."),
    ("about-cut", "It is cut: no call goes over it."),
];

/// Its sentences and names, with those that all figures share.
pub fn words(course: &Course) -> Words {
    let shared = course.words.iter().map(|(id, text)| (id.clone(), text.text.clone()));
    let own = WORDS.iter().map(|&(id, text)| (id.to_owned(), text.to_owned()));
    Words { patterns: shared.chain(own).collect(), kinds: Services::SPEC.naming() }
}

/// Its still.
///
/// # Panics
/// Never: it starts with its defaults.
pub fn still(course: &Course) -> Still {
    let run = Run::new(Services::SPEC, Seed(1));
    let view = View { run, compared_controls: Vec::new(), at: Services::SPEC.still_at };
    Still::of(&FIGURE, words(course), view).expect("it starts with its defaults")
}

/// Its element, as a page has it under an id. `set` is the set of figures that tells its worker, if one is to show it.
pub fn element(id: &str, set: Option<&str>, shown: &Still) -> String {
    let caption = Caption {
        question: None,
        invitation: None,
        id,
        number: 1,
        markup: PreEscaped("Services that start in order".to_owned()),
        text: "Services that start in order",
        gated_by: Vec::new(),
        without: Vec::new(),
        goal: Vec::new(),
        set,
        files: None,
    };
    figure::markup(&caption, Some(shown)).into_string()
}

/// It, operated from its desk on a page of its own, with a picture of this width.
pub fn open(course: &Course, width: u16) -> Operated {
    let shown = still(course);
    Operated::of(
        Applied::parse(&element(&Services::SPEC.id, None, &shown)),
        &shown,
        &Services::SPEC.id,
        width,
    )
}
