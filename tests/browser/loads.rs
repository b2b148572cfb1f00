//! The size report tells the truth: a browser loads what it lists, and nothing else.

use std::collections::BTreeSet;

use crate::harness::{Browser, Kind, Setup, dist, each, site};

#[test]
fn a_first_visit_loads_only_what_the_size_report_lists() {
    let report = playground::site::weigh::weigh(&dist()).expect("dist can be weighed");
    let home = site();
    each(async |kind| {
        for page in &report.pages {
            let browser = Browser::open(Setup::desk(kind)).await;
            let path = page.path.trim_end_matches("index.html");
            browser.goto(&format!("{home}{path}")).await;
            let listed: BTreeSet<&str> = page.files.iter().map(|f| f.path.as_str()).collect();
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            let loaded: Vec<String> =
                browser.run("return performance.getEntriesByType('resource').map(e => e.name)").await;
            assert!(!loaded.is_empty(), "/{path}: {kind:?} names what it loads");
            for address in &loaded {
                let file =
                    address.strip_prefix(&home).unwrap_or_else(|| panic!("{address} is not of this origin"));
                assert!(listed.contains(file), "/{path} loads {file}, which the size report doesn't list");
            }
            let twice: BTreeSet<&String> =
                loaded.iter().filter(|a| loaded.iter().filter(|b| a == b).count() > 1).collect();
            assert!(twice.is_empty(), "/{path}: {kind:?} loads twice: {twice:?}");
            let figures: bool = browser.run("return !!document.querySelector('[data-figure]')").await;
            let app = page.files.iter().any(|f| f.path.ends_with(".wasm"));
            assert_eq!(app, figures, "/{path}: the app belongs where a figure is");
            let early: bool = browser
                .run("return performance.getEntriesByType('resource').some(e => /wasm$/.test(e.name) && e.initiatorType === 'link')")
                .await;
            let would_be_twice = kind == Kind::WebKit;
            assert_eq!(
                early,
                app && !would_be_twice,
                "/{path}: {kind:?} asks for the app before its script has come"
            );
            let scripts =
                page.files.iter().filter(|f| f.path.ends_with(".wasm") && !f.path.starts_with("worker"));
            for script in scripts {
                let seen = loaded.iter().any(|a| a.ends_with(&script.path));
                assert!(seen, "/{path}: the size report lists {}, which {kind:?} does not load", script.path);
            }
        }
    });
}
