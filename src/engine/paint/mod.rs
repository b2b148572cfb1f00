//! Paints a picture on a canvas. Knows a 2D context and nothing else of the browser: no document, no window, no style
//! sheet. Colours and fonts come as a [`Palette`], the density of the screen as a scale.
//!
//! The same code paints in the page and in a worker: an `OffscreenCanvasRenderingContext2d` has all the methods used
//! here and is handed in with `unchecked_into` (wasm-bindgen calls methods by name).

use crate::scene::metrics::Face;
use crate::scene::{
    Anchor, DOT, Dash, Dot, Form, Ink, Mark, PACKETS, PacketKind, Picture, Point, Role, Text, corners,
};
use core::f64::consts::TAU;
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d as Context;
use web_sys::js_sys::Array;

/// The colours of the roles, and the fonts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Palette {
    /// A CSS colour for each of [`Role::ALL`].
    colours: [String; Role::ALL.len()],
    /// CSS font families for text.
    pub sans: String,
    /// And for code.
    pub mono: String,
}

impl Palette {
    /// A palette whose colours `of` says, as CSS colours that a canvas understands (no `var()`).
    pub fn new(of: impl FnMut(Role) -> String) -> Self {
        let colours = Role::ALL.map(of);
        Self { colours, sans: "system-ui, sans-serif".into(), mono: "ui-monospace, monospace".into() }
    }

    fn colour(&self, role: Role) -> &str {
        &self.colours[role as usize]
    }
}

/// Paints the picture. `scale` is the number of device pixels for one of CSS; the canvas has to be that much larger
/// than the picture. Whatever was on it is painted over: a picture has its ground with it, so that it can also be saved, and
/// printed on paper that isn't dark.
pub fn paint(context: &Context, picture: &Picture, palette: &Palette, scale: f64) {
    let mut brush = Brush::new(context, palette, scale as f32);
    // A context throws for arguments that are no numbers only where it says so; a picture has none.
    let _ = context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
    context.set_line_join("round");
    brush.fill(Role::Raised);
    context.fill_rect(0.0, 0.0, f64::from(picture.width), f64::from(picture.height));
    let mut rest = picture.marks.as_slice();
    while let Some(first) = rest.first() {
        if let Form::Text(text) = &first.form {
            brush.text(text, first.ink.fill);
            rest = &rest[1..];
            continue;
        }
        // Consecutive marks with the same ink are painted as one path.
        let alike = |mark: &&Mark| mark.ink == first.ink && !matches!(mark.form, Form::Text(_));
        let (run, after) = rest.split_at(rest.iter().take_while(alike).count());
        rest = after;
        context.begin_path();
        for mark in run {
            brush.trace(&mark.form, mark.ink);
        }
        brush.ink(first.ink);
    }
    brush.packets(&picture.dots);
}

/// The context with the settings last made, because changing them is slow.
struct Brush<'a> {
    context: &'a Context,
    palette: &'a Palette,
    scale: f32,
    fill: Option<Role>,
    line: Option<(Role, f32)>,
    dash: Option<Dash>,
    font: Option<(f32, Face)>,
    anchor: Option<Anchor>,
}

impl<'a> Brush<'a> {
    fn new(context: &'a Context, palette: &'a Palette, scale: f32) -> Self {
        Self { context, palette, scale, fill: None, line: None, dash: None, font: None, anchor: None }
    }

    fn fill(&mut self, role: Role) {
        if self.fill != Some(role) {
            self.context.set_fill_style_str(self.palette.colour(role));
            self.fill = Some(role);
        }
    }

    fn stroke(&mut self, role: Role, width: f32, dash: Dash) {
        if self.line != Some((role, width)) {
            self.context.set_stroke_style_str(self.palette.colour(role));
            self.context.set_line_width(f64::from(width));
            self.line = Some((role, width));
        }
        if self.dash != Some(dash) {
            let pattern: Array = dash.pattern().iter().map(|&length| JsValue::from(length)).collect();
            let _ = self.context.set_line_dash(&pattern);
            self.context.set_line_cap(if dash == Dash::Dotted { "round" } else { "butt" });
            self.dash = Some(dash);
        }
    }

    /// Fills and strokes the path.
    fn ink(&mut self, ink: Ink) {
        if let Some(role) = ink.fill {
            self.fill(role);
            self.context.fill();
        }
        if let Some(role) = ink.line {
            self.stroke(role, ink.width, ink.dash);
            self.context.stroke();
        }
    }

    /// The nearest place where a line of this width covers whole device pixels.
    fn crisp(&self, value: f32, width: f32) -> f64 {
        let odd = (width * self.scale).round() % 2.0 == 1.0;
        let device = value * self.scale;
        let device = if odd { device.floor() + 0.5 } else { device.round() };
        f64::from(device / self.scale)
    }

    /// Adds the form to the path.
    fn trace(&self, form: &Form, ink: Ink) {
        let context = self.context;
        let width = if ink.line.is_some() { ink.width } else { 0.0 };
        match form {
            Form::Rect(rect, round) => {
                let (x, y) = (self.crisp(rect.x, width), self.crisp(rect.y, width));
                let (w, h) = (self.crisp(rect.right(), width) - x, self.crisp(rect.bottom(), width) - y);
                if *round > 0.0 {
                    let _ = context.round_rect_with_f64(x, y, w, h, f64::from(*round));
                } else {
                    context.rect(x, y, w, h);
                }
            }
            Form::Circle(centre, radius) => self.circle(*centre, *radius),
            Form::Curve([a, b, c, d]) => {
                self.move_to(*a);
                let [b, c, d] = [b, c, d].map(|p| (f64::from(p.x), f64::from(p.y)));
                context.bezier_curve_to(b.0, b.1, c.0, c.1, d.0, d.1);
            }
            Form::Path(points) => {
                let straight = points.len() == 2;
                for (k, p) in points.iter().enumerate() {
                    let upright = straight && points[0].x == points[1].x;
                    let level = straight && points[0].y == points[1].y;
                    let x = if upright { self.crisp(p.x, width) } else { f64::from(p.x) };
                    let y = if level { self.crisp(p.y, width) } else { f64::from(p.y) };
                    if k == 0 { context.move_to(x, y) } else { context.line_to(x, y) }
                }
            }
            Form::Area(points) => {
                for (k, p) in points.iter().enumerate() {
                    if k == 0 { self.move_to(*p) } else { self.line_to(*p) }
                }
                context.close_path();
            }
            Form::Text(_) => {}
        }
    }

    fn move_to(&self, p: Point) {
        self.context.move_to(f64::from(p.x), f64::from(p.y));
    }
    fn line_to(&self, p: Point) {
        self.context.line_to(f64::from(p.x), f64::from(p.y));
    }
    fn circle(&self, centre: Point, radius: f32) {
        self.move_to(Point { x: centre.x + radius, y: centre.y });
        let (x, y) = (f64::from(centre.x), f64::from(centre.y));
        let _ = self.context.arc(x, y, f64::from(radius), 0.0, TAU);
    }

    fn text(&mut self, text: &Text, role: Option<Role>) {
        self.fill(role.unwrap_or(Role::Ink));
        if self.font != Some((text.size, text.face)) {
            let (weight, family) = match text.face {
                Face::Plain => ("", &self.palette.sans),
                Face::Bold => ("bold ", &self.palette.sans),
                Face::Mono => ("", &self.palette.mono),
            };
            let size = crate::sim::decimal::format(text.size.into(), 2);
            self.context.set_font(&[weight, &size, "px ", family].concat());
            self.font = Some((text.size, text.face));
        }
        if self.anchor != Some(text.anchor) {
            self.context.set_text_align(match text.anchor {
                Anchor::Start => "left",
                Anchor::Middle => "center",
                Anchor::End => "right",
            });
            self.anchor = Some(text.anchor);
        }
        let _ = self.context.fill_text(&text.text, f64::from(text.at.x), f64::from(text.at.y));
    }

    /// One path for each kind of packet, however many there are.
    fn packets(&mut self, dots: &[Dot]) {
        for (shape, ink) in PACKETS {
            let mut dots = dots.iter().filter(|dot| dot.kind == shape).peekable();
            if dots.peek().is_none() {
                continue;
            }
            self.context.begin_path();
            for dot in dots {
                self.packet(dot);
            }
            self.ink(ink);
        }
    }

    fn packet(&self, dot: &Dot) {
        let Point { x, y } = dot.at;
        match dot.kind {
            PacketKind::Request => self.circle(dot.at, DOT),
            PacketKind::Answer => self.circle(dot.at, DOT - 0.75),
            PacketKind::Probe => self.context.rect(f64::from(x) - 2.5, f64::from(y) - 2.5, 5.0, 5.0),
            PacketKind::Write | PacketKind::Copy => {
                let corners = corners(dot.kind, dot.at).unwrap_or_default();
                for (n, corner) in corners.iter().chain(corners.first()).enumerate() {
                    if n == 0 { self.move_to(*corner) } else { self.line_to(*corner) }
                }
            }
            PacketKind::Failure => {
                let r = DOT - 0.5;
                for (from, to) in [((-r, -r), (r, r)), ((-r, r), (r, -r))] {
                    self.move_to(Point { x: x + from.0, y: y + from.1 });
                    self.line_to(Point { x: x + to.0, y: y + to.1 });
                }
            }
        }
    }
}
