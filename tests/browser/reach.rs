//! What a worker of the built site holds and can reach. A page's policy doesn't bind its workers, so this is held against
//! their scripts: WASM calls nothing but what its script hands in.

use crate::harness::dist;
use playground::lessons;
use playground::site::finish::files;
use playground::site::workers::Workers;
use std::fs;
use std::path::Path;

/// Files of the built site that begin and end so.
fn built(start: &str, end: &str) -> Vec<String> {
    let all = files(&dist()).expect("dist can be read");
    all.into_iter().filter(|file| file.starts_with(start) && file.ends_with(end)).collect()
}

pub fn a_worker_loads_its_own_wasm_and_reaches_nothing_else() {
    let scripts = built("worker-", ".js");
    assert!(!scripts.is_empty(), "the site has workers");
    for script in scripts {
        let text = fs::read_to_string(dist().join(&script)).expect("a script");
        // A comment reaches nothing; wasm-bindgen's name their sources.
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        assert_eq!(code.matches("fetch(").count(), 1, "{script} fetches its WASM, once");
        for way in [
            "XMLHttpRequest",
            "WebSocket",
            "WebTransport",
            "EventSource",
            "sendBeacon",
            "importScripts",
            "indexedDB",
            "caches",
            "eval(",
            "new Function",
            "Worker(",
            "BroadcastChannel",
            "https:",
            "http:",
        ] {
            assert!(!code.contains(way), "{script} holds '{way}'");
        }
    }
}

pub fn a_worker_carries_its_own_figures_and_no_others() {
    let workers = Workers::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the table of workers");
    for name in workers.names() {
        let wasm = built(&format!("worker-{name}-"), ".wasm");
        assert_eq!(wasm.len(), 1, "{name}: {wasm:?}");
        for wasm in wasm {
            let bytes = fs::read(dist().join(&wasm)).expect("readable");
            let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
            for (set, figures) in lessons::SETS {
                let own = workers.of(set) == Some(name);
                for figure in *figures {
                    assert_eq!(has(&figure.spec.id), own, "{wasm}: the figure {} of {set}", figure.spec.id);
                }
            }
        }
    }
}
