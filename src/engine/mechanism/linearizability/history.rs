//! What clients did to registers and what they were told: the input of every check.

use crate::sim::{Time, sort};

/// A register's value; `None` is nil, a register that was never written.
pub type Value = Option<i64>;

/// What a client asks of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// Its value.
    Read,
    /// To hold this value from now on.
    Write(Value),
    /// To hold `to` if it holds `from`.
    CompareAndSet {
        /// The value that it must hold.
        from: Value,
        /// The value that it then holds.
        to: Value,
    },
}

/// What a client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The value that was read.
    Read(Value),
    /// The write, or the compare-and-set, has taken effect.
    Done,
    /// The register held another value than the compare-and-set's `from`. This is an observation; an operation that
    /// was turned away without looking at the register is [`Outcome::Failed`].
    Refused,
}

/// What came of an operation, as far as its client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No answer: it may take effect at any moment after its call, however late, or never. A timeout leaves an operation
    /// so.
    Pending,
    /// It has certainly not taken effect and never will.
    Failed,
    /// It was answered.
    Answered {
        /// When. Before the call counts as at the call.
        at: Time,
        /// What.
        answer: Answer,
    },
}

/// One operation of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// Who. A client does one thing after another; one that goes on after a timeout leaves its operation pending.
    pub client: u32,
    /// Which register.
    pub key: u32,
    /// What it asks.
    pub request: Request,
    /// When it asks.
    pub call: Time,
    /// What came of it.
    pub outcome: Outcome,
}

/// Operations on registers that all begin with the same value. An operation is known by its place in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct History {
    /// What every register holds before anything is done to it.
    pub initial: Value,
    /// The operations, in any order; those that happen at the same instant are told apart by it.
    pub operations: Vec<Operation>,
}

impl History {
    /// A history in which nothing has happened yet.
    pub fn new(initial: Value) -> Self {
        Self { initial, operations: Vec::new() }
    }

    /// A client asks something: an operation that is pending for now. Returns its place.
    pub fn call(&mut self, client: u32, key: u32, request: Request, now: Time) -> usize {
        self.operations.push(Operation { client, key, request, call: now, outcome: Outcome::Pending });
        self.operations.len() - 1
    }

    /// An operation is answered. What comes after its end, or to an operation that doesn't exist, is ignored.
    pub fn answer(&mut self, operation: usize, answer: Answer, now: Time) {
        self.end(operation, Outcome::Answered { at: now, answer });
    }

    /// An operation has certainly had no effect.
    pub fn fail(&mut self, operation: usize) {
        self.end(operation, Outcome::Failed);
    }

    fn end(&mut self, operation: usize, outcome: Outcome) {
        if let Some(it) = self.operations.get_mut(operation)
            && it.outcome == Outcome::Pending
        {
            it.outcome = outcome;
        }
    }
}

/// A rank that no event has: the operation isn't answered.
pub(super) const NEVER: u32 = u32::MAX;

/// When an operation was under way: ranks of its call and of its answer among all such events.
///
/// Intervals are closed: at one instant calls come before answers, so operations that touch are concurrent. Only a
/// client's own don't overlap by that, see [`Interval::precedes`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    pub(super) call: u32,
    /// [`NEVER`] without an answer.
    pub(super) end: u32,
    /// The call, or a later answer at the same instant for which the client waited with it.
    pub(super) called: u32,
    client: u32,
    place: u32,
    starts: Time,
    /// [`Time::MAX`] without an answer.
    pub(super) ends: Time,
}

impl Interval {
    /// Whether the operation must take effect before another: it was answered before that was called, or at the very
    /// moment at which the same client called it.
    pub(super) fn precedes(&self, later: &Self) -> bool {
        self.end < later.call
            || self.touches(later) && (self.starts, self.place) < (later.starts, later.place)
    }

    fn touches(&self, later: &Self) -> bool {
        self.end != NEVER && self.client == later.client && self.ends == later.starts
    }
}

/// The intervals of all operations of a history.
pub(super) fn intervals(history: &History) -> Vec<Interval> {
    let mut all: Vec<Interval> = Vec::with_capacity(history.operations.len());
    let mut events = Vec::new();
    for (n, operation) in (0..).zip(&history.operations) {
        let starts = operation.call;
        let ends = match operation.outcome {
            Outcome::Answered { at, .. } => at.max(starts),
            _ => Time::MAX,
        };
        let client = operation.client;
        all.push(Interval { call: NEVER, end: NEVER, called: NEVER, client, place: n, starts, ends });
        events.push((starts, false, starts, n));
        if let Outcome::Answered { .. } = operation.outcome {
            // Of answers at one instant that to the earlier call comes first: so a client's own are in order.
            events.push((ends, true, starts, n));
        }
    }
    sort::sort_by_key(&mut events, |event| *event);
    for (rank, (_, is_answer, _, n)) in (0..).zip(events) {
        let interval: &mut Interval = &mut all[n as usize];
        *(if is_answer { &mut interval.end } else { &mut interval.call }) = rank;
    }
    let mut before: Option<Interval> = None;
    for n in by_client(&all, 0..all.len() as u32) {
        let interval = &mut all[n as usize];
        let waits = before.filter(|before| before.precedes(interval) && before.client == interval.client);
        interval.called = interval.call.max(waits.map_or(0, |before| before.end));
        if interval.end != NEVER {
            before = Some(*interval);
        }
    }
    all
}

/// Operations by their clients, each client's in the order of their calls.
pub(super) fn by_client(intervals: &[Interval], operations: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut operations: Vec<u32> = operations.collect();
    sort::sort_by_key(&mut operations, |&n| {
        let interval = &intervals[n as usize];
        (interval.client, interval.starts, n)
    });
    operations
}
