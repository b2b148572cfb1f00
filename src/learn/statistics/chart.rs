//! Bars on a canvas, drawn by plotters through its backend for canvases, with the same numbers as a table.
//!
//! Labels are set without being measured: plotters measures a text by an element with a style of its own, which the page's policy
//! forbids.

use engine::page::dom;
use leptos::html;
use leptos::prelude::*;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::HtmlCanvasElement;

/// What the labels are set in, as in the style sheet.
const FONT: &str = "system-ui, sans-serif";
/// Heights, in the size of the text: of an upright chart, and of each bar of a lying one with its label.
const UPRIGHT: f64 = 12.0;
const LYING: f64 = 3.0;
/// So many lying bars are drawn at most; the table has all.
const MOST: usize = 12;
/// The mean width of a letter, in the size of the text.
const LETTER: f64 = 0.55;

/// One bar.
#[derive(Clone)]
pub struct Bar {
    pub label: String,
    pub value: f64,
    /// The value as it is written.
    pub said: String,
}

/// How bars stand.
#[derive(Clone, Copy, PartialEq)]
pub enum Shape {
    /// Side by side, their labels below them.
    Upright,
    /// One below the other, their labels above them.
    Lying,
}

/// A chart and its table.
pub fn chart(shape: Shape, name: &'static str, heads: [&'static str; 2], bars: Vec<Bar>) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let rows = bars
        .iter()
        .map(|bar| view! { <tr><th scope="row">{bar.label.clone()}</th><td>{bar.said.clone()}</td></tr> });
    let rows = rows.collect_view();
    let height = match shape {
        Shape::Upright => UPRIGHT,
        Shape::Lying => LYING * bars.len().min(MOST) as f64,
    };
    let bars = StoredValue::new(bars);
    let paint = move || {
        if let Some(canvas) = canvas.try_get_untracked().flatten() {
            bars.with_value(|bars| draw(&canvas, shape, bars));
        }
    };
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        dom::set_style(&canvas, "height", &format!("{height}rem"));
        // The first size is told as well.
        dom::on_resize(&[canvas.into()], Closure::new(paint));
        dom::listen::<JsValue>(&dom::document(), "themechange", move |_| paint());
        for query in ["(prefers-color-scheme: dark)", "(forced-colors: active)"] {
            dom::on_media_change(query, paint);
        }
        // Zooming changes the scale.
        dom::listen::<JsValue>(&dom::window(), "resize", move |_| paint());
    });
    view! {
        <figure class="learn-chart">
            <canvas node_ref=canvas role="img" aria-label=format!("{name}: a bar chart; the table below has its numbers.")></canvas>
            <details>
                <summary>"The numbers"</summary>
                <div class="table">
                    <table>
                        <caption>{name}</caption>
                        <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> })}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
}

/// Sizes and colours of a canvas, in its own pixels.
struct Look {
    width: f64,
    height: f64,
    /// The size of the text.
    text: f64,
    bar: RGBColor,
    ink: RGBColor,
    line: RGBColor,
}

type Area = DrawingArea<CanvasBackend, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

/// Draws anew, in the present size and colours.
fn draw(canvas: &HtmlCanvasElement, shape: Shape, bars: &[Bar]) {
    let scale = dom::window().device_pixel_ratio();
    let [width, height] =
        [canvas.client_width(), canvas.client_height()].map(|it| (f64::from(it) * scale).round());
    // This clears it as well.
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    let Some(look) = look(canvas, width, height, scale) else { return };
    let area = backend.into_drawing_area();
    let drawn = match shape {
        Shape::Upright => upright(&area, &look, bars),
        Shape::Lying => lying(&area, &look, bars),
    };
    // The table has the numbers in any case.
    if let Err(error) = drawn {
        web_sys::console::warn_1(&error.to_string().into());
    }
}

/// The style sheet gives the canvas the colours of bars and lines, and its figure that of the text.
fn look(canvas: &HtmlCanvasElement, width: f64, height: f64, scale: f64) -> Option<Look> {
    let style = |element: &web_sys::Element| dom::window().get_computed_style(element).ok().flatten();
    let (own, around) = (style(canvas)?, style(&canvas.parent_element()?)?);
    let value =
        |style: &web_sys::CssStyleDeclaration, name: &str| style.get_property_value(name).unwrap_or_default();
    Some(Look {
        width,
        height,
        text: dom::number(&value(&own, "font-size")) * scale,
        bar: colour(&value(&own, "color")),
        ink: colour(&value(&around, "color")),
        line: colour(&value(&own, "border-top-color")),
    })
}

/// A colour as browsers compute it: `rgb(11, 107, 100)`.
fn colour(text: &str) -> RGBColor {
    let mut parts = text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let mut part = || parts.next().unwrap_or(128);
    RGBColor(part(), part(), part())
}

fn style(look: &Look, colour: RGBColor, h_pos: HPos, v_pos: VPos) -> TextStyle<'static> {
    (FONT, look.text).into_font().color(&colour).pos(Pos::new(h_pos, v_pos))
}

fn greatest(bars: &[Bar]) -> f64 {
    bars.iter().map(|bar| bar.value).fold(1.0, f64::max)
}

fn upright(area: &Area, look: &Look, bars: &[Bar]) -> Drawn {
    let Look { width, height, text, .. } = *look;
    let (top, foot) = ((text * 1.5) as i32, (height - text * 1.6) as i32);
    let plot = area.clone().apply_coord_spec(Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(
        0.0..bars.len() as f64,
        0.0..greatest(bars),
        (0..width as i32, foot..top),
    ));
    let (count, label) =
        (style(look, look.ink, HPos::Center, VPos::Bottom), style(look, look.ink, HPos::Center, VPos::Top));
    // A label takes five letters; where bars are narrow, not each has one.
    let every = (text * LETTER * 5.5 / (width / bars.len() as f64)).ceil().max(1.0) as usize;
    for (n, bar) in bars.iter().enumerate() {
        let (from, middle) = (n as f64, n as f64 + 0.5);
        if bar.value > 0.0 {
            plot.draw(&Rectangle::new([(from + 0.15, 0.0), (from + 0.85, bar.value)], look.bar.filled()))?;
            plot.draw(&Text::new(bar.said.clone(), (middle, bar.value), count.clone()))?;
        }
        if n % every == 0 {
            // Under its bar, and inside the picture where that is narrow.
            let half = text * LETTER * bar.label.len() as f64 / 2.0;
            let x = (middle / bars.len() as f64 * width).min(width - half).max(half);
            area.draw(&Text::new(bar.label.clone(), (x as i32, foot + (text * 0.4) as i32), label.clone()))?;
        }
    }
    plot.draw(&PathElement::new(
        [(0.0, 0.0), (bars.len() as f64, 0.0)],
        look.line.stroke_width((text / 12.0).round().max(1.0) as u32),
    ))
}

fn lying(area: &Area, look: &Look, bars: &[Bar]) -> Drawn {
    let bars = &bars[..bars.len().min(MOST)];
    let Look { width, height, text, .. } = *look;
    let plot = area.clone().apply_coord_spec(Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(
        0.0..greatest(bars),
        0.0..bars.len() as f64,
        (0..width as i32, 0..height as i32),
    ));
    let (label, said) =
        (style(look, look.ink, HPos::Left, VPos::Bottom), style(look, look.ink, HPos::Right, VPos::Bottom));
    for (n, bar) in bars.iter().enumerate() {
        let line = n as f64 + 0.55;
        let room = (width / (text * LETTER)) as usize;
        plot.draw(&Text::new(
            cut(&bar.label, room.saturating_sub(bar.said.len() + 2)),
            (0.0, line),
            label.clone(),
        ))?;
        plot.draw(&Text::new(bar.said.clone(), (greatest(bars), line), said.clone()))?;
        plot.draw(&Rectangle::new([(0.0, line + 0.05), (bar.value, line + 0.25)], look.bar.filled()))?;
    }
    Ok(())
}

/// A label in so many letters.
fn cut(label: &str, letters: usize) -> String {
    if label.chars().count() <= letters {
        return label.to_owned();
    }
    label.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}
