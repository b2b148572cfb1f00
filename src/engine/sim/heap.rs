//! Keys of pending events in the order of time: a 4-ary heap.

/// Time in the upper 64 bits, then sequence number, then slot: one comparison orders by time and, where times are equal,
/// by sequence. The slot never decides, as no two sequence numbers are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    /// Behind every event's key.
    pub const NONE: Self = Self(u128::MAX);

    #[inline]
    pub fn new(time: u64, order: u64) -> Self {
        Self(u128::from(time) << 64 | u128::from(order))
    }
    #[inline]
    pub fn time(self) -> u64 {
        (self.0 >> 64) as u64
    }
    /// Sequence number and slot.
    #[inline]
    pub fn order(self) -> u64 {
        self.0 as u64
    }
}

/// The four children of a key, in one line of the cache; those that aren't there are [`Key::NONE`].
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Quad([Key; 4]);

impl Quad {
    /// The least of the four and its place, without a branch that can't be foreseen.
    #[inline]
    fn least(&self) -> (usize, Key) {
        let [a, b, c, d] = self.0;
        let left = if b < a { (1, b) } else { (0, a) };
        let right = if d < c { (3, d) } else { (2, c) };
        if right.1 < left.1 { right } else { left }
    }
}

/// A heap whose first key stands apart; the others are numbered from zero, and key n has its children in quad n + 1.
///
/// When the first is taken, its place stays vacant for a moment: an event usually schedules another, which then goes
/// there and spares moving the last key up.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    /// Meaningless while the place is vacant.
    first: Key,
    vacant: bool,
    quads: Vec<Quad>,
    /// Keys in the quads.
    keys: usize,
}

impl Default for Heap {
    fn default() -> Self {
        Self { first: Key::NONE, vacant: true, quads: Vec::new(), keys: 0 }
    }
}

impl Heap {
    /// How many keys.
    #[inline]
    pub fn len(&self) -> usize {
        self.keys + usize::from(!self.vacant)
    }

    #[inline]
    pub fn push(&mut self, key: Key) {
        if self.vacant {
            self.put_first(key);
        } else if key < self.first {
            let first = core::mem::replace(&mut self.first, key);
            self.append(first);
        } else {
            self.append(key);
        }
    }

    /// The first key; moves one there if the place is vacant.
    #[inline]
    pub fn first(&mut self) -> Option<Key> {
        if self.vacant {
            let last = self.remove_last()?;
            self.put_first(last);
        }
        Some(self.first)
    }

    /// Takes the first key, which [`Heap::first`] has just told.
    #[inline]
    pub fn take_first(&mut self) {
        self.vacant = true;
    }

    /// The first key, unless its place is vacant.
    pub fn peek(&self) -> Option<Key> {
        (!self.vacant).then_some(self.first)
    }

    /// Adds all keys to a list, in no order.
    pub fn list(&self, keys: &mut Vec<Key>) {
        keys.extend(self.peek());
        for quad in &self.quads {
            keys.extend(quad.0.iter().filter(|key| **key != Key::NONE));
        }
    }

    /// Forgets all keys and keeps the memory.
    pub fn clear(&mut self) {
        self.vacant = true;
        self.quads.clear();
        self.keys = 0;
    }

    /// Puts a key into the vacant first place, or lower down if others are before it.
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn put_first(&mut self, key: Key) {
        self.vacant = false;
        let (mut quad, mut parent) = (0, None);
        while let Some(children) = self.quads.get(quad) {
            let (place, least) = children.least();
            if key < least {
                break;
            }
            self.set(parent, least);
            let child = 4 * quad + place;
            quad = child + 1;
            parent = Some(child);
        }
        self.set(parent, key);
    }

    /// Adds a key that isn't before the first.
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn append(&mut self, key: Key) {
        if self.keys.is_multiple_of(4) {
            self.quads.push(Quad([Key::NONE; 4]));
        }
        let mut at = self.keys;
        self.keys += 1;
        while let Some(parent) = (at / 4).checked_sub(1) {
            let above = self.quads[parent / 4].0[parent % 4];
            if above <= key {
                break;
            }
            self.set(Some(at), above);
            at = parent;
        }
        self.set(Some(at), key);
    }

    #[inline]
    fn remove_last(&mut self) -> Option<Key> {
        self.keys = self.keys.checked_sub(1)?;
        let last = core::mem::replace(&mut self.quads[self.keys / 4].0[self.keys % 4], Key::NONE);
        if self.keys.is_multiple_of(4) {
            self.quads.pop();
        }
        Some(last)
    }

    /// Puts a key in its place: the first, or the one of this number.
    #[inline]
    fn set(&mut self, place: Option<usize>, key: Key) {
        match place {
            None => self.first = key,
            Some(at) => self.quads[at / 4].0[at % 4] = key,
        }
    }
}
