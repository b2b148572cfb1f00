//! The points of the figures, and what is known of them from elsewhere.

use super::slow_dependency::SlowDependency;
use crate::lessons::prelude::*;
use crate::player::Bench;

fn shop(settings: &[(&str, &str)]) -> Bench<SlowDependency> {
    Bench::new(settings, 7)
}

#[test]
fn numbers() {
    for settings in [
        &[][..],
        &[("health", "failing")],
        &[("health", "slow")],
        &[("health", "hung")],
        &[("health", "hung"), ("breaker", "on")],
        &[("health", "hung"), ("breaker", "on"), ("timeout", "0.8")],
        &[("health", "slow"), ("timeout", "0.5")],
        &[("health", "slow"), ("breaker", "on"), ("timeout", "0.8")],
        &[("health", "slow"), ("bulkhead", "8")],
        &[("health", "flapping"), ("breaker", "on"), ("timeout", "0.8")],
    ] {
        let bench =
            shop(settings).until(Time::from_secs(20)).set("health", "well").until(Time::from_secs(45));
        let readings = ["pages-so-far", "told", "back", "calm", "openings", "false-alarms"];
        println!("{settings:?} {:?}", readings.map(|id| (id, bench.reading(id))));
    }
}

#[test]
fn orders() {
    use super::stack::Stack;
    for order in [
        "retry,breaker,limiter,timeout,bulkhead",
        "retry,limiter,bulkhead,breaker,timeout",
        "retry,bulkhead,limiter,breaker,timeout",
        "retry,limiter,breaker,bulkhead,timeout",
        "bulkhead,retry,limiter,breaker,timeout",
        "retry,limiter,breaker,timeout,bulkhead",
        "retry,breaker,limiter,bulkhead,timeout",
        "retry,limiter,bulkhead,timeout,breaker",
        "timeout,retry,limiter,bulkhead,breaker",
        "limiter,retry,bulkhead,breaker,timeout",
        "limiter,bulkhead,breaker,retry,timeout",
        "breaker,retry,limiter,bulkhead,timeout",
    ] {
        for health in ["hung", "failing"] {
            let bench =
                Bench::<Stack>::new(&[("order", order), ("health", health)], 7).until(Time::from_secs(30));
            let readings = ["in-outage", "calm", "peak", "openings", "false-alarms", "most"];
            println!("{order} {health} {:?}", readings.map(|id| (id, bench.reading(id))));
        }
    }
    for settings in [
        &[("services", "3"), ("health", "failing"), ("waits", "none"), ("used", "timeout,retry")][..],
        &[("services", "1"), ("health", "failing"), ("waits", "none"), ("used", "timeout,retry")],
        &[("services", "3"), ("health", "slow"), ("waits", "none"), ("used", "timeout,retry")],
        &[("services", "3"), ("health", "slow"), ("waits", "jitter"), ("used", "timeout,retry")],
        &[
            ("services", "3"),
            ("health", "slow"),
            ("waits", "jitter"),
            ("used", "timeout,retry"),
            ("budget", "on"),
        ],
        &[("services", "1"), ("health", "slow"), ("used", "timeout,retry")],
        &[("services", "1"), ("health", "slow"), ("used", "timeout,retry"), ("budget", "on")],
        &[
            ("services", "3"),
            ("health", "slow"),
            ("waits", "jitter"),
            ("used", "timeout,retry,breaker"),
            ("order", "retry,limiter,bulkhead,breaker,timeout"),
        ],
    ] {
        for at in [6, 10, 14, 20, 28] {
            let bench = Bench::<Stack>::new(settings, 7).until(Time::from_secs(at));
            let readings = ["calls", "answered", "in-outage", "most", "peak"];
            println!(
                "{settings:?} {at} {:?} {}",
                readings.map(|id| (id, bench.reading(id))),
                bench.world.events()
            );
        }
    }
}

#[test]
fn machines() {
    use super::machine::Machine;
    let bench = Bench::<Machine>::new(&[("source", "sick"), ("window", "20")], 1);
    let mut bench = bench;
    for at in 18..46 {
        bench = bench.until(Time::from_secs(at));
        println!("{at} {:?}", ["failed", "to-open", "openings", "refused"].map(|id| bench.reading(id)));
    }
}
