//! What a model is made of, and how many of each there are: opened, closed and how, and still under way.

use super::time::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// One thing of a run: its kind, and its number in the stream that made it. Stable on every machine and under every
/// policy: request 17 is request 17. The meaning of a kind is the figure's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entity {
    /// Index into the figure's kinds.
    pub kind: u8,
    /// Number within the kind, from zero.
    pub n: u32,
}

impl Entity {
    /// Entity `n` of `kind`.
    pub const fn new(kind: u8, n: u32) -> Self {
        Self { kind, n }
    }
}

/// How an entity ended. The meaning of a number is the figure's; by convention zero is the good end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EndKind(pub u8);

/// Marks an entity of the window that has been closed already.
const CLOSED: u64 = u64::MAX;

/// The count of every entity of one kind: the world's book, against which conservation is checked.
///
/// Open entities are kept in a window over their numbers, so that opening and closing cost a few instructions; the
/// window is as long as the distance between the oldest and the newest entity under way.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Number of the entity at the window's front.
    base: u32,
    /// Time of opening in nanoseconds, or [`CLOSED`], from `base` on.
    window: VecDeque<u64>,
    /// How many ended, by fate.
    end_kinds: Vec<u64>,
}

impl Tally {
    /// Nothing was opened yet.
    pub(super) const EMPTY: &Self = &Self { base: 0, window: VecDeque::new(), end_kinds: Vec::new() };

    /// How many were ever opened.
    pub fn opened(&self) -> u64 {
        u64::from(self.base) + self.window.len() as u64
    }
    /// How many were closed with this fate.
    pub fn closed(&self, fate: EndKind) -> u64 {
        self.end_kinds.get(usize::from(fate.0)).copied().unwrap_or(0)
    }
    /// How many were closed in any way.
    pub fn closed_in_all(&self) -> u64 {
        self.end_kinds.iter().sum()
    }
    /// How many are under way, counted one by one rather than as a difference, so that the sum can be checked.
    pub fn under_way(&self) -> u64 {
        self.window.iter().filter(|&&at| at != CLOSED).count() as u64
    }
    /// Whether entity `n` is under way.
    pub fn is_open(&self, n: u32) -> bool {
        self.opened_at(n).is_some()
    }
    /// When entity `n` was opened, if it is still under way.
    pub fn opened_at(&self, n: u32) -> Option<Time> {
        let at = *self.window.get(n.checked_sub(self.base)? as usize)?;
        (at != CLOSED).then(|| Time::from_nanos(at))
    }

    /// How many are kept in mind: those under way, and what ended since the oldest of them began.
    pub(super) fn kept(&self) -> usize {
        self.window.len()
    }

    #[inline]
    pub(super) fn open(&mut self, now: Time) -> u32 {
        let n = self.base + self.window.len() as u32;
        self.window.push_back(now.nanos());
        n
    }

    /// Ends entity `n` and says how long it lived.
    #[inline]
    pub(super) fn close(&mut self, n: u32, fate: EndKind, now: Time) -> Span {
        let slot = n.checked_sub(self.base).and_then(|at| self.window.get_mut(at as usize));
        let slot = slot.expect("an entity is closed once, after it was opened");
        assert!(*slot != CLOSED, "an entity is closed once, after it was opened");
        let life = now.since(Time::from_nanos(*slot));
        *slot = CLOSED;
        while self.window.front() == Some(&CLOSED) {
            self.window.pop_front();
            self.base += 1;
        }
        let fate = usize::from(fate.0);
        if self.end_kinds.len() <= fate {
            self.end_kinds.resize(fate + 1, 0);
        }
        self.end_kinds[fate] += 1;
        life
    }
}
