//! Keys in lists, each from its newest to its oldest: what every eviction policy is made of.

use std::hash::{Hash, Hasher};

/// No place.
const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
struct Node {
    key: u64,
    newer: u32,
    older: u32,
    list: u8,
    uses: u32,
}

#[derive(Clone, Copy, Debug)]
struct List {
    newest: u32,
    oldest: u32,
    len: u32,
}

/// Keys, each in exactly one of a few doubly linked lists and with a number that its policy counts in. A key is found
/// by a table with open addressing, whose order is never seen; everything takes constant time.
///
/// A key's *place* is valid until the key is removed.
#[derive(Clone, Debug)]
pub(super) struct Entries {
    nodes: Vec<Node>,
    /// The first free node; the others follow through `older`.
    free: u32,
    /// Places plus one, where the key's hash says or in the next free slot; zero is free. At most half are taken.
    table: Vec<u32>,
    lists: Vec<List>,
    len: u32,
}

impl Entries {
    /// No keys, in so many lists.
    pub(super) fn new(lists: usize) -> Self {
        let empty = List { newest: NONE, oldest: NONE, len: 0 };
        Self { nodes: Vec::new(), free: NONE, table: Vec::new(), lists: vec![empty; lists], len: 0 }
    }

    /// How many keys a list holds.
    pub(super) fn len_of(&self, list: u8) -> u32 {
        self.lists[usize::from(list)].len
    }

    /// Where a key is.
    pub(super) fn find(&self, key: u64) -> Option<u32> {
        if self.table.is_empty() { None } else { self.table[self.slot(key)].checked_sub(1) }
    }

    /// Where a key is, if it is in one of the first `lists` lists.
    pub(super) fn find_in(&self, lists: u8, key: u64) -> Option<u32> {
        self.find(key).filter(|&place| self.list_of(place) < lists)
    }

    pub(super) fn key(&self, place: u32) -> u64 {
        self.nodes[place as usize].key
    }

    pub(super) fn list_of(&self, place: u32) -> u8 {
        self.nodes[place as usize].list
    }

    pub(super) fn uses(&self, place: u32) -> u32 {
        self.nodes[place as usize].uses
    }

    pub(super) fn set_uses(&mut self, place: u32, uses: u32) {
        self.nodes[place as usize].uses = uses;
    }

    /// The oldest of a list.
    pub(super) fn oldest(&self, list: u8) -> Option<u32> {
        some(self.lists[usize::from(list)].oldest)
    }

    /// The next newer one of the same list.
    pub(super) fn newer(&self, place: u32) -> Option<u32> {
        some(self.nodes[place as usize].newer)
    }

    /// Adds a key that is not there as the newest of a list.
    pub(super) fn push(&mut self, list: u8, key: u64, uses: u32) -> u32 {
        if 2 * (self.len as usize + 1) > self.table.len() {
            self.grow();
        }
        let node = Node { key, newer: NONE, older: NONE, list, uses };
        let place = self.free;
        let place = if place == NONE {
            self.nodes.push(node);
            self.nodes.len() as u32 - 1
        } else {
            self.free = self.nodes[place as usize].older;
            self.nodes[place as usize] = node;
            place
        };
        let slot = self.slot(key);
        self.table[slot] = place + 1;
        self.len += 1;
        self.link(place, list);
        place
    }

    /// Makes a key the newest of a list, its own or another.
    pub(super) fn renew(&mut self, place: u32, list: u8) {
        self.unlink(place);
        self.link(place, list);
    }

    /// Removes a key and returns it.
    pub(super) fn remove(&mut self, place: u32) -> u64 {
        self.unlink(place);
        let key = self.key(place);
        self.vacate(self.slot(key));
        self.nodes[place as usize].older = self.free;
        self.free = place;
        self.len -= 1;
        key
    }

    /// Removes the oldest key of a list and returns it.
    pub(super) fn pop(&mut self, list: u8) -> Option<u64> {
        self.oldest(list).map(|place| self.remove(place))
    }

    /// Bytes that this takes.
    pub(super) fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<Node>() + self.table.len() * size_of::<u32>()
    }

    fn link(&mut self, place: u32, list: u8) {
        let ends = &mut self.lists[usize::from(list)];
        let second = core::mem::replace(&mut ends.newest, place);
        ends.len += 1;
        if second == NONE {
            ends.oldest = place;
        } else {
            self.nodes[second as usize].newer = place;
        }
        let node = &mut self.nodes[place as usize];
        (node.newer, node.older, node.list) = (NONE, second, list);
    }

    fn unlink(&mut self, place: u32) {
        let Node { newer, older, list, .. } = self.nodes[place as usize];
        let ends = &mut self.lists[usize::from(list)];
        ends.len -= 1;
        match some(newer) {
            Some(newer) => self.nodes[newer as usize].older = older,
            None => ends.newest = older,
        }
        match some(older) {
            Some(older) => self.nodes[older as usize].newer = newer,
            None => ends.oldest = newer,
        }
    }

    fn home(&self, key: u64) -> usize {
        // The upper half of the product depends on all bits.
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & (self.table.len() - 1)
    }

    /// The slot that has the key, or the free one where it would stand.
    fn slot(&self, key: u64) -> usize {
        let mut slot = self.home(key);
        while let Some(place) = self.table[slot].checked_sub(1) {
            if self.key(place) == key {
                break;
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
        slot
    }

    /// Frees a slot; those behind it that it kept from their own move up (Knuth, vol. 3, algorithm 6.4 R).
    fn vacate(&mut self, mut gap: usize) {
        let last = self.table.len() - 1;
        let mut next = gap;
        loop {
            next = (next + 1) & last;
            let Some(place) = self.table[next].checked_sub(1) else { break };
            let home = self.home(self.key(place));
            // It may stand anywhere from its home on: does the gap lie there?
            if (next.wrapping_sub(home) & last) >= (next.wrapping_sub(gap) & last) {
                self.table[gap] = place + 1;
                gap = next;
            }
        }
        self.table[gap] = 0;
    }

    fn grow(&mut self) {
        self.table = vec![0; (2 * self.table.len()).max(16)];
        for list in 0..self.lists.len() {
            let mut at = self.oldest(list as u8);
            while let Some(place) = at {
                let slot = self.slot(self.key(place));
                self.table[slot] = place + 1;
                at = self.newer(place);
            }
        }
    }
}

/// By what the lists hold, in their order; where it stands in memory makes no difference.
impl Hash for Entries {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for list in 0..self.lists.len() as u8 {
            self.len_of(list).hash(state);
            let mut at = self.oldest(list);
            while let Some(place) = at {
                (self.key(place), self.uses(place)).hash(state);
                at = self.newer(place);
            }
        }
    }
}

fn some(place: u32) -> Option<u32> {
    (place != NONE).then_some(place)
}
