//! Pictures follow how the page looks: its theme, and its width.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Setup, each, site};
use std::time::Duration;

const CANVAS: &str = "document.querySelector('#fig-slow-server .fig-picture canvas')";

/// The mean colour of the picture, as the browser shows it: it is drawn onto a canvas of the page's own and looked at.
async fn colour(browser: &Browser) -> Vec<u32> {
    let look = format!(
        "const canvas = {CANVAS}; const own = document.createElement('canvas'); \
         [own.width, own.height] = [canvas.width, canvas.height]; \
         const context = own.getContext('2d'); context.drawImage(canvas, 0, 0); \
         const all = context.getImageData(0, 0, own.width, own.height).data; let sum = [0, 0, 0, 0]; \
         for (let at = 0; at < all.length; at += 4) for (let k = 0; k < 4; k++) sum[k] += all[at + k]; \
         return sum.map((part) => Math.round(part / (all.length / 4)))"
    );
    browser.run(&look).await
}

#[test]
fn a_picture_is_painted_anew_when_the_theme_or_the_width_changes() {
    let home = site();
    each(async |kind| {
        let browser = Browser::open(Setup::desk(kind)).await;
        browser.goto(&format!("{home}{LESSON}")).await;
        let figure = Figure { browser: &browser, css: "#fig-slow-server" };
        figure.ready().await;
        figure.settled().await;
        let light = colour(&browser).await;
        assert!(light[3] > 0, "{kind:?}: something is painted: {light:?}");
        // As the system, light, dark.
        let twice =
            "const it = document.querySelector('[data-theme-switch]'); it.click(); it.click(); return 0";
        let _: u32 = browser.run(twice).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let dark = colour(&browser).await;
        assert!(dark[0] + 10 < light[0], "{kind:?}: from {light:?} to {dark:?}: boxes are dark in the dark");
        let wide: f64 = browser.run(&format!("return {CANVAS}.getBoundingClientRect().width")).await;
        browser.resize(700, 900).await;
        browser.until(&format!("{CANVAS}.getBoundingClientRect().width < {}", wide - 20.0)).await;
        let fits = format!(
            "Math.abs({CANVAS}.getBoundingClientRect().width - {CANVAS}.parentElement.clientWidth) < 2"
        );
        browser.until(&fits).await;
        assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
    });
}

#[test]
fn a_link_that_hung_last_time_waits_for_the_learner() {
    let home = site();
    each(async |kind| {
        let browser = Browser::open(Setup::desk(kind)).await;
        browser.goto(&format!("{home}{LESSON}")).await;
        let figure = Figure { browser: &browser, css: "#fig-slow-server" };
        figure.ready().await;
        figure.press("Share").await;
        browser.until("document.querySelector('.fig-copy input').value").await;
        let link: String = browser.run("return document.querySelector('.fig-copy input').value").await;
        let code = link.split_once("#slow-server=").expect("a link to the figure").1;
        // What is noted while a link is being opened is still there: the page never came so far.
        let note = "sessionStorage.setItem('playground-opening', arguments[0]); return 0";
        let _: u32 = browser.run_with(note, vec![code.into()]).await;
        browser.goto(&format!("{home}404")).await;
        browser.goto(&link).await;
        figure.says(".fig-notice", "stopped the figure last time").await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        let canvas: bool = browser.run(&format!("return {CANVAS}.hidden")).await;
        assert!(canvas, "{kind:?}: nothing was started");
        figure.press("Start the model again").await;
        browser.until(&format!("!{CANVAS}.hidden")).await;
        figure.click(".fig-play").await;
        // It is the page's own run, which plays from its start.
        figure.says(".fig-time", "00:00.[2-9]|00:01").await;
    });
}
