//! axe finds nothing: every page, both themes, desk and phone.

use crate::harness::{Browser, Setup, each, pages, site};

#[test]
fn axe_finds_nothing_on_any_page_in_either_theme_wide_or_narrow() {
    let home = site();
    each(async |kind| {
        for setup in
            [Setup::desk(kind), Setup::desk(kind).dark(), Setup::phone(kind), Setup::phone(kind).dark()]
        {
            let browser = Browser::open(setup).await;
            for page in pages() {
                browser.goto(&format!("{home}{page}")).await;
                assert_eq!(browser.axe().await, Vec::<String>::new(), "/{page}, {setup:?}");
            }
        }
    });
}
