//! What is done to a figure's elements, as deeds: pressed, moved, typed, pointed at.

use super::figure::Figure;
use super::{answer, dom};
use crate::desk::markup::{any, attr, class, css, inside, with};
use crate::desk::{ActionKind, Deed};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

/// Seeds with the shortest names: what a reshuffle draws from.
const SHORT_SEEDS: f64 = 16_384.0;

/// Hears what is done to a figure, for as long as the page lives.
pub fn attach(figure: &Figure) {
    let of = figure.clone();
    dom::listen::<MouseEvent>(&figure.root, "click", move |event| clicked(&of, &event));
    let of = figure.clone();
    dom::listen::<KeyboardEvent>(&figure.root, "keydown", move |event| key(&of, &event));
    for kind in ["input", "change"] {
        let of = figure.clone();
        dom::listen::<Event>(&figure.root, kind, move |event| {
            if let Some(field) = dom::around(&event, &of.root, "input, select") {
                moved(&of, &field, kind);
            }
        });
    }
    if let Some(place) = dom::find(&figure.root, &css(class::PICTURE)) {
        let (of, own) = (figure.clone(), place.clone());
        dom::listen::<MouseEvent>(&place, "mousemove", move |event| {
            of.glance(Deed { point: within(&own, &event), ..Deed::of(ActionKind::Hover) });
        });
    }
    if let Some(tables) = dom::find(&figure.root, &css(class::TABLES)) {
        let (of, own) = (figure.clone(), tables.clone());
        dom::listen::<Event>(&tables, "toggle", move |_| {
            of.deed(Deed { number: f64::from(own.has_attribute("open")), ..Deed::of(ActionKind::Tables) });
        });
    }
    if let Some(place) = dom::find(&figure.root, &css(class::DATA)) {
        for (kind, over) in [("dragover", true), ("dragleave", false), ("drop", false)] {
            let (of, here) = (figure.clone(), place.clone());
            dom::listen::<DragEvent>(&place, kind, move |event| {
                event.prevent_default();
                dom::class(&here, "over", over);
                let dropped = event.data_transfer().filter(|_| kind == "drop");
                if let Some(file) = dropped.and_then(|data| data.files()).and_then(|files| files.get(0)) {
                    of.take_file(file);
                }
            });
        }
    }
}

/// What fields of the page say and no link holds, for a desk that is new to the figure.
pub fn settings(figure: &Figure) -> impl Iterator<Item = Deed> {
    let speed = dom::find(&figure.root, &inside(class::SPEED, "select"));
    let speed = speed.map(|field| Deed { text: dom::field(&field).value(), ..Deed::of(ActionKind::Speed) });
    let tables = dom::find(&figure.root, &[&css(class::TABLES), "[open]"].concat());
    let tables = tables.map(|_| Deed { number: 1.0, ..Deed::of(ActionKind::Tables) });
    speed.into_iter().chain(tables)
}

/// Where the pointer is, from the upper left corner of an element.
fn within(place: &Element, event: &MouseEvent) -> (f32, f32) {
    let bounds = place.get_bounding_client_rect();
    let at = |client: i32, edge: f64| (f64::from(client) - edge) as f32;
    (at(event.client_x(), bounds.left()), at(event.client_y(), bounds.top()))
}

fn clicked(figure: &Figure, event: &MouseEvent) {
    if let Some(by) = dom::around(event, &figure.root, &any(attr::DO)) {
        press(figure, &figure.root, &by);
    } else if let Some(place) = dom::around(event, &figure.root, &css(class::PICTURE)) {
        figure.deed(Deed { point: within(&place, event), ..Deed::of(ActionKind::Point) });
    }
}

/// Does what `by`, which was pressed in `place`, says that it does. What only the page can do is done here.
pub fn press(figure: &Figure, place: &Element, by: &Element) {
    let said = |name: &str| by.get_attribute(name).unwrap_or_default();
    let Some(kind) = dom::action_kind(by) else { return };
    match kind {
        ActionKind::ChooseRunFile => {
            if let Some(file) = dom::find(&figure.root, &css(class::RUN_FILE)) {
                dom::field(&file).click();
            }
        }
        ActionKind::TryAgain => figure.try_again(),
        ActionKind::Reload => drop(dom::window().location().reload()),
        // One press of a drawer's button opens it, the next one closes it.
        ActionKind::Drawer if said("aria-expanded") == "true" => figure.deed(Deed::of(ActionKind::Drawer)),
        ActionKind::Reshuffle => {
            let number = (js_sys::Math::random() * SHORT_SEEDS).floor();
            figure.deed(Deed { number, ..Deed::of(ActionKind::Reshuffle) });
        }
        _ => {
            let text = if by.has_attribute(attr::WITH) {
                let field = with(attr::WITH_OF, &said(attr::WITH));
                dom::find(&figure.root, &field).map(|field| dom::field(&field).value())
            } else if by.has_attribute(attr::FIELDS) {
                dom::find(place, &css(&said(attr::FIELDS))).map(|fields| answer::written(&fields))
            } else if kind == ActionKind::Commit {
                Some(answer::written(place))
            } else {
                by.get_attribute(attr::TEXT)
            };
            figure.deed(Deed {
                on: said(attr::ON),
                way: said(attr::WAY),
                text: text.unwrap_or_default(),
                number: dom::number(&said(attr::NUMBER)),
                ..Deed::of(kind)
            });
        }
    }
}

/// A field was moved: a slider counts while it moves, everything else when it has been.
fn moved(figure: &Figure, field: &Element, event: &str) {
    let way = field.get_attribute("type").unwrap_or_default();
    if (way == "range") != (event == "input") {
        return;
    }
    let own = dom::field(field);
    let number = match way.as_str() {
        "range" => own.value_as_number(),
        "checkbox" => f64::from(own.checked()),
        _ => 0.0,
    };
    let around = |css: &str| field.closest(css).ok().flatten();
    if way == "file" {
        let chosen = own.files().and_then(|files| files.get(0));
        match chosen {
            Some(file) if around(&css(class::DATA)).is_some() => figure.take_file(file),
            Some(file) => open_run(figure, &file),
            None => {}
        }
        // The same file can be chosen again.
        own.set_value("");
    } else if let Some(widget) = around(&any(attr::CONTROL)) {
        let on = widget.get_attribute(attr::CONTROL).unwrap_or_default();
        figure.passing_deed(Deed { on, way, number, text: own.value(), ..Deed::of(ActionKind::SetControl) });
    } else if around(&css(class::COMPARE)).is_some() {
        figure.deed(Deed { text: own.value(), ..Deed::of(ActionKind::Side) });
    } else if around(&css(class::LINE)).is_some() {
        figure.passing_deed(Deed { number, ..Deed::of(ActionKind::MoveTimeLine) });
    } else if around(&css(class::SPEED)).is_some() {
        figure.deed(Deed { text: own.value(), ..Deed::of(ActionKind::Speed) });
    } else if around(&css(class::SEED_CONTROL)).is_some() {
        figure.deed(Deed { text: own.value(), ..Deed::of(ActionKind::SetSeed) });
    }
}

/// Opens the run in a file that was saved from a figure.
fn open_run(figure: &Figure, file: &web_sys::File) {
    let (figure, text) = (figure.clone(), file.text());
    spawn_local(async move {
        let text = JsFuture::from(text).await.ok().and_then(|text: JsValue| text.as_string());
        figure.deed(Deed { text: text.unwrap_or_default(), ..Deed::of(ActionKind::OpenRun) });
    });
}

/// Space plays and pauses, wherever in the figure it isn't needed for something else. In a field beside an action Enter
/// acts; in the panel Escape closes it; in the picture arrow keys walk, on the time line they stride.
fn key(figure: &Figure, event: &KeyboardEvent) {
    if event.alt_key() || event.ctrl_key() || event.meta_key() {
        return;
    }
    let key = event.key();
    let around = |css: &str| dom::around(event, &figure.root, css);
    let told = |kind: ActionKind| {
        event.prevent_default();
        figure.deed(Deed { text: key.clone(), ..Deed::of(kind) });
    };
    let leads = matches!(
        key.as_str(),
        "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" | "PageUp" | "PageDown"
    );
    match key.as_str() {
        " " if !takes_space(event) => {
            event.prevent_default();
            figure.deed(Deed::of(ActionKind::Play));
        }
        "Enter" => {
            if let Some(button) =
                around(&any(attr::WITH_OF)).and_then(|field| field.previous_element_sibling())
            {
                press(figure, &figure.root, &button);
            }
        }
        "Escape" if around(&css(class::EXPLAIN)).is_some() => told(ActionKind::CloseExplanation),
        "Escape" if around(&[css(class::DRAWER), css(class::TOOLS)].join(", ")).is_some() => {
            told(ActionKind::Drawer)
        }
        _ if leads && around(&css(class::WALK)).is_some() => told(ActionKind::Walk),
        _ if leads && around(&inside(class::LINE, "input")).is_some() => told(ActionKind::TimeLineKey),
        _ => {
            let shortcut = SHORTCUTS.iter().find(|(of, ..)| *of == key);
            if let Some((_, kind, on)) = shortcut.filter(|_| !takes_typing(event)) {
                event.prevent_default();
                figure.deed(Deed { on: (*on).to_owned(), ..Deed::of(*kind) });
            }
        }
    }
}

/// Keys that do something wherever in the figure nothing is typed: what they do, and to what.
const SHORTCUTS: [(&str, ActionKind, &str); 6] = [
    (",", ActionKind::StepBack, ""),
    (".", ActionKind::StepForward, ""),
    ("c", ActionKind::Compare, ""),
    ("s", ActionKind::Drawer, "share"),
    ("z", ActionKind::TakeBack, ""),
    ("?", ActionKind::Drawer, "keys"),
];

fn takes_typing(event: &KeyboardEvent) -> bool {
    let on = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    on.is_some_and(|on| {
        let kind = on.get_attribute("type").unwrap_or_default();
        let moved = matches!(kind.as_str(), "range" | "radio" | "checkbox");
        matches!(on.tag_name().as_str(), "SELECT" | "TEXTAREA") || on.tag_name() == "INPUT" && !moved
    })
}

fn takes_space(event: &KeyboardEvent) -> bool {
    let on = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    on.is_some_and(|on| {
        let tag = on.tag_name();
        let kind = on.get_attribute("type").unwrap_or_default();
        matches!(tag.as_str(), "BUTTON" | "SELECT" | "A" | "TEXTAREA" | "SUMMARY")
            || tag == "INPUT" && kind != "range"
    })
}
