//! The event queue: a total order of time, then sequence, with cancellation.

use super::heap::{Heap, Key};
use super::later::Later;

/// A scheduled event, for cancelling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(u64);

/// Bits of a key's second word that name the slot; the others are the sequence number.
///
/// 2^24 events can be pending at once and 2^40 be scheduled in a run: at 16 M a second, 19 hours of computing.
const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
/// Keys that the heap may hold before all are laid out by time.
const HEAP_LIMIT: usize = 4_096;

/// A slot is free, or holds the event whose key names it. A cancelled event's key stays in the order, an orphan, until
/// it comes up or the orphans are swept.
#[derive(Clone, Debug)]
struct Slot<E> {
    order: u64,
    event: Option<E>,
}

/// Pending events in the order of time, and of scheduling where times are equal.
///
/// Keys are small and move; events stay in their slots. `Clone` copies both.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    /// Keys due soon, and those due later.
    heap: Heap,
    later: Later,
    /// Keys aren't laid out anew before so many were scheduled: laying out n waits for n more.
    lay_out_from: u64,
    slots: Vec<Slot<E>>,
    free: Vec<u32>,
    scheduled: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        let (heap, later, slots, free) = (Heap::default(), Later::default(), Vec::new(), Vec::new());
        Self { heap, later, lay_out_from: 0, slots, free, scheduled: 0 }
    }
}

impl<E> EventQueue<E> {
    /// Adds an event at `time` (nanoseconds), behind all that were scheduled for the same time before.
    #[inline]
    pub fn push(&mut self, time: u64, event: E) -> Handle {
        let slot = if let Some(slot) = self.free.pop() {
            slot
        } else {
            assert!(self.slots.len() < SLOT_MASK as usize, "more than 2^24 events pending");
            self.slots.push(Slot { order: 0, event: None });
            (self.slots.len() - 1) as u32
        };
        let order = (self.scheduled << SLOT_BITS) | u64::from(slot);
        self.scheduled += 1;
        self.slots[slot as usize] = Slot { order, event: Some(event) };
        let key = Key::new(time, order);
        if time > self.later.after() {
            self.later.push(key);
        } else {
            self.heap.push(key);
            if self.heap.len() > HEAP_LIMIT {
                self.lay_out();
            }
        }
        Handle(order)
    }

    /// Takes the first event whose time is before `before`.
    #[inline]
    pub fn pop_before(&mut self, before: u64) -> Option<(u64, E)> {
        loop {
            let Some(first) = self.heap.first() else {
                if self.later.pour(&mut self.heap) {
                    continue;
                }
                return None;
            };
            if first.time() >= before {
                return None;
            }
            self.heap.take_first();
            if let Some(event) = self.take(first.order()) {
                return Some((first.time(), event));
            }
        }
    }

    /// Takes a scheduled event back. `None` if it has happened or was cancelled before.
    pub fn cancel(&mut self, handle: Handle) -> Option<E> {
        let event = self.take(handle.0)?;
        // Sweep once orphans are the majority, so that cancelling stays cheap and memory bounded.
        let keys = self.heap.len() + self.later.len();
        if keys > 64 && keys > 2 * self.len() {
            let live = self.live();
            self.heap.clear();
            self.later.clear();
            for key in live {
                self.heap.push(key);
            }
        }
        Some(event)
    }

    /// Time of the first pending event, in nanoseconds.
    pub fn next_time(&self) -> Option<u64> {
        // That the first was just taken or cancelled is rare: looking further only then keeps this a read.
        let first = self.heap.peek().filter(|key| self.is_live(*key));
        first.or_else(|| self.live().into_iter().min()).map(Key::time)
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys of pending events, in no order.
    fn live(&self) -> Vec<Key> {
        let mut keys = Vec::with_capacity(self.heap.len() + self.later.len());
        self.heap.list(&mut keys);
        self.later.list(&mut keys);
        keys.retain(|key| self.is_live(*key));
        keys
    }

    fn is_live(&self, key: Key) -> bool {
        self.slots[(key.order() & SLOT_MASK) as usize].order == key.order()
    }

    #[inline]
    fn take(&mut self, order: u64) -> Option<E> {
        let slot = (order & SLOT_MASK) as u32;
        let held = self.slots.get_mut(slot as usize).filter(|held| held.order == order)?;
        let event = held.event.take()?;
        held.order = u64::MAX;
        self.free.push(slot);
        Some(event)
    }

    /// Keeps the heap small: what is not due soon is put into buckets.
    #[cold]
    #[inline(never)]
    fn lay_out(&mut self) {
        if self.scheduled < self.lay_out_from {
            return;
        }
        let keys = self.live();
        self.lay_out_from = self.scheduled + keys.len() as u64;
        self.heap.clear();
        self.later.clear();
        self.later.spread(keys);
        self.later.pour(&mut self.heap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use crate::sim::{Draws, Entity, Purpose};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[derive(Clone, Debug)]
    enum Op {
        Push(u64),
        Pop(u64),
        Cancel(usize),
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            4 => (0..50u64).prop_map(Op::Push),
            2 => (0..60u64).prop_map(Op::Pop),
            3 => any::<usize>().prop_map(Op::Cancel),
        ]
    }

    /// Does the same to a queue and to the plain list that it must agree with: (time, sequence), smallest first.
    fn agree(ops: impl IntoIterator<Item = Op>, look_every: u64) -> Result<(), TestCaseError> {
        let mut queue = EventQueue::default();
        let mut list = BTreeSet::new();
        let mut handles = Vec::new();
        for (n, op) in ops.into_iter().enumerate() {
            let n = n as u64;
            match op {
                Op::Push(time) => {
                    handles.push((queue.push(time, n), time, n));
                    list.insert((time, n));
                }
                Op::Pop(before) => {
                    let first = list.first().copied().filter(|key: &(u64, u64)| key.0 < before);
                    first.map(|key| list.remove(&key));
                    prop_assert_eq!(queue.pop_before(before), first);
                }
                Op::Cancel(which) if !handles.is_empty() => {
                    let (handle, time, n) = handles[which % handles.len()];
                    prop_assert_eq!(queue.cancel(handle), list.remove(&(time, n)).then_some(n));
                }
                Op::Cancel(_) => {}
            }
            prop_assert_eq!(queue.len(), list.len());
            if n.is_multiple_of(look_every) {
                prop_assert_eq!(queue.next_time(), list.first().map(|key| key.0));
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn agrees_with_a_sorted_list(ops in prop::collection::vec(op(), 0..400)) {
            agree(ops, 1)?;
        }

        /// So many that most are laid out for later: even and uneven times, ties, and the end of time.
        #[test]
        fn agrees_with_a_sorted_list_when_it_is_long(seed: u64, skew in 0..60_u32) {
            let mut draws = Draws::new(seed, Purpose::named("ops"), Entity::new(0, 0));
            let mut now = 0;
            let ops = (0..40_000).map(|n| {
                let ahead = (draws.bits() >> 4) >> (draws.below(skew + 1));
                match draws.below(if n < 15_000 { 20 } else { 60 }) {
                    0 => Op::Push(u64::MAX),
                    1 => Op::Cancel(draws.bits() as usize >> 8),
                    2..20 => Op::Push(u64::saturating_add(now, ahead)),
                    _ => {
                        now = now.max(ahead >> 8);
                        Op::Pop(u64::MAX)
                    }
                }
            });
            agree(ops, 997)?;
        }
    }
}
