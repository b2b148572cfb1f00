//! What a frame costs the page's own thread, with a crowd in view. Runs in `./dev bench` and only prints.

use crate::broken::site_with_broken_figure;
use crate::figure::Figure;
use crate::harness::{Browser, Kind, Setup};
use serde_json::json;
use std::time::Duration;

/// Times every listener of a worker's messages and every animation frame, together with the microtasks that they leave
/// behind (where the page's effects run), and the gaps between frames.
const PROBE: &str = r"
    globalThis.probe = { script: [], gaps: [] };
    const timed = (f) => function (...args) {
        const start = performance.now();
        const result = f.apply(this, args);
        let hops = 20;
        const hop = () => { if (hops--) Promise.resolve().then(hop); else probe.current += performance.now() - start; };
        hop();
        return result;
    };
    probe.current = 0;
    const own = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
    Object.defineProperty(Worker.prototype, 'onmessage', { ...own, set(f) { own.set.call(this, f && timed(f)); } });
    const frame = requestAnimationFrame;
    globalThis.requestAnimationFrame = (f) => frame(timed(f));
    let last = 0;
    frame(function each(now) {
        if (last) { probe.gaps.push(now - last); probe.script.push(probe.current); }
        probe.current = 0; last = now; frame(each);
    });";

#[test]
#[ignore = "a measurement: ./dev bench"]
fn main_thread_script_of_a_frame() {
    let page = site_with_broken_figure();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let browser = Browser::open(Setup::desk(Kind::Chromium)).await;
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": PROBE })).await;
        browser.goto(&page).await;
        let figure = Figure { browser: &browser, css: "#fig-slow-server" };
        figure.ready().await;
        for (crowd, slowdown) in [(2_000, 1), (500, 4)] {
            browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": slowdown })).await;
            figure.fill(".fig-control.number .fig-number", &crowd.to_string()).await;
            figure.settled().await;
            figure.click(".fig-play").await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            let _: u32 = browser.run("probe.gaps.length = probe.script.length = 0; return 0").await;
            tokio::time::sleep(Duration::from_secs(6)).await;
            let (mut script, mut gaps): (Vec<f64>, Vec<f64>) =
                browser.run("return [probe.script, probe.gaps]").await;
            figure.click(".fig-play").await;
            let at = |sorted: &mut Vec<f64>, share: f64| {
                sorted.sort_by(f64::total_cmp);
                sorted[((sorted.len() - 1) as f64 * share) as usize]
            };
            println!(
                "{crowd} packets, CPU slowed {slowdown} times, {} frames: script {:.2} ms median, {:.2} ms p95; gaps {:.1} ms median, {:.1} ms p95",
                script.len(),
                at(&mut script, 0.5),
                at(&mut script, 0.95),
                at(&mut gaps, 0.5),
                at(&mut gaps, 0.95),
            );
        }
    });
}
