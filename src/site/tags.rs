//! Reading and rewriting the attributes of an HTML page that we wrote ourselves (double-quoted values, no stray `<`).
//!
//! A tokenizer of fifty lines rather than a parser: it has to tell tags from text, so that a link in a code sample stays
//! as its author wrote it, and nothing more.

/// One attribute of a tag: `href` of `<a href="…">`. The value is as written, entities and all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The tag's name, as written: `a`, `link`.
    pub tag: &'a str,
    /// The whole tag from `<` to `>`: what else it says.
    pub whole: &'a str,
    /// The attribute's name.
    pub name: &'a str,
    /// What stands between its quotes.
    pub value: &'a str,
}

/// The page with every attribute value for which `f` has a new one replaced by it. Comments, text and the insides of
/// `script` and `style` are left alone.
pub fn rewrite<'a>(html: &'a str, mut f: impl FnMut(Attribute<'a>) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, tail) = rest.split_at(start);
        out.push_str(text);
        let length = token(tail);
        let (whole, after) = tail.split_at(length);
        rest = after;
        let name_end = whole[1..].find(|c: char| !c.is_ascii_alphanumeric()).map_or(whole.len(), |n| n + 1);
        let tag = &whole[1..name_end];
        if tag.is_empty() {
            out.push_str(whole); // a comment, a doctype or an end tag
            continue;
        }
        let mut left = whole;
        while let Some(quote) = left.find("=\"") {
            let (before, value) = left.split_at(quote + 2);
            let end = value.find('"').unwrap_or(value.len());
            let name = before[..quote].rsplit(|c: char| c.is_whitespace() || c == '"').next().unwrap_or("");
            out.push_str(before);
            match f(Attribute { tag, whole, name, value: &value[..end] }) {
                Some(new) => out.push_str(&new),
                None => out.push_str(&value[..end]),
            }
            // The closing quote stays in `left`, so that it is copied with what follows.
            left = &value[end..];
        }
        out.push_str(left);
        if tag == "script" || tag == "style" {
            let end = rest.find(&format!("</{tag}")).unwrap_or(rest.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    out
}

/// The page without the tags that `drop` picks by name and whole text.
pub fn without(html: &str, drop: impl Fn(&str, &str) -> bool) -> String {
    let mut dropped: Vec<&str> = Vec::new();
    for a in attributes(html) {
        if dropped.last() != Some(&a.whole) && drop(a.tag, a.whole) {
            dropped.push(a.whole);
        }
    }
    dropped.into_iter().fold(html.to_owned(), |html, whole| html.replacen(whole, "", 1))
}

/// Every attribute of the page, in order.
pub fn attributes(html: &str) -> Vec<Attribute<'_>> {
    let mut all = Vec::new();
    rewrite(html, |a| {
        all.push(a);
        None
    });
    all
}

/// The value of an attribute of this tag.
pub fn value<'a>(whole: &'a str, name: &str) -> Option<&'a str> {
    attributes(whole).into_iter().find(|a| a.name == name).map(|a| a.value)
}

/// How many bytes the comment or tag takes that `text` begins with; a `>` within quotes doesn't end a tag.
fn token(text: &str) -> usize {
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |n| n + 3);
    }
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(html: &str) -> Vec<(&str, &str, &str)> {
        attributes(html).into_iter().map(|a| (a.tag, a.name, a.value)).collect()
    }

    #[test]
    fn attributes_are_found_in_tags_and_nowhere_else() {
        let html = "<!doctype html><!-- <a href=\"no\"> --><a class=\"x\" href=\"/y\">say=\"no\" &lt;a href=\"no\"&gt;</a>\
                    <script type=\"module\">let a = '<a href=\"no\">';</script><img alt=\"a > b\" src=\"z\">";
        let expected = [
            ("a", "class", "x"),
            ("a", "href", "/y"),
            ("script", "type", "module"),
            ("img", "alt", "a > b"),
            ("img", "src", "z"),
        ];
        assert_eq!(seen(html), expected);
    }

    #[test]
    fn only_the_values_that_are_replaced_change() {
        let html = "<a id=\"i\" href=\"/y\">t</a><p title=\"\">ü</p><";
        let new = rewrite(html, |a| (a.name == "href").then(|| format!("..{}", a.value)));
        assert_eq!(new, html.replace("/y", "../y"));
    }

    #[test]
    fn no_text_makes_it_panic() {
        for html in ["<", "<a", "<a href=\"", "<a =\"\"", "<!--", "<script>", "ü<ü a=\"ü", "<a/ b=\"c\"/>"]
        {
            assert_eq!(rewrite(html, |_| None), html);
        }
    }
}
