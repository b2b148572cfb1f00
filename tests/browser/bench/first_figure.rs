//! How long a first visit waits for a figure that lives.

use super::{Sorted, measure, open};
use crate::figure::{Figure, LESSON};
use crate::harness::site;
use serde_json::json;

const VISITS: u32 = 7;
const BAR_MS: f64 = 1_000.0;

/// Looks for it in every frame; goes to where it is, for what is out of view is not woken.
fn lookout() -> String {
    format!(
        "globalThis.liveAt = 0; requestAnimationFrame(function look() {{ \
         document.querySelector('#fig-slow-server')?.scrollIntoView(); \
         if ({}) globalThis.liveAt = performance.now(); else requestAnimationFrame(look); }})",
        Figure::is_live("#fig-slow-server")
    )
}

pub fn from_navigation_until_the_first_figure_lives() {
    let home = site();
    measure(async || {
        for slowdown in [1, 4] {
            let mut took = Vec::new();
            for _ in 0..VISITS {
                // A fresh profile: nothing is in its caches.
                let browser = open().await;
                browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": lookout() })).await;
                browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": slowdown })).await;
                browser.goto(&format!("{home}{LESSON}")).await;
                browser.until("globalThis.liveAt > 0").await;
                took.push(browser.run("return globalThis.liveAt").await);
            }
            let took = Sorted::new(took);
            println!(
                "first figure lives, page slowed {slowdown} times: {:.0} ms median of {VISITS} ({:.0} to {:.0}); bar {BAR_MS:.0} ms",
                took.at(0.5),
                took.at(0.0),
                took.at(1.0)
            );
        }
    });
}
