//! Who holds a lock, and who waits for it.
//!
//! ```
//! use engine::parts::program::{Admits, Lock};
//!
//! let mut lock = Lock::new(Admits::Readers);
//! assert!(lock.asks(0, true) && lock.asks(1, true));
//! // A writer waits for both readers, and a reader who comes after it waits as well.
//! assert!(!lock.asks(2, false) && !lock.asks(3, true));
//! lock.leaves(0);
//! assert_eq!(lock.admit_next(), None);
//! lock.leaves(1);
//! assert_eq!((lock.admit_next(), lock.admit_next()), (Some(2), None));
//! ```

use std::collections::VecDeque;

/// Whom a lock lets in together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admits {
    /// One at a time: a mutex, a spin lock.
    One,
    /// One who writes, or any number who read: a read-write lock.
    Readers,
    /// So many: a semaphore.
    Many(u32),
}

/// A lock.
#[derive(Clone, Debug)]
pub struct Lock {
    admits: Admits,
    /// Who is inside, and whether they only read.
    inside: Vec<(u32, bool)>,
    /// Who waits, in the order of coming.
    waiting: VecDeque<(u32, bool)>,
}

impl Lock {
    /// A lock that nobody has.
    pub fn new(admits: Admits) -> Self {
        Self { admits, inside: Vec::new(), waiting: VecDeque::new() }
    }

    fn admits(&self, reads: bool) -> bool {
        match self.admits {
            Admits::One => self.inside.is_empty(),
            Admits::Readers => self.inside.is_empty() || reads && self.inside.iter().all(|(_, reads)| *reads),
            Admits::Many(most) => self.inside.len() < most as usize,
        }
    }

    /// Who asks is let in, or waits behind those who have come before; whether they are in.
    pub fn asks(&mut self, who: u32, reads: bool) -> bool {
        if self.waiting.is_empty() {
            return self.tries(who, reads);
        }
        if !self.waits(who) {
            self.waiting.push_back((who, reads));
        }
        false
    }

    /// The same, but nobody is waited for who only waits: who tries at the right moment is in.
    pub fn tries(&mut self, who: u32, reads: bool) -> bool {
        let enters = self.admits(reads);
        if enters {
            self.waiting.retain(|(other, _)| *other != who);
            self.inside.push((who, reads));
        } else if !self.waits(who) {
            self.waiting.push_back((who, reads));
        }
        enters
    }

    /// Who is inside goes out; [`Self::admit_next`] says who comes in then.
    pub fn leaves(&mut self, who: u32) {
        self.inside.retain(|(other, _)| *other != who);
    }

    /// Lets the first in line in, if that is possible; who that is.
    pub fn admit_next(&mut self) -> Option<u32> {
        let &(who, reads) = self.waiting.front().filter(|(_, reads)| self.admits(*reads))?;
        self.waiting.pop_front();
        self.inside.push((who, reads));
        Some(who)
    }

    /// Whether somebody is inside.
    pub fn has(&self, who: u32) -> bool {
        self.inside.iter().any(|(other, _)| *other == who)
    }

    /// Whether somebody waits.
    pub fn waits(&self, who: u32) -> bool {
        self.waiting.iter().any(|(other, _)| *other == who)
    }

    /// Who is inside, in the order in which they came in.
    pub fn inside(&self) -> impl Iterator<Item = u32> {
        self.inside.iter().map(|(who, _)| *who)
    }

    /// Who waits, in the order in which they came.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = u32> {
        self.waiting.iter().map(|(who, _)| *who)
    }

    /// No more are inside than may be together, nobody is both inside and waiting.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        let inside = self.inside.len();
        let together = match self.admits {
            Admits::One => inside <= 1,
            Admits::Readers => inside <= 1 || self.inside.iter().all(|(_, reads)| *reads),
            Admits::Many(most) => inside <= most as usize,
        };
        let apart = self.inside().all(|who| !self.waits(who));
        if together && apart {
            Ok(())
        } else {
            Err(format!("a lock with {:?} and {:?}", self.inside, self.waiting))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(128))]

        #[test]
        fn whoever_comes_and_goes_nobody_is_let_in_who_may_not_be_nor_forgotten(
            admits in prop::sample::select(vec![Admits::One, Admits::Readers, Admits::Many(3)]),
            moves in prop::collection::vec((0..6_u32, any::<bool>(), any::<bool>()), 1..60),
        ) {
            let mut lock = Lock::new(admits);
            for (who, reads, pushes) in moves {
                if lock.has(who) {
                    lock.leaves(who);
                    while lock.admit_next().is_some() {}
                } else if pushes {
                    lock.tries(who, reads);
                } else {
                    lock.asks(who, reads);
                }
                lock.invariants().map_err(TestCaseError::fail)?;
                // Nobody waits for nothing.
                prop_assert!(lock.waiting().len() == 0 || lock.inside().next().is_some());
            }
        }
    }

    #[test]
    fn who_tries_overtakes_and_who_asks_does_not() {
        let mut lock = Lock::new(Admits::One);
        assert!(lock.asks(0, false) && !lock.asks(1, false));
        lock.leaves(0);
        assert!(!lock.asks(2, false), "1 has come before");
        assert!(lock.tries(3, false));
        assert_eq!(lock.waiting().collect::<Vec<_>>(), [1, 2]);
    }
}
