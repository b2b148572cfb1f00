//! What each operation does.

use super::promises::{Frame, Id, Job};
use super::{Activity, Awaited, DEEPEST, EventLoop, Interest, Line, Op, Slot, Step, Task, Transfer};
use crate::sim::{Span, Time};

impl EventLoop {
    /// Runs the next operation of the running task, which there is.
    pub(super) fn execute(&mut self, frame: Frame, now: Time) -> Step {
        let Some(&op) = self.program.task(frame.task).get(usize::from(frame.line)) else {
            self.leave_ended();
            return Step::Busy { until: now };
        };
        if let Op::BlockingRead(fd, _) | Op::Select(fd) = op
            && !self.kernel.poller.is_readable(fd)
        {
            self.activity = Activity::Blocked;
            return Step::Blocked { on: fd };
        }
        self.activity = Activity::Running;
        let (mut until, mut transfer, mut stays) = (now, None, false);
        let context = frame.context;
        let new = |task| Job::Go(Frame::new(task, context));
        match op {
            Op::Log(_) | Op::Select(_) => {}
            Op::Run(span) => until = now + span,
            Op::Block(span) => {
                until = now + span;
                self.activity = Activity::Blocked;
            }
            Op::NextTick(task) => self.ticks.push_back(new(task)),
            Op::Microtask(task) => self.microtasks.push_back(new(task)),
            Op::Timeout(task, delay) => self.set_timer(new(task), delay, now),
            Op::Immediate(task) => self.check.push_back(new(task)),
            Op::Deferred(task) => self.pending.push_back(new(task)),
            Op::Close(task) => self.closing.push_back(new(task)),
            Op::Io(task, takes) => self.ask(new(task), takes, now),
            Op::Work(task, takes) => self.kernel.pool.submit(new(task), takes, now),
            // These end or suspend the task, or put another one on top of it.
            Op::Call(task, gives) => return self.call(frame, op, task, gives, now),
            Op::Await(what) => return self.suspend(frame, op, what, now),
            Op::Return(slot) => {
                self.leave(frame, self.promises.of(slot));
                self.leave_ended();
                return ran(frame, op, now);
            }
            Op::Then { on, task, gives } => {
                let on = self.promises.of(on);
                let gives = gives.map(|slot| self.promises.renew(slot));
                if let Some(on) = on {
                    let job = Job::Go(Frame { gives, reaction: true, ..Frame::new(task, context) });
                    self.promises.then(on, job, &mut self.microtasks);
                }
            }
            Op::Promise(slot) => {
                self.promises.renew(slot);
            }
            Op::Resolve(slot) => self.resolve(slot, None),
            Op::Follow(slot, other) => self.resolve(slot, self.promises.of(other)),
            Op::Watch(fd, task, trigger) => {
                if let Some(watcher) = self.kernel.watchers.get_mut(usize::from(fd)) {
                    *watcher = Some((task, context));
                }
                self.kernel.poller.watch(fd, Interest::READ, trigger, now);
            }
            Op::Unwatch(fd) => self.kernel.poller.unwatch(fd),
            Op::Read(fd, most) | Op::BlockingRead(fd, most) => {
                transfer = Some(self.kernel.poller.read(fd, most));
            }
            Op::Drain(fd) => transfer = Some(self.kernel.poller.read(fd, u32::MAX)),
            Op::SpinningRead(fd, most, every) => {
                transfer = Some(self.kernel.poller.read(fd, most));
                stays = transfer == Some(Transfer::WouldBlock);
                until = if stays { now + every } else { now };
            }
        }
        if !stays {
            self.advance();
            self.leave_ended();
        }
        self.busy_until = until;
        Step::Ran { line: Line::of(frame), op, transfer, until }
    }

    /// The running task is at its next operation.
    fn advance(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.line += 1;
        }
    }

    fn call(&mut self, frame: Frame, op: Op, task: Task, gives: Option<Slot>, now: Time) -> Step {
        self.advance();
        if self.frames.len() < DEEPEST {
            let (into, gives) = (gives, gives.map(|_| self.promises.unnamed()));
            self.frames.push(Frame { gives, into, ..Frame::new(task, frame.context) });
        }
        self.leave_ended();
        ran(frame, op, now)
    }

    /// The running task waits, and its caller goes on.
    fn suspend(&mut self, frame: Frame, op: Op, what: Awaited, now: Time) -> Step {
        // A callback of `then` returns the promise of an async function here.
        let outer = frame.gives.filter(|_| frame.reaction);
        let gives = if outer.is_some() { Some(self.promises.unnamed()) } else { frame.gives };
        let rest = Frame { line: frame.line + 1, gives, reaction: false, into: None, ..frame };
        match what {
            Awaited::Nothing => self.microtasks.push_back(Job::Go(rest)),
            Awaited::Promise(slot) => {
                if let Some(on) = self.promises.of(slot) {
                    self.promises.then(on, Job::Go(rest), &mut self.microtasks);
                }
            }
            Awaited::Timeout(delay) => self.set_timer(Job::Wake(rest), delay, now),
            Awaited::Io(takes) => self.ask(Job::Wake(rest), takes, now),
            Awaited::Work(takes) => self.kernel.pool.submit(Job::Wake(rest), takes, now),
        }
        // Otherwise what it gives isn't resolved yet.
        self.hand_back(frame);
        self.leave(Frame { gives: outer, into: None, ..frame }, gives);
        self.leave_ended();
        ran(frame, op, now)
    }

    fn resolve(&mut self, slot: Slot, with: Option<Id>) {
        if let Some(id) = self.promises.of(slot) {
            self.promises.resolve(id, with, &mut self.microtasks);
        }
    }

    fn set_timer(&mut self, job: Job, delay: Span, now: Time) {
        self.timers.set(now, delay, self.nesting, (job, self.nesting.saturating_add(1)));
    }

    /// The kernel answers after so long; of several answers at once, in the order of asking.
    fn ask(&mut self, job: Job, takes: Span, now: Time) {
        let due = now + takes;
        let at = self.kernel.io.partition_point(|it| it.0 <= due);
        self.kernel.io.insert(at, (due, job));
    }
}

fn ran(frame: Frame, op: Op, now: Time) -> Step {
    Step::Ran { line: Line::of(frame), op, transfer: None, until: now }
}
