//! Markdown to HTML: what pulldown-cmark makes of it, with our live numbers and links in it.

use super::cache::Cache;
use super::home;
use super::still::Stills;
use crate::course::front_matter::LessonStatus;
use crate::course::markdown::{self, Item, Live, Target};
use crate::course::{Course, Lesson, Text};
use crate::desk::markup::class;
use crate::player::{encode_view, percent_encode};
use crate::sim::Time;
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use std::cell::RefCell;
use std::rc::Rc;

/// A plain text with the quotes and apostrophes of print.
pub fn typeset(text: &str) -> String {
    let parts = markdown::items(text).into_iter().filter_map(|(item, _)| match item {
        Item::Markup(Event::Text(text) | Event::Code(text)) => Some(text.into_string()),
        Item::Markup(Event::SoftBreak | Event::HardBreak) => Some(" ".into()),
        _ => None,
    });
    parts.collect()
}

/// The context that prose is rendered in.
pub struct Context<'a> {
    /// All lessons, for links between them.
    pub course: &'a Course,
    /// The lesson that the prose belongs to.
    pub lesson: &'a Lesson,
    /// What its figures show.
    pub stills: Stills<'a>,
    /// Pictures that are files beside the page: names and SVG.
    pub files: RefCell<Vec<(String, String)>>,
    /// Whether numbers that would give away a prediction wait for scripts to show them.
    masks: bool,
}

impl<'a> Context<'a> {
    /// Of a lesson.
    pub fn new(course: &'a Course, lesson: &'a Lesson, cache: &Rc<Cache>) -> Self {
        let stills = Stills::new(course, lesson, cache);
        Self { course, lesson, stills, files: RefCell::default(), masks: true }
    }

    /// The same, for a page without figures: numbers stand there as they are.
    #[must_use]
    pub fn unmasked(self) -> Self {
        Self { masks: false, ..self }
    }

    /// Markdown as blocks: paragraphs, lists, tables.
    pub fn blocks(&self, text: &Text) -> Markup {
        self.html(text, false)
    }

    /// Markdown as a phrase: what stands in a heading or a label. A lone paragraph loses its tags.
    pub fn phrase(&self, text: &Text) -> Markup {
        self.html(text, true)
    }

    fn html(&self, text: &Text, phrase: bool) -> Markup {
        let items = markdown::items(&text.text);
        let paragraphs =
            items.iter().filter(|(i, _)| matches!(i, Item::Markup(Event::Start(Tag::Paragraph)))).count();
        let mut events: Vec<Event> = Vec::with_capacity(items.len());
        let mut ends: Vec<bool> = Vec::new();
        for (item, range) in items {
            let line = text.line + text.text[..range.start].matches('\n').count() as u32;
            let raw = |html: &Markup| Event::InlineHtml(CowStr::from(html.0.clone()));
            match item {
                Item::Markup(Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph))
                    if phrase && paragraphs == 1 => {}
                Item::Markup(Event::End(TagEnd::Link)) => {
                    if ends.pop() == Some(true) {
                        events.push(Event::InlineHtml("</a>".into()));
                    }
                }
                // A wide table scrolls by itself, and can be reached and scrolled by keyboard.
                Item::Markup(start @ Event::Start(Tag::Table(_))) => {
                    let open = "<div class=\"table\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">";
                    events.extend([Event::InlineHtml(open.into()), start]);
                }
                Item::Markup(end @ Event::End(TagEnd::Table)) => {
                    events.extend([end, Event::InlineHtml("</div>".into())]);
                }
                Item::Markup(event) => events.push(event),
                Item::Live(Ok(live)) => events.push(raw(&self.live(&live, line))),
                Item::Live(Err(_)) => {}
                Item::Link(target) => {
                    let open = target.ok().and_then(|target| self.link(&target, line));
                    ends.push(open.is_some());
                    events.extend(open.map(|open| Event::InlineHtml(open.into())));
                }
                Item::Heading(level, id) => {
                    let (classes, attrs) = (Vec::new(), Vec::new());
                    events.push(Event::Start(Tag::Heading { level, id: Some(id.into()), classes, attrs }));
                }
                // The check refuses this; if it gets here anyway, it is shown as text.
                Item::Refused(_, what) => events.push(Event::Text(what.into())),
            }
        }
        let mut out = String::new();
        pulldown_cmark::html::push_html(&mut out, events.into_iter());
        PreEscaped(out)
    }

    /// A live number as it stands before scripts run.
    fn live(&self, live: &Live, line: u32) -> Markup {
        match live {
            Live::Reading { figure, reading, at } => {
                let Some((block, _)) = self.lesson.figure(figure.as_deref(), line) else { return html! {} };
                let value = self.stills.reading(&block.id, reading, *at);
                if !self.masks {
                    return html! { (value) };
                }
                if self.stills.gating_predictions(&block.id).is_empty() {
                    return html! {
                        span.(class::LIVE) data-figure=(block.id) data-reading=(reading) data-at=[at.map(Time::nanos)] { (value) }
                    };
                }
                // Scripts show the number once it no longer gives away a prediction.
                html! {
                    span.(class::LIVE).(class::MASKED) data-figure=(block.id) data-reading=(reading) data-at=[at.map(Time::nanos)] data-says=(value) {
                        "…"
                    }
                }
            }
            Live::Control { figure, control, value } => {
                let Some((block, _)) = self.lesson.figure(figure.as_deref(), line) else { return html! {} };
                html! {
                    span.(class::DRAG) data-figure=(block.id) data-control=(control) data-value=(value) {
                        (self.stills.control(&block.id, control, value))
                    }
                }
            }
        }
    }

    /// The opening tag of a link; `None` if it has no target, and then only its text is shown.
    fn link(&self, target: &Target, line: u32) -> Option<String> {
        let tag = match target {
            Target::Run { figure, set, does, finds, sweep, at } => {
                let (block, _) = self.lesson.figure(figure.as_deref(), line)?;
                let code = match self.stills.get(&block.id) {
                    Some(shown) if *finds => Some(encode_view(&shown.view_found(set)?)),
                    Some(shown) if !does.is_empty() || sweep.is_none() && shown.opens_with_actions() => {
                        Some(encode_view(&shown.view_with(set, does, *at)?))
                    }
                    _ => None,
                };
                let sweep = sweep.as_ref().map(|(control, reading)| format!("{control},,,{reading},3"));
                let set: Vec<String> = set
                    .iter()
                    .map(|(control, value)| format!("{control}={}", percent_encode(value)))
                    .collect();
                html! {
                    a.(class::RUN) href={ "#fig-" (block.id) } data-run data-figure=(block.id)
                        data-set=[(!set.is_empty()).then(|| set.join("&"))] data-at=[at.map(Time::nanos)]
                        data-code=[code] data-sweep=[sweep] {}
                }
            }
            Target::Lesson { lesson, heading } => {
                let lesson = self.course.lesson(lesson)?;
                let heading = heading.as_ref().filter(|_| lesson.front.status != LessonStatus::Planned);
                let place = heading.map(|id| format!("#{id}")).unwrap_or_default();
                html! { a href={ (home::page_of(lesson)) (place) } {} }
            }
            Target::Here(id) => html! { a href={ "#" (id) } {} },
            Target::Web(url) => html! { a href=(url) rel="noopener" {} },
        };
        tag.0.strip_suffix("</a>").map(str::to_owned)
    }
}
