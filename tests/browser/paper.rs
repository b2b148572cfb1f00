//! A page on paper: a figure that nobody has scrolled to, and one that has played.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, site};
use fantoccini::wd::PrintConfiguration;
use serde_json::json;

/// What is wrong on paper with the figures: not one picture each that has come, or something that can be pressed. What is
/// read as well (the names of readings, things in tables) stays.
const WRONG: &str = "return [...document.querySelectorAll('figure')].flatMap((figure) => { \
    const shown = (css) => [...figure.querySelectorAll(css)].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0); \
    const pictures = shown('.fig-picture > :is(img, .picture, canvas)').filter((e) => !e.src || e.complete && e.naturalWidth > 0); \
    const pressed = shown('select, button:not(dt button, .fig-entity)').map((e) => `${figure.id}: ${e.outerHTML}`); \
    return pictures.length === 1 ? pressed : [`${figure.id}: ${pictures.length} pictures`, ...pressed]; })";

async fn show(browser: &Browser, media: &str) {
    browser.cdp("Emulation.setEmulatedMedia", json!({ "media": media })).await;
}

pub async fn a_page_prints_its_figures_scrolled_to_or_not(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    let print = || browser.client().print(PrintConfiguration::default());
    let paper = print().await.expect("a page can be printed");
    assert!(paper.starts_with(b"%PDF"));
    show(&browser, "print").await;
    assert_eq!(browser.run::<Vec<String>>(WRONG).await, Vec::<String>::new(), "as it was opened");

    show(&browser, "").await;
    let figure = Figure { browser: &browser, css: "#fig-power-of-two" };
    figure.awake().await;
    browser.until("document.querySelector('#fig-power-of-two .fig-play[title^=Pause]')").await;
    show(&browser, "print").await;
    assert_eq!(browser.run::<Vec<String>>(WRONG).await, Vec::<String>::new(), "after one was played");
    assert_eq!(browser.errors().await, Vec::<String>::new());
}
