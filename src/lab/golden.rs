//! `lab golden`: recorded runs, and what they must give. A run that gives something else was changed by somebody who has
//! to say so, by raising the figure's version. And the challenges that were [`judged`], so that they aren't judged anew
//! each time.

use super::args::{Command, GoldenArgs, Lab, RunDescription};
use super::{CommandError, Terminal, judged, project, simulate};
use crate::lessons;
use clap::Parser;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;

/// Where the records are in the project's folder.
const FILE: &str = "tests/golden.toml";
const HEAD: &str = "\
# Recorded runs. `line` is what follows `lab run FIGURE`. The rest is written by `lab golden --write`, which adds what is
# missing and records again where a figure's version was raised; it never overwrites a run of the same version.
";
/// The first records of a figure that has none.
const FIRST: [&[&str]; 2] = [&[], &["--seed", "2"]];

/// All records.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    #[serde(default)]
    run: Vec<Record>,
}

/// A run, and what it must give.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Record {
    figure: String,
    line: Vec<String>,
    #[serde(flatten)]
    gives: Option<Gives>,
}

/// What a run gives at its end, in a version of its figure.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Gives {
    version: u16,
    events: u64,
    hash: String,
    /// Readings by id in the unit's base; those that measured nothing are left out.
    readings: BTreeMap<String, f64>,
}

pub(super) fn golden(args: &GoldenArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let root = project::require_root()?;
    let (mut right, mut written) = (true, false);
    for (file, compare) in [(FILE, compare as Compare), (judged::FILE, judged::compare)] {
        let path = root.join(file);
        let (text, wrong) = compare(&fs::read_to_string(&path).unwrap_or_default(), args.write, terminal)?;
        for sentence in &wrong {
            writeln!(terminal.out, "{sentence}")?;
        }
        right &= wrong.is_empty();
        if let Some(text) = text {
            fs::write(&path, text)
                .map_err(|error| CommandError::Refused(format!("{file} can't be written: {error}")))?;
            writeln!(terminal.out, "{file}")?;
            written = true;
        }
    }
    if right && !written {
        writeln!(terminal.out, "every recorded run gives what it gave")?;
    }
    if right { Ok(()) } else { Err(CommandError::Told) }
}

/// Holds what there is against the text of a file: the text with what may be written, and what is wrong.
type Compare = fn(&str, bool, &mut Terminal) -> Result<(Option<String>, Vec<String>), CommandError>;

/// Runs the records in the text of a file. Answers the text with what may be written, if anything, and what is wrong.
///
/// # Errors
/// If the text can't be read, or a run in it can't be made.
pub fn compare(
    text: &str,
    write: bool,
    terminal: &mut Terminal,
) -> Result<(Option<String>, Vec<String>), CommandError> {
    let mut golden: Golden = toml::from_str(text)
        .map_err(|error| CommandError::Refused(format!("{FILE}: {}", error.message())))?;
    let (mut wrong, mut changed) = (Vec::new(), false);
    for (_, figure) in lessons::all() {
        if golden.run.iter().any(|record| record.figure == figure.spec.id) {
            continue;
        }
        if write {
            golden.run.extend(FIRST.iter().map(|line| Record {
                figure: figure.spec.id.to_string(),
                line: line.iter().map(|&word| word.to_owned()).collect(),
                gives: None,
            }));
        } else {
            wrong.push(format!("{} has no record in {FILE}; run `lab golden --write`", figure.spec.id));
        }
    }
    for record in &mut golden.run {
        let now = play(record, terminal)?;
        let name = format!("{} {}", record.figure, record.line.join(" "));
        match &record.gives {
            Some(then) if *then == now => {}
            Some(then) if then.version == now.version => wrong.push(format!(
                "{}: gives {}, recorded is {}. If the model was meant to change, raise `version` in its FigureSpec \
                 and run `lab golden --write`; if not, something else changed it",
                name.trim_end(),
                now.told(),
                then.told()
            )),
            _ if write => {
                record.gives = Some(now);
                changed = true;
            }
            _ => wrong.push(format!(
                "{}: is not recorded for version {}; run `lab golden --write`",
                name.trim_end(),
                now.version
            )),
        }
    }
    let text = changed.then(|| {
        let records = toml::to_string(&golden).expect("records are tables of texts and numbers");
        format!("{HEAD}\n{records}")
    });
    Ok((text, wrong))
}

impl Gives {
    fn told(&self) -> String {
        format!("hash {} after {} events, {:?}", self.hash, self.events, self.readings)
    }
}

fn play(record: &Record, terminal: &mut Terminal) -> Result<Gives, CommandError> {
    let words = ["lab", "run", &record.figure].into_iter().chain(record.line.iter().map(String::as_str));
    let course: RunDescription = match Lab::try_parse_from(words) {
        Ok(Lab { command: Command::Run(args) }) => args.course,
        Ok(_) => return Err(CommandError::Refused(format!("{FILE}: a record is a run"))),
        Err(error) => return Err(CommandError::Refused(format!("{FILE}: {error}"))),
    };
    let (mut player, _, until, _) = simulate::take_up(&course, terminal)?;
    let frame = player.frame(until, terminal)?;
    let readings = player.spec.readings.iter().zip(&frame.readings);
    Ok(Gives {
        version: player.spec.version,
        events: frame.events,
        hash: format!("{:016x}", frame.hash),
        readings: readings
            .filter(|(_, value)| value.is_finite())
            .map(|(reading, value)| (reading.id.to_string(), *value))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_is_written() {
        let gives = Gives { version: 1, events: 7, hash: "0f".into(), readings: [("x".into(), 0.1)].into() };
        let record = Record { figure: "f".into(), line: vec!["--seed".into()], gives: Some(gives.clone()) };
        let text = toml::to_string(&Golden { run: vec![record] }).unwrap();
        let read: Golden = toml::from_str(&text).unwrap();
        assert_eq!(read.run[0].gives, Some(gives));
    }
}
