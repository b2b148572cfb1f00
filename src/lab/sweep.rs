//! `lab sweep`: one control over its range, on all cores.

use super::args::SweepArgs;
use super::play::Player;
use super::report::{json, print_table};
use super::words::{say, words_for};
use super::{CommandError, Terminal, inputs, pool};
use crate::player::{
    Control, ControlKind, FigureSpec, Run, Sweep, SweepPoint, Value, evenly_spaced, sweep_values,
};
use std::io::{self, Write};

/// Values of a number, if nothing else is said.
const POINTS: usize = 11;
/// Most values of a number.
const MOST_POINTS: usize = 1_000;

pub(super) fn sweep(args: &SweepArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let figure = inputs::figure(&args.figure)?;
    let (spec, words) = (figure.spec, words_for(figure.spec));
    let refused = |msg| CommandError::Refused(say(&words, &msg));
    let mut run = Run::new(spec, inputs::seed(&args.seed)?);
    for (id, value) in inputs::settings(&args.set, spec, &words)? {
        run.set(spec, &id, &value).map_err(refused)?;
    }
    let mut player = Player::new(&args.figure)?;
    if let Some(path) = &args.log {
        let (fingerprint, says) = player.load(path, terminal)?;
        run.data = Some(fingerprint);
        for line in says {
            writeln!(terminal.err, "{line}")?;
        }
    }
    let (control, values) = varied(&args.vary, spec)?;
    let readings = readings(&args.reading, spec)?;
    let mut sweep = Sweep::new(figure, &run, &control.id, values, args.seeds).map_err(refused)?;
    let trials = sweep.trials();
    pool::trials(figure, player.data(), trials.into_iter(), |n, tried| {
        sweep.add_result(n, tried);
        let (done, all) = sweep.done();
        terminal.progress(&format!("{done} of {all} runs"));
        true
    })
    .map_err(refused)?;
    terminal.progress("");
    let print = if args.csv { print_csv } else { print };
    Ok(print(&sweep, control, &readings, spec, terminal.out)?)
}

/// The control that `load`, `load=100/s..200/s` or `load=100/s..200/s,6` varies, and its values.
fn varied<'a>(text: &str, spec: &'a FigureSpec) -> Result<(&'a Control, Vec<Value>), CommandError> {
    let (id, range) = text.split_once('=').map_or((text, None), |(id, range)| (id, Some(range)));
    let Some((_, control)) = spec.control(id.trim()) else { return Err(inputs::unknown(spec, id.trim())) };
    let Some(range) = range else { return Ok((control, sweep_values(control, POINTS))) };
    let ControlKind::Number { unit, min, max, .. } = &control.kind else {
        return Err(CommandError::Refused(format!(
            "'{}' is no number, so all its values are tried; leave '={}' out",
            control.id,
            inputs::clip(range)
        )));
    };
    let (id, low, high) = (&control.id, unit.format(*min), unit.format(*max));
    let unclear = || {
        let whole = format!("{id}={low}..{high}").replace('\u{a0}', "");
        let text = inputs::clip(range);
        CommandError::Usage(format!(
            "'{text}' is no range; write it like {whole} or, with how many values, {whole},6"
        ))
    };
    let (ends, points) = range.rsplit_once(',').map_or((range, None), |(ends, n)| (ends, Some(n.trim())));
    let (from, to) = ends.split_once("..").ok_or_else(unclear)?;
    let points = points.map_or(Ok(POINTS), str::parse).map_err(|_| unclear())?;
    if !(2..=MOST_POINTS).contains(&points) {
        return Err(CommandError::Refused(format!("a sweep takes 2 to {MOST_POINTS} values, not {points}")));
    }
    let end = |text: &str| unit.parse(text).map_err(|error| CommandError::Refused(error.to_string()));
    let values = evenly_spaced(control, (end(from)?, end(to)?), points);
    if values.is_empty() {
        let ends = inputs::clip(ends);
        return Err(CommandError::Refused(format!("'{id}' goes from {low} to {high}; '{ends}' is outside")));
    }
    Ok((control, values))
}

/// Places of the readings of these ids; of all, if there are none.
fn readings(ids: &[String], spec: &FigureSpec) -> Result<Vec<usize>, CommandError> {
    let place = |id: &String| {
        spec.reading(id).ok_or_else(|| {
            let all: Vec<&str> = spec.readings.iter().map(|reading| reading.id.as_ref()).collect();
            let (id, all) = (inputs::clip(id), all.join(", "));
            CommandError::Refused(format!("{} has no reading '{id}'; there are: {all}", spec.id))
        })
    };
    if ids.is_empty() { Ok((0..spec.readings.len()).collect()) } else { ids.iter().map(place).collect() }
}

fn print_csv(
    sweep: &Sweep,
    control: &Control,
    readings: &[usize],
    spec: &FigureSpec,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{},reading,mean,low,high,seeds", control.id)?;
    let number = |n: f64| if n.is_finite() { n.to_string() } else { String::new() };
    for &reading in readings {
        for SweepPoint { value, mean, low, high, seeds } in sweep.points(reading) {
            let value = match value {
                Value::Choice(id) => id,
                value => json(&value).to_string(),
            };
            let (id, mean, low, high) = (&spec.readings[reading].id, number(mean), number(low), number(high));
            writeln!(out, "{value},{id},{mean},{low},{high},{seeds}")?;
        }
    }
    Ok(())
}

fn print(
    sweep: &Sweep,
    control: &Control,
    readings: &[usize],
    spec: &FigureSpec,
    out: &mut dyn Write,
) -> io::Result<()> {
    let words = |words: [&str; 6]| words.map(str::to_owned);
    let mut rows = vec![words([&control.id, "reading", "mean", "low", "high", "seeds"])];
    for &reading in readings {
        let declared = &spec.readings[reading];
        let number = |n: f64| declared.unit.format(n);
        rows.extend(sweep.points(reading).into_iter().map(|point| {
            let SweepPoint { value, mean, low, high, seeds } = point;
            let id = declared.id.to_string();
            [control.show(&value), id, number(mean), number(low), number(high), seeds.to_string()]
        }));
    }
    print_table(&rows, out)
}
