//! A figure's worker: started where the run is, heard, and ended when the figure is out of view.

use super::super::errands::Errands;
use super::super::file::LearnersFile;
use super::super::worker_client::{Client, PATIENCE};
use super::super::{dom, hear, link, parking, record, show};
use super::{Figure, PLACES, Stage};
use crate::desk::markup::{attr, class, css, with};
use crate::desk::{Notice, Opening, Shown, Tell, ToWorker, Told, text};
use gloo_timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlCanvasElement;

impl Figure {
    /// Starts the worker, if there is none, where the run is.
    pub fn wake(&self) {
        if self.inner.borrow().stage != Stage::Parked {
            return;
        }
        if self.inner.borrow().facts.is_none() {
            return self.fetch_facts();
        }
        parking::makes_room_for(self);
        let (address, build) = {
            let inner = self.inner.borrow();
            (inner.worker.clone(), inner.build.clone())
        };
        let canvases = self.canvases();
        if canvases.length() == 0 {
            return self.stop(&Notice::plain(text::NO_CANVAS));
        }
        let (told, broke) = (self.clone(), self.clone());
        let client = Client::start(
            &address,
            build,
            canvases,
            PATIENCE,
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
                // A run that may replay a file is taken up when the worker has the file.
                let again = self.inner.borrow().file.as_ref().map(LearnersFile::again);
                if again.is_some() {
                    self.inner.borrow_mut().file = again;
                    self.next_piece();
                } else {
                    self.open_now();
                }
            }
            Err(why) => self.broke(&why),
        }
    }

    /// Gets what the desk has to know, and then starts the worker.
    fn fetch_facts(&self) {
        let figure = self.clone();
        spawn_local(async move {
            let at = figure.root.get_attribute(attr::FACTS_AT).unwrap_or_default();
            match dom::fetch(&at).await {
                Some(facts) => {
                    figure.inner.borrow_mut().facts = Some(facts);
                    figure.wake();
                }
                None => figure.stop(&Notice::plain(text::NO_FACTS)),
            }
        });
    }

    /// Opens the run where it is kept.
    pub(super) fn open_now(&self) {
        let opening = {
            let mut inner = self.inner.borrow_mut();
            let notice = inner.notice.take();
            Opening {
                page_id: inner.page_id.clone(),
                facts: inner.facts.clone().unwrap_or_default(),
                first: inner.first.clone(),
                view: Some(inner.keep.now.clone()),
                linked: inner.opening.is_some(),
                notice,
                after: inner.after.clone(),
                done: record::here(),
            }
        };
        self.send(ToWorker::Tell(Tell::Open(opening)));
        let early = std::mem::take(&mut self.inner.borrow_mut().early);
        for deed in hear::settings(self).chain(early) {
            self.send(ToWorker::Tell(Tell::Deed(deed)));
        }
    }

    /// New canvases for a new worker: those of the last one can't be had back. They take the place of the old ones when
    /// there is something on them.
    pub(super) fn canvases(&self) -> Array {
        let offscreen = |class: &str| -> Option<JsValue> {
            let place = dom::find(&self.root, &css(class))?;
            let old = dom::find(&place, "canvas")?;
            let new: HtmlCanvasElement = old.clone_node().ok()?.unchecked_into();
            let _ = new.set_attribute("hidden", "");
            let _ = new.remove_attribute("style");
            place.insert_before(&new, Some(&old)).ok()?;
            new.transfer_control_to_offscreen().ok().map(JsValue::from)
        };
        PLACES.iter().filter_map(|class| offscreen(class)).collect()
    }

    /// Puts the new canvases in the place of whatever was there.
    pub(super) fn swap_canvases(&self) {
        for place in PLACES.iter().filter_map(|class| dom::find(&self.root, &css(class))) {
            let Some(new) = dom::find(&place, "canvas[hidden]") else { continue };
            for old in dom::find_all(&place, "svg, img, canvas") {
                if old != new {
                    old.remove();
                }
            }
            dom::show(&new, true);
        }
    }

    /// Ends the worker. The figure keeps its run, its moment and its picture.
    pub fn park(&self) {
        if self.inner.borrow().errands.is_some() || self.is_busy() {
            // What was told last is still to be done, or others compute for its desk.
            self.inner.borrow_mut().parks = true;
            return;
        }
        self.inner.borrow_mut().parks = false;
        if self.is_open() {
            self.end_worker();
            self.inner.borrow_mut().stage = Stage::Parked;
            show::paused(self);
        }
    }

    pub(super) fn end_worker(&self) {
        let client = {
            let mut inner = self.inner.borrow_mut();
            inner.playing = false;
            inner.owed.clear();
            inner.errands = None;
            inner.client.take()
        };
        if let Some(client) = client {
            client.stop();
            // This may be running in one of the client's own listeners.
            Timeout::new(0, move || drop(client)).forget();
        }
    }

    pub(super) fn told(&self, told: Told, answer: bool) {
        match told {
            Told::Trying { culprit, back } => self.inner.borrow_mut().trying = Some((culprit, back)),
            Told::Shown(shown) => self.shown(*shown, answer),
            Told::Probed(_) | Told::Errand(_) => {}
        }
    }

    pub(super) fn shown(&self, shown: Shown, answer: bool) {
        let Shown { patches, playing, keep, ready, masked, attempts, errands, .. } = shown;
        attempts.into_iter().for_each(record::add);
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
            if masked {
                // For style sheets and tests: alive, and waiting for a prediction.
                let _ = self.root.set_attribute(attr::WAITS, "");
            } else {
                self.enable();
            }
        }
        if let Some(errands) = errands {
            self.send_out(errands);
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
            if std::mem::take(&mut self.inner.borrow_mut().parks) && !parking::in_view(self) {
                self.park();
            }
        }
    }

    /// Has other workers run errands; those that were under way are called off.
    fn send_out(&self, errands: Vec<Vec<u8>>) {
        let (address, build) = {
            let mut inner = self.inner.borrow_mut();
            inner.errands = None;
            (inner.worker.clone(), inner.build.clone())
        };
        if !errands.is_empty() {
            let errands = Errands::start(self, &address, &build, errands);
            self.inner.borrow_mut().errands = Some(errands);
        }
    }

    /// Tells the desk what came of an errand.
    pub fn returned(&self, bytes: Option<Vec<u8>>, seconds: f64) {
        self.send(ToWorker::Tell(Tell::Returned { bytes, seconds }));
    }

    /// From now on the figure can be operated.
    pub(super) fn enable(&self) {
        if self.root.has_attribute(attr::LIVE) {
            return;
        }
        for live in
            dom::select(&[css(class::MASKED), with(attr::FIGURE, &self.inner.borrow().page_id)].concat())
        {
            dom::set_text(&live, &live.get_attribute(attr::SAYS).unwrap_or_default());
            dom::class(&live, "masked", false);
        }
        let _ = self.root.set_attribute(attr::LIVE, "");
        for waiting in dom::find_all(&self.root, "[disabled]") {
            let _ = waiting.remove_attribute("disabled");
        }
        for tools in dom::find_all(&self.root, &[css(class::TOOLS), css(class::WALK)].join(", ")) {
            dom::show(&tools, true);
        }
    }
}
