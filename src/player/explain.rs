//! Why: an entity's history, replayed from before it was opened with recording on.

use super::experiment::Readings;
use super::figure::Model;
use super::run::Run;
use super::spec::FigureSpec;
use super::timeline::{Cursor, Timeline};
use crate::sim::sort::sort_by_key;
use crate::sim::{Ending, Entity, Msg, Span, Step, Time, Unit};
use serde::{Deserialize, Serialize};

/// For what has always been there (a server), so much of the recent past is told.
const RECENT: Span = Span::from_secs(5);
/// Most who are named as being behind a number.
const BEHIND: usize = 12;
/// Events between looks at whether the entity has ended.
const SLICE: u64 = 1_000;

/// What there is to say of an entity at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Who.
    pub entity: Entity,
    /// What it is and does now, the most important first.
    pub says: Vec<Msg>,
    /// Who else is concerned.
    pub related: Vec<Entity>,
    /// Its steps up to the moment, oldest first.
    pub steps: Vec<Step>,
}

/// What there is to say of `entity` in the state `shown`, which has been computed, with what happened to it until then.
/// Only its life is replayed: from the last checkpoint before it was opened to its end, however long ago that was.
///
/// # Errors
/// If there is no such entity yet.
pub(super) fn explain(
    spec: &FigureSpec,
    timeline: &Timeline,
    run: &Run,
    shown: &Cursor,
    entity: Entity,
) -> Result<Explanation, Msg> {
    let (at, about) = (shown.now(), shown.model.about(entity));
    let opened = |model: &dyn Model| model.opened(entity.kind) > u64::from(entity.n);
    if about.is_none() && !opened(shown.model.as_ref()) {
        return Err(Msg::new("no-such-entity").of("entity", entity));
    }
    // What a world opens at its start or never opens has always been there.
    let opens =
        opened(shown.model.as_ref()) && !opened(timeline.checkpoint_before(Time::ZERO).model.as_ref());
    let from =
        if opens { timeline.last_without(opened) } else { timeline.checkpoint_before(at.back(RECENT)) };
    let mut cursor = from.checkpoint();
    cursor.model.record_from_here(entity);
    let has_ended = |model: &dyn Model| opened(model) && !model.is_open(entity);
    while !cursor.advance(spec, run, at, &mut { SLICE }, &mut |_| {}) && !has_ended(cursor.model.as_ref()) {}
    let steps = cursor.model.take_recording();
    let about = about.unwrap_or_default();
    Ok(Explanation { entity, says: about.says, related: about.related, steps })
}

/// Replays the time that a reading is about, up to `at`, and finds who made it what it is. A time is made by those who
/// took as long or just longer; anything else by those who ended last.
pub(super) fn behind(
    spec: &'static FigureSpec,
    timeline: &Timeline,
    run: &Run,
    reading: usize,
    at: Time,
) -> Vec<Ending> {
    let Some(reading) = spec.readings.get(reading) else { return Vec::new() };
    let Some(behind) = &reading.behind else { return Vec::new() };
    let from = at.back(Span::from_secs_f64(behind.within));
    let mut cursor = timeline.checkpoint_before(from).checkpoint();
    let mut readings = Readings::of(spec);
    // Endings are kept of all; steps of nobody there is.
    cursor.model.record_from_here(Entity::new(u8::MAX, u32::MAX));
    while !cursor.advance(spec, run, at, &mut { SLICE }, &mut |_| {}) {}
    cursor.model.read(&mut readings);
    let value = spec.reading(&reading.id).map_or(f64::NAN, |place| readings.values()[place]);
    let mut endings = cursor.model.take_endings();
    let counts =
        |it: &Ending| it.time >= from && it.entity.kind == behind.kind && behind.fates.contains(&it.fate.0);
    endings.retain(counts);
    if reading.unit == Unit::Time {
        // A histogram's value may lie a little beside those that it stands for.
        endings.retain(|it| it.took.secs() >= 0.97 * value);
        sort_by_key(&mut endings, |it| it.took);
    } else {
        endings.reverse();
    }
    endings.truncate(BEHIND);
    endings
}
