//! Every page opens, at `/` and below a sub-path, and nothing goes wrong in it.

use crate::harness::{Browser, PATIENCE, Setup, copy_of_site, each, pages, site, site_below};
use crate::server;
use std::fs;
use std::time::{Duration, Instant};

/// What the other stories rely on when they say that nothing went wrong.
#[test]
fn what_goes_wrong_is_told() {
    let root = copy_of_site("wrong-site");
    let page = fs::read_to_string(root.join("index.html")).expect("a page");
    fs::write(root.join("index.html"), page.replace("</body>", "<script src=\"wrong.js\"></script></body>"))
        .expect("written");
    let wrong = "console.error('written'); new Worker('wrong-worker.js'); throw new Error('thrown')";
    fs::write(root.join("wrong.js"), wrong).expect("written");
    fs::write(root.join("wrong-worker.js"), "console.error('of a worker')").expect("written");
    let home = server::serve(root, "/");
    each(async |kind| {
        let browser = Browser::open(Setup::desk(kind)).await;
        browser.goto(&home).await;
        let (start, mut told) = (Instant::now(), String::new());
        while !["written", "thrown", "of a worker"].iter().all(|what| told.contains(what)) {
            assert!(start.elapsed() < PATIENCE, "{kind:?} tells only: {told}");
            tokio::time::sleep(Duration::from_millis(50)).await;
            told += &browser.errors().await.concat();
        }
    });
}

#[test]
fn every_page_opens_without_an_error_and_its_islands_come_alive() {
    let home = site();
    each(async |kind| {
        let browser = Browser::open(Setup::desk(kind)).await;
        for page in pages() {
            browser.goto(&format!("{home}{page}")).await;
            browser.until("document.documentElement.hasAttribute('data-live')").await;
            assert_eq!(browser.errors().await, Vec::<String>::new(), "/{page} in {kind:?}");
            let title = browser.client().title().await.expect("a title can be asked for");
            assert!(!title.is_empty(), "/{page} has a title");
            browser.picture(&format!("page {}", page.replace('/', " ")).trim_end().replace(' ', "-")).await;
        }
    });
}

#[test]
fn the_site_works_below_a_sub_path() {
    let home = site_below("/some/where/");
    each(async |kind| {
        let browser = Browser::open(Setup::phone(kind).dark()).await;
        for page in pages() {
            browser.goto(&format!("{home}{page}")).await;
            browser.until("document.documentElement.hasAttribute('data-live')").await;
            let seen: (u32, bool) =
                browser.run("return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]").await;
            assert_eq!(seen, (360, true), "{kind:?}");
            assert_eq!(browser.errors().await, Vec::<String>::new(), "/{page} in {kind:?}");
        }
    });
}
