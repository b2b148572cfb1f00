//! What the learner has attempted in this lesson, and where its figures were left: in memory, and in the store, which is a
//! worker of its own. It is started when there is something to keep, or at once if something was kept before.
//!
//! Without it (no storage, an old browser) the page goes on as before, and says once that nothing is kept.

use super::dom;
use crate::desk::markup::{any, attr, class, css, with};
use crate::desk::{ResumePoint, text};
use crate::learner::{Attempt, FromStore, KEPT, Millis, Task, ToStore, Trouble};
use gloo_timers::callback::{Interval, Timeout};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Event, MessageEvent, PageTransitionEvent, Worker};

/// Figures wait so long for the store at most.
const PATIENCE_MS: u32 = 2_000;
/// Places are written so often at most.
const WRITE_EVERY_MS: u32 = 1_000;
/// Seconds of reading after which a visit is noted, and from then on so often. Who looks in for less has read nothing.
const VISIT_EVERY: u32 = 30;
/// Whoever has done nothing for so many seconds has gone for a coffee.
const AWAY_AFTER: u32 = 60;

#[derive(Default)]
struct PageRecord {
    attempts: Vec<Attempt>,
    /// Where figures were left on an earlier visit, by their ids.
    places: Vec<(String, ResumePoint)>,
    /// Where figures are now, to be written.
    unwritten: Vec<(String, ResumePoint)>,
    store: Option<Worker>,
    /// Whether the store listens, and the messages that wait until it does.
    ready: bool,
    waiting: Vec<Uint8Array>,
    /// What the page does when the record has come.
    then: Option<fn()>,
    /// Whether the learner was told that nothing is kept.
    told: bool,
    /// Seconds of this visit, and since the learner did something.
    seconds: u32,
    idle: u32,
}

thread_local! {
    static RECORD: RefCell<PageRecord> = RefCell::new(PageRecord::default());
}

/// Brings back what was kept of this lesson, then calls `then`; at once, if nothing was.
pub fn start(then: fn()) {
    dom::listen::<Event>(&dom::document(), "visibilitychange", |_| write_places());
    dom::listen::<PageTransitionEvent>(&dom::window(), "pagehide", |event| {
        // The page may be kept for the way back, with a worker that sleeps in the midst of a transaction: in WebKit no other page
        // could then read or write.
        if event.persisted() {
            RECORD.with_borrow_mut(|record| {
                record.ready = false;
                record.store.take().inspect(Worker::terminate);
            });
        }
    });
    for event in ["pointerdown", "keydown", "wheel"] {
        dom::listen::<Event>(&dom::document(), event, |_| RECORD.with_borrow_mut(|record| record.idle = 0));
    }
    Interval::new(WRITE_EVERY_MS, || {
        write_places();
        note_second();
    })
    .forget();
    let kept = dom::local_storage().and_then(|storage| storage.get_item(KEPT).ok()?);
    RECORD.with_borrow_mut(|record| record.then = Some(then));
    if kept.is_none() || !open_store() {
        return go_on();
    }
    Timeout::new(PATIENCE_MS, go_on).forget();
}

/// What was to be done when the record has come, once.
fn go_on() {
    let then = RECORD.with_borrow_mut(|record| record.then.take());
    if let Some(then) = then {
        then();
    }
}

/// The lesson of this page, `chapter/slug`; empty on other pages.
fn lesson() -> String {
    let page = dom::query_page(&any(attr::LESSON_PAGE));
    page.first().and_then(|page| page.get_attribute(attr::LESSON_PAGE)).unwrap_or_default()
}

fn now() -> Millis {
    js_sys::Date::now() as Millis
}

/// Starts the store's worker, if it isn't there; whether it is.
fn open_store() -> bool {
    if RECORD.with_borrow(|record| record.store.is_some()) {
        return true;
    }
    let (Some(address), lesson) = (dom::meta("store"), lesson()) else { return false };
    if lesson.is_empty() {
        return false;
    }
    let Ok(worker) = Worker::new(&address) else { return false };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| receive(&event));
    let on_error = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        event.prevent_default();
        tell(Trouble::Unavailable);
        go_on();
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    on_message.forget();
    on_error.forget();
    RECORD.with_borrow_mut(|record| record.store = Some(worker));
    send(&ToStore::Open(lesson));
    true
}

fn send(message: &ToStore) {
    let Ok(bytes) = postcard::to_allocvec(message) else { return };
    RECORD.with_borrow_mut(|record| record.waiting.push(Uint8Array::from(bytes.as_slice())));
    send_waiting();
}

fn send_waiting() {
    RECORD.with_borrow_mut(|record| {
        let Some(worker) = record.store.as_ref().filter(|_| record.ready) else { return };
        for bytes in record.waiting.drain(..) {
            let buffer = bytes.buffer();
            // Sending only fails for a worker that is gone.
            let _ = worker.post_message_with_transfer(&buffer, &Array::of1(&buffer));
        }
    });
}

/// Sends something to be kept.
fn keep(message: &ToStore) {
    if open_store() {
        if let Some(storage) = dom::local_storage() {
            // Where it can't be set, the next page finds the record when it has something to add.
            let _ = storage.set_item(KEPT, "");
        }
        send(message);
    }
}

fn receive(event: &MessageEvent) {
    let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() else { return };
    match postcard::from_bytes(&Uint8Array::new(&buffer).to_vec()) {
        Ok(FromStore::Ready) => {
            RECORD.with_borrow_mut(|record| record.ready = true);
            send_waiting();
        }
        Ok(FromStore::Opened(attempts, places)) => {
            // If the figures have begun, theirs is what counts on this page.
            RECORD.with_borrow_mut(|record| {
                if record.then.is_some() {
                    record.places = places;
                    record.attempts = attempts;
                }
            });
            go_on();
        }
        Ok(FromStore::Trouble(trouble)) => {
            tell(trouble);
            go_on();
        }
        Err(_) => go_on(),
    }
}

/// Says once on the page why nothing is kept.
fn tell(trouble: Trouble) {
    if RECORD.with_borrow_mut(|record| std::mem::replace(&mut record.told, true)) {
        return;
    }
    let words = match trouble {
        Trouble::Unavailable => text::KEPT_NOWHERE,
        Trouble::Newer => text::KEPT_NEWER,
        Trouble::Full => text::KEPT_FULL,
        Trouble::Failed => text::KEPT_FAILED,
    };
    for place in dom::query_page(&css(class::KEPT)) {
        dom::set_text(&place, words);
        dom::set_visible(&place, true);
    }
}

/// Notes an attempt that a desk has told. Of a prediction the first counts: it says what the learner knew.
pub fn add(attempt: Attempt) {
    if attempt.task == Task::Prediction { add_first(attempt) } else { note(attempt) }
}

fn note(attempt: Attempt) {
    keep(&ToStore::Attempted(now(), attempt.clone()));
    RECORD.with_borrow_mut(|record| record.attempts.push(attempt));
}

/// Notes an attempt unless it repeats one: how it went at first is what says what the learner knew.
pub fn add_first(attempt: Attempt) {
    let repeats = |done: &Attempt| (done.task, &done.id) == (attempt.task, &attempt.id);
    if !RECORD.with_borrow(|record| record.attempts.iter().any(repeats)) {
        note(attempt);
    }
}

/// What was attempted in this lesson.
pub fn attempts_here() -> Vec<Attempt> {
    RECORD.with_borrow(|record| record.attempts.clone())
}

/// The same, without what another figure than this is asked to predict.
pub fn attempts_at(figure: &str) -> Vec<Attempt> {
    let mut all = attempts_here();
    all.retain(|it| {
        let elsewhere = [&with(attr::PREDICT, &it.id), ":not(", &with(attr::FIGURE, figure), ")"].concat();
        dom::query_page(&elsewhere).is_empty()
    });
    all
}

/// Where a figure was left on an earlier visit.
pub fn place_of(figure: &str) -> Option<ResumePoint> {
    RECORD.with_borrow(|record| record.places.iter().find(|it| it.0 == figure).map(|it| it.1.clone()))
}

/// Notes where a figure is that the learner has used; it is written soon.
pub fn note_place(figure: &str, at: &ResumePoint) {
    RECORD.with_borrow_mut(|record| {
        record.unwritten.retain(|it| it.0 != figure);
        record.unwritten.push((figure.to_owned(), at.clone()));
    });
}

fn write_places() {
    let places = RECORD.with_borrow_mut(|record| std::mem::take(&mut record.unwritten));
    for (figure, at) in places {
        keep(&ToStore::Left(now(), figure, at));
    }
}

/// Counts a second of this visit, if the learner is there.
fn note_second() {
    let seconds = RECORD.with_borrow_mut(|record| {
        record.idle += 1;
        let here = record.idle <= AWAY_AFTER && !dom::document().hidden();
        record.seconds += u32::from(here);
        (here && record.seconds % VISIT_EVERY == 0).then_some(record.seconds)
    });
    if let Some(seconds) = seconds {
        keep(&ToStore::Visited(now().saturating_sub(Millis::from(seconds) * 1_000), seconds));
    }
}
