//! `lab open`: the runs that a link holds, recomputed.

use super::args::OpenArgs;
use super::play::Player;
use super::report::{Report, print_json};
use super::{Failure, Terminal, inputs};
use crate::player::{View, decode_view};

pub(super) fn open(args: &OpenArgs, terminal: &mut Terminal) -> Result<(), Failure> {
    let mut reports = Vec::new();
    for view in views(&args.link)? {
        let mut compared = view.run.clone();
        let side = if view.against.is_empty() { "" } else { "this run" };
        reports.push(report(side, &view.run, &view, terminal)?);
        if !view.against.is_empty() {
            compared.controls.retain(|(id, _)| view.against.iter().all(|(other, _)| other != id));
            compared.controls.extend(view.against.iter().cloned());
            reports.push(report("the run it is compared with", &compared, &view, terminal)?);
        }
    }
    if args.json {
        let reports: Vec<&Report> = reports.iter().map(|(_, _, report)| report).collect();
        return Ok(print_json(&reports, terminal.out)?);
    }
    for (n, (side, player, report)) in reports.iter().enumerate() {
        if n > 0 {
            writeln!(terminal.out)?;
        }
        if !side.is_empty() {
            writeln!(terminal.out, "{side}:")?;
        }
        report.print(player, false, false, terminal)?;
    }
    Ok(())
}

fn report(
    side: &'static str,
    run: &crate::player::Run,
    view: &View,
    terminal: &mut Terminal,
) -> Result<(&'static str, Player, Report), Failure> {
    let mut player = Player::new(&run.figure)?;
    let opened = player.open(run.clone())?;
    let notes = opened.says.iter().map(|msg| super::words::say(&player.words, msg)).collect();
    let frame = player.frame(view.at.min(player.spec.until), terminal)?;
    let report = Report::gather(&mut player, &opened.run, &frame, notes)?;
    Ok((side, player, report))
}

/// The views of a bare code, a fragment `#figure=code&figure=code`, or an address that ends in one.
fn views(link: &str) -> Result<Vec<View>, Failure> {
    let fragment = link.rsplit_once('#').map_or(link, |(_, fragment)| fragment);
    let mut views = Vec::new();
    for part in fragment.split('&').filter(|part| !part.trim().is_empty()) {
        let (figure, code) = part.split_once('=').map_or((None, part), |(id, code)| (Some(id), code));
        let view = decode_view(code).map_err(|error| Failure::Refused(error.to_string()))?;
        if let Some(figure) = figure.filter(|figure| figure.trim() != view.run.figure) {
            return Err(Failure::Refused(format!(
                "the link says figure '{}', but its code is a run of '{}'",
                inputs::clip(figure),
                inputs::clip(&view.run.figure)
            )));
        }
        views.push(view);
    }
    if views.is_empty() {
        return Err(Failure::Refused(
            "there is no run in this link; one looks like '#one-server=a…', or is the code alone".into(),
        ));
    }
    Ok(views)
}
