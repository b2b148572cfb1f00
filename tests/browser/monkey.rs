//! A monkey at the page itself: what `tests/monkey.rs` does to a desk, done to elements. It presses, turns, types, draws,
//! opens links that nobody made, hides the tab and squeezes the page; seeded, so that it can be done again.

use crate::figure::Figure;
use crate::harness::{Browser, Kind, Setup, pages_with_figures_and_without, site, turned};
use crate::pick;
use crate::runner::note;
use std::time::Duration;

/// Actions in a browser, however many pages there are: so many of them are played at that each gets [`AT_LEAST`].
const ACTIONS: usize = 280;
/// With fewer it gets nowhere.
const AT_LEAST: usize = 70;
const SEED: u32 = 2_026;

/// Does one thing after the other, with a little time in between; how many of them changed what is to be seen.
const PLAYS: &str = r"
  let state = arguments[0] >>> 0;
  const ids = [...document.querySelectorAll('figure[data-figure]')].map((figure) => figure.dataset.figure);
  const random = () => { state = (state + 0x6D2B79F5) >>> 0; let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1); t ^= t + Math.imul(t ^ (t >>> 7), t | 61); return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
  const one = (all) => all[Math.floor(random() * all.length)];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const seen = () => [...document.querySelectorAll('figure, .activity')].map((e) => e.innerText + [...e.querySelectorAll('input, select')].map((f) => f.value + f.checked)).join() + document.querySelectorAll('[hidden]').length;
  const files = new Set(['open', 'save', 'picture', 'numbers', 'reload']);
  const all = (css) => [...document.querySelectorAll(css)].filter((e) => !e.disabled && e.getClientRects().length && !files.has(e.dataset.do));
  const told = (e, kind) => e.dispatchEvent(new Event(kind, { bubbles: true }));
  const acts = [
    () => one(all('figure [data-do], .activity [data-do]'))?.click(),
    () => one(all('figure [data-do], .activity [data-do]'))?.click(),
    () => { const e = one(all('figure input[type=range]')); if (e) { e.value = random() * e.max; told(e, 'input'); } },
    () => { const e = one(all('figure select')); if (e) { e.selectedIndex = random() * e.length; told(e, 'change'); } },
    () => { const e = one(all('figure input[type=text], .activity input[type=text]')); if (e) { e.value = one(['1', '300 ms', '480/s', '50 %', 'k7-otter', '🦦', '']); told(e, 'change'); } },
    () => one(all('figure input[type=radio], figure input[type=checkbox], .activity input, summary'))?.click(),
    () => { const e = one(all('figure button, figure input')); if (e) { e.focus(); const key = one([' ', '.', ',', 'c', 's', 'z', '?', 'Escape', 'ArrowRight', 'Home', 'End', 'PageUp']); e.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })); } },
    () => { const e = one(all('.fig-picture')); if (e) { const r = e.getBoundingClientRect(); e.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: r.left + random() * r.width, clientY: r.top + random() * r.height })); } },
    () => { const id = one(ids); location.hash = one([`#${id}=a`, `#${id}=aAAAA`, `#${id}=%00`, '#nobody=a', '#=', '#a=b&c=d', `#${id}=aé🙈`]); },
    () => { document.body.style.width = one(['', '360px', '700px']); },
    async () => { for (const hidden of [true, false]) { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); await wait(20); } },
    () => window.scrollTo(0, random() * document.body.scrollHeight),
  ];
  let changed = 0;
  for (let n = 0; n < arguments[1]; n++) {
    const before = seen();
    await one(acts)();
    await wait(25);
    changed += seen() !== before;
  }
  document.body.style.width = '';
  return changed;
";

/// The pages that the monkey plays at in a browser.
fn pages(kind: Kind) -> Vec<String> {
    let (pages, _) = pages_with_figures_and_without();
    let part = (pages.len() * AT_LEAST).div_ceil(ACTIONS);
    pick::share(turned(kind, pages), part)
}

pub async fn nothing_that_a_monkey_does_to_a_page_breaks_it(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    let pages = pages(kind);
    let actions = AT_LEAST.max(ACTIONS / pages.len());
    // What comes of it is asked for afterwards: over so long a script a driver may lose its answer.
    let plays = format!(
        "const play = async () => {{ {PLAYS} }}; play().then((did) => {{ window.monkeyDid = did; }}, \
         (why) => {{ window.monkeyDid = String(why); }}); return 0"
    );
    for page in pages {
        note(&format!("{kind:?}, /{page}"));
        browser.goto(&format!("{home}{page}")).await;
        let id: String = browser.run("return document.querySelector('figure[data-figure-set]').id").await;
        let css = format!("#{id}");
        Figure { browser: &browser, css: &css }.ready().await;
        let _: u32 = browser.run_with(&plays, vec![SEED.into(), actions.into()]).await;
        browser.until("window.monkeyDid !== undefined").await;
        let changed: usize = browser.run("return window.monkeyDid").await;
        let share = format!("{changed} of {actions} actions changed what is to be seen");
        note(&share);
        assert!(changed * 3 > actions, "{kind:?}, /{page}: only {share}");
        // The figure is there and can be operated.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let show = format!("document.querySelector('{css}').scrollIntoView(); return 0");
        let _: u32 = browser.run(&show).await;
        browser.until(&Figure::is_live(&css)).await;
        let failed: bool = browser
            .run("return [...document.querySelectorAll('.fig-notice')].some(it => /mistake is ours|did not answer/.test(it.innerText))")
            .await;
        assert!(!failed, "{kind:?}, /{page}: a model failed");
    }
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}
