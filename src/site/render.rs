//! Every page of the site as complete HTML: home, one page a lesson, and the page for what isn't there.

use super::cache::Cache;
use super::shell::{Head, Shell};
use super::{glossary, home, lesson, map, record, review, search, settings, statistics, still, syllabus};
use crate::course::facts::FigureFacts;
use crate::course::front_matter::LessonStatus;
use crate::course::{self, Course, Problem};
use crate::lessons;
use maud::{Markup, html};
use std::fs;
use std::path::Path;
use std::rc::Rc;

/// A page that was rendered: where it lies in the site, and its HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// From the site's root: `architecture/load-balancing/index.html`.
    pub path: String,
    /// The whole page.
    pub html: String,
    /// The files beside it: names and texts.
    pub files: Vec<(String, String)>,
}

/// The course in a folder, with all that is wrong with it: what `lab check` says, and what fails a build.
pub fn checked(folder: &Path) -> (Course, Vec<Problem>) {
    let (course, mut problems) = Course::load(folder);
    let registered = lessons::all();
    let facts: Vec<FigureFacts> =
        registered.map(|(lesson, figure)| FigureFacts::of(lesson, figure)).collect();
    problems.extend(course::check(&course, &facts));
    problems.extend(still::refused(&course));
    problems.sort();
    (course, problems)
}

/// All pages of a course, with what is wrong with each lesson at the top of its page. `template` is the `index.html` that
/// trunk has built: each page is that file with its own title and body.
///
/// # Errors
/// If the template has no place for them; the sentence says which.
pub fn pages(
    course: &Course,
    problems: &[Problem],
    template: &str,
    cache: &Rc<Cache>,
) -> Result<Vec<Page>, String> {
    let shell = Shell::new(template)?;
    let page = |path: &str, head: &Head, body: &Markup| {
        let html = shell.page(head, body);
        Page { path: path.into(), html, files: Vec::new() }
    };
    let mut pages = vec![
        page("404.html", &Head::missing(), &home::missing()),
        page("glossary/index.html", &Head::glossary(), &glossary::body(course)),
        page("map/index.html", &Head::map(), &map::body(course)),
        page("record/index.html", &Head::record(), &record::body()),
        page("settings/index.html", &Head::settings(), &settings::body()),
        page("review/index.html", &Head::review(), &review::body()),
        page("search/index.html", &Head::search(), &search::body()),
        page("statistics/index.html", &Head::statistics(), &statistics::body()),
    ];
    for it in course.lessons.iter().filter(|lesson| lesson.front.status != LessonStatus::Planned) {
        let (body, files) = lesson::body(course, it, cache);
        let own = problems.iter().filter(|problem| problem.file == it.file);
        let body = html! { (wrong(own)) (body) };
        pages.push(Page { files, ..page(&format!("{}/index.html", it.path()), &Head::of(it), &body) });
    }
    // What is wrong with files that have no page is told on the front page.
    let elsewhere = problems.iter().filter(|problem| {
        let path = problem.file.replace(".md", "/index.html");
        pages.iter().all(|page| page.path != path)
    });
    let body = html! { (wrong(elsewhere)) (home::body(course, cache)) };
    pages.push(page("index.html", &Head::home(), &body));
    Ok(pages)
}

/// What is wrong, for the author who has the page open while writing; nothing where all is well.
fn wrong<'a>(problems: impl Iterator<Item = &'a Problem>) -> Markup {
    let lines: Vec<String> = problems.map(|problem| format!("lessons/{problem}")).collect();
    html! {
        @if !lines.is_empty() {
            section.problems aria-labelledby="problems" {
                h2 id="problems" { "This can’t be published yet" }
                ul { @for line in &lines { li { (line) } } }
            }
        }
    }
}

/// Renders the lessons in `folder` into `out`, where trunk has left its `index.html`. With `strict` a problem with a lesson
/// is an error; without, while one writes, it is told on the page.
///
/// # Errors
/// One line for each thing that is wrong: with a lesson's file, with the template, or with writing a page.
pub fn render(folder: &Path, out: &Path, strict: bool, cache: &Rc<Cache>) -> Result<(), String> {
    let (course, problems) = checked(folder);
    if strict && !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(|problem| format!("lessons/{problem}")).collect();
        return Err(lines.join("\n"));
    }
    let template =
        fs::read_to_string(out.join("index.html")).map_err(|error| format!("index.html: {error}"))?;
    for page in pages(&course, &problems, &template, cache)? {
        let path = out.join(&page.path);
        let folder = path.parent().unwrap_or(out);
        let mut written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &page.html));
        for (name, text) in &page.files {
            written = written.and_then(|()| fs::write(folder.join(name), text));
        }
        written.map_err(|error| format!("{}: {error}", page.path))?;
    }
    cache.prune();
    let files = [
        (search::FILE, search::index(&course).to_bytes()),
        (syllabus::FILE, syllabus::syllabus(&course, cache).to_bytes()),
    ];
    for (file, bytes) in files {
        fs::write(out.join(file), bytes).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(())
}
