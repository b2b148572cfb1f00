//! The gallery: every building block of the site in every state, on one page, for those who work on it. Screenshots of it
//! are what one looks at after a change of layout or style.
//!
//! [`panels`] holds a scene for each kind of panel; everything else is the real markup with the real desk's changes
//! applied to it: [`tree`] holds elements natively, [`operated`] operates the figure of [`sample`]. [`instruments`] and
//! [`activities`] take specimens from that.
//!
//! No figure on this page is live, so it loads no WASM, and nothing links to it.

mod activities;
mod charts;
pub mod instruments;
mod operated;
pub mod panels;
pub mod sample;
mod tree;

use super::figure::{self, Caption};
use super::prose::Context;
use super::still::{Shown, Stills};
use crate::course::blocks::{Block, Figure};
use crate::course::{Course, Lesson, words};
use crate::player::{Run, View};
use crate::scene::{Options, Picture, Still, Words, svg};
use crate::sim::Seed;
use maud::{Markup, PreEscaped, html};
use operated::Operated;
use std::cell::RefCell;

/// The words of the sample figure, and activities about it: a lesson that is in no course.
const LESSON: &str = include_str!("sample.md");
/// Widths that panels are laid out for.
pub const WIDTHS: [f32; 2] = [720.0, 340.0];

/// A building block in its states.
struct Specimen {
    /// Its id on the page.
    id: String,
    name: &'static str,
    /// The type that makes it.
    made_by: &'static str,
    /// What it is for, in a line.
    says: &'static str,
    body: Markup,
}

/// What specimens are taken from.
struct Sample<'a> {
    course: &'a Course,
    lesson: &'a Lesson,
    shown: Shown,
}

impl<'a> Sample<'a> {
    fn new(course: &'a Course, lesson: &'a Lesson) -> Self {
        Self { course, lesson, shown: show(course, lesson) }
    }

    fn shown(&self) -> &Shown {
        &self.shown
    }

    /// What the activities of the sample lesson have to know of their surroundings.
    fn context(&self) -> Context<'a> {
        let figures = [("sample", show(self.course, self.lesson))];
        Context {
            course: self.course,
            lesson: self.lesson,
            stills: Stills::of(self.lesson, figures),
            files: RefCell::default(),
        }
    }

    fn block(&self) -> (&'a Block, &'a Figure) {
        self.lesson.figures().next().expect("the sample lesson has a figure")
    }

    /// The figure as it is built.
    fn element(&self) -> Markup {
        self.with(Vec::new())
    }

    /// The figure before a prediction.
    fn masked(&self) -> Markup {
        self.with(vec!["what-happens"])
    }

    fn with(&self, after: Vec<&str>) -> Markup {
        let (block, figure) = self.block();
        let caption = &figure.caption.text;
        let caption = Caption {
            id: &block.id,
            number: 1,
            markup: html! { (caption) },
            text: caption,
            after,
            set: None,
            files: None,
        };
        figure::markup(&caption, Some(&self.shown))
    }

    /// The figure at work.
    fn operated(&self) -> Operated {
        self.operated_at(720)
    }

    /// The same, with a picture of this width.
    fn operated_at(&self, width: u16) -> Operated {
        Operated::open(&self.shown, &self.element(), width)
    }
}

fn show(course: &Course, lesson: &Lesson) -> Shown {
    let spec = sample::FIGURE.spec;
    let patterns = words::patterns(course, lesson, &spec.id).into_iter().collect();
    let words = Words { patterns, kinds: spec.naming() };
    let view = View { run: Run::new(spec, Seed(7)), against: Vec::new(), at: spec.still };
    Shown::of(&sample::FIGURE, words, view).expect("the sample figure takes its own defaults")
}

/// Stands for the figure around a part of it.
fn frame(part: &Markup) -> Markup {
    html! { div.figure.part { (part) } }
}

fn exhibit(it: &panels::Exhibit) -> Specimen {
    let picture = |width: f32| {
        let picture = Picture::new(&it.scene, &panels::words(), width, &Options::default());
        let id = format!("{}-{width}", it.id);
        let still = Still { id: &id, title: it.name, describes: it.says, class: "", standalone: false };
        PreEscaped(svg(&picture, &still))
    };
    let pictures = html! { div.pictures { @for width in WIDTHS { div { (picture(width)) } } } };
    Specimen {
        id: it.id.to_owned(),
        name: it.name,
        made_by: it.made_by,
        says: it.says,
        body: frame(&pictures),
    }
}

/// The page's own part.
pub fn body(course: &Course) -> Markup {
    let (lesson, _) = Lesson::parse("gallery", "sample", LESSON);
    let sample = Sample::new(course, &lesson);
    let groups = [
        ("panels", "Panels", panels::all().iter().map(exhibit).collect()),
        ("controls", "Controls", instruments::controls(&sample)),
        ("parts", "Parts of a figure", instruments::parts(&sample)),
        ("figures", "Figures", instruments::figures(&sample)),
        ("activities", "Activities", activities::all(&sample)),
    ];
    html! {
        article.lesson-page.gallery {
            header.lesson-head {
                h1 { "The gallery" }
                p.lead { "Every building block of the site in every state. Nothing here is live." }
            }
            nav.contents aria-label="In the gallery" {
                ul {
                    @for (id, name, specimens) in &groups {
                        li {
                            a href={ "#" (id) } { (name) } ": "
                            @for (n, it) in specimens.iter().enumerate() {
                                @if n > 0 { " · " }
                                a href={ "#" (it.id) } { (it.name) }
                            }
                        }
                    }
                }
            }
            @for (id, name, specimens) in &groups {
                section aria-labelledby=(id) {
                    h2 id=(id) { (name) }
                    @for it in specimens { (specimen(it)) }
                }
            }
        }
        script src="@root/gallery.js" defer {}
    }
}

fn specimen(it: &Specimen) -> Markup {
    html! {
        div.specimen {
            h3 id=(it.id) { (it.name) }
            p.about { (it.says) " " code { (it.made_by) } }
            (it.body)
        }
    }
}
