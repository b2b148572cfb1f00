//! What a world measures by itself of the entities that end in it: how often, and how long they had been under way.

use super::entity::EndKind;
use super::statistics::{Histogram, Recent, RecentCount};
use super::time::{Span, Time};
use std::borrow::Cow;

/// A window is kept in so many whole slots and the one that is filling.
const SLOTS: u64 = 20;

/// Which endings are measured, and over what time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endings {
    /// The kind of the entities.
    pub kind: u8,
    /// The ways of ending that count; none stands for all of them.
    pub end_kinds: &'static [EndKind],
    /// How far it looks back; `None` for the whole run so far.
    pub window: Option<Span>,
}

impl Endings {
    /// Whether an ending is one of these.
    pub fn include(&self, kind: u8, end_kind: EndKind) -> bool {
        self.kind == kind && (self.end_kinds.is_empty() || self.end_kinds.contains(&end_kind))
    }
}

/// What is kept of them.
#[derive(Clone, Debug)]
enum Kept {
    Counts(RecentCount),
    Recent(Recent),
    SoFar(Histogram),
}

/// A measurement that a world keeps up to date whenever an entity is closed.
#[derive(Clone, Debug)]
pub struct Gauge {
    of: Endings,
    kept: Kept,
}

impl Gauge {
    /// Measures how often entities end in these ways and, with `durations`, how long they had been under way.
    pub fn new(of: Endings, durations: bool) -> Self {
        let slots = SLOTS as usize + 1;
        let kept = match of.window {
            None => Kept::SoFar(Histogram::default()),
            Some(window) if durations => Kept::Recent(Recent::new(slot(window), slots)),
            Some(window) => Kept::Counts(RecentCount::new(slot(window), slots)),
        };
        Self { of, kept }
    }

    /// What it measures.
    pub fn of(&self) -> &Endings {
        &self.of
    }

    #[inline]
    pub(super) fn closed(&mut self, now: Time, kind: u8, end_kind: EndKind, took: Span) {
        if !self.of.include(kind, end_kind) {
            return;
        }
        match &mut self.kept {
            Kept::Counts(counts) => counts.record(now),
            Kept::Recent(recent) => recent.record(now, took),
            Kept::SoFar(histogram) => histogram.record(took),
        }
    }

    /// Whether it measures how long they had been under way.
    pub fn keeps_durations(&self) -> bool {
        !matches!(self.kept, Kept::Counts(_))
    }

    /// How long they had been under way; `None` if only their number is measured.
    pub fn durations(&self, now: Time) -> Option<Cow<'_, Histogram>> {
        match &self.kept {
            Kept::Counts(_) => None,
            Kept::Recent(recent) => Some(Cow::Owned(recent.histogram(now))),
            Kept::SoFar(histogram) => Some(Cow::Borrowed(histogram)),
        }
    }

    /// How many a second.
    pub fn rate(&self, now: Time) -> f64 {
        match &self.kept {
            Kept::Counts(counts) => counts.rate(now),
            Kept::Recent(recent) => recent.rate(now),
            Kept::SoFar(_) if now == Time::ZERO => 0.0,
            Kept::SoFar(histogram) => histogram.count() as f64 / now.secs(),
        }
    }
}

fn slot(window: Span) -> Span {
    Span::from_nanos(window.nanos() / SLOTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::World;

    const ANSWERED: EndKind = EndKind(0);
    const LOST: EndKind = EndKind(1);

    #[test]
    fn a_world_measures_what_ends_in_it() {
        let window = Some(Span::from_secs(2));
        let answered = Endings { kind: 0, end_kinds: &[ANSWERED], window };
        let all = Endings { kind: 0, end_kinds: &[], window };
        let so_far = Endings { window: None, ..answered };
        let mut world = World::new(1);
        world.measure(answered, true);
        world.measure(all, false);
        world.measure(so_far, true);
        // Ten a second for ten seconds, each under way for 50 ms, every fifth lost; one of another kind does not count.
        for n in 0..100_u64 {
            world.schedule(Span::from_millis(n * 100), true);
            world.schedule(Span::from_millis(n * 100 + 50), false);
        }
        world.open(1, None);
        while let Some(opens) = world.next(Time::from_secs(10)) {
            if opens {
                world.open(0, None);
            } else {
                let entity = crate::sim::Entity::new(0, world.tally(0).opened() as u32 - 1);
                world.close(entity, if entity.n % 5 == 4 { LOST } else { ANSWERED });
            }
        }
        world.close(crate::sim::Entity::new(1, 0), ANSWERED);
        world.settle(Time::from_secs(10));
        let now = world.now();
        let gauge = |of| world.gauge(&of).unwrap();
        assert_eq!(
            (gauge(answered).rate(now), gauge(all).rate(now), gauge(so_far).rate(now)),
            (8.0, 10.0, 8.0)
        );
        let durations = gauge(answered).durations(now).unwrap();
        assert_eq!((durations.count(), durations.mean()), (16, Some(Span::from_millis(50))));
        assert_eq!(gauge(so_far).durations(now).unwrap().count(), 80);
        assert!(gauge(all).durations(now).is_none());
        assert!(world.gauge(&Endings { kind: 7, ..all }).is_none());
    }
}
