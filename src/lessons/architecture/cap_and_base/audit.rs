//! The clients' history, and the checker that runs over it while it grows, a bounded piece of work at a time.

use crate::lessons::prelude::*;
use crate::mechanism::linearizability::{Answer, Check, History, Limits, Request, Verdict, Violation};

/// What one audit may do at a time; what is left over is done by the next ones.
const STEPS: u64 = 20_000;
/// Where a check gives up: a checkpoint of the run must be able to hold it.
const LIMITS: Limits = Limits { configurations: 4_000, steps: 400_000 };

/// What the clients did and were told.
#[derive(Clone, Debug)]
pub struct Audit {
    pub history: History,
    /// The same operations, in the same order.
    pub operations: Vec<Audited>,
    checking: Option<Box<Check>>,
    pub verdict: Option<Verdict>,
    /// So many operations were there when the last check began.
    pub checked: usize,
    pub violation: Option<Violation>,
}

/// An operation as its client knows it.
#[derive(Clone, Copy, Debug)]
pub struct Audited {
    pub entity: Entity,
    pub client: u32,
    pub from: Time,
    pub write: Option<u32>,
    pub read: Option<u32>,
    /// When it was answered or given up.
    pub end: Option<Time>,
    pub refused: bool,
    /// Whether the answer is older than one that was certain before it was asked for.
    pub stale: bool,
}

impl Audited {
    fn answered(&self) -> Option<Time> {
        self.end.filter(|_| !self.refused)
    }
}

impl Audit {
    pub fn new() -> Self {
        let history = History::new(Some(0));
        Self { history, operations: Vec::new(), checking: None, verdict: None, checked: 0, violation: None }
    }

    /// A client asks something. Returns its place in the history.
    pub fn call(&mut self, client: u32, entity: Entity, write: Option<u32>, now: Time) -> usize {
        let request = write.map_or(Request::Read, |value| Request::Write(Some(value.into())));
        let (read, end, refused, stale) = (None, None, false, false);
        self.operations.push(Audited { entity, client, from: now, write, read, end, refused, stale });
        self.history.call(client, 0, request, now)
    }

    /// A client is told: what it has read, or nothing where it wrote. Whether what it has read is stale.
    pub fn told(&mut self, at: usize, read: Option<u32>, now: Time) -> bool {
        let stale = read.is_some_and(|value| self.is_stale(value, self.operations[at].from));
        self.operations[at] = Audited { read, end: Some(now), stale, ..self.operations[at] };
        let answer = read.map_or(Answer::Done, |value| Answer::Read(Some(value.into())));
        self.history.answer(at, answer, now);
        stale
    }

    /// A client is told nothing. A read had no effect; a write may still get one, whatever its client believes.
    pub fn refused(&mut self, at: usize, now: Time) {
        self.operations[at] = Audited { end: Some(now), refused: true, ..self.operations[at] };
        if self.operations[at].write.is_none() {
            self.history.fail(at);
        }
    }

    /// Whether another write began after this value's was answered, and was answered before the read was called.
    fn is_stale(&self, value: u32, asked: Time) -> bool {
        let writes = || self.operations.iter().filter(|it| it.write.is_some());
        let own = writes().find(|it| it.write == Some(value));
        let Some(replaced) = own.map_or(Some(Time::ZERO), Audited::answered) else { return false };
        writes().any(|it| it.from > replaced && it.answered().is_some_and(|at| at < asked))
    }

    /// Goes on checking. What is found wrong stays wrong, whatever comes later. Returns whether it was found just now.
    pub fn advance(&mut self) -> bool {
        if self.violation.is_some() {
            return false;
        }
        let mut check = self.checking.take().unwrap_or_else(|| {
            self.checked = self.operations.len();
            Box::new(Check::linearizable(self.history.clone(), LIMITS))
        });
        if check.advance(STEPS) {
            self.verdict = check.verdict();
            self.violation = check.violation().cloned();
        } else {
            self.checking = Some(check);
        }
        self.violation.is_some()
    }
}
