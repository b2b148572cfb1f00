//! Answers of the learner: chosen, typed, put in order or drawn. They are only in the page's fields until they are
//! committed. The desk grades predictions; a question's correct options are in its markup.

use super::figure::{self, PageFigure};
use super::{cards, dock, dom, events, record};
use crate::desk::markup::{any, attr, class, css, with};
use crate::desk::{ActionKind, HEIGHT_STEP, HEIGHTS, UserAction, text};
use crate::learner::{Attempt, Grade, Task};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent, PointerEvent};

/// The elements that make up an answer: chosen options, fields, list items in order, points of a drawn curve.
const ANSWERS: &str = "input:checked, input[type=text], select, li[data-option], .drawn input[type=range]";
const POINTS: &str = "input[type=range]";

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
            if event.key() != "Enter" || event.is_composing() {
                return;
            }
            let typing = dom::closest(&event, &of, "input[type=text]").is_some();
            let commit = dom::query(&of, &with(attr::DO, ActionKind::Commit.name()));
            if let Some(button) = commit.filter(|_| typing) {
                clicked(&of, &button);
            }
        });
        let of = section.clone();
        dom::listen::<Event>(&section, "input", move |event| {
            let field = dom::closest(&event, &of, "input[type=text]");
            let id = of.get_attribute(attr::PREDICT);
            if let (Some(field), Some(target), Some(figure)) = (field, id, figure_of(&of)) {
                let text = dom::field(&field).value();
                figure.send_latest(UserAction { target, text, ..UserAction::of(ActionKind::Understand) });
            }
        });
        dom::query_all(&section, &any(attr::QUIZ)).iter().for_each(restore);
        restore_challenge(&section);
        if let Some(list) = dom::query(&section, &css(class::ANSWER_ORDER)) {
            cards::attach(&list);
        }
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
        ActionKind::MoveUp | ActionKind::MoveDown => cards::move_by_one(by, kind == ActionKind::MoveUp),
        ActionKind::Check | ActionKind::AnswerAgain => {
            let question = by.closest(&any(attr::QUIZ)).ok().flatten();
            match (question, kind) {
                (Some(question), ActionKind::Check) => check(section, &question),
                (question, _) => {
                    ask_again(question.as_ref().unwrap_or(section));
                    if let Some(figure) = figure_of(section).filter(|_| question.is_none()) {
                        events::press(&figure, section, by);
                    }
                }
            }
        }
        _ => {
            let Some(figure) = figure_of(section) else { return };
            if kind == ActionKind::Commit {
                let whole = is_whole(section);
                set_text(section, class::ANSWER_ERROR, if whole { "" } else { text::DRAW_ALL });
                if !whole {
                    return;
                }
            }
            events::press(&figure, section, by);
            // A question that stands in its figure makes room for what it was about.
            if kind == ActionKind::OpenView && figure.root.contains(Some(section)) {
                let _ = figure.root.remove_attribute(attr::ASKS);
            } else if matches!(kind, ActionKind::SetUp | ActionKind::OpenView | ActionKind::Seek) {
                dock::bring(&figure.root, by);
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

/// Grades a question, and shows why each option is right or wrong. In an activity about a figure it asks for the cause of
/// an incident, and then the figure may say what happened.
fn check(activity: &Element, question: &Element) {
    let answer = answer_text(question);
    if answer.is_empty() {
        return set_text(question, class::ANSWER_ERROR, text::ANSWER_FIRST);
    }
    set_text(question, class::ANSWER_ERROR, "");
    let all = mark(question);
    if let Some(verdict) = dom::query(question, &css(class::ANSWER_VERDICT)) {
        dom::focus(&verdict);
    }
    let id = question.get_attribute(attr::QUIZ).unwrap_or_default();
    let grade = if all { Grade::Right } else { Grade::Wrong };
    let figure = figure_of(activity);
    let task = if figure.is_some() { Task::Incident } else { Task::Quiz };
    record::add_first(Attempt { task, id: id.clone(), answer, grade, run: None, guess: None });
    if let Some(figure) = figure {
        figure.send_action(UserAction { target: id, ..UserAction::of(ActionKind::Check) });
    }
}

/// Shows the answer of an earlier visit, and what was right or wrong about it.
fn restore(question: &Element) {
    let id = question.get_attribute(attr::QUIZ);
    let attempts = record::attempts_here();
    let answered =
        |it: &&Attempt| matches!(it.task, Task::Quiz | Task::Incident) && Some(&it.id) == id.as_ref();
    let Some(attempt) = attempts.iter().find(answered) else { return };
    for field in dom::query_all(question, "input") {
        let field = dom::field(&field);
        field.set_checked(attempt.answer.split(',').any(|chosen| chosen == field.value()));
    }
    mark(question);
}

/// Shows that a challenge was passed on an earlier visit, and offers the setting: who doubts it, judges it again.
fn restore_challenge(section: &Element) {
    let id = section.get_attribute(attr::CHALLENGE);
    let attempts = record::attempts_here();
    let passed =
        |it: &&Attempt| (it.task, it.grade, Some(&it.id)) == (Task::Challenge, Grade::Right, id.as_ref());
    let run = attempts.iter().find(passed).and_then(|it| it.run.as_deref());
    if let (Some(run), Some(before)) = (run, dom::query(section, &css(class::PASSED_BEFORE))) {
        dom::set_attribute(section, attr::STAGE, "passed");
        dom::set_visible(&before, true);
        if let Some(button) = dom::query(&before, "button") {
            dom::set_attribute(&button, attr::TEXT, run);
        }
    }
}

/// Marks the options as right or wrong, and says whether all that was chosen is right.
fn mark(question: &Element) -> bool {
    let correct = question.get_attribute(attr::CORRECT).unwrap_or_default();
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
    all
}

/// Takes an answer back, so that the question can be answered again.
fn ask_again(question: &Element) {
    for mark in dom::query_all(question, &[&any(attr::OPTION), " ", &css(class::MARK)].concat()) {
        dom::set_text(&mark, "");
    }
    for field in dom::query_all(question, "[disabled]") {
        let _ = field.remove_attribute("disabled");
    }
    for chosen in dom::query_all(question, "input:checked") {
        dom::field(&chosen).set_checked(false);
    }
    for truth in dom::query_all(question, &css(class::TRUTH)) {
        dom::set_attribute(&truth, "points", "");
    }
    set_text(question, class::ANSWER_VERDICT, "");
    dom::set_attribute(question, attr::STAGE, "again");
    if let Some(first) = dom::query(question, "input, button") {
        dom::focus(&first);
    }
}

/// Whether a curve, if one is to be drawn, has been drawn over its whole range.
fn is_whole(section: &Element) -> bool {
    let points = dom::query_all(section, POINTS);
    points.is_empty() || points.iter().all(|point| point.has_attribute(attr::DRAWN))
}

fn set_text(place: &Element, class: &str, words: &str) {
    if let Some(element) = dom::query(place, &css(class)) {
        dom::set_text(&element, words);
    }
}

/// Lets a curve be drawn over its sliders by pointer and touch; by keyboard the sliders are used themselves.
fn attach_sketch(area: &Element) {
    let of = area.clone();
    dom::listen::<Event>(area, "input", move |event| {
        if let Some(point) = dom::closest(&event, &of, POINTS) {
            dom::set_attribute(&point, attr::DRAWN, "");
            read_out(&of, &point);
        }
        redraw(&of);
    });
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
            let y = (1.0 - (f64::from(event.client_y()) - bounds.top()) / bounds.height()) * HEIGHTS;
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
                        dom::set_attribute(point, attr::DRAWN, "");
                        field.set_value_as_number((from_y + share * (y - from_y)).round());
                        read_out(&of, point);
                    }
                }
            }
            redraw(&of);
        });
    }
}

/// Says a point of a curve where it is drawn: `lost share, load 68/s: 11.2 %`. What heights are called stands in the markup.
fn read_out(area: &Element, point: &Element) {
    let at = dom::field(point).value_as_number() as usize / HEIGHT_STEP;
    let steps = area.get_attribute(attr::STEPS).unwrap_or_default();
    let value = steps.split('|').nth(at).unwrap_or_default();
    dom::set_attribute(point, "aria-valuetext", value);
    if let (Some(label), Some(read)) = (point.get_attribute("aria-label"), area.previous_element_sibling()) {
        dom::set_text(&read, &[&label, ": ", value].concat());
    }
}

fn redraw(area: &Element) {
    let points = dom::query_all(area, POINTS);
    let steps = points.len().saturating_sub(1) as f64;
    let mut line = String::new();
    // What hasn't been drawn yet is left out, so that one sees what is missing.
    for (n, point) in points.iter().enumerate().filter(|(_, point)| point.has_attribute(attr::DRAWN)) {
        let x = HEIGHTS * n as f64 / steps;
        let y = HEIGHTS - dom::field(point).value_as_number();
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
