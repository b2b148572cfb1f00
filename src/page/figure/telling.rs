//! What the page tells a figure's desk: deeds, sizes, looks, the passing of time, files.

use super::super::file::LearnersFile;
use super::super::worker_client::Client;
use super::super::{dom, palette};
use super::{Figure, PLACES, Stage};
use crate::desk::markup::css;
use crate::desk::{Deed, Tell, ToWorker};
use wasm_bindgen::prelude::*;
use web_sys::ResizeObserver;

impl Figure {
    /// Tells the desk what was done. Starts the worker if there is none.
    pub fn deed(&self, deed: Deed) {
        self.inner.borrow_mut().failures = 0;
        if self.inner.borrow().stage == Stage::Stopped {
            self.notice(None);
            self.inner.borrow_mut().stage = Stage::Parked;
        }
        self.wake();
        if self.inner.borrow().facts.is_none() {
            // It begins when these have come.
            self.inner.borrow_mut().early.push(deed);
            return;
        }
        self.flush();
        self.send(ToWorker::Tell(Tell::Deed(deed)));
    }

    /// Tells the desk of a deed that is none of the learner's will: it starts nothing, and is not worth waiting for.
    pub fn glance(&self, deed: Deed) {
        if self.is_open() && !self.is_busy() {
            self.send(ToWorker::Tell(Tell::Deed(deed)));
        }
    }

    /// Tells it what comes in quick succession: while the worker is busy, only the latest of a kind waits.
    pub fn passing_deed(&self, deed: Deed) {
        if !self.is_busy() {
            return self.deed(deed);
        }
        let mut inner = self.inner.borrow_mut();
        inner.owed.retain(|other| (&other.does, &other.on) != (&deed.does, &deed.on));
        inner.owed.push(deed);
    }

    pub(super) fn is_busy(&self) -> bool {
        self.inner.borrow().client.as_ref().is_some_and(Client::is_busy)
    }

    pub(super) fn flush(&self) {
        let owed = std::mem::take(&mut self.inner.borrow_mut().owed);
        for deed in owed {
            self.send(ToWorker::Tell(Tell::Deed(deed)));
        }
    }

    /// Hands a file of the learner's over, piece by piece.
    pub fn take_file(&self, file: web_sys::File) {
        {
            let mut inner = self.inner.borrow_mut();
            inner.failures = 0;
            // A worker that is started now need not have the one before.
            inner.file = None;
        }
        self.wake();
        self.inner.borrow_mut().file = Some(LearnersFile::new(file, true));
        self.next_piece();
    }

    /// Tells the desk the next piece of the file that is being read.
    pub(super) fn next_piece(&self) {
        let file = self.inner.borrow().file.clone();
        let Some(file) = file.filter(LearnersFile::is_being_read) else { return };
        let (figure, asked) = (self.clone(), file.clone());
        file.next(move |tell| {
            // The learner may have chosen another one since.
            if figure.inner.borrow().file.as_ref().is_none_or(|now| !now.is(&asked)) {
                return;
            }
            let last = matches!(&tell, Tell::Data(piece) if piece.last);
            figure.send(ToWorker::Tell(tell));
            if last && !asked.is_new() {
                figure.open_now();
            }
        });
    }

    pub(super) fn watch_sizes(&self) {
        let figure = self.clone();
        let measure = Closure::<dyn FnMut()>::new(move || figure.tell_sizes());
        if let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            for place in PLACES.iter().filter_map(|class| dom::find(&self.root, &css(class))) {
                observer.observe(&place);
            }
            // Observed as long as the page is there.
            std::mem::forget(observer);
        }
        measure.forget();
    }

    pub(super) fn tell_sizes(&self) {
        let width = |class: &str| {
            dom::find(&self.root, &css(class)).map_or(0, |place| place.client_width().max(0) as u16)
        };
        let [picture, charts] = PLACES.map(width);
        self.send(ToWorker::Tell(Tell::Sized { picture, charts }));
    }

    /// Tells the worker what pictures are painted with, and the desk whether they move.
    pub(super) fn tell_looks(&self) {
        self.send(ToWorker::Sleep(dom::document().hidden()));
        self.send(palette::look());
        self.send(ToWorker::Tell(Tell::Calm(palette::is_calm())));
    }

    pub(super) fn tick_on_next_frame(&self) {
        if std::mem::replace(&mut self.inner.borrow_mut().ticking, true) {
            return;
        }
        let figure = self.clone();
        dom::on_frame(move |ms| figure.tick(ms));
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
            self.send(ToWorker::Tell(Tell::Tick(seconds)));
        }
        self.tick_on_next_frame();
    }
}
