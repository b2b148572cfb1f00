//! The life of a figure's worker: started at the resume point, listened to, and ended when the figure is out of view.

use super::super::file::LearnersFile;
use super::super::jobs::JobPool;
use super::super::worker_client::{HUNG_AFTER, WorkerClient};
use super::super::{apply, dom, events, link, parking, record};
use super::{CANVAS_PLACES, PageFigure, WorkerStage};
use crate::desk::markup::{attr, class, css, inside, with};
use crate::desk::{DeskCommand, DeskEvent, Notice, OpenFigure, ToWorker, Update, text};
use gloo_timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlCanvasElement;

/// By then a worker's first picture is on its canvas.
const A_FEW_FRAMES_MS: u32 = 100;

impl PageFigure {
    /// Starts the worker at the resume point, if there is none.
    pub fn wake(&self) {
        if self.inner.borrow().stage != WorkerStage::Parked {
            return;
        }
        if self.inner.borrow().words.is_none() {
            return self.fetch_words();
        }
        parking::make_room_for(self);
        let (address, build) = {
            let inner = self.inner.borrow();
            (inner.worker.clone(), inner.build.clone())
        };
        let canvases = self.canvases();
        if canvases.length() == 0 {
            return self.stop(&Notice::plain(text::NO_CANVAS));
        }
        let listener = self.clone();
        let on_failure = self.clone();
        let client = WorkerClient::start(
            &address,
            build,
            canvases,
            HUNG_AFTER,
            move |event, answers| listener.on_event(event, answers),
            move |why| on_failure.on_failure(&why),
        );
        match client {
            Ok(client) => {
                {
                    let mut inner = self.inner.borrow_mut();
                    inner.client = Some(client);
                    inner.stage = WorkerStage::Open;
                    inner.change_starting = None;
                    inner.while_busy.clear();
                }
                self.send_appearance();
                self.send_sizes();
                // A run that may replay a file is opened once the worker has the file.
                let again = self.inner.borrow().file.as_ref().map(LearnersFile::reread);
                if again.is_some() {
                    self.inner.borrow_mut().file = again;
                    self.send_next_chunk();
                } else {
                    self.open_now();
                }
            }
            Err(why) => self.on_failure(&why),
        }
    }

    /// Fetches the lesson's words, then starts the worker.
    fn fetch_words(&self) {
        let figure = self.clone();
        spawn_local(async move {
            let at = figure.root.get_attribute(attr::FACTS_AT).unwrap_or_default();
            match dom::fetch(&at).await {
                Some(facts) => {
                    figure.inner.borrow_mut().words = Some(facts);
                    figure.wake();
                }
                None => figure.stop(&Notice::plain(text::NO_FACTS)),
            }
        });
    }

    /// Opens the figure at the resume point.
    pub(super) fn open_now(&self) {
        let opening = {
            let mut inner = self.inner.borrow_mut();
            let notice = inner.notice.take();
            let invites = match std::mem::take(&mut inner.invites) {
                // What a desk before has offered stands until it is taken up.
                done if done.is_empty() => super::invitation(&self.root, ":not([hidden])"),
                first => first,
            };
            OpenFigure {
                page_id: inner.page_id.clone(),
                words: inner.words.clone().unwrap_or_default(),
                initial_view: inner.initial_view.clone(),
                view: Some(inner.resume_point.now.clone()),
                from_link: inner.link_being_opened.is_some(),
                own_runs: inner.resume_point.own_runs.clone(),
                challenge: inner.resume_point.challenge.clone(),
                notice,
                gated_by: inner.gated_by.clone(),
                attempts: record::attempts_at(&inner.page_id),
                restores: std::mem::take(&mut inner.restores),
                invites,
                plays: std::mem::take(&mut inner.plays),
            }
        };
        self.send(ToWorker::Command(DeskCommand::Open(Box::new(opening))));
        let before_words = std::mem::take(&mut self.inner.borrow_mut().before_words);
        for action in events::current_settings(self).chain(before_words) {
            self.send(ToWorker::Command(DeskCommand::UserAction(action)));
        }
    }

    /// New canvases for a new worker, because canvases can't be taken back from the last one. They replace the old ones
    /// once they have been painted.
    pub(super) fn canvases(&self) -> Array {
        let offscreen = |class: &str| -> Option<JsValue> {
            let place = dom::query(&self.root, &css(class))?;
            let old = dom::query(&place, "canvas")?;
            let new: HtmlCanvasElement = old.clone_node().ok()?.unchecked_into();
            let _ = new.set_attribute("hidden", "");
            let _ = new.remove_attribute("style");
            place.insert_before(&new, Some(&old)).ok()?;
            new.transfer_control_to_offscreen().ok().map(JsValue::from)
        };
        CANVAS_PLACES.iter().filter_map(|class| offscreen(class)).collect()
    }

    /// Replaces stills and old canvases by the new ones.
    pub(super) fn swap_canvases(&self) {
        for place in CANVAS_PLACES.iter().filter_map(|class| dom::query(&self.root, &css(class))) {
            let Some(new) = dom::query(&place, "canvas[hidden]") else { continue };
            for old in dom::query_all(&place, &["canvas, img, svg:not(", &css(class::STROKE), ")"].concat()) {
                if old != new {
                    old.remove();
                }
            }
            dom::set_visible(&new, true);
        }
    }

    /// Ends the worker to save memory. The figure keeps its resume point and its picture.
    pub fn park(&self) {
        if self.inner.borrow().owes || self.is_busy() {
            // Wait until the desk has answered and owes nothing.
            self.inner.borrow_mut().park_when_idle = true;
            return;
        }
        self.inner.borrow_mut().park_when_idle = false;
        if self.is_open() {
            self.end_worker();
            self.inner.borrow_mut().stage = WorkerStage::Parked;
            apply::show_paused(self);
        }
    }

    pub(super) fn end_worker(&self) {
        let client = {
            let mut inner = self.inner.borrow_mut();
            inner.playing = false;
            inner.while_busy.clear();
            inner.jobs = None;
            inner.owes = false;
            inner.client.take()
        };
        if let Some(client) = client {
            client.stop();
            // Drop it later: this may run inside one of the client's own callbacks.
            Timeout::new(0, move || drop(client)).forget();
        }
    }

    pub(super) fn on_event(&self, event: DeskEvent, answer: bool) {
        match event {
            DeskEvent::ChangeStarting { culprit, fallback } => {
                self.inner.borrow_mut().change_starting = Some((culprit, fallback));
            }
            DeskEvent::Update(shown) => self.apply_update(*shown, answer),
            DeskEvent::Probed(_) | DeskEvent::JobResult(_) => {}
        }
    }

    pub(super) fn apply_update(&self, shown: Update, answer: bool) {
        let Update { patches, playing, resume_point, ready, masked, owes, attempts, jobs, .. } = shown;
        attempts.into_iter().for_each(record::add);
        let begins = {
            let mut inner = self.inner.borrow_mut();
            if answer {
                inner.change_starting = None;
            }
            if let Some(resume_point) = resume_point {
                if inner.used && inner.resume_point != resume_point {
                    record::note_place(&inner.page_id, &resume_point);
                }
                inner.resume_point = resume_point;
            }
            if ready && inner.link_being_opened.take().is_some() {
                link::note_opening(None);
            }
            let begins = playing && !inner.playing;
            inner.playing = playing;
            inner.owes = owes;
            begins
        };
        for patch in &patches {
            apply::patch(&self.root, patch);
        }
        if ready {
            // What a worker has painted is on the canvas with its next frame, not with its message.
            let figure = self.clone();
            Timeout::new(A_FEW_FRAMES_MS, move || figure.swap_canvases()).forget();
            if masked {
                // Tells style sheets and tests that the figure waits for a prediction.
                let _ = self.root.set_attribute(attr::WAITS, "");
            } else {
                self.enable();
            }
        }
        if let Some(jobs) = jobs {
            self.start_jobs(jobs);
        }
        if begins {
            self.inner.borrow_mut().ticked_ms = dom::now_ms();
        }
        if playing {
            self.tick_on_next_frame();
        }
        if self.is_busy() {
            return;
        }
        if answer {
            self.send_waiting();
            self.send_next_chunk();
        }
        // What is owed may come without being asked for again.
        if std::mem::take(&mut self.inner.borrow_mut().park_when_idle) && !parking::in_view(self) {
            self.park();
        }
    }

    /// Runs jobs in other workers; the jobs under way are cancelled.
    fn start_jobs(&self, jobs: Vec<Vec<u8>>) {
        let (address, build) = {
            let mut inner = self.inner.borrow_mut();
            inner.jobs = None;
            (inner.worker.clone(), inner.build.clone())
        };
        if !jobs.is_empty() {
            let jobs = JobPool::start(self, &address, &build, jobs);
            self.inner.borrow_mut().jobs = Some(jobs);
        }
    }

    /// Sends the result of a job to the desk.
    pub fn job_done(&self, bytes: Option<Vec<u8>>, seconds: f64) {
        self.send(ToWorker::Command(DeskCommand::JobDone { bytes, seconds }));
    }

    /// Enables the figure's controls.
    pub(super) fn enable(&self) {
        if self.root.has_attribute(attr::LIVE) {
            return;
        }
        for live in
            dom::query_page(&[css(class::MASKED), with(attr::FIGURE, &self.inner.borrow().page_id)].concat())
        {
            dom::set_text(&live, &live.get_attribute(attr::SAYS).unwrap_or_default());
            dom::set_class(&live, "masked", false);
        }
        let _ = self.root.set_attribute(attr::LIVE, "");
        // Until now the figure itself could have the focus: whoever came by keyboard goes on to its tools.
        let _ = self.root.set_attribute("tabindex", "-1");
        // The fields of a question in the figure are its own business.
        let own = [":not(", &inside(class::ACTIVITY, "*"), ")[disabled]"].concat();
        for waiting in dom::query_all(&self.root, &own) {
            let _ = waiting.remove_attribute("disabled");
        }
        for tools in dom::query_all(&self.root, &[css(class::TOOLS), css(class::WALK)].join(", ")) {
            dom::set_visible(&tools, true);
        }
    }
}
