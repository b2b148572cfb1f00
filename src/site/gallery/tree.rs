//! A page's elements as a browser holds them, and what a desk says applied to them: so a specimen shows what operating
//! the real markup leaves behind, and no markup is written twice.
//!
//! It reads what maud, the SVG writer and pulldown-cmark write, which is well-formed; and of CSS selectors what desks use:
//! tags, classes, attributes, `:is`, `:not`, descendants and `+`.

use crate::desk::{Child, Node, Part, Patch};
use maud::{Escaper, Markup, PreEscaped};
use std::fmt::Write as _;

/// Attributes that tie an element to a run. A specimen has none: a page without a live figure loads no WASM.
const LIVE: [&str; 4] = ["data-figure", "data-view", "data-after", "data-figure-set"];
/// Attributes that hold an id, or names that have to differ between groups of fields.
const IDS: [&str; 5] = ["id", "for", "name", "aria-labelledby", "aria-describedby"];
const VOID: [&str; 6] = ["input", "br", "img", "hr", "link", "meta"];
/// Where a specimen keeps the properties that a browser would set on an element's own style: `public/gallery.js` sets
/// them, for the policy allows no style attribute.
const STYLE: &str = "data-css";

/// An element, or a page's part without an element of its own.
#[derive(Clone, Debug, Default)]
pub struct Element {
    tag: String,
    /// Values are escaped as they stand in HTML.
    attrs: Vec<(String, Option<String>)>,
    children: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    /// Escaped.
    Text(String),
    Element(Element),
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    // Writing to a string can't fail.
    let _ = Escaper::new(&mut out).write_str(text);
    out
}

/// Elements read off markup; their parent is an element without a tag.
///
/// # Panics
/// If the markup is not well-formed.
pub fn read(markup: &Markup) -> Element {
    let mut open = vec![Element::default()];
    let mut rest = markup.0.as_str();
    while let Some(at) = rest.find('<') {
        if at > 0 {
            open.last_mut().expect("the root stays").children.push(Piece::Text(rest[..at].to_owned()));
        }
        rest = &rest[at + 1..];
        if let Some(end) = rest.strip_prefix('/') {
            let (tag, after) = end.split_once('>').expect("a closing tag ends");
            let closed = open.pop().expect("something is open");
            assert_eq!(closed.tag, tag, "what is opened last is closed first");
            open.last_mut().expect("the root stays").children.push(Piece::Element(closed));
            rest = after;
            continue;
        }
        let (element, ended, after) = opening(rest);
        if ended || VOID.contains(&element.tag.as_str()) {
            open.last_mut().expect("the root stays").children.push(Piece::Element(element));
        } else {
            open.push(element);
        }
        rest = after;
    }
    assert_eq!(open.len(), 1, "<{}> stays open", open.last().map_or("", |last| last.tag.as_str()));
    let mut root = open.remove(0);
    root.children.push(Piece::Text(rest.to_owned()));
    root
}

/// An opening tag from behind its `<`, whether it ends by itself (`/>`), and what follows.
fn opening(text: &str) -> (Element, bool, &str) {
    let end = text.find([' ', '>', '/', '\n']).expect("a tag ends");
    let mut element = Element { tag: text[..end].to_owned(), ..Element::default() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (element, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (element, false, after);
        }
        let end = rest.find(['=', ' ', '>', '/']).expect("an attribute ends");
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let value = rest.strip_prefix("=\"").map(|value| {
            let (value, after) = value.split_once('"').expect("a value ends");
            rest = after;
            value.to_owned()
        });
        element.attrs.push((name, value));
    }
}

impl Element {
    /// As markup again.
    pub fn markup(&self) -> Markup {
        let mut out = String::new();
        self.write(&mut out);
        PreEscaped(out)
    }

    fn write(&self, out: &mut String) {
        if !self.tag.is_empty() {
            let _ = write!(out, "<{}", self.tag);
            for (name, value) in &self.attrs {
                let _ = match value {
                    Some(value) => write!(out, " {name}=\"{value}\""),
                    None => write!(out, " {name}"),
                };
            }
            out.push('>');
            if VOID.contains(&self.tag.as_str()) {
                return;
            }
        }
        for child in &self.children {
            match child {
                Piece::Text(text) => out.push_str(text),
                Piece::Element(element) => element.write(out),
            }
        }
        if !self.tag.is_empty() {
            let _ = write!(out, "</{}>", self.tag);
        }
    }

    /// An attribute's value.
    pub fn attr(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attrs.iter().find(|(it, _)| it == name)?;
        Some(value.as_deref().unwrap_or(""))
    }

    /// Sets an attribute, or takes it away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(escaped);
        match (self.attrs.iter().position(|(it, _)| it == name), value) {
            (Some(at), Some(value)) => self.attrs[at].1 = Some(value),
            (Some(at), None) => drop(self.attrs.remove(at)),
            (None, Some(value)) => self.attrs.push((name.to_owned(), Some(value))),
            (None, None) => {}
        }
    }

    fn has_class(&self, class: &str) -> bool {
        self.attr("class").is_some_and(|all| all.split(' ').any(|it| it == class))
    }

    fn set_class(&mut self, class: &str, has: bool) {
        let all = self.attr("class").unwrap_or_default().to_owned();
        let mut all: Vec<&str> = all.split(' ').filter(|it| *it != class && !it.is_empty()).collect();
        all.extend(has.then_some(class));
        self.set("class", Some(&all.join(" ")));
    }

    fn style(&mut self, property: &str, value: &str) {
        let all = self.attr(STYLE).unwrap_or_default().to_owned();
        let own = format!("{property}:");
        let mut all: Vec<&str> =
            all.split(';').filter(|it| !it.is_empty() && !it.starts_with(&own)).collect();
        let new = format!("{own}{value}");
        all.push(&new);
        let all = all.join(";");
        self.set(STYLE, Some(&all));
    }

    fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|piece| match piece {
            Piece::Element(element) => Some(element),
            Piece::Text(_) => None,
        })
    }

    fn elements_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        self.children.iter_mut().filter_map(|piece| match piece {
            Piece::Element(element) => Some(element),
            Piece::Text(_) => None,
        })
    }

    /// Holds this text and nothing else.
    pub fn say(&mut self, text: &str) {
        self.children = vec![Piece::Text(escaped(text))];
    }

    /// Holds these elements before all others.
    pub fn begin_with(&mut self, markup: &Markup) {
        self.children.splice(0..0, read(markup).children);
    }

    /// Its elements in the opposite order.
    pub fn turn_round(&mut self) {
        self.children.reverse();
    }

    /// What a field holds.
    fn hold(&mut self, value: &str) {
        if self.tag == "select" {
            for option in self.elements_mut() {
                let chosen = option.attr("value") == Some(value);
                option.set("selected", chosen.then_some(""));
            }
        } else {
            self.set("value", Some(value));
        }
    }

    /// Where the elements are that a selector matches: ways down, in the order of the page.
    fn found(&self, css: &str) -> Vec<Vec<usize>> {
        let selectors = selectors(css);
        let mut all = Vec::new();
        search(self, &mut Vec::new(), &mut Vec::new(), &selectors, &mut all);
        all
    }

    fn at(&mut self, way: &[usize]) -> &mut Self {
        match way {
            [] => self,
            [n, rest @ ..] => self.elements_mut().nth(*n).expect("it was found there").at(rest),
        }
    }

    /// Changes every element that a selector matches.
    pub fn each(&mut self, css: &str, mut change: impl FnMut(&mut Self)) {
        for way in self.found(css) {
            change(self.at(&way));
        }
    }

    /// The first element that a selector matches, alone.
    ///
    /// # Panics
    /// If there is none: a specimen that shows nothing is a mistake.
    pub fn part(&self, css: &str) -> Self {
        self.nth(css, 0)
    }

    /// The n-th element that a selector matches, alone.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn nth(&self, css: &str, n: usize) -> Self {
        let way = self.found(css).into_iter().nth(n).unwrap_or_else(|| panic!("there is no {css}"));
        let found = way.iter().fold(self, |it, n| it.elements().nth(*n).expect("it was found there"));
        Self { children: vec![Piece::Element(found.clone())], ..Self::default() }
    }

    /// Takes every element away that a selector matches.
    pub fn drop(&mut self, css: &str) {
        for way in self.found(css).into_iter().rev() {
            let (last, above) = way.split_last().expect("the root matches nothing");
            let mut n = 0;
            self.at(above).children.retain(|piece| {
                let element = matches!(piece, Piece::Element(_));
                n += usize::from(element);
                !element || n != last + 1
            });
        }
    }

    /// A specimen of it: ids and names of groups end in `-suffix`, and nothing ties it to a run.
    pub fn specimen(mut self, suffix: &str) -> Markup {
        self.make_specimen(suffix);
        self.markup()
    }

    fn make_specimen(&mut self, suffix: &str) {
        self.attrs.retain(|(name, _)| !LIVE.contains(&name.as_str()));
        for (name, value) in &mut self.attrs {
            if let Some(value) = value.as_mut().filter(|_| IDS.contains(&name.as_str())) {
                let ids: Vec<String> = value.split(' ').map(|id| format!("{id}-{suffix}")).collect();
                *value = ids.join(" ");
            }
        }
        self.elements_mut().for_each(|element| element.make_specimen(suffix));
    }

    /// Applies a change as the page does; to what isn't there, it is none.
    pub fn apply(&mut self, patch: &Patch) {
        let mut each = |part: &Part, change: &mut dyn FnMut(&mut Self)| {
            let all = self.found(&part.css).into_iter();
            let ways: Vec<_> =
                if part.page { all.collect() } else { all.skip(part.n.into()).take(1).collect() };
            for way in ways {
                change(self.at(&way));
            }
        };
        match patch {
            Patch::Text(part, text) => each(part, &mut |it| it.say(text)),
            Patch::Attr(part, name, value) => each(part, &mut |it| it.set(name, value.as_deref())),
            Patch::Class(part, class, has) => each(part, &mut |it| it.set_class(class, *has)),
            Patch::Style(part, property, value) => each(part, &mut |it| it.style(property, value)),
            Patch::Value { part, value, .. } => each(part, &mut |it| it.hold(value)),
            Patch::Place(part, place) => each(part, &mut |it| it.hold(&place.to_string())),
            Patch::Checked(part, true) => {
                let mut group = None;
                each(part, &mut |it| group = it.attr("name").map(str::to_owned));
                if let Some(name) = group {
                    let others = format!("[name=\"{name}\"]");
                    self.each(&others, |it| it.set("checked", None));
                }
                let way = self.found(&part.css).into_iter().nth(part.n.into());
                if let Some(way) = way {
                    self.at(&way).set("checked", Some(""));
                }
            }
            Patch::Checked(part, false) => each(part, &mut |it| it.set("checked", None)),
            Patch::Fill(part, nodes) => each(part, &mut |it| {
                it.children = nodes.iter().map(|node| Piece::Element(made(node))).collect();
            }),
            Patch::Address(part, code) => each(part, &mut |it| {
                if it.tag == "a" {
                    it.set("href", Some(&format!("@root/gallery/#sample={code}")));
                } else {
                    it.set("value", Some(&format!("…/gallery/#sample={code}")));
                }
            }),
            Patch::Focus(_) | Patch::Copy { .. } | Patch::Save { .. } => {}
        }
    }
}

fn made(node: &Node) -> Element {
    let mut element = Element { tag: node.tag.to_string(), ..Element::default() };
    if !node.class.is_empty() {
        element.set("class", Some(&node.class));
    }
    for (name, value) in &node.attrs {
        element.set(name, Some(value));
    }
    for (property, value) in &node.style {
        element.style(property, value);
    }
    let piece = |child: &Child| match child {
        Child::Text(text) => Piece::Text(escaped(text)),
        Child::Node(node) => Piece::Element(made(node)),
    };
    element.children = node.children.iter().map(piece).collect();
    element
}

/// Every selector of a list, in its steps.
fn selectors(css: &str) -> Vec<Vec<&str>> {
    let steps = |one| split(one, ' ').into_iter().map(str::trim).filter(|step| !step.is_empty()).collect();
    split(css, ',').into_iter().map(steps).collect()
}

/// Looks below an element. `above` are those on the way down, `way` the numbers that lead there.
fn search<'a>(
    here: &'a Element,
    above: &mut Vec<&'a Element>,
    way: &mut Vec<usize>,
    selectors: &[Vec<&str>],
    all: &mut Vec<Vec<usize>>,
) {
    let mut before = None;
    for (n, element) in here.elements().enumerate() {
        above.push(element);
        way.push(n);
        if selectors.iter().any(|steps| follows(steps, above, before)) {
            all.push(way.clone());
        }
        search(element, above, way, selectors, all);
        way.pop();
        above.pop();
        before = Some(element);
    }
}

/// Whether the steps of a selector lead to the last of these elements, each in the one before it.
fn follows(steps: &[&str], above: &[&Element], before: Option<&Element>) -> bool {
    let Some((step, rest)) = steps.split_last() else { return false };
    if !compound(above, step) {
        return false;
    }
    let parents = &above[..above.len() - 1];
    match rest {
        [] => true,
        [rest @ .., "+"] => before.is_some_and(|before| follows(rest, &[parents, &[before]].concat(), None)),
        rest => (1..=parents.len()).any(|n| follows(rest, &parents[..n], None)),
    }
}

/// Whether `tag.class[name="value"]:is(…):not(…)` is said of the last of these elements.
fn compound(above: &[&Element], css: &str) -> bool {
    let Some(element) = above.last() else { return false };
    let mut rest = css;
    while let Some(first) = rest.chars().next() {
        let (holds, after) = match first {
            '[' => {
                let (inside, after) = rest[1..].split_once(']').expect("an attribute's selector ends");
                let holds = match inside.split_once('=') {
                    Some((name, value)) => element.attr(name) == Some(value.trim_matches('"')),
                    None => element.attr(inside).is_some(),
                };
                (holds, after)
            }
            ':' => {
                let (name, inside) = rest[1..].split_once('(').expect("of these, all have arguments");
                let end = closing(inside);
                let any = selectors(&inside[..end]).iter().any(|steps| follows(steps, above, None));
                (any == (name == "is"), &inside[end + 1..])
            }
            _ => {
                let end = rest[1..].find(['.', '[', ':']).map_or(rest.len(), |end| end + 1);
                let holds = match rest[..end].strip_prefix('.') {
                    Some(class) => element.has_class(class),
                    None => element.tag == rest[..end],
                };
                (holds, &rest[end..])
            }
        };
        if !holds {
            return false;
        }
        rest = after;
    }
    true
}

fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 {
            return at;
        }
    }
    panic!("a bracket stays open in {text}")
}

/// Parts between separators that stand in no brackets.
fn split(text: &str, by: char) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            c if c == by && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::protocol::{node, nth, part};

    fn tree(html: &str) -> Element {
        read(&PreEscaped(html.to_owned()))
    }

    #[test]
    fn what_is_read_is_written_again() {
        for html in [
            "a &amp; b<p class=\"x y\">c<br>d</p><input disabled value=\"&lt;\">",
            "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"></path></svg> e",
        ] {
            assert_eq!(tree(html).markup().0, html);
        }
        assert_eq!(tree("<g><path d=\"\"/></g>").markup().0, "<g><path d=\"\"></path></g>");
    }

    #[test]
    fn a_change_is_applied_where_its_selector_says() {
        let html =
            "<div data-x=\"1\"><b>1</b><span></span></div><div data-x=\"2\"><b>2</b><span></span></div>";
        let mut it = tree(html);
        it.apply(&Patch::Text(nth("b + span", 1), "<".into()));
        it.apply(&Patch::Fill(part("[data-x=\"1\"] span"), vec![node("i", "k").styled("left", "3%".into())]));
        it.apply(&Patch::Class(part("div b:not(.k)"), "k".into(), true));
        it.apply(&Patch::Text(part(".nowhere"), "!".into()));
        let says = "<div data-x=\"1\"><b class=\"k\">1</b><span><i class=\"k\" data-css=\"left:3%\"></i></span></div>\
            <div data-x=\"2\"><b>2</b><span>&lt;</span></div>";
        assert_eq!(it.markup().0, says);
        assert_eq!(it.found("[data-x] :is(b, i)").len(), 3);
        it.drop("[data-x=\"1\"]");
        assert_eq!(it.part("div").attr("x"), None);
        assert!(it.markup().0.starts_with("<div data-x=\"2\""));
    }
}
