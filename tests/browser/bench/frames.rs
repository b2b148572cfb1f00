//! What a frame costs with a crowd in view. Pictures are painted by the worker; the page passes time on and changes what
//! is to be read.
//!
//! Chromium slows only the page's thread down when it is told to, so the worker's script is made as slow by `slow.js`.
//! The case without a crowd tells what everything but the picture costs.

use super::{Sorted, measure, open};
use crate::broken::site_with_broken_figure;
use crate::figure::Figure;
use crate::harness::Browser;
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const PROBE: &str = include_str!("probe.js");
const FIGURE: &str = "#fig-slow-server";
/// Packets in view, how many times page and worker are slowed, and which bar that is measured for.
const CASES: [(u32, u32, &str); 3] = [
    (2_000, 1, "bar: script p95 ≤ 4 ms"),
    (500, 4, "bar: 95 % of gaps ≤ 20 ms"),
    (3, 4, "no bar: what a frame costs without a crowd"),
];
const GAP_BAR_MS: f64 = 20.0;
/// What the page's thread does, as Chromium counts it: everything, and parts of it.
const WORK: [&str; 4] = ["TaskDuration", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];
const WARM: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(6);

/// What was seen of the page's own thread.
struct Seen {
    script: Sorted,
    gaps: Sorted,
    /// Gaps between frames that came with a new picture.
    pictures: Sorted,
    /// Milliseconds of each of [`WORK`] for a frame, on average.
    work: [f64; WORK.len()],
}

pub fn a_frame_with_a_crowd_in_view() {
    let page = site_with_broken_figure();
    let script = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("broken-site/broken-worker.js");
    let worker = fs::read_to_string(&script).expect("the worker is there");
    measure(async || {
        let browser = open().await;
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": PROBE })).await;
        browser.cdp("Performance.enable", json!({})).await;
        for (crowd, slowdown, bar) in CASES {
            println!("{crowd} packets, page and worker slowed {slowdown} times; {bar}");
            let slow = format!("const SLOWER = {slowdown};\n{}{worker}", include_str!("slow.js"));
            fs::write(&script, slow).expect("written");
            play(&browser, page, crowd, slowdown).await;
        }
    });
}

/// Plays the crowd in the figure of the page.
async fn play(browser: &Browser, page: &str, crowd: u32, slowdown: u32) {
    slow_down(browser, 1).await;
    browser.goto(page).await;
    let figure = Figure { browser, css: FIGURE };
    figure.ready().await;
    figure.fill(".fig-control.number .fig-number", &crowd.to_string()).await;
    figure.settled().await;
    figure.click(".fig-play").await;
    tokio::time::sleep(WARM).await;
    let slowed = slowed_by(browser, slowdown).await;
    let before = figure.text(".fig-time").await;
    let seen = watch(browser).await;
    let after = figure.text(".fig-time").await;
    tell(&seen);
    println!("    model time {before} to {after}; the page's thread is slowed {slowed:.1} times");
}

/// Watches the page for a while.
async fn watch(browser: &Browser) -> Seen {
    tokio::time::sleep(WARM).await;
    let _: u32 = browser.run("probe.clear(); return 0").await;
    let work = async || {
        let metrics = browser.cdp("Performance.getMetrics", json!({})).await;
        let all = metrics["metrics"].as_array().expect("a list of metrics").clone();
        let value = |name: &str| all.iter().find(|metric| metric["name"] == name)?["value"].as_f64();
        WORK.map(|name| value(name).unwrap_or(f64::NAN) * 1e3)
    };
    let before = work().await;
    tokio::time::sleep(MEASURED).await;
    let (script, gaps, pictures): (Vec<f64>, Vec<f64>, Vec<f64>) =
        browser.run("return [probe.script, probe.gaps, probe.pictures]").await;
    let after = work().await;
    let work = std::array::from_fn(|k| (after[k] - before[k]) / gaps.len() as f64);
    Seen { script: Sorted::new(script), gaps: Sorted::new(gaps), pictures: Sorted::new(pictures), work }
}

fn tell(seen: &Seen) {
    let Seen { script, gaps, pictures, work: [task, scripts, style, layout] } = seen;
    println!(
        "  script {:.2} ms median, {:.2} ms p95 (mean of all work {task:.1}, of script {scripts:.1}, style {style:.1}, layout {layout:.1}); {:.1} % of {} frame gaps \
         ≤ 20 ms, p95 {:.1} ms; {} answers of the worker, {:.1} % of their gaps ≤ 20 ms, p95 {:.1} ms",
        script.at(0.5),
        script.at(0.95),
        gaps.within(GAP_BAR_MS),
        gaps.0.len(),
        gaps.at(0.95),
        pictures.0.len(),
        pictures.within(GAP_BAR_MS),
        pictures.at(0.95),
    );
}

async fn slow_down(browser: &Browser, times: u32) {
    browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": times })).await;
}

/// Slows the page's thread; how many times longer the same work takes there than before.
async fn slowed_by(browser: &Browser, times: u32) -> f64 {
    let work = async || browser.run::<f64>("return probe.work()").await;
    work().await;
    let before = work().await.min(work().await);
    slow_down(browser, times).await;
    work().await.min(work().await) / before
}
