//! Markdown as lessons use it: CommonMark with tables, and our inline syntax for live numbers and links. One reader for
//! the check and for the renderer, so that both see the same.
//!
//! Raw HTML and pictures are refused: nothing that an author or a stored text writes can become markup of its own.

use super::blocks;
use super::problem::{is_id, one_of};
use crate::player::percent_decode;
use crate::sim::{Time, Unit};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Languages that a code listing in prose can be in.
pub const LANGUAGES: &[&str] =
    &["text", "http", "ini", "java", "json", "lua", "nginx", "promql", "rust", "sh", "sql", "toml", "yaml"];

/// The longest moment that a link or number can name, in seconds: ten days of model time.
const LONGEST_SECS: f64 = 864_000.0;

/// A number in prose that lives.
#[derive(Clone, Debug, PartialEq)]
pub enum Live {
    /// `{{figure.reading@43s}}`: what a figure reads, now or at a moment of its run.
    Reading {
        /// The figure's block; `None` is the one that prose drives.
        figure: Option<String>,
        /// The reading.
        reading: String,
        /// The moment; `None` follows the figure.
        at: Option<Time>,
    },
    /// `{{figure.control=value}}`: a number that one drags and that moves a control.
    Control {
        /// The figure's block; `None` is the one that prose drives.
        figure: Option<String>,
        /// The control.
        control: String,
        /// What it shows at first.
        value: String,
    },
}

/// Where a link in prose leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// `run:figure?set=policy:round-robin&do=8s:kill:server:C&at=43s`: takes a figure to a setting or a moment, with what
    /// is done to it on the way; or `run:figure?set=load:40/s&sweep=policy:p99`, which sweeps.
    Run {
        /// The figure's block; `None` is the one that prose drives.
        figure: Option<String>,
        /// Controls and their values.
        set: Vec<(String, String)>,
        /// What is done to it, and when: `fail-fast:server:C`.
        does: Vec<(Time, String)>,
        /// Whether it is the shortest way to a state that must never be that is shown.
        finds: bool,
        /// A control that is swept, and the reading that is plotted.
        sweep: Option<(String, String)>,
        /// The moment.
        at: Option<Time>,
    },
    /// `lesson:chapter/slug#heading`: another lesson.
    Lesson {
        /// `chapter/slug`.
        lesson: String,
        /// A heading's id there.
        heading: Option<String>,
    },
    /// `#heading`: on this page.
    Here(String),
    /// `https://…`.
    Web(String),
}

/// A piece of Markdown.
#[derive(Clone, Debug, PartialEq)]
pub enum Item<'a> {
    /// Plain Markdown.
    Markup(Event<'a>),
    /// A live number, or why it is none.
    Live(Result<Live, String>),
    /// A link begins (it ends with the `Markup` of its end), or why it can't.
    Link(Result<Target, String>),
    /// A heading begins: its level and its id.
    Heading(HeadingLevel, String),
    /// What no lesson may hold: why, and its text.
    Refused(&'static str, String),
}

/// The pieces of a Markdown text, each with its place in it.
pub fn items(markdown: &str) -> Vec<(Item<'_>, Range<usize>)> {
    let mut reader = Reader { source: markdown, items: Vec::new(), text: String::new(), from: 0..0 };
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_SMART_PUNCTUATION | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut in_code = false;
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        match event {
            Event::Text(text) if !in_code => {
                if reader.from.end != range.start {
                    reader.flush();
                    reader.from = range.clone();
                }
                reader.from.end = range.end;
                reader.text.push_str(&text);
                continue;
            }
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            _ => {}
        }
        reader.flush();
        reader.items.push((item(event), range));
    }
    reader.flush();
    name_headings(&mut reader.items);
    reader.items
}

/// The id that a heading gets when it names none: `What happened?` → `what-happened`.
pub fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

fn item(event: Event<'_>) -> Item<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Item::Refused(
            "HTML is not allowed; write Markdown, and a literal '<' as '\\<'",
            text.into_string(),
        ),
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => {
            Item::Markup(Event::SoftBreak)
        }
        Event::Start(Tag::Image { .. }) => {
            Item::Refused("an image is not allowed; pictures are figures", String::new())
        }
        Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, .. }) => {
            Item::Link(Err(format!("'{dest_url}' is an e-mail address; lessons have none")))
        }
        Event::Start(Tag::Link { dest_url, .. }) => Item::Link(target(&dest_url)),
        Event::Start(Tag::Heading { level, id, .. }) => {
            Item::Heading(level, id.map_or(String::new(), pulldown_cmark::CowStr::into_string))
        }
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
            let word = info.split_whitespace().next().unwrap_or("");
            if blocks::is_kind(word) {
                Item::Refused(
                    "this block must stand by itself, not inside a list, a quote or another block",
                    word.into(),
                )
            } else if word.is_empty() || LANGUAGES.contains(&word) {
                Item::Markup(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))))
            } else {
                Item::Refused("there is no such block, nor such a language for code listings", word.into())
            }
        }
        other => Item::Markup(other),
    }
}

struct Reader<'a> {
    source: &'a str,
    items: Vec<(Item<'a>, Range<usize>)>,
    /// Text that stands together in the source, without escapes in between.
    text: String,
    from: Range<usize>,
}

impl Reader<'_> {
    /// Ends a stretch of text: cuts the live numbers out of it.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let range = self.from.clone();
        // The backslash of an escape is not part of the text: a stretch that begins behind one begins literally.
        let escaped = range.start > 0 && self.source.as_bytes().get(range.start - 1) == Some(&b'\\');
        let mut literal = String::new();
        let mut rest = text.as_str();
        if escaped && rest.starts_with("{{") {
            literal.push_str("{{");
            rest = &rest[2..];
        }
        while let Some((before, after)) = rest.split_once("{{") {
            literal.push_str(before);
            self.push_text(&mut literal, &range);
            let (live, tail) = match after.split_once("}}") {
                Some((inner, tail)) => (live(inner), tail),
                None => (Err("'{{' begins a live number that doesn't end with '}}'; a literal one is written '\\{{'".into()), ""),
            };
            self.items.push((Item::Live(live), range.clone()));
            rest = tail;
        }
        literal.push_str(rest);
        self.push_text(&mut literal, &range);
        self.from = range.end..range.end;
    }

    fn push_text(&mut self, text: &mut String, range: &Range<usize>) {
        if !text.is_empty() {
            let event = Event::Text(std::mem::take(text).into());
            self.items.push((Item::Markup(event), range.clone()));
        }
    }
}

/// Gives headings without an id the one of their text.
fn name_headings(items: &mut [(Item<'_>, Range<usize>)]) {
    for at in 0..items.len() {
        if !matches!(&items[at].0, Item::Heading(_, id) if id.is_empty()) {
            continue;
        }
        let mut text = String::new();
        for (item, _) in &items[at + 1..] {
            match item {
                Item::Markup(Event::Text(t) | Event::Code(t)) => text.push_str(t),
                Item::Markup(Event::End(TagEnd::Heading(_))) => break,
                _ => text.push(' '),
            }
        }
        if let Item::Heading(_, id) = &mut items[at].0 {
            *id = slug(&text);
        }
    }
}

/// Reads what stands between `{{` and `}}`.
pub fn live(inner: &str) -> Result<Live, String> {
    let shown: String = inner.chars().take(60).collect();
    let wrong = |what: &str| {
        format!(
            "'{{{{{shown}}}}}' {what}; write {{{{figure.reading}}}}, {{{{figure.reading@43s}}}} or \
             {{{{figure.control=value}}}}, with or without the figure"
        )
    };
    let (name, value, is_control) = if let Some((name, value)) = inner.split_once('=') {
        (name, Some(value), true)
    } else if let Some((name, at)) = inner.split_once('@') {
        (name, Some(at), false)
    } else {
        (inner, None, false)
    };
    let (figure, id) = match name.split_once('.') {
        Some((figure, id)) => (Some(figure.to_owned()), id),
        None => (None, name),
    };
    if !is_id(id) || !figure.as_deref().is_none_or(is_id) {
        return Err(wrong("names nothing"));
    }
    let id = id.to_owned();
    match (is_control, value) {
        (true, Some(value)) if value.trim().is_empty() => Err(wrong("has no value")),
        (true, Some(value)) => Ok(Live::Control { figure, control: id, value: value.trim().to_owned() }),
        (_, Some(at)) => Ok(Live::Reading { figure, reading: id, at: Some(moment(at)?) }),
        (_, None) => Ok(Live::Reading { figure, reading: id, at: None }),
    }
}

/// Reads a link's destination.
pub fn target(url: &str) -> Result<Target, String> {
    let shown: String = url.chars().take(80).collect();
    if let Some(run) = url.strip_prefix("run:") {
        return run_target(run)
            .map_err(|why| format!("the link '{shown}' {why}; write run:figure?set=control:value&at=43s"));
    }
    if let Some(path) = url.strip_prefix("lesson:") {
        let (lesson, heading) = match path.split_once('#') {
            Some((lesson, heading)) => (lesson, Some(heading)),
            None => (path, None),
        };
        let good = lesson.split_once('/').is_some_and(|(chapter, slug)| is_id(chapter) && is_id(slug))
            && heading.is_none_or(is_id);
        if good {
            let heading = heading.map(str::to_owned);
            return Ok(Target::Lesson { lesson: lesson.to_owned(), heading });
        }
        return Err(format!(
            "the link '{shown}' names no lesson; write lesson:chapter/slug or lesson:chapter/slug#heading"
        ));
    }
    match url.strip_prefix('#') {
        Some(heading) if is_id(heading) => Ok(Target::Here(heading.to_owned())),
        None if url.starts_with("https://") => Ok(Target::Web(url.to_owned())),
        _ => Err(format!(
            "a link can't lead to '{shown}'; it begins with {}",
            one_of(["run:", "lesson:", "#", "https://"])
        )),
    }
}

fn run_target(run: &str) -> Result<Target, String> {
    let (figure, query) = run.split_once('?').ok_or("sets nothing and names no moment")?;
    if !figure.is_empty() && !is_id(figure) {
        return Err("names no figure".into());
    }
    let (mut set, mut does, mut finds, mut sweep, mut at) = (Vec::new(), Vec::new(), false, None, None);
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("set", value)) => match value.split_once(':') {
                Some((control, value)) if is_id(control) && !value.is_empty() => {
                    set.push((control.to_owned(), percent_decode(value)));
                }
                _ => return Err(format!("has 'set={value}', which sets no control")),
            },
            Some(("do", value)) => {
                let (when, what) =
                    value.split_once(':').ok_or_else(|| format!("has 'do={value}' without a moment"))?;
                does.push((moment(when)?, percent_decode(what)));
            }
            Some(("sweep", value)) if sweep.is_none() => match value.split_once(':') {
                Some((control, reading)) if is_id(control) && is_id(reading) => {
                    sweep = Some((control.to_owned(), reading.to_owned()));
                }
                _ => return Err(format!("has 'sweep={value}', which doesn't say what is plotted over what")),
            },
            Some(("find", "wrong")) if !finds => finds = true,
            Some(("at", value)) if at.is_none() => at = Some(moment(value)?),
            _ => return Err(format!("has '{pair}', which says nothing (or twice)")),
        }
    }
    let figure = (!figure.is_empty()).then(|| figure.to_owned());
    if sweep.is_some() && !(does.is_empty() && at.is_none() && !finds) {
        return Err("sweeps, and also says what happens in a run or at which moment it stands".into());
    }
    if finds && !(does.is_empty() && at.is_none()) {
        return Err("finds a run, and also says what happens in it or at which moment it stands".into());
    }
    Ok(Target::Run { figure, set, does, finds, sweep, at })
}

/// Reads a moment of a run: `43s`, `1.5 min`.
pub fn moment(text: &str) -> Result<Time, String> {
    let secs = Unit::Time.parse(text).map_err(|error| error.to_string())?;
    if !(0.0..=LONGEST_SECS).contains(&secs) {
        return Err(format!(
            "'{text}' is not a moment of a run, which begins at 0 s and is at most ten days long"
        ));
    }
    Ok(Time::from_secs_f64(secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(markdown: &str) -> Vec<String> {
        let show = |item: &Item| match item {
            Item::Markup(Event::Text(text)) => text.to_string(),
            Item::Live(Ok(live)) => format!("{live:?}"),
            Item::Live(Err(_)) => "bad".into(),
            Item::Link(Ok(target)) => format!("{target:?}"),
            Item::Refused(..) => "refused".into(),
            Item::Heading(_, id) => format!("#{id}"),
            _ => String::new(),
        };
        items(markdown).iter().map(|(item, _)| show(item)).filter(|s| !s.is_empty()).collect()
    }

    #[test]
    fn live_numbers_are_cut_out_and_escapes_are_not() {
        let reading = |figure: Option<&str>, at: Option<u64>| {
            let (figure, at) = (figure.map(str::to_owned), at.map(Time::from_secs));
            format!("{:?}", Live::Reading { figure, reading: "p99".into(), at })
        };
        assert_eq!(kinds("a {{f-1.p99}} b"), ["a ".to_owned(), reading(Some("f-1"), None), " b".into()]);
        assert_eq!(kinds("{{p99@43s}}{{p99}}"), [reading(None, Some(43)), reading(None, None)]);
        assert_eq!(kinds("a \\{{p99}} b"), ["a ", "{{p99}} b"]);
        assert_eq!(kinds("`{{p99}}`"), Vec::<String>::new());
        assert_eq!(kinds("{{P99}} {{x"), ["bad", " ", "bad"]);
        let load = Live::Control { figure: None, control: "load".into(), value: "480/s".into() };
        assert_eq!(kinds("{{load=480/s}}"), [format!("{load:?}")]);
    }

    #[test]
    fn links_lead_to_runs_lessons_headings_and_the_web_only() {
        let set = vec![("policy".to_owned(), "least-connections".to_owned())];
        let does = vec![(Time::from_secs(8), "kill:server:C".to_owned())];
        let (figure, at) = (Some("slow".into()), Some(Time::from_secs(43)));
        let run = Target::Run { figure, set, does, finds: false, sweep: None, at };
        assert_eq!(target("run:slow?set=policy:least-connections&do=8s:kill:server:C&at=43s"), Ok(run));
        assert!(target("run:slow?sweep=policy:p99").is_ok());
        assert!(target("run:slow?set=load:480/s&sweep=policy:p99").is_ok());
        assert!(target("lesson:faults/cache-failures#cache-avalanche").is_ok());
        assert!(target("#what-happened").is_ok());
        for bad in [
            "javascript:alert(1)",
            "http://a.b",
            "/x",
            "run:slow",
            "run:?at=soon",
            "run:?set=a",
            "run:?do=kill",
            "run:?sweep=policy",
            "run:?sweep=policy:p99&at=3s",
            "run:?find=right",
            "run:?find=wrong&at=3s",
            "lesson:x",
            "#",
        ] {
            assert!(target(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn markup_and_pictures_are_refused() {
        for bad in [
            "<b>x</b>",
            "<script>alert(1)</script>",
            "![x](y)",
            "- a\n\n  ```quiz x\n  ```",
            "```predcit x\n```",
        ] {
            assert!(kinds(bad).contains(&"refused".to_owned()), "{bad}: {:?}", kinds(bad));
        }
    }

    #[test]
    fn headings_are_named_by_their_text_or_by_hand() {
        assert_eq!(kinds("## What `p99` says!"), ["#what-p99-says", "What ", " says!"]);
        assert_eq!(kinds("## The herd {#avalanche}"), ["#avalanche", "The herd"]);
    }
}
