//! Outside truths: runs suites of published vectors, tables and formulas against the mechanisms.
//!
//! A file holds suites, a suite holds cases, a case holds inputs and expectations (`tests/oracles/` has some; each names
//! its source). A suite's `measure` reads the *inputs* of a case and claims what the model makes of them; every
//! expectation in the case is then held against the claims. An expectation about which nothing is claimed is one that
//! this program can't read yet. Such a case counts neither as passed nor as failed but as unread, so nothing in a file is
//! silently passed over. Nothing reads the name of a case.
//!
//! Native only: it is for tests and for the terminal.

mod balancing;
mod breakers;
mod caching;
pub mod case;
pub mod claim;
mod congestion;
mod consistency;
mod discovery;
mod gcra;
mod limits;
mod overload;
mod pools;
mod queues;
mod retries;
mod reviews;
mod scheduling;
pub mod simulate;

use case::Case;
use claim::Measured;
use serde_json::Value;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A suite of cases that this program can judge.
pub struct Suite {
    /// The suite's id in the files.
    pub id: &'static str,
    /// Paths of inputs; everything else in a case is an expectation or a comment.
    pub inputs: &'static [&'static str],
    /// Claims what the model makes of the inputs.
    pub measure: fn(Case) -> Result<Measured, String>,
}

/// What came of a case. It has passed if both lists are empty.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What is wrong with it, in sentences.
    pub wrong: Vec<String>,
    /// Paths of fields that the suite's `measure` doesn't read: a gap in this program, not a fault of the case.
    pub unread: Vec<String>,
}

impl Suite {
    /// Judges a case.
    pub fn judge(&self, case: &Value) -> Verdict {
        let measured = match (self.measure)(Case(case)) {
            Ok(measured) => measured,
            Err(wrong) => return Verdict { wrong: vec![wrong], ..Verdict::default() },
        };
        let mut verdict = Verdict {
            wrong: measured.compare(case, self.inputs),
            unread: measured.unread(case, self.inputs),
        };
        if verdict.unread.is_empty() && !measured.judges(case, self.inputs) {
            verdict.wrong.push("it expects nothing that this suite can judge".to_owned());
        }
        verdict
    }
}

/// All suites known here.
pub fn suites() -> impl Iterator<Item = &'static Suite> {
    let all = [
        balancing::SUITES,
        breakers::SUITES,
        caching::SUITES,
        congestion::SUITES,
        consistency::SUITES,
        discovery::SUITES,
        gcra::SUITES,
        limits::SUITES,
        pools::SUITES,
        overload::SUITES,
        queues::SUITES,
        retries::SUITES,
        reviews::SUITES,
        scheduling::SUITES,
    ];
    all.into_iter().flatten()
}

/// One suite of a file.
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Stated in prose or in another program's source: nothing to run.
    pub manual: bool,
    /// The data file that it needs; `NAME` stands for a case's own.
    pub data: Option<String>,
    /// Its cases.
    pub cases: Vec<Value>,
}

/// Reads a file of suites.
///
/// # Errors
/// A sentence that names the file and, where it can, the suite and what is wrong with it.
pub fn read(file: &Path) -> Result<Vec<Listed>, String> {
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name} can't be read: {error}"))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("{name} is not JSON: {error}"))?;
    let suites = value.get("suites").and_then(Value::as_array);
    let suites = suites.ok_or_else(|| format!("{name} has no list `suites`"))?;
    let listed = |(n, suite): (usize, &Value)| {
        let text = |field: &str| suite.get(field).and_then(Value::as_str).map(str::to_owned);
        let id = text("id").ok_or_else(|| format!("{name}: suite {} has no `id`", n + 1))?;
        let cases = suite.get("cases").and_then(Value::as_array).cloned();
        let mut cases = cases.ok_or_else(|| format!("{name}: suite {id} has no list `cases`"))?;
        fill_in_defaults(&mut cases, suite);
        gcra::fill_in_steps(&mut cases, suite);
        discovery::fill_in_deltas(&mut cases, suite);
        let manual = suite.get("manual").and_then(Value::as_bool).unwrap_or(false);
        Ok(Listed { id, manual, data: text("data"), cases })
    };
    suites.iter().enumerate().map(listed).collect()
}

/// Cases whose `config` is the word 'default' have their suite's `default_config`.
fn fill_in_defaults(cases: &mut [Value], suite: &Value) {
    let Some(default) = suite.get("default_config") else { return };
    for case in cases {
        if let Some(config) = case.get_mut("config").filter(|config| *config == "default") {
            *config = default.clone();
        }
    }
}

/// How a run went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases that passed.
    pub passed: usize,
    /// Cases that failed, and files that could not be read.
    pub failed: usize,
    /// Cases with fields that this program doesn't read, and nothing else wrong with them.
    pub unread: usize,
    /// Suites that were not run: manual, or without their data.
    pub skipped: usize,
    /// Suites that this program doesn't know.
    pub unknown: usize,
}

/// At most so many cases of a suite, and sentences of a case, are told in full.
const TOLD: usize = 10;

/// Runs every suite of the files that is known, and writes how it went.
///
/// # Errors
/// Only if `out` can't be written. What is wrong with a file or a case is written to `out` and counted.
pub fn run(files: &[PathBuf], data: &[PathBuf], out: &mut dyn Write) -> io::Result<Summary> {
    let mut summary = Summary::default();
    for file in files {
        let listed = match read(file) {
            Ok(listed) => listed,
            Err(wrong) => {
                writeln!(out, "{wrong}")?;
                summary.failed += 1;
                continue;
            }
        };
        for suite in &listed {
            run_suite(suite, data, out, &mut summary)?;
        }
    }
    Ok(summary)
}

fn run_suite(
    listed: &Listed,
    data: &[PathBuf],
    out: &mut dyn Write,
    summary: &mut Summary,
) -> io::Result<()> {
    let id = &listed.id;
    if listed.manual {
        summary.skipped += 1;
        return writeln!(out, "{id}: skipped, it is manual");
    }
    let Some(suite) = suites().find(|suite| suite.id == id) else {
        summary.unknown += 1;
        return writeln!(out, "{id}: not known");
    };
    if let Some(missing) = listed.data.as_ref().filter(|name| !has_data(name, listed, data)) {
        summary.skipped += 1;
        return writeln!(
            out,
            "{id}: skipped, its data {missing} is in none of the folders given with --data"
        );
    }
    let verdicts = judge_all(suite, &with_data(listed, data));
    let failed = verdicts.iter().filter(|it| !it.wrong.is_empty()).count();
    let unread = verdicts.iter().filter(|it| it.wrong.is_empty() && !it.unread.is_empty()).count();
    let passed = verdicts.len() - failed - unread;
    summary.failed += failed;
    summary.unread += unread;
    summary.passed += passed;
    write!(out, "{id}: {passed} passed, {failed} failed")?;
    writeln!(out, "{}", if unread > 0 { format!(", {unread} not read in full") } else { String::new() })?;
    let mut told = 0;
    for (n, it) in verdicts.iter().enumerate().filter(|(_, it)| !it.wrong.is_empty() || !it.unread.is_empty())
    {
        told += 1;
        if told > TOLD {
            break;
        }
        for sentence in it.wrong.iter().take(TOLD) {
            writeln!(out, "  case {}: {sentence}", n + 1)?;
        }
        if !it.unread.is_empty() {
            let fields: Vec<String> = it.unread.iter().map(|path| format!("`{path}`")).collect();
            writeln!(out, "  case {}: this program doesn't read {} yet", n + 1, fields.join(", "))?;
        }
    }
    if failed + unread > TOLD {
        writeln!(out, "  and {} more", failed + unread - TOLD)?;
    }
    out.flush()
}

/// The field of a case that names its data file, for suites that need one: an input that the runner adds.
pub const DATA_FILE: &str = "data_file";

/// The file of this name in one of the folders; where the name varies by case, the case's own.
fn data_file(name: &str, case: &Value, folders: &[PathBuf]) -> Option<PathBuf> {
    let trace = case.get("trace").and_then(Value::as_str);
    let name = if name.contains("NAME") { name.replace("NAME", trace?) } else { name.to_owned() };
    folders.iter().map(|folder| folder.join(&name)).find(|file| file.is_file())
}

/// Whether the data of all cases is there, but for traces that are made here by the rule that the file states.
fn has_data(name: &str, listed: &Listed, folders: &[PathBuf]) -> bool {
    let made = |case: &Value| {
        case.get("trace").and_then(Value::as_str).is_some_and(|name| caching::generated(name).is_some())
    };
    listed.cases.iter().all(|case| made(case) || data_file(name, case, folders).is_some())
}

/// The cases of a suite, each with the path of its data file in [`DATA_FILE`] if it has one.
fn with_data(listed: &Listed, folders: &[PathBuf]) -> Vec<Value> {
    let mut cases = listed.cases.clone();
    for case in &mut cases {
        let file = listed.data.as_ref().and_then(|name| data_file(name, case, folders));
        if let (Some(file), Some(fields)) = (file, case.as_object_mut()) {
            fields.insert(DATA_FILE.to_owned(), file.display().to_string().into());
        }
    }
    cases
}

/// Judges cases on all cores, in the order of the file.
fn judge_all(suite: &Suite, cases: &[Value]) -> Vec<Verdict> {
    on_all_cores(cases, |case| suite.judge(case))
}

/// Maps a function over items on all cores; results stand in the order of the items.
pub fn on_all_cores<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((n, item)) = {
            let n = next.fetch_add(1, Ordering::Relaxed);
            items.get(n).map(|item| (n, item))
        } {
            done.push((n, f(item)));
        }
        done
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("a case's judge doesn't panic")).collect()
    });
    results.sort_by_key(|result| result.0);
    results.into_iter().map(|result| result.1).collect()
}
