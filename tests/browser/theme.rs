//! Light or dark: as the system, until the learner says otherwise; the choice is kept.

use crate::harness::{Browser, Setup, each, pages, site};

const SWITCH: &str = "document.querySelector('[data-theme-switch]')";

#[test]
fn the_switch_goes_round_on_every_page_and_its_choice_is_kept() {
    let home = site();
    each(async |kind| {
        let browser = Browser::open(Setup::desk(kind)).await;
        let told = format!(
            "const b = {SWITCH}; return [b.hidden, b.ariaLabel, b.title, b.dataset.choice, getComputedStyle(document.documentElement).colorScheme]"
        );
        let seen = async |words: &str, choice: &str, scheme: &str| {
            let says = format!("Light or dark: {words}");
            let (hidden, label, title, chosen, now): (bool, String, String, String, String) =
                browser.run(&told).await;
            assert_eq!((hidden, label.as_str(), title.as_str()), (false, says.as_str(), says.as_str()));
            assert_eq!((chosen.as_str(), now.as_str()), (choice, scheme), "{kind:?}");
        };
        let press = async || {
            let script = format!(
                "let heard = 0; document.addEventListener('themechange', () => heard++, {{ once: true }}); {SWITCH}.click(); return heard"
            );
            let heard: u32 = browser.run(&script).await;
            assert_eq!(heard, 1, "pictures hear of it");
        };
        for page in pages() {
            let address = format!("{home}{page}");
            browser.goto(&address).await;
            seen("as the system", "auto", "light").await;
            press().await;
            seen("light", "light", "light").await;
            press().await;
            seen("dark", "dark", "dark").await;
            browser.goto(&address).await;
            seen("dark", "dark", "dark").await;
            press().await;
            seen("as the system", "auto", "light").await;
        }
    });
}
