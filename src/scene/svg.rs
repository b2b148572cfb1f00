//! A picture as SVG: the still that stands in the page before any script runs, and what 'save' saves.
//!
//! Colours are classes (`f-accent`, `s-ink`), resolved by `style/picture.css` in the page and by an embedded style
//! sheet in a file that stands by itself. There is no `style` attribute: the page's policy would not let it through.

use super::curve::{DOT, Dot, PACKETS};
use super::mark::{Anchor, Dash, Form, Ink, Mark, Point, Rect, Role, Text};
use super::metrics::Face;
use super::panel::Shape;
use super::picture::Picture;

/// What an SVG says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Still<'a> {
    /// Prefix of ids, unlike any other in the page.
    pub id: &'a str,
    /// Name of the picture, for those who don't see it.
    pub title: &'a str,
    /// What it shows, in a sentence or three.
    pub describes: &'a str,
    /// Further classes of the `svg` element, separated by spaces: `wide`, `narrow`.
    pub class: &'a str,
    /// A file for itself: with its own colours (the light ones) and its ground.
    pub standalone: bool,
}

/// Values of the roles in the light theme, as in the page's style sheet.
const LIGHT: [(Role, &str); 9] = [
    (Role::Ink, "#1d1c1a"),
    (Role::Muted, "#66625b"),
    (Role::Line, "#e3dfd6"),
    (Role::Raised, "#ffffff"),
    (Role::Soft, "#f3f0e9"),
    (Role::Accent, "#0b6b64"),
    (Role::AccentTint, "#dcedea"),
    (Role::Trouble, "#b4431f"),
    (Role::TroubleTint, "#f9e4dc"),
];

/// The picture as an `svg` element.
pub fn svg(picture: &Picture, still: &Still) -> String {
    let mut out = Writer(String::with_capacity(4096 + picture.marks.len() * 96));
    let (w, h) = (picture.width, picture.height);
    out.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"picture");
    if !still.class.is_empty() {
        out.raw(" ");
        out.text(still.class);
    }
    out.raw("\" viewBox=\"0 0 ");
    out.numbers(&[w, h]);
    out.raw("\"");
    out.number("width", w);
    out.number("height", h);
    out.raw(" aria-labelledby=\"");
    out.text(still.id);
    out.raw("-t\" aria-describedby=\"");
    out.text(still.id);
    out.raw("-d\"><title id=\"");
    out.text(still.id);
    out.raw("-t\">");
    out.text(still.title);
    out.raw("</title><desc id=\"");
    out.text(still.id);
    out.raw("-d\">");
    out.text(still.describes);
    out.raw("</desc>");
    if still.standalone {
        out.style_sheet();
        out.raw("<rect class=\"f-raised\" width=\"100%\" height=\"100%\"/>");
    }
    for mark in &picture.marks {
        out.mark(mark);
    }
    for dot in &picture.dots {
        out.dot(dot);
    }
    out.raw("</svg>");
    out.0
}

struct Writer(String);

impl Writer {
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Text from anywhere, so that it stays text. Control characters, which XML has no place for, are left out.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                '\u{fffe}' | '\u{ffff}' => {}
                c if c.is_control() && c != '\n' && c != '\t' => {}
                c => self.0.push(c),
            }
        }
    }

    /// A number to the hundredth, as short as it goes.
    fn value(&mut self, value: f32) {
        let hundredths = libm::roundf(value * 100.0) as i64;
        let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
        if hundredths < 0 {
            self.raw("-");
        }
        self.raw(&whole.to_string());
        if part > 0 {
            self.raw(".");
            self.0.push(char::from(b'0' + (part / 10) as u8));
            if part % 10 > 0 {
                self.0.push(char::from(b'0' + (part % 10) as u8));
            }
        }
    }

    fn numbers(&mut self, values: &[f32]) {
        for (k, &value) in values.iter().enumerate() {
            if k > 0 {
                self.raw(" ");
            }
            self.value(value);
        }
    }

    fn number(&mut self, name: &str, value: f32) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.value(value);
        self.raw("\"");
    }

    fn points(&mut self, points: &[Point]) {
        for (k, p) in points.iter().enumerate() {
            self.raw(if k == 0 { "M" } else { "L" });
            self.numbers(&[p.x, p.y]);
        }
    }

    fn ink(&mut self, ink: Ink) {
        self.raw(" class=\"");
        if let Some(role) = ink.fill {
            self.raw("f-");
            self.raw(role.name());
        }
        if let Some(role) = ink.line {
            self.raw(if ink.fill.is_some() { " s-" } else { "s-" });
            self.raw(role.name());
        }
        self.raw("\"");
        if ink.line.is_some() {
            if ink.width != 1.0 {
                self.number("stroke-width", ink.width);
            }
            if ink.dash != Dash::Solid {
                self.raw(" stroke-dasharray=\"");
                self.numbers(ink.dash.pattern());
                self.raw("\"");
            }
            if ink.dash == Dash::Dotted {
                self.raw(" stroke-linecap=\"round\"");
            }
        }
    }

    fn rect(&mut self, rect: &Rect, round: f32, ink: Ink) {
        self.raw("<rect");
        self.number("x", rect.x);
        self.number("y", rect.y);
        self.number("width", rect.w);
        self.number("height", rect.h);
        if round > 0.0 {
            self.number("rx", round);
        }
        self.ink(ink);
        self.raw("/>");
    }

    fn circle(&mut self, centre: Point, radius: f32, ink: Ink) {
        self.raw("<circle");
        self.number("cx", centre.x);
        self.number("cy", centre.y);
        self.number("r", radius);
        self.ink(ink);
        self.raw("/>");
    }

    fn mark(&mut self, mark: &Mark) {
        match &mark.form {
            Form::Rect(rect, round) => self.rect(rect, *round, mark.ink),
            Form::Circle(centre, radius) => self.circle(*centre, *radius, mark.ink),
            Form::Text(text) => self.letters(text, mark.ink),
            Form::Curve([a, b, c, d]) => {
                self.raw("<path d=\"M");
                self.numbers(&[a.x, a.y]);
                self.raw("C");
                self.numbers(&[b.x, b.y, c.x, c.y, d.x, d.y]);
                self.path_end(mark.ink);
            }
            Form::Path(points) => {
                self.raw("<path d=\"");
                self.points(points);
                self.path_end(mark.ink);
            }
            Form::Area(points) => {
                self.raw("<path d=\"");
                self.points(points);
                self.raw("Z");
                self.path_end(mark.ink);
            }
        }
    }

    fn path_end(&mut self, ink: Ink) {
        self.raw("\"");
        self.ink(ink);
        self.raw("/>");
    }

    fn letters(&mut self, text: &Text, ink: Ink) {
        self.raw("<text");
        self.number("x", text.at.x);
        self.number("y", text.at.y);
        self.number("font-size", text.size);
        match text.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.raw(" text-anchor=\"middle\""),
            Anchor::End => self.raw(" text-anchor=\"end\""),
        }
        self.raw(" class=\"f-");
        self.raw(ink.fill.unwrap_or(Role::Ink).name());
        self.raw(match text.face {
            Face::Plain => "\"",
            Face::Bold => " b\"",
            // Code keeps its indentation.
            Face::Mono => " m\" xml:space=\"preserve\"",
        });
        self.raw(">");
        if let Some(full) = &text.full {
            self.raw("<title>");
            self.text(full);
            self.raw("</title>");
        }
        self.text(&text.text);
        self.raw("</text>");
    }

    fn dot(&mut self, dot: &Dot) {
        let Point { x, y } = dot.at;
        let Some(&(_, ink)) = PACKETS.iter().find(|(shape, _)| *shape == dot.shape) else { return };
        match dot.shape {
            Shape::Request => self.circle(dot.at, DOT, ink),
            Shape::Answer => self.circle(dot.at, DOT - 0.75, ink),
            Shape::Probe => self.rect(&Rect::new(x - 2.5, y - 2.5, 5.0, 5.0), 0.0, ink),
            Shape::Failure => {
                let r = DOT - 0.5;
                self.raw("<path d=\"M");
                self.numbers(&[x - r, y - r]);
                self.raw("L");
                self.numbers(&[x + r, y + r]);
                self.raw("M");
                self.numbers(&[x - r, y + r]);
                self.raw("L");
                self.numbers(&[x + r, y - r]);
                self.path_end(ink);
            }
        }
    }

    /// The rules of `style/picture.css` with the light theme's colours.
    fn style_sheet(&mut self) {
        self.raw("<style>svg{fill:none;stroke-linejoin:round;font-family:system-ui,sans-serif}.b{font-weight:700}.m{font-family:monospace}");
        for (role, value) in LIGHT {
            for (prefix, property) in [(".f-", "{fill:"), (".s-", "{stroke:")] {
                self.raw(prefix);
                self.raw(role.name());
                self.raw(property);
                self.raw(value);
                self.raw("}");
            }
        }
        self.raw("</style>");
    }
}
