//! What one sees of an event loop from outside.

use super::promises::{Frame, Job};
use super::{Config, EventLoop, Phase, Poller, Program, Queue, Slot, Task};
use crate::sim::Time;

/// A line of a program on behalf of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// The task.
    pub task: Task,
    /// The operation in it.
    pub line: u16,
    /// On whose behalf it runs: what was delivered with a context ([`EventLoop::deliver`]) hands it on to everything that it
    /// sets off, as Node's `AsyncLocalStorage` does. The main script's is 0.
    pub context: u32,
}

impl Line {
    pub(super) fn of(frame: Frame) -> Self {
        Self { task: frame.task, line: frame.line, context: frame.context }
    }
}

/// What a loop's thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activity {
    /// It sleeps in the poll phase, or has nothing to do.
    Idle,
    /// It runs a callback.
    Running,
    /// It is blocked in a call, in the middle of a callback.
    Blocked,
}

/// Something that waits in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// Where it goes on; none for a promise that has to be told about another one.
    pub line: Option<Line>,
    /// When it will be ready, where that is known.
    pub due: Option<Time>,
}

impl Waiting {
    fn of(job: &Job) -> Self {
        let line = match job {
            Job::Go(frame) | Job::Wake(frame) => Some(Line::of(*frame)),
            Job::Settle(_) | Job::Follow(..) => None,
        };
        Self { line, due: None }
    }

    fn at(due: Time, job: &Job) -> Self {
        Self { due: Some(due), ..Self::of(job) }
    }
}

impl EventLoop {
    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The parameters.
    pub fn config(&self) -> Config {
        self.config
    }

    /// Where the loop is in its turn.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How many turns have begun. In a browser each task is one.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// What the thread does: what it did in the last step, up to that step's end.
    pub fn activity(&self) -> Activity {
        self.activity
    }

    /// The lines to be run next: the running task's last, before it those of its callers.
    pub fn stack(&self) -> impl ExactSizeIterator<Item = Line> {
        self.frames.iter().map(|frame| Line::of(*frame))
    }

    /// Where what runs, or ran last, was taken from.
    pub fn runs_from(&self) -> Queue {
        self.from
    }

    /// What waits in a queue, in its order. For the timers phase that is every timer that is set; for the poll phase everything
    /// that was asked of the kernel (not of the pool) or has come from outside. What has been taken over for the phase that the
    /// loop is in comes first.
    pub fn waiting(&self, queue: Queue) -> Vec<Waiting> {
        let plain = |jobs: &mut dyn Iterator<Item = &Job>| jobs.map(Waiting::of).collect::<Vec<_>>();
        let Queue::Phase(phase) = queue else {
            return match queue {
                Queue::Ticks => plain(&mut self.ticks.iter()),
                Queue::Microtasks => plain(&mut self.microtasks.iter()),
                _ => plain(&mut self.main.iter()),
            };
        };
        let mut all = Vec::new();
        if phase == self.phase {
            all.extend(self.batch.iter().map(|(job, _)| Waiting::of(job)));
        }
        match phase {
            Phase::Timers => all.extend(self.timers.iter().map(|(due, (job, _))| Waiting::at(due, job))),
            Phase::Pending => all.extend(self.pending.iter().map(Waiting::of)),
            Phase::Poll | Phase::Tasks => {
                let kernel = &self.kernel;
                all.extend(kernel.incoming.iter().chain(&kernel.io).map(|(due, job)| Waiting::at(*due, job)));
            }
            Phase::Check => all.extend(self.check.iter().map(Waiting::of)),
            Phase::Close => all.extend(self.closing.iter().map(Waiting::of)),
        }
        all
    }

    /// Whether the promise in a slot is settled.
    pub fn is_settled(&self, slot: Slot) -> bool {
        self.promises.of(slot).is_some_and(|id| self.promises.is_settled(id))
    }

    /// The pool's threads: since when and until when each works, and on whose behalf.
    pub fn workers(&self) -> impl ExactSizeIterator<Item = Option<(Time, Time, Waiting)>> {
        let thread = self.kernel.pool.threads().iter();
        thread.map(|it| it.as_ref().map(|it| (it.since, it.until, Waiting::of(&it.job))))
    }

    /// The work that waits for a thread of the pool.
    pub fn queued_work(&self) -> impl Iterator<Item = Waiting> {
        self.kernel.pool.queue().map(Waiting::of)
    }

    /// The kernel's descriptors.
    pub fn descriptors(&self) -> &Poller {
        &self.kernel.poller
    }
}
