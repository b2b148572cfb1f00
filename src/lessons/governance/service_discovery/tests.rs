//! What the figure must show.

use super::beliefs::Beliefs;
use crate::player::Bench;
use crate::sim::Time;

#[test]
fn the_dead_are_called_for_at_most_lease_sweep_and_both_caches() {
    for seed in 1..20 {
        let bench = Bench::<Beliefs>::new(&[], seed).until(Time::from_secs(60));
        let stale = bench.reading("stale");
        assert!((6.0..=21.0).contains(&stale), "seed {seed}: {stale} s");
    }
}
