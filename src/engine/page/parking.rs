//! Which figures have a worker: those in view, and at most two of them.

use super::dom;
use super::figure::PageFigure;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Most workers at the same time.
const MAX_WORKERS: usize = 2;
/// The class of a figure that is out of view.
const AWAY: &str = "away";
/// Milliseconds out of view after which a figure is parked, so that scrolling past doesn't restart workers.
const PARK_DELAY_MS: u32 = 4_000;

/// A figure of the page, and whether it is in view.
struct TrackedFigure {
    figure: PageFigure,
    in_view: bool,
}

thread_local! {
    /// The figures, the one used last at the end.
    static TRACKED: RefCell<Vec<TrackedFigure>> = const { RefCell::new(Vec::new()) };
}

/// Calls whenever an element comes within `margin` of the view or leaves that; `None` if the browser can't tell.
pub fn observe(
    element: &Element,
    margin: &str,
    mut seen: impl FnMut(bool, &IntersectionObserver) + 'static,
) -> Option<()> {
    let seen = Closure::<dyn FnMut(js_sys::Array, IntersectionObserver)>::new(
        move |entries: js_sys::Array, observer: IntersectionObserver| {
            // Only the latest entry is current.
            let last = entries.get(entries.length().saturating_sub(1));
            seen(last.unchecked_into::<IntersectionObserverEntry>().is_intersecting(), &observer);
        },
    );
    let options = IntersectionObserverInit::new();
    options.set_root_margin(margin);
    let observer = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options).ok()?;
    seen.forget();
    observer.observe(element);
    Some(())
}

/// Starts the figure's worker when it comes into view, and parks it when it has left.
pub fn watch(figure: &PageFigure) {
    TRACKED.with_borrow_mut(|places| places.push(TrackedFigure { figure: figure.clone(), in_view: false }));
    let of = figure.clone();
    if observe(&figure.root, "120px", move |now, _| came_into_view(&of, now)).is_none() {
        figure.wake();
    }
}

/// Whether the figure is in view.
pub fn in_view(figure: &PageFigure) -> bool {
    TRACKED.with_borrow(|places| places.iter().any(|place| place.figure.same_as(figure) && place.in_view))
}

fn came_into_view(figure: &PageFigure, now: bool) {
    TRACKED.with_borrow_mut(|places| {
        for place in places.iter_mut().filter(|place| place.figure.same_as(figure)) {
            place.in_view = now;
        }
    });
    // What it has opened over the page goes and comes with it.
    dom::set_class(&figure.root, AWAY, !now);
    if now {
        figure.wake();
    } else {
        let figure = figure.clone();
        Timeout::new(PARK_DELAY_MS, move || {
            if !in_view(&figure) {
                figure.park();
            }
        })
        .forget();
    }
}

/// Parks others, so that this figure can start: first those out of view, then those that don't play, then those not used
/// for longest.
pub fn make_room_for(figure: &PageFigure) {
    let mut others: Vec<(bool, bool, PageFigure)> = TRACKED.with_borrow_mut(|places| {
        // Move this one to the end: it is used last now.
        if let Some(at) = places.iter().position(|place| place.figure.same_as(figure)) {
            let own = places.remove(at);
            places.push(own);
        }
        let others = places.iter().filter(|place| !place.figure.same_as(figure) && place.figure.is_open());
        others.map(|place| (place.in_view, place.figure.is_playing(), place.figure.clone())).collect()
    });
    while others.len() + 1 > MAX_WORKERS {
        let wanted = |(in_view, playing, _): &(bool, bool, PageFigure)| (*in_view, *playing);
        let Some(least) = others.iter().map(wanted).min() else { return };
        if let Some(at) = others.iter().position(|other| wanted(other) == least) {
            others.remove(at).2.park();
        }
    }
}
