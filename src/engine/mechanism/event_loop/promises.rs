//! Promises, as far as the order of what they set off goes.
//!
//! Source: ECMAScript, *Promise Objects*: a reaction is a job of its own (`NewPromiseReactionJob`), and a promise that is
//! resolved with another one asks it in a job (`NewPromiseResolveThenableJob`) and settles in a second. `await` of a promise is
//! one reaction (`PerformPromiseThen`), not three.

use super::program::{Slot, Task};
use std::collections::VecDeque;

/// A task that runs or will run, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Frame {
    pub(super) task: Task,
    /// The next operation.
    pub(super) line: u16,
    pub(super) context: u32,
    /// Resolved at its end.
    pub(super) gives: Option<Id>,
    /// It was called by a promise: should it await, what it gives follows the promise of an `async` function.
    pub(super) reaction: bool,
    /// The caller's variable that gets the promise as soon as the call is over, which may be before the task is.
    pub(super) into: Option<Slot>,
}

impl Frame {
    /// A task from its start that gives nothing.
    pub(super) fn new(task: Task, context: u32) -> Self {
        Self { task, line: 0, context, gives: None, reaction: false, into: None }
    }
}

/// A promise. One whose generation is over was settled before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    index: u32,
    generation: u32,
}

/// What is in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Job {
    /// A task runs from where it is.
    Go(Frame),
    /// A promise that only this task awaits is resolved: the task goes on in a microtask.
    Wake(Frame),
    /// A promise is settled.
    Settle(Id),
    /// The first promise was resolved with the second: it asks to be told.
    Follow(Id, Id),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Promise {
    generation: u32,
    settled: bool,
    /// Resolved, perhaps with a promise that isn't settled yet; further resolving has no effect.
    resolved: bool,
    /// No slot holds it any more.
    dropped: bool,
    reactions: Vec<Job>,
}

/// All promises of a program. Settled ones that no slot holds are forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Promises {
    all: Vec<Promise>,
    slots: Vec<Id>,
    free: Vec<u32>,
}

impl Promises {
    /// A pending promise in each slot.
    pub(super) fn new(slots: u16) -> Self {
        let ids = (0..u32::from(slots)).map(|index| Id { index, generation: 0 });
        Self { all: vec![Promise::default(); slots.into()], slots: ids.collect(), free: Vec::new() }
    }

    /// How many there are, forgotten ones included whose place is free.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The promise in a slot.
    pub(super) fn of(&self, slot: Slot) -> Option<Id> {
        self.slots.get(usize::from(slot)).copied()
    }

    /// A new pending promise in a slot.
    pub(super) fn renew(&mut self, slot: Slot) -> Id {
        let id = self.create();
        self.put(slot, id);
        id
    }

    /// Puts a promise into a slot, and drops the one that was there.
    pub(super) fn put(&mut self, slot: Slot, id: Id) {
        let Some(held) = self.slots.get_mut(usize::from(slot)) else { return };
        let old = core::mem::replace(held, id);
        if let Some(promise) = self.get(id) {
            promise.dropped = false;
        }
        if let Some(promise) = self.get(old).filter(|_| old != id) {
            promise.dropped = true;
            if promise.settled {
                self.forget(old);
            }
        }
    }

    fn create(&mut self) -> Id {
        let index = self.free.pop().unwrap_or(self.all.len() as u32);
        let Some(promise) = self.all.get(index as usize) else {
            self.all.push(Promise::default());
            return Id { index, generation: 0 };
        };
        Id { index, generation: promise.generation }
    }

    /// A new pending promise in no slot.
    pub(super) fn unnamed(&mut self) -> Id {
        let id = self.create();
        if let Some(promise) = self.get(id) {
            promise.dropped = true;
        }
        id
    }

    /// A promise that isn't forgotten.
    fn get(&mut self, id: Id) -> Option<&mut Promise> {
        self.all.get_mut(id.index as usize).filter(|promise| promise.generation == id.generation)
    }

    /// Its place is free for another one.
    fn forget(&mut self, id: Id) {
        if let Some(promise) = self.get(id) {
            *promise = Promise { generation: promise.generation.wrapping_add(1), ..Promise::default() };
            self.free.push(id.index);
        }
    }

    /// Whether it is settled.
    pub(super) fn is_settled(&self, id: Id) -> bool {
        let promise = self.all.get(id.index as usize).filter(|promise| promise.generation == id.generation);
        promise.is_none_or(|promise| promise.settled)
    }

    /// `then`: the job is queued when the promise is settled, now if it is.
    pub(super) fn then(&mut self, on: Id, job: Job, microtasks: &mut VecDeque<Job>) {
        match self.get(on) {
            Some(promise) if !promise.settled => promise.reactions.push(job),
            _ => microtasks.push_back(job),
        }
    }

    /// Resolves a promise, with another one that it follows if there is one.
    pub(super) fn resolve(&mut self, id: Id, with: Option<Id>, microtasks: &mut VecDeque<Job>) {
        let Some(promise) = self.get(id).filter(|promise| !promise.resolved) else { return };
        promise.resolved = true;
        match with {
            // A promise can't wait for itself: it is rejected, and rejections set off nothing here.
            Some(other) if other == id => {}
            Some(other) => microtasks.push_back(Job::Follow(id, other)),
            None => self.settle(id, microtasks),
        }
    }

    /// It is settled: whoever waits for it is queued.
    pub(super) fn settle(&mut self, id: Id, microtasks: &mut VecDeque<Job>) {
        let Some(promise) = self.get(id) else { return };
        promise.settled = true;
        microtasks.extend(promise.reactions.drain(..));
        if promise.dropped {
            self.forget(id);
        }
    }
}
