//! M/M/1 in a worker: our kernel through the interface that lessons use, and a heap loop in plain JavaScript, in turn.

use super::{Sorted, measure, open, put_worker, say, start_worker};
use crate::harness::copy_of_site;
use crate::server;
use serde_json::{Value, json};
use std::fs;

const CUSTOMERS: u32 = 1_000_000;
const ROUNDS: u32 = 9;
/// Events a second on the reference machine.
const BAR: f64 = 16e6;
/// As the site's workers are built, and for speed.
const LEVELS: [&str; 2] = ["z", "3"];

pub fn events_a_second_of_the_kernel_and_of_plain_javascript() {
    let root = copy_of_site("bench-site");
    for level in LEVELS {
        put_worker(&root, level);
    }
    let sizes = LEVELS
        .map(|level| fs::metadata(root.join(format!("bench-worker-{level}.wasm"))).map_or(0, |m| m.len()));
    let home = server::serve(root, "/");
    measure(async || {
        let browser = open().await;
        browser.goto(&home).await;
        for (level, size) in LEVELS.into_iter().zip(sizes) {
            start_worker(&browser, &home, level).await;
            let (mut ours, mut plain, mut waits) = (Vec::new(), Vec::new(), [0.0; 2]);
            // The first round warms the compilers up.
            for round in 0..=ROUNDS {
                let said = say(&browser, json!(["mm1", CUSTOMERS, round + 1])).await;
                let number = |value: &Value| value.as_f64().expect("a number");
                if round > 0 {
                    ours.push(number(&said["ours"]["rate"]));
                    plain.push(number(&said["plain"]["rate"]));
                    waits[0] += number(&said["ours"]["wait"]) / f64::from(ROUNDS);
                    waits[1] += number(&said["plain"]["wait"]) / f64::from(ROUNDS);
                }
            }
            let (ours, plain) = (Sorted::new(ours), Sorted::new(plain));
            println!(
                "M/M/1, worker at opt-level {level} ({} kB): {:.1} M events/s ({:.1} to {:.1}), plain JavaScript {:.1} M ({:.1} to {:.1}), \
                 ratio {:.2}; bars {:.0} M and 1; mean waits {:.2} and {:.2} s of 9",
                size / 1000,
                ours.at(0.5) / 1e6,
                ours.at(0.0) / 1e6,
                ours.at(1.0) / 1e6,
                plain.at(0.5) / 1e6,
                plain.at(0.0) / 1e6,
                plain.at(1.0) / 1e6,
                ours.at(0.5) / plain.at(0.5),
                BAR / 1e6,
                waits[0],
                waits[1],
            );
        }
    });
}
