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
