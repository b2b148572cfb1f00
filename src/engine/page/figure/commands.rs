//! Commands from the page to a figure's desk: actions, sizes, appearance, ticks, files.

use super::super::file::LearnersFile;
use super::super::worker_client::WorkerClient;
use super::super::{dom, palette};
use super::{CANVAS_PLACES, PageFigure, WorkerStage};
use crate::desk::markup::css;
use crate::desk::{DeskCommand, ToWorker, UserAction};
use wasm_bindgen::prelude::*;

/// Pictures that are narrower than this have no room for their labels.
const NARROWEST: i32 = 320;

impl PageFigure {
    /// Sends an action to the desk, and starts the worker if there is none.
    pub fn send_action(&self, action: UserAction) {
        {
            let mut inner = self.inner.borrow_mut();
            inner.failures = 0;
            inner.used = true;
        }
        if self.inner.borrow().stage == WorkerStage::Stopped {
            self.show_notice(None);
            self.inner.borrow_mut().stage = WorkerStage::Parked;
        }
        self.wake();
        if self.inner.borrow().words.is_none() {
            // The worker starts, and replays this, when the words have been fetched.
            self.inner.borrow_mut().before_words.push(action);
            return;
        }
        self.send_waiting();
        self.send(ToWorker::Command(DeskCommand::UserAction(action)));
    }

    /// Sends an action that the learner didn't intend, such as hovering: only if the worker runs and is idle.
    pub fn send_if_idle(&self, action: UserAction) {
        if self.is_open() && !self.is_busy() {
            self.send(ToWorker::Command(DeskCommand::UserAction(action)));
        }
    }

    /// Sends an action that comes in quick succession, such as dragging: while the worker is busy only the latest of a
    /// kind waits.
    pub fn send_latest(&self, action: UserAction) {
        if !self.is_busy() {
            return self.send_action(action);
        }
        let mut inner = self.inner.borrow_mut();
        inner.while_busy.retain(|other| (&other.kind, &other.target) != (&action.kind, &action.target));
        inner.while_busy.push(action);
    }

    pub(super) fn is_busy(&self) -> bool {
        self.inner.borrow().client.as_ref().is_some_and(WorkerClient::is_busy)
    }

    pub(super) fn send_waiting(&self) {
        let owed = std::mem::take(&mut self.inner.borrow_mut().while_busy);
        for action in owed {
            self.send(ToWorker::Command(DeskCommand::UserAction(action)));
        }
    }

    /// Sends a file of the learner's to the desk, chunk by chunk.
    pub fn take_file(&self, file: web_sys::File) {
        {
            let mut inner = self.inner.borrow_mut();
            inner.failures = 0;
            // A worker that starts now doesn't need the previous file.
            inner.file = None;
        }
        self.wake();
        self.inner.borrow_mut().file = Some(LearnersFile::new(file, true));
        self.send_next_chunk();
    }

    /// Sends the next chunk of the file that is being read.
    pub(super) fn send_next_chunk(&self) {
        let file = self.inner.borrow().file.clone();
        let Some(file) = file.filter(LearnersFile::is_being_read) else { return };
        let (figure, asked) = (self.clone(), file.clone());
        file.read_next(move |tell| {
            // The learner may have chosen another file meanwhile.
            if figure.inner.borrow().file.as_ref().is_none_or(|now| !now.same_as(&asked)) {
                return;
            }
            let last = matches!(&tell, DeskCommand::FileChunk(chunk) if chunk.last);
            figure.send(ToWorker::Command(tell));
            if last && !asked.is_new() {
                figure.open_now();
            }
        });
    }

    pub(super) fn watch_sizes(&self) {
        let figure = self.clone();
        let places = CANVAS_PLACES.iter().filter_map(|class| dom::query(&self.root, &css(class)));
        dom::on_resize(&places.collect::<Vec<_>>(), Closure::new(move || figure.send_sizes()));
    }

    pub(super) fn send_sizes(&self) {
        let [picture, charts] = CANVAS_PLACES
            .map(|class| dom::query(&self.root, &css(class)).map_or(0, |place| place.client_width()));
        // In tenths: as much larger as text is, as long as the pictures stay wide enough. What isn't shown has no width.
        let narrowest = if charts > 0 { charts.min(picture) } else { picture };
        let tenths = palette::tenths_of_text().min(narrowest * 10 / NARROWEST).clamp(10, 20);
        let zoom = f64::from(tenths) / 10.0;
        if self.zoom() != zoom {
            self.inner.borrow_mut().zoom = zoom;
            let written = [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string()].concat();
            dom::set_style(&self.root, "--zoom", &written);
            self.send_appearance();
        }
        let [picture, charts] = [picture, charts].map(|width| (width.max(0) * 10 / tenths) as u16);
        self.send(ToWorker::Command(DeskCommand::Resize { picture, charts }));
    }

    /// How much larger pictures are shown than they are laid out.
    pub fn zoom(&self) -> f64 {
        self.inner.borrow().zoom
    }

    /// Sends colours and pixel density to the worker, and the preference for reduced motion to the desk.
    pub(super) fn send_appearance(&self) {
        self.send(ToWorker::Hidden(dom::document().hidden()));
        self.send(palette::appearance(self.zoom()));
        self.send(ToWorker::Command(DeskCommand::ReduceMotion(palette::reduced_motion())));
    }

    pub(super) fn tick_on_next_frame(&self) {
        if std::mem::replace(&mut self.inner.borrow_mut().ticking, true) {
            return;
        }
        let figure = self.clone();
        dom::request_frame(move |ms| figure.tick(ms));
    }

    pub(super) fn tick(&self, ms: f64) {
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
            self.send(ToWorker::Command(DeskCommand::Tick(seconds)));
        }
        self.tick_on_next_frame();
    }
}
