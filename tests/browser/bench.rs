//! What the project promises about speed, measured in Chromium. Runs in `./dev bench` and only prints, each figure
//! beside its bar.

pub mod first_figure;
pub mod frames;
pub mod kernel;
pub mod learner;
pub mod lighthouse;
pub mod seek;

use crate::harness::{self, Browser, Kind, Setup};
use std::path::{Path, PathBuf};

/// Measures in what `work` opens.
fn measure(work: impl AsyncFnOnce()) {
    harness::tell(work());
}

/// A fresh Chromium on a desk.
async fn open() -> Browser {
    Browser::open(Setup::desk(Kind::Chromium)).await
}

/// Some measured values, in ascending order.
struct Sorted(Vec<f64>);

impl Sorted {
    fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }
    /// The value that this share of them doesn't exceed; NaN of nothing.
    fn at(&self, share: f64) -> f64 {
        self.0
            .get((self.0.len().saturating_sub(1) as f64 * share).round() as usize)
            .copied()
            .unwrap_or(f64::NAN)
    }
    fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }
    /// The share of them that is at most `bound`, in per cent.
    fn within(&self, bound: f64) -> f64 {
        self.0.iter().filter(|value| **value <= bound).count() as f64 / self.0.len() as f64 * 100.0
    }
}

/// The folder of the worker that is measured, built at an optimisation level.
fn built_at(level: &str) -> PathBuf {
    let built = std::env::var_os("BENCH_WORKERS").map(PathBuf::from);
    built
        .expect("BENCH_WORKERS, the folder of the workers that are measured, is set by './dev bench'")
        .join(level)
}

/// Puts the worker that is measured, built at this level, into a copy of the site, as `bench-worker-LEVEL.js`.
fn put_worker(root: &Path, level: &str) {
    let name = format!("bench-worker-{level}");
    let glue = std::fs::read_to_string(built_at(level).join("bench-worker.js")).expect("the worker is built");
    let script = format!(
        "{glue}\n{}\nwasm_bindgen({{ module_or_path: new URL('./{name}.wasm', self.location.href) }})\n\
         .then(() => postMessage('ready'));\n",
        include_str!("bench/worker/worker.js")
    );
    std::fs::write(root.join(format!("{name}.js")), script).expect("written");
    std::fs::copy(built_at(level).join("bench-worker_bg.wasm"), root.join(format!("{name}.wasm")))
        .expect("copied");
}

/// Starts the worker that is measured, built at this level, in the page that is open at the site's home.
async fn start_worker(browser: &Browser, home: &str, level: &str) {
    let start = "const [address, done] = arguments; \
                 window.bench = new Worker(address); \
                 bench.say = (message, give) => new Promise((heard) => { \
                     bench.onmessage = (event) => heard(event.data); bench.postMessage(message, give); \
                 }); \
                 bench.onerror = (event) => done(event.message); \
                 bench.onmessage = (event) => done(event.data)";
    let ready = browser.wait_for(start, vec![format!("{home}bench-worker-{level}.js").into()]).await;
    assert_eq!(ready, "ready");
}

/// Says something to the worker that is measured; what it answers.
async fn say(browser: &Browser, message: serde_json::Value) -> serde_json::Value {
    browser.wait_for("const [message, done] = arguments; bench.say(message).then(done)", vec![message]).await
}
