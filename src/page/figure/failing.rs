//! When a figure's worker fails: the run goes back to just before what it failed at, and the learner is told.

use super::super::worker_client::Broken;
use super::super::{link, show};
use super::{FAILURES, Figure, Stage};
use crate::desk::{Keep, Notice, Way, text};

impl Figure {
    pub(super) fn notice(&self, notice: Option<&Notice>) {
        match notice {
            Some(notice) => notice.patches().for_each(|patch| show::apply(&self.root, &patch)),
            None => show::apply(&self.root, &crate::desk::no_notice()),
        }
        self.enable();
    }

    pub(super) fn stop(&self, notice: &Notice) {
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

    pub(super) fn broke(&self, why: &Broken) {
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
            // Should it fail there too, there is still what the page shows.
            inner.keep = Keep { now: back, before: inner.first.clone() };
            inner.failures += 1;
            // What is opened next is not what a link said.
            if inner.opening.take().is_some() {
                link::note_opening(None);
            }
            (culprit, inner.failures < FAILURES)
        };
        let way = (!again).then_some(Way::TryAgain);
        let notice = Notice { link: Some(culprit), way, ..Notice::plain(words) };
        self.stop(&notice);
        if again {
            {
                let mut inner = self.inner.borrow_mut();
                inner.stage = Stage::Parked;
                inner.notice = Some(notice);
            }
            self.wake();
        }
    }

    /// Opens what a link holds. If it hung last time, it stays closed until the learner says so.
    pub(super) fn open(&self, code: &str) {
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
            self.open_now();
        } else {
            self.inner.borrow_mut().stage = Stage::Parked;
            self.wake();
        }
    }
}
