//! Properties that every policy keeps, and what tells the policies apart. How often they miss is held against
//! libCacheSim by `oracle`.

use super::clairvoyant::Stream;
use super::entries::Entries;
use super::reference_model::{Che, lru_hit_ratio, perfect_lfu_hit_ratio};
use super::sketch::Sketch;
use super::*;
use crate::pick::cases;
use crate::sim::{Span, Time, TraceHasher};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

#[derive(Clone, Debug)]
enum Op {
    Lookup(u64),
    Insert(u64),
    Remove(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let key = || prop_oneof![4 => 0..12_u64, 1 => 0..40_u64, 1 => any::<u64>()];
    prop_oneof![
        4 => key().prop_map(Op::Lookup),
        6 => key().prop_map(Op::Insert),
        1 => key().prop_map(Op::Remove),
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_cache_holds_what_was_inserted_and_neither_evicted_nor_removed(
        capacity in prop_oneof![0..12_u32, 90..130_u32],
        ops in prop::collection::vec(op(), 1..300),
    ) {
        for policy in Policy::ALL {
            let mut cache = Cache::new(policy, capacity);
            let mut kept = BTreeSet::new();
            for op in &ops {
                match *op {
                    Op::Lookup(key) => prop_assert_eq!(cache.lookup(key), kept.contains(&key)),
                    Op::Remove(key) => prop_assert_eq!(cache.remove(key), kept.remove(&key)),
                    Op::Insert(key) => {
                        let was_full = cache.len() == capacity;
                        if let Some(evicted) = cache.insert(key) {
                            prop_assert!(was_full && kept.remove(&evicted.key), "{policy:?} {evicted:?}");
                        }
                        if capacity > 0 {
                            kept.insert(key);
                        }
                    }
                }
                prop_assert_eq!(cache.len() as usize, kept.len());
                prop_assert!(cache.len() <= capacity);
                prop_assert!(kept.iter().all(|&key| cache.contains(key)), "{policy:?} lost a key");
            }
        }
    }

    #[test]
    fn no_policy_misses_less_than_the_clairvoyant_one(
        capacity in 1..20_u32,
        keys in prop::collection::vec(0..40_u64, 1..400),
    ) {
        let bound = Stream::new(keys.iter().copied()).fewest_misses(capacity);
        for policy in Policy::ALL {
            prop_assert!(misses(policy, capacity, &keys) >= bound, "{policy:?}");
        }
    }

    #[test]
    fn entries_are_found_as_in_a_map(ops in prop::collection::vec((any::<bool>(), 0..30_u64, 0..2_u8), 1..300)) {
        let (mut entries, mut map) = (Entries::new(2), BTreeMap::new());
        for (adds, key, list) in ops {
            // Multiples of 2⁴⁰ collide: the table's slot is taken from the middle of the product.
            let key = key << 40;
            match entries.find(key) {
                Some(place) if adds => entries.renew(place, list),
                Some(place) => { entries.remove(place); }
                None if adds => { entries.push(list, key, 0); }
                None => {}
            }
            if adds { map.insert(key, list); } else { map.remove(&key); }
            for key in (0..30).map(|key| key << 40) {
                let found = entries.find(key).map(|place| entries.list_of(place));
                prop_assert_eq!(found, map.get(&key).copied());
            }
            let first = map.values().filter(|&&list| list == 0).count();
            prop_assert_eq!((entries.len_of(0) + entries.len_of(1), entries.len_of(0)), (map.len() as u32, first as u32));
        }
    }

    #[test]
    fn a_sketch_never_counts_too_little(keys in prop::collection::vec(0..300_u64, 1..250)) {
        let mut sketch = Sketch::new(16, 1_000);
        for &key in &keys { sketch.add(key); }
        for &key in &keys {
            let count = keys.iter().filter(|&&other| other == key).count() as u32;
            prop_assert!(sketch.estimate(key) >= count);
        }
    }

    #[test]
    fn a_filter_never_denies_a_key_that_it_has(
        bits in 0..3_000_u32,
        hashes in 0..20_u8,
        keys in prop::collection::vec(any::<u64>(), 0..100),
    ) {
        let mut filter = Bloom::new(BloomSize { bits, hashes });
        for &key in &keys { filter.insert(key); }
        prop_assert!(keys.iter().all(|&key| filter.contains(key)));
        prop_assert!(u64::from(filter.bits_set()) <= keys.len() as u64 * u64::from(filter.size().hashes));
    }
}

fn misses(policy: Policy, capacity: u32, keys: &[u64]) -> usize {
    let mut cache = Cache::new(policy, capacity);
    keys.iter().filter(|&&key| !cache.request(key).hit).count()
}

/// What goes when 4 comes into a cache that has 1, 2, 3 and was then asked for these.
fn evicted(policy: Policy, asked: &[u64]) -> Eviction {
    let mut cache = Cache::new(policy, 3);
    [1, 2, 3].iter().chain(asked).for_each(|&key| {
        cache.request(key);
    });
    cache.insert(4).unwrap()
}

#[test]
fn each_rule_names_what_it_chose_and_why() {
    let asked = [1, 1, 2, 3, 1];
    for (policy, key, rule) in [
        (Policy::Fifo, 1, Rule::FirstIn),
        (Policy::Lru, 2, Rule::LeastRecentlyUsed),
        (Policy::Lfu, 2, Rule::LeastFrequentlyUsed { uses: 2 }),
        (Policy::Clock, 1, Rule::Unused { spared: 3 }),
        (Policy::Sieve, 1, Rule::Unused { spared: 3 }),
    ] {
        assert_eq!(evicted(policy, &asked), Eviction { key, rule }, "{policy:?}");
    }
    assert_eq!(evicted(Policy::Sieve, &[1]), Eviction { key: 2, rule: Rule::Unused { spared: 1 } });
}

#[test]
fn sieve_keeps_what_it_spares_in_its_place_and_clock_takes_it_to_the_end() {
    // 1 is spared once. SIEVE's hand stands behind it and meets it last; Clock's queue has it behind 3, before 4.
    let next = |policy| {
        let mut cache = Cache::new(policy, 3);
        for key in [1, 2, 3, 1, 4] {
            cache.request(key);
        }
        (0..3).map(|n| cache.insert(10 + n).unwrap().key).collect::<Vec<_>>()
    };
    assert_eq!(next(Policy::Sieve), [3, 4, 10]);
    assert_eq!(next(Policy::Clock), [3, 1, 4]);
}

#[test]
fn a_scan_washes_out_lru_and_passes_by_those_who_know_frequency() {
    // A hot set that fits, and then long scans of keys that come once.
    let mut keys: Vec<u64> = (0..10).flat_map(|_| 0..80).collect();
    for scan in 0..20 {
        keys.extend(1_000 + scan * 300..1_000 + (scan + 1) * 300);
        keys.extend(0..80);
    }
    let scanned = 20 * 300;
    assert_eq!(misses(Policy::Lru, 100, &keys), 80 + scanned + 20 * 80);
    for policy in [Policy::Lfu, Policy::Arc, Policy::Lirs, Policy::S3Fifo, Policy::WTinyLfu] {
        assert!(
            misses(policy, 100, &keys) < 80 + scanned + 100,
            "{policy:?}: {}",
            misses(policy, 100, &keys)
        );
    }
}

#[test]
fn lfu_never_forgets_and_w_tiny_lfu_does() {
    let mut keys: Vec<u64> = (0..200).flat_map(|_| 0..100).collect();
    let old = keys.len();
    keys.extend((0..400).flat_map(|_| 100..200));
    let late = |policy| {
        let mut cache = Cache::new(policy, 100);
        let hits: Vec<bool> = keys.iter().map(|&key| cache.request(key).hit).collect();
        hits[old + (keys.len() - old) / 2..].iter().filter(|&&hit| hit).count()
    };
    // The keys that were hot once keep the new ones from ever being counted twice.
    assert_eq!(late(Policy::Lfu), 0);
    assert!(late(Policy::WTinyLfu) > 10_000, "{}", late(Policy::WTinyLfu));
}

#[test]
fn w_tiny_lfu_says_who_lost_against_whom() {
    let mut cache = Cache::w_tiny_lfu(3, 1);
    for key in [1, 1, 2, 2, 3, 1, 2] {
        cache.request(key);
    }
    let Some(Eviction { key: 3, rule: Rule::NotAdmitted { uses, others_uses } }) = cache.insert(4) else {
        panic!("the key that falls out of the window is less used than those in the main cache");
    };
    assert!(uses <= others_uses);
    assert!([1, 2, 4].iter().all(|&key| cache.contains(key)));
    assert_eq!(Cache::w_tiny_lfu(50, 0).insert(1), None);
}

#[test]
fn arc_learns_from_ghosts_which_of_its_lists_should_grow() {
    let mut cache = Cache::new(Policy::Arc, 4);
    for key in [1, 1, 2, 2, 3, 4, 5] {
        cache.request(key);
    }
    assert_eq!((cache.recency_target(), cache.contains(3)), (Some(0.0), false));
    cache.request(3);
    assert_eq!(cache.recency_target(), Some(1.0));
}

#[test]
fn caches_that_keep_the_same_hash_alike_however_they_came_to_it() {
    let hash = |keys: &[u64], removed: &[u64]| {
        let mut cache = Cache::new(Policy::Lru, 4);
        for &key in keys {
            cache.request(key);
        }
        for &key in removed {
            assert!(cache.remove(key));
        }
        let mut hasher = TraceHasher::default();
        cache.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(&[1, 2, 3], &[]), hash(&[9, 2, 1, 2, 3], &[9]));
    assert_ne!(hash(&[1, 2, 3], &[]), hash(&[2, 1, 3], &[]));
}

#[test]
fn clairvoyance_is_as_good_as_trying_everything() {
    /// The fewest misses from here on, by trying every eviction.
    fn fewest(kept: &BTreeSet<u64>, keys: &[u64], capacity: usize) -> usize {
        let Some((key, rest)) = keys.split_first() else { return 0 };
        if kept.contains(key) {
            return fewest(kept, rest, capacity);
        }
        let with = |mut kept: BTreeSet<u64>| {
            kept.insert(*key);
            1 + fewest(&kept, rest, capacity)
        };
        if kept.len() < capacity {
            return with(kept.clone());
        }
        let without = |gone: &u64| kept.iter().copied().filter(|key| key != gone).collect();
        kept.iter().map(|gone| with(without(gone))).min().unwrap()
    }
    let keys = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1];
    for capacity in 1..4 {
        let stream = Stream::new(keys);
        assert_eq!(stream.fewest_misses(capacity), fewest(&BTreeSet::new(), &keys, capacity as usize));
    }
    assert_eq!(Stream::new(keys).fewest_misses(0), keys.len());
}

#[test]
fn ids_are_permanent_and_one_to_one() {
    for policy in Policy::ALL {
        assert_eq!(Policy::from_id(policy.id()), Some(policy));
    }
    assert_eq!(Policy::from_id("random"), None);
}

#[test]
fn everything_fits_or_nothing_does() {
    let zipf = |objects, alpha| crate::sim::Zipf::new(objects, alpha).unwrap().probabilities();
    let popularity = zipf(6, 0.8);
    assert!((Che::new(&popularity, 6).hit_ratio(&popularity) - 1.0).abs() < 1e-12);
    assert_eq!(Che::new(&popularity, 0).hit_ratio(&popularity), 0.0);
    assert!((lru_hit_ratio(&popularity, 6).unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(lru_hit_ratio(&popularity, 0), Some(0.0));
    assert_eq!(lru_hit_ratio(&zipf(21, 1.0), 3), None);
    // A key that nobody asks for takes no room.
    assert!((lru_hit_ratio(&[0.5, 0.5, 0.0], 2).unwrap() - 1.0).abs() < 1e-12);
    assert!((perfect_lfu_hit_ratio(&popularity, 99) - 1.0).abs() < 1e-12);
}

#[test]
fn a_filter_is_as_large_as_its_rate_asks_for() {
    // Ten bits a key and seven hashes: a little below one per cent.
    let size = BloomSize::for_rate(1_000, 0.01);
    assert_eq!((size.bits, size.hashes), (9_586, 7));
    assert!((size.false_positive_rate(1_000.0) - 0.01).abs() < 1e-4);
    for rate in [-1.0, 0.0, 1.0, 2.0, f64::NAN] {
        let size = BloomSize::for_rate(u32::MAX, rate);
        assert!(size.bits > 0 && size.hashes > 0);
    }
}

#[test]
fn an_entry_is_renewed_early_now_and_then_and_always_when_it_has_expired() {
    let early = XFetch { delta: Span::from_secs(1), beta: 1.0 };
    let expiry = Time::from_secs(10);
    assert!(early.renews(expiry, expiry, 1.0) && early.renews(expiry, expiry, f64::NAN));
    // Two seconds before the end, one reader in e².
    let share = early.probability(Span::from_secs(2));
    assert!(early.renews(Time::from_secs(8), expiry, share * 0.999));
    assert!(!early.renews(Time::from_secs(8), expiry, share * 1.001));
    let never = XFetch { beta: 0.0, ..early };
    assert!(!never.renews(Time::from_secs(9), expiry, 1e-300));
}

#[test]
fn a_stale_entry_is_good_for_less_and_less() {
    let seconds = Span::from_secs;
    let life =
        Lifetime { ttl: seconds(60), stale_while_revalidate: seconds(10), stale_if_error: seconds(100) };
    for (age, freshness) in [
        (0, Freshness::Fresh),
        (59, Freshness::Fresh),
        (60, Freshness::Revalidate),
        (70, Freshness::OnlyIfError),
        (160, Freshness::Expired),
    ] {
        assert_eq!(life.freshness(seconds(age)), freshness, "at {age} s");
    }
    assert_eq!(Lifetime::of(Span::MAX).freshness(seconds(1)), Freshness::Fresh);
    assert_eq!(jittered(seconds(100), 0.2, 0.0), seconds(100));
    assert_eq!(jittered(seconds(100), 0.2, 1.0), seconds(80));
    assert!(jittered(Span::MAX, f64::NAN, f64::NAN) <= Span::MAX);
}

mod flights {
    //! The stories of `singleflight_test.go`.
    use super::*;

    fn leads(joined: Joined) -> u32 {
        let Joined::Leads { flight } = joined else { panic!("{joined:?}") };
        flight
    }

    #[test]
    fn one_of_ten_fetches_and_all_get_the_result_and_nothing_is_kept() {
        // TestDo, TestDoErr, TestDoDupSuppress: whether the result is an error makes no difference.
        let mut group = SingleFlight::default();
        let flight = leads(group.join(5, 0));
        for caller in 1..10 {
            assert_eq!(group.join(5, caller), Joined::Waits { flight, behind: caller - 1 });
        }
        leads(group.join(6, 77));
        assert_eq!(group.aboard(5), 10);
        let landed = group.land(flight).unwrap();
        assert_eq!((landed.key, landed.leader), (5, Some(0)));
        assert_eq!(landed.waiting, (1..10).collect::<Vec<_>>());
        assert_eq!(group.land(flight), None);
        assert_ne!(leads(group.join(5, 11)), flight);
        assert_eq!(group.len(), 2);
    }

    #[test]
    fn forget_lets_the_next_caller_begin_anew_and_the_old_flight_leaves_the_new_one_alone() {
        // TestForget.
        let mut group = SingleFlight::default();
        let first = leads(group.join(5, 1));
        group.forget(5);
        let second = leads(group.join(5, 2));
        assert!(group.land(first).unwrap().waiting.is_empty());
        assert_eq!(group.join(5, 3), Joined::Waits { flight: second, behind: 0 });
        assert_eq!(group.land(second).unwrap().waiting, [3]);
        assert!(group.is_empty());
    }

    #[test]
    fn a_flight_goes_on_without_those_who_lost_patience() {
        let mut group = SingleFlight::default();
        let flight = leads(group.join(5, 1));
        group.join(5, 2);
        group.join(5, 3);
        assert!(group.leave(flight, 1) && group.leave(flight, 2) && !group.leave(flight, 9));
        assert_eq!(group.join(5, 4), Joined::Waits { flight, behind: 1 });
        let landed = group.land(flight).unwrap();
        assert_eq!((landed.leader, landed.waiting), (None, vec![3, 4]));
    }
}

/// FIFO, LRU and LFU in the language for learners.
const OWN: [(Policy, &str); 3] = [
    (Policy::Fifo, "on insert: rank = now"),
    (Policy::Lru, "on insert, hit: rank = now"),
    (Policy::Lfu, "on insert, hit:\n  uses = uses + 1\n  rank = uses"),
];

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn lru_by_itself_is_the_cache_under_lru(capacity in 0..12_u32, ops in prop::collection::vec(op(), 1..300)) {
        let (mut cache, mut lru) = (Cache::new(Policy::Lru, capacity), Lru::new(capacity));
        for op in &ops {
            match *op {
                Op::Lookup(key) => prop_assert_eq!(lru.lookup(key), cache.lookup(key)),
                Op::Remove(key) => prop_assert_eq!(lru.remove(key), cache.remove(key)),
                Op::Insert(key) => prop_assert_eq!(lru.insert(key), cache.insert(key)),
            }
            prop_assert_eq!((lru.len(), lru.is_empty()), (cache.len(), cache.is_empty()));
        }
    }

    #[test]
    fn policies_written_as_rules_run_exactly_as_the_built_in_ones(
        capacity in 1..12_u32,
        ops in prop::collection::vec(op(), 1..300),
    ) {
        for (policy, rules) in OWN {
            let mut built_in = Cache::new(policy, capacity);
            let mut own = Cache::by_rules(rules, capacity).unwrap();
            for op in &ops {
                match *op {
                    Op::Lookup(key) => prop_assert_eq!(own.lookup(key), built_in.lookup(key)),
                    Op::Remove(key) => prop_assert_eq!(own.remove(key), built_in.remove(key)),
                    Op::Insert(key) => {
                        let key_of = |eviction: Option<Eviction>| eviction.map(|eviction| eviction.key);
                        prop_assert_eq!(key_of(own.insert(key)), key_of(built_in.insert(key)), "{:?}", policy);
                    }
                }
            }
        }
    }
}

#[test]
fn ranks_may_be_negative_and_age_with_what_was_evicted() {
    // The lowest rank goes, also below zero.
    let mut latest_first = Cache::by_rules("on insert, hit: rank = -now", 2).unwrap();
    for key in [1, 2, 3] {
        latest_first.request(key);
    }
    assert!(latest_first.contains(1) && latest_first.contains(3) && !latest_first.contains(2));
    // LFU with dynamic aging: what was hot once doesn't stay for ever.
    let mut aging = Cache::by_rules("on insert, hit:\n uses = uses + 1\n rank = uses + evicted", 2).unwrap();
    (0..9).for_each(|_| _ = aging.request(1));
    (2..40).for_each(|key| _ = aging.request(key));
    assert!(!aging.contains(1));
}
