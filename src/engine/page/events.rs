//! Event listeners of a figure: clicks, keys, fields and pointer become actions for its desk.

use super::figure::PageFigure;
use super::{answer, dock, dom, drag};
use crate::desk::markup::{any, attr, class, css, does, inside, with};
use crate::desk::{ActionKind, SHORTCUTS, UserAction, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

/// Seeds below this have the shortest names; a reshuffle draws from them.
const SHORT_SEEDS: f64 = 16_384.0;
/// The class of a figure whose controls stand over a narrow page.
const SHEET: &str = "sheet";

/// Attaches the listeners of a figure; they stay as long as the page.
pub fn attach(figure: &PageFigure) {
    let of = figure.clone();
    dom::listen::<MouseEvent>(&figure.root, "click", move |event| clicked(&of, &event));
    drag::attach(figure);
    let of = figure.clone();
    dom::listen::<KeyboardEvent>(&figure.root, "keydown", move |event| key_pressed(&of, &event));
    for kind in ["input", "change"] {
        let of = figure.clone();
        dom::listen::<Event>(&figure.root, kind, move |event| {
            let field = dom::closest(&event, &of.root, "input, select");
            if let Some(field) = field.filter(|_| !is_in_question(&of, &event)) {
                field_changed(&of, &field, kind);
            }
        });
    }
    if let Some(place) = dom::query(&figure.root, &css(class::PICTURE)) {
        let (of, own) = (figure.clone(), place.clone());
        dom::listen::<MouseEvent>(&place, "mousemove", move |event| {
            of.send_if_idle(UserAction {
                point: pointer_position(&of, &own, &event),
                ..UserAction::of(ActionKind::Hover)
            });
        });
    }
    if let Some(tables) = dom::query(&figure.root, &css(class::TABLES)) {
        let (of, own) = (figure.clone(), tables.clone());
        dom::listen::<Event>(&tables, "toggle", move |_| {
            of.send_action(UserAction {
                number: f64::from(own.has_attribute("open")),
                ..UserAction::of(ActionKind::Tables)
            });
        });
    }
    if let Some(place) = dom::query(&figure.root, &css(class::DATA)) {
        for (kind, over) in [("dragover", true), ("dragleave", false), ("drop", false)] {
            let (of, here) = (figure.clone(), place.clone());
            dom::listen::<DragEvent>(&place, kind, move |event| {
                event.prevent_default();
                dom::set_class(&here, "over", over);
                let dropped = event.data_transfer().filter(|_| kind == "drop");
                if let Some(file) = dropped.and_then(|data| data.files()).and_then(|files| files.get(0)) {
                    of.take_file(file);
                }
            });
        }
    }
}

/// The settings that are only in the page's fields and in no link, as actions for a new desk.
pub fn current_settings(figure: &PageFigure) -> impl Iterator<Item = UserAction> {
    let speed = dom::query(&figure.root, &inside(class::SPEED, "select"));
    let speed = speed
        .map(|field| UserAction { text: dom::field(&field).value(), ..UserAction::of(ActionKind::Speed) });
    let tables = dom::query(&figure.root, &[&css(class::TABLES), "[open]"].concat());
    let tables = tables.map(|_| UserAction { number: 1.0, ..UserAction::of(ActionKind::Tables) });
    speed.into_iter().chain(tables)
}

/// The pointer's position in a picture.
fn pointer_position(figure: &PageFigure, place: &Element, event: &MouseEvent) -> (f32, f32) {
    let (bounds, zoom) = (place.get_bounding_client_rect(), figure.zoom());
    let at = |client: i32, edge: f64| ((f64::from(client) - edge) / zoom) as f32;
    (at(event.client_x(), bounds.left()), at(event.client_y(), bounds.top()))
}

/// Whether an event comes from a question that stands in the figure, which listens for itself.
fn is_in_question(figure: &PageFigure, event: &Event) -> bool {
    dom::closest(event, &figure.root, &css(class::ACTIVITY)).is_some()
}

fn clicked(figure: &PageFigure, event: &MouseEvent) {
    if is_in_question(figure, event) {
        return;
    }
    // What can't be used yet says why.
    let tries = || dom::closest(event, &figure.root, &css(class::BAR)).is_some();
    if figure.root.get_attribute(attr::ASKS).as_deref() == Some("open") && tries() {
        if let Some(place) = dom::query(&figure.root, &css(class::ANSWER_ERROR)) {
            dom::set_text(&place, text::QUESTION_FIRST);
        }
        return;
    }
    if let Some(by) = dom::closest(event, &figure.root, &any(attr::DO)) {
        press(figure, &figure.root, &by);
    } else if let Some(place) = dom::closest(event, &figure.root, &css(class::PICTURE))
        && !drag::ends_line(&place)
    {
        figure.send_action(UserAction {
            point: pointer_position(figure, &place, event),
            ..UserAction::of(ActionKind::Point)
        });
    }
}

/// Performs the action of the button `by` within `place`. Actions that need the page are done here, all others by the
/// desk.
pub fn press(figure: &PageFigure, place: &Element, by: &Element) {
    let said = |name: &str| by.get_attribute(name).unwrap_or_default();
    let Some(kind) = dom::action_kind(by) else { return };
    match kind {
        ActionKind::ChooseRunFile => {
            if let Some(file) = dom::query(&figure.root, &css(class::RUN_FILE)) {
                dom::field(&file).click();
            }
        }
        ActionKind::TryAgain => figure.try_again(),
        ActionKind::Reload => drop(dom::window().location().reload()),
        ActionKind::Sheet => {
            let opens = !figure.root.class_list().contains(SHEET);
            // One sheet at a time.
            for open in dom::query_page(&css(SHEET)) {
                dom::set_class(&open, SHEET, false);
            }
            dom::set_class(&figure.root, SHEET, opens);
            // The focus goes into the sheet, which covers what opened it, and back.
            let there = if opens { ".fig-sheet-head button" } else { ".fig-sheet-button" };
            if let Some(button) = dom::query(&figure.root, there) {
                dom::focus(&button);
            }
        }
        ActionKind::Question if figure.root.has_attribute(attr::ASKS) => {
            drop(figure.root.remove_attribute(attr::ASKS));
        }
        ActionKind::Question => dom::set_attribute(&figure.root, attr::ASKS, "answered"),
        ActionKind::Undock => dock::put_back(&figure.root, !said(attr::WAY).is_empty()),
        ActionKind::BackToText => dock::back_to_text(&figure.root),
        // The button of an open drawer closes it.
        ActionKind::Drawer if said("aria-expanded") == "true" => {
            figure.send_action(UserAction::of(ActionKind::Drawer));
        }
        ActionKind::Reshuffle => {
            let number = (js_sys::Math::random() * SHORT_SEEDS).floor();
            figure.send_action(UserAction { number, ..UserAction::of(ActionKind::Reshuffle) });
        }
        _ => {
            let text = if by.has_attribute(attr::WITH) {
                let field = with(attr::WITH_OF, &said(attr::WITH));
                dom::query(&figure.root, &field).map(|field| dom::field(&field).value())
            } else if by.has_attribute(attr::FIELDS) {
                dom::query(place, &css(&said(attr::FIELDS))).map(|fields| answer::answer_text(&fields))
            } else if kind == ActionKind::Commit {
                Some(answer::answer_text(place))
            } else {
                by.get_attribute(attr::TEXT)
            };
            figure.send_action(UserAction {
                target: said(attr::ON),
                variant: said(attr::WAY),
                text: text.unwrap_or_default(),
                number: dom::number(&said(attr::NUMBER)),
                ..UserAction::of(kind)
            });
        }
    }
}

/// A field has changed. Sliders count on every 'input', all other fields on 'change', and those beside a button that
/// applies them only when that is pressed.
fn field_changed(figure: &PageFigure, field: &Element, event: &str) {
    let variant = field.get_attribute("type").unwrap_or_default();
    if variant == "range" && event == "change" {
        return figure.send_action(UserAction::of(ActionKind::LetGo));
    }
    if (variant == "range") != (event == "input") || field.has_attribute(attr::WITH_OF) {
        return;
    }
    let own = dom::field(field);
    let number = match variant.as_str() {
        "range" => own.value_as_number(),
        "checkbox" => f64::from(own.checked()),
        _ => 0.0,
    };
    let around = |css: &str| field.closest(css).ok().flatten();
    if variant == "file" {
        let chosen = own.files().and_then(|files| files.get(0));
        match chosen {
            Some(file) if around(&css(class::DATA)).is_some() => figure.take_file(file),
            Some(file) => open_run(figure, &file),
            None => {}
        }
        // Clear the field, so that choosing the same file again is a change.
        own.set_value("");
    } else if let Some(widget) = around(&any(attr::CONTROL)) {
        let target = widget.get_attribute(attr::CONTROL).unwrap_or_default();
        let text = own.value();
        if let Some(thing) = around(&any(attr::OPTION)).and_then(|thing| thing.get_attribute(attr::OPTION)) {
            return figure.send_action(UserAction {
                target,
                variant: thing,
                text,
                ..UserAction::of(ActionKind::Place)
            });
        }
        let set = UserAction { target, variant, text, number, ..UserAction::of(ActionKind::SetControl) };
        // Of a slider only the last place counts, of boxes each.
        if event == "input" { figure.send_latest(set) } else { figure.send_action(set) }
    } else if around(&css(class::COMPARE)).is_some() {
        figure.send_action(UserAction { text: own.value(), ..UserAction::of(ActionKind::Side) });
    } else if around(&css(class::LINE)).is_some() {
        figure.send_latest(UserAction { number, ..UserAction::of(ActionKind::MoveTimeLine) });
    } else if around(&css(class::SPEED)).is_some() {
        figure.send_action(UserAction { text: own.value(), ..UserAction::of(ActionKind::Speed) });
    } else if around(&css(class::SEED_CONTROL)).is_some() {
        figure.send_action(UserAction { text: own.value(), ..UserAction::of(ActionKind::SetSeed) });
    }
}

/// Opens the run in a file that was saved from a figure.
fn open_run(figure: &PageFigure, file: &web_sys::File) {
    let (figure, text) = (figure.clone(), file.text());
    spawn_local(async move {
        let text = JsFuture::from(text).await.ok().and_then(|text: JsValue| text.as_string());
        figure.send_action(UserAction {
            text: text.unwrap_or_default(),
            ..UserAction::of(ActionKind::OpenRun)
        });
    });
}

/// Keyboard: Space plays and pauses unless the focused element needs it. Enter in a field that is applied by a button
/// does so, Escape closes the panel or drawer, arrow keys move the focus in the picture and the moment on the time line.
fn key_pressed(figure: &PageFigure, event: &KeyboardEvent) {
    let key = event.key();
    let around = |css: &str| dom::closest(event, &figure.root, css);
    if is_in_question(figure, event) {
        return;
    }
    if key == "Enter"
        && let Some(field) = around(&any(attr::WITH_OF))
    {
        return apply_field(figure, event, &field);
    }
    if event.alt_key() || event.ctrl_key() || event.meta_key() {
        return;
    }
    let told = |kind: ActionKind| {
        event.prevent_default();
        figure.send_action(UserAction { text: key.clone(), ..UserAction::of(kind) });
    };
    let leads = matches!(
        key.as_str(),
        "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" | "PageUp" | "PageDown"
    );
    match key.as_str() {
        " " if !takes_space(event) => {
            event.prevent_default();
            figure.send_action(UserAction::of(ActionKind::Play));
        }
        "Escape" if around(&css(class::EXPLAIN)).is_some() => told(ActionKind::CloseExplanation),
        "Escape" if around(&[css(class::DRAWER), css(class::TOOLS)].join(", ")).is_some() => {
            told(ActionKind::Drawer);
        }
        _ if leads && around(&css(class::WALK)).is_some() => told(ActionKind::Walk),
        _ if leads && around(&inside(class::LINE, "input")).is_some() => told(ActionKind::TimeLineKey),
        _ => {
            let shortcut = SHORTCUTS.iter().find(|shortcut| shortcut.key == key);
            if let Some(shortcut) = shortcut.filter(|_| !takes_typing(event)) {
                event.prevent_default();
                // The button of a comparison says what it begins with.
                if shortcut.action == ActionKind::Compare
                    && let Some(button) =
                        dom::query(&figure.root, &inside(class::TOOLS, &does(shortcut.action)))
                {
                    return press(figure, &figure.root, &button);
                }
                let target = shortcut.target.to_owned();
                figure.send_action(UserAction { target, ..UserAction::of(shortcut.action) });
            }
        }
    }
}

/// Enter in a field with a button beside it presses that. In a field of several lines Enter begins the next one, and
/// together with Ctrl or the Command key it presses the button.
fn apply_field(figure: &PageFigure, event: &KeyboardEvent, field: &Element) {
    let whole = event.ctrl_key() || event.meta_key();
    if event.is_composing() || (field.tag_name() == "TEXTAREA" && !whole) {
        return;
    }
    let id = field.get_attribute(attr::WITH_OF).unwrap_or_default();
    if let Some(button) = dom::query(&figure.root, &with(attr::WITH, &id)) {
        press(figure, &figure.root, &button);
    }
}

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
