//! The world that an experiment lives in: its clock, its pending events, its randomness and its books.

use super::entity::{EndKind, Entity, Tally};
use super::gauge::{Endings, Gauge};
use super::hash::TraceHasher;
use super::message::Msg;
use super::queue::{EventQueue, Handle};
use super::random::{Draws, Purpose};
use super::time::{Span, Time};
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};

/// One step in the life of an entity, as a recording keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryStep {
    /// When.
    pub time: Time,
    /// To whom.
    pub entity: Entity,
    /// What happened to it, and who did it: 'was refused by server C'.
    pub what: Msg,
    /// Why: the rule and its numbers.
    pub why: Option<Msg>,
}

/// A moment worth a marker on the time line, a stop for 'step', and a mention in the live text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notable {
    /// When.
    pub time: Time,
    /// Whom it concerns.
    pub entity: Entity,
    /// What happened.
    pub what: Msg,
}

/// What a pending event, and an entity with its record in the model, take; for an estimate.
const PENDING_BYTES: usize = 64;
const ENTITY_BYTES: usize = 160;

/// At most so many steps are kept by a recording; a life longer than that is told up to there.
const RECORDED_STEPS: usize = 4_000;

/// How an entity ended, as a recording keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When.
    pub time: Time,
    /// Who.
    pub entity: Entity,
    /// In which way.
    pub end_kind: EndKind,
    /// How long it was under way.
    pub took: Span,
}

/// Steps of some entities and endings of all, kept while a run is replayed to explain them.
#[derive(Clone, Debug, Default)]
struct Recording {
    /// The entities whose steps are kept: the one asked for, and its descendants.
    of: Vec<Entity>,
    steps: Vec<HistoryStep>,
    endings: Vec<Ending>,
}

/// Time, pending events, randomness and books of one run. `Clone` is a checkpoint.
#[derive(Clone, Debug)]
pub struct World<E> {
    now: Time,
    seed: u64,
    queue: EventQueue<E>,
    hash: TraceHasher,
    events: u64,
    extra: u64,
    tally: Vec<Tally>,
    gauges: Vec<Gauge>,
    notables: Vec<Notable>,
    recording: Option<Box<Recording>>,
}

impl<E> World<E> {
    /// An empty world at time zero.
    pub fn new(seed: u64) -> Self {
        Self {
            now: Time::ZERO,
            seed,
            queue: EventQueue::default(),
            hash: TraceHasher::default(),
            events: 0,
            extra: 0,
            tally: Vec::new(),
            gauges: Vec::new(),
            notables: Vec::new(),
            recording: None,
        }
    }

    /// The model's time.
    #[inline]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Schedules an event `after` from now; behind those already scheduled for that moment.
    #[inline]
    pub fn schedule(&mut self, after: Span, event: E) -> Handle {
        self.queue.push((self.now + after).nanos(), event)
    }

    /// Schedules an event at a time that is not past.
    ///
    /// # Panics
    /// If `at` is before now: time doesn't run backwards.
    #[inline]
    pub fn schedule_at(&mut self, at: Time, event: E) -> Handle {
        assert!(at >= self.now, "an event can't be scheduled for the past");
        self.queue.push(at.nanos(), event)
    }

    /// Takes a scheduled event back; `None` if it has happened or was cancelled.
    pub fn cancel(&mut self, handle: Handle) -> Option<E> {
        self.queue.cancel(handle)
    }

    /// The random stream for `purpose` of `entity`: the same whenever it is asked for, under every policy.
    #[inline]
    pub fn draws(&self, purpose: Purpose, entity: Entity) -> Draws {
        Draws::new(self.seed, purpose, entity)
    }

    /// Opens the next entity of a kind: from now on it is under way, until it is closed.
    #[inline]
    pub fn open(&mut self, kind: u8, parent: Option<Entity>) -> Entity {
        if self.tally.len() <= usize::from(kind) {
            self.tally.resize_with(usize::from(kind) + 1, Tally::default);
        }
        let entity = Entity::new(kind, self.tally[usize::from(kind)].open(self.now));
        if let (Some(recording), Some(parent)) = (&mut self.recording, parent)
            && recording.of.contains(&parent)
        {
            recording.of.push(entity);
        }
        entity
    }

    /// Ends an entity and says how long it was under way.
    ///
    /// # Panics
    /// If it was never opened or is closed already: the model would have lost count.
    #[inline]
    pub fn close(&mut self, entity: Entity, end_kind: EndKind) -> Span {
        let took = self.tally[usize::from(entity.kind)].close(entity.n, end_kind, self.now);
        for gauge in &mut self.gauges {
            gauge.closed(self.now, entity.kind, end_kind, took);
        }
        if let Some(recording) = &mut self.recording {
            recording.endings.push(Ending { time: self.now, entity, end_kind, took });
        }
        took
    }

    /// The book of one kind.
    pub fn tally(&self, kind: u8) -> &Tally {
        self.tally.get(usize::from(kind)).unwrap_or(Tally::EMPTY)
    }

    /// Measures these endings from now on, with how long the entities had been under way or only how often. What is
    /// measured already is measured once.
    pub fn measure(&mut self, endings: Endings, durations: bool) {
        match self.gauges.iter_mut().find(|gauge| *gauge.of() == endings) {
            None => self.gauges.push(Gauge::new(endings, durations)),
            Some(gauge) if durations && !gauge.keeps_durations() => {
                *gauge = Gauge::new(endings, true);
            }
            Some(_) => {}
        }
    }

    /// The measurement of these endings; `None` if they aren't measured.
    pub fn gauge(&self, endings: &Endings) -> Option<&Gauge> {
        self.gauges.iter().find(|gauge| gauge.of() == endings)
    }

    /// Notes a step in an entity's life. Free unless the run is being replayed with this entity recorded; only then is
    /// `tell` called, to say what happened and why.
    #[inline]
    pub fn record_step(&mut self, entity: Entity, tell: impl FnOnce() -> (Msg, Option<Msg>)) {
        if self.recording.is_some() {
            self.record(entity, tell);
        }
    }

    #[cold]
    fn record(&mut self, entity: Entity, tell: impl FnOnce() -> (Msg, Option<Msg>)) {
        let Some(recording) = &mut self.recording else { return };
        if recording.of.contains(&entity) && recording.steps.len() < RECORDED_STEPS {
            let (what, why) = tell();
            recording.steps.push(HistoryStep { time: self.now, entity, what, why });
        }
    }

    /// Marks this moment as one that matters.
    pub fn notable(&mut self, entity: Entity, what: Msg) {
        self.notables.push(Notable { time: self.now, entity, what });
    }

    /// The next event before `before` (exclusive), with the clock moved to it; `None` when there is none, and then the
    /// clock stays.
    #[inline]
    pub fn next(&mut self, before: Time) -> Option<E>
    where
        E: Hash,
    {
        let (time, event) = self.queue.pop_before(before.nanos())?;
        self.now = Time::from_nanos(time);
        self.events += 1;
        self.hash.fold(time);
        event.hash(&mut self.hash);
        Some(event)
    }

    /// Moves the clock to `time`, when nothing is pending before it.
    ///
    /// # Panics
    /// If an event is pending before `time`, or `time` is past.
    pub fn settle(&mut self, time: Time) {
        assert!(time >= self.now, "time doesn't run backwards");
        debug_assert!(self.queue.next_time().is_none_or(|next| next >= time.nanos()), "an event was skipped");
        self.now = time;
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<Time> {
        self.queue.next_time().map(Time::from_nanos)
    }

    /// How many events have happened.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The event that is being handled takes as long as so many more do, because a whole run is made in it: pictures are
    /// shown and messages read in between.
    pub fn takes_as_long_as(&mut self, events: u64) {
        self.extra += events;
    }

    /// How many events of the usual size what has happened took as long as.
    pub fn work(&self) -> u64 {
        self.events + self.extra
    }

    /// How many events are pending.
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// About how many bytes a clone takes, with a model that keeps a small record of each entity under way.
    pub fn approx_bytes(&self) -> usize {
        let kept: usize = self.tally.iter().map(Tally::kept).sum();
        self.queue.len() * PENDING_BYTES + kept * ENTITY_BYTES
    }

    /// The hash of everything that has happened.
    pub fn hash(&self) -> u64 {
        self.hash.finish()
    }

    /// Folds something into the run's hash that is no event: an input, say.
    pub fn add_to_hash(&mut self, value: &impl Hash) {
        value.hash(&mut self.hash);
    }

    /// Takes the notable moments since the last call, oldest first.
    pub fn take_notables(&mut self) -> Vec<Notable> {
        core::mem::take(&mut self.notables)
    }

    /// Keeps the steps of `entity` and its descendants from now on.
    pub fn record_from_here(&mut self, entity: Entity) {
        self.recording = Some(Box::new(Recording { of: vec![entity], ..Recording::default() }));
    }

    /// Ends the recording and hands over how everything ended since it began, oldest first.
    pub fn take_endings(&mut self) -> Vec<Ending> {
        self.recording.take().map(|recording| recording.endings).unwrap_or_default()
    }

    /// Ends the recording and hands its steps over, oldest first.
    pub fn take_recording(&mut self) -> Vec<HistoryStep> {
        self.recording.take().map(|recording| recording.steps).unwrap_or_default()
    }
}
