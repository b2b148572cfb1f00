//! `lab list`: every figure, and what can be done with it.

use super::args::ListArgs;
use super::report::{json, print_json, unit_id};
use super::{CommandError, Terminal};
use crate::lessons;
use crate::player::{
    Challenge, Control, ControlKind, Figure, FigureSpec, Needs, Options, Pace, Scale, ValueKind,
};
use serde::Serialize;
use std::io::Write;

/// A figure, as `lab list --json` prints it. Times are in seconds, all other numbers in their unit's base.
#[derive(Debug, Serialize)]
struct FigureEntry {
    /// Its id.
    id: String,
    /// The lesson that it belongs to, as its path.
    lesson: String,
    /// Raised when the same run would give other numbers than before.
    version: u16,
    /// Length of a run.
    until: f64,
    /// The moment of the picture in the page.
    still: f64,
    /// End of the warm-up.
    warm: f64,
    /// Length of a step, for figures that go by steps.
    step: Option<f64>,
    /// Whether it can replay a file of the learner's own.
    takes_log: bool,
    controls: Vec<ControlEntry>,
    actions: Vec<ActionEntry>,
    readings: Vec<ReadingEntry>,
    challenges: Vec<ChallengeEntry>,
    /// Kinds of things it consists of, in the order of their numbers.
    kinds: Vec<String>,
}

/// A control: a number with unit and range, a choice with its options, a flag, some of several things, things in an order,
/// things in groups, or a text.
#[derive(Debug, Serialize)]
struct ControlEntry {
    id: String,
    label: String,
    help: String,
    /// `number`, `choice`, `flag`, `several`, `order`, `assignment` or `text`.
    kind: &'static str,
    unit: Option<&'static str>,
    /// The least number, or how many things at least.
    min: Option<f64>,
    /// The largest number, or how many things or characters at most.
    max: Option<f64>,
    /// Smallest change; on a logarithmic scale a share of the value.
    step: Option<f64>,
    /// `linear` or `log`.
    scale: Option<&'static str>,
    /// Ids of the options, or of the things.
    options: Vec<String>,
    /// Ids of the groups that things are in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
    /// The value at the start; of things and texts as `--set` takes it.
    default: serde_json::Value,
}

/// An action, the kinds of things it is done to, and its argument.
#[derive(Debug, Serialize)]
struct ActionEntry {
    id: String,
    label: String,
    on: Vec<String>,
    argument: Option<ArgumentEntry>,
}

/// An action's argument: a number, entities of a kind, or a text. `offered` is what it is when left out.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ArgumentEntry {
    Number { unit: &'static str, min: f64, max: f64, offered: f64 },
    Entities { of: String, at_least: u16, at_most: u16 },
    Text { limit: u16, offered: String },
}

#[derive(Debug, Serialize)]
struct ReadingEntry {
    id: String,
    label: String,
    unit: &'static str,
    help: String,
}

/// A challenge: what may be moved in it, and the most that it may cost.
#[derive(Debug, Serialize)]
struct ChallengeEntry {
    id: String,
    free: Vec<String>,
    budget: f64,
    unit: &'static str,
}

pub(super) fn list(args: &ListArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let all = lessons::all();
    if args.json {
        let entries: Vec<FigureEntry> = all.map(|(lesson, figure)| entry(lesson, figure)).collect();
        return Ok(print_json(&entries, terminal.out)?);
    }
    for (lesson, figure) in all {
        print(lesson, figure, terminal.out)?;
    }
    Ok(())
}

fn print(lesson: &str, figure: &Figure, out: &mut dyn Write) -> std::io::Result<()> {
    let spec = figure.spec;
    let takes = if spec.needs == Needs::AccessLog { ", replays an access log" } else { "" };
    writeln!(out, "{}  ({lesson}, version {}, runs {}{takes})", spec.id, spec.version, spec.until)?;
    for control in spec.controls.iter() {
        let default = match &control.kind {
            ControlKind::Number { .. } | ControlKind::Flag { .. } => control.show(&control.default()),
            _ => control.written(&control.default()),
        };
        writeln!(out, "  --set {}=…  {}, default {default}: {}", control.id, range(control), control.label)?;
    }
    for action in spec.actions.iter() {
        let on = kinds(spec, &action.applies_to).join("|");
        let argument = match &action.arg {
            ValueKind::Number(unit, min, max, _) => {
                format!(":… {} to {}", unit.format(*min), unit.format(*max))
            }
            ValueKind::Entities { kind, at_least, at_most } => {
                format!(":… {at_least} to {at_most} of {}", kinds(spec, &[*kind]).concat())
            }
            ValueKind::Text(limit, _) => format!(":… a text of at most {limit} characters"),
            ValueKind::None => String::new(),
        };
        writeln!(out, "  --at TIME {}={on}{argument}  {}", action.id, action.label)?;
    }
    for reading in spec.readings.iter() {
        writeln!(out, "  reads {} ({}): {}", reading.id, unit_id(reading.unit), reading.help)?;
    }
    for challenge in figure.challenges {
        let (free, budget) = (challenge.free.join(", "), challenge.unit.format(challenge.budget));
        writeln!(out, "  judge {}: free are {free}; it may cost {budget}", challenge.id)?;
    }
    writeln!(out)
}

fn range(control: &Control) -> String {
    match &control.kind {
        ControlKind::Number { unit, min, max, .. } => {
            format!("{} to {}", unit.format(*min), unit.format(*max))
        }
        ControlKind::Choice { options, .. } => {
            options.iter().map(|(id, _)| id.as_ref()).collect::<Vec<_>>().join("|")
        }
        ControlKind::Flag { .. } => "on|off".into(),
        kind => kind.allowed(),
    }
}

fn kinds(spec: &FigureSpec, on: &[u8]) -> Vec<String> {
    on.iter().filter_map(|&kind| spec.kinds.get(usize::from(kind))).map(|kind| kind.id.to_string()).collect()
}

fn entry(lesson: &str, figure: &Figure) -> FigureEntry {
    let spec = figure.spec;
    let challenge = |challenge: &Challenge| ChallengeEntry {
        id: challenge.id.to_owned(),
        free: challenge.free.iter().map(|&id| id.to_owned()).collect(),
        budget: challenge.budget,
        unit: unit_id(challenge.unit),
    };
    FigureEntry {
        id: spec.id.to_string(),
        lesson: lesson.to_owned(),
        version: spec.version,
        until: spec.until.secs(),
        still: spec.still_at.secs(),
        warm: spec.warm_up.secs(),
        step: if let Pace::Steps(step) = spec.pace { Some(step.secs()) } else { None },
        takes_log: spec.needs == Needs::AccessLog,
        controls: spec.controls.iter().map(control).collect(),
        actions: spec
            .actions
            .iter()
            .map(|action| ActionEntry {
                id: action.id.to_string(),
                label: action.label.to_string(),
                on: kinds(spec, &action.applies_to),
                argument: argument(spec, &action.arg),
            })
            .collect(),
        readings: spec
            .readings
            .iter()
            .map(|reading| ReadingEntry {
                id: reading.id.to_string(),
                label: reading.label.to_string(),
                unit: unit_id(reading.unit),
                help: reading.help.to_string(),
            })
            .collect(),
        challenges: figure.challenges.iter().map(challenge).collect(),
        kinds: spec.kinds.iter().map(|kind| kind.id.to_string()).collect(),
    }
}

fn argument(spec: &FigureSpec, kind: &ValueKind) -> Option<ArgumentEntry> {
    match kind {
        &ValueKind::Number(unit, min, max, offered) => {
            Some(ArgumentEntry::Number { unit: unit_id(unit), min, max, offered })
        }
        &ValueKind::Entities { kind, at_least, at_most } => {
            Some(ArgumentEntry::Entities { of: kinds(spec, &[kind]).concat(), at_least, at_most })
        }
        ValueKind::Text(limit, offered) => {
            Some(ArgumentEntry::Text { limit: *limit, offered: offered.to_string() })
        }
        ValueKind::None => None,
    }
}

fn ids(options: &Options) -> Vec<String> {
    options.iter().map(|(id, _)| id.to_string()).collect()
}

fn control(control: &Control) -> ControlEntry {
    let mut entry = ControlEntry {
        id: control.id.to_string(),
        label: control.label.to_string(),
        help: control.help.to_string(),
        kind: "flag",
        unit: None,
        min: None,
        max: None,
        step: None,
        scale: None,
        options: Vec::new(),
        groups: Vec::new(),
        default: json(&control.default()),
    };
    match &control.kind {
        ControlKind::Number { unit, min, max, step, scale, .. } => {
            entry.kind = "number";
            entry.unit = Some(unit_id(*unit));
            entry.min = Some(*min);
            entry.max = Some(*max);
            entry.step = Some(*step);
            entry.scale = Some(if *scale == Scale::Log { "log" } else { "linear" });
        }
        ControlKind::Choice { options, .. } => {
            entry.kind = "choice";
            entry.options = ids(options);
        }
        ControlKind::Flag { .. } => entry.options = vec!["on".into(), "off".into()],
        ControlKind::Several { things, at_least, at_most, .. } => {
            entry.kind = "several";
            entry.options = ids(things);
            entry.min = Some((*at_least).into());
            entry.max = Some((*at_most).into());
        }
        ControlKind::Order { things, .. } => {
            entry.kind = "order";
            entry.options = ids(things);
        }
        ControlKind::Assignment { things, groups, .. } => {
            entry.kind = "assignment";
            entry.options = ids(things);
            entry.groups = ids(groups);
        }
        ControlKind::Text { limit, .. } => {
            entry.kind = "text";
            entry.max = Some((*limit).into());
        }
    }
    if !matches!(
        control.kind,
        ControlKind::Number { .. } | ControlKind::Choice { .. } | ControlKind::Flag { .. }
    ) {
        entry.default = control.written(&control.default()).into();
    }
    entry
}
