//! The learner's own access log: chosen or dropped, read in pieces, handed to the worker, sent nowhere.

use super::live::Live;
use super::text;
use crate::player::{Answer, Ask};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DragEvent, File, HtmlInputElement};

/// Bytes handed over at once.
const PIECE: f64 = 65_536.0;
/// Choices of the control that says where requests come from.
const ARRIVALS: (&str, &str) = ("arrivals", "replay");

/// What is told about a file.
#[derive(Clone, Debug, Default, PartialEq)]
struct Progress {
    name: String,
    /// Bytes handed over and in all, while it is being read.
    bytes: Option<(f64, f64)>,
    says: Vec<String>,
}

thread_local! {
    /// The file of each figure: a worker that starts again has to be told it anew.
    static FILES: RefCell<Vec<(Live, File, RwSignal<Progress>)>> = const { RefCell::new(Vec::new()) };
}

/// The place where a log is chosen or dropped.
pub fn view(live: Live) -> AnyView {
    let progress = RwSignal::new(Progress::default());
    let over = RwSignal::new(false);
    let id = live.with(|state| [&state.facts.page_id, "-log"].concat());
    let take = move |file: Option<File>| {
        if let Some(file) = file {
            keep(live, file.clone(), progress);
            hand_over(live, file, progress, true);
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        let input: HtmlInputElement = event.target().expect("a heard event has a target").unchecked_into();
        take(input.files().and_then(|files| files.get(0)));
        // The same file can be chosen again.
        input.set_value("");
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)));
    };
    let dragged = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let bar = move || {
        progress.get().bytes.map(|(read, of)| {
            let words = text::put(text::LOG_READING, &[&size(read), &size(of)]);
            view! { <p><progress value=read max=of aria-label=words.clone()></progress>" "{words}</p> }
        })
    };
    let says = move || {
        let Progress { name, says, .. } = progress.get();
        let lines: Vec<AnyView> = says.into_iter().map(|line| view! { <li>{line}</li> }.into_any()).collect();
        (!lines.is_empty()).then(|| view! { <p class="fig-file">{name}</p><ul>{lines}</ul> })
    };
    view! {
        <div class="fig-data" class:over=over on:dragover=dragged on:dragleave=move |_| over.set(false)
            on:drop=dropped>
            <label for=id.clone()>{text::LOG_CHOOSE}</label>
            <input type="file" id=id accept=".log,.csv,.txt,text/plain,text/csv" on:change=chosen />
            <p class="fig-help">{text::LOG_HELP}</p>
            <div role="status">{bar}{says}</div>
        </div>
    }
    .into_any()
}

fn size(bytes: f64) -> String {
    crate::sim::Unit::Bytes.format(bytes)
}

fn keep(live: Live, file: File, progress: RwSignal<Progress>) {
    FILES.with_borrow_mut(|files| {
        files.retain(|(of, ..)| of.shown != live.shown);
        files.push((live, file, progress));
    });
}

/// Tells a worker that has just been started the file that its run replays. Comes before the run is opened.
pub fn hand_over_again(live: Live) -> bool {
    if live.with(|state| state.run.data.is_none()) {
        return false;
    }
    let file = FILES.with_borrow(|files| {
        files.iter().find(|(of, ..)| of.shown == live.shown).map(|(_, file, at)| (file.clone(), *at))
    });
    let Some((file, progress)) = file else { return false };
    hand_over(live, file, progress, false);
    true
}

/// Reads the file piece by piece; each is asked for when the worker has taken the one before. When it is whole, a `new`
/// file is replayed from the start; otherwise the run goes on where it was.
fn hand_over(live: Live, file: File, progress: RwSignal<Progress>, new: bool) {
    progress.set(Progress { name: file.name(), bytes: Some((0.0, file.size())), says: Vec::new() });
    live.be_ready_for_data();
    next_piece(live, file, 0.0, progress, new);
}

fn next_piece(live: Live, file: File, from: f64, progress: RwSignal<Progress>, new: bool) {
    let of = file.size();
    let until = (from + PIECE).min(of);
    let Ok(piece) = Blob::slice_with_f64_and_f64(&file, from, until) else { return };
    spawn_local(async move {
        let Ok(buffer) = JsFuture::from(piece.array_buffer()).await else {
            progress.update(|now| {
                now.bytes = None;
                now.says = vec![text::LOG_FAILED.to_owned()];
            });
            return;
        };
        let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
        let last = until >= of;
        live.ask(Ask::Data { bytes, last }, move |answer| {
            let (fingerprint, says) = match answer {
                Answer::Data { fingerprint, says } => (fingerprint, says),
                Answer::Refused(why) => (None, vec![why]),
                _ => return,
            };
            let says: Vec<String> = says.iter().map(|msg| live.say(msg)).collect();
            progress.update(|now| {
                now.bytes = (!last).then_some((until, of));
                now.says = says;
            });
            if !last {
                next_piece(live, file, until, progress, new);
            } else if new {
                if fingerprint.is_some() {
                    live.replay(fingerprint, ARRIVALS);
                }
            } else {
                live.reopen();
            }
        });
    });
}
