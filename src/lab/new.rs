//! `lab new`: a lesson's text, and a folder of sources with a first figure that runs.

use super::{CommandError, Terminal, inputs, project};
use crate::course::is_id;
use std::fs;
use std::path::{Path, PathBuf};

/// Compiled with the tests, so that what a new lesson begins with compiles.
const FIGURE: &str = include_str!("template/figure.rs");
const FOLDER: &str = include_str!("template/mod.rs.txt");
const TEXT: &str = include_str!("template/lesson.md");

/// What a new lesson changes: files with their new texts. All of it is worked out before anything is written.
struct Changes {
    root: PathBuf,
    files: Vec<(PathBuf, String)>,
}

impl Changes {
    /// The text of a file as it will be; `None` if there is none.
    fn text(&self, path: &str) -> Option<String> {
        let changed = self.files.iter().find(|(other, _)| other == Path::new(path));
        changed.map(|(_, text)| text.clone()).or_else(|| fs::read_to_string(self.root.join(path)).ok())
    }

    fn put(&mut self, path: &str, text: String) {
        self.files.retain(|(other, _)| other != Path::new(path));
        self.files.push((path.into(), text));
    }

    /// Adds a module to a file, among its others in the order that rustfmt wants; behind the file's head if it has none.
    fn declare(&mut self, path: &str, module: &str) -> Result<(), CommandError> {
        let text = self.text(path).ok_or_else(|| CommandError::Refused(format!("{path} can't be read")))?;
        let line = format!("pub mod {module};");
        let mut lines: Vec<&str> = text.lines().collect();
        if lines.contains(&line.as_str()) {
            return Ok(());
        }
        let is_module = |other: &&str| other.starts_with("pub mod ");
        let later = lines.iter().position(|other| is_module(other) && *other > line.as_str());
        let at =
            later.or_else(|| lines.iter().rposition(is_module).map(|last| last + 1)).unwrap_or(lines.len());
        lines.insert(at, &line);
        self.put(path, format!("{}\n", lines.join("\n")));
        Ok(())
    }

    /// Adds a line before the first that begins with `before`, unless the file has it already.
    fn insert(&mut self, path: &str, line: &str, before: &str) -> Result<(), CommandError> {
        let text = self.text(path).ok_or_else(|| CommandError::Refused(format!("{path} can't be read")))?;
        if text.lines().any(|other| other == line) {
            return Ok(());
        }
        let at = text.match_indices(before).map(|(at, _)| at).find(|at| text[..*at].ends_with('\n'));
        let at = at.ok_or_else(|| {
            CommandError::Refused(format!(
                "{path} has no line that begins with '{before}'; add '{line}' yourself"
            ))
        })?;
        self.put(path, format!("{}{line}\n{}", &text[..at], &text[at..]));
        Ok(())
    }
}

pub(super) fn new(path: &str, figure: Option<&str>, terminal: &mut Terminal) -> Result<(), CommandError> {
    // Both become names of modules, which begin with a letter.
    let is_name = |id: &str| is_id(id) && id.starts_with(|c: char| c.is_ascii_lowercase());
    let named = path.split_once('/').filter(|(chapter, slug)| is_name(chapter) && is_name(slug));
    let Some((chapter, slug)) = named else {
        return Err(CommandError::Usage(format!(
            "'{}' is no lesson; write chapter/slug, both lower-case words joined by hyphens that begin with a letter",
            inputs::clip(path)
        )));
    };
    let figure = figure.unwrap_or(slug);
    if !is_name(figure) {
        return Err(CommandError::Usage(format!(
            "'{}' is no id of a figure; write lower-case words joined by hyphens that begin with a letter",
            inputs::clip(figure)
        )));
    }
    let changes = changes(project::require_root()?, chapter, slug, figure)?;
    for (path, text) in &changes.files {
        let full = changes.root.join(path);
        let failed = |error| CommandError::Refused(format!("{} can't be written: {error}", path.display()));
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&full, text).map_err(failed)?;
        writeln!(terminal.out, "{}", path.display())?;
    }
    writeln!(
        terminal.out,
        "\nNext: put '{chapter}/{slug}' into a worker of [package.metadata.workers] in Cargo.toml and run `lab generate`; \
         then make the figure yours. README.md has the steps."
    )?;
    Ok(())
}

fn changes(root: PathBuf, chapter: &str, slug: &str, id: &str) -> Result<Changes, CommandError> {
    let mut changes = Changes { root, files: Vec::new() };
    let (chapter_module, module) = (chapter.replace('-', "_"), slug.replace('-', "_"));
    let folder = format!("src/lessons/{chapter_module}/{module}");
    if changes.root.join(&folder).exists() {
        return Err(CommandError::Refused(format!("{folder} is there already; nothing was changed")));
    }
    let lesson = format!("lessons/{chapter}/{slug}.md");
    let (title, text) = lesson_text(&changes, chapter, slug, id, &lesson)?;
    changes.put(&lesson, text);
    let figure = FIGURE.replace("new-figure", id).replace("NewFigure", &type_name(id));
    // Not named like its folder, which clippy warns about.
    let file = if id == slug { "figure".to_owned() } else { id.replace('-', "_") };
    changes.put(&format!("{folder}/{file}.rs"), figure);
    let head = FOLDER.replace("@title@", &title).replace("@file@", &file).replace("@Type@", &type_name(id));
    changes.put(&format!("{folder}/mod.rs"), head);
    let chapter_file = format!("src/lessons/{chapter_module}/mod.rs");
    if changes.text(&chapter_file).is_none() {
        let name = chapter.replace('-', " ");
        changes.put(&chapter_file, format!("//! Lessons on {name}.\n\n"));
        changes.declare("src/lessons/mod.rs", &chapter_module)?;
    }
    changes.declare(&chapter_file, &module)?;
    let entry = format!("    (\"{chapter}/{slug}\", {chapter_module}::{module}::FIGURES),");
    changes.insert("src/lessons/mod.rs", &entry, "];")?;
    Ok(changes)
}

/// The lesson's title and text: a planned lesson becomes a draft, one that is in no plan gets its head.
fn lesson_text(
    changes: &Changes,
    chapter: &str,
    slug: &str,
    id: &str,
    path: &str,
) -> Result<(String, String), CommandError> {
    let body = TEXT.replace("new-figure", id);
    let planned = "status = \"planned\"";
    match changes.text(path) {
        Some(text) if text.contains(planned) => {
            let title = text.lines().find_map(|line| line.strip_prefix("title = ")).unwrap_or(slug);
            let draft = text.replacen(planned, "status = \"draft\"", 1);
            Ok((title.trim_matches('"').to_owned(), format!("{}\n{body}", draft.trim_end())))
        }
        Some(_) => Err(CommandError::Refused(format!("{path} is no longer planned; nothing was changed"))),
        None => Err(CommandError::Refused(format!(
            "there is no {path}; write its front matter with status = \"planned\" first, and '{slug}' into the \
             lessons of '{chapter}' in lessons/course.toml"
        ))),
    }
}

/// `load-balancing` → `LoadBalancing`.
fn type_name(slug: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
    };
    slug.split('-').map(word).collect()
}

#[cfg(test)]
#[path = "template/figure.rs"]
mod template;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Course, FigureFacts, check};
    use crate::player::{Figure, Query, Reply, Request, Run, Session};
    use crate::sim::Seed;

    const FIRST: Figure = Figure::of::<template::NewFigure>().predicted(template::PREDICTIONS);

    #[test]
    fn the_first_figure_of_a_new_lesson_runs() {
        static FIGURE: Figure = FIRST;
        let mut session = Session::new([&FIGURE]);
        let until = FIRST.spec.until;
        for query in [Query::Open(Run::new(FIRST.spec, Seed(1))), Query::Frame { at: until, reach: until }] {
            let answer = session.handle(Request { id: 0, query }).reply;
            assert!(matches!(answer, Reply::Opened(_) | Reply::Frame(_)), "{answer:?}");
        }
        session.invariants().unwrap();
    }

    const PLANNED: &str = "+++\ntitle = \"Flaky tests\"\nsummary = \"They pass when one looks.\"\nnames = [\"flake\"]\nminutes = 10\n\
                           prerequisites = []\nstatus = \"planned\"\n\n[[sources]]\ntitle = \"A paper\"\n\
                           link = \"https://example.org/\"\n+++\n";
    const COURSE: &str = "[[chapters]]\nid = \"trials\"\ntitle = \"Trials\"\nsummary = \"To try.\"\nlessons = [\"flaky-tests\"]\n";

    /// A project with one planned lesson, and the real list of lessons.
    fn project(name: &str) -> PathBuf {
        let root = std::env::temp_dir().join(format!("new-{name}-{}", std::process::id()));
        let put = |path: &str, text: &str| {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        };
        put("lessons/course.toml", COURSE);
        put("lessons/words.toml", include_str!("../../lessons/words.toml"));
        put("lessons/trials/flaky-tests.md", PLANNED);
        put("src/lessons/mod.rs", include_str!("../lessons/mod.rs"));
        root
    }

    #[test]
    fn a_planned_lesson_gets_its_folder_and_passes_the_check() {
        let root = project("planned");
        let changes = changes(root.clone(), "trials", "flaky-tests", "heisenbug").unwrap();
        for (path, text) in changes.files.iter().filter(|(path, _)| path.starts_with("lessons")) {
            fs::write(root.join(path), text).unwrap();
        }
        let (course, mut problems) = Course::load(&root.join("lessons"));
        let facts = FigureFacts { id: "heisenbug".into(), ..FigureFacts::of("trials/flaky-tests", &FIRST) };
        problems.extend(check(&course, &[facts]));
        assert!(problems.is_empty(), "{problems:?}");
        let registry = changes.text("src/lessons/mod.rs").unwrap();
        assert!(
            registry.contains("(\"trials/flaky-tests\", trials::flaky_tests::FIGURES),\n];"),
            "{registry}"
        );
        let modules: Vec<&str> = registry.lines().filter(|line| line.starts_with("pub mod ")).collect();
        assert!(
            modules.contains(&"pub mod trials;") && modules.is_sorted(),
            "as rustfmt has them: {modules:?}"
        );
        let head = changes.text("src/lessons/trials/flaky_tests/mod.rs").unwrap();
        assert!(head.contains("Figure::of::<heisenbug::Heisenbug>()"), "{head}");
        assert_eq!(
            changes.text("src/lessons/trials/mod.rs").unwrap().lines().last(),
            Some("pub mod flaky_tests;")
        );
        assert!(changes.text("src/lessons/trials/flaky_tests/heisenbug.rs").is_some());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_is_not_planned_is_left_alone() {
        let root = project("unplanned");
        let refused = |slug| match changes(root.clone(), "trials", slug, slug) {
            Err(CommandError::Refused(sentence)) => sentence,
            _ => panic!("{slug} can't be begun"),
        };
        assert!(refused("other").contains("lessons/course.toml"));
        fs::write(root.join("lessons/trials/flaky-tests.md"), PLANNED.replace("planned", "ready")).unwrap();
        assert!(refused("flaky-tests").contains("no longer planned"));
        fs::remove_dir_all(root).unwrap();
    }
}
