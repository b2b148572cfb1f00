//! `lab explain`: what happened to one thing of a run, and why.

use super::args::ExplainArgs;
use super::play::{Player, refusals};
use super::report::print_json;
use super::words::say;
use super::{CommandError, Terminal, inputs, simulate};
use crate::player::Explanation;
use crate::sim::{HistoryStep, Time};
use serde::Serialize;
use std::io::Write;

/// A history, as `lab explain --json` prints it; times are in seconds.
#[derive(Debug, Serialize)]
struct History {
    /// Who, by name.
    entity: String,
    /// Seen from this moment.
    at: f64,
    /// What it is and does then.
    says: Vec<String>,
    steps: Vec<StepReport>,
}

/// A step of the history.
#[derive(Debug, Serialize)]
struct StepReport {
    /// When.
    at: f64,
    /// Whose step it is: the entity asked for, or one that descends from it.
    entity: String,
    /// What happened.
    what: String,
    /// The rule and its numbers.
    because: Option<String>,
}

pub(super) fn explain(args: &ExplainArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let (mut player, _, until, notes) = simulate::take_up(&args.course, terminal)?;
    let kinds: Vec<u8> = (0..player.spec.kinds.len()).map(|kind| kind as u8).collect();
    let entity = inputs::entity(&args.entity, &kinds, player.spec, &player.words)?;
    player.frame(until, terminal)?;
    let history = history(&player.explain(entity, until)?, &player, until);
    if args.course.json {
        print_json(&history, terminal.out)?;
    } else {
        for note in &notes {
            writeln!(terminal.out, "{note}")?;
        }
        print(&history, until, terminal.out)?;
    }
    simulate::complain(&refusals(&player.markers(until)?, &player.words), terminal)
}

fn history(told: &Explanation, player: &Player, at: Time) -> History {
    let words = &player.words;
    let name = |entity| words.name(entity);
    let step = |step: &HistoryStep| StepReport {
        at: step.time.secs(),
        entity: name(step.entity),
        what: say(words, &step.what),
        because: step.why.as_ref().map(|why| say(words, why)),
    };
    History {
        entity: name(told.entity),
        at: at.secs(),
        says: told.sentences.iter().map(|msg| say(words, msg)).collect(),
        steps: told.steps.iter().map(step).collect(),
    }
}

fn print(history: &History, at: Time, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{} at {at}", history.entity)?;
    for sentence in &history.says {
        writeln!(out, "  {sentence}")?;
    }
    for step in &history.steps {
        let at = format!("{:.6} s", step.at);
        let whose = if step.entity == history.entity { String::new() } else { format!("{}: ", step.entity) };
        let because = step.because.as_ref().map_or_else(String::new, |rule| format!(", because {rule}"));
        writeln!(out, "{at:>16}  {whose}{}{because}", step.what)?;
    }
    Ok(())
}
