//! Things of controls are dragged to another place, and a line is drawn across links; and the same by keyboard.

use crate::broken::site_with_broken_figure;
use crate::figure::Figure;
use crate::harness::{Browser, Kind, Setup};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use std::time::Duration;

const FIGURE: &str = "#fig-services";
const ENTER: &str = "\u{e007}";

/// Where something is in the window: the point that an expression in JavaScript computes of the bounds `b` of an element.
async fn point(browser: &Browser, css: &str, of_bounds: &str) -> (f64, f64) {
    let script = format!(
        "const b = document.querySelector('{FIGURE} {css}').getBoundingClientRect(); return {of_bounds}"
    );
    browser.run(&script).await
}

/// Presses the mouse at one point of the window and lets go at another.
async fn drag(browser: &Browser, from: (f64, f64), to: (f64, f64)) {
    let go = |(x, y): (f64, f64)| PointerAction::MoveTo { duration: Some(Duration::from_millis(60)), x, y };
    let half = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
    let all = MouseActions::new("mouse".into())
        .then(go(from))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(go(half))
        .then(go(to))
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    browser.client().perform_actions(all).await.expect("the mouse is moved");
}

/// Brings the middle of an element into the middle of the window.
async fn show(browser: &Browser, css: &str) {
    let script =
        format!("document.querySelector('{FIGURE} {css}').scrollIntoView({{block: 'center'}}); return 0");
    let _: u32 = browser.run(&script).await;
}

/// The condition, in JavaScript, that things stand in this order.
fn stand(css: &str, things: &str) -> String {
    format!(
        "[...document.querySelectorAll('{FIGURE} {css} [data-option]')].map(e => e.dataset.option).join() === '{things}'"
    )
}

pub async fn things_are_dragged_and_links_are_cut_by_a_line_across_them(kind: Kind) {
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(site_with_broken_figure()).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.ready().await;

    // The last of an order becomes the first, then by keyboard the second; the focus goes with it.
    show(&browser, ".fig-order").await;
    let middle = "[b.left + b.width / 2, b.top + b.height / 2]";
    let from = point(&browser, "[data-control=order] [data-option=database] .fig-grip", middle).await;
    let to =
        point(&browser, "[data-control=order] [data-option=shop]", "[b.left + b.width / 2, b.top + 3]").await;
    drag(&browser, from, to).await;
    browser.until(&stand(".fig-order", "database,shop,search,cache")).await;
    let down = "[data-control=order] [data-option=database] [data-text=down]";
    let focus = format!("document.querySelector('{FIGURE} {down}').focus(); return 0");
    let _: u32 = browser.run(&focus).await;
    browser.client().active_element().await.expect("it has it").send_keys(ENTER).await.expect("a key");
    browser.until(&stand(".fig-order", "shop,database,search,cache")).await;
    browser.until(&format!("document.activeElement.matches('{FIGURE} {down}')")).await;
    figure.says("[data-control=order] .fig-announced", "Database: place 2 of 4").await;

    // A thing goes to another group.
    show(&browser, ".fig-groups").await;
    let from = point(&browser, "[data-control=zone] [data-option=shop] .fig-grip", middle).await;
    let to = point(&browser, "[data-group=west]", "[b.left + b.width / 2, b.bottom - 8]").await;
    drag(&browser, from, to).await;
    browser.until(&stand("[data-group=west]", "shop,cache")).await;

    // What is typed waits for Enter. A rule that is none stays to be mended.
    figure.fill("[data-control=rule] .fig-typed", "calls are slow").await;
    figure.says("[data-control=rule] .fig-error", "is no rule").await;
    let typed = format!("document.querySelector('{FIGURE} .fig-typed').value === 'calls are slow'");
    browser.until(&typed).await;

    // A line between the two columns crosses all links; the click that ends it selects nothing.
    show(&browser, ".fig-picture").await;
    let above = point(&browser, ".fig-picture canvas", "[b.left + b.width / 2, b.top + 3]").await;
    let below = point(&browser, ".fig-picture canvas", "[b.left + b.width / 2, b.bottom - 3]").await;
    drag(&browser, above, below).await;
    let cut =
        format!("document.querySelector('{FIGURE} .fig-reading[data-reading=calls] b').innerText === '–'");
    browser.until(&cut).await;
    browser.until(&format!("document.querySelector('{FIGURE} .fig-explain').hidden")).await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
    assert_eq!(browser.axe().await, Vec::<String>::new(), "{kind:?}");
}
