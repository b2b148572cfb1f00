//! An event loop: one thread that runs callbacks, one after the other, and sleeps while there is none.
//!
//! ```text
//!          ┌──► timers ──► pending ──► poll ──► check ──► close ──┐      one callback at a time; after each of them
//!          └──────────────────────────────────────────────────────┘      all next ticks, then all microtasks, until
//!   Node     setTimeout    deferred     I/O     setImmediate  'close'    both queues are empty
//!   Browser  the oldest task of any kind, then all microtasks
//! ```
//!
//! [`EventLoop`] runs a [`Program`], lists of operations, one operation a [`EventLoop::step`]; whoever drives it passes the
//! time in and steps again when the operation is over. [`Poller`] is the kernel's side of non-blocking I/O, [`WorkerPool`] the
//! threads for work that would block. Both can be used without a loop.
//!
//! Sources: Node.js guide *The Node.js Event Loop*; libuv, *Design overview*; `lib/internal/process/task_queues.js` (ticks are
//! run one after the other, then microtasks, and from the start while there are any); HTML standard, *Event loops*. Where they
//! leave it open: Node is version 20 (libuv 1.46). What is ready for the poll phase runs in the order in which it became ready.
//! A browser may prefer one source of tasks to another; here the oldest task of all is run. `setTimeout(…, 0)` against
//! `setImmediate` is a race in a main script of Node; here the script takes no more time than its operations say, so the
//! immediate is first. Left out: rejections, `setInterval`, cancelling, rendering, idle and prepare handles.
//!
//! Invariants: callbacks are never interrupted by others; microtasks that are added while microtasks run still run before the
//! next callback (so they can starve the loop); immediates and deferred callbacks that are added in their phase run in the next
//! turn. A program can go on for ever at one moment: who drives it counts its steps.

mod execute;
mod pool;
mod program;
mod promises;
mod readiness;
#[cfg(test)]
mod tests;
mod timers;
mod view;

pub use pool::{WorkerPool, Working};
pub use program::{Awaited, Config, Fd, Host, Op, Program, ProgramError, Slot, Task};
pub use readiness::{Interest, Poller, ReadyEvent, Transfer, Trigger};
pub use view::{Activity, Line, Waiting};

use crate::sim::Time;
use crate::sim::sort::sort_by_key;
use promises::{Frame, Job, Promises};
use std::collections::VecDeque;
use timers::Timers;

/// Where a loop is in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Callbacks of timers that are due.
    Timers,
    /// Callbacks that were deferred from the turn before.
    Pending,
    /// Waits for I/O and runs its callbacks; the pool's results come here too.
    Poll,
    /// Immediates.
    Check,
    /// Callbacks of handles that were closed.
    Close,
    /// A browser's only phase: a task, whatever its source.
    Tasks,
}

/// Where something that runs was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// The main script.
    Main,
    /// `process.nextTick`.
    Ticks,
    /// Promises and `queueMicrotask`.
    Microtasks,
    /// The callbacks of a phase.
    Phase(Phase),
}

/// What a loop has just done, or why it does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// It took something from a queue. There is no line where only a promise was told about another one.
    Began {
        /// From where.
        from: Queue,
        /// Where it goes on.
        line: Option<Line>,
    },
    /// It ran an operation.
    Ran {
        /// Which one.
        line: Line,
        /// What it was.
        op: Op,
        /// What came of it if it was a read.
        transfer: Option<Transfer>,
        /// When the thread is free for the next.
        until: Time,
    },
    /// It is still at the last operation.
    Busy {
        /// Until then.
        until: Time,
    },
    /// The thread is blocked in a call: whatever else is ready has to wait.
    Blocked {
        /// On this descriptor.
        on: Fd,
    },
    /// It sleeps in the poll phase.
    Sleeps {
        /// Until then at the latest; if there is no such time, until something comes from outside.
        until: Option<Time>,
    },
    /// Nothing is left that could ever run, unless something comes from outside.
    Ended,
}

/// Deepest stack of calls; a call beyond it has no effect.
const DEEPEST: usize = 1_000;
/// Most events that one `epoll_wait` tells: libuv's.
const EVENTS: usize = 1_024;

/// An event loop that runs a program.
///
/// ```
/// use engine::mechanism::event_loop::{Config, EventLoop, Op, Program};
/// use engine::sim::{Span, Time};
///
/// let program = Program::new(&[
///     &[Op::Timeout(1, Span::ZERO), Op::Microtask(2), Op::NextTick(3), Op::Log(0)],
///     &[Op::Log(1)],
///     &[Op::Log(2)],
///     &[Op::Log(3)],
/// ]);
/// let mut node = EventLoop::new(program.unwrap(), Config::default()).unwrap();
/// let log: Vec<u16> = node.run_alone(Time::ZERO, 1_000).into_iter().map(|(_, log)| log).collect();
/// assert_eq!(log, [0, 3, 2, 1]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventLoop {
    program: Program,
    config: Config,
    phase: Phase,
    /// The time that the phase began with.
    phase_began: Time,
    turns: u64,
    /// What runs now, with its callers below it, and where it was taken from.
    frames: Vec<Frame>,
    from: Queue,
    busy_until: Time,
    activity: Activity,
    /// How many timers deep the running callback was set.
    nesting: u8,
    main: Option<Job>,
    ticks: VecDeque<Job>,
    microtasks: VecDeque<Job>,
    /// Microtasks that have begun go on until there is none, whatever ticks there are.
    in_microtasks: bool,
    promises: Promises,
    timers: Timers<(Job, u8)>,
    pending: VecDeque<Job>,
    check: VecDeque<Job>,
    closing: VecDeque<Job>,
    /// Callbacks of this phase, or a browser's tasks; with the nesting of a timer.
    batch: VecDeque<(Job, u8)>,
    polled: bool,
    kernel: Kernel,
}

/// What is going on outside the loop's thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kernel {
    poller: Poller,
    watchers: Vec<Option<(Task, u32)>>,
    /// Requests that need no thread, by when they are answered.
    io: VecDeque<(Time, Job)>,
    pool: WorkerPool<Job>,
    /// What was delivered from outside.
    incoming: VecDeque<(Time, Job)>,
}

impl EventLoop {
    /// A loop that is about to run the program's main script.
    ///
    /// # Errors
    /// If the program has an operation that the host doesn't know, or a parameter is out of its range.
    pub fn new(program: Program, config: Config) -> Result<Self, ProgramError> {
        program.check(config)?;
        let descriptors = program.descriptors();
        let phase = if config.host == Host::Node { Phase::Timers } else { Phase::Tasks };
        let main = Frame::new(0, 0);
        Ok(Self {
            phase,
            phase_began: Time::ZERO,
            turns: 0,
            frames: Vec::new(),
            from: Queue::Main,
            busy_until: Time::ZERO,
            activity: Activity::Idle,
            nesting: 0,
            main: Some(Job::Go(main)),
            ticks: VecDeque::new(),
            microtasks: VecDeque::new(),
            in_microtasks: false,
            promises: Promises::new(program.slots()),
            timers: Timers::new(config.host),
            pending: VecDeque::new(),
            check: VecDeque::new(),
            closing: VecDeque::new(),
            batch: VecDeque::new(),
            polled: false,
            kernel: Kernel {
                poller: Poller::new(descriptors, 0),
                watchers: vec![None; descriptors.into()],
                io: VecDeque::new(),
                pool: WorkerPool::new(config.workers),
                incoming: VecDeque::new(),
            },
            program,
            config,
        })
    }

    /// Something from outside, such as a new connection, is ready: the task runs in the poll phase. What it sets off has this
    /// context (see [`Line::context`]).
    pub fn deliver(&mut self, task: Task, context: u32, now: Time) {
        self.kernel.incoming.push_back((now, Job::Go(Frame::new(task, context))));
    }

    /// Bytes arrive at a descriptor.
    pub fn arrives(&mut self, fd: Fd, bytes: u32, now: Time) {
        self.kernel.poller.arrives(fd, bytes, now);
    }

    /// The other side of a descriptor ends the stream.
    pub fn ends(&mut self, fd: Fd, now: Time) {
        self.kernel.poller.ends(fd, now);
    }

    /// Lets the pool's threads go on up to now, while the loop's own thread is busy: what they have done waits for the poll
    /// phase, as in [`EventLoop::waiting`]. Only who looks at the threads meanwhile has to call it.
    pub fn let_workers_go_on(&mut self, now: Time) {
        while let Some((until, _, job)) = self.kernel.pool.take(now) {
            let at = self.kernel.io.partition_point(|it| it.0 <= until);
            self.kernel.io.insert(at, (until, job));
        }
    }

    /// Changes how many threads the pool has; see [`WorkerPool::set_threads`].
    pub fn set_workers(&mut self, workers: u32, now: Time) {
        self.let_workers_go_on(now);
        self.config.workers = workers;
        self.kernel.pool.set_threads(workers, now);
    }

    /// Does the next thing. Step again when it is over ([`Step::Ran`]), at the latest when a sleep is, and whenever something
    /// came from outside.
    pub fn step(&mut self, now: Time) -> Step {
        if now < self.busy_until {
            return Step::Busy { until: self.busy_until };
        }
        if let Some(&frame) = self.frames.last() {
            return self.execute(frame, now);
        }
        self.activity = Activity::Idle;
        if let Some((from, job)) = self.next_job(now) {
            return self.begin(from, job);
        }
        if self.is_alive() { Step::Sleeps { until: self.wakes() } } else { Step::Ended }
    }

    /// Runs until nothing happens any more without something from outside, or for so many steps: what it logged, and when.
    pub fn run_alone(&mut self, mut now: Time, steps: u32) -> Vec<(Time, u16)> {
        let mut log = Vec::new();
        for _ in 0..steps {
            match self.step(now) {
                Step::Ran { op, until, .. } => {
                    if let Op::Log(what) = op {
                        log.push((now, what));
                    }
                    now = until;
                }
                Step::Busy { until } | Step::Sleeps { until: Some(until) } => now = until.max(now),
                Step::Began { .. } => {}
                Step::Sleeps { until: None } | Step::Blocked { .. } | Step::Ended => break,
            }
        }
        log
    }

    /// A job begins; without a line of its own it is over at once.
    fn begin(&mut self, from: Queue, job: Job) -> Step {
        (self.from, self.activity) = (from, Activity::Running);
        match job {
            Job::Go(frame) => {
                self.frames.push(frame);
                self.leave_ended();
                return Step::Began { from, line: Some(Line::of(frame)) };
            }
            Job::Wake(frame) => self.microtasks.push_back(Job::Go(frame)),
            Job::Settle(id) => self.promises.settle(id, &mut self.microtasks),
            Job::Follow(id, other) => self.promises.then(other, Job::Settle(id), &mut self.microtasks),
        }
        self.callback_ended();
        Step::Began { from, line: None }
    }

    /// Tasks that have no further operation end, and their callers go on.
    fn leave_ended(&mut self) {
        while let Some(&frame) = self.frames.last()
            && usize::from(frame.line) >= self.program.task(frame.task).len()
        {
            self.leave(frame, None);
        }
    }

    /// The running task ends, and what it gives is resolved.
    fn leave(&mut self, frame: Frame, with: Option<promises::Id>) {
        self.frames.pop();
        self.hand_back(frame);
        if let Some(gives) = frame.gives {
            self.promises.resolve(gives, with, &mut self.microtasks);
        }
        if self.frames.is_empty() {
            self.callback_ended();
        }
    }

    /// The caller has the promise that a call gives.
    fn hand_back(&mut self, frame: Frame) {
        if let (Some(slot), Some(gives)) = (frame.into, frame.gives) {
            self.promises.put(slot, gives);
        }
    }

    fn callback_ended(&mut self) {
        self.nesting = 0;
        if self.from == Queue::Phase(Phase::Timers) {
            self.timers.ended(self.phase_began);
        }
    }

    /// What runs next: ticks and microtasks before the next callback.
    fn next_job(&mut self, now: Time) -> Option<(Queue, Job)> {
        if let Some(main) = self.main.take() {
            return Some((Queue::Main, main));
        }
        if !self.in_microtasks
            && let Some(tick) = self.ticks.pop_front()
        {
            return Some((Queue::Ticks, tick));
        }
        if let Some(microtask) = self.microtasks.pop_front() {
            self.in_microtasks = true;
            return Some((Queue::Microtasks, microtask));
        }
        if core::mem::take(&mut self.in_microtasks)
            && let Some(tick) = self.ticks.pop_front()
        {
            return Some((Queue::Ticks, tick));
        }
        let (job, nesting) = if self.config.host == Host::Node {
            self.next_callback(now)?
        } else {
            self.collect(now);
            self.turns += u64::from(!self.batch.is_empty());
            self.batch.pop_front()?
        };
        self.nesting = nesting;
        Some((Queue::Phase(self.phase), job))
    }

    /// The next callback of this phase, or of the next that has one; none if the loop has to sleep, in the poll phase.
    fn next_callback(&mut self, now: Time) -> Option<(Job, u8)> {
        loop {
            if self.phase == Phase::Timers {
                if self.turns == 0 {
                    self.enter(Phase::Timers, now);
                }
                if let Some((_, job)) = self.timers.take(self.phase_began) {
                    return Some(job);
                }
            }
            if self.phase == Phase::Poll && !self.polled {
                self.collect(now);
                let elsewhere =
                    !(self.pending.is_empty() && self.check.is_empty() && self.closing.is_empty());
                let due = self.timers.due().is_some_and(|due| due <= now);
                if self.batch.is_empty() && !elsewhere && !due {
                    return None;
                }
                self.polled = true;
            }
            if let Some(job) = self.batch.pop_front() {
                return Some(job);
            }
            let next = match self.phase {
                Phase::Timers => Phase::Pending,
                Phase::Pending => Phase::Poll,
                Phase::Poll => Phase::Check,
                Phase::Check => Phase::Close,
                Phase::Close | Phase::Tasks => Phase::Timers,
            };
            self.enter(next, now);
        }
    }

    /// A phase begins with the callbacks that are there now.
    fn enter(&mut self, phase: Phase, now: Time) {
        (self.phase, self.phase_began) = (phase, now);
        let queue = match phase {
            Phase::Pending => &mut self.pending,
            Phase::Check => &mut self.check,
            Phase::Close => &mut self.closing,
            Phase::Poll => {
                self.polled = false;
                return;
            }
            Phase::Timers | Phase::Tasks => {
                self.turns += 1;
                return;
            }
        };
        self.batch.extend(queue.drain(..).map(|job| (job, 0)));
    }

    /// Takes over what has become ready outside, in that order; a browser's timers too.
    fn collect(&mut self, now: Time) {
        let mut ready: Vec<(Time, Job, u8)> = Vec::new();
        if self.config.host == Host::Browser {
            while let Some((due, (job, nesting))) = self.timers.take(now) {
                ready.push((due, job, nesting));
            }
        }
        let kernel = &mut self.kernel;
        ready.extend(kernel.incoming.drain(..).map(|(since, job)| (since, job, 0)));
        while let Some(&(due, job)) = kernel.io.front()
            && due <= now
        {
            kernel.io.pop_front();
            ready.push((due, job, 0));
        }
        while let Some((until, _, job)) = kernel.pool.take(now) {
            ready.push((until, job, 0));
        }
        for event in kernel.poller.wait(EVENTS, now) {
            if let Some(&Some((task, context))) = kernel.watchers.get(usize::from(event.fd)) {
                ready.push((event.since, Job::Go(Frame::new(task, context)), 0));
            }
        }
        sort_by_key(&mut ready, |it| it.0);
        self.batch.extend(ready.into_iter().map(|(_, job, nesting)| (job, nesting)));
    }

    /// When a sleeping loop wakes by itself.
    fn wakes(&self) -> Option<Time> {
        let io = self.kernel.io.front().map(|it| it.0);
        [self.timers.due(), io, self.kernel.pool.due()].into_iter().flatten().min()
    }

    /// Whether anything is left that the loop waits for.
    fn is_alive(&self) -> bool {
        self.wakes().is_some() || self.kernel.poller.watches()
    }
}
