//! What must hold of any cache whose entries expire.

use super::*;
use crate::pick::cases;
use proptest::prelude::*;

fn entry(stored: Time, ttl: u64) -> Entry<u64> {
    Entry { stored, ttl: Span::from_secs(ttl), value: stored.nanos() }
}

fn seconds(n: u64) -> Time {
    Time::from_secs(n)
}

/// What is done to a cache.
#[derive(Clone, Copy, Debug)]
enum Move {
    Find(u64),
    Store(u64),
    Remove(u64),
    Places(u32),
    Clear,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (0_u64..12).prop_map(Move::Find),
        6 => (0_u64..12).prop_map(Move::Store),
        2 => (0_u64..12).prop_map(Move::Remove),
        1 => (0_u32..8).prop_map(Move::Places),
        1 => Just(Move::Clear),
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn it_has_what_was_stored_last_and_no_more_than_there_is_room_for(
        places in 0_u32..8,
        moves in prop::collection::vec(moves(), 1..60),
    ) {
        let mut cache = TtlCache::new(places);
        let mut stored = BTreeMap::new();
        for (n, it) in (0..).zip(moves) {
            match it {
                Move::Find(key) => {
                    if let Some(found) = cache.find(key) {
                        prop_assert_eq!(Some(&found), stored.get(&key));
                    }
                }
                Move::Store(key) => {
                    let entry = entry(seconds(n), 5);
                    cache.store(key, entry);
                    stored.insert(key, entry);
                }
                Move::Remove(key) => {
                    cache.remove(key);
                    prop_assert!(cache.get(key).is_none());
                }
                Move::Places(places) => cache.set_places(places),
                Move::Clear => cache.clear(),
            }
            prop_assert_eq!(cache.invariants(), Ok(()));
            prop_assert_eq!(cache.keys().count(), cache.len() as usize);
        }
    }
}

#[test]
fn the_one_used_longest_ago_goes_and_a_look_is_no_use() {
    let mut cache = TtlCache::new(2);
    cache.store(1, entry(seconds(0), 5));
    cache.store(2, entry(seconds(0), 5));
    cache.find(1);
    cache.get(2);
    cache.store(3, entry(seconds(0), 5));
    assert_eq!(cache.keys().collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn an_entry_is_fresh_then_served_while_it_is_renewed_and_then_of_no_use() {
    let it = entry(seconds(3), 5);
    assert_eq!(it.expiry(), seconds(8));
    for (now, freshness) in [
        (7, Freshness::Fresh),
        (8, Freshness::Revalidate),
        (9, Freshness::Revalidate),
        (10, Freshness::Expired),
    ] {
        assert_eq!(it.freshness(seconds(now), Span::from_secs(2)), freshness, "{now}");
    }
}

#[test]
fn with_fewer_places_the_lowest_keys_stay() {
    let mut cache = TtlCache::new(5);
    (0..5).for_each(|key| cache.store(key, entry(seconds(0), 5)));
    cache.set_places(2);
    assert_eq!(cache.keys().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn the_hit_ratio_is_of_the_last_second() {
    let mut cache = TtlCache::<u64>::new(1);
    assert_eq!(cache.hit_ratio(seconds(1)), None);
    for n in 0..40 {
        cache.count(n >= 20, seconds(1) + Span::from_millis(100 * n));
    }
    assert_eq!(cache.hit_ratio(Time::from_millis(4_900)), Some(1.0));
    assert_eq!(cache.hit_ratio(Time::from_millis(6_000)), None);
}
