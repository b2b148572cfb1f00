//! The store in a worker of its own, so that a lesson's page loads none of it until there is something to keep or to bring
//! back.
//!
//! Messages are postcard in transferable buffers. The store says that it is ready; the page opens it for its lesson, is told
//! what belongs to that, and from then on says what has happened. Everything is written in the order in which it came.

use super::{Store, new_key};
use engine::learner::{Attempt, Entry, FromStore, Grade, Key, Place, Record, Task, ToStore, Trouble, Visit};
use engine::sim::sort::sort_by;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Answers messages for as long as the worker lives.
///
/// # Panics
/// Outside a web worker.
pub fn start() {
    console_error_panic_hook::set_once();
    let waiting = Rc::new(RefCell::new(VecDeque::new()));
    let keeper = Rc::new(RefCell::new(Some(Keeper { store: None, lesson: String::new(), visit: new_key() })));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() else { return };
        // Page and worker are of the same build, so every message can be decoded.
        let Ok(message) = postcard::from_bytes::<ToStore>(&Uint8Array::new(&buffer).to_vec()) else { return };
        waiting.borrow_mut().push_back(message);
        // Whoever has the keeper deals with everything that waits.
        let Some(mut own) = keeper.take() else { return };
        let (waiting, keeper) = (Rc::clone(&waiting), Rc::clone(&keeper));
        spawn_local(async move {
            while let Some(message) = next(&waiting) {
                if let Err(trouble) = own.handle(message).await {
                    post(&FromStore::Trouble(trouble));
                }
            }
            keeper.replace(Some(own));
        });
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromStore::Ready);
}

fn next(waiting: &RefCell<VecDeque<ToStore>>) -> Option<ToStore> {
    waiting.borrow_mut().pop_front()
}

/// Deals with one message at a time.
struct Keeper {
    store: Option<Store>,
    lesson: String,
    /// The key of this page's visit.
    visit: Key,
}

impl Keeper {
    async fn handle(&mut self, message: ToStore) -> Result<(), Trouble> {
        if let ToStore::Open(lesson) = &message {
            self.lesson.clone_from(lesson);
        }
        let store = match self.store.take() {
            Some(store) => store,
            // What failed before may succeed now.
            None => Store::open().await?,
        };
        let store = self.store.insert(store);
        let lesson = self.lesson.clone();
        let record = match message {
            ToStore::Open(_) => {
                let mut kept = store.read_lesson(&lesson).await?;
                sort_by(&mut kept.attempts, |a, b| (a.when, &a.key).cmp(&(b.when, &b.key)));
                let attempts = first_of_each(kept.attempts.into_iter().map(|entry| entry.attempt));
                let places = kept.places.into_iter().map(|place| (place.figure, place.at)).collect();
                post(&FromStore::Opened(attempts, places));
                return Ok(());
            }
            ToStore::Attempted(when, attempt) => Record {
                attempts: vec![Entry { key: new_key(), lesson, when, attempt }],
                ..Record::default()
            },
            ToStore::Left(when, figure, at) => {
                Record { places: vec![Place { lesson, figure, when, at }], ..Record::default() }
            }
            ToStore::Visited(when, seconds) => {
                let visit = Visit { key: self.visit.clone(), lesson, when, seconds };
                Record { visits: vec![visit], ..Record::default() }
            }
        };
        let written = store.add(&record).await;
        if written.is_err() {
            // Another tab may have asked for the store to be closed: the next message opens it again.
            self.store = None;
        }
        written
    }
}

/// Of each prediction, question and cause of an incident the first attempt, of each challenge the last that passed.
fn first_of_each(attempts: impl Iterator<Item = Attempt>) -> Vec<Attempt> {
    let mut kept: Vec<Attempt> = Vec::new();
    for attempt in attempts {
        let same = kept.iter().position(|it| (it.task, &it.id) == (attempt.task, &attempt.id));
        match same {
            None => kept.push(attempt),
            Some(at) if attempt.task == Task::Challenge && attempt.grade == Grade::Right => {
                kept[at] = attempt;
            }
            Some(_) => {}
        }
    }
    kept
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn post(message: &FromStore) {
    let bytes = postcard::to_allocvec(message).expect("a message is plain data");
    let buffer = Uint8Array::from(bytes.as_slice()).buffer();
    // Sending only fails if the page is gone.
    let _ = scope().post_message_with_transfer(&buffer, &Array::of1(&buffer));
}
