//! Answers of the learner: chosen, typed, put in order or drawn. They are only in the page's fields until they are
//! committed. The desk grades predictions; a question's correct options are in its markup.

use super::figure::{self, PageFigure};
use super::{dom, events, record};
use crate::desk::markup::{any, attr, class, css, with};
use crate::desk::{ActionKind, UserAction, text};
use crate::learner::{Attempt, Grade, Task};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent, PointerEvent};

/// The elements that make up an answer: chosen options, fields, list items in order, points of a drawn curve.
const ANSWERS: &str = "input:checked, input[type=text], select, li[data-option], .drawn input[type=range]";
const POINTS: &str = "input[type=range]";
/// Height of a sketch's coordinate system.
const HEIGHT: f64 = 1_000.0;

/// Attaches the listeners of all activities.
pub fn start() {
    for section in dom::query_page(&css(class::ACTIVITY)) {
        let of = section.clone();
        dom::listen::<MouseEvent>(&section, "click", move |event| {
            if let Some(by) = dom::closest(&event, &of, &any(attr::DO)) {
                clicked(&of, &by);
            }
        });
        let of = section.clone();
        dom::listen::<KeyboardEvent>(&section, "keydown", move |event| {
            let typing = dom::closest(&event, &of, "input[type=text]").is_some() && !event.is_composing();
            let commit = || dom::query(&of, &with(attr::DO, ActionKind::Commit.name()));
            if let Some(button) =
                Some(event.key()).filter(|key| typing && key == "Enter").and_then(|_| commit())
            {
                clicked(&of, &button);
            }
        });
        if let Some(area) = dom::query(&section, &css(class::SKETCH_AREA)) {
            attach_sketch(&area);
        }
    }
}

fn figure_of(section: &Element) -> Option<PageFigure> {
    figure::find(&section.get_attribute(attr::FIGURE)?)
}

fn clicked(section: &Element, by: &Element) {
    let Some(kind) = dom::action_kind(by) else { return };
    match kind {
        ActionKind::MoveUp | ActionKind::MoveDown => move_item(by, kind == ActionKind::MoveUp),
        ActionKind::Check | ActionKind::AnswerAgain => {
            let Some(question) = by.closest(&any(attr::QUIZ)).ok().flatten() else { return };
            if kind == ActionKind::Check { check(section, &question) } else { ask_again(&question) }
        }
        _ => {
            if let Some(figure) = figure_of(section) {
                events::press(&figure, section, by);
                if matches!(
                    kind,
                    ActionKind::Commit | ActionKind::SetUp | ActionKind::OpenView | ActionKind::Seek
                ) {
                    dom::scroll_to(&figure.root);
                }
            }
        }
    }
}

/// The answer in an element, as the desk parses it: values joined by commas.
pub fn answer_text(place: &Element) -> String {
    let mut text = String::new();
    for (n, field) in dom::query_all(place, ANSWERS).iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        let option = field.get_attribute(attr::OPTION);
        text.push_str(&option.unwrap_or_else(|| dom::field(field).value()));
    }
    text
}

/// Moves an item one place up or down its list.
fn move_item(by: &Element, up: bool) {
    let Some(thing) = by.closest("li").ok().flatten() else { return };
    let other = if up { thing.previous_element_sibling() } else { thing.next_element_sibling() };
    if let (Some(other), Some(list)) = (other, thing.parent_element()) {
        let (first, second) = if up { (&thing, &other) } else { (&other, &thing) };
        let _ = list.insert_before(first, Some(second));
        // Moving the element has lost the focus.
        dom::focus(by);
    }
}

/// Grades a question, and shows why each option is right or wrong. In an activity about a figure it asks for the cause of
/// an incident, and then the figure may say what happened.
fn check(activity: &Element, question: &Element) {
    let answer = answer_text(question);
    if answer.is_empty() {
        return set_text(question, class::ANSWER_ERROR, text::ANSWER_FIRST);
    }
    set_text(question, class::ANSWER_ERROR, "");
    let said = |name: &str| question.get_attribute(name).unwrap_or_default();
    let (id, correct) = (said(attr::QUIZ), said(attr::CORRECT));
    let right = |option: &str| correct.split(',').any(|right| right == option);
    let mut all = true;
    for option in dom::query_all(question, &any(attr::OPTION)) {
        let Some(field) = dom::query(&option, "input") else { continue };
        let field = dom::field(&field);
        let (chosen, right) = (field.checked(), right(&field.value()));
        all &= chosen == right;
        let words = match (chosen, right) {
            (true, true) => text::QUIZ_YOURS_RIGHT,
            (true, false) => text::QUIZ_YOURS_WRONG,
            (false, true) => text::QUIZ_RIGHT,
            (false, false) => "",
        };
        set_text(&option, class::MARK, words);
        field.set_disabled(true);
    }
    dom::set_attribute(question, attr::STAGE, if all { "right" } else { "wrong" });
    set_text(question, class::ANSWER_VERDICT, if all { text::RIGHT } else { text::QUIZ_WRONG });
    if let Some(verdict) = dom::query(question, &css(class::ANSWER_VERDICT)) {
        dom::focus(&verdict);
    }
    let grade = if all { Grade::Right } else { Grade::Wrong };
    let figure = figure_of(activity);
    let task = if figure.is_some() { Task::Incident } else { Task::Quiz };
    record::add_first(Attempt { task, id: id.clone(), answer, grade, run: None });
    if let Some(figure) = figure {
        figure.send_action(UserAction { target: id, ..UserAction::of(ActionKind::Check) });
    }
}

/// Takes an answer back, so that the question can be answered again.
fn ask_again(question: &Element) {
    for option in dom::query_all(question, &any(attr::OPTION)) {
        set_text(&option, class::MARK, "");
        if let Some(field) = dom::query(&option, "input") {
            dom::field(&field).set_disabled(false);
            dom::field(&field).set_checked(false);
        }
    }
    set_text(question, class::ANSWER_VERDICT, "");
    dom::set_attribute(question, attr::STAGE, "again");
    if let Some(first) = dom::query(question, "input") {
        dom::focus(&first);
    }
}

fn set_text(place: &Element, class: &str, words: &str) {
    if let Some(element) = dom::query(place, &css(class)) {
        dom::set_text(&element, words);
    }
}

/// Lets a curve be drawn over its sliders by pointer and touch; by keyboard the sliders are used themselves.
fn attach_sketch(area: &Element) {
    let of = area.clone();
    dom::listen::<Event>(area, "input", move |_| redraw(&of));
    // The last point of the stroke, while the pointer is down.
    let last = Rc::new(Cell::new(None::<(f64, f64)>));
    for kind in ["pointerdown", "pointermove", "pointerup", "pointercancel"] {
        let (of, last) = (area.clone(), Rc::clone(&last));
        dom::listen::<PointerEvent>(area, kind, move |event| {
            let down = match kind {
                "pointerdown" => {
                    event.prevent_default();
                    let _ = of.set_pointer_capture(event.pointer_id());
                    true
                }
                "pointermove" => last.get().is_some(),
                _ => false,
            };
            if !down {
                return last.set(None);
            }
            let points = dom::query_all(&of, POINTS);
            let bounds = of.get_bounding_client_rect();
            let steps = points.len().saturating_sub(1) as f64;
            let x = (f64::from(event.client_x()) - bounds.left()) / bounds.width() * steps;
            let y = (1.0 - (f64::from(event.client_y()) - bounds.top()) / bounds.height()) * HEIGHT;
            let (from_x, from_y) = last.get().unwrap_or((x, y));
            last.set(Some((x, y)));
            // Set all points that the stroke has passed, and the nearest one.
            let (low, high) = (x.min(from_x), x.max(from_x));
            for (n, point) in points.iter().enumerate() {
                let n = n as f64;
                let near = (n - x).abs() <= 0.5;
                if near || (low <= n && n <= high) {
                    let share = if near { 1.0 } else { (n - from_x) / (x - from_x) };
                    let field = dom::field(point);
                    if !field.disabled() {
                        field.set_value_as_number((from_y + share * (y - from_y)).round());
                    }
                }
            }
            redraw(&of);
        });
    }
}

fn redraw(area: &Element) {
    let points = dom::query_all(area, POINTS);
    let steps = points.len().saturating_sub(1) as f64;
    let mut line = String::new();
    for (n, point) in points.iter().enumerate() {
        let x = HEIGHT * n as f64 / steps;
        let y = HEIGHT - dom::field(point).value_as_number();
        for number in [x, y] {
            line.push_str(&(number as i32).to_string());
            line.push(' ');
        }
    }
    if let Some(yours) = dom::query(area, &css(class::YOURS)) {
        dom::set_attribute(&yours, "points", &line);
    }
    dom::set_class(area, "drawn", true);
}
