//! Every page of the site as complete HTML: home, one page a lesson, and the page for what isn't there.

use super::shell::{Head, Shell};
use super::{home, lesson};
use crate::course::facts::FigureFacts;
use crate::course::front_matter::Status;
use crate::course::{self, Course, Problem};
use crate::lessons;
use std::fs;
use std::path::Path;

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
    problems.sort();
    (course, problems)
}

/// All pages of a course. `template` is the `index.html` that trunk has built: each page is that file with its own title
/// and body.
///
/// # Errors
/// If the template has no place for them; the sentence says which.
pub fn pages(course: &Course, template: &str) -> Result<Vec<Page>, String> {
    let shell = Shell::new(template)?;
    let mut pages = vec![
        Page {
            path: "index.html".into(),
            html: shell.page(&Head::home(), &home::body(course)),
            files: Vec::new(),
        },
        Page {
            path: "404.html".into(),
            html: shell.page(&Head::missing(), &home::missing()),
            files: Vec::new(),
        },
    ];
    for it in course.lessons.iter().filter(|lesson| lesson.front.status != Status::Planned) {
        let (body, files) = lesson::body(course, it);
        let html = shell.page(&Head::of(it), &body);
        pages.push(Page { path: format!("{}/index.html", it.path()), html, files });
    }
    Ok(pages)
}

/// Renders the lessons in `folder` into `out`, where trunk has left its `index.html`.
///
/// # Errors
/// One line for each thing that is wrong: with a lesson's file, with the template, or with writing a page.
pub fn render(folder: &Path, out: &Path) -> Result<(), String> {
    let (course, problems) = checked(folder);
    if !problems.is_empty() {
        let lines: Vec<String> = problems.iter().map(|problem| format!("lessons/{problem}")).collect();
        return Err(lines.join("\n"));
    }
    let template =
        fs::read_to_string(out.join("index.html")).map_err(|error| format!("index.html: {error}"))?;
    for page in pages(&course, &template)? {
        let path = out.join(&page.path);
        let folder = path.parent().unwrap_or(out);
        let mut written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &page.html));
        for (name, text) in &page.files {
            written = written.and_then(|()| fs::write(folder.join(name), text));
        }
        written.map_err(|error| format!("{}: {error}", page.path))?;
    }
    Ok(())
}
