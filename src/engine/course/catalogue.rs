//! All lessons of the course: their order, and what has to be known before what.

use super::fields::Fields;
use super::lesson::Lesson;
use super::problem::{Notes, Problem, Text, is_id};
use super::words::placeholders;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

/// The file that orders chapters and lessons.
pub const COURSE_FILE: &str = "course.toml";
/// The file with the sentences that all figures share.
pub const WORDS_FILE: &str = "words.toml";

/// The whole course.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Its chapters, in order.
    pub chapters: Vec<Chapter>,
    /// Its lessons, in the order of chapters and within them.
    pub lessons: Vec<Lesson>,
    /// Ways through some of them for a purpose.
    pub paths: Vec<StudyPath>,
    /// The sentences that all figures share: message id and pattern.
    pub words: Vec<(String, Text)>,
}

/// A chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chapter {
    /// Its id, and its folder.
    pub id: Text,
    /// Its title.
    pub title: Text,
    /// What it is about, in one sentence.
    pub summary: Text,
    /// Its lessons' slugs, in order.
    pub lessons: Vec<Text>,
}

/// A way through some of the lessons, for a purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StudyPath {
    /// Its id.
    pub id: Text,
    /// Its title.
    pub title: Text,
    /// Whom it is for, in one sentence.
    pub summary: Text,
    /// Its lessons, `chapter/slug`, in order: none comes before one that it builds on.
    pub lessons: Vec<Text>,
}

impl Course {
    /// Reads a folder of lessons. What is wrong with a file, the order or the prerequisites comes beside the course, and
    /// never stops the reading.
    pub fn load(folder: &Path) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let (chapters, paths) = read_toml(folder, COURSE_FILE, &mut problems, chapters_and_paths);
        let words = read_toml(folder, WORDS_FILE, &mut problems, words);
        let mut course = Self { chapters, lessons: Vec::new(), paths, words };
        for chapter in &course.chapters {
            for slug in chapter.lessons.iter().filter(|slug| is_id(&slug.text)) {
                let file = format!("{}/{}.md", chapter.id.text, slug.text);
                match read(&folder.join(&file)) {
                    Ok(text) => {
                        let (lesson, found) = Lesson::parse(&chapter.id.text, &slug.text, &text);
                        course.lessons.push(lesson);
                        problems.extend(found);
                    }
                    Err(why) => problems.push(slug.problem(COURSE_FILE, format!("{file}: {why}"))),
                }
            }
        }
        problems.extend(course.strays(folder));
        problems.extend(course.prerequisite_problems());
        problems.extend(course.name_problems());
        problems.extend(course.path_problems());
        (course, problems)
    }

    /// A lesson by `chapter/slug`.
    pub fn lesson(&self, path: &str) -> Option<&Lesson> {
        let (chapter, slug) = path.split_once('/')?;
        self.lessons.iter().find(|lesson| lesson.chapter == chapter && lesson.slug == slug)
    }

    /// A chapter by id.
    pub fn chapter(&self, id: &str) -> Option<&Chapter> {
        self.chapters.iter().find(|chapter| chapter.id.text == id)
    }

    /// The lessons of a chapter, in order.
    pub fn lessons_of(&self, chapter: &str) -> impl Iterator<Item = &Lesson> {
        self.lessons.iter().filter(move |lesson| lesson.chapter == chapter)
    }

    /// What has to be known before what: an edge from a prerequisite to each lesson that builds on it.
    pub fn prerequisites(&self) -> DiGraph<&Lesson, ()> {
        let mut graph = DiGraph::new();
        let nodes: BTreeMap<String, NodeIndex> =
            self.lessons.iter().map(|lesson| (lesson.path(), graph.add_node(lesson))).collect();
        for lesson in &self.lessons {
            for before in &lesson.front.prerequisites {
                if let Some(before) = nodes.get(&before.text) {
                    graph.add_edge(*before, nodes[&lesson.path()], ());
                }
            }
        }
        graph
    }

    fn prerequisite_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for lesson in &self.lessons {
            let before = &lesson.front.prerequisites;
            for (n, text) in before.iter().enumerate() {
                if self.lesson(&text.text).is_none() {
                    let says = format!("there is no lesson '{}'; write chapter/slug", text.text);
                    problems.push(text.problem(&lesson.file, says));
                } else if text.text == lesson.path() {
                    problems.push(text.problem(&lesson.file, "a lesson can't be its own prerequisite"));
                } else if before[..n].iter().any(|other| other.text == text.text) {
                    problems.push(text.problem(&lesson.file, format!("'{}' appears twice", text.text)));
                }
            }
        }
        let graph = self.prerequisites();
        for cycle in tarjan_scc(&graph).into_iter().filter(|cycle| cycle.len() > 1) {
            let mut paths: Vec<String> = cycle.iter().map(|node| graph[*node].path()).collect();
            paths.sort();
            for node in cycle {
                let lesson = graph[node];
                let inside = |text: &&Text| paths.contains(&text.text);
                if let Some(text) = lesson.front.prerequisites.iter().find(inside) {
                    let says = format!("these lessons are prerequisites of each other: {}", paths.join(", "));
                    problems.push(text.problem(&lesson.file, says));
                }
            }
        }
        problems
    }

    /// A lesson has each of its names once. (Two lessons may share one: 'jitter' is of latencies and of retries.)
    fn name_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for lesson in &self.lessons {
            let mut taken = BTreeSet::new();
            for name in std::iter::once(&lesson.front.title).chain(&lesson.front.names) {
                if !taken.insert(name.text.to_lowercase()) {
                    problems.push(name.problem(&lesson.file, format!("'{}' appears twice", name.text)));
                }
            }
        }
        problems
    }

    /// The lessons of a path, in order.
    pub fn lessons_on<'a>(&'a self, path: &'a StudyPath) -> impl Iterator<Item = &'a Lesson> {
        path.lessons.iter().filter_map(|lesson| self.lesson(&lesson.text))
    }

    /// A path leads to lessons that there are, to each once, and to none before one of its own that it builds on.
    fn path_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for path in &self.paths {
            for (n, text) in path.lessons.iter().enumerate() {
                let late = |before: &Text| path.lessons[n..].iter().any(|later| later.text == before.text);
                let says = match self.lesson(&text.text) {
                    None => format!("there is no lesson '{}'; write chapter/slug", text.text),
                    Some(_) if path.lessons[..n].iter().any(|other| other.text == text.text) => {
                        format!("'{}' appears twice", text.text)
                    }
                    Some(lesson) => match lesson.front.prerequisites.iter().find(|before| late(before)) {
                        Some(before) => {
                            format!("'{}' builds on '{}', which comes later", text.text, before.text)
                        }
                        None => continue,
                    },
                };
                problems.push(text.problem(COURSE_FILE, says));
            }
        }
        problems
    }

    /// Lesson files that no chapter lists.
    fn strays(&self, folder: &Path) -> Vec<Problem> {
        let listed = |chapter: &str, slug: &str| {
            self.chapter(chapter).is_some_and(|c| c.lessons.iter().any(|lesson| lesson.text == slug))
        };
        let mut strays = Vec::new();
        for chapter in names(folder) {
            for file in names(&folder.join(&chapter)) {
                let slug = file.strip_suffix(".md");
                if slug.is_some_and(|slug| !listed(&chapter, slug)) {
                    let says = format!("no chapter in {COURSE_FILE} lists this lesson");
                    strays.push(Problem {
                        file: format!("{chapter}/{file}"),
                        line: 1,
                        field: String::new(),
                        says,
                    });
                }
            }
        }
        strays
    }
}

/// Reads one of the course's own files; one that isn't there is a problem and counts as empty.
fn read_toml<T>(
    folder: &Path,
    file: &str,
    problems: &mut Vec<Problem>,
    of: fn(Fields, &mut Notes) -> T,
) -> T {
    let text = read(&folder.join(file)).unwrap_or_else(|says| {
        problems.push(Problem { file: file.to_owned(), line: 1, field: String::new(), says });
        String::new()
    });
    let mut notes = Notes::new(file, &text);
    let fields = Fields::read(&text, 0, 0, "", &mut notes);
    let read = of(fields, &mut notes);
    problems.append(&mut notes.problems);
    read
}

fn chapters_and_paths(mut fields: Fields, notes: &mut Notes) -> (Vec<Chapter>, Vec<StudyPath>) {
    let (chapters, paths) = (chapters(&mut fields, notes), paths(&mut fields, notes));
    fields.finish(notes);
    (chapters, paths)
}

fn paths(fields: &mut Fields, notes: &mut Notes) -> Vec<StudyPath> {
    let mut paths: Vec<StudyPath> = Vec::new();
    for mut table in fields.tables("paths", notes) {
        let id = table.id("id", "where the path is found in its page", notes);
        let title = table.text("title", "what the path is called", notes);
        let summary = table.text("summary", "in one sentence whom it is for", notes);
        let lessons = table.texts("lessons", notes);
        table.finish(notes);
        if paths.iter().any(|path| path.id.text == id.text) {
            notes.on(&id, format!("there are two paths '{}'", id.text));
        }
        paths.push(StudyPath { id, title, summary, lessons });
    }
    paths
}

fn chapters(fields: &mut Fields, notes: &mut Notes) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for mut table in fields.tables("chapters", notes) {
        let id = table.id("id", "the chapter's folder", notes);
        let title = table.text("title", "what the chapter is called", notes);
        let summary = table.text("summary", "in one sentence what it is about", notes);
        let lessons = table.texts("lessons", notes);
        table.finish(notes);
        if chapters.iter().any(|chapter| chapter.id.text == id.text) {
            notes.on(&id, format!("there are two chapters '{}'", id.text));
        }
        for (n, slug) in lessons.iter().enumerate() {
            if !is_id(&slug.text) {
                notes.on(slug, format!("'{}' is not a slug: lower-case words joined by hyphens", slug.text));
            } else if lessons[..n].iter().any(|other| other.text == slug.text) {
                notes.on(slug, format!("'{}' appears twice", slug.text));
            }
        }
        if is_id(&id.text) {
            chapters.push(Chapter { id, title, summary, lessons });
        }
    }
    chapters
}

fn words(mut fields: Fields, notes: &mut Notes) -> Vec<(String, Text)> {
    let words = fields.rest(notes);
    for (_, text) in &words {
        if let Err(says) = placeholders(text) {
            notes.on(text, says);
        }
    }
    words
}

/// A file's text, or a sentence why there is none.
fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::InvalidData => "the file is not UTF-8 text".to_owned(),
        _ => format!("the file can't be read: {error}"),
    })
}

/// The names in a folder, in order; none if it is no folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
