//! The project's own files, for commands that read or write them: lessons, sources, generated files.

use super::CommandError;
use crate::course::Course;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where the lessons are in the project's folder, and the file by which that is known.
const LESSONS: &str = "lessons";
const MARK: &str = "lessons/course.toml";

/// The project's folder: the working folder, or the closest one above it that has lessons.
pub fn root() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    here.ancestors().find(|folder| folder.join(MARK).is_file()).map(Path::to_owned)
}

/// The project's folder, for a command that can't do without.
pub fn require_root() -> Result<PathBuf, CommandError> {
    root().ok_or_else(|| {
        CommandError::Refused(format!(
            "there is no {MARK} here or above; start this inside the project's folder"
        ))
    })
}

/// The lessons' folder in the project's.
pub fn lessons(root: &Path) -> PathBuf {
    root.join(LESSONS)
}

/// The lessons, read once, where they are at hand. What is wrong with them `lab check` tells.
pub fn course() -> Option<&'static Course> {
    static COURSE: OnceLock<Option<Course>> = OnceLock::new();
    COURSE.get_or_init(|| Some(Course::load(&lessons(&root()?)).0)).as_ref()
}
