//! A worker from the page's side: what it is told and what it says, the handshake, and the watchdog.
//!
//! The worker is a cache: whatever goes wrong with it, the page drops it and starts another with the run that it holds.

use super::dom;
use crate::desk::{FromWorker, ToWorker, Told};
use gloo_timers::callback::Interval;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker};

/// Looks of the watchdog, one second apart, without an answer until the worker counts as hung. Counted in looks rather
/// than in time: a machine that was asleep has missed them too.
pub const PATIENCE: u32 = 10;

/// Why a worker is of no use any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It could not be started, or its script failed.
    NotStarted,
    /// It is of another build than the page, which has been open since before the site was renewed.
    OtherBuild,
    /// The model has panicked, with these words.
    Panicked(String),
    /// It has not answered for ten seconds.
    Hung,
}

/// What is called when it says something; `true` if that is an answer.
type OnTold = Box<dyn FnMut(Told, bool)>;

/// What is called when it fails.
type OnBroken = Box<dyn FnOnce(Broken)>;

/// One worker; ends when it is dropped.
pub struct Client {
    shared: Rc<Shared>,
    _watchdog: Interval,
    // Held as long as the worker: it calls them.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

struct Shared {
    worker: Worker,
    ready: Cell<bool>,
    /// Looks of the watchdog since something was last heard while something is awaited.
    silent: Cell<u32>,
    patience: u32,
    /// How many answers are awaited.
    awaited: Cell<u32>,
    /// The canvases, and what waits for the handshake.
    canvases: Array,
    held: RefCell<Vec<ToWorker>>,
    on_told: RefCell<OnTold>,
    on_broken: RefCell<Option<OnBroken>>,
}

impl Client {
    /// Starts the worker at `address`, which paints on `canvases` and counts as hung after `patience` seconds. What it is told before it is ready waits. `on_broken` is
    /// called at most once, and never before this returns.
    ///
    /// # Errors
    /// If the browser refuses to start workers.
    pub fn start(
        address: &str,
        build: String,
        canvases: Array,
        patience: u32,
        on_told: impl FnMut(Told, bool) + 'static,
        on_broken: impl FnOnce(Broken) + 'static,
    ) -> Result<Self, Broken> {
        let worker = Worker::new(address).map_err(|_| Broken::NotStarted)?;
        let shared = Rc::new(Shared {
            worker,
            ready: Cell::new(false),
            silent: Cell::new(0),
            patience,
            awaited: Cell::new(0),
            canvases,
            held: RefCell::default(),
            on_told: RefCell::new(Box::new(on_told)),
            on_broken: RefCell::new(Some(Box::new(on_broken))),
        });
        let own = Rc::clone(&shared);
        let on_message = Closure::new(move |event: MessageEvent| own.hear(&event, &build));
        let own = Rc::clone(&shared);
        let on_error = Closure::new(move |event: JsValue| {
            // The console has it already; the page says what it means.
            if let Ok(event) = event.dyn_into::<web_sys::Event>() {
                event.prevent_default();
            }
            let started = own.ready.get();
            own.fail(if started { Broken::Panicked(String::new()) } else { Broken::NotStarted });
        });
        shared.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        shared.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let own = Rc::clone(&shared);
        let watchdog = Interval::new(1_000, move || own.look());
        Ok(Self { shared, _watchdog: watchdog, _on_message: on_message, _on_error: on_error })
    }

    /// Tells the worker something.
    pub fn tell(&self, tell: ToWorker) {
        let shared = &self.shared;
        if matches!(tell, ToWorker::Tell(_)) {
            if shared.awaited.get() == 0 {
                shared.silent.set(0);
            }
            shared.awaited.set(shared.awaited.get() + 1);
        }
        if shared.ready.get() {
            shared.post(&tell);
        } else {
            shared.held.borrow_mut().push(tell);
        }
    }

    /// Whether an answer is awaited.
    pub fn is_busy(&self) -> bool {
        self.shared.awaited.get() > 0
    }
}

impl Client {
    /// Ends the worker; nothing is called any more. May be done from within what it calls, unlike dropping it.
    pub fn stop(&self) {
        drop(self.shared.on_broken.take());
        self.shared.worker.set_onmessage(None);
        self.shared.worker.set_onerror(None);
        self.shared.worker.terminate();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn post(&self, message: &ToWorker) {
        let Ok(bytes) = postcard::to_allocvec(message) else { return };
        let buffer = Uint8Array::from(bytes.as_slice()).buffer();
        // A port that is closed belongs to a worker that is being dropped.
        let _ = self.worker.post_message_with_transfer(&buffer, &Array::of1(&buffer));
    }

    fn hear(&self, event: &MessageEvent, build: &str) {
        self.silent.set(0);
        let buffer = match event.data().dyn_into::<ArrayBuffer>() {
            Ok(buffer) => buffer,
            // Anything else is a file for the learner.
            Err(file) => {
                let file: web_sys::File = file.unchecked_into();
                return dom::offer(&file.name(), &file);
            }
        };
        match postcard::from_bytes(&Uint8Array::new(&buffer).to_vec()) {
            Ok(FromWorker::Hello { build: its }) if its == build => {
                self.ready.set(true);
                let _ = self.worker.post_message_with_transfer(&self.canvases, &self.canvases);
                for tell in self.held.take() {
                    self.post(&tell);
                }
            }
            Ok(FromWorker::Hello { .. }) | Err(_) => self.fail(Broken::OtherBuild),
            Ok(FromWorker::Answer(told)) => {
                self.awaited.set(self.awaited.get().saturating_sub(1));
                (self.on_told.borrow_mut())(told, true);
            }
            Ok(FromWorker::Told(told)) => (self.on_told.borrow_mut())(told, false),
            Ok(FromWorker::Panicked(words)) => self.fail(Broken::Panicked(words)),
        }
    }

    fn look(&self) {
        let awaited = !self.ready.get() || self.awaited.get() > 0;
        // A tab out of sight is throttled by the browser, and so may its worker be.
        if !awaited || dom::document().hidden() {
            self.silent.set(0);
            return;
        }
        self.silent.set(self.silent.get() + 1);
        if self.silent.get() >= self.patience {
            self.fail(Broken::Hung);
        }
    }

    /// Says so once. The worker is stopped at once, whatever it does; its owner drops it.
    fn fail(&self, why: Broken) {
        self.worker.terminate();
        if let Some(on_broken) = self.on_broken.take() {
            on_broken(why);
        }
    }
}
