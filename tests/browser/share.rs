//! A link is a run: what one browser shares, another opens.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, site};

const FIGURE: &str = "#fig-slow-server";

pub async fn a_shared_link_opens_the_same_moment_of_the_same_run_in_another_browser(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.ready().await;
    let unfold = format!("document.querySelector('{} .fig-more-controls').open = true; return 0", figure.css);
    let _: u32 = browser.run(&unfold).await;
    figure.fill(".fig-control.seed input", "b3-otter").await;
    figure.keys(".fig-line input", "\u{e00e}").await;
    figure.says(".fig-time", ":").await;
    figure.settled().await;
    figure.walk_to("Server B").await;
    figure.press("Kill").await;
    figure.says(".fig-says", "dead|out").await;
    figure.keys(".fig-line input", "\u{e00e}").await;
    let here = figure.settled().await;
    let link = figure.link().await;
    assert!(link.starts_with(&home) && link.contains("#slow-server=a"), "{link}");
    ended(browser).await;

    let other = Browser::open(Setup::desk(kind).dark()).await;
    other.goto(&link).await;
    let there = Figure { browser: &other, css: FIGURE };
    there.awake().await;
    there.says(".fig-notice", "Opened from a link").await;
    there.says(".fig-notice", "Seed: b3-otter").await;
    assert_eq!(there.settled().await, here);
    ended(other).await;

    // Cut off on the way: the figure says so and shows its own run.
    let third = Browser::open(Setup::desk(kind)).await;
    third.goto(&link[..link.len() - 7]).await;
    let damaged = Figure { browser: &third, css: FIGURE };
    damaged.awake().await;
    damaged.says(".fig-notice", "damaged").await;
    ended(third).await;
}

/// Closes a browser in which nothing went wrong; the next one has the machine to itself.
async fn ended(browser: Browser) {
    assert_eq!(browser.errors().await, Vec::<String>::new());
}
