//! The gallery: every building block of the site in every state, on one page, for those who work on it. Screenshots of it
//! are what one looks at after a change of layout or style.
//!
//! What figures reach is shown by registered figures, operated from their desks on the real pages of their lessons
//! ([`super::operated`]; what is done to them stands in [`figures`] and [`activities`]). Only states that none of them reaches are
//! drawn from scenes written by hand ([`scenes`]).
//!
//! No figure on this page is live, so it loads no WASM, and nothing links to it. It is written when it is asked for, with
//! a stylesheet of its own.

mod activities;
mod figures;
mod scenes;

use super::applied::Applied;
use super::operated::{Lessons, Operated, root};
use super::render::{Page, checked};
use super::shell::{Head, Shell};
use crate::course::Course;
use crate::scene::{LayoutOptions, Picture, Scene, SvgOptions, Words, svg};
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Widths that scenes are laid out for.
pub const WIDTHS: [f32; 2] = [720.0, 340.0];
/// Attributes that tie an element to a run. A specimen has none: a page without a live figure loads no WASM.
const LIVE: [&str; 6] =
    ["data-figure", "data-view", "data-after", "data-live", "data-figure-set", "data-facts-at"];
/// Attributes that hold ids, or names that have to differ between groups of fields.
const IDS: [&str; 5] = ["id", "for", "name", "aria-labelledby", "aria-describedby"];
const STYLE: &str = include_str!("../../../style/gallery.css");

/// A scene that the gallery shows, by a figure or by itself.
pub struct Exhibit {
    /// What it is called.
    pub name: &'static str,
    /// What is to be looked at; empty where a figure shows it.
    pub says: &'static str,
    /// What is to be seen.
    pub scene: Scene,
    /// The sentences and names in it.
    pub words: Words,
}

/// A building block in its states.
struct Specimen {
    name: &'static str,
    /// What it is for, in a line.
    says: &'static str,
    body: Markup,
}

/// All that is shown.
pub struct Gallery {
    groups: Vec<(&'static str, Vec<Specimen>)>,
    /// Every scene in it.
    pub exhibits: Vec<Exhibit>,
}

impl Gallery {
    /// Operates the figures of a course.
    ///
    /// # Panics
    /// If a figure or a part of one that it shows isn't there any more.
    pub fn new(course: &Course) -> Self {
        let lessons = Lessons::of(course, figures::WHOLE.iter().map(|(figure, ..)| *figure));
        let (whole, mut exhibits) = figures::whole(&lessons, course);
        let written = scenes::all();
        let groups = vec![
            ("Figures", whole),
            ("Panels that no figure shows like this", written.iter().map(exhibit).collect()),
            ("Controls", figures::controls(&lessons, course)),
            ("Parts of a figure", figures::parts(&lessons)),
            ("Activities", activities::all(&lessons)),
        ];
        exhibits.extend(written);
        Self { groups, exhibits }
    }

    /// The page, with its stylesheet beside it. `template` is trunk's `index.html`.
    ///
    /// # Errors
    /// If the template has no place for it.
    pub fn page(&self, template: &str) -> Result<Page, String> {
        let body = self.body();
        // What a desk sets on an element's own style is a rule here: the policy allows no style in a page.
        let own = body.0.split(" data-css=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let own: BTreeSet<&str> = own.collect();
        let rules = own.iter().map(|rule| format!("[data-css=\"{rule}\"] {{ {rule} }}\n"));
        let style = STYLE.to_owned() + &rules.collect::<String>();
        let html = Shell::new(template)?.page(&Head::gallery(), &body);
        Ok(Page { path: "gallery/index.html".into(), html, files: vec![("gallery.css".into(), style)] })
    }

    fn body(&self) -> Markup {
        let link = |it: &Specimen| html! { a href={ "#" (id(it.name)) } { (it.name) } };
        html! {
            link rel="stylesheet" href="@root/gallery/gallery.css";
            article.lesson-page.gallery {
                header.lesson-head {
                    h1 { "The gallery" }
                    p.lead { "Every building block of the site in every state. Nothing here is live." }
                }
                nav.contents aria-label="In the gallery" {
                    ul {
                        @for (name, specimens) in &self.groups {
                            li {
                                a href={ "#" (id(name)) } { (name) } ": "
                                @for (n, it) in specimens.iter().enumerate() { @if n > 0 { " · " } (link(it)) }
                            }
                        }
                    }
                }
                @for (name, specimens) in &self.groups {
                    section aria-labelledby=(id(name)) {
                        h2 id=(id(name)) { (name) }
                        @for it in specimens {
                            div.specimen {
                                h3 id=(id(it.name)) { (it.name) }
                                p.about { (it.says) }
                                (it.body)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Writes the gallery of the lessons in `folder` into `out`, where trunk has left its `index.html`.
///
/// # Errors
/// If a file can't be read or written, or the template has no place for the page.
pub fn write(folder: &Path, out: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| format!("the gallery: {error}");
    let template = fs::read_to_string(out.join("index.html")).map_err(said)?;
    let page = Gallery::new(&checked(folder).0).page(&template)?;
    let place = out.join("gallery");
    fs::create_dir_all(&place).and_then(|()| fs::write(out.join(&page.path), &page.html)).map_err(said)?;
    page.files.iter().try_for_each(|(name, text)| fs::write(place.join(name), text)).map_err(said)
}

/// What is said of a specimen in the page's address.
fn id(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    letters.collect()
}

fn exhibit(it: &Exhibit) -> Specimen {
    let picture = |width: f32| {
        let picture = Picture::new(&it.scene, &it.words, width, &LayoutOptions::default());
        drawn(&picture, &format!("{}-{width}", id(it.name)), "")
    };
    let body = frame(&html! { div.pictures { @for width in WIDTHS { div { (picture(width)) } } } });
    Specimen { name: it.name, says: it.says, body }
}

/// Stands for the figure around a part of it.
fn frame(part: &Markup) -> Markup {
    html! { div.figure.part { (part) } }
}

/// Specimens side by side, each under the name of its state.
fn states(class: &str, all: &[(&str, Markup)]) -> Markup {
    frame(&html! {
        div.states.(class) { @for (name, state) in all { div.state { p.state-name { (name) } (state) } } }
    })
}

/// One under the other, each in a frame of its own, under the name of its state.
fn rows(all: &[(&str, Markup)]) -> Markup {
    html! { @for (name, state) in all { p.state-name { (name) } (frame(state)) } }
}

impl Operated {
    /// A part of the figure as a specimen.
    fn part(&self, css: &str, suffix: &str) -> Markup {
        specimen(&self.page, &format!("{} {css}", root(&self.figure.spec.id)), suffix)
    }
}

/// A picture in the page.
fn drawn(picture: &Picture, id: &str, class: &str) -> Markup {
    let still =
        SvgOptions { id, title: "A picture", description: "As the sentences say", class, standalone: false };
    PreEscaped(svg(picture, &still))
}

/// The first element that a selector matches, cut out: ids and names of groups end in `-suffix`, nothing ties it to a run,
/// and links within its page lead nowhere in particular.
///
/// # Panics
/// If there is none: a specimen that shows nothing is a mistake.
fn specimen(page: &Applied, css: &str, suffix: &str) -> Markup {
    let found = page.select(css).first().copied().unwrap_or_else(|| panic!("there is no {css}"));
    let cut = Applied::parse(&found.html());
    for element in cut.select("*") {
        element.remove_attrs(&LIVE);
        for name in IDS {
            if let Some(ids) = element.attr(name) {
                let ids: Vec<String> = ids.split(' ').map(|id| format!("{id}-{suffix}")).collect();
                element.set_attr(name, &ids.join(" "));
            }
        }
        if element.attr("href").is_some_and(|href| href.starts_with('#')) {
            element.set_attr("href", "@root/gallery/");
        }
        if let Some(own) = element.attr("style") {
            element.remove_attr("style");
            element.set_attr("data-css", &own);
        }
    }
    PreEscaped(cut.html())
}
