//! The clients' history and two checks of it.
//!
//! The linearizability checker goes over the very history while it grows, a bounded piece of work at a time, and gives up
//! where that would take too long. What it can't do is name an answer that a client can be shown as the reason. As every write
//! has a value of its own, two rules do that at once, answer by answer (P. B. Gibbons, E. Korach: Testing shared memories, SIAM
//! J. Comput. 26, 1997): a value is older than another if an operation with it had ended before one with the other began, and
//! no value may be both older and newer than another.

use crate::lessons::prelude::*;
use crate::mechanism::linearizability::{Answer, Check, History, Limits, Request, Verdict};

/// What the checker may do at a time; what is left over is done the next times.
const STEPS: u64 = 20_000;
/// Where it gives up: a checkpoint of the run must be able to hold it.
const LIMITS: Limits = Limits { configurations: 4_000, steps: 400_000 };

/// What the clients did and were told.
#[derive(Clone, Debug)]
pub struct Audit {
    /// In the order in which they began: the n-th is operation n.
    pub operations: Vec<Audited>,
    /// Of each value that was written, 0 too, which was there at first.
    spells: Vec<Spell>,
    /// The first answer that contradicts an earlier one.
    pub broken: Option<usize>,
    pub history: History,
    /// The check under way, and how many operations it is of.
    checking: Option<(Box<Check>, usize)>,
    /// What the checker said last, and of how many operations.
    pub verdict: (Verdict, usize),
}

/// What the operations with one value say about when it was the newest.
#[derive(Clone, Copy, Debug, Default)]
struct Spell {
    /// The first that ended, and when.
    ended: Option<(Time, usize)>,
    /// When the last began.
    began: Time,
}

/// An operation as its client knows it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Audited {
    pub client: u32,
    pub from: Time,
    pub write: Option<u32>,
    pub read: Option<u32>,
    /// When it was answered or given up.
    pub end: Option<Time>,
    /// If it was given up: how many replicas had answered, and how many must have.
    pub refused: Option<(u32, u32)>,
    /// The operation that had ended with a newer value before this read began.
    pub newer: Option<usize>,
}

impl Audited {
    /// What it has written or read.
    pub fn value(&self) -> u32 {
        self.write.or(self.read).unwrap_or(0)
    }
}

impl Audit {
    pub fn new() -> Self {
        Self {
            operations: Vec::new(),
            spells: vec![Spell::default()],
            broken: None,
            history: History::new(Some(0)),
            checking: None,
            verdict: (Verdict::Holds, 0),
        }
    }

    /// A client asks something; the n-th write is of n.
    pub fn call(&mut self, client: u32, write: Option<u32>, from: Time) {
        self.operations.push(Audited { client, from, write, ..Audited::default() });
        self.spells.extend(write.map(|_| Spell { ended: None, began: from }));
        let request = write.map_or(Request::Read, |value| Request::Write(Some(value.into())));
        self.history.call(client, 0, request, from);
    }

    /// A client is told: what it has read, or nothing where it wrote. Whether that is the first contradiction.
    pub fn told(&mut self, n: u32, read: Option<u32>, now: Time) -> bool {
        let at = n as usize;
        let it = &mut self.operations[at];
        (it.read, it.end) = (read, Some(now));
        let (from, value) = (it.from, it.value());
        let answer = read.map_or(Answer::Done, |value| Answer::Read(Some(value.into())));
        self.history.answer(at, answer, now);
        if read.is_some() {
            self.operations[at].newer = self.newer(value, from);
            if self.operations[at].newer.is_some() {
                // What contradicts all before is no witness against what comes after.
                return *self.broken.get_or_insert(at) == at;
            }
        }
        let spell = &mut self.spells[value as usize];
        spell.began = spell.began.max(from);
        spell.ended = spell.ended.or(Some((now, at)));
        false
    }

    /// A client is told nothing. A read had no effect; a write may still get one, whatever its client believes.
    pub fn refused(&mut self, n: u32, heard: (u32, u32), now: Time) {
        let it = &mut self.operations[n as usize];
        (it.end, it.refused) = (Some(now), Some(heard));
        if it.write.is_none() {
            self.history.fail(n as usize);
        }
    }

    /// The checker goes on. What it has found wrong stays wrong, whatever comes later.
    pub fn check(&mut self) {
        if self.verdict.0 == Verdict::Violated {
            return;
        }
        let begin = || (Box::new(Check::linearizable(self.history.clone(), LIMITS)), self.operations.len());
        let (mut check, of) = self.checking.take().unwrap_or_else(begin);
        if check.advance(STEPS) {
            self.verdict = (check.verdict().unwrap_or(Verdict::Unknown), of);
        } else {
            self.checking = Some((check, of));
        }
    }

    /// An operation with a newer value that had ended before a read of this one began. The value of 0 was there before all.
    fn newer(&self, value: u32, asked: Time) -> Option<usize> {
        let own = if value == 0 { Time::ZERO } else { self.spells[value as usize].ended?.0 };
        let others = self.spells.iter().enumerate().rev().filter(|it| it.0 != value as usize);
        let mut newer = others.filter(|it| it.1.began > own).filter_map(|it| it.1.ended);
        newer.find(|it| it.0 < asked).map(|it| it.1)
    }
}
