//! Which figures may have a worker: those in view, and at most two of them.

use super::live::{Live, Stage};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Sessions at work at the same time.
const MOST: usize = 2;
/// Milliseconds out of view after which a figure is parked: not at every swipe.
const GRACE: u32 = 4_000;

/// A figure of the page, and whether it is in view.
struct Place {
    element: Element,
    live: Live,
    in_view: bool,
}

thread_local! {
    /// The figures, the one that was wanted last at the end.
    static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// Wakes the figure whenever it comes into view, and parks it when it has gone.
pub fn watch(element: &Element, live: Live) {
    PLACES.with_borrow_mut(|places| {
        places.push(Place { element: element.clone(), live, in_view: false });
    });
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        // Only the newest entry tells how things are now.
        let Some(last) = entries.iter().last() else { return };
        came_into_view(live, last.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin("120px");
    let observer = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options);
    seen.forget();
    match observer {
        Ok(observer) => observer.observe(element),
        Err(_) => live.wake(),
    }
}

/// The figure in an element, if it lives.
pub fn figure_in(element: &Element) -> Option<Live> {
    PLACES.with_borrow(|places| {
        places.iter().find(|place| place.element.contains(Some(element))).map(|place| place.live)
    })
}

/// The figure of this id, if it lives on this page, and its element.
pub fn figure(id: &str) -> Option<(Live, Element)> {
    PLACES.with_borrow(|places| {
        let place = places.iter().find(|place| place.live.with(|state| state.spec().id == id));
        place.map(|place| (place.live, place.element.clone()))
    })
}

fn same(a: Live, b: Live) -> bool {
    a.shown == b.shown
}

fn in_view(live: Live) -> bool {
    PLACES.with_borrow(|places| places.iter().any(|place| same(place.live, live) && place.in_view))
}

fn came_into_view(live: Live, now: bool) {
    PLACES.with_borrow_mut(|places| {
        for place in places.iter_mut().filter(|place| same(place.live, live)) {
            place.in_view = now;
        }
    });
    if now {
        live.wake();
    } else {
        Timeout::new(GRACE, move || {
            if !in_view(live) {
                live.park();
            }
        })
        .forget();
    }
}

fn at_work(live: Live) -> bool {
    live.with(|state| matches!(state.stage, Stage::Open | Stage::Opening))
}

/// Parks others, so that this figure can start: first those out of view, then those that don't play, then those not used for longest.
pub fn makes_room_for(live: Live) {
    let mut others: Vec<((bool, bool), Live)> = PLACES.with_borrow_mut(|places| {
        // A stable sort moves this one to the end: used last.
        places.sort_by_key(|place| same(place.live, live));
        let others = places.iter().filter(|place| !same(place.live, live) && at_work(place.live));
        others.map(|place| ((place.in_view, place.live.with(|state| state.playing)), place.live)).collect()
    });
    others.sort_by_key(|(wanted, _)| *wanted);
    let surplus = (others.len() + 1).saturating_sub(MOST);
    for (_, other) in others.into_iter().take(surplus) {
        other.park();
    }
}
