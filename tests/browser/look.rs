//! Pictures follow how the page looks: its theme, and its width.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, PATIENCE, Setup, site};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::time::{Duration, Instant};

const CANVAS: &str = "document.querySelector('#fig-slow-server .fig-picture canvas')";
/// The mean colour of a PNG in base64, and the greatest distance from it.
const LOOK: &str = "const [png, done] = arguments; \
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0)); \
    createImageBitmap(new Blob([bytes], { type: 'image/png' })).then((image) => { \
        const place = document.querySelector('#fig-slow-server .fig-picture canvas').getBoundingClientRect(); \
        const scale = image.width / innerWidth, own = document.createElement('canvas'); \
        [own.width, own.height] = [place.width * scale, Math.min(place.height, innerHeight - place.top) * scale]; \
        const context = own.getContext('2d'); context.drawImage(image, -place.left * scale, -place.top * scale); \
        const all = context.getImageData(0, 0, own.width, own.height).data; let sum = 0; \
        for (let at = 0; at < all.length; at += 4) sum += all[at]; \
        const mean = sum / (all.length / 4); let far = 0; \
        for (let at = 0; at < all.length; at += 4) far = Math.max(far, Math.abs(all[at] - mean)); \
        done([mean, far]); \
    }, (why) => done(String(why)))";

/// How red the picture is on average, and how far from that at most: from what the browser shows. (A page can't read a
/// canvas that a worker paints on in WebKit.)
async fn redness(browser: &Browser) -> (f64, f64) {
    // Of the window: of an element WebKit takes a picture that is partly black.
    let whole = "document.querySelector('#fig-slow-server').scrollIntoView(); return 0";
    let _: u32 = browser.run(whole).await;
    let png = browser.client().screenshot().await.expect("it can be looked at");
    let seen = browser.wait_for(LOOK, vec![STANDARD.encode(png).into()]).await;
    serde_json::from_value(seen.clone()).unwrap_or_else(|_| panic!("a picture is looked at: {seen}"))
}

pub async fn a_picture_is_painted_anew_when_the_theme_or_the_width_changes(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    let figure = Figure { browser: &browser, css: "#fig-slow-server" };
    figure.awake().await;
    // It plays, and is painted again and again: its still and its first picture alone would be two.
    let start = Instant::now();
    let mut seen = Vec::new();
    while seen.len() < 3 {
        assert!(start.elapsed() < PATIENCE, "{kind:?}: while it plays only these were seen: {seen:?}");
        let now = redness(&browser).await;
        if !seen.contains(&now) {
            seen.push(now);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    figure.ready().await;
    figure.settled().await;
    let light = redness(&browser).await;
    assert!(light.1 > 100.0, "{kind:?}: something is painted: {light:?}");
    // As the system, light, dark.
    let twice = "const it = document.querySelector('[data-theme-switch]'); it.click(); it.click(); return 0";
    let _: u32 = browser.run(twice).await;
    let start = Instant::now();
    let dark = loop {
        let now = redness(&browser).await;
        if now.0 + 100.0 < light.0 || start.elapsed() > PATIENCE {
            break now;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert!(dark.1 > 100.0, "{kind:?}: something is painted: {dark:?}");
    assert!(dark.0 + 100.0 < light.0, "{kind:?}: from {light:?} to {dark:?}: boxes are dark in the dark");
    let wide: f64 = browser.run(&format!("return {CANVAS}.getBoundingClientRect().width")).await;
    browser.resize(700, 900).await;
    browser.until(&format!("{CANVAS}.getBoundingClientRect().width < {}", wide - 20.0)).await;
    let fits =
        format!("Math.abs({CANVAS}.getBoundingClientRect().width - {CANVAS}.parentElement.clientWidth) < 2");
    browser.until(&fits).await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
