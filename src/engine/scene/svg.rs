//! A picture as SVG: the still that stands in the page before any script runs, and what 'save' saves.
//!
//! Colours and dashes are classes (`f-accent`, `s-ink`, `dotted`), resolved by `style/picture.css` in the page and by an embedded style
//! sheet in a file that stands by itself. There is no `style` attribute: the page's policy would not let it through.

use super::curve::{DOT, Dot, PACKETS, corners};
use super::mark::{Anchor, Dash, Form, Ink, Mark, Point, Rect, Role, Text, at, distance_to_line};
use super::metrics::Face;
use super::panel::PacketKind;
use super::picture::Picture;

/// What an SVG says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SvgOptions<'a> {
    /// Prefix of ids, unlike any other in the page.
    pub id: &'a str,
    /// Name of the picture, for those who don't see it.
    pub title: &'a str,
    /// What it shows, in a sentence or three.
    pub description: &'a str,
    /// Further classes of the `svg` element, separated by spaces: `wide`, `narrow`.
    pub class: &'a str,
    /// A file for itself: with its own colours, light and dark as the system is, and its ground.
    pub standalone: bool,
}

/// Values of the roles in the light theme, as in the page's style sheet.
const LIGHT: [(Role, &str); 11] = [
    (Role::Ink, "#1d1c1a"),
    (Role::Muted, "#66625b"),
    (Role::Line, "#e3dfd6"),
    (Role::Raised, "#ffffff"),
    (Role::Soft, "#f3f0e9"),
    (Role::Accent, "#0b6b64"),
    (Role::AccentTint, "#dcedea"),
    (Role::Trouble, "#b4431f"),
    (Role::TroubleTint, "#f9e4dc"),
    (Role::Second, "#4a4fb0"),
    (Role::Third, "#86690a"),
];

/// And in the dark one.
const DARK: [(Role, &str); 11] = [
    (Role::Ink, "#e9e6df"),
    (Role::Muted, "#a5a099"),
    (Role::Line, "#32353a"),
    (Role::Raised, "#1c1e20"),
    (Role::Soft, "#22252a"),
    (Role::Accent, "#5cc4b8"),
    (Role::AccentTint, "#1d3734"),
    (Role::Trouble, "#f0875f"),
    (Role::TroubleTint, "#3b241b"),
    (Role::Second, "#a3a7f5"),
    (Role::Third, "#d8b84f"),
];

/// Classes of lines that aren't solid.
const DASHES: [(Dash, &str); 3] =
    [(Dash::Dashed, "dashed"), (Dash::Dotted, "dotted"), (Dash::Broken, "broken")];

/// The picture as an `svg` element.
pub fn svg(picture: &Picture, still: &SvgOptions) -> String {
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
    out.text(still.description);
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

fn tenths(value: f32) -> i64 {
    libm::roundf(value * 10.0) as i64
}

/// The points that a line needs: without them it would pass some point at more than a tenth of a pixel.
fn simplified(points: &[Point]) -> Vec<Point> {
    let mut kept = Vec::new();
    let mut from = 0;
    for (k, &p) in points.iter().enumerate() {
        if k == 0
            || points[from + 1..k].iter().any(|&between| distance_to_line(between, [points[from], p]) > 0.1)
        {
            from = k.saturating_sub(1);
            kept.push(points[from]);
        }
    }
    if points.len() > 1 {
        kept.extend(points.last());
    }
    kept
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

    /// A number to the tenth, as short as it goes: nobody sees less of a pixel.
    fn value(&mut self, value: f32) {
        self.tenths(tenths(value));
    }

    fn tenths(&mut self, tenths: i64) {
        let (whole, part) = (tenths.abs() / 10, tenths.abs() % 10);
        if tenths < 0 {
            self.raw("-");
        }
        if whole > 0 || part == 0 {
            self.raw(&whole.to_string());
        }
        if part > 0 {
            self.raw(".");
            self.0.push(char::from(b'0' + part as u8));
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

    /// A line through points, each step from the one before: steps are short where places are long. Places are rounded,
    /// not steps, so that nothing adds up.
    fn points(&mut self, points: &[Point]) {
        let mut before = None;
        let mut last = "";
        for p in simplified(points) {
            let here = [tenths(p.x), tenths(p.y)];
            let Some([x, y]) = before.replace(here) else {
                self.raw("M");
                self.numbers(&[p.x, p.y]);
                continue;
            };
            let step = [here[0] - x, here[1] - y];
            let (command, along) = match step {
                [_, 0] => ("h", &step[..1]),
                [0, _] => ("v", &step[1..]),
                _ => ("l", &step[..]),
            };
            // A command holds until another comes.
            let mut apart = command == last;
            if !apart {
                self.raw(command);
                last = command;
            }
            for &tenths in along {
                if apart && tenths >= 0 {
                    self.raw(" ");
                }
                self.tenths(tenths);
                apart = true;
            }
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
            if let Some((_, class)) = DASHES.iter().find(|(dash, _)| *dash == ink.dash) {
                self.raw(" ");
                self.raw(class);
            }
        }
        self.raw("\"");
        if ink.line.is_some() && ink.width != 1.0 {
            self.number("stroke-width", ink.width);
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
                self.raw("c");
                let steps = [b, c, d].map(|p| [p.x - a.x, p.y - a.y]);
                self.numbers(steps.as_flattened());
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
        let Some(&(_, ink)) = PACKETS.iter().find(|(shape, _)| *shape == dot.kind) else { return };
        match dot.kind {
            PacketKind::Request => self.circle(dot.at, DOT, ink),
            PacketKind::Answer => self.circle(dot.at, DOT - 0.75, ink),
            PacketKind::Probe => self.rect(&Rect::new(x - 2.5, y - 2.5, 5.0, 5.0), 0.0, ink),
            PacketKind::Write | PacketKind::Copy => {
                self.raw("<path d=\"");
                self.points(&corners(dot.kind, dot.at).unwrap_or_default());
                self.raw("z");
                self.path_end(ink);
            }
            PacketKind::Failure => {
                self.raw("<path d=\"");
                let r = DOT - 0.5;
                self.points(&[at(x - r, y - r), at(x + r, y + r)]);
                self.points(&[at(x - r, y + r), at(x + r, y - r)]);
                self.path_end(ink);
            }
        }
    }

    /// The rules of `style/picture.css` with the light theme's colours.
    fn colours(&mut self, colours: &[(Role, &str); 11]) {
        for (role, value) in colours {
            for (prefix, property) in [(".f-", "{fill:"), (".s-", "{stroke:")] {
                for piece in [prefix, role.name(), property, value, "}"] {
                    self.raw(piece);
                }
            }
        }
    }

    fn style_sheet(&mut self) {
        self.raw("<style>svg{fill:none;stroke-linejoin:round;font-family:system-ui,sans-serif}.b{font-weight:700}.m{font-family:monospace}");
        self.colours(&LIGHT);
        self.raw("@media(prefers-color-scheme:dark){");
        self.colours(&DARK);
        self.raw("}");
        for (dash, class) in DASHES {
            self.raw(".");
            self.raw(class);
            self.raw(&dash_rule(dash));
        }
        self.raw("</style>");
    }
}

/// `{stroke-dasharray:5 3.5}`. Dots are dashes without length, which round ends make visible.
fn dash_rule(dash: Dash) -> String {
    let length = |&length: &f32| {
        let text = crate::sim::decimal::format(length.into(), 2);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let lengths: Vec<String> = dash.pattern().iter().map(length).collect();
    let ends = if dash == Dash::Dotted { ";stroke-linecap:round" } else { "" };
    format!("{{stroke-dasharray:{}{ends}}}", lengths.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(points: &[(f32, f32)]) -> String {
        let points: Vec<Point> = points.iter().map(|&(x, y)| at(x, y)).collect();
        let mut out = Writer(String::new());
        out.points(&points);
        out.0
    }

    #[test]
    fn a_path_goes_in_short_steps_and_ends_where_it_should() {
        assert_eq!(path(&[]), "");
        assert_eq!(path(&[(1.0, 2.0)]), "M1 2");
        assert_eq!(path(&[(1.0, 2.0), (1.0, 2.0)]), "M1 2h0");
        assert_eq!(path(&[(1.04, 2.0), (2.0, 1.5), (9.0, 1.5), (9.0, 8.26)]), "M1 2l1-.5h7v6.8");
        assert_eq!(path(&[(0.0, 0.0), (3.0, 1.0), (2.0, 2.0)]), "M0 0l3 1-1 1");
        let thirds = [(0.0, 0.0), (0.333, 4.0), (0.667, 0.0), (1.0, 4.0)];
        assert_eq!(path(&thirds), "M0 0l.3 4 .4-4 .3 4", "what is rounded off doesn't add up");
    }

    #[test]
    fn a_line_keeps_what_can_be_seen_of_it() {
        let level = [(0.0, 5.0), (1.0, 5.0), (2.0, 5.05), (9.0, 5.0)];
        assert_eq!(path(&level), "M0 5h9");
        let spike = [(0.0, 5.0), (4.0, 5.0), (1.0, 5.0)];
        assert_eq!(path(&spike), "M0 5h4-3", "it turns back");
    }

    #[test]
    fn a_file_has_the_colours_that_the_page_has() {
        let sheets = [include_str!("../../../style/tokens.css"), include_str!("../../../style/picture.css")];
        for (theme, colours) in [(":root {", LIGHT), (":root[data-theme=\"dark\"] {", DARK)] {
            let blocks = sheets.map(|builder| builder.split_once(theme).expect("it has this theme").1);
            let blocks = blocks.map(|block| block.split('}').next().unwrap_or_default());
            for (role, value) in colours {
                let name = format!("--{}: ", role.name());
                let set = blocks.iter().find_map(|block| block.split_once(&name)?.1.split(';').next());
                let set = set.map(|set| if set == "#fff" { "#ffffff" } else { set });
                assert_eq!(set, Some(value), "{theme} {}", role.name());
            }
        }
    }

    #[test]
    fn the_pages_style_sheet_knows_every_dash() {
        let builder: String = include_str!("../../../style/picture.css").split_whitespace().collect();
        for (dash, class) in DASHES {
            let rule: String = format!(".picture.{class}{}", dash_rule(dash)).split_whitespace().collect();
            let rule = rule.replace('}', ";}");
            assert!(builder.contains(&rule), "{rule}");
        }
    }
}
