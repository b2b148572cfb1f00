//! `lab check`, `lab generate` and `lab oracle`: the project's files held against one another and against outside truth.

use super::args::{CheckArgs, OracleArgs};
use super::{CommandError, Terminal, project};
use crate::course::{self, Course, FigureFacts, Problem};
use crate::lessons;
use crate::oracle;
use crate::site::still;
use crate::site::workers::{self, Workers};
use std::path::Path;

/// Checks every lesson's file, that its figures are in a worker, and that generated files are in step.
pub(super) fn check(args: &CheckArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let root = project::require_root()?;
    let folder = args.lessons.clone().unwrap_or_else(|| project::lessons(&root));
    let (course, mut problems) = Course::load(&folder);
    let facts: Vec<FigureFacts> =
        lessons::all().map(|(lesson, figure)| FigureFacts::of(lesson, figure)).collect();
    problems.extend(course::check(&course, &facts));
    problems.extend(still::refused(&course));
    problems.sort();
    problems.dedup();
    for problem in &problems {
        writeln!(terminal.out, "{}", folder_of(&folder, &root, problem))?;
    }
    let out_of_step = out_of_step(&root).map_err(CommandError::Refused)?;
    for sentence in &out_of_step {
        writeln!(terminal.out, "{sentence}")?;
    }
    let wrong = problems.len() + out_of_step.len();
    let (lessons, figures) = (course.lessons.len(), facts.len());
    writeln!(terminal.out, "{lessons} lessons and {figures} figures checked, {wrong} problems")?;
    if wrong == 0 { Ok(()) } else { Err(CommandError::Told) }
}

/// The problem with its file as seen from the project's folder.
fn folder_of(folder: &Path, root: &Path, problem: &Problem) -> Problem {
    let shown = folder.strip_prefix(root).unwrap_or(folder);
    Problem { file: shown.join(&problem.file).display().to_string(), ..problem.clone() }
}

/// What is wrong with the table of workers and what is generated from it, as sentences.
fn out_of_step(root: &Path) -> Result<Vec<String>, String> {
    let table = Workers::load(root)?;
    let homeless = lessons::SETS.iter().filter(|(set, _)| table.of(set).is_none()).map(|(set, _)| {
        format!(
            "Cargo.toml: [package.metadata.workers]: no worker holds '{set}', which has figures; put it into one, \
             then run `lab generate`"
        )
    });
    let held = table.names().flat_map(|name| table.sets(name).iter().map(move |set| (name, set)));
    let empty = held.filter(|(_, set)| lessons::SETS.iter().all(|(path, _)| path != set)).map(|(name, set)| {
        format!("Cargo.toml: [package.metadata.workers]: '{name}' holds '{set}', which has no figures in src/lessons")
    });
    let stale = workers::stale(root)?.into_iter().map(|path| {
        format!("{}: is not what [package.metadata.workers] makes; run `lab generate`", path.display())
    });
    Ok(homeless.chain(empty).chain(stale).collect())
}

/// Writes what is made from the table of workers.
pub(super) fn generate(terminal: &mut Terminal) -> Result<(), CommandError> {
    let changed = workers::write(&project::require_root()?).map_err(CommandError::Refused)?;
    for path in &changed {
        writeln!(terminal.out, "{}", path.display())?;
    }
    if changed.is_empty() {
        writeln!(terminal.out, "nothing to do: the workers are as Cargo.toml has them")?;
    }
    Ok(())
}

/// Holds the mechanisms against outside truths.
pub(super) fn oracle(args: &OracleArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let summary = oracle::run(&args.files, &args.data, terminal.out)?;
    if summary.failed + summary.unread == 0 { Ok(()) } else { Err(CommandError::Told) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_table_of_workers_that_does_not_fit_the_figures_is_told() {
        let root = std::env::temp_dir().join(format!("check-{}", std::process::id()));
        fs::create_dir_all(root.join("src/bin")).unwrap();
        let index = "<!-- workers: written by `lab generate` from [package.metadata.workers] in Cargo.toml -->\n\
                     <!-- /workers -->";
        fs::write(root.join("index.html"), index).unwrap();
        fs::write(root.join("Cargo.toml"), "[package]\n[package.metadata.workers]\nq = [\"trials/typo\"]\n")
            .unwrap();
        let told = out_of_step(&root).unwrap().join("\n");
        fs::remove_dir_all(root).unwrap();
        for says in [
            "no worker holds 'architecture/load-balancing'",
            "'q' holds 'trials/typo', which has no figures",
            "src/bin/worker-q.rs: is not what [package.metadata.workers] makes; run `lab generate`",
        ] {
            assert!(told.contains(says), "{says}:\n{told}");
        }
    }
}
