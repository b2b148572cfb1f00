//! The points of the figures, and what is known of them from elsewhere.

use super::flash_sale::FlashSale;
use super::tiers::Service;
use crate::lessons::prelude::*;
use crate::mechanism::queueing::{Mmc, mg1_wait};
use crate::player::Bench;
use crate::sim::statistics::Interval;

fn tiers(settings: &[(&str, &str)], seed: u64) -> Bench<Service> {
    Bench::new(settings, seed).until(Time::from_secs(60))
}

fn sale(settings: &[(&str, &str)], seed: u64) -> Bench<FlashSale> {
    Bench::new(settings, seed).until(Time::from_secs(22))
}

#[test]
fn the_database_is_erlangs_where_nothing_else_is_narrow() {
    // 40 ms there and back, 5 ms of own work, and M/M/4 at 80 %: with threads and connections to spare.
    let settings = [("load", "160"), ("threads", "200"), ("connections", "64")];
    let long = |seed| {
        Bench::<Service>::new(&settings, seed).until(Time::from_secs(300)).model.tiers[2].mean_wait().unwrap()
    };
    let waits: Vec<f64> = (0..30).map(long).collect();
    let interval = Interval::of(&waits).unwrap();
    let theory = Mmc { servers: 4, lambda: 160.0, mu: 50.0 }.wait();
    assert!((interval.mean - theory).abs() < 2.0 * interval.half_width, "{interval:?}, {theory}");
    assert!(interval.half_width < theory / 10.0, "{interval:?}");
}

#[test]
fn littles_law_holds_at_every_tier_below_and_beyond_the_knee() {
    for load in ["100", "180", "400"] {
        let bench = tiers(&[("load", load)], 7);
        for it in bench.model.tiers.iter().flat_map(|tier| [tier.waits(), tier.holds()]) {
            let it = it.of_late(bench.world.now());
            let product = it.rate * it.stay;
            assert!((it.inside - product).abs() < 0.05 * it.inside + 0.3, "at {load}/s: {it:?}");
        }
    }
}

#[test]
fn only_the_narrowest_tier_is_worth_buying() {
    let answered = |settings: &[(&str, &str)]| tiers(settings, 3).reading("answered");
    let bound = 4.0 / 0.02;
    for elsewhere in [("threads", "200"), ("connections", "64"), ("style", "async")] {
        let answered = answered(&[elsewhere]);
        assert!((0.9 * bound..1.08 * bound).contains(&answered), "{elsewhere:?}: {answered}");
    }
    assert!(answered(&[("cores", "6")]) > 225.0);
    // The queue shows before the application, and the pool is what is narrow.
    let bench = tiers(&[("load", "150"), ("connections", "2")], 3);
    assert!(bench.model.tiers[0].waits().inside() > 80 && bench.reading("cores") < 0.6);
    assert!((90.0..110.0).contains(&bench.reading("answered")), "{}", bench.reading("answered"));
}

#[test]
fn users_who_wait_never_ask_for_more_than_they_get() {
    // The interactive response time law: N = X (R + Z), with 240 users who think for a second.
    let bench = tiers(&[("clients", "users")], 5);
    let users = bench.reading("answered") * (bench.reading("mean") + 1.0);
    assert!((users - 240.0).abs() < 12.0 && bench.reading("refused") == 0.0, "{users}");
}

#[test]
fn the_row_is_a_queue_with_equal_service_times() {
    // Whoever leaves the shop, M/M/c and never full, comes to the lock as a Poisson stream (Burke): M/D/1 at 80 %.
    let settings = [("load", "100"), ("servers", "12"), ("queue", "5000")];
    let waits: Vec<f64> =
        (0..200).map(|seed| sale(&settings, seed).model.rows[0].lock.mean_wait().unwrap()).collect();
    let interval = Interval::of(&waits).unwrap();
    let theory = mg1_wait(0.8, 0.008, 0.0);
    assert!((interval.mean - theory).abs() < 0.1 * theory, "{interval:?}, {theory}");
}

#[test]
fn only_a_copy_sells_what_is_not_there() {
    for (stock, oversells) in [("row", false), ("counter", false), ("copy", true)] {
        let bench = sale(&[("stock", stock), ("servers", "3")], 2);
        assert_eq!(bench.reading("oversold") > 100.0, oversells, "{stock}");
        assert_eq!((bench.reading("left"), bench.reading("told") > 0.9), (0.0, stock != "row"), "{stock}");
    }
    // Also if the stock is spread anew while orders are being written.
    let settings = [("stock", "counter"), ("servers", "3")];
    let mut bench = Bench::<FlashSale>::new(&settings, 4).until(Time::from_millis(2_300));
    for rows in ["8", "3", "5", "1", "2"] {
        bench = bench.on_for(Span::from_millis(230)).set("rows", rows);
    }
    let bench = bench.until(Time::from_secs(22));
    assert_eq!((bench.reading("oversold"), bench.reading("left")), (0.0, 0.0));
}

#[test]
fn more_servers_wait_for_the_same_lock_and_a_longer_line_is_no_faster() {
    let told = |settings: &[(&str, &str)]| sale(settings, 1).reading("told");
    assert!((told(&[]) - told(&[("servers", "12")])).abs() < 0.03);
    assert!(told(&[("queue", "5000")]) < 0.5 && sale(&[("queue", "5000")], 1).reading("p99") > 5.0);
    assert!(told(&[("rows", "8"), ("servers", "3")]) > 0.98);
}

#[test]
fn no_other_control_moves_items_from_row_to_row() {
    let bench = Bench::<FlashSale>::new(&[("rows", "8"), ("servers", "3")], 1).until(Time::from_secs(3));
    let left = |bench: &Bench<FlashSale>| bench.model.rows.iter().map(|row| row.left).collect::<Vec<_>>();
    let before = left(&bench);
    assert!(before.iter().max() > before.iter().min().map(|least| least + 5).as_ref(), "{before:?}");
    assert_eq!(left(&bench.set("servers", "4").set("queue", "400")), before);
}

#[test]
fn a_full_tier_says_whether_it_is_the_bottleneck_or_waits_for_it() {
    let bench = tiers(&[], 3);
    let says_first = |kind: u8| {
        let about = bench.model.about(Entity::new(kind, 0), &bench.world).unwrap();
        about.sentences[0].id.to_string()
    };
    assert_eq!([2, 3, 4].map(says_first), ["about-blocked", "about-blocked", "about-bottleneck"]);
}
