//! What was learned in a lesson is asked again: by keyboard, with what was rated kept, and said in numbers.

use crate::figure::LESSON;
use crate::harness::{Browser, Kind, Setup, site};
use crate::kept::{answers, kept, show};
use fantoccini::Locator;
use serde_json::json;

const ENTER: &str = "\u{e007}";

/// Types where the focus is.
async fn types(browser: &Browser, keys: &str) {
    let on = browser.client().active_element().await.expect("something has the focus");
    on.send_keys(keys).await.expect("keys can be typed");
}

/// Waits until the review says so.
async fn says(browser: &Browser, pattern: &str) {
    browser.until(&format!("/{pattern}/.test(document.querySelector('.learn-review')?.innerText)")).await;
}

/// Waits until an element of the review has the focus.
async fn has_focus(browser: &Browser, css: &str) {
    browser.until(&format!("document.activeElement?.matches('{css}')")).await;
}

pub async fn what_was_learned_is_asked_again_and_what_was_rated_is_kept(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    // Nothing was begun: the page says where to begin.
    browser.goto(&format!("{home}review/")).await;
    says(&browser, "no cards yet.*lessons that you begin").await;
    browser.goto(&format!("{home}statistics/")).await;
    browser.until("/nothing to count yet/.test(document.querySelector('.statistics-page').innerText)").await;

    // A wrong answer makes its prediction a card, and the lesson's own cards are new.
    browser.goto(&format!("{home}{LESSON}")).await;
    show(&browser, "#fig-power-of-two").await;
    answers(&browser, "#fig-power-of-two", "longest-with-two", &["9000", ENTER].concat()).await;
    kept(&browser, "attempts", 1).await;
    browser.goto(&format!("{home}review/")).await;
    says(&browser, "^0 of [2-9] known").await;
    has_focus(&browser, ".learn-card").await;
    let first = browser.text(".learn-front").await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
    assert!(browser.axe().await.is_empty(), "{kind:?}");

    // The answer by Space, a rating by its number; and it is taken back.
    types(&browser, " ").await;
    has_focus(&browser, ".learn-back").await;
    says(&browser, "Not known[^]*again today").await;
    types(&browser, "3").await;
    says(&browser, "^1 of").await;
    has_focus(&browser, ".learn-card").await;
    assert_ne!(browser.text(".learn-front").await, first);
    browser
        .client()
        .find(Locator::Css(".learn-count button"))
        .await
        .expect("undo")
        .click()
        .await
        .expect("a click");
    says(&browser, "^0 of").await;
    assert_eq!(browser.text(".learn-front").await, first);
    has_focus(&browser, ".learn-card").await;

    // Rated again, and another that isn't known and comes again.
    types(&browser, ENTER).await;
    has_focus(&browser, ".learn-back").await;
    types(&browser, "4").await;
    says(&browser, "^1 of").await;
    has_focus(&browser, ".learn-card").await;
    types(&browser, " ").await;
    has_focus(&browser, ".learn-back").await;
    kept(&browser, "reviews", 1).await;
    types(&browser, "1").await;
    says(&browser, "^1 of").await;

    // Leaving the page keeps the last rating.
    browser.goto(&format!("{home}review/")).await;
    kept(&browser, "reviews", 2).await;
    says(&browser, "^0 of").await;
    has_focus(&browser, ".learn-card").await;

    // To the end of the round.
    let press = "document.querySelector('.learn-ratings button:nth-child(3)')?.click(); \
        document.querySelector('.learn-review .learn-buttons button')?.innerText == 'Show the answer' \
        && document.querySelector('.learn-review .learn-buttons button').click(); \
        return document.querySelector('.learn-review').innerText";
    let mut told = String::new();
    for _ in 0..60 {
        told = browser.run(press).await;
        if told.starts_with("You knew") {
            break;
        }
    }
    assert!(told.contains("at the first try") && told.contains("come"), "{told}");
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");

    // And the statistics have a chart of what comes, painted, with its table.
    browser.goto(&format!("{home}statistics/")).await;
    browser.until("document.querySelectorAll('.learn-chart tbody tr').length >= 14").await;
    let painted = "(() => { const c = document.querySelector('.learn-chart canvas'); \
        return c.width > 0 && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((it) => it > 0); })()";
    browser.until(painted).await;
    let predicted = browser.text(".learn-numbers").await;
    assert!(predicted.contains("0 of 1"), "{predicted}");
    assert_eq!(browser.wait_for(crate::kept::COUNT, Vec::new()).await["attempts"], json!(1));
    assert!(browser.axe().await.is_empty(), "{kind:?}");
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
