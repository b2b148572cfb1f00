//! A monkey at the site as a whole: it goes from page to page and back, types, opens second tabs, spoils the store and cuts the
//! network. What it does follows from a seed, which is printed: `./dev test --pick` does the same again.

use crate::harness::{Browser, Kind, Setup, dist, pages, pages_with_figures_and_without};
use crate::kept::{COUNT, answers, kept};
use crate::offline::{all_is_kept, exchange, served};
use crate::pick;
use crate::runner::note;
use serde_json::{Value, json};
use std::time::Duration;

/// Moves from one page to another, or at the browser; and what is done on a page after each.
const MOVES: usize = 16;
const ACTIONS: usize = 12;
/// Chromium says how much a page's scripts hold.
const MOST_MIB: u64 = 200;

/// Does things on whatever page there is: presses, chooses, types. What leaves the page, deletes the record or opens a file is
/// left to other stories.
const ACTS: &str = r"
  const done = arguments[arguments.length - 1];
  let state = arguments[0] >>> 0;
  const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 4294967296; };
  const one = (all) => all[Math.floor(random() * all.length)];
  const wait = (ms) => new Promise((go) => setTimeout(go, ms));
  const left = /^(Delete|Import|Export|Cards for Anki|Save|Open|Reload|Start)/;
  const all = (css) => [...document.querySelectorAll(css)].filter((e) => !e.disabled && e.getClientRects().length
    && !left.test(e.innerText ?? '') && !['open', 'save', 'picture', 'numbers', 'reload'].includes(e.dataset.do) && e.type !== 'file');
  const texts = ['load', 'cirucit braker', '<b>x</b>', '20 %', '1e999', '\u{1F9A6}', ' ', '\u202eabc'];
  const type = (e) => { e.focus(); e.value = one(texts); for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, { bubbles: true })); };
  const press = (key) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const acts = [
    () => one(all('main button, dialog button'))?.click(),
    () => one(all('main button, dialog button'))?.click(),
    () => one(all('main input[type=radio], main input[type=checkbox], summary'))?.click(),
    () => { const e = one(all('input[type=text], input[type=search]')); if (e) type(e); },
    () => { const e = one(all('main button, main a, main input, .learn-review')); e?.focus(); press(one(['/', '1', '3', ' ', 'Enter', 'Escape', 'ArrowDown', 'ArrowRight', 'Tab'])); },
    () => document.querySelector('[data-search]')?.click(),
    () => document.querySelector('[data-theme-switch]')?.click(),
    () => window.scrollTo(0, random() * document.body.scrollHeight),
  ];
  (async () => { for (let n = 0; n < arguments[1]; n++) { one(acts)(); await wait(30); } })().then(() => done(''), (why) => done(String(why)));
";

/// Puts into each list of the store what no version has written.
const SPOILS: &str = "const done = arguments[arguments.length - 1]; const open = indexedDB.open('backend-playground'); \
    open.onerror = () => done('not open'); \
    open.onsuccess = () => { const db = open.result, write = db.transaction([...db.objectStoreNames], 'readwrite'); \
      for (const name of db.objectStoreNames) { \
        const store = write.objectStore(name); \
        const put = (value) => { if (store.keyPath) return; try { store.put(value, 'zz/spoiled#' + Math.random()); } catch {} }; \
        put('{'); put(7); put('<img src=x onerror=alert(1)>'); \
      } \
      write.oncomplete = () => { db.close(); done(''); }; write.onabort = () => { db.close(); done('aborted'); }; };";

/// A stream of numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

async fn attempts(browser: &Browser) -> u64 {
    browser.wait_for(COUNT, Vec::new()).await["attempts"].as_u64().unwrap_or(0)
}

pub async fn nothing_that_a_monkey_does_to_the_site_breaks_it_or_loses_the_record(kind: Kind) {
    let (server, home) = served(dist());
    let browser = Browser::open(Setup::desk(kind)).await;
    let lesson = crate::figure::LESSON;
    browser.goto(&format!("{home}{lesson}")).await;
    // See `offline` on WebKit.
    let offline = kind != Kind::WebKit;
    if offline {
        all_is_kept(&browser, &dist()).await;
    }
    answers(&browser, "#fig-power-of-two", "longest-with-two", "20\u{e007}").await;
    kept(&browser, "attempts", 1).await;
    let mut there = attempts(&browser).await;

    let mut dice = Dice(pick::seed("wander"));
    let (all, (lessons, _)) = (pages(), pages_with_figures_and_without());
    let mut online = true;
    for n in 0..MOVES {
        let windows = browser.client().windows().await.expect("windows");
        let what = match dice.below(9) {
            0 | 1 => {
                let page = &all[dice.below(all.len())];
                browser.goto(&format!("{home}{page}")).await;
                format!("to /{page}")
            }
            2 => {
                let page = &lessons[dice.below(lessons.len())];
                browser.goto(&format!("{home}{page}")).await;
                format!("to /{page}")
            }
            3 => {
                browser.client().back().await.expect("one can go back");
                "back".to_owned()
            }
            4 => {
                browser.client().forward().await.expect("one can go forward");
                "forward".to_owned()
            }
            5 if windows.len() < 3 => {
                let tab = browser.client().new_window(true).await.expect("a second tab").handle;
                browser.client().switch_to_window(tab).await.expect("a tab");
                browser.goto(&format!("{home}{lesson}")).await;
                "a second tab".to_owned()
            }
            6 if windows.len() > 1 => {
                browser.client().close_window().await.expect("a tab closes");
                let left = browser.client().windows().await.expect("windows").remove(0);
                browser.client().switch_to_window(left).await.expect("a tab");
                "closes a tab".to_owned()
            }
            7 if offline => {
                online = !online;
                exchange(&server, online.then(dist));
                if online { "the network is back" } else { "no network" }.to_owned()
            }
            _ => {
                let said = browser.wait_for(SPOILS, Vec::new()).await;
                format!("spoils the store {said}")
            }
        };
        browser.until("document.readyState === 'complete'").await;
        // The first page of a tab is empty: back goes there, too.
        let on_site: bool = browser.run("return location.protocol === 'http:'").await;
        if !on_site {
            browser.goto(&home).await;
        }
        let seed = dice.below(1 << 31);
        note(&format!("{kind:?}, {n}: {what}, then acts {seed}"));
        let said = browser.wait_for(ACTS, vec![json!(seed), json!(ACTIONS)]).await;
        assert_eq!(said, Value::from(""), "{kind:?}, {n}: {what}, acts {seed}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let failed: bool = browser
            .run("return [...document.querySelectorAll('.fig-notice')].some((it) => /mistake is ours/.test(it.innerText))")
            .await;
        assert!(!failed, "{kind:?}, {n}: {what}, acts {seed}: a model failed");
        assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}, {n}: {what}, acts {seed}");
        let now = attempts(&browser).await;
        assert!(now >= there, "{kind:?}, {n}: {what}: {there} attempts were kept, and {now} are left");
        there = now;
        if kind == Kind::Chromium {
            let held: u64 = browser.run("return performance.memory.usedJSHeapSize >> 20").await;
            assert!(held < MOST_MIB, "{kind:?}, {n}: {what}: a page holds {held} MiB");
        }
    }
    // What was learned is still there, and can be had whole.
    exchange(&server, Some(dist()));
    browser.goto(&format!("{home}record/")).await;
    browser.until("/Lessons begun/.test(document.querySelector('.learn-record')?.innerText)").await;
}
