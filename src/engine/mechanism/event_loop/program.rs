//! What an event loop runs: a program as lists of operations, and the parameters of its host.

use super::readiness::Trigger;
use crate::sim::Span;
use core::fmt;
use std::sync::Arc;

/// A list of operations of a program, by its index: a function of the real program. Any of them may await, so each is an
/// `async` function if it needs to be.
pub type Task = u16;
/// A variable of a program that holds a promise, by its index.
pub type Slot = u16;
/// A file descriptor, by its index.
pub type Fd = u16;

/// One operation: a line of a program.
///
/// Where there is a slot for what an operation gives back, the slot holds a new promise from then on. Promises are resolved
/// without a value; none is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `console.log`: notes a number in the log.
    Log(u16),
    /// Computes: the loop's thread is busy.
    Run(Span),
    /// A call that blocks (`readFileSync`): the thread waits for the kernel and can do nothing else meanwhile.
    Block(Span),
    /// `process.nextTick(task)`; Node only.
    NextTick(Task),
    /// `queueMicrotask(task)`.
    Microtask(Task),
    /// `setTimeout(task, delay)`.
    Timeout(Task, Span),
    /// `setImmediate(task)`; Node only.
    Immediate(Task),
    /// A callback that the kernel's answer defers to the next turn, as libuv does with a refused connection (`ECONNREFUSED`);
    /// Node only.
    Deferred(Task),
    /// `handle.close(task)`: the callback runs in the turn's last phase; Node only.
    Close(Task),
    /// Asks the kernel for something that is ready after so long, without a thread (an answer on a socket).
    Io(Task, Span),
    /// Gives work of so long to a thread of the pool (`fs.readFile`, `crypto.pbkdf2`, `dns.lookup`).
    Work(Task, Span),
    /// Calls a task: it runs at once, up to its first [`Op::Await`]. The promise that it gives, as
    /// soon as it returns or awaits, is resolved at its end.
    Call(Task, Option<Slot>),
    /// `gives = on.then(task)`.
    Then {
        /// The promise waited for.
        on: Slot,
        /// What runs as a microtask once it is resolved.
        task: Task,
        /// Resolved when the task has ended.
        gives: Option<Slot>,
    },
    /// `new Promise(…)`: a pending promise that something has to resolve.
    Promise(Slot),
    /// Resolves a promise.
    Resolve(Slot),
    /// Resolves the first promise with the second: it follows that one, two microtasks behind.
    Follow(Slot, Slot),
    /// `return promise`: the end of the task; the promise that the task gives follows this one.
    Return(Slot),
    /// `await …`: the task goes on as a microtask, and who called it goes on now.
    Await(Awaited),
    /// Asks to be called whenever the descriptor can be read, or in edge-triggered mode whenever that has changed. A
    /// descriptor has one watcher.
    Watch(Fd, Task, Trigger),
    /// Ends that; a callback that was taken over for the phase already still runs.
    Unwatch(Fd),
    /// A non-blocking read of at most so many bytes; of none where it would block (`EAGAIN`).
    Read(Fd, u32),
    /// Non-blocking reads until one would block.
    Drain(Fd),
    /// A read that blocks the thread until there is a byte or the end of the stream.
    BlockingRead(Fd, u32),
    /// Non-blocking reads over and over, one every so often, until there is something: busy waiting. At least a microsecond.
    SpinningRead(Fd, u32, Span),
    /// `select`, `poll`, `epoll_wait` by the program itself: blocks the thread until the descriptor can be read.
    Select(Fd),
}

/// What an [`Op::Await`] waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// Nothing: `await null`, or a promise that was resolved long ago.
    Nothing,
    /// The promise in a slot.
    Promise(Slot),
    /// A timer: `await new Promise(done => setTimeout(done, delay))`.
    Timeout(Span),
    /// What [`Op::Io`] asks for.
    Io(Span),
    /// What [`Op::Work`] gives to the pool.
    Work(Span),
}

/// Whose event loop it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Host {
    /// Node.js on libuv: phases, `nextTick`, `setImmediate`.
    #[default]
    Node,
    /// A browser, by the HTML standard: one task a turn. It has no descriptors.
    Browser,
}

/// Parameters of an event loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Whose it is.
    pub host: Host,
    /// Threads of the pool for blocking work: 1 to 1,024. libuv's `UV_THREADPOOL_SIZE`, default 4.
    pub workers: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { host: Host::Node, workers: 4 }
    }
}

/// A program. The first task is the main script.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    tasks: Arc<[Box<[Op]>]>,
    slots: u16,
    descriptors: u16,
}

/// Why a loop can't be made; a sentence that says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramError(&'static str);

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl core::error::Error for ProgramError {}

/// Most operations of a task, most slots and most descriptors.
const MOST: u16 = 10_000;

impl Program {
    /// A program of these tasks.
    ///
    /// # Errors
    /// If there is no task, a task is too long, or an operation names a task that doesn't exist or has a number that is too
    /// large.
    pub fn new(tasks: &[&[Op]]) -> Result<Self, ProgramError> {
        let ops = || tasks.iter().copied().flatten().copied();
        let slots = ops().flat_map(slots).flatten().max();
        let descriptors = ops().filter_map(descriptor).max();
        let below = |most: Option<u16>| most.is_none_or(|most| most < MOST);
        let waits = |op| !matches!(op, Op::SpinningRead(_, _, every) if every < Span::from_micros(1));
        let rules = [
            (!tasks.is_empty(), "a program has at least one task, its main script"),
            (
                tasks.len() <= usize::from(MOST) && tasks.iter().all(|ops| ops.len() <= usize::from(MOST)),
                "a program has at most 10,000 tasks of at most 10,000 operations",
            ),
            (
                ops().filter_map(started).all(|task| usize::from(task) < tasks.len()),
                "every operation names a task of the program",
            ),
            (below(slots), "slots are numbered 0 to 9,999"),
            (below(descriptors), "descriptors are numbered 0 to 9,999"),
            (ops().all(waits), "a spinning read tries at most once a microsecond"),
        ];
        if let Some((_, rule)) = rules.iter().find(|(holds, _)| !holds) {
            return Err(ProgramError(rule));
        }
        let count = |most: Option<u16>| most.map_or(0, |most| most + 1);
        let tasks = tasks.iter().map(|&ops| ops.into()).collect();
        Ok(Self { tasks, slots: count(slots), descriptors: count(descriptors) })
    }

    pub(super) fn check(&self, config: Config) -> Result<(), ProgramError> {
        let node = |op: &Op| {
            matches!(op, Op::NextTick(_) | Op::Immediate(_) | Op::Deferred(_) | Op::Close(_))
                || descriptor(*op).is_some()
        };
        if config.host == Host::Browser && self.tasks.iter().flat_map(|ops| ops.iter()).any(node) {
            return Err(ProgramError(
                "a browser knows no next ticks, immediates, deferred callbacks, closing and descriptors",
            ));
        }
        if !(1..=1_024).contains(&config.workers) {
            return Err(ProgramError("a pool has 1 to 1,024 threads"));
        }
        Ok(())
    }

    /// The operations of a task; none for one that doesn't exist.
    pub fn task(&self, task: Task) -> &[Op] {
        self.tasks.get(usize::from(task)).map_or(&[], |ops| ops)
    }

    /// How many slots for promises the operations name.
    pub fn slots(&self) -> u16 {
        self.slots
    }

    /// How many descriptors the operations name.
    pub fn descriptors(&self) -> u16 {
        self.descriptors
    }
}

/// The task that an operation starts, now or later.
fn started(op: Op) -> Option<Task> {
    match op {
        Op::NextTick(task)
        | Op::Microtask(task)
        | Op::Timeout(task, _)
        | Op::Immediate(task)
        | Op::Deferred(task)
        | Op::Close(task)
        | Op::Io(task, _)
        | Op::Work(task, _)
        | Op::Call(task, _)
        | Op::Then { task, .. }
        | Op::Watch(_, task, _) => Some(task),
        _ => None,
    }
}

fn slots(op: Op) -> [Option<Slot>; 2] {
    match op {
        Op::Call(_, gives) => [gives, None],
        Op::Then { on, gives, .. } => [Some(on), gives],
        Op::Follow(one, other) => [Some(one), Some(other)],
        Op::Promise(slot) | Op::Resolve(slot) | Op::Return(slot) | Op::Await(Awaited::Promise(slot)) => {
            [Some(slot), None]
        }
        _ => [None, None],
    }
}

fn descriptor(op: Op) -> Option<Fd> {
    match op {
        Op::Watch(fd, ..)
        | Op::Unwatch(fd)
        | Op::Read(fd, _)
        | Op::Drain(fd)
        | Op::BlockingRead(fd, _)
        | Op::SpinningRead(fd, ..)
        | Op::Select(fd) => Some(fd),
        _ => None,
    }
}
