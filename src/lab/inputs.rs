//! How a run is written on a command line: seeds, times, settings, actions and entities.

use super::CommandError;
use super::args::RunDescription;
use crate::lessons;
use crate::player::{Action, EntityNames, Figure, FigureSpec, Input, InputKind, Run, Value, ValueKind};
use crate::scene::Words;
use crate::sim::{Entity, Seed, Time, Unit};

/// The registered figure of this id.
///
/// # Errors
/// A sentence that lists those there are.
pub fn figure(id: &str) -> Result<&'static Figure, CommandError> {
    lessons::figure(id).map(|(_, figure)| figure).ok_or_else(|| {
        let all: Vec<&str> =
            lessons::all().map(|(_, figure)| figure).map(|figure| figure.spec.id.as_ref()).collect();
        CommandError::Refused(format!("there is no figure '{}'; there are: {}", clip(id), all.join(", ")))
    })
}

/// The run that a command line describes, without its data, and the moment to stop at.
///
/// # Errors
/// A sentence on the first thing that can't be read or that the figure doesn't have.
pub(super) fn read(
    course: &RunDescription,
    spec: &FigureSpec,
    words: &Words,
) -> Result<(Run, Time), CommandError> {
    let mut run = Run::new(spec, seed(&course.seed)?);
    for (id, value) in settings(&course.set, spec, words)? {
        run.set(spec, &id, &value).map_err(|msg| CommandError::Refused(words.say(&msg)))?;
    }
    for pair in course.at.chunks_exact(2) {
        let input = Input { at: time(&pair[0], spec)?, change: change(&pair[1], spec, words)? };
        run.inputs.push(input);
    }
    // Stable: of equal times, in the order given.
    run.inputs.sort_by_key(|input| input.at);
    let until = course.until.as_deref().map_or(Ok(spec.until), |text| time(text, spec))?;
    Ok((run, until))
}

/// Values of controls, each written as ID=VALUE.
///
/// # Errors
/// A sentence on the first that can't be read, or that the figure doesn't have or take.
pub fn settings(
    texts: &[String],
    spec: &FigureSpec,
    words: &Words,
) -> Result<Vec<(String, Value)>, CommandError> {
    let setting = |text: &String| {
        let (id, value) = assignment(text)?;
        let Some((_, control)) = spec.control(id) else { return Err(unknown(spec, id)) };
        let value = control.parse(value).map_err(|msg| CommandError::Refused(words.say(&msg)))?;
        Ok((id.to_owned(), value))
    };
    texts.iter().map(setting).collect()
}

/// A seed by number or name.
///
/// # Errors
/// A sentence on how one is written.
pub fn seed(text: &str) -> Result<Seed, CommandError> {
    text.parse::<Seed>().map_err(|error| CommandError::Usage(error.to_string()))
}

/// A moment of the figure's run.
fn time(text: &str, spec: &FigureSpec) -> Result<Time, CommandError> {
    let secs = Unit::Time.parse(text).map_err(|error| CommandError::Usage(error.to_string()))?;
    let at = Time::from_secs_f64(secs);
    if secs < 0.0 || at > spec.until {
        return Err(CommandError::Refused(format!(
            "a run of {} goes from 0 s to {}; '{}' is outside",
            spec.id,
            spec.until,
            clip(text)
        )));
    }
    Ok(at)
}

fn assignment(text: &str) -> Result<(&str, &str), CommandError> {
    text.split_once('=').map(|(id, value)| (id.trim(), value.trim())).ok_or_else(|| {
        CommandError::Usage(format!(
            "'{}' sets nothing; write it like load=0.5: an id, '=', a value",
            clip(text)
        ))
    })
}

/// `load=0.5` or `kill=server:C`; an action on nothing, without argument, is its bare id.
fn change(text: &str, spec: &FigureSpec, words: &Words) -> Result<InputKind, CommandError> {
    let (id, rest) = text.split_once('=').map_or((text.trim(), ""), |(id, rest)| (id.trim(), rest.trim()));
    if let Some((_, action)) = spec.action(id) {
        return act(rest, action, spec, words);
    }
    let (id, value) = assignment(text)?;
    let Some((_, control)) = spec.control(id) else { return Err(unknown(spec, id)) };
    let value = control.parse(value).map_err(|msg| CommandError::Refused(words.say(&msg)))?;
    Ok(InputKind::Set { control: id.to_owned(), value })
}

/// The refusal of a control or action that the figure doesn't have.
pub(super) fn unknown(spec: &FigureSpec, id: &str) -> CommandError {
    let list = |ids: Vec<&str>| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    CommandError::Refused(format!(
        "{} has no control or action '{}'; controls: {}; actions: {}",
        spec.id,
        clip(id),
        list(spec.controls.iter().map(|control| control.id.as_ref()).collect()),
        list(spec.actions.iter().map(|action| action.id.as_ref()).collect()),
    ))
}

/// `C`, `server:C`, `C:4`, `server:C:4`, `A,B:0.5`; for an action on nothing only its argument.
fn act(text: &str, action: &Action, spec: &FigureSpec, words: &Words) -> Result<InputKind, CommandError> {
    let mut targets = Vec::new();
    let mut arg = text;
    if !action.applies_to.is_empty() {
        // What may hold commas itself stands behind a single name.
        let one = matches!(action.arg, ValueKind::Entities { .. } | ValueKind::Text(..));
        let (whom, rest) = split_argument(text, one, spec);
        arg = rest;
        for name in whom.split(',') {
            targets.push(entity(name, &action.applies_to, spec, words)?);
        }
    }
    let other = |kind: u8, name: &str| match entity(name, &[kind], spec, words) {
        Ok(entity) => Ok(entity),
        Err(CommandError::Usage(why) | CommandError::Refused(why)) => Err(why),
        Err(_) => Err(format!("'{}' names nothing here", clip(name))),
    };
    let arg = action.parse_argument(arg, &other).map_err(CommandError::Refused)?;
    Ok(InputKind::Act { action: action.id.to_string(), targets, arg })
}

/// Cuts `server:C:4` before its argument: of the last name, behind its kind, if that is given, and the name itself.
fn split_argument<'a>(text: &'a str, one: bool, spec: &FigureSpec) -> (&'a str, &'a str) {
    let last = text.rfind(',').filter(|_| !one).map_or(0, |at| at + 1);
    let first = text[last..].split(':').next().unwrap_or_default().trim();
    let has_kind = spec.kinds.iter().any(|kind| kind.id == first && !matches!(kind.names, EntityNames::Only));
    let cut = text[last..].match_indices(':').nth(usize::from(has_kind));
    cut.map_or((text, ""), |(at, _)| (&text[..last + at], &text[last + at + 1..]))
}

/// The entity that `server:C`, `C`, `request 17` or `clients` names, among some kinds.
///
/// # Errors
/// A sentence on how the figure's entities are written.
pub fn entity(text: &str, kinds: &[u8], spec: &FigureSpec, words: &Words) -> Result<Entity, CommandError> {
    let text = text.trim();
    let (kind, name) = match text.split_once(|c: char| c == ':' || c.is_whitespace()) {
        Some((kind, name)) => (Some(kind.trim()), name.trim()),
        None => (None, text),
    };
    let all = kinds.iter().filter_map(|&n| Some((n, spec.kinds.get(usize::from(n))?)));
    let found: Vec<(Entity, &str)> = all
        .filter(|(_, k)| kind.is_none_or(|kind| k.id == kind))
        .filter_map(|(kind, k)| {
            Some((Entity::new(kind, number(name, kind, &k.names, &k.id, words)?), k.id.as_ref()))
        })
        .collect();
    match found.as_slice() {
        [(entity, _)] => Ok(*entity),
        [] => {
            let example = |n: &u8| {
                let entity = Entity::new(*n, 0);
                let kind = spec.kinds.get(usize::from(*n))?;
                Some(match kind.names {
                    EntityNames::Only => kind.id.to_string(),
                    _ => format!("{}:{}", kind.id, words.short(entity)),
                })
            };
            let examples: Vec<String> = kinds.iter().filter_map(example).collect();
            Err(CommandError::Refused(format!(
                "'{}' names nothing here; names are written like {}",
                clip(text),
                examples.join(", ")
            )))
        }
        several => {
            let kinds: Vec<String> = several.iter().map(|(_, kind)| format!("{kind}:{name}")).collect();
            Err(CommandError::Refused(format!("'{}' could be {}; say which", clip(text), kinds.join(" or "))))
        }
    }
}

/// The number within a kind of the entity called `name`.
fn number(name: &str, kind: u8, names: &EntityNames, id: &str, words: &Words) -> Option<u32> {
    match names {
        EntityNames::Numbers | EntityNames::Pairs(_) => name.parse().ok(),
        EntityNames::Only => (name == id || name == words.word(id)).then_some(0),
        EntityNames::Words(all) => {
            let called = |n: usize| all[n] == name || words.short(Entity::new(kind, n as u32)) == name;
            (0..all.len()).find(|&n| called(n)).map(|n| n as u32)
        }
        EntityNames::Letters => {
            let letter = name.chars().next().filter(char::is_ascii_alphabetic)?.to_ascii_uppercase();
            let round: u32 = match &name[1..] {
                "" => 1,
                digits => digits.parse().ok().filter(|round| *round >= 2)?,
            };
            (round - 1).checked_mul(26)?.checked_add(letter as u32 - 'A' as u32)
        }
    }
}

/// The start of a text from outside, short enough for a sentence and without what steers a terminal.
pub fn clip(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '·' } else { c }).collect()
}
