//! The event queue: a 4-ary heap in a total order, with cancellation.

/// A scheduled event, for cancelling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(u64);

/// Bits of a key's second word that name the slot; the others are the sequence number.
///
/// 2^24 events can be pending at once and 2^40 be scheduled in a run: at 16 M a second, 19 hours of computing.
const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

/// Orders by time, then by sequence number (its upper bits; the slot below them never decides, as no two are equal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    time: u64,
    order: u64,
}

/// A slot is free, or holds the event whose key names it. A cancelled event's key stays in the heap, an orphan, until
/// it comes up or the heap is swept.
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
    heap: Vec<Key>,
    slots: Vec<Slot<E>>,
    free: Vec<u32>,
    scheduled: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self { heap: Vec::new(), slots: Vec::new(), free: Vec::new(), scheduled: 0 }
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
        self.heap.push(Key { time, order });
        self.sift_up(self.heap.len() - 1);
        Handle(order)
    }

    /// Takes the first event whose time is before `before`.
    #[inline]
    pub fn pop_before(&mut self, before: u64) -> Option<(u64, E)> {
        loop {
            let first = *self.heap.first()?;
            if first.time >= before {
                return None;
            }
            self.remove_first();
            if let Some(event) = self.take(first.order) {
                return Some((first.time, event));
            }
        }
    }

    /// Takes a scheduled event back. `None` if it has happened or was cancelled before.
    pub fn cancel(&mut self, handle: Handle) -> Option<E> {
        let event = self.take(handle.0)?;
        // Sweep once orphans are the majority, so that cancelling stays cheap and memory bounded.
        if self.heap.len() > 64 && self.heap.len() > 2 * self.len() {
            let slots = &self.slots;
            self.heap.retain(|key| slots[(key.order & SLOT_MASK) as usize].order == key.order);
            for at in (0..self.heap.len() / 4 + 1).rev() {
                self.sift_down(at);
            }
        }
        Some(event)
    }

    /// Time of the first pending event, in nanoseconds.
    pub fn next_time(&self) -> Option<u64> {
        // Orphans at the front are rare: looking further only when there is one keeps this a read.
        let live = |key: &&Key| self.slots[(key.order & SLOT_MASK) as usize].order == key.order;
        match self.heap.first() {
            Some(key) if live(&key) => Some(key.time),
            _ => self.heap.iter().filter(live).min().map(|key| key.time),
        }
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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

    #[inline]
    fn sift_up(&mut self, mut at: usize) {
        let key = self.heap[at];
        while at > 0 {
            let parent = (at - 1) / 4;
            if self.heap[parent] <= key {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = key;
    }

    #[inline]
    fn remove_first(&mut self) {
        let last = self.heap.pop().expect("called with a first key");
        if !self.heap.is_empty() {
            self.heap[0] = last;
            self.sift_down(0);
        }
    }

    #[inline]
    fn sift_down(&mut self, mut at: usize) {
        let heap = &mut self.heap[..];
        let Some(&key) = heap.get(at) else { return };
        loop {
            let first = 4 * at + 1;
            let Some(children) = heap.get(first..(first + 4).min(heap.len())) else { break };
            let Some((offset, &least)) = children.iter().enumerate().min_by_key(|(_, key)| **key) else {
                break;
            };
            if key <= least {
                break;
            }
            heap[at] = least;
            at = first + offset;
        }
        heap[at] = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        /// The plain list that the heap must agree with: (time, sequence), smallest first.
        #[test]
        fn agrees_with_a_sorted_list(ops in prop::collection::vec(op(), 0..400)) {
            let mut queue = EventQueue::default();
            let mut list: Vec<(u64, u64, Handle)> = Vec::new();
            let mut handles = Vec::new();
            for (n, op) in ops.into_iter().enumerate() {
                let n = n as u64;
                match op {
                    Op::Push(time) => {
                        let handle = queue.push(time, n);
                        handles.push(handle);
                        list.push((time, n, handle));
                    }
                    Op::Pop(before) => {
                        let expected = list.iter().filter(|e| e.0 < before).min_by_key(|e| (e.0, e.1)).copied();
                        list.retain(|e| Some(e.2) != expected.map(|e| e.2));
                        prop_assert_eq!(queue.pop_before(before), expected.map(|e| (e.0, e.1)));
                    }
                    Op::Cancel(which) if !handles.is_empty() => {
                        let handle = handles[which % handles.len()];
                        let expected = list.iter().find(|e| e.2 == handle).map(|e| e.1);
                        list.retain(|e| e.2 != handle);
                        prop_assert_eq!(queue.cancel(handle), expected);
                    }
                    Op::Cancel(_) => {}
                }
                prop_assert_eq!(queue.len(), list.len());
                prop_assert_eq!(queue.next_time(), list.iter().map(|e| e.0).min());
            }
        }
    }
}
