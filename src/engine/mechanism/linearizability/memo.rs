//! The configurations that a search has been in.

use crate::sim::TraceHasher;
use core::hash::Hasher;

/// No further set.
const LAST: u64 = u64::MAX;

/// Configurations by what is done and what the registers hold, and for each of these which pending operations have been
/// used. Whatever can be reached from a configuration can be reached from one that has used fewer of them, so one that has
/// used all that a known one has, and perhaps more, is known too.
#[derive(Clone, Debug)]
pub(super) struct Memo {
    /// Words of a set of pending operations.
    width: usize,
    /// Entries' numbers plus one, where the hash says or in the next free place; zero is free. At most half are taken.
    table: Vec<u32>,
    entries: Vec<Entry>,
    /// Keys, and lists of sets: the place of the next one, then the set.
    words: Vec<u64>,
    sets: usize,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    at: usize,
    len: usize,
    /// Where its first set stands in the words.
    first: u64,
}

impl Memo {
    /// An empty one for searches with so many pending operations.
    pub(super) fn new(pending: usize) -> Self {
        Self {
            width: pending.div_ceil(64),
            table: vec![0; 64],
            entries: Vec::new(),
            words: Vec::new(),
            sets: 0,
        }
    }

    /// How many configurations are known.
    pub(super) fn len(&self) -> usize {
        self.sets
    }

    /// Adds a configuration; false if it, or one that has used fewer pending operations, is known. The second number says
    /// how many sets were looked at.
    pub(super) fn insert(&mut self, key: &[u64], used: &[u64]) -> (bool, u32) {
        let mut hasher = TraceHasher::default();
        for &word in key {
            hasher.fold(word);
        }
        let hash = hasher.finish();
        let place = self.place(hash, key);
        let mut looked = 0;
        let number = match self.table[place].checked_sub(1) {
            Some(number) => {
                let mut next = self.entries[number as usize].first;
                while next != LAST {
                    looked += 1;
                    let at = next as usize + 1;
                    let known = &self.words[at..at + self.width];
                    if known.iter().zip(used).all(|(known, used)| known & !used == 0) {
                        return (false, looked);
                    }
                    next = self.words[next as usize];
                }
                number as usize
            }
            None => self.add(place, hash, key),
        };
        let first = self.words.len() as u64;
        self.words.push(self.entries[number].first);
        self.words.extend_from_slice(used);
        self.entries[number].first = first;
        self.sets += 1;
        (true, looked)
    }

    fn add(&mut self, place: usize, hash: u64, key: &[u64]) -> usize {
        let number = self.entries.len();
        self.entries.push(Entry { hash, at: self.words.len(), len: key.len(), first: LAST });
        self.words.extend_from_slice(key);
        self.table[place] = number as u32 + 1;
        if 2 * self.entries.len() > self.table.len() {
            self.grow();
        }
        number
    }

    /// Where a key stands in the table, or would.
    fn place(&self, hash: u64, key: &[u64]) -> usize {
        let last = self.table.len() - 1;
        let mut place = hash as usize & last;
        while let Some(number) = self.table[place].checked_sub(1) {
            let entry = self.entries[number as usize];
            if entry.hash == hash && self.words[entry.at..entry.at + entry.len] == *key {
                break;
            }
            place = (place + 1) & last;
        }
        place
    }

    fn grow(&mut self) {
        let last = 2 * self.table.len() - 1;
        let mut table = vec![0; last + 1];
        for (n, entry) in (1..).zip(&self.entries) {
            let mut place = entry.hash as usize & last;
            while table[place] != 0 {
                place = (place + 1) & last;
            }
            table[place] = n;
        }
        self.table = table;
    }
}
