//! The learner's own access log: chosen or dropped, read in pieces, handed to the worker, sent nowhere.

use super::dom::{self, make};
use super::live::Live;
use super::text;
use crate::player::{Answer, Ask};
use std::cell::RefCell;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DragEvent, Element, Event, File};

/// Bytes handed over at once.
const PIECE: f64 = 65_536.0;
/// Choices of the control that says where requests come from.
const ARRIVALS: (&str, &str) = ("arrivals", "replay");

/// What is told about a file.
#[derive(Clone, Default)]
struct Progress {
    name: String,
    /// Bytes handed over and in all, while it is being read.
    bytes: Option<(f64, f64)>,
    says: Vec<String>,
}

/// Where a figure tells about its file.
#[derive(Clone)]
struct Teller(Element);

thread_local! {
    /// The file of each figure: a worker that starts again has to be told it anew.
    static FILES: RefCell<Vec<(Live, File, Teller)>> = const { RefCell::new(Vec::new()) };
}

/// Lets a log be chosen or dropped.
pub fn attach(live: Live, root: &Element) {
    let Some(place) = dom::find(root, ".fig-data") else { return };
    let (Some(input), Some(says)) = (dom::find(&place, "input"), dom::find(&place, ".fig-data-says")) else {
        return;
    };
    let take = move |file: Option<File>| {
        if let Some(file) = file {
            keep(live, file.clone(), Teller(says.clone()));
            hand_over(live, file, Teller(says.clone()), true);
        }
    };
    dom::listen::<Event>(&input, "change", {
        let (input, take) = (input.clone(), take.clone());
        move |_| {
            let field = dom::field(&input);
            take(field.files().and_then(|files| files.get(0)));
            // The same file can be chosen again.
            field.set_value("");
        }
    });
    for (event, over) in [("dragover", true), ("dragleave", false), ("drop", false)] {
        let (here, take) = (place.clone(), take.clone());
        dom::listen::<DragEvent>(&place, event, move |event| {
            event.prevent_default();
            dom::class(&here, "over", over);
            if event.type_() == "drop" {
                take(event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)));
            }
        });
    }
}

impl Teller {
    fn tell(&self, progress: &Progress) {
        let Progress { name, bytes, says } = progress;
        let bar = bytes.map(|(read, of)| {
            let words = text::put(text::LOG_READING, &[&size(read), &size(of)]);
            let share = (read / of * 100.0).round() as u32;
            let bar = make("progress", "").attr("max", "100").attr("value", &share.to_string());
            make("p", "").with([bar.attr("aria-label", &words)]).text(" ").text(&words)
        });
        let file = (!says.is_empty()).then(|| make("p", "fig-file").text(name));
        let list = (!says.is_empty())
            .then(|| make("ul", "").with(says.iter().map(|line| make("li", "").text(line))));
        dom::fill(&self.0, bar.into_iter().chain(file).chain(list));
    }
}

fn size(bytes: f64) -> String {
    crate::sim::Unit::Bytes.format(bytes)
}

fn keep(live: Live, file: File, teller: Teller) {
    FILES.with_borrow_mut(|files| {
        files.retain(|(of, ..)| of.shown != live.shown);
        files.push((live, file, teller));
    });
}

/// Tells a worker that has just been started the file that its run replays. Comes before the run is opened.
pub fn hand_over_again(live: Live) -> bool {
    if live.with(|state| state.run.data.is_none()) {
        return false;
    }
    let file = FILES.with_borrow(|files| {
        let known = files.iter().find(|(of, ..)| of.shown == live.shown);
        known.map(|(_, file, teller)| (file.clone(), teller.clone()))
    });
    let Some((file, teller)) = file else { return false };
    hand_over(live, file, teller, false);
    true
}

/// Reads the file piece by piece; each is asked for when the worker has taken the one before. When it is whole, a `new`
/// file is replayed from the start; otherwise the run goes on where it was.
fn hand_over(live: Live, file: File, teller: Teller, new: bool) {
    teller.tell(&Progress { name: file.name(), bytes: Some((0.0, file.size())), says: Vec::new() });
    live.be_ready_for_data();
    next_piece(live, file, 0.0, teller, new);
}

fn next_piece(live: Live, file: File, from: f64, teller: Teller, new: bool) {
    let of = file.size();
    let until = (from + PIECE).min(of);
    let Ok(piece) = Blob::slice_with_f64_and_f64(&file, from, until) else { return };
    spawn_local(async move {
        let Ok(buffer) = JsFuture::from(piece.array_buffer()).await else {
            let says = vec![text::LOG_FAILED.to_owned()];
            return teller.tell(&Progress { name: file.name(), bytes: None, says });
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
            teller.tell(&Progress { name: file.name(), bytes: (!last).then_some((until, of)), says });
            if !last {
                next_piece(live, file, until, teller, new);
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
