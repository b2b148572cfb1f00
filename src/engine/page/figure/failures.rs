//! Failures of a figure's worker: the run returns to just before the change that failed, and a notice tells the
//! learner.

use super::super::worker_client::WorkerFailure;
use super::super::{apply, link};
use super::{FAILURES, PageFigure, WorkerStage};
use crate::desk::{Notice, NoticeAction, text};

impl PageFigure {
    pub(super) fn show_notice(&self, notice: Option<&Notice>) {
        match notice {
            Some(notice) => notice.patches().for_each(|patch| apply::patch(&self.root, &patch)),
            None => apply::patch(&self.root, &crate::desk::clear_notice()),
        }
        self.enable();
    }

    pub(super) fn stop(&self, notice: &Notice) {
        self.end_worker();
        self.inner.borrow_mut().stage = WorkerStage::Stopped;
        apply::show_paused(self);
        self.show_notice(Some(notice));
    }

    /// Starts the worker again after failures, on the learner's request.
    pub fn try_again(&self) {
        {
            let mut inner = self.inner.borrow_mut();
            inner.failures = 0;
            if inner.stage == WorkerStage::Stopped {
                inner.stage = WorkerStage::Parked;
            }
        }
        self.show_notice(None);
        self.wake();
    }

    pub(super) fn on_failure(&self, why: &WorkerFailure) {
        let words = match why {
            WorkerFailure::OtherBuild => {
                return self.stop(&Notice {
                    action: Some(NoticeAction::Reload),
                    ..Notice::plain(text::OTHER_BUILD)
                });
            }
            WorkerFailure::NotStarted => {
                return self.stop(&Notice {
                    action: Some(NoticeAction::TryAgain),
                    ..Notice::plain(text::NOT_STARTED)
                });
            }
            WorkerFailure::Panicked(_) => text::PANICKED,
            WorkerFailure::Hung => text::HUNG,
        };
        let (culprit, again) = {
            let mut inner = self.inner.borrow_mut();
            let (culprit, back) = inner.change_starting.take().unwrap_or_else(|| {
                (inner.resume_point.now.clone(), inner.resume_point.before_last_change.clone())
            });
            inner.resume_at(back);
            inner.failures += 1;
            // The run that is opened next is not the link's any more.
            if inner.link_being_opened.take().is_some() {
                link::note_opening(None);
            }
            (culprit, inner.failures < FAILURES)
        };
        let action = (!again).then_some(NoticeAction::TryAgain);
        let notice = Notice { link: Some(culprit), action, ..Notice::plain(words) };
        self.stop(&notice);
        if again {
            {
                let mut inner = self.inner.borrow_mut();
                inner.stage = WorkerStage::Parked;
                inner.notice = Some(notice);
            }
            self.wake();
        }
    }

    /// Opens the run of a link. If it hung the figure last time, the learner has to confirm.
    pub(super) fn open_link(&self, code: &str) {
        let hung = link::noted_opening().as_deref() == Some(code);
        {
            let mut inner = self.inner.borrow_mut();
            inner.resume_at(code.to_owned());
            inner.link_being_opened = Some(code.to_owned());
            inner.failures = 0;
        }
        if hung {
            link::note_opening(None);
            return self.stop(&Notice {
                action: Some(NoticeAction::TryAgain),
                ..Notice::plain(text::HUNG_LAST_TIME)
            });
        }
        link::note_opening(Some(code));
        if self.is_open() {
            self.open_now();
        } else {
            self.inner.borrow_mut().stage = WorkerStage::Parked;
            self.wake();
        }
    }
}
