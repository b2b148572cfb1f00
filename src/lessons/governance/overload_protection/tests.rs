//! The points of the figure, and what is known of them from elsewhere.

use super::server::Overload;
use crate::lessons::prelude::*;
use crate::mechanism::retry::ThrottleConfig;
use crate::player::Bench;

/// What the server can do with its four workers.
const CAPACITY: f64 = 100.0;

fn run(settings: &[(&str, &str)], secs: u64) -> Bench<Overload> {
    Bench::new(settings, 7).until(Time::from_secs(secs))
}

fn steady(load: &'static str, more: &[(&'static str, &'static str)]) -> Bench<Overload> {
    run(&[&[("course", "steady"), ("load", load)], more].concat(), 5)
}

/// A server at 20 s that was stalled from 8 s to 12 s, at a load of 70/s.
fn stalled(more: &[(&'static str, &'static str)]) -> Bench<Overload> {
    run(&[&[("course", "stall"), ("load", "70")], more].concat(), 20)
}

/// The mean of a reading over twenty further seconds.
fn mean(mut bench: Bench<Overload>, reading: &str) -> f64 {
    let mut sum = 0.0;
    for _ in 0..20 {
        bench = bench.on_for(Span::from_secs(1));
        sum += bench.reading(reading);
    }
    sum / 20.0
}

#[test]
fn goodput_falls_off_a_cliff_and_does_not_come_back_with_the_load() {
    let up = run(&[], 8);
    assert!(up.reading("answered") > 70.0 && up.reading("late") < 1.0);
    let top = up.until(Time::from_secs(20));
    assert!(top.reading("answered") < 1.0 && top.reading("late") > 50.0);
    let back = top.until(Time::from_secs(33));
    assert!(back.model.controls.wanted(back.world.now()) < CAPACITY);
    assert!(back.reading("answered") < 1.0 && back.reading("asked") > 2.0 * CAPACITY);
}

#[test]
fn every_protection_brings_it_back_with_the_load() {
    for more in
        [("room", "20"), ("guard", "expired"), ("guard", "newest"), ("guard", "codel"), ("guard", "adaptive")]
    {
        let bench = run(&[more], 50);
        let (answered, wanted) = (mean(bench, "answered"), 15.0);
        assert!((answered - wanted).abs() < 2.5, "{more:?}: {answered}");
    }
}

#[test]
fn answers_and_refusals_share_the_workers_time() {
    // 4 workers = answers × 40 ms + refusals × 2 ms; one answer in fifty is an error.
    for load in ["150", "300", "400"] {
        for more in [("room", "20"), ("guard", "adaptive")] {
            let bench = steady(load, &[more]);
            let (answered, asked) = (mean(bench, "answered"), mean(steady(load, &[more]), "asked"));
            let done = answered / 0.98;
            let busy = done * 0.04 + (asked - done) * 0.002;
            assert!(
                (busy / 4.0 - 1.0).abs() < 0.04,
                "{load} {more:?}: {answered} of {asked}, {busy} workers"
            );
        }
    }
}

#[test]
fn clients_who_hold_back_send_what_the_books_formula_says() {
    let with = [("guard", "adaptive"), ("throttle", "on")];
    let (asked, answered) = (mean(steady("300", &with), "asked"), mean(steady("300", &with), "answered"));
    let sent = ThrottleConfig::default().steady_sent(600.0, answered / 0.98);
    assert!((asked / sent - 1.0).abs() < 0.1, "{asked} are sent, and the formula says {sent}");
    assert!(answered > 1.4 * mean(steady("300", &with[..1]), "answered"));
}

#[test]
fn the_trap_holds_above_capacity_divided_by_the_tries() {
    let answered = |load: &str| stalled(&[]).set("load", load).until(Time::from_secs(58)).reading("answered");
    assert!(answered("70") < 1.0 && answered("40") < 1.0, "three tries each: 120 and more");
    assert!(answered("20") > 10.0, "three tries each: 60");
    // Out of it, the same load is served as before.
    let out = stalled(&[]).set("load", "20").until(Time::from_secs(55)).set("load", "70");
    assert!(out.until(Time::from_secs(60)).reading("answered") > 55.0);
}

#[test]
fn a_restart_gets_out_and_a_short_line_never_gets_in() {
    let restarted = stalled(&[]).act("restart", &[Entity::new(3, 0)], &Value::None);
    assert!(restarted.until(Time::from_secs(24)).reading("answered") > 55.0);
    for more in [("room", "20"), ("guard", "adaptive"), ("retries", "0")] {
        assert!(stalled(&[more]).reading("answered") > 55.0, "{more:?}");
    }
    assert!(stalled(&[("workers", "5")]).until(Time::from_secs(50)).reading("answered") < 1.0);
}

#[test]
fn whom_one_can_do_without_is_refused_first() {
    let checkouts = |important| {
        let more = [("guard", "adaptive"), ("throttle", "on"), ("important", important)];
        mean(steady("300", &more), "checkouts")
    };
    let (equal, first) = (checkouts("off"), checkouts("on"));
    assert!(equal < 0.5 && first > 0.95, "{equal} {first}");
}
