//! A [`Session`] behind a message port: what runs in a web worker.
//!
//! Knows web-sys, not leptos, and no lesson: a worker's binary hands its figures to [`start`]. Messages are postcard in
//! transferable buffers. The first message from here is [`FromWorker::Hello`], with the build's id, which the page compares with its
//! own before it says anything. Between messages the worker computes ahead, a slice at a time, so that it is never
//! longer from its messages than one slice.

use crate::player::{Answer, Figure, Request, Response, Session};
use crate::sim::Msg;
use js_sys::{ArrayBuffer, Uint8Array};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

/// What a worker says unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// It is ready; this is its build.
    Hello {
        /// The id that the page's build has too, or the two don't speak the same protocol.
        build: String,
    },
    /// An answer.
    Answer(Response),
    /// It has panicked and says its last words.
    Panicked(String),
}

/// Runs a session with these figures in this worker, for ever.
///
/// # Panics
/// Outside a web worker.
pub fn start(lessons: &[&'static [Figure]]) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    install_panic_hook();
    let session = Rc::new(RefCell::new(Session::new(lessons.iter().flat_map(|figures| figures.iter()))));
    let ahead = RunAhead::new(Rc::clone(&session));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() else { return };
        let bytes = Uint8Array::new(&buffer).to_vec();
        let response = match postcard::from_bytes::<Request>(&bytes) {
            Ok(request) => session.borrow_mut().handle(request),
            Err(_) => Response { id: 0, answer: Answer::Refused(Msg::new("request-not-understood")) },
        };
        post(&FromWorker::Answer(response));
        ahead.wake();
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Hello { build: build_id(&scope) });
}

/// The build's id, which the last step of the build wrote into the worker's script.
fn build_id(scope: &DedicatedWorkerGlobalScope) -> String {
    js_sys::Reflect::get(scope, &"BUILD_ID".into()).ok().and_then(|id| id.as_string()).unwrap_or_default()
}

fn post(message: &FromWorker) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let bytes = postcard::to_allocvec(message).expect("a message is plain data");
    let array = Uint8Array::from(bytes.as_slice());
    let buffer = array.buffer();
    // Nothing can be done here about a port that is closed: the page has gone.
    let _ = scope.post_message_with_transfer(&buffer, &js_sys::Array::of1(&buffer));
}

fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        post(&FromWorker::Panicked(info.to_string()));
    }));
}

/// Computes ahead in slices. A message to itself comes behind those that wait already, and, unlike a timer, at once.
struct RunAhead {
    channel: MessageChannel,
    under_way: Rc<Cell<bool>>,
}

impl RunAhead {
    fn new(session: Rc<RefCell<Session>>) -> Self {
        let channel = MessageChannel::new().expect("workers have message channels");
        let under_way = Rc::new(Cell::new(false));
        let (again, busy) = (channel.port2(), Rc::clone(&under_way));
        let slice = Closure::<dyn FnMut()>::new(move || {
            let more = session.borrow_mut().run_ahead();
            busy.set(more);
            if more {
                let _ = again.post_message(&JsValue::NULL);
            }
        });
        channel.port1().set_onmessage(Some(slice.as_ref().unchecked_ref()));
        slice.forget();
        Self { channel, under_way }
    }

    fn wake(&self) {
        if !self.under_way.replace(true) {
            let _ = self.channel.port2().post_message(&JsValue::NULL);
        }
    }
}
