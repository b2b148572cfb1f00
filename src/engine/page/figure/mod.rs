//! A figure in the page, and its worker.
//!
//! The page owns where the run is ([`ResumePoint`], as links hold it); the worker can be dropped at any time and
//! started again from it. While the worker is busy, actions that the next one supersedes anyway (a moving slider) are
//! held back, so that a slow model slows down its figure and never the page.
//!
//! What the markup says of a figure: `data-figure`, its id on this page; `data-view`, what its still shows, as a link
//! holds it; `data-figure-set`, the set of figures that it belongs to; and, in a `template` with its id, `data-facts`,
//! the words of its lesson; or these in a file, which `data-facts-at` names.

mod commands;
mod failures;
mod lifecycle;

use super::file::LearnersFile;
use super::jobs::JobPool;
use super::worker_client::WorkerClient;
use super::{dom, events, link, parking, record};
use crate::desk::markup::{any, attr, class, css};
use crate::desk::{Notice, ResumePoint, ToWorker, UserAction};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// How close to the view a figure has to be before it is attached.
const NEAR: &str = "600px";
/// After so many failures in a row a figure stays stopped until the learner starts it again.
const FAILURES: u32 = 2;
/// The elements with the canvases of picture and charts.
const CANVAS_PLACES: [&str; 2] = [class::PICTURE, class::CHARTS];

thread_local! {
    static FIGURES: RefCell<Vec<PageFigure>> = const { RefCell::new(Vec::new()) };
}

/// The state of a figure's worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WorkerStage {
    /// There is none: the figure is out of view.
    Parked,
    /// It runs.
    Open,
    /// It failed repeatedly, and is started only when the learner asks for it.
    Stopped,
}

/// A figure in the page. Clones are cheap and share their state.
#[derive(Clone)]
pub struct PageFigure {
    /// Its element.
    pub root: Element,
    inner: Rc<RefCell<Inner>>,
}

// Its flags are independent of each other.
#[allow(clippy::struct_excessive_bools)]
struct Inner {
    page_id: String,
    words: Option<String>,
    initial_view: String,
    /// The address of its worker's script.
    worker: String,
    /// What was done before the words of the lesson had come: told when the worker is opened.
    before_words: Vec<UserAction>,
    build: String,
    stage: WorkerStage,
    client: Option<WorkerClient>,
    resume_point: ResumePoint,
    /// The change that is being tried: the run with it, and the run to return to.
    change_starting: Option<(String, String)>,
    /// Actions that wait for the worker's answer; a later one of the same kind replaces an earlier one.
    while_busy: Vec<UserAction>,
    /// How much larger its pictures are shown than they are laid out.
    zoom: f64,
    playing: bool,
    /// Whether an animation frame has been requested, and when the last tick was sent.
    ticking: bool,
    ticked_ms: f64,
    file: Option<LearnersFile>,
    /// Failures in a row, without an action of the learner in between.
    failures: u32,
    /// The link that the run was opened from, until the run has been shown.
    link_being_opened: Option<String>,
    /// A notice to show when the run is opened next.
    notice: Option<Notice>,
    /// Ids of the predictions that gate the figure.
    gated_by: Vec<String>,
    /// Whom the invitation on the picture is about, and whether the figure plays at once; for the desk that opens it first.
    invites: String,
    plays: bool,
    /// Whether what came of the attempts of an earlier visit is still to be shown.
    restores: bool,
    /// Whether the learner has done anything with it: where it is then is worth keeping.
    used: bool,
    /// The jobs that other workers run for its desk.
    jobs: Option<JobPool>,
    /// Whether its desk still owes the learner something, such as a verdict.
    owes: bool,
    /// Whether to park the figure when the worker is idle and owes nothing.
    park_when_idle: bool,
}

impl Inner {
    /// The next worker resumes with this run. If that fails too, the page's first run is left.
    fn resume_at(&mut self, code: String) {
        self.resume_point.now = code;
        self.resume_point.before_last_change.clone_from(&self.initial_view);
    }
}

/// Attaches each figure as it comes near the view; those in the page's fragment at once.
pub fn start() {
    let links = link::in_fragment();
    for element in dom::query_page(&figures()) {
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
        figure.open_link(code);
        figure.root.scroll_into_view();
    }
}

fn id_of(element: &Element) -> String {
    element.get_attribute(attr::FIGURE).unwrap_or_default()
}

/// The figure of this id on this page, attached if it isn't yet.
pub fn find(id: &str) -> Option<PageFigure> {
    let known = FIGURES.with_borrow(|all| all.iter().find(|figure| id_of(&figure.root) == id).cloned());
    known.or_else(|| {
        let element = dom::query_page(&figures()).into_iter().find(|element| id_of(element) == id)?;
        attach(&element)
    })
}

/// Sends the appearance to every figure, which paints again.
pub fn appearance_changed() {
    FIGURES.with_borrow(|all| all.iter().for_each(PageFigure::send_appearance));
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
    let workers = dom::query_page("meta[name=worker]");
    let set = element.get_attribute(attr::FIGURE_SET);
    let holds = |meta: &&Element| {
        let sets = meta.get_attribute(attr::SETS).unwrap_or_default();
        set.as_deref().is_none_or(|set| sets.split(' ').any(|held| held == set))
    };
    workers.iter().find(holds)?.get_attribute("content")
}

fn attach(root: &Element) -> Option<PageFigure> {
    let page_id = id_of(root);
    let facts = dom::query_page(&["template", &any(attr::FACTS)].concat());
    let facts = facts.iter().find(|it| it.get_attribute(attr::FACTS_OF).as_ref() == Some(&page_id));
    let initial_view = root.get_attribute(attr::VIEW)?;
    let left = record::place_of(&page_id);
    let inner = Inner {
        words: facts.and_then(|it| it.get_attribute(attr::FACTS)),
        // Who left it somewhere finds it there, at rest.
        invites: if left.is_some() { String::new() } else { invitation(root, "") },
        plays: left.is_none() && root.has_attribute(attr::PLAYS),
        restores: true,
        used: left.is_some(),
        resume_point: left.unwrap_or_else(|| ResumePoint {
            now: initial_view.clone(),
            before_last_change: initial_view.clone(),
            ..ResumePoint::default()
        }),
        initial_view,
        worker: worker_for(root)?,
        before_words: Vec::new(),
        build: dom::meta("build-id").unwrap_or_default(),
        page_id,
        stage: WorkerStage::Parked,
        client: None,
        change_starting: None,
        while_busy: Vec::new(),
        zoom: 1.0,
        playing: false,
        ticking: false,
        ticked_ms: 0.0,
        file: None,
        failures: 0,
        link_being_opened: None,
        notice: None,
        gated_by: root
            .get_attribute(attr::GATED_BY)
            .iter()
            .flat_map(|ids| ids.split(','))
            .map(str::to_owned)
            .collect(),
        jobs: None,
        owes: false,
        park_when_idle: false,
    };
    let figure = PageFigure { root: root.clone(), inner: Rc::new(RefCell::new(inner)) };
    FIGURES.with_borrow_mut(|all| all.push(figure.clone()));
    events::attach(&figure);
    figure.watch_sizes();
    parking::watch(&figure);
    Some(figure)
}

impl PageFigure {
    /// Whether it has a worker.
    pub fn is_open(&self) -> bool {
        self.inner.borrow().stage == WorkerStage::Open
    }

    /// Whether it is playing.
    pub fn is_playing(&self) -> bool {
        self.inner.borrow().playing
    }

    /// Whether both are the same figure.
    pub fn same_as(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }

    fn send(&self, message: ToWorker) {
        if let Some(client) = &self.inner.borrow().client {
            client.send(message);
        }
    }
}

/// What the picture invites to, if its invitation matches this selector.
fn invitation(root: &Element, is: &str) -> String {
    dom::query(root, &[&css(class::INVITATION), is].concat())
        .and_then(|invitation| invitation.get_attribute(attr::ON))
        .unwrap_or_default()
}
