//! A stable sort in one piece of code, for everything that is neither hot nor huge.
//!
//! The standard library's sorts are made anew for every type and closure, at several kilobytes of WebAssembly each. Here
//! a small generic shell asks and moves, by place; the merging behind it exists once.

use core::cmp::Ordering;
use std::collections::BTreeSet;

/// A set of these: `collect` would sort them first, with the standard library's sort.
pub fn set_of<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Sorts by a comparison; equal items keep their order. At most n·log₂ n comparisons, few where much is in order already.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = ascending(items.len(), &mut |a, b| compare(&items[a], &items[b]).is_gt());
    arrange(order, &mut |a, b| items.swap(a, b));
}

/// Sorts by a key; items of equal keys keep their order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// The places of `len` items in the order in which they should stand; `after` says whether one belongs behind another
/// that stands to its right.
#[inline(never)]
fn ascending(len: usize, after: &mut dyn FnMut(usize, usize) -> bool) -> Vec<u32> {
    let mut order: Vec<u32> = (0..len as u32).collect();
    let mut aside = Vec::new();
    let mut width = 1;
    while width < len {
        for pair in order.chunks_mut(2 * width).filter(|pair| pair.len() > width) {
            merge(pair, width, &mut aside, &mut |a, b| after(a as usize, b as usize));
        }
        width *= 2;
    }
    order
}

/// Merges what stands before and from `middle`, each in order; `aside` is room that is used again.
fn merge(pair: &mut [u32], middle: usize, aside: &mut Vec<u32>, after: &mut dyn FnMut(u32, u32) -> bool) {
    // What belongs before all of the right half stays where it is: of a nearly sorted list almost everything.
    let first = pair[middle];
    let from = pair[..middle].partition_point(|&left| !after(left, first));
    aside.clear();
    aside.extend_from_slice(&pair[from..middle]);
    let (mut to, mut right) = (from, middle);
    for &left in aside.iter() {
        while right < pair.len() && after(left, pair[right]) {
            pair[to] = pair[right];
            to += 1;
            right += 1;
        }
        pair[to] = left;
        to += 1;
    }
}

/// Moves items, by swapping two at a time, so that the one at `order[n]` comes to stand at n.
#[inline(never)]
fn arrange(mut order: Vec<u32>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        // Round one cycle of the permutation; those gone through are marked as in place.
        let mut at = start;
        loop {
            let from = core::mem::replace(&mut order[at], at as u32) as usize;
            if from == start {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn sorts_as_the_standard_library_does(mut items in prop::collection::vec((0..20_u8, any::<u16>()), 0..200)) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_by_key(&mut items, |item| item.0);
            prop_assert_eq!(items, expected);
        }

        #[test]
        fn what_is_nearly_sorted_takes_few_comparisons(at in 0..9_999_usize) {
            let mut items: Vec<u32> = (0..10_000).collect();
            items.swap(at, at + 1);
            let mut comparisons = 0;
            sort_by(&mut items, |a, b| {
                comparisons += 1;
                a.cmp(b)
            });
            prop_assert!(items.is_sorted());
            prop_assert!(comparisons < 40_000, "{comparisons}");
        }
    }
}
