//! A page is whole without any script.

use crate::harness::{Browser, Kind, Setup, pages, picked, site};

/// In browsers other than Chromium, one page in so many.
const PART: usize = 6;

pub async fn every_page_reads_with_scripts_off(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind).without_scripts()).await;
    for page in picked(kind, pages(), PART) {
        browser.goto(&format!("{home}{page}")).await;
        assert!(!browser.text("h1").await.is_empty(), "/{page} has a heading in {kind:?}");
        assert!(browser.text("main").await.len() > 10, "/{page} has a text in {kind:?}");
        let alive: u32 = browser.run("return performance.getEntriesByType('resource').filter(e => /wasm/.test(e.name) && e.initiatorType == 'fetch').length").await;
        assert_eq!(alive, 0, "/{page}: no script ran in {kind:?}");
    }
}
