//! Why: an entity's history, replayed from before it was opened with recording on.

use super::run::Run;
use super::spec::FigureSpec;
use super::timeline::Timeline;
use crate::sim::{Entity, Msg, Span, Step, Time};
use serde::{Deserialize, Serialize};

/// For what has always been there (a server), so much of the recent past is told.
const RECENT: Span = Span::from_secs(5);
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

/// Replays what happened to `entity` up to `at`, which has been computed.
///
/// # Errors
/// If there is no such entity yet.
pub(super) fn explain(
    spec: &FigureSpec,
    timeline: &Timeline,
    run: &Run,
    entity: Entity,
    at: Time,
) -> Result<Explanation, Msg> {
    let exists = |opened: u64| opened > u64::from(entity.n);
    let from_the_start = exists(timeline.checkpoint_before(Time::ZERO).model.opened(entity.kind));
    let mut cursor = if from_the_start {
        timeline.checkpoint_before(at.back(RECENT)).checkpoint()
    } else {
        timeline.last_without(|model| exists(model.opened(entity.kind))).checkpoint()
    };
    cursor.model.record_from_here(entity);
    let mut steps = None;
    loop {
        let there = cursor.advance(spec, run, at, &mut { SLICE }, &mut |_| {});
        let ended = exists(cursor.model.opened(entity.kind)) && !cursor.model.is_open(entity);
        if ended && steps.is_none() {
            steps = Some(cursor.model.take_recording());
        }
        if there {
            break;
        }
    }
    let about = cursor.model.about(entity);
    if about.is_none() && !exists(cursor.model.opened(entity.kind)) {
        return Err(Msg::new("no-such-entity").of("entity", entity));
    }
    let about = about.unwrap_or_default();
    let steps = steps.unwrap_or_else(|| cursor.model.take_recording());
    Ok(Explanation { entity, says: about.says, related: about.related, steps })
}
