//! A figure of the page, and its worker.
//!
//! The page owns where the run is ([`Keep`], as links hold it); the worker can be dropped at any time and started again
//! from it. What is told while the worker is busy and would be overtaken anyway (a slider on its way) is held back, so that
//! a model that can't keep up makes the figure slower and never the page.
//!
//! What the page says of a figure: `data-figure`, its id on this page; `data-view`, what its still shows, as a link holds
//! it; `data-figure-set`, the set of figures that it belongs to; and, in a `template` with its id,
//! `data-facts`, the words of its lesson; or these in a file, which `data-facts-at` names.

mod failing;
mod telling;
mod work;

use super::errands::Errands;
use super::file::LearnersFile;
use super::worker_client::Client;
use super::{dom, hear, link, parking};
use crate::desk::markup::{any, attr, class};
use crate::desk::{Deed, Keep, Notice, ToWorker};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// How near a figure has to come before it is attached.
const NEAR: &str = "600px";
/// Failures after which a figure stays stopped until the learner starts it again.
const FAILURES: u32 = 2;
/// Where the picture and the charts are.
const PLACES: [&str; 2] = [class::PICTURE, class::CHARTS];

thread_local! {
    static FIGURES: RefCell<Vec<Figure>> = const { RefCell::new(Vec::new()) };
}

/// Whether there is a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// None: the figure is out of view, or was never in it.
    Parked,
    /// At work.
    Open,
    /// It failed again and again: started only when the learner says so.
    Stopped,
}

/// A figure of the page; copied freely.
#[derive(Clone)]
pub struct Figure {
    /// Its element.
    pub root: Element,
    inner: Rc<RefCell<Inner>>,
}

struct Inner {
    page_id: String,
    facts: Option<String>,
    first: String,
    /// The address of its worker's script.
    worker: String,
    /// What was done before the words of the lesson had come: told when the worker is opened.
    early: Vec<Deed>,
    build: String,
    stage: Stage,
    client: Option<Client>,
    keep: Keep,
    /// What is being tried, and where to go back to if it fails.
    trying: Option<(String, String)>,
    /// What waits until the worker has answered: later deeds of the same kind take its place.
    owed: Vec<Deed>,
    playing: bool,
    /// Whether a frame of the page has been asked for, and when the last tick was told.
    ticking: bool,
    ticked_ms: f64,
    file: Option<LearnersFile>,
    /// Failures in a row, without anything done by the learner in between.
    failures: u32,
    /// The link that this run was opened from, until it has been shown.
    opening: Option<String>,
    /// What the learner has to be told when the run is opened next.
    notice: Option<Notice>,
    /// The predictions that come before the figure.
    after: Vec<String>,
    /// What other workers do for its desk.
    errands: Option<Errands>,
    /// It was to be parked while they were at it.
    parks: bool,
}

/// Attaches each figure as it comes near the view; those in the page's fragment at once.
pub fn start() {
    let links = link::in_fragment();
    for element in dom::select(&figures()) {
        let id = id_of(&element);
        match links.iter().find(|(linked, _)| *linked == id) {
            Some((_, code)) => open_link(&id, code),
            None => attach_when_near(&element),
        }
    }
    dom::listen::<JsValue>(&dom::window(), "hashchange", |_| {
        for (id, code) in link::in_fragment() {
            open_link(&id, &code);
        }
    });
}

/// The selector of the page's figures.
fn figures() -> String {
    ["figure", &any(attr::FIGURE)].concat()
}

fn open_link(id: &str, code: &str) {
    if let Some(figure) = find(id) {
        figure.open(code);
        figure.root.scroll_into_view();
    }
}

fn id_of(element: &Element) -> String {
    element.get_attribute(attr::FIGURE).unwrap_or_default()
}

/// The figure of this id on this page, attached if it isn't yet.
pub fn find(id: &str) -> Option<Figure> {
    let known = FIGURES.with_borrow(|all| all.iter().find(|figure| id_of(&figure.root) == id).cloned());
    known.or_else(|| {
        let element = dom::select(&figures()).into_iter().find(|element| id_of(element) == id)?;
        attach(&element)
    })
}

/// Looks may have changed: every figure at work is painted anew.
pub fn look_again() {
    FIGURES.with_borrow(|all| all.iter().for_each(Figure::tell_looks));
}

fn attach_when_near(element: &Element) {
    let target = element.clone();
    let observer = parking::observe(element, NEAR, move |near, observer| {
        if near {
            observer.disconnect();
            find(&id_of(&target));
        }
    });
    if observer.is_none() {
        attach(element);
    }
}

/// The address of the worker that holds the figure's set; where the figure names none, the first.
fn worker_for(element: &Element) -> Option<String> {
    let workers = dom::select("meta[name=worker]");
    let set = element.get_attribute(attr::FIGURE_SET);
    let holds = |meta: &&Element| {
        let sets = meta.get_attribute(attr::SETS).unwrap_or_default();
        set.as_deref().is_none_or(|set| sets.split(' ').any(|held| held == set))
    };
    workers.iter().find(holds)?.get_attribute("content")
}

fn attach(root: &Element) -> Option<Figure> {
    let page_id = id_of(root);
    let facts = dom::select(&["template", &any(attr::FACTS)].concat());
    let facts = facts.iter().find(|it| it.get_attribute(attr::FACTS_OF).as_ref() == Some(&page_id));
    let first = root.get_attribute(attr::VIEW)?;
    let inner = Inner {
        facts: facts.and_then(|it| it.get_attribute(attr::FACTS)),
        keep: Keep { now: first.clone(), before: first.clone() },
        first,
        worker: worker_for(root)?,
        early: Vec::new(),
        build: dom::meta("build-id").unwrap_or_default(),
        page_id,
        stage: Stage::Parked,
        client: None,
        trying: None,
        owed: Vec::new(),
        playing: false,
        ticking: false,
        ticked_ms: 0.0,
        file: None,
        failures: 0,
        opening: None,
        notice: None,
        after: root
            .get_attribute(attr::GATED_BY)
            .iter()
            .flat_map(|ids| ids.split(','))
            .map(str::to_owned)
            .collect(),
        errands: None,
        parks: false,
    };
    let figure = Figure { root: root.clone(), inner: Rc::new(RefCell::new(inner)) };
    FIGURES.with_borrow_mut(|all| all.push(figure.clone()));
    hear::attach(&figure);
    figure.watch_sizes();
    parking::watch(&figure);
    Some(figure)
}

impl Figure {
    /// Whether it has a worker.
    pub fn is_open(&self) -> bool {
        self.inner.borrow().stage == Stage::Open
    }

    /// Whether time passes in it.
    pub fn is_playing(&self) -> bool {
        self.inner.borrow().playing
    }

    /// Whether both are the same figure.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }

    fn send(&self, message: ToWorker) {
        if let Some(client) = &self.inner.borrow().client {
            client.tell(message);
        }
    }
}
