//! What every page has around its content: head, header, footer.

use super::install;
use crate::course::Lesson;
use maud::{Markup, html};

/// What a page says in its head.
#[derive(Clone, Debug)]
pub struct Head {
    title: String,
    description: String,
    /// The front page has no link to itself.
    home: bool,
    /// It is for those who work on the site: search engines leave it out.
    unlisted: bool,
    /// A style sheet that only some pages load.
    style: Option<&'static str>,
    /// Scripts that only some pages load.
    scripts: &'static [&'static str],
}

const NAME: &str = "Backend Playground";
/// The style of the front page and the map, and that of the learner's side.
const HOME: &str = "pages/home.css";
const LEARN: &str = "learn/learn.css";
const ABOUT: &str = "Learn how backend systems behave: run them, break them, repair them, in your browser.";

/// So long a title is shown whole where people search.
const TITLE_LIMIT: usize = 70;

impl Head {
    fn new(title: &str, description: &str) -> Self {
        Self {
            title: format!("{title} · {NAME}"),
            description: description.to_owned(),
            home: false,
            unlisted: false,
            style: None,
            scripts: &[],
        }
    }

    /// Of the front page.
    pub fn home() -> Self {
        let description = "Backend systems as live simulations in your browser: load balancing, caches, circuit breakers, CAP. \
                           Break them, rewind, compare, repair.";
        let title = format!("{NAME}: backend engineering simulator");
        Self { title, home: true, style: Some(HOME), scripts: &["kept.js"], ..Self::new("", description) }
    }

    /// Of a lesson: its title, and what else people call what it is about, as far as there is room.
    pub fn of(lesson: &Lesson) -> Self {
        let front = &lesson.front;
        let mut title = format!("{} simulator", front.title.text);
        let mut joint = ": ";
        for name in &front.names {
            let longer = [title.as_str(), joint, &name.text].concat();
            if longer.chars().count() <= TITLE_LIMIT {
                (title, joint) = (longer, ", ");
            }
        }
        Self::new(&title, &front.summary.text)
    }

    /// Of the map.
    pub fn map() -> Self {
        let about = "All lessons of backend engineering, what builds on what, and ways through them.";
        Self { style: Some(HOME), scripts: &["kept.js", "map.js"], ..Self::new("Map of all lessons", about) }
    }

    /// Of the glossary.
    pub fn glossary() -> Self {
        Self::new(
            "Glossary",
            "The terms of backend engineering, each with the live figure that shows what it means.",
        )
    }

    /// Of the search.
    pub fn search() -> Self {
        let about = "Find a lesson by what courses, interviewers and systems call it.";
        Self { style: Some(LEARN), ..Self::new("Search", about) }
    }

    /// Of the learner's own record.
    pub fn record() -> Self {
        let about = "What you did in the lessons, kept in your own browser: export, import or delete it.";
        Self { style: Some(LEARN), ..Self::new("Your record", about) }
    }

    /// Of the settings.
    pub fn settings() -> Self {
        let about = "Light or dark, size of text, motion, and the speed at which figures play.";
        Self { style: Some(LEARN), ..Self::new("Settings", about) }
    }

    /// Of the reviews.
    pub fn review() -> Self {
        let about = "What you learned, asked again just before you forget it: ten cards at a time.";
        Self { style: Some(LEARN), ..Self::new("Review", about) }
    }

    /// Of the statistics.
    pub fn statistics() -> Self {
        let about = "What you keep, what you guess and where your time goes, computed in your own browser.";
        Self { style: Some(LEARN), ..Self::new("Statistics", about) }
    }

    /// Of the gallery.
    pub fn gallery() -> Self {
        Self {
            unlisted: true,
            ..Self::new("The gallery", "Every building block of the site in every state.")
        }
    }

    /// Of the 404 page.
    pub fn missing() -> Self {
        Self { style: Some(LEARN), ..Self::new("Not here", ABOUT) }
    }
}

/// Trunk's page, cut where a page's own parts go.
#[derive(Debug)]
pub struct Shell<'a> {
    /// Up to the title.
    before: &'a str,
    /// From behind the title to the end of the head.
    head: &'a str,
    /// From the end of the head up to and with `<body>`.
    open: &'a str,
    /// From behind `<body>` on.
    after: &'a str,
}

impl<'a> Shell<'a> {
    /// Cuts a template.
    ///
    /// # Errors
    /// If it has no title, no head's end or no plain `<body>`.
    pub fn new(template: &'a str) -> Result<Self, String> {
        let lacks = |what: &str| format!("index.html: has no {what}, which every page needs");
        let (before, rest) = template.split_once("<title>").ok_or_else(|| lacks("<title>"))?;
        let (_, rest) = rest.split_once("</title>").ok_or_else(|| lacks("</title>"))?;
        let head = rest.find("</head>").ok_or_else(|| lacks("</head>"))?;
        let open = rest.find("<body>").ok_or_else(|| lacks("<body>"))? + "<body>".len();
        Ok(Self { before, head: &rest[..head], open: &rest[head..open], after: &rest[open..] })
    }

    /// A whole page.
    pub fn page(&self, head: &Head, main: &Markup) -> String {
        let Self { before, head: rest, open, after } = self;
        let (own, body) = (head_of(head), body_of(head, main));
        [before, own.0.as_str(), rest, open, body.0.as_str(), after].concat()
    }
}

fn head_of(head: &Head) -> Markup {
    html! {
        title { (head.title) }
        meta name="description" content=(head.description);
        @if head.unlisted { meta name="robots" content="noindex"; }
        meta name="color-scheme" content="light dark";
        meta name="theme-color" media="(prefers-color-scheme: light)" content="#fcfbf8";
        meta name="theme-color" media="(prefers-color-scheme: dark)" content="#151617";
        link rel="icon" type="image/svg+xml" href="@root/favicon.svg";
        // From here the site is installed: browsers fetch the icons with the page, and lessons have no room for them.
        @if head.home {
            link rel="manifest" href={ "@root/" (install::MANIFEST) };
            link rel="apple-touch-icon" href={ "@root/" (install::TOUCH_ICON) };
        }
        link rel="preload" as="font" type="font/woff2" crossorigin href="@root/fonts/source-serif-4-latin.woff2";
        @if let Some(style) = head.style { link rel="stylesheet" href={ "@root/" (style) }; }
        // The choice of light or dark is applied before anything is painted: hence not a module.
        script src="@root/theme.js" {}
        @for script in head.scripts { script src={ "@root/" (script) } {} }
    }
}

fn body_of(head: &Head, main: &Markup) -> Markup {
    html! {
        a.skip href="#main" { "Skip to the content" }
        header.top {
            a.brand href="@root/" aria-current=[head.home.then_some("page")] { (mark()) span { (NAME) } }
            nav.site aria-label="Site" {
                a href="@root/map/" { "Map" }
                a href="@root/review/" { "Review" }
                a href="@root/search/" data-search title="Search (/)" { "Search" }
                a href="@root/glossary/" { "Glossary" }
            }
            button.theme data-theme-switch hidden { (theme_icon()) }
        }
        main #main { (main) }
        footer.bottom {
            p { "Every number comes out of a simulation that runs on your own machine. No account, no tracking: nothing leaves this browser." }
            p { a href="@root/record/" { "Your record" } " · " a href="@root/settings/" { "Settings" } }
        }
    }
}

/// The sign of the house: one that hands on to two.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 16 16" width="18" height="18" aria-hidden="true" {
            path d="M3.5 8 L12.5 3 M3.5 8 L12.5 13" {}
            circle cx="3.5" cy="8" r="2.6" {}
            circle cx="12.5" cy="3" r="2.3" {}
            circle cx="12.5" cy="13" r="2.3" {}
        }
    }
}

fn theme_icon() -> Markup {
    html! {
        svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true" {
            circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" {}
            path d="M8 2.5 a5.5 5.5 0 0 1 0 11 z" fill="currentColor" {}
        }
    }
}
