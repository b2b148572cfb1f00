//! The search for an order.
//!
//! Source: J. M. Wing and C. Gong, Testing and verifying concurrent objects, J. Parallel Distrib. Comput. 17 (1993), with
//! the memory of G. Lowe, Testing for linearizability, Concurrency Computat.: Pract. Exper. 29 (2017), as the checker
//! Porcupine has them: calls and answers in a linked list; an operation may come next if its call stands before the
//! first answer; it is then lifted out, and put back when that leads nowhere. No configuration is entered twice.
//!
//! Four things are added, none of which loses an order that exists:
//! - An answered operation that may come next, fits, and only observes (a read of what the register holds) is taken at
//!   once, without alternatives: it can be moved to the front of any order that continues from here.
//! - Of operations with the same effect that may come next, only the one with the earliest answer is tried.
//! - A configuration that has used more of the pending operations than a known one, and is otherwise the same, isn't
//!   entered (see [`Memo`]).
//! - Values that no answer and no comparison is about are not told apart.

use super::history::{Answer, History, Interval, NEVER, Outcome, Request, Value, by_client};
use super::memo::Memo;
use crate::sim::{Time, sort};

const NONE: u32 = u32::MAX;

/// Which order of operations counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Order {
    /// That of real time.
    RealTime,
    /// Only that of each client's own operations.
    Program,
}

/// Which part of a history is searched.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) history: &'a History,
    pub(super) intervals: &'a [Interval],
    /// Operations to order.
    pub(super) operations: &'a [u32],
    /// Up to and including the event of this rank.
    pub(super) until: u32,
    /// Whether an answer that isn't a write's counts. An operation without is as if it had never been answered.
    pub(super) counts: &'a dyn Fn(u32) -> bool,
}

/// What an operation needs of the register's value: a number of the search's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs<V> {
    Any,
    Is(V),
    IsNot(V),
}

impl<V: Copy> Needs<V> {
    fn value(self) -> Option<V> {
        match self {
            Self::Any => None,
            Self::Is(value) | Self::IsNot(value) => Some(value),
        }
    }
}

/// An operation of the search.
#[derive(Clone, Copy, Debug)]
struct Task {
    operation: u32,
    register: u32,
    needs: Needs<u32>,
    /// What the register holds afterwards; `None` is what it held before.
    to: Option<u32>,
    /// Rank of the answer; [`NEVER`] for one that needn't be taken.
    end: u32,
    /// When it must have been taken. Answers at one instant have ranks, but none of them is due before another.
    due: Time,
    /// The client's own task that must be taken before, where ranks don't say so.
    prior: u32,
}

impl Task {
    fn fits(&self, value: u32) -> bool {
        match self.needs {
            Needs::Any => true,
            Needs::Is(wanted) => value == wanted,
            Needs::IsNot(other) => value != other,
        }
    }
    /// Whether it never changes anything, wherever it stands. A write does, even one of what is held just now.
    fn observes(&self) -> bool {
        self.to.is_none_or(|to| self.needs == Needs::Is(to))
    }
    fn same_effect(&self, other: &Self) -> bool {
        (self.register, self.needs, self.to) == (other.register, other.needs, other.to)
    }
}

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Searching,
    /// There is an order.
    Found,
    /// There is none.
    Exhausted,
    /// It has too many configurations to remember.
    Full,
}

/// A configuration on the way to the present one.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// Where its alternatives begin.
    from: usize,
    /// The task that was taken, and what the register held before.
    taken: u32,
    before: u32,
}

/// A search that can be interrupted.
#[derive(Clone, Debug)]
pub(super) struct Search {
    tasks: Vec<Task>,
    /// Tasks that must be taken come first, so many of them.
    required: usize,
    left: usize,
    /// Calls (2n + 1) and answers (2n + 2) of the tasks that aren't taken, in order; 0 is before the first and after the
    /// last.
    next: Vec<u32>,
    prev: Vec<u32>,
    values: Vec<u32>,
    done: Vec<u64>,
    used: Vec<u64>,
    levels: Vec<Level>,
    /// Alternatives that haven't been tried, of all levels; a level's next one stands last.
    branches: Vec<u32>,
    memo: Memo,
    limit: usize,
    entering: bool,
    key: Vec<u64>,
    /// The furthest answer that some order leads up to without getting past it, and the order.
    furthest: u32,
    furthest_operation: u32,
    furthest_order: Vec<u32>,
}

impl Search {
    /// A search that remembers at most `limit` configurations.
    pub(super) fn new(part: Part, order: Order, limit: usize) -> Self {
        let (tasks, registers, required) = tasks(part, order);
        let n = tasks.len();
        let mut search = Self {
            required,
            left: required,
            next: vec![0; 2 * n + 1],
            prev: vec![0; 2 * n + 1],
            values: registers,
            done: vec![0; required.div_ceil(64)],
            used: vec![0; (n - required).div_ceil(64)],
            levels: Vec::new(),
            branches: Vec::new(),
            memo: Memo::new(n - required),
            limit,
            entering: true,
            key: Vec::new(),
            furthest: 0,
            furthest_operation: NONE,
            furthest_order: Vec::new(),
            tasks,
        };
        search.link(part, order);
        search
    }

    /// Whether some answer needs a value that nothing leaves behind in time: then no search is needed.
    pub(super) fn is_hopeless(&self, part: Part) -> bool {
        let calls_before = |task: &Task, end: u32| part.intervals[task.operation as usize].call < end;
        self.tasks[..self.required].iter().any(|task| {
            let Needs::Is(wanted) = task.needs else { return false };
            let gives = |other: &Task| {
                (other.register, other.to) == (task.register, Some(wanted))
                    && other.operation != task.operation
                    && calls_before(other, task.end)
            };
            self.values[task.register as usize] != wanted && !self.tasks.iter().any(gives)
        })
    }

    fn link(&mut self, part: Part, order: Order) {
        let mut events = Vec::with_capacity(2 * self.tasks.len());
        for (n, task) in (0..).zip(&self.tasks) {
            let call = part.intervals[task.operation as usize].call;
            events.push((false, call, 2 * n + 1));
            if task.end != NEVER {
                // Without real time every operation may come before the answer to any other.
                events.push((order == Order::Program, task.end, 2 * n + 2));
            }
        }
        sort::sort_by_key(&mut events, |event| *event);
        let mut last = 0;
        for (_, _, node) in events {
            self.next[last as usize] = node;
            self.prev[node as usize] = last;
            last = node;
        }
        self.next[last as usize] = 0;
        self.prev[0] = last;
        if order == Order::Program {
            // No answer is earlier than another.
            self.tasks[..self.required].iter_mut().for_each(|task| task.due = Time::ZERO);
        }
    }

    /// Searches on, and takes off the budget what it has done: at least one for each configuration.
    pub(super) fn advance(&mut self, budget: &mut u64) -> State {
        while *budget > 0 {
            *budget -= 1;
            if self.entering {
                if self.left == 0 {
                    return State::Found;
                }
                self.entering = false;
                if self.memo.len() >= self.limit {
                    return State::Full;
                }
                self.enter(budget);
            }
            if !self.go_on() {
                return State::Exhausted;
            }
        }
        State::Searching
    }

    /// Lists what can come next in a configuration, unless it is known.
    fn enter(&mut self, budget: &mut u64) {
        let from = self.branches.len();
        let mut at = self.next[0];
        while at % 2 == 1 {
            let number = (at - 1) / 2;
            let task = self.tasks[number as usize];
            let value = self.values[task.register as usize];
            at = self.next[at as usize];
            if !task.fits(value) || task.prior != NONE && !self.is_taken(task.prior) {
                continue;
            }
            if task.end != NEVER && task.observes() {
                self.branches.truncate(from);
                self.branches.push(number);
                self.levels.push(Level { from, taken: NONE, before: 0 });
                return;
            }
            if task.end != NEVER || task.to != Some(value) {
                self.consider(from, number);
            }
        }
        // Every task that must be taken has an answer, and one is left: the list doesn't end before it.
        self.reached(at);
        let (is_new, looked) = self.remember();
        *budget = budget.saturating_sub(u64::from(looked / 8));
        if is_new {
            // The one whose answer is due first goes first.
            let tasks = &self.tasks;
            sort::sort_by(&mut self.branches[from..], |a, b| {
                tasks[*b as usize].due.cmp(&tasks[*a as usize].due)
            });
            self.levels.push(Level { from, taken: NONE, before: 0 });
        } else {
            self.branches.truncate(from);
        }
    }

    /// Adds an alternative, unless another with the same effect does as well; drops one for which this does.
    fn consider(&mut self, from: usize, number: u32) {
        let task = self.tasks[number as usize];
        for branch in &mut self.branches[from..] {
            let other = self.tasks[*branch as usize];
            if other.same_effect(&task) {
                if other.due < task.due || task.end == NEVER {
                    return;
                }
                if task.due < other.due {
                    *branch = number;
                    return;
                }
            }
        }
        self.branches.push(number);
    }

    /// Notes how far the present order leads: up to the answer at this node.
    fn reached(&mut self, node: u32) {
        let Some(number) = node.checked_sub(2).map(|node| node / 2) else { return };
        let task = self.tasks[number as usize];
        if self.furthest_operation == NONE || task.end > self.furthest {
            self.furthest = task.end;
            self.furthest_operation = task.operation;
            self.furthest_order = self.order();
        }
    }

    fn remember(&mut self) -> (bool, u32) {
        let full = self.done.iter().take_while(|&&word| word == u64::MAX).count();
        let end = self.done.iter().rposition(|&word| word != 0).map_or(full, |last| (last + 1).max(full));
        self.key.clear();
        self.key.push(full as u64);
        self.key.extend(self.values.iter().map(|&value| u64::from(value)));
        self.key.extend_from_slice(&self.done[full..end]);
        self.memo.insert(&self.key, &self.used)
    }

    /// Takes the next alternative, of the last level that has one; false if there is none.
    fn go_on(&mut self) -> bool {
        while let Some(level) = self.levels.last().copied() {
            if level.taken != NONE {
                self.put_back(level.taken, level.before);
            }
            if self.branches.len() > level.from
                && let Some(number) = self.branches.pop()
            {
                let before = self.take(number);
                if let Some(level) = self.levels.last_mut() {
                    (level.taken, level.before) = (number, before);
                }
                self.entering = true;
                return true;
            }
            self.levels.pop();
        }
        false
    }

    /// Takes a task and returns what its register held.
    fn take(&mut self, number: u32) -> u32 {
        let task = self.tasks[number as usize];
        self.unlink(2 * number + 1);
        if task.end != NEVER {
            self.unlink(2 * number + 2);
            self.left -= 1;
        }
        self.flip(number);
        let before = self.values[task.register as usize];
        self.values[task.register as usize] = task.to.unwrap_or(before);
        before
    }

    fn put_back(&mut self, number: u32, before: u32) {
        let task = self.tasks[number as usize];
        self.values[task.register as usize] = before;
        self.flip(number);
        // In the opposite order: neighbours may be each other's.
        if task.end != NEVER {
            self.left += 1;
            self.link_again(2 * number + 2);
        }
        self.link_again(2 * number + 1);
    }

    fn unlink(&mut self, node: u32) {
        let (prev, next) = (self.prev[node as usize], self.next[node as usize]);
        self.next[prev as usize] = next;
        self.prev[next as usize] = prev;
    }

    fn link_again(&mut self, node: u32) {
        let (prev, next) = (self.prev[node as usize], self.next[node as usize]);
        self.next[prev as usize] = node;
        self.prev[next as usize] = node;
    }

    fn bit(&self, number: u32) -> (bool, usize, u64) {
        let number = number as usize;
        let (is_required, bit) =
            if number < self.required { (true, number) } else { (false, number - self.required) };
        (is_required, bit / 64, 1 << (bit % 64))
    }

    fn flip(&mut self, number: u32) {
        let (is_required, word, mask) = self.bit(number);
        *(if is_required { &mut self.done[word] } else { &mut self.used[word] }) ^= mask;
    }

    fn is_taken(&self, number: u32) -> bool {
        let (is_required, word, mask) = self.bit(number);
        (if is_required { self.done[word] } else { self.used[word] }) & mask != 0
    }

    /// The present order, as operations of the history.
    pub(super) fn order(&self) -> Vec<u32> {
        let taken = self.levels.iter().filter(|level| level.taken != NONE);
        taken.map(|level| self.tasks[level.taken as usize].operation).collect()
    }

    /// The operation whose answer no order gets past, of all that have been tried; and one of those that lead up to it.
    pub(super) fn furthest(&self) -> (u32, &[u32]) {
        (self.furthest_operation, &self.furthest_order)
    }
}

/// An operation's part in a search: what it needs, what it leaves behind, whether it must be taken; `None` if it plays
/// none.
fn role(part: Part, operation: u32) -> Option<(Needs<Value>, Option<Value>, bool)> {
    let it = part.history.operations[operation as usize];
    let interval = part.intervals[operation as usize];
    if interval.called > part.until {
        return None;
    }
    let answer = match it.outcome {
        Outcome::Failed => return None,
        Outcome::Answered { answer, .. } if interval.end <= part.until => Some(answer),
        _ => None,
    };
    let counted = answer.filter(|_| (part.counts)(operation));
    match it.request {
        Request::Read => match counted {
            Some(Answer::Read(value)) => Some((Needs::Is(value), None, true)),
            _ => None,
        },
        Request::Write(_) if answer == Some(Answer::Refused) => None,
        Request::Write(value) => Some((Needs::Any, Some(value), answer.is_some())),
        Request::CompareAndSet { from, to } => match counted {
            Some(Answer::Refused) => Some((Needs::IsNot(from), None, true)),
            Some(Answer::Done) => Some((Needs::Is(from), Some(to), true)),
            _ => (from != to).then_some((Needs::Is(from), Some(to), false)),
        },
    }
}

/// The tasks of a part, those that must be taken first; what the registers hold at the start; how many must be taken.
fn tasks(part: Part, order: Order) -> (Vec<Task>, Vec<u32>, usize) {
    let roles = |&operation: &u32| role(part, operation).map(|role| (operation, role));
    let mut roles: Vec<_> = part.operations.iter().filter_map(roles).collect();
    // Required ones first, each group in the order of calls.
    sort::sort_by_key(&mut roles, |(operation, role)| (!role.2, part.intervals[*operation as usize].call));
    let required = roles.iter().filter(|(_, role)| role.2).count();

    let key_of = |operation: u32| part.history.operations[operation as usize].key;
    let mut keys: Vec<u32> = roles.iter().map(|(operation, _)| key_of(*operation)).collect();
    sort::sort_by_key(&mut keys, |key| *key);
    keys.dedup();
    let register = |operation: u32| keys.partition_point(|&key| key < key_of(operation)) as u32;
    let seen =
        |&(operation, (needs, ..)): &(u32, (Needs<Value>, _, _))| Some((register(operation), needs.value()?));
    let mut observed: Vec<(u32, Value)> = roles.iter().filter_map(seen).collect();
    sort::sort_by_key(&mut observed, |it| *it);
    observed.dedup();
    let number =
        |register: u32, value: Value| observed.binary_search(&(register, value)).map_or(0, |n| n as u32 + 1);

    let task = |&(operation, (needs, to, must)): &(u32, (Needs<Value>, Option<Value>, bool))| {
        let register = register(operation);
        let needs = match needs {
            Needs::Any => Needs::Any,
            Needs::Is(value) => Needs::Is(number(register, value)),
            Needs::IsNot(value) => Needs::IsNot(number(register, value)),
        };
        let interval = part.intervals[operation as usize];
        let (end, due) = if must { (interval.end, interval.ends) } else { (NEVER, Time::MAX) };
        Task { operation, register, needs, to: to.map(|to| number(register, to)), end, due, prior: NONE }
    };
    let mut tasks: Vec<Task> = roles.iter().map(task).collect();
    // A value that nobody looks for helps only where another must be gone.
    let must_go = tasks.iter().any(|task| matches!(task.needs, Needs::IsNot(_)));
    tasks.retain(|task| must_go || task.end != NEVER || task.to != Some(0));
    let values = (0..keys.len() as u32).map(|register| number(register, part.history.initial)).collect();
    set_priors(part, order, &mut tasks);
    (tasks, values, required)
}

/// Finds for each task the client's own one before it, where the ranks of events don't keep it back.
fn set_priors(part: Part, order: Order, tasks: &mut [Task]) {
    let client = |task: &Task| part.history.operations[task.operation as usize].client;
    let mut numbers: Vec<(u32, u32)> = (0..).zip(&*tasks).map(|(n, task)| (task.operation, n)).collect();
    sort::sort_by_key(&mut numbers, |pair| *pair);
    let number = |operation: u32| numbers[numbers.partition_point(|pair| pair.0 < operation)].1;
    let mut last = NONE;
    for operation in by_client(part.intervals, numbers.iter().map(|pair| pair.0)) {
        let n = number(operation);
        if last != NONE {
            let before = &tasks[last as usize];
            let interval = &part.intervals[operation as usize];
            if client(before) != client(&tasks[n as usize]) {
                last = NONE;
            } else if order == Order::Program || part.intervals[before.operation as usize].precedes(interval)
            {
                tasks[n as usize].prior = last;
            }
        }
        // One without an answer can take effect after what its client does next.
        if tasks[n as usize].end != NEVER {
            last = n;
        }
    }
}
