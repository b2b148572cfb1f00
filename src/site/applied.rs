//! A page of the site as it stands after a desk has spoken: what a browser does with [`Patch`]es, done to the page's HTML
//! natively. So what a desk changes can be looked at, and held against the elements that there are, without a browser.

use crate::desk::{NewChild, NewElement, Patch, Selector};
use dom_query::{Document, NodeRef, Selection};

/// A page, or a piece of one, that changes are applied to.
///
/// What only lives in a browser's elements is kept as attributes, so that it shows in [`Applied::html`] and is there when
/// that is opened in a browser: what a field holds as `value` (of a choice, `selected` on its option), a tick as `checked`,
/// own style as `style`.
#[derive(Clone)]
pub struct Applied {
    page: Document,
    /// Whether it is a whole page rather than a piece of one.
    whole: bool,
}

/// The elements that a change names: what it changes, and of a copy also the button that says so. A text that is offered
/// as a file names none.
pub fn parts(patch: &Patch) -> Vec<&Selector> {
    match patch {
        Patch::Text(part, _)
        | Patch::Attribute(part, ..)
        | Patch::Class(part, ..)
        | Patch::Style(part, ..)
        | Patch::Value { field: part, .. }
        | Patch::SliderPosition(part, _)
        | Patch::Checked(part, _)
        | Patch::Children(part, _)
        | Patch::Focus(part)
        | Patch::Reveal(part)
        | Patch::Address(part, _) => vec![part],
        Patch::Place { element, within, .. } => vec![element, within],
        Patch::Copy { field, button } => vec![field, button],
        Patch::Download { .. } => Vec::new(),
    }
}

impl Applied {
    /// Reads HTML: a whole page, from its doctype on, or elements that stand in a page's body.
    pub fn parse(html: &str) -> Self {
        let whole = html.trim_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
        Self { page: if whole { Document::from(html) } else { Document::fragment(html) }, whole }
    }

    /// As HTML again.
    pub fn html(&self) -> String {
        if self.whole { self.page.html().to_string() } else { self.page.html_root().inner_html().to_string() }
    }

    /// The page's elements that a selector matches, in the order of the page.
    pub fn select(&self, css: &str) -> Vec<NodeRef<'_>> {
        self.page.select(css).nodes().to_vec()
    }

    /// The element of a figure, by its id on the page.
    fn figure(&self, figure: &str) -> Selection<'_> {
        self.page.select_single(&format!("figure[data-figure=\"{figure}\"]"))
    }

    /// What a part of a figure means: all elements of the page, or the n-th one in the figure.
    pub fn find(&self, figure: &str, part: &Selector) -> Vec<NodeRef<'_>> {
        if part.in_whole_page {
            return self.select(&part.selector);
        }
        self.figure(figure)
            .select(&part.selector)
            .nodes()
            .iter()
            .skip(part.nth.into())
            .take(1)
            .copied()
            .collect()
    }

    /// Applies what the desk of this figure says, and returns how many elements of those that it names were found. What
    /// is none of the elements' business, keyboard, clipboard and files, changes nothing here; who has the keyboard is
    /// nobody, so a field takes its value whether that is forced or not.
    pub fn apply(&mut self, figure: &str, patch: &Patch) -> usize {
        if let Patch::Place { element, within, at } = patch {
            return self.place(figure, element, within, *at);
        }
        let all: Vec<NodeRef> = parts(patch).into_iter().flat_map(|part| self.find(figure, part)).collect();
        for element in &all {
            match patch {
                Patch::Text(_, text) => element.set_text(text.as_str()),
                Patch::Attribute(_, name, Some(value)) => element.set_attr(name, value),
                Patch::Attribute(_, name, None) => element.remove_attr(name),
                Patch::Class(_, class, true) => element.add_class(class),
                Patch::Class(_, class, false) => element.remove_class(class),
                Patch::Style(_, property, value) => style(element, property, value),
                Patch::Value { value, .. } => hold(element, value),
                Patch::SliderPosition(_, place) => hold(element, &place.to_string()),
                Patch::Checked(_, checked) => self.tick(element, *checked),
                Patch::Children(_, nodes) => {
                    element.remove_children();
                    for node in nodes {
                        element.append_child(&made(element, node));
                    }
                }
                Patch::Address(_, code) => {
                    let address = format!("#{figure}={code}");
                    if element.has_name("a") {
                        element.set_attr("href", &address);
                    } else {
                        hold(element, &address);
                    }
                }
                Patch::Place { .. }
                | Patch::Focus(_)
                | Patch::Reveal(_)
                | Patch::Copy { .. }
                | Patch::Download { .. } => {}
            }
        }
        all.len()
    }

    /// Puts an element at a place among the children of another.
    fn place(&self, figure: &str, element: &Selector, within: &Selector, at: u16) -> usize {
        let (element, within) = (self.find(figure, element), self.find(figure, within));
        if let (Some(element), Some(within)) = (element.first(), within.first()) {
            element.remove_from_parent();
            match within.element_children().get(usize::from(at)) {
                Some(next) => next.insert_before(&element.id),
                None => within.append_child(&element.id),
            }
        }
        usize::from(!element.is_empty()).min(within.len())
    }

    /// Ticks a box. Of a group, no other one stays so.
    fn tick(&self, element: &NodeRef, checked: bool) {
        if let (true, Some("radio"), Some(group)) =
            (checked, element.attr("type").as_deref(), element.attr("name"))
        {
            self.page.select(&format!("[type=radio][name=\"{group}\"]")).remove_attr("checked");
        }
        if checked {
            element.set_attr("checked", "");
        } else {
            element.remove_attr("checked");
        }
    }
}

/// What a field holds.
fn hold(field: &NodeRef, value: &str) {
    if field.has_name("select") {
        for option in field.descendants().into_iter().filter(|option| option.has_name("option")) {
            if option.attr("value").as_deref() == Some(value) {
                option.set_attr("selected", "");
            } else {
                option.remove_attr("selected");
            }
        }
    } else {
        field.set_attr("value", value);
    }
}

/// Sets a property of an element's own style.
fn style(element: &NodeRef, property: &str, value: &str) {
    let all = element.attr_or("style", "").to_string();
    let mut rules: Vec<&str> = all.split(';').filter(|rule| !rule.is_empty()).collect();
    rules.retain(|rule| rule.split(':').next() != Some(property));
    let rule = format!("{property}:{value}");
    rules.push(&rule);
    element.set_attr("style", &rules.join(";"));
}

/// An element that is new to the page.
fn made<'a>(place: &NodeRef<'a>, node: &NewElement) -> NodeRef<'a> {
    let element = place.tree.new_element(&node.tag);
    if !node.class.is_empty() {
        element.set_attr("class", &node.class);
    }
    for (name, value) in &node.attrs {
        element.set_attr(name, value);
    }
    for (property, value) in &node.style {
        style(&element, property, value);
    }
    for child in &node.children {
        match child {
            NewChild::Text(text) => element.append_child(&place.tree.new_text(text.as_str())),
            NewChild::Element(node) => element.append_child(&made(place, node)),
        }
    }
    element
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::protocol::{element, find, nth, page_selector};

    const FIGURES: &str = "<figure data-figure=\"f\" class=\"k\"><b>1</b><span></span><i data-x=\"1\"><b>2</b></i>\
        <input type=\"radio\" name=\"g\" value=\"1\" checked=\"\"><input type=\"radio\" name=\"g\" value=\"2\">\
        <select><option value=\"x\" selected=\"\"></option><option value=\"y\"></option></select></figure>\
        <figure data-figure=\"h\"><b>3</b></figure>";

    fn after(patches: &[Patch]) -> (Vec<usize>, String) {
        let mut page = Applied::parse(FIGURES);
        let found = patches.iter().map(|patch| page.apply("f", patch)).collect();
        (found, page.html())
    }

    #[test]
    fn what_is_read_is_written_again() {
        let piece =
            "a &amp; b<p class=\"x y\">c<br>d</p><svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"></path></svg> e";
        let page = format!(
            "<!DOCTYPE html><html lang=\"en\"><head><title>t</title></head><body>{piece}</body></html>"
        );
        for html in [FIGURES, piece, &page] {
            assert_eq!(Applied::parse(html).html(), html);
        }
    }

    #[test]
    fn a_change_is_applied_where_its_selector_says_and_counts_what_it_found() {
        let (found, html) = after(&[
            Patch::Text(find("b + span".into()), "<".into()),
            Patch::Text(nth("b".into(), 1), "4".into()),
            Patch::Text(find(".k > b".into()), "0".into()),
            Patch::Text(nth("b".into(), 2), "of another figure".into()),
            Patch::Attribute(page_selector("b:not([title])".into()), "title".into(), Some("t".into())),
            Patch::Class(find("i:is([data-x=\"1\"], .no)".into()), "l".into(), true),
            Patch::Download { name: String::new(), text: String::new() },
        ]);
        assert_eq!(found, [1, 1, 1, 0, 3, 1, 0]);
        assert!(html.starts_with(
            "<figure data-figure=\"f\" class=\"k\"><b title=\"t\">0</b><span>&lt;</span>\
             <i data-x=\"1\" class=\"l\"><b title=\"t\">4</b></i>"
        ));
        assert!(html.ends_with("<figure data-figure=\"h\"><b title=\"t\">3</b></figure>"));
    }

    #[test]
    fn fields_hold_what_they_are_told() {
        let (_, html) = after(&[
            Patch::Checked(nth("[name=g]".into(), 1), true),
            Patch::Value { field: find("select".into()), value: "y".into(), forced: false },
            Patch::Address(find("[name=g]".into()), "code".into()),
        ]);
        for piece in [
            "name=\"g\" value=\"#f=code\"><input type=\"radio\" name=\"g\" value=\"2\" checked=\"\">",
            "<option value=\"x\"></option><option value=\"y\" selected=\"\"></option>",
        ] {
            assert!(html.contains(piece), "{html}");
        }
    }

    #[test]
    fn elements_are_made_as_they_are_described() {
        let new = element("em", "c")
            .attr("title", "\"")
            .styled("left", "3%".into())
            .text("<")
            .with([element("b", "")]);
        let (_, html) = after(&[
            Patch::Children(find("i".into()), vec![new]),
            Patch::Style(find("em".into()), "top".into(), "1px".into()),
            Patch::Style(find("em".into()), "left".into(), "4%".into()),
        ]);
        let made =
            "<i data-x=\"1\"><em class=\"c\" title=\"&quot;\" style=\"top:1px;left:4%\">&lt;<b></b></em></i>";
        assert!(html.contains(made), "{html}");
    }
}
