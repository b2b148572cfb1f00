//! `lab open`: the runs that a link holds, recomputed.

use super::args::OpenArgs;
use super::compare::{self, Told};
use super::play::Player;
use super::report::print_json;
use super::{CommandError, Terminal, inputs};
use crate::player::{FigureSpec, Run, View, decode_view};

pub(super) fn open(args: &OpenArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let mut all: Vec<(&FigureSpec, Told)> = Vec::new();
    for View { run, compared_controls, at } in views(&args.link)? {
        let mut player = Player::new(&run.figure)?;
        let opened = player.open(run)?;
        let notes = opened.notes.iter().map(|msg| super::words::say(&player.words, msg)).collect();
        let at = at.min(player.spec.until);
        let told = compare::tell(&mut player, &opened.run, &compared_controls, at, notes, terminal)?;
        all.push((player.spec, told));
    }
    if args.json {
        let all: Vec<&Told> = all.iter().map(|(_, told)| told).collect();
        return Ok(print_json(&all, terminal.out)?);
    }
    for (n, (spec, told)) in all.iter().enumerate() {
        if n > 0 {
            writeln!(terminal.out)?;
        }
        told.print(spec, false, false, terminal)?;
    }
    Ok(())
}

/// The run of a figure that a link holds.
pub(super) fn run_of(link: &str, figure: &str) -> Result<Run, CommandError> {
    let views = views(link)?;
    let held: Vec<String> = views.iter().map(|view| inputs::clip(&view.run.figure)).collect();
    let own = views.into_iter().find(|view| view.run.figure == figure);
    own.map(|view| view.run).ok_or_else(|| {
        CommandError::Refused(format!("the link holds no run of '{figure}'; it holds: {}", held.join(", ")))
    })
}

/// The views of a bare code, a fragment `#figure=code&figure=code`, or an address that ends in one.
fn views(link: &str) -> Result<Vec<View>, CommandError> {
    let fragment = link.rsplit_once('#').map_or(link, |(_, fragment)| fragment);
    let mut views = Vec::new();
    for part in fragment.split('&').filter(|part| !part.trim().is_empty()) {
        let (figure, code) = part.split_once('=').map_or((None, part), |(id, code)| (Some(id), code));
        let view = decode_view(code)
            .map_err(|error| CommandError::Refused(format!("the link can't be opened: {error}")))?;
        if let Some(figure) = figure.filter(|figure| figure.trim() != view.run.figure) {
            return Err(CommandError::Refused(format!(
                "the link says figure '{}', but its code is a run of '{}'",
                inputs::clip(figure),
                inputs::clip(&view.run.figure)
            )));
        }
        views.push(view);
    }
    if views.is_empty() {
        return Err(CommandError::Refused(
            "there is no run in this link; one looks like '#one-server=a…', or is the code alone".into(),
        ));
    }
    Ok(views)
}
