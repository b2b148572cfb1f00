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
