//! `lab run`: a figure's run to its end or to a moment.

use super::args::{RunArgs, RunDescription};
use super::play::Player;
use super::{CommandError, Terminal, compare, inputs};
use crate::player::Run;
use crate::sim::Time;

/// Opens the run that a command line describes: the player, the run as it is computed, the moment to stop at, and what
/// one should know.
pub(super) fn take_up(
    course: &RunDescription,
    terminal: &mut Terminal,
) -> Result<(Player, Run, Time, Vec<String>), CommandError> {
    let mut player = Player::new(&course.figure)?;
    let (mut run, until) = inputs::read(course, player.spec, &player.words)?;
    let mut notes = Vec::new();
    if let Some(path) = &course.log {
        let (fingerprint, says) = player.load(path, terminal)?;
        run.data = Some(fingerprint);
        notes.extend(says);
    }
    let opened = player.open(run)?;
    notes.extend(opened.notes.iter().map(|msg| super::words::say(&player.words, msg)));
    Ok((player, opened.run, until, notes))
}

pub(super) fn run(args: &RunArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let (mut player, run, until, notes) = take_up(&args.course, terminal)?;
    let against = inputs::settings(&args.against, player.spec, &player.words)?;
    let told = compare::tell(&mut player, &run, &against, until, notes, terminal)?;
    told.print(player.spec, args.course.json, args.link, terminal)?;
    complain(&told.refused(), terminal)
}

/// Prints the inputs that the model refused.
pub(super) fn complain(refused: &[String], terminal: &mut Terminal) -> Result<(), CommandError> {
    for text in refused {
        writeln!(terminal.err, "lab: refused {text}")?;
    }
    if refused.is_empty() { Ok(()) } else { Err(CommandError::Told) }
}
