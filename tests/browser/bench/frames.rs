//! What a frame costs with a crowd in view, painted by the page and painted by a worker.
//!
//! Chromium slows only the page's thread down when it is told to. The worker that paints stretches its own work by the
//! same factor; the worker that only computes a scene, in the page's variant, is not slowed: that favours the page. What
//! favours the worker: beside it the page keeps no readings, time line and focus up to date. The case without a crowd
//! tells what those cost.

use super::{Sorted, measure, open, put_worker, say, start_worker};
use crate::broken::site_with_broken_figure;
use crate::figure::{Figure, LESSON};
use crate::harness::Browser;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

const PROBE: &str = include_str!("probe.js");
const FIGURE: &str = "#fig-slow-server";
/// Packets in view, how many times the CPU is slowed, and which bar that is measured for.
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

#[test]
#[ignore = "a measurement: ./dev bench"]
fn a_frame_painted_by_the_page_and_by_a_worker() {
    let page = site_with_broken_figure();
    let home = page.trim_end_matches(LESSON).to_owned();
    put_worker(&PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("broken-site"), "z");
    measure(async || {
        let browser = open().await;
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": PROBE })).await;
        browser.cdp("Performance.enable", json!({})).await;
        for (crowd, slowdown, bar) in CASES {
            println!("{crowd} packets, CPU slowed {slowdown} times; {bar}");
            let width = painted_by_the_page(&browser, &page, crowd, slowdown).await;
            painted_by_a_worker(&browser, &home, crowd, slowdown, width).await;
        }
    });
}

/// Plays the crowd in the figure of the page; returns the picture's width.
async fn painted_by_the_page(browser: &Browser, page: &str, crowd: u32, slowdown: u32) -> f64 {
    slow_down(browser, 1).await;
    browser.goto(page).await;
    let figure = Figure { browser, css: FIGURE };
    figure.ready().await;
    figure.fill(".fig-control.number .fig-number", &crowd.to_string()).await;
    figure.settled().await;
    figure.click(".fig-play").await;
    let _: u32 = browser.run("probe.count(true); return 0").await;
    browser.until("probe.arcs > 0").await;
    tokio::time::sleep(WARM / 2).await;
    let arcs: u32 = browser.run("return new Promise(requestAnimationFrame).then(() => { const n = probe.arcs; probe.count(false); return n; })").await;
    let slowed = slowed_by(browser, slowdown).await;
    let before = figure.text(".fig-time").await;
    let seen = watch(browser, async || {}).await;
    let after = figure.text(".fig-time").await;
    figure.click(".fig-play").await;
    let canvas = format!("return document.querySelector('{FIGURE} .fig-picture canvas').clientWidth");
    let width: f64 = browser.run(&canvas).await;
    tell("painted by the page", &seen);
    println!(
        "    {arcs} arcs in a picture {width:.0} px wide; model time {before} to {after}; the page's thread is slowed {slowed:.1} times"
    );
    width
}

/// Plays the crowd in a worker with a canvas of its own.
async fn painted_by_a_worker(browser: &Browser, home: &str, crowd: u32, slowdown: u32, width: f64) {
    slow_down(browser, 1).await;
    browser.goto(home).await;
    start_worker(browser, home, "z").await;
    let work = async || say(browser, json!(["work"])).await.as_f64().expect("milliseconds");
    work().await;
    let unslowed = work().await;
    let slowed = slowed_by(browser, slowdown).await;
    let worker_slowed = work().await / unslowed;
    let begin = "const [crowd, width, slowdown, done] = arguments; \
         const canvas = document.createElement('canvas'); \
         document.body.replaceChildren(canvas); \
         const given = canvas.transferControlToOffscreen(); \
         bench.say(['canvas', given, crowd, width, devicePixelRatio, slowdown], [given]).then((begun) => { \
             let busy = false; const start = performance.now(); window.ticking = true; \
             bench.onmessage = () => { busy = false; probe.fresh = true; }; \
             requestAnimationFrame(function tick(now) { \
                 if (!busy) { busy = true; bench.postMessage(['tick', Math.max(0, now - start) / 1e3]); } \
                 if (ticking) requestAnimationFrame(tick); \
             }); \
             done(begun); \
         })";
    let begun = browser.wait_for(begin, vec![crowd.into(), width.into(), slowdown.into()]).await;
    assert_eq!(begun, "begun");
    let seen = watch(browser, async || {
        browser.wait_for("ticking = false; setTimeout(arguments[0], 300)", vec![]).await;
    })
    .await;
    let report = say(browser, json!(["report"])).await;
    let worked = report["worked"].as_array().expect("a list").iter().filter_map(Value::as_f64).collect();
    let worked = Sorted::new(worked);
    tell("painted by a worker", &seen);
    println!(
        "    {} packets in a picture; the worker works {:.2} ms median, {:.2} ms p95 a picture, before it is stretched; \
         the page's thread is slowed {slowed:.1} times, the worker's by the browser {worker_slowed:.1} times",
        report["packets"],
        worked.at(0.5),
        worked.at(0.95)
    );
}

/// Watches the page for a while; `end` ends what goes on in it.
async fn watch(browser: &Browser, end: impl AsyncFnOnce()) -> Seen {
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
    end().await;
    Seen { script: Sorted::new(script), gaps: Sorted::new(gaps), pictures: Sorted::new(pictures), work }
}

fn tell(who: &str, seen: &Seen) {
    let Seen { script, gaps, pictures, work: [task, scripts, style, layout] } = seen;
    println!(
        "  {who}: script {:.2} ms median, {:.2} ms p95 (mean of all work {task:.1}, of script {scripts:.1}, style {style:.1}, layout {layout:.1}); {:.1} % of {} frame gaps \
         ≤ 20 ms, p95 {:.1} ms; {} new pictures, {:.1} % of their gaps ≤ 20 ms, p95 {:.1} ms",
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
