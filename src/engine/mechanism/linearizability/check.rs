//! A check, in slices.

use super::conflict::{Seeker, Sought};
use super::history::{Answer, History, Interval, NEVER, Outcome, Request, intervals};
use super::search::{Order, Part, Search, State};
use crate::sim::sort;
use core::mem;

/// What a history is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consistency {
    /// Every operation takes effect at one moment between its call and its answer.
    Linearizable,
    /// The operations take effect in some order that keeps each client's own; real time doesn't count. Unlike
    /// linearizability this can't be judged register by register.
    Sequential,
}

/// What a check says of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is consistent: there is an order that explains every answer.
    Holds,
    /// It is not: there is no such order.
    Violated,
    /// The check came to its limit before it knew.
    Unknown,
}

/// Where a check gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Configurations that a search remembers, about 100 bytes each.
    pub configurations: usize,
    /// Steps for the verdict on a register, and again for explaining a violation.
    pub steps: u64,
}

impl Default for Limits {
    /// About 30 MB, and some ten seconds.
    fn default() -> Self {
        Self { configurations: 300_000, steps: 30_000_000 }
    }
}

/// Answers that contradict each other: even if no other read or comparison had ever been answered, no order would explain
/// these. All writes are as they were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Conflict {
    /// Reads, ascending: as few as possible, given what is known of all other operations. None where the writes and
    /// comparisons contradict each other by themselves.
    pub reads: Vec<usize>,
    /// Answered compare-and-sets that the contradiction needs, ascending. None of them can be left out, but for those of
    /// which that was too much to find out.
    pub comparisons: Vec<usize>,
}

/// Why a history isn't linearizable. Operations are named by their places in the history.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Violation {
    /// The register: the one whose history is the first to go wrong, of those that could be judged.
    pub key: u32,
    /// The operation whose answer can't follow: up to just before it the history is linearizable, with it no longer.
    /// What was under way at that moment counts as pending. It is a read or a compare-and-set: a write can always take
    /// effect.
    pub operation: usize,
    /// An order of the longest linearizable prefix of this register: those of its operations that have taken effect, from
    /// the first to the last.
    pub order: Vec<usize>,
    /// A smallest conflict up to that answer, which is part of it. `None` while it is looked for, or if that was given up.
    pub conflict: Option<Conflict>,
    /// A conflict of still fewer reads, if the register's whole history has one and it was found.
    pub smaller: Option<Conflict>,
}

/// One register, or for [`Consistency::Sequential`] all of them.
#[derive(Clone, Debug)]
struct Register {
    operations: Vec<u32>,
    verdict: Option<Verdict>,
    order: Vec<usize>,
    /// Rank of the first answer that can't follow.
    blocked: u32,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Is there an order?
    Judging(Search),
    /// Where does the longest linearizable prefix end? Not before the event `low`, and at the latest with `high`.
    Narrowing {
        search: Search,
        at: u32,
        low: u32,
        high: u32,
    },
    /// Which answers contradict each other? `whole` is the second round, over the register's whole history.
    Explaining {
        seeker: Seeker,
        whole: bool,
    },
    Finished,
}

/// A check under way. It does as much at a time as it is told to, so that a worker can go on answering.
///
/// ```
/// use engine::mechanism::linearizability::{Answer, Check, History, Limits, Request, Verdict};
/// use engine::sim::Time;
///
/// let mut history = History::new(Some(0));
/// let write = history.call(0, 0, Request::Write(Some(1)), Time::from_millis(0));
/// for (client, start, value) in [(1, 10, 1), (2, 40, 0)] {
///     let read = history.call(client, 0, Request::Read, Time::from_millis(start));
///     history.answer(read, Answer::Read(Some(value)), Time::from_millis(start + 20));
/// }
/// history.answer(write, Answer::Done, Time::from_millis(100));
///
/// let mut check = Check::linearizable(history, Limits::default());
/// while !check.advance(1_000) {}
/// assert_eq!(check.verdict(), Some(Verdict::Violated));
/// let violation = check.violation().unwrap();
/// assert_eq!(violation.operation, 2);
/// assert_eq!(violation.conflict.as_ref().unwrap().reads, [1, 2]);
/// ```
#[derive(Clone, Debug)]
pub struct Check {
    history: History,
    intervals: Vec<Interval>,
    consistency: Consistency,
    limits: Limits,
    registers: Vec<Register>,
    /// The register that is being judged or explained.
    at: usize,
    stage: Stage,
    /// Steps of this stage, for its limit, and of all.
    spent: u64,
    steps: u64,
    violation: Option<Violation>,
}

impl Check {
    /// Is it linearizable? Each register by itself, as the locality of linearizability allows (M. Herlihy, J. Wing,
    /// Linearizability: a correctness condition for concurrent objects, TOPLAS 12 (1990)).
    pub fn linearizable(history: History, limits: Limits) -> Self {
        Self::new(history, Consistency::Linearizable, limits)
    }

    /// Is it sequentially consistent (L. Lamport, 1979)? A violation isn't explained.
    pub fn sequential(history: History, limits: Limits) -> Self {
        Self::new(history, Consistency::Sequential, limits)
    }

    fn new(history: History, consistency: Consistency, limits: Limits) -> Self {
        let intervals = intervals(&history);
        let mut by_key: Vec<u32> = (0..history.operations.len() as u32).collect();
        let key = |n: u32| history.operations[n as usize].key;
        if consistency == Consistency::Linearizable {
            sort::sort_by_key(&mut by_key, |&n| key(n));
        }
        let together = |a: &u32, b: &u32| consistency == Consistency::Sequential || key(*a) == key(*b);
        let register = |operations: &[u32]| Register {
            operations: operations.to_vec(),
            verdict: None,
            order: Vec::new(),
            blocked: NEVER,
        };
        let registers = by_key.chunk_by(together).map(register).collect();
        let mut check = Self {
            history,
            intervals,
            consistency,
            limits,
            registers,
            at: 0,
            stage: Stage::Finished,
            spent: 0,
            steps: 0,
            violation: None,
        };
        check.judge(0);
        check
    }

    /// Goes on for about so many steps; true when there is nothing more to find out.
    pub fn advance(&mut self, steps: u64) -> bool {
        let mut left = steps;
        while left > 0 && !self.is_finished() {
            let allowed = self.limits.steps.saturating_sub(self.spent).min(left);
            if allowed == 0 {
                self.give_up();
                continue;
            }
            let mut budget = allowed;
            self.go_on(&mut budget);
            // Setting up a search isn't counted, but no turn is free.
            let done = (allowed - budget).max(1);
            left = left.saturating_sub(done);
            self.spent += done;
            self.steps += done;
        }
        self.is_finished()
    }

    /// Whether there is nothing more to find out.
    pub fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Finished)
    }

    /// The verdict, as soon as it is known: a violation of one register is one of the history; that nothing is wrong is
    /// known of all registers or not at all.
    pub fn verdict(&self) -> Option<Verdict> {
        let verdicts = || self.registers.iter().map(|register| register.verdict);
        if verdicts().any(|verdict| verdict == Some(Verdict::Violated)) {
            Some(Verdict::Violated)
        } else if verdicts().any(|verdict| verdict.is_none()) {
            None
        } else if verdicts().any(|verdict| verdict == Some(Verdict::Unknown)) {
            Some(Verdict::Unknown)
        } else {
            Some(Verdict::Holds)
        }
    }

    /// Why it isn't linearizable; there as soon as every register has been judged, and completed until the check is finished.
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// An order that explains every answer, of a register (of all together if the check is of sequential consistency):
    /// operations by their places, pending ones only as far as they have taken effect. `None` if there isn't one, or if
    /// nothing is known.
    pub fn order(&self, key: u32) -> Option<&[usize]> {
        let of_key = |register: &&Register| {
            self.consistency == Consistency::Sequential
                || register
                    .operations
                    .first()
                    .is_some_and(|&n| self.history.operations[n as usize].key == key)
        };
        let register = self.registers.iter().find(of_key)?;
        (register.verdict == Some(Verdict::Holds)).then_some(&register.order)
    }

    /// The history that is checked.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Steps so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// How far it has got, 0 to 1: the share of operations that some order has explained, of all registers. It says
    /// nothing of how long the rest will take.
    pub fn progress(&self) -> f64 {
        let size = |register: &Register| register.operations.len();
        let judged: usize = self.registers.iter().filter(|it| it.verdict.is_some()).map(size).sum();
        let now = match &self.stage {
            Stage::Judging(search) => search.furthest().1.len(),
            _ => 0,
        };
        let all: usize = self.registers.iter().map(size).sum();
        if all == 0 { 1.0 } else { (judged + now).min(all) as f64 / all as f64 }
    }

    /// A search in the register at hand, among everything up to an event.
    fn search(&self, until: u32) -> Search {
        let order = match self.consistency {
            Consistency::Linearizable => Order::RealTime,
            Consistency::Sequential => Order::Program,
        };
        let part = Part {
            history: &self.history,
            intervals: &self.intervals,
            operations: &self.registers[self.at].operations,
            until,
            counts: &|_| true,
        };
        Search::new(part, order, self.limits.configurations)
    }

    /// Begins with a register, or after the last one with the explanation.
    fn judge(&mut self, register: usize) {
        (self.at, self.spent) = (register, 0);
        self.stage = if register < self.registers.len() {
            Stage::Judging(self.search(NEVER - 1))
        } else {
            self.explain()
        };
    }

    fn go_on(&mut self, budget: &mut u64) {
        match mem::replace(&mut self.stage, Stage::Finished) {
            Stage::Judging(mut search) => match search.advance(budget) {
                State::Searching => self.stage = Stage::Judging(search),
                State::Found => self.judged(Verdict::Holds, &search.order()),
                State::Full => self.judged(Verdict::Unknown, &[]),
                State::Exhausted => self.violated(&search),
            },
            Stage::Narrowing { mut search, at, low, high } => match search.advance(budget) {
                State::Searching => self.stage = Stage::Narrowing { search, at, low, high },
                State::Full => self.judge(self.at + 1),
                State::Found => {
                    self.registers[self.at].order = places(&search.order());
                    self.narrow(at + 1, high);
                }
                State::Exhausted => {
                    // Of answers up to `at` this search knew more than the prefix does, so it may have stopped too early.
                    let (operation, order) = search.furthest();
                    let end = self.intervals[operation as usize].end;
                    if end >= low {
                        self.registers[self.at].order = places(order);
                    }
                    self.narrow(end.max(low), at);
                }
            },
            Stage::Explaining { mut seeker, whole } => {
                let register = &self.registers[self.at];
                let limit = self.limits.configurations;
                let sought =
                    seeker.advance(&self.history, &self.intervals, &register.operations, limit, budget);
                match sought {
                    None => self.stage = Stage::Explaining { seeker, whole },
                    Some(Sought::Found(conflict)) => self.explained(conflict, whole),
                    Some(Sought::NoneSmaller | Sought::GaveUp) => {}
                }
            }
            Stage::Finished => {}
        }
    }

    /// The limit of steps is reached.
    fn give_up(&mut self) {
        match mem::replace(&mut self.stage, Stage::Finished) {
            Stage::Judging(_) => self.judged(Verdict::Unknown, &[]),
            Stage::Narrowing { .. } => self.judge(self.at + 1),
            Stage::Explaining { .. } | Stage::Finished => {}
        }
    }

    fn judged(&mut self, verdict: Verdict, order: &[u32]) {
        let register = &mut self.registers[self.at];
        register.verdict = Some(verdict);
        register.order = places(order);
        self.judge(self.at + 1);
    }

    /// No order gets past an answer. But the search knew all answers; in the prefix before this one a comparison that was
    /// refused later may still have succeeded.
    fn violated(&mut self, search: &Search) {
        let (operation, order) = search.furthest();
        let register = &mut self.registers[self.at];
        register.verdict = Some(Verdict::Violated);
        register.order = places(order);
        let Some(interval) = self.intervals.get(operation as usize) else {
            return self.judge(self.at + 1);
        };
        let end = interval.end;
        register.blocked = end;
        let refused_later = register.operations.iter().any(|&n| {
            let (operation, interval) = (self.history.operations[n as usize], self.intervals[n as usize]);
            matches!(operation.request, Request::CompareAndSet { .. })
                && matches!(operation.outcome, Outcome::Answered { answer: Answer::Refused, .. })
                && interval.call < end
                && end < interval.end
        });
        if refused_later && self.consistency == Consistency::Linearizable {
            let last = register.operations.iter().map(|&n| self.intervals[n as usize].end);
            let last = last.filter(|&end| end != NEVER).max().unwrap_or(end);
            self.stage = Stage::Narrowing { search: self.search(end), at: end, low: end, high: last };
        } else {
            self.judge(self.at + 1);
        }
    }

    /// The first answer that can't follow has a rank from `low` to `high`.
    fn narrow(&mut self, low: u32, high: u32) {
        if low < high {
            let at = low + (high - low) / 2;
            self.stage = Stage::Narrowing { search: self.search(at), at, low, high };
        } else {
            self.registers[self.at].blocked = high;
            self.judge(self.at + 1);
        }
    }

    /// All registers are judged: what is there to explain?
    fn explain(&mut self) -> Stage {
        let violated = (0..self.registers.len()).filter(|&n| self.registers[n].blocked != NEVER);
        let first = violated.min_by_key(|&n| self.registers[n].blocked);
        let Some(first) = first.filter(|_| self.consistency == Consistency::Linearizable) else {
            return Stage::Finished;
        };
        self.at = first;
        let register = &self.registers[first];
        let blocked =
            register.operations.iter().find(|&&n| self.intervals[n as usize].end == register.blocked);
        let Some(&operation) = blocked else { return Stage::Finished };
        self.violation = Some(Violation {
            key: self.history.operations[operation as usize].key,
            operation: operation as usize,
            order: register.order.clone(),
            conflict: None,
            smaller: None,
        });
        self.seek(register.blocked, Some(operation), usize::MAX, false)
    }

    fn seek(&self, until: u32, needed: Option<u32>, below: usize, whole: bool) -> Stage {
        let operations = &self.registers[self.at].operations;
        let seeker = Seeker::new(&self.history, &self.intervals, operations, until, needed, below);
        Stage::Explaining { seeker, whole }
    }

    fn explained(&mut self, conflict: Conflict, whole: bool) {
        let reads = conflict.reads.len();
        if let Some(violation) = &mut self.violation {
            *(if whole { &mut violation.smaller } else { &mut violation.conflict }) = Some(conflict);
        }
        if !whole && reads > 0 {
            self.stage = self.seek(NEVER - 1, None, reads, true);
        }
    }
}

/// Numbers of operations as places in the history.
fn places(order: &[u32]) -> Vec<usize> {
    order.iter().map(|&n| n as usize).collect()
}
