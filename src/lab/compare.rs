//! A run at a moment, alone or beside one that differs from it in its controls.

use super::play::Player;
use super::report::{Report, print_json};
use super::words::say;
use super::{CommandError, Terminal};
use crate::player::{FigureSpec, Reading, Run, Value};
use crate::sim::Time;
use serde::Serialize;
use std::io;

/// What is told of a run.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// The run alone.
    Alone(Box<Report>),
    /// The run, and one that it is compared with.
    Compared(Box<Comparison>),
}

/// Two runs at the same moment, as `lab run --against … --json` prints them. Numbers are in their unit's base.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// The run; its link holds what it is compared with.
    run: Report,
    /// The run that it is compared with.
    against: Report,
    /// The readings of both, in the figure's order.
    readings: Vec<ReadingPair>,
}

/// A reading of two runs.
#[derive(Debug, Serialize)]
struct ReadingPair {
    /// Its id.
    id: String,
    /// Its unit: time, rate, share, bytes, count, money or factor.
    unit: &'static str,
    /// Its value in the run; null where nothing has been measured yet.
    run: Option<f64>,
    /// Its value in the run that this one is compared with.
    against: Option<f64>,
    /// How much more it is there.
    difference: Option<f64>,
    /// The difference as people read it.
    text: String,
}

/// Tells of the run that a player has open, at a moment; and of the one that it is compared with, if there is one.
///
/// # Errors
/// If the figure doesn't take what it is compared with, or a model never gets there.
pub fn tell(
    player: &mut Player,
    run: &Run,
    against: &[(String, Value)],
    at: Time,
    notes: Vec<String>,
    terminal: &mut Terminal,
) -> Result<Told, CommandError> {
    let frame = player.frame(at, terminal)?;
    let own = Report::gather(player, run, against, &frame, notes)?;
    if against.is_empty() {
        return Ok(Told::Alone(Box::new(own)));
    }
    let other = run.with_controls(player.spec, against);
    let other = other.map_err(|msg| CommandError::Refused(say(&player.words, &msg)))?;
    let opened = player.open(other)?;
    let frame = player.frame(at, terminal)?;
    let other = Report::gather(player, &opened.run, &[], &frame, Vec::new())?;
    let both = own.readings.iter().zip(&other.readings).zip(player.spec.readings.iter());
    let difference = |((own, other), declared): ((&_, &_), &Reading)| difference(own, other, declared);
    let readings = both.map(difference).collect();
    Ok(Told::Compared(Box::new(Comparison { run: own, against: other, readings })))
}

fn difference(
    own: &super::report::ReadingReport,
    other: &super::report::ReadingReport,
    declared: &Reading,
) -> ReadingPair {
    let difference = own.value.zip(other.value).map(|(own, other)| other - own);
    let text = difference.map_or_else(String::new, |more| {
        let sign = if more > 0.0 { "+" } else { "" };
        format!("{sign}{}", declared.unit.format(more))
    });
    ReadingPair { id: own.id.clone(), unit: own.unit, run: own.value, against: other.value, difference, text }
}

impl Told {
    /// Prints as JSON or as text, with the link or without.
    ///
    /// # Errors
    /// If the output can't be written.
    pub fn print(
        &self,
        spec: &FigureSpec,
        as_json: bool,
        link: bool,
        terminal: &mut Terminal,
    ) -> io::Result<()> {
        if as_json {
            return print_json(self, terminal.out);
        }
        match self {
            Self::Alone(report) => report.print(spec, terminal.out)?,
            Self::Compared(both) => both.print(spec, terminal)?,
        }
        let own = self.run();
        if link {
            writeln!(terminal.out, "\n#{}={}", own.figure, own.link)?;
        }
        Ok(())
    }

    /// The inputs that the models refused, as sentences.
    pub fn refused(&self) -> Vec<String> {
        let mut refused = self.run().refused();
        if let Self::Compared(both) = self {
            refused.extend(both.against.refused());
            refused.dedup();
        }
        refused
    }

    fn run(&self) -> &Report {
        match self {
            Self::Alone(report) => report,
            Self::Compared(both) => &both.run,
        }
    }
}

impl Comparison {
    fn print(&self, spec: &FigureSpec, terminal: &mut Terminal) -> io::Result<()> {
        let out = &mut *terminal.out;
        self.run.print_head(spec, out)?;
        writeln!(out, "against")?;
        self.against.print_controls(spec, out)?;
        let mut rows =
            vec![[String::new(), "this run".to_owned(), "against".to_owned(), "difference".to_owned()]];
        let readings = self.run.readings.iter().zip(&self.against.readings).zip(&self.readings);
        rows.extend(readings.map(|((own, other), both)| {
            [own.id.clone(), own.text.clone(), other.text.clone(), both.text.clone()]
        }));
        let (own, other) = (&self.run, &self.against);
        let events = other.events.cast_signed() - own.events.cast_signed();
        rows.push(["events".into(), own.events.to_string(), other.events.to_string(), format!("{events:+}")]);
        writeln!(out)?;
        super::report::print_table(&rows, out)?;
        for (side, report) in [("this run", own), ("against", other)] {
            writeln!(out, "\n{side}: hash {}", report.hash)?;
            report.print_story(out)?;
        }
        Ok(())
    }
}
