//! A figure of the page, and its worker.
//!
//! The page owns where the run is ([`Keep`], as links hold it); the worker can be dropped at any time and started again
//! from it. What is told while the worker is busy and would be overtaken anyway (a slider on its way) is held back, so that
//! a model that can't keep up makes the figure slower and never the page.
//!
//! What the page says of a figure: `data-figure`, its id on this page; `data-view`, what its still shows, as a link holds
//! it; `data-lesson`, the lesson that it belongs to where that isn't the page's own; and, in a `template` with its id,
//! `data-facts`, the words of its lesson.

use super::file::LearnersFile;
use super::worker_client::{Broken, Client};
use super::{dom, hear, link, palette, parking, show};
use crate::desk::{Deed, Keep, Notice, Opening, Shown, Tell, ToWorker, Told, Way, text};
use gloo_timers::callback::Timeout;
use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlCanvasElement, ResizeObserver};

/// How near a figure has to come before it is attached.
const NEAR: &str = "600px";
/// Failures after which a figure stays stopped until the learner starts it again.
const FAILURES: u32 = 2;
/// Where the picture and the charts are.
const PLACES: [&str; 2] = [".fig-picture", ".fig-charts"];

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
    facts: String,
    first: String,
    worker: String,
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
}

/// Attaches each figure as it comes near the view; those in the page's fragment at once.
pub fn start() {
    let links = link::in_fragment();
    for element in dom::select("figure[data-figure]") {
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

fn open_link(id: &str, code: &str) {
    if let Some(figure) = find(id) {
        figure.open(code);
        figure.root.scroll_into_view();
    }
}

fn id_of(element: &Element) -> String {
    element.get_attribute("data-figure").unwrap_or_default()
}

/// The figure of this id on this page, attached if it isn't yet.
pub fn find(id: &str) -> Option<Figure> {
    let known = FIGURES.with_borrow(|all| all.iter().find(|figure| id_of(&figure.root) == id).cloned());
    known.or_else(|| {
        let element = dom::select("figure[data-figure]").into_iter().find(|element| id_of(element) == id)?;
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

/// The address of the worker that holds the figure's lesson; where the figure names none, that of the page's.
fn worker_for(element: &Element) -> Option<String> {
    let workers = dom::select("meta[name=worker]");
    let lesson = element.get_attribute("data-lesson");
    let holds = |meta: &&Element| {
        let lessons = meta.get_attribute("data-lessons").unwrap_or_default();
        lesson.as_deref().is_none_or(|lesson| lessons.split(' ').any(|held| held == lesson))
    };
    workers.iter().find(holds).and_then(|meta| meta.get_attribute("content"))
}

fn attach(root: &Element) -> Option<Figure> {
    let page_id = id_of(root);
    let facts = dom::select("template[data-facts]");
    let facts = facts.iter().find(|it| it.get_attribute("data-facts-of").as_ref() == Some(&page_id))?;
    let first = root.get_attribute("data-view")?;
    let inner = Inner {
        facts: facts.get_attribute("data-facts")?,
        keep: Keep { now: first.clone(), before: first.clone() },
        first,
        worker: worker_for(root)?,
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

    // ---- what is told -----------------------------------------------------------------------------------------------

    /// Tells the desk what was done. Starts the worker if there is none.
    pub fn deed(&self, deed: Deed) {
        self.inner.borrow_mut().failures = 0;
        if self.inner.borrow().stage == Stage::Stopped {
            self.notice(None);
            self.inner.borrow_mut().stage = Stage::Parked;
        }
        self.wake();
        self.flush();
        self.send(ToWorker::Tell(Tell::Deed(deed)));
    }

    /// The same for what comes in quick succession: while the worker is busy, only the latest of a kind waits.
    pub fn passing_deed(&self, deed: Deed) {
        if !self.is_busy() {
            return self.deed(deed);
        }
        let mut inner = self.inner.borrow_mut();
        inner.owed.retain(|other| (&other.does, &other.on) != (&deed.does, &deed.on));
        inner.owed.push(deed);
    }

    fn is_busy(&self) -> bool {
        self.inner.borrow().client.as_ref().is_some_and(Client::is_busy)
    }

    fn flush(&self) {
        let owed = std::mem::take(&mut self.inner.borrow_mut().owed);
        for deed in owed {
            self.send(ToWorker::Tell(Tell::Deed(deed)));
        }
    }

    /// Hands a file of the learner's over, piece by piece.
    pub fn take_file(&self, file: web_sys::File) {
        self.inner.borrow_mut().file = Some(LearnersFile::new(file, true));
        self.inner.borrow_mut().failures = 0;
        self.wake();
        self.next_piece();
    }

    /// Tells the desk the next piece of the file that is being read.
    fn next_piece(&self) {
        let file = self.inner.borrow().file.clone();
        let Some(file) = file.filter(LearnersFile::is_being_read) else { return };
        let figure = self.clone();
        file.next(move |tell| {
            let last = matches!(tell, Tell::Data { last: true, .. });
            figure.send(ToWorker::Tell(tell));
            if last {
                figure.take_up();
            }
        });
    }

    fn watch_sizes(&self) {
        let figure = self.clone();
        let measure = Closure::<dyn FnMut()>::new(move || figure.tell_sizes());
        if let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            for place in PLACES.iter().filter_map(|css| dom::find(&self.root, css)) {
                observer.observe(&place);
            }
            // Observed as long as the page is there.
            std::mem::forget(observer);
        }
        measure.forget();
    }

    fn tell_sizes(&self) {
        let width =
            |css: &str| dom::find(&self.root, css).map_or(0, |place| place.client_width().max(0) as u16);
        let [picture, charts] = PLACES.map(width);
        self.send(ToWorker::Tell(Tell::Sized { picture, charts }));
    }

    /// Tells the worker what pictures are painted with, and the desk whether they move.
    fn tell_looks(&self) {
        self.send(palette::look());
        self.send(ToWorker::Tell(Tell::Calm(palette::is_calm())));
    }

    fn tick_on_next_frame(&self) {
        if std::mem::replace(&mut self.inner.borrow_mut().ticking, true) {
            return;
        }
        let figure = self.clone();
        dom::on_frame(move |ms| figure.tick(ms));
    }

    fn tick(&self, ms: f64) {
        let busy = self.is_busy();
        let seconds = {
            let mut inner = self.inner.borrow_mut();
            inner.ticking = false;
            if !inner.playing {
                return;
            }
            let seconds = (ms - inner.ticked_ms).max(0.0) / 1e3;
            if !busy {
                inner.ticked_ms = ms;
            }
            seconds
        };
        if !busy {
            self.send(ToWorker::Tell(Tell::Tick(seconds)));
        }
        self.tick_on_next_frame();
    }

    // ---- the worker -------------------------------------------------------------------------------------------------

    /// Starts the worker, if there is none, where the run is.
    pub fn wake(&self) {
        if self.inner.borrow().stage != Stage::Parked {
            return;
        }
        parking::makes_room_for(self);
        let (address, build) = {
            let inner = self.inner.borrow();
            (inner.worker.clone(), inner.build.clone())
        };
        let (told, broke) = (self.clone(), self.clone());
        let client = Client::start(
            &address,
            build,
            self.canvases(),
            move |what, answer| told.told(what, answer),
            move |why| broke.broke(&why),
        );
        match client {
            Ok(client) => {
                {
                    let mut inner = self.inner.borrow_mut();
                    inner.client = Some(client);
                    inner.stage = Stage::Open;
                    inner.trying = None;
                    inner.owed.clear();
                }
                self.tell_looks();
                self.tell_sizes();
                let again = self.inner.borrow().file.as_ref().map(LearnersFile::again);
                self.open_now(None);
                if again.is_some() {
                    // The run may replay the file: the worker has to have it first.
                    self.inner.borrow_mut().file = again;
                    self.next_piece();
                }
            }
            Err(why) => self.broke(&why),
        }
    }

    /// Once a file has been handed over again, the run that may replay it is taken up.
    fn take_up(&self) {
        let is_new = self.inner.borrow().file.as_ref().is_some_and(LearnersFile::is_new);
        if !is_new {
            self.open_now(None);
        }
    }

    /// Opens the run where it is kept.
    fn open_now(&self, notice: Option<Notice>) {
        let opening = {
            let inner = self.inner.borrow();
            Opening {
                page_id: inner.page_id.clone(),
                facts: inner.facts.clone(),
                first: inner.first.clone(),
                view: Some(inner.keep.now.clone()),
                linked: inner.opening.is_some(),
                notice,
            }
        };
        self.send(ToWorker::Tell(Tell::Open(opening)));
    }

    /// New canvases for a new worker: those of the last one can't be had back. They take the place of the old ones when
    /// there is something on them.
    fn canvases(&self) -> Array {
        let offscreen = |css: &str| -> Option<JsValue> {
            let place = dom::find(&self.root, css)?;
            let old = dom::find(&place, "canvas")?;
            let new: HtmlCanvasElement = old.clone_node().ok()?.unchecked_into();
            let _ = new.set_attribute("hidden", "");
            let _ = new.remove_attribute("style");
            place.insert_before(&new, Some(&old)).ok()?;
            new.transfer_control_to_offscreen().ok().map(JsValue::from)
        };
        PLACES.iter().filter_map(|css| offscreen(css)).collect()
    }

    /// Puts the new canvases in the place of whatever was there.
    fn swap_canvases(&self) {
        for place in PLACES.iter().filter_map(|css| dom::find(&self.root, css)) {
            let Some(new) = dom::find(&place, "canvas[hidden]") else { continue };
            for old in dom::find_all(&place, "svg, canvas") {
                if old != new {
                    old.remove();
                }
            }
            dom::show(&new, true);
        }
    }

    /// Ends the worker. The figure keeps its run, its moment and its picture.
    pub fn park(&self) {
        if self.is_open() {
            self.end_worker();
            self.inner.borrow_mut().stage = Stage::Parked;
            show::paused(self);
        }
    }

    fn end_worker(&self) {
        let client = {
            let mut inner = self.inner.borrow_mut();
            inner.playing = false;
            inner.owed.clear();
            inner.client.take()
        };
        if let Some(client) = client {
            client.stop();
            // This may be running in one of the client's own listeners.
            Timeout::new(0, move || drop(client)).forget();
        }
    }

    fn told(&self, told: Told, answer: bool) {
        match told {
            Told::Trying { culprit, back } => self.inner.borrow_mut().trying = Some((culprit, back)),
            Told::Shown(shown) => self.shown(*shown, answer),
            Told::Probed(_) => {}
        }
    }

    fn shown(&self, shown: Shown, answer: bool) {
        let Shown { patches, playing, keep, ready } = shown;
        let begins = {
            let mut inner = self.inner.borrow_mut();
            if answer {
                inner.trying = None;
            }
            if let Some(keep) = keep {
                inner.keep = keep;
            }
            if ready && inner.opening.take().is_some() {
                link::note_opening(None);
            }
            let begins = playing && !inner.playing;
            inner.playing = playing;
            begins
        };
        for patch in &patches {
            show::apply(&self.root, patch);
        }
        if ready {
            self.swap_canvases();
            self.enable();
        }
        if begins {
            self.inner.borrow_mut().ticked_ms = dom::now_ms();
        }
        if playing {
            self.tick_on_next_frame();
        }
        if answer && !self.is_busy() {
            self.flush();
            self.next_piece();
        }
    }

    /// From now on the figure can be operated.
    fn enable(&self) {
        if self.root.has_attribute("data-live") {
            return;
        }
        let _ = self.root.set_attribute("data-live", "");
        for waiting in dom::find_all(&self.root, "[disabled]") {
            let _ = waiting.remove_attribute("disabled");
        }
        for tools in dom::find_all(&self.root, ".fig-tools, .fig-walk") {
            dom::show(&tools, true);
        }
    }

    // ---- when it fails ----------------------------------------------------------------------------------------------

    fn notice(&self, notice: Option<&Notice>) {
        match notice {
            Some(notice) => notice.patches().for_each(|patch| show::apply(&self.root, &patch)),
            None => show::apply(&self.root, &crate::desk::no_notice()),
        }
        self.enable();
    }

    fn stop(&self, notice: &Notice) {
        self.end_worker();
        self.inner.borrow_mut().stage = Stage::Stopped;
        show::paused(self);
        self.notice(Some(notice));
    }

    /// Starts again after failures, because the learner says so.
    pub fn try_again(&self) {
        {
            let mut inner = self.inner.borrow_mut();
            inner.failures = 0;
            if inner.stage == Stage::Stopped {
                inner.stage = Stage::Parked;
            }
        }
        self.notice(None);
        self.wake();
    }

    fn broke(&self, why: &Broken) {
        let words = match why {
            Broken::OtherBuild => {
                return self.stop(&Notice { way: Some(Way::Reload), ..Notice::plain(text::OTHER_BUILD) });
            }
            Broken::NotStarted => {
                return self.stop(&Notice { way: Some(Way::TryAgain), ..Notice::plain(text::NOT_STARTED) });
            }
            Broken::Panicked(_) => text::PANICKED,
            Broken::Hung => text::HUNG,
        };
        let (culprit, again) = {
            let mut inner = self.inner.borrow_mut();
            let (culprit, back) =
                inner.trying.take().unwrap_or_else(|| (inner.keep.now.clone(), inner.keep.before.clone()));
            inner.keep = Keep { now: back.clone(), before: back };
            inner.failures += 1;
            (culprit, inner.failures < FAILURES)
        };
        let way = (!again).then_some(Way::TryAgain);
        let notice = Notice { link: Some(culprit), way, ..Notice::plain(words) };
        self.stop(&notice);
        if again {
            self.inner.borrow_mut().stage = Stage::Parked;
            self.wake();
            self.open_now(Some(notice));
        }
    }

    /// Opens what a link holds. If it hung last time, it stays closed until the learner says so.
    fn open(&self, code: &str) {
        let hung = link::noted_opening().as_deref() == Some(code);
        {
            let mut inner = self.inner.borrow_mut();
            inner.keep = Keep { now: code.to_owned(), before: inner.first.clone() };
            inner.opening = Some(code.to_owned());
            inner.failures = 0;
        }
        if hung {
            link::note_opening(None);
            return self.stop(&Notice { way: Some(Way::TryAgain), ..Notice::plain(text::HUNG_LAST_TIME) });
        }
        link::note_opening(Some(code));
        if self.is_open() {
            self.open_now(None);
        } else {
            self.inner.borrow_mut().stage = Stage::Parked;
            self.wake();
        }
    }
}
