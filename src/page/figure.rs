//! The figure's island as a whole: found in the page, mounted when it comes near the view, shown in the still's place.
//!
//! What a figure's element holds: `data-figure`, its id on this page; `data-facts`, its declaration and its words
//! ([`FigureSpec`] and [`Words`] in postcard and unpadded base64url); `data-view`, the run and the moment of its still, as
//! a link holds them; `data-lesson`, where that isn't the page's own.

use super::live::{FIRST_SEED, Facts, Live};
use super::{
    controls, data_drop, dom, explain, menu, notice, parking, picture, prose, readings, share, tables,
    transport,
};
use crate::player::{FigureSpec, Run, View, decode_view};
use crate::scene::Words;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, IntersectionObserver, IntersectionObserverInit, KeyboardEvent};

/// How near a figure has to come before its island is made.
const NEAR: &str = "600px";

/// Makes an island of each figure as it comes near the view; those in the page's fragment at once.
pub fn start() {
    let links = share::in_fragment();
    for element in dom::select("figure[data-figure]") {
        let id = element.get_attribute("data-figure").unwrap_or_default();
        match links.iter().find(|(linked, _)| *linked == id) {
            Some((_, code)) => {
                if let Some(live) = mount(&element) {
                    share::open(live, code);
                    element.scroll_into_view();
                }
            }
            None => mount_when_near(&element),
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
        Some((mount(&element)?, element))
    })
}

fn mount_when_near(element: &Element) {
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
        mount(element);
    }
    seen.forget();
}

/// What the page says about a figure; `None` where the page says it in a way that isn't known here: then the still stays.
fn facts(element: &Element) -> Option<Facts> {
    let bytes = URL_SAFE_NO_PAD.decode(element.get_attribute("data-facts")?).ok()?;
    let (spec, words): (FigureSpec, Words) = postcard::from_bytes(&bytes).ok()?;
    let given = element.get_attribute("data-view").and_then(|code| decode_view(&code).ok());
    let first = given.unwrap_or_else(|| View {
        run: Run::new(&spec, FIRST_SEED),
        against: Vec::new(),
        at: spec.still,
    });
    let page_id = element.get_attribute("data-figure")?;
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

/// Makes the island. The still and its controls stay where they are until there is a frame to show, or a notice.
fn mount(element: &Element) -> Option<Live> {
    let facts = facts(element)?;
    let tools = caption_tools(element)?;
    let stills = others_than_caption(element);
    let body = dom::element("div", "fig-body");
    body.set_attribute("hidden", "").ok()?;
    element.append_child(&body).ok()?;
    let owner = Owner::new();
    let live = owner.with(|| {
        let live = Live::new(facts);
        prose::follow(live);
        let open = menu::Open::new();
        leptos::mount::mount_to(body.clone().unchecked_into(), move || instrument(live, open)).forget();
        leptos::mount::mount_to(tools.clone().unchecked_into(), move || menu::tools(live, open)).forget();
        let mut stills = Some(stills);
        Effect::new(move |_| {
            live.shown.track();
            live.noticed.track();
            let ready = live.with(|state| state.frame.is_some() || state.notice.is_some());
            if ready && let Some(stills) = stills.take() {
                let _ = body.remove_attribute("hidden");
                let _ = tools.remove_attribute("hidden");
                for still in stills {
                    still.remove();
                }
            }
        });
        live
    });
    // The figure lives as long as its page.
    std::mem::forget(owner);
    by_keyboard(element, live);
    parking::watch(element, live);
    Some(live)
}

fn caption_tools(element: &Element) -> Option<Element> {
    let caption = element.query_selector("figcaption").ok().flatten()?;
    let there = caption.query_selector(".fig-tools").ok().flatten();
    let tools = if let Some(there) = there {
        there
    } else {
        let tools = dom::element("div", "fig-tools");
        caption.append_child(&tools).ok()?;
        tools
    };
    tools.set_inner_html("");
    tools.set_attribute("hidden", "").ok()?;
    Some(tools)
}

fn others_than_caption(element: &Element) -> Vec<Element> {
    let children = element.children();
    let all = (0..children.length()).filter_map(|n| children.item(n));
    all.filter(|child| child.tag_name() != "FIGCAPTION").collect()
}

/// Space plays and pauses, wherever in the figure it isn't needed for something else.
fn by_keyboard(element: &Element, live: Live) {
    dom::listen::<KeyboardEvent>(element, "keydown", move |event| {
        let on = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let takes_space = on.is_some_and(|on| {
            let tag = on.tag_name();
            let kind = on.get_attribute("type").unwrap_or_default();
            matches!(tag.as_str(), "BUTTON" | "SELECT" | "A" | "TEXTAREA" | "SUMMARY")
                || tag == "INPUT" && kind != "range"
        });
        if event.key() == " " && !takes_space && !event.alt_key() && !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            live.toggle();
        }
    });
}

fn instrument(live: Live, open: menu::Open) -> AnyView {
    let needs_log = live.with(|state| state.spec().needs == crate::player::Needs::AccessLog);
    view! {
        {notice::view(live)}
        {share::view(live, open.share)}
        {menu::view(live, open)}
        <div class="fig-stage">
            {picture::view(live)}
            <div class="fig-side">
                {readings::view(live)}
                {picture::charts(live)}
                {readings::sentences(live)}
            </div>
            {explain::view(live)}
        </div>
        {transport::view(live)}
        {controls::view(live)}
        {needs_log.then(|| data_drop::view(live))}
        {tables::view(live)}
    }
    .into_any()
}
