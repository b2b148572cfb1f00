//! Numbers for things that are known by a hash or a number of their own.

/// Gives things numbers in the order in which they are first seen, so that what is known of them fits into a `Vec`.
///
/// A table with open addressing; its order is never seen, so nothing can depend on it.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    /// Things by their number.
    things: Vec<u64>,
    /// Numbers plus one, where the thing's hash says or in the next free place; zero is free. At most half are taken.
    table: Vec<u32>,
}

impl Numbering {
    /// How many things have numbers.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether nothing has.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// The number of a thing, if it has been seen.
    pub fn get(&self, thing: u64) -> Option<u32> {
        if self.table.is_empty() { None } else { self.table[self.place(thing)].checked_sub(1) }
    }

    /// The number of a thing; its first if it has none yet.
    pub fn number(&mut self, thing: u64) -> u32 {
        if let Some(known) = self.get(thing) {
            return known;
        }
        if 2 * self.things.len() >= self.table.len() {
            self.grow();
        }
        self.things.push(thing);
        let place = self.place(thing);
        self.table[place] = self.things.len() as u32;
        self.things.len() as u32 - 1
    }

    /// Where the thing stands in the table, or would.
    fn place(&self, thing: u64) -> usize {
        let last = self.table.len() - 1;
        // The upper half of the product depends on all bits.
        let mut place = (thing.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & last;
        while let Some(number) = self.table[place].checked_sub(1) {
            if self.things[number as usize] == thing {
                break;
            }
            place = (place + 1) & last;
        }
        place
    }

    fn grow(&mut self) {
        self.table = vec![0; (2 * self.table.len()).max(16)];
        for n in 0..self.things.len() {
            let place = self.place(self.things[n]);
            self.table[place] = n as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn numbers_as_a_map_would(things in prop::collection::vec(prop_oneof![0..50_u64, any::<u64>()], 0..300)) {
            let (mut numbering, mut map) = (Numbering::default(), HashMap::new());
            for thing in things {
                prop_assert_eq!(numbering.get(thing), map.get(&thing).copied());
                let next = map.len() as u32;
                prop_assert_eq!(numbering.number(thing), *map.entry(thing).or_insert(next));
                prop_assert_eq!(numbering.len(), map.len());
            }
        }
    }
}
