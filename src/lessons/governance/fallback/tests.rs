//! The points of the figures, and what is known of them from elsewhere.

use super::ageing::Ageing;
use super::answers::wrong_at;
use super::page::ShopPage;
use crate::lessons::prelude::*;
use crate::player::Bench;
use crate::sim::statistics::Interval;

fn page(settings: &[(&str, &str)], seed: u64, until: u64) -> Bench<ShopPage> {
    Bench::new(settings, seed).until(Time::from_secs(until))
}

/// The mean of a reading over some seeds, with its confidence interval.
fn mean_of(runs: impl Iterator<Item = f64>) -> Interval {
    Interval::of(&runs.collect::<Vec<_>>()).unwrap()
}

#[test]
fn copies_go_wrong_as_the_formula_has_it() {
    assert!((wrong_at(20.0, 20.0) - 0.632).abs() < 0.001 && wrong_at(0.0, 20.0) == 0.0);
    for (age, life) in [(5, "20"), (14, "20"), (40, "20"), (20, "60")] {
        let share = |seed| {
            let settings = [("stock-life", life)];
            Bench::<Ageing>::new(&settings, seed).until(Time::from_secs(age)).reading("stock-wrong")
        };
        let it = mean_of((0..40).map(share));
        let theory = wrong_at(age as f64, life.parse().unwrap());
        assert!((it.mean - theory).abs() < 1.5 * it.half_width, "{age}, {life}: {it:?}, {theory}");
        assert!(it.half_width < 0.02, "{it:?}");
    }
}

#[test]
fn an_outage_sells_what_is_gone_at_the_same_rate() {
    // Nobody has seen the truth since the start, so the copies at t are t old: of all orders up to 15 s the mean of the formula.
    let it = mean_of((0..60).map(|seed| page(&[("down", "stock")], seed, 15).reading("gone")));
    let theory = 1.0 - wrong_at(15.0, 20.0) * 20.0 / 15.0;
    assert!((it.mean - theory).abs() < 1.5 * it.half_width && it.half_width < 0.03, "{it:?}, {theory}");
    // Copies are renewed by whoever sees the truth, so none is wrong for long while all is well.
    assert_eq!(page(&[("stock-life", "4")], 1, 20).reading("gone"), 0.0);
}

#[test]
fn the_fallback_that_asks_the_database_takes_search_along() {
    let asks = [("down", "prices"), ("price", "database")];
    let bench = page(&asks, 3, 20);
    // 20/s × (2 × 12 ms + 40 ms).
    let it = mean_of((0..40).map(|seed| page(&asks, seed, 20).reading("database")));
    assert!((it.mean - 1.28).abs() < 1.5 * it.half_width, "{it:?}");
    assert!(bench.reading("orders") < 0.2, "{}", bench.reading("orders"));
    assert_eq!(bench.says(), ["says-down", "says-over"]);
    for helps in [("price", "copy"), ("cores", "2")] {
        assert!(page(&[asks[0], asks[1], helps], 3, 20).reading("orders") > 0.98, "{helps:?}");
    }
}

#[test]
fn a_path_that_nobody_uses_breaks_as_a_copy_ages() {
    for (days, expected) in [("7", wrong_at(7.0, 300.0)), ("365", wrong_at(365.0, 300.0))] {
        let fails =
            |seed: &u64| page(&[("down", "prices"), ("unused", days)], *seed, 3).reading("orders") < 0.5;
        let broken = (0..400).filter(fails).count() as f64 / 400.0;
        let deviation = libm::sqrt(expected * (1.0 - expected) / 400.0);
        assert!((broken - expected).abs() < 3.0 * deviation, "{days}: {broken}, {expected}");
    }
    // A trial finds that out, at the price of a few customers, and it is mended.
    let broken =
        |seed: &u64| page(&[("down", "prices"), ("unused", "365")], *seed, 3).reading("orders") < 0.5;
    let seed = (0..20).find(broken).unwrap();
    let tried = page(&[("unused", "365")], seed, 3).act("try", &[Entity::new(1, 0)], &Value::None);
    let tried = tried.on_for(Span::from_secs(6)).set("down", "prices").on_for(Span::from_secs(6));
    assert!(tried.reading("orders") > 0.98);
}

#[test]
fn each_feature_has_an_answer_of_its_own() {
    let orders = |settings: &[(&str, &str)]| page(settings, 2, 40).reading("outage");
    for (down, control, answer, least, most) in [
        ("stock", "stock", "later", 0.96, 1.0),
        ("prices", "price", "later", 0.7, 0.8),
        ("prices", "price", "nothing", 0.0, 0.0),
        ("database", "search", "nothing", 0.5, 0.7),
        ("database", "for-you", "nothing", 0.96, 1.0),
        ("payments", "payment", "copy", 0.88, 0.95),
        ("payments", "payment", "later", 0.97, 1.0),
    ] {
        let orders = orders(&[("down", down), (control, answer), ("unused", "1")]);
        assert!((least..=most).contains(&orders), "{control} {answer}: {orders}");
    }
}
