//! The picture: laid out for the width that there is, painted, and asked about by pointer, touch and keyboard.

use super::live::{Live, State};
use super::{dom, explain, palette};
use crate::paint::paint;
use crate::player::Names;
use crate::scene::{Options, Picture, Rect, Scene};
use crate::sim::Entity;
use gloo_timers::callback::Timeout;
use reactive_graph::signal::RwSignal;
use reactive_graph::traits::Update;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent,
    ResizeObserver,
};

/// How far beside a thing a click still means it, in CSS pixels: targets of 24.
const REACH: f32 = 12.0;

thread_local! {
    /// What focuses the picture of a figure.
    static FOCUS: RefCell<Vec<(Live, Rc<Walk>)>> = const { RefCell::new(Vec::new()) };
}

/// The picture that is on the page now, for those who point at it.
type Shown = Rc<RefCell<Picture>>;

/// Paints the figure's picture and its charts, and answers those who point at them.
pub fn attach(live: Live, root: &Element) {
    if let Some(charts) = dom::find(root, ".fig-charts") {
        painted(live, &charts, &Shown::default(), |state| state.charts.as_ref());
    }
    let Some(place) = dom::find(root, ".fig-picture") else { return };
    let shown = Shown::default();
    painted(live, &place, &shown, |state| state.frame.as_ref().map(|frame| &frame.scene));
    let mut spots = dom::find_all(&place, ".fig-spot").into_iter();
    let (Some(ring), Some(group), Some(one), Some(other)) =
        (dom::find(&place, ".fig-ring"), dom::find(&place, ".fig-walk"), spots.next(), spots.next())
    else {
        return;
    };
    let walk = Rc::new(Walk { live, shown, spots: [one, other], ring });
    FOCUS.with_borrow_mut(|all| all.push((live, Rc::clone(&walk))));
    let walker = Rc::clone(&walk);
    dom::listen::<KeyboardEvent>(&group, "keydown", move |event| walker.key(&event));
    let walker = Rc::clone(&walk);
    dom::listen::<MouseEvent>(&place, "click", move |event| {
        // What is pressed by keyboard says itself what it is.
        let pressed = event.target().and_then(|on| on.dyn_into::<Element>().ok());
        if pressed.is_some_and(|on| on.has_attribute("data-do")) {
            return;
        }
        if let Some(who) = walker.at(&event) {
            choose(live, who);
        }
    });
    let (walker, pointed) = (Rc::clone(&walk), place.clone());
    dom::listen::<MouseEvent>(&place, "mousemove", move |event| {
        dom::style(&pointed, "cursor", if walker.at(&event).is_some() { "pointer" } else { "default" });
    });
    dom::follow(&[live.shown, live.explained], move || walk.keep_up());
}

/// A canvas that always shows one part of what the figure shows, as wide as its place.
fn painted(live: Live, place: &Element, shown: &Shown, part: fn(&State) -> Option<&Scene>) {
    let Some(canvas) = dom::find(place, "canvas") else { return };
    let resized = RwSignal::new(0);
    let width = Rc::new(Cell::new(place.client_width()));
    let (measured, known) = (place.clone(), Rc::clone(&width));
    let measure = Closure::<dyn FnMut()>::new(move || {
        let now = measured.client_width();
        if now > 0 && now != known.replace(now) {
            resized.update(|n: &mut u32| *n = n.wrapping_add(1));
        }
    });
    if let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) {
        observer.observe(place);
        // Observed as long as the page is there.
        std::mem::forget(observer);
    }
    measure.forget();
    let (shown, place) = (Rc::clone(shown), place.clone());
    dom::follow(&[live.shown, palette::changes(), resized], move || {
        live.with(|state| {
            let Some(scene) = part(state).filter(|scene| !scene.panels.is_empty()) else { return };
            if width.get() < 1 {
                return;
            }
            let picture = Picture::new(scene, &state.facts.words, width.get() as f32, &Options::default());
            paint_on(canvas.unchecked_ref(), &picture);
            shown.replace(picture);
            if canvas.has_attribute("hidden") {
                dom::show(&canvas, true);
                for still in dom::find_all(&place, "svg") {
                    still.remove();
                }
            }
        });
    });
}

fn paint_on(canvas: &HtmlCanvasElement, picture: &Picture) {
    let scale = dom::window().device_pixel_ratio().max(1.0).min(4.0);
    let device = |css: f32| (f64::from(css) * scale).round() as u32;
    let size = (device(picture.width), device(picture.height));
    // Setting a size clears the canvas and costs a buffer, even if it is the same one.
    if (canvas.width(), canvas.height()) != size {
        canvas.set_width(size.0);
        canvas.set_height(size.1);
        dom::style(canvas, "width", &dom::px(picture.width));
        dom::style(canvas, "height", &dom::px(picture.height));
    }
    let context = canvas.get_context("2d").ok().flatten();
    if let Some(context) = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok()) {
        palette::with(|palette| paint(&context, picture, palette, scale));
    }
}

/// Selects what was chosen. What is gone in a moment stops time, so that it can be looked at.
pub fn choose(live: Live, who: Entity) {
    let passes_by = live.with(|state| {
        let spec = state.spec();
        let numbered = spec.kinds.get(usize::from(who.kind)).is_some_and(|kind| kind.names == Names::Numbers);
        numbered && !spec.actions.iter().any(|action| action.on.contains(&who.kind))
    });
    if passes_by {
        live.pause();
    }
    live.select(Some(who));
}

/// Gives the keyboard back to the figure's picture.
pub fn focus(live: Live) {
    let find = |all: &Vec<(Live, Rc<Walk>)>| {
        all.iter().find(|(of, _)| of.shown == live.shown).map(|(_, walk)| Rc::clone(walk))
    };
    if let Some(walk) = FOCUS.with_borrow(find) {
        // What was focused is just being taken away.
        Timeout::new(0, move || walk.focus()).forget();
    }
}

/// The keyboard's way through a picture: one stop in the page's order, arrow keys from thing to thing.
struct Walk {
    live: Live,
    shown: Shown,
    spots: [Element; 2],
    ring: Element,
}

impl Walk {
    fn at(&self, event: &MouseEvent) -> Option<Entity> {
        let place: Element = event.current_target()?.unchecked_into();
        let bounds = place.get_bounding_client_rect();
        let (x, y) =
            (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
        self.shown.borrow().at(x as f32, y as f32, REACH)
    }

    fn button(&self, n: usize) -> &HtmlElement {
        self.spots[n].unchecked_ref()
    }

    /// Number of the spot that stands for the picture in the page's order.
    fn current(&self) -> usize {
        usize::from(self.button(0).tab_index() != 0)
    }

    fn who(&self, n: usize) -> Option<Entity> {
        explain::entity_of(&self.spots[n])
    }

    fn put(&self, n: usize, who: Entity, area: Rect) {
        let spot = &self.spots[n];
        let label = self.live.with(|state| state.facts.words.name(who));
        dom::set(spot, "aria-label", &label);
        dom::set(spot, "data-entity", &explain::id_of(who));
        lay(spot, &area.grow((24.0 - area.w.min(area.h)).max(0.0) / 2.0));
    }

    /// Spot and ring stay with what they are about.
    fn keep_up(&self) {
        let picture = self.shown.borrow();
        let selected = self.live.with(|state| state.selected);
        let chosen = selected.and_then(|who| picture.find(who));
        dom::show(&self.ring, chosen.is_some());
        if let Some(area) = chosen {
            lay(&self.ring, &area.grow(4.0));
        }
        let n = self.current();
        let there = self.who(n).and_then(|who| Some((who, picture.find(who)?)));
        let first = || picture.regions.first().map(|region| (region.entity, region.area));
        if let Some((who, area)) = there.or_else(first) {
            self.put(n, who, area);
        }
    }

    fn key(&self, event: &KeyboardEvent) {
        let n = self.current();
        let to = {
            let picture = self.shown.borrow();
            let regions = &picture.regions;
            let here = self.who(n).and_then(|who| regions.iter().position(|region| region.entity == who));
            let Some(last) = regions.len().checked_sub(1) else { return };
            let to = match (event.key().as_str(), here) {
                ("ArrowRight" | "ArrowDown", Some(here)) => (here + 1).min(last),
                ("ArrowLeft" | "ArrowUp", Some(here)) => here.saturating_sub(1),
                ("End", _) => last,
                ("Home" | "ArrowRight" | "ArrowDown" | "ArrowLeft" | "ArrowUp", _) => 0,
                _ => return,
            };
            (regions[to].entity, regions[to].area)
        };
        event.prevent_default();
        let other = 1 - n;
        self.put(other, to.0, to.1);
        self.button(n).set_tab_index(-1);
        self.button(other).set_tab_index(0);
        self.focus();
    }

    fn focus(&self) {
        dom::focus(&self.spots[self.current()]);
    }
}

/// Puts an element over a part of the picture.
fn lay(element: &Element, area: &Rect) {
    for (property, value) in [("left", area.x), ("top", area.y), ("width", area.w), ("height", area.h)] {
        dom::style(element, property, &dom::px(value));
    }
}
