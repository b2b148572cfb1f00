//! The site without a network, and a newer release of it. Not told in WebKit: what its driver opens has no service workers that
//! come to keep anything.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, copy_of_site, dist};
use crate::server::{Served, serve_to_keep};
use playground::site::offline::{self, Kept};
use playground::site::weigh::MAX_KEPT;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Of the releases in the browser's caches the newest: how many files it has.
const KEPT: &str = "const done = arguments[arguments.length - 1]; (async () => { \
    const names = (await caches.keys()).filter((name) => name.startsWith('playground-')); \
    const files = names.length ? await (await caches.open(names[names.length - 1])).keys() : []; \
    return files.length; })().then(done, () => done(0));";
/// Whether a newer release waits; looked for at once, where there is none.
const WAITS: &str = "const done = arguments[arguments.length - 1]; (async () => { \
    const it = await navigator.serviceWorker.getRegistration(); \
    if (!it.waiting && !it.installing) await it.update(); \
    return !!it.waiting; })().then(done, () => done(false));";
/// That a release which can't be had whole has been given up.
const GIVEN_UP: &str = "const done = arguments[arguments.length - 1]; (async () => { \
    const it = await navigator.serviceWorker.getRegistration(); await it.update(); \
    const state = await new Promise((tell) => { const next = it.installing; if (!next) return tell('none'); \
      next.onstatechange = () => tell(next.state); }); \
    return state; })().then(done, () => done('failed'));";

async fn comes(browser: &Browser, script: &str, is_it: impl Fn(&serde_json::Value) -> bool) {
    for _ in 0..240 {
        if is_it(&browser.wait_for(script, Vec::new()).await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("never came: {script}");
}

/// Waits until all of the site is kept that is kept without being asked for.
pub async fn all_is_kept(browser: &Browser, site: &Path) {
    let kept = Kept::of(site, MAX_KEPT).expect("the site can be read");
    let all = kept.unasked().count() as u64;
    comes(browser, KEPT, |kept| kept.as_u64() >= Some(all)).await;
}

/// A server whose folder can be exchanged, and the address of its home page.
pub fn served(site: PathBuf) -> (Served, String) {
    let served = Arc::new(Mutex::new(Some(site)));
    let home = serve_to_keep(Arc::clone(&served), "/sub/");
    (served, home)
}

/// Serves another folder from now on, or nobody.
pub fn exchange(served: &Served, site: Option<PathBuf>) {
    *served.lock().expect("no server has panicked") = site;
}

pub async fn the_site_is_read_without_a_network_after_the_first_visit(kind: Kind) {
    let (served, home) = served(dist());
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    all_is_kept(&browser, &dist()).await;
    exchange(&served, None);

    browser.goto(&format!("{home}{LESSON}?from=a-friend")).await;
    let figure = Figure { browser: &browser, css: "#fig-slow-server" };
    figure.ready().await;
    figure.walk_to("server B").await;
    figure.press("Kill").await;
    figure.says(".fig-says", "dead|out").await;
    // The front page has its figure, the search its index, and a folder may be written without its slash.
    browser.goto(&home).await;
    figure.ready().await;
    browser.goto(&format!("{home}search/")).await;
    browser.until("document.querySelector('input[type=search]')").await;
    let types = "const field = document.querySelector('input[type=search]'); field.value = 'cap'; \
        field.dispatchEvent(new Event('input', { bubbles: true })); return 0";
    let _: u32 = browser.run(types).await;
    browser
        .until("[...document.querySelectorAll('main a')].some((it) => /CAP and BASE/.test(it.innerText))")
        .await;
    browser.goto(&format!("{home}glossary")).await;
    assert!(browser.client().current_url().await.expect("an address").path().ends_with("/glossary/"));
    browser.goto(&format!("{home}no/such/page/")).await;
    assert!(browser.text("h1").await.contains("nothing here"));
    // Chromium tells of the service worker that it looked for in vain, and of the page that isn't there.
    if kind != Kind::Chromium {
        assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
    }
}

pub async fn a_newer_release_is_taken_whole_and_when_the_learner_says_so(kind: Kind) {
    let old = dist();
    let (served, home) = served(old.clone());
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&home).await;
    all_is_kept(&browser, &old).await;

    // A release of which one file is another's: it never counts.
    let new = copy_of_site(&format!("newer-{kind:?}"));
    let page = new.join("index.html");
    let html = fs::read_to_string(&page).expect("a page").replace("Break a backend.", "Mend a backend.");
    fs::write(&page, &html).expect("written");
    fs::write(new.join("sw.js"), offline::worker(&new, MAX_KEPT).expect("a service worker"))
        .expect("written");
    fs::write(&page, html.replace("Mend a backend.", "Half a backend.")).expect("written");
    exchange(&served, Some(new.clone()));
    comes(&browser, GIVEN_UP, |state| state == "redundant").await;
    browser.goto(&home).await;
    assert!(browser.text("h1").await.contains("Break a backend."), "the page at hand is the old one");
    browser.goto(&format!("{home}{LESSON}")).await;
    Figure { browser: &browser, css: "#fig-slow-server" }.ready().await;

    // Whole, it waits, and is told of by the next page.
    fs::write(&page, &html).expect("written");
    comes(&browser, WAITS, |waits| waits == true).await;
    assert!(browser.run::<bool>("return !document.querySelector('.newer')").await, "not in mid-page");
    browser.goto(&home).await;
    browser.until("/newer version/.test(document.querySelector('.newer')?.innerText)").await;
    assert!(browser.text("h1").await.contains("Break a backend."));
    assert!(browser.axe().await.is_empty(), "{kind:?}");
    let _: u32 = browser.run("document.querySelector('.newer button').click(); return 0").await;
    browser.until("document.querySelector('h1')?.innerText.includes('Mend a backend.')").await;
    browser.until("document.readyState === 'complete'").await;
    exchange(&served, None);
    browser.goto(&format!("{home}{LESSON}")).await;
    Figure { browser: &browser, css: "#fig-slow-server" }.ready().await;
    let _ = fs::remove_dir_all(new);
}

pub async fn a_lesson_beyond_what_is_kept_is_kept_when_it_was_visited(kind: Kind) {
    let site = copy_of_site(&format!("small-{kind:?}"));
    fs::write(site.join("sw.js"), offline::worker(&site, 0).expect("a service worker")).expect("written");
    let kept = Kept::of(&site, 0).expect("the site can be read");
    let visited = kept.with_page[&format!("{LESSON}index.html")].len();
    let (served, home) = served(site.clone());
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    let some = (kept.unasked().count() + visited) as u64;
    comes(&browser, KEPT, |kept| kept.as_u64() == Some(some)).await;
    exchange(&served, None);
    browser.goto(&format!("{home}{LESSON}")).await;
    Figure { browser: &browser, css: "#fig-your-traffic" }.ready().await;
    browser.goto(&format!("{home}faults/cache-failures/")).await;
    browser.until("/kept in your browser yet/.test(document.body?.innerText)").await;
    let _ = fs::remove_dir_all(site);
}
