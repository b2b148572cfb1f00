//! Who ranks lowest of many, while ranks change: for LFU and for clairvoyant replacement.

/// Not ranked.
const NOWHERE: u32 = u32::MAX;

/// Small numbers with ranks: a binary heap in which a number's rank can change.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranking {
    /// Numbers; none ranks above those at twice its place plus one and plus two.
    heap: Vec<u32>,
    /// Where a number stands in the heap, by number.
    places: Vec<u32>,
    /// Ranks, by number.
    ranks: Vec<(u64, u64)>,
}

impl Ranking {
    /// The number of the lowest rank.
    pub(super) fn lowest(&self) -> Option<u32> {
        self.heap.first().copied()
    }

    pub(super) fn rank(&self, number: u32) -> (u64, u64) {
        self.ranks[number as usize]
    }

    /// How many numbers are ranked.
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Ranks a number, or changes its rank.
    pub(super) fn set(&mut self, number: u32, rank: (u64, u64)) {
        let n = number as usize;
        if n >= self.places.len() {
            self.places.resize(n + 1, NOWHERE);
            self.ranks.resize(n + 1, (0, 0));
        }
        self.ranks[n] = rank;
        if self.places[n] == NOWHERE {
            self.heap.push(number);
            self.places[n] = self.heap.len() as u32 - 1;
        }
        self.settle(self.places[n] as usize);
    }

    /// Takes a ranked number out.
    pub(super) fn remove(&mut self, number: u32) {
        let place = core::mem::replace(&mut self.places[number as usize], NOWHERE) as usize;
        self.heap.swap_remove(place);
        if let Some(&moved) = self.heap.get(place) {
            self.places[moved as usize] = place as u32;
            self.settle(place);
        }
    }

    /// Bytes that this takes.
    pub(super) fn bytes(&self) -> usize {
        self.heap.len() * 4 + self.places.len() * 20
    }

    fn below(&self, a: usize, b: usize) -> bool {
        self.rank(self.heap[a]) < self.rank(self.heap[b])
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.places[self.heap[a] as usize] = a as u32;
        self.places[self.heap[b] as usize] = b as u32;
    }

    /// Brings the one at a place to where its rank belongs.
    fn settle(&mut self, mut place: usize) {
        while place > 0 && self.below(place, (place - 1) / 2) {
            self.swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
        loop {
            let left = 2 * place + 1;
            let mut least = place;
            for child in [left, left + 1] {
                if child < self.heap.len() && self.below(child, least) {
                    least = child;
                }
            }
            if least == place {
                return;
            }
            self.swap(place, least);
            place = least;
        }
    }
}
