//! The figure against the definitions: who hears whom, and how long a silent mapping lives.

use super::two_peers::TwoPeers;
use crate::mechanism::nat::Behaviour::{AddressAndPortDependent, AddressDependent, EndpointIndependent};
use crate::mechanism::nat::punch::punched_by;
use crate::player::Bench;
use crate::sim::Time;

fn at(settings: &[(&str, &str)], seed: u64, secs: u64) -> Bench<TwoPeers> {
    Bench::new(settings, seed).until(Time::from_secs(secs))
}

#[test]
fn all_eighty_one_pairs_come_out_as_the_definitions_say() {
    let kinds =
        [("any", EndpointIndependent), ("address", AddressDependent), ("port", AddressAndPortDependent)];
    let all = || kinds.iter().flat_map(|maps| kinds.iter().map(move |filters| (*maps, *filters)));
    for (a_maps, a_filters) in all() {
        for (b_maps, b_filters) in all() {
            let settings = [
                ("a-maps", a_maps.0),
                ("a-filters", a_filters.0),
                ("b-maps", b_maps.0),
                ("b-filters", b_filters.0),
            ];
            let heard = at(&settings, 1, 12).reading("heard");
            let through = punched_by([Some([a_maps.1, a_filters.1]), Some([b_maps.1, b_filters.1])]);
            assert_eq!(heard >= 2.0, through, "{settings:?}");
        }
    }
}

#[test]
fn a_silent_mapping_dies_and_keep_alives_from_both_sides_save_it() {
    let left = |settings: &[(&str, &str)]| at(settings, 1, 149).reading("left-a");
    assert!(left(&[]) <= 0.0);
    assert!(left(&[("every", "28"), ("who", "both")]) > 0.0);
    for seed in 0..20 {
        let share = |settings: &[(&str, &str)]| at(settings, seed, 149).reading("delivered");
        let kept = share(&[("every", "28"), ("who", "both")]);
        assert!(kept.is_nan() || kept > 0.7, "seed {seed}: {kept}");
    }
}
