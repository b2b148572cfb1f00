//! `lab run`: a figure's run to its end or to a moment.

use super::args::{Course, RunArgs};
use super::play::{Player, refusals};
use super::report::Report;
use super::{Failure, Terminal, inputs};
use crate::player::Run;
use crate::sim::Time;

/// Takes up the run that a command line describes: the player, the run as it is computed, the moment to stop at, and
/// what one should know.
pub(super) fn take_up(
    course: &Course,
    terminal: &mut Terminal,
) -> Result<(Player, Run, Time, Vec<String>), Failure> {
    let mut player = Player::new(&course.figure)?;
    let (mut run, until) = inputs::read(course, player.spec, &player.words)?;
    let mut notes = Vec::new();
    if let Some(path) = &course.log {
        let (fingerprint, says) = player.load(path, terminal)?;
        run.data = Some(fingerprint);
        notes.extend(says);
    }
    let opened = player.open(run)?;
    notes.extend(opened.says.iter().map(|msg| super::words::say(&player.words, msg)));
    Ok((player, opened.run, until, notes))
}

pub(super) fn run(args: &RunArgs, terminal: &mut Terminal) -> Result<(), Failure> {
    let (mut player, run, until, notes) = take_up(&args.course, terminal)?;
    let frame = player.frame(until, terminal)?;
    let report = Report::gather(&mut player, &run, &frame, notes)?;
    report.print(&player, args.course.json, args.link, terminal)?;
    refused_inputs(&mut player, until, terminal)
}

/// Complains about inputs that the model refused.
pub(super) fn refused_inputs(
    player: &mut Player,
    until: Time,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let refused = refusals(&player.markers(until)?, &player.words);
    for text in &refused {
        writeln!(terminal.err, "lab: refused {text}")?;
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::Told) }
}
