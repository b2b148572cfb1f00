//! A figure as it stands before its island comes: caption, still, readings, sentences, controls that wait.
//!
//! The island reads `data-figure` (the id on this page), `data-facts` (declaration and words, in postcard and unpadded
//! base64url) and `data-view` (run and moment, as a link holds them), and puts itself in the place of what follows the
//! caption. The classes are the island's own, so that nothing moves when it does.

use super::prose::Context;
use super::still::Shown;
use crate::course::blocks::{Block, Figure};
use crate::player::{Control, ControlKind, Frame, Needs, Pace, Scale, Value, encode_view};
use crate::scene::{Description, Options, Panel, Picture, Scene, Still, TableView, describe, svg};
use crate::sim::Time;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::{Markup, PreEscaped, html};

/// Widths that stills are laid out for, in CSS pixels: the picture's column and a phone; and the column of readings.
const WIDE: f32 = 720.0;
const NARROW: f32 = 340.0;
const SIDE: f32 = 288.0;

/// A figure's element. `number` is its place among the page's figures.
pub fn element(cx: &Context, block: &Block, figure: &Figure, number: usize) -> Markup {
    let shown = cx.stills.get(&block.id);
    let facts = shown.and_then(|shown| {
        let bytes = postcard::to_allocvec(&(shown.spec(), &shown.words)).ok()?;
        Some(URL_SAFE_NO_PAD.encode(bytes))
    });
    let frame = shown.and_then(|shown| Some((shown, shown.frame(shown.view.at)?)));
    html! {
        figure.figure id={ "fig-" (block.id) } data-figure=(block.id) data-facts=[facts]
            data-view=[shown.map(|shown| encode_view(&shown.view))] data-after=[cx.stills.open_prediction(&block.id)] {
            figcaption {
                span.fig-number-of { "Figure " (number) }
                span.fig-title { (cx.phrase(&figure.caption)) }
                div.fig-tools hidden {}
            }
            @if let Some((shown, frame)) = frame { (still(&block.id, &figure.caption.text, shown, frame)) }
            noscript { p.fig-note { "This figure is a simulation. With scripts on it runs; without them it stays as it is here." } }
        }
    }
}

fn still(id: &str, caption: &str, shown: &Shown, frame: Frame) -> Markup {
    let Description { says, tables } = describe(&frame.scene, &shown.words);
    let spec = shown.spec();
    let (charts, panels) = frame.scene.panels.into_iter().partition(|panel| matches!(panel, Panel::Chart(_)));
    let part = |panels| Scene { time: frame.scene.time, panels, says: Vec::new() };
    let (main, charts): (Scene, Scene) = (part(panels), part(charts));
    let picture = |scene: &Scene, part: &str, class: &str, width: f32| -> Markup {
        let picture = Picture::new(scene, &shown.words, width, &Options::default());
        let (id, describes) = (format!("{id}-{part}"), says.join(" "));
        PreEscaped(svg(
            &picture,
            &Still { id: &id, title: caption, describes: &describes, class, standalone: false },
        ))
    };
    html! {
        div.fig-stage {
            div.fig-picture { (picture(&main, "wide", "wide", WIDE)) (picture(&main, "narrow", "narrow", NARROW)) }
            div.fig-side {
                dl.fig-readings aria-label="Readings" {
                    @for (reading, value) in spec.readings.iter().zip(&frame.readings) {
                        @let (number, unit) = reading.unit.parts(*value);
                        div.fig-reading .trouble[reading.trouble.is_some_and(|bound| *value >= bound)]
                            data-reading=(reading.id) title=(reading.help) {
                            dt { (reading.label) }
                            dd { b { (number) } " " span { (unit) } }
                        }
                    }
                }
                @if !charts.panels.is_empty() { div.fig-charts { (picture(&charts, "charts", "", SIDE)) } }
                p.fig-says { (says.join(" ")) }
            }
        }
        (transport(shown))
        (controls(id, shown))
        @if spec.needs == Needs::AccessLog { (log(id)) }
        (in_tables(&tables))
    }
}

/// The place for a log of the learner's own, for now without effect.
fn log(id: &str) -> Markup {
    html! {
        div.fig-data {
            label for={ (id) "-still-log" } { "Replay an access log of your own" }
            input type="file" id={ (id) "-still-log" } disabled;
            p.fig-help {
                "Common or Combined Log Format, or a CSV of arrival times and keys. It is read here, in your browser, and sent nowhere."
            }
        }
    }
}

/// The transport, for now without effect.
fn transport(shown: &Shown) -> Markup {
    let spec = shown.spec();
    let clock = |at: Time| match spec.pace {
        Pace::Steps(step) => (at.nanos() / step.nanos()).to_string(),
        Pace::Continuous => {
            let tenths = at.nanos() / 100_000_000;
            format!("{:02}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
        }
    };
    let at = libm::round(shown.view.at.secs() / spec.until.secs() * 1000.0) as u32;
    html! {
        div.fig-transport {
            button.fig-play type="button" aria-label="Play from the start" disabled { span.icon-play {} }
            button.fig-step type="button" aria-label="Back" disabled { span.icon-back {} }
            button.fig-step type="button" aria-label="On" disabled { span.icon-on {} }
            span.fig-time { (clock(shown.view.at)) }
            div.fig-line { input type="range" min="0" max="1000" value=(at) aria-label="Moment of the run" disabled; }
            span.fig-end { (clock(spec.until)) }
            span.fig-speed { select aria-label="Speed" disabled { option { (spec.speed) "×" } } }
        }
    }
}

/// The controls, for now without effect; the primary ones first.
fn controls(id: &str, shown: &Shown) -> Markup {
    let (primary, others): (Vec<&Control>, Vec<&Control>) =
        shown.spec().controls.iter().partition(|c| c.primary);
    let widget = |control: &Control| widget(id, control, &shown.value(&control.id).unwrap_or_default());
    html! {
        div.fig-controls role="group" aria-label="Controls" {
            div.fig-control-grid {
                @for control in primary { (widget(control)) }
                div.fig-control.seed {
                    label for={ (id) "-still-seed" } { "Seed" }
                    span.fig-seed { input type="text" id={ (id) "-still-seed" } value=(shown.view.run.seed) disabled; }
                }
            }
            @if !others.is_empty() {
                details.fig-more-controls {
                    summary { "More controls" }
                    div.fig-control-grid { @for control in others { (widget(control)) } }
                }
            }
        }
    }
}

fn widget(figure: &str, control: &Control, value: &Value) -> Markup {
    let id = format!("{figure}-still-{}", control.id);
    let says = control.show(value);
    match &control.kind {
        &ControlKind::Number { min, max, scale, .. } => html! {
            div.fig-control.number title=(control.help) {
                label for=(id) { (control.label) }
                output.fig-number for=(id) { (says) }
                span.fig-slider { input type="range" id=(id) min="0" max="1000" value=(place(value, min, max, scale)) disabled; }
            }
        },
        ControlKind::Choice { options, .. } => html! {
            div.fig-control.choice title=(control.help) {
                label for=(id) { (control.label) }
                select id=(id) disabled {
                    @for (option, label) in options.iter() {
                        option selected[*value == Value::Choice(option.to_string())] { (label) }
                    }
                }
            }
        },
        ControlKind::Flag { .. } => html! {
            div.fig-control.flag title=(control.help) {
                label { input type="checkbox" checked[*value == Value::Flag(true)] disabled; span { (control.label) } }
            }
        },
    }
}

/// Thousandths of the way from the least value to the largest.
fn place(value: &Value, min: f64, max: f64, scale: Scale) -> i64 {
    let Value::Number(n) = *value else { return 0 };
    let share = match scale {
        Scale::Linear => (n - min) / (max - min),
        Scale::Log => libm::log(n / min) / libm::log(max / min),
    };
    libm::round(share * 1000.0) as i64
}

fn in_tables(tables: &[TableView]) -> Markup {
    html! {
        @if !tables.is_empty() {
            details.fig-tables {
                summary { "The same in tables" }
                @for table in tables {
                    div.table role="region" aria-label=(table.title) tabindex="0" {
                        table {
                            caption { (table.title) }
                            thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                            tbody {
                                @for row in &table.rows {
                                    tr {
                                        @for (n, cell) in row.cells.iter().enumerate() {
                                            @if n == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
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
}
