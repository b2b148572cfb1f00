//! Dragging with pointer or finger: a thing of a control to another place, and a line across the links of a picture. The
//! page only finds out from where to where; the desk says what it means. All of it can be done by keyboard too, with the
//! buttons and lists beside the things and with what the picture's entities offer.

use super::dom;
use super::figure::PageFigure;
use crate::desk::markup::{any, attr, class, css};
use crate::desk::{ActionKind, UserAction};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{Element, PointerEvent};

/// Pixels from which on a press is a drag.
const FROM: f64 = 5.0;
/// Where a drag is, and what a drop here would do: classes of elements.
const DRAGGED: &str = "dragged";
const OVER: &str = "over";
const BEFORE: &str = "before";
const AFTER: &str = "after";
/// A picture that a line has just been drawn across: the click that ends it selects nothing.
const DRAWN: &str = "drawn";

/// What is being dragged.
enum Drag {
    /// A thing of a control.
    Thing { thing: Element, widget: Element, from: (f64, f64), moving: bool },
    /// A line across a picture: its points, in pixels from the picture's corner.
    Line { picture: Element, points: Vec<(f64, f64)> },
}

/// Where a thing would be dropped.
enum Drop {
    Group(Element),
    At(usize),
}

/// Attaches the listeners of a figure.
pub fn attach(figure: &PageFigure) {
    let drag = Rc::new(RefCell::new(None::<Drag>));
    for kind in ["pointerdown", "pointermove", "pointerup", "pointercancel"] {
        let (of, drag) = (figure.clone(), Rc::clone(&drag));
        dom::listen::<PointerEvent>(&figure.root, kind, move |event| {
            let mut drag = drag.borrow_mut();
            match (kind, drag.as_mut()) {
                ("pointerdown", _) => *drag = begin(&of, &event),
                ("pointermove", Some(drag)) => drag.go_on(&event),
                ("pointerup", Some(_)) => {
                    if let Some(ended) = drag.take() {
                        ended.end(&of, &event);
                    }
                }
                (_, Some(given_up)) if kind == "pointercancel" => {
                    given_up.tidy_up();
                    *drag = None;
                }
                _ => {}
            }
        });
    }
}

/// Whether a click on a picture ends a line that was drawn across it.
pub fn ends_line(picture: &Element) -> bool {
    let drawn = picture.class_list().contains(DRAWN);
    dom::set_class(picture, DRAWN, false);
    drawn
}

fn position(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn apart((x, y): (f64, f64), (a, b): (f64, f64)) -> f64 {
    (x - a).hypot(y - b)
}

/// The position from an element's upper left corner.
fn within(place: &Element, (x, y): (f64, f64)) -> (f64, f64) {
    let bounds = place.get_bounding_client_rect();
    (x - bounds.left(), y - bounds.top())
}

fn begin(figure: &PageFigure, event: &PointerEvent) -> Option<Drag> {
    let root = &figure.root;
    if event.button() != 0 || !event.is_primary() || !root.has_attribute(attr::LIVE) {
        return None;
    }
    // Whatever is dragged gets the events, wherever the pointer goes.
    let capture = |element: &Element| drop(element.set_pointer_capture(event.pointer_id()));
    if let Some(name) = dom::closest(event, root, &css(class::THING)) {
        let around = |css: &str| name.closest(css).ok().flatten();
        let (thing, widget) = (around(&any(attr::OPTION))?, around(&any(attr::CONTROL))?);
        capture(&name);
        return Some(Drag::Thing { thing, widget, from: position(event), moving: false });
    }
    let picture = dom::closest(event, root, &any(attr::DRAWS))?;
    // A press on what lies over the picture isn't one on the picture.
    if dom::closest(event, root, &css(class::INVITATION)).is_some() {
        return None;
    }
    dom::set_class(&picture, DRAWN, false);
    capture(&picture);
    let points = vec![within(&picture, position(event))];
    Some(Drag::Line { picture, points })
}

impl Drag {
    fn go_on(&mut self, event: &PointerEvent) {
        let now = position(event);
        match self {
            Self::Thing { thing, widget, from, moving } => {
                *moving |= apart(now, *from) >= FROM;
                if *moving {
                    dom::set_class(thing, DRAGGED, true);
                    let [dx, dy] = [now.0 - from.0, now.1 - from.1].map(|by| (by as i32).to_string());
                    dom::set_style(thing, "transform", &["translate(", &dx, "px,", &dy, "px)"].concat());
                    mark(widget, thing, drop_at(widget, thing, now).as_ref());
                }
            }
            Self::Line { picture, points } => {
                let now = within(picture, now);
                if points.last().is_none_or(|last| apart(now, *last) >= 3.0) {
                    points.push(now);
                }
                if is_line(points)
                    && let Some(line) = dom::query(picture, &[&css(class::STROKE), " polyline"].concat())
                {
                    dom::set_attribute(&line, "points", &written(points));
                }
            }
        }
    }

    fn end(mut self, figure: &PageFigure, event: &PointerEvent) {
        self.go_on(event);
        self.tidy_up();
        match self {
            Self::Thing { thing, widget, moving: true, .. } => {
                let said = |element: &Element, name: &str| element.get_attribute(name).unwrap_or_default();
                let (number, text) = match drop_at(&widget, &thing, position(event)) {
                    Some(Drop::At(at)) => (at as f64, String::new()),
                    Some(Drop::Group(group)) => (0.0, said(&group, attr::GROUP)),
                    None => return,
                };
                figure.send_action(UserAction {
                    target: said(&widget, attr::CONTROL),
                    variant: said(&thing, attr::OPTION),
                    text,
                    number,
                    ..UserAction::of(ActionKind::Place)
                });
            }
            Self::Line { picture, mut points } if is_line(&points) => {
                dom::set_class(&picture, DRAWN, true);
                let zoom = figure.zoom();
                for (x, y) in &mut points {
                    (*x, *y) = (*x / zoom, *y / zoom);
                }
                figure.send_action(UserAction {
                    variant: picture.get_attribute(attr::DRAWS).unwrap_or_default(),
                    text: written(&points),
                    ..UserAction::of(ActionKind::DrawAcross)
                });
            }
            _ => {}
        }
    }

    /// Takes away what was shown while it was dragged.
    fn tidy_up(&self) {
        match self {
            Self::Thing { thing, widget, .. } => {
                dom::set_class(thing, DRAGGED, false);
                dom::set_style(thing, "transform", "");
                mark(widget, thing, None);
            }
            Self::Line { picture, .. } => {
                if let Some(line) = dom::query(picture, &[&css(class::STROKE), " polyline"].concat()) {
                    dom::set_attribute(&line, "points", "");
                }
            }
        }
    }
}

/// Whether so many points are a line rather than a click by an unsteady hand.
fn is_line(points: &[(f64, f64)]) -> bool {
    points.first().is_some_and(|first| points.iter().any(|point| apart(*first, *point) >= 2.0 * FROM))
}

/// A line's points as the desk and a polyline take them.
fn written(points: &[(f64, f64)]) -> String {
    let mut text = String::new();
    for (n, (x, y)) in points.iter().enumerate() {
        let [x, y] = [x, y].map(|length| (*length as i32).to_string());
        text.push_str(&[if n > 0 { " " } else { "" }, &x, ",", &y].concat());
    }
    text
}

/// The things of a list, without the one that is dragged.
fn others(widget: &Element, thing: &Element) -> Vec<Element> {
    let mut all = dom::query_all(widget, &any(attr::OPTION));
    all.retain(|other| other != thing);
    all
}

/// Where a thing would be dropped at a position of the window.
fn drop_at(widget: &Element, thing: &Element, (x, y): (f64, f64)) -> Option<Drop> {
    let under = dom::document().element_from_point(x as f32, y as f32)?;
    if !widget.contains(Some(&under)) {
        return None;
    }
    if dom::query(widget, &css(class::ORDER)).is_none() {
        return under.closest(&any(attr::GROUP)).ok().flatten().map(Drop::Group);
    }
    let others = others(widget, thing);
    // A list may have more columns than one.
    let is_before = |other: &&Element| {
        let at = other.get_bounding_client_rect();
        at.right() < x || at.left() <= x && dom::middle_is_above(other, y)
    };
    Some(Drop::At(others.iter().filter(is_before).count()))
}

/// Shows where a thing would be dropped.
fn mark(widget: &Element, thing: &Element, drop: Option<&Drop>) {
    for group in dom::query_all(widget, &any(attr::GROUP)) {
        let here = matches!(drop, Some(Drop::Group(over)) if *over == group);
        dom::set_class(&group, OVER, here);
    }
    let others = others(widget, thing);
    for (n, other) in others.iter().enumerate() {
        let at = if let Some(Drop::At(at)) = drop { Some(*at) } else { None };
        dom::set_class(other, BEFORE, at == Some(n));
        dom::set_class(other, AFTER, n + 1 == others.len() && at == Some(n + 1));
    }
}
