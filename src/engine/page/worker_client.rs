//! The page's side of a worker: messages, handshake and watchdog.
//!
//! A worker is only a cache: if anything goes wrong, the page drops it and starts another from the resume point.

use super::dom;
use crate::desk::{DeskEvent, FromWorker, ToWorker};
use gloo_timers::callback::Interval;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker};

/// After so many checks of the watchdog, one a second, without an answer a figure's worker counts as hung: ten seconds, as
/// [`text::HUNG`](crate::desk::text::HUNG) says too. Checks are counted rather than seconds, because a machine that was
/// asleep has made none.
pub const HUNG_AFTER: u32 = 10;

/// How a worker has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerFailure {
    /// It could not be started, or its script failed.
    NotStarted,
    /// It is of another build than the page: the site was updated while the page was open.
    OtherBuild,
    /// The model has panicked with this message.
    Panicked(String),
    /// It has not answered for so long that it counts as hung.
    Hung,
}

/// Called with each event; `true` if it answers a command.
type OnEvent = Box<dyn FnMut(DeskEvent, bool)>;

/// Called when the worker fails.
type OnFailure = Box<dyn FnOnce(WorkerFailure)>;

/// One worker; it is terminated when this is dropped.
pub struct WorkerClient {
    shared: Rc<Shared>,
    _watchdog: Interval,
    // Kept alive as long as the worker, which calls them.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

struct Shared {
    worker: Worker,
    ready: Cell<bool>,
    /// Checks of the watchdog since the last message, while an answer is awaited.
    silent_ticks: Cell<u32>,
    hung_after: u32,
    /// Number of answers awaited.
    awaited: Cell<u32>,
    /// The canvases, and messages that wait for the handshake.
    canvases: Array,
    before_ready: RefCell<Vec<ToWorker>>,
    on_event: RefCell<OnEvent>,
    on_failure: RefCell<Option<OnFailure>>,
}

impl WorkerClient {
    /// Starts the worker at `address`, which paints on `canvases` and counts as hung after `hung_after` checks without an
    /// answer. Messages sent before the worker is ready wait for it. `on_failure` is called at most once, and never before
    /// this returns.
    ///
    /// # Errors
    /// If the browser refuses to start workers.
    pub fn start(
        address: &str,
        build: String,
        canvases: Array,
        hung_after: u32,
        on_event: impl FnMut(DeskEvent, bool) + 'static,
        on_failure: impl FnOnce(WorkerFailure) + 'static,
    ) -> Result<Self, WorkerFailure> {
        let worker = Worker::new(address).map_err(|_| WorkerFailure::NotStarted)?;
        let shared = Rc::new(Shared {
            worker,
            ready: Cell::new(false),
            silent_ticks: Cell::new(0),
            hung_after,
            awaited: Cell::new(0),
            canvases,
            before_ready: RefCell::default(),
            on_event: RefCell::new(Box::new(on_event)),
            on_failure: RefCell::new(Some(Box::new(on_failure))),
        });
        let own = Rc::clone(&shared);
        let on_message = Closure::new(move |event: MessageEvent| own.receive(&event, &build));
        let own = Rc::clone(&shared);
        let on_error = Closure::new(move |event: JsValue| {
            // The error is in the console already.
            if let Ok(event) = event.dyn_into::<web_sys::Event>() {
                event.prevent_default();
            }
            let started = own.ready.get();
            own.fail(if started {
                WorkerFailure::Panicked(String::new())
            } else {
                WorkerFailure::NotStarted
            });
        });
        shared.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        shared.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let own = Rc::clone(&shared);
        let watchdog = Interval::new(1_000, move || own.check_alive());
        Ok(Self { shared, _watchdog: watchdog, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a message to the worker.
    pub fn send(&self, tell: ToWorker) {
        let shared = &self.shared;
        if matches!(tell, ToWorker::Command(_)) {
            if shared.awaited.get() == 0 {
                shared.silent_ticks.set(0);
            }
            shared.awaited.set(shared.awaited.get() + 1);
        }
        if shared.ready.get() {
            shared.post(&tell);
        } else {
            shared.before_ready.borrow_mut().push(tell);
        }
    }

    /// Whether an answer is awaited.
    pub fn is_busy(&self) -> bool {
        self.shared.awaited.get() > 0
    }
}

impl WorkerClient {
    /// Terminates the worker; no callback is called after that. Unlike dropping the client, a callback may do this.
    pub fn stop(&self) {
        drop(self.shared.on_failure.take());
        self.shared.worker.set_onmessage(None);
        self.shared.worker.set_onerror(None);
        self.shared.worker.terminate();
    }
}

impl Drop for WorkerClient {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn post(&self, message: &ToWorker) {
        let Ok(bytes) = postcard::to_allocvec(message) else { return };
        let buffer = Uint8Array::from(bytes.as_slice()).buffer();
        // Sending only fails for a worker that is being dropped.
        let _ = self.worker.post_message_with_transfer(&buffer, &Array::of1(&buffer));
    }

    fn receive(&self, event: &MessageEvent, build: &str) {
        self.silent_ticks.set(0);
        let buffer = match event.data().dyn_into::<ArrayBuffer>() {
            Ok(buffer) => buffer,
            // Anything else is a file to offer to the learner.
            Err(file) => {
                let file: web_sys::File = file.unchecked_into();
                return dom::offer_download(&file.name(), &file);
            }
        };
        match postcard::from_bytes(&Uint8Array::new(&buffer).to_vec()) {
            Ok(FromWorker::Ready { build: its }) if its == build => {
                self.ready.set(true);
                let _ = self.worker.post_message_with_transfer(&self.canvases, &self.canvases);
                for tell in self.before_ready.take() {
                    self.post(&tell);
                }
            }
            Ok(FromWorker::Ready { .. }) | Err(_) => self.fail(WorkerFailure::OtherBuild),
            Ok(FromWorker::Reply(event)) => {
                self.awaited.set(self.awaited.get().saturating_sub(1));
                (self.on_event.borrow_mut())(event, true);
            }
            Ok(FromWorker::Event(event)) => (self.on_event.borrow_mut())(event, false),
            Ok(FromWorker::Panicked(words)) => self.fail(WorkerFailure::Panicked(words)),
        }
    }

    fn check_alive(&self) {
        let awaited = !self.ready.get() || self.awaited.get() > 0;
        // Browsers throttle hidden tabs and their workers.
        if !awaited || dom::document().hidden() {
            self.silent_ticks.set(0);
            return;
        }
        self.silent_ticks.set(self.silent_ticks.get() + 1);
        if self.silent_ticks.get() >= self.hung_after {
            self.fail(WorkerFailure::Hung);
        }
    }

    /// Terminates the worker and reports the failure, once. The owner drops the client.
    fn fail(&self, why: WorkerFailure) {
        self.worker.terminate();
        if let Some(on_failure) = self.on_failure.take() {
            on_failure(why);
        }
    }
}
