//! A figure out of view has no worker. Back in view it goes on where it was.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, scratch, site};
use fantoccini::Locator;
use std::time::Duration;

/// Longer than a figure keeps its worker out of view.
const AWAY: Duration = Duration::from_millis(5_500);

/// Scrolls until the figure is far out of view, waits, and comes back.
async fn leave_and_return(figure: &Figure<'_>) {
    let top: u32 = figure
        .browser
        .run(&format!(
            "const there = document.querySelector('{}').getBoundingClientRect().top + scrollY; \
             scrollTo(0, there > 2500 ? 0 : 1e6); return 0",
            figure.css
        ))
        .await;
    assert_eq!(top, 0);
    tokio::time::sleep(AWAY).await;
    figure.awake().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
}

pub async fn a_figure_that_was_out_of_view_goes_on_where_it_was(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    let figure = Figure { browser: &browser, css: "#fig-slow-server" };
    figure.ready().await;
    figure.hold().await;
    figure.keys(".fig-line input", "\u{e011}\u{e00e}\u{e00e}").await;
    figure.walk_to("server B").await;
    figure.press("Kill").await;
    figure.says(".fig-says", "dead|out").await;
    figure.keys(".fig-line input", "\u{e00e}").await;
    let before = figure.settled().await;
    leave_and_return(&figure).await;
    figure.settles_at(&before).await;
    let canvases: u32 =
        browser.run("return document.querySelectorAll('#fig-slow-server .fig-picture canvas').length").await;
    assert_eq!(canvases, 1, "the picture of the worker before is gone");
    figure.click(".fig-play").await;
    figure.says(".fig-time", "00:18.[3-9]|00:19|00:2").await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn a_log_that_was_chosen_is_still_replayed_afterwards(kind: Kind) {
    let log = scratch(&format!("parked-{kind:?}.log"));
    let line = |n: u32| {
        let (client, minute, second) = (n % 9, n / 60 % 60, n % 60);
        format!(
            "10.0.0.{client} - - [03/Mar/2025:10:{minute:02}:{second:02} +0000] \"GET /a{client} HTTP/1.1\" 200 5\n"
        )
    };
    std::fs::write(&log, (0..600).map(line).collect::<String>()).expect("a log can be written");
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    let figure = Figure { browser: &browser, css: "#fig-your-traffic" };
    figure.ready().await;
    let input = browser.client().find(Locator::Css("#fig-your-traffic .fig-data input")).await;
    let path = log.to_str().expect("a plain path");
    input.expect("a place for a log").send_keys(path).await.expect("a file can be chosen");
    figure.says(".fig-data-says", "600").await;
    // It plays at once; what is compared is at rest.
    browser.until("document.querySelector('#fig-your-traffic .fig-play[title=Pause]')").await;
    figure.click(".fig-play").await;
    figure.keys(".fig-line input", "\u{e00e}").await;
    let before = figure.settled().await;
    leave_and_return(&figure).await;
    figure.settles_at(&before).await;
    let replays =
        "return document.querySelector('#fig-your-traffic [data-control=arrivals] [value=replay]').checked";
    assert!(browser.run::<bool>(replays).await, "{kind:?}: it replays the log");
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
