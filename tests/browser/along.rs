//! A figure that comes along with its reader: it plays as soon as it is there, invites to look at a thing, and where a phrase
//! of the text far below takes it somewhere, it stands beside that text until it is closed.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, site};
use fantoccini::Locator;

const FIGURE: &str = "#fig-slow-server";
const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";
const ESCAPE: &str = "\u{e00c}";

/// Sends keys to what has the focus.
async fn type_keys(browser: &Browser, keys: &str) {
    let focused = browser.client().active_element().await.expect("something has the focus");
    focused.send_keys(keys).await.expect("keys are sent");
}

pub async fn the_first_figure_plays_invites_and_comes_along_with_its_reader(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.awake().await;
    browser.until(&format!("document.querySelector('{FIGURE} .fig-play[title^=Pause]')")).await;
    browser.until(&format!("document.querySelector('{FIGURE} .fig-invitation').checkVisibility()")).await;
    figure.click(".fig-invitation").await;
    figure.says(".fig-explain h3", "Server.C").await;
    browser.until(&format!("!document.querySelector('{FIGURE} .fig-invitation').checkVisibility()")).await;

    // The last phrase about it is far below.
    let phrase = "[...document.querySelectorAll('a.run[data-figure=slow-server]')].at(-1)";
    let _: u32 = browser.run(&format!("{phrase}.scrollIntoView({{ block: 'center' }}); return 0")).await;
    let name: String = browser.run(&format!("return {phrase}.id = 'last-phrase'")).await;
    let phrase = browser.client().find(Locator::Id(&name)).await.expect("there is a phrase");
    phrase.click().await.expect("it can be clicked");
    browser.until(&format!("document.querySelector('{FIGURE}.docked')")).await;
    let all_in_view = format!(
        "return ['.fig-picture', '.fig-readings', '.fig-play'].every((css) => {{ \
           const at = document.querySelector(`{FIGURE} ${{css}}`).getBoundingClientRect(); \
           return at.top >= 0 && at.left >= 0 && at.right <= innerWidth && at.bottom <= innerHeight; }})"
    );
    assert!(
        browser.run::<bool>(&all_in_view).await,
        "{kind:?}: what there is to see and to press is in view"
    );
    let place = "return document.querySelector('#last-phrase').getBoundingClientRect().top";
    let was: f64 = browser.run(place).await;
    figure.press("Close").await;
    browser.until(&format!("!document.querySelector('{FIGURE}.docked, .fig-place')")).await;
    // What is shown only in its place comes back a moment later.
    figure.settled().await;
    let stays =
        format!("Math.abs(document.querySelector('#last-phrase').getBoundingClientRect().top - {was}) <= 1");
    browser.until(&stays).await;

    // By keyboard it comes right after the phrase, and Escape leads back to it.
    let focused = "document.activeElement";
    let _: u32 = browser.run("document.querySelector('#last-phrase').focus(); return 0").await;
    type_keys(&browser, ENTER).await;
    browser.until(&format!("document.querySelector('{FIGURE}.docked')")).await;
    type_keys(&browser, TAB).await;
    browser.until(&format!("{focused}.closest('{FIGURE}.docked')")).await;
    type_keys(&browser, ESCAPE).await;
    browser.until(&format!("!document.querySelector('.docked') && {focused}.id === 'last-phrase'")).await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
