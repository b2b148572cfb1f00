//! What a learner did is there after a reload, and nothing that other tabs or versions have written is lost.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, site};
use serde_json::json;
use std::time::Duration;

const ENTER: &str = "\u{e007}";
const LAST: &str = "\u{e010}";
const END: &str = "\u{e00e}";
/// Takes an option.
const SPACE: &str = " ";
const FIGURE: &str = "#fig-slow-server";

/// How many entries each list of the store has, by name. If there is no store yet, none is made.
pub const COUNT: &str = "const done = arguments[arguments.length - 1]; \
    const open = indexedDB.open('backend-playground'); \
    open.onupgradeneeded = () => open.transaction.abort(); \
    open.onerror = (e) => { e.preventDefault(); done({}); }; \
    open.onsuccess = () => { \
      const db = open.result, counts = {}; \
      const names = [...db.objectStoreNames], read = db.transaction(names); \
      names.forEach((name) => { read.objectStore(name).count().onsuccess = (e) => { counts[name] = e.target.result; }; }); \
      read.oncomplete = () => { db.close(); done(counts); }; \
    };";

/// Waits until a list of the store has at least so many entries.
pub async fn kept(browser: &Browser, list: &str, entries: u64) {
    for _ in 0..60 {
        let counts = browser.wait_for(COUNT, Vec::new()).await;
        if counts[list].as_u64().unwrap_or(0) >= entries {
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("{list} never had {entries} entries");
}

async fn opened(kind: Kind, home: &str) -> Browser {
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    browser
}

/// Answers a prediction by what is typed into its first field, and waits for the verdict.
pub async fn answers(browser: &Browser, figure: &str, id: &str, keys: &str) {
    show(browser, figure).await;
    browser.until(&Figure::is_live(figure)).await;
    let question = Figure { browser, css: &format!("[data-predict={id}]") };
    question.keys("input", keys).await;
    if keys == SPACE {
        question.keys("[data-do=commit]", ENTER).await;
    }
    browser.until(&judged(id)).await;
}

/// Scrolls to a figure: its desk, which grades, begins when it is in view.
pub async fn show(browser: &Browser, figure: &str) {
    let show = format!("document.querySelector('{figure}').scrollIntoView(); return 0");
    let _: u32 = browser.run(&show).await;
}

fn judged(id: &str) -> String {
    format!("document.querySelector('[data-predict={id}]:is([data-stage=right], [data-stage=wrong])')")
}

pub async fn what_was_done_is_there_after_a_reload_in_both_of_two_tabs(kind: Kind) {
    let home = site();
    let browser = opened(kind, &home).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.ready().await;
    figure.keys(".fig-line input", &[END, LAST].concat()).await;
    figure.walk_to("server B").await;
    figure.press("Kill").await;
    figure.says(".fig-says", "dead|out").await;
    figure.keys(".fig-line input", END).await;
    let before = figure.settled().await;
    answers(&browser, "#fig-power-of-two", "longest-with-two", &["20", ENTER].concat()).await;
    let quiz = "document.querySelector('.lesson-page [data-quiz]:not([data-challenge] *)')";
    let _: u32 = browser
        .run(&format!("const q = {quiz}; q.querySelector('input').click(); q.querySelector('[data-do=check]').click(); return 0"))
        .await;
    let quiz_stage: String = browser.run(&format!("return {quiz}.dataset.stage")).await;
    kept(&browser, "attempts", 2).await;
    kept(&browser, "places", 1).await;

    // A reload: the figure stands where it was, and the verdicts stand in their cards.
    browser.goto(&format!("{home}{LESSON}")).await;
    figure.awake().await;
    figure.settles_at(&before).await;
    show(&browser, "#fig-power-of-two").await;
    browser.until(&judged("longest-with-two")).await;
    let told = browser.text("[data-predict=longest-with-two]").await;
    assert!(told.contains("you said"), "{told}");
    let again: String = browser.run(&format!("return {quiz}.dataset.stage")).await;
    assert_eq!(again, quiz_stage);
    assert_eq!(browser.wait_for(COUNT, Vec::new()).await["attempts"], json!(2), "nothing is noted twice");

    // Two tabs answer in turn, and both answers are there in a third.
    let first = browser.client().window().await.expect("a window");
    let second = browser.client().new_window(false).await.expect("a second window").handle;
    browser.client().switch_to_window(second).await.expect("the second window");
    browser.goto(&format!("{home}{LESSON}")).await;
    answers(&browser, "#fig-what-a-hash-keeps", "modulo-loses-one", &["20", ENTER].concat()).await;
    browser.client().switch_to_window(first).await.expect("the first tab");
    answers(&browser, "#fig-who-notices", "what-helps-most", SPACE).await;
    kept(&browser, "attempts", 4).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    for (figure, id) in
        [("#fig-what-a-hash-keeps", "modulo-loses-one"), ("#fig-who-notices", "what-helps-most")]
    {
        show(&browser, figure).await;
        browser.until(&judged(id)).await;
    }
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn what_one_figure_was_asked_is_not_graded_by_another_with_the_same_model(kind: Kind) {
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{}faults/cache-failures/", site())).await;
    answers(&browser, "#fig-behind-the-cache", "how-many-ask", &["1000", ENTER].concat()).await;
    let card = "[data-predict=how-many-ask] .answer-verdict";
    let verdict = browser.text(card).await;
    assert!(verdict.contains("Right"), "{verdict}");
    // The figure of another section shows the same model with other settings.
    show(&browser, "#fig-strangers").await;
    browser.until(&Figure::is_live("#fig-strangers")).await;
    let other = Figure { browser: &browser, css: "#fig-strangers" };
    other.keys(".fig-line input", END).await;
    other.settled().await;
    assert_eq!(browser.text(card).await, verdict);
}

pub async fn a_record_is_deleted_and_brought_back(kind: Kind) {
    let home = site();
    let browser = opened(kind, &home).await;
    answers(&browser, "#fig-power-of-two", "longest-with-two", &["20", ENTER].concat()).await;
    kept(&browser, "attempts", 1).await;
    browser.goto(&format!("{home}record/")).await;
    let presses = async |label: &str, says: &str| {
        let press = "[...document.querySelectorAll('.learn-record button')]\
            .findLast((it) => it.innerText === arguments[0]).click(); return 0";
        let _: u32 = browser.run_with(press, vec![json!(label)]).await;
        browser.until(&format!("/{says}/.test(document.querySelector('.learn-record').innerText)")).await;
    };
    browser.until("document.querySelector('.learn-numbers')").await;
    presses("Delete everything…", "you can undo it").await;
    presses("Keep it", "^Lessons begun").await;
    presses("Delete everything…", "you can undo it").await;
    presses("Delete everything", "Nothing is kept yet").await;
    assert_eq!(browser.wait_for(COUNT, Vec::new()).await["attempts"], json!(0));
    presses("Undo", "Everything is back").await;
    assert_eq!(browser.wait_for(COUNT, Vec::new()).await["attempts"], json!(1));
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn a_record_of_a_newer_version_is_left_as_it_is(kind: Kind) {
    let home = site();
    let browser = opened(kind, &home).await;
    answers(&browser, "#fig-power-of-two", "longest-with-two", &["20", ENTER].concat()).await;
    kept(&browser, "attempts", 1).await;
    let raise = "const done = arguments[arguments.length - 1]; const open = indexedDB.open('backend-playground', 99); \
        open.onsuccess = () => { open.result.close(); done(true); }; open.onerror = () => done(false);";
    assert_eq!(browser.wait_for(raise, Vec::new()).await, json!(true), "this tab lets go of the store");
    browser.goto(&format!("{home}{LESSON}")).await;
    browser.until("/newer version/.test(document.querySelector('.not-kept:not([hidden])')?.innerText)").await;
    answers(&browser, "#fig-what-a-hash-keeps", "modulo-loses-one", &["20", ENTER].concat()).await;
    assert_eq!(browser.wait_for(COUNT, Vec::new()).await["attempts"], json!(1), "nothing was added");
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
