//! Which figures may have a worker: those in view, and at most two of them.

use super::figure::Figure;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Workers at the same time.
const MOST: usize = 2;
/// Milliseconds out of view after which a figure is parked: not at every swipe.
const GRACE: u32 = 4_000;

/// A figure of the page, and whether it is in view.
struct Place {
    figure: Figure,
    in_view: bool,
}

thread_local! {
    /// The figures, the one that was wanted last at the end.
    static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// Calls whenever an element comes within `margin` of the view or leaves that; `None` if the browser can't tell.
pub fn observe(
    element: &Element,
    margin: &str,
    mut seen: impl FnMut(bool, &IntersectionObserver) + 'static,
) -> Option<()> {
    let seen = Closure::<dyn FnMut(js_sys::Array, IntersectionObserver)>::new(
        move |entries: js_sys::Array, observer: IntersectionObserver| {
            // Only the newest entry tells how things are now.
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

/// Wakes the figure whenever it comes into view, and parks it when it has gone.
pub fn watch(figure: &Figure) {
    PLACES.with_borrow_mut(|places| places.push(Place { figure: figure.clone(), in_view: false }));
    let of = figure.clone();
    if observe(&figure.root, "120px", move |now, _| came_into_view(&of, now)).is_none() {
        figure.wake();
    }
}

/// Whether the figure is in view.
pub fn in_view(figure: &Figure) -> bool {
    PLACES.with_borrow(|places| places.iter().any(|place| place.figure.is(figure) && place.in_view))
}

fn came_into_view(figure: &Figure, now: bool) {
    PLACES.with_borrow_mut(|places| {
        for place in places.iter_mut().filter(|place| place.figure.is(figure)) {
            place.in_view = now;
        }
    });
    if now {
        figure.wake();
    } else {
        let figure = figure.clone();
        Timeout::new(GRACE, move || {
            if !in_view(&figure) {
                figure.park();
            }
        })
        .forget();
    }
}

/// Parks others, so that this figure can start: first those out of view, then those that don't play, then those not used
/// for longest.
pub fn makes_room_for(figure: &Figure) {
    let mut others: Vec<(bool, bool, Figure)> = PLACES.with_borrow_mut(|places| {
        // This one moves to the end: used last.
        if let Some(at) = places.iter().position(|place| place.figure.is(figure)) {
            let own = places.remove(at);
            places.push(own);
        }
        let others = places.iter().filter(|place| !place.figure.is(figure) && place.figure.is_open());
        others.map(|place| (place.in_view, place.figure.is_playing(), place.figure.clone())).collect()
    });
    while others.len() + 1 > MOST {
        let wanted = |(in_view, playing, _): &(bool, bool, Figure)| (*in_view, *playing);
        let Some(least) = others.iter().map(wanted).min() else { return };
        if let Some(at) = others.iter().position(|other| wanted(other) == least) {
            others.remove(at).2.park();
        }
    }
}
