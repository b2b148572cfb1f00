//! States of the entities of one kind that are under way, by number.

use std::collections::VecDeque;

/// A map from an entity's number to its state, as fast as an array: entities are opened in the order of their numbers
/// and live about equally long, so those under way are a window that moves on.
#[derive(Clone, Debug)]
pub struct Book<T> {
    base: u32,
    window: VecDeque<Option<T>>,
    len: usize,
}

impl<T> Default for Book<T> {
    fn default() -> Self {
        Self { base: 0, window: VecDeque::new(), len: 0 }
    }
}

impl<T> Book<T> {
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
            self.window.push_back(None);
        }
        self.window.push_back(Some(state));
        self.len += 1;
    }

    /// The state of entity `n`, if it is here.
    #[inline]
    pub fn get(&self, n: u32) -> Option<&T> {
        self.window.get(n.checked_sub(self.base)? as usize)?.as_ref()
    }

    /// The state of entity `n`, to be changed.
    #[inline]
    pub fn get_mut(&mut self, n: u32) -> Option<&mut T> {
        self.window.get_mut(n.checked_sub(self.base)? as usize)?.as_mut()
    }

    /// Takes the state of entity `n` out.
    pub fn remove(&mut self, n: u32) -> Option<T> {
        let state = self.window.get_mut(n.checked_sub(self.base)? as usize)?.take()?;
        self.len -= 1;
        while let Some(None) = self.window.front() {
            self.window.pop_front();
            self.base += 1;
        }
        Some(state)
    }

    /// Number and state of all that are here, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (self.base..).zip(&self.window).filter_map(|(n, state)| state.as_ref().map(|state| (n, state)))
    }

    /// How many are here.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_under_way_and_forgets_the_rest() {
        let mut book = Book::default();
        for n in 3..10 {
            book.insert(n, n * n);
        }
        assert_eq!((book.remove(4), book.remove(4), book.get(3), book.len()), (Some(16), None, Some(&9), 6));
        assert_eq!(book.remove(3), Some(9));
        assert_eq!((book.get(3), book.get(5), book.get(99)), (None, Some(&25), None));
        *book.get_mut(9).unwrap() = 1;
        assert_eq!(book.iter().map(|(n, _)| n).collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
        for n in 5..10 {
            book.remove(n);
        }
        book.insert(20, 0);
        assert_eq!(book.get(20), Some(&0));
    }
}
