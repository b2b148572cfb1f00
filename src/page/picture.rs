//! The picture: laid out for the width that there is, painted, and asked about by pointer, touch and keyboard.

use super::live::Live;
use super::{dom, palette, text};
use crate::paint::paint;
use crate::player::Names;
use crate::scene::{Options, Picture, Rect, Scene};
use crate::sim::Entity;
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, KeyboardEvent, MouseEvent,
    ResizeObserver,
};

/// How far beside a thing a click still means it, in CSS pixels: targets of 24.
const REACH: f32 = 12.0;

thread_local! {
    /// What focuses the picture of a figure, by the number of the figure's signal.
    static FOCUS: RefCell<Vec<(Live, Walk)>> = const { RefCell::new(Vec::new()) };
}

/// The picture that is on the page now, for those who point at it.
type Shown = StoredValue<Picture, LocalStorage>;

/// Width of an element, kept up to date.
fn width_of(element: NodeRef<html::Div>) -> RwSignal<f64> {
    let width = RwSignal::new(0.0);
    element.on_load(move |element| {
        let measured = element.clone();
        let measure = Closure::<dyn FnMut()>::new(move || {
            let now = f64::from(measured.client_width());
            if now > 0.0 && now != width.get_untracked() {
                width.set(now);
            }
        });
        if let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            observer.observe(&element);
            // Observed as long as the element is there.
            std::mem::forget(observer);
        }
        measure.forget();
    });
    width
}

/// The main picture: everything but charts.
pub fn view(live: Live) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    let width = width_of(place);
    let shown: Shown = StoredValue::new_local(Picture::default());
    let walk = Walk { live, shown, spots: [NodeRef::new(), NodeRef::new()], ring: NodeRef::new() };
    FOCUS.with_borrow_mut(|all| all.push((live, walk)));
    let canvas = canvas(live, width, shown, |state| state.frame.as_ref().map(|frame| &frame.scene));
    Effect::new(move |_| {
        live.shown.track();
        live.explained.track();
        width.track();
        walk.keep_up();
    });
    let click = move |event: MouseEvent| {
        if let Some(who) = walk.at(&event) {
            choose(live, who);
        }
    };
    let hover = move |event: MouseEvent| {
        let over = walk.at(&event).is_some();
        if let Some(place) = place.get_untracked() {
            let place: &HtmlElement = &place;
            let _ = place.style().set_property("cursor", if over { "pointer" } else { "default" });
        }
    };
    view! {
        <div class="fig-picture" node_ref=place on:click=click on:mousemove=hover>
            {canvas}
            <div class="fig-ring" hidden="hidden" node_ref=walk.ring></div>
            {walk.view()}
        </div>
    }
    .into_any()
}

/// The charts, beside the readings.
pub fn charts(live: Live) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    let width = width_of(place);
    let shown: Shown = StoredValue::new_local(Picture::default());
    let canvas = canvas(live, width, shown, |state| state.charts.as_ref());
    view! { <div class="fig-charts" node_ref=place>{canvas}</div> }.into_any()
}

/// A canvas that always shows one part of what the figure shows.
fn canvas(
    live: Live,
    width: RwSignal<f64>,
    shown: Shown,
    part: fn(&super::live::State) -> Option<&Scene>,
) -> AnyView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        live.shown.track();
        palette::track();
        let (Some(canvas), width) = (canvas.get(), width.get()) else { return };
        if width < 1.0 {
            return;
        }
        live.with(|state| {
            let Some(scene) = part(state).filter(|scene| !scene.panels.is_empty()) else { return };
            let picture = Picture::new(scene, &state.facts.words, width as f32, &Options::default());
            paint_on(&canvas, &picture);
            shown.set_value(picture);
        });
    });
    view! { <canvas class="fig-canvas" aria-hidden="true" node_ref=canvas></canvas> }.into_any()
}

fn paint_on(canvas: &HtmlCanvasElement, picture: &Picture) {
    let scale = dom::window().device_pixel_ratio().clamp(1.0, 4.0);
    let device = |css: f32| (f64::from(css) * scale).round() as u32;
    let size = (device(picture.width), device(picture.height));
    // Setting a size clears the canvas and costs a buffer, even if it is the same one.
    if (canvas.width(), canvas.height()) != size {
        canvas.set_width(size.0);
        canvas.set_height(size.1);
        for (property, value) in [("width", picture.width), ("height", picture.height)] {
            let _ = AsRef::<HtmlElement>::as_ref(canvas)
                .style()
                .set_property(property, &[&value.to_string(), "px"].concat());
        }
    }
    let context = canvas.get_context("2d").ok().flatten();
    if let Some(context) = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok()) {
        palette::with(|palette| paint(&context, picture, palette, scale));
    }
}

/// Selects what was chosen. What is gone in a moment stops time, so that it can be looked at.
fn choose(live: Live, who: Entity) {
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
    let walk =
        FOCUS.with_borrow(|all| all.iter().find(|(of, _)| of.shown == live.shown).map(|(_, walk)| *walk));
    if let Some(walk) = walk {
        // What was focused is just being taken away.
        Timeout::new(0, move || walk.focus()).forget();
    }
}

/// The keyboard's way through a picture: one stop in the page's order, arrow keys from thing to thing. There are two
/// buttons, and focus goes to and fro between them, because a screen reader says what gets focus, not what it becomes.
#[derive(Clone, Copy)]
struct Walk {
    live: Live,
    shown: Shown,
    spots: [NodeRef<html::Button>; 2],
    ring: NodeRef<html::Div>,
}

impl Walk {
    fn view(self) -> AnyView {
        let spot = |n: usize| {
            let ask = move |event: MouseEvent| {
                event.stop_propagation();
                if let Some(who) = self.who(n) {
                    choose(self.live, who);
                }
            };
            view! {
                <button type="button" class="fig-spot" tabindex=if n == 0 { "0" } else { "-1" }
                    aria-label=text::PICTURE node_ref=self.spots[n] on:click=ask></button>
            }
            .into_any()
        };
        let label = [text::PICTURE, ": ", text::PICTURE_HELP].concat();
        view! {
            <div class="fig-walk" role="group" aria-label=label on:keydown=move |event| self.key(&event)>
                {spot(0)}{spot(1)}
            </div>
        }
        .into_any()
    }

    fn at(self, event: &MouseEvent) -> Option<Entity> {
        let place: Element = event.current_target()?.unchecked_into();
        let bounds = place.get_bounding_client_rect();
        let (x, y) =
            (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
        self.shown.with_value(|picture| picture.at(x as f32, y as f32, REACH))
    }

    /// Number of the spot that stands for the picture in the page's order.
    fn current(self) -> usize {
        let is = |n: usize| self.spots[n].get_untracked().is_some_and(|spot| spot.tab_index() == 0);
        usize::from(!is(0) && is(1))
    }

    fn who(self, n: usize) -> Option<Entity> {
        let name = self.spots[n].get_untracked()?.get_attribute("data-entity")?;
        let (kind, number) = name.split_once(':')?;
        Some(Entity::new(kind.parse().ok()?, number.parse().ok()?))
    }

    fn put(self, n: usize, who: Entity, area: Rect) {
        let Some(spot) = self.spots[n].get_untracked() else { return };
        let label = self.live.with(|state| state.facts.words.name(who));
        if spot.get_attribute("aria-label").as_deref() != Some(&label) {
            let _ = spot.set_attribute("aria-label", &label);
            let _ =
                spot.set_attribute("data-entity", &[&who.kind.to_string(), ":", &who.n.to_string()].concat());
        }
        lay(&spot, &area.grow((24.0 - area.w.min(area.h)).max(0.0) / 2.0));
    }

    /// Spot and ring stay with what they are about.
    fn keep_up(self) {
        let selected = self.live.with(|state| state.selected);
        if let Some(ring) = self.ring.get_untracked() {
            match selected.and_then(|who| self.shown.with_value(|picture| picture.find(who))) {
                Some(area) => {
                    let _ = ring.remove_attribute("hidden");
                    lay(&ring, &area.grow(4.0));
                }
                None => drop(ring.set_attribute("hidden", "")),
            }
        }
        let n = self.current();
        let there = self
            .who(n)
            .and_then(|who| self.shown.with_value(|picture| picture.find(who)).map(|area| (who, area)));
        let first = || self.shown.with_value(|picture| picture.regions.first().map(|r| (r.entity, r.area)));
        if let Some((who, area)) = there.or_else(first) {
            self.put(n, who, area);
        }
    }

    fn key(self, event: &KeyboardEvent) {
        let key = event.key();
        let n = self.current();
        let to = self.shown.with_value(|picture| {
            let regions = &picture.regions;
            let here = self.who(n).and_then(|who| regions.iter().position(|region| region.entity == who));
            let last = regions.len().checked_sub(1)?;
            let to = match (key.as_str(), here) {
                ("ArrowRight" | "ArrowDown", Some(here)) => (here + 1).min(last),
                ("ArrowLeft" | "ArrowUp", Some(here)) => here.saturating_sub(1),
                ("End", _) => last,
                ("Home" | "ArrowRight" | "ArrowDown" | "ArrowLeft" | "ArrowUp", _) => 0,
                _ => return None,
            };
            Some((regions[to].entity, regions[to].area))
        });
        if let Some((who, area)) = to {
            event.prevent_default();
            let other = 1 - n;
            self.put(other, who, area);
            for (k, spot) in self.spots.iter().enumerate() {
                if let Some(spot) = spot.get_untracked() {
                    spot.set_tab_index(if k == other { 0 } else { -1 });
                }
            }
            self.focus();
        }
    }

    fn focus(self) {
        if let Some(spot) = self.spots[self.current()].get_untracked() {
            dom::focus(&spot);
        }
    }
}

/// Puts an element over a part of the picture.
fn lay(element: &HtmlElement, area: &Rect) {
    let style = element.style();
    for (property, value) in [("left", area.x), ("top", area.y), ("width", area.w), ("height", area.h)] {
        let value = [&((value * 10.0).round() / 10.0).to_string(), "px"].concat();
        let _ = style.set_property(property, &value);
    }
}
