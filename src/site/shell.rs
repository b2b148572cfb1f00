//! What every page has around its content: head, header, footer.

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
    /// It has a place for the learner's side, whose style no other page loads.
    learn: bool,
}

const NAME: &str = "Backend Playground";
const ABOUT: &str = "Learn how backend systems behave: run them, break them, repair them, in your browser.";

impl Head {
    /// Of the front page.
    pub fn home() -> Self {
        Self { title: NAME.into(), description: ABOUT.into(), home: true, unlisted: false, learn: false }
    }

    /// Of a lesson.
    pub fn of(lesson: &Lesson) -> Self {
        let title = format!("{} · {NAME}", lesson.front.title.text);
        Self {
            title,
            description: lesson.front.summary.text.clone(),
            home: false,
            unlisted: false,
            learn: false,
        }
    }

    /// Of the glossary.
    pub fn glossary() -> Self {
        let description =
            "The terms of backend engineering, each with the live figure that shows what it means.".into();
        Self { title: format!("Glossary · {NAME}"), description, home: false, unlisted: false, learn: false }
    }

    /// Of the search.
    pub fn search() -> Self {
        let description = "Find a lesson by what courses, interviewers and systems call it.".into();
        Self { title: format!("Search · {NAME}"), description, home: false, unlisted: false, learn: true }
    }

    /// Of the learner's own record.
    pub fn record() -> Self {
        let description =
            "What you did in the lessons, kept in your own browser: export, import or delete it.".into();
        Self {
            title: format!("Your record · {NAME}"),
            description,
            home: false,
            unlisted: false,
            learn: true,
        }
    }

    /// Of the reviews.
    pub fn review() -> Self {
        let description =
            "What you learned, asked again just before you forget it: ten cards at a time.".into();
        Self { title: format!("Review · {NAME}"), description, home: false, unlisted: false, learn: true }
    }

    /// Of the statistics.
    pub fn statistics() -> Self {
        let description =
            "What you keep, what you guess and where your time goes, computed in your own browser.".into();
        Self {
            title: format!("Statistics · {NAME}"), description, home: false, unlisted: false, learn: true
        }
    }

    /// Of the gallery.
    pub fn gallery() -> Self {
        let description = "Every building block of the site in every state.".into();
        Self {
            title: format!("The gallery · {NAME}"),
            description,
            home: false,
            unlisted: true,
            learn: false,
        }
    }

    /// Of the 404 page.
    pub fn missing() -> Self {
        Self {
            title: format!("Not here · {NAME}"),
            description: ABOUT.into(),
            home: false,
            unlisted: false,
            learn: true,
        }
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
        link rel="preload" as="font" type="font/woff2" crossorigin href="@root/fonts/source-serif-4-latin.woff2";
        @if head.learn { link rel="stylesheet" href="@root/learn/learn.css"; }
        // The choice of light or dark is applied before anything is painted: hence not a module.
        script src="@root/theme.js" {}
    }
}

fn body_of(head: &Head, main: &Markup) -> Markup {
    html! {
        a.skip href="#main" { "Skip to the content" }
        header.top {
            a.brand href="@root/" aria-current=[head.home.then_some("page")] { (mark()) (NAME) }
            nav.site aria-label="Site" {
                a href="@root/search/" data-search title="Search (/)" { "Search" }
                a href="@root/review/" { "Review" }
                a href="@root/glossary/" { "Glossary" }
            }
            button.theme data-theme-switch hidden { (theme_icon()) }
        }
        main #main { (main) }
        footer.bottom {
            p { "Every number comes out of a simulation that runs on your own machine. No account, no tracking: nothing leaves this browser." }
            p { a href="@root/record/" { "Your record" } }
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
