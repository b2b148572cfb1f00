//! The points of the figures, and what is known of them from elsewhere.

use super::behind_the_cache::{BehindTheCache, CACHE, FRONT_SHARE, PAGES, SKEW};
use super::disagree::Disagree;
use super::matrix::{self, Matrix};
use super::which_keys::WhichKeys;
use crate::lessons::prelude::*;
use crate::mechanism::cache::BloomSize;
use crate::mechanism::cache::reference_model::Che;
use crate::player::{Bench, Run, Search, SearchResult};
use crate::sim::{Seed, Zipf};

/// Runs to a moment and checks the invariants there only: there are thousands of requests a second.
fn until<X: Experiment>(mut run: Bench<X>, at: Time) -> Bench<X> {
    while let Some(event) = run.world.next(at) {
        run.model.handle(event, &mut run.world);
    }
    run.until(at)
}

fn cache(settings: &[(&str, &str)], seed: u64) -> Bench<BehindTheCache> {
    Bench::new(settings, seed)
}

fn seconds(n: u64) -> Time {
    Time::from_secs(n)
}

fn acts(run: Bench<BehindTheCache>, action: &str) -> Bench<BehindTheCache> {
    run.act(action, &[CACHE], &Value::None)
}

#[test]
fn a_page_that_expires_brings_its_rate_times_its_query_and_single_flight_makes_that_one() {
    for (setting, least, most) in [("off", 930.0, 1_070.0), ("on", 1.0, 1.0)] {
        for seed in 1..4 {
            let run = until(cache(&[("flight", setting)], seed), seconds(3));
            let run = until(acts(run, "expire"), Time::from_millis(4_100));
            let rush = run.reading("rush");
            assert!((least..=most).contains(&rush), "{setting}, seed {seed}: {rush}");
            // One query, and the others wait for it.
            assert!(setting == "off" || run.reading("slow") > 0.03, "seed {seed}");
        }
    }
}

#[test]
fn the_hit_ratio_is_ches() {
    let zipf = Zipf::new(PAGES - 1, SKEW).unwrap();
    let others = zipf.probabilities().into_iter().map(|p| (1.0 - FRONT_SHARE) * p);
    let popularity: Vec<f64> = [FRONT_SHARE].into_iter().chain(others).collect();
    for places in ["500", "1000", "2500"] {
        let expected = Che::new(&popularity, places.parse().unwrap()).hit_ratio(&popularity);
        let mut run = until(
            cache(&[("ttl", "2min"), ("places", places), ("workers", "60"), ("flight", "on")], 3),
            seconds(10),
        );
        let mut sum = 0.0;
        for second in 11..=40 {
            run = until(run, seconds(second));
            sum += run.reading("hits");
        }
        let measured = sum / 30.0;
        assert!((measured - expected).abs() < 0.008, "{places}: {measured}, by the formula {expected}");
    }
}

#[test]
fn a_filter_lets_through_what_blooms_formula_says() {
    let asked = |attack, bits: &str| {
        let settings = [("attack", attack), ("filter", bits), ("workers", "60"), ("ttl", "2min")];
        let mut run = until(cache(&settings, 5), seconds(2));
        let mut sum = 0.0;
        for second in 3..=12 {
            run = until(run, seconds(second));
            sum += run.reading("asked");
        }
        sum / 10.0
    };
    let own = asked("0", "0");
    for bits in [2_u32, 4, 6, 8] {
        let hashes = libm::round(f64::from(bits) * core::f64::consts::LN_2) as u8;
        let rate = BloomSize { bits: bits * PAGES, hashes }.false_positive_rate(f64::from(PAGES));
        let through = (asked("2000", &bits.to_string()) - own) / 2000.0;
        assert!((through - rate).abs() < 0.01 + 0.05 * rate, "{bits} bits: {through}, by the formula {rate}");
    }
}

#[test]
fn what_does_not_exist_pushes_out_what_does() {
    let hits = |negative| {
        let settings = [("attack", "300"), ("ttl", "2min"), ("flight", "on"), ("negative", negative)];
        let run = until(cache(&settings, 2), seconds(6));
        (run.reading("hits"), run.reading("asked"))
    };
    let (without, with) = (hits("off"), hits("on"));
    assert!(with.0 < without.0 - 0.03 && with.1 > without.1 + 60.0, "{without:?} {with:?}");
}

#[test]
fn in_step_a_full_cache_is_lost_at_once_and_a_lost_one_keeps_the_database_down() {
    let avalanche = until(cache(&[], 1), seconds(60));
    assert!(avalanche.reading("falls") >= 5.0 && avalanche.reading("hits") < 0.4);
    let repaired = until(cache(&[("flight", "on"), ("jitter", "50 %")], 1), seconds(60));
    assert_eq!((repaired.reading("falls"), repaired.reading("lost")), (0.0, 0.0));
    for (ramp, recovers) in [("off", false), ("on", true)] {
        let run = until(cache(&[("ttl", "2min"), ("ramp", ramp)], 1), seconds(3));
        let run = until(acts(run, "kill"), seconds(8));
        let run = until(acts(run, "restore"), seconds(40));
        assert_eq!(run.reading("hits") > 0.8, recovers, "{ramp}: {}", run.reading("hits"));
    }
}

#[test]
fn copies_go_on_answering_when_the_cache_dies_and_go_on_lying_when_a_page_has_changed() {
    for seed in 1..4 {
        let with = |copies| cache(&[("ttl", "2min"), ("copies", copies)], seed);
        let lost = |copies| {
            let run = until(acts(until(with(copies), seconds(3)), "kill"), seconds(8));
            until(acts(run, "restore"), seconds(60))
        };
        let (without, with_copies) = (lost("off"), lost("on"));
        assert!(without.reading("falls") >= 5.0 && with_copies.reading("falls") <= 1.0, "seed {seed}");
        assert!(with_copies.reading("lost") < 0.1 && with_copies.reading("stale") == 0.0, "seed {seed}");
        // The copies are up to 5 s old.
        let stale = |run: &Bench<BehindTheCache>| run.model.ends(&run.world).stale;
        let changed = until(acts(until(with("on"), seconds(3)), "expire"), seconds(10));
        let told = stale(&changed);
        assert!(changed.reading("stale") > 0.05, "seed {seed}");
        assert!(told > 1_000 && stale(&until(changed, seconds(20))) == told, "seed {seed}: {told}");
    }
}

#[test]
fn a_cell_of_the_matrix_is_a_run_of_the_first_figure() {
    let controls = matrix::ControlValues::from_values(
        &matrix::ControlValues::ALL.iter().map(Control::default).collect::<Vec<_>>(),
    );
    let all = Bench::<Matrix>::new(&[], 9).until(seconds(16));
    assert_eq!(all.reading("runs"), 32.0);
    let seed = all.model.seed;
    for (n, setting) in [(0, ("flight", "off")), (1, ("flight", "on"))] {
        let run = until(cache(&[setting, ("ttl", "1min")], seed), seconds(2));
        let before = run.model.ends(&run.world);
        let run = until(acts(run, "expire"), seconds(8));
        let shares = run.model.ends(&run.world).shares_since(before).unwrap();
        assert_eq!(controls.run(0, n, seed).0, shares);
        assert_eq!(all.model.runs[n as usize * 4], shares);
    }
    // What the text says: single flight does most, copies as much and at a price, and no single defence everything.
    assert_eq!([0, 1, 7].map(|defence| all.model.by(defence)), [Some(0), Some(3), Some(3)]);
    assert!((2..7).all(|n| all.model.by(n).is_some_and(|survived| survived <= 1)));
    let (flight, copies) = (&all.model.runs[4..8], &all.model.runs[28..32]);
    assert!(flight[2][1] > 0.4 && flight.iter().all(|[.., stale]| *stale == 0.0), "{flight:?}");
    assert!(copies[0][2] > 0.1 && copies[2][1] < 0.2, "{copies:?}");
    let both = Bench::<Matrix>::new(&[("everywhere", "filter")], 9).until(seconds(16));
    assert_eq!(both.model.by(0), Some(4));
}

#[test]
fn the_matrix_says_what_it_is_about_to_do_where_no_run_is_made_yet() {
    let run = Bench::<Matrix>::new(&[], 9);
    assert_eq!(run.says(), ["says-first"]);
    let run = run.until(seconds(3));
    assert_eq!(run.says(), ["about-run"]);
    // A block whose run isn't made yet says so. All are named by row and column.
    let about = |n| run.model.about(Entity::new(0, n), &run.world).unwrap().sentences[0].id.to_string();
    assert_eq!([about(5), about(6), about(31)], ["about-run", "about-pending", "about-pending"]);
    // Every run is made anew with another setting.
    assert_eq!(run.set("everywhere", "flight").says(), ["says-first"]);
}

/// What the search finds, as the page's button does: how many steps, or none.
fn search(settings: &[(&str, &str)]) -> Option<usize> {
    let figure = &super::orders::FIGURES[0];
    let mut run = Run::new(figure.spec, Seed(1));
    run.set_all(figure.spec, settings).unwrap();
    match Search::start(figure, &run).unwrap().work(usize::MAX).unwrap() {
        SearchResult::Way { steps, .. } => Some(steps),
        SearchResult::Never { .. } => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_leases_leave_no_schedule_with_an_old_entry() {
    for (order, one, two) in [
        ("delete-first", Some(5), Some(7)),
        ("write-first", Some(6), Some(7)),
        ("twice", Some(6), Some(9)),
        ("both", Some(6), Some(5)),
        ("lease", None, None),
    ] {
        for (writers, expected) in [("1", one), ("2", two)] {
            let settings = [("order", order), ("writers", writers)];
            let run = Bench::<Disagree>::new(&settings, 1);
            assert_eq!(search(&settings), expected, "{settings:?}");
            assert_eq!(run.reading("wrong") > 0.0, expected.is_some());
        }
    }
}

#[test]
fn the_classic_race_by_hand() {
    // Delete; the reader misses and reads the old row; the row changes; the reader stores what it has read.
    let step = |run: Bench<Disagree>, n| {
        run.act("step", &[Entity::new(0, n)], &Value::None).on_for(Span::from_secs(1))
    };
    let run = [1, 0, 0, 1, 0].into_iter().fold(Bench::<Disagree>::new(&[], 1), step);
    assert_eq!((run.says(), run.reading("wrong")), (vec!["says-stale".to_owned()], 1.0));
    // Every step that is drawn says what it did, and is called by its place in time.
    let mut scene = Scene::default();
    run.model.draw(&run.world, &mut scene);
    let Some(Panel::Ladder(ladder)) = scene.panels.first() else { panic!("it is a ladder") };
    let of = |step: Entity| run.model.about(step, &run.world).unwrap().sentences[0].id.to_string();
    let steps: Vec<_> = ladder.messages.iter().map(|it| (it.entity.n, of(it.entity))).collect();
    let did = ["did-delete", "did-miss", "did-read", "did-update", "did-store"].map(str::to_owned);
    assert_eq!(steps, (1..).zip(did).collect::<Vec<_>>());
    // Who has finished can't be stepped, and the button says so.
    assert!((0..2).all(|n| run.model.refusal(0, Entity::new(0, n)).is_some()));
    assert_eq!(Bench::<Disagree>::new(&[], 1).model.refusal(0, Entity::new(0, 1)), None);
}

fn hits(settings: &[(&str, &str)], reading: &str) -> f64 {
    Bench::<WhichKeys>::new(settings, 4).until(seconds(30)).reading(reading)
}

#[test]
fn what_the_text_says_to_write_is_lru_fifo_and_lfu_to_the_last_hit() {
    for (rule, policy) in [
        ("on insert, hit: rank = now", "lru"),
        ("on insert: rank = now", "fifo"),
        ("on insert, hit:\n  uses = uses + 1\n  rank = uses", "lfu"),
    ] {
        for arrivals in ["zipf", "scans", "change"] {
            let settings = [("rule", rule), ("policy", policy), ("arrivals", arrivals)];
            let run = Bench::<WhichKeys>::new(&settings, 4);
            let lanes = &run.model.known.lanes;
            assert_eq!(lanes[0].after, lanes[lanes.len() - 1].after, "{policy}, {arrivals}");
        }
    }
}

#[test]
fn the_bars_say_who_is_popular_now() {
    let run = Bench::<WhichKeys>::new(&[("arrivals", "change")], 4);
    let known = &run.model.known;
    // Which of the keys that are seen is asked for most, 1,000 requests after the popular keys have changed.
    let most =
        [200, 350, 500].map(|tick| known.seen().max_by_key(|&(_, (key, _))| known.asked_of_late(key, tick)));
    let keys = most.map(|found| found.unwrap().1.0);
    assert_eq!(keys, [250, 500, 750]);
}

#[test]
fn ches_formula_is_near_lru_where_requests_are_independent() {
    for places in ["50", "150", "500"] {
        let settings = [("arrivals", "zipf"), ("places", places)];
        let run = Bench::<WhichKeys>::new(&settings, 4);
        let (formula, lru) = (run.model.known.che(places.parse().unwrap()), hits(&settings, "lru"));
        assert!((formula - lru).abs() < 0.015, "{places}: {lru}, by the formula {formula}");
    }
}

#[test]
fn scans_are_for_sieve_and_what_was_popular_stays_with_lfu() {
    let of = |policy, arrivals, reading| hits(&[("policy", policy), ("arrivals", arrivals)], reading);
    for policy in ["sieve", "w-tinylfu"] {
        assert!(of(policy, "scans", "hits") > of(policy, "scans", "lru") + 0.04, "{policy}");
    }
    // The rule that the figure begins with forgets, and LFU doesn't.
    let (lfu, aging) = (of("lfu", "change", "hits"), of("lfu", "change", "yours"));
    assert!(lfu < of("lfu", "change", "lru") - 0.1 && aging > lfu + 0.1, "{lfu} {aging}");
    // Where everything fits nothing is lost but the first request for each key.
    let bound = hits(&[("places", "5000")], "bound");
    assert_eq!(bound, hits(&[("places", "5000")], "lru"));
}
