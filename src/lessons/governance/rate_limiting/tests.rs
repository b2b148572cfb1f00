//! The points of the figures, and the bounds that theory gives.

use super::nodes::{Nodes, STORE};
use super::six::{CLIENTS, SixLimiters};
use crate::lessons::prelude::*;
use crate::player::Bench;

fn six(settings: &[(&str, &str)], seed: u64) -> Bench<SixLimiters> {
    Bench::new(settings, seed).until(Time::from_secs(30))
}

fn nodes(settings: &[(&str, &str)], seed: u64) -> Bench<Nodes> {
    Bench::new(settings, seed).until(Time::from_secs(20))
}

#[test]
fn only_across_the_edge_does_the_fixed_window_pass_twice_its_limit() {
    // Nothing but bursts of 40 in 400 ms, each in the middle of a second or half on either side of its edge.
    let most = |begins| six(&[("steady", "0"), ("begins", begins)], 1).model.most();
    let [fixed, log, counter, bucket, queue, gcra] = most("0.3");
    assert_eq!((fixed, log, counter), (20, 20, 20));
    assert!(bucket == gcra && bucket < 20 && queue < 20, "{bucket} {gcra} {queue}");
    let [fixed, log, counter, ..] = most("0.8");
    assert_eq!((fixed, log), (40, 20));
    assert!((20..26).contains(&counter), "{counter}");
}

#[test]
fn a_bucket_lets_through_its_burst_and_what_drips_in() {
    for (bucket, burst) in [("1", 1), ("5", 5), ("20", 20), ("40", 40)] {
        let most = six(&[("bucket", bucket), ("burst", "0"), ("steady", "60")], 3).model.most();
        // In less than a second: at most the burst and twenty more; nearly as many, but for drops that find the bucket full.
        assert!((burst + 16..=burst + 20).contains(&most[3]), "{bucket}: {most:?}");
        // The queue leaves evenly, whatever comes.
        assert!(most[4] <= 20, "{bucket}: {most:?}");
    }
}

#[test]
fn token_bucket_and_gcra_agree_on_every_call() {
    for (n, settings) in [
        [("limit", "20"), ("bucket", "5"), ("steady", "6")],
        [("limit", "7"), ("bucket", "1"), ("steady", "50")],
        [("limit", "33"), ("bucket", "40"), ("steady", "60")],
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(six(settings, n as u64).reading("unlike"), 0.0, "{settings:?}");
    }
}

#[test]
fn a_burst_can_be_sent_across_the_edge_by_hand_and_moved_by_its_control() {
    let bench = Bench::<SixLimiters>::new(&[("steady", "0")], 1).until(Time::from_millis(2_900));
    let bench = bench.act("burst", &[CLIENTS], &Value::None).until(Time::from_millis(4_300));
    assert_eq!(bench.model.most()[0], 40);
    // The burst that was due at 2.3 s comes at 2.8 s instead.
    let moved = Bench::<SixLimiters>::new(&[("steady", "0")], 1).until(Time::from_millis(1_500));
    let moved = moved.set("begins", "0.8").until(Time::from_millis(3_300));
    assert_eq!(moved.model.most()[0], 40);
}

#[test]
fn too_much_by_the_rate_times_the_lag() {
    // 348 calls a second, of which a hundred may pass. Nodes learn of each other's calls a lag late, on average.
    for (lag, seconds) in [("0.05", 0.05), ("0.15", 0.15), ("0.25", 0.25)] {
        let mean = (0..10).map(|seed| mean_passed(&[("lag", lag)], seed)).sum::<f64>() / 10.0;
        let expected = 100.0 + 348.0 * seconds;
        assert!((mean - expected).abs() < 0.05 * expected, "{lag}: {mean}, not {expected}");
    }
    // How many nodes there are doesn't matter.
    let ten = (0..10).map(|seed| mean_passed(&[("lag", "0.25"), ("nodes", "10")], seed)).sum::<f64>() / 10.0;
    assert!((ten - 187.0).abs() < 12.0, "{ten}");
}

/// Calls a second that pass, over the seconds from the second to the twentieth.
fn mean_passed(settings: &[(&str, &str)], seed: u64) -> f64 {
    let start = Bench::<Nodes>::new(settings, seed).until(Time::from_secs(2));
    let before = start.model.passed_so_far();
    (start.until(Time::from_secs(20)).model.passed_so_far() - before) as f64 / 18.0
}

#[test]
fn what_each_way_of_sharing_lets_through() {
    let passed = |settings: &[(&str, &str)]| mean_passed(settings, 4);
    assert!((passed(&[("sharing", "store")]) - 100.0).abs() < 1.0);
    assert!((passed(&[("sharing", "split")]) - 100.0).abs() < 2.0);
    assert!(passed(&[("sharing", "each")]) > 330.0, "fifty times the limit is no limit");
}

#[test]
fn a_limit_for_each_client_spares_the_honest() {
    let honest = |settings: &[(&str, &str)]| nodes(settings, 2).reading("honest-so-far");
    let each_client = [("sharing", "store"), ("key", "client"), ("limit", "18")];
    assert!(honest(&[("sharing", "store")]) < 0.45 && honest(&each_client) > 0.98);
    let flooded = nodes(&each_client, 2).reading("flooded");
    assert!((flooded - 18.0).abs() < 2.0, "{flooded}");
}

#[test]
fn without_its_store_a_node_does_as_it_was_told() {
    let honest = |fails| {
        let settings = [("sharing", "store"), ("key", "client"), ("limit", "18"), ("fails", fails)];
        let bench =
            Bench::<Nodes>::new(&settings, 5).until(Time::from_secs(10)).act("kill", &[STORE], &Value::None);
        let bench = bench.until(Time::from_secs(20));
        (bench.reading("honest"), bench.reading("flooded"))
    };
    let [open, closed, share] = ["open", "closed", "share"].map(honest);
    assert!(open.0 < 0.5 && open.1 > 250.0, "{open:?}");
    assert_eq!(closed, (0.0, 0.0));
    assert!(share.0 > 0.8 && (share.1 - 18.0).abs() < 6.0, "{share:?}");
}

#[test]
fn a_store_that_is_back_counts_again() {
    let settings = [("sharing", "store"), ("key", "client"), ("limit", "18"), ("fails", "closed")];
    let bench =
        Bench::<Nodes>::new(&settings, 5).until(Time::from_secs(5)).act("kill", &[STORE], &Value::None);
    assert!(bench.model.refusal(0, STORE).is_some() && bench.model.refusal(1, STORE).is_none());
    let bench =
        bench.until(Time::from_secs(8)).act("start", &[STORE], &Value::None).until(Time::from_secs(20));
    assert!(bench.reading("honest") > 0.98, "{}", bench.reading("honest"));
}
