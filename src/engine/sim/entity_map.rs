//! States of the entities of one kind that are under way, by number.

use std::collections::VecDeque;

/// A map from an entity's number to its state, as fast as an array: entities are opened in the order of their numbers
/// and live about equally long, so those under way are a window that moves on. One that lives on for long keeps only a
/// number for each that has gone since.
#[derive(Debug)]
pub struct EntityMap<T> {
    base: u32,
    /// The slot of each, counted from one; zero for those that have gone.
    window: VecDeque<u32>,
    slots: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for EntityMap<T> {
    fn default() -> Self {
        Self { base: 0, window: VecDeque::new(), slots: Vec::new(), free: Vec::new() }
    }
}

impl<T: Clone> Clone for EntityMap<T> {
    /// A copy keeps no room for those that have gone: checkpoints after a rush would all be as large as the rush.
    fn clone(&self) -> Self {
        let mut slots = Vec::new();
        let copied = |&slot: &u32| {
            let at = slot.checked_sub(1)?;
            slots.push(self.slots[at as usize].clone());
            Some(slots.len() as u32)
        };
        let window = self.window.iter().map(copied).map(Option::unwrap_or_default).collect();
        Self { base: self.base, window, slots, free: Vec::new() }
    }
}

impl<T> EntityMap<T> {
    /// Adds the state of entity `n`.
    ///
    /// # Panics
    /// If a later entity was added before: numbers ascend.
    pub fn insert(&mut self, n: u32, state: T) {
        if self.window.is_empty() {
            self.base = n;
        }
        let end = self.base + self.window.len() as u32;
        assert!(n >= end, "entities are added in the order of their numbers");
        for _ in end..n {
            self.window.push_back(0);
        }
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        if slot as usize == self.slots.len() {
            self.slots.push(Some(state));
        } else {
            self.slots[slot as usize] = Some(state);
        }
        self.window.push_back(slot + 1);
    }

    #[inline]
    fn slot(&self, n: u32) -> Option<usize> {
        let slot = *self.window.get(n.checked_sub(self.base)? as usize)?;
        (slot as usize).checked_sub(1)
    }

    /// The state of entity `n`, if it is here.
    #[inline]
    pub fn get(&self, n: u32) -> Option<&T> {
        self.slots[self.slot(n)?].as_ref()
    }

    /// The state of entity `n`, to be changed.
    #[inline]
    pub fn get_mut(&mut self, n: u32) -> Option<&mut T> {
        let slot = self.slot(n)?;
        self.slots[slot].as_mut()
    }

    /// Takes the state of entity `n` out.
    pub fn remove(&mut self, n: u32) -> Option<T> {
        let slot = self.slot(n)?;
        let state = self.slots[slot].take();
        self.free.push(slot as u32);
        self.window[(n - self.base) as usize] = 0;
        while self.window.front() == Some(&0) {
            self.window.pop_front();
            self.base += 1;
        }
        state
    }

    /// Number and state of all that are here, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let here = (self.base..).zip(&self.window).filter(|(_, slot)| **slot > 0);
        here.filter_map(|(n, slot)| self.slots[*slot as usize - 1].as_ref().map(|state| (n, state)))
    }

    /// How many are here.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_under_way_and_forgets_the_rest() {
        let mut book = EntityMap::default();
        for n in 3..10 {
            book.insert(n, n * n);
        }
        assert_eq!((book.remove(4), book.remove(4), book.get(3), book.len()), (Some(16), None, Some(&9), 6));
        assert_eq!(book.remove(3), Some(9));
        assert_eq!((book.get(3), book.get(5), book.get(99)), (None, Some(&25), None));
        *book.get_mut(9).unwrap() = 1;
        assert_eq!(book.iter().map(|(n, _)| n).collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
        // A copy holds the same, in as many slots as there are states, and goes on alike.
        let mut copy = book.clone();
        assert_eq!((copy.slots.len(), copy.len()), (5, 5));
        assert!(copy.iter().eq(book.iter()));
        copy.insert(12, 7);
        assert_eq!(
            (copy.remove(6), copy.get(7), copy.get(12), copy.len()),
            (Some(36), Some(&49), Some(&7), 5)
        );
        for n in 5..10 {
            book.remove(n);
        }
        book.insert(20, 0);
        assert_eq!(book.get(20), Some(&0));
    }
}
