//! Explanations: an entity's history, found by replaying the run with recording on, from before the entity was opened.

use super::experiment::Readings;
use super::figure::Model;
use super::run::Run;
use super::spec::{FigureSpec, Pace};
use super::timeline::{Cursor, Timeline};
use crate::sim::sort::sort_by_key;
use crate::sim::{Ending, Entity, HistoryStep, Msg, Span, Time, Unit};
use serde::{Deserialize, Serialize};

/// For an entity that exists from the start, such as a server, only so much of the recent past is replayed, unless the figure
/// goes by steps, of which there are few.
const RECENT: Span = Span::from_secs(5);
/// Most contributors of a reading that are listed.
const MOST_CONTRIBUTORS: usize = 12;
/// Events between checks whether the entity has ended.
const SLICE: u64 = 1_000;

/// The explanation of an entity at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Who.
    pub entity: Entity,
    /// What it is and does now, the most important first.
    pub sentences: Vec<Msg>,
    /// Its steps up to the moment, oldest first.
    pub steps: Vec<HistoryStep>,
    /// Actions that it would refuse now, by their places in the declaration, and what it would say.
    pub refused: Vec<(u8, Msg)>,
}

/// What there is to say of `entity` in the state `shown`, which has been computed, with what happened to it until then.
/// Only its life is replayed: from the last checkpoint before it was opened to its end, however long ago that was.
///
/// # Errors
/// If there is no such entity at that moment.
pub(super) fn explain(
    spec: &FigureSpec,
    timeline: &Timeline,
    run: &Run,
    shown: &Cursor,
    entity: Entity,
) -> Result<Explanation, Msg> {
    let (at, about) = (shown.now(), shown.model.about(entity));
    let opened = |model: &dyn Model| model.opened(entity.kind) > u64::from(entity.n);
    let absent = || Msg::new("no-such-entity").of("entity", entity);
    if about.is_none() && !opened(shown.model.as_ref()) {
        return Err(absent());
    }
    // What a world opens at its start or never opens has always been there.
    let opens =
        opened(shown.model.as_ref()) && !opened(timeline.checkpoint_before(Time::ZERO).model.as_ref());
    let from = if opens {
        timeline.last_checkpoint_without(opened)
    } else {
        timeline.checkpoint_before(match spec.pace {
            Pace::Continuous => at.back(RECENT),
            Pace::Steps(_) => Time::ZERO,
        })
    };
    let mut cursor = from.checkpoint();
    cursor.model.record_from_here(entity);
    let has_ended = |model: &dyn Model| opened(model) && !model.is_open(entity);
    while !cursor.advance(spec, run, at, &mut { SLICE }, &mut |_| {}) && !has_ended(cursor.model.as_ref()) {}
    let steps = cursor.model.take_recording();
    // A world may open more of a kind than its controls allow to be there.
    if about.is_none() && steps.is_empty() {
        return Err(absent());
    }
    let sentences = about.unwrap_or_default().sentences;
    let refused = refused(spec, shown, entity);
    Ok(Explanation { entity, sentences, steps, refused })
}

fn refused(spec: &FigureSpec, shown: &Cursor, entity: Entity) -> Vec<(u8, Msg)> {
    let actions = (0..).zip(spec.actions.iter()).filter(|(_, it)| it.applies_to.contains(&entity.kind));
    actions.filter_map(|(n, _)| Some((n, shown.model.refusal(n.into(), entity)?))).collect()
}

/// Replays the window of a reading up to `at` and finds its contributors. For a duration these are the entities that
/// took at least about as long; for any other unit those that ended last.
pub(super) fn contributors(
    spec: &'static FigureSpec,
    timeline: &Timeline,
    run: &Run,
    reading: usize,
    at: Time,
) -> Vec<Ending> {
    let Some(reading) = spec.readings.get(reading) else { return Vec::new() };
    let Some(behind) = &reading.contributors else { return Vec::new() };
    let from = at.back(Span::from_secs_f64(behind.window_secs));
    let mut cursor = timeline.checkpoint_before(from).checkpoint();
    let mut readings = Readings::of(spec);
    // A recording keeps the endings of all entities. The entity is one that doesn't exist, so that no steps are kept.
    cursor.model.record_from_here(Entity::new(u8::MAX, u32::MAX));
    while !cursor.advance(spec, run, at, &mut { SLICE }, &mut |_| {}) {}
    cursor.model.read(&mut readings);
    let value = spec.reading(&reading.id).map_or(f64::NAN, |place| readings.values()[place]);
    let mut endings = cursor.model.take_endings();
    let counts = |it: &Ending| {
        it.time >= from && it.entity.kind == behind.kind && behind.end_kinds.contains(&it.end_kind)
    };
    endings.retain(counts);
    if reading.unit == Unit::Time {
        // A histogram's value may be slightly off from the values in its bucket.
        endings.retain(|it| it.took.secs() >= 0.97 * value);
        sort_by_key(&mut endings, |it| it.took);
    } else {
        endings.reverse();
    }
    endings.truncate(MOST_CONTRIBUTORS);
    endings
}
