//! A small machine: threads that load, add and store over shared memory, with locks, compare-and-swap and store buffers.
//!
//! Memory is sequentially consistent, or x86-TSO (Sewell et al.: x86-TSO, 2010): each thread's stores go through a buffer of
//! its own, first in, first out; a load takes the thread's own newest buffered store of a variable, if there is one, else
//! what memory has; a fence and every locked instruction wait until the thread's own buffer is empty, and change memory at
//! once. When the oldest store of a buffer reaches memory is a step of its own: buffers are numbered after the threads.
//!
//! ```
//! use engine::parts::program::{Machine, Op, SmallState};
//!
//! // Two threads add one to variable 0. B loads before A has stored, and A's update is lost.
//! const CODE: &[Op] = &[Op::Load(0), Op::Add(1), Op::Store(0)];
//! let mut machine = Machine::new(&[CODE, CODE], 0..3, 1, false);
//! for thread in [0, 1, 0, 0, 1, 1] {
//!     machine = machine.step(thread).unwrap();
//! }
//! assert_eq!((machine.value(0), machine.stored(0)), (1, 2));
//! assert_eq!(machine.line(0), None);
//! ```

use super::explored::SmallState;
use super::{
    about_waits_for, about_waits_for_buffer, does_add, does_fence, does_load, does_lock, does_skip,
    does_spin, does_store, does_swap, does_unlock, step_buffered, step_drained, step_passed, step_read,
    step_register, step_wrote,
};
use crate::sim::{Entity, Msg};
use core::ops::Range;

/// Most variables that there are.
const VARIABLES: usize = 8;

/// What an instruction does. Variables are numbers below eight; each thread has one register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// The register is the variable.
    Load(u8),
    /// The register is so much more.
    Add(u8),
    /// The variable is the register.
    Store(u8),
    /// The variable is this.
    Set(u8, u8),
    /// The variable is the register if it still is what was loaded last, else the thread goes on so many lines from here.
    /// Locked.
    CompareAndSwap(u8, i8),
    /// The thread goes on so many lines from here if the variable is this.
    Skip(u8, u8, i8),
    /// Takes a lock, a variable that is zero while it is free, or waits for it. Locked.
    Lock(u8),
    /// The same, but a thread that waits runs this instruction again and again.
    Spin(u8),
    /// Frees it. Locked.
    Unlock(u8),
    /// Waits until the thread's stores have reached memory.
    Fence,
}

impl Op {
    /// The variable that it is about; the first for those that are about none.
    fn variable(self) -> u8 {
        match self {
            Self::Load(it)
            | Self::Store(it)
            | Self::Set(it, _)
            | Self::CompareAndSwap(it, _)
            | Self::Skip(it, ..)
            | Self::Lock(it)
            | Self::Spin(it)
            | Self::Unlock(it) => it,
            Self::Add(_) | Self::Fence => 0,
        }
    }

    /// What it does, given the variables' names.
    pub fn does(self, names: &[&str]) -> Msg {
        let name = names.get(usize::from(self.variable())).copied().unwrap_or_default().to_owned();
        match self {
            Self::Load(_) => does_load(name),
            Self::Add(_) => does_add(),
            Self::Store(_) | Self::Set(..) => does_store(name),
            Self::CompareAndSwap(..) => does_swap(name),
            Self::Skip(..) => does_skip(name),
            Self::Lock(_) => does_lock(name),
            Self::Spin(_) => does_spin(name),
            Self::Unlock(_) => does_unlock(name),
            Self::Fence => does_fence(),
        }
    }
}

/// A thread of a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineThread {
    /// Its code.
    pub code: &'static [Op],
    /// The line that it runs next; past its code it has finished.
    pub line: u8,
    /// How often it still runs the lines that are repeated.
    left: u8,
    /// What it loaded last, and its register.
    pub loaded: u8,
    /// See `loaded`.
    pub register: u8,
    /// Stores that have not reached memory, the oldest first: variable and value.
    pub buffer: Vec<(u8, u8)>,
}

/// Memory and threads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Machine {
    /// The variables. A lock that is taken is the number of its thread, counted from one.
    memory: [u8; VARIABLES],
    /// How many stores of each have reached memory.
    stores: [u8; VARIABLES],
    /// The threads.
    pub threads: Vec<MachineThread>,
    repeated: (u8, u8),
    buffered: bool,
}

impl Machine {
    /// Threads that run this code, in which the lines `repeated` are run so many times. `buffered` is whether they have
    /// store buffers. All variables are zero.
    pub fn new(code: &[&'static [Op]], repeated: Range<u8>, times: u8, buffered: bool) -> Self {
        let thread = |&code: &&'static [Op]| MachineThread {
            code,
            line: 0,
            left: times,
            loaded: 0,
            register: 0,
            buffer: Vec::new(),
        };
        Self {
            memory: [0; VARIABLES],
            stores: [0; VARIABLES],
            threads: code.iter().map(thread).collect(),
            repeated: (repeated.start, repeated.end),
            buffered,
        }
    }

    /// The instruction that a thread runs next, if it hasn't finished.
    pub fn op(&self, thread: u32) -> Option<Op> {
        let thread = self.threads.get(thread as usize)?;
        thread.code.get(usize::from(thread.line)).copied()
    }

    /// What a thread reads in a variable: its own newest buffered store first.
    pub fn reads(&self, thread: u32, variable: u8) -> u8 {
        let own = self.threads[thread as usize].buffer.iter().rev().find(|(at, _)| *at == variable);
        own.map_or(self.memory[usize::from(variable)], |(_, value)| *value)
    }

    /// What memory has.
    pub fn value(&self, variable: u8) -> u32 {
        self.memory[usize::from(variable)].into()
    }

    /// How many stores of a variable have reached memory.
    pub fn stored(&self, variable: u8) -> u32 {
        self.stores[usize::from(variable)].into()
    }

    /// Whether an instruction waits for the thread's own buffer.
    fn is_locked(op: Op) -> bool {
        matches!(op, Op::CompareAndSwap(..) | Op::Lock(_) | Op::Spin(_) | Op::Unlock(_) | Op::Fence)
    }

    /// What a thread that can't run waits for: its own buffer, or a lock; `None` if it waits for neither. `thread` is the
    /// figure's entity of a thread.
    pub fn waits_for(&self, n: u32, thread: impl Fn(u32) -> Entity) -> Option<Msg> {
        let op = self.op(n)?;
        let holder = |lock: u8| (self.reads(n, lock) != 0).then(|| u32::from(self.reads(n, lock)) - 1);
        match op {
            _ if Self::is_locked(op) && !self.threads[n as usize].buffer.is_empty() => {
                Some(about_waits_for_buffer())
            }
            Op::Lock(lock) => holder(lock).map(|holder| about_waits_for(thread(holder))),
            _ => None,
        }
    }

    /// What a step did that led from this state to another. `code` is how it is written, and `cell` how a variable with a
    /// value is.
    pub fn did(&self, is: &Self, n: u32, code: &str, cell: impl Fn(u8, u8) -> String) -> Msg {
        let code = code.trim().to_owned();
        let Some(op) = self.op(n) else {
            let buffer = self.threads.get(n as usize - self.threads.len()).and_then(|it| it.buffer.first());
            let written = buffer.map(|&(variable, value)| cell(variable, value));
            return step_drained(written.unwrap_or_default());
        };
        let (was, now) = (&self.threads[n as usize], &is.threads[n as usize]);
        match op {
            Op::Add(_) => step_register(code, now.register.into()),
            Op::Fence => step_passed(code),
            _ => {
                let variable = op.variable();
                if is.stored(variable) > self.stored(variable) {
                    step_wrote(code, cell(variable, is.memory[usize::from(variable)]))
                } else if let Some(&(variable, value)) = now.buffer.get(was.buffer.len()) {
                    step_buffered(code, cell(variable, value))
                } else {
                    step_read(code, cell(variable, self.reads(n, variable)))
                }
            }
        }
    }

    /// A store that waits in a buffer goes to memory.
    fn drained(mut self, thread: usize) -> Option<Self> {
        let buffer = &mut self.threads.get_mut(thread)?.buffer;
        let (variable, value) = (!buffer.is_empty()).then(|| buffer.remove(0))?;
        self.memory[usize::from(variable)] = value;
        self.stores[usize::from(variable)] += 1;
        Some(self)
    }
}

impl SmallState for Machine {
    fn line(&self, thread: u32) -> Option<u32> {
        // A buffer has one line.
        if thread as usize >= self.threads.len() {
            Some(0)
        } else {
            self.op(thread).map(|_| self.threads[thread as usize].line.into())
        }
    }

    fn step(&self, n: u32) -> Option<Self> {
        let (mut is, at) = (self.clone(), n as usize);
        if let Some(buffer) = at.checked_sub(self.threads.len()) {
            return is.drained(buffer);
        }
        let (op, me) = (self.op(n)?, &mut is.threads[at]);
        let locked = Self::is_locked(op);
        if locked && !me.buffer.is_empty() {
            return None;
        }
        let reads = |variable| self.reads(n, variable);
        let mut by = 1;
        let store = match op {
            Op::Lock(lock) if reads(lock) != 0 => return None,
            Op::Spin(lock) if reads(lock) != 0 => return Some(is),
            Op::Lock(lock) | Op::Spin(lock) => Some((lock, n as u8 + 1)),
            Op::Unlock(lock) => Some((lock, 0)),
            Op::Store(variable) => Some((variable, me.register)),
            Op::Set(variable, value) => Some((variable, value)),
            Op::CompareAndSwap(variable, _) if reads(variable) == me.loaded => Some((variable, me.register)),
            Op::CompareAndSwap(_, back) => {
                by = back;
                None
            }
            Op::Skip(variable, value, lines) => {
                by = if reads(variable) == value { lines } else { 1 };
                None
            }
            Op::Load(variable) => {
                (me.loaded, me.register) = (reads(variable), reads(variable));
                None
            }
            Op::Add(more) => {
                me.register += more;
                None
            }
            Op::Fence => None,
        };
        me.line = me.line.saturating_add_signed(by);
        if me.line == self.repeated.1 && me.left > 1 {
            (me.line, me.left) = (self.repeated.0, me.left - 1);
        }
        me.buffer.extend(store);
        if self.buffered && !locked { Some(is) } else { Some(is.clone().drained(at).unwrap_or(is)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Schedules;
    use super::*;

    const X: u8 = 0;
    const M: u8 = 1;
    const FLAGS: [u8; 2] = [2, 3];
    const TURN: u8 = 4;

    /// What comes of all schedules: how many there are, and how many of them are wrong; and the states.
    fn all(machine: &Machine, wrong: fn(&Machine) -> bool) -> (f64, f64, Option<u32>) {
        let parties = 2 * machine.threads.len() as u32;
        let next = |machine: &Machine| (0..parties).filter_map(|n| machine.step(n)).collect();
        let ahead = Schedules::explore(machine.clone(), next, wrong).unwrap().from(machine).unwrap();
        (ahead.all, ahead.wrong, ahead.nearest)
    }

    fn lost(machine: &Machine) -> bool {
        machine.stored(X) > machine.value(X)
    }

    const PLAIN: &[Op] = &[Op::Load(X), Op::Add(1), Op::Store(X)];

    #[test]
    fn without_a_lock_only_the_serial_schedules_keep_every_update() {
        for (threads, times, expected) in
            [(2, 1, (20.0, 18.0)), (3, 1, (1680.0, 1674.0)), (2, 2, (924.0, 918.0))]
        {
            let machine = Machine::new(&vec![PLAIN; threads], 0..3, times, false);
            let (schedules, wrong, nearest) = all(&machine, lost);
            assert_eq!((schedules, wrong), expected, "{threads} threads, {times} times");
            // A loads, B does all of its work, A adds and stores; or A and B in step, which is as long.
            assert_eq!(nearest, Some(6));
        }
    }

    #[test]
    fn a_lock_or_compare_and_swap_leaves_no_wrong_schedule() {
        const MUTEX: &[Op] = &[Op::Lock(M), Op::Load(X), Op::Add(1), Op::Store(X), Op::Unlock(M)];
        const SPIN: &[Op] = &[Op::Spin(M), Op::Load(X), Op::Add(1), Op::Store(X), Op::Set(M, 0)];
        const SWAP: &[Op] = &[Op::Load(X), Op::Add(1), Op::CompareAndSwap(X, -2)];
        for (code, serial) in [(MUTEX, true), (SPIN, true), (SWAP, false)] {
            for buffered in [false, true] {
                let (schedules, wrong, _) =
                    all(&Machine::new(&[code; 2], 0..code.len() as u8, 2, buffered), lost);
                assert_eq!(wrong, 0.0);
                // A lock leaves the serial schedules, 4! / (2! 2!), if a spin lock's release is seen at once.
                let only_serial = serial && !(buffered && code == SPIN);
                assert_eq!(schedules == 6.0, only_serial, "{code:?}: {schedules}");
            }
        }
    }

    #[test]
    fn lines_that_are_repeated_can_be_within_a_lock() {
        const WHOLE: &[Op] = &[Op::Lock(M), Op::Load(X), Op::Add(1), Op::Store(X), Op::Unlock(M)];
        assert_eq!(all(&Machine::new(&[WHOLE; 2], 1..4, 2, false), lost), (2.0, 0.0, None));
    }

    /// Peterson's algorithm; both threads are inside at line `inside`.
    fn peterson(fence: Option<usize>, buffered: bool) -> Option<u32> {
        let code = |me: usize| {
            let (mine, others, other) = (FLAGS[me], FLAGS[1 - me], 1 - me as u8);
            let mut code = vec![
                Op::Set(mine, 1),
                Op::Set(TURN, other),
                Op::Skip(others, 0, 2),
                Op::Skip(TURN, other, -1),
                Op::Add(0),
                Op::Set(mine, 0),
            ];
            fence.inspect(|&at| code.insert(at, Op::Fence));
            &*code.leak()
        };
        let inside = |machine: &Machine| (0..2).all(|n| machine.op(n) == Some(Op::Add(0)));
        all(&Machine::new(&[code(0), code(1)], 0..0, 1, buffered), inside).2
    }

    #[test]
    fn petersons_algorithm_needs_a_fence_after_its_stores_where_there_are_store_buffers() {
        assert_eq!(peterson(None, false), None);
        // Both raise their flags, give way, and look past the other's buffer.
        assert_eq!(peterson(None, true), Some(6));
        assert!(peterson(Some(1), true).is_some());
        assert_eq!(peterson(Some(2), true), None);
    }

    #[test]
    fn the_litmus_tests_of_x86_come_out_as_they_should() {
        const MP: [&[Op]; 2] = [&[Op::Set(0, 1), Op::Set(1, 1)], &[Op::Skip(1, 0, 3), Op::Load(0)]];
        // Store buffering: both loads may read zero with buffers, and never without.
        const SB: [&[Op]; 2] = [&[Op::Set(0, 1), Op::Load(1)], &[Op::Set(1, 1), Op::Load(0)]];
        let both_zero =
            |it: &Machine| (0..2).all(|n| it.op(n).is_none() && it.threads[n as usize].loaded == 0);
        assert_eq!(all(&Machine::new(&SB, 0..0, 1, false), both_zero).2, None);
        assert_eq!(all(&Machine::new(&SB, 0..0, 1, true), both_zero).2, Some(4));
        // Message passing: who sees the second store sees the first.
        let stale = |it: &Machine| it.threads[1].line == 2 && it.threads[1].loaded == 0;
        assert_eq!(all(&Machine::new(&MP, 0..0, 1, true), stale).2, None);
        // A thread reads its own store before others can.
        let machine = Machine::new(&SB, 0..0, 1, true).step(0).unwrap();
        assert_eq!((machine.reads(0, 0), machine.reads(1, 0), machine.memory[0]), (1, 0, 0));
        assert_eq!(machine.step(2).unwrap().reads(1, 0), 1);
        assert!(machine.step(3).is_none());
    }
}
