//! A figure as an instrument: predicted, compared, swept, judged, asked, and taken along.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, site};
use std::time::Duration;

const FIGURE: &str = "#fig-slow-server";
/// One that waits for a prediction, and that prediction.
const GATED: &str = "#fig-power-of-two";
const FIRST: &str = "longest-with-two";

async fn open(setup: Setup, home: &str) -> Browser {
    let browser = Browser::open(setup).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    browser
}

/// Focuses an element and sends it keys.
async fn keys(browser: &Browser, css: &str, keys: &str) {
    let focus = format!(
        "const it = document.querySelector('{css}'); it.scrollIntoView({{block: 'center'}}); it.focus(); return 0"
    );
    let _: u32 = browser.run(&focus).await;
    browser
        .client()
        .active_element()
        .await
        .expect("it has focus")
        .send_keys(keys)
        .await
        .expect("keys are sent");
}

const ENTER: &str = "\u{e007}";
const UP: &str = "\u{e013}";
const DOWN: &str = "\u{e015}";

pub async fn a_prediction_is_made_by_keyboard_and_graded_by_the_run(kind: Kind) {
    let home = site();
    let browser = open(Setup::desk(kind), &home).await;
    let of = |id: &str, css: &str| format!("[data-predict={id}]{css}");
    let stage =
        |id: &str, stage: &str| format!("document.querySelector('[data-predict={id}][data-stage={stage}]')");
    let show = format!("document.querySelector('{GATED}').scrollIntoView(); return 0");
    let _: u32 = browser.run(&show).await;
    browser.until(&Figure::is_live(GATED)).await;
    // Nothing is given away, and nothing can be played.
    let told: Vec<String> = browser
            .run("return [...document.querySelectorAll('.live.masked[data-figure=power-of-two]')].map(e => e.innerText)")
            .await;
    assert!(!told.is_empty() && told.iter().all(|text| text == "…"), "{told:?}");
    let hidden: bool = browser
        .run(&format!("return !document.querySelector('{GATED} .fig-readings').checkVisibility()"))
        .await;
    assert!(hidden, "its question stands in the place of its numbers");
    let waits: bool =
        browser.run(&format!("return document.querySelector('{GATED} .fig-play').disabled")).await;
    assert!(waits, "the figure waits");

    // A number, committed with Enter.
    keys(&browser, &of(FIRST, " input"), &["20", ENTER].concat()).await;
    browser.until(&stage(FIRST, "wrong")).await;
    browser.until(&format!("document.querySelector('{GATED}[data-live]')")).await;
    let told: String = browser.text(&of(FIRST, "")).await;
    assert!(told.contains("you said"), "{told}");
    // The verdict's button leads to the run that was asked about, and its numbers come in the question's place.
    keys(&browser, &of(FIRST, " [data-do=view]"), ENTER).await;
    browser
        .until(&format!("document.querySelector('{GATED}:not([data-asks]) .fig-readings').checkVisibility()"))
        .await;
    let numbers: u32 = browser
        .run("return document.querySelectorAll('.live.masked[data-figure=power-of-two]').length")
        .await;
    assert_eq!(numbers, 0, "the text's numbers are there now");

    // A choice: the first option is taken with Space, and it is committed with Enter.
    let choice = "what-helps-most";
    keys(&browser, &of(choice, " input"), " ").await;
    keys(&browser, &of(choice, " [data-do=commit]"), ENTER).await;
    browser.until(&stage(choice, "wrong")).await;
    let told: String = browser.text(&of(choice, "")).await;
    assert!(told.contains("your answer") && told.contains("what happens"), "{told}");

    // An order: things keep the keyboard while they move.
    let order = "policies-by-p99";
    let things =
        format!("[...document.querySelectorAll('{}')].map(e => e.dataset.option).join()", of(order, " li"));
    let before: String = browser.run(&format!("return {things}")).await;
    keys(&browser, &of(order, " [data-do=down]"), ENTER).await;
    browser.until(&format!("{things} !== '{before}'")).await;
    let moved: bool = browser.run("return document.activeElement.dataset.do === 'down'").await;
    assert!(moved, "the button that was pressed keeps the keyboard");
    keys(&browser, &of(order, " [data-do=commit]"), ENTER).await;
    browser
        .until(&format!(
            "document.querySelector('{}')?.innerText.includes('place')",
            of(order, " .mark:not(:empty)")
        ))
        .await;

    // A curve: without one there is no answer; then two of its points are moved by keys, and the line follows.
    let curve = "lost-over-load";
    keys(&browser, &of(curve, " [data-do=commit]"), ENTER).await;
    browser
        .until(&format!("document.querySelector('{}').innerText !== ''", of(curve, " .answer-error")))
        .await;
    keys(&browser, &of(curve, " [data-n=\"10\"]"), &UP.repeat(5)).await;
    let line = format!("document.querySelector('{}').getAttribute('points')", of(curve, " .yours"));
    browser.until(&format!("{line}.includes('1000 900')")).await;
    keys(&browser, &of(curve, " [data-n=\"10\"]"), DOWN).await;
    browser.until(&format!("{line}.includes('1000 920')")).await;
    // A curve that is half drawn is asked to be finished.
    keys(&browser, &of(curve, " [data-do=commit]"), ENTER).await;
    browser
        .until(&format!(
            "/from one end/.test(document.querySelector('{}').innerText)",
            of(curve, " .answer-error")
        ))
        .await;
    for n in 0..10 {
        keys(&browser, &of(curve, &format!(" [data-n=\"{n}\"]")), UP).await;
    }
    keys(&browser, &of(curve, " [data-do=commit]"), ENTER).await;
    browser.until(&stage(curve, "wrong")).await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn two_settings_are_compared_and_a_control_is_swept(kind: Kind) {
    let home = site();
    let browser = open(Setup::desk(kind), &home).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.ready().await;
    figure.press("Compare").await;
    figure.says(".fig-side-name:nth-of-type(2)", "B . Least connections").await;
    figure.says(".fig-against", "B:").await;
    figure.settled().await;
    // With keys: another step, the list of keys, and away with it.
    keys(&browser, &format!("{FIGURE} .fig-play"), ".").await;
    keys(&browser, &format!("{FIGURE} .fig-play"), "?").await;
    browser.until(&format!("!document.querySelector('{FIGURE} .fig-keys').hidden")).await;
    keys(&browser, &format!("{FIGURE} .fig-play"), "?").await;
    // What is typed is typed.
    let unfold = format!("document.querySelector('{FIGURE} .fig-more-controls').open = true; return 0");
    let _: u32 = browser.run(&unfold).await;
    keys(&browser, &format!("{FIGURE} .fig-seed input"), "c,.?").await;
    let typed: String =
        browser.run(&format!("return document.querySelector('{FIGURE} .fig-seed input').value")).await;
    assert!(typed.contains("c,.?"), "{typed}");
    let comparing = format!("!document.querySelector('{FIGURE} .fig-compare').hidden");
    browser.until(&comparing).await;
    figure.press("End the comparison").await;
    browser.until(&format!("!({comparing})")).await;

    figure.press("Sweep").await;
    let choose = format!(
        "const all = [...document.querySelectorAll('{FIGURE} .fig-sweep-fields select')]; \
             [all[0].value, all[1].value, all[2].value] = ['policy', 'lost-share', '3']; return 0"
    );
    let _: u32 = browser.run(&choose).await;
    figure.click("[data-do=sweep]").await;
    browser.until(&format!("document.querySelectorAll('{FIGURE} .fig-sweep-dot').length === 9")).await;
    browser.until(&format!("document.querySelector('{FIGURE} .fig-sweep-progress').innerText === ''")).await;
    let rows: String = browser.text(&format!("{FIGURE} .fig-sweep-result")).await;
    assert!(rows.contains("Maglev") && rows.contains('%'), "{rows}");
    // A point's run opens in the figure.
    figure.click(".fig-sweep-runs button").await;
    figure.says(".fig-time", "01:00.0").await;

    // From a number to a request behind it.
    figure.click("[data-do=behind][data-on=p99]").await;
    figure.says(".fig-explain h3", "Behind p99").await;
    figure.click(".fig-history .fig-entity").await;
    figure.says(".fig-explain h3", "Request").await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn a_challenge_is_judged_on_a_phone_and_a_question_answered(kind: Kind) {
    let home = site();
    let browser = open(Setup::phone(kind), &home).await;
    Figure { browser: &browser, css: FIGURE }.ready().await;
    let of = |css: &str| format!("[data-challenge=keep-the-promise]{css}");
    keys(&browser, &of(" [data-do=set-up]"), ENTER).await;
    browser
        .until(&format!("/budget is \\$28/.test(document.querySelector('{}').innerText)", of(" .judge-cost")))
        .await;
    keys(&browser, &of(" [data-do=judge]"), ENTER).await;
    // One engine here runs a model a hundred times slower than the others.
    let patience = Duration::from_mins(6);
    let failed = format!("/Not yet/.test(document.querySelector('{}').innerText)", of(" .judge-result"));
    browser.until_within(&failed, patience).await;
    // The verdict leads to what failed.
    keys(&browser, &of(" [data-do=view]"), ENTER).await;
    browser.until(&format!("/00:(?!00)/.test(document.querySelector('{FIGURE} .fig-time').innerText)")).await;
    // By the book it passes.
    let link = "const set = (id, value, css) => { const it = document.querySelector(`#fig-slow-server [data-control=${id}] ${css}`); \
                    it.value = value; it.dispatchEvent(new Event('change', { bubbles: true })); }; \
                    set('policy', 'peak-ewma', 'select'); set('queue', '16', '.fig-number'); return 0";
    let _: u32 = browser.run(link).await;
    browser.until(&format!("/27.2/.test(document.querySelector('{}').innerText)", of(" .judge-cost"))).await;
    keys(&browser, &of(" [data-do=judge]"), ENTER).await;
    let passed = format!("/Passed/.test(document.querySelector('{}').innerText)", of(" .judge-result"));
    browser.until_within(&passed, patience).await;

    // In an incident the cause is named first; then the repair is asked for.
    let of = |css: &str| format!("#incident-half-of-everything {css}");
    keys(&browser, &of("> p [data-do=set-up]"), ENTER).await;
    browser.until(&format!("/00:20/.test(document.querySelector('{FIGURE} .fig-time').innerText)")).await;
    let repair = format!("document.querySelector('{}').checkVisibility()", of(".repair"));
    browser.until(&format!("!{repair}")).await;
    keys(&browser, &of("[value=refuses-at-once]"), " ").await;
    keys(&browser, &of("[data-do=check]"), ENTER).await;
    browser.until(&format!("{repair} && document.querySelector('{}')", of("[data-stage=right]"))).await;
    keys(&browser, &of(".again"), ENTER).await;
    browser.until(&format!("{repair} && !document.querySelector('{}')", of("input:disabled"))).await;

    keys(&browser, "[data-quiz=fails-fast] [value=round-robin]", " ").await;
    keys(&browser, "[data-quiz=fails-fast] [data-do=check]", ENTER).await;
    browser.until("document.querySelector('[data-quiz=fails-fast][data-stage=wrong]')").await;
    let told: String = browser.text("[data-quiz=fails-fast]").await;
    assert!(told.contains("your answer: wrong") && told.contains("has to count errors too"), "{told}");
    let wide: bool = browser.run("return document.documentElement.scrollWidth > innerWidth").await;
    assert!(!wide, "nothing is wider than a phone");
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
