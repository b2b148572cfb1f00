//! The figure's island as a whole: found in the page, and brought to life when it comes near the view.
//!
//! A figure stands in the page with all that it is made of (`site::figure` writes it); each part finds its elements there
//! and keeps them up to date. What is pressed says what it does: `data-do`, see [`press`]. What a figure is, the page says in
//! a `template` beside it: `data-facts`, its declaration and its words ([`FigureSpec`] and [`Words`] in postcard, as text);
//! and at the figure itself `data-view`, the run and the moment of its still, as a link holds them, and `data-lesson`, the
//! lesson that it belongs to where that isn't the page's own.

use super::live::{FIRST_SEED, Facts, Live};
use super::{
    controls, data_drop, dom, explain, menu, notice, parking, picture, prose, readings, share, tables,
    transport,
};
use crate::player::{FigureSpec, Run, View, decode_view, from_plain};
use crate::scene::Words;
use crate::sim::Time;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement, IntersectionObserver, IntersectionObserverInit, KeyboardEvent};

/// How near a figure has to come before its island is made.
const NEAR: &str = "600px";

/// Makes an island of each figure as it comes near the view; those in the page's fragment at once.
pub fn start() {
    let links = share::in_fragment();
    for element in dom::select("figure[data-figure]") {
        let id = element.get_attribute("data-figure").unwrap_or_default();
        match links.iter().find(|(linked, _)| *linked == id) {
            Some((_, code)) => {
                if let Some(live) = attach(&element) {
                    share::open(live, code);
                    element.scroll_into_view();
                }
            }
            None => attach_when_near(&element),
        }
    }
    dom::listen::<JsValue>(&dom::window(), "hashchange", |_| {
        for (id, code) in share::in_fragment() {
            if let Some((live, element)) = find(&id) {
                share::open(live, &code);
                element.scroll_into_view();
            }
        }
    });
}

/// The live figure of this id on this page, made if it isn't there yet, and its element.
pub fn find(id: &str) -> Option<(Live, Element)> {
    parking::figure(id).or_else(|| {
        let element = dom::select("figure[data-figure]")
            .into_iter()
            .find(|element| element.get_attribute("data-figure").as_deref() == Some(id))?;
        Some((attach(&element)?, element))
    })
}

fn attach_when_near(element: &Element) {
    let target = element.clone();
    let seen = Closure::<dyn FnMut(js_sys::Array, IntersectionObserver)>::new(
        move |entries: js_sys::Array, observer: IntersectionObserver| {
            let near = entries
                .iter()
                .any(|entry| entry.unchecked_into::<web_sys::IntersectionObserverEntry>().is_intersecting());
            if near {
                observer.disconnect();
                let id = target.get_attribute("data-figure").unwrap_or_default();
                find(&id);
            }
        },
    );
    let options = IntersectionObserverInit::new();
    options.set_root_margin(NEAR);
    if let Ok(observer) = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options) {
        observer.observe(element);
    } else {
        attach(element);
    }
    seen.forget();
}

/// What the page says about a figure; `None` where the page says it in a way that isn't known here: then the still stays.
fn facts(element: &Element) -> Option<Facts> {
    let page_id = element.get_attribute("data-figure")?;
    let told = dom::select("template[data-facts]");
    let told = told.iter().find(|it| it.get_attribute("data-facts-of").as_ref() == Some(&page_id))?;
    let bytes = from_plain(&told.get_attribute("data-facts")?)?;
    let (spec, words): (FigureSpec, Words) = postcard::from_bytes(&bytes).ok()?;
    let given = element.get_attribute("data-view").and_then(|code| decode_view(&code).ok());
    let first = given.unwrap_or_else(|| View {
        run: Run::new(&spec, FIRST_SEED),
        against: Vec::new(),
        at: spec.still,
    });
    let worker = worker_for(element)?;
    Some(Facts { page_id, spec, words, first, worker, build: dom::meta("build-id").unwrap_or_default() })
}

/// The address of the worker that holds the figure's lesson; where the figure names none, that of the page's.
fn worker_for(element: &Element) -> Option<String> {
    let workers = dom::select("meta[name=worker]");
    let lesson = element.get_attribute("data-lesson");
    let holds = |meta: &&Element| {
        let lessons = meta.get_attribute("data-lessons").unwrap_or_default();
        lesson.as_deref().is_none_or(|lesson| lessons.split(' ').any(|held| held == lesson))
    };
    workers.iter().find(holds).and_then(|meta| meta.get_attribute("content"))
}

/// Makes the island. Still and controls wait until there is a frame to show, or a notice.
fn attach(root: &Element) -> Option<Live> {
    let live = Live::new(facts(root)?);
    for part in [
        readings::attach,
        picture::attach,
        transport::attach,
        controls::attach,
        menu::attach,
        notice::attach,
        explain::attach,
        tables::attach,
        data_drop::attach,
    ] {
        part(live, root);
    }
    prose::follow(live);
    let own = root.clone();
    dom::listen::<Event>(root, "click", move |event| {
        if let Some(by) = dom::around(&event, &own, "[data-do]") {
            press(live, &own, &by);
        }
    });
    by_keyboard(root, live);
    if let Some(file) = dom::find(root, ".fig-run-file") {
        dom::listen::<Event>(&file.clone(), "change", move |_| {
            if let Some(file) = dom::field(&file).files().and_then(|files| files.get(0)) {
                share::open_file(live, &file);
            }
        });
    }
    let own = root.clone();
    dom::follow(&[live.shown, live.noticed], move || {
        if live.with(|state| state.frame.is_some() || state.notice.is_some()) {
            enable(&own);
        }
    });
    parking::watch(root, live);
    Some(live)
}

/// From now on the figure can be operated.
fn enable(root: &Element) {
    if root.has_attribute("data-live") {
        return;
    }
    dom::set(root, "data-live", "");
    for waiting in dom::find_all(root, "[disabled]") {
        let _ = waiting.remove_attribute("disabled");
    }
    for tools in dom::find_all(root, ".fig-tools, .fig-walk") {
        dom::show(&tools, true);
    }
}

/// Does what `by`, which was pressed, says that it does.
fn press(live: Live, root: &Element, by: &Element) {
    match by.get_attribute("data-do").as_deref().unwrap_or_default() {
        "play" => live.toggle(),
        "back" => live.step(false),
        "on" => live.step(true),
        "seek" => {
            if let Some(at) = by.get_attribute("data-at").and_then(|at| at.parse().ok()) {
                live.seek(Time::from_nanos(at));
            }
        }
        "select" => {
            if let Some(who) = explain::entity_of(by) {
                picture::choose(live, who);
            }
        }
        "act" => explain::act(live, by),
        "close" => explain::close(live),
        "take-back" => live.take_back(),
        "reshuffle" => controls::reshuffle(live),
        "copy-seed" => controls::copy_seed(live, by),
        "drawer" => menu::toggle(live, root, by),
        "copy-link" => share::copy_link(root),
        "save" => share::save(live),
        "open" => {
            if let Some(file) = dom::find(root, ".fig-run-file") {
                dom::field(&file).click();
            }
        }
        "reset" => {
            menu::close(root);
            live.reset();
        }
        "close-notice" => live.notify(None),
        "try-again" => live.try_again(),
        "reload" => drop(dom::window().location().reload()),
        _ => {}
    }
}

/// Space plays and pauses, wherever in the figure it isn't needed for something else. In a field beside an action Enter
/// acts; in the panel Escape closes it.
fn by_keyboard(root: &Element, live: Live) {
    let own = root.clone();
    dom::listen::<KeyboardEvent>(root, "keydown", move |event| {
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            " " if !takes_space(&event) => {
                event.prevent_default();
                live.toggle();
            }
            "Enter" => {
                let beside = dom::around(&event, &own, ".fig-action-with input")
                    .and_then(|field| field.previous_element_sibling());
                if let Some(button) = beside {
                    explain::act(live, &button);
                }
            }
            "Escape" if dom::around(&event, &own, ".fig-explain").is_some() => explain::close(live),
            _ => {}
        }
    });
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
