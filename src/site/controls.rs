//! The widgets of a figure's controls: sliders, lists, boxes, things to put in an order or in groups, texts, and the seed.

use super::still::Still;
use crate::desk::ActionKind;
use crate::desk::markup::class;
use crate::player::{Control, ControlKind, Options, Slider, Value};
use maud::{Markup, html};

/// The controls: the primary ones, which stand beside the play button, and the others with the seed, folded away. On a
/// phone all of them are a sheet that comes from below. What the block does `without` is there for the desk, and hidden.
pub(super) fn controls(id: &str, shown: &Still, without: &[&str]) -> Markup {
    let (primary, others): (Vec<&Control>, Vec<&Control>) =
        shown.spec().controls.iter().partition(|c| c.primary);
    let is_hidden = |control: &Control| without.contains(&control.id.as_ref());
    let widget = |control: &Control| {
        let widget = widget(id, control, &shown.value(&control.id).unwrap_or_default(), without);
        if is_hidden(control) {
            html! { div hidden { (widget) } }
        } else {
            widget
        }
    };
    let has_others = others.iter().any(|control| !is_hidden(control));
    html! {
        div.fig-controls role="group" aria-label="Controls" {
            div.fig-sheet-head { "Controls" button.quiet data-do=(ActionKind::Sheet.name()) { "Close" } }
            div.fig-control-grid.fig-primary { @for control in primary { (widget(control)) } }
            details.fig-more-controls {
                summary { @if has_others { "More controls" } @else { "Seed" } }
                div.fig-control-grid {
                    @for control in others { (widget(control)) }
                    (seed(id, shown))
                }
            }
        }
    }
}

fn seed(id: &str, shown: &Still) -> Markup {
    html! {
        div.fig-control.(class::SEED_CONTROL) title="All randomness of the run comes from this: the same seed gives the same run on every machine." {
            label for={ (id) "-seed" } { "Seed" }
            span.(class::SEED) {
                input type="text" id={ (id) "-seed" } autocomplete="off" spellcheck="false" value=(shown.view.run.seed) disabled;
                button.quiet data-do=(ActionKind::CopySeed.name()) disabled { "Copy" }
                button.quiet data-do=(ActionKind::Reshuffle.name()) aria-label="Another seed" title="Another seed" disabled {
                    span.icon-shuffle {}
                }
            }
            span.(class::ERROR) role="status" {}
        }
    }
}

fn widget(figure: &str, control: &Control, value: &Value, without: &[&str]) -> Markup {
    let id = format!("{figure}-{}", control.id);
    match &control.kind {
        ControlKind::Number { unit, .. } => number(&id, control, value, unit.noun()),
        ControlKind::Choice { options, .. } => {
            let chosen = |option: &str| *value == Value::Choice(option.to_owned());
            let hidden = |option: &str| without.contains(&format!("{}:{option}", control.id).as_str());
            if control.kind.stands_in_a_row() {
                return html! {
                    fieldset.fig-control.choice data-control=(control.id) title=(control.help) {
                        legend { (control.label) }
                        div.fig-segments {
                            @for (option, label) in options.iter() {
                                label hidden[hidden(option)] {
                                    input type="radio" name=(id) value=(option) checked[chosen(option)] disabled;
                                    span { (label) }
                                }
                            }
                        }
                        span.(class::DIFFERS) {}
                    }
                };
            }
            html! {
                div.fig-control.choice data-control=(control.id) title=(control.help) {
                    label for=(id) { (control.label) }
                    select id=(id) disabled {
                        @for (option, label) in options.iter() {
                            option value=(option) selected[chosen(option)] hidden[hidden(option)] { (label) }
                        }
                    }
                    span.(class::DIFFERS) {}
                }
            }
        }
        ControlKind::Flag { .. } => html! {
            div.fig-control.flag data-control=(control.id) title=(control.help) {
                label { input type="checkbox" checked[*value == Value::Flag(true)] disabled; span { (control.label) } }
                span.(class::DIFFERS) {}
            }
        },
        kind => composed(&id, control, kind, value),
    }
}

/// The widget of a value that is made of named things, or of a text. Things can be dragged by their names, and moved with
/// the buttons or lists beside them.
fn composed(id: &str, control: &Control, kind: &ControlKind, value: &Value) -> Markup {
    let (class, body) = match (kind, value) {
        (ControlKind::Several { things, .. }, Value::Several(chosen)) => ("several", several(things, chosen)),
        (ControlKind::Order { things, .. }, Value::Order(list)) => ("order", order(control, things, list)),
        (ControlKind::Assignment { things, groups, .. }, Value::Assignment(list)) => {
            ("assignment", assignment(things, groups, list))
        }
        (ControlKind::Text { limit, rows, .. }, Value::Text(text)) => {
            return typed(id, control, (*limit, *rows), text);
        }
        _ => return html! {},
    };
    html! {
        fieldset.fig-control.(class) data-control=(control.id) title=(control.help) {
            legend { (control.label) }
            (body)
            span.(class::ERROR) role="status" {}
            span.(class::DIFFERS) {}
            span.(class::ANNOUNCED).sr-only role="status" {}
        }
    }
}

fn several(things: &Options, chosen: &[u16]) -> Markup {
    html! {
        div.fig-boxes {
            @for (n, (thing, label)) in (0..).zip(things.iter()) {
                label {
                    input type="checkbox" value=(thing) checked[chosen.contains(&n)] disabled;
                    span { (label) }
                }
            }
        }
    }
}

fn order(control: &Control, things: &Options, list: &[u16]) -> Markup {
    let things = list.iter().filter_map(|&n| things.get(usize::from(n)));
    html! {
        ol.(class::ORDER) {
            @for (thing, label) in things {
                li data-option=(thing) {
                    span.(class::THING) { span.fig-grip aria-hidden="true" {} span { (label) } }
                    @for (way, sign, says) in [("up", "↑", "Move up"), ("down", "↓", "Move down")] {
                        button data-do=(ActionKind::Place.name()) data-on=(control.id) data-way=(thing)
                            data-text=(way) aria-label={ (says) ": " (label) } disabled { (sign) }
                    }
                }
            }
        }
    }
}

fn assignment(things: &Options, groups: &Options, list: &[u16]) -> Markup {
    let members = |group: u16| {
        let within = things.iter().zip(list).filter(move |(_, of)| **of == group);
        within.map(|(thing, _)| thing)
    };
    html! {
        div.fig-groups {
            @for (n, (group, name)) in (0..).zip(groups.iter()) {
                div.fig-group data-group=(group) {
                    p { (name) }
                    div.(class::MEMBERS) {
                        @for (thing, label) in members(n) {
                            span.fig-member data-option=(thing) {
                                span.(class::THING) { span.fig-grip aria-hidden="true" {} span { (label) } }
                                select aria-label=(label) disabled {
                                    @for (other, label) in groups.iter() {
                                        option value=(other) selected[other == group] { (label) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn typed(id: &str, control: &Control, (limit, rows): (u16, u8), text: &str) -> Markup {
    let (with, error) = (format!("set-{}", control.id), format!("{id}-error"));
    html! {
        div.fig-control.text data-control=(control.id) title=(control.help) {
            label for=(id) { (control.label) }
            div.fig-typing {
                @if rows > 1 {
                    textarea.(class::TYPED) id=(id) rows=(rows) maxlength=(limit) spellcheck="false" autocomplete="off"
                        data-with-of=(with) aria-describedby=(error) disabled { (text) }
                } @else {
                    input.(class::TYPED) type="text" id=(id) value=(text) maxlength=(limit) spellcheck="false"
                        autocomplete="off" data-with-of=(with) aria-describedby=(error) disabled;
                }
                button data-do=(ActionKind::SetControl.name()) data-on=(control.id) data-with=(with)
                    aria-label={ "Apply: " (control.label) } disabled { "Apply" }
            }
            span.(class::ERROR) id=(error) role="status" {}
            span.(class::DIFFERS) {}
        }
    }
}

fn number(id: &str, control: &Control, value: &Value, noun: &str) -> Markup {
    let says = control.show(value);
    let (places, place) =
        Slider::of(control).map_or((1.0, 0.0), |slider| (slider.last_position(), slider.position(value)));
    html! {
        div.fig-control.number data-control=(control.id) title=(control.help) {
            label for=(id) { (control.label) }
            input.(class::NUMBER) type="text" autocomplete="off" spellcheck="false" value=(says)
                aria-label={ (control.label) ", " (noun) } aria-describedby={ (id) "-error" } disabled;
            span.fig-slider {
                span.(class::SLIDER_FILLED) {}
                input type="range" id=(id) min="0" max=(places) step="1" value=(place) aria-valuetext=(says) disabled;
            }
            span.(class::ERROR) id={ (id) "-error" } role="status" {}
            span.(class::DIFFERS) {}
        }
    }
}
