//! Reports on a run, as text and as JSON.

use super::CommandError;
use super::play::Player;
use super::words::say;
use crate::player::{FigureSpec, Frame, InputKind, Marker, MarkerKind, Run, Value, View, encode_view};
use crate::sim::{Entity, Time};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A run at a moment, as `lab run --json` and `lab open --json` print it. Times are in seconds, all other numbers in
/// their unit's base.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Id of the figure.
    pub figure: String,
    /// The figure's version.
    pub version: u16,
    /// The seed.
    pub seed: u64,
    /// The seed's name.
    pub seed_name: String,
    /// The controls that differ from their defaults at the start, by id.
    pub controls: BTreeMap<String, serde_json::Value>,
    /// What was done to the run, in order.
    pub inputs: Vec<InputReport>,
    /// Fingerprint of the file that it replays, in hexadecimal.
    pub data: Option<String>,
    /// The moment, in seconds.
    pub at: f64,
    /// The readings, in the figure's order.
    pub readings: Vec<ReadingReport>,
    /// Events up to the moment.
    pub events: u64,
    /// Hash of everything that happened up to the moment: 16 hexadecimal digits.
    pub hash: String,
    /// What the picture says, the most important first.
    pub says: Vec<String>,
    /// The moments that matter, up to this one.
    pub markers: Vec<MarkerReport>,
    /// What one should know about the run ('made with an earlier model'), and about its file.
    pub notes: Vec<String>,
    /// The link's code for this run at this moment.
    pub link: String,
}

/// Something that was done to the run.
#[derive(Debug, Serialize)]
pub struct InputReport {
    /// When, in seconds.
    pub at: f64,
    /// What, as after `--at TIME`.
    pub what: String,
}

/// A reading.
#[derive(Debug, Serialize)]
pub struct ReadingReport {
    /// Its id.
    pub id: String,
    /// Its value in the unit's base; null where nothing has been measured yet.
    pub value: Option<f64>,
    /// Its unit: time, rate, share, bytes, count, money or factor.
    pub unit: &'static str,
    /// The value as people read it.
    pub text: String,
}

/// A moment that matters.
#[derive(Debug, Serialize)]
pub struct MarkerReport {
    /// When, in seconds.
    pub at: f64,
    /// `event`: the model calls it notable; `input`: so it calls what an input did; `refused`: an input that it refused.
    pub kind: &'static str,
    /// Whom it concerns, by name.
    pub entity: Option<String>,
    /// The sentence.
    pub what: String,
}

impl Report {
    /// Collects the report. `against` is what the link says that the run is compared with.
    ///
    /// # Errors
    /// If the session has nothing open.
    pub fn gather(
        player: &mut Player,
        run: &Run,
        against: &[(String, Value)],
        frame: &Frame,
        notes: Vec<String>,
    ) -> Result<Self, CommandError> {
        let markers = player.markers(frame.at)?;
        let (spec, words) = (player.spec, &player.words);
        let reading = |(at, declared): (usize, &crate::player::Reading)| {
            let value = frame.readings.get(at).copied().unwrap_or(f64::NAN);
            ReadingReport {
                id: declared.id.to_string(),
                value: value.is_finite().then_some(value),
                unit: unit_id(declared.unit),
                text: player.reading(at, value),
            }
        };
        let marker = |marker: &Marker| MarkerReport {
            at: marker.time.secs(),
            kind: match marker.kind {
                MarkerKind::Event => "event",
                MarkerKind::Input => "input",
                MarkerKind::Refused => "refused",
            },
            entity: marker.entity.map(|entity| words.name(entity)),
            what: say(words, &marker.what),
        };
        let view = View { run: run.clone(), compared_controls: against.to_vec(), at: frame.at };
        Ok(Self {
            figure: run.figure.clone(),
            version: spec.version,
            seed: run.seed.0,
            seed_name: run.seed.to_string(),
            controls: run.controls.iter().map(|(id, value)| (id.clone(), json(value))).collect(),
            inputs: run
                .inputs
                .iter()
                .map(|input| InputReport { at: input.at.secs(), what: change(&input.change, player) })
                .collect(),
            data: run.data.map(|print| format!("{print:016x}")),
            at: frame.at.secs(),
            readings: spec.readings.iter().enumerate().map(reading).collect(),
            events: frame.events,
            hash: format!("{:016x}", frame.hash),
            says: frame.scene.sentences.iter().map(|msg| say(words, msg)).collect(),
            markers: markers.iter().map(marker).collect(),
            notes,
            link: encode_view(&view),
        })
    }

    /// Prints as text, without the link.
    ///
    /// # Errors
    /// If the output can't be written.
    pub fn print(&self, spec: &FigureSpec, out: &mut dyn Write) -> io::Result<()> {
        self.print_head(spec, out)?;
        writeln!(out)?;
        let width = self.readings.iter().map(|reading| reading.id.len()).max().unwrap_or(0).max(6);
        for reading in &self.readings {
            writeln!(out, "{:width$}  {}", reading.id, reading.text)?;
        }
        writeln!(out, "{:width$}  {}", "events", self.events)?;
        writeln!(out, "{:width$}  {}", "hash", self.hash)?;
        self.print_story(out)
    }

    /// Prints which run it is.
    ///
    /// # Errors
    /// If the output can't be written.
    pub fn print_head(&self, spec: &FigureSpec, out: &mut dyn Write) -> io::Result<()> {
        let at = Time::from_secs_f64(self.at);
        writeln!(out, "{} at {at}, seed {} ({})", self.figure, self.seed_name, self.seed)?;
        for note in &self.notes {
            writeln!(out, "  {note}")?;
        }
        self.print_controls(spec, out)?;
        for input in &self.inputs {
            writeln!(out, "  at {} {}", Time::from_secs_f64(input.at), input.what)?;
        }
        Ok(())
    }

    /// Prints the controls that differ from their defaults.
    ///
    /// # Errors
    /// If the output can't be written.
    pub fn print_controls(&self, spec: &FigureSpec, out: &mut dyn Write) -> io::Result<()> {
        for (id, value) in &self.controls {
            writeln!(out, "  set {id} = {}", setting(spec, id, &from_json(value)))?;
        }
        Ok(())
    }

    /// Prints what the picture says, and the moments that matter.
    ///
    /// # Errors
    /// If the output can't be written.
    pub fn print_story(&self, out: &mut dyn Write) -> io::Result<()> {
        for sentence in &self.says {
            writeln!(out, "\n{sentence}")?;
        }
        if !self.markers.is_empty() {
            writeln!(out)?;
        }
        for marker in &self.markers {
            writeln!(out, "{:>9}  {}", Time::from_secs_f64(marker.at).to_string(), marker.what)?;
        }
        Ok(())
    }

    /// The inputs that the model refused, as sentences.
    pub fn refused(&self) -> Vec<String> {
        let refused = self.markers.iter().filter(|marker| marker.kind == "refused");
        refused.map(|marker| format!("at {}: {}", Time::from_secs_f64(marker.at), marker.what)).collect()
    }
}

/// A control's value beside its default.
pub fn setting(spec: &FigureSpec, id: &str, value: &Value) -> String {
    spec.control(id).map_or_else(String::new, |(_, control)| {
        format!("{} (default {})", control.show(value), control.show(&control.default()))
    })
}

/// Prints rows of cells in columns: the first to the left, numbers to the right.
///
/// # Errors
/// If the output can't be written.
pub fn print_table<const N: usize>(rows: &[[String; N]], out: &mut dyn Write) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in rows {
        let cell = |n: usize| {
            let (text, width) = (&row[n], widths[n]);
            if n == 0 { format!("{text:width$}") } else { format!("  {text:>width$}") }
        };
        writeln!(out, "{}", (0..N).map(cell).collect::<String>().trim_end())?;
    }
    Ok(())
}

/// Prints anything as indented JSON with a line's end.
///
/// # Errors
/// If the output can't be written.
pub fn print_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// A unit's name in JSON.
pub fn unit_id(unit: crate::sim::Unit) -> &'static str {
    use crate::sim::Unit;
    match unit {
        Unit::Time => "time",
        Unit::Rate => "rate",
        Unit::Share => "share",
        Unit::Bytes => "bytes",
        Unit::Count => "count",
        Unit::Money => "money",
        Unit::Factor => "factor",
    }
}

/// A control's value as JSON: a number in the unit's base, an option's id, or true and false.
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Number(n) => (*n).into(),
        Value::Choice(id) => id.clone().into(),
        Value::Flag(on) => (*on).into(),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

/// The control's value that [`json`] has written.
pub fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Number(n) => Value::Number(n.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(id) => Value::Choice(id.clone()),
        serde_json::Value::Bool(on) => Value::Flag(*on),
        other => serde_json::from_value(other.clone()).unwrap_or_default(),
    }
}

/// A change as it is written after `--at TIME`.
fn change(change: &InputKind, player: &Player) -> String {
    let spec = player.spec;
    match change {
        InputKind::Set { control, value } => {
            let written = spec.control(control).map_or_else(String::new, |(_, it)| it.written(value));
            format!("{control}={written}")
        }
        InputKind::Act { action, targets, arg } => {
            let name = |entity: &Entity| match spec.kinds.get(usize::from(entity.kind)) {
                Some(kind) if !matches!(kind.names, crate::player::EntityNames::Only) => {
                    format!("{}:{}", kind.id, player.words.short(*entity))
                }
                _ => player.words.short(*entity),
            };
            let names: Vec<String> = targets.iter().map(name).collect();
            let arg = match (arg, spec.action(action).map(|(_, action)| &action.arg)) {
                (Value::Number(n), Some(crate::player::ValueKind::Number(unit, ..))) => {
                    format!(":{}", unit.format(*n).replace('\u{a0}', ""))
                }
                (Value::Entities(all), _) => {
                    let names = all.iter().map(|who| player.words.short(*who));
                    format!(":{}", names.collect::<Vec<_>>().join(","))
                }
                (Value::Text(text), _) => format!(":{text}"),
                _ => String::new(),
            };
            format!("{action}={}{arg}", names.join(","))
        }
    }
}
