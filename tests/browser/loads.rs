//! The size report tells the truth: a browser loads what it lists, and nothing else.

use crate::harness::{Browser, Kind, dist};
use playground::site::weigh::{Page, Report, weigh};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static REPORT: LazyLock<Report> = LazyLock::new(|| weigh(&dist()).expect("dist can be weighed"));

/// What the report says of a page.
///
/// # Panics
/// If it says nothing.
pub fn listed(page: &str) -> &'static Page {
    let named = |listed: &&Page| listed.path.trim_end_matches("index.html") == page;
    REPORT.pages.iter().find(named).unwrap_or_else(|| panic!("the size report lists no /{page}"))
}

/// What the first visit to a page of the site at `home`, which is open, loaded otherwise than the report says.
pub async fn wrong(browser: &Browser, kind: Kind, home: &str, page: &Page) -> Vec<String> {
    let loaded: Vec<String> =
        browser.run("return performance.getEntriesByType('resource').map(e => e.name)").await;
    let figures: bool = browser.run("return !!document.querySelector('[data-figure]')").await;
    let early: bool = browser
        .run("return performance.getEntriesByType('resource').some(e => /wasm$/.test(e.name) && e.initiatorType === 'link')")
        .await;
    let mut wrong = Vec::new();
    let mut unless = |fine: bool, what: &dyn Fn() -> String| wrong.extend((!fine).then(what));

    unless(!loaded.is_empty(), &|| "the browser names nothing that it loads".to_owned());
    // Pictures that come when they are scrolled to may be near enough.
    let lazy: Vec<String> =
        browser.run("return [...document.querySelectorAll('img[loading=lazy]')].map(e => e.src)").await;
    let listed: BTreeSet<&str> = page.files.iter().map(|f| f.path.as_str()).collect();
    for address in &loaded {
        let file = address.strip_prefix(home);
        unless(file.is_some(), &|| format!("{address} is not of this site"));
        unless(lazy.contains(address) || file.is_none_or(|file| listed.contains(file)), &|| {
            format!("loads {address}, which the size report doesn't list")
        });
    }
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<&String> = loaded.iter().filter(|address| !seen.insert(*address)).collect();
    unless(twice.is_empty(), &|| format!("loads twice: {twice:?}"));

    let app = page.files.iter().any(|f| f.path.starts_with("app-") && f.path.ends_with(".wasm"));
    unless(app == figures, &|| format!("the app belongs where a figure is: {app}, {figures}"));
    let own = page.files.iter().filter(|f| f.path.ends_with(".wasm") && !f.path.starts_with("worker"));
    // WebKit would load it twice.
    let ahead = own.clone().next().is_some() && kind != Kind::WebKit;
    unless(early == ahead, &|| {
        format!("asks for its program before the script has come: {early}, and should: {ahead}")
    });
    for file in own {
        let seen = loaded.iter().any(|address| address.ends_with(&file.path));
        unless(seen, &|| format!("does not load {}, which the size report lists", file.path));
    }
    wrong
}
