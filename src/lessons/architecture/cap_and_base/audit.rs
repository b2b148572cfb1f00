//! The clients' history, and the checker that runs over it while it grows, a bounded piece of work at a time.

use crate::lessons::prelude::*;
use crate::mechanism::linearizability::{
    Answer, Check, History, Limits, Outcome, Request, Verdict, Violation,
};

/// What one audit may do at a time; what is left over is done by the next ones.
const STEPS: u64 = 20_000;
/// Where a check gives up: a checkpoint of the run must be able to hold it.
const LIMITS: Limits = Limits { configurations: 4_000, steps: 400_000 };

/// What the clients did and were told.
#[derive(Clone, Debug)]
pub struct Audit {
    history: History,
    /// Entity of each operation, in the history's order; when a client gave up; and whether the answer is older than one
    /// that was certain before it was asked for.
    pub operations: Vec<Audited>,
    checking: Option<Box<Check>>,
    verdict: Option<Verdict>,
    /// So many operations were there when the last check began that has come to an end.
    pub checked: usize,
    pub violation: Option<Violation>,
}

#[derive(Clone, Copy, Debug)]
pub struct Audited {
    pub entity: Entity,
    pub refused: Option<Time>,
    pub stale: bool,
}

/// What is known of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Fits,
    Broken,
    /// The checker gave up, or has not come that far.
    Unknown,
}

impl Audit {
    pub fn new() -> Self {
        let history = History::new(Some(0));
        Self { history, operations: Vec::new(), checking: None, verdict: None, checked: 0, violation: None }
    }

    /// A client asks something. Returns its place in the history.
    pub fn call(&mut self, client: u32, entity: Entity, write: Option<u32>, now: Time) -> usize {
        let request = write.map_or(Request::Read, |value| Request::Write(Some(value.into())));
        self.operations.push(Audited { entity, refused: None, stale: false });
        self.history.call(client, 0, request, now)
    }

    /// A client is told: what it has read, or nothing where it wrote. Whether what it has read is stale.
    pub fn told(&mut self, at: usize, read: Option<u32>, now: Time) -> bool {
        let stale = read.is_some_and(|value| self.is_stale(value, at));
        self.operations[at].stale = stale;
        let answer = read.map_or(Answer::Done, |value| Answer::Read(Some(value.into())));
        self.history.answer(at, answer, now);
        stale
    }

    /// A client is told nothing. A read had no effect; a write may still get one, whatever its client believes.
    pub fn refused(&mut self, at: usize, now: Time) {
        self.operations[at].refused = Some(now);
        if self.history.operations[at].request == Request::Read {
            self.history.fail(at);
        }
    }

    /// Whether another write began after this value's was answered, and was answered before the read was called.
    fn is_stale(&self, value: u32, read: usize) -> bool {
        let done = |n: usize| match self.history.operations[n].outcome {
            Outcome::Answered { at, .. } => Some(at),
            _ => None,
        };
        let all = &self.history.operations;
        let own = all.iter().position(|it| it.request == Request::Write(Some(value.into())));
        let replaced = match own {
            Some(own) => done(own),
            None => Some(Time::ZERO),
        };
        let asked = all[read].call;
        replaced.is_some_and(|replaced| {
            let newer = |n: &usize| all[*n].call > replaced && done(*n).is_some_and(|at| at < asked);
            (0..all.len()).filter(|&n| all[n].request != Request::Read).any(|n| newer(&n))
        })
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

    /// Everything that has happened.
    #[cfg(test)]
    pub fn history(&self) -> &History {
        &self.history
    }

    pub fn known(&self) -> Known {
        match self.verdict {
            Some(Verdict::Holds) => Known::Fits,
            Some(Verdict::Violated) => Known::Broken,
            _ => Known::Unknown,
        }
    }

    /// An operation: who, when, what, and its end.
    pub fn operation(&self, at: usize) -> Told {
        let it = &self.history.operations[at];
        let value = |value: Option<i64>| value.map_or(0, |value| value as u32);
        let (end, read) = match it.outcome {
            Outcome::Answered { at, answer: Answer::Read(read) } => (Some(at), Some(value(read))),
            Outcome::Answered { at, .. } => (Some(at), None),
            _ => (None, None),
        };
        let write = if let Request::Write(to) = it.request { Some(value(to)) } else { None };
        Told { client: it.client, from: it.call, end, write, read }
    }
}

/// An operation as it is told.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub client: u32,
    pub from: Time,
    pub end: Option<Time>,
    pub write: Option<u32>,
    pub read: Option<u32>,
}
