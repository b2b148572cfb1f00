//! Every page opens, at `/` and below a sub-path, and nothing goes wrong in it.

use crate::harness::{Browser, Setup, each, pages, site, site_below};

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
